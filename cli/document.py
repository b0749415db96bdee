"""Where the edit document comes from, a file or stdin, and the conversation beside it."""

from __future__ import annotations

import os
import stat
import sys

from fastapply.core.errors import MalformedEditError, OptionsError, UnreadableError
from fastapply.core.text import SourceText

MAX_BYTES = 20_000_000
"""No model writes more; reading stops there."""


def read_document(edit: str | None) -> str:
    """The text of the edit document at the path `edit`; of stdin for ``-``, or None and a pipe.

    Raise `OptionsError` where there is nothing to read, `UnreadableError` where it cannot be read,
    `MalformedEditError` where it is no text.
    """
    if edit is None and (sys.stdin is None or sys.stdin.isatty()):
        raise OptionsError("no edit document: name one with --edit PATH, or pipe it in")
    if edit in (None, "-"):
        return _read(None, "the edit document stdin")
    return _read(str(edit), f"the edit document {edit}")


def read_chat(path: str) -> str:
    """The text of the conversation at `path`, with the errors of `read_document`."""
    return _read(path, f"the conversation {path}")


def _read(path: str | None, name: str) -> str:
    """The text at `path`, None for stdin."""
    try:
        data = _from_stdin() if path is None else _from_file(path, name)
    except OSError as error:
        message = f"cannot read {name}: {error.strerror}"
        raise UnreadableError(message, path or "stdin") from error
    if len(data) > MAX_BYTES:
        raise MalformedEditError(f"{name} has more than {MAX_BYTES // 1_000_000} MB")
    text = SourceText.decode(data)
    if not text.bom and b"\0" in data:
        raise MalformedEditError(f"{name} holds NUL bytes: it is no text")
    return str(text)


def _from_stdin() -> bytes:
    return sys.stdin.buffer.read(MAX_BYTES + 1)


def _from_file(path: str, name: str) -> bytes:
    if stat.S_ISDIR(os.stat(path).st_mode):
        raise UnreadableError(f"{name} is a directory", path)
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)
