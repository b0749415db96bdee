"""How to use a server; apart from the rest, so that naming a setting imports no HTTP."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Speculation(str, Enum):
    """How drafts reach a server.

    `SERVER` leaves drafting to it; `PREDICTION` sends what is expected along with a chat;
    `PROMPT_LOGPROBS` and `ECHO` have drafts verified as prompts (`verified`); `AUTO` takes what
    the server has.
    """

    AUTO = "auto"
    SERVER = "server"
    PREDICTION = "prediction"
    PROMPT_LOGPROBS = "prompt-logprobs"
    ECHO = "echo"


class ServerSettings(NamedTuple):
    """How long to wait for a connection and for the next bytes, in seconds; how often to ask again.

    At most `parallel` requests run at once. A `NamedTuple`, as every start makes one.
    """

    connect: float = 10.0
    timeout: float = 120.0
    retries: int = 3
    parallel: int = 4
    speculation: Speculation = Speculation.AUTO


DEFAULTS = ServerSettings()
