"""Lazy snippets: the code fences of a document, and which of them are edits.

Every fence that is no other format is a fragment of a file, except

- commands to type and their output (by language, prompt or the words before), unless the file
  itself is such;
- code in a language that is not the file's, where another fence is in the file's;
- code that the prose calls old, current or a sample of use, where another fence is the edit;
- pairs of old and new code, which are hunks (`labels`).

Without any fence the document itself is the fragment, if it looks like code; a document of prose
may hold indented blocks (`indented`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from fastapply.core.edits import Edit, FileEdit, Hunk, Op, Sketch, Span, Step, WholeFile
from fastapply.core.errors import MalformedEditError
from fastapply.core.regex import regex
from fastapply.formats import search_replace
from fastapply.formats.elisions import is_elision, steps_of_halves
from fastapply.formats.fences import End, Fence
from fastapply.formats.labels import Label, Sequel, comment_sequel, label, sequel
from fastapply.formats.languages import (
    PLAIN,
    SHELL,
    family_of_language,
    family_of_path,
    holds_prose,
    mistaken,
    parts_of,
)
from fastapply.formats.paths import path_in_comment
from fastapply.formats.whole_file import NAME as WHOLE
from fastapply.formats.whole_file import is_whole, said_complete, says_complete

NAME = "snippet"

_PROMPT = regex(r"^\s*(?:\$|>>>|PS [^>]*>|[\u276f\u279c]|C:\\>)(?:\s|$)")
_COMMAND = regex(
    r"^\s*(?:sudo |time |env |[A-Z_]+=\S+ )*(?:npm|npx|pnpm|yarn|bun|deno|node|pip3?|pipx|uv|poetry"
    r"|conda|python3?|pytest|tox|ruff|mypy|git|gh|cd|ls|cat|cp|mv|rm|mkdir|touch|curl|wget|docker"
    r"|kubectl|make|cmake|ninja|cargo|rustup|go|gofmt|mvn|gradle|\./gradlew|bundle|gem|rake|rails"
    r"|composer|php|brew|apt|apt-get|dnf|chmod|export|source|echo|tsc|eslint|prettier|jest|vitest"
    r"|dotnet|swift|terraform|ansible\S*|helm|\./\S+)(?:\s+\S|$)"
)


# What fences of commands and their output are labelled as.
_UNTYPED = (None, PLAIN, SHELL, "console", "powershell")


class Code(NamedTuple):
    """A fence that is no other format's, with the text before it.

    `path` is the one its document gives it, `stated` says that this stands right at the fence,
    `unlike` that it is labelled as text or commands (or not at all) where others are as code, or
    edits of another format;
    `taken_off` are the lines above the code that named the file.
    """

    fence: Fence
    lines: tuple[str, ...]
    at: Span
    path: str | None
    stated: bool
    prose: str
    unlike: bool = False
    taken_off: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        """The info word, or ""."""
        return self.fence.opening.language


def code_of(fence: Fence, lines: Sequence[str], path: str | None, prose: str) -> Code:
    """A fence as code; a first comment line that names a file is taken off."""
    content = fence.content(lines)
    start = fence.at.start
    stated = path is not None
    taken_off: tuple[str, ...] = ()
    first = next((i for i, line in enumerate(content) if line.strip()), None)
    if first is not None and (named := path_in_comment(content[first])) is not None:
        path, stated = path or named, True
        first += 1
        while first < len(content) and not content[first].strip():
            first += 1
        taken_off, content, start = content[:first], content[first:], start + first
    at = Span(min(start, fence.at.stop), fence.at.stop)
    return Code(fence, content, at, path, stated, prose, taken_off=taken_off)


def edits_of_codes(
    codes: Sequence[Code], after: str, target: str | None, others: bool
) -> list[FileEdit]:
    """The edits that the fences are; `after` is the text after the last.

    `others` says that the document holds edits of other formats too.
    """
    chosen = _with_contrast(_candidates(codes, target, others), others)
    result: list[FileEdit] = []
    index = 0
    while index < len(chosen):
        code = chosen[index]
        following = chosen[index + 1] if index + 1 < len(chosen) else None
        meaning = label(code.prose)
        index += 1
        if (halves := _halves(code)) is not None:
            result.append(halves)
            continue
        if (pair := _pair(code, following, meaning)) is not None:
            result.append(pair)
            index += 1
            continue
        if meaning is Label.DELETED and _spelt_out(code):
            steps = tuple(Step(Op.DROP, line) for line in code.lines)
            result.append(_file_edit(code, Hunk(steps, code.at)))
        elif not _only_shows(code, following, meaning, alone=not (result or others)):
            result.append(_fragment(code, after if following is None else ""))
    return result


def _only_shows(code: Code, following: Code | None, meaning: Label, *, alone: bool) -> bool:
    """Whether a fence shows what is there, or how to use what is new, while another is the edit."""
    if meaning in (Label.OLD, Label.CURRENT, Label.LOCATED):
        return following is not None and _resembles(code, following)
    if code.stated or (alone and following is None):
        return False
    return meaning is Label.SAMPLE or (meaning is Label.OUTPUT and code.unlike)


def _resembles(old: Code, new: Code) -> bool:
    """Whether new code repeats enough of the old to be its next version."""
    before = {line.strip() for line in old.lines if len(line.strip()) > 2}
    after = {line.strip() for line in new.lines}
    return 3 * len(before & after) >= len(before)


def _candidates(codes: Sequence[Code], target: str | None, others: bool) -> list[Code]:
    """The fences that can be edits, by language and look."""
    fits: dict[Fit, list[Code]] = {fit: [] for fit in Fit}
    for code in codes:
        if any(line.strip() for line in code.lines):
            fits[_fit(code, code.path or target)].append(code)
    if fits[Fit.YES] or others:
        return fits[Fit.YES]
    return fits[Fit.MISTAKEN] or fits[Fit.STRANGE]


def _with_contrast(codes: Sequence[Code], others: bool) -> list[Code]:
    """The fences, those without a programming language marked where another edit has one."""
    plain = [family_of_language(code.language) in _UNTYPED for code in codes]
    if all(plain) and not others:
        return list(codes)
    return [code._replace(unlike=mark) for code, mark in zip(codes, plain, strict=True)]


class Fit(Enum):
    """Whether a fence can hold text of a file, by its label and its look."""

    YES = "yes"
    MISTAKEN = "with a label that models mistake for the right one"
    STRANGE = "with another language's label"
    COMMAND = "no: commands or output"


def _fit(code: Code, goal: str | None) -> Fit:
    language = family_of_language(code.language)
    wanted = family_of_path(goal) if goal is not None else None
    commands = _is_command(code) and not (wanted == SHELL and not _typed(code))
    if code.stated and not (wanted == SHELL and commands):
        return Fit.YES
    if commands and (language in _UNTYPED or language != wanted):
        scripted = wanted == SHELL and not _prompted(code) and label(code.prose) is not Label.OUTPUT
        return Fit.STRANGE if scripted else Fit.COMMAND
    if language is None and code.language and wanted is not None:
        return Fit.MISTAKEN
    if language in (None, PLAIN) or language == wanted:
        return Fit.YES
    if wanted is None and language not in _UNTYPED:
        return Fit.YES
    if wanted is not None and language in parts_of(wanted):
        return Fit.YES
    return Fit.MISTAKEN if wanted is not None and mistaken(language, wanted) else Fit.STRANGE


def _is_command(code: Code) -> bool:
    language = family_of_language(code.language)
    if language == "console" or _typed(code):
        return True
    return language == SHELL and label(code.prose) is Label.OUTPUT


def _typed(code: Code) -> bool:
    """Whether there are prompts, or every line is something to type at one."""
    if family_of_language(code.language) not in _UNTYPED:
        return False
    shown = [line for line in code.lines if line.strip() and not line.lstrip().startswith("#")]
    few = 0 < len(shown) <= 5
    return _prompted(code) or (few and all(_COMMAND.match(line) for line in shown))


def _prompted(code: Code) -> bool:
    first = next((line for line in code.lines if line.strip()), "")
    return family_of_language(code.language) in _UNTYPED and _PROMPT.match(first) is not None


def _halves(code: Code) -> FileEdit | None:
    """The hunk that a fence is whose comments say ``# Before`` and ``# After``."""
    if not code.lines or comment_sequel(code.lines[0]) is not False:
        return None
    says = [i for i, line in enumerate(code.lines) if comment_sequel(line) is not None]
    if len(says) != 2 or not comment_sequel(code.lines[says[1]]):
        return None
    old, new = _trimmed(code.lines[1 : says[1]]), _trimmed(code.lines[says[1] + 1 :])
    return _file_edit(code, Hunk(steps_of_halves(old, new), code.at)) if old else None


def _trimmed(lines: tuple[str, ...]) -> tuple[str, ...]:
    start, stop = 0, len(lines)
    while stop and not lines[stop - 1].strip():
        stop -= 1
    while start < stop and not lines[start].strip():
        start += 1
    return lines[start:stop]


def _pair(code: Code, following: Code | None, meaning: Label) -> FileEdit | None:
    """The hunk that two fences are, old and new; None where the words do not make them a pair."""
    if following is None or (following.stated and following.path != code.path):
        return None
    then = sequel(following.prose)
    at = Span(code.at.start, following.at.stop)
    old, new = code.lines, following.lines
    if meaning is Label.OLD and then is Sequel.NEW:
        return _file_edit(code, Hunk(steps_of_halves(old, new), at))
    if meaning not in (Label.OLD, Label.LOCATED) or not (
        _spelt_out(code) and _spelt_out(following)
    ):
        return None
    keeps = tuple(Step(Op.KEEP, line) for line in old)
    adds = tuple(Step(Op.ADD, line) for line in new)
    if then is Sequel.BELOW:
        return _file_edit(code, Hunk(keeps + adds, at))
    if then is Sequel.ABOVE:
        return _file_edit(code, Hunk(adds + keeps, at))
    return None


def _spelt_out(code: Code) -> bool:
    return not any(is_elision(line) for line in code.lines)


def _file_edit(code: Code, edit: Edit) -> FileEdit:
    return FileEdit(code.path, (edit,), NAME, edit.at)


def _fragment(code: Code, after: str) -> FileEdit:
    """A fence as a sketch, or as the whole file where that is beyond doubt."""
    if search_replace.is_torn(code.lines):
        raise MalformedEditError("the end of a SEARCH block without its beginning", code.at)
    if code.fence.end is End.DOCUMENT and not _ends_complete(code.lines):
        raise MalformedEditError(
            f"the code fence opened in line {code.fence.opening.line + 1} is not closed: "
            "is it cut off?",
            code.at,
        )
    says = says_complete(code.prose) or said_complete(after)
    if code.fence.end is End.SIGN and says and is_whole(code.lines, named=code.stated):
        whole = WholeFile(code.lines, code.at, code.taken_off)
        return FileEdit(code.path, (whole,), WHOLE, code.at)
    prose = f"{code.prose}\n{after}".strip()
    return _file_edit(code, Sketch(code.lines, code.at, code.language, prose))


def _ends_complete(lines: Sequence[str]) -> bool:
    """Whether code that the document's end closes is complete beyond doubt.

    Its last line stands for the rest, or closes what its first line opened.
    """
    shown = [line for line in lines if line.strip()]
    if not shown:
        return False
    if is_elision(shown[-1]):
        return True
    text = "\n".join(lines)
    balanced = all(text.count(left) == text.count(right) for left, right in ("()", "[]", "{}"))
    first, last = (len(line) - len(line.lstrip()) for line in (shown[0], shown[-1]))
    return balanced and first == last and len(shown) > 1 and bool(_CLOSING.match(shown[-1]))


_CLOSING = regex(r"^\s*(?:[)\]}]|</|end\b|fi$|done$|esac$)")
_SENTENCE = regex(r"^[A-Z`*][^{};]* [^{};]*[.:!?]$")
_CODE_SIGN = regex(r"[{}();=<>\[\]]|^\s*(?:#|//|def |class |import |from |func |fn |- |\w+:)", re.M)


def bare_document(lines: Sequence[str], target: str | None) -> FileEdit | None:
    """The document itself as a sketch, where it has no fence and looks like code.

    Raise `MalformedEditError` where it is the rest of a SEARCH block.
    """
    shown = [line for line in lines if line.strip()]
    if search_replace.is_torn(shown):
        raise MalformedEditError(
            "the end of a SEARCH block without its beginning", Span(0, len(lines))
        )
    if target is None or not shown:
        return None
    code = sum(bool(_CODE_SIGN.search(line[:300])) or line[0] in " \t" for line in shown)
    prose = sum(map(reads_as_prose, shown))
    if code * 2 < len(shown) or prose >= code:
        return None
    if reads_as_prose(shown[0]) and not holds_prose(target):
        return None
    start = next(index for index, line in enumerate(lines) if line.strip())
    stop = len(lines)
    while not lines[stop - 1].strip():
        stop -= 1
    path = path_in_comment(lines[start])
    if path is not None:
        start += 1
        while start < stop and not lines[start].strip():
            start += 1
    at = Span(start, stop)
    return FileEdit(path, (Sketch(tuple(lines[start:stop]), at),), NAME, at)


def reads_as_prose(line: str) -> bool:
    """Whether a line is a sentence, or what introduces code."""
    text = line.strip()[:400]
    return line[:1] not in " \t" and _SENTENCE.match(text) is not None
