"""Lines of a lazy snippet that stand for something, and are not meant to be in the file.

    line       = [indent] (comment | bare)
    comment    = "#" | "//" | "--" | ";" | "%" | "rem" ... body | "/*" body "*/" | "<!--" body ...
    body       = decoration* (ellipsis | words | ellipsis words | words ellipsis) decoration*
    decoration = "---" | "===" | brackets around the whole

A *gap* stands for code that stays (``# ... existing code ...``, ``// body unchanged``), a *note*
tells of code that went (``# removed: old_helper``); neither may end up in the file. What sets a
marker apart from an honest comment is an ellipsis at an end or a phrase about things that stay,
said as a whole sentence: ``// loop unchanged``, not ``// returns x unchanged if y``.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from fastapply.core.regex import regex

_HINT = regex(
    r"\.\.\.|…|\. \. \.|\b(?:existing|unchanged|untouched|intact|same|rest|remain|stay|keep|kept"
    r"|leave"
    r"|as (?:before|is|it|they)\b|as-is|change|snip|omit|elid|brevity|other|previous|earlier|later"
    r"|above|below|original|truncat|remov|delet|drop|no longer|nothing)"
    r"|^(?://|#|--|/\*)\s*(?:[<\[({~=-].*,|\[[\w ]+\])",
    re.IGNORECASE,
)


class Kind(Enum):
    """What a marker stands for."""

    GAP = "gap"
    NOTE = "note"


class Marker(NamedTuple):
    """A line that stands for code that stays (gap), or tells of code that went (note).

    `text` is the line without the space around it. `certain` is false where the words could be an
    honest comment's too: then it is a marker only if the file does not hold that line.
    """

    text: str
    certain: bool
    kind: Kind


class InlineGap(NamedTuple):
    """A line with an elision inside: what is shown before, between and after the elisions."""

    pieces: tuple[str, ...]
    certain: bool


def marker(line: str, language_hint: str = "") -> Marker | None:
    """What `line` stands for, or None for a line that means itself.

    `language_hint` is a language name (or a fence's info word); in Markdown ``#`` opens no comment.
    """
    text = line.strip()
    if len(text) > _LONGEST or not _HINT.search(text):
        return None
    return _marker(text, language_hint.lower() in ("markdown", "md", "mdx"))


def inline_gap(line: str) -> InlineGap | None:
    """The shown pieces of a line that elides a part of itself: ``f() { ... }``, ``f(a, ..., b)``.

    Not for spreads, variadics, ``Tuple[int, ...]``, ``catch (...)``, stubs (``: ...``) and text in
    quotes, nor for lines that are markers as a whole.
    """
    if not _MAY_ELIDE.search(line) or marker(line) is not None:
        return None
    plain = re.sub(_QUOTED, lambda match: "_" * len(match.group()), line)
    certain = True
    found = [m.span("gap") for m in re.finditer(_INLINE_COMMENT, plain) if _is_gap_body(m["body"])]
    if not found:
        found = [match.span() for match in re.finditer(_INLINE_BARE, plain)]
        certain = False
    if not found:
        return None
    ends = [0, *(stop for _, stop in found)]
    starts = [*(start for start, _ in found), len(line)]
    return InlineGap(
        tuple(line[end:start] for end, start in zip(ends, starts, strict=True)), certain
    )


_LONGEST = 200
_ELLIPSIS = r"(?:\.{3,}|…+|\. \. \.)"

# Block comments: the opening, the body, the closing.
_BLOCKS = (
    (r"\{\s*/\*", r"\*/\s*\}"),
    (r"\{\{/\*", r"\*/\}\}"),
    (r"\{\{!--", r"--\}\}"),
    (r"\{#", r"#\}"),
    (r"/\*", r"\*/"),
    (r"<!--", r"-->"),
    (r"<%--", r"--%>"),
    (r"<%#", r"%>"),
    (r"--\[\[", r"\]\]"),
    (r"\(\*", r"\*\)"),
    (r"\{-", r"-\}"),
    (r'"{3}', r'"{3}'),
    (r"'{3}", r"'{3}"),
)
_OPENERS = "{/<-(\"'"
_LINE_COMMENT = r"(?:#+|//+[!/]*|--+|;+|%+|/\*+|@?rem\b|@?REM\b|dnl\b)(?:\s*(?P<body>.*?))(?:\*/)?$"
_LIST_ITEM = r"[-*]\s+"
_CODE_THEN_COMMENT = rf"(?:{_ELLIPSIS}|pass)[;,]?\s*(?:#+|//+|--|;|/\*)\s*(?P<body>.*)"

_LONE_ELLIPSIS = rf"{_ELLIPSIS}|[\[<]\s*{_ELLIPSIS}\s*[\]>]"
_RULE_BEFORE = r"([-=*~_#/+<>])\1+\s*"
_RULE_AFTER = r"\s*([-=*~_#/+<>])\1+"
_LEAD = rf"{_ELLIPSIS}(?P<space>\s*)"
_TRAIL = rf"(?P<space>\s*){_ELLIPSIS}[.,;:]?"
_BRACKETS = {"(": ")", "[": "]", "<": ">", "{": "}"}

_NOUN = (
    r"(?:code|file|files|function|functions|method|methods|class|classes|component|components"
    r"|implementation|implementations|module|body|bodies|imports?|includes?|logic|content|contents"
    r"|tests?|cases?|fields?|properties|props|members?|attributes|constants|variables|definitions"
    r"|declarations|types?|interfaces?|rules|styles|options|settings|config|configuration|items"
    r"|entries|keys|lines|statements|branches|handlers|hooks|routes|helpers|parameters|params"
    r"|arguments|args|generics|dependencies|scripts|steps|setup|section|sections|script|program|template"
    r"|render|jsx|markup|html|document|block|loop|switch|struct|enum|schema|package|page|view"
    r"|jobs?|services?|targets?|resources?|stages?|plugins?|volumes?|columns?|tables?|packages"
    r"|elements|constructor|init|commands|patterns|functionality|parts?|stuff|things|exports?)"
)
_CODE = r"(?:code|implementations?|imports|includes|methods|functions|logic|functionality)"
_PLURAL = rf"(?:{_CODE}|contents?|setup|body|(?=\w+s\b){_NOUN})"
_STOCK_START = (
    r"(?:(?:the|all|your|any|and|some|of|keep|keeping|leave)\s+)*(?:rest\b|remainder\b|remaining\b"
    r"|existing\b|others?\b|previous\b|earlier\b|later\b|same\b|similar\b|more\b|unchanged\b"
    r"|original\b|everything\b|omitted\b|snip|skip(?:ped|ping)?\b|code (?:above|below|before|after)"
    r"|elided\b|truncated\b|continue[sd]?\b|etc\b|as (?:before|is|above)\b|no changes?\b)"
)
_CERTAIN = (
    rf"(?:keep |leave |the |all |your |any |of )*(?:existing {_CODE}|(?:rest|remainder) of"
    rf"(?: (?:the|this|your|existing|current|original|\w+'s))*"
    rf"(?: [`\w.]+(?:\(\))?)? {_NOUN})"
    r"(?:,? (?:goes|go|is|are|here|above|below|continues?|stays?|remains?|unchanged|untouched"
    r"|omitted|as|before|the|same|not|shown|for|brevity))*"
    r"|(?:the )?rest (?:is |stays |remains )?(?:unchanged|omitted|of the (?:code|file))"
    r"|snip(?:ped)?|(?:code )?(?:omitted|truncated|elided)(?: for brevity)?"
)
_STAYS = (
    r"(?P<subject>.*?)(?:^|[\s:,;\-\u2013\u2014]+)(?:(?:is|are|was|were|be|all|still|left|kept|keep|keeps"
    r"|stays?|remains?|should|exactly|mostly|entirely|completely)\s+)*(?:"
    r"unchanged|untouched|unmodified|unaltered|unaffected|intact|omitted(?: for brevity)?"
    r"|not (?:changed|modified|touched|shown)|(?:the )?same(?: as (?:before|above|now|it was|in the"
    r" original|original|previously|existing))?|as[- ](?:before|is|it is|it was|they are|they were"
    r"|above|now)|(?:needs? |has |have |with )?no (?:other |further )?changes?(?: needed|"
    r" required| here)?|(?:does not|do not|doesn't|don't) change|(?:stays?|remains?)"
    r"(?: here| in place| there| below| above| put)?|for brevity|not repeated)"
    r"(?: (?:from|in|for) (?:the )?(?:original|existing)(?: \w+)?| here| below| above)?"
)
_KEEPS = (
    r"(?:keep|leave|keeping)(?: (?:the|all|your|of))* (?:existing|rest|others?|remaining|original"
    r"|current)\b(?:(?: [`\w.()*/]+){0,5})"
)
_OTHERS = (
    rf"(?:(?:the|all|your|and)\s+)*(?:other|remaining|existing|previous|earlier|later|original"
    rf"|same|rest of)(?: (?:the|this))?(?: [`\w.*/]+(?:\(\))?){{0,3}}? {_PLURAL}"
    rf"(?: (?:here|above|below|go here|remain))?"
    rf"|(?:the |your )?existing(?: [`\w.-]+){{1,2}} {_NOUN}"
)
_NOT_SAID_OF_CODE = (
    r"\b(?:if|when|whenever|unless|because|so|until|while|must|ensure|verify|assert|check|expect"
    r"|expects|that|which|since|but|even|only|otherwise|whether|returns?|pass|passes|passed"
    r"|through|copy|copies|copied|use|uses|used|writes?|written|forward|forwards|emit|emits|send"
    r"|sends|prints?|preserves?|stores?|yields?|leaves|make|makes|means?|to|can|will|would|we|it"
    r"|they|you|i|has|have|nothing|value|values|always|never"
    r"|treated|behaves?|admits?|does|whose|should|skip|represent|assume[sd]?|case)\b"
)
_LISTED = rf"(?!\w+ing\b)(?:[`\w.]+,? ){{1,6}}(?=\w+s\b){_NOUN}"
_LISTED_NAMES = r"[`\w.()]+(?:, [`\w.()]+)+,? (?:and|&) [`\w.()]+"
_NAMES = r"[\w`().&/ ]+(?:, (?:and )?[\w`().&/ ]+)+"
_CODE_NAME = r"\w_\w|[a-z][A-Z]|\w\(\)"
_CONTINUES = (
    r"(?:and|or|but|then|which|because|so|if|to|in|that|when|while|with|for|otherwise|unless|as|by"
    r"|at|on|is|are|was|it|this|we|not|i)\b"
)
_ELSEWHERE = (
    r"(?:(?:and|then|next|later),? )?(?:in|inside|within|at|to) (?:the )?[`\w.$()-]+"
    r"(?: (?:method|function|class|component|constructor|handler|hook|body|block|section|module))?"
)
_SPREAD = r"[\w$]+(?:[\w$.\[\]()]*[,)\]};]|$)|[\w$]+[.\[(]"

_DELETION = r"remov|delet|dropped|eliminat|gone|no longer"
_GONE = r"(?:removed|deleted|dropped|eliminated)"
_NOTE = rf"(?:now |all )?{_GONE}(?:\s*[:\-\u2013\u2014].*| (?:here|above|entirely))?$"
_NOTE_IN_BRACKETS = rf"{_GONE}\b|.*\b{_GONE}$|no longer (?:needed|used)\b"
_NAME = r"(?:`[^`]+`|#?[\w.]*(?:_\w+|[a-z][A-Z]\w*|\w\(\))[\w.()]*|[\w.]+\(.*\))"
_DECLARES = (
    r"(?:(?:public|private|protected|internal|static|async|const|operator|override|fn|fun|func"
    r"|function|method|def|class|struct|enum|interface|trait|impl|macro|field|property|variable"
    r"|test) ){0,4}"
)
_NOTE_PROSE = (
    rf"(?:[Rr]emoved|[Dd]eleted|[Dd]ropped|REMOVED|DELETED) (?:the|old|unused|legacy|obsolete"
    rf"|deprecated|redundant|unneeded|this|{_NAME})(?!\w).{{0,60}}"
    rf"|(?:(?:[Tt]he|[Oo]ld|[Ll]egacy|[Uu]nused|[Dd]eprecated) (?:[`\w.()]+ ){{0,4}}|{_DECLARES}"
    rf"{_NAME} (?:\w+ ){{0,2}})(?:(?:has been|have been|was|were|is|are) )?(?:now )?"
    r"(?:removed|deleted|dropped|gone)(?: here| entirely| completely)?"
    r"|[Nn]o longer (?:needed|used)(?::.*)?"
)

_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`"
_MAY_ELIDE = regex(r"\.\.\.|…|/\*|<!--")
_INLINE_COMMENT = r"(?P<gap>\{?/\*(?P<body>.*?)\*/\}?|<!--(?P<body2>.*?)-->)"
_INLINE_BARE = rf"(?:(?<=\{{)|(?<=\{{ )){_ELLIPSIS}(?=\s*\}})|(?:(?<=,)|(?<=, )){_ELLIPSIS}(?=\s*,)"


class _Body(NamedTuple):
    """What a comment says: its words, and what stands around them."""

    words: str
    lead: bool
    trail: bool
    attached: bool
    framed: bool
    bracketed: bool


@lru_cache(maxsize=4096)
def _marker(text: str, is_markdown: bool) -> Marker | None:
    with_code = re.fullmatch(_CODE_THEN_COMMENT, text)
    if with_code:
        said = _gap(_read(with_code["body"].removesuffix("*/")), is_comment=True)
        return None if said is None else Marker(text, True, Kind.GAP)
    if text.startswith(("#[", "#![")):  # an attribute of Rust or PHP
        return None
    body, is_comment = _uncommented(text)
    read = _read(body)
    if is_markdown and text.startswith("#") and not (read.lead or read.trail):
        return None
    note = _note(read, is_comment)
    if note is not None:
        return Marker(text, note, Kind.NOTE)
    if not is_comment and not read.words and not re.fullmatch(_LONE_ELLIPSIS, body):
        return None
    gap = _gap(read, is_comment)
    return None if gap is None else Marker(text, gap, Kind.GAP)


def _uncommented(text: str) -> tuple[str, bool]:
    """The words of a line that is one comment, else the line itself; and whether it is one."""
    for opening, closing in _BLOCKS:
        match = (
            re.fullmatch(rf"{opening}(?P<body>.*?){closing}", text) if text[0] in _OPENERS else None
        )
        if match:
            return match["body"], True
    match = re.fullmatch(_LINE_COMMENT, text)
    return (match["body"], True) if match else (re.sub(_LIST_ITEM, "", text, count=1), False)


def _read(body: str) -> _Body:
    """`body` without ellipses, rules and brackets around it, and which of them there were."""
    lead = trail = attached = framed = bracketed = False
    text = body.strip()
    while text:
        before = text
        if match := re.match(_LEAD, text):
            attached = attached or (not lead and not match["space"])
            lead, text = True, text[match.end() :]
        if text and (match := _last(_TRAIL, text)):
            attached = attached or (not lead and not match["space"])
            trail, text = True, text[: match.start()]
        if match := re.match(_RULE_BEFORE, text):
            framed, text = True, text[match.end() :]
        if text and (match := _last(_RULE_AFTER, text)):
            framed, text = True, text[: match.start()]
        if text and _BRACKETS.get(text[0]) == text[-1] and _encloses(text):
            bracketed, text = True, text[1:-1]
        text = text.strip()
        if text == before:
            break
    return _Body(text.rstrip(".:;,! "), lead, trail, attached, framed, bracketed)


def _last(pattern: str, text: str) -> re.Match[str] | None:
    """The match of `pattern` that ends where `text` ends."""
    last = None
    for match in re.finditer(pattern, text):
        last = match
    return last if last is not None and last.end() == len(text) else None


def _encloses(text: str) -> bool:
    """Whether the bracket that opens `text` closes at its end."""
    depth = 0
    for position, char in enumerate(text):
        depth += (char == text[0]) - (char == _BRACKETS[text[0]])
        if depth == 0:
            return position == len(text) - 1
    return False


def _note(read: _Body, is_comment: bool) -> bool | None:
    """Whether the note about a deletion is certain; None if it is none."""
    words = read.words.lower()
    if read.bracketed and re.match(_NOTE_IN_BRACKETS, words):
        return is_comment
    if not is_comment or not re.search(_DELETION, words):
        return None
    if re.fullmatch(_NOTE, words):
        return True
    return False if re.fullmatch(_NOTE_PROSE, read.words) else None


def _gap(read: _Body, is_comment: bool) -> bool | None:
    """Whether the gap is certain; None if it is none."""
    words = " ".join(read.words.lower().replace("'re", " are").split())
    if not words:
        return is_comment if read.lead or read.trail else None
    if not is_comment:
        return _bare_gap(read, words)
    if read.lead and read.trail:
        return True
    if read.lead:
        return _led_gap(read, words)
    if read.trail:
        if re.match(_STOCK_START, words) or _stays(words):
            return True
        return False if not read.attached and re.fullmatch(_LISTED, words) else None
    if re.fullmatch(_CERTAIN, words):
        return True
    is_framed = read.bracketed or read.framed
    # A frame is no honest comment's: then a case is one of a switch.
    said = re.sub(r"\bcase\b", "branch", words) if is_framed else words
    if _stays(said) or re.fullmatch(_KEEPS, words):
        return is_framed
    if re.fullmatch(_OTHERS, words) or (read.bracketed and re.fullmatch(_PLURAL, words)):
        return False
    if is_framed and re.fullmatch(_NAMES, words) and re.search(_CODE_NAME, read.words):
        return False
    return None


def _led_gap(read: _Body, words: str) -> bool | None:
    """A comment that begins with an ellipsis: a marker, a sentence gone on with, or a spread."""
    if re.match(_STOCK_START, words) or _stays(words):
        return True
    if read.attached and re.match(_SPREAD, read.words):
        return None
    if re.fullmatch(_ELSEWHERE, words):
        return False
    return None if re.match(_CONTINUES, words) else not read.attached


def _bare_gap(read: _Body, words: str) -> bool | None:
    """A line that is no comment: only ellipses or brackets can make it a marker."""
    if read.attached and not read.trail and not read.bracketed:
        return None
    phrase = bool(re.match(_STOCK_START, words) or _stays(words))
    if read.lead and (read.trail or phrase):
        return True if phrase or " " in words else None
    if read.lead or read.trail:
        return False if phrase else None
    if (read.bracketed or read.framed) and "," not in words:
        return False if phrase and (re.fullmatch(_CERTAIN, words) or _stays(words)) else None
    return None


def _stays(words: str) -> bool:
    """Whether the words as a whole say that something stays as it is."""
    match = re.fullmatch(_STAYS, words)
    if match is None:
        return False
    subject = match["subject"]
    if re.match(_STOCK_START, subject) or (subject.isalnum() and words.startswith(f"{subject}:")):
        return True  # said of the rest, or of what has that name
    if re.fullmatch(_LISTED_NAMES, subject):
        return True
    subject = re.sub(r"(?<=\w )checks?$", "", subject)  # it has no object: a noun
    return len(subject.split()) <= 14 and not re.search(_NOT_SAID_OF_CODE, subject)


def _is_gap_body(body: str | None) -> bool:
    return body is not None and _gap(_read(body), is_comment=True) is not None
