"""A small stock keeping unit counter."""

from dataclasses import dataclass, field


@dataclass
class Inventory:
    """What is on the shelves: a count for every item."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, item: str, count: int = 1) -> None:
        """Put `count` of `item` on the shelf."""
        self.counts[item] = self.counts.get(item, 0) + count

    def remove(self, item: str, count: int = 1) -> None:
        """Take `count` of `item` from the shelf; raise `ValueError` where there are fewer."""
        left = self.counts.get(item, 0) - count
        if left < 0:
            raise ValueError(f"only {self.counts.get(item, 0)} of {item} left")
        self.counts[item] = left

    def total(self) -> int:
        """How many things there are."""
        return sum(self.counts.values())


def report(inventory: Inventory) -> str:
    """One line an item, most first, then by name."""
    ranked = sorted(inventory.counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return "\n".join(f"{count:>5} {item}" for item, count in ranked)
