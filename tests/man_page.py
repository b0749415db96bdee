"""Writes the man page from the commands themselves.

    .venv/bin/python tests/man_page.py > docs/fastapply.1

`tests/test_man_page.py` fails where the page in docs is another.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from fastapply.cli.config_layers import READERS, variable
from fastapply.cli.exit_codes import ExitCode
from fastapply.cli.main import app

_MARKUP = re.compile(r"\[(/?)(bold|cyan|dim|green|red|yellow)\]")
_EXAMPLE = re.compile(r"^\[cyan\](.*)\[/cyan\](.*)$", re.MULTILINE)
_COMPLETION = ("--install-completion", "--show-completion")
_CODES = {
    ExitCode.OK: "applied, already applied, or nothing to do",
    ExitCode.DOES_NOT_FIT: "the edit does not fit",
    ExitCode.USAGE: "the options do not go together, or the configuration says what cannot be",
    ExitCode.NO_EDIT: "the document holds no edit, or a broken one",
    ExitCode.MODEL: "the model or its engine is unavailable, or failed",
    ExitCode.WORKSPACE: "a file or git failed",
}
_SIGNALS = {130: "stopped by Ctrl-C", 141: "the reader of the output has left"}
_VARIABLES = {
    "FASTAPPLY_API_KEY": "The key for a model on a server.",
    "OPENAI_API_KEY": "The same, for https://api.openai.com alone.",
    "FASTAPPLY_JUDGE_KEY": "The key for the model that judges results (eval --judge).",
    "FASTAPPLY_MODELS": "The folder where models are kept.",
    "NO_COLOR": "No colours, whatever it says.",
}


def page() -> str:
    """The man page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    root: Any = get_command(app)
    context = root.make_context("fastapply", ["--help"], resilient_parsing=True)
    apply = root.commands["apply"]
    summary, *more = _paragraphs(apply.help)
    yield '.TH FASTAPPLY 1 "" "" "User Commands"'
    yield from (".SH NAME", f"fastapply \\- {summary[:1].lower()}{summary[1:].rstrip('.')}")
    yield from (".SH SYNOPSIS", ".B fastapply", "[\\fIOPTION\\fR]... [\\fIFILE\\fR]...", ".br")
    yield from (".B fastapply", "\\fICOMMAND\\fR [\\fIARGUMENT\\fR]...", ".SH DESCRIPTION")
    for paragraph in more:
        yield from (".PP", paragraph)
    yield ".SH EXAMPLES"
    for example in _EXAMPLE.findall(apply.epilog):
        command, meaning = map(str.strip, example)
        yield from (
            ".TP",
            f"\\fB{_roff(command)}\\fR",
            _roff(f"{meaning[:1].upper()}{meaning[1:]}."),
        )
    yield ".SH OPTIONS"
    yield from _options(apply)
    yield ".SH COMMANDS"
    for name in root.list_commands(context):
        if name != "apply":
            yield from _command(root.get_command(context, name), name)
    yield ".SH EXIT STATUS"
    for code, meaning in _CODES.items():
        yield from (".TP", f".B {int(code)}", _roff(meaning))
    for number, meaning in _SIGNALS.items():
        yield from (".TP", f".B {number}", _roff(meaning))
    yield ".SH ENVIRONMENT"
    for name, meaning in _VARIABLES.items():
        yield from (".TP", f".B {name}", _roff(meaning))
    for key in READERS:
        yield from (".TP", f".B {variable(key)}", f"The setting \\fB{_roff(key)}\\fR.")
    yield ".SH FILES"
    yield from (".TP", ".I ~/.config/fastapply/fastapply.toml", "Your own configuration.")
    yield from (".TP", ".I pyproject.toml, fastapply.toml", "The configuration of a project.")


def _command(command: Any, name: str) -> Iterator[str]:
    """A command with its options; for a group, each of its commands."""
    yield f".SS {_roff(name)}"
    for paragraph in _paragraphs(command.help):
        yield from (".PP", paragraph)
    for inner, one in getattr(command, "commands", {}).items():
        yield from _command(one, f"{name} {inner}")
    if not getattr(command, "commands", {}):
        yield from _options(command)


def _options(command: Any) -> Iterator[str]:
    for param in command.params:
        if param.param_type_name == "argument":
            shown = f"\\fI{_roff(param.metavar or param.name.upper())}\\fR"
        elif param.hidden or param.opts[0] in _COMPLETION:
            continue
        else:
            names = ", ".join(f"\\fB{_roff(one)}\\fR" for one in _names(param))
            shown = names if param.is_flag else f"{names} \\fI{_roff(_value(param))}\\fR"
        yield from (".TP", shown, _roff(param.help or ""))


def _names(param: Any) -> list[str]:
    return [*sorted(param.opts, key=len), *param.secondary_opts]


def _value(param: Any) -> str:
    choices = getattr(param.type, "choices", None)
    return "|".join(map(_plain, choices)) if choices else param.metavar or param.name.upper()


def _plain(choice: Any) -> str:
    return str(getattr(choice, "value", choice))


def _paragraphs(text: str | None) -> list[str]:
    parts = re.split(r"\n\s*\n", (text or "").strip())
    return [_roff(" ".join(part.split())) for part in parts if part]


def _roff(text: str) -> str:
    """Text as roff has it: markup in bold, nothing of it a request."""
    marked = _MARKUP.sub(lambda found: "\x01" if not found[1] else "\x02", text)
    plain = marked.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga")
    if plain.startswith((".", "'")):
        plain = f"\\&{plain}"
    return plain.replace("\x01", "\\fB").replace("\x02", "\\fR")


if __name__ == "__main__":
    sys.stdout.write(page())
