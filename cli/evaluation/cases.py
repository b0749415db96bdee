"""Case folders: an edit document, the files it is about, and what shall come of it.

    case     = about "edit.md" ( one | several ) [ refusal ]
    about    = [ "case.json" ]                    id, path, format, style; all may be left out
    one      = ("original." | "before.") EXT      { ("final" | "after" | "ideal") ["-" N] "." EXT }
    several  = [ "input/" ]                       [ "expected/" ]
    refusal  = "refuse" | ("expect" | "ideal") ".toml"    these with the `reason`, maybe a `path`

Two finals are two right answers. What looks like a case and is none becomes a `Fault`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_BEFORE = re.compile(r"(original|before)(\.[^.]+)?")
_AFTER = re.compile(r"(final|after|ideal)(-\w+)?(\.[^.]+)?")
_SIGNS = frozenset({"case.json", "edit.md", "expect.toml", "refuse", "input", "expected"})
_REASON = re.compile(r'(reason|path)\s*=\s*"([^"\n]*)"\s*')


@dataclass(frozen=True, slots=True)
class Case:
    """One case. `files` are there before, by path; `target` is the file to name, None for none.

    `finals` are the right answers, each all files there are then; none means that the document
    must be refused, for `reason` where one is given.
    """

    id: str
    folder: Path
    target: str | None
    path: str
    format: str
    style: str
    files: Mapping[str, bytes]
    finals: tuple[Mapping[str, bytes], ...]
    reason: str
    digest: str

    @property
    def document(self) -> Path:
        """Where the edit document is."""
        return self.folder / "edit.md"

    @property
    def original(self) -> bytes:
        """The file the case is about, as it is before; empty where there is none."""
        return self.files.get(self.path, b"")


@dataclass(frozen=True, slots=True)
class Fault:
    """A folder that is no case, and why."""

    folder: Path
    why: str


def read_cases(roots: Iterable[Path]) -> tuple[tuple[Case, ...], tuple[Fault, ...]]:
    """The cases at or below `roots`, in the order of their paths, and what is broken there."""
    cases: dict[str, Case] = {}
    faults: list[Fault] = []
    for root in roots:
        for folder in _folders(root):
            try:
                case = read_case(folder, root)
            except (OSError, ValueError) as error:
                faults.append(Fault(folder, _said(error)))
                continue
            same = cases.setdefault(case.id, case)
            if same is not case:
                faults.append(Fault(folder, f"has the id {case.id!r} of {same.folder}"))
    return tuple(cases.values()), tuple(faults)


def read_case(folder: Path, root: Path) -> Case:
    """The case that `folder` holds; raise `ValueError` or `OSError` where it holds none."""
    if not folder.is_dir():
        raise ValueError("there is no such folder")
    about = _about(folder)
    expect = _expect(folder / "expect.toml") or _expect(folder / "ideal.toml")
    reason = expect.get("reason", "")
    if not (folder / "edit.md").is_file():
        raise ValueError("no edit.md" if any(folder.iterdir()) else "an empty folder")
    before = _only(folder, _BEFORE)
    if before is not None:
        suffix = "".join(before.suffixes)
        path = os.path.normpath(about.get("path") or expect.get("path") or f"src/example{suffix}")
        files: Mapping[str, bytes] = {path: before.read_bytes()}
        finals = tuple(
            {path: final.read_bytes()}
            for final in _all(folder, _AFTER)
            if final.suffix == suffix or final.name != "ideal.toml"
        )
    else:
        path = os.path.normpath(about.get("path") or "file")
        if not (folder / "input").is_dir() and "path" not in about:
            raise ValueError("no original (original.EXT, before.EXT or input/)")
        files = _tree(folder / "input")
        finals = (_tree(folder / "expected"),) if (folder / "expected").is_dir() else ()
    _check_path(path)
    refusal = bool(reason) or (folder / "refuse").exists()
    if refusal == bool(finals):
        raise ValueError("a final and a refusal" if finals else "no final, and no refusal")
    return Case(
        id=about.get("id") or _name(folder, root),
        folder=folder,
        target=path if before is not None else None,
        path=path,
        format=about.get("format") or _format(folder),
        style=about.get("style", ""),
        files=files,
        finals=finals,
        reason=reason,
        digest=_digest((folder / "edit.md").read_bytes(), files, finals, reason),
    )


def _folders(root: Path) -> Iterator[Path]:
    """The folders at or below `root` that hold a case, or nothing at all.

    Links are followed, but for those to a folder that the way there leads through.
    """
    if not root.is_dir():
        yield root
        return
    for place, folders, files in os.walk(root, followlinks=True):
        here = os.path.realpath(place)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and not _leads_back(os.path.join(place, name), here)
        )
        names = {*files, *folders}
        leaf = not folders
        if leaf or names & _SIGNS or any(_BEFORE.fullmatch(name) for name in files):
            folders.clear()
            yield Path(place)


def _leads_back(folder: str, here: str) -> bool:
    """Whether `folder`, seen in `here`, is a link to that or to a folder it lies in."""
    target = os.path.realpath(folder)
    return os.path.islink(folder) and os.path.commonpath([target, here]) == target


def _about(folder: Path) -> Mapping[str, str]:
    """What `case.json` says, as far as it is of use here."""
    path = folder / "case.json"
    if not path.exists():
        return {}
    try:
        values = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise ValueError(f"case.json is no JSON: {error}") from error
    if not isinstance(values, dict):
        raise ValueError("case.json is no object")
    words = ("id", "path", "format", "style")
    for word in words:
        if not isinstance(values.get(word, ""), str):
            raise ValueError(f"case.json: {word} is no text")
    return {word: values[word] for word in words if values.get(word)}


def _expect(path: Path) -> Mapping[str, str]:
    """What `expect.toml` says: it is but words in quotes, and Python 3.10 reads no TOML."""
    if not path.exists():
        return {}
    found = {}
    for line in path.read_text("utf-8").splitlines():
        match = _REASON.fullmatch(line.partition("#")[0])
        if match is not None:
            found[match[1]] = match[2]
        elif line.partition("#")[0].strip():
            raise ValueError(f"expect.toml: not a reason or a path in quotes: {line}")
    return found


def _only(folder: Path, pattern: re.Pattern[str]) -> Path | None:
    found = _all(folder, pattern)
    if len(found) > 1:
        raise ValueError(f"several originals: {', '.join(path.name for path in found)}")
    return found[0] if found else None


def _all(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    return sorted(
        path for path in folder.iterdir() if pattern.fullmatch(path.name) and path.is_file()
    )


def _tree(folder: Path) -> dict[str, bytes]:
    """The files below `folder`, by their paths in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _check_path(path: str) -> None:
    if os.path.isabs(path) or path.split(os.sep)[0] in ("..", "."):
        raise ValueError(f"a path that leads outside: {path}")


def _name(folder: Path, root: Path) -> str:
    inside = folder.relative_to(root).as_posix()
    return folder.name if inside == "." else inside


def _format(folder: Path) -> str:
    """The format of a case that does not say it: the folder above is named like it, or it shows."""
    from fastapply.cli.document import read_document
    from fastapply.core.errors import FastApplyError
    from fastapply.formats import FORMATS, parse

    if folder.parent.name in FORMATS:
        return folder.parent.name
    try:
        return parse(read_document(str(folder / "edit.md"))).files[0].format
    except FastApplyError:
        return "unknown"


def _digest(
    document: bytes,
    files: Mapping[str, bytes],
    finals: Iterable[Mapping[str, bytes]],
    reason: str,
) -> str:
    digest = hashlib.sha256()
    for part in (document, reason.encode()):
        digest.update(b"%d:" % len(part) + part)
    for tree in (files, *finals):
        for path, data in tree.items():
            digest.update(b"%s\0%d:" % (path.encode("utf-8", "surrogateescape"), len(data)) + data)
        digest.update(b"\n")
    return digest.hexdigest()[:16]


def _said(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"cannot read {error.filename}: {error.strerror}"
    return str(error)
