"""What bringing a document back does to a notebook's code cells, in a few words."""

from __future__ import annotations

import json
from collections.abc import Mapping

from cellbook.capture import source_hash
from cellbook.views.formatting import plural


def document_changes(then: bytes, now: Mapping[str, str], asking: str | None = None) -> str:
    """Return such as ``4 code cells go, 1 code cell changes back``; empty if nothing changes.

    Parameters
    ----------
    then
        The document that is brought back, as nbformat has it.
    now
        Id and :func:`~cellbook.capture.source_hash` of each code cell of the notebook.
    asking
        The id of a cell that stays in any case.
    """
    try:
        cells = {
            str(cell["id"]): source_hash("".join(cell["source"]))
            for cell in json.loads(then)["cells"]
            if cell["cell_type"] == "code" and "id" in cell
        }
    except (ValueError, KeyError, TypeError):
        return ""
    counts = (
        (sum(cell not in now for cell in cells), "comes back", "come back"),
        (
            sum(now.get(cell, digest) != digest for cell, digest in cells.items()),
            "changes back",
            "change back",
        ),
        (sum(cell not in cells and cell != asking for cell in now), "goes", "go"),
    )
    return ", ".join(
        f"{plural(count, 'code cell')} {one if count == 1 else many}"
        for count, one, many in counts
        if count
    )
