"""The tokeniser of the embedded model: byte-level BPE that llama.cpp repeats to the byte.

Text is cut first as llama.cpp's pre-tokeniser ``deepseek-coder`` cuts it - every line break on its
own, so that no token spans two lines - and then merged by ranks. The parts of a task are joined by
special tokens that no text can spell:

    <|code|> region <|update|> fragment <|final|> new region <|end|>

Every line ends with a line feed; an elided run of the fragment is a line that is `<|gap|>` alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from fastapply.models.held.lattice import NOT_A_LINE, Lines, State
from fastapply.models.held.offers import Offers, offers
from fastapply.models.training.fragments import GAP
from fastapply.models.training.tasks import Task

PRE_TOKENIZER = "deepseek-coder"
CUTS = (r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-퟿]+", r"\p{N}")
SPECIAL = ("<|pad|>", "<|code|>", "<|update|>", "<|final|>", "<|end|>", "<|gap|>")
PAD, CODE, UPDATE, FINAL, END, GAP_TOKEN = range(len(SPECIAL))
SIZE = 4096
MOST_KNOWN = 200_000


Choice = tuple[int, tuple[int, ...]]
"""A place in the answer, and the tokens allowed there."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A task in tokens: what the model is given, and what it is to write, `<|end|>` included.

    `choices` are the decisions of the answer (`models/held/lattice.py`): where more than one token
    is allowed, and which; `loose` those that are left without anchors, where they are wanted. None
    if the lattice does not hold the answer at all.
    """

    kind: str
    prompt: list[int]
    answer: list[int]
    choices: list[Choice] | None = None
    loose: list[Choice] | None = None

    def __len__(self) -> int:
        """The number of tokens."""
        return len(self.prompt) + len(self.answer)


def assemble(vocabulary: dict[str, int], merges: list[tuple[str, str]]) -> Tokenizer:
    """A tokeniser without added tokens: special tokens have ids, but no text spells them."""
    tokenizer = Tokenizer(models.BPE(vocabulary, merges))
    cuts = [pre_tokenizers.Split(Regex(cut), "isolated") for cut in CUTS]
    whole = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([*cuts, whole])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def vocabulary_and_merges(tokenizer: Tokenizer) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """What a tokeniser is made of."""
    model = json.loads(tokenizer.to_str())["model"]
    return model["vocab"], [(left, right) for left, right in model["merges"]]


def train_tokenizer(texts: Iterable[str], size: int = SIZE) -> Tokenizer:
    """Learn the merges from `texts`."""
    tokenizer = assemble({}, [])
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=size,
            special_tokens=list(SPECIAL),
            initial_alphabet=alphabet,
            max_token_length=24,
            show_progress=False,
        ),
    )
    return assemble(*vocabulary_and_merges(tokenizer))


def load_tokenizer(path: Path) -> Tokenizer:
    """The tokeniser saved at `path`."""
    model = json.loads(path.read_text("utf-8"))["model"]
    return assemble(model["vocab"], [(left, right) for left, right in model["merges"]])


class LineEncoder:
    """Lines to tokens, line feed included; every line is encoded once."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._known: dict[str, list[int]] = {}

    def learn(self, lines: Iterable[str]) -> None:
        """Encode at once what is not known yet."""
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        fresh = [line for line in dict.fromkeys(lines) if line not in self._known]
        encoded = self._tokenizer.encode_batch_fast([line + "\n" for line in fresh])
        self._known.update(zip(fresh, (one.ids for one in encoded), strict=True))

    def tokens(self, lines: Iterable[str]) -> list[int]:
        """The tokens of lines that were learnt."""
        return [token for line in lines for token in self._known[line]]


def encode_task(encoder: LineEncoder, task: Task) -> Encoded:
    """The task in tokens, its text taken as data; without its loose decisions."""
    offered = _offers(task, anchored=True)
    encoder.learn((*offered.texts, *_lines(task.fragment), *task.final, ""))
    prompt = [CODE, *encoder.tokens(task.region), UPDATE]
    for piece in task.fragment:
        prompt += [GAP_TOKEN, *encoder.tokens([""])] if piece is GAP else encoder.tokens([piece])
    answer = [*encoder.tokens(task.final), END]
    choices = _choices(encoder, offered, task.final)
    return Encoded(task.kind, [*prompt, FINAL], answer, choices)


def loose_choices(encoder: LineEncoder, task: Task) -> list[Choice] | None:
    """The decisions of a task without anchors, several times as many."""
    offered = _offers(task, anchored=False)
    encoder.learn(offered.texts)
    return _choices(encoder, offered, task.final)


def _offers(task: Task, *, anchored: bool) -> Offers:
    known, lenient = task.known, task.lenient
    return offers(task.region, task.fragment, known=known, lenient=lenient, anchored=anchored)


def _lines(pieces: Iterable[str | None]) -> Iterator[str]:
    return (piece for piece in pieces if piece is not None)


def _choices(encoder: LineEncoder, offered: Offers, final: Iterable[str]) -> list[Choice] | None:
    """The decisions on the way to `final`; None if it is not allowed.

    What `lattice.Lattice` says token by token, line by line: most lines are forced.
    """
    lines = Lines(offered, lambda text: encoder.tokens([text[:-1]]), END)
    numbers = {text: number for number, text in enumerate(offered.texts)}
    choices: list[Choice] = []
    states: tuple[State, ...] = ((0, 0),)
    candidates = lines.reachable(states)
    at = 0
    for text in final:
        number = numbers.get(text)
        if number not in candidates:
            return None
        written = lines.tokens[number]
        if len(candidates) > 1:
            choices += _between(lines, candidates, written, at)
        states = lines.after(states, number)
        candidates = lines.reachable(states, number)
        at += len(written)
    if NOT_A_LINE not in candidates:
        return None
    if len(candidates) > 1:
        choices += _between(lines, candidates, (END,), at)
    return choices


def _between(
    lines: Lines, candidates: Iterable[int], written: Sequence[int], start: int
) -> Iterator[Choice]:
    """The decisions of one line, `written` at `start`, that other candidates leave."""
    left = [(END,) if number == NOT_A_LINE else lines.tokens[number] for number in candidates]
    for at, token in enumerate(written):
        allowed = tuple(dict.fromkeys(one[at] for one in left))
        if len(allowed) > 1:
            yield start + at, allowed
        left = [one for one in left if one[at] == token]
        if len(left) == 1:
            return
