"""The man page in docs is that of the commands as they are."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.man_page import page

PAGE = Path(__file__).parent.parent / "docs" / "fastapply.1"


def test_the_man_page_is_true() -> None:
    told = "the commands have changed: python tests/man_page.py > docs/fastapply.1"
    assert PAGE.read_text() == page(), told


def test_roff_understands_it() -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("no groff here")
    done = subprocess.run(
        [groff, "-man", "-Tutf8", "-wall", str(PAGE)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "apply what a language model wrote" in done.stdout
