from __future__ import annotations

import pytest

from fastapply.core.edits import Elision, FileEdit, Hunk, Op, Step
from fastapply.core.errors import MalformedEditError
from fastapply.formats import parse


def files(document: str, **options: str) -> tuple[FileEdit, ...]:
    return parse(document, **options).files


def hunk(document: str) -> Hunk:
    (file,) = files(document)
    assert file.format == "search-replace"
    (edit,) = file.edits
    assert isinstance(edit, Hunk)
    return edit


BLOCK = "<<<<<<< SEARCH\na = 1\nb = 2\n=======\na = 1\nb = 3\n>>>>>>> REPLACE\n"


def test_a_block_keeps_what_both_halves_hold() -> None:
    found = hunk(f"app.py\n```python\n{BLOCK}```\n")
    assert found.steps == (Step(Op.KEEP, "a = 1"), Step(Op.DROP, "b = 2"), Step(Op.ADD, "b = 3"))
    assert (found.at.start, found.at.stop) == (2, 9)


@pytest.mark.parametrize(
    "head",
    [
        "app/main.py\n```python\n",
        "```python app/main.py\n",
        "```python\napp/main.py\n",
        "**app/main.py**\n\n```python\n",
        "`app/main.py`\n```\n",
        "### app/main.py\n\n```python\n",
        "#### `app/main.py`:\n```python\n",
        "File: app/main.py\n```\n",
        "1. **`app/main.py`**\n\n```\n",
        "In `app/main.py`:\n\n```python\n",
        "// app/main.py\n```\n",
    ],
)
def test_the_path_is_found_around_the_fence(head: str) -> None:
    (file,) = files(f"Here it is.\n\n{head}{BLOCK}```\n")
    assert file.path == "app/main.py"


def test_a_path_without_a_fence() -> None:
    assert files(f"Some prose.\n\napp/main.py\n{BLOCK}")[0].path == "app/main.py"


def test_prose_is_no_path() -> None:
    assert files(f"This changes b to 3.\n\n```python\n{BLOCK}```\n")[0].path is None


def test_a_block_without_a_path_is_for_the_file_before() -> None:
    (file,) = files(f"x.go\n```go\n{BLOCK}```\n\n```go\n{BLOCK}```\n")
    assert file.path == "x.go"
    assert len(file.edits) == 2


def test_blocks_of_several_files_in_one_fence() -> None:
    found = files(f"```\na.py\n{BLOCK}\nb.py\n{BLOCK}```\n")
    assert [file.path for file in found] == ["a.py", "b.py"]


@pytest.mark.parametrize("count", range(5, 10))
def test_any_number_of_signs(count: int) -> None:
    text = f"{'<' * count} SEARCH\na\n{'=' * count}\nb\n{'>' * count} REPLACE\n"
    assert hunk(text).steps == (Step(Op.DROP, "a"), Step(Op.ADD, "b"))


def test_dashes_and_pluses() -> None:
    assert hunk("------- SEARCH\na\n=======\nb\n+++++++ REPLACE\n").old == ("a",)


def test_original_and_updated() -> None:
    assert hunk("<<<<<<< ORIGINAL\na\n=======\nb\n>>>>>>> UPDATED\n").new == ("b",)


def test_a_line_hint() -> None:
    found = hunk(
        "<<<<<<< SEARCH\n:start_line:12\n:end_line:13\n-------\na\n=======\nb\n>>>>>>> REPLACE\n"
    )
    assert found.line == 11
    assert found.old == ("a",)


def test_escaped_signs_are_text() -> None:
    found = hunk(
        "<<<<<<< SEARCH\n\\<<<<<<< SEARCH\n\\=======\n=======\n\\>>>>>>> REPLACE\n>>>>>>> REPLACE\n"
    )
    assert found.old == ("<<<<<<< SEARCH", "=======")
    assert found.new == (">>>>>>> REPLACE",)


def test_numbered_lines_lose_their_numbers() -> None:
    found = hunk("<<<<<<< SEARCH\n7 | a\n8 |   b\n=======\n7 | a\n8 |   c\n>>>>>>> REPLACE\n")
    assert found.old == ("a", "  b")
    assert found.new == ("a", "  c")


def test_numbers_that_do_not_count_are_text() -> None:
    found = hunk("<<<<<<< SEARCH\n1 | a\n5 | b\n=======\n1 | a\n>>>>>>> REPLACE\n")
    assert found.old == ("1 | a", "5 | b")


def test_an_empty_search_only_adds() -> None:
    assert hunk("<<<<<<< SEARCH\n=======\nx = 1\n>>>>>>> REPLACE\n").steps == (
        Step(Op.ADD, "x = 1"),
    )


def test_identical_halves_keep_everything() -> None:
    assert hunk("<<<<<<< SEARCH\na\n=======\na\n>>>>>>> REPLACE\n").steps == (Step(Op.KEEP, "a"),)


def test_fences_inside_the_text() -> None:
    found = hunk(
        "README.md\n````\n<<<<<<< SEARCH\n# Use\n=======\n# Use\n\n```sh\nrun\n```\n"
        ">>>>>>> REPLACE\n````\n"
    )
    assert found.new == ("# Use", "", "```sh", "run", "```")


def test_fences_inside_the_text_of_a_fence_as_long() -> None:
    found = hunk(
        "README.md\n```\n<<<<<<< SEARCH\n```sh\nold\n```\n=======\n```sh\nnew\n```\n"
        ">>>>>>> REPLACE\n```\n"
    )
    assert found.old == ("```sh", "old", "```")
    assert found.new == ("```sh", "new", "```")


def test_the_divider_that_leaves_similar_halves() -> None:
    title = "Title\n=======\n\nSome text."
    found = hunk(f"<<<<<<< SEARCH\n{title}\n=======\n{title}\nMore.\n>>>>>>> REPLACE\n")
    assert found.old == ("Title", "=======", "", "Some text.")
    assert found.new == ("Title", "=======", "", "Some text.", "More.")


def test_a_conflict_in_the_text_is_not_divided() -> None:
    conflict = "<<<<<<< HEAD\none\n=======\ntwo\n>>>>>>> topic"
    found = hunk(f"<<<<<<< SEARCH\n{conflict}\n=======\ntwo\n>>>>>>> REPLACE\n")
    assert found.old == tuple(conflict.split("\n"))
    assert found.new == ("two",)


def test_a_missing_replace_sign_ends_with_the_fence() -> None:
    found = hunk("```\n<<<<<<< SEARCH\na\n=======\nb\n```\n\nThat is all.\n")
    assert found.new == ("b",)


def test_a_divider_in_place_of_the_replace_sign() -> None:
    found = hunk("```\n<<<<<<< SEARCH\na\n=======\nb\n=======\n```\n")
    assert found.steps == (Step(Op.DROP, "a"), Step(Op.ADD, "b"))


def test_a_missing_replace_sign_before_the_next_fence() -> None:
    (file,) = files(f"a.py\n```\n<<<<<<< SEARCH\nx\n=======\ny\n```\n\n```\n{BLOCK}```\n")
    assert [edit.new for edit in file.edits if isinstance(edit, Hunk)] == [
        ("y",),
        ("a = 1", "b = 3"),
    ]


def test_an_indented_block() -> None:
    text = "".join(f"   {line}\n" for line in BLOCK.splitlines())
    assert hunk(f"1. Do this:\n\n   ```python\n{text}   ```\n").old == ("a = 1", "b = 2")


def test_carriage_returns_are_no_text() -> None:
    assert hunk(BLOCK.replace("\n", "\r\n")).old == ("a = 1", "b = 2")


@pytest.mark.parametrize("dots", ["    ...", "    # ...", "    # ... existing code ..."])
def test_paired_dots_are_kept_lines(dots: str) -> None:
    found = hunk(
        f"<<<<<<< SEARCH\ndef f():\n{dots}\n    return 1\n=======\ndef f():\n{dots}\n"
        "    return 2\n>>>>>>> REPLACE\n"
    )
    assert found.steps == (
        Step(Op.KEEP, "def f():"),
        Elision(kept=True),
        Step(Op.DROP, "    return 1"),
        Step(Op.ADD, "    return 2"),
    )


def test_dots_in_search_alone_are_dropped_lines() -> None:
    found = hunk(
        "<<<<<<< SEARCH\ndef f():\n    a()\n    ...\n    b()\n=======\nf = None\n>>>>>>> REPLACE\n"
    )
    assert found.steps == (
        Step(Op.DROP, "def f():"),
        Step(Op.DROP, "    a()"),
        Elision(kept=False),
        Step(Op.DROP, "    b()"),
        Step(Op.ADD, "f = None"),
    )


def test_an_ellipsis_as_the_last_line_is_code() -> None:
    found = hunk(
        "<<<<<<< SEARCH\ndef f():\n    ...\n=======\ndef f():\n    return 1\n>>>>>>> REPLACE\n"
    )
    assert found.old == ("def f():", "    ...")


def test_dots_in_replace_alone_stand_for_lines_of_search() -> None:
    found = hunk(
        "<<<<<<< SEARCH\ndef f():\n    a()\n    b()\n    c()\n    return 1\n=======\ndef f():\n"
        "    a()\n    # ... existing code ...\n    return 1\n    # done\n>>>>>>> REPLACE\n"
    )
    assert found.old == found.new[:-1]
    assert found.new[-1] == "    # done"


@pytest.mark.parametrize(
    "text",
    [
        "<<<<<<< SEARCH\na\n",
        "<<<<<<< SEARCH\na\n=======\nb\n",
        "```\n<<<<<<< SEARCH\na\n=======\nb\n",
        "<<<<<<< SEARCH\na\nb\n>>>>>>> REPLACE\n",
        "```\n<<<<<<< SEARCH\na\nb\n```\n",
        "<<<<<<< SEARCH\na\n=======\nb\n<<<<<<< SEARCH\nc\n=======\nd\n>>>>>>> REPLACE\n",
        "<<<<<<< SEARCH\n=======\n>>>>>>> REPLACE\n",
        "<<<<<<< SEARCH\nx\n=======\ny\n=======\nz\n>>>>>>> REPLACE\n",
    ],
)
def test_broken_blocks_are_refused(text: str) -> None:
    with pytest.raises(MalformedEditError) as caught:
        parse(f"Some prose.\n\n{text}")
    assert caught.value.span is not None
    assert caught.value.span.start >= 2
