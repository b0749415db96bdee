"""The packaging names every folder: one that is not listed is silently left out of the wheel."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")

ROOT = Path(__file__).parent.parent
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
ROOMS = ("cli", "core", "formats", "models")
LEFT_OUT = ROOT / "models" / "training"  # it makes the model; only its result is installed


def test_every_package_is_listed() -> None:
    folders = {place.parent for room in ROOMS for place in (ROOT / room).rglob("__init__.py")}
    mapped = {ROOT / folder for folder in SETTINGS["package-dir"].values()}
    assert folders - {LEFT_OUT} == mapped
    assert sorted(SETTINGS["packages"]) == sorted(SETTINGS["package-dir"])


def test_no_file_grows_out_of_sight() -> None:
    sizes = {
        str(place.relative_to(ROOT)): len(place.read_text().splitlines())
        for room in ROOMS
        for place in (ROOT / room).rglob("*.py")
    }
    assert {name: size for name, size in sizes.items() if size > 400} == {}
