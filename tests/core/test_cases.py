"""Case folders, each the whole road in small: tests/cases and tests/gaps.

    tests/cases/<format>/<case>/ = before.EXT edit.md (after.EXT | expect.toml)
    tests/gaps/<case>/           = before.EXT edit.md ideal.EXT (now.EXT | now.toml)

`expect.toml` and `now.toml` hold the ``reason`` of a refusal, and may name the ``path`` the file
has. A gap is a case that a careful reader would decide and the merge does not: its
answer is `now`, and shall be `ideal`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fastapply.core.errors import FastApplyError
from fastapply.core.text import SourceText
from tests.core.memory import MemoryWorkspace, merge_in

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")

TESTS = Path(__file__).parents[1]
CASES = sorted(path.parent for path in TESTS.glob("cases/*/*/edit.md"))
GAPS = sorted(path.parent for path in TESTS.glob("gaps/*/edit.md"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an edit document: the file's bytes, or the reason it was refused for."""

    text: bytes | None
    reason: str | None = None


def name(folder: Path) -> str:
    return str(folder.relative_to(TESTS))


def only(folder: Path, stem: str) -> Path | None:
    """The file of `folder` called `stem`, whatever its extension."""
    found = [path for path in folder.iterdir() if path.stem == stem and path.suffix != ".toml"]
    assert len(found) < 2
    return found[0] if found else None


def settings(folder: Path, stem: str) -> dict[str, Any]:
    path = folder / f"{stem}.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def expected(folder: Path, text: str, refusal: str) -> Answer:
    """The answer that the file `text`, or the reason in `refusal`.toml, spells out."""
    path = only(folder, text)
    reason = settings(folder, refusal).get("reason")
    assert (path is None) == (reason is not None), "a text or a reason"
    return Answer(path.read_bytes() if path else None, reason)


def answer(folder: Path) -> Answer:
    """Apply the document; a refusal must leave the file alone."""
    before = only(folder, "before")
    assert before is not None
    known = {**settings(folder, "expect"), **settings(folder, "now")}
    path = str(known.get("path", f"src/example{before.suffix}"))
    data = before.read_bytes()
    workspace = MemoryWorkspace({path: SourceText.decode(data)})
    try:
        merge_in(workspace, (folder / "edit.md").read_text("utf-8"), path)
    except FastApplyError as error:
        assert not workspace.written
        return Answer(None, error.reason)
    return Answer(workspace.files[path].encode())


def test_there_are_cases() -> None:
    assert len(CASES) >= 20


@pytest.mark.parametrize("folder", CASES, ids=name)
def test_case(folder: Path) -> None:
    assert answer(folder) == expected(folder, "after", "expect")


@pytest.mark.parametrize("folder", GAPS, ids=name)
def test_gap(folder: Path) -> None:
    got, ideal = answer(folder), expected(folder, "ideal", "ideal")
    assert got != ideal, "right at last: move it to cases"
    assert got == expected(folder, "now", "now"), "wrong in a new way"
