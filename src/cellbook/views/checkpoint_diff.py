"""How two checkpoints differ: cells and variables."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cellbook.checkpointing import Checkpoints, Kernel
from cellbook.records import Checkpoint
from cellbook.views import formatting
from cellbook.views.cell_alignment import Cell, align_cells, cells_in
from cellbook.views.value_diff import ChangedPlace, ValueDifference, compare_values


class Change(StrEnum):
    """What happened to a cell or variable."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class VariableChange:
    """A variable that differs."""

    name: str
    change: Change
    before: str
    """What it was, in a few words; empty if it was not there."""
    after: str
    detail: str = ""
    """How much of it differs, where that can be said."""
    places: tuple[ChangedPlace, ...] = ()
    """The first places that differ, where that can be said."""


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell of the document that differs."""

    change: Change
    place: int
    """Its place, from 1, in the second document; of one that was removed, in the first."""
    lines: tuple[str, ...]
    """Its lines, each behind ``+``, ``-`` or a space."""


@dataclass(frozen=True, slots=True)
class CheckpointDifference:
    """How two checkpoints differ."""

    first: int
    second: int
    variables: tuple[VariableChange, ...]
    cells: tuple[CellChange, ...]
    documents: bool
    """Whether both have a document."""
    unchanged: int
    """How many variables are the same."""


def diff_checkpoints(
    room: Checkpoints, first: str | int, second: str | int, kernel: Kernel, *, trust: bool = False
) -> CheckpointDifference:
    """Compare two checkpoints.

    Parameters
    ----------
    room
        The book's checkpoints.
    first, second
        What names them.
    kernel
        What they are decoded against; it is not changed.
    trust
        Also if another user saved them.

    Raises
    ------
    NotFound, Untrusted, StoreError
        As :meth:`Checkpoints.load`.
    """
    number_a, a = room.find(first)
    number_b, b = room.find(second)
    about_a, about_b = room.table_of(a).about, room.table_of(b).about
    differing = [
        name
        for name in about_a.keys() & about_b.keys()
        if about_a[name].get("digest") != about_b[name].get("digest")
    ]
    looked = [name for name in differing if _is_worth_a_look(about_a[name], about_b[name])]
    with (
        _looking_at(room, a, kernel, looked, trust=trust) as values_a,
        _looking_at(room, b, kernel, looked, trust=trust) as values_b,
    ):
        variables = _find_changes(about_a, about_b, values_a, values_b, differing)
    document_a, document_b = room.document_of(a), room.document_of(b)
    cells: Sequence[CellChange] = ()
    if document_a is not None and document_b is not None and document_a != document_b:
        cells = diff_cells(cells_in(document_a), cells_in(document_b))
    return CheckpointDifference(
        number_a,
        number_b,
        tuple(variables),
        tuple(cells),
        document_a is not None and document_b is not None,
        len(about_a.keys() & about_b.keys()) - len(differing),
    )


@contextlib.contextmanager
def _looking_at(
    room: Checkpoints, one: Checkpoint, kernel: Kernel, names: list[str], *, trust: bool
) -> Iterator[Mapping[str, Any]]:
    """Have variables of a checkpoint decoded within the block."""
    if not names:
        yield {}
        return
    _, _, _, decoded = room.load(one.checkpoint_id, kernel, only=names, trust=trust)
    try:
        yield decoded.values
    finally:
        decoded.discard()


# -- variables ---------------------------------------------------------------------------------

_SHOWN = 20
"""Variables of which the places that differ are shown."""
_HEAD = 48
"""Characters of a variable's first values."""
_BRACKETS = {"dict": ("{", "}"), "tuple": ("(", ")")}
_LOOKED_AT = (
    "numpy.ndarray",
    "pandas.DataFrame",
    "pandas.Series",
    "builtins.list",
    "builtins.dict",
    "builtins.set",
    "builtins.tuple",
)


def _find_changes(
    about_a: Mapping[str, Any],
    about_b: Mapping[str, Any],
    values_a: Mapping[str, Any],
    values_b: Mapping[str, Any],
    differing: Sequence[str],
) -> list[VariableChange]:
    variables: list[VariableChange] = []
    for name in sorted(about_a.keys() | about_b.keys()):
        if name not in about_a:
            variables.append(VariableChange(name, Change.ADDED, "", summary(about_b[name])))
        elif name not in about_b:
            variables.append(VariableChange(name, Change.REMOVED, summary(about_a[name]), ""))
        elif name in differing:
            found = ValueDifference()
            if name in values_a and name in values_b:
                found = compare_values(values_a[name], values_b[name])
                if found.same:
                    continue
                if sum(1 for one in variables if one.places) >= _SHOWN:
                    found = ValueDifference(found.detail)
            before, after = (
                summary(about[name], head=not found.places) for about in (about_a, about_b)
            )
            change = VariableChange(name, Change.CHANGED, before, after, found.detail, found.places)
            variables.append(change)
    return variables


def _is_worth_a_look(*abouts: Mapping[str, Any]) -> bool:
    return all(about.get("type") in _LOOKED_AT for about in abouts)


def summary(about: Mapping[str, Any], *, head: bool = True) -> str:
    """Return what a variable is: type, shape, dtype, length or value, and its first values."""
    kind = str(about.get("type", "object")).removeprefix("builtins.")
    parts = [kind.rpartition(".")[2]]
    if "shape" in about:
        parts.append(" × ".join(f"{size:,}" for size in about["shape"]) or "scalar")
    if "dtype" in about:
        parts.append(str(about["dtype"]))
    if "value" in about:
        return f"{formatting.shorten(str(about['value']), 60)}"
    if "length" in about:
        parts.append(f"{about['length']:,} items")
    if head and "columns" in about:
        listed = (name if name.isprintable() else repr(name) for name in about["columns"][:4])
        names = [formatting.shorten(name, 20) for name in listed]
        more = ", …" if len(about["columns"]) > 4 else ""
        parts.append(f"({', '.join(names)}{more})")
    if head and about.get("head"):
        opening, closing = _BRACKETS.get(parts[0], ("[", "]"))
        parts.append(f"{opening}{formatting.shorten(str(about['head']), _HEAD)}{closing}")
    return " ".join(parts)


# -- cells -------------------------------------------------------------------------------------


def diff_cells(before: Sequence[Cell], after: Sequence[Cell]) -> list[CellChange]:
    """Return the cells that differ, aligned by id, then by equal and by similar source."""
    pairs = align_cells(before, after)
    partner = {b: a for a, b in pairs}
    taken = {a for a, _ in pairs}
    found = []
    for place, cell in enumerate(after):
        if place not in partner:
            found.append(CellChange(Change.ADDED, place + 1, _lines("+", cell.source)))
        elif before[partner[place]].source != cell.source:
            lines = difflib.ndiff(
                before[partner[place]].source.splitlines(), cell.source.splitlines()
            )
            kept = tuple(line[0] + line[2:] for line in lines if line[0] != "?")
            found.append(CellChange(Change.CHANGED, place + 1, kept))
    for place, cell in enumerate(before):
        if place not in taken:
            found.append(CellChange(Change.REMOVED, place + 1, _lines("-", cell.source)))
    return found


def _lines(mark: str, source: str) -> tuple[str, ...]:
    return tuple(mark + line for line in source.splitlines())
