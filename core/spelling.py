"""An edit as the file spells it.

What a model writes may reach us with ``&lt;`` for ``<``, with typographic quotes and dashes for
plain ones or the other way round, with one kind of quotes for the other, and with letters composed
otherwise. Where lines that the
edit quotes show it, the lines that it adds are read so, too: the words of a quoted line are the
file's, and what a quoted line has for a plain sign is that sign.

Nothing is done on suspicion. A line that stands in the file as it is written speaks against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import NamedTuple

from fastapply.core.edits import Edit, FileEdit, Hunk, Op, Sketch, Step, WholeFile
from fastapply.core.lines.plain import straight
from fastapply.core.lines.shift import indent_of
from fastapply.core.regex import regex

_ENTITY = regex(r"&(lt|gt|amp|quot|apos|#39|#x27);")
_MEANING = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'", "#39": "'", "#x27": "'"}
_RAW = regex(r"[<>]|&(?!(?:lt|gt|amp|quot|apos|#39|#x27);)")
_OPERATOR = regex(r"\s&[lg]t;=?\s|&amp;&amp;|[-=]&gt;|#include &lt;|\w&lt;[^&]*&gt;")
_MARKUP = regex(r"</|&(?:\w+|#\w+);")
_QUOTES = "\u2018\u2019\u201c\u201d"
_WORD = regex(r"\S+")
_INTERPOLATES = regex(r"\$|#\{")  # then quotes of another kind mean another text
_STRING = regex(r"""(?<![=\w])(["'])([^"'\\]*)\1""")


def as_spelt(edit: FileEdit, lines: Sequence[str]) -> FileEdit:
    """`edit` as the file of `lines` spells it."""
    file = frozenset(map(str.strip, lines))
    if _is_escaped(edit, file):
        edit = replace(edit, edits=tuple(map(_unescaped, edit.edits)))
    hunks = [part for part in edit.edits if isinstance(part, Hunk)]
    lost = {text.strip() for hunk in hunks for text in hunk.old} - file
    if not lost:
        return edit
    pairs = dict(_pairs(lost, file))
    if not pairs:
        return edit
    spelling = _Spelling.of(pairs, {text.strip() for hunk in hunks for text in hunk.old} & file)
    if spelling.signs:
        foreign = (sign for sign in _QUOTES if not any(sign in line for line in file))
        spelling = spelling.with_signs(foreign)
    parts = (spelling.of_hunk(part) if isinstance(part, Hunk) else part for part in edit.edits)
    return replace(edit, edits=tuple(parts))


def unescape(text: str) -> str:
    """`text` with the signs that HTML's entities stand for."""
    return _ENTITY.sub(lambda match: _MEANING[match[1]], text)


def _is_escaped(edit: FileEdit, file: Set[str]) -> bool:
    """Whether lines of the file are quoted with entities that the file has not."""
    quoted = [text.strip() for part in edit.edits for text in _quoted(part)]
    escaped = [text for text in quoted if "&" in text and _ENTITY.search(text)]
    if any(text in file for text in escaped):
        return False
    if any(unescape(text) in file for text in escaped):
        return True
    return _adds_escaped(edit) and not any(map(_MARKUP.search, file))


def _adds_escaped(edit: FileEdit) -> bool:
    """Whether hunks add operators written with entities, and write no sign that has one."""
    texts = [
        step.text
        for part in edit.edits
        if isinstance(part, Hunk)
        for step in part.steps
        if isinstance(step, Step)
    ]
    if any(map(_RAW.search, texts)):
        return False
    return any(map(_OPERATOR.search, texts))


def _quoted(part: Edit) -> Sequence[str]:
    """The lines of an edit that are the file's, if it is not for them to change.

    New text may be old text escaped; not where nothing at all is left as it was.
    """
    if isinstance(part, Hunk):
        return part.old
    return () if any(_RAW.search(line) for line in part.lines) else part.lines


def _unescaped(part: Edit) -> Edit:
    match part:
        case Hunk():
            return _rewritten(part, lambda step: unescape(step.text))
        case Sketch() | WholeFile():
            return replace(part, lines=tuple(map(unescape, part.lines)))


def _key(text: str) -> str:
    """What is left of a line where quotes, typography and ways to compose a letter do not count."""
    if not text.isascii():
        from unicodedata import normalize

        text = straight(normalize("NFC", text)).replace("\u2026", "...")
    return text.replace("'", '"')


def _pairs(lost: Set[str], file: Set[str]) -> Iterator[tuple[str, str]]:
    """The lines of `lost` with those of the file that differ in quotes and typography alone."""
    keys = {_key(text): text for text in lost}
    found: dict[str, set[str]] = {}
    for line in file:
        key = _key(line)
        if key in keys:
            found.setdefault(key, set()).add(line)
    for text in lost:
        there = found.get(_key(text), set())
        if len(there) == 1 and not _INTERPOLATES.search(text):
            yield text, min(there)


class _Spelling(NamedTuple):
    """Lines as the file has them, words, typographic signs that are plain, and the other quote."""

    lines: Mapping[str, str]
    words: Mapping[str, str]
    signs: Mapping[int, str]
    quotes: tuple[str, str] | None

    @classmethod
    def of(cls, lines: Mapping[str, str], known: Set[str]) -> _Spelling:
        """What pairs of lines teach; `known` are those that the edit spells as the file does."""
        words: dict[str, str] = {}
        signs: set[str] = set()
        quotes: set[tuple[str, str]] = set()
        for ours, theirs in lines.items():
            pairs = list(zip(_WORD.findall(ours), _WORD.findall(theirs), strict=False))
            words |= dict(pairs) | {one: one for one, other in pairs if one == other}
            signs |= {sign for sign in ours if straight(sign) != sign and sign not in theirs}
            if len(ours) == len(theirs):
                quotes |= {
                    (one, other)
                    for one, other in zip(ours, theirs, strict=True)
                    if one != other and one in "\"'" and other in "\"'"
                }
        text = "\n".join(known)
        for word in _WORD.findall(text):
            words.pop(word, None)
        kept = {ord(sign): straight(sign) for sign in signs if sign not in text}
        swap = min(quotes) if len(quotes) == 1 else None
        if swap is not None and any(match[1] == swap[0] for match in _STRING.finditer(text)):
            swap = None
        return cls(lines, words, kept, swap)

    def with_signs(self, signs: Iterable[str]) -> _Spelling:
        """The same, with more signs that are plain: the quotes come together."""
        return self._replace(signs={**self.signs, **{ord(sign): straight(sign) for sign in signs}})

    def of_hunk(self, hunk: Hunk) -> Hunk:
        """`hunk` with its lines so spelt."""
        return _rewritten(hunk, self._of_step)

    def _of_step(self, step: Step) -> str:
        text = step.text
        if step.op is not Op.ADD:
            there = self.lines.get(text.strip())
            return text if there is None else indent_of(text) + there
        if self.quotes is not None and self.quotes[1] not in text:
            ours, theirs = self.quotes
            text = _STRING.sub(lambda m: f"{theirs}{m[2]}{theirs}" if m[1] == ours else m[0], text)
        return _WORD.sub(lambda m: self.words.get(m[0], m[0]), text).translate(self.signs)


def _rewritten(hunk: Hunk, spell: Callable[[Step], str]) -> Hunk:
    steps = (
        replace(step, text=spell(step)) if isinstance(step, Step) else step for step in hunk.steps
    )
    return replace(hunk, steps=tuple(steps))
