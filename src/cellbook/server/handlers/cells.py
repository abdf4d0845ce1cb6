"""The cells of a notebook as they ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from cellbook.answers import Hint
from cellbook.errors import InvalidInput
from cellbook.server.operations import Operation
from cellbook.server.shelf import Ask
from cellbook.views.cell_history import CellMark, CellVersion, cell_marks, cell_versions


@dataclass(frozen=True, slots=True)
class VersionsQuery:
    """Which versions of a cell."""

    limit: Annotated[int, Hint("At most so many.", 1, 200)] = 20
    before: Annotated[str, Hint("Only those before the execution with this id.")] = ""


def mark_cells(ask: Ask) -> list[CellMark]:
    """Return how each cell of the notebook ran last."""
    ask.book.refresh()
    return cell_marks(ask.book.store, _notebook(ask), ask.root.parent)


def list_versions(ask: Ask, cell_id: str, query: VersionsQuery) -> list[CellVersion]:
    """Return the executions of one cell of the notebook, the newest first."""
    ask.book.refresh()
    return cell_versions(
        ask.book.store,
        _notebook(ask),
        ask.root.parent,
        cell_id,
        limit=query.limit,
        before=query.before,
    )


def _notebook(ask: Ask) -> str:
    if ask.notebook is None:
        raise InvalidInput("Whose cells? Give the notebook's path as `notebook`.")
    return ask.notebook


OPERATIONS = (
    Operation("GET", "cells", mark_cells),
    Operation("GET", "cells/{cell_id}", list_versions),
)
