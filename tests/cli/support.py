"""What the tests of the command line share: how a call ended, a real repository, documents."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SOURCE = "".join(f"line {number}\n" for number in range(1, 31))


@dataclass(frozen=True)
class Ended:
    """How a call ended: exit code, stdout, stderr."""

    code: int
    out: bytes
    err: str


Run = Callable[..., Ended]


class GitRepository:
    """A real repository in a temporary folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self("init", "--quiet", "--initial-branch=main")

    def __call__(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, capture_output=True, text=True, check=False
        )
        if check and done.returncode:
            raise AssertionError(done.stderr)
        return done.stdout

    def write(self, path: str, text: str | bytes) -> Path:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return place

    def commit(self, **files: str) -> None:
        for name, text in files.items():
            self.write(name.replace("__", "."), text)
        self("add", "--all")
        self("commit", "--quiet", "--message", "before")

    def status(self) -> str:
        return self("status", "--porcelain")

    def staged(self, path: str) -> str:
        return self("show", f":{path}")


def block(old: str, new: str, path: str = "") -> str:
    """An edit document of one SEARCH/REPLACE block."""
    head = f"{path}\n" if path else ""
    return f"{head}```\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n```\n"


EDIT = block("line 10\n", "line ten\n")
"""Changes line 10 of `SOURCE`."""

EDITED = SOURCE.replace("line 10\n", "line ten\n")
