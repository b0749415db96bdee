"""Work done by several threads at once, its results in the order of what was asked."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Item], Result], items: Iterable[Item], most: int
) -> tuple[Result, ...]:
    """`work` done on all `items`, at most `most` at a time.

    The first failure is raised at once, of several the one that comes first in order; what is not
    begun by then never is. Threads that still work do not keep the process from ending.
    """
    waiting = deque(enumerate(items))
    count = len(waiting)
    if most == 1 or count < 2:
        return tuple(work(item) for _, item in waiting)
    results: dict[int, Result] = {}
    failures: dict[int, BaseException] = {}
    changed = threading.Condition()

    def go() -> None:
        while True:
            with changed:
                if failures or not waiting:
                    return
                index, item = waiting.popleft()
            try:
                result = work(item)
            except BaseException as error:
                with changed:
                    failures[index] = error
                    changed.notify_all()
                return
            with changed:
                results[index] = result
                changed.notify_all()

    for _ in range(min(most, count)):
        threading.Thread(target=go, daemon=True).start()
    with changed:
        changed.wait_for(lambda: failures or len(results) == count)
        if failures:
            raise failures[min(failures)]
    return tuple(results[index] for index in range(count))
