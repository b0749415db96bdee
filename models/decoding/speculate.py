"""Speculative decoding as a conversation: a decoding asks for a batch and is told the choices.

Every turn a `Decoding` asks for its last token and a draft, and is told the model's greedy choice
after each of them; the draft is kept as far as it agrees, and the model's own choice follows.
Whoever talks to it (`serve`) decides what computes the choices, and may serve several at once.
Three laws hold whatever the drafter proposes: the text is that of plain greedy decoding, the model
is never called more often, and its memory holds the beginning of the history, without the last
token, after every turn.

Where a drafter knows several ways on, its draft has branches: continuations of a common trunk, at
most one of which can be right. Where there is a constraint, a choice is the best of what it allows.
The first turn takes the prompt along. After Leviathan et al. 2023, "Fast Inference from
Transformers via Speculative Decoding", for greedy decoding with deterministic drafts.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, takewhile
from typing import Protocol

from fastapply.models.decoding.constraint import Allowed, Constraint, Free, admitted, forced, only
from fastapply.models.decoding.tally import Turn
from fastapply.models.decoding.tokens import Token

# How many ways a draft may go on, at most.
BRANCHES = 3


class Drafter(Protocol):
    """Who proposes tokens. It sees every token of the answer, drafted or not."""

    def propose(self, limit: int, rows: int) -> Sequence[Sequence[Token]]:
        """What may come next: drafts of at most `limit` tokens, up to `BRANCHES` of them, or none.

        `rows` is how many tokens the batch will hold anyway.
        """

    def observe(self, tokens: Sequence[Token]) -> None:
        """`tokens` came next."""


@dataclass(frozen=True, slots=True)
class Run:
    """Tokens to decode, one after another; `asked` is what may come after the last of them.

    The choices wanted are those that can fall on more than one token: the `questions`.
    """

    tokens: Sequence[Token]
    asked: Sequence[Allowed] = ()

    @property
    def questions(self) -> Sequence[tuple[int, Allowed]]:
        """After which of the tokens a choice is wanted, and what it may fall on."""
        silent = len(self.tokens) - len(self.asked)
        return [(silent + at, some) for at, some in enumerate(self.asked) if only(some) is None]


@dataclass(frozen=True, slots=True)
class Ask:
    """What to decode next: `trunk` goes on where the memory ends, each branch where it ends.

    The choices wanted are those of the trunk, then those of each branch.
    """

    trunk: Run
    branches: Sequence[Run] = ()

    @property
    def size(self) -> int:
        """How many tokens that is."""
        return len(self.trunk.tokens) + sum(len(branch.tokens) for branch in self.branches)


class PlainDrafter:
    """Proposes nothing: plain greedy decoding."""

    def propose(self, limit: int, rows: int) -> Sequence[Sequence[Token]]:
        """Nothing."""
        return ()

    def observe(self, tokens: Sequence[Token]) -> None:
        """Nothing to learn."""


@dataclass(slots=True)
class Decoding:
    """One answer, decoded greedily after `prompt` until a token of `stop`.

    `held` is how many tokens of the history the memory holds; whoever serves the decoding sets it,
    where the memory held some of the prompt before, and after every turn. The stop token is the
    last one of the answer; where it is none, `limit` tokens were reached.
    """

    prompt: Sequence[Token]
    drafter: Drafter
    stop: Container[Token]
    limit: int
    constraint: Constraint = field(default_factory=Free)
    held: int = field(default=0, init=False)
    history: list[Token] = field(default_factory=list, init=False)
    done: bool = field(default=False, init=False)
    _unsaid: list[Token] = field(default_factory=list, init=False)
    _trunk: Sequence[Token] = field(default=(), init=False)
    _branches: Sequence[Sequence[Token]] = field(default=(), init=False)
    _asked: Sequence[Allowed] = field(default=(), init=False)
    _decided: Sequence[Sequence[bool]] = field(default=(), init=False)

    def __post_init__(self) -> None:
        """Begin with the prompt, and with what is forced after it."""
        if not self.prompt:
            raise ValueError("there is nothing to go on from")
        self.history = list(self.prompt)
        self.constraint = self.constraint.copy()
        self._unsaid = self._force()

    @property
    def answer(self) -> list[Token]:
        """What came after the prompt so far."""
        return self.history[len(self.prompt) :]

    @property
    def need(self) -> int:
        """How many tokens the memory will hold at most, branches apart."""
        return len(self.prompt) + self.limit

    def ask(self, rows: int = 0) -> Ask:
        """What to decode next, in a batch that holds `rows` tokens of others."""
        missing = self.history[self.held :]
        left = self.need - len(self.history) - 1
        drafts = self.drafter.propose(left, rows + len(missing)) if left else ()
        proposed, ways = _tree(drafts[:BRANCHES])
        state = self.constraint.copy()
        trunk, asked = admitted(proposed, state, self.stop, left)
        runs: list[Run] = []
        decided = [[only(some) is None for some in asked[:-1]]]
        for way in ways if len(trunk) == len(proposed) else ():
            branch, wanted = admitted(way, state.copy(), self.stop, left - len(trunk))
            runs += [Run(branch, wanted[1:])] if branch else []
            decided += [[only(some) is None for some in wanted[:-1]]] if branch else []
        self._trunk, self._branches = trunk, [run.tokens for run in runs]
        self._decided = decided
        self._asked = [*asked, *chain.from_iterable(run.asked for run in runs)]
        return Ask(Run([*missing, *trunk], asked), runs)

    def tell(self, choices: Sequence[Token]) -> Turn:
        """Take the choices asked for: the tokens they add to the answer."""
        path, following, branch = self._followed([*self._all(choices)])
        chosen = [*_until_stop((*path, following), self.stop)]
        self.history += chosen
        for token in chosen[:-1] if chosen[-1] in self.stop else chosen:
            self.constraint.advance(token)
        said, self._unsaid = [*self._unsaid, *chosen], []
        after = self._force()
        self.drafter.observe([*said, *after])
        taken = min(len(path), len(chosen))
        followed = (
            self._decided if branch is None else (self._decided[0], self._decided[branch + 1])
        )
        drafted = sum(map(sum, self._decided))
        kept = sum([*chain.from_iterable(followed)][:taken])
        known = len(said) + len(after) - len(chosen)
        return Turn(drafted, kept, (*said, *after), branch, known, taken)

    def opening(self) -> Turn | None:
        """The answer, where the constraint leaves nothing to ask; else None."""
        if not self.done or not self._unsaid:
            return None
        return Turn(0, 0, tuple(self._unsaid), forced=len(self._unsaid))

    def _force(self) -> list[Token]:
        """Add to the history what the constraint forces next, and see whether that is all."""
        ended = len(self.history) > len(self.prompt) and self.history[-1] in self.stop
        left = 0 if ended else self.need - len(self.history)
        tokens = forced(self.constraint, self.stop, left)
        self.history += tokens
        self.done = ended or len(tokens) == left or (bool(tokens) and tokens[-1] in self.stop)
        return tokens

    def _all(self, choices: Sequence[Token]) -> Iterator[Token]:
        """`choices` with those between them that needed no asking, as far as they go."""
        told = iter(choices)
        for allowed in self._asked:
            token = only(allowed)
            if token is None:
                token = next(told, None)
            if token is None:
                return
            yield token

    def _followed(self, choices: Sequence[Token]) -> tuple[list[Token], Token, int | None]:
        """The drafted tokens that were right, what the model says next, the branch they are in."""
        kept = _agreed(self._trunk, choices)
        path, following, found = list(self._trunk[:kept]), choices[kept], None
        at = len(self._trunk) + 1
        for index, tokens in enumerate(self._branches if kept == len(self._trunk) else ()):
            own = choices[at : at + len(tokens)]
            agreed = _agreed(tokens, [choices[kept], *own])
            if kept + agreed > len(path):
                path, following, found = [*self._trunk, *tokens[:agreed]], own[agreed - 1], index
            at += len(tokens)
        return path, following, found


def _tree(drafts: Sequence[Sequence[Token]]) -> tuple[Sequence[Token], Iterable[Sequence[Token]]]:
    """The beginning that all drafts share, and how each goes on from there."""
    if len(drafts) < 2:
        return (drafts[0] if drafts else ()), ()
    levels = takewhile(lambda tokens: len({*tokens}) == 1, zip(*drafts, strict=False))
    trunk = tuple(tokens[0] for tokens in levels)
    ways = dict.fromkeys(tuple(draft[len(trunk) :]) for draft in drafts)
    ways.pop((), None)
    return (trunk, ways) if len(ways) > 1 else (trunk + sum(ways, ()), ())


def _agreed(draft: Sequence[Token], choices: Sequence[Token]) -> int:
    """How many tokens of `draft` the model would have chosen itself."""
    for position, (proposed, chosen) in enumerate(zip(draft, choices, strict=False)):
        if proposed != chosen:
            return position
    return len(draft)


def _until_stop(tokens: Iterable[Token], stop: Container[Token]) -> Iterator[Token]:
    """`tokens` up to and with the first of `stop`."""
    for token in tokens:
        yield token
        if token in stop:
            return
