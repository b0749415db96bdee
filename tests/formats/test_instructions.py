"""The instructions for chat models: their examples are edits that we understand and that fit."""

from __future__ import annotations

import pytest

from fastapply.core.merge import merge
from fastapply.core.result import Merged
from fastapply.core.text import SourceText
from fastapply.formats import FORMATS, parse
from fastapply.formats.instructions import instructions

BEFORE = """\
import sys


def greeting(name):
    return "Hello " + name


def shout(text):
    return text.upper() + "!"


def main():
    print(greeting(sys.argv[1]))


if __name__ == "__main__":
    main()
"""
AFTER = """\
import sys


def greeting(name="World"):
    return f"Hello {name}"


def main():
    print(greeting(*sys.argv[1:]))


if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize("forced", [False, True], ids=["told", "forced"])
@pytest.mark.parametrize("format", FORMATS)
def test_the_example_is_an_edit_that_fits(format: str, forced: bool) -> None:
    example = instructions(format).partition("Example")[2]
    (edit,) = parse(example, format=format if forced else None).files
    assert edit.path == "src/greet.py"
    merged = merge(SourceText.from_str(BEFORE), edit, "src/greet.py")
    assert isinstance(merged, Merged), merged
    assert str(merged.plan.apply(SourceText.from_str(BEFORE))) == AFTER


@pytest.mark.parametrize("format", FORMATS)
def test_the_instructions_are_short(format: str) -> None:
    text = instructions(format)
    assert len(text) < 2000
    assert max(map(len, text.splitlines())) <= 100
