"""What a GGUF holds, asked before it is loaded."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import llama_cpp as ll
from llama_cpp._ggml import libggml

_Context = ctypes.c_void_p

# The types that llama.cpp lays out anew for the processors of today, x86 and ARM alike.
_REPACKED = frozenset({ll.GGML_TYPE_Q4_0, ll.GGML_TYPE_Q4_K, ll.GGML_TYPE_IQ4_NL})
_MUCH = 0.25


class _Params(ctypes.Structure):
    _fields_ = (("no_alloc", ctypes.c_bool), ("ctx", ctypes.c_void_p))


def _bound(name: str, result: type | None, *arguments: type) -> Callable[..., int]:
    function: Callable[..., int] = ctypes.CFUNCTYPE(result, *arguments)((name, libggml))
    return function


class _Tensor(NamedTuple):
    kind: int
    offset: int
    size: int


def _tensors(path: Path) -> tuple[int, list[_Tensor]] | None:
    """Where the weights of the GGUF at `path` begin, and what they are; None if it does not say."""
    open_file = _bound("gguf_init_from_file", _Context, ctypes.c_char_p, _Params)
    start = _bound("gguf_get_data_offset", ctypes.c_size_t, _Context)
    count = _bound("gguf_get_n_tensors", ctypes.c_int64, _Context)
    kind = _bound("gguf_get_tensor_type", ctypes.c_int, _Context, ctypes.c_int64)
    offset = _bound("gguf_get_tensor_offset", ctypes.c_size_t, _Context, ctypes.c_int64)
    size = _bound("gguf_get_tensor_size", ctypes.c_size_t, _Context, ctypes.c_int64)
    close = _bound("gguf_free", None, _Context)
    context = open_file(os.fsencode(path), _Params(True, None))
    if not context:
        return None
    try:
        every = range(count(context))
        found = [_Tensor(kind(context, n), offset(context, n), size(context, n)) for n in every]
        return start(context), found
    finally:
        close(context)


def is_cut_off(path: Path) -> bool:
    """Whether the GGUF at `path` ends before its weights do, or in the midst of its header."""
    said = _tensors(path)
    if said is None:
        return True
    start, tensors = said
    ends = (start + tensor.offset + tensor.size for tensor in tensors)
    return path.stat().st_size < max(ends, default=0)


def is_much_repacked(path: Path) -> bool:
    """Whether llama.cpp will lay out much of the GGUF at `path` anew, for a CPU."""
    said = _tensors(path)
    if said is None:
        return False
    _, tensors = said
    repacked = sum(tensor.size for tensor in tensors if tensor.kind in _REPACKED)
    return repacked >= _MUCH * sum(tensor.size for tensor in tensors)
