"""What is exported and asked."""

from dataclasses import dataclass, field
from typing import Any

import torch


@dataclass
class Case:
    name: str
    module: Any
    args: list
    # Position of an argument to its batch dimension.
    batch: dict = field(default_factory=dict)
    kwargs: dict = field(default_factory=dict)
    # Whether hard values are tried too, or which.
    hard: Any = False
    refuse: bool = False
    rtol: float = 1e-5
    sizes: tuple = (1, 7)


def f(*shape, dtype=torch.float32):
    return torch.randn(shape, dtype=dtype)


def i(*shape, low=-9, high=10, dtype=torch.int64):
    return torch.randint(low, high, shape, dtype=dtype)


def b(*shape):
    return torch.rand(shape) < 0.5


def case(name, module, *args, batch='auto', **options):
    """The batch is dimension 0 of every tensor that has the extent of the first one there, unless said otherwise."""
    if batch == 'auto':
        first = next((a for a in args if isinstance(a, torch.Tensor) and a.dim() > 0), None)
        size = None if first is None else first.shape[0]
        batch = {k: 0 for k, a in enumerate(args) if isinstance(a, torch.Tensor) and a.dim() > 0 and a.shape[0] == size}
    elif batch is None:
        batch = {}
    return Case(name, module, list(args), batch, **options)
