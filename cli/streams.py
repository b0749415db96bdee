"""The standard streams, which need not be there, nor have room, nor a reader until the end."""

from __future__ import annotations

import os
import sys

BROKEN_PIPE = 141
"""What a shell sees of a program that its reader has left: 128 + SIGPIPE."""


def open_closed() -> None:
    """Lead streams that the caller has closed to nowhere.

    Else the first file that is opened would take their place, and get what is meant for them.
    """
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(handle, True)
    os.close(handle)
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)


def write_out(data: bytes) -> None:
    """Print bytes on stdout, all of them: unbuffered, a write may take a part and say so."""
    rest = memoryview(data)
    while rest:
        rest = rest[sys.stdout.buffer.write(rest) :]
    sys.stdout.flush()


def give_up_stdout() -> None:
    """Lead stdout to nowhere: Python flushes it once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def failed_output(error: OSError) -> int:
    """The exit code where a stream could not be written; say so if it was not the reader's wish."""
    give_up_stdout()
    if isinstance(error, BrokenPipeError):
        return BROKEN_PIPE
    named = error.filename is not None  # a file, though each should have been met where it is used
    what = f"cannot use {error.filename}" if named else "cannot write the output"
    sys.stderr.write(f"fastapply: {what}: {error.strerror}\n")
    from fastapply.cli.exit_codes import ExitCode

    return ExitCode.WORKSPACE
