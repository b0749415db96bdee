"""What to tell a chat model so that its edits apply well: one text for each edit format."""

from __future__ import annotations

from importlib.resources import files


def instructions(format: str) -> str:
    """The text for a format of `formats.FORMATS`; its example is an edit of that format."""
    return (files("fastapply.formats.instructions") / f"{format}.md").read_text("utf-8")
