"""What the renderer shows, the merge must make so: exactly, or it is refused."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.edits import Op, Span
from fastapply.core.errors import FastApplyError
from fastapply.formats import FORMATS, parse
from fastapply.formats.render import STYLES, Revision, render
from tests.core.memory import MemoryWorkspace, merge_in

WORDS = ("alpha", "beta", "gamma", "delta")
HUNKS = sorted(name for name in STYLES if name[0] != "snippet")
LINES = st.lists(st.sampled_from([*WORDS, "", "  alpha", "  beta()", "}"]), min_size=1, max_size=12)

SHAPES = """\
import math

LIMIT = 10


def area(radius):
    square = radius * radius
    scaled = square * math.pi
    assert scaled >= 0
    print("the area of a circle")
    print("of that radius is")
    return scaled


class Box:
    def __init__(self, width, height):
        self.width = width
        self.height = height

    def area(self):
        return self.width * self.height

    def around(self):
        return 2 * (self.width + self.height)
""".splitlines()
ROUNDED = [
    line.replace("return scaled", "return round(scaled)").replace(
        "return self.width * self.height", "return abs(self.width * self.height)"
    )
    for line in SHAPES
]
SHAPED = Revision("shapes.py", tuple(SHAPES), tuple(ROUNDED))


def merged(revision: Revision, document: str) -> str | None:
    """What the merge makes of `document`; None where it refuses it."""
    before = "".join(f"{line}\n" for line in revision.before)
    workspace = MemoryWorkspace.of({revision.path: before})
    try:
        merge_in(workspace, document, revision.path)
    except FastApplyError:
        return None
    return workspace.texts[revision.path]


@pytest.mark.parametrize("name", HUNKS)
@given(old=LINES, new=LINES, seed=st.integers(0, 99))
def test_what_spells_itself_out_is_never_wrong(
    name: tuple[str, str], old: list[str], new: list[str], seed: int
) -> None:
    revision = Revision("a.txt", tuple(old), tuple(new))
    if not revision.changes:
        return
    document = render(revision, *name, random.Random(seed))
    if document is None:
        return
    text = merged(revision, document)
    assert text is None or _said(text.split("\n")) == _said(new)


def _said(lines: list[str]) -> list[str]:
    """The lines without blank ones: a file of blank lines is as good as an empty one."""
    return [line for line in lines if line.strip()]


@pytest.mark.parametrize("name", sorted(STYLES))
def test_every_style_shows_a_plain_change(name: tuple[str, str]) -> None:
    shown = 0
    for seed in range(8):
        document = render(SHAPED, *name, random.Random(seed))
        if document is not None:
            shown += 1
            assert merged(SHAPED, document) == "".join(f"{line}\n" for line in ROUNDED), document
    assert shown or name == ("snippet", "members")


@pytest.mark.parametrize("name", sorted(STYLES))
def test_documents_are_in_their_format(name: tuple[str, str]) -> None:
    assert name[0] in FORMATS
    for seed in range(8):
        document = render(SHAPED, *name, random.Random(seed))
        if document is not None:
            assert {file.format for file in parse(document, target="shapes.py").files} == {name[0]}


def test_members_stand_in_their_class() -> None:
    after = tuple(line.replace("2 * (", "2.0 * (") for line in SHAPES)
    document = render(
        Revision("a.py", tuple(SHAPES), after), "snippet", "members", random.Random(1)
    )
    assert document is not None
    assert "class Box:\n" in document
    assert "2.0 * (" in document
    assert "self.width * self.height" not in document


def test_windows_grow_until_their_ends_are_unique() -> None:
    before = ("a", "x", "b", "x", "c", "x", "d")
    revision = Revision("a.txt", before, ("a", "x", "b", "y", "c", "x", "d"))
    framed = revision.framed(1)
    assert framed is not None
    assert [revision.new(window) for window in framed] == [("b", "y", "c")]
    same = ("x",) * 40
    assert Revision("a.txt", (*same, "a", *same), (*same, "b", *same)).framed(1) is None


def test_a_loss_that_no_sign_tells_of_is_not_shown() -> None:
    kept = tuple(f"line {number}" for number in range(20))
    revision = Revision("a.py", kept, (*kept[:5], *kept[12:]))
    assert revision.hides_loss(2)
    assert render(revision, "snippet", "fragments", random.Random(1)) is None
    assert render(revision, "udiff", "clean", random.Random(1)) is not None


def test_a_file_that_quotes_markers_is_not_shown_as_a_snippet() -> None:
    lines = ("a", "# ... existing code ...", "b")
    revision = Revision("a.py", lines, (*lines, "c"))
    assert render(revision, "snippet", "fragments", random.Random(1)) is None


def test_spans_count_lines_of_each_version() -> None:
    revision = Revision("a.txt", ("a", "b", "c"), ("a", "B", "B", "c"))
    (change,) = revision.changes
    assert [revision.steps[at].op for at in range(change.start, change.stop)] == [
        Op.DROP,
        Op.ADD,
        Op.ADD,
    ]
    assert (revision.old_span(change), revision.new_span(change)) == (Span(1, 2), Span(1, 3))
