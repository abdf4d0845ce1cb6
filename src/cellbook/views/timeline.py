"""The checkpoints of a notebook as a tree that grows downwards."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tinydb import where

from cellbook.checkpoints import Checkpoints
from cellbook.records import CellExecution, CellState, Checkpoint, from_doc
from cellbook.store import Store


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One checkpoint in the tree."""

    number: int
    checkpoint: Checkpoint
    graph: str
    """A few characters: ``●`` in its lane, ``│`` where others pass by, ``├─●`` for a branch."""
    cell: str
    """The cell it followed: its prompt's number and the first line of its source."""
    run: str
    """The run it belongs to: ``#12 name``; empty if none."""
    changes: str
    """What changed since the one before."""
    is_now: bool
    """Whether this session's state comes from it."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The newest checkpoints of a notebook, oldest first."""

    rows: tuple[TimelineRow, ...]
    older: int
    """How many more there are."""
    size: int
    """Bytes that all checkpoints of the book take on disk."""


def timeline(
    store: Store, room: Checkpoints, *, notebook: str | None = None, limit: int = 30
) -> Timeline:
    """Return the newest checkpoints.

    Parameters
    ----------
    store
        The book's memory.
    room
        Its checkpoints.
    notebook
        Only those of this notebook; None means all.
    limit
        At most so many.
    """
    found = [
        (number, one) for number, one in room.all() if notebook is None or one.notebook == notebook
    ]
    graphs = draw([(one.checkpoint_id, one.parent) for _, one in found])
    start = max(0, len(found) - limit)
    rows = [
        TimelineRow(
            number=number,
            checkpoint=one,
            graph=graph,
            cell=_cell(store, one),
            run=_run(store, one),
            changes=changes(one),
            is_now=one.checkpoint_id == room.head,
        )
        for (number, one), graph in list(zip(found, graphs, strict=True))[start:]
    ]
    return Timeline(tuple(rows), start, room.packs.size())


def changes(checkpoint: Checkpoint) -> str:
    """Return what changed since the checkpoint before, in a few words."""
    parts = []
    for word, names in (
        ("new", checkpoint.added),
        ("changed", checkpoint.changed),
        ("gone", checkpoint.removed),
    ):
        if names:
            shown = list(names[:4])
            more = len(names) - len(shown)
            parts.append(f"{word}: {', '.join(shown)}" + (f" and {more} more" if more else ""))
    return " · ".join(parts)


def draw(tree: Sequence[tuple[str, str | None]]) -> list[str]:
    """Return a line of the graph for each checkpoint, given as id and parent, oldest first.

    The last child goes on in its parent's lane, so that the straight line is the way to now; what
    was left by a restore branches off to the right.
    """
    children = Counter(parent for _, parent in tree)
    lanes: list[str | None] = []
    lines = []
    for one, parent in tree:
        children[parent] -= 1
        origin = lanes.index(parent) if parent is not None and parent in lanes else None
        if origin is not None and not children[parent]:
            lane, start = origin, origin
        else:
            lane = _free_lane(lanes, origin)
            start = lane if origin is None else origin
        lines.append(_line(lanes, start, lane))
        lanes[lane] = one if children[one] else None
    return lines


def _free_lane(lanes: list[str | None], right_of: int | None) -> int:
    first = 0 if right_of is None else right_of + 1
    for lane in range(first, len(lanes)):
        if lanes[lane] is None:
            return lane
    lanes.append(None)
    return len(lanes) - 1


def _line(lanes: Sequence[str | None], start: int, end: int) -> str:
    drawn = ""
    for lane, tip in enumerate(lanes):
        inside = start <= lane < end
        if lane == end:
            drawn += "●"
        elif lane == start and inside:
            drawn += "├"
        elif inside:
            drawn += "┼" if tip is not None else "─"
        else:
            drawn += "│" if tip is not None else " "
        drawn += "─" if inside else " "
    return drawn.rstrip()


def producing_cells(
    store: Store, checkpoint: Checkpoint, names: Iterable[str]
) -> list[CellExecution]:
    """Return, in order, the last executions before a checkpoint that bound each of some names."""
    wanted = set(names)
    found = []
    for cell in reversed(_cells_until(store, checkpoint)):
        made = wanted.intersection(cell.writes)
        if made and cell.state is CellState.OK:
            found.append(cell)
            wanted -= made
    return found[::-1]


def rebuild_document(store: Store, checkpoint: Checkpoint) -> bytes | None:
    """Return a notebook made of the cells that ran, in their order; None if none did.

    Of a cell that ran several times, the last source stands where it ran first.
    """
    cells: dict[str, str] = {}
    for cell in _cells_until(store, checkpoint):
        cells[cell.cell_id or cell.execution_id] = cell.source
    if not cells:
        return None
    document = {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": name[:64],
                "metadata": {},
                "outputs": [],
                "source": source,
            }
            for name, source in cells.items()
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1, ensure_ascii=False).encode()


def _cells_until(store: Store, checkpoint: Checkpoint) -> list[CellExecution]:
    query = where("session") == checkpoint.session_id
    cells = [from_doc(CellExecution, doc) for _, _, doc in store.select("cells", query)]
    last = checkpoint.order
    return sorted(
        (cell for cell in cells if last is None or cell.order <= last),
        key=lambda cell: cell.order,
    )


def _cell(store: Store, checkpoint: Checkpoint) -> str:
    if checkpoint.execution_id is None:
        return ""
    doc = store.get("cells", checkpoint.execution_id)
    if doc is None:
        return ""
    cell = from_doc(CellExecution, doc)
    source = cell.source.strip().split("\n", 1)[0][:60]
    return source if cell.execution_count is None else f"[{cell.execution_count}] {source}"


def _run(store: Store, checkpoint: Checkpoint) -> str:
    doc = None if checkpoint.run_id is None else store.get("runs", checkpoint.run_id)
    if doc is None or checkpoint.run_id is None:
        return ""
    return f"#{store.number('runs', checkpoint.run_id)} {doc['run_name']}"
