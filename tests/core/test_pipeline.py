"""The whole story: all of a document or nothing, in a workspace of a few strings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from fastapply.core.edits import (
    Action,
    Edit,
    EditDocument,
    FileEdit,
    Hunk,
    Op,
    Sketch,
    Span,
    Step,
    WholeFile,
)
from fastapply.core.errors import (
    CheckError,
    FastApplyError,
    MalformedEditError,
    NoPathError,
    UnresolvedError,
    UnsafePathError,
    UnwritableError,
    WorkspaceError,
)
from fastapply.core.pipeline import Engine, Options, Outcome, run
from fastapply.core.plan import Plan, Replacement
from fastapply.core.ports import Change, Unmerged
from fastapply.core.result import Candidate, Unresolved
from fastapply.core.text import SourceText
from tests.core.memory import MemoryWorkspace

AT = Span(0, 1)
FILES = {"src/a.txt": "one\ntwo\n", "src/b.txt": "red\nblue\n"}


def swap(old: str, new: str) -> Hunk:
    return Hunk((Step(Op.DROP, old), Step(Op.ADD, new)), AT)


def add(*lines: str) -> Hunk:
    return Hunk(tuple(Step(Op.ADD, line) for line in lines), AT)


def update(path: str | None, *edits: Edit) -> FileEdit:
    return FileEdit(path, edits, "search-replace", AT)


def delete(path: str) -> FileEdit:
    return FileEdit(path, (), "apply-patch", AT, Action.DELETE)


def create(path: str, *lines: str) -> FileEdit:
    return FileEdit(path, (add(*lines),), "apply-patch", AT, Action.CREATE)


@dataclass
class Model:
    """A model that knows its answer, and remembers what it was asked."""

    text: str
    asked: list[Unresolved | None] = field(default_factory=list)

    def rewrite(
        self, path: str, text: SourceText, edit: FileEdit, unresolved: Unresolved | None
    ) -> Candidate:
        self.asked.append(unresolved)
        after = SourceText.from_str(self.text)
        plan = Plan((Replacement(0, len(text.lines), after.lines),)).trimmed(text.lines)
        return Candidate(after, plan, "rewrite")


class JointModel(Model):
    """One that is asked for several files at once."""

    def rewrite_all(self, files: Sequence[Unmerged]) -> list[Candidate]:
        assert len(files) > 1
        return [self.rewrite(one.path, one.text, one.edit, one.unresolved) for one in files]


@dataclass
class Story:
    """A workspace, and one document after another applied in it."""

    workspace: MemoryWorkspace = field(default_factory=lambda: MemoryWorkspace.of(FILES))
    options: Options = field(default_factory=Options)
    model: Model | None = None

    def tell(self, *edits: FileEdit, files: tuple[str, ...] = ()) -> Outcome:
        def parse(document: str, *, target: str | None = None) -> EditDocument:
            return EditDocument(document, edits)

        return run(
            "",
            workspace=self.workspace,
            parse=parse,
            rewriter=self.model,
            options=replace(self.options, files=files),
        )

    def refuse(
        self, error: type[FastApplyError], *edits: FileEdit, files: tuple[str, ...] = ()
    ) -> FastApplyError:
        before = self.workspace.texts
        with pytest.raises(error) as caught:
            self.tell(*edits, files=files)
        assert self.workspace.texts == before
        assert not self.workspace.written
        assert not self.workspace.staged
        return caught.value

    def now(self, path: str) -> str | None:
        return self.workspace.texts.get(path)


@pytest.fixture
def story() -> Story:
    return Story()


def test_all_files_are_written_at_once_and_staged(story: Story) -> None:
    outcome = story.tell(
        update("src/a.txt", swap("one", "1")), update("src/b.txt", swap("red", "green"))
    )
    assert story.workspace.texts == {"src/a.txt": "1\ntwo\n", "src/b.txt": "green\nblue\n"}
    assert [file.status for file in outcome.files] == ["applied", "applied"]
    assert len(story.workspace.written) == 1
    assert story.workspace.staged == story.workspace.written


def test_one_edit_that_does_not_fit_spoils_all_files(story: Story) -> None:
    error = story.refuse(
        UnresolvedError,
        update("src/a.txt", swap("one", "1")),
        update("src/b.txt", swap("nowhere", "x")),
    )
    assert error.reason == "missing"


def test_unchanged_files_are_not_written(story: Story) -> None:
    outcome = story.tell(
        update("src/a.txt", swap("one", "one")), update("src/b.txt", swap("red", "green"))
    )
    assert [file.status for file in outcome.files] == ["unchanged", "applied"]
    assert [[change.path for change in changes] for changes in story.workspace.written] == [
        ["src/b.txt"]
    ]


def test_nothing_changed_is_nothing_written(story: Story) -> None:
    outcome = story.tell(update("src/a.txt", swap("one", "one")))
    assert [file.status for file in outcome.files] == ["unchanged"]
    assert not story.workspace.written
    assert not story.workspace.staged


def test_a_dry_run_writes_nothing_and_tells_all(story: Story) -> None:
    story.options = Options(dry_run=True)
    outcome = story.tell(update("src/a.txt", swap("one", "1")))
    assert str(outcome.files[0].change.after) == "1\ntwo\n"
    assert not story.workspace.written


def test_staging_can_be_left_out(story: Story) -> None:
    story.options = Options(stage=False)
    story.tell(update("src/a.txt", swap("one", "1")))
    assert story.workspace.written
    assert not story.workspace.staged


# Which file.


@pytest.mark.parametrize("path", ["a.txt", "src/a.txt", "project/src/a.txt", "src\\a.txt", None])
def test_an_edit_goes_to_the_file_its_path_ends_like(story: Story, path: str | None) -> None:
    story.tell(update(path, swap("one", "1")), files=("src/a.txt",))
    assert story.now("src/a.txt") == "1\ntwo\n"


def test_the_only_path_of_the_document_is_the_only_file(story: Story) -> None:
    story.tell(update("lib/renamed.txt", swap("one", "1")), files=("src/a.txt",))
    assert story.now("src/a.txt") == "1\ntwo\n"


def test_edits_for_other_files_are_left_out_and_noted(story: Story) -> None:
    outcome = story.tell(
        update("src/a.txt", swap("one", "1")),
        update("src/b.txt", swap("red", "green")),
        files=("src/a.txt",),
    )
    assert story.now("src/b.txt") == FILES["src/b.txt"]
    assert len(outcome.notes) == 1
    assert "src/b.txt" in outcome.notes[0]


def test_none_of_several_edits_is_for_the_file(story: Story) -> None:
    story.refuse(
        NoPathError,
        update("x.txt", swap("one", "1")),
        update("y.txt", swap("two", "2")),
        files=("src/a.txt",),
    )


def test_which_of_several_files_must_be_said(story: Story) -> None:
    story.refuse(NoPathError, update(None, swap("one", "1")), files=tuple(FILES))
    story.refuse(NoPathError, update(None, swap("one", "1")))


def test_several_updates_of_one_file_are_one(story: Story) -> None:
    outcome = story.tell(
        update("src/a.txt", swap("one", "1")),
        update(None, swap("two", "2")),
        files=("src/a.txt",),
    )
    assert story.now("src/a.txt") == "1\n2\n"
    assert len(outcome.files) == 1


def test_two_different_things_asked_of_one_file(story: Story) -> None:
    story.refuse(
        MalformedEditError,
        update("src/a.txt", swap("one", "1")),
        delete("src/a.txt"),
        files=("src/a.txt",),
    )


def test_a_path_that_leads_outside(story: Story) -> None:
    story.refuse(UnsafePathError, update("../a.txt", swap("one", "1")))
    story.refuse(
        UnsafePathError, FileEdit("src/a.txt", (), "apply-patch", AT, move_to="/etc/a.txt")
    )


# Create, move, delete.


def test_a_new_file_is_created(story: Story) -> None:
    outcome = story.tell(create("src/c.txt", "new"))
    assert story.now("src/c.txt") == "new\n"
    assert [file.status for file in outcome.files] == ["created"]


@pytest.mark.parametrize(
    "edit", [add("new"), Sketch(("new",), AT), WholeFile(("new",), AT)], ids=["hunk", "sketch", ""]
)
def test_an_edit_that_needs_no_original_makes_a_missing_file(story: Story, edit: Edit) -> None:
    story.tell(update("src/c.txt", edit))
    assert story.now("src/c.txt") == "new\n"


@pytest.mark.parametrize("edit", [swap("one", "1"), Sketch(("x", "# ... existing code ..."), AT)])
def test_an_edit_that_needs_an_original_does_not(story: Story, edit: Edit) -> None:
    story.refuse(WorkspaceError, update("src/c.txt", edit))


def test_creating_what_is_there_is_refused(story: Story) -> None:
    story.refuse(UnwritableError, create("src/a.txt", "new"))


def test_an_empty_file_may_be_created_anew(story: Story) -> None:
    story.workspace.files["src/empty.txt"] = SourceText.from_str("")
    story.tell(create("src/empty.txt", "new"))
    assert str(story.now("src/empty.txt")).splitlines() == ["new"]


def test_an_empty_search_in_a_file_with_text_is_refused(story: Story) -> None:
    story.refuse(FastApplyError, update("src/a.txt", add("new")))


def test_deleting(story: Story) -> None:
    outcome = story.tell(delete("src/a.txt"))
    assert story.now("src/a.txt") is None
    assert [file.status for file in outcome.files] == ["deleted"]
    story.workspace.written.clear()
    story.workspace.staged.clear()
    story.refuse(WorkspaceError, delete("src/a.txt"))


def test_moving_with_a_change(story: Story) -> None:
    edit = replace(update("src/a.txt", swap("one", "1")), move_to="lib/a.txt")
    outcome = story.tell(edit)
    assert story.now("src/a.txt") is None
    assert story.now("lib/a.txt") == "1\ntwo\n"
    assert [file.status for file in outcome.files] == ["moved"]


def test_moving_alone(story: Story) -> None:
    story.tell(FileEdit("src/a.txt", (), "apply-patch", AT, move_to="lib/a.txt"))
    assert story.workspace.texts == {"lib/a.txt": "one\ntwo\n", "src/b.txt": "red\nblue\n"}


def test_moving_onto_a_file_is_refused(story: Story) -> None:
    story.refuse(UnwritableError, FileEdit("src/a.txt", (), "apply-patch", AT, move_to="src/b.txt"))


def test_moving_onto_itself_is_no_move(story: Story) -> None:
    outcome = story.tell(replace(update("src/a.txt", swap("one", "1")), move_to="src/./a.txt"))
    assert [file.status for file in outcome.files] == ["applied"]


# Who answers.


def test_the_model_is_asked_only_where_the_merge_cannot_decide(story: Story) -> None:
    story.model = Model("one\nTWO\n")
    outcome = story.tell(update("src/a.txt", swap("one", "1")))
    assert story.model.asked == []
    assert outcome.files[0].method == "merge"
    story.workspace.files["src/a.txt"] = SourceText.from_str("two\ntwo\n")
    story.model = Model("two\n2\n")
    outcome = story.tell(update("src/a.txt", swap("two", "2")))
    assert outcome.files[0].method == "rewrite"
    assert story.now("src/a.txt") == "two\n2\n"
    (unresolved,) = story.model.asked
    assert unresolved is not None
    assert unresolved.failures[0].reason == "ambiguous"


def test_the_merge_alone_refuses(story: Story) -> None:
    story.model = Model("one\n2\n")
    story.options = Options(engine=Engine.MERGE)
    story.refuse(UnresolvedError, update("src/a.txt", swap("deux", "2")))
    assert story.model.asked == []


def test_the_model_alone_is_not_told_of_the_merge(story: Story) -> None:
    story.model = Model("1\ntwo\n")
    story.options = Options(engine=Engine.REWRITE)
    outcome = story.tell(update("src/a.txt", swap("one", "1")))
    assert story.model.asked == [None]
    assert outcome.files[0].method == "rewrite"


@pytest.mark.parametrize("model", [Model, JointModel])
def test_several_files_go_to_the_model_together(story: Story, model: type[Model]) -> None:
    files = {"a.txt": "two\ntwo\n", "b.txt": "one\n", "c.txt": "two\ntwo\n"}
    story.workspace = MemoryWorkspace.of(files)
    story.model = model("two\n2\n")
    two, one = swap("two", "2"), swap("one", "1")
    outcome = story.tell(update("a.txt", two), update("b.txt", one), update("c.txt", two))
    assert [file.method for file in outcome.files] == ["rewrite", "merge", "rewrite"]
    assert story.workspace.texts == {"a.txt": "two\n2\n", "b.txt": "1\n", "c.txt": "two\n2\n"}
    assert len(story.model.asked) == 2


def test_what_the_merge_alone_can_tell_needs_no_model(story: Story) -> None:
    story.model = Model("two\n2\n")
    story.workspace.files["src/a.txt"] = SourceText.from_str("two\ntwo\n")
    story.refuse(WorkspaceError, update("src/a.txt", swap("two", "2")), delete("none.txt"))
    assert not story.model.asked


def test_a_model_that_changes_something_else_is_refused(story: Story) -> None:
    story.model = Model("1\nTWO, TOO\n")
    story.options = Options(engine=Engine.REWRITE)
    story.refuse(CheckError, update("src/a.txt", swap("one", "1")))


def test_the_user_may_narrow_the_changes(story: Story) -> None:
    def first(changes: tuple[Change, ...]) -> tuple[Change, ...]:
        return changes[:1]

    edits = (update("src/a.txt", swap("one", "1")), update("src/b.txt", swap("red", "green")))
    outcome = run(
        "",
        workspace=story.workspace,
        parse=lambda document, *, target=None: EditDocument(document, edits),
        rewriter=None,
        options=Options(),
        accept=first,
    )
    assert story.workspace.texts == {**FILES, "src/a.txt": "1\ntwo\n"}
    assert [file.change.path for file in outcome.files] == ["src/a.txt"]
