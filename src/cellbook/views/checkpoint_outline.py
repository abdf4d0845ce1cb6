"""How two checkpoints differ, as far as that can be told without decoding what they hold.

Decoding runs code.  What never may, such as a server, tells by the digests and descriptions that
were saved beside the variables which of them differ, but not how much of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cellbook.checkpointing import Checkpoints
from cellbook.views.cell_alignment import cells_in
from cellbook.views.checkpoint_diff import (
    Change,
    CheckpointDifference,
    VariableChange,
    diff_cells,
    summary,
)


def outline_difference(
    room: Checkpoints, first: str | int, second: str | int
) -> CheckpointDifference:
    """Compare two checkpoints.

    Raises
    ------
    NotFound
        If there is no such checkpoint.
    StoreCorrupt
        If one is damaged.
    """
    number_a, a = room.find(first)
    number_b, b = room.find(second)
    about_a, about_b = room.table_of(a).about, room.table_of(b).about
    variables = _variables(about_a, about_b)
    document_a, document_b = room.document_of(a), room.document_of(b)
    both = document_a is not None and document_b is not None
    differ = both and document_a != document_b
    return CheckpointDifference(
        first=number_a,
        second=number_b,
        variables=tuple(variables),
        cells=tuple(diff_cells(cells_in(document_a or b""), cells_in(document_b or b"")))
        if differ
        else (),
        documents=both,
        unchanged=len(about_a.keys() & about_b.keys())
        - sum(one.change is Change.CHANGED for one in variables),
    )


def document_difference(
    room: Checkpoints, target: str | int, document: Mapping[str, Any]
) -> CheckpointDifference:
    """Compare a checkpoint's document with that of now; variables are not told of.

    The number of now is 0.  Of `document`, nbformat's JSON, only the cells are looked at.

    Raises
    ------
    NotFound
        If there is no such checkpoint.
    StoreCorrupt
        If it is damaged.
    """
    number, checkpoint = room.find(target)
    before = room.document_of(checkpoint)
    cells = [] if before is None else diff_cells(cells_in(before), cells_in(document))
    return CheckpointDifference(
        first=number,
        second=0,
        variables=(),
        cells=tuple(cells),
        documents=before is not None,
        unchanged=0,
    )


def _variables(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> list[VariableChange]:
    found = []
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            found.append(VariableChange(name, Change.ADDED, "", summary(after[name])))
        elif name not in after:
            found.append(VariableChange(name, Change.REMOVED, summary(before[name]), ""))
        elif before[name].get("digest") != after[name].get("digest"):
            was, now = summary(before[name]), summary(after[name])
            found.append(VariableChange(name, Change.CHANGED, was, now))
    return found
