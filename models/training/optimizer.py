"""Muon for the matrices between, AdamW for embedding, output and norms.

Muon (Jordan et al. 2024, "Muon: an optimizer for hidden layers in neural networks"): momentum
whose update is made orthogonal by five Newton-Schulz steps.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from fastapply.models.training.model import ApplyModel

MOMENTUM = 0.95
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)


def orthogonal(gradients: Tensor) -> Tensor:
    """For each of (many, rows, columns), the nearest matrix, roughly, with singular values of 1."""
    a, b, c = NEWTON_SCHULZ
    tall = gradients.shape[1] > gradients.shape[2]
    x: Tensor = (gradients.mT if tall else gradients).bfloat16()
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        square = x @ x.mT
        x = a * x + (b * square + c * square @ square) @ x
    return (x.mT if tall else x).float()


class Optimizer:
    """Both optimisers as one; `rate` scales the learning rates of the two."""

    def __init__(self, model: ApplyModel, matrix_rate: float, other_rate: float) -> None:
        named = list(model.layers.named_parameters())
        matrices = [weight for _, weight in named if weight.dim() == 2]
        inner = {id(weight) for weight in matrices}
        others = [weight for weight in model.parameters() if id(weight) not in inner]
        alike: dict[torch.Size, list[Tensor]] = {}
        for weight in matrices:
            alike.setdefault(weight.shape, []).append(weight)
        self.matrices = list(alike.values())
        self.momenta = [torch.stack(group).zero_() for group in self.matrices]
        self.matrix_rate, self.other_rate = matrix_rate, other_rate
        self.adam = torch.optim.AdamW(others, lr=other_rate, betas=(0.9, 0.95), weight_decay=0.0)

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """Apply the gradients and forget them."""
        for weights, momentum in zip(self.matrices, self.momenta, strict=True):
            gradients = torch.stack([_gradient(weight) for weight in weights])
            momentum.mul_(MOMENTUM).add_(gradients)
            updates = orthogonal(gradients + MOMENTUM * momentum)
            stretch = max(1.0, updates.shape[1] / updates.shape[2]) ** 0.5
            scaled = updates.mul_(-self.matrix_rate * rate * stretch)
            torch._foreach_add_(weights, list(scaled.unbind()))
            for weight in weights:
                weight.grad = None
        for group in self.adam.param_groups:
            group["lr"] = self.other_rate * rate
        self.adam.step()
        self.adam.zero_grad()

    def state(self) -> dict[str, Any]:
        """All that a later run needs to go on."""
        return {"momenta": self.momenta, "adam": self.adam.state_dict()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up where `state` was saved."""
        for momentum, saved in zip(self.momenta, state["momenta"], strict=True):
            momentum.copy_(saved)
        self.adam.load_state_dict(state["adam"])


def _gradient(weight: Tensor) -> Tensor:
    return torch.zeros_like(weight) if weight.grad is None else weight.grad
