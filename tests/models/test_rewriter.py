"""The rewriter, with writers that answer at once, and with a real model."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from replay import shadow_of

from fastapply.core.edits import FileEdit, Sketch, Span
from fastapply.core.errors import (
    CheckError,
    ContextTooSmallError,
    ModelError,
    UnresolvedError,
)
from fastapply.core.plan import Replacement
from fastapply.core.ports import Unmerged
from fastapply.core.result import Missing, Reading, Unresolved
from fastapply.core.text import SourceText
from fastapply.models.choose import clear_winner
from fastapply.models.decoding.tally import Tally, Turn
from fastapply.models.llama.model import LlamaModel, open_model
from fastapply.models.llama.writer import LlamaWriter
from fastapply.models.progress import Progress
from fastapply.models.prompt import CHAT, Task, prompt
from fastapply.models.rewriter import ModelRewriter, RewriteOptions
from fastapply.models.settings import Settings
from fastapply.models.writer import Answer, Job

OLD = "".join(f"def f{i}(x):\n    y = x + {i}\n    return y\n\n\n" for i in range(40))
TEXT = SourceText.from_str(OLD)
LINES = ("# ... existing code ...", "def f20(x):", "    y = x * 2000", "    return y")
EDIT = FileEdit("a.py", (Sketch(LINES, Span(0, 4), "python"),), "snippet", Span(0, 4))
NEW = OLD.replace("x + 20\n", "x * 2000\n")
TOUCHED = Unresolved((), regions=(Span(100, 103),))


@dataclass
class Quick:
    """Does to the code what it was told; keeps the tasks it was given."""

    old: str = "x + 20\n"
    new: str = "x * 2000\n"
    scores: Sequence[float] = ()
    name: str = "quick"
    held: bool = False
    sure: bool = True
    breaks: bool = False
    place: str = "on paper"
    tasks: list[Task] = field(default_factory=list)
    texts: Sequence[str] = ()

    def write(self, jobs: Sequence[Job]) -> list[Answer]:
        tasks = [job.task for job in jobs]
        self.tasks += tasks
        tally = Tally()
        tally.add(Turn(8, 8, (1,) * 9))
        if self.breaks:
            raise ContextTooSmallError("too long")
        codes = [task.code.replace(self.old, self.new) for task in tasks]
        return [Answer(code, tally, 10, 0.5, 0.4, self.sure) for code in codes]

    def score(self, task: Task, texts: Sequence[str]) -> list[float]:
        self.texts = texts
        return list(self.scores)


def test_only_the_region_is_shown_and_changed():
    quick = Quick()
    candidate = ModelRewriter(quick).rewrite("a.py", TEXT, EDIT, TOUCHED)
    assert str(candidate.text) == NEW
    assert candidate.method == "rewrite"
    assert candidate.plan.replacements == (Replacement(101, 102, ("    y = x * 2000",)),)
    (task,) = quick.tasks
    assert "def f20" in task.code
    assert len(task.code.splitlines()) < 20
    assert task.comment == "#"
    assert candidate.stats["acceptance_rate"] == 1.0
    assert candidate.stats["characters_per_second"]


def test_the_whole_file_on_demand_and_where_nothing_is_known():
    for options, edit in (
        (RewriteOptions(whole=True), EDIT),
        (RewriteOptions(), FileEdit(None, (Sketch(("zz",), Span(0, 1)),), "snippet", Span(0, 1))),
    ):
        quick = Quick()
        unresolved = Unresolved(())
        candidate = ModelRewriter(quick, options).rewrite("a.py", TEXT, edit, unresolved)
        assert str(candidate.text) == NEW
        assert quick.tasks[0].code == OLD


def test_the_regions_of_all_files_are_written_at_once():
    quick = Quick()
    far = Unresolved((), regions=(Span(0, 3), Span(100, 103)))
    files = [Unmerged("a.py", TEXT, EDIT, TOUCHED), Unmerged("b.py", TEXT, EDIT, far)]
    first, second = ModelRewriter(quick).rewrite_all(files)
    assert str(first.text) == str(second.text) == NEW
    assert [len(quick.tasks), first.stats["regions"], second.stats["regions"]] == [3, 1, 2]
    assert ModelRewriter(quick).rewrite_all([]) == []


def test_line_endings_and_the_end_of_the_file_stay():
    text = SourceText.from_str(OLD.replace("\n", "\r\n").rstrip())
    candidate = ModelRewriter(Quick(), RewriteOptions(whole=True)).rewrite(
        "a.py", text, EDIT, Unresolved(())
    )
    assert str(candidate.text) == NEW.replace("\n", "\r\n").rstrip()


def test_instruction_and_talk_reach_the_model():
    quick = Quick()
    options = RewriteOptions(instruction="faster", talk="user: why")
    ModelRewriter(quick, options).rewrite("a.py", TEXT, EDIT, TOUCHED)
    assert (quick.tasks[0].instruction, quick.tasks[0].talk) == ("faster", "user: why")


def test_an_unchanged_answer_is_an_error():
    with pytest.raises(ModelError, match="unchanged"):
        ModelRewriter(Quick(old="?")).rewrite("a.py", TEXT, EDIT, TOUCHED)


READINGS = tuple(
    Reading((Replacement(at, at + 1, ("    y = x * 2000",)),), 1.0) for at in (96, 101, 106)
)


def test_a_clearly_best_reading_is_taken():
    quick = Quick(scores=(-9.0, -2.0, -8.0))
    candidate = ModelRewriter(quick).rewrite("a.py", TEXT, EDIT, Unresolved((), READINGS))
    assert str(candidate.text) == NEW
    assert not quick.tasks
    assert len({*quick.texts}) == 3
    assert candidate.stats["readings"] == 3


def test_without_a_clear_margin_the_model_writes_freely():
    quick = Quick(scores=(-9.0, -2.0, -3.0))
    ModelRewriter(quick).rewrite("a.py", TEXT, EDIT, Unresolved((), READINGS, (Span(100, 103),)))
    assert quick.tasks


def test_a_held_model_settles_between_readings_by_writing_one_of_them():
    failed = Unresolved((Missing(Span(0, 1), ("x",)),), READINGS)
    quick = Quick(held=True)
    candidate = ModelRewriter(quick).rewrite("a.py", TEXT, EDIT, failed)
    assert str(candidate.text) == NEW
    assert not quick.texts
    for other in (Quick(held=True, new="x * 2001\n"), Quick(held=True, sure=False)):
        with pytest.raises(UnresolvedError) as caught:
            ModelRewriter(other).rewrite("a.py", TEXT, EDIT, failed)
        assert caught.value.failures == failed.failures


def test_what_a_held_model_and_the_merge_read_otherwise_is_refused():
    quick = Quick(held=True)
    assert ModelRewriter(quick).rewrite("a.py", TEXT, EDIT, None).method == "rewrite"
    quick.new = "x * 20000\n"
    with pytest.raises(CheckError) as caught:
        ModelRewriter(quick).rewrite("a.py", TEXT, EDIT, None)
    assert [finding.reason for finding in caught.value.findings] == ["disagreement"]


def test_what_a_held_model_cannot_settle_stays_unresolved():
    failed = Unresolved((Missing(Span(0, 1), ("x",)),), regions=(Span(100, 103),))
    assert ModelRewriter(Quick(held=True)).rewrite("a.py", TEXT, EDIT, failed).method == "rewrite"
    for quick in (
        Quick(held=True, sure=False),
        Quick(held=True, breaks=True),
        Quick(held=True, old="?"),
        Quick(held=True, new="x * 2001\n"),
        Quick(held=True, old="    y = x + 20\n", new=""),
    ):
        with pytest.raises(UnresolvedError) as caught:
            ModelRewriter(quick).rewrite("a.py", TEXT, EDIT, failed)
        assert caught.value.failures == failed.failures


def test_a_held_model_does_not_dispel_a_doubt_by_saying_the_same():
    failed = Unresolved((Missing(Span(0, 1), ("x",)),), READINGS[1:2], (Span(100, 103),))
    with pytest.raises(UnresolvedError):
        ModelRewriter(Quick(held=True)).rewrite("a.py", TEXT, EDIT, failed)
    assert ModelRewriter(Quick()).rewrite("a.py", TEXT, EDIT, failed).method == "rewrite"


def test_a_lone_reading_says_where_the_edit_goes():
    quick = Quick()
    unresolved = Unresolved((), READINGS[1:2], (Span(0, 200),))
    ModelRewriter(quick).rewrite("a.py", TEXT, EDIT, unresolved)
    (task,) = quick.tasks
    assert "def f20" in task.code
    assert len(task.code.splitlines()) < 20


def test_winners_need_a_margin_and_a_rival():
    assert clear_winner([]) is None
    assert clear_winner([-1.0]) is None
    assert clear_winner([-1.0, -5.0]) == 0
    assert clear_winner([-5.0, -4.0]) is None


SMALL = "".join(f"def f{i}(x):\n    return x + {i}\n\n\n" for i in range(4))
SMALL_EDIT = FileEdit(
    "a.py",
    (Sketch(("def f2(x):", "    return x * 22"), Span(0, 2), "python"),),
    "snippet",
    Span(0, 2),
)


def task_that_hides(answer: str, region: str) -> Task:
    return Task(region, ("def f2(x):", "    return x * 22"), "#", instruction=shadow_of(answer))


def aimed(replaying, task: Task, closing: str):
    """The replay model, set so that the answer hidden in `task` comes out."""
    path = replaying(1)
    with open_model(path) as model:
        tokens = prompt(model, CHAT, task)
        first = model.encode(task.instruction)[0]
    return replaying(len(tokens) - 1 - tokens.index(first))


@pytest.mark.parametrize("exact", [False, True])
def test_a_real_model_rewrites_a_file(replaying, exact):
    new = SMALL.replace("x + 2\n", "x * 22\n")
    task = task_that_hides(new + CHAT.closing, SMALL)
    path = aimed(replaying, task, CHAT.closing)
    seen: list[Progress] = []
    options = RewriteOptions(whole=True, instruction=task.instruction)
    settings = Settings(exact=exact, threads=1)
    with LlamaWriter(path, settings, report=seen.append) as writer:
        rewriter = ModelRewriter(writer, options)
        candidate = rewriter.rewrite("a.py", SourceText.from_str(SMALL), SMALL_EDIT, Unresolved(()))
    assert str(candidate.text) == new
    stats: Any = candidate.stats
    assert stats["calls"] < stats["tokens"] / 3
    assert seen[-1].tally.tokens == candidate.stats["tokens"]


def test_a_model_that_never_ends_is_stopped(replaying):
    task = task_that_hides("x\n" * 400, "x\n")
    path = aimed(replaying, task, CHAT.closing)
    with (
        LlamaWriter(path, Settings(threads=1)) as writer,
        pytest.raises(ModelError, match="did not come to an end"),
    ):
        writer.write([Job(task, "x\n", 64.0)])


def test_what_does_not_fit_is_an_error(replay_path):
    with (
        LlamaWriter(replay_path, Settings(context=1024)) as writer,
        pytest.raises(ContextTooSmallError, match="1024"),
    ):
        writer.write([Job(Task(OLD, ("a",)), OLD, 64.0)])


def test_readings_are_scored_by_a_real_model(replaying):
    task = task_that_hides("right\n" + CHAT.closing, "wrong\n")
    path = aimed(replaying, task, CHAT.closing)
    with LlamaWriter(path, Settings(threads=1)) as writer:
        assert clear_winner(writer.score(task, ["wrong\n", "right\n"])) == 1


def test_a_model_that_cannot_forget_goes_back_to_a_checkpoint(replaying, monkeypatch):
    task = task_that_hides("right\n" * 9 + CHAT.closing, "right\n")
    path = aimed(replaying, task, CHAT.closing)
    monkeypatch.setattr(LlamaModel, "can_rewind", False)
    with LlamaWriter(path, Settings(threads=1, exact=True)) as writer:
        (answer,) = writer.write([Job(task, "right\nwrong\n" + "right\n" * 7, 64.0)])
    assert answer.text == "right\n" * 9
    assert 0 < answer.tally.kept < answer.tally.drafted


def test_the_beginning_of_prompts_is_kept_between_processes(replaying, tmp_path):
    task = task_that_hides("right\n" + CHAT.closing, "right\n")
    path = aimed(replaying, task, CHAT.closing)
    kept, answers = [], []
    for _ in range(2):
        with LlamaWriter(path, Settings(threads=1), states=tmp_path) as writer:
            (answer,) = writer.write([Job(task, "right\n", 64.0)])
        answers.append(answer.text)
        kept.append([file.name for file in tmp_path.iterdir()])
    assert answers == ["right\n"] * 2
    assert kept[0] == kept[1]
    assert len(kept[0]) == 1
