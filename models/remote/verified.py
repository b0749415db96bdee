"""Speculative edits over a plain completions API: the server verifies our draft as a prompt.

The loop is that of `speculate`: prompt, answer so far and draft go as one prompt; the server says
what it would have said at each place of it; the draft is kept as far as it agrees, and its own
choice follows. What it was already heard to say is not asked again. Where there is no draft, it
writes some tokens itself until one is found. The text is that of plain greedy decoding.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from fastapply.core.errors import ModelError
from fastapply.models.decoding.costs import Costs
from fastapply.models.decoding.draft import TextDrafter
from fastapply.models.decoding.speculate import Decoding
from fastapply.models.decoding.tally import Tally
from fastapply.models.decoding.tokens import Token
from fastapply.models.prompt import Family, Task
from fastapply.models.remote.dialect import Reply, check_plain, code_of, limit_of
from fastapply.models.remote.server import Server
from fastapply.models.remote.tops import Look, Tops
from fastapply.models.writer import Job

# A request costs the round trip and the prompt; how long the draft is hardly matters.
_COSTS = Costs((1, 65_536), (1.0, 1.001))
# Without a draft the server writes so many tokens at first, and at most.
_LEAST, _MOST = 16, 64
_UNKNOWN = -2


@dataclass
class Verified:
    """Has drafts verified by `tops`."""

    tops: Tops
    server: Server
    family: Family

    def write(self, job: Job, watch: Callable[[Tally], None]) -> Reply:
        """The code of a task after its update (`dialect.Dialect`)."""
        check_plain(job.task, self.server.address.host)
        tops = self.tops
        asked = tops.asked(self.family, job.task)
        draft = tops.encode(job.expected + self.family.closing)
        fragments = [tops.encode(run) for run in job.task.runs if run.strip()]
        drafter = TextDrafter(draft, fragments, prompt=asked, costs=_COSTS, trust=job.trust)
        limit = limit_of(job, len(asked), self.server.context)
        decoding = Decoding(asked, drafter, tops.ends, limit)
        verifier, tally = _Verifier(tops), Tally()
        while not decoding.done:
            held = len(decoding.history)
            tally.add(decoding.tell(verifier.choices(decoding.ask().trunk.tokens, held)))
            verifier.forget(len(decoding.history) - held)
            tally.calls = verifier.requests
            watch(tally)
        if decoding.history[-1] not in tops.ends:
            raise ModelError(f"the answer of {self.server.address.host} did not come to an end")
        said = self.family.answer + tops.decode(decoding.answer[:-1])
        return Reply(code_of(self.family, said, job.task), tally, len(asked))

    def score(self, task: Task, texts: Sequence[str]) -> list[float]:
        """How probable each of `texts` is as the answer (`dialect.Dialect`)."""
        check_plain(task, self.server.address.host)
        asked = self.tops.asked(self.family, task)
        scores = []
        for text in texts:
            tokens = [*asked, *self.tops.encode(text + self.family.closing)]
            look = self.tops.look(tokens, len(asked), 1)
            if len(look.scores) < len(tokens) - len(asked):
                return []
            scores.append(sum(look.scores))
        return scores


@dataclass
class _Verifier:
    """The choices of a server; `known` is what it is known to say after the history."""

    tops: Tops
    requests: int = 0
    known: list[Token] = field(default_factory=list)
    _more: int = _LEAST

    def choices(self, tokens: Sequence[Token], held: int) -> list[Token]:
        """The choice after the history, which is `held` long, and after each token of the draft.

        After the first that is not the draft's, nothing is known and nothing matters.
        """
        draft = list(tokens[held:])
        agreed = _agreed(draft, self.known)
        if agreed == len(self.known):
            self._ask(tokens, held)
            agreed = _agreed(draft, self.known)
        answer = self.known[: agreed + 1]
        return answer + [_UNKNOWN] * (len(draft) + 1 - len(answer))

    def forget(self, count: int) -> None:
        """`count` tokens went into the history."""
        del self.known[:count]

    def _ask(self, tokens: Sequence[Token], held: int) -> None:
        draft = list(tokens[held:])
        more = 1 if draft else self._more
        self._more = _LEAST if draft else min(2 * self._more, _MOST)
        look: Look = self.tops.look(tokens, held, more)
        self.requests += 1
        agreed = _agreed(draft, look.choices)
        own = look.further if agreed == len(draft) else look.choices[agreed : agreed + 1]
        if not own:
            raise ModelError("the server wrote nothing where it should go on")
        self.known = [*draft[:agreed], *own]


def _agreed(draft: Sequence[Token], choices: Sequence[Token]) -> int:
    """How many tokens of `draft` the model would have said itself."""
    pairs = zip(draft, choices, strict=False)
    return next(
        (at for at, (one, other) in enumerate(pairs) if one != other), min(len(draft), len(choices))
    )
