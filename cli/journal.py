"""What was applied lately, so that ``fastapply undo`` can take it back.

One file an application, in the git directory (a worktree's own, where ``git rev-parse --git-path
fastapply`` says) or, outside of git, in the user's state directory. An entry is complete before
the first byte of a file is replaced; what the index got is added after. At most `MOST_ENTRIES`
entries and `MOST_BYTES` are kept, readable by the user alone.

Entries are numbered. A number is taken by linking a finished file to it, which fails where another
process was faster: parallel applications need no lock, and none is lost.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import tempfile
import time
import zlib
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from fastapply.cli.atomic import Target
from fastapply.cli.paths import git_directory
from fastapply.cli.repository import Entry, Indexed
from fastapply.core.errors import UnreadableError

MOST_ENTRIES = 20
MOST_BYTES = 20_000_000
_SUFFIX = ".json"


class Recorded(NamedTuple):
    """One file of an application: where it is, what it was, and what it became.

    `before` is None for a file that was created, `after` for one that went. `mode` are the
    permissions it had.
    """

    place: str
    before: bytes | None
    after: bytes | None
    mode: int | None

    @classmethod
    def of(cls, target: Target) -> Recorded:
        """What is to be replaced, as it is now."""
        mode = None if target.before is None else stat.S_IMODE(os.stat(target.place).st_mode)
        return cls(target.place, target.before, target.after, mode)


@dataclass(frozen=True, slots=True)
class Application:
    """An entry. `folders` were made for its files, outermost first.

    `indexed` is None where the application did not come to staging.
    """

    number: int
    when: float
    files: tuple[Recorded, ...]
    folders: tuple[str, ...] = ()
    indexed: tuple[Indexed, ...] | None = None
    commit: str | None = None


def journal_folder(cwd: str, root: str | None) -> str:
    """Where the applications made in `cwd` are kept; `root` is its work tree, None: there is none.

    Outside of git every working directory has its own.
    """
    if root is not None:
        return os.path.join(git_directory(root), "fastapply", "journal")
    import hashlib

    from platformdirs import user_state_dir

    name = hashlib.sha256(os.fsencode(os.path.realpath(cwd))).hexdigest()[:20]
    return os.path.join(user_state_dir("fastapply"), "journal", name)


class Journal:
    """The applications made here. `note` says what went wrong with keeping the last."""

    def __init__(self, folder: str, base: str) -> None:
        """Keep entries in `folder`; places below `base` are written from there."""
        self._folder = folder
        self._base = os.path.realpath(base)
        self._open: Application | None = None
        self.note: str | None = None

    @classmethod
    def of(cls, cwd: str, root: str | None) -> Journal:
        """The journal of the working directory."""
        return cls(journal_folder(cwd, root), root or cwd)

    def begin(self, targets: Sequence[Target], folders: Sequence[str]) -> None:
        """Keep what is about to be replaced, and the folders made for it.

        Where that fails, applying goes on all the same, and `note` says so.
        """
        files = tuple(map(Recorded.of, targets))
        try:
            self._open = self._add(Application(0, time.time(), files, tuple(folders)))
        except OSError as error:
            self.note = f"`fastapply undo` will not know this: {error.strerror} ({self._folder})"

    @property
    def begun(self) -> bool:
        """Whether something was replaced that was not taken back at once."""
        return self._open is not None

    def withdraw(self) -> None:
        """Forget what was begun: it was not done."""
        if self._open is not None:
            self.forget(self._open)
            self._open = None

    def finish(self, indexed: Sequence[Indexed], commit: str | None) -> None:
        """Add to what was begun how the index changed, and the commit that was made."""
        if self._open is None or not os.path.exists(self._file(self._open.number)):
            return
        done = replace(self._open, indexed=tuple(indexed), commit=commit)
        try:
            os.replace(self._waiting(done), self._file(done.number))
        except OSError as error:
            self.note = f"`fastapply undo` will not know what was staged: {error.strerror}"

    def newest_first(self) -> Iterator[Application]:
        """All entries that can be read; raise `UnreadableError` where they are not the user's."""
        try:
            numbers = sorted(self._numbers(), reverse=True)
        except OSError as error:
            raise self._unreadable(error) from error
        for number in numbers:
            found = self._read(number)
            if found is not None:
                yield found

    def forget(self, application: Application) -> None:
        """Drop an entry."""
        with contextlib.suppress(OSError):
            os.unlink(self._file(application.number))

    def _add(self, application: Application) -> Application:
        for folder in (os.path.dirname(self._folder), self._folder):
            os.makedirs(folder, mode=0o700, exist_ok=True)
        waiting = self._waiting(application)
        try:
            number = max(self._numbers(), default=0)
            while True:
                number += 1
                with contextlib.suppress(FileExistsError):
                    _take(waiting, self._file(number))
                    break
        finally:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(waiting)
        if not self._prune(number):
            self.note = "`fastapply undo` will not know this: it is too large"
        return replace(application, number=number)

    def _waiting(self, application: Application) -> str:
        """A finished file that is not an entry yet."""
        handle, waiting = tempfile.mkstemp(dir=self._folder)  # for the user alone
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                json.dump(self._plain(application), file)
        except BaseException:
            os.unlink(waiting)
            raise
        return waiting

    def _prune(self, newest: int) -> bool:
        """Drop what is too much, the oldest first; whether the newest is still there."""
        room = MOST_BYTES
        for place, number in enumerate(sorted(self._numbers(), reverse=True)):
            with contextlib.suppress(FileNotFoundError):
                room -= os.stat(self._file(number)).st_size
                if place >= MOST_ENTRIES or room < 0:
                    os.unlink(self._file(number))
        return os.path.exists(self._file(newest))

    def _numbers(self) -> list[int]:
        try:
            names = os.listdir(self._folder)
        except (FileNotFoundError, NotADirectoryError):
            return []
        stems = (name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))
        return [int(stem) for stem in stems if stem.isdecimal()]

    def _file(self, number: int) -> str:
        return os.path.join(self._folder, f"{number:06}{_SUFFIX}")

    def _read(self, number: int) -> Application | None:
        """The entry; None for one that is gone meanwhile, or that is no entry."""
        try:
            with open(self._file(number), encoding="ascii") as file:
                status = os.fstat(file.fileno())
                plain = json.load(file)
        except (FileNotFoundError, ValueError):
            return None
        except OSError as error:
            raise self._unreadable(error) from error
        if hasattr(os, "getuid") and status.st_uid != os.getuid():
            # Whoever wrote it could have us overwrite any file of the user's.
            raise UnreadableError(f"{self._file(number)} belongs to another user", self._folder)
        try:
            return self._parsed(number, plain)
        except (KeyError, TypeError, ValueError, zlib.error):
            return None

    def _unreadable(self, error: OSError) -> UnreadableError:
        return UnreadableError(
            f"cannot read the journal {self._folder}: {error.strerror}", self._folder
        )

    def _plain(self, application: Application) -> dict[str, Any]:
        indexed = application.indexed
        return {
            "when": application.when,
            "files": [
                [self._inner(place), _packed(before), _packed(after), mode]
                for place, before, after, mode in application.files
            ],
            "folders": [self._inner(folder) for folder in application.folders],
            "index": indexed
            and [
                [
                    self._inner(each.root),
                    _spelled(each.name),
                    _plain(each.before),
                    _plain(each.after),
                ]
                for each in indexed
            ],
            "commit": application.commit,
        }

    def _parsed(self, number: int, plain: dict[str, Any]) -> Application:
        files = [
            Recorded(self._outer(place), _unpacked(before), _unpacked(after), mode)
            for place, before, after, mode in plain["files"]
        ]
        indexed = plain["index"] and [
            Indexed(
                self._outer(root), _unspelled(name), *(each and Entry(*each) for each in entries)
            )
            for root, name, *entries in plain["index"]
        ]
        folders = map(self._outer, plain["folders"])
        return Application(
            number,
            float(plain["when"]),
            tuple(files),
            tuple(folders),
            None if indexed is None else tuple(indexed),
            plain["commit"],
        )

    def _inner(self, place: str) -> str:
        """A place as it is written down: from the base, so that a repository may be moved."""
        inside = os.path.commonpath([place, self._base]) == self._base
        return _spelled(os.path.relpath(place, self._base) if inside else place)

    def _outer(self, place: str) -> str:
        return os.path.normpath(os.path.join(self._base, _unspelled(place)))


def _take(waiting: str, place: str) -> None:
    """Give a file the name `place`; raise `FileExistsError` where it is taken."""
    try:
        os.link(waiting, place)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.exists(place):
            raise FileExistsError from None
        os.replace(waiting, place)


def _spelled(name: str) -> str:
    """A name as it is written down, in any locale the same."""
    return os.fsencode(name).decode("utf-8", "surrogateescape")


def _unspelled(text: str) -> str:
    return os.fsdecode(text.encode("utf-8", "surrogateescape"))


def _plain(entry: Entry | None) -> list[str] | None:
    return None if entry is None else [entry.mode, entry.blob]


def _packed(data: bytes | None) -> str | None:
    return None if data is None else b2a_base64(zlib.compress(data, 1), newline=False).decode()


def _unpacked(text: str | None) -> bytes | None:
    return None if text is None else zlib.decompress(a2b_base64(text))
