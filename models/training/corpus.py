"""Source code found on this machine, as training text.

A `SourceFile` is a text file of a known language, small enough to read and free of generated or
minified lines. Every file belongs for good to one of two splits, decided by a hash of its path:
what is held out of training is held out of every run. Repositories that fastapply is measured on
never enter (`MEASURED`).
"""

from __future__ import annotations

import hashlib
import random
import sysconfig
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

HASH, SLASH, BLOCK, MARKUP, DASH, QUOTE = (
    "# {}",
    "// {}",
    "/* {} */",
    "<!-- {} -->",
    "-- {}",
    '" {}',
)

COMMENTS = {
    **dict.fromkeys((".py", ".pyi", ".pyx", ".rb", ".sh", ".pl", ".pm", ".cmake", ".tcl"), HASH),
    **dict.fromkeys((".yaml", ".yml", ".toml", ".cfg"), HASH),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".c", ".h", ".cc"), SLASH),
    **dict.fromkeys(
        (".cpp", ".hpp", ".rs", ".go", ".java", ".cs", ".php", ".scss", ".json"), SLASH
    ),
    **dict.fromkeys((".kt", ".swift", ".scala", ".groovy"), SLASH),
    **dict.fromkeys((".css",), BLOCK),
    **dict.fromkeys((".html", ".xml", ".md", ".svg"), MARKUP),
    **dict.fromkeys((".lua", ".sql"), DASH),
    **dict.fromkeys((".vim",), QUOTE),
}
"""How a comment is written, by file suffix; the languages of the corpus."""

MEASURED = (
    *("aider", "continuedev", "cline", "roo-code", "shadcn", "fmtlib", "gin-gonic", "sinatra"),
    *("gson", "/jq/", "/bat/", "/llm/", "/fmt/", "spdlog/fmt", "codex"),
)
"""Path parts of the projects that fastapply is measured on: never trained on."""

PER_SUFFIX = 2500
LONGEST_LINE = 160
SMALLEST, LARGEST = 400, 80_000
HELD_OUT = 20


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The lines of one file, without their endings, and the suffix that names its language."""

    suffix: str
    lines: tuple[str, ...]


def default_roots() -> tuple[Path, ...]:
    """The folders of this machine where source code usually lies."""
    named = (sysconfig.get_path("stdlib"), sysconfig.get_path("purelib"))
    fixed = ("/usr/lib/node_modules", "/usr/include", "/usr/share", "/usr/lib/python3", "/opt")
    return tuple(Path(root) for root in (*named, *fixed) if Path(root).is_dir())


def is_held_out(path: Path) -> bool:
    """Whether a file serves for measuring only: one in twenty, by its path."""
    return hashlib.blake2b(str(path).encode(), digest_size=4).digest()[0] % HELD_OUT == 0


def _is_wanted(path: Path) -> bool:
    name = str(path).lower()
    if path.suffix not in COMMENTS or path.is_symlink() or not path.is_file():
        return False
    if ".min." in name or "pydoc_data" in name or any(part in name for part in MEASURED):
        return False
    return SMALLEST < path.stat().st_size < LARGEST


def read_source(path: Path) -> SourceFile | None:
    """The file, or None if it is no readable text written by hand."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    lines = tuple(line.rstrip() for line in text.splitlines())
    if len(lines) < 8 or max(map(len, lines)) > LONGEST_LINE or "\x00" in text:
        return None
    return SourceFile(path.suffix, lines)


def find_paths(roots: Iterable[Path], seed: int = 0) -> Iterator[Path]:
    """Files below `roots`, at most `PER_SUFFIX` a language, chosen by `seed`."""
    by_suffix: dict[str, list[Path]] = defaultdict(list)
    for root in roots:
        for path in root.rglob("*"):
            if _is_wanted(path):
                by_suffix[path.suffix].append(path)
    chosen = random.Random(seed)
    for suffix in sorted(by_suffix):
        paths = sorted(set(by_suffix[suffix]))
        yield from chosen.sample(paths, min(PER_SUFFIX, len(paths)))


def read_corpus(roots: Iterable[Path], *, held_out: bool, seed: int = 0) -> list[SourceFile]:
    """The files of one split."""
    paths = (path for path in find_paths(roots, seed) if is_held_out(path) is held_out)
    return [source for path in paths if (source := read_source(path)) is not None]
