"""Which cell of one list is which of another: by id, then by equal and by similar source."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_ALIKE = 0.5
"""Similarity from which two cells are taken for one, edited."""
_LARGEST_SEARCH = 200
"""Cells up to which every pair is looked at."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell is aligned by."""

    cell_id: str
    """Empty where it is not known."""
    kind: str
    source: str


def cells_in(document: bytes | Mapping[str, Any]) -> list[Cell]:
    """Return the cells of a notebook, or of its file; none if it does not read as one."""
    try:
        content = json.loads(document) if isinstance(document, bytes) else document
        return [
            Cell(str(cell.get("id", "")), cell["cell_type"], "".join(cell["source"]))
            for cell in content["cells"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []


def align_cells(before: Sequence[Cell], after: Sequence[Cell]) -> list[tuple[int, int]]:
    """Return the places, in the one and in the other list, of cells that are the same one."""
    left, right = set(range(len(before))), set(range(len(after)))
    pairs: list[tuple[int, int]] = []

    def match(keys_a: Mapping[Any, int], keys_b: Mapping[Any, int]) -> None:
        for key, a in keys_a.items():
            b = keys_b.get(key)
            if b is not None and a in left and b in right:
                pairs.append((a, b))
                left.discard(a)
                right.discard(b)

    match(
        {cell.cell_id: place for place, cell in enumerate(before) if cell.cell_id},
        {cell.cell_id: place for place, cell in enumerate(after) if cell.cell_id},
    )
    match(
        {before[place].source: place for place in sorted(left)},
        {after[place].source: place for place in sorted(right)},
    )
    if len(left) * len(right) <= _LARGEST_SEARCH**2:
        for b in sorted(right):
            scored = [
                (difflib.SequenceMatcher(None, before[a].source, after[b].source).quick_ratio(), a)
                for a in sorted(left)
                if before[a].kind == after[b].kind
            ]
            best = max(scored, default=(0.0, -1))
            if best[0] >= _ALIKE:
                pairs.append((best[1], b))
                left.discard(best[1])
                right.discard(b)
    return pairs
