"""The model that comes with the package, on cases of our own; skipped where it was left out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from fastapply.core.errors import FastApplyError
from fastapply.core.pipeline import Engine, Options, run
from fastapply.core.text import SourceText
from fastapply.formats import parse
from fastapply.models.engine import Choice, LocalRewriter
from fastapply.models.settings import Settings
from fastapply.models.weights import EMBEDDED_NAME, shipped
from tests.core.memory import MemoryWorkspace

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")

MODEL = shipped()
MOST_BYTES = 32_000_000
CASES = Path(__file__).parents[1] / "cases" / "snippet"
APPLIED = (
    "constant-replaced",
    "css-rule",
    "function-without-markers",
    "markers-python",
    "yaml-key",
)
REFUSED = sorted(
    path.parent.name for path in CASES.glob("*/expect.toml") if "reason" in path.read_text("utf-8")
)

pytestmark = pytest.mark.skipif(MODEL is None, reason="no model in this installation")


@pytest.fixture(scope="module")
def rewriter() -> Iterator[LocalRewriter]:
    rewriter = LocalRewriter(Choice(EMBEDDED_NAME, required=True, settings=Settings(threads=1)))
    yield rewriter
    rewriter.close()


def apply(folder: Path, rewriter: LocalRewriter, engine: Engine) -> MemoryWorkspace:
    before = next(folder.glob("before.*"))
    expected = folder / "expect.toml"
    told = tomllib.loads(expected.read_text("utf-8")) if expected.exists() else {}
    path = str(told.get("path", f"src/example{before.suffix}"))
    workspace = MemoryWorkspace({path: SourceText.decode(before.read_bytes())})
    run(
        (folder / "edit.md").read_text("utf-8"),
        workspace=workspace,
        parse=parse,
        rewriter=rewriter,
        options=Options(files=(path,), engine=engine),
    )
    return workspace


@pytest.mark.parametrize("case", APPLIED)
def test_it_rewrites(rewriter, case):
    workspace = apply(CASES / case, rewriter, Engine.REWRITE)
    (text,) = workspace.files.values()
    assert text.encode() == next((CASES / case).glob("after.*")).read_bytes()


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("engine", [Engine.AUTO, Engine.REWRITE])
def test_what_nobody_can_know_it_does_not_guess(rewriter, engine, case):
    with pytest.raises(FastApplyError):
        apply(CASES / case, rewriter, engine)


def test_it_is_small():
    assert MODEL is not None
    assert MODEL.path.stat().st_size <= MOST_BYTES
