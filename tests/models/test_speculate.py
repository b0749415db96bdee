"""The laws of the loop, on a toy model with a memory that can be looked at."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from fastapply.models.decoding.constraint import Allowed, Constraint, Free
from fastapply.models.decoding.costs import CPU_COSTS, GPU_COSTS, Costs
from fastapply.models.decoding.draft import TextDrafter
from fastapply.models.decoding.serve import LEAST_SHARED, room_for, serve, shared_prefix
from fastapply.models.decoding.speculate import Ask, Decoding, Drafter, PlainDrafter, Run
from fastapply.models.decoding.tally import Tally

STOP = 0
tokens = st.integers(0, 5)
texts = st.lists(tokens, max_size=40)
prompts = st.lists(tokens, min_size=1, max_size=8)
LIMIT = 30
FLAT_COSTS = Costs((1, 512), (1.0, 1.1))


def next_up(best: int, allowed: Allowed) -> int:
    """The allowed token that comes first, counted up from the best one."""
    among = range(6) if allowed is None else allowed
    return min(among, key=lambda token: (token - best) % 6, default=best)


class ToyModel:
    """Prefers by a table over the last two tokens; remembers all it was given."""

    def __init__(self, table: dict[tuple[int, int], int], slots: int = 1, room: int = 6000) -> None:
        self.table = table
        self.slots, self.room, self.forks, self.known = slots, room, True, 0
        self.memories: list[list[int]] = [[] for _ in range(slots)]
        self.branches: dict[int, list[list[int]]] = {}
        self.calls = self.questions = 0

    def verify(self, asks: Mapping[int, Ask]) -> dict[int, list[int]]:
        self.calls += 1
        choices: dict[int, list[int]] = {}
        for slot, ask in asks.items():
            assert ask.trunk.questions[-1][0] == len(ask.trunk.tokens) - 1
            memory = self.memories[slot]
            choices[slot] = list(self.choose(memory, ask.trunk))
            self.branches[slot] = [list(memory) for _ in ask.branches]
            for copy, run in zip(self.branches[slot], ask.branches, strict=True):
                choices[slot] += self.choose(copy, run)
        return choices

    def choose(self, memory: list[int], run: Run) -> Iterator[int]:
        questions = dict(run.questions)
        for at, token in enumerate(run.tokens):
            memory.append(token)
            if at in questions:
                allowed = questions[at]
                assert allowed is None or len(allowed) > 1
                self.questions += 1
                yield next_up(self.preferred(memory), allowed)

    def preferred(self, memory: list[int]) -> int:
        before, last = [0, *memory][-2:]
        return self.table.get((before, last), (before * 3 + last) % 6)

    def keep(self, slot: int, length: int, branch: int | None = None) -> int:
        if branch is not None:
            self.memories[slot] = self.branches[slot][branch]
        assert length <= len(self.memories[slot])
        del self.memories[slot][length:]
        return length

    def recall(self, slot: int, prompt: Sequence[int]) -> int:
        assert not self.memories[slot]
        self.memories[slot] = list(prompt[: min(self.known, len(prompt) - 1)])
        return len(self.memories[slot])

    def copy(self, source: int, slot: int, length: int) -> None:
        assert not self.memories[slot]
        self.memories[slot] = self.memories[source][:length]

    def free(self, slot: int) -> None:
        self.memories[slot].clear()


class Wild:
    """Proposes whatever the example says."""

    def __init__(self, drafts: list[list[list[int]]]) -> None:
        self.drafts = drafts[:]

    def propose(self, limit: int, rows: int) -> list[list[int]]:
        return [draft[:limit] for draft in self.drafts.pop(0)] if self.drafts else []

    def observe(self, given: Sequence[int]) -> None:
        pass


wild = st.lists(st.lists(texts, max_size=3), max_size=20)


class Graph:
    """Allows after each place the tokens that lead on, and where they lead."""

    def __init__(self, edges: list[dict[int, int]], at: int = 0) -> None:
        self.edges, self.at = edges, at

    def allowed(self) -> Collection[int]:
        return self.edges[self.at].keys()

    def advance(self, token: int) -> None:
        self.at = self.edges[self.at][token] % len(self.edges)

    def copy(self) -> "Graph":
        return Graph(self.edges, self.at)


graphs = st.lists(
    st.dictionaries(tokens, st.integers(0, 9), min_size=1), min_size=1, max_size=10
).map(Graph)


def run(
    model: ToyModel, prompt: list[int], drafter: Drafter, constraint: Constraint | None = None
) -> tuple[list[int], Tally]:
    decoding = Decoding(prompt, drafter, {STOP}, LIMIT, constraint or Free())
    tally, said = Tally(), list[int]()
    for _, turn in serve([decoding], model):
        tally.add(turn)
        said += turn.tokens
        assert len(model.memories[0]) < len(decoding.history)
        assert model.memories[0] == decoding.history[: decoding.held]
        if constraint is None:
            assert decoding.held == len(decoding.history) - 1
    assert decoding.done
    assert said == decoding.answer
    return decoding.answer, tally


def greedy(model: ToyModel, prompt: list[int], constraint: Constraint) -> tuple[list[int], int]:
    """A token after the other, and how often there was a choice."""
    state, answer, asked = constraint.copy(), list[int](), 0
    while len(answer) < LIMIT and STOP not in answer:
        allowed = state.allowed()
        asked += allowed is None or len(allowed) > 1
        answer.append(next_up(model.preferred(prompt + answer), allowed))
        state.advance(answer[-1])
    return answer, asked


tables = st.dictionaries(st.tuples(tokens, tokens), tokens, max_size=36)


@settings(max_examples=100)
@given(tables, prompts, wild)
def test_any_draft_gives_the_greedy_text_with_no_more_calls(table, prompt, drafts):
    text, _ = greedy(ToyModel(table), prompt, Free())
    plain, slow = run(ToyModel(table), prompt, PlainDrafter())
    answer, tally = run(ToyModel(table), prompt, Wild(drafts))
    assert answer == plain == text
    assert tally.calls <= slow.calls == len(text)
    assert tally.tokens == len(answer)
    assert 0 <= tally.kept <= tally.drafted


@settings(max_examples=100)
@given(
    tables,
    prompts,
    texts,
    st.lists(texts, max_size=3),
    st.sampled_from([CPU_COSTS, GPU_COSTS, FLAT_COSTS]),
)
def test_the_text_drafter_keeps_the_laws(table, prompt, expected, fragments, costs):
    text, _ = greedy(ToyModel(table), prompt, Free())
    drafter = TextDrafter(expected, fragments, prompt=prompt, costs=costs)
    answer, tally = run(ToyModel(table), prompt, drafter)
    assert answer == text
    assert tally.calls <= len(text)


@settings(max_examples=100)
@given(tables, graphs, prompts, wild, texts)
def test_a_constraint_gives_the_best_allowed_text(table, graph, prompt, drafts, expected):
    text, asked = greedy(ToyModel(table), prompt, graph)
    for drafter in (PlainDrafter(), Wild(drafts), TextDrafter(expected, prompt=prompt)):
        model = ToyModel(table)
        answer, tally = run(model, prompt, drafter, graph)
        assert answer == text
        assert model.calls <= asked
        assert tally.tokens == len(answer)
        assert model.questions >= model.calls
        if isinstance(drafter, PlainDrafter):
            assert model.questions == model.calls == asked


@settings(max_examples=60)
@given(
    tables,
    st.lists(st.tuples(prompts, wild), max_size=5),
    st.lists(tokens, max_size=2 * LEAST_SHARED),
    st.integers(1, 4),
    st.integers(100, 300),
    st.integers(0, 50),
)
def test_answers_do_not_depend_on_their_company(table, asked, begin, slots, room, known):
    model = ToyModel(table, slots, room)
    model.known = known
    decodings = [Decoding(begin + prompt, Wild(drafts), {STOP}, LIMIT) for prompt, drafts in asked]
    shared = shared_prefix(decodings) if slots > 1 else 0
    turns = 0
    for _ in serve(decodings, model):
        turns += 1
        assert sum(map(len, model.memories)) - shared * sum(map(bool, model.memories[:-1])) <= room
    assert model.calls <= turns
    assert not any(model.memories)
    for decoding, (prompt, drafts) in zip(decodings, asked, strict=True):
        alone, _ = run(ToyModel(table), begin + prompt, Wild(drafts))
        assert decoding.answer == alone


def test_what_prompts_share_is_read_once():
    begin = list(range(10, 110))
    decodings = [Decoding([*begin, last], PlainDrafter(), {STOP}, 1) for last in (1, 2, 3)]
    assert shared_prefix(decodings) == 100
    assert room_for(decodings) == 100 + 3 * 2
    model = ToyModel({}, slots=3)
    given = 0
    for _, turn in serve(decodings, model):
        given += len(turn.tokens)
    assert (model.calls, given) == (2, 3)
    assert shared_prefix(decodings[:1]) == 0


def test_the_branch_that_is_right_is_followed():
    text = list(range(10, 40))
    drafts = [[[*text[:3], 99], [*text[:3], *text[3:9], 99], [*text[:3], 98]]]
    model = Replay([9], text)
    decoding = Decoding([9], Wild(drafts), {STOP}, 100)
    (_, first), *_ = serve([decoding], model)
    assert (first.kept, first.branch, first.drafted) == (9, 1, 3 + 1 + 7 + 1)
    assert decoding.answer == [*text, STOP]


class Replay(ToyModel):
    """Answers with a text it knows, then stops."""

    def __init__(self, prompt: list[int], text: list[int]) -> None:
        super().__init__({})
        self.prompt, self.text = prompt, [*text, STOP]

    def choose(self, memory: list[int], run: Run) -> Iterator[int]:
        answered = len(memory) + len(run.tokens) - len(self.prompt)
        memory += run.tokens
        known = self.text + [STOP] * len(run.tokens)
        yield from known[answered - len(run.asked) + 1 :][: len(run.asked)]


def replay(text: list[int], drafter: Drafter) -> Tally:
    answer, tally = list[int](), Tally()
    for _, turn in serve([Decoding([9], drafter, {STOP}, 5000)], Replay([9], text)):
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


def test_the_draft_turns_to_the_fragment_where_it_leaves_the_original():
    text = list(range(10, 310))
    new = list(range(5000, 5030))
    changed = [*text[:100], *new, *text[100:]]
    drafter = TextDrafter([*text, STOP], [[*text[80:100], *new]], costs=GPU_COSTS)
    (draft,) = drafter.propose(200, 1)
    assert draft[:130] == changed[: min(len(draft), 130)]
    tally = replay(changed, TextDrafter([*text, STOP], [[*text[80:100], *new]], costs=GPU_COSTS))
    alone = replay(changed, TextDrafter([*text, STOP], costs=GPU_COSTS))
    assert tally.calls < alone.calls - len(new) / 2


def test_a_branch_is_drafted_where_batches_cost_the_same():
    text = list(range(10, 110))
    fragment = [*text[20:40], 7, 7, 7]
    drafts = TextDrafter(text, [fragment], costs=FLAT_COSTS).propose(200, 1)
    assert [draft[40] for draft in drafts] == [7, text[40]]
    tally = replay(text, TextDrafter([*text, STOP], [fragment], costs=FLAT_COSTS))
    assert tally.calls <= 5
    settled = TextDrafter(text, [fragment], costs=FLAT_COSTS, trust=512.0)
    assert len(settled.propose(200, 1)) == 1


def test_what_repeats_is_copied_from_the_answer():
    row = list(range(20, 40))
    tally = replay(row * 20, TextDrafter([]))
    assert tally.calls < 60


def test_draft_length_follows_cost_and_trust():
    assert CPU_COSTS.best_draft(1.0, 100) == 0
    assert CPU_COSTS.best_draft(1000.0, 100) >= 15
    assert GPU_COSTS.best_draft(1e6, 10_000) == 511
    assert CPU_COSTS.best_draft(1000.0, 3) in (0, 3)
    assert max(CPU_COSTS.best_draft(1e6, 10_000, rows) for rows in (1, 300, 304)) == 39
    assert CPU_COSTS.best_draft(5.0, 0) == 0
