"""Tasks are sound: the fragment, gaps filled from the region, gives the final text."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fastapply.core.edits import Op, Span, steps_between
from fastapply.core.plan import apply_to_lines
from fastapply.models.held.lattice import Lattice, Lines, offers
from fastapply.models.training.changes import after, before, synthetic_change
from fastapply.models.training.corpus import SourceFile, is_held_out, read_source
from fastapply.models.training.fragments import GAP, STYLES, show, spell
from fastapply.models.training.releases import read_revisions
from fastapply.models.training.tasks import (
    Revision,
    Task,
    TaskSource,
    after_inside,
    plan_of,
    regions_of,
)


def numbered(count: int, word: str = "line") -> tuple[str, ...]:
    return tuple(f"{'    ' * (n % 3)}{word}_{n}(value, {n})" for n in range(count))


def source(seed: int = 0) -> TaskSource:
    files = [SourceFile(".py", numbered(80, word)) for word in ("alpha", "beta", "gamma")]
    change = steps_between(files[0].lines, (*numbered(40, "alpha"), "extra = 1"))
    return TaskSource(files, [Revision(".py", change)], seed, (4, 20))


@given(st.integers(0, 10_000))
def test_a_made_up_change_starts_from_the_region(seed: int) -> None:
    lines = numbered(15)
    change = synthetic_change(random.Random(seed), lines, lambda n: numbered(n, "lent"))
    assert before(change) == lines


@given(st.integers(0, 10_000))
def test_a_fragment_shows_every_added_line_in_order(seed: int) -> None:
    rng = random.Random(seed)
    change = synthetic_change(rng, numbered(15), lambda n: numbered(n, "lent"))
    shown = [piece.strip() for piece in show(rng, change, ".py").pieces if piece is not GAP]
    rest = iter(shown)
    assert all(step.text.strip() in rest for step in change if step.op is Op.ADD)
    kept = iter([*(line.strip() for line in after(change)), *[None] * len(shown)])
    remarks = {line for line in shown if line.startswith("# ")}
    assert all(line in kept for line in shown if line and line not in remarks)


def test_every_style_is_drawn() -> None:
    change = synthetic_change(random.Random(1), numbered(20), lambda n: numbered(n, "lent"))
    styles = {show(random.Random(seed), change, ".py").style for seed in range(200)}
    assert styles == {*STYLES}


@given(st.integers(0, 10_000))
def test_a_change_is_the_plan_of_its_replacements(seed: int) -> None:
    lines = numbered(15)
    change = synthetic_change(random.Random(seed), lines, lambda n: numbered(n, "lent"))
    assert tuple(apply_to_lines(lines, plan_of(change).replacements)) == after(change)


@given(st.integers(0, 10_000))
def test_the_lines_of_the_regions_in_place_make_the_text_after_the_change(seed: int) -> None:
    rng = random.Random(seed)
    lines = numbered(60)
    change = synthetic_change(rng, lines, lambda n: numbered(n, "lent"))
    pieces = show(rng, change, ".py").pieces
    for region, new in regions_of(rng, change, pieces):
        rest = (Span(0, region.span.start), Span(region.span.stop, len(lines)))
        outside = [after_inside(change, span) if len(span) else () for span in rest]
        if None not in outside:
            assert (*(outside[0] or ()), *new, *(outside[1] or ())) == after(change)


def test_the_lattice_holds_nearly_every_answer() -> None:
    tasks = source(5)
    drawn = [tasks.draw() for _ in range(200)]
    assert sum(holds(task, anchored=False) for task in drawn) > 190
    assert sum(holds(task, anchored=True) for task in drawn) > 170


def holds(task: Task, *, anchored: bool) -> bool:
    found = offers(task.region, task.fragment, known=task.known, anchored=anchored)
    walk = Lattice(Lines(found, lambda text: [ord(letter) for letter in text], -1))
    text = "".join(f"{line}\n" for line in task.final)
    return all(walk.advance(token) for token in (*map(ord, text), -1))


def test_gaps_never_stand_side_by_side() -> None:
    for seed in range(200):
        rng = random.Random(seed)
        change = synthetic_change(rng, numbered(20), lambda n: numbered(n, "lent"))
        pieces = show(rng, change, ".py").pieces
        assert all(a is not GAP or b is not GAP for a, b in pairwise(pieces))


def test_a_spelled_gap_is_a_comment_of_the_language() -> None:
    lines = spell(random.Random(0), ("def f():", GAP, "    return 1"), ".py")
    assert lines[0] == "def f():"
    assert lines[1].startswith("    # ")


def test_the_same_seed_draws_the_same_tasks() -> None:
    first, second = source(7), source(7)
    assert [first.draw() for _ in range(50)] == [second.draw() for _ in range(50)]


def test_few_tasks_change_nothing() -> None:
    tasks = source(3)
    drawn = [tasks.draw() for _ in range(200)]
    assert sum(task.region == task.final for task in drawn) < 20


def test_a_file_stays_in_its_split(tmp_path) -> None:
    assert is_held_out(tmp_path / "a.py") == is_held_out(tmp_path / "a.py")
    held_out = sum(is_held_out(tmp_path / f"{n}.py") for n in range(2000))
    assert 40 < held_out < 180


def test_generated_and_binary_files_are_no_source(tmp_path) -> None:
    long, binary = tmp_path / "long.py", tmp_path / "binary.py"
    long.write_text("x\n" * 20 + "y" * 500)
    binary.write_bytes(b"\xff\xfe\x00" * 50)
    assert read_source(long) is None
    assert read_source(binary) is None


def test_neighbouring_releases_make_revisions(tmp_path) -> None:
    for version, text in (("1.0", "old"), ("1.10", "newest"), ("1.9", "newer")):
        for number in range(40):
            file = tmp_path / f"pkg-{version}" / f"m{number}.py"
            file.parent.mkdir(exist_ok=True)
            file.write_text("\n".join((*numbered(20), text)))
    drawn = [read_revisions(tmp_path, held_out=held_out) for held_out in (False, True)]
    changes = [revision.change for split in drawn for revision in split]
    assert len(changes) == 80
    assert {(before(change)[-1], after(change)[-1]) for change in changes} == {
        ("old", "newer"),
        ("newer", "newest"),
    }
