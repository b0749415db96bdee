"""The tokeniser of the embedded model: byte-level BPE that llama.cpp repeats to the byte.

Text is cut first as llama.cpp's pre-tokeniser ``deepseek-coder`` cuts it - every line break on its
own, so that no token spans two lines - and then merged by ranks. The parts of a task are joined by
special tokens that no text can spell:

    <|code|> region <|update|> fragment <|final|> new region <|end|>

Every line ends with a line feed; an elided run of the fragment is a line that is `<|gap|>` alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from fastapply.models.lattice import Lattice, Lines, offers
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

    `choices` are the decisions of the answer (`models/lattice.py`): where more than one token is
    allowed, and which; `loose` those that are left without anchors, several times as many. None
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
    """The task in tokens, its text taken as data."""
    tight, free = (
        offers(
            task.region, task.fragment, known=task.known, lenient=task.lenient, anchored=anchored
        )
        for anchored in (True, False)
    )
    encoder.learn((*free.texts, *task.final, ""))
    prompt = [CODE, *encoder.tokens(task.region), UPDATE]
    for piece in task.fragment:
        prompt += [GAP_TOKEN, *encoder.tokens([""])] if piece is GAP else encoder.tokens([piece])
    answer = [*encoder.tokens(task.final), END]
    choices, loose = (
        _choices(Lattice(Lines(one, lambda text: encoder.tokens([text[:-1]]), END)), answer)
        for one in (tight, free)
    )
    return Encoded(task.kind, [*prompt, FINAL], answer, choices, loose)


def _choices(walk: Lattice, answer: Iterable[int]) -> list[Choice] | None:
    """The decisions on the way to `answer`; None if it is not allowed."""
    choices: list[Choice] = []
    for at, token in enumerate(answer):
        allowed = walk.allowed()
        if len(allowed) > 1:
            choices.append((at, allowed))
        if not walk.advance(token):
            return None
    return choices
