"""A model that answers what the test wants, made when a test first asks for it."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

pytest.importorskip("gguf")
pytest.importorskip("llama_cpp")


@pytest.fixture(scope="session")
def replay_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model file; `replay.Dial` says what it replays."""
    from replay import make_replay

    path = tmp_path_factory.mktemp("weights") / "replay.gguf"
    make_replay(path)
    return path


@pytest.fixture
def replaying(replay_path: Path) -> Callable[[int], Path]:
    """The model set to a distance."""
    from replay import Dial

    def at(distance: int) -> Path:
        Dial(replay_path).set(distance)
        return replay_path

    return at
