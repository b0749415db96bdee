"""Whatever a model writes, parsing ends, with edits inside the document or an EditError."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.edits import EditDocument
from fastapply.core.errors import EditError, NoEditError
from fastapply.formats import FORMATS, parse

PIECES = (
    "```",
    "```python",
    "```diff",
    "~~~",
    "````",
    "   ```",
    "```py src/a.py",
    "src/a.py",
    "**b.js**",
    "# c.py",
    "<<<<<<< SEARCH",
    "=======",
    ">>>>>>> REPLACE",
    "------- SEARCH",
    "+++++++ REPLACE",
    ":start_line:3",
    "-------",
    "*** Begin Patch",
    "*** End Patch",
    "*** Update File: a",
    "*** Add File: b",
    "*** Delete File: c",
    "*** Move to: d",
    "*** End of File",
    "@@",
    "@@ ... @@",
    "@@ -1,2 +3,4 @@ def f",
    "--- a/x",
    "+++ b/x",
    "--- /dev/null",
    "+++ /dev/null",
    "diff --git a/x b/x",
    "diff --git",
    "rename from x",
    "rename to y",
    "Binary files a and b differ",
    "+a",
    "-a",
    " a",
    "a",
    "",
    " ",
    "...",
    "# ...",
    "-...",
    "Replace this:",
    "with:",
    "Before:",
    "After:",
    "Delete this block:",
    "Usage:",
    "apply_patch <<'EOF'",
    "EOF",
    "def f():",
    "    return 1",
    "}",
    "\0",
    "\r",
    "- ",
    "| a |",
)
REPEATED = (
    "```\nx\n",
    "```python\nx = 1\n```\n",
    "```diff\n-a\n+b\n```\n",
    "  ```diff\n  -a\n  +b\n  ```\n",
    "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n",
    "```\n\n",
    "a.py\n",
    "@@\n-a\n+b\n",
    "--- a\n+++ b\n@@\n-a\n+b\n",
    "*** Update File: a\n@@\n-a\n+b\n",
    "```a\n~~~b\n",
    "=======\n",
    "diff --git\n",
    "# ...\n",
    "\n",
    " \n",
)
documents = st.one_of(
    st.text(),
    st.lists(st.sampled_from(PIECES), max_size=30).map("\n".join),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=9)), max_size=30).map("\n".join),
)


@given(documents, st.sampled_from((None, "a.py", "x/b.js")), st.sampled_from((None, *FORMATS)))
def test_parse_raises_nothing_but_edit_errors(
    document: str, target: str | None, format: str | None
) -> None:
    count = document.count("\n") + 1
    try:
        parsed = parse(document, target=target, format=format)
    except EditError as error:
        stop = error.span.stop if error.span is not None else 0
    else:
        stop = _last_line(parsed)
    assert stop <= count


def _last_line(parsed: EditDocument) -> int:
    """Where the last edit ends; each lies within its file's lines."""
    assert parsed.files
    for file in parsed.files:
        for edit in file.edits:
            assert file.at.start <= edit.at.start
            assert edit.at.stop <= file.at.stop
    return max(file.at.stop for file in parsed.files)


@given(st.lists(st.text(st.characters(exclude_characters="`~$%>#\n\r"), max_size=20), min_size=1))
def test_a_sketch_is_what_stands_in_the_fence(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        parsed = parse(f"```python\n{text}\n```\n", format="snippet")
    except NoEditError:
        assert not text.strip()
        return
    (edit,) = parsed.files[0].edits
    assert text.split("\n")[-len(edit.lines) :] == list(edit.lines)  # type: ignore[union-attr]


@pytest.mark.parametrize("piece", REPEATED)
def test_gigantic_documents_end(piece: str) -> None:
    for document in (piece * 5_000, piece.replace("\n", "") * 20_000):
        for text in (document, f"```\n<<<<<<< SEARCH\n{document}"):
            try:
                parse(text, target="a.py")
            except EditError:
                continue
