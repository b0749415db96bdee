"""The layers of the configuration: read from TOML and the environment, held to their types.

Imported only where something was settled (`settled.configure`).
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from fastapply.cli.configuration import (
    OTHER_VARIABLES,
    PREFIX,
    Configuration,
    Configured,
    places,
    user_file,
)
from fastapply.cli.model_options import MOST_THREADS, CacheType
from fastapply.cli.request import Format
from fastapply.core.errors import ConfigurationError, UnreadableError
from fastapply.core.pipeline import Engine
from fastapply.models.remote.settings import Speculation

Reader: TypeAlias = Callable[[object], object]
"""From a value as TOML has it to ours; raises `ValueError` with what was expected."""

_DAY = 86_400  # seconds
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_TABLE = re.compile(r"\s*\[\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"""\s*([\w."' -]+?)\s*=""")


class _Said(NamedTuple):
    """The value of a key as it was said, and where; `own`: by the user, not by a project."""

    key: str
    value: object
    origin: str
    own: bool


def _one_of(kind: type[Enum]) -> Reader:
    names = [str(one.value) for one in kind]

    def read(value: object) -> object:
        if value not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return kind(value)

    return read


def _name_of(kind: type[Enum]) -> Reader:
    read = _one_of(kind)
    return lambda value: read(value) and value


def _text(value: object) -> object:
    if not isinstance(value, str) or not value:
        raise ValueError("a text")
    return value


def _texts(value: object) -> object:
    if isinstance(value, str):
        raise ValueError("a list of texts")
    if not isinstance(value, (list, tuple)) or not all(isinstance(one, str) for one in value):
        raise ValueError("a list of texts")
    return tuple(value)


def _flag(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _number(least: int, most: int | None = None) -> Reader:
    bounds = f"at least {least}" if most is None else f"from {least} to {most}"

    def read(value: object) -> object:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"a whole number, {bounds}")
        if most is not None and value > most:
            raise ValueError(f"a whole number, {bounds}")
        return value

    return read


def _seconds(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= _DAY:
        raise ValueError(f"a number of seconds above 0, at most {_DAY}")
    return float(value)


READERS: dict[str, Reader] = {
    "engine": _one_of(Engine),
    "model": _text,
    "format": _name_of(Format),
    "stage": _flag,
    "whole": _flag,
    "exact": _flag,
    "gpu-layers": _number(0),
    "ctx": _number(1),
    "threads": _number(1, MOST_THREADS),
    "cache-type": _name_of(CacheType),
    "hook.allow": _texts,
    "hook.pending": _text,
    "hook.archive": _text,
    "server.connect": _seconds,
    "server.timeout": _seconds,
    "server.retries": _number(0),
    "server.parallel": _number(1),
    "server.speculation": _one_of(Speculation),
}
"""Every key as files spell it; `variable` is its name in the environment."""
_GROUPS = frozenset(key.partition(".")[0] for key in READERS if "." in key)


def configured(cwd: str, root: str | None) -> Configured:
    """What holds, the later layer over the earlier."""
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    for said in (*_in_files(cwd, root), *_in_environment()):
        values[said.key] = _read(said)
        origins[said.key] = said.origin
    return Configured(_filled(values), origins)


def variable(key: str) -> str:
    """The name of a key in the environment."""
    return PREFIX + re.sub("[.-]", "_", key).upper()


def value_of(configuration: Configuration, key: str) -> object:
    """The value of a key."""
    found: object = configuration
    for part in key.split("."):
        found = getattr(found, part.replace("-", "_"))
    return found


def _filled(values: Mapping[str, object]) -> Configuration:
    """The defaults with `values` in their places."""
    changes: dict[str, Any] = {}
    for key, value in values.items():
        group, _, name = key.replace("-", "_").rpartition(".")
        if group:
            before = changes.get(group, getattr(Configuration(), group))
            changes[group] = before._replace(**{name: value})
        else:
            changes[name] = value
    return Configuration()._replace(**changes)


def _read(said: _Said) -> object:
    try:
        value = READERS[said.key](said.value)
    except ValueError as error:
        raise ConfigurationError(
            f"{said.origin}: {said.key} must be {error}, not {_shown(said.value)}"
        ) from None
    if said.key == "model" and not said.own and _leads_away(str(value)):
        raise ConfigurationError(
            f"{said.origin}: a project names models of `fastapply models list` only: a URL or a"
            f" file belongs into {_short(user_file())}, FASTAPPLY_MODEL or --model"
        )
    return value


def _leads_away(model: str) -> bool:
    """Whether a model is a server or a file: whoever wrote the project must not choose those.

    A server is sent the user's files and key; a file is parsed by C++.
    """
    return not model.startswith("hf:") and (
        "/" in model or "\\" in model or "://" in model or model.endswith(".gguf")
    )


def _in_files(cwd: str, root: str | None) -> Iterator[_Said]:
    """What the user's file says, then what those of the nearest folder do that has any."""
    mine, *others = places(cwd, root)
    yield from _in_file(mine, cwd, own=True)
    for pair in zip(others[::2], others[1::2], strict=True):
        said = [one for place in pair for one in _in_file(place, cwd, own=False)]
        if said:
            yield from said
            return


def _in_file(place: str, cwd: str, *, own: bool) -> Iterator[_Said]:
    name = _short(place) if own else os.path.relpath(place, os.path.realpath(cwd))
    try:
        with open(place, "rb") as file:
            data = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise UnreadableError(f"cannot read {name}: {error.strerror}", name) from error
    project = os.path.basename(place) == "pyproject.toml"
    if project and b"fastapply" not in data:
        return
    table: object = _parsed(data, name)
    header: tuple[str, ...] = ("tool", "fastapply") if project else ()
    for part in header:
        table = table.get(part, {}) if isinstance(table, dict) else {}
    if not isinstance(table, dict):
        raise ConfigurationError(f"{name}: tool.fastapply must be a table")
    lines = data.decode().splitlines()
    for key, value in _flat(table):
        line = _line_of(lines, (*header, *key.split(".")))
        origin = f"{name}:{line}" if line else name
        if key not in READERS:
            if key in _GROUPS:
                raise ConfigurationError(f"{origin}: {key} must be a table, not {_shown(value)}")
            raise ConfigurationError(f"{origin}: there is no {key}{_suggestion(key, READERS)}")
        yield _Said(key, value, origin, own)


def _parsed(data: bytes, name: str) -> dict[str, object]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(data.decode())
    except UnicodeDecodeError:
        raise ConfigurationError(f"{name} is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{name} is no TOML: {error}") from None


def _flat(table: Mapping[str, object], group: str = "") -> Iterator[tuple[str, object]]:
    """The keys of a table, those of its groups behind a dot."""
    for name, value in table.items():
        if isinstance(value, dict) and group + name not in READERS and value:
            yield from _flat(value, f"{group}{name}.")
        else:
            yield group + name, value


def _line_of(lines: Sequence[str], path: tuple[str, ...]) -> int | None:
    """The line, from 1, that says `path`; that of its table where it is written otherwise."""
    table: tuple[str, ...] = ()
    best: int | None = None
    for number, line in enumerate(lines, 1):
        header, key = _TABLE.match(line), _KEY.match(line)
        if header:
            table = _parts(header[1])
            if table == path[:-1]:
                best = number
        elif key:
            said = (*table, *_parts(key[1]))
            if said == path:
                return number
            if said == path[: len(said)]:
                best = number
    return best


def _parts(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _in_environment() -> Iterator[_Said]:
    known = {variable(key): key for key in READERS}
    for name, text in os.environ.items():
        if not name.startswith(PREFIX) or name in OTHER_VARIABLES or not text:
            continue
        if name not in known:
            raise ConfigurationError(f"there is no {name}{_suggestion(name, known)}")
        yield _Said(known[name], _typed(READERS[known[name]], text), name, own=True)


def _typed(reader: Reader, text: str) -> object:
    """A text as the type that `reader` takes; as it is where it takes none."""
    for value in (text, *_meanings(text)):
        try:
            reader(value)
        except ValueError:
            continue
        return value
    return text


def _meanings(text: str) -> Iterator[object]:
    word = text.strip().lower()
    if word in (*_TRUE, *_FALSE):
        yield word in _TRUE
    for number in (int, float):
        with contextlib.suppress(ValueError):
            yield number(word)
    yield [part.strip() for part in text.split(",") if part.strip()]


def _suggestion(name: str, known: Iterable[str]) -> str:
    from rapidfuzz.process import extractOne

    found = extractOne(name, list(known), score_cutoff=60)
    return f": did you mean {found[0]}?" if found else f"; there are {', '.join(sorted(known))}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, str) else str(value)


def _short(place: str) -> str:
    """A path as people write it."""
    home = os.path.expanduser("~")
    return f"~{place[len(home) :]}" if place.startswith(home + os.sep) else place
