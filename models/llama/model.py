"""Models in llama.cpp: loading a GGUF, its vocabulary, and what it says of itself.

The low-level API throughout: one model, any number of contexts (`llama_verifier`). llama.cpp logs
nothing unless asked to; what it would have said goes into the errors.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapply.core.errors import ModelError
from fastapply.models.decoding.tokens import Token
from fastapply.models.llama.interrupts import held_interrupts
from fastapply.models.settings import Settings
from fastapply.models.weights import check_kind

# Threads that wait for each other burn the core the other needs; must be set before libgomp loads.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

import llama_cpp as ll
from llama_cpp._ggml import libggml

from fastapply.models.llama.file import is_cut_off, is_much_repacked

_PIECE_BYTES = 512
_ALL_LAYERS = -1
# llama.cpp's kernels for AMX crash on some machines (ggml-org/llama.cpp#20824).
_CRASHING = b"AMX_INT8 = 1"

_DEBUG, _WARNING, _ERROR, _CONTINUED = 1, 3, 4, 5

# What llama.cpp begins its complaints with: a function's name.
_SPEAKER = re.compile(r"^\w+: (error loading model: )?")

_AbortCallback = ctypes.CFUNCTYPE(None, ctypes.c_char_p)
_last_word: object = None

_said: deque[str] = deque(maxlen=20)
_verbose = False
_level = _DEBUG


def _log(level: int, text: bytes, _data: ctypes.c_void_p) -> None:
    """Keep complaints for errors to quote; show all but the details, where that is wanted."""
    global _level
    _level = level if level != _CONTINUED else _level
    line = text.decode("utf-8", "replace")
    if _level in (_WARNING, _ERROR):
        _said.append(line)
    if _verbose and _level != _DEBUG:
        sys.stderr.write(line)


_log_callback = ll.llama_log_callback(_log)


def when_it_gives_up(tell: Callable[[str], None]) -> None:
    """Let `tell` have the last word where llama.cpp is about to end the process.

    It does so where small allocations and computations on a GPU fail; there is no way back.
    """
    global _last_word  # must live as long as llama.cpp may call it
    set_callback = getattr(libggml, "ggml_set_abort_callback", None)
    if set_callback is not None:
        _last_word = _AbortCallback(lambda text: tell(text.decode("utf-8", "replace").strip()))
        set_callback(_last_word)


class LlamaModel:
    """A loaded GGUF: its vocabulary (`tokens.Tokenizer`) and its description."""

    def __init__(self, handle: ll.llama_model_p, name: str, settings: Settings) -> None:
        """Take over `handle`; use `open_model`."""
        self.handle = handle
        self.name = name
        self.settings = settings
        self.offloads = _offload(settings) != 0
        self._vocabulary = ll.llama_model_get_vocab(handle)
        self.size = int(ll.llama_vocab_n_tokens(self._vocabulary))
        self.parameters = int(ll.llama_model_n_params(handle))
        self.trained_context = int(ll.llama_model_n_ctx_train(handle))
        self.stop = _Ends(self._vocabulary)

    @property
    def writes(self) -> bool:
        """Whether it writes text from left to right: models for embeddings and the like do not."""
        if ll.llama_model_has_encoder(self.handle) or ll.llama_model_is_diffusion(self.handle):
            return False
        family = self.metadata("general.architecture")
        pools = self.metadata(f"{family}.pooling_type") not in ("", "0")
        return not pools and self.metadata(f"{family}.attention.causal") != "false"

    @property
    def place(self) -> str:
        """Where it runs, in a word or two for people."""
        if not self.offloads:
            threads = f"on {self.threads} CPU thread{'s' if self.threads > 1 else ''}"
            missed = self.settings.gpu_layers and not ll.llama_supports_gpu_offload()
            return f"{threads}, llama.cpp being built without a GPU" if missed else threads
        layers = int(ll.llama_model_n_layer(self.handle))
        offloaded = self.settings.gpu_layers
        if offloaded is None or not 0 <= offloaded < layers:
            return "on the GPU"
        return f"on the GPU ({offloaded} of {layers} layers)"

    @property
    def can_rewind(self) -> bool:
        """Whether the memory can forget its last tokens: recurrent states cannot."""
        return not (
            ll.llama_model_is_recurrent(self.handle) or ll.llama_model_is_hybrid(self.handle)
        )

    @property
    def context_limit(self) -> int:
        """The most tokens it can hold at once."""
        trained = self.trained_context or sys.maxsize
        return min(self.settings.context or trained, trained)

    @property
    def threads(self) -> int:
        """How many threads compute."""
        if self.settings.threads:
            return self.settings.threads
        if hasattr(os, "sched_getaffinity"):
            return len(os.sched_getaffinity(0))
        return os.cpu_count() or 1

    def encode(self, text: str, *, control: bool = False) -> list[Token]:
        """The tokens of `text` (`tokens.Tokenizer`)."""
        try:
            data = text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ModelError("a model reads UTF-8 only, and this text is not") from error
        most = len(data) + 8
        buffer = (ctypes.c_int32 * most)()
        count = ll.llama_tokenize(self._vocabulary, data, len(data), buffer, most, False, control)
        if count < 0:
            raise ModelError(f"llama.cpp cannot tokenise this text ({count})")
        return list(buffer[:count])

    def decode(self, tokens: Sequence[Token]) -> str:
        """The text of `tokens` (`tokens.Tokenizer`)."""
        try:
            return b"".join(self._piece(token) for token in tokens).decode("utf-8")
        except UnicodeDecodeError as error:
            raise ModelError("the model wrote something that is not UTF-8") from error

    def control(self, spelling: str) -> Token | None:
        """The control token spelled so, None where the vocabulary has none."""
        tokens = self.encode(spelling, control=True)
        if len(tokens) == 1 and ll.llama_vocab_is_control(self._vocabulary, tokens[0]):
            return tokens[0]
        return None

    @property
    def opening(self) -> list[Token]:
        """What the model wants at the beginning of every text: the BOS token, or nothing."""
        if ll.llama_vocab_get_add_bos(self._vocabulary):
            return [int(ll.llama_vocab_bos(self._vocabulary))]
        return []

    @property
    def chat_template(self) -> str | None:
        """The Jinja template of its conversations, None where it has none."""
        template = ll.llama_model_chat_template(self.handle, None)
        return template.decode("utf-8") if template else None

    def spelled(self, token: Token) -> str:
        """How a control token is written in chat templates; "" for no token."""
        return self._piece(token).decode("utf-8", "replace") if token >= 0 else ""

    @property
    def bos_and_eos(self) -> tuple[str, str]:
        """The spellings of its first and last tokens."""
        bos, eos = ll.llama_vocab_bos(self._vocabulary), ll.llama_vocab_eos(self._vocabulary)
        return self.spelled(bos), self.spelled(eos)

    def metadata(self, key: str) -> str:
        """What the GGUF says under `key`, "" where it says nothing."""
        buffer = ctypes.create_string_buffer(1024)
        ll.llama_model_meta_val_str(self.handle, key.encode(), buffer, len(buffer))
        return buffer.value.decode("utf-8", "replace")

    def _piece(self, token: Token) -> bytes:
        """The bytes of one token, control tokens spelled out; longer ones than 32 bytes too."""
        buffer = ctypes.create_string_buffer(_PIECE_BYTES)
        length = ll.llama_token_to_piece(self._vocabulary, token, buffer, len(buffer), 0, True)
        if length < 0:
            buffer = ctypes.create_string_buffer(-length)
            length = ll.llama_token_to_piece(self._vocabulary, token, buffer, len(buffer), 0, True)
        return buffer.raw[:length]


@dataclass(frozen=True, slots=True)
class _Ends:
    """The tokens that end an answer; asked one by one, as a vocabulary is large."""

    vocabulary: ll.llama_vocab_p

    def __contains__(self, token: object) -> bool:
        return bool(ll.llama_vocab_is_eog(self.vocabulary, token))


@contextmanager
def open_model(path: Path, settings: Settings | None = None) -> Iterator[LlamaModel]:
    """Load the GGUF at `path`; free it at the end.

    It is mapped into memory, unless much of it will be laid out anew: that would be there twice.

    Raises `WeightsNotFoundError` where there is no such file, `ModelError` where it is no GGUF,
    truncated, or a kind of model that writes no text.
    """
    global _verbose  # llama.cpp has one log for the process
    settings = settings or Settings()
    _verbose = settings.verbose
    check_kind(path)
    ll.llama_log_set(_log_callback, ctypes.c_void_p(0))
    ll.llama_backend_init()
    params = ll.llama_model_default_params()
    params.n_gpu_layers = _offload(settings)
    params.use_extra_bufts = can_repack()
    if not params.n_gpu_layers and can_repack() and is_much_repacked(path):
        params.load_mode = ll.LLAMA_LOAD_MODE_NONE
    _said.clear()
    handle: ll.llama_model_p | None = None
    try:
        with held_interrupts() as interrupted:
            go_on = ll.llama_progress_callback(lambda _progress, _data: not interrupted())
            params.progress_callback = go_on
            handle = ll.llama_model_load_from_file(os.fsencode(path), params)
        if not handle:
            raise ModelError(f"llama.cpp cannot load {path}{last_words()}")
        model = LlamaModel(handle, path.stem, settings)
        if not model.writes:
            raise ModelError(f"{path} is no model that writes text from left to right")
        yield model
    finally:
        if handle:
            ll.llama_model_free(handle)


def check_whole(path: Path) -> None:
    """Raise `ModelError` where there is no GGUF at `path`, or it ends too early."""
    check_kind(path)
    ll.llama_log_set(_log_callback, ctypes.c_void_p(0))
    if is_cut_off(path):
        raise ModelError(f"{path} is cut off: it ends before its weights do")


def can_repack() -> bool:
    """Whether weights may be laid out anew for this processor's best kernels."""
    return _CRASHING not in ll.llama_print_system_info()


def last_words() -> str:
    """What llama.cpp last complained about, as the end of a message."""
    lines = [line.strip() for line in "".join(_said).splitlines()]
    blames = [line for line in lines if "error" in line.lower() or "fail" in line.lower()]
    return f": {_SPEAKER.sub('', blames[0])}" if blames else ""


def _offload(settings: Settings) -> int:
    """How many layers go to the GPU."""
    if not ll.llama_supports_gpu_offload():
        return 0
    return _ALL_LAYERS if settings.gpu_layers is None else settings.gpu_layers
