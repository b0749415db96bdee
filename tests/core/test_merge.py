"""All edits of a file, one after another, as one plan of the original."""

from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.edits import Edit, FileEdit, Hunk, Op, Sketch, Span, Step, WholeFile
from fastapply.core.merge import merge
from fastapply.core.plan import Plan, Replacement
from fastapply.core.result import Ambiguous, Merged, Missing, Rung, Unresolved
from fastapply.core.text import SourceText

TEXT = SourceText.from_str("alpha = 1\nbeta = 2\ngamma = 3\n")
AT = Span(0, 1)


def swap(old: str, new: str) -> Hunk:
    return Hunk((Step(Op.DROP, old), Step(Op.ADD, new)), AT)


def edit(*edits: Edit, format: str = "search-replace") -> FileEdit:
    return FileEdit("a.py", edits, format, AT)


def merged(*edits: Edit) -> str:
    result = merge(TEXT, edit(*edits), "a.py")
    assert isinstance(result, Merged)
    assert len(result.placements) == len(edits)
    return str(result.plan.apply(TEXT))


def test_hunks_of_one_file_are_one_plan() -> None:
    after = merged(swap("alpha = 1", "alpha = 9"), swap("gamma = 3", "gamma = 7"))
    assert after == "alpha = 9\nbeta = 2\ngamma = 7\n"


def test_a_sketch_sees_what_the_hunks_before_it_made() -> None:
    sketch = Sketch(("beta = 9", "delta = 4", "# ... existing code ..."), AT)
    assert merged(swap("beta = 2", "beta = 9"), sketch) == (
        "alpha = 1\nbeta = 9\ndelta = 4\ngamma = 3\n"
    )


def test_a_failure_after_another_kind_of_edit() -> None:
    sketch = Sketch(("gamma = 3", "delta = 4"), AT)
    result = merge(TEXT, edit(sketch, swap("nothing like it", "x")), "a.py")
    assert isinstance(result, Unresolved)
    assert isinstance(result.failures[0], Missing)


def test_a_whole_file_takes_the_place_of_everything() -> None:
    result = merge(TEXT, edit(WholeFile(("beta = 2",), AT)), "a.py")
    assert isinstance(result, Merged)
    assert str(result.plan.apply(TEXT)) == "beta = 2\n"
    assert [placement.rung for placement in result.placements] == [Rung.WHOLE]


def test_the_same_whole_file_is_there_already() -> None:
    result = merge(TEXT, edit(WholeFile(TEXT.lines, AT)), "a.py")
    assert isinstance(result, Merged)
    assert result.plan == Plan()
    assert [placement.already for placement in result.placements] == [True]


def test_what_an_edit_leaves_as_it_was_is_not_in_the_plan() -> None:
    result = merge(TEXT, edit(WholeFile((*TEXT.lines[:2], "gamma = 4"), AT)), "a.py")
    assert isinstance(result, Merged)
    assert result.plan.replacements == (Replacement(2, 3, ("gamma = 4",)),)


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=5), min_size=1, max_size=3))
def test_of_several_whole_files_the_last_holds(files: list[list[str]]) -> None:
    edits = [WholeFile(tuple(lines), AT) for lines in files]
    result = merge(TEXT, edit(*edits), "a.py")
    assert isinstance(result, Merged)
    assert result.plan.apply(TEXT).lines == tuple(files[-1])


def test_all_places_that_an_edit_may_mean_are_named() -> None:
    block = "function f{}(a) {{\n  const b = a + 1;\n  log(b);\n  return b;\n}}\n\n"
    text = SourceText.from_str("".join(block.format(number) for number in range(5)))
    sketch = Sketch(("  const b = a + 1;", "  track(b);", "  log(b);"), AT)
    result = merge(text, FileEdit("a.js", (sketch,), "snippet", AT), "a.js")
    assert isinstance(result, Unresolved)
    (failure,) = result.failures
    assert isinstance(failure, Ambiguous)
    assert [span.start for span in failure.spans] == [2, 8, 14, 20, 26]
