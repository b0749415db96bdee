"""The whole story: parse, read, merge or rewrite, check, write, stage."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import TypeAlias

from fastapply.core.edits import Action, FileEdit, WholeFile
from fastapply.core.errors import (
    CheckError,
    EditError,
    MalformedEditError,
    NoPathError,
    UnresolvedError,
    UnwritableError,
    WorkspaceError,
)
from fastapply.core.plan import Plan
from fastapply.core.ports import Change, JointRewriter, Parser, Rewriter, Unmerged, Workspace
from fastapply.core.result import Candidate, Placement, Unresolved
from fastapply.core.text import SourceText


class Engine(Enum):
    """Which methods may answer: the merge, the model, or the model where the merge can't."""

    AUTO = "auto"
    MERGE = "merge"
    REWRITE = "rewrite"


@dataclass(frozen=True, slots=True)
class Options:
    """What the user chose. `files` are the files named; none means the document names them."""

    files: tuple[str, ...] = ()
    engine: Engine = Engine.AUTO
    dry_run: bool = False
    stage: bool = True


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file; `status` is a word for people and for ``--json``."""

    change: Change
    status: str
    method: str
    placements: tuple[Placement, ...] = ()
    stats: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the document; `notes` are worth saying but change nothing."""

    files: tuple[FileOutcome, ...]
    notes: tuple[str, ...] = ()


Accept: TypeAlias = Callable[[tuple[Change, ...]], tuple[Change, ...]]

_Story: TypeAlias = Generator[Unmerged, Candidate, FileOutcome]
"""What becomes of one file: where the merge does not do, it asks for a candidate."""


def run(
    document: str,
    *,
    workspace: Workspace,
    parse: Parser,
    rewriter: Rewriter | None,
    options: Options,
    accept: Accept | None = None,
) -> Outcome:
    """Apply `document`, all of it or nothing; raise a `FastApplyError` where it does not fit.

    `accept` may narrow the changes before they are written (``--interactive``).
    """
    target = options.files[0] if len(options.files) == 1 else None
    try:
        parsed = parse(document, target=target)
        chosen, notes = _choose(parsed.files, options.files, workspace)
        stories = [_apply(path, edit, workspace, rewriter, options) for path, edit in chosen]
        files = _resolved(stories, rewriter)
    except RecursionError as error:
        raise EditError("the document or a file is nested too deeply to be understood") from error
    changes = tuple(file.change for file in files if file.status != "unchanged")
    if accept is not None and changes:
        changes = accept(changes)
        kept = {change.path: change for change in changes}
        files = tuple(
            replace(file, change=kept.get(file.change.path, file.change))
            for file in files
            if file.change.path in kept or file.status == "unchanged"
        )
    if options.dry_run or not changes:
        return Outcome(files, notes)
    workspace.write(changes)
    if options.stage:
        notes += workspace.stage(changes)
    return Outcome(files, notes)


def _choose(
    edits: tuple[FileEdit, ...], files: tuple[str, ...], workspace: Workspace
) -> tuple[tuple[tuple[str, FileEdit], ...], tuple[str, ...]]:
    """Which file each edit is for, and notes about edits left out.

    Without `files` the document's paths hold. With them, an edit goes to the file its path ends
    like; an edit that names none goes to the only file.
    """
    if not files:
        return _joined([(_named(edit, workspace), edit) for edit in edits]), ()
    chosen: list[tuple[str, FileEdit]] = []
    notes: list[str] = []
    named = {edit.path for edit in edits if edit.path is not None}
    for edit in edits:
        matching = [file for file in files if edit.path is None or _same_file(file, edit.path)]
        if not matching and len(files) == 1 and len(named) == 1:
            matching = list(files)
        if len(matching) == 1:
            chosen.append((matching[0], edit))
        elif matching:
            raise NoPathError("the edit names no file, and several were given", edit.at)
        else:
            notes.append(f"{edit.path} was not among the files given: its edits were left out")
    if not chosen:
        others = f"edits for {', '.join(sorted(named))}" if named else "edits"
        raise NoPathError(f"the document holds {others}, but none for {', '.join(files)}")
    return _joined(chosen), tuple(notes)


def _joined(chosen: list[tuple[str, FileEdit]]) -> tuple[tuple[str, FileEdit], ...]:
    """One entry a file: updates of the same file become one, in document order."""
    joined: dict[str, FileEdit] = {}
    for path, edit in chosen:
        first = joined.get(path)
        if first is None:
            joined[path] = edit
        elif first.action is edit.action is Action.UPDATE and not (first.move_to or edit.move_to):
            joined[path] = replace(first, edits=(*first.edits, *edit.edits))
        else:
            raise MalformedEditError(f"the document asks for several things of {path}", edit.at)
    return tuple(joined.items())


def _named(edit: FileEdit, workspace: Workspace) -> str:
    if edit.path is None:
        raise NoPathError("the edit names no file: say which, as in `fastapply FILE`", edit.at)
    return workspace.resolve(edit.path)


def _same_file(file: str, path: str) -> bool:
    """Whether one of the two paths ends with the other, part by part."""
    ours, theirs = (posixpath.normpath(p.replace("\\", "/")).split("/") for p in (file, path))
    shared = min(len(ours), len(theirs))
    return ours[-shared:] == theirs[-shared:]


def _resolved(stories: Sequence[_Story], rewriter: Rewriter | None) -> tuple[FileOutcome, ...]:
    """The outcomes; the files that need a model wait for the merge of all others."""
    outcomes: dict[int, FileOutcome] = {}
    unmerged: dict[int, Unmerged] = {}
    for number, story in enumerate(stories):
        try:
            unmerged[number] = next(story)
        except StopIteration as end:
            outcomes[number] = end.value
    candidates = _rewritten(tuple(unmerged.values()), rewriter)
    for number, candidate in zip(unmerged, candidates, strict=True):
        try:
            stories[number].send(candidate)
        except StopIteration as end:
            outcomes[number] = end.value
    return tuple(outcomes[number] for number in range(len(stories)))


def _rewritten(files: Sequence[Unmerged], rewriter: Rewriter | None) -> Iterator[Candidate]:
    """The model's candidates, all at once where it can."""
    if rewriter is not None and len(files) > 1 and isinstance(rewriter, JointRewriter):
        yield from rewriter.rewrite_all(files)
    elif rewriter is not None:
        for one in files:
            yield rewriter.rewrite(one.path, one.text, one.edit, one.unresolved)


def _apply(
    path: str,
    edit: FileEdit,
    workspace: Workspace,
    rewriter: Rewriter | None,
    options: Options,
) -> _Story:
    """Work out what `edit` makes of the file `path`, and whether to believe it."""
    before = workspace.read(path)
    move_to = workspace.resolve(edit.move_to) if edit.move_to else None
    if move_to == path:
        move_to = None
    if move_to is not None and workspace.read(move_to) is not None:
        raise UnwritableError(f"cannot move {path} to {move_to}: it exists", move_to)
    if edit.action is Action.DELETE:
        if before is None:
            raise WorkspaceError(f"cannot delete {path}: no such file", path)
        return FileOutcome(Change(path, before, None), "deleted", "merge")
    if before is None:
        return _create(path, edit)
    if edit.action is Action.CREATE and before.lines:
        raise UnwritableError(f"cannot create {path}: it exists", path)
    edit = _understood(edit, before.lines)
    candidate = _candidate(path, before, edit, rewriter, options.engine)
    if isinstance(candidate, Unmerged):
        candidate = yield candidate
    _believe(path, before, edit, candidate)
    if not candidate.plan.replacements and move_to is None:
        status = "unchanged"
    else:
        status = "applied" if move_to is None else "moved"
    change = Change(path, before, candidate.text, candidate.plan, move_to)
    return FileOutcome(change, status, candidate.method, candidate.placements, candidate.stats)


def _understood(edit: FileEdit, lines: Sequence[str]) -> FileEdit:
    """What `edit` says, as far as that takes the file of `lines` to tell."""
    from fastapply.core.hunks.part_lines import as_whole_lines
    from fastapply.core.hunks.signed import as_signed
    from fastapply.core.spelling import as_spelt

    return as_spelt((as_signed if edit.is_diff else as_whole_lines)(edit, lines), lines)


def _create(path: str, edit: FileEdit) -> FileOutcome:
    """A file that is not there yet: only an edit that needs nothing of it can make it."""
    from fastapply.core.create import content_of

    lines = content_of(edit)
    if lines is None:
        raise WorkspaceError(f"cannot edit {path}: no such file", path)
    text = SourceText.from_str("".join(f"{line}\n" for line in lines))
    plan = Plan()
    _believe(path, None, edit, Candidate(text, plan, "merge"))
    return FileOutcome(Change(path, None, text), "created", "merge")


def _candidate(
    path: str, before: SourceText, edit: FileEdit, rewriter: Rewriter | None, engine: Engine
) -> Candidate | Unmerged:
    """The merge's text; where it is not allowed or cannot decide, what to ask the model."""
    from fastapply.core.merge import merge

    unresolved: Unresolved | None = None
    whole = any(isinstance(part, WholeFile) for part in edit.edits)
    if engine is not Engine.REWRITE or rewriter is None or whole:
        merged = merge(before, edit, path)
        if not isinstance(merged, Unresolved):
            text = merged.plan.apply(before)
            return Candidate(text, merged.plan, "merge", merged.placements)
        unresolved = merged
    if rewriter is None or (engine is Engine.MERGE and unresolved is not None):
        raise UnresolvedError(path, unresolved.failures if unresolved else ())
    return Unmerged(path, before, edit, unresolved)


def _believe(path: str, before: SourceText | None, edit: FileEdit, candidate: Candidate) -> None:
    """Raise `CheckError` unless the check believes `candidate`."""
    from fastapply.core.check import check
    from fastapply.core.syntax.trees import language_of

    findings = check(before, edit, candidate, language_of(path))
    if findings:
        raise CheckError(path, findings)
