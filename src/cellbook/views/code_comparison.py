"""What two runs were made by: their cells beside one another, and what these ran on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cellbook.records import CellExecution, Environment, RunRecord
from cellbook.store import Store
from cellbook.views.cell_alignment import Cell, align_cells
from cellbook.views.checkpoint_diff import Change
from cellbook.views.comparison import RunHead, head_of
from cellbook.views.environments import environment_facts, environment_of
from cellbook.views.run_details import cells_of

_CELLS = 400
"""Cells of a run that are compared; the last ones, where it has more."""
_SOURCE = 100_000
"""Characters of a cell's source, or of a patch, that are told."""


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A cell of one or of both runs, as it last ran in each."""

    cell_id: str
    change: Change | None
    """None where both runs ran the same."""
    before: str
    """Its source in the first run; empty where it is not there."""
    after: str
    prompts: tuple[int | None, int | None]
    """The number in its prompt, in each run."""
    times: tuple[int, int]
    """How often it ran in each run."""


@dataclass(frozen=True, slots=True)
class FactDifference:
    """A package or a fact that differs; empty where there is none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class EnvironmentDifference:
    """How what two runs ran on differs."""

    known: tuple[bool, bool]
    """Of which of the two it is on record."""
    facts: tuple[FactDifference, ...] = ()
    """Python, commit, host and the like."""
    packages: tuple[FactDifference, ...] = ()
    same_packages: int = 0
    patches: tuple[str, str] = ("", "")
    """What was not committed, where that differs."""
    patch_notes: tuple[str, str] = ("", "")
    """What these leave out, and why."""


@dataclass(frozen=True, slots=True)
class CodeComparison:
    """What two runs were made by."""

    runs: tuple[RunHead, RunHead]
    notebooks: tuple[str, str]
    """The notebook or script of each; empty where it is not known."""
    cells: tuple[CodeCell, ...]
    """In the order of the second run, with what the first alone had where it was."""
    counts: tuple[int, int]
    """How many cells each run has."""
    left_out: int
    """How many earlier cells of either are not compared."""
    environment: EnvironmentDifference = field(default=EnvironmentDifference((False, False)))


def compare_code(store: Store, first: RunRecord, second: RunRecord) -> CodeComparison:
    """Compare what two runs were made by.

    The cells of a run are those that started it and those that ran while it was open; one that ran
    several times counts once, with its last source.  They are aligned as those of two documents
    are.
    """
    before, earlier = _cells(store, first)
    after, also_earlier = _cells(store, second)
    return CodeComparison(
        (head_of(first), head_of(second)),
        (first.notebook or "", second.notebook or ""),
        tuple(_aligned(before, after)),
        (len(before), len(after)),
        earlier + also_earlier,
        _compare_environments(environment_of(store, first), environment_of(store, second)),
    )


@dataclass(frozen=True, slots=True)
class _Ran:
    cell: Cell
    prompt: int | None
    times: int


def _cells(store: Store, record: RunRecord) -> tuple[list[_Ran], int]:
    found: dict[str, list[CellExecution]] = {}
    for execution in cells_of(store, record):
        found.setdefault(execution.cell_id or execution.source, []).append(execution)
    cells = [
        _Ran(
            Cell(executions[-1].cell_id or "", "code", _cut(executions[-1].source)),
            executions[-1].execution_count,
            len(executions),
        )
        for executions in found.values()
    ]
    return cells[-_CELLS:], max(0, len(cells) - _CELLS)


def _cut(text: str) -> str:
    if len(text) <= _SOURCE:
        return text
    return f"{text[:_SOURCE]}\n… {len(text) - _SOURCE:,} characters more"


def _aligned(before: Sequence[_Ran], after: Sequence[_Ran]) -> list[CodeCell]:
    pairs = align_cells([one.cell for one in before], [one.cell for one in after])
    partner = {b: a for a, b in pairs}
    gone = sorted(set(range(len(before))) - {a for a, _ in pairs})
    cells: list[CodeCell] = []
    for place, one in enumerate(after):
        if place not in partner:
            cells.append(_code_cell(None, one))
            continue
        # What went stands before the first cell that came after it and stayed.
        while gone and gone[0] < partner[place]:
            cells.append(_code_cell(before[gone.pop(0)], None))
        cells.append(_code_cell(before[partner[place]], one))
    return cells + [_code_cell(before[place], None) for place in gone]


def _code_cell(before: _Ran | None, after: _Ran | None) -> CodeCell:
    there = after or before
    assert there is not None
    if before is None or after is None:
        change: Change | None = Change.ADDED if before is None else Change.REMOVED
    else:
        change = None if before.cell.source == after.cell.source else Change.CHANGED
    return CodeCell(
        there.cell.cell_id,
        change,
        before.cell.source if before else "",
        after.cell.source if after else "",
        (before.prompt if before else None, after.prompt if after else None),
        (before.times if before else 0, after.times if after else 0),
    )


def _compare_environments(
    first: Environment | None, second: Environment | None
) -> EnvironmentDifference:
    known = (first is not None, second is not None)
    if first is None or second is None:
        return EnvironmentDifference(known)
    packages = _differences(first.packages, second.packages)
    patches = tuple(one.git.patch if one.git else "" for one in (first, second))
    notes = tuple(one.git.note if one.git else "" for one in (first, second))
    differ = patches[0] != patches[1]
    return EnvironmentDifference(
        known,
        tuple(_differences(environment_facts(first), environment_facts(second), in_order=True)),
        tuple(packages),
        len(first.packages.keys() | second.packages.keys()) - len(packages),
        (_cut(patches[0]), _cut(patches[1])) if differ else ("", ""),
        (notes[0], notes[1]) if differ else ("", ""),
    )


def _differences(
    first: Mapping[str, str | None], second: Mapping[str, str | None], *, in_order: bool = False
) -> list[FactDifference]:
    names = list(dict.fromkeys((*first, *second)))
    return [
        FactDifference(name, first.get(name) or "", second.get(name) or "")
        for name in (names if in_order else sorted(names, key=str.lower))
        if first.get(name) != second.get(name)
    ]
