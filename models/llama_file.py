"""What a GGUF holds, asked before it is loaded."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from pathlib import Path

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


def is_much_repacked(path: Path) -> bool:
    """Whether llama.cpp will lay out much of the GGUF at `path` anew, for a CPU."""
    open_file = _bound("gguf_init_from_file", _Context, ctypes.c_char_p, _Params)
    count = _bound("gguf_get_n_tensors", ctypes.c_int64, _Context)
    kind = _bound("gguf_get_tensor_type", ctypes.c_int, _Context, ctypes.c_int64)
    size = _bound("gguf_get_tensor_size", ctypes.c_size_t, _Context, ctypes.c_int64)
    close = _bound("gguf_free", None, _Context)
    context = open_file(os.fsencode(path), _Params(True, None))
    if not context:
        return False
    try:
        tensors = [(kind(context, at), size(context, at)) for at in range(count(context))]
    finally:
        close(context)
    repacked = sum(size for kind, size in tensors if kind in _REPACKED)
    return repacked >= _MUCH * sum(size for _, size in tensors)
