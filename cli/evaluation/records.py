"""What came of one case with one contestant: the line that goes to ``--out``.

A results file is JSON lines, one `Record` a line, appended as cases end. Readers skip keys they do
not know, so that later versions may add some.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from types import MappingProxyType

_WORDS = "case digest contestant engine format style language reason method version"
_KINDS: Mapping[str, type | tuple[type, ...]] = {
    **dict.fromkeys(_WORDS.split(), str),
    **dict.fromkeys(("lines", "characters"), int),
    **dict.fromkeys(("model", "result"), (str, type(None))),
    "seconds": (int, float),
    "cold_seconds": (int, float, type(None)),
    "stats": Mapping,
    "judgement": Mapping,
}


class Verdict(str, Enum):
    """What became of a case, best first; the words of the tables and of the results file.

    Exact is byte for byte (or refused, where that is right), equivalent is equal but for blank
    lines and trailing spaces, refused is failure with nothing written, wrong is everything else.
    """

    EXACT = "exact"
    EQUIVALENT = "equivalent"
    REFUSED = "refused"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Record:
    """One case with one contestant.

    `digest` tells the case's files from later ones of the same name. `same_tree` says of a wrong
    result that its syntax tree is the right one. `reason` is the stable word of a refusal.
    `lines` are those of the original, `characters` those of the file as it was rewritten (of the
    expected one, where it was not). `seconds` is the time in a warm process, `cold_seconds` that
    of a process from its start to its end, None where that was not taken. `method` is how the
    result was made (``merge``, ``rewrite``), `stats` what the method measured. `result` is the text
    of a result that is not exact. `judgement` is what a judge said of that (`judging`).
    """

    case: str
    digest: str
    contestant: str
    engine: str
    model: str | None
    format: str
    style: str
    language: str
    lines: int
    characters: int
    verdict: Verdict
    same_tree: bool = False
    reason: str = ""
    method: str = ""
    seconds: float = 0.0
    cold_seconds: float | None = None
    stats: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    result: str | None = None
    judgement: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    version: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What no two lines of a results file share."""
        return self.contestant, self.case

    def to_line(self) -> str:
        """The record as a line of JSON, in ASCII."""
        values = {name.name: getattr(self, name.name) for name in fields(self)}
        values |= {"stats": dict(self.stats), "judgement": dict(self.judgement)}
        return json.dumps(values) + "\n"


def from_line(line: str) -> Record:
    """The record that a line of JSON is; raise `ValueError` where it is none."""
    try:
        values = json.loads(line)
        known = {name.name for name in fields(Record)}
        kept = {name: value for name, value in values.items() if name in known}
        kept["verdict"] = Verdict(kept["verdict"])
        record = Record(**kept)
        for name, kind in _KINDS.items():
            if not isinstance(getattr(record, name), kind):
                raise TypeError(f"{name} is {getattr(record, name)!r}")
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"no result of a case: {error}") from error
    return record
