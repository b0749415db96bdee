"""Prompts: what each family of models was trained to read, and how its answer ends.

A family is data: what to say, with ``{code}``, ``{update}``, ``{instruction}`` and ``{talk}`` in
the places of the task's texts, how the answer begins (said for the model) and how it closes. The
frame around (``<|im_start|>user`` and the like) is the GGUF's own chat template; only the frame
may hold control tokens. A file that says ``<|im_end|>`` or ``</updated-code>`` is data like any.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias

from fastapply.core.errors import ModelError, OptionsError
from fastapply.models.decoding.tokens import Token, Tokenizer

GAP_TEXT = "... existing code ..."
_SLOT = re.compile(r"\{(code|update|instruction|talk)\}")

Message: TypeAlias = Mapping[str, str]
Renderer: TypeAlias = Callable[[Sequence[Message]], str]
"""From messages to the text of a chat template, up to where the answer begins."""

Update: TypeAlias = tuple["str | None", ...]
"""The lines of an edit; None stands for lines of the file that are not shown."""


@dataclass(frozen=True, slots=True)
class Task:
    """What the model is to do: make of `code` what `update` says.

    `comment` opens a comment in the code's language. `instruction` and `talk` are the user's:
    what was wanted, and the conversation it came up in. `elsewhere` are lines of the file around
    the code; where the update is `shared`, some of it is about code elsewhere too.
    """

    code: str
    update: Update
    comment: str = "//"
    instruction: str = ""
    talk: str = ""
    elsewhere: frozenset[str] = frozenset()
    shared: bool = False

    @property
    def shown(self) -> str:
        """The update as text, gaps spelled as comments."""
        gap = f"{self.comment} {GAP_TEXT}"
        return "".join(f"{gap if line is None else line}\n" for line in self.update)

    @property
    def runs(self) -> tuple[str, ...]:
        """The stretches of the update between gaps."""
        runs: list[list[str]] = [[]]
        for line in self.update:
            if line is None:
                runs.append([])
            else:
                runs[-1].append(line)
        return tuple("".join(f"{line}\n" for line in run) for run in runs)


@dataclass(frozen=True, slots=True)
class Family:
    """Models that were trained on one kind of prompt. `hints` are words in their names.

    Those that are `held` to lines of code and update (`lattice`) write nothing else.
    """

    name: str
    user: str
    system: str = ""
    answer: str = ""
    closing: str = ""
    hints: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    held: bool = False


class PromptModel(Tokenizer, Protocol):
    """What prompts want to know of a model."""

    @property
    def chat_template(self) -> str | None:
        """Its Jinja template, None where it has none."""

    @property
    def bos_and_eos(self) -> tuple[str, str]:
        """The spellings of its first and last tokens."""

    @property
    def opening(self) -> list[Token]:
        """The tokens that every text begins with."""

    def control(self, spelling: str) -> Token | None:
        """The control token spelled so."""


FASTAPPLY = Family(
    "fastapply",
    system="You are a coding assistant that helps merge code updates, ensuring every modification"
    " is fully integrated.",
    user="Merge all changes from the <update> snippet into the <code> below.\n"
    "- Preserve the code's structure, order, comments, and indentation exactly.\n"
    "- Output only the updated code, enclosed within <updated-code> and </updated-code> tags.\n"
    "- Do not include any additional text, explanations, placeholders, ellipses, or code fences."
    "\n\n{talk}{instruction}<code>{code}</code>\n\n<update>{update}</update>\n\n"
    "Provide the complete updated code.",
    answer="<updated-code>",
    closing="</updated-code>",
    hints=("fastapply-1", "fastapply-7", "fast-apply-1", "fast-apply-7"),
)
OSMOSIS = Family(
    "osmosis",
    system="You are a helpful assistant for a code editor that applies edits to code to merge them"
    " together. That is, you will be given code wrapper in <code> tags and an edit wrapped in"
    " <edit> tags, and you will apply the edit to the code.\n\nFor example:\n\n<code>\n"
    "CODE_SNIPPET\n</code>\n\n<edit>\nEDIT_SNIPPET\n</edit>\n\nThe code is any type of code and"
    " the edit is in the form of:\n\n// ... existing code ...\nFIRST_EDIT\n"
    "// ... existing code ...\nSECOND_EDIT\n// ... existing code ...\nTHIRD_EDIT\n"
    "// ... existing code ...\n\nThe merged code must be exact with no room for any errors. Make"
    " sure all whitespaces are preserved correctly. A small typo in code will cause it to fail to"
    " compile or error out, leading to poor user experience.\n\nOutput the code wrapped in <code>"
    " tags.",
    user="{talk}{instruction}<code>\n{code}</code>\n\n<edit>\n{update}</edit>",
    answer="<code>\n",
    closing="</code>",
    hints=("osmosis",),
    settings=MappingProxyType({"enable_thinking": False}),
)
MORPH = Family(
    "morph",
    user="{talk}<instruction>{instruction}</instruction>\n<code>{code}</code>\n"
    "<update>{update}</update>",
    hints=("morph",),
)
CHAT = Family(
    "chat",
    system="You apply an edit to a file. You change nothing else and explain nothing.",
    user="Here is a part of a file:\n\n<code>\n{code}</code>\n\nHere is an edit of it. Comments"
    f' such as "{GAP_TEXT}" stand for lines that stay as they are:\n\n<update>\n{{update}}</update>'
    "\n\n{talk}{instruction}Write the part as it is after the edit, complete, every line and every"
    " space as it was where the edit does not change it. Write it between <updated-code> and"
    " </updated-code>.",
    answer="<updated-code>\n",
    closing="</updated-code>",
    settings=MappingProxyType({"enable_thinking": False}),
)
EMBEDDED = Family("embedded", user="", held=True)
FAMILIES = {family.name: family for family in (FASTAPPLY, OSMOSIS, MORPH, CHAT, EMBEDDED)}
_MESSAGES = re.compile(r'\s*(?:\{\s*"|\[\s*\{\s*")')
_PARTS = ("<|code|>", "<|update|>", "<|final|>", "<|gap|>")


def family_of(model: PromptModel, names: Sequence[str]) -> Family:
    """The family of a model, by its control tokens and by `names` it goes by."""
    if all(model.control(part) is not None for part in _PARTS):
        return EMBEDDED
    return family_named(" ".join(names))


def family_named(name: str) -> Family:
    """The family that a name speaks of, `CHAT` where it speaks of none."""
    said = name.lower()
    named = (family for family in FAMILIES.values() if any(hint in said for hint in family.hints))
    return next(named, CHAT)


def messages(family: Family, task: Task) -> list[dict[str, str]]:
    """What is said to the model, as chat APIs take it."""
    said = [{"role": "system", "content": family.system}] if family.system else []
    return [*said, {"role": "user", "content": _filled(family, task)}]


def prompt(
    model: PromptModel, family: Family, task: Task, render: Renderer | None = None
) -> list[Token]:
    """The tokens to give the model; what comes next is its answer.

    `render` puts messages into the model's chat template; without it, that is done here.
    """
    if family is EMBEDDED:
        return _parts(model, task)
    said = messages(family, task)
    tokens: list[Token] = []
    for piece in re.split("(\ue000[0-9]\ue001)", _frame(model, said, family, render)):
        if re.fullmatch("\ue000[0-9]\ue001", piece):
            tokens += model.encode(said[int(piece[1])]["content"])
        else:
            tokens += model.encode(piece, control=True)
    opening = model.opening
    if tokens[: len(opening)] != opening:
        tokens = [*opening, *tokens]
    return tokens + model.encode(family.answer)


def common_beginning(model: PromptModel, family: Family) -> list[Token]:
    """The tokens that all prompts begin with where there is no instruction and no conversation."""
    prompts = [prompt(model, family, Task(code, (code,))) for code in ("a\n", "\tz\n", "#\n")]
    levels = takewhile(lambda tokens: len({*tokens}) == 1, zip(*prompts, strict=False))
    # The last of them may take in what follows, in other tasks than these.
    return [tokens[0] for tokens in levels][:-2]


def cut(family: Family, answer: str, code: str) -> str:
    """The text inside an answer: what its family closes with, and fences, are left out."""
    text = answer
    if family.closing and text.rstrip().endswith(family.closing):
        text = text.rstrip().removesuffix(family.closing)
    if text.startswith("\n") and not code.startswith("\n"):
        text = text[1:]
    fenced = re.fullmatch(r"\s*```[^\n`]*\n(.*\n)?```\s*", text, re.DOTALL)
    if fenced and not code.lstrip().startswith("```"):
        text = fenced[1] or ""
    return text


def read_talk(text: str, *, is_json: bool = False) -> str:
    """A conversation as text: JSON messages as chat APIs have them, or plain text as it is.

    Raises `OptionsError` where it `is_json`, or begins as messages do, and is not.
    """
    try:
        messages = json.loads(text)
    except json.JSONDecodeError as error:
        if not is_json and not _MESSAGES.match(text):
            return text
        where = f"line {error.lineno}, column {error.colno}"
        raise OptionsError(f"the conversation is no JSON: {error.msg} ({where})") from error
    if isinstance(messages, dict):
        messages = messages.get("messages")
    try:
        return "\n\n".join(f"{one['role']}: {_said(one['content'])}" for one in messages)
    except (AttributeError, KeyError, TypeError) as error:
        raise OptionsError("the conversation is JSON, but no list of messages") from error


def _said(content: Any) -> str:
    """The text of a message: all it is, or the texts of its parts; pictures and calls have none."""
    if isinstance(content, str):
        return content
    texts = (part.get("text") for part in content or ())
    return "\n".join(text for text in texts if isinstance(text, str))


def _filled(family: Family, task: Task) -> str:
    """What the user says: the texts of the task in their places, none of them read again."""
    asked = task.instruction
    if asked and family is not MORPH:
        asked = f"<instruction>{asked}</instruction>\n\n"
    talk = f"<conversation>\n{task.talk}\n</conversation>\n\n" if task.talk else ""
    texts = {"code": task.code, "update": task.shown, "instruction": asked, "talk": talk}
    return _SLOT.sub(lambda slot: texts[slot[1]], family.user)


def _frame(
    model: PromptModel, said: Sequence[Message], family: Family, render: Renderer | None
) -> str:
    """The rendered chat template, with a sign that no text holds in place of each message."""
    signs = [{**one, "content": f"\ue000{number}\ue001"} for number, one in enumerate(said)]
    rendered = _rendered(model, signs, family) if render is None else render(signs)
    if not all(one["content"] in rendered for one in signs):
        raise ModelError("the model's chat template leaves out what it is told")
    return rendered


def _rendered(model: PromptModel, said: Sequence[Message], family: Family) -> str:
    from llama_cpp.llama_chat_format import Jinja2ChatFormatter

    template = model.chat_template
    if template is None:
        raise ModelError("this model has no chat template, so it cannot be told what to do")
    bos, eos = model.bos_and_eos
    try:
        render: Callable[..., object] = Jinja2ChatFormatter(template, eos, bos)
        return str(getattr(render(messages=list(said), **family.settings), "prompt", ""))
    except Exception as error:  # templates raise what they like
        raise ModelError(f"the model's chat template fails: {error}") from error


def _parts(model: PromptModel, task: Task) -> list[Token]:
    """The embedded model's prompt: code, update with gaps, and the sign to begin."""
    code, update, final, gap = (_control(model, part) for part in _PARTS)
    first, *others = task.runs
    tokens = [*model.opening, code, *model.encode(task.code), update, *model.encode(first)]
    for run in others:
        tokens += [gap, *model.encode("\n"), *model.encode(run)]
    return [*tokens, final]


def _control(model: PromptModel, spelling: str) -> Token:
    token = model.control(spelling)
    if token is None:
        raise ModelError(f"this model has no {spelling}")
    return token
