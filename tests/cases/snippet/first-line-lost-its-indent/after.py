"""Stock of a small shop."""

import json
from pathlib import Path


class Stock:
    """What is on the shelves."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.items: dict[str, int] = {}

    def load(self) -> None:
        self.items = json.loads(self.path.read_text())

    def save(self) -> None:
        self.path.write_text(json.dumps(self.items))

    def take(self, name: str, count: int) -> None:
        if count < 0:
            raise ValueError(count)
        self.items[name] -= count

    def total(self) -> int:
        return sum(self.items.values())


def report(stock: Stock) -> str:
    lines = []
    for name, count in stock.items.items():
        lines.append(f"{name}: {count}")
    return "\n".join(lines)
