import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.lines.markers import InlineGap, Kind, inline_gap, marker

CERTAIN_GAPS = """\
# ... existing code ...
    // ... existing code ...
-- ... existing code ...
; ... existing code ...
% ... existing code ...
/* ... existing code ... */
<!-- ... existing code ... -->
{/* ... existing code ... */}
{ /* ... */ }
<%# ... %>
{{!-- ... rest of the list ... --}}
rem ... existing code ...
# …
// …rest of the class…
# ...
//...
/* ... */
{/* ... */}
... existing code ...
[... rest of the file unchanged ...]
- ... the other entries ...
# existing code
// rest of the code
// (rest of the function unchanged)
# the rest of the file remains the same
// Rest of the `render` method
# remaining imports ...
# --- snip ---
// ==== rest of the module ====
# (same as before)
// [imports: same]
// [error case unchanged]
# (cache warm-up as it was)
// --- option parsing: keep as is ---
# existing imports...
// same imports ...
# ... existing setup code (db, cache) ...
# ... everything above `load` is untouched ...
// ... other LIMIT_* constants
...  # unchanged
pass  # ... existing code ...
\"\"\" ... existing docstring ... \"\"\"
""".splitlines()

POSSIBLE_GAPS = """\
...
[unchanged]
- ...
// body unchanged
# same as before
-- same as before
/* unchanged */
# keep existing retries
# the remainder of scan() doesn't change
// sort and group helpers as before
{/* close button stays here */}
// parse() and render() need no change
# reset_cache & friends: untouched
// <constructor, askPermission, getters>
// width and height fields ...
# other methods
# --- OTHER METHODS
# the remaining functions
//...imports and setup
[...]
""".splitlines()

NOTES = """\
# removed: old_helper
// (deleted the legacy branch)
/* removed: the v1 check */
-- Removed old_column
# removed
// `legacyMode` was removed
// operator fun reset() removed
# (no longer needed)
""".splitlines()

HONEST = """\
# Recently edited content
# rest of the code is in parser.py
# keep this in sync with the schema
# existing users are migrated here
# removed items are kept for 30 days
# Removed in version 3.0
// deleted rows
// if unchanged, skip the upload
# returns the input unchanged
# pass bytes through unchanged
// The same goes for widths
// ... and then retry
# no changes detected
# Other players can join
# stays open until closed
// the original request
// existing file
# Keep the connection alive
# leave the room
# original author: someone
# Loading...
# Waiting for the server...
--count;
...args,
...args
    ...defaults.options,
// ...args,
{...props}
x: ...
def f(self): ...
print("...")
Callable[..., int]
for i in 0...5 {
case 1...9:
func add(xs ...int) int {
let [first, ...rest] = xs;
catch (...) {
[unchanged, same]
# Zero and None should be treated the same.
# assignment behaves the same
...,
(...)
return same
remaining = 3
* [x] same
* other: 5
""".splitlines()


@pytest.mark.parametrize("line", CERTAIN_GAPS)
def test_a_stock_phrase_or_an_ellipsis_is_certain(line):
    found = marker(line)
    assert found is not None
    assert (found.kind, found.certain, found.text) == (Kind.GAP, True, line.strip())


@pytest.mark.parametrize("line", POSSIBLE_GAPS)
def test_prose_about_things_that_stay_is_possible(line):
    found = marker(line)
    assert found is not None
    assert (found.kind, found.certain) == (Kind.GAP, False)


@pytest.mark.parametrize("line", NOTES)
def test_a_comment_about_a_deletion_is_a_note(line):
    found = marker(line)
    assert found is not None
    assert found.kind is Kind.NOTE


@pytest.mark.parametrize("line", HONEST)
def test_honest_lines_are_no_markers(line):
    assert marker(line) is None


def test_a_heading_of_a_markdown_file_is_a_marker_only_with_an_ellipsis():
    assert marker("# Existing code", "markdown") is None
    assert marker("## Unchanged", "md") is None
    assert marker("# ... existing text ...", "markdown") is not None


@pytest.mark.parametrize(
    ("line", "pieces", "certain"),
    [
        ("load() { ... }", ("load() { ", " }"), False),
        ("def load(path, ..., mode):", ("def load(path, ", ", mode):"), False),
        ("return { ...old, /* ... */ }", ("return { ...old, ", " }"), True),
        ("if (x) { /* unchanged */ }", ("if (x) { ", " }"), True),
        ("<Card {/* ... */} />", ("<Card ", " />"), True),
    ],
)
def test_an_elision_inside_a_line(line, pieces, certain):
    assert inline_gap(line) == InlineGap(pieces, certain)


@pytest.mark.parametrize(
    "line",
    [
        "catch (...) {",
        "int log(const char *format, ...);",
        "x: Tuple[int, ...] = ()",
        "def f(self): ...",
        "return { ...old, key }",
        'print("{ ... }")',
        "f(/* width */ 3)",
        "# ... existing code ...",
    ],
)
def test_honest_dots_inside_a_line(line):
    assert inline_gap(line) is None


@given(st.text())
def test_any_line_can_be_asked_about(line):
    found = marker(line)
    assert found is None or found.text == line.strip()
    gap = inline_gap(line)
    assert gap is None or len(gap.pieces) > 1


@given(st.sampled_from(CERTAIN_GAPS + NOTES), st.sampled_from(["", "  ", "\t"]))
def test_space_around_a_marker_changes_nothing(line, space):
    found = marker(space + line + space)
    assert found == marker(line)
