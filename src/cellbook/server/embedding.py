"""Notebooks carry their threads whenever Jupyter saves them, where the user has set that.

The threads are put into the document before it is written, so that the file is written once: one
that changed behind JupyterLab's back would be asked about at the next save.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cellbook.answers.travelling import Carried, gather
from cellbook.commenting import embeds_on_save
from cellbook.errors import CellbookError
from cellbook.server.places import find_place
from cellbook.server.shelf import Ask, Shelf
from cellbook.views.notebook_cells import cells_of


def embed_on_save(shelf: Shelf) -> Callable[..., None]:
    """Return what a contents manager is to call before it saves something.

    A notebook is saved in any case: what keeps its threads away is told in the server's log.
    """

    def embed(model: dict[str, Any], path: str, contents_manager: Any, **_: Any) -> None:
        document = model.get("content")
        if model.get("type") != "notebook" or not isinstance(document, dict):
            return
        if not embeds_on_save():
            return

        def work(ask: Ask) -> Carried | None:
            return gather(ask, cells_of(document)) if ask.opened is not None else None

        try:
            found = shelf.ask_at_once(lambda: find_place(contents_manager, path), work)
        except (CellbookError, TimeoutError) as error:
            contents_manager.log.warning(
                "Cellbook did not write the comments into %s: %s", path, error or "it took too long"
            )
            return
        if found is None or not found.threads:
            return
        metadata = document.setdefault("metadata", {})
        own = metadata.get("cellbook")
        own = own if isinstance(own, dict) else {}
        metadata["cellbook"] = {**own, "comments": found.document}

    return embed
