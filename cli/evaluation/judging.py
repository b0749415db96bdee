"""A judge for results that are not exact: a model on a server, asked by written guidelines.

Only asked for, never needed: a judge that is down, slow or answers nonsense costs its opinion, and
nothing else. Case and result go to its server; its key comes from the environment and goes to no
other.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import TYPE_CHECKING

from fastapply.cli.evaluation.cases import Case
from fastapply.cli.evaluation.opinions import Opinion, read_opinion
from fastapply.cli.evaluation.records import Record
from fastapply.cli.evaluation.results import ResultsFile
from fastapply.cli.render import Bar
from fastapply.core.errors import ModelError, OptionsError

if TYPE_CHECKING:
    from fastapply.models.remote.http import Http

KEY = "FASTAPPLY_JUDGE_KEY"
NONSENSE = "answered what is no opinion"
GIVEN_UP = "not asked, as it failed three times in a row"
_PATIENCE = 3
_CHARACTERS = 4  # in a token, about
_REMINDER = "Answer with the JSON object alone: three scores from 1 to 5, and why."


@dataclass(frozen=True, slots=True)
class Judge:
    """The model called `name` behind `http`."""

    http: Http
    name: str

    @property
    def label(self) -> str:
        """What it is called in results: server and model."""
        return f"{self.http.address.host}#{self.name}"

    def ask(self, case: Case, result: str) -> Opinion | None:
        """What it says of `result`, None where that is nonsense twice; raise `ModelError`."""
        asked = [
            {"role": "system", "content": _prompt("guidelines")},
            {"role": "user", "content": question(case, result)},
        ]
        said = self._say(asked)
        opinion = read_opinion(said)
        if opinion is None:
            again = [
                {"role": "assistant", "content": said or "..."},
                {"role": "user", "content": _REMINDER},
            ]
            opinion = read_opinion(self._say([*asked, *again]))
        return opinion

    def _say(self, messages: Sequence[Mapping[str, str]]) -> str:
        """The text of its answer, "" where there is none."""
        body = {"model": self.name, "messages": list(messages), "stream": False}
        said = self.http.post(f"{self.http.address.api}/chat/completions", body)
        choices = said.get("choices")
        first = choices[0] if isinstance(choices, list) and choices else None
        message = first.get("message") if isinstance(first, dict) else None
        content = message.get("content") if isinstance(message, dict) else None
        return content if isinstance(content, str) else ""


@dataclass(slots=True)
class Judging:
    """Results on their way past a judge: `failed` counts why there is no opinion."""

    judge: Judge
    failed: Counter[str] = field(default_factory=Counter)

    def judge_all(
        self, records: Sequence[Record], cases: Mapping[str, Case]
    ) -> Iterator[tuple[int, Record]]:
        """The index of each record that is to be judged, and the record with what came of it."""
        in_a_row = 0
        for index in self.open(records, cases):
            record = records[index]
            said: Mapping[str, object]
            if in_a_row >= _PATIENCE:
                said = self._without(GIVEN_UP)
            else:
                try:
                    opinion = self.judge.ask(cases[record.case], record.result or "")
                except ModelError as error:
                    in_a_row += 1
                    said = self._without(_in_our_words(str(error)))
                else:
                    in_a_row = 0
                    said = opinion.to_json() if opinion else self._without(NONSENSE)
            yield index, replace(record, judgement={"judge": self.judge.label, **said})

    def open(self, records: Sequence[Record], cases: Mapping[str, Case]) -> list[int]:
        """The indices of what this judge has not given an opinion of, and should."""
        return [
            index
            for index, record in enumerate(records)
            if record.result is not None
            and record.case in cases
            and not (
                record.judgement.get("judge") == self.judge.label and "score" in record.judgement
            )
        ]

    def cost(self, records: Sequence[Record], cases: Mapping[str, Case]) -> str:
        """What it will take, for people."""
        left = [records[index] for index in self.open(records, cases)]
        size = sum(
            len(_prompt("guidelines")) + len(question(cases[one.case], one.result or ""))
            for one in left
        )
        return (
            f"{self.judge.label} is asked about {len(left)} results that are not exact: some"
            f" {size // _CHARACTERS:,} tokens to read, twice that at most"
        )

    def _without(self, why: str) -> Mapping[str, object]:
        self.failed[why] += 1
        return {"failed": why}


def judge_records(
    judging: Judging, records: list[Record], cases: Mapping[str, Case], results: ResultsFile
) -> None:
    """Let what is not exact among `records` be judged; say before what that takes."""
    left = len(judging.open(records, cases))
    if left:
        sys.stderr.write(f"{judging.cost(records, cases)}\n")
    bar = Bar("judging")
    try:
        for done, (index, record) in enumerate(judging.judge_all(records, cases), 1):
            records[index] = record
            results.add(record)
            bar.show(done, left)
    finally:
        bar.close()
        judging.judge.http.close()


def open_judging(name: str, timeout: float) -> Judging:
    """The judge called ``URL#MODEL``; raise `OptionsError` where that is none."""
    try:
        from fastapply.models.remote.address import address, key_for
        from fastapply.models.remote.http import Http
        from fastapply.models.remote.settings import ServerSettings
    except ImportError as error:
        raise OptionsError("a judge needs: pip install 'fastapply[http]'") from error
    place = address(name)
    if not place.name:
        raise OptionsError(f"which model of {place.host} is to judge? --judge URL#MODEL")
    key = key_for(place, os.environ, KEY)
    http = Http(place, key, ServerSettings(timeout=timeout, retries=2))
    return Judging(Judge(http, place.name))


def question(case: Case, result: str) -> str:
    """What a judge is asked about a result."""
    final = case.finals[0].get(case.path, b"") if case.finals else case.original
    texts = {
        "path": case.path,
        "original": _fenced(case.original.decode("utf-8", "replace")),
        "document": _fenced(case.document.read_bytes().decode("utf-8", "replace")),
        "final": _fenced(final.decode("utf-8", "replace")),
        "result": _fenced(result),
    }
    parts = _prompt("question").split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        slot, _, rest = part.partition("}")
        filled += [texts[slot], rest]
    return "".join(filled)


def _fenced(text: str) -> str:
    """`text` in a fence longer than any in it."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{fence}"


def _prompt(name: str) -> str:
    return (files("fastapply.cli.evaluation") / "prompts" / f"{name}.md").read_text("utf-8")


def _in_our_words(message: str) -> str:
    """An error of the connection, naming the judge's own settings."""
    named = {"FASTAPPLY_API_KEY": KEY, "server.timeout": "--judge-timeout"}
    for theirs, ours in named.items():
        message = message.replace(theirs, ours)
    return message
