"""What batches cost, and how long a draft that makes worth while."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Costs:
    """What decoding `sizes[i]` tokens at once costs, as a multiple of decoding one.

    Sizes rise from 1; drafts fill batches up to one of them, because kernels are chosen by size.
    """

    sizes: tuple[int, ...]
    costs: tuple[float, ...]

    def of(self, tokens: int) -> float:
        """What a batch of so many tokens costs: a straight line between sizes, and after them."""
        at = min(max(bisect_right(self.sizes, tokens), 1), len(self.sizes) - 1)
        low, high = self.sizes[at - 1], self.sizes[at]
        slope = (self.costs[at] - self.costs[at - 1]) / (high - low)
        return self.costs[at - 1] + (tokens - low) * slope

    def best_draft(self, held: float, most: int, rows: int = 1) -> int:
        """How many tokens to draft, at most `most`, in a run that has held for `held` tokens.

        With the token before them they are no more than the largest size.
        By the rule of succession a run that held n times holds j more with probability
        n / (n + j). In a batch of its own, the size that yields most tokens for its cost wins. In
        one that holds `rows` tokens anyway, it is the size where the tokens expected are worth
        most above what they add to its cost; a token is worth what it costs otherwise.
        """
        best, rate, most = 0, 1.0, min(most, self.sizes[-1] - 1)
        for length, expected in _expected(held, most, self.sizes):
            if (1 + expected) / self.of(1 + length) > rate:
                best, rate = length, (1 + expected) / self.of(1 + length)
        if rows <= 1:
            return best
        best, gain, anyway = 0, 0.0, self.of(rows)
        totals = (*self.sizes, *(rows - rows % 8 + size for size in self.sizes))
        sizes = sorted({total - rows + 1 for total in totals if total > rows})
        for length, expected in _expected(held, most, sizes):
            own = expected / rate - (self.of(rows + length) - anyway)
            if own > gain:
                best, gain = length, own
        return best


def _expected(held: float, most: int, sizes: Iterable[int]) -> Iterator[tuple[int, float]]:
    """Lengths of drafts, each a size less one and at most `most`, and how many tokens will hold."""
    length, expected = 0, 0.0
    for size in sizes:
        while length < min(size - 1, most):
            length += 1
            expected += held / (held + length)
        yield length, expected
        if length == most:
            return


# Measured: 0.5B Q4_0, 2 cores, flash attention off, 1024 tokens held (docs/speculative.md); the
# last lies between 32 and 64. More than 40 at once are 1 % cheaper, and hold more logits in memory.
CPU_COSTS = Costs((1, 8, 16, 32, 40), (1.0, 3.1, 4.3, 8.1, 9.9))
# Measured: 10M Q8_0, one core, 512 tokens held.
SMALL_CPU_COSTS = Costs(
    (1, 2, 4, 8, 16, 24, 32, 64, 128, 256), (1.0, 1.0, 1.2, 1.9, 3.1, 4.3, 5.6, 10.6, 20.6, 43.0)
)
# Measured: 1.5B and 7B Q4_0 on an H200, 1024 tokens held (docs/speculative.md); the geometric mean
# of the two. The time to choose among the logits is in it.
GPU_COSTS = Costs(
    (1, 8, 16, 32, 64, 128, 256, 384, 512), (1.0, 1.4, 1.9, 2.1, 2.7, 3.9, 5.8, 8.0, 9.9)
)
