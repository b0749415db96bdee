"""What the README shows and promises is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.support import GitRepository

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
EXAMPLES = ROOT / "docs" / "examples"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def fastapply(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fastapply", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_the_example_is_as_shown(tmp_path: Path) -> None:
    original = subprocess.run(
        ["git", "show", "HEAD:docs/examples/inventory.py"], cwd=ROOT, capture_output=True
    ).stdout
    if not original:
        pytest.skip("not in a clone")
    (tmp_path / "inventory.py").write_bytes(original)
    git = GitRepository(tmp_path)
    git("add", "--all")
    answer = str(EXAMPLES / "answer.md")
    done = fastapply(tmp_path, "inventory.py", "--edit", answer)
    assert done.returncode == 0, done.stderr
    shown = README.split("$ fastapply inventory.py --edit answer.md\n")[1].split("$ git status")[0]
    assert done.stderr == shown
    again = fastapply(tmp_path, "inventory.py", "--edit", answer)
    assert (again.returncode, "already applied" in again.stderr) == (0, True)


def test_ci_runs_the_readmes_second_command() -> None:
    commands = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    assert len(commands) == 2
    assert commands[1].strip() in (ROOT / ".ci" / "run").read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target
