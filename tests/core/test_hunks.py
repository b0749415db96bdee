"""Hunks placed in a file: exactly there, or a failure that says why not."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.edits import Elision, Hunk, Op, Span, Step, steps_between
from fastapply.core.hunks.place import place_hunks
from fastapply.core.plan import Plan, apply_to_lines
from fastapply.core.result import Ambiguous, Conflict, Missing, Placed, Rung, Unresolved
from fastapply.core.stretches import stretches

DROPPED = Elision(kept=False)
KEPT = Elision(kept=True)


def hunk(
    text: str, *, line: int | None = None, anchors: tuple[str, ...] = (), at_end: bool = False
) -> Hunk:
    """A hunk as a diff writes it; ``...`` is a kept elision, ``-...`` one that goes."""
    steps: list[Step | Elision] = []
    for written in text.splitlines():
        if written in ("...", "-..."):
            steps.append(KEPT if written == "..." else DROPPED)
        else:
            steps.append(Step(Op(written[:1] or " "), written[1:]))
    return Hunk(tuple(steps), Span(0, len(steps)), anchors, line, at_end)


def block(old: str, new: str) -> Hunk:
    """A SEARCH/REPLACE block."""
    steps = steps_between(tuple(old.splitlines()), tuple(new.splitlines()))
    return Hunk(steps, Span(0, len(steps)))


def placed(file: str, *hunks: Hunk, ordered: bool = True) -> str:
    lines = file.splitlines()
    result = place_hunks(lines, hunks, ordered=ordered)
    assert isinstance(result, Placed), result
    assert len(result.placements) == len(hunks)
    return "\n".join(apply_to_lines(lines, Plan(result.replacements).replacements))


def failures(file: str, *hunks: Hunk, ordered: bool = True) -> tuple[type, ...]:
    result = place_hunks(file.splitlines(), hunks, ordered=ordered)
    assert isinstance(result, Unresolved)
    return tuple(type(failure) for failure in result.failures)


FILE = """\
def first():
    start()
    return 1

def second():
    start()
    return 2
"""


def test_a_change_with_its_context() -> None:
    assert placed("a\nb\nc", hunk(" a\n-b\n+B\n c")) == "a\nB\nc"


def test_what_stays_is_the_files_own_version() -> None:
    file = "if ready:  \n    go( )\n    stop()"
    assert placed(file, hunk(" if ready:\n     go()\n-    stop()\n+    wait()")) == (
        "if ready:  \n    go( )\n    wait()"
    )


@pytest.mark.parametrize(
    ("file", "edit", "after"),
    [
        ("{\n\tif (a) {\n\t\tb();\n\t}\n}", " if (a) {\n+    c();\n     b();\n }", "\t\tc();"),
        ("    x = 1\n    y = 2", "-x = 1\n+x = [\n+    3,\n+]", "        3,"),
        ("x = 1\n    y = 2", "-    x = 1\n+    x = 5", "x = 5"),
        ("    a()\n    b()", " a()\n+    c()\n     b()", "    c()"),
        ("  a:\n    b\n  c:\n    d", " a:\n-        d\n+        e\n c:", None),
    ],
)
def test_what_comes_gets_the_indentation_of_its_place(
    file: str, edit: str, after: str | None
) -> None:
    if after is None:
        assert failures(file, hunk(edit)) == (Missing,)
    else:
        assert after in placed(file, hunk(edit)).splitlines()


def test_the_first_line_alone_may_be_trimmed() -> None:
    file = "class A:\n    def f(self):\n        pass"
    edit = block("def f(self):\n        pass", "def f(self):\n        return 1")
    assert placed(file, edit, ordered=False) == "class A:\n    def f(self):\n        return 1"


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        (" a\n+\n+x\n+\n b", "a\n\nx\n\nb"),
        (" a\n+\n+x\n b", "a\n\nx\n\nb"),
        (" a\n+x\n+\n b", "a\n\nx\n\nb"),
        (" a\n+a2\n b", "a\na2\n\nb"),
        (" a\n+b x\n b", "a\n\nb x\nb"),
        ("-a\n-b", ""),
        ("-a\n+A\n b", "A\n\nb"),
        (" a\n-b\n+B", "a\n\nB"),
    ],
)
def test_a_blank_line_the_edit_lost_stays(edit: str, after: str) -> None:
    assert placed("a\n\nb", hunk(edit)) == after


def test_a_blank_line_the_edit_made_up_does_not_come() -> None:
    assert placed("a\nb\nc", hunk(" a\n \n b\n-c\n+C\n ")) == "a\nb\nC"


def test_a_comment_the_edit_lost_stays() -> None:
    file = "start()\n# wait a moment\nfinish()\nleave()"
    assert placed(file, hunk(" start()\n finish()\n-leave()\n+stay()")) == (
        "start()\n# wait a moment\nfinish()\nstay()"
    )


def test_a_comment_inside_what_goes_goes_with_it() -> None:
    file = "keep()\ndef f():\n    # why\n    return compute(1)\nkeep2()"
    assert (
        placed(file, hunk(" keep()\n-def f():\n-    return compute(1)\n keep2()"))
        == "keep()\nkeep2()"
    )


def test_context_the_edit_left_out_stays() -> None:
    names = [f"name_{n} = value({n})" for n in range(8)]
    file = "\n".join(names)
    kept = [f" {name}" for name in names if name != names[3]]
    edit = "\n".join([*kept, "+more = 1"])
    assert placed(file, hunk(edit)) == file + "\nmore = 1"


def test_a_line_is_not_added_where_context_is_hidden() -> None:
    names = [f"name_{n} = value({n})" for n in range(8)]
    steps = [f" {name}" for name in names if name != names[3]]
    steps.insert(3, "+more = 1")
    assert failures("\n".join(names), hunk("\n".join(steps))) == (Ambiguous,)


def test_a_misremembered_line_to_drop_is_dropped_if_it_can_only_be_that() -> None:
    file = "begin()\nconnection = open_connection(host, port, retries)\nend()"
    edit = hunk(
        " begin()\n-connection = open_connection(host, port, retry)\n+connection = None\n end()"
    )
    assert placed(file, edit) == "begin()\nconnection = None\nend()"


def test_a_word_misremembered_is_not_written_over_the_files() -> None:
    file = "begin()\nconnection = open_connection(host, port, retries)\nend()"
    edit = hunk(
        " begin()\n-connection = open_connection(host, port, retry)\n"
        "+connection = open_connection(host, 80, retry)\n end()"
    )
    assert failures(file, edit) == (Missing,)


def test_elisions() -> None:
    file = "def f():\n    a()\n    b()\n    c()\n    return 1\nend"
    assert placed(file, hunk(" def f():\n...\n-    return 1\n+    return 2")) == (
        "def f():\n    a()\n    b()\n    c()\n    return 2\nend"
    )
    assert placed(file, hunk("-def f():\n-...\n-    return 1")) == "end"
    assert placed(file, hunk(" def f():\n+    start()\n...\n     return 1")) == (
        "def f():\n    start()\n    a()\n    b()\n    c()\n    return 1\nend"
    )


def test_two_places_are_never_one() -> None:
    assert failures(FILE, hunk("     start()\n+    go()")) == (Ambiguous,)
    result = place_hunks(FILE.splitlines(), [hunk("-    start()")], ordered=True)
    assert isinstance(result, Unresolved)
    (failure,) = result.failures
    assert isinstance(failure, Ambiguous)
    assert failure.spans == (Span(1, 2), Span(5, 6))


def test_places_that_yield_the_same_text_are_one() -> None:
    assert placed("same\nsame", hunk("-same")) == "same"


@pytest.mark.parametrize(
    "anchors", [("def second",), ("def second():",), ("second",), ("def first", "def second")]
)
def test_an_anchor_breaks_the_tie(anchors: tuple[str, ...]) -> None:
    assert placed(FILE, hunk("-    start()\n+    go()", anchors=anchors)) == (
        FILE.replace("start()\n    return 2", "go()\n    return 2").rstrip("\n")
    )


def test_an_anchor_does_not_move_what_stands_in_one_place() -> None:
    assert "return 3" in placed(FILE, hunk("-    return 1\n+    return 3", anchors=("def second",)))


def test_an_anchor_that_is_not_there_breaks_no_tie() -> None:
    assert failures(FILE, hunk("-    start()", anchors=("def third",))) == (Ambiguous,)


def test_the_end_of_the_file_breaks_the_tie() -> None:
    assert placed("a\nx\na\n\n", hunk(" a\n+b", at_end=True)) == "a\nx\na\nb\n"


def test_order_breaks_the_tie() -> None:
    edits = hunk("-    start()\n+    go()"), hunk("-    return 2\n+    return 3")
    third = hunk("-    start()\n+    halt()")
    assert failures(FILE, *edits) == (Ambiguous,)
    assert placed(FILE, hunk("-def first():\n+def one():"), edits[0], third) == (
        FILE.replace("first", "one").replace("start", "go", 1).replace("start", "halt").rstrip()
    )


def test_out_of_order_is_allowed_where_places_are_unique() -> None:
    assert placed("a\nb\nc", hunk("-c\n+C"), hunk("-a\n+A")) == "A\nb\nC"


def test_out_of_order_is_refused_where_a_looser_place_is_in_order() -> None:
    edits = hunk("-def first():\n+def one():"), hunk("-log(1)\n+log(2)")
    assert failures("log(1)\n\ndef first():\n    log(1)", *edits) == (Ambiguous,)
    assert placed("log(1)\n\ndef first():\n    halt()", *edits).startswith("log(2)")


@pytest.mark.parametrize(("line", "index"), [(1, 1), (5, 5), (0, 1), (30, None), (3, None)])
def test_a_line_number_breaks_the_tie_if_one_place_is_clearly_nearest(
    line: int, index: int | None
) -> None:
    edit = hunk("-    start()\n+    go()", line=line)
    if index is None:
        assert failures(FILE, edit) == (Ambiguous,)
    else:
        assert placed(FILE, edit).splitlines()[index] == "    go()"


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("edit", ["-a\n+b\n", " x\n+a line of its own\n y", " x\n-gone\n y"])
def test_an_edit_applied_twice_changes_nothing_the_second_time(edit: str, ordered: bool) -> None:
    file = "one(1)\na\nx\ngone\ny" if "gone" in edit else "one(1)\na\nx\ny"
    change = hunk(edit.replace("-a\n+b", "-a\n+b = 1234567890 + 1234567890").replace("x", "x"))
    lines = placed(file, change, ordered=ordered).splitlines()
    again = place_hunks(lines, [change], ordered=ordered)
    if isinstance(again, Placed):
        assert again.replacements == ()
        assert [placement.already for placement in again.placements] == [True]
    else:
        assert "gone" in edit


def test_a_line_behind_its_context_does_not_come_twice() -> None:
    change = hunk(" import os\n+import sys")
    assert placed("import os\nimport sys\n\nrun()", change) == "import os\nimport sys\n\nrun()"


def test_identical_halves_are_placed_and_change_nothing() -> None:
    result = place_hunks(["a", "b"], [block("a", "a")], ordered=False)
    assert isinstance(result, Placed)
    assert result.replacements == ()


def test_lines_alone_go_where_the_hints_say() -> None:
    assert placed("", hunk("+a\n+b")) == "a\nb"
    assert placed("a", hunk("+b", at_end=True)) == "a\nb"
    assert placed(FILE, hunk("+    go()", anchors=("def second",))).splitlines()[5] == "    go()"


@pytest.mark.parametrize("ordered", [True, False])
def test_lines_alone_without_a_hint_are_refused(ordered: bool) -> None:
    assert failures("a\nb", hunk("+c"), ordered=ordered) == (Ambiguous,)
    assert failures("a\nb", hunk("+c", line=0), ordered=ordered) == (Ambiguous,)
    assert failures(FILE, hunk("+c", anchors=("start",)), ordered=ordered) == (Ambiguous,)


def test_a_line_number_is_believed_for_lines_alone_if_all_others_hold() -> None:
    file = "a\nb\nc\nd"
    assert placed(file, hunk("+x", line=2), hunk("-a\n+A", line=0)) == "A\nb\nc\nx\nd"
    assert failures(file, hunk("+x", line=2), hunk("-a\n+A", line=1)) == (Ambiguous,)


def test_missing_lines_come_with_the_nearest_place() -> None:
    edit = hunk(" def second():\n     start()\n-    return compute()\n+    return 3")
    result = place_hunks(FILE.splitlines(), [edit], ordered=True)
    assert isinstance(result, Unresolved)
    (failure,) = result.failures
    assert isinstance(failure, Missing)
    assert (failure.nearest, failure.differs) == (Span(4, 7), 2)
    assert 0.7 < failure.ratio < 1


def test_nothing_like_it_has_no_nearest_place() -> None:
    result = place_hunks([], [hunk("-a")], ordered=True)
    assert result == Unresolved((Missing(Span(0, 1), ("a",)),))


def test_every_failure_is_told() -> None:
    edits = hunk("-nowhere()"), hunk("-    start()"), hunk("-    return 2\n+    return 3")
    assert failures(FILE, *edits) == (Missing, Ambiguous)


def test_two_hunks_that_drop_the_same_line_are_a_conflict() -> None:
    assert failures("a\nb\nc", hunk(" a\n-b\n+x"), hunk("-b\n+y\n c")) == (Conflict,)
    assert failures("a\nb\nc\nd", hunk("-b\n-c"), hunk(" b\n+x\n c\n d")) == (Conflict,)


def test_the_same_hunk_twice_is_one() -> None:
    assert placed("a\nb\nc", hunk(" a\n-b\n+x"), hunk(" a\n-b\n+x")) == "a\nx\nc"


def test_hunks_may_share_context() -> None:
    assert placed("a\nb\nc", hunk("-a\n+A\n b"), hunk(" b\n-c\n+C")) == "A\nb\nC"


def test_a_hunk_may_seek_what_a_hunk_before_it_wrote() -> None:
    assert placed("a\nb\nc", hunk("-a\n+first\n b"), hunk(" first\n-b\n+second")) == (
        "first\nsecond\nc"
    )


def test_blocks_apply_one_after_another() -> None:
    blocks = block("a", "a\nb"), block("b", "c"), block("c", "d")
    assert placed("a\nz", *blocks, ordered=False) == "a\nd\nz"


def test_a_block_may_seek_what_a_block_before_it_changed_around() -> None:
    blocks = block("a\nb", "a\nx\nb"), block("a\nb\nc", "a\nb\nC")
    assert placed("a\nb\nc", *blocks, ordered=False) == "a\nx\nb\nC"


def test_the_line_number_of_a_block_speaks_of_the_original() -> None:
    first = block("def first():", "# one\n# two\n# three\ndef first():")
    start = hunk("-    start()\n+    go()", line=5)
    lines = placed(FILE, first, start, ordered=False).splitlines()
    assert lines.index("    go()") == 8


def test_code_may_move_down_and_then_go_where_it_was() -> None:
    blocks = block("end()", "    helper(1)\nend()"), block("begin()\nhelper(1)", "begin()")
    assert placed("begin()\nhelper(1)\nend()", *blocks, ordered=False) == (
        "begin()\n    helper(1)\nend()"
    )
    blocks = block("end()", "helper(1)\nend()"), block("helper(1)\n", "")
    assert placed("helper(1)\nbegin()\nend()", *blocks, ordered=False) == (
        "begin()\nhelper(1)\nend()"
    )


def test_a_block_that_wants_lines_a_block_before_it_took_is_refused() -> None:
    blocks = block("a\nb", "x\ny"), block("b\nc", "b\nd")
    assert failures("a\nb\nc", *blocks, ordered=False) in ((Conflict,), (Missing,))


def test_lines_that_go_and_come_in_one_change_stay_the_files() -> None:
    file = "export LANG=C  \nrun"
    assert placed(file, hunk("-export LANG=C\n-run\n+export LANG=C\n+walk")) == (
        "export LANG=C  \nwalk"
    )


OFFSETS = [0, 1, 7, 100]
FUZZ: dict[Rung, Callable[[str], str]] = {
    Rung.EXACT: str,
    Rung.TRAILING_SPACE: lambda line: line + " ",
    Rung.INDENT: lambda line: "    " + line,
    Rung.PUNCTUATION: lambda line: line.replace('"', "\u201d"),
    Rung.DRIFT: lambda line: line.replace(" = ", "="),
}


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize("rung", FUZZ)
@pytest.mark.parametrize("twice", [False, True])
def test_the_grid_of_offset_and_fuzz(offset: int, rung: Rung, twice: bool) -> None:
    """After git's t4105: however far off and however loose, one place is taken, two are not."""
    body = ['value = "one"', 'other = "two"', 'third = "three"']
    file = [f"line_{n} = {n}" for n in range(offset)] + body + ["tail = 1"]
    if twice:
        file += body
    steps = tuple(
        Step(op, FUZZ[rung](text))
        for op, text in ((Op.KEEP, body[0]), (Op.DROP, body[1]), (Op.KEEP, body[2]))
    )
    result = place_hunks(file, [Hunk(steps, Span(0, 1))], ordered=True)
    if twice:
        assert isinstance(result, Unresolved)
        assert isinstance(result.failures[0], Ambiguous)
        assert len(result.failures[0].spans) == 2
    else:
        assert isinstance(result, Placed)
        assert result.placements[0].rung is rung
        assert apply_to_lines(file, result.replacements) == [
            line for line in file if line != body[1]
        ]


LINES = st.lists(st.sampled_from([f"line({n})" for n in range(30)] + ["", "}"]), max_size=25)


@given(LINES, LINES, st.integers(0, 3))
def test_the_hunks_of_a_diff_are_placed_exactly_or_refused(
    a: list[str], b: list[str], context: int
) -> None:
    """Whatever is placed is the other text: a wrong place would show."""
    steps: list[Step | Elision] = []
    for stretch in stretches(a, b):
        if stretch.same:
            steps += (Step(Op.KEEP, line) for line in a[stretch.old.start : stretch.old.stop])
        else:
            steps += (Step(Op.DROP, line) for line in a[stretch.old.start : stretch.old.stop])
            steps += (Step(Op.ADD, line) for line in b[stretch.new.start : stretch.new.stop])
    result = place_hunks(a, [Hunk(tuple(steps), Span(0, 1), line=0)], ordered=True)
    if isinstance(result, Placed) and not result.placements[0].already:
        assert apply_to_lines(a, result.replacements) == b


@given(LINES, st.data())
def test_replacements_are_sorted_disjoint_and_in_range(
    lines: list[str], data: st.DataObject
) -> None:
    hunks = []
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(lines)))
        old = tuple(lines[start : start + data.draw(st.integers(0, 4))])
        new = tuple(data.draw(LINES)[:4])
        hunks.append(Hunk(steps_between(old, new), Span(0, 1)))
    result = place_hunks(lines, hunks, ordered=data.draw(st.booleans()))
    if isinstance(result, Placed):
        Plan(result.replacements)
        assert all(0 <= each.start <= each.stop <= len(lines) for each in result.replacements)
