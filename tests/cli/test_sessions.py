"""What people and programs type: every script of `sessions/` is run as it stands.

A script runs in a repository of its own, with `set -e` and the functions of `sessions/lib.sh`; it
ends well or says what was wrong. To add one, put a file there. `# needs: TOOL ...` in its first
lines names programs without which it is skipped.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SESSIONS = Path(__file__).parent / "sessions"
LIBRARY = SESSIONS / "lib.sh"
SCRIPTS = sorted(place for place in SESSIONS.glob("*.sh") if place != LIBRARY)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda place: place.stem)
def test_session(script: Path, tmp_path: Path) -> None:
    for tool in re.findall(
        r"\S+", "".join(re.findall(r"^# needs:(.*)$", script.read_text(), re.M))
    ):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    folder = tmp_path / "repository"
    folder.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["bash", "-c", '. "$0"; . "$1"', str(LIBRARY), str(script)],
        cwd=folder,
        env={
            **kept,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "XDG_STATE_HOME": str(tmp_path / "state"),
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CEILING_DIRECTORIES": str(tmp_path),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
