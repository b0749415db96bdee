from __future__ import annotations

import pytest

from fastapply.core.edits import Action, Hunk, Op, Step, WholeFile
from fastapply.core.errors import MalformedEditError
from fastapply.formats import parse

UPDATE = "*** Update File: x.py\n@@ def f\n a\n-b\n+c\n"
STEPS = (Step(Op.KEEP, "a"), Step(Op.DROP, "b"), Step(Op.ADD, "c"))


def patch(body: str) -> str:
    return f"*** Begin Patch\n{body}*** End Patch\n"


def hunks(document: str) -> list[Hunk]:
    (file,) = parse(document).files
    assert file.format == "apply-patch"
    return [edit for edit in file.edits if isinstance(edit, Hunk)]


@pytest.mark.parametrize(
    "document",
    [
        patch(UPDATE),
        f"Some prose.\n\n{patch(UPDATE)}\nMore prose.\n",
        f"```\n{patch(UPDATE)}```\n",
        f"```diff\n{patch(UPDATE)}```\n",
        f"```sh\napply_patch <<'EOF'\n{patch(UPDATE)}EOF\n```\n",
        f"apply_patch <<EOF\n*** Begin Patch\n{UPDATE}EOF\n",
        f"```\n*** Begin Patch\n{UPDATE}```\n",
        f"```\n{UPDATE}```\n",
        patch(UPDATE).replace("*** Begin", "  *** Begin").replace("Patch\n", "Patch  \n"),
    ],
)
def test_what_stands_around_a_patch(document: str) -> None:
    (hunk,) = hunks(document)
    assert hunk.steps == STEPS
    assert hunk.anchors == ("def f",)


def test_anchors_in_a_row() -> None:
    (hunk,) = hunks(patch("*** Update File: x.py\n@@ class A\n@@   def f\n a\n-b\n+c\n"))
    assert hunk.anchors == ("class A", "  def f")


def test_the_first_header_may_be_missing() -> None:
    first, second = hunks(patch("*** Update File: x.py\n a\n-b\n+c\n@@\n d\n-e\n"))
    assert first.steps == STEPS
    assert second.old == ("d", "e")


def test_end_of_file() -> None:
    first, second = hunks(patch("*** Update File: x.py\n@@\n-a\n@@\n b\n+c\n*** End of File\n"))
    assert not first.at_end
    assert second.at_end


def test_added_lines_alone_are_for_the_end_of_the_file() -> None:
    (hunk,) = hunks(patch("*** Update File: x.py\n@@\n+a\n"))
    assert hunk.at_end
    (hunk,) = hunks(patch("*** Update File: x.py\n@@ def f\n+a\n"))
    assert not hunk.at_end


def test_all_that_can_happen_to_files() -> None:
    text = "*** Add File: a.py\n+x\n+\n+y\n*** Delete File: b.py\n*** Update File: c.py\n"
    found = parse(patch(f"{text}*** Move to: d.py\n@@\n-a\n+b\n")).files
    assert [(file.path, file.action, file.move_to) for file in found] == [
        ("a.py", Action.CREATE, None),
        ("b.py", Action.DELETE, None),
        ("c.py", Action.UPDATE, "d.py"),
    ]
    (whole,) = found[0].edits
    assert isinstance(whole, WholeFile)
    assert whole.lines == ("x", "", "y")


def test_a_file_that_only_moves() -> None:
    (file,) = parse(patch("*** Update File: c.py\n*** Move to: d.py\n")).files
    assert (file.path, file.move_to, file.edits) == ("c.py", "d.py", ())


def test_an_added_file_without_signs() -> None:
    (file,) = parse(patch("*** Add File: a.py\nx = 1\n\ny = 2\n")).files
    (whole,) = file.edits
    assert isinstance(whole, WholeFile)
    assert whole.lines == ("x = 1", "", "y = 2")


def test_search_blocks_inside_a_patch_are_text() -> None:
    text = "*** Update File: x.md\n@@\n a\n+<<<<<<< SEARCH\n <<<<<<< SEARCH\n"
    (hunk,) = hunks(patch(text))
    assert hunk.new == ("a", "<<<<<<< SEARCH", "<<<<<<< SEARCH")


@pytest.mark.parametrize(
    "document",
    [
        patch(""),
        patch("*** Update File: x.py\n"),
        patch("*** Update File: x.py\n@@\n"),
        patch("*** Update File: x.py\n@@\n@@ def f\n*** End of File\n"),
        patch("*** Frobnicate File: x.py\n"),
        patch(f"{UPDATE}*** Frobnicate File: y.py\n"),
        patch("some text\n*** Delete File: x.py\n"),
        patch("*** Delete File: x.py\nsome text\n"),
        patch("*** Add File: x.py\n+a\nb\n"),
        f"*** Begin Patch\n{UPDATE}",
        f"```\n*** Begin Patch\n{UPDATE}",
        f"*** Begin Patch\n{UPDATE}{patch(UPDATE)}",
    ],
)
def test_broken_patches_are_refused(document: str) -> None:
    with pytest.raises(MalformedEditError) as caught:
        parse(document)
    assert caught.value.span is not None
