"""What an answer is worth: exact, equivalent, refused or wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from fastapply.cli.evaluation.cases import Case
from fastapply.cli.evaluation.records import Verdict
from fastapply.core.syntax.trees import language_of, same_tree
from fastapply.core.text import SourceText


class Answer(NamedTuple):
    """The files there are after a case, and the `reason` where the document was refused."""

    files: Mapping[str, bytes]
    reason: str = ""


def judge(case: Case, answer: Answer) -> Verdict:
    """Compare `answer` with what `case` wants."""
    if answer.reason:
        if answer.files != case.files:
            return Verdict.WRONG
        as_wanted = not case.finals and case.reason in ("", answer.reason)
        return Verdict.EXACT if as_wanted else Verdict.REFUSED
    if answer.files in case.finals:
        return Verdict.EXACT
    if any(_essences(answer.files) == _essences(final) for final in case.finals):
        return Verdict.EQUIVALENT
    return Verdict.WRONG


def has_right_tree(case: Case, answer: Answer) -> bool:
    """Whether every file has the syntax tree of a final, so that only layout differs."""
    return not answer.reason and any(_same_trees(answer.files, final) for final in case.finals)


def _essences(files: Mapping[str, bytes]) -> Mapping[str, list[bytes]]:
    """The files without blank lines and trailing spaces."""
    return {
        path: [line.rstrip() for line in data.splitlines() if line.strip()]
        for path, data in files.items()
    }


def _same_trees(ours: Mapping[str, bytes], theirs: Mapping[str, bytes]) -> bool:
    if ours.keys() != theirs.keys():
        return False
    for path, data in ours.items():
        language = language_of(path)
        if data == theirs[path]:
            continue
        texts = SourceText.decode(data).lines, SourceText.decode(theirs[path]).lines
        if language is None or not same_tree(*texts, language):
            return False
    return True
