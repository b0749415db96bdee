"""Which model writes a file where the merge cannot."""

from __future__ import annotations

from fastapply.core.errors import ModelError
from fastapply.core.pipeline import Engine
from fastapply.core.ports import Rewriter


def rewriter_for(engine: Engine) -> Rewriter | None:
    """The rewriter to ask, None where the merge has the last word.

    Raise `ModelError` where a rewrite is insisted on and no model is there.
    """
    if engine is Engine.REWRITE:
        raise ModelError("no model is set up to rewrite files: use --engine auto or merge")
    return None
