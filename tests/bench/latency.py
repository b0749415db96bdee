"""How long one edit takes: the whole process, and the merge alone on short and long files.

    .venv/bin/python tests/bench/latency.py

The file is made of this project's own sources; the edit is a snippet with markers that changes one
function. The process is timed in turns with `python -c "import typer"` and, where git is there,
`git apply` of the same change; medians, with the quartiles behind them.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from fastapply.core.check import check
from fastapply.core.diff import unified
from fastapply.core.merge import merge
from fastapply.core.result import Candidate, Merged
from fastapply.core.text import SourceText
from fastapply.formats import parse

ROOT = Path(__file__).parents[2]
ANSWER = """The total now counts twice:

```python
# ... existing code ...

def the_function_that_changes(numbers: list[int]) -> int:
    total = 0
    for number in numbers:
        total += 2 * number
    return total

# ... existing code ...
```
"""
FUNCTION = """

def the_function_that_changes(numbers: list[int]) -> int:
    total = 0
    for number in numbers:
        total += number
    return total

"""


def source(lines: int) -> str:
    """A file of about `lines` lines with the function in its middle."""
    rooms = (ROOT / room for room in ("cli", "core", "formats", "models"))
    text = "\n\n".join(path.read_text() for room in rooms for path in sorted(room.rglob("*.py")))
    kept = text.replace("from __future__ import annotations\n", "").splitlines()
    while len(kept) < lines:
        kept += kept
    cut = _boundary(kept, lines // 2)
    return "\n".join([*kept[:cut], *FUNCTION.splitlines(), *kept[cut : lines - 8], ""])


def _boundary(lines: list[str], start: int) -> int:
    """The first line from `start` on at which a top-level definition begins."""
    return next(n for n in range(start, len(lines)) if lines[n].startswith(("def ", "class ")))


def apply(text: str) -> SourceText:
    """Parse, merge and check in this process."""
    before = SourceText.from_str(text)
    edit = parse(ANSWER, target="long.py").files[0]
    merged = merge(before, edit, "long.py")
    if not isinstance(merged, Merged):
        raise SystemExit(f"not merged: {merged.failures}")
    after = merged.plan.apply(before)
    findings = check(before, edit, Candidate(after, merged.plan, "merge"), "python")
    if findings:
        raise SystemExit(f"not believed: {findings}")
    return after


def in_turns(runs: int, contenders: dict[str, Callable[[], object]]) -> None:
    """Time each contender `runs` times, in turns, and print medians and quartiles."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(runs):
        for name, contender in contenders.items():
            started = time.perf_counter()
            contender()
            seconds[name].append(time.perf_counter() - started)
    first: float | None = None
    for name, times in seconds.items():
        low, median, high = statistics.quantiles(times, n=4)
        first = first or median
        print(f"{name:40}{1000 * median:9.1f} ms  ({1000 * low:.1f}-{1000 * high:.1f})", end="")
        print(f"{median / first:8.2f} x")


def main() -> None:
    """Print both tables."""
    for lines in (400, 2500, 10_000):
        text = source(lines)
        apply(text)
        in_turns(9, {f"in process, {lines} lines": partial(apply, text)})
    with tempfile.TemporaryDirectory() as folder:
        file, answer, patch = (Path(folder) / name for name in ("long.py", "a.md", "a.patch"))
        text = source(400)
        file.write_text(text)
        answer.write_text(ANSWER)
        patch.write_text(unified(SourceText.from_str(text), apply(text), "long.py"))
        command = [sys.executable, "-m", "fastapply", str(file), "--edit", str(answer), "--stdout"]

        def process(*words: str) -> Callable[[], object]:
            return lambda: subprocess.run(words, stdout=subprocess.DEVNULL, check=True, cwd=folder)

        in_turns(
            15,
            {
                'python -c "import typer"': process(sys.executable, "-c", "import typer"),
                "fastapply --stdout": process(*command),
                "git apply --check": process("git", "apply", "--check", str(patch)),
            },
        )


if __name__ == "__main__":
    main()
