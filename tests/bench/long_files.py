"""Make cases of long files: modules of the standard library in a row, one function edited.

    python tests/bench/long_files.py OUT [--lines 2500 --lines 10000]

The edit is a definition in the middle with one statement more, shown whole. What it costs to
rewrite by region should not depend on the length of the file.
"""

from __future__ import annotations

import argparse
import ast
import json
import sysconfig
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

MODULES = ("argparse", "tarfile", "typing", "inspect", "doctest", "subprocess", "zipfile", "ssl")
SHORTEST, LONGEST = 12, 30  # lines of the definition that is edited


def module_lines() -> Iterator[str]:
    """Lines of the standard library's longer modules, one after another."""
    for name in MODULES:
        path = Path(sysconfig.get_path("stdlib"), f"{name}.py")
        yield from path.read_text("utf-8").splitlines()


def long_text(size: int) -> list[str]:
    """At least `size` lines of Python; ends where a definition at the top level begins."""
    lines: list[str] = []
    for line in module_lines():
        if len(lines) >= size and line.startswith(("def ", "class ")):
            return lines
        if not line.startswith("from __future__"):
            lines.append(line)
    raise SystemExit(f"the standard library is shorter than {size} lines")


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def edited(lines: list[str]) -> tuple[ast.FunctionDef, int]:
    """The function next to the middle whose name is its own, and the line to put one before."""
    tree = ast.parse("\n".join(lines))
    names = Counter(function.name for function in functions(tree))
    fit = [
        function
        for function in functions(tree)
        if names[function.name] == 1
        and not function.decorator_list
        and SHORTEST <= (function.end_lineno or 0) - function.lineno < LONGEST
    ]
    chosen = min(fit, key=lambda function: abs(function.lineno - len(lines) // 2))
    return chosen, chosen.body[-1].lineno - 1


def write_case(folder: Path, size: int) -> None:
    """One case: original.py, edit.md, final.py, case.json."""
    lines = long_text(size)
    function, before = edited(lines)
    new = [*lines[:before], " " * function.body[-1].col_offset + "counted = True", *lines[before:]]
    shown = new[function.lineno - 1 : (function.end_lineno or 0) + 1]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "original.py").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "final.py").write_text("\n".join(new) + "\n", "utf-8")
    fence = ["```python", *shown, "```"]
    (folder / "edit.md").write_text("\n".join(fence) + "\n", "utf-8")
    about = {"path": "long.py", "language": "python", "format": "snippet", "style": "s4"}
    (folder / "case.json").write_text(json.dumps(about) + "\n", "utf-8")
    print(f"{folder}: {len(lines)} lines, {function.name} edited")


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("out", type=Path)
    options.add_argument("--lines", type=int, action="append")
    given = options.parse_args()
    for size in given.lines or (250, 2500, 10_000):
        write_case(given.out / f"{size}-lines", size)


if __name__ == "__main__":
    main()
