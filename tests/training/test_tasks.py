"""Tasks are sound: the fragment, gaps filled from the region, gives the final text."""

import random
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from fastapply.core.edits import Op
from fastapply.models.lattice import Lattice, Lines, offers
from fastapply.models.training.changes import after, before, synthetic_change
from fastapply.models.training.corpus import SourceFile, is_held_out, read_source
from fastapply.models.training.fragments import GAP, show, spell, surround
from fastapply.models.training.releases import read_pairs
from fastapply.models.training.tasks import Pair, Task, TaskSource, Window, framed


def numbered(count: int, word: str = "line") -> tuple[str, ...]:
    return tuple(f"{'    ' * (n % 3)}{word}_{n}(value, {n})" for n in range(count))


def source(seed: int = 0) -> TaskSource:
    files = [SourceFile(".py", numbered(80, word)) for word in ("alpha", "beta", "gamma")]
    pair = Pair(files[0], SourceFile(".py", (*numbered(40, "alpha"), "extra = 1")))
    return TaskSource(files, [pair], seed, (4, 20))


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


def test_lines_of_elsewhere_are_said_to_be_known() -> None:
    rng = random.Random(0)
    above, below = ("class A:", "    x = 1"), ("    y = 2", "z = 3")
    drawn = [surround(rng, ("new",), above, below) for _ in range(100)]
    assert all(piece in (*known, "new", GAP) for pieces, known in drawn for piece in pieces)
    assert {line for _, known in drawn for line in known} == {*above, *below}


@given(st.integers(0, 10_000))
def test_a_framed_change_keeps_lines_at_both_ends_and_stays_the_same_change(seed: int) -> None:
    rng = random.Random(seed)
    lines = numbered(60)
    change = synthetic_change(rng, lines[20:40], lambda n: numbered(n, "lent"))
    assume(any(step.op is not Op.KEEP for step in change))
    window = framed(rng, Window(".py", change, lines[:20], lines[40:]))
    assert (*window.above, *before(window.change), *window.below) == lines
    assert after(window.change) == (*window_ends(window, after(change), lines),)


def window_ends(window: Window, new: tuple[str, ...], lines: tuple[str, ...]) -> tuple[str, ...]:
    whole = (*lines[:20], *new, *lines[40:])
    return whole[len(window.above) : len(whole) - len(window.below)]


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


def test_no_task_changes_nothing() -> None:
    tasks = source(3)
    assert all(task.region != task.final for task in (tasks.draw() for _ in range(100)))


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


def test_neighbouring_releases_make_pairs(tmp_path) -> None:
    for version, text in (("1.0", "old"), ("1.10", "newest"), ("1.9", "newer")):
        for number in range(40):
            file = tmp_path / f"pkg-{version}" / f"m{number}.py"
            file.parent.mkdir(exist_ok=True)
            file.write_text("\n".join((*numbered(20), text)))
    pairs = [*read_pairs(tmp_path, held_out=False), *read_pairs(tmp_path, held_out=True)]
    assert len(pairs) == 80
    assert {(pair.old.lines[-1], pair.new.lines[-1]) for pair in pairs} == {
        ("old", "newer"),
        ("newer", "newest"),
    }
