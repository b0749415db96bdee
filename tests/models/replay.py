"""Models without weights whose greedy answer is known: they replay a text hidden in the prompt.

Every token has a random sign code. One attention head of layer 0 looks at no content, only at one
distance D (its query and key are biases that RoPE makes peak there), and fetches the code of the
token that stands D back; the output names the token this one is the `shadow` of. With the shadows
of a text, and of the end token, D before the answer, greedy decoding writes the text and stops.
All matrices of the shape are there and computed with, so the cost of a token is the shape's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Quantization
from numpy.typing import NDArray

SHARPNESS = 20.0
CHAT_TEMPLATE = (
    "{% for m in messages %}{{'<|im_start|>'+m['role']+'\n'+m['content']+'<|im_end|>\n'}}"
    "{% endfor %}{{'<|im_start|>assistant\n'}}"
)
SPECIAL = ("<|im_start|>", "<|im_end|>")
EMBEDDED = ("<|code|>", "<|update|>", "<|final|>", "<|gap|>", "<|pad|>", "<|end|>")


@dataclass(frozen=True)
class Shape:
    """A Qwen2 model's; two key-value heads."""

    width: int
    layers: int
    heads: int
    hidden: int
    rope_base: float = 1e6

    @property
    def head(self) -> int:
        return self.width // self.heads


TINY = Shape(384, 2, 6, 256)
HALF_BILLION = Shape(896, 24, 14, 4864)


@dataclass(frozen=True)
class Vocabulary:
    """Tokens with their shadows: `shadow[t]` is the token whose code makes the model say t."""

    tokens: list[str]
    types: list[int]
    merges: list[str]
    shadow: NDArray[np.int64]
    bos: int
    eos: int


def byte_letters() -> list[str]:
    """GPT-2's letters for bytes."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    spare = iter(range(256, 512))
    return [chr(byte) if byte in plain else chr(next(spare)) for byte in range(256)]


def tiny_vocabulary(special: tuple[str, ...] = SPECIAL) -> Vocabulary:
    """One token a byte, one for each of U+0100 to U+017F; these are the shadows of ASCII."""
    letters = byte_letters()
    pairs = [tuple(letters[b] for b in chr(0x100 + code).encode()) for code in range(128)]
    tokens = [*letters, *("".join(pair) for pair in pairs), *special]
    shadow = np.arange(len(tokens))
    shadow[:128] = 256 + np.arange(128)
    eos = len(tokens) - 1
    shadow[256:384] = np.arange(128)
    shadow[eos], shadow[0], shadow[256] = 256, eos, 0
    types = [1] * (256 + 128) + [3] * len(special)
    return Vocabulary(tokens, types, [" ".join(pair) for pair in pairs], shadow, eos - 1, eos)


def shadow_of(text: str) -> str:
    """The text to hide in the prompt so that `text`, ASCII, and the end token come out."""
    return "".join(chr(0x100 + ord(char)) for char in text) + "\u0100"


def vocabulary_of(path: Path, shift: int = 1000) -> Vocabulary:
    """The vocabulary of a real GGUF; the shadow of a token is the one `shift` further."""
    fields = gguf.GGUFReader(path).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    return Vocabulary(
        tokens,
        fields["tokenizer.ggml.token_type"].contents(),
        fields["tokenizer.ggml.merges"].contents(),
        np.roll(np.arange(len(tokens)), -shift),
        tokens.index("<|im_start|>"),
        tokens.index("<|im_end|>"),
    )


class _Writer:
    """Writes matrices and vectors, quantised."""

    def __init__(self, path: Path, quantization: Quantization) -> None:
        self.gguf = gguf.GGUFWriter(path, "qwen2")
        self.quantization = quantization

    def matrix(
        self, name: str, values: NDArray[Any], quantization: Quantization | None = None
    ) -> None:
        kind = quantization or self.quantization
        data = gguf.quants.quantize(np.ascontiguousarray(values, np.float32), kind)
        self.gguf.add_tensor(name, data, raw_dtype=kind)

    def vector(self, name: str, values: NDArray[Any]) -> None:
        self.gguf.add_tensor(name, np.ascontiguousarray(values, np.float32))

    def close(self) -> None:
        self.gguf.write_header_to_file()
        self.gguf.write_kv_data_to_file()
        self.gguf.write_tensors_to_file()
        self.gguf.close()


def make_replay(
    path: Path,
    shape: Shape = TINY,
    vocabulary: Vocabulary | None = None,
    quantization: Quantization = Quantization.Q8_0,
    chat_template: str | None = CHAT_TEMPLATE,
    describe: Callable[[gguf.GGUFWriter], None] | None = None,
) -> None:
    """Write the model; `Dial` says what it replays, `describe` says more of it in its header."""
    vocabulary = vocabulary or tiny_vocabulary()
    random = np.random.default_rng(0)
    writer = _Writer(path, quantization)
    _describe(writer.gguf, shape, vocabulary, chat_template)
    if describe is not None:
        describe(writer.gguf)
    units = 2 * min(shape.head, 64)
    code = random.choice([-1.0, 1.0], (len(vocabulary.tokens), units)).astype(np.float32)
    embedding = np.zeros((len(code), shape.width), np.float32)
    embedding[:, :units] = code
    writer.matrix("token_embd.weight", embedding, Quantization.Q8_0)
    embedding[:] = 0
    embedding[:, units : 2 * units] = code[vocabulary.shadow]
    writer.matrix("output.weight", embedding, Quantization.Q8_0)
    writer.vector("output_norm.weight", np.ones(shape.width))
    noise = random.standard_normal((shape.hidden, shape.width), dtype=np.float32)
    for layer in range(shape.layers):
        _layer(writer, shape, layer, units, noise / np.sqrt(shape.width))
    writer.close()


def _describe(
    writer: gguf.GGUFWriter, shape: Shape, vocabulary: Vocabulary, chat_template: str | None
) -> None:
    writer.add_name("replay")
    writer.add_context_length(32768)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(2)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(len(vocabulary.tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(vocabulary.tokens)
    writer.add_token_types(vocabulary.types)
    writer.add_token_merges(vocabulary.merges)
    writer.add_bos_token_id(vocabulary.bos)
    writer.add_eos_token_id(vocabulary.eos)
    writer.add_add_bos_token(False)
    if chat_template:
        writer.add_chat_template(chat_template)


def _layer(writer: _Writer, shape: Shape, layer: int, units: int, noise: NDArray[Any]) -> None:
    name, width, head = f"blk.{layer}.", shape.width, shape.head
    query, key = np.zeros((width, width)), np.zeros((2 * head, width))
    value, output = np.zeros((2 * head, width)), np.zeros((width, width))
    half = units // 2
    for group in range(2 if layer == 0 else 0):
        value[group * head :][:half, group * half :][:, :half] = np.eye(half)
        first = group * shape.heads // 2 * head
        output[units + group * half :][:half, first : first + half] = 3 * np.eye(half)
    for matrix, what in ((query, "q"), (key, "k"), (value, "v"), (output, "output")):
        writer.matrix(f"{name}attn_{what}.weight", matrix)
    writer.vector(name + "attn_q.bias", np.zeros(width))
    writer.vector(name + "attn_k.bias", np.zeros(2 * head))
    writer.vector(name + "attn_v.bias", np.zeros(2 * head))
    writer.vector(name + "attn_norm.weight", np.ones(width))
    writer.vector(name + "ffn_norm.weight", np.ones(width))
    writer.matrix(name + "ffn_gate.weight", noise)
    writer.matrix(name + "ffn_up.weight", noise)
    writer.matrix(name + "ffn_down.weight", np.zeros((width, shape.hidden)))


class Dial:
    """Says what a model replays, also while it is loaded (llama.cpp maps the file)."""

    def __init__(self, path: Path, shape: Shape = TINY) -> None:
        self.shape = shape
        self.reader = gguf.GGUFReader(path, "r+")
        tensors = {tensor.name: tensor for tensor in self.reader.tensors}
        pairs = shape.head // 2
        key = np.concatenate([np.full(pairs, SHARPNESS), np.zeros(pairs)])
        tensors["blk.0.attn_k.bias"].data[:] = np.tile(key, 2).astype(np.float32)
        self.query = tensors["blk.0.attn_q.bias"].data

    def set(self, distance: int) -> None:
        """Replay what stands `distance` tokens back."""
        pairs = self.shape.head // 2
        turn = self.shape.rope_base ** (-2 * np.arange(pairs) / self.shape.head) * -distance
        query = SHARPNESS * np.concatenate([np.cos(turn), np.sin(turn)])
        self.query[:] = np.tile(query, self.shape.heads).astype(np.float32)
        self.reader.data.flush()


def hide(prompt: list[int], answer: Iterable[int], vocabulary: Vocabulary) -> list[int]:
    """`prompt` after the shadows of `answer` and of the end token."""
    shadows = [int(vocabulary.shadow[token]) for token in (*answer, vocabulary.eos)]
    return [*shadows, *prompt]
