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

from fastapply.models.training.fragments import GAP
from fastapply.models.training.tasks import Task

PRE_TOKENIZER = "deepseek-coder"
CUTS = (r"[\r\n]", r"\s?\p{L}+", r"\s?\p{P}+", "[一-龥ࠀ-一가-퟿]+", r"\p{N}")
SPECIAL = ("<|pad|>", "<|code|>", "<|update|>", "<|final|>", "<|end|>", "<|gap|>")
PAD, CODE, UPDATE, FINAL, END, GAP_TOKEN = range(len(SPECIAL))
SIZE = 4096


@dataclass(frozen=True, slots=True)
class Encoded:
    """A task in tokens: what the model is given, and what it is to write, `<|end|>` included."""

    kind: str
    prompt: list[int]
    answer: list[int]


def _assemble(vocabulary: dict[str, int], merges: list[tuple[str, str]]) -> Tokenizer:
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
    tokenizer = _assemble({}, [])
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
    return _assemble(*vocabulary_and_merges(tokenizer))


def load_tokenizer(path: Path) -> Tokenizer:
    """The tokeniser saved at `path`."""
    model = json.loads(path.read_text("utf-8"))["model"]
    return _assemble(model["vocab"], [(left, right) for left, right in model["merges"]])


def _text(lines: Iterable[str]) -> str:
    return "".join(line + "\n" for line in lines)


def encode_task(tokenizer: Tokenizer, task: Task) -> Encoded:
    """The task in tokens, its text taken as data."""
    runs: list[list[str]] = [[]]
    for piece in task.fragment:
        if piece is GAP:
            runs.append([])
        else:
            runs[-1].append(piece)
    texts = [_text(task.region), *(_text(run) for run in runs), _text(task.final)]
    region, *parts, final = (one.ids for one in tokenizer.encode_batch(texts))
    feed = tokenizer.encode("\n").ids
    prompt = [CODE, *region, UPDATE, *parts[0]]
    for part in parts[1:]:
        prompt += [GAP_TOKEN, *feed, *part]
    return Encoded(task.kind, [*prompt, FINAL], [*final, END])
