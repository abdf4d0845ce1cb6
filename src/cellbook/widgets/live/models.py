"""Registered models in a cell's output, live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cellbook.widgets.live.panel import LivePanel

if TYPE_CHECKING:
    from cellbook.book import Book


def models_widget(
    book: Book, *, model: str = "", version: str = "", compared: Sequence[str] = ()
) -> LivePanel:
    """Return the models of a book, which are looked through and changed, and follow the book.

    Parameters
    ----------
    book
        Where the models are.
    model
        One to begin with; empty for the list.
    version
        The id of one of its versions to begin with.
    compared
        Ids of versions that stand beside one another in the beginning.
    """
    state: Mapping[str, Any] = {
        "notebook": "",
        "text": "",
        "model": model,
        "version": version,
        "compared": list(compared),
    }
    first: list[tuple[str, Mapping[str, Any]]] = []
    if compared:
        first.append(("compare-models", {"versions": list(compared)}))
    elif version:
        first += [("model-version", {"version": version}), ("model", {"name": model})]
    elif model:
        first.append(("model", {"name": model}))
    else:
        first.append(("models", {"text": ""}))
    return LivePanel(book, "models", state, first)
