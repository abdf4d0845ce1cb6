"""The law: a thread hangs on the cell that it was about, or says that it may not.

Notebooks are edited at random, as people do it; every cell remembers which cell it came from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.capture import source_hash
from cellbook.commenting import AnchorState, CellNow, Cells, is_same_notebook, place
from cellbook.records import Anchor, AnchorKind, Quote


@dataclass(frozen=True)
class Cell:
    cell_id: str
    source: str
    origins: frozenset[str]
    """Ids of the cells whose text is in it."""


def now(cells: list[Cell], *, sources: bool = True) -> Cells:
    return Cells(
        CellNow(cell.cell_id, source_hash(cell.source), cell.source if sources else None, "code")
        for cell in cells
    )


def anchor_of(cell: Cell, quote: str = "") -> Anchor:
    return Anchor(
        AnchorKind.CELL,
        "work.ipynb",
        cell.cell_id,
        "code",
        source_hash(cell.source),
        cell.source,
        Quote(quote) if quote else None,
    )


WORDS = st.sampled_from(["x", "y", "fit", "load", "plot", "model", "= 1", "(data)", "for i in"])
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=5).map(" ".join), min_size=1, max_size=4)


@st.composite
def notebooks(draw: st.DrawFn) -> list[Cell]:
    sources = draw(st.lists(LINES.map("\n".join), min_size=1, max_size=6))
    return [
        Cell(f"cell-{number}", source, frozenset({f"cell-{number}"}))
        for number, source in enumerate(sources)
    ]


@st.composite
def edits(draw: st.DrawFn, begun: list[Cell]) -> list[Cell]:
    """Move, edit, split, merge, delete, copy, and cut and paste cells."""
    cells = list(begun)
    for step in range(draw(st.integers(0, 6))):
        if not cells:
            break
        place_of = draw(st.integers(0, len(cells) - 1))
        cell, fresh = cells[place_of], f"new-{step}"
        match draw(st.sampled_from(["move", "edit", "split", "merge", "delete", "copy", "paste"])):
            case "move":
                cells.insert(draw(st.integers(0, len(cells) - 1)), cells.pop(place_of))
            case "edit":
                cells[place_of] = replace(cell, source=cell.source + "\n" + draw(WORDS))
            case "split":
                middle = len(cell.source) // 2
                halves = [replace(cell, source=cell.source[:middle]),
                          Cell(fresh, cell.source[middle:], cell.origins)]  # fmt: skip
                cells[place_of : place_of + 1] = draw(st.permutations(halves))
            case "merge" if place_of + 1 < len(cells):
                other = cells.pop(place_of + 1)
                both = f"{cell.source}\n{other.source}"
                cells[place_of] = Cell(cell.cell_id, both, cell.origins | other.origins)
            case "delete":
                del cells[place_of]
            case "copy":
                cells.insert(place_of, Cell(fresh, cell.source, cell.origins))
            case "paste":
                cells[place_of] = Cell(fresh, cell.source, cell.origins)
    return cells


@given(st.data())
def test_no_thread_hangs_unseen_on_another_cell(data: st.DataObject) -> None:
    begun = data.draw(notebooks())
    cells = data.draw(edits(begun))
    there = {cell.cell_id: cell for cell in cells}
    for cell in begun:
        found = place(anchor_of(cell), now(cells))
        if cell.cell_id in there:
            assert (found.state, found.cell_id) == (AnchorState.FOUND, cell.cell_id)
        elif found.state is AnchorState.MOVED:
            # It has the very source, and no other cell has.
            hashes = [source_hash(one.source) for one in cells]
            assert hashes.count(source_hash(cell.source)) == 1
            assert there[found.cell_id].source.rstrip() == cell.source.rstrip()
        else:
            # Whatever is like it is only suggested.
            assert found.cell_id == ""
            assert (found.state is AnchorState.SUGGESTED) == bool(found.suggestion)


@given(st.data())
def test_a_cell_that_was_cut_and_pasted_is_found_if_it_is_alone(data: st.DataObject) -> None:
    begun = data.draw(notebooks())
    cell = data.draw(st.sampled_from(begun))
    others = [one for one in begun if one is not cell]
    pasted = Cell("pasted", cell.source, cell.origins)
    at = data.draw(st.integers(0, len(others)))
    found = place(anchor_of(cell), now([*others[:at], pasted, *others[at:]]))
    alone = all(source_hash(one.source) != source_hash(cell.source) for one in others)
    if alone:
        assert (found.state, found.cell_id) == (AnchorState.MOVED, "pasted")
    else:
        assert found.cell_id == ""


@given(st.data())
def test_copies_and_other_names_of_a_notebook_hold_the_same_anchors(data: st.DataObject) -> None:
    """Where a notebook lies, and in which order its cells, is not asked."""
    begun = data.draw(notebooks())
    shuffled = data.draw(st.permutations(begun))
    for cell in begun:
        assert place(anchor_of(cell), now(list(shuffled))).cell_id == cell.cell_id
    whole = Anchor(AnchorKind.NOTEBOOK, "old.ipynb", cells=tuple(cell.cell_id for cell in begun))
    assert is_same_notebook(whole, now(list(shuffled)))


@given(st.data())
def test_nothing_is_suggested_without_sources(data: st.DataObject) -> None:
    begun = data.draw(notebooks())
    cells = now(data.draw(edits(begun)), sources=False)
    for cell in begun:
        assert place(anchor_of(cell), cells).suggestion == ""


LONG = "frame = load('train.csv')\nframe = frame.dropna()\nmodel.fit(frame)"


def cell(cell_id: str, source: str) -> Cell:
    return Cell(cell_id, source, frozenset())


@pytest.mark.parametrize(
    ("cells", "suggested"),
    [
        ([cell("b", f"import numpy\n{LONG}\nplot(frame)")], "b"),  # merged into another
        ([cell("b", LONG.replace("dropna", "fillna"))], "b"),  # edited and pasted
        ([cell("b", LONG[:45]), cell("c", "print(1)")], "b"),  # a half of it
        ([cell("b", LONG + "\n1"), cell("c", LONG + "\n2")], ""),  # two that are as like
        ([cell("b", "print('something else altogether')")], ""),
        ([cell("b", "")], ""),
        ([], ""),
    ],
)
def test_a_cell_that_is_like_the_lost_one_is_suggested(cells: list[Cell], suggested: str) -> None:
    found = place(anchor_of(cell("a", LONG)), now(cells))
    expected = AnchorState.SUGGESTED if suggested else AnchorState.ORPHANED
    assert (found.state, found.cell_id, found.suggestion) == (expected, "", suggested)


def test_a_quote_in_the_other_half_of_a_split_cell_is_suggested() -> None:
    quoted = anchor_of(cell("a", LONG), "model.fit(frame)")
    halves = [cell("a", LONG[:45]), cell("b", LONG[45:])]
    found = place(quoted, now(halves))
    assert (found.state, found.cell_id, found.suggestion) == (AnchorState.FOUND, "a", "b")
    assert place(quoted, now([*halves, cell("c", LONG)])).suggestion == ""


@pytest.mark.parametrize("source", ["", "   \n"])
def test_empty_cells_are_not_told_apart(source: str) -> None:
    lost: dict[str, Any] = {"cell_id": "gone"}
    found = place(replace(anchor_of(cell("a", source)), **lost), now([cell("b", source)]))
    assert found.state is AnchorState.ORPHANED


def test_code_does_not_become_text() -> None:
    there = Cells([CellNow("b", source_hash(LONG), LONG, "markdown")])
    assert place(anchor_of(cell("a", LONG)), there).state is AnchorState.ORPHANED


def test_a_merged_cell_has_the_threads_of_those_that_went_into_it() -> None:
    both = CellNow("both", source_hash("x = 1\n\ny = 2"), former=("a", "b"))
    for one in (cell("a", "x = 1"), cell("b", "y = 2")):
        found = place(anchor_of(one), Cells([both]))
        assert (found.state, found.cell_id) == (AnchorState.MOVED, "both")
        assert one.cell_id in Cells([both])
    # Where that was undone, they are back.
    undone = Cells([both, CellNow("a", source_hash("x = 1"))])
    assert place(anchor_of(cell("a", "x = 1")), undone).state is AnchorState.FOUND
    assert place(anchor_of(cell("c", "z = 3")), Cells([both])).state is AnchorState.ORPHANED


def test_a_merger_that_is_undone_gives_its_threads_back() -> None:
    before = [Cell("a", "x = 1", frozenset("a")), Cell("b", "y = 2", frozenset("b"))]
    both = Cell("both", "x = 1\n\ny = 2", frozenset("ab"))
    followed = [replace(anchor_of(both), former=(one.cell_id,)) for one in before]
    for anchor, cell in zip(followed, before, strict=True):
        found = place(anchor, now([both]))
        assert (found.state, found.cell_id) == (AnchorState.FOUND, "both")
        found = place(anchor, now(before))
        assert (found.state, found.cell_id) == (AnchorState.MOVED, cell.cell_id)
        # A cell that came back, and is merged into another one, is followed there.
        heir = CellNow("other", "", former=(cell.cell_id,))
        assert place(anchor, Cells([heir])).cell_id == "other"
        assert place(anchor, Cells([CellNow("else", "0" * 16)])).cell_id == ""
