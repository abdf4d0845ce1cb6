"""A notebook as one HTML file in which threads stand beside their cells.

nbconvert renders the notebook; nothing in the page asks the network.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from cellbook.commenting import AnchorState
from cellbook.errors import InvalidInput
from cellbook.views.threads import ThreadView
from cellbook.widgets.style import STYLE
from cellbook.widgets.threads import THREAD_STYLE, thread_html

_CELL = re.compile(r'<a [^>]*data-cellbook="cell:(?P<cell>[\w-]+)"[^>]*>')

_STYLE = """
<style>
:root{color-scheme:light dark}
body.jp-Notebook{background:var(--jp-layout-color0)}
.cb-beside{display:grid;grid-template-columns:minmax(0,1fr) 26em;gap:16px;align-items:start}
.cb-beside>.cb-cell,.cb-beside>aside,.cb-apart{min-width:0}
.cb-beside>aside{padding-right:8px}
.cb-beside .cb-thread{margin:6px 0 16px}
.cb-beside .cb-thread:target,.jp-Cell:target{outline:2px solid var(--jp-brand-color1);
outline-offset:2px}
.jp-Notebook mfrac>:first-child{padding-bottom:0.15em}
.jp-Notebook mfrac>:last-child{padding-top:0.15em}
.cb-apart{padding:8px 16px;max-width:60em}
.cb-apart h2{margin:16px 0 12px;font-size:1.2em;font-weight:600}
@media (max-width:60em){.cb-beside{grid-template-columns:minmax(0,1fr)}
.cb-beside>aside{padding-left:16px}
.cb-beside>aside:empty{display:none}}
@media print{.cb-beside{grid-template-columns:minmax(0,1fr) 18em}}
</style>
"""


def notebook_page(notebook: Path, name: str, threads: Sequence[ThreadView], title: str) -> bytes:
    """Return a notebook with its threads as one HTML file, in UTF-8.

    Parameters
    ----------
    notebook
        Its file.
    name
        As records name it.
    threads
        What people said: on its cells, beside them; on all of it, above; elsewhere, below.
    title
        Of the page.

    Raises
    ------
    InvalidInput
        If it is no notebook that nbformat can read.
    """
    # Half a second that only who exports a notebook has to wait for.
    import nbformat  # noqa: PLC0415

    from cellbook.widgets.notebook_exporter import page  # noqa: PLC0415

    try:
        document = nbformat.read(notebook, as_version=4)
    except Exception as error:
        raise InvalidInput(
            f"{notebook} cannot be read ({type(error).__name__}). Open and save it in Jupyter."
        ) from None
    cells = {str(cell.get("id")) for cell in document.cells}
    beside: dict[str, list[str]] = {}
    above, gone, elsewhere = [], [], []
    for thread in threads:
        anchor, html = thread.anchor, _linked(thread_html(thread, None), cells)
        here = anchor.notebook == name
        if anchor.cell_id and anchor.cell_id in cells and here:
            beside.setdefault(anchor.cell_id, []).append(html)
        elif anchor.kind == "notebook" and here:
            above.append(html)
        elif anchor.state in (AnchorState.SUGGESTED, AnchorState.ORPHANED):
            gone.append(html)
        else:
            elsewhere.append(html)
    parts = {
        "style": f"{STYLE}<style>{THREAD_STYLE}</style>{_STYLE}",
        "above": _apart("", above),
        "below": _apart("Their cell is gone", gone) + _apart("On other things", elsewhere),
        "cells": {cell: _framed(parts) for cell, parts in beside.items()},
    }
    # Some versions of nbconvert escape a title, some do not.
    return page(document, re.sub(r"[<>&\"']", " ", title), parts).encode("utf-8", "replace")


def _linked(html: str, cells: Collection[str]) -> str:
    """Return a thread in which links to cells of the page lead there."""

    def lead(match: re.Match[str]) -> str:
        there = match["cell"] in cells
        return f'<a href="#cell-id={match["cell"]}">' if there else match[0]

    return _CELL.sub(lead, html)


def _apart(title: str, parts: Sequence[str]) -> str:
    if not parts:
        return ""
    head = f"<h2>{title}</h2>" if title else ""
    return f'<section class="cb-apart">{_framed([head, *parts])}</section>'


def _framed(parts: Sequence[str]) -> str:
    return f'<div class="cellbook">{"".join(parts)}</div>'
