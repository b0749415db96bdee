"""Files written all or none.

Everything is prepared first: the new bytes lie in temporary files beside their targets, synced,
with the targets' permissions. Then each target is compared with what was read and replaced. When
one of these steps fails, the targets before it get their old bytes back. Ctrl-C waits until it
cannot come between two of them, and is such a failure too.
"""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from fastapply.core.errors import StaleFileError, UnwritableError, WorkspaceError
from fastapply.core.ports import Change
from fastapply.models.llama.interrupts import held_interrupts

_NEW_FILE_MODE = 0o666


@dataclass(frozen=True, slots=True)
class Target:
    """One file on disk and what becomes of it: bytes before and after, None where there is none.

    `place` is the file itself, symbolic links followed; `like` is the file whose permissions the
    new bytes get.
    """

    path: str
    place: str
    before: bytes | None
    after: bytes | None
    like: str | None


Keep: TypeAlias = "Callable[[Sequence[Target], Sequence[str]], None]"
"""Told of the targets, and of folders made for them, before the first target is replaced."""


@dataclass(slots=True)
class _Prepared:
    """A target whose new bytes wait in the file `waiting` (None: the target goes).

    A target that goes is kept in the file `aside` until all is done.
    """

    target: Target
    waiting: str | None
    aside: str | None = None


def write_all(
    changes: Sequence[Change], place: Callable[[str], str], keep: Keep | None = None
) -> None:
    """Make all `changes` on disk, or none; `place` says where a path is.

    Raise `UnwritableError`, or `StaleFileError` where a file is not as it was read.
    """
    targets = [target for change in changes for target in _targets(change, place)]
    _check_distinct(targets)
    folders: list[str] = []
    prepared: list[_Prepared] = []
    done: list[_Prepared] = []
    with held_interrupts() as stopped:
        try:
            for target in targets:
                _check_writable(target)
                prepared.append(_Prepared(target, _prepare(target, folders)))
            if keep is not None:
                keep(targets, folders)
            for each in prepared:
                _check_fresh(each.target)
                _put(each)
                done.append(each)
            if stopped():
                raise KeyboardInterrupt
        except BaseException as error:
            _roll_back(prepared, done, folders)
            if isinstance(error, OSError):
                at = len(done) if len(prepared) == len(targets) else len(prepared)
                path = targets[at].path
                raise UnwritableError(f"cannot write {path}: {error.strerror}", path) from error
            raise
        for each in done:
            if each.aside is not None:
                os.unlink(each.aside)
    for folder in {os.path.dirname(target.place) for target in targets}:
        _sync_folder(folder)


def _targets(change: Change, place: Callable[[str], str]) -> Iterator[Target]:
    source = os.path.realpath(place(change.path))
    before = None if change.before is None else change.before.encode()
    after = None if change.after is None else change.after.encode()
    if change.move_to is None:
        yield Target(change.path, source, before, after, None if before is None else source)
        return
    goal = os.path.realpath(place(change.move_to))
    yield Target(change.move_to, goal, None, after, source)
    yield Target(change.path, os.path.abspath(place(change.path)), before, None, None)


def _check_distinct(targets: Sequence[Target]) -> None:
    seen: dict[str, str] = {}
    for target in targets:
        if target.place in seen:
            names = f"{seen[target.place]} and {target.path}"
            raise WorkspaceError(f"{names} are the same file, edited twice", target.path)
        seen[target.place] = target.path


def _check_writable(target: Target) -> None:
    """Refuse what the user has closed, though replacing it needs only an open folder."""
    if target.before is None:
        if os.path.lexists(target.place):
            raise UnwritableError(f"cannot create {target.path}: it exists", target.path)
        return
    mode = _mode_of(target)
    if not mode & 0o222 or not os.access(target.place, os.W_OK):
        raise UnwritableError(f"{target.path} is read-only", target.path)


def _mode_of(target: Target) -> int:
    try:
        return os.stat(target.place).st_mode
    except FileNotFoundError:
        raise StaleFileError(f"{target.path} has vanished meanwhile", target.path) from None


def _check_fresh(target: Target) -> None:
    try:
        with open(target.place, "rb") as file:
            now: bytes | None = file.read()
    except FileNotFoundError:
        now = None
    if now != target.before:
        what = "has vanished" if now is None else "has appeared" if target.before is None else ""
        raise StaleFileError(f"{target.path} {what or 'has changed'} meanwhile", target.path)


def _prepare(target: Target, folders: list[str]) -> str | None:
    if target.after is None:
        return None
    _make_folder(os.path.dirname(target.place), folders)
    waiting = _waiting_file(target.place, target.after)
    try:
        _copy_permissions(target.like, waiting)
    except BaseException:
        os.unlink(waiting)
        raise
    return waiting


def _make_folder(folder: str, made: list[str]) -> None:
    missing: list[str] = []
    while not os.path.isdir(folder):
        missing.append(folder)
        folder = os.path.dirname(folder)
    for each in reversed(missing):
        os.mkdir(each)
        made.append(each)


def _waiting_file(place: str, data: bytes) -> str:
    folder, name = os.path.split(place)
    handle, waiting = tempfile.mkstemp(prefix=f".{name[:100]}.", suffix=".fastapply", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        os.unlink(waiting)
        raise
    return waiting


def _copy_permissions(like: str | None, waiting: str) -> None:
    if like is None:
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(waiting, _NEW_FILE_MODE & ~mask)
        return
    status = os.stat(like)
    if hasattr(os, "chown") and (status.st_uid, status.st_gid) != (os.getuid(), os.getgid()):
        # Only the superuser may give files away; the bytes matter more than the owner.
        with contextlib.suppress(PermissionError):
            os.chown(waiting, status.st_uid, status.st_gid)
    os.chmod(waiting, stat.S_IMODE(status.st_mode))


def _put(prepared: _Prepared) -> None:
    target, waiting = prepared.target, prepared.waiting
    if waiting is None:
        aside = _waiting_file(target.place, b"")
        os.replace(target.place, aside)
        prepared.aside = aside
        return
    if target.before is None:
        try:
            # A link, unlike a rename, fails where a file has appeared meanwhile.
            os.link(waiting, target.place)
            os.unlink(waiting)
        except FileExistsError:
            raise UnwritableError(f"cannot create {target.path}: it exists", target.path) from None
        except OSError:
            os.replace(waiting, target.place)
    else:
        os.replace(waiting, target.place)
    prepared.waiting = None


def _roll_back(
    prepared: Sequence[_Prepared], done: Sequence[_Prepared], folders: Sequence[str]
) -> None:
    for each in reversed(done):
        target = each.target
        if each.aside is not None:
            os.replace(each.aside, target.place)
        elif target.before is None:
            os.unlink(target.place)
        else:
            restored = _waiting_file(target.place, target.before)
            _copy_permissions(target.place, restored)
            os.replace(restored, target.place)
    for each in prepared:
        if each.waiting is not None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(each.waiting)
    for folder in reversed(folders):
        with contextlib.suppress(OSError):
            os.rmdir(folder)


def _sync_folder(folder: str) -> None:
    """Make renames last; file systems that cannot sync folders do without."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
