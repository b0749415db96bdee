"""One git repository, asked through git itself: the only git import.

GitPython's own index code ignores filters and ``core.autocrlf`` (its issues 1189 and 1290), so
everything here is a git command.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from fastapply.core.errors import GitError
from fastapply.core.text import SourceText

if TYPE_CHECKING:
    from git import Repo

_PAUSES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8)  # seconds
_UNDERWAY = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
}
_SHA1 = 40  # characters of an id, unless the repository has chosen SHA-256
_NEW_FILE = "100644"
_NEW_PROGRAM = "100755"


@dataclass(frozen=True, slots=True)
class Entry:
    """A version of a file as git keeps it: mode, blob, and the stage of an unresolved merge.

    `overlooked`: git is told to see no change of the file (skip-worktree, assume-unchanged).
    """

    mode: str
    blob: str
    stage: int = 0
    overlooked: bool = field(default=False, compare=False)

    def gone(self) -> Entry:
        """What takes the entry out of an index."""
        return Entry("0", "0" * len(self.blob))

    def is_gone(self) -> bool:
        """Whether it takes an entry out."""
        return self.mode == "0"


class Indexed(NamedTuple):
    """What the index of the work tree `root` had of the file `name`, and what it got."""

    root: str
    name: str
    before: Entry | None
    after: Entry | None


@dataclass(frozen=True, slots=True)
class Repository:
    """A work tree at `root`, the repository behind it, and the git directory it uses.

    A bare repository (`opened`) has no work tree: its `root` is the git directory.
    """

    repo: Repo
    root: str
    git_dir: str

    def name_of(self, place: str, *, followed: bool) -> str | None:
        """The file at `place` as git names it; None where it is outside.

        `followed` says to name what a symbolic link leads to.
        """
        folder, name = os.path.split(os.path.abspath(place))
        real = os.path.realpath(place) if followed else os.path.join(os.path.realpath(folder), name)
        if os.path.commonpath([real, self.root]) != self.root:
            return None
        return os.path.relpath(real, self.root).replace(os.sep, "/")

    def index_entries(self, name: str) -> tuple[Entry, ...]:
        """What the index has of the file `name`."""
        words = ("ls-files", "--stage", "-v", "-z", "--", f":(literal){name}")
        rows = self.output(*words).split(b"\0")
        entries = []
        for row in filter(None, rows):
            head, _, found = row.partition(b"\t")
            if found == os.fsencode(name):
                tag, mode, blob, stage = head.decode().split()
                entries.append(Entry(mode, blob, int(stage), tag == "S" or tag.islower()))
        return tuple(entries)

    def head_entries(self, name: str) -> tuple[Entry, ...]:
        """What HEAD has of the file `name`."""
        if not self.has_head():
            return ()
        words = ("ls-tree", "-z", "--full-tree", "HEAD", "--", f":(literal){name}")
        rows = self.output(*words).split(b"\0")
        heads = (row.partition(b"\t") for row in filter(None, rows))
        return tuple(
            Entry(head.decode().split()[0], head.decode().split()[2])
            for head, _, found in heads
            if found == os.fsencode(name)
        )

    def has_head(self) -> bool:
        """Whether there is a commit yet."""
        from git import GitCommandError

        try:
            self.repo.git.rev_parse("--quiet", "--verify", "HEAD^{commit}")
        except GitCommandError:
            return False
        return True

    def holds(self, commit: str) -> bool:
        """Whether HEAD has the commit in its history."""
        from git import GitCommandError

        try:
            self.repo.git.merge_base("--is-ancestor", commit, "HEAD")
        except GitCommandError:
            return False
        return True

    def has_object(self, blob: str) -> bool:
        """Whether the blob is still there."""
        from git import GitCommandError

        try:
            self.repo.git.cat_file("-e", blob)
        except GitCommandError:
            return False
        return True

    def underway(self) -> str | None:
        """What the next commit would end instead of being one of its own: a merge, say."""
        for name, what in _UNDERWAY.items():
            if os.path.exists(os.path.join(self.git_dir, name)):
                return what
        return None

    def ignores(self, name: str) -> bool:
        """Whether git ignores the file, which it does not track."""
        from git import GitCommandError

        try:
            self.repo.git.check_ignore("--quiet", "--", f"./{name}")
        except GitCommandError as error:
            if error.status == 1:
                return False
            raise _translated(error) from error
        return True

    def mode_of(self, place: str) -> str:
        """The mode git gives the file at `place`."""
        return _NEW_PROGRAM if os.access(place, os.X_OK) else _NEW_FILE

    def blob(self, name: str, text: SourceText, *, write: bool = False) -> str:
        """The id of the blob that `text` is as the file `name`; kept where `write` says so."""
        flags = ["-w"] if write else []
        return self._run("hash-object", *flags, f"--path={name}", "--stdin", data=text.encode())

    def text(self, name: str, entry: Entry) -> bytes:
        """The bytes the file `name` would have in the work tree, were it of the version `entry`."""
        from git import GitCommandError

        try:
            found = self.repo.git.cat_file(
                "--filters",
                f"--path={name}",
                entry.blob,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
            )
        except GitCommandError as error:
            raise _translated(error) from error
        return bytes(found)

    def update_index(self, entries: Sequence[tuple[str, Entry]], index: str | None = None) -> None:
        """Put all `entries` into the index (the file `index`, where one is named), or none.

        Where another process holds the index, wait for it a moment, as git itself does not.
        """
        rows = (f"{entry.mode} {entry.blob}\t{name}\0" for name, entry in entries)
        data = b"".join(map(os.fsencode, rows))
        for pause in (*_PAUSES, None):
            try:
                self._run("update-index", "-z", "--index-info", data=data, index=index)
            except GitError as error:
                if pause is None or "index.lock': File exists" not in str(error):
                    raise
                time.sleep(pause)
            else:
                return

    def commit(self, entries: Sequence[tuple[str, Entry]], message: str, index: str) -> str:
        """Commit HEAD with `entries`, by way of the new index file `index`, hooks and all.

        Return the id of the commit.
        """
        self._run("read-tree", "HEAD" if self.has_head() else "--empty", index=index)
        self.update_index(entries, index)
        self._run("commit", "--quiet", "--message", message, index=index)
        return self._run("rev-parse", "HEAD")

    def output(self, command: str, *arguments: str) -> bytes:
        """What a git command prints, byte for byte; raise `GitError` where it fails."""
        from git import GitCommandError

        words = ["git", command, *arguments]
        try:
            found = self.repo.git.execute(
                words, stdout_as_string=False, strip_newline_in_stdout=False
            )
        except GitCommandError as error:
            raise _translated(error) from error
        return bytes(found)

    def object(self, blob: str) -> bytes:
        """The bytes of a blob as git keeps it; raise `GitError` where it is not to be had."""
        if len(blob) != _SHA1:  # GitPython's quick way knows no other names
            return self.output("cat-file", "blob", blob)
        try:
            *_, data = self.repo.git.get_object_data(blob)
        except ValueError as error:
            raise GitError(f"git has not got the blob {blob[:10]}", "") from error
        return bytes(data)

    def has_own_index(self) -> bool:
        """Whether we were called for another index than the repository's, as by `git commit -a`."""
        named = os.environ.get("GIT_INDEX_FILE")
        if named is None:
            return False
        return os.path.realpath(os.path.join(self.root, named)) != self.index_file

    @property
    def index_file(self) -> str:
        """Where the repository's index is."""
        return os.path.join(self.git_dir, "index")

    def _run(
        self, command: str, *arguments: str, data: bytes = b"", index: str | None = None
    ) -> str:
        from git import GitCommandError

        words = ["git", command, *arguments]
        env = {} if index is None else {"GIT_INDEX_FILE": index}
        try:
            with tempfile.TemporaryFile() as stdin:
                stdin.write(data)
                stdin.seek(0)
                found = self.repo.git.execute(words, istream=stdin, env=env)
        except GitCommandError as error:
            raise _translated(error) from error
        return str(found)


@contextmanager
def opened(place: str, path: str, *, bare: bool = False) -> Iterator[Repository | None]:
    """The repository whose work tree holds the file at `place`, named `path`; None: there is none.

    With `bare` one that has no work tree will do. Raise `GitError` where git will not work with it.
    """
    try:
        from git import InvalidGitRepositoryError, NoSuchPathError, Repo
    except ImportError as error:  # GitPython looks for the git program when it is imported
        raise GitError("the program git is not to be found: is it on the PATH?", path) from error
    try:
        repo = Repo(_folder_of(place), search_parent_directories=True)
    except (InvalidGitRepositoryError, NoSuchPathError):
        yield None
        return
    try:
        if repo.working_tree_dir is None and not bare:
            yield None
            return
        git_dir = os.path.realpath(repo.git_dir)
        root = os.path.realpath(repo.working_tree_dir or git_dir)
        repo.git.update_environment(**_environment(root, git_dir))
        yield Repository(repo, root, git_dir)
    finally:
        repo.close()


def _folder_of(place: str) -> str:
    """The nearest folder above the file itself that is there."""
    folder = os.path.dirname(os.path.realpath(place))
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    return folder


def _environment(root: str, git_dir: str) -> dict[str, str]:
    """What holds git to this repository, whatever hook or worktree we were called from."""
    fixed = {"GIT_DIR": git_dir, "GIT_WORK_TREE": root}
    index = os.environ.get("GIT_INDEX_FILE")
    if index is not None:
        # An index beside a HEAD is that of a repository, which need not be this one.
        ours = os.environ.get("GIT_DIR") or os.path.dirname(index)
        is_repository = os.path.exists(os.path.join(ours, "HEAD"))
        if is_repository and os.path.realpath(ours) != git_dir:
            fixed["GIT_INDEX_FILE"] = os.path.join(git_dir, "index")
    return fixed


def _translated(error: Exception) -> GitError:
    text = str(getattr(error, "stderr", error)).strip()
    quoted = re.fullmatch(r"stderr: '(.*)'", text, re.DOTALL)  # as GitPython has it
    return GitError(f"git failed: {' '.join((quoted[1] if quoted else text).split())}", "")
