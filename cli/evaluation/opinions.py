"""Opinions of a judge: what a model says of a result, read as kindly as can be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

CRITERIA = ("faithful", "untouched", "complete")
OVERALL = "score"
_SCALE = r"(?:\(?\s*1\s*(?:-|–|to)\s*5\s*\)?)?"  # noqa: RUF001  models write such dashes
_NUMBER = r"([1-5](?:\.\d+)?)(?![\d.]*\d)"
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_SAID_OVERALL = ("score", "overall", "rating")


@dataclass(frozen=True, slots=True)
class Opinion:
    """Scores from 1 to 5 by criterion, or one for all (`OVERALL`), and why."""

    scores: Mapping[str, float]
    why: str = ""

    @property
    def score(self) -> float:
        """The worst of them: a result is as good as that."""
        return min(self.scores.values())

    def to_json(self) -> dict[str, object]:
        """The opinion as the results file holds it."""
        return {"scores": dict(self.scores), "score": self.score, "why": self.why}


def read_opinion(text: str) -> Opinion | None:
    """What `text` says, None where it says nothing that is an opinion.

    The last JSON object with scores counts; without one, scores said in words do.
    """
    said = _THOUGHT.sub("", text)
    for values in reversed(list(_objects(said))):
        scores = _complete({key: _score(values.get(key)) for key in (*CRITERIA, OVERALL)})
        if scores is None:
            scores = _complete({OVERALL: _score(_first(values, _SAID_OVERALL))})
        if scores is not None:
            why = _first(values, ("why", "reason", "reasoning", "explanation"))
            return Opinion(scores, why if isinstance(why, str) else "")
    scores = _complete({key: _said(said, key) for key in CRITERIA})
    if scores is None:
        found = (_said(said, word) for word in _SAID_OVERALL)
        scores = _complete({OVERALL: next(filter(None, found), None)})
    return None if scores is None else Opinion(scores, " ".join(said.split())[:200])


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    """The JSON objects in `text`, their keys in small letters; what stands around them is nothing.

    A comma before a closing brace is forgiven.
    """
    forgiven = re.sub(r",(\s*[}\]])", r"\1", text)
    decoder, at = json.JSONDecoder(strict=False), 0
    while (at := forgiven.find("{", at)) >= 0:
        try:
            values, at = decoder.raw_decode(forgiven, at)
        except ValueError:
            at += 1
            continue
        if isinstance(values, dict):
            inner = values.get("scores")
            flat = {**values, **inner} if isinstance(inner, dict) else values
            yield {str(key).lower(): value for key, value in flat.items()}


def _complete(found: Mapping[str, float | None]) -> Mapping[str, float] | None:
    """The scores, if all criteria or the score for all of them are there."""
    kept = {key: value for key, value in found.items() if value is not None}
    if all(key in kept for key in CRITERIA):
        return MappingProxyType({key: kept[key] for key in CRITERIA})
    return MappingProxyType({OVERALL: kept[OVERALL]}) if OVERALL in kept else None


def _score(value: object) -> float | None:
    """A score as models write it: 4, 4.0, "4", "4/5", {"score": 4}."""
    if isinstance(value, dict):
        value = _first(value, _SAID_OVERALL)
    if isinstance(value, str):
        found = re.fullmatch(rf"\s*{_NUMBER}\s*(?:(?:/|out of)\s*5)?\s*", value)
        value = float(found[1]) if found else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 1 <= value <= 5 else None


def _said(text: str, word: str) -> float | None:
    """The number that follows `word` in running text, marked up or not."""
    found = re.search(rf"\b{word}\w*\W{{0,4}}{_SCALE}\W{{1,8}}{_NUMBER}", text, re.IGNORECASE)
    return float(found[1]) if found and float(found[1]) <= 5 else None


def _first(values: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    return next((values[key] for key in keys if key in values), None)
