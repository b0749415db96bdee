from __future__ import annotations

from pathlib import Path

import pytest

from fastapply.cli.request import Format
from fastapply.formats.instructions import instructions
from tests.cli.support import Run


@pytest.mark.parametrize("format", Format)
def test_prompt_prints_the_instructions(folder: Path, run: Run, format: Format) -> None:
    ended = run("prompt", "--format", format.value)
    assert (ended.code, ended.out.decode()) == (0, instructions(format.value))


def test_prompt_asks_for_what_is_configured(folder: Path, run: Run) -> None:
    assert run("prompt").out.decode() == instructions("snippet")
    (folder / "fastapply.toml").write_text("format = 'udiff'\n")
    assert run("prompt").out.decode() == instructions("udiff")


def test_an_unknown_format_is_refused(folder: Path, run: Run) -> None:
    assert run("prompt", "--format", "xml").code == 2
