from __future__ import annotations

import pytest

from fastapply.core.edits import FileEdit, Hunk, Op, Sketch, Step, WholeFile
from fastapply.core.errors import MalformedEditError, NoEditError
from fastapply.formats import parse

CODE = "def f():\n    return 2"
LINES = ("def f():", "    return 2")


def files(document: str, target: str | None = "src/app.py") -> tuple[FileEdit, ...]:
    return parse(document, target=target).files


def sketches(document: str, target: str | None = "src/app.py") -> list[Sketch]:
    (file,) = files(document, target)
    assert file.format == "snippet"
    return [edit for edit in file.edits if isinstance(edit, Sketch)]


def test_a_fence_is_a_sketch_with_the_prose_around_it() -> None:
    (sketch,) = sketches(f"Return two.\n\n```python\n{CODE}\n```\n\nDone.\n")
    assert sketch.lines == LINES
    assert (sketch.at.start, sketch.at.stop) == (3, 5)
    assert sketch.language == "python"
    assert sketch.prose == "Return two.\nDone."


def test_prose_belongs_to_the_fence_after_it() -> None:
    first, second = sketches(f"One.\n```\n{CODE}\n```\nTwo.\n```\n{CODE}\n```\nThree.\n")
    assert first.prose == "One."
    assert second.prose == "Two.\nThree."


@pytest.mark.parametrize(
    "document",
    [
        "~~~python\n{}\n~~~\n",
        "````python\n{}\n````\n",
        "1. First:\n\n   ```python\n   def f():\n       return 2\n   ```\n\n2. Then relax.\n",
        "- Here:\n  ```python\n  def f():\n      return 2\n  ```\n",
        "```python\r\ndef f():\r\n    return 2\r\n```\r\n",
        "{}\n",
        "> ```python\n> def f():\n>     return 2\n> ```\n",
        "```\n{}\n```",
        "```python\n# src/app.py\n{}\n```",
        "```python\n# src/app.py\n\n{}\n```",
        "```js\n// src/app.py\n{}\n```",
        "```text\n{}\n```",
        "``` python\n{}\n```",
        "```{{.python}}\n{}\n```",
        "```Python\n{}\n```   \n",
    ],
)
def test_fences_as_models_write_them(document: str) -> None:
    (sketch,) = sketches(document.format(CODE))
    assert sketch.lines == LINES


@pytest.mark.parametrize(
    "document",
    [
        "```python src/app.py\n{}\n```",
        "```src/app.py\n{}\n```",
        "```python:src/app.py\n{}\n```",
        '```python title="src/app.py"\n{}\n```',
        "```python filename=src/app.py\n{}\n```",
        "```python {{src/app.py}}\n{}\n```",
        "src/app.py\n```python\n{}\n```",
        "**src/app.py**\n\n```python\n{}\n```",
        "**`src/app.py`**:\n\n```python\n{}\n```",
        "### `src/app.py`\n\n```python\n{}\n```",
        "### 1. src/app.py (updated)\n\n```python\n{}\n```",
        "File: `src/app.py`\n```python\n{}\n```",
        "[src/app.py](src/app.py)\n```python\n{}\n```",
        "# src/app.py\n\n```python\n{}\n```",
        '<file path="src/app.py">\n```python\n{}\n```\n</file>',
        "<details>\n<summary>src/app.py</summary>\n\n```python\n{}\n```\n</details>",
        "## src/app.py\n\nSome words.\n\nMore words:\n\n```python\n{}\n```",
        "```3:9:src/app.py\n{}\n```",
        "src/app.py:3-9\n```python\n{}\n```",
        "Change `src/app.py`:\n\n```python\n{}\n```",
        "In `src/app.py`:\n\n```python\n{}\n```",
        "And then in **src/app.py**:\n\n```python\n{}\n```",
        "```python\n# src/app.py\n{}\n```",
        "```python\n# File: src/app.py\n{}\n```",
        "I changed `f` in `src/app.py` a bit.\n\n```python\n{}\n```",
    ],
)
def test_where_paths_stand(document: str) -> None:
    (file,) = files(document.format(CODE), target=None)
    assert file.path == "src/app.py"
    (sketch,) = file.edits
    assert isinstance(sketch, Sketch)
    assert sketch.lines == LINES


@pytest.mark.parametrize(
    "comment",
    ["# a comment", "# see example.com", "# TODO: and/or", "#!/usr/bin/env python3", "# v1.2"],
)
def test_comments_that_are_no_paths_stay(comment: str) -> None:
    (sketch,) = sketches(f"```python\n{comment}\n{CODE}\n```\n")
    assert sketch.lines == (comment, *LINES)


def test_the_path_comment_is_out_of_the_span() -> None:
    (sketch,) = sketches(f"```python\n# src/app.py\n\n{CODE}\n```\n")
    assert (sketch.at.start, sketch.at.stop) == (3, 5)


def test_several_files() -> None:
    found = files(f"`a.py`\n```python\n{CODE}\n```\n`b.py`\n```python\n{CODE}\n```\n", None)
    assert [file.path for file in found] == ["a.py", "b.py"]


def test_a_fence_without_a_path_is_for_the_file_before() -> None:
    (file,) = files(f"`a.py`\n```python\n{CODE}\n```\nAlso:\n```python\n{CODE}\n```\n", None)
    assert file.path == "a.py"
    assert len(file.edits) == 2


def test_markdown_holds_fences() -> None:
    (sketch,) = sketches(
        "```markdown\n# Use\n\n```sh\nrun\n```\n\nMore.\n```\n\nThat is it.\n", "README.md"
    )
    assert sketch.lines == ("# Use", "", "```sh", "run", "```", "", "More.")


def test_a_longer_fence_holds_shorter_ones() -> None:
    (sketch,) = sketches("````markdown\n```\nrun\n```\n````\n", "README.md")
    assert sketch.lines == ("```", "run", "```")


def test_a_docstring_holds_fences() -> None:
    (sketch,) = sketches(
        '```python\ndef f():\n    """Do.\n\n    ```\n    f()\n    ```\n    """\n```\n'
    )
    assert len(sketch.lines) == 7


@pytest.mark.parametrize(
    "sample",
    [
        "```bash\nnpm install left-pad\n```",
        "```bash\n$ pytest\n```",
        "```sh\npip install x\npython app.py\n```",
        "```console\n$ python app.py\n2\n```",
        "```\n$ python app.py\n2\n```",
        "```\npip install requests\n```",
        "This prints:\n\n```\n2\n```",
        "This prints:\n\n```text\n2\n```",
        'The response:\n\n```json\n{"a": 1}\n```',
        "The template:\n\n```html\n<p>2</p>\n```",
        "Output:\n\n```python\n2\n```",
        "You can now call it like this:\n\n```python\nf()\n```",
        "Usage:\n\n```python\nf()\n```",
        "```\n```",
    ],
)
def test_commands_and_samples_are_no_edits(sample: str) -> None:
    document = f"Return two:\n\n```python\n{CODE}\n```\n\n{sample}\n"
    assert [sketch.lines for sketch in sketches(document)] == [LINES]


@pytest.mark.parametrize(
    ("language", "target"),
    [
        ("js", "a.ts"),
        ("jsx", "a.tsx"),
        ("typescript", "a.js"),
        ("", "a.rs"),
        ("text", "a.rs"),
        ("html", "a.vue"),
        ("bash", "a.sh"),
        ("sh", "setup.bash"),
        ("yml", "a.yaml"),
        ("c", "a.hpp"),
        ("json", "tsconfig.json"),
        ("dockerfile", "Dockerfile"),
        ("make", "Makefile"),
        ("unheard-of", "a.py"),
        ("ruby", "a.py"),
    ],
)
def test_a_lone_fence_is_the_edit(language: str, target: str) -> None:
    (sketch,) = sketches(f"```{language}\nx\n```\n", target)
    assert sketch.lines == ("x",)


def test_a_script_and_how_to_run_it() -> None:
    document = "```bash\nset -e\nmain() {\n  :\n}\n```\n\nThen run:\n\n```bash\n./run.sh now\n```\n"
    assert len(sketches(document, "run.sh")) == 1


def test_only_commands_are_no_edit() -> None:
    with pytest.raises(NoEditError, match="--format snippet"):
        files("Run this:\n\n```bash\nnpm install\n```\n")


OLD_CODE = "def f():\n    return 1"
STEPS = (Step(Op.KEEP, "def f():"), Step(Op.DROP, "    return 1"), Step(Op.ADD, "    return 2"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Replace this:", "with this:"),
        ("Replace this function:", "with:"),
        ("In `f`, replace the following lines:", "with these:"),
        ("Change this:", "to this:"),
        ("Change", "to"),
        ("**Before:**", "**After:**"),
        ("### Before", "### After"),
        ("Old code:", "New code:"),
        ("Old:", "New:"),
        ("Original:", "Updated:"),
        ("From:", "To:"),
        ("Find:", "Replace it with:"),
        ("Change the existing code", "so that it becomes:"),
    ],
)
def test_old_and_new_code_are_a_hunk(before: str, after: str) -> None:
    document = f"Two.\n\n{before}\n```python\n{OLD_CODE}\n```\n{after}\n```python\n{CODE}\n```\n"
    (file,) = files(document)
    (hunk,) = file.edits
    assert isinstance(hunk, Hunk)
    assert hunk.steps == STEPS


def test_old_and_new_code_in_one_fence() -> None:
    (file,) = files(f"```python\n# Before\n{OLD_CODE}\n\n# After:\n{CODE}\n```\n")
    (hunk,) = file.edits
    assert isinstance(hunk, Hunk)
    assert hunk.steps == STEPS


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Replace `a` with the new name:", "and use it here:"),
        ("First:", "Then:"),
        ("Add the import:", "and call it:"),
        ("In `f`:", "In `g`:"),
    ],
)
def test_two_edits_are_no_pair(before: str, after: str) -> None:
    document = f"{before}\n```python\n{OLD_CODE}\n```\n{after}\n```python\n{CODE}\n```\n"
    assert len(sketches(document)) == 2


def test_code_as_it_is_now_is_no_edit() -> None:
    document = (
        f"Currently it says:\n```python\n{OLD_CODE}\n```\nThat is wrong, since two is asked for. "
        f"I would write:\n```python\n{CODE}\n```\n"
    )
    assert [sketch.lines for sketch in sketches(document)] == [LINES]


def test_lines_to_delete() -> None:
    (file,) = files(f"Delete this block:\n```python\n{OLD_CODE}\n```\n")
    (hunk,) = file.edits
    assert isinstance(hunk, Hunk)
    assert hunk.steps == (Step(Op.DROP, "def f():"), Step(Op.DROP, "    return 1"))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("and add this below it:", (Step(Op.KEEP, "a()"), Step(Op.ADD, "b()"))),
        ("and insert right above it:", (Step(Op.ADD, "b()"), Step(Op.KEEP, "a()"))),
    ],
)
def test_an_insertion_at_a_line(words: str, expected: tuple[Step, ...]) -> None:
    (file,) = files(f"Find this line:\n```python\na()\n```\n{words}\n```python\nb()\n```\n")
    (hunk,) = file.edits
    assert isinstance(hunk, Hunk)
    assert hunk.steps == expected


def test_a_whole_file_by_its_words() -> None:
    (file,) = files(
        f"Here is the complete updated file:\n\n**src/app.py**\n```python\n{CODE}\n```\n"
    )
    (whole,) = file.edits
    assert isinstance(whole, WholeFile)
    assert (file.format, whole.lines) == ("whole", LINES)


@pytest.mark.parametrize(
    "document",
    [
        f"Here is the complete function:\n\nsrc/app.py\n```python\n{CODE}\n```\n",
        f"Here is the complete file:\n\n```python\n{CODE}\n```\n",
        f"The whole file:\n\nsrc/app.py\n```python\n# ... existing code ...\n{CODE}\n```\n",
        f"This isn't the full file:\n\nsrc/app.py\n```python\n{CODE}\n```\n",
    ],
)
def test_no_whole_file_in_doubt(document: str) -> None:
    assert len(sketches(document)) == 1


def test_a_fence_that_is_not_closed() -> None:
    document = "```js\nfunction f() {\n  return 2;\n}\n"
    assert len(sketches(document, "a.js")) == 1
    with pytest.raises(MalformedEditError, match="not closed"):
        sketches("```python\ndef f():\n    if a:\n        return", "a.py")
    with pytest.raises(MalformedEditError, match="line 3"):
        sketches("Some prose\n\n```js\nfunction f() {\n  return 2;", "a.js")


def test_a_missing_sign_between_two_fences() -> None:
    document = f"One:\n\n```python\nx = 1\ny = 2\n\nAnd two:\n\n```python\n{CODE}\n```\n"
    assert [sketch.lines for sketch in sketches(document)] == [("x = 1", "y = 2"), LINES]


@pytest.mark.parametrize(
    "document", ["", "\n \n", "I would leave it as it is.\n", "\0", "```\n```\n"]
)
def test_no_edit(document: str) -> None:
    with pytest.raises(NoEditError):
        files(document)


def test_formats_mix() -> None:
    block = "a.py\n```\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n```\n"
    found = files(f"{block}\n`b.py`\n\n```python\n{CODE}\n```\n\n```diff\n-a\n+b\n```\n", None)
    assert [(file.path, file.format, len(file.edits)) for file in found] == [
        ("a.py", "search-replace", 1),
        ("b.py", "snippet", 2),
    ]


def test_a_forced_format() -> None:
    document = f"Some prose.\n```diff\n-a\n+b\n```\n```python\n{CODE}\n```\n"
    kinds = {
        format: [
            type(edit).__name__
            for file in parse(document, format=format, target="x").files
            for edit in file.edits
        ]
        for format in ("snippet", "udiff", "whole")
    }
    assert kinds == {
        "snippet": ["Sketch", "Sketch"],
        "udiff": ["Hunk"],
        "whole": ["WholeFile", "WholeFile"],
    }
    for format in ("search-replace", "apply-patch"):
        with pytest.raises(NoEditError, match=format):
            parse(document, format=format)


def test_a_forced_format_without_fences() -> None:
    assert isinstance(parse("x\n", format="whole").files[0].edits[0], WholeFile)
    assert isinstance(parse("x\n", format="snippet").files[0].edits[0], Sketch)
    assert isinstance(parse("-x\n+y\n", format="udiff").files[0].edits[0], Hunk)


@pytest.mark.parametrize(
    "document", ["=======\nb\n>>>>>>> REPLACE\n", "```\na\n>>>>>>> REPLACE\n```"]
)
def test_the_end_of_a_block_alone_is_refused(document: str) -> None:
    with pytest.raises(MalformedEditError):
        files(document)


def test_a_script_of_commands() -> None:
    (sketch,) = sketches("The script becomes:\n\n```bash\nnpm ci\nnpm test\n```\n", "run.sh")
    assert sketch.lines == ("npm ci", "npm test")


def test_a_heading_does_not_claim_other_languages() -> None:
    document = f"### src/app.py\n\n```python\n{CODE}\n```\n\n```css\na {{}}\n```\n"
    assert len(sketches(document, None)) == 1


def test_parts_of_a_component() -> None:
    document = "```vue\n<p/>\n```\n```ts\nlet a\n```\n```css\np {}\n```\n"
    assert len(sketches(document, "App.vue")) == 3
    assert len(sketches(document, "a.ts")) == 1
