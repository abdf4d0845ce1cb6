"""A page of panels that lives by itself: one HTML file, with no server, kernel or network.

The same front end as in JupyterLab draws it.  Where that asks a server or a kernel, the answers
lie in the page; what nobody could ask there (other runs, smoothing, groups) is not offered.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook import assets
from cellbook.answers import ComparisonQuery, LinesQuery, Reader, compare, draw_lines
from cellbook.errors import InvalidInput
from cellbook.views.wire import encode

if TYPE_CHECKING:
    from cellbook.book import Book

_AXES = ("step", "relative", "wall")
_METRICS = 40
"""Metrics of one panel whose curves lie in the page; the rest is in its table."""
_BEYOND = (
    "This page holds the curves of {held} metrics. Those of {beyond} more are left out: open the "
    "book in Jupyter to see them."
)

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Cellbook">
<title>{title}</title>
</head>
<body>
<noscript>This page draws itself: let it run its script.</noscript>
<script type="application/json" id="cellbook-page">{data}</script>
<script type="text/plain" id="cellbook-plotly">{plotly}</script>
<script type="module">{panels}</script>
</body>
</html>
"""

Placed = tuple[str, Sequence[str], Mapping[str, Any], str]
"""Of a panel: title, ids of runs, how they are looked at, and why there are none."""


def page_of(book: Book, title: str, panels: Sequence[Placed]) -> bytes:
    """Return some comparisons as a page of their own, in UTF-8.

    Parameters
    ----------
    book
        Where the runs are.
    title
        What stands at its head.
    panels
        The panels, from top to bottom.
    """
    doc = {"title": title, "panels": [_panel(book, *placed) for placed in panels]}
    page = _PAGE.format(
        title=escape(title),
        # In a script, nothing but its end tag has a meaning.
        data=json.dumps(doc).replace("<", "\\u003c"),
        plotly=base64.b64encode(assets.content("plotly.js")).decode(),
        panels=_as_script(assets.content("panels.js").decode()),
    )
    return page.encode()


def write_page(path: str | Path, content: bytes) -> Path:
    """Write a page; a file that is there is replaced.

    Raises
    ------
    InvalidInput
        If there is no such folder, or nothing can be written there.
    """
    target = Path(path)
    try:
        target.write_bytes(content)
    except OSError as error:
        why = error.strerror or str(error)
        raise InvalidInput(
            f"{str(target)!r} cannot be written: {why}. Name another file."
        ) from None
    return target


def _panel(
    book: Book, title: str, runs: Sequence[str], look: Mapping[str, Any], problem: str
) -> dict[str, Any]:
    reader, answers = Reader(book), []
    shown: dict[str, Any] = {"title": title, "runs": list(runs), "look": dict(look)}
    if not runs:
        return {**shown, "problem": problem, "answers": []}
    try:
        found = compare(reader, ComparisonQuery(tuple(runs), _baseline(runs, look)))
    except InvalidInput as error:
        return {**shown, "runs": [], "problem": str(error), "answers": []}
    held = _held(found.metrics, look)
    beyond = len(found.metrics) - len(held)
    answers.append(["compare", {}, json.loads(encode(replace(found, metrics=held)))])
    for metric in held:
        for axis in _AXES:
            query = LinesQuery(tuple(runs), metric, axis=axis)
            lines = json.loads(encode(draw_lines(reader, query)))
            answers.append(["lines", {"metric": metric, "axis": axis}, lines])
    notes = [_BEYOND.format(held=len(held), beyond=beyond)] if beyond else []
    return {**shown, "problem": "", "answers": answers, "notes": notes}


def _held(metrics: Sequence[str], look: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the metrics whose curves lie in the page, the one that is looked at among them."""
    held = tuple(metrics[:_METRICS])
    wanted = look.get("metric")
    if wanted in metrics and wanted not in held:
        return (*held[:-1], str(wanted))
    return held


def _baseline(runs: Sequence[str], look: Mapping[str, Any]) -> int:
    wanted = look.get("baseline")
    return runs.index(wanted) if wanted in runs else 0


def _as_script(module: str) -> str:
    """Return the code of a module as it can stand in a page."""
    return module.replace("</script", "<\\/script")
