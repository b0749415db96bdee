import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.check import check
from fastapply.core.edits import (
    Edit,
    Elision,
    FileEdit,
    Hunk,
    Op,
    Sketch,
    Span,
    Step,
    WholeFile,
    steps_between,
)
from fastapply.core.plan import Plan
from fastapply.core.result import Candidate, Placement, Rung
from fastapply.core.text import SourceText

FILE = """\
import os


def load(path):
    with open(path) as file:
        return file.read()


def save(path, text):
    with open(path, "w") as file:
        file.write(text)


def legacy(path):
    return os.stat(path)


def main():
    print(load("a"))
"""
AT = Span(0, 1)
PLACED = (Placement(AT, AT, Rung.ALIGNED),)  # a model's text that the merge found too


def lines_of(text: str) -> tuple[str, ...]:
    return SourceText.from_str(text).lines


def sketch(text: str, prose: str = "") -> Sketch:
    return Sketch(lines_of(text), AT, "python", prose)


def hunk(old: str, new: str) -> Hunk:
    return Hunk(steps_between(lines_of(old), lines_of(new)), AT)


def reasons(after: str, *edits: Edit, before: str | None = FILE, language: str | None = "python"):
    """What speaks against `after`, whichever way it was made."""
    old = None if before is None else SourceText.from_str(before)
    edit = FileEdit("a.py", edits, "snippet", AT)
    text = SourceText.from_str(after)
    found = {
        tuple(each.reason for each in check(old, edit, candidate, language))
        for candidate in (
            Candidate(text, Plan(), "merge"),
            Candidate(text, Plan(), "rewrite", PLACED),
        )
    }
    assert len(found) == 1
    return set(found.pop())


SAVE = sketch(
    "# ... existing code ...\n\ndef save(path, text):\n"
    '    with open(path, "w") as file:\n        file.write(text + "\\n")\n\n'
    "# ... existing code ...\n"
)
SAVED = FILE.replace("file.write(text)", 'file.write(text + "\\n")')


def test_a_result_the_edit_accounts_for_is_believed():
    assert reasons(SAVED, SAVE) == set()


def test_the_same_text_is_believed():
    assert reasons(FILE, SAVE) == set()


def test_a_sketch_given_at_another_indentation_accounts_for_its_lines():
    indented = Sketch(tuple(f"    {line}" for line in SAVE.lines), AT)
    assert reasons(SAVED, indented) == set()


def test_a_marker_in_the_result_leaks():
    leaked = SAVED.replace("def legacy", "# ... existing code ...\n\ndef legacy")
    assert reasons(leaked, SAVE) == {"marker-leak"}


def test_a_note_in_the_result_leaks():
    edit = sketch("# ...\n# removed: legacy\n# ...\n")
    assert "marker-leak" in reasons(FILE.replace("def legacy", "# removed: legacy\ndef le"), edit)


def test_a_marker_the_file_had_does_not_leak():
    before = FILE + "\n# ... existing code ...\n"
    after = SAVED + "\n# ... existing code ...\n"
    assert reasons(after, SAVE, before=before) == set()


def test_a_new_stub_is_no_marker():
    edit = sketch("# ...\n\n\ndef hook():\n    ...\n")
    assert reasons(FILE + "\n\ndef hook():\n    ...\n", edit) == set()


@pytest.mark.parametrize("sign", ["```", "<<<<<<< SEARCH", ">>>>>>> REPLACE", "*** End Patch"])
def test_a_sign_in_the_result_leaks(sign):
    assert "fence-leak" in reasons(f"{SAVED}{sign}\n", SAVE)


def test_a_markdown_file_may_get_the_fences_of_its_edit():
    edit = WholeFile(("# Title", "", "```sh", "make", "```"), AT)
    after = "# Title\n\n```sh\nmake\n```\n"
    assert reasons(after, edit, before="# Title\n", language="markdown") == set()


def test_an_added_line_must_come_from_the_edit():
    after = SAVED.replace("def main", "# tidied\ndef main")
    assert reasons(after, SAVE) == {"unexplained-addition"}


def test_a_line_that_is_gone_must_be_explained():
    assert reasons(SAVED.replace("    return os.stat(path)\n", "    pass\n"), SAVE) == {
        "unexplained-addition",
        "unexplained-removal",
    }
    assert "unexplained-removal" in reasons(SAVED.replace("import os\n", ""), SAVE)


def test_a_cut_end_is_truncated():
    assert "truncated" in reasons(SAVED[: SAVED.index("def main")], SAVE)


def test_a_line_the_edit_shows_must_be_there():
    after = SAVED.replace('    with open(path, "w") as file:\n', "")
    assert "incomplete" in reasons(after, SAVE)


def test_a_line_that_drifted_in_the_edit_counts_as_there():
    drifted = Sketch(tuple(line.replace("def save(path, text)", "def save(path,  txt)")
                           for line in SAVE.lines), AT)  # fmt: skip
    assert reasons(SAVED, drifted) == set()


def test_a_line_left_out_between_shown_lines_is_explained():
    edit = sketch("def load(path):\n    return open(path).read()\n")
    after = FILE.replace(
        "    with open(path) as file:\n        return file.read()\n",
        "    return open(path).read()\n",
    )
    assert reasons(after, edit) == set()


WITHOUT_LEGACY = FILE.replace("def legacy(path):\n    return os.stat(path)\n\n\n", "")


@pytest.mark.parametrize(
    "edit",
    [
        sketch("# ...\n# removed: legacy\n# ...\n"),
        sketch("import os\n# ...\n", prose="Also delete `legacy()`, nobody calls it."),
        sketch("# ...\n        file.write(text)\n\n\ndef main():\n# ...\n"),
    ],
    ids=["note", "prose", "neighbours"],
)
def test_a_deletion_is_explained(edit):
    assert reasons(WITHOUT_LEGACY, edit) == set()


def test_a_run_that_could_as_well_have_stood_elsewhere_is_explained():
    """Which of two like blocks went cannot be told from the texts."""
    block = "@cached\ndef {}():\n    pass\n\n\n"
    before = block.format("a") + block.format("b") + block.format("c")
    after = block.format("a") + block.format("c")
    edit = sketch("# ...\ndef a():\n    pass\n\n\n@cached\ndef c():\n# ...\n")
    assert reasons(after, edit, before=before) == set()


def test_lines_gone_from_the_top_of_the_file_are_explained_by_what_is_first_now():
    edit = sketch("def load(path):\n    with open(path) as file:\n# ...\n")
    assert reasons(FILE.replace("import os\n\n\n", ""), edit) == set()


def test_lines_gone_from_above_a_section_are_not():
    edit = sketch('# ...\ndef main():\n    print(load("a"))\n')
    assert reasons(WITHOUT_LEGACY, edit) == {"unexplained-removal"}


def test_prose_names_a_definition_though_its_name_stays_elsewhere():
    before = FILE + "\n\n# See legacy in the docs.\n"
    edit = sketch("import os\n# ...\n", prose="Delete `legacy`.")
    after = WITHOUT_LEGACY + "\n\n# See legacy in the docs.\n"
    assert reasons(after, edit, before=before) == set()


def test_prose_about_something_else_explains_nothing():
    edit = sketch("import os\n# ...\n", prose="Keep `legacy`; delete `cache`.")
    assert reasons(WITHOUT_LEGACY, edit) == {"unexplained-removal"}


def test_a_hunk_explains_what_it_drops_and_no_more():
    edit = hunk("def legacy(path):\n    return os.stat(path)\n", "def legacy(path):\n    pass\n")
    after = FILE.replace("return os.stat(path)", "pass")
    assert reasons(after, edit) == set()
    assert "unexplained-removal" in reasons(after.replace("import os\n", ""), edit)


def test_a_hunk_explains_a_comment_it_forgot_between_lines_it_drops():
    before = FILE.replace(
        "        file.write(text)", "        # All at once.\n        file.write(text)"
    )
    edit = hunk('    with open(path, "w") as file:\n        file.write(text)\n', "    pass\n")
    after = FILE.replace(
        '    with open(path, "w") as file:\n        file.write(text)\n', "    pass\n"
    )
    assert reasons(after, edit, before=before) == set()


def test_an_elision_that_goes_explains_what_lies_in_it():
    steps = (
        Step(Op.KEEP, "def save(path, text):"),
        Elision(kept=False),
        Step(Op.KEEP, "def legacy(path):"),
    )
    after = FILE.replace('    with open(path, "w") as file:\n        file.write(text)\n\n\n', "")
    assert reasons(after, Hunk(steps, AT), language=None) == set()


def test_a_later_hunk_may_drop_what_an_earlier_one_added():
    edits = hunk("import os\n", "import os\nimport re\n"), hunk("import re\n", "import sys\n")
    assert reasons(FILE.replace("import os\n", "import os\nimport sys\n"), *edits) == set()


def test_moved_lines_are_neither_gone_nor_new():
    edit = hunk("import os\n", ""), hunk("def main():\n", "import os\n\n\ndef main():\n")
    after = FILE.replace("import os\n\n\n", "").replace("def main", "import os\n\n\ndef main")
    assert reasons(after, *edit) == set()


def test_a_whole_file_explains_everything_but_may_not_be_empty():
    text = "def other():\n    pass\n"
    assert reasons(text, WholeFile(lines_of(text), AT)) == set()
    assert reasons("", WholeFile((), AT)) == {"empty-result"}


def test_most_of_a_file_is_not_lost_in_a_sketch():
    before = "".join(f"def name_{n}():\n    return {n}\n\n\n" for n in range(20))
    edit = sketch("def name_3():\n    return 3 + 1\n")
    assert "lost-code" in reasons("def name_3():\n    return 3 + 1\n", edit, before=before)


def test_syntax_may_not_get_worse():
    edit = sketch("def load(path):\n    return (path\n")
    after = FILE.replace(
        "    with open(path) as file:\n        return file.read()\n", "    return (path\n"
    )
    assert "syntax-worse" in reasons(after, edit)
    assert "syntax-worse" not in reasons(after, edit, language=None)


def test_a_fault_the_file_had_does_not_count():
    broken = FILE + "\n\ndef odd(:\n    pass\n"
    assert reasons(broken.replace("file.write(text)", 'file.write(text + "\\n")'), SAVE,
                   before=broken) == set()  # fmt: skip


def test_an_unknown_macro_is_no_fault_of_the_edit():
    before = "int f(void) {\n  return 1;\n}\n"
    edit = hunk("int f(void) {\n", "int f(void) {\n  FOR_EACH(x, y) {\n    g();\n  }\n")
    after = before.replace("{\n", "{\n  FOR_EACH(x, y) {\n    g();\n  }\n", 1)
    assert reasons(after, edit, before=before, language="c") == set()


def test_what_is_too_large_to_be_checked_is_not_believed(monkeypatch):
    after = FILE.replace("file.write(text)", "file.write(text.strip())")
    edit = sketch("def save(path, text):\n    ...\n        file.write(text.strip())\n")
    assert reasons(after, edit) == set()
    monkeypatch.setattr("fastapply.core.lines.common_lines._MOST", 20)
    assert reasons(after, edit) == {"too-large"}


def test_a_new_file_may_hold_what_looks_like_prose_about_code():
    edit = sketch("# unchanged\nclass A:\n    ...\n")
    assert reasons("# unchanged\nclass A:\n    ...\n", edit, before=None) == set()


@given(st.integers(0, 18), st.text("abcxyz_", min_size=12, max_size=12))
def test_an_invented_line_is_found_anywhere(place, word):
    lines = SAVED.splitlines()
    after = "\n".join([*lines[:place], word, *lines[place:], ""])
    assert "unexplained-addition" in reasons(after, SAVE, language=None)


@pytest.mark.parametrize("number", [0, 3, 4, 5, 8, 9, 10, 14, 17, 18])
def test_no_line_gets_lost_unseen(number):
    lines = SAVED.splitlines()
    assert reasons("\n".join([*lines[:number], *lines[number + 1 :], ""]), SAVE)
