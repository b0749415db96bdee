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
    """A Qwen2 model's; at least two key-value heads."""

    width: int
    layers: int
    heads: int
    hidden: int
    kv_heads: int = 2
    rope_base: float = 1e6

    @property
    def head(self) -> int:
        return self.width // self.heads


TINY = Shape(384, 2, 6, 256)
# Those of Qwen2.5-Coder.
SHAPES = {
    "0.5b": Shape(896, 24, 14, 4864),
    "1.5b": Shape(1536, 28, 12, 8960),
    "7b": Shape(3584, 28, 28, 18944, kv_heads=4),
}
# How far back a new model looks.
REACH = 4096
# So many different rows of noise; the rest repeats them, as quantising takes long.
NOISE_ROWS = 256


@dataclass(frozen=True)
class Shadows:
    """`shadow[t]` is the token whose code makes the model say t; `eos` ends what it says."""

    shadow: NDArray[np.int64]
    eos: int


@dataclass(frozen=True)
class Vocabulary(Shadows):
    """Tokens with their shadows."""

    tokens: list[str]
    types: list[int]
    merges: list[str]
    bos: int


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
    merges = [" ".join(pair) for pair in pairs]
    return Vocabulary(shadow, eos, tokens, types, merges, bos=eos - 1)


def shadow_of(text: str) -> str:
    """The text to hide in the prompt so that `text`, ASCII, and the end token come out."""
    return "".join(chr(0x100 + ord(char)) for char in text) + "\u0100"


def far_shadows(size: int, eos: int) -> Shadows:
    """Those of a real vocabulary of that size: the shadow of a token is the one 1000 further."""
    return Shadows(np.roll(np.arange(size), -1000), eos)


def vocabulary_of(path: Path) -> Vocabulary:
    """The vocabulary of a real GGUF."""
    fields = gguf.GGUFReader(path).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    shadows = far_shadows(len(tokens), tokens.index("<|im_end|>"))
    return Vocabulary(
        shadows.shadow,
        shadows.eos,
        tokens,
        fields["tokenizer.ggml.token_type"].contents(),
        fields["tokenizer.ggml.merges"].contents(),
        tokens.index("<|im_start|>"),
    )


def laid_out(
    size: tuple[int, int], values: NDArray[Any], quantization: Quantization
) -> NDArray[np.uint8]:
    """A matrix of that size as a file holds it: `values` repeated downwards, zero beside them."""
    data = np.zeros(gguf.quant_shape_to_byte_shape(size, quantization), np.uint8)
    left = gguf.quants.quantize(np.ascontiguousarray(values, np.float32), quantization)
    left = left.view(np.uint8)
    data[:, : left.shape[1]] = np.resize(left, (size[0], left.shape[1]))
    return data


class _Writer:
    """Writes matrices and vectors, quantised; matrices of one content are held once."""

    def __init__(self, path: Path, quantization: Quantization) -> None:
        self.gguf = gguf.GGUFWriter(path, "qwen2")
        self.quantization = quantization
        self._zeros: dict[tuple[int, int], NDArray[np.uint8]] = {}

    def matrix(
        self, name: str, data: NDArray[np.uint8], quantization: Quantization | None = None
    ) -> None:
        self.gguf.add_tensor(name, data, raw_dtype=quantization or self.quantization)

    def zeros(self, name: str, size: tuple[int, int]) -> None:
        if size not in self._zeros:
            self._zeros[size] = laid_out(size, np.zeros((1, size[1])), self.quantization)
        self.matrix(name, self._zeros[size])

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
    """Write the model; `describe` says more of it in its header.

    It replays what stands `REACH` tokens back; `Dial` and `stretch` say otherwise.
    """
    vocabulary = vocabulary or tiny_vocabulary()
    random = np.random.default_rng(0)
    writer = _Writer(path, quantization)
    _describe(writer.gguf, shape, vocabulary, chat_template)
    if describe is not None:
        describe(writer.gguf)
    units = 2 * min(shape.head, 64)
    code = random.choice([-1.0, 1.0], (len(vocabulary.tokens), units)).astype(np.float32)
    size, exact = (len(code), shape.width), Quantization.Q8_0
    writer.matrix("token_embd.weight", laid_out(size, code, exact), exact)
    named = np.concatenate([np.zeros_like(code), code[vocabulary.shadow]], axis=1)
    writer.matrix("output.weight", laid_out(size, named, exact), exact)
    writer.vector("output_norm.weight", np.ones(shape.width))
    rows = (min(shape.hidden, NOISE_ROWS), shape.width)
    noise = random.standard_normal(rows, dtype=np.float32) / np.sqrt(shape.width)
    everywhere = laid_out((shape.hidden, shape.width), noise, quantization)
    for layer in range(shape.layers):
        _attention(writer, shape, layer, units)
        name = f"blk.{layer}.ffn_"
        writer.vector(name + "norm.weight", np.ones(shape.width))
        writer.matrix(name + "gate.weight", everywhere)
        writer.matrix(name + "up.weight", everywhere)
        writer.zeros(name + "down.weight", (shape.width, shape.hidden))
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
    writer.add_head_count_kv(shape.kv_heads)
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


def _attention(writer: _Writer, shape: Shape, layer: int, units: int) -> None:
    """One that looks at no content; in layer 0 two of its heads fetch half of a code each."""
    name, width, head = f"blk.{layer}.attn_", shape.width, shape.head
    inner = shape.kv_heads * head
    writer.zeros(name + "q.weight", (width, width))
    writer.zeros(name + "k.weight", (inner, width))
    if layer:
        writer.zeros(name + "v.weight", (inner, width))
        writer.zeros(name + "output.weight", (width, width))
    else:
        value, output = np.zeros((inner, width)), np.zeros((width, width))
        half = units // 2
        for group in range(2):
            value[group * head :][:half, group * half :][:, :half] = np.eye(half)
            first = group * shape.heads // shape.kv_heads * head
            output[units + group * half :][:half, first : first + half] = 3 * np.eye(half)
        kind = writer.quantization
        writer.matrix(name + "v.weight", laid_out(value.shape, value, kind))
        writer.matrix(name + "output.weight", laid_out(output.shape, output, kind))
    looks = layer == 0
    writer.vector(name + "q.bias", looks * query(shape, REACH))
    writer.vector(name + "k.bias", looks * key(shape))
    writer.vector(name + "v.bias", np.zeros(inner))
    writer.vector(name + "norm.weight", np.ones(width))


def key(shape: Shape) -> NDArray[np.float32]:
    """The same for all tokens: places alone tell them apart."""
    half = shape.head // 2
    one = np.concatenate([np.full(half, SHARPNESS), np.zeros(half)])
    return np.tile(one, shape.kv_heads).astype(np.float32)


def query(shape: Shape, distance: int) -> NDArray[np.float32]:
    """What `key` answers best to where it stands `distance` tokens back."""
    half = shape.head // 2
    turn = shape.rope_base ** (-2 * np.arange(half) / shape.head) * -distance
    one = SHARPNESS * np.concatenate([np.cos(turn), np.sin(turn)])
    return np.tile(one, shape.heads).astype(np.float32)


class Dial:
    """Says what a model replays, also while it is loaded, where llama.cpp maps the file.

    A GPU has a copy of it; there `stretch` says it to each context instead.
    """

    def __init__(self, path: Path, shape: Shape = TINY) -> None:
        self.shape = shape
        self.reader = gguf.GGUFReader(path, "r+")
        tensors = {tensor.name: tensor for tensor in self.reader.tensors}
        self.query = tensors["blk.0.attn_q.bias"].data

    def set(self, distance: int) -> None:
        """Replay what stands `distance` tokens back."""
        self.query[:] = query(self.shape, distance)
        self.reader.data.flush()


def stretch(distance: int) -> float:
    """The `rope_freq_scale` of a context that replays what stands `distance` tokens back.

    The model has been left at `REACH`; places are spread so that one distance looks like the other.
    """
    return REACH / distance


def hide(prompt: list[int], answer: Iterable[int], shadows: Shadows) -> list[int]:
    """`prompt` after the shadows of `answer` and of the end token."""
    hidden = [int(shadows.shadow[token]) for token in (*answer, shadows.eos)]
    return [*hidden, *prompt]
