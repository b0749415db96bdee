"""Names a function still uses, though what binds them goes."""

import pytest

from fastapply.core.plan import Replacement
from fastapply.core.syntax.bindings import unbound
from fastapply.core.syntax.trees import outline

SOURCE = """\
def price(order):
    rate, base = rates(order)
    total: float = base * 2
    for line in order:
        total += line.sum
    return Price(total=total, rate=rate)
""".splitlines()


@pytest.mark.parametrize(
    ("start", "stop", "new", "names"),
    [
        (1, 2, (), {"rate", "base"}),
        (1, 2, ("    check(order)",), {"rate", "base"}),
        (1, 2, ("    base = 1", "    rate = 2"), set()),
        (2, 3, (), {"total"}),
        (2, 3, ("    total = 0.0",), set()),
        (1, 3, ("    total, rate = both(order)",), set()),
        (4, 5, (), set()),
        (1, 6, ("    return None",), set()),
    ],
)
def test_what_is_bound_no_more(start, stop, new, names):
    change = Replacement(start, stop, new)
    assert unbound(SOURCE, (change,), outline(tuple(SOURCE), "python")) == names


def test_other_words_of_that_name_are_not_it():
    source = ["def f(a):", "    size = a.b", "    return g(a.size, size=3)", ""]
    change = Replacement(1, 2, ())
    assert unbound(source, (change,), outline(tuple(source), "python")) == set()
