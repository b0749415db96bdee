"""A group of commands one of which needs no name, and the others are loaded when called.

``fastapply file.py`` is ``fastapply apply file.py``; a file that is called like a command is given
as ``./name`` or after ``--``. A command is a module of `fastapply.cli` with a `typer.Typer` named
`app`: only the one that is called is imported, and none by ``apply``.
"""

from __future__ import annotations

import copy
import os
import re
import sys
from importlib import import_module
from typing import Any

from typer.core import TyperGroup
from typer.main import get_command

DEFAULT = "apply"
MODULES = {
    "undo": "fastapply.cli.undo",
    "prompt": "fastapply.cli.prompt",
    "hook": "fastapply.cli.hook.command",
    "config": "fastapply.cli.config",
    "models": "fastapply.cli.models",
    "eval": "fastapply.cli.evaluation.command",
    "bench": "fastapply.cli.bench.command",
}
"""The other commands, in the order they are shown: what most people want first."""
_BROKEN = re.compile(r"(?<=\S)\n(?=\S)")


class DefaultCommandGroup(TyperGroup):
    """Takes arguments that name no command for those of the default command."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of all commands, in the order they are shown."""
        return [*(name for name in self.commands if name not in MODULES), *MODULES]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, imported now; None where there is none."""
        if cmd_name in MODULES and cmd_name not in self.commands:
            self.commands[cmd_name] = get_command(import_module(MODULES[cmd_name]).app)
            self.commands[cmd_name].name = cmd_name
        found = super().get_command(ctx, cmd_name)
        if found is not None:
            _flow(found)
        return found

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command in front, unless `args` start with a command or with help."""
        if not args and _nothing_comes():
            args = ["--help"]
        own = {name for param in self.params for name in param.opts} | {"--help"}
        completing_name = ctx.resilient_parsing and not args
        known = own | self.commands.keys() | MODULES.keys()
        if not completing_name and (not args or args[0] not in known):
            _refuse_mistyped(ctx, args)
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Show the default command's options beside the commands: most people want them."""
        default = self.get_command(ctx, DEFAULT)
        shown = copy.copy(self)
        shown.help = default.help
        shown.epilog = default.epilog
        shown.params = [*default.params, *self.params]
        TyperGroup.format_help(shown, ctx, formatter)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Complete commands, and what the default command completes."""
        default = self.commands[DEFAULT]
        inner = default.make_context(DEFAULT, [], parent=ctx, resilient_parsing=True)
        names = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            return [*names, *default.shell_complete(inner, incomplete)]
        files = next(param for param in default.params if param.param_type_name == "argument")
        return [*names, *files.shell_complete(inner, incomplete)]


def _flow(command: Any) -> None:
    """Let the paragraphs of its help fill the terminal: rich breaks lines where sources do."""
    command.help, command.epilog = (
        text and _BROKEN.sub(" ", text) for text in (command.help, command.epilog)
    )
    for inner in getattr(command, "commands", {}).values():
        _flow(inner)


def _nothing_comes() -> bool:
    """Whether stdin is a terminal; it may be closed, which is another mistake."""
    return sys.stdin is not None and sys.stdin.isatty()


def _refuse_mistyped(ctx: Any, args: list[str]) -> None:
    """Name the command that was meant, where no document comes with what is no file either."""
    if not args or not _nothing_comes() or os.path.lexists(args[0]):
        return
    if any(word.startswith(("-e", "--edit")) for word in args):
        return
    from difflib import get_close_matches

    meant = get_close_matches(args[0], [DEFAULT, *MODULES], n=1)
    if meant:
        ctx.fail(f"there is no file and no command {args[0]}: did you mean {meant[0]}?")
