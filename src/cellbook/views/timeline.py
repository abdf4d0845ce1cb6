"""The checkpoints of a notebook as a tree that grows downwards."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tinydb import where

from cellbook.checkpointing import Checkpoints, Restored
from cellbook.records import (
    LOOKING,
    CellExecution,
    CellState,
    Checkpoint,
    CheckpointKind,
    from_doc,
)
from cellbook.store import Store

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Lane:
    """What the tree has in one place beside a checkpoint: a dot, and lines from the middle."""

    dot: bool
    up: bool
    down: bool
    left: bool
    right: bool


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One checkpoint in the tree."""

    number: int
    checkpoint: Checkpoint
    lanes: tuple[Lane, ...]
    """The tree beside it, from the left."""
    cell: str
    """What it followed: prompt and first line of the last cell, and the first prompt if several."""
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
    store: Store,
    room: Checkpoints,
    *,
    notebook: str | None = None,
    limit: int = 30,
    before: int | None = None,
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
    before
        Only those with a number below this.
    """
    # The tree needs all of them, but little of each.
    fields = ("checkpoint_id", "parent", "notebook")
    numbers, (ids, parents, notebooks) = store.columns("checkpoints", fields)
    since = _saved_before(store)
    found = [
        (number, checkpoint_id, parent)
        for number, checkpoint_id, parent, of in zip(numbers, ids, parents, notebooks, strict=True)
        if notebook is None or of == notebook
    ]
    graph = draw([(checkpoint_id, parent) for _, checkpoint_id, parent in found])
    end = sum(1 for number, _, _ in found if before is None or number < before)
    start = max(0, end - limit)
    rows = []
    for (number, checkpoint_id, _), lanes in list(zip(found, graph, strict=True))[start:end]:
        doc = store.get("checkpoints", checkpoint_id)
        if doc is not None:
            one = from_doc(Checkpoint, doc)
            rows.append(_row(store, room, number, one, lanes, since[checkpoint_id]))
    return Timeline(tuple(rows), start, room.packs.size())


def timeline_row(store: Store, room: Checkpoints, target: str) -> TimelineRow:
    """Return one checkpoint without the tree.

    Raises
    ------
    NotFound
        If there is none of that name.
    """
    number, one = room.find(target)
    return _row(store, room, number, one, (), _saved_before(store)[one.checkpoint_id])


def _saved_before(store: Store) -> dict[str, int]:
    """Return, by checkpoint, the order of the last cell whose state was saved before it."""
    _, columns = store.columns("checkpoints", ("checkpoint_id", "session_id", "order"))
    last: dict[str, int] = {}
    since = {}
    for checkpoint_id, session, order in zip(*columns, strict=True):
        since[checkpoint_id] = last.get(session, 0)
        last[session] = max(order or 0, since[checkpoint_id])
    return since


def _row(
    store: Store,
    room: Checkpoints,
    number: int,
    one: Checkpoint,
    lanes: tuple[Lane, ...],
    since: int,
) -> TimelineRow:
    return TimelineRow(
        number=number,
        checkpoint=one,
        lanes=lanes,
        cell=_cell(store, one, since),
        run=_run(store, one),
        changes=changes(one),
        is_now=one.checkpoint_id == room.head,
    )


def checkpoints_table(store: Store, room: Checkpoints) -> pd.DataFrame:
    """Return all checkpoints as a DataFrame, oldest first; see :func:`cellbook.checkpoints`."""
    import pandas as pd  # noqa: PLC0415 - slow to import, and rarely asked for here

    found = list(room.all())
    since = _saved_before(store)
    rows = [
        {
            "number": number,
            "checkpoint_id": one.checkpoint_id,
            "label": one.label,
            "kind": one.kind.value,
            "time": pd.to_datetime(one.time, unit="ms", utc=True),
            "notebook": one.notebook,
            "cell": _cell(store, one, since[one.checkpoint_id]),
            "run": _run(store, one),
            "parent": one.parent,
            "variables": one.variables,
            "size": one.size,
            "stored": one.stored,
            "added": list(one.added),
            "changed": list(one.changed),
            "removed": list(one.removed),
            "lost": dict(one.lost),
            "author": one.author,
        }
        for number, one in found
    ]
    columns = list(rows[0]) if rows else ["number", "checkpoint_id", "label", "kind", "time"]
    return pd.DataFrame(rows, columns=columns)


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


def draw(tree: Sequence[tuple[str, str | None]]) -> list[tuple[Lane, ...]]:
    """Return the lanes beside each checkpoint, given as id and parent, oldest first.

    The last child goes on in its parent's lane, so that the straight line is the way to now; what
    was left by a restore branches off to the right.
    """
    children = Counter(parent for _, parent in tree)
    tips: list[str | None] = []
    rows = []
    for one, parent in tree:
        children[parent] -= 1
        origin = tips.index(parent) if parent is not None and parent in tips else None
        if origin is not None and not children[parent]:
            place = start = origin
        else:
            place = _free_lane(tips, origin)
            start = place if origin is None else origin
        rows.append(
            tuple(
                Lane(
                    dot=lane == place,
                    up=tip is not None if lane != place else start == place and origin is not None,
                    down=tip is not None if lane != place else children[one] > 0,
                    left=start < lane <= place,
                    right=start <= lane < place,
                )
                for lane, tip in enumerate(tips)
            )
        )
        tips[place] = one if children[one] else None
    return rows


def _free_lane(tips: list[str | None], right_of: int | None) -> int:
    first = 0 if right_of is None else right_of + 1
    for lane in range(first, len(tips)):
        if tips[lane] is None:
            return lane
    tips.append(None)
    return len(tips) - 1


def graph_text(lanes: Sequence[Lane], dot: str = "●") -> str:
    """Return the lanes beside one checkpoint as characters."""
    drawn = ""
    for lane in lanes:
        drawn += dot if lane.dot else _GLYPHS[lane.up, lane.left, lane.right]
        drawn += "─" if lane.right else " "
    return drawn.rstrip()


_GLYPHS = {
    (False, False, False): " ",
    (True, False, False): "│",
    (True, False, True): "├",
    (True, True, True): "┼",
    (False, True, True): "─",
}
"""By whether there are lines up (and so down), left and right."""


def producing_cells(
    store: Store, checkpoint: Checkpoint, names: Iterable[str]
) -> list[CellExecution]:
    """Return, in order, the last executions before a checkpoint that bound each of some names."""
    wanted = set(names)
    found = []
    for cell in reversed(cells_until(store, checkpoint)):
        made = wanted.intersection(cell.writes)
        if made and cell.state is CellState.OK:
            found.append(cell)
            wanted -= made
    return found[::-1]


def name_makers(store: Store, done: Restored) -> Restored:
    """Have a restore's report name the cell that made each variable that is not restored."""
    lost = {*done.missing, *done.kept} - done.checkpoint.live.keys()
    for cell in producing_cells(store, done.checkpoint, lost) if lost else ():
        for told in (done.missing, done.kept):
            for name in told.keys() & lost & set(cell.writes):
                told[name] += f"; made by {_first_line(cell)}"
    return done


def rebuild_document(store: Store, checkpoint: Checkpoint) -> bytes | None:
    """Return a notebook made of the cells that ran, in their order; None if none did.

    Of a cell that ran several times, the last source stands where it ran first.
    """
    return document_of(cells_until(store, checkpoint))


def document_of(ran: Iterable[CellExecution]) -> bytes | None:
    """Return a notebook made of some executions of cells; see :func:`rebuild_document`."""
    cells: dict[str, str] = {}
    for cell in ran:
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


_LOOKS = re.compile(rf"%?({'|'.join(LOOKING)})\b.*|\?.*|[^\n]*\?|")
"""Matches a cell of one line that only looks."""


def cells_until(store: Store, checkpoint: Checkpoint) -> list[CellExecution]:
    """Return, in order, the executions of a checkpoint's session that came before it."""
    query = where("session") == checkpoint.session_id
    cells = [from_doc(CellExecution, doc) for _, _, doc in store.select("cells", query)]
    last = checkpoint.order
    return sorted(
        (cell for cell in cells if last is None or cell.order <= last),
        key=lambda cell: cell.order,
    )


def _cell(store: Store, checkpoint: Checkpoint, since: int) -> str:
    before = checkpoint.kind is CheckpointKind.RESTORE
    doc = None
    if checkpoint.execution_id is not None:
        doc = store.get("cells", checkpoint.execution_id)
    if doc is None:
        return checkpoint.kind.value if before else ""
    cell = from_doc(CellExecution, doc)
    text = cell.source.strip().split("\n", 1)[0][:60]
    if cell.execution_count is not None:
        prompts = [*_prompts_between(store, cell, since), cell.execution_count]
        first = f"[{prompts[0]}]–" if prompts[0] != cell.execution_count else ""
        text = f"{first}[{cell.execution_count}] {text}"
    return f"{checkpoint.kind.value}: {text}" if before else text


def _prompts_between(store: Store, cell: CellExecution, since: int) -> list[int]:
    """Return the prompts of the cells before one whose states were not saved by themselves.

    What they changed is told with that cell's.  Those that only look have changed nothing.
    """
    if cell.order - since < 2:
        return []
    order = where("order")
    between = (where("session") == cell.session) & (order > since) & (order < cell.order)
    found = [from_doc(CellExecution, doc) for _, _, doc in store.select("cells", between)]
    return sorted(
        one.execution_count
        for one in found
        if one.execution_count is not None and not _LOOKS.fullmatch(one.source.strip())
    )


def _first_line(cell: CellExecution) -> str:
    source = cell.source.strip().split("\n", 1)[0][:60]
    return source if cell.execution_count is None else f"[{cell.execution_count}] {source}"


def _run(store: Store, checkpoint: Checkpoint) -> str:
    doc = None if checkpoint.run_id is None else store.get("runs", checkpoint.run_id)
    if doc is None or checkpoint.run_id is None:
        return ""
    return f"#{store.number('runs', checkpoint.run_id)} {doc['run_name']}"
