"""Files, environment and flags: what holds, where it was said, and what cannot be."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from fastapply.cli.config_layers import READERS, value_of, variable
from fastapply.cli.configuration import OTHER_VARIABLES, Configuration
from fastapply.cli.paths import repository_root
from fastapply.cli.settled import configure
from fastapply.core.errors import ConfigurationError
from fastapply.core.pipeline import Engine
from tests.cli.support import EDIT, EDITED, SOURCE, GitRepository, Run

_NAMES = re.compile(r'"(FASTAPPLY_[A-Z_]+)"')
PAGE = Path(__file__).parents[2] / "docs" / "configuration.md"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "home"))
    place = tmp_path / "home" / "fastapply" / "fastapply.toml"
    place.parent.mkdir(parents=True)
    return place


def held(**expected: object) -> None:
    """Assert the values and origins that hold here, as `engine=("merge", "pyproject.toml:2")`."""
    found = configure(os.getcwd(), repository_root(os.getcwd()))
    said = {
        key.replace("-", "_").replace(".", "_"): (value_of(found.values, key), origin)
        for key, origin in found.origins.items()
    }
    assert said == expected


def refused(match: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(match)):
        configure(os.getcwd(), repository_root(os.getcwd()))


def test_nothing_settled_is_the_defaults(folder: Path) -> None:
    found = configure(os.getcwd(), None)
    assert (found.values, found.origins) == (Configuration(), {})


def test_later_layers_hold_over_earlier_ones(
    git: GitRepository, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.write_text('threads = 1\nctx = 1\nmodel = "http://gpu:8000/v1#a"\nexact = true\n')
    git.write("pyproject.toml", "[tool.fastapply]\nthreads = 2\nctx = 2\nexact = false\n")
    git.write("fastapply.toml", "threads = 3\n")
    monkeypatch.setenv("FASTAPPLY_CTX", "4")
    held(
        threads=(3, "fastapply.toml:1"),
        ctx=(4, "FASTAPPLY_CTX"),
        model=("http://gpu:8000/v1#a", str(home) + ":3"),
        exact=(False, "pyproject.toml:4"),
    )


def test_the_nearest_folder_holds_up_to_the_root(
    git: GitRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    git.root.parent.joinpath("fastapply.toml").write_text("threads = 9\n")
    git.write("fastapply.toml", "threads = 3\n")
    git.write("inner/pyproject.toml", '[project]\nname = "fastapply-of-mine"\n')
    git.write("inner/deep/pyproject.toml", "[tool.fastapply]\nctx = 4\n")
    monkeypatch.chdir(git.root / "inner")
    held(threads=(3, "../fastapply.toml:1"))
    monkeypatch.chdir(git.root / "inner" / "deep")
    held(ctx=(4, "pyproject.toml:2"))
    (git.root / "fastapply.toml").unlink()
    monkeypatch.chdir(git.root / "inner")
    held()


def test_outside_a_repository_only_the_working_directory_counts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "fastapply.toml").write_text("threads = 3\n")
    held(threads=(3, "fastapply.toml:1"))
    (folder / "sub").mkdir()
    monkeypatch.chdir(folder / "sub")
    held()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[tool.fastapply.server]\n\ntimeout = 5\n", 3),
        ("[tool.fastapply]\nserver.timeout = 5\n", 2),
        ("[tool.fastapply]\nserver = {timeout = 5}\n", 2),
        ("[tool]\nfastapply.server.timeout = 5\n", 2),
        ('[tool."fastapply".server]\n"timeout" = 5\n', 2),
        ("[tool.other]\ntimeout = 1\n[tool.fastapply.server]\ntimeout = 5\n", 4),
    ],
)
def test_lines_are_found_however_toml_is_written(folder: Path, text: str, line: int) -> None:
    (folder / "pyproject.toml").write_text(text)
    held(server_timeout=(5.0, f"pyproject.toml:{line}"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gpu_layers = 3\n", "fastapply.toml:1: there is no gpu_layers: did you mean gpu-layers?"),
        ("\nenigne = 'merge'\n", "fastapply.toml:2: there is no enigne: did you mean engine?"),
        ("[server]\ntimout = 1\n", "there is no server.timout: did you mean server.timeout?"),
        ("engine = 'fast'\n", "engine must be one of auto, merge, rewrite, not 'fast'"),
        ("engine = ['auto']\n", "engine must be one of auto, merge, rewrite, not ['auto']"),
        ("stage = 'no'\n", "fastapply.toml:1: stage must be true or false, not 'no'"),
        ("threads = true\n", "threads must be a whole number, from 1 to 512, not true"),
        ("threads = 0\n", "threads must be a whole number, from 1 to 512, not 0"),
        ("threads = 513\n", "from 1 to 512, not 513"),
        ("ctx = 0\n", "ctx must be a whole number, at least 1, not 0"),
        ("server.timeout = inf\n", "a number of seconds above 0, at most 86400, not inf"),
        ("server.timeout = nan\n", "server.timeout must be a number of seconds above 0"),
        ("server = 3\n", "server must be a table, not 3"),
        ("engine.fast = true\n", "engine must be one of auto, merge, rewrite"),
        ("hook.allow = 'docs'\n", "hook.allow must be a list of texts, not 'docs'"),
        ("hook.allow = [1]\n", "hook.allow must be a list of texts, not [1]"),
        ("model = ''\n", "model must be a text, not ''"),
        ("a = \n", "fastapply.toml is no TOML: "),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(folder: Path, text: str, said: str) -> None:
    (folder / "fastapply.toml").write_text(text)
    refused(said)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("FASTAPPLY_THREDS", "1", "there is no FASTAPPLY_THREDS: did you mean FASTAPPLY_THREADS?"),
        ("FASTAPPLY_THREADS", "two", "FASTAPPLY_THREADS: threads must be a whole number"),
        ("FASTAPPLY_STAGE", "maybe", "FASTAPPLY_STAGE: stage must be true or false"),
        ("FASTAPPLY_FORMAT", "xml", "FASTAPPLY_FORMAT: format must be one of snippet, "),
    ],
)
def test_variables_are_refused_alike(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str, said: str
) -> None:
    monkeypatch.setenv(name, text)
    refused(said)


def test_variables_have_types(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        "FASTAPPLY_STAGE": "0",
        "FASTAPPLY_THREADS": "1",
        "FASTAPPLY_SERVER_TIMEOUT": "2.5",
        "FASTAPPLY_HOOK_ALLOW": "docs/**, *.md",
        "FASTAPPLY_ENGINE": "merge",
        "FASTAPPLY_MODEL": "1",
        "FASTAPPLY_CTX": "",
        "FASTAPPLY_API_KEY": "secret",
    }
    for name, text in said.items():
        monkeypatch.setenv(name, text)
    held(
        stage=(False, "FASTAPPLY_STAGE"),
        threads=(1, "FASTAPPLY_THREADS"),
        server_timeout=(2.5, "FASTAPPLY_SERVER_TIMEOUT"),
        hook_allow=(("docs/**", "*.md"), "FASTAPPLY_HOOK_ALLOW"),
        engine=(Engine.MERGE, "FASTAPPLY_ENGINE"),
        model=("1", "FASTAPPLY_MODEL"),
    )


@pytest.mark.parametrize("model", ["http://evil.example/v1#m", "./evil.gguf", "evil.gguf"])
def test_a_project_sends_nobody_elsewhere(folder: Path, home: Path, model: str) -> None:
    (folder / "fastapply.toml").write_text(f"model = '{model}'\n")
    refused("a project names models of `fastapply models list` only")
    (folder / "fastapply.toml").unlink()
    home.write_text(f"model = '{model}'\n")
    held(model=(model, f"{home}:1"))


def test_files_that_cannot_be_read_are_refused(folder: Path) -> None:
    (folder / "fastapply.toml").write_bytes(b"model = '\xff'\n")
    refused("fastapply.toml is not UTF-8")


def test_apply_does_as_configured_and_flags_hold_over_it(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    git.write("fastapply.toml", "stage = false\nengine = 'merge'\n")
    assert run("a.txt", stdin=EDIT).code == 0
    assert git.status().splitlines()[0] == " M a.txt"
    git.write("a.txt", SOURCE)
    assert run("a.txt", "--stage", stdin=EDIT).code == 0
    assert git.staged("a.txt") == EDITED
    git.write("fastapply.toml", "stage = 1\n")
    ended = run("a.txt", "--json", stdin=EDIT)
    told = json.loads(ended.out)
    assert (ended.code, told["reason"], told["written"]) == (2, "configuration", False)


def test_a_commit_is_staged_whatever_was_settled(git: GitRepository, run: Run) -> None:
    git.commit(a__txt=SOURCE)
    git.write("fastapply.toml", "stage = false\n")
    assert run("a.txt", "--commit", stdin=EDIT).code == 0
    assert git("show", "HEAD:a.txt") == EDITED


def test_config_shows_what_holds_and_from_where(
    folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "fastapply.toml").write_text("engine = 'merge'\n")
    monkeypatch.setenv("FASTAPPLY_API_KEY", "secret")
    lines = run("config").out.decode().splitlines()
    assert [line.split()[0] for line in lines] == list(READERS)
    assert lines[0].split() == ["engine", "=", '"merge"', "fastapply.toml:1"]
    assert lines[-1].split() == ["server.speculation", "=", '"auto"', "default"]
    told = json.loads(run("config", "--json").out)
    assert told["engine"] == {"value": "merge", "origin": "fastapply.toml:1"}
    assert told["hook.allow"] == {"value": [], "origin": "default"}
    assert "secret" not in f"{lines} {told}"


def test_every_key_has_a_field_and_a_line_in_the_docs() -> None:
    page = PAGE.read_text()
    fields = set()
    for name, default in Configuration()._asdict().items():
        inner = default._asdict() if hasattr(default, "_asdict") else {}
        dotted = [f"{name}.{each}" for each in inner] or [name]
        fields |= {each.replace("_", "-") for each in dotted}
    assert fields == set(READERS)
    assert {key for key in READERS if f"| `{key}` |" not in page} == set()
    assert {name for name in OTHER_VARIABLES if f"`{name}`" not in page} == set()
    assert not OTHER_VARIABLES & {variable(key) for key in READERS}


def test_every_variable_the_program_reads_may_be_set() -> None:
    rooms = Path(__file__).parents[2]
    sources = [place for room in ("cli", "models") for place in (rooms / room).rglob("*.py")]
    read = {name for place in sources for name in _NAMES.findall(place.read_text())}
    assert read >= OTHER_VARIABLES
    assert read - OTHER_VARIABLES - {variable(key) for key in READERS} == set()
