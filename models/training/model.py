"""A Llama-shaped model, small enough to ship.

The standard architecture - RMSNorm, rotary attention, SwiGLU, untied output - so that llama.cpp
runs it. Two freedoms it leaves are used: heads need not share out the model's width (`heads` x
`HEAD` may exceed `width`), and the rotary frequencies are our own (exported as `rope_freqs`): the
first `ROTARY` pairs turn, the others stand still, so that a head matches content at any distance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

HEAD = 64
ROTARY = 8
EPSILON = 1e-6
STILL = 1e-9


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a model, in units; the context in tokens."""

    vocabulary: int = 4096
    width: int = 384
    layers: int = 5
    heads: int = 8
    hidden: int = 512
    context: int = 4096


def frequencies() -> Tensor:
    """How far each pair of a head turns from one position to the next, in radians."""
    turning = 2.8 * 0.51 ** torch.arange(ROTARY, dtype=torch.float64)
    return torch.cat([turning, torch.full((HEAD // 2 - ROTARY,), STILL, dtype=torch.float64)])


def _rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Turn the pairs that turn; the others stand still to the last bit that counts."""
    still = HEAD // 2 - ROTARY
    left, left_still, right, right_still = torch.split(x, [ROTARY, still, ROTARY, still], -1)
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    turned = (left * cos - right * sin, left_still, right * cos + left * sin, right_still)
    return torch.cat(turned, -1)


class Layer(nn.Module):
    """Attention and a gated network, each on the normed stream."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        inner = shape.heads * HEAD
        self.heads = shape.heads
        self.attention_norm = nn.RMSNorm(shape.width, EPSILON)
        self.query = nn.Linear(shape.width, inner, bias=False)
        self.key = nn.Linear(shape.width, inner, bias=False)
        self.value = nn.Linear(shape.width, inner, bias=False)
        self.output = nn.Linear(inner, shape.width, bias=False)
        self.network_norm = nn.RMSNorm(shape.width, EPSILON)
        self.gate = nn.Linear(shape.width, shape.hidden, bias=False)
        self.up = nn.Linear(shape.width, shape.hidden, bias=False)
        self.down = nn.Linear(shape.hidden, shape.width, bias=False)

    def forward(self, stream: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """The stream after this layer."""
        batch, length, _ = stream.shape
        normed = self.attention_norm(stream)
        query, key, value = (
            project(normed).view(batch, length, self.heads, HEAD).transpose(1, 2)
            for project in (self.query, self.key, self.value)
        )
        mixed = functional.scaled_dot_product_attention(
            _rotate(query, cos, sin), _rotate(key, cos, sin), value, is_causal=True
        )
        stream = stream + self.output(mixed.transpose(1, 2).reshape(batch, length, -1))
        normed = self.network_norm(stream)
        change: Tensor = self.down(functional.silu(self.gate(normed)) * self.up(normed))
        return stream + change


class ApplyModel(nn.Module):
    """Tokens in, logits of the next token out."""

    cos: Tensor
    sin: Tensor

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = nn.RMSNorm(shape.width, EPSILON)
        self.head = nn.Linear(shape.width, shape.vocabulary, bias=False)
        turns = frequencies()[:ROTARY]
        angles = torch.outer(torch.arange(shape.context, dtype=torch.float64), turns)
        self.register_buffer("cos", angles.cos().float(), persistent=False)
        self.register_buffer("sin", angles.sin().float(), persistent=False)

    def layer(self, number: int) -> Layer:
        """One of the layers."""
        return cast(Layer, self.layers[number])

    def stream(self, tokens: Tensor, layers: int) -> Tensor:
        """The stream after so many layers."""
        stream: Tensor = self.embedding(tokens)
        cos, sin = self.cos[: tokens.shape[1]], self.sin[: tokens.shape[1]]
        for number in range(layers):
            stream = self.layer(number)(stream, cos, sin)
        return stream

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits for the token after each."""
        logits: Tensor = self.head(self.norm(self.stream(tokens, len(self.layers))))
        return logits
