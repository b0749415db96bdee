"""The laws of the loop, on a toy model with a memory that can be looked at."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from fastapply.models.draft import CPU_COSTS, GPU_COSTS, TextDrafter
from fastapply.models.speculate import Drafter, PlainDrafter, Tally, speculate

STOP = 0
tokens = st.integers(0, 5)
texts = st.lists(tokens, max_size=40)
LIMIT = 30


class ToyModel:
    """Chooses by a table over the last two tokens; remembers all it was given."""

    def __init__(self, table: dict[tuple[int, int], int]) -> None:
        self.table = table
        self.memory: list[int] = []
        self.calls = 0

    def verify(self, given: Sequence[int], answers: int) -> list[int]:
        self.calls += 1
        choices = []
        for token in given:
            self.memory.append(token)
            before = self.memory[-2] if len(self.memory) > 1 else 0
            choices.append(self.table.get((before, token), (before * 3 + token) % 6))
        return choices[-answers:]

    def rewind(self, length: int) -> None:
        assert length <= len(self.memory)
        del self.memory[length:]


class Wild:
    """Proposes whatever the example says."""

    def __init__(self, drafts: list[list[int]]) -> None:
        self.drafts = drafts

    def propose(self, limit: int) -> list[int]:
        return self.drafts.pop(0)[:limit] if self.drafts else []

    def observe(self, given: Sequence[int]) -> None:
        pass


def run(model: ToyModel, prompt: list[int], drafter: Drafter) -> tuple[list[int], Tally]:
    answer: list[int] = []
    tally = Tally()
    for turn in speculate(prompt, drafter, model, stop={STOP}, limit=LIMIT):
        answer += turn.tokens
        tally.add(turn)
        assert model.memory == [*prompt, *answer][:-1]
    return answer, tally


tables = st.dictionaries(st.tuples(tokens, tokens), tokens, max_size=36)


@settings(max_examples=300)
@given(tables, st.lists(tokens, min_size=1, max_size=8), st.lists(texts, max_size=20))
def test_any_draft_gives_the_greedy_text_with_no_more_calls(table, prompt, drafts):
    greedy, plain = run(ToyModel(table), prompt, PlainDrafter())
    answer, tally = run(ToyModel(table), prompt, Wild(drafts))
    assert answer == greedy
    assert tally.calls <= plain.calls == len(greedy)
    assert tally.tokens == len(answer)
    assert 0 <= tally.kept <= tally.drafted


@settings(max_examples=300)
@given(
    tables,
    st.lists(tokens, min_size=1, max_size=8),
    texts,
    st.lists(texts, max_size=3),
    st.sampled_from([CPU_COSTS, GPU_COSTS]),
)
def test_the_text_drafter_keeps_the_laws(table, prompt, expected, fragments, costs):
    greedy, _ = run(ToyModel(table), prompt, PlainDrafter())
    drafter = TextDrafter(expected, fragments, prompt=prompt, costs=costs)
    answer, tally = run(ToyModel(table), prompt, drafter)
    assert answer == greedy
    assert tally.calls <= len(greedy)


class Replay(ToyModel):
    """Answers with a text it knows, then stops."""

    def __init__(self, prompt: list[int], text: list[int]) -> None:
        super().__init__({})
        self.prompt, self.text = prompt, [*text, STOP]

    def verify(self, given: Sequence[int], answers: int) -> list[int]:
        self.calls += 1
        self.memory += given
        end = len(self.memory) - len(self.prompt)
        return (self.text + [STOP] * len(given))[max(end - answers + 1, 0) : end + 1]


def replay(text: list[int], drafter: Drafter) -> Tally:
    model, tally = Replay([9], text), Tally()
    answer: list[int] = []
    for turn in speculate([9], drafter, model, stop={STOP}, limit=5000):
        tally.add(turn)
        answer += turn.tokens
    assert answer == [*text, STOP]
    return tally


def test_a_right_draft_needs_few_calls():
    text = list(range(10, 1010))
    tally = replay(text, TextDrafter([*text, STOP], costs=GPU_COSTS))
    assert tally.calls <= 8
    assert tally.acceptance_rate == 1.0


def test_after_an_insertion_the_drafter_finds_its_place_again():
    text = list(range(10, 510))
    changed = [*text[:200], 5001, 5002, 5003, *text[200:]]
    tally = replay(changed, TextDrafter([*text, STOP], costs=CPU_COSTS))
    assert tally.calls <= 30


def test_new_code_is_copied_from_the_fragment():
    text = list(range(10, 310))
    new = list(range(5000, 5060))
    changed = [*text[:100], *new, *text[100:]]
    alone = replay(changed, TextDrafter([*text, STOP]))
    helped = replay(changed, TextDrafter([*text, STOP], [[*text[95:100], *new, *text[100:103]]]))
    assert helped.calls < alone.calls - 40


def test_what_repeats_is_copied_from_the_answer():
    row = list(range(20, 40))
    tally = replay(row * 20, TextDrafter([]))
    assert tally.calls < 60


def test_draft_length_follows_cost_and_trust():
    assert CPU_COSTS.best_draft(1.0, 100) == 0
    assert CPU_COSTS.best_draft(1000.0, 100) >= 15
    assert GPU_COSTS.best_draft(1e6, 10_000) == 511
    assert CPU_COSTS.best_draft(1000.0, 3) in (0, 3)
    assert CPU_COSTS.best_draft(5.0, 0) == 0
