"""Where an anchor is now: a pure function of the anchor and the cells that there are.

A thread must never come to hang on a cell that it was not about, unseen.  So there are few ways to
find a cell by, each told apart:

1. its id: front ends keep it while a cell is moved, edited, or its notebook copied and renamed;
2. the cell that it was merged into, which has a new id, where a window saw that; the cell that it
   was before, where the merger was undone; or the whole source as it was, where just one cell has
   it: a cell that was cut and pasted;
3. a cell that is like it (split, merged, edited and pasted): only ever a *suggestion*;
4. none: the thread is *orphaned*, kept with the text that it quotes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from cellbook.records import Anchor, AnchorKind

LIKE = 0.6
"""From which likeness on, of 1, a cell is suggested."""
_LEAD = 0.1
"""How much liker than the next one it must be."""
_LONGEST = 4_000
"""Characters of a source that are compared."""
_TELLING = 12
"""Characters that a source must have to be known again within a longer one."""


class AnchorState(StrEnum):
    """How an anchor was found."""

    FOUND = "found"
    MOVED = "moved"
    """In another cell: into which it was merged, or which was merged into it and is back, or which
    has the very source that the cell had."""
    SUGGESTED = "suggested"
    """Not found, but there is a cell that is like it."""
    ORPHANED = "orphaned"
    ELSEWHERE = "elsewhere"
    """In the book that it came from, and never in this one: nothing of it is gone."""


@dataclass(frozen=True, slots=True)
class CellNow:
    """A cell as it is now."""

    cell_id: str
    source_hash: str
    source: str | None = None
    """None where it is not at hand: nothing is suggested then."""
    cell_type: str = ""
    former: tuple[str, ...] = ()
    """Ids of cells that were merged into it, as far as whoever tells of it saw that."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an anchor is now."""

    state: AnchorState
    cell_id: str = ""
    """Of the cell that it hangs on; empty where there is none."""
    suggestion: str = ""
    """Id of a cell that somebody may attach it to: of one that is like it, or that holds the
    quoted text now."""


class Cells:
    """The cells of a notebook, in order, to look anchors up in."""

    def __init__(self, cells: Iterable[CellNow]) -> None:
        self.all: Sequence[CellNow] = tuple(cells)
        self.by_id = {cell.cell_id: cell for cell in self.all}
        self.places = {cell.cell_id: place for place, cell in enumerate(self.all, 1)}
        self._by_hash: dict[str, list[CellNow]] = {}
        self._heirs: dict[str, CellNow] = {}
        for cell in self.all:
            self._by_hash.setdefault(cell.source_hash, []).append(cell)
            self._heirs |= {one: cell for one in cell.former if one not in self.by_id}
        self.ids = frozenset([*self.by_id, *self._heirs])
        """By which cells are known, also those that are merged into others."""

    def __contains__(self, cell_id: object) -> bool:
        return cell_id in self.ids

    def heir_of(self, cell_id: str) -> CellNow | None:
        """Return the cell that another one, which is gone, was merged into; None for none."""
        return self._heirs.get(cell_id)

    def before(self, anchor: Anchor) -> CellNow | None:
        """Return the cell that an anchor hung on before one that is gone; None for none.

        Whoever undoes a merger, or restores the document from before, has the cells back.
        """
        found = (self.by_id.get(one) or self.heir_of(one) for one in reversed(anchor.former))
        return next((cell for cell in found if cell is not None), None)

    def of_source(self, anchor: Anchor) -> CellNow | None:
        """Return the one cell that has the source of an anchor; None if none or several have."""
        if not anchor.source_hash or not anchor.source.strip():
            return None
        same = self._by_hash.get(anchor.source_hash, [])
        if len(same) != 1 or not _same_type(anchor, same[0]):
            return None
        return same[0]


def place(anchor: Anchor, cells: Cells) -> Placement:
    """Return where the anchor of a cell, or of one of its outputs, is among some cells."""
    there = cells.by_id.get(anchor.cell_id)
    if there is not None:
        return Placement(AnchorState.FOUND, there.cell_id, _holder_of_quote(anchor, there, cells))
    same = cells.heir_of(anchor.cell_id) or cells.before(anchor) or cells.of_source(anchor)
    if same is not None:
        return Placement(AnchorState.MOVED, same.cell_id)
    like = _likest(anchor, cells)
    if like:
        return Placement(AnchorState.SUGGESTED, "", like)
    return Placement(AnchorState.ORPHANED)


def is_same_notebook(anchor: Anchor, cells: Cells) -> bool:
    """Whether a notebook under another name is the one of an anchor: half its cells are there."""
    known = [cell for cell in anchor.cells if cell in cells]
    return bool(known) and 2 * len(known) >= len(anchor.cells)


def _holder_of_quote(anchor: Anchor, there: CellNow, cells: Cells) -> str:
    """Return the other cell that holds the quoted source now, if just one does.

    A cell that was split keeps its id in one half; the quote may be in the other.
    """
    if anchor.quote is None or anchor.kind is not AnchorKind.CELL or there.source is None:
        return ""
    exact = anchor.quote.exact.strip()
    if len(exact) < _TELLING or exact in there.source:
        return ""
    holders = [cell.cell_id for cell in cells.all if cell.source and exact in cell.source]
    return holders[0] if len(holders) == 1 else ""


def _likest(anchor: Anchor, cells: Cells) -> str:
    if not anchor.source.strip():
        return ""
    # Where two cells are alike, neither is told from the other: none is suggested.
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(anchor.source.strip()[:_LONGEST])
    best, second, chosen = 0.0, 0.0, ""
    for cell in cells.all:
        if not cell.source or not _same_type(anchor, cell):
            continue
        likeness = _likeness(matcher, anchor, cell.source, second)
        if likeness > best:
            best, second, chosen = likeness, best, cell.cell_id
        else:
            second = max(second, likeness)
    return chosen if best >= LIKE and best - second >= _LEAD else ""


def _likeness(matcher: SequenceMatcher[str], anchor: Anchor, source: str, enough: float) -> float:
    mine, theirs = anchor.source.strip(), source.strip()
    quote = anchor.quote.exact.strip() if anchor.quote is not None else ""
    if len(mine) >= _TELLING and mine in theirs:
        return 1.0
    if len(quote) >= _TELLING and quote in theirs:
        return 1.0
    if len(theirs) >= max(_TELLING, len(mine) // 2) and theirs in mine:
        return 0.9
    matcher.set_seq1(theirs[:_LONGEST])
    least = max(enough, LIKE - _LEAD)
    if matcher.real_quick_ratio() < least or matcher.quick_ratio() < least:
        return 0.0
    return matcher.ratio()


def _same_type(anchor: Anchor, cell: CellNow) -> bool:
    return not anchor.cell_type or not cell.cell_type or anchor.cell_type == cell.cell_type
