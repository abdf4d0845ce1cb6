"""A notebook as one HTML file in which threads stand beside their cells.

nbconvert renders the notebook; nothing in the page asks the network.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from cellbook.errors import InvalidInput
from cellbook.views.threads import ThreadView
from cellbook.widgets.style import STYLE
from cellbook.widgets.threads import THREAD_STYLE, thread_html

_STYLE = """
<style>
.cb-beside{display:grid;grid-template-columns:minmax(0,1fr) 24em;gap:16px;align-items:start}
.cb-beside>.cb-cell{min-width:0}
.cb-beside>aside,.cb-apart{min-width:0}
.cb-apart{padding:8px 16px;max-width:60em}
.cb-beside .cb-thread{margin:8px 0 16px}
@media (max-width:60em){.cb-beside{grid-template-columns:minmax(0,1fr)}
.cb-beside>aside{padding-left:5em}
.cb-beside>aside:empty{display:none}}
@media print{.cb-beside{grid-template-columns:minmax(0,1fr) 18em}}
</style>
"""

# Scripts that the template would fetch are left out with their blocks.
_TEMPLATE = """
{%- extends 'lab/index.html.j2' -%}
{%- block html_head_js_requirejs -%}{%- endblock -%}
{%- block jupyter_widgets -%}{%- endblock -%}
{%- block html_head_js_mathjax -%}{%- endblock -%}
{%- block html_head_js_mermaidjs -%}{%- endblock -%}
{%- block html_head_css -%}{{ super() }}{{ resources.cellbook.style }}{%- endblock -%}
{%- block body_header -%}{{ super() }}{{ resources.cellbook.above }}{%- endblock -%}
{%- block any_cell -%}
{%- set threads = resources.cellbook.cells.get(cell.id, "") -%}
{%- if resources.cellbook.cells -%}
<div class="cb-beside"><div class="cb-cell">{{ super() }}</div><aside>{{ threads }}</aside></div>
{%- else -%}
{{ super() }}
{%- endif -%}
{%- endblock -%}
{%- block body_footer -%}{{ resources.cellbook.below }}{{ super() }}{%- endblock -%}
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
    from nbconvert import HTMLExporter  # noqa: PLC0415

    try:
        document = nbformat.read(notebook, as_version=4)
    except Exception as error:
        raise InvalidInput(
            f"{notebook} cannot be read ({type(error).__name__}). Open and save it in Jupyter."
        ) from None
    cells = {cell.get("id") for cell in document.cells}
    beside: dict[str, list[str]] = {}
    above, below = [], []
    for thread in threads:
        anchor = thread.anchor
        if anchor.cell_id and anchor.cell_id in cells and anchor.notebook == name:
            beside.setdefault(anchor.cell_id, []).append(thread_html(thread, None))
        elif anchor.kind == "notebook" and anchor.notebook == name:
            above.append(thread_html(thread, None))
        else:
            below.append(thread_html(thread, None))
    exporter = HTMLExporter(raw_template=_TEMPLATE)
    placed = {
        "style": f"{STYLE}<style>{THREAD_STYLE}</style>{_STYLE}",
        "above": _apart(above),
        "below": _apart(below),
        "cells": {cell: _framed(parts) for cell, parts in beside.items()},
    }
    # Some versions of nbconvert escape a title, some do not.
    named = re.sub(r"[<>&\"']", " ", title)
    resources = {"cellbook": placed, "metadata": {"name": named}}
    body, _ = exporter.from_notebook_node(document, resources=resources)
    return str(body).encode("utf-8", "replace")


def _apart(parts: Sequence[str]) -> str:
    return f'<section class="cb-apart">{_framed(parts)}</section>' if parts else ""


def _framed(parts: Sequence[str]) -> str:
    return f'<div class="cellbook">{"".join(parts)}</div>'
