"""docs/pipelines.md shows only what the sessions run."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_line_shown_is_run() -> None:
    sessions = ROOT / "tests" / "cli" / "sessions"
    run = "\n".join(place.read_text() for place in sessions.glob("*.sh"))
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "pipelines.md").read_text(), re.DOTALL)
    shown = [line.strip() for block in blocks for line in block.splitlines()]
    assert [line for line in shown if line not in run] == []
