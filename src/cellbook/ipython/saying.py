"""The quiet lines in which Cellbook answers: as text, and the same in HTML for notebooks."""

from __future__ import annotations

import html
import time
from typing import Any

from cellbook.ipython.front_end import in_notebook
from cellbook.records import RunState
from cellbook.tracking import Run
from cellbook.views import formatting

_STYLE = "color: var(--jp-ui-font-color2, #666); font-size: var(--jp-ui-font-size1, 13px)"


def bundle_of(shell: Any, text: str, markup: str | None = None) -> dict[str, str]:
    """Return what `shell` displays as one quiet line; `markup` is the same in HTML."""
    bundle = {"text/plain": text}
    if in_notebook(shell):
        bundle["text/html"] = f'<div style="{_STYLE}">{markup or html.escape(text)}</div>'
    return bundle


def start_line(run: Run, rest: str) -> tuple[str, str]:
    """Return the line that says that a run has begun, as text and in HTML."""
    return _line("▶", run, rest)


def end_line(run: Run, rest: str = "") -> tuple[str, str]:
    """Return the line that says how a run has ended, as text and in HTML."""
    lasted = formatting.duration((time.time_ns() // 1_000_000 - run.start_time) / 1000)
    although = f", although {run.mishap}" if run.mishap and run.state is RunState.FINISHED else ""
    said = f"{run.state.value}{although} · {lasted}"
    return _line(formatting.GLYPHS[run.state], run, f"{said} · {rest}" if rest else said)


def _line(glyph: str, run: Run, rest: str) -> tuple[str, str]:
    return (
        f"{glyph} run {run.label} {rest}",
        f"{glyph} run <b>{html.escape(run.label)}</b> {html.escape(rest)}",
    )
