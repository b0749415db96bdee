"""Changes: what an edit does to the lines of a region, real or made up.

A change is a tuple of `Step`s in order: a line kept, dropped or added. Real ones lie between two
releases of one file (`core.edits.steps_between`); synthetic ones (`synthetic_change`) do what
programmers do to lines - rename, change literals, add arguments, insert, move, delete and replace
statements and blocks - with text taken from other files of the same language.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence

from fastapply.core.edits import Op, Step, steps_between

WORD = re.compile(r"[A-Za-z_]\w{2,}")
LITERAL = re.compile(r"\b\d+\b|\"[^\"\n]{1,40}\"|'[^'\n]{1,40}'")


Change = tuple[Step, ...]
Lender = Callable[[int], tuple[str, ...]]
"""Lends about so many consecutive lines of another file of the same language."""


def before(change: Change) -> tuple[str, ...]:
    """The lines before the change."""
    return tuple(step.text for step in change if step.op is not Op.ADD)


def after(change: Change) -> tuple[str, ...]:
    """The lines after the change."""
    return tuple(step.text for step in change if step.op is not Op.DROP)


def indentation(line: str) -> str:
    """The white space a line opens with."""
    return line[: len(line) - len(line.lstrip())]


def reindent(lines: Sequence[str], margin: str) -> tuple[str, ...]:
    """The lines with their common indentation replaced by `margin`."""
    shown = [line for line in lines if line.strip()]
    common = min((len(indentation(line)) for line in shown), default=0)
    return tuple(margin + line[common:] if line.strip() else "" for line in lines)


def synthetic_change(rng: random.Random, lines: Sequence[str], lend: Lender) -> Change:
    """One to three made-up changes of a region, in random places."""
    count = min(len(lines), rng.choice((1, 1, 1, 1, 2, 2, 3)))
    steps: list[Step] = []
    at = 0
    for place in sorted(rng.sample(range(len(lines)), count)):
        if place < at:
            continue
        steps += (Step(Op.KEEP, line) for line in lines[at:place])
        taken, new = rng.choices(WAYS, weights=WEIGHTS)[0](rng, lines, place, lend)
        steps += (Step(Op.DROP, line) for line in lines[place : place + taken])
        steps += (Step(Op.ADD, line) for line in new)
        at = place + taken
    steps += (Step(Op.KEEP, line) for line in lines[at:])
    kept = tuple(steps)
    return steps_between(before(kept), after(kept))


Way = Callable[[random.Random, Sequence[str], int, Lender], tuple[int, tuple[str, ...]]]
"""From a place in a region: how many lines go, and which come."""


def _insert(
    rng: random.Random, lines: Sequence[str], place: int, lend: Lender
) -> tuple[int, tuple[str, ...]]:
    borrowed = lend(rng.choice((1, 1, 1, 2, 2, 3, 4, 6, 10, 20)))
    return 0, reindent(borrowed, indentation(lines[place]))


def _delete(
    rng: random.Random, lines: Sequence[str], place: int, lend: Lender
) -> tuple[int, tuple[str, ...]]:
    return min(rng.choice((1, 1, 2, 3, 5)), len(lines) - place), ()


def _replace(
    rng: random.Random, lines: Sequence[str], place: int, lend: Lender
) -> tuple[int, tuple[str, ...]]:
    taken = min(rng.randint(1, 4), len(lines) - place)
    return taken, reindent(lend(rng.randint(1, 5)), indentation(lines[place]))


def _alter(
    rng: random.Random, lines: Sequence[str], place: int, lend: Lender
) -> tuple[int, tuple[str, ...]]:
    taken = min(rng.choice((1, 1, 1, 2, 3)), len(lines) - place)
    return taken, tuple(altered(rng, line, lend) for line in lines[place : place + taken])


def _copy_altered(
    rng: random.Random, lines: Sequence[str], place: int, lend: Lender
) -> tuple[int, tuple[str, ...]]:
    taken = min(rng.choice((1, 1, 2, 4, 8, 14)), len(lines) - place)
    return 0, tuple(altered(rng, line, lend) for line in lines[place : place + taken])


def _wrap(
    rng: random.Random, lines: Sequence[str], place: int, lend: Lender
) -> tuple[int, tuple[str, ...]]:
    taken = min(rng.choice((1, 2, 3, 4)), len(lines) - place)
    inner = tuple("    " + line if line else "" for line in lines[place : place + taken])
    return taken, (*reindent(lend(1), indentation(lines[place])), *inner)


def _move(
    rng: random.Random, lines: Sequence[str], place: int, lend: Lender
) -> tuple[int, tuple[str, ...]]:
    taken = min(rng.randint(2, 6), len(lines) - place)
    part = lines[place : place + taken]
    cut = rng.randrange(taken)
    return taken, (*part[cut:], *part[:cut])


WAYS: tuple[Way, ...] = (_insert, _delete, _replace, _alter, _copy_altered, _wrap, _move)
WEIGHTS = (30, 14, 12, 30, 12, 6, 1)


def altered(rng: random.Random, line: str, lend: Lender) -> str:
    """A line with one word, literal or argument changed."""
    words, literals = WORD.findall(line), LITERAL.findall(line)
    draw = rng.random()
    if literals and draw < 0.3:
        old = rng.choice(literals)
        fresh = str(rng.randint(0, 5000)) if old.isdigit() else old[0] + _word(rng, lend) + old[-1]
        return line.replace(old, fresh, 1)
    if "(" in line and draw < 0.5:
        head, _, tail = line.partition("(")
        return f"{head}({_word(rng, lend)}{'' if tail.startswith(')') else ', '}{tail}"
    if not words:
        return line + rng.choice((";", " + 1", ","))
    old = rng.choice(words)
    ways = (f"{old}_{_word(rng, lend)}", f"get_{old}", _word(rng, lend), old.upper(), old + "s")
    return re.sub(rf"\b{old}\b", rng.choice(ways), line, count=rng.choice((0, 1)))


def _word(rng: random.Random, lend: Lender) -> str:
    words = WORD.findall("\n".join(lend(4)))
    return rng.choice(words) if words else f"value{rng.randint(0, 9)}"
