"""What is written by each kind of server, and how it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from fastapply.models.progress import Progress
from fastapply.models.prompt import Task
from fastapply.models.remote.address import address
from fastapply.models.remote.http import Http
from fastapply.models.remote.settings import ServerSettings, Speculation
from fastapply.models.remote.writer import RemoteWriter
from fastapply.models.writer import Job
from tests.models.remote.stub import Stub, serving

CODE = "".join(f"def f{n}(x):\n    return x + {n}\n\n" for n in range(10))
NEW = CODE.replace("x + 5", "5 * x").replace("def f9(x):", "def f9(x, y):")
TASK = Task(CODE, (None, "    return 5 * x", None), "#")


def gold(code: str) -> str:
    return code.replace("x + 5", "5 * x").replace("def f9(x):", "def f9(x, y):")


@contextmanager
def writing(
    stub: Stub, name: str = "", report: Callable[[Progress], None] | None = None, **settings: Any
) -> Iterator[RemoteWriter]:
    """A writer that asks `stub`, which serves until the end."""
    with serving(stub):
        place = address(f"{stub.url}#{name}")
        writer = RemoteWriter(Http(place, None, ServerSettings(**settings), pause=0.0), report)
        try:
            yield writer
        finally:
            writer.close()


def paths(stub: Stub) -> list[str]:
    return [path for path, _ in stub.asked]


@pytest.mark.parametrize("expected", [NEW, CODE, "", "something else\n" * 30])
@pytest.mark.parametrize(
    ("kind", "name", "speculation"),
    [
        ("plain", "toy", "auto"),
        ("vllm", "toy", "auto"),
        ("vllm", "toy", "server"),
        ("vllm", "toy", "prediction"),
        ("echo", "fastapply-7b", "auto"),
        ("echo", "fastapply-7b", "echo"),
    ],
)
def test_the_text_is_the_servers_own_whatever_is_expected(
    kind: str, name: str, speculation: str, expected: str
) -> None:
    stub = Stub(kind, gold, name=name)
    with writing(stub, name, speculation=Speculation(speculation)) as writer:
        (answer,) = writer.write([Job(TASK, expected, 64.0)])
    assert answer.text == NEW
    assert writer.name == name
    assert answer.tally.tokens > 50
