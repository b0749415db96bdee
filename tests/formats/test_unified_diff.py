from __future__ import annotations

import pytest

from fastapply.core.edits import Action, Elision, FileEdit, Hunk, Op, Step, WholeFile
from fastapply.core.errors import MalformedEditError
from fastapply.formats import parse


def files(document: str, **options: str) -> tuple[FileEdit, ...]:
    return parse(document, **options).files


def hunks(document: str) -> list[Hunk]:
    (file,) = files(document)
    assert file.format == "udiff"
    return [edit for edit in file.edits if isinstance(edit, Hunk)]


def fenced(diff: str) -> str:
    return f"Here is the change:\n\n```diff\n{diff}```\n\nThat is all.\n"


BODY = " def f():\n-    return 1\n+    return 2\n"
STEPS = (Step(Op.KEEP, "def f():"), Step(Op.DROP, "    return 1"), Step(Op.ADD, "    return 2"))
HEAD = "--- a/x.py\n+++ b/x.py\n"


@pytest.mark.parametrize(
    ("header", "anchors", "line"),
    [
        ("", (), None),
        ("@@\n", (), None),
        ("@@ ... @@\n", (), None),
        ("@@ -10,3 +10,3 @@\n", (), 9),
        ("@@ -10 +10 @@ class A:\n", ("class A:",), 9),
        ("@@ -10,99 +1,7 @@ class A:\n", ("class A:",), 9),
        ("@@ class A @@\n", ("class A",), None),
        ("@@ class A\n", ("class A",), None),
        ("@@ class A\n@@   def g\n", ("class A", "  def g"), None),
        ("@@ -,+ @@\n", (), None),
        ("@@ -X,Y +X,Y @@\n", (), None),
        ("@@ -1,1 +1,1 @@ @Component\n", ("@Component",), 0),
    ],
)
def test_hunk_headers(header: str, anchors: tuple[str, ...], line: int | None) -> None:
    (hunk,) = hunks(fenced(HEAD + header + BODY))
    assert hunk.steps == STEPS
    assert hunk.anchors == anchors
    assert hunk.line == line


@pytest.mark.parametrize(
    "head",
    [
        "--- a/src/x.py\n+++ b/src/x.py\n",
        "--- src/x.py\n+++ src/x.py\n",
        "--- a/src/x.py\t2024-01-01 10:00:00\n+++ b/src/x.py\t2024-01-01 10:00:01\n",
        "diff --git a/src/x.py b/src/x.py\nindex 1234567..89abcde 100644\n"
        "--- a/src/x.py\n+++ b/src/x.py\n",
        "diff --git a/src/x.py b/src/x.py\n",
        "--- src/x.py.orig\n+++ src/x.py\n",
    ],
)
def test_file_headers(head: str) -> None:
    (file,) = files(fenced(f"{head}@@ -1 +1 @@\n{BODY}"))
    assert file.path == "src/x.py"
    assert file.action is Action.UPDATE


def test_a_diff_without_any_header() -> None:
    (file,) = files(f"In `src/x.py`:\n\n```diff\n{BODY}```\n")
    assert file.path == "src/x.py"
    assert [edit.steps for edit in file.edits if isinstance(edit, Hunk)] == [STEPS]


def test_context_without_its_space() -> None:
    (hunk,) = hunks(
        fenced("@@ ... @@\ndef f():\n-    return 1\n+    return 2\n\ndef g():\n    pass\n")
    )
    assert hunk.old == ("def f():", "    return 1", "", "def g():", "    pass")


def test_indented_context_without_its_space() -> None:
    text = "@@ ... @@\n    a = 1\n-    b = 2\n+    b = 3\n    if a:\n        c()\n"
    (hunk,) = hunks(fenced(text))
    assert hunk.old == ("    a = 1", "    b = 2", "    if a:", "        c()")


def test_indented_context_with_its_space() -> None:
    text = "@@ ... @@\n     a = 1\n-    b = 2\n+    b = 3\n     if a:\n         c()\n"
    (hunk,) = hunks(fenced(text))
    assert hunk.old == ("    a = 1", "    b = 2", "    if a:", "        c()")


def test_tabs_show_whether_the_space_is_there() -> None:
    spaced = hunks(fenced("@@\n \ta()\n-\tb()\n+\tc()\n"))
    lost = hunks(fenced("@@\n\ta()\n-\tb()\n+\tc()\n"))
    assert spaced[0].steps == lost[0].steps


def test_changed_lines_at_the_margin_say_nothing_of_the_unit() -> None:
    (hunk,) = hunks(fenced("-alpha\n+  alpha\n   alpha\n"))
    assert hunk.steps[-1] == Step(Op.KEEP, "  alpha")


def test_blank_context_lines_may_be_empty() -> None:
    (hunk,) = hunks(fenced("@@\n a\n\n b\n-c\n+d\n\n"))
    assert hunk.old == ("a", "", "b", "c")


def test_deleting_a_dashed_comment_is_no_header() -> None:
    (hunk,) = hunks(fenced("--- a/q.sql\n+++ b/q.sql\n@@ -1,3 +1,3 @@\n a\n--- old\n+-- new\n b\n"))
    assert hunk.steps == (
        Step(Op.KEEP, "a"),
        Step(Op.DROP, "-- old"),
        Step(Op.ADD, "-- new"),
        Step(Op.KEEP, "b"),
    )


def test_plus_signs_of_the_code_stay() -> None:
    (hunk,) = hunks(fenced("@@\n a\n+++i;\n+--j;\n b\n"))
    assert hunk.new == ("a", "++i;", "--j;", "b")


def test_elided_middles() -> None:
    (hunk,) = hunks(fenced("@@\n a\n ...\n b\n-c\n-...\n-d\n+e\n"))
    assert hunk.steps == (
        Step(Op.KEEP, "a"),
        Elision(kept=True),
        Step(Op.KEEP, "b"),
        Step(Op.DROP, "c"),
        Elision(kept=False),
        Step(Op.DROP, "d"),
        Step(Op.ADD, "e"),
    )


def test_an_ellipsis_that_goes_alone_is_code() -> None:
    (hunk,) = hunks(fenced("@@\n def f():\n-    ...\n+    return 1\n"))
    assert hunk.old == ("def f():", "    ...")


def test_elisions_at_the_edges_say_nothing() -> None:
    (hunk,) = hunks(fenced("@@\n ...\n a\n-b\n+c\n # ... existing code ...\n"))
    assert hunk.steps == (Step(Op.KEEP, "a"), Step(Op.DROP, "b"), Step(Op.ADD, "c"))


def test_no_newline_at_the_end_is_no_line() -> None:
    (hunk,) = hunks(
        fenced("@@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n")
    )
    assert hunk.steps == (Step(Op.DROP, "a"), Step(Op.ADD, "b"))


def test_a_new_file() -> None:
    (file,) = files(fenced("--- /dev/null\n+++ b/new.py\n@@ -0,0 +1,2 @@\n+a\n+b\n"))
    assert (file.path, file.action) == ("new.py", Action.CREATE)
    (whole,) = file.edits
    assert isinstance(whole, WholeFile)
    assert whole.lines == ("a", "b")


def test_a_new_empty_file() -> None:
    (file,) = files("diff --git a/new.py b/new.py\nnew file mode 100644\nindex 0000000..e69de29\n")
    assert (file.path, file.action) == ("new.py", Action.CREATE)


def test_a_deleted_file() -> None:
    (file,) = files(
        "diff --git a/x.py b/x.py\ndeleted file mode 100644\n--- a/x.py\n+++ /dev/null\n"
        "@@ -1 +0,0 @@\n-a\n"
    )
    assert (file.path, file.action, file.edits) == ("x.py", Action.DELETE, ())


def test_a_renamed_file() -> None:
    (file,) = files(
        "diff --git a/x.py b/lib/y.py\nsimilarity index 90%\nrename from x.py\nrename to lib/y.py\n"
        f"--- a/x.py\n+++ b/lib/y.py\n@@ -1 +1 @@\n{BODY}"
    )
    assert (file.path, file.move_to, len(file.edits)) == ("x.py", "lib/y.py", 1)


def test_a_file_that_is_only_renamed() -> None:
    (file,) = files(
        "diff --git a/x.py b/y.py\nsimilarity index 100%\nrename from x.py\nrename to y.py\n"
    )
    assert (file.path, file.move_to, file.edits) == ("x.py", "y.py", ())


def test_several_files() -> None:
    found = files(fenced(f"{HEAD}@@\n{BODY}--- a/y.py\n+++ b/y.py\n@@\n{BODY}"))
    assert [file.path for file in found] == ["x.py", "y.py"]


def test_several_files_that_git_made() -> None:
    part = "diff --git a/{0} b/{0}\nindex 1..2 100644\n--- a/{0}\n+++ b/{0}\n@@ -1 +1 @@\n" + BODY
    found = files(part.format("x.py") + part.format("y.py"))
    assert [file.path for file in found] == ["x.py", "y.py"]
    assert all(
        edit.steps == STEPS for file in found for edit in file.edits if isinstance(edit, Hunk)
    )


def test_a_bare_diff_ends_where_prose_begins() -> None:
    (hunk,) = hunks(f"The change:\n\n{HEAD}@@ -1,2 +1,2 @@\n{BODY}\nThis returns two.\n")
    assert hunk.steps == STEPS


def test_a_mailed_patch() -> None:
    text = f"From 123\nSubject: two\n\n---\n x.py | 2 +-\n\ndiff --git a/x.py b/x.py\n{HEAD}"
    (hunk,) = hunks(f"{text}@@ -1,2 +1,2 @@\n{BODY}-- \n2.39.1\n")
    assert hunk.steps == STEPS


def test_a_diff_in_a_fence_of_the_language() -> None:
    (file,) = files(f"```python\n{BODY}```\n", target="x.py")
    assert file.format == "udiff"


def test_a_list_in_yaml_is_no_diff() -> None:
    (file,) = files("```yaml\n- a\n- b\n```\n", target="x.yml")
    assert file.format == "snippet"


@pytest.mark.parametrize(
    "text",
    [
        "```diff\n--- a/x.py\n+++ b/x.py\n@@ -1,9 +1,9 @@\n a\n-b\n+c",
        "```diff\n--- a/x.py\n+++ b/x.py\n@@ ... @@\n a\n-b",
        "```diff\n--- a/x.py\n+++ b/x.py\n```\n",
        "diff --git a/x.png b/x.png\nBinary files a/x.png and b/x.png differ\n",
        "```diff\n--- a/x.py\n+++ b/x.py",
        "```diff\n--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n@@ -9,2 +9,2 @@\n",
    ],
)
def test_broken_diffs_are_refused(text: str) -> None:
    with pytest.raises(MalformedEditError):
        parse(text)


def test_a_bare_diff_may_have_lost_its_spaces() -> None:
    text = (
        f"{HEAD}@@ -1,5 +1,5 @@\n\na = 1\n-b = 2\n+b = 3\n\nc = 4\n\nd = 5\n@@ -9 +9 @@\n-e\n+f\n"
    )
    first, second = hunks(text + "\nSome words about it that end in a stop.\n")
    assert first.old == ("", "a = 1", "b = 2", "", "c = 4", "", "d = 5")
    assert second.steps == (Step(Op.DROP, "e"), Step(Op.ADD, "f"))


def test_a_bare_diff_before_a_list() -> None:
    (hunk,) = hunks(f"{HEAD}@@ -1,2 +1,2 @@\n{BODY}\nNotes:\n\n- Two is more.\n")
    assert hunk.steps == STEPS


def test_context_may_hold_fences() -> None:
    (hunk,) = hunks("```diff\n@@ ... @@\n # Use\n \n ```sh\n-old\n+new\n ```\n```\n\nDone.\n")
    assert hunk.old == ("# Use", "", "```sh", "old", "```")


def test_blank_lines_between_changes_without_context() -> None:
    (hunk,) = hunks("```diff\n-a\n+b\n\n-c\n+d\n```\n")
    assert hunk.steps == (
        Step(Op.DROP, "a"),
        Step(Op.ADD, "b"),
        Elision(kept=True),
        Step(Op.DROP, "c"),
        Step(Op.ADD, "d"),
    )
