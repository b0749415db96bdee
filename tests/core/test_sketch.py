"""Sketches placed in a file: laws for any text, and the failures that say why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.edits import Sketch, Span
from fastapply.core.plan import apply_to_lines
from fastapply.core.result import Ambiguous, Missing, Placed, Unresolved
from fastapply.core.sketches.blocks import FEW, FileIndex
from fastapply.core.sketches.fragment import read_fragment
from fastapply.core.sketches.namesakes import structure_of
from fastapply.core.sketches.place import place_sketches
from fastapply.core.sketches.scene import Scene

LINE = st.sampled_from(
    [
        "",
        "}",
        "    }",
        "import os",
        "class A:",
        "def load(path):",
        "    def save(self):",
        "    return total",
        "        return 'x';",
        "    # ... existing code ...",
        "// ...",
        "# removed: load",
        "function go() {",
        "  total = total + 1",
    ]
)
LINES = st.lists(LINE, max_size=12).map(tuple)
PATHS = st.sampled_from(["a.py", "a.js", "a.txt"])
SOURCE = (
    "import os",
    "",
    "",
    "def load(path):",
    "    with open(path) as file:",
    "        return file.read()",
    "",
    "",
    "def save(path, text):",
    "    with open(path, 'w') as file:",
    "        file.write(text)",
)


def sketch(*lines: str, prose: str = "", at: int = 0) -> Sketch:
    return Sketch(lines, Span(at, at + len(lines)), prose=prose)


def merged(lines: tuple[str, ...], *sketches: Sketch, path: str = "a.py") -> tuple[str, ...]:
    placed = place_sketches(lines, sketches, path)
    assert isinstance(placed, Placed)
    assert len(placed.placements) == len(sketches)
    return tuple(apply_to_lines(lines, placed.replacements))


@given(LINES, st.lists(LINES, min_size=1, max_size=2), PATHS)
def test_any_fragment_of_any_file_gets_an_answer(
    lines: tuple[str, ...], fragments: list[tuple[str, ...]], path: str
) -> None:
    """It never raises; and what is placed can be applied."""
    placed = place_sketches(lines, tuple(sketch(*each) for each in fragments), path)
    if isinstance(placed, Unresolved):
        assert placed.failures
        regions = (*placed.regions, *(r.span for o in placed.readings for r in o.replacements))
        assert all(region.stop <= len(lines) for region in regions)
    else:
        assert len(placed.placements) == len(fragments)
        apply_to_lines(lines, placed.replacements)


@given(st.permutations(range(6)), st.integers(1, 6), PATHS)
def test_the_file_as_a_sketch_of_itself_is_there_already(
    order: list[int], count: int, path: str
) -> None:
    lines = tuple(
        line
        for number in order[:count]
        for line in (f"def step_{number}(path):", f"    return path + {number}", "")
    )
    placed = place_sketches(lines, (sketch(*lines),), path)
    assert isinstance(placed, Placed)
    assert not placed.replacements
    assert [placement.already for placement in placed.placements] == [True]


@pytest.mark.parametrize("path", ["a.py", "a.unknown"])
def test_a_changed_line_between_shown_ones(path: str) -> None:
    fragment = sketch(*SOURCE[3:5], "        return file.read().strip()")
    assert merged(SOURCE, fragment, path=path) == (
        *SOURCE[:5],
        "        return file.read().strip()",
        *SOURCE[6:],
    )


def test_applied_twice_it_is_there_already() -> None:
    fragment = sketch(*SOURCE[3:5], "        return file.read().strip()")
    once = merged(SOURCE, fragment)
    again = place_sketches(once, (fragment,), "a.py")
    assert isinstance(again, Placed)
    assert not again.replacements
    assert again.placements[0].already


def test_a_sketch_works_on_what_the_one_before_it_made() -> None:
    first = sketch("import os", "import sys", "# ... existing code ...")
    second = sketch("import sys", "import json", "# ... existing code ...", at=5)
    assert merged(SOURCE, first, second) == ("import os", "import sys", "import json", *SOURCE[1:])


def test_nothing_but_a_marker_changes_nothing() -> None:
    assert merged(SOURCE, sketch("# ... existing code ...")) == SOURCE
    assert merged(SOURCE, sketch("", "  ")) == SOURCE


def test_what_is_nowhere_is_missing() -> None:
    placed = place_sketches(SOURCE, (sketch("telescope.open()", at=7),), "a.py")
    assert isinstance(placed, Unresolved)
    (failure,) = placed.failures
    assert isinstance(failure, Missing)
    assert failure.at == Span(7, 8)
    assert failure.sought == ("telescope.open()",)


def test_what_fits_twice_is_ambiguous_and_both_places_are_told() -> None:
    lines = tuple(f"    {word}" for word in ("a = 1", "step(a)", "b = 2", "step(a)", "c = 3"))
    placed = place_sketches(lines, (sketch("    step(a)", "    rest(a)"),), "a.unknown")
    assert isinstance(placed, Unresolved)
    (failure,) = placed.failures
    assert isinstance(failure, Ambiguous)
    assert len(failure.spans) == 2
    assert len(placed.readings) == 2


def test_one_that_fits_nowhere_spoils_all() -> None:
    good = sketch(*SOURCE[3:5], "        return file.read().strip()")
    placed = place_sketches(SOURCE, (good, sketch("telescope.open()", at=9)), "a.py")
    assert isinstance(placed, Unresolved)
    assert [failure.at for failure in placed.failures] == [Span(9, 10)]


def test_lines_that_are_like_many_others_make_few_stones() -> None:
    lines = tuple(f"    router.add({n}, handler_{n}, strict=True)" for n in range(300))
    fragment = read_fragment(sketch(*(f"router.add(handle_{n}, strict)" for n in range(40))), ())
    blocks, _ = Scene(fragment, FileIndex.of(lines), structure_of(fragment, lines, "a")).stones()
    assert 40 <= len(blocks) <= 40 * FEW
