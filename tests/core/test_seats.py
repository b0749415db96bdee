"""What a model put where: the check of texts that the merge did not find."""

import pytest

from fastapply.core.check import check
from fastapply.core.edits import FileEdit, Sketch, Span
from fastapply.core.plan import Plan
from fastapply.core.result import Candidate, Placement, Rung
from fastapply.core.text import SourceText

FILE = """\
import json


def load(path):
    return json.loads(path.read_text())


def save(path, items):
    path.write_text(json.dumps(items))


def take(items, name):
    items[name] -= 1


def total(items):
    return sum(items.values())
"""
AT = Span(0, 1)


def reasons(shown: str, after: str, *, known: bool = False) -> set[str]:
    sketch = Sketch(SourceText.from_str(shown).lines, AT, "python")
    places = (Placement(AT, AT, Rung.ALIGNED),) if known else ()
    candidate = Candidate(SourceText.from_str(after), Plan(), "rewrite", places)
    edit = FileEdit("a.py", (sketch,), "snippet", AT)
    return {found.reason for found in check(SourceText.from_str(FILE), edit, candidate, "python")}


CHANGED = """\
# ... existing code ...
def save(path, items):
    path.write_text(json.dumps(items, indent=2))
# ... existing code ...
"""
RIGHT = FILE.replace("json.dumps(items)", "json.dumps(items, indent=2)")


def test_what_sits_where_it_must_is_believed():
    assert not reasons(CHANGED, RIGHT)


def test_context_taken_for_new_is_doubled():
    twice = FILE.replace(
        "def take(",
        "def save(path, items):\n    path.write_text(json.dumps(items, indent=2))\n\n\ndef take(",
    )
    assert "doubled" in reasons(CHANGED, twice)


def test_a_section_torn_apart_is_scattered():
    shown = "def load(path):\n    path = path.resolve()\n    return json.loads(path.read_text())\n"
    torn = FILE.replace("def load(path):\n", "def load(path):\n    return {}\n").replace(
        "    return {}\n    return", "    path = path.resolve()\n    items = {}\n    return"
    )
    assert "scattered" in reasons(shown, torn)


NEW = "def names(items):\n    return sorted(items)\n"


@pytest.mark.parametrize("before", ["def load(", "def take(", "def total("])
def test_new_code_that_nothing_places_is_a_guess(before):
    shown = f"# ... existing code ...\n\n{NEW}\n# ... existing code ...\n"
    guess = FILE.replace(before, f"{NEW}\n\n{before}")
    assert reasons(shown, guess) == {"no-place"}
    assert not reasons(shown, guess, known=True)


def test_a_function_dropped_in_silence_is_lost():
    shown = """\
def save(path, items):
    path.write_text(json.dumps(items, indent=2))


def total(items):
    return sum(items.values())
"""
    dropped = RIGHT.replace("def take(items, name):\n    items[name] -= 1\n\n\n", "")
    assert reasons(shown, dropped) == {"silent-loss"}
    assert "scattered" in reasons(shown, RIGHT)


def test_a_line_moved_away_from_the_one_beside_it_is_respaced():
    moved = RIGHT.replace("    items[name] -= 1", "        items[name] -= 1")
    assert reasons(CHANGED, moved) == {"respaced"}
    assert reasons(CHANGED, RIGHT.replace("items[name] -= 1", "items[name]  -= 1")) == {"respaced"}


def test_what_is_wrapped_may_move():
    shown = "def take(items, name):\n    if name in items:\n        items[name] -= 1\n"
    wrapped = FILE.replace("    items[name] -=", "    if name in items:\n        items[name] -=")
    assert not reasons(shown, wrapped)


def test_a_line_that_went_beside_a_gap_is_lost():
    shown = "def load(path):\n    check(path)\n    # ... existing code ...\n"
    kept = FILE.replace("    return json", "    check(path)\n    return json", 1)
    assert not reasons(shown, kept)
    dropped = kept.replace("    return json.loads(path.read_text())\n", "")
    assert "silent-loss" in reasons(shown, dropped)


def test_a_line_beside_a_gap_goes_for_one_like_it():
    shown = "def load(path):\n    return json.load(path.open())\n    # ... existing code ...\n"
    changed = FILE.replace("json.loads(path.read_text())", "json.load(path.open())")
    assert not reasons(shown, changed)
