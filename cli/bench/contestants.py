"""Who races: ways to write the same file, by the name they have on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from fastapply.core.errors import OptionsError

PLAIN, ORIGINAL, MERGE, REGION = "plain", "original", "merge", "region"
LOOKUP, NGRAM = "lookup", "ngram"
SERVER = "server:"

OURS = MappingProxyType(
    {
        PLAIN: "a token a call",
        LOOKUP: "llama-cpp-python's prompt lookup, in our loop",
        NGRAM: "llama-server's ngram-simple, in our loop",
        ORIGINAL: "speculative edits, the draft is the file and the snippet",
        MERGE: "speculative edits, the draft is what the merge made",
        REGION: "only the regions the edit touches, drafted likewise",
    }
)
SPECULATIONS = ("none", "ngram-simple", "ngram-map-k", "ngram-mod")
"""What llama-server races with where the user does not choose; it knows more kinds."""


def contestants(chosen: Sequence[str], *, server: bool) -> tuple[str, ...]:
    """The contestants to race, plain decoding first; raise `OptionsError` for what is none."""
    if not chosen:
        chosen = (*OURS, *(f"{SERVER}{name}" for name in SPECULATIONS if server))
    for name in chosen:
        if name.startswith(SERVER) and not server:
            raise OptionsError(f"{name} needs --llama-server PATH")
        if name not in OURS and not name.startswith(SERVER):
            known = ", ".join((*OURS, f"{SERVER}KIND"))
            raise OptionsError(f"no such contestant: {name} (there are {known})")
    return tuple(dict.fromkeys((PLAIN, *chosen)))
