"""The words around the code: fences, file names, sentences, and the comments markers are."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fastapply.formats.render.revision import Revision

_COMMENTS = (
    (
        "#",
        "",
        "py pyi rb sh bash zsh yml yaml toml pl r ex exs nix tf cmake mk dockerfile makefile",
    ),
    ("--", "", "lua sql hs elm"),
    ("<!--", " -->", "html htm xml svg md markdown vue"),
    ("/*", " */", "css"),
    (";", "", "el lisp clj scm ini cfg asm"),
)
_WITHOUT = frozenset({"json", "txt", "rst", "csv", "lock", "in"})

_GAPS = (
    "... existing code ...",
    "... existing code ...",
    "... rest of the code ...",
    "... (unchanged) ...",
    "... unchanged ...",
    "... rest unchanged ...",
    "... other code stays the same ...",
    "... keep existing code here ...",
    "existing code",
    "[rest of the file unchanged]",
    "...",
)
_FILE_INTROS = ("In `{}`:", "**{}**", "`{}`", "### {}", "{}", "Changes to `{}`:", "Update `{}`:")
_INTROS = (
    "Here is the change:",
    "I've made the change you asked for.",
    "This should do it:",
    "Sure! Here's the updated code:",
    "",
)
_NEXT = ("And:", "Then, further down:", "Also:", "Next:", "The other part:")
_OUTROS = ("", "", "Everything else stays as it is.", "Let me know if you want tests for this.")


@dataclass(frozen=True, slots=True)
class Marker:
    """How one document spells its gaps."""

    opening: str
    words: str
    closing: str

    def line(self, margin: str) -> str:
        """The marker as a line of code, indented by `margin`."""
        return f"{margin}{self.opening} {self.words}{self.closing}"


def marker_for(path: str, rng: random.Random) -> Marker | None:
    """A marker in the comments of the file at `path`; None where no comments are known."""
    name = PurePosixPath(path).name.lower()
    kind = name.rpartition(".")[2]
    words = rng.choice(_GAPS)
    if kind in _WITHOUT:
        return None
    for opening, closing, kinds in _COMMENTS:
        if kind in kinds.split():
            return Marker(opening, words, closing)
    return Marker("//", words, "")


def fence(lines: Sequence[str], info: str) -> list[str]:
    """`lines` between fences that are longer than any the lines hold."""
    longest = max((_ticks(line) for line in lines), default=0)
    sign = "`" * max(3, longest + 1)
    return [f"{sign}{info}", *lines, sign]


def info_word(revision: Revision, rng: random.Random) -> str:
    """What stands behind a fence's sign: the language, the suffix, or nothing."""
    suffix = PurePosixPath(revision.path).suffix.lstrip(".")
    words = [word for word in (revision.language, suffix, suffix) if word]
    return rng.choice([*words, ""]) if words else ""


def document(
    revision: Revision, fences: Sequence[Sequence[str]], rng: random.Random, *, named: bool = False
) -> str:
    """The whole answer: sentences, `fences`, sentences. `named` says to name the file."""
    parts = []
    if named or rng.random() < 0.6:
        parts.append(rng.choice(_FILE_INTROS).format(revision.path))
    else:
        parts.append(rng.choice(_INTROS))
    for number, lines in enumerate(fences):
        if number:
            parts.append(rng.choice(_NEXT))
        parts.append("\n".join(lines))
    parts.append(rng.choice(_OUTROS))
    return "\n\n".join(part for part in parts if part) + "\n"


def margin_of(line: str) -> str:
    """The white space a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def dedented(lines: Sequence[str]) -> list[str] | None:
    """The lines without the indentation they share; None where they share none."""
    margins = [margin_of(line) for line in lines if line.strip()]
    shared = min(margins, key=len, default="")
    if not shared or not all(margin.startswith(shared) for margin in margins):
        return None
    return [line[len(shared) :] if line.strip() else line for line in lines]


def _ticks(line: str) -> int:
    """How many backticks a line that may be a fence begins with; the lists of Markdown indent."""
    text = line.lstrip(" \t>*-+0123456789.)")
    return len(text) - len(text.lstrip("`"))
