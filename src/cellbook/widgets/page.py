"""A page of panels that lives by itself: one HTML file, with no server, kernel or network.

The same front end as in JupyterLab draws it.  Where that asks a server or a kernel, the answers
lie in the page; what nobody could ask there (other runs, smoothing, groups) is not offered.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from cellbook import assets
from cellbook.errors import InvalidInput
from cellbook.widgets.written import Placed, written_panel

if TYPE_CHECKING:
    from cellbook.book import Book

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
    doc = {"title": title, "panels": [written_panel(book, placed) for placed in panels]}
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


def _as_script(module: str) -> str:
    """Return the code of a module as it can stand in a page."""
    return module.replace("</script", "<\\/script")
