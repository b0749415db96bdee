"""``fastapply hook check``: the leftovers of what is staged, one a line."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

from fastapply.cli.exit_codes import ExitCode
from fastapply.cli.hook.check import check
from fastapply.cli.hook.here import here, settings_of, tell
from fastapply.cli.render import printable
from fastapply.cli.report import Line
from fastapply.cli.repository import Repository
from fastapply.cli.watch import Watch

_SAID = {
    "marker": "lazy marker",
    "sign": "sign of an edit",
    "tag": "tag of an answer",
    "fence": "code fence",
}


def check_step(
    files: Sequence[str] = (), against: str | None = None, *, everything: bool = False
) -> ExitCode:
    """Print what is left over of edits in `files` (none: in all); fail where something is."""
    with here() as repository:
        settings = settings_of(repository)
        documents = ("*.fastapply.md", settings.pending, settings.archive)
        with Watch("looking for leftovers of edits"):
            found = check(
                repository,
                allow=(*settings.allow, *filter(None, documents)),
                only=_names(repository, files),
                against=against or _from_ref(repository),
                everything=everything,
            )
    for path, leftover in found:
        line = f"{path}:{leftover.line + 1}: {_SAID[leftover.kind]}: {leftover.text}"
        sys.stdout.write(printable(line, sys.stdout) + "\n")
    if not found:
        return ExitCode.OK
    tell(_advice(len(found)))
    return ExitCode.DOES_NOT_FIT


def _names(repository: Repository, files: Sequence[str]) -> frozenset[str] | None:
    """The files as git names them; None for all."""
    if not files:
        return None
    names = (repository.name_of(os.path.abspath(file), followed=False) for file in files)
    return frozenset(name for name in names if name is not None)


def _from_ref(repository: Repository) -> str | None:
    """Where ``pre-commit run --from-ref`` starts from: files are compared with that."""
    start, end = (os.environ.get(f"PRE_COMMIT_{side}_REF") for side in ("FROM", "TO"))
    if not start or not end:
        return None
    return repository.output("merge-base", start, end).decode().strip()


def _advice(count: int) -> Iterator[Line]:
    lines = "1 line" if count == 1 else f"{count} lines"
    yield ((f"fastapply: {lines} of an edit would be committed", "strong"),)
    text = "finish the edit, or say `fastapply: allow` in a comment in the line or above it"
    yield (("  what to do: ", "note"), (text, ""))
