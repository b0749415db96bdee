"""What the process says when it ends.

0  applied, already applied, or nothing to do
1  the edit does not fit: missing, ambiguous, a conflict, or refused by the check
2  usage: the options do not go together
3  the document holds no edit, or a broken one
4  the model or its engine is unavailable, or failed
5  a file or git failed

130  stopped by Ctrl-C, as shells say it
"""

from __future__ import annotations

from enum import IntEnum

from fastapply.core.errors import (
    CheckError,
    EditError,
    FastApplyError,
    ModelError,
    OptionsError,
    UnresolvedError,
    WorkspaceError,
)


class ExitCode(IntEnum):
    """The exit codes, documented in docs/json.md."""

    OK = 0
    DOES_NOT_FIT = 1
    USAGE = 2
    NO_EDIT = 3
    MODEL = 4
    WORKSPACE = 5


STOPPED = 130

_CODES: tuple[tuple[type[FastApplyError], ExitCode], ...] = (
    (UnresolvedError, ExitCode.DOES_NOT_FIT),
    (CheckError, ExitCode.DOES_NOT_FIT),
    (OptionsError, ExitCode.USAGE),
    (EditError, ExitCode.NO_EDIT),
    (ModelError, ExitCode.MODEL),
    (WorkspaceError, ExitCode.WORKSPACE),
)


def exit_code(error: FastApplyError) -> ExitCode:
    """The exit code an error ends the process with."""
    return next(code for kind, code in _CODES if isinstance(error, kind))
