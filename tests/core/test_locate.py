"""The ladder: what each rung finds, what it must not catch, and that two places are never one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.edits import Elision, Hunk, Op, Span, Step
from fastapply.core.hunks.locate import locate, runs_of
from fastapply.core.hunks.rungs import Fit, Haystack
from fastapply.core.result import Rung

FILE = """\
import os

class Shop:
    def open(self, key):
        # the door first
        self.door.unlock(key)

        self.lights = "on"
        return self.lights

    def close(self):
        self.lights = "off"
        return self.lights
""".splitlines()


def hunk(*steps: str, line: int | None = None, anchors: tuple[str, ...] = ()) -> Hunk:
    """Steps as in a diff; ``...`` is an elision."""
    read = (Elision(kept=True) if s == "..." else Step(Op(s[0]), s[1:]) for s in steps)
    return Hunk(tuple(read), Span(0, 1), anchors, line)


def found(*lines: str, file: list[str] = FILE) -> tuple[Fit, ...]:
    """Where `lines`, which all stay, sit in the file."""
    return locate(runs_of(hunk(*(f" {line}" for line in lines))), Haystack(file))


@pytest.mark.parametrize(
    ("rung", "lines"),
    [
        (Rung.EXACT, ("    def close(self):", '        self.lights = "off"')),
        (Rung.TRAILING_SPACE, ("    def close(self):  ", '        self.lights = "off"\t')),
        (Rung.INDENT, ("def close(self):", '    self.lights = "off"')),
        (Rung.INDENT, ("      def close(self):", '          self.lights = "off"')),
        (Rung.INDENT, ("\tdef close(self):", '\t\tself.lights = "off"')),
        (Rung.INDENT, ("def close(self):", '        self.lights = "off"')),
        (Rung.INDENT, ("  def close(self):", '    self.lights = "off"')),
        (Rung.PUNCTUATION, ("    def close(self):", "        self.lights = \u201coff\u201d")),
        (Rung.BLANK_LINES, ("    def close(self):", "", '        self.lights = "off"')),
        (Rung.BLANK_LINES, ("        return self.lights", "    def close(self):")),
        (Rung.DRIFT, ("    def  close( self ):", '        self.lights = "off"')),
        (
            Rung.DRIFT,
            ("    def close(this):", '        self.lights = "off"', "        return self.lights"),
        ),
    ],
)
def test_each_rung_finds_what_the_ones_before_do_not(rung: Rung, lines: tuple[str, ...]) -> None:
    (fit,) = found(*lines)
    assert fit.rung is rung
    assert FILE[fit.start].strip().startswith(("def close", "return"))


def test_a_comment_the_edit_lost_may_stand_between() -> None:
    (fit,) = found("    def open(self, key):", "        self.door.unlock(key)")
    assert (fit.rung, fit.lines) == (Rung.DRIFT, (3, 5))


@pytest.mark.parametrize(
    "lines",
    [
        ("    DEF CLOSE(SELF):",),
        ("    def Close(self):", '        self.lights = "off"'),
        ("    def close(self):", '    self.lights = "off"'),
        ("    def nothing(like):", "        it = 1"),
        ("    def close(self):", "        return 1"),
        (),
    ],
)
def test_what_no_rung_may_catch(lines: tuple[str, ...]) -> None:
    assert found(*lines) == () or found(*lines)[0].rung is Rung.DRIFT
    if lines and "close" in lines[0].lower() and lines[0] != "    def close(self):":
        assert found(*lines) == ()


@pytest.mark.parametrize("number", ["off", "1"])
def test_a_line_to_drop_with_another_number_is_another_line(number: str) -> None:
    file = ["begin = now()", f"timeout_in_seconds = wait({number}, 30)", "end = now()"]
    sought = hunk(" begin = now()", f"-timeout_in_seconds = wait({number}, 35)", " end = now()")
    assert locate(runs_of(sought), Haystack(file)) == ()


def test_a_strict_place_hides_the_loose_ones() -> None:
    fits = found("x = 1", file=["  x = 1", "x = 1", "x = 1 "])
    assert [fit.lines for fit in fits] == [(1,)]


def test_all_places_of_a_rung_are_told() -> None:
    assert [fit.start for fit in found("        return self.lights")] == [8, 12]


def test_runs_follow_each_other_and_stay_in_their_scope() -> None:
    sought = hunk("     def close(self):", "...", "         return self.lights")
    (fit,) = locate(runs_of(sought), Haystack(FILE))
    assert fit.lines == (10, 12)
    opened = hunk("     def open(self, key):", "...", "         return self.lights")
    (fit,) = locate(runs_of(opened), Haystack(FILE))
    assert fit.lines == (3, 8)


LINES = st.lists(st.sampled_from(["a", "b", "  a", "", "c()", "\tb", "a "]), max_size=12)


@given(LINES, st.data())
def test_lines_of_the_file_are_found_where_they_stand(file: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(file)))
    lines = file[start : data.draw(st.integers(start, len(file)))]
    fits = found(*lines, file=file)
    if lines:
        assert start in [fit.start for fit in fits]
        assert {fit.rung for fit in fits} == {Rung.EXACT}


@given(LINES, LINES)
def test_each_place_is_told_once_and_in_order(file: list[str], lines: list[str]) -> None:
    fits = found(*lines, file=file)
    assert len({fit.lines for fit in fits}) == len(fits)
    assert len({fit.rung for fit in fits}) <= 1
    for fit in fits:
        places = [place for place in fit.lines if place is not None]
        assert places == sorted(set(places))


def test_two_misremembered_places_side_by_side_are_two() -> None:
    case = ["if case == one(1):", "    result = compute(value)", "    report(result)"]
    sought = [case[0].replace("(1)", "(2)"), *case[1:]]
    assert len(found(*sought, file=["start()", *case, "end()"])) == 1
    assert len(found(*sought, file=["start()", *case, *case, "end()"])) == 2
