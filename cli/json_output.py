"""``--json``: the result for programs. The schema is docs/json.md; change both or neither."""

from __future__ import annotations

import json
from typing import Any

from fastapply.cli.exit_codes import ExitCode, exit_code
from fastapply.cli.failures import Failed, Misfit, misfits
from fastapply.cli.request import Mode
from fastapply.cli.retry import retry_text
from fastapply.core.edits import Span
from fastapply.core.errors import CheckError, EditError
from fastapply.core.pipeline import FileOutcome, Outcome
from fastapply.core.result import Finding, Placement

SCHEMA = 1


def outcome_json(outcome: Outcome, mode: Mode) -> str:
    """What became of a document that fits."""
    changed = any(file.status != "unchanged" for file in outcome.files)
    written = changed and mode is Mode.APPLY
    status = "unchanged" if not changed else "applied" if written else "fits"
    return _dump(
        {
            "schema": SCHEMA,
            "status": status,
            "exit_code": int(ExitCode.OK),
            "reason": None,
            "message": None,
            "written": written,
            "files": [_file(file) for file in outcome.files],
            "failures": [],
            "findings": [],
            "notes": list(outcome.notes),
            "retry": None,
        }
    )


def failure_json(failed: Failed) -> str:
    """Why a document was refused, and what to hand back to the model."""
    error = failed.error
    findings = error.findings if isinstance(error, CheckError) else ()
    failures = [_failure(misfit) for misfit in misfits(failed)]
    if isinstance(error, EditError) and error.span is not None:
        failures.append({"reason": error.reason, "document_lines": _lines(error.span)})
    return _dump(
        {
            "schema": SCHEMA,
            "status": "failed",
            "exit_code": int(exit_code(error)),
            "reason": error.reason,
            "message": str(error),
            "written": failed.written,
            "files": [],
            "failures": failures,
            "findings": [_finding(finding) for finding in findings],
            "notes": [failed.unkept] if failed.written and failed.unkept else [],
            "retry": retry_text(failed),
        }
    )


def _file(file: FileOutcome) -> dict[str, Any]:
    return {
        "path": file.change.path,
        "move_to": file.change.move_to,
        "status": file.status,
        "method": file.method,
        "edits": [_edit(placement) for placement in file.placements],
        "stats": dict(file.stats),
    }


def _edit(placement: Placement) -> dict[str, Any]:
    return {
        "document_lines": _lines(placement.at),
        "file_lines": _lines(placement.span),
        "rung": placement.rung.value,
        "already": placement.already,
    }


def _failure(misfit: Misfit) -> dict[str, Any]:
    difference = misfit.differing
    places = [{"lines": _lines(span), "text": list(misfit.shown(span))} for span in misfit.places]
    missing = misfit.failure.reason == "missing"
    return {
        "reason": misfit.failure.reason,
        "path": misfit.path,
        "document_lines": _lines(misfit.failure.at),
        "sought": list(misfit.sought),
        "nearest": {**places[0], "ratio": _ratio(misfit)} if missing and places else None,
        "differs": None
        if difference is None
        else {
            "text": difference.wanted,
            "document_line": _number(difference.document_line),
            "file_line": _number(difference.file_line),
        },
        "candidates": [] if missing else places,
    }


def _ratio(misfit: Misfit) -> float:
    return round(float(getattr(misfit.failure, "ratio", 0.0)), 3)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "reason": finding.reason,
        "message": finding.message,
        "line": _number(finding.line),
    }


def _lines(span: Span) -> dict[str, int]:
    """A span for people who count from 1; no lines: `last` is the line before `first`."""
    return {"first": span.start + 1, "last": span.stop}


def _number(index: int | None) -> int | None:
    return None if index is None else index + 1


def _dump(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, default=str) + "\n"
