"""What a file keeps of an edit, and what people write on purpose."""

from __future__ import annotations

import pytest

from fastapply.core.checks.leftovers import Leftover, leftovers, unexcused


def found(path: str, text: str) -> list[tuple[int, str]]:
    return [(each.line + 1, each.kind) for each in leftovers(path, text.split("\n"))]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", "    # ... existing code ..."),
        ("a.py", "# rest of the class unchanged"),
        ("a.py", "# (same as before)"),
        ("a.py", "# ..."),
        ("a.py", "    ...  # unchanged"),
        ("a.py", "... existing code ..."),
        ("a.js", "  // … other methods …"),
        ("a.js", "// ... keep the rest of your imports"),
        ("a.tsx", "  {/* ... existing markup ... */}"),
        ("a.js", "function f() { /* ... existing code ... */ }"),
        ("a.css", "/* ... existing styles ... */"),
        ("a.html", "<!-- ... rest of the page ... -->"),
        ("a.sql", "-- ... existing columns ..."),
        ("Dockerfile", "# ... existing steps ..."),
        ("README.md", "<!-- ... existing content ... -->"),
        ("a.rb", "# the rest of run is as before"),
    ],
)
def test_markers(path: str, line: str) -> None:
    assert found(path, f"first\n\n{line}\n\nlast\n") == [(3, "marker")]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", "# the rest of the code is in x.py"),
        ("a.py", "# returns the list unchanged if it is empty"),
        ("a.py", "# Skip if somebody tries to archive the archive..."),
        ("a.py", "# ...but use the provider when generating"),
        ("a.py", "    ..."),
        ("a.py", "x: tuple[int, ...] = ()"),
        ("a.js", "const all = [...rest];"),
        ("a.js", "/* ........................................ */"),
        ("a.rs", "/// ... existing code ..."),
        ("a.c", "//   ... = a[i]"),
        ("a.txt", "... existing code ..."),
        ("a.py", "# ... existing code ...  # fastapply: allow"),
    ],
)
def test_honest_lines(path: str, line: str) -> None:
    assert found(path, f"first\n\n{line}\n\nlast\n") == []


def test_a_line_of_a_longer_comment_is_prose_or_a_sample() -> None:
    assert found("a.py", "# for each in items:\n#     ...\n# ...\n# done\nx = 1\n") == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("<<<<<<< SEARCH", "sign"),
        ("  >>>>>>> REPLACE", "sign"),
        ("------- SEARCH", "sign"),
        ("*** Begin Patch", "sign"),
        ("*** Update File: a.py", "sign"),
        ("@@ -1,3 +1,4 @@ def f():", "sign"),
        ("@@ ... @@", "sign"),
        ("<updated-code>", "tag"),
        ("</updated_code>", "tag"),
        ("</think>", "tag"),
        ("<|im_end|>", "tag"),
        ("```python", "fence"),
        ("```", "fence"),
    ],
)
def test_signs_tags_and_fences(line: str, kind: str) -> None:
    assert found("a.py", f"x = 1\n{line}\ny = 2\n") == [(2, kind)]


def test_strings_and_docstrings_show_what_they_like() -> None:
    text = '"""How to use it.\n\n```python\n# ... existing code ...\n```\n<<<<<<< SEARCH\n"""\n'
    assert found("a.py", text) == []
    assert found("a.js", "const t = `\n// ... existing code ...\n<<<<<<< SEARCH\n`;\n") == []
    assert found("a.go", "var t = `\n<updated-code>\n`\n") == []


def test_documentation_without_a_grammar() -> None:
    pod = "code();\n\n=head1 USE\n\n# ...\n\n=cut\n\n# ...\n"
    assert found("a.pm", pod) == [(9, "marker")]
    assert found("a.cmake", "#[==[.rst:\n# ...\n#]==]\n\n# ...\n") == [(5, "marker")]


def test_backticks_of_a_fence_open_no_string() -> None:
    assert found("a.js", "```js\nlet a = 1;\n// ... existing code ...\n```\n") == [
        (1, "fence"),
        (3, "marker"),
        (4, "fence"),
    ]


def test_prose_shows_edits_in_fences_and_indented() -> None:
    block = "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n"
    assert found("a.md", f"Like this:\n\n```\n{block}```\n") == []
    assert found("a.rst", "Like this::\n\n    <<<<<<< SEARCH\n") == []
    assert found("a.md", f"Leaked:\n\n{block}") == [(3, "sign"), (7, "sign")]
    assert found("change.patch", "@@ -1 +1 @@\n-<<<<<<< SEARCH\n*** Begin Patch\n") == []


def test_a_fence_in_a_language_not_known_counts_at_the_ends_only() -> None:
    assert found("a.foo", "```foo\ncode\n```\n") == [(1, "fence"), (3, "fence")]
    assert found("a.foo", "code\n```\ncode\n") == []


def test_allowed_by_a_comment_above_and_for_a_file() -> None:
    assert found("a.py", "# fastapply: allow\n# ... existing code ...\n") == []
    assert found("a.py", "# fastapply: allow-file\n\n```\n<updated-code>\n") == []
    assert found("a.py", 'x = "fastapply: allow"\n# ... existing code ...\n') == [(2, "marker")]


def test_what_was_there_is_excused_as_often_as_it_was() -> None:
    before = [Leftover(0, "marker", "# ...")]
    after = [Leftover(4, "marker", "# ..."), Leftover(9, "marker", "# ...")]
    assert [each.line for each in unexcused(after, before)] == [9]


def test_any_bytes_are_no_trouble() -> None:
    for path in ("a.py", "a.md", "a", "a.js"):
        assert leftovers(path, ()) == ()
        assert leftovers(path, ("\udcff ... existing code ... \0", "```", "\x85")) is not None
