"""Where the threads of a notebook are, and what they hang on is called."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from cellbook.commenting import AnchorState, Cells, Discussion, Placement, is_same_notebook, place
from cellbook.records import Anchor, AnchorKind, Thread
from cellbook.store import Store
from cellbook.views.formatting import shorten
from cellbook.views.keeping import kept

_NOTEBOOKS = 30
"""Notebooks that are looked into for the cell of one that is gone."""
IN_CELLS = (AnchorKind.CELL, AnchorKind.OUTPUT)
_IN_BOOK = (AnchorKind.RUN, AnchorKind.METRIC, AnchorKind.COMPARISON, AnchorKind.CHECKPOINT)
_ELSEWHERE = ", of another book"
"""Ends the title of what came with a file and is not in this book."""


@dataclass(frozen=True, slots=True)
class AnchorView:
    """What a thread hangs on, and where that is now."""

    kind: AnchorKind
    notebook: str
    """Where it is now, as records name notebooks; empty for what is in none."""
    cell_id: str
    """Of the cell that it hangs on now; empty where there is none."""
    quote: str
    """The piece of source or output that it is about; else the source of a cell that is gone."""
    output: int | None
    runs: tuple[str, ...]
    metric: str
    step: int | None
    checkpoint: str
    name: str
    version: str
    candidate: str
    title: str
    state: AnchorState
    suggestion: str
    """Id of a cell that somebody may attach it to."""
    source: str
    """The notebook that it was begun in, where this one is a copy of that."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where an anchor is now."""

    notebook: str
    placement: Placement
    position: int = 0
    """Of its cell in the notebook, from 1; 0 where there is none."""
    source: str = ""
    """The notebook that it was begun in, where this one is a copy of that."""

    @property
    def lost(self) -> bool:
        """Whether its cell, or whatever else it was of, is gone."""
        return self.placement.state in (AnchorState.ORPHANED, AnchorState.SUGGESTED)


class Locator:
    """Finds anchors in the notebooks of a book's folder.

    Parameters
    ----------
    notebook
        The notebook that is looked at, as records name it; empty for none.
    cells
        Its cells as they are now; None if they are not known.
    saved
        Returns the cells of another notebook, as it was last saved, by name; None if it is gone.
    known
        Returns the names of notebooks that the book knows of, the last used first: one that was
        renamed may be among them.
    files
        Returns the names of notebooks that lie beside the book: copies are among them.
    """

    def __init__(
        self,
        notebook: str,
        cells: Cells | None,
        saved: Callable[[str], Cells | None],
        known: Callable[[], Sequence[str]] = tuple,
        files: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self.notebook = notebook
        self.cells = cells
        self._saved = saved
        self._known = known
        self._files = files
        self._names: Sequence[str] | None = None
        self._read: dict[str, Cells | None] = {}

    def former_names(self, threads: Iterable[Thread]) -> set[str]:
        """Return names that the notebook had before, as its cells and these threads tell."""
        if self.cells is None:
            return set()
        found = set()
        for thread in threads:
            anchor = thread.anchor
            if anchor.notebook in (self.notebook, "") or anchor.notebook in found:
                continue
            known = anchor.cell_id in self.cells or is_same_notebook(anchor, self.cells)
            if known and self._cells_of(anchor.notebook) is None:
                found.add(anchor.notebook)
        return found

    def is_here(self, thread: Thread, former: set[str]) -> bool:
        """Whether a thread is one of the notebook's."""
        anchor = thread.anchor
        if anchor.notebook == self.notebook or anchor.notebook in former:
            return True
        return anchor.kind in IN_CELLS and self.cells is not None and anchor.cell_id in self.cells

    def brief_of(self, briefs: Iterable[Thread]) -> Thread | None:
        """Return the notebook's brief; where two people began one at once, the first of them.

        One that has none of its own has that of a name that it had before.  Of a notebook that is
        gone, several copies may be left, which have it all (:meth:`shares_brief`).
        """
        every = sorted(briefs, key=lambda one: one.thread_id)
        own = (one for one in every if one.anchor.notebook == self.notebook)
        if (found := next(own, None)) is not None:
            return found
        former = self.former_names(every)
        return next((one for one in reversed(every) if one.anchor.notebook in former), None)

    def shares_brief(self, brief: Thread, briefs: Iterable[Thread]) -> bool:
        """Whether a notebook without a brief of its own may have had a brief's name as well.

        None of them is to write into it, for the others would have that in theirs.
        """
        anchor = brief.anchor
        if anchor.notebook == self.notebook:
            return False
        served = {self.notebook, *(one.anchor.notebook for one in briefs)}
        for name in dict.fromkeys([*self._known(), *self._files()]):
            if name not in served:
                cells = self._cells_of(name)
                if cells is not None and is_same_notebook(anchor, cells):
                    return True
        return False

    def find(self, anchor: Anchor, former: set[str], titles: Titles) -> Found:
        """Return where an anchor is now."""
        if anchor.kind not in IN_CELLS:
            moved = anchor.notebook in former
            gone = not moved and not titles.is_there(anchor)
            # What came with a file says what it is called; what is in this book does not.
            lost = AnchorState.ELSEWHERE if anchor.title else AnchorState.ORPHANED
            state = lost if gone else AnchorState.FOUND
            return Found(self.notebook if moved else anchor.notebook, Placement(state))
        own = anchor.notebook == self.notebook or anchor.notebook in former
        if self.cells is None and own and self.notebook:
            # It was never saved, and whoever asks from it has not told its cells.
            return Found(self.notebook, Placement(AnchorState.FOUND, anchor.cell_id))
        if self.cells is None or not (own or anchor.cell_id in self.cells):
            name = self._present_name(anchor)
            return Found(name, *_placed(anchor, self._cells_of(name)))
        source = ""
        if not own:
            there = self._cells_of(anchor.notebook)
            source = anchor.notebook if there and anchor.cell_id in there else ""
        return Found(self.notebook, *_placed(anchor, self.cells), source)

    def _present_name(self, anchor: Anchor) -> str:
        """Return the name that the notebook of a cell has now; the same if nobody knows another."""
        if self._cells_of(anchor.notebook) is not None:
            return anchor.notebook
        if self._names is None:
            self._names = self._known()
        for name in self._names:
            cells = self._cells_of(name)
            if cells is not None and anchor.cell_id in cells:
                return name
        return anchor.notebook

    def _cells_of(self, notebook: str) -> Cells | None:
        """Return the cells of another notebook, read once for all its threads."""
        if notebook not in self._read:
            self._read[notebook] = self._saved(notebook)
        return self._read[notebook]


def _placed(anchor: Anchor, cells: Cells | None) -> tuple[Placement, int]:
    if cells is None:
        return Placement(AnchorState.ORPHANED), 0
    found = place(anchor, cells)
    return found, cells.places.get(found.cell_id, 0)


def view_anchor(anchor: Anchor, found: Found, titles: Titles) -> AnchorView:
    """Return what an anchor is and where."""
    placed = found.placement
    quote = anchor.quote.exact if anchor.quote is not None else ""
    if found.lost and not quote:
        quote = anchor.source
    return AnchorView(
        kind=anchor.kind,
        notebook=found.notebook,
        cell_id=placed.cell_id,
        quote=quote,
        output=anchor.output,
        runs=anchor.runs,
        metric=anchor.metric,
        step=anchor.step,
        checkpoint=anchor.checkpoint,
        name=anchor.name,
        version=anchor.version,
        candidate=anchor.candidate,
        title=titles.of(anchor, found.notebook, found.position),
        state=placed.state,
        suggestion=placed.suggestion,
        source=found.source,
    )


def notebooks_in(store: Store) -> list[str]:
    """Return notebooks that kernels of a book had, by name, the last used first."""
    (names,) = store.columns("sessions", ["notebook"])[1]
    known = dict.fromkeys(name for name in reversed(names) if isinstance(name, str))
    return list(known)[:_NOTEBOOKS]


class Titles:
    """Says what anchors are of, looking up each run once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._runs: dict[str, str | None] = {}

    def named(self, discussion: Discussion) -> Discussion:
        """Return a discussion that says what its run or checkpoint is called, for other books."""
        thread = discussion.thread
        kind, anchor = thread.anchor.kind, replace(thread.anchor, title="")
        if kind not in _IN_BOOK or not self.is_there(anchor):
            return discussion
        anchor = replace(anchor, title=self.of(anchor, anchor.notebook, 0))
        return Discussion(replace(thread, anchor=anchor), discussion.docs)

    def is_there(self, anchor: Anchor) -> bool:
        """Whether what an anchor is of is still in the book."""
        if anchor.runs:
            return any(self._run(run) is not None for run in anchor.runs)
        if anchor.checkpoint:
            return self._store.get("checkpoints", anchor.checkpoint) is not None
        return True

    def of(self, anchor: Anchor, notebook: str, position: int) -> str:
        """Return what an anchor is of, in one line."""
        if anchor.title and not self.is_there(anchor):
            return f"{shorten(anchor.title, 120)}{_ELSEWHERE}"
        file = self._file(notebook) if notebook else "a notebook"
        match anchor.kind:
            case AnchorKind.NOTEBOOK:
                return file
            case AnchorKind.CELL:
                return f"Cell {position} of {file}" if position else f"Cell of {file}"
            case AnchorKind.OUTPUT:
                told = f"cell {position} of {file}" if position else f"a cell of {file}"
                return f"Output of {told}"
            case AnchorKind.RUN:
                return self._run_title(anchor)
            case AnchorKind.METRIC:
                at = "" if anchor.step is None else f" at step {anchor.step}"
                return f"{self._run_title(anchor)} · {anchor.metric}{at}"
            case AnchorKind.COMPARISON:
                named = [self._run(run) or "a deleted run" for run in anchor.runs]
                more = f" and {len(named) - 3} more" if len(named) > 3 else ""
                return f"Comparison of {', '.join(named[:3])}{more}"
            case AnchorKind.CHECKPOINT:
                return self._checkpoint(anchor.checkpoint)
            case AnchorKind.DASHBOARD:
                return f"Dashboard {anchor.name}"
            case AnchorKind.DATASET:
                version = f" {anchor.version[:12]}" if anchor.version else ""
                return f"Data {anchor.name}{version}"
            case AnchorKind.MODEL:
                return f"Model {anchor.name}" + (f" v{anchor.version}" if anchor.version else "")
            case AnchorKind.BOARD:
                row = f" · {anchor.candidate}" if anchor.candidate else ""
                return f"Leaderboard {anchor.name}{row}"

    def _file(self, notebook: str) -> str:
        """Return a notebook's file name, with its folder where another one has the same name."""
        name = PurePosixPath(notebook).name
        return notebook if self._twins.get(name, 0) > 1 else name

    @functools.cached_property
    def _twins(self) -> Mapping[str, int]:
        """How many notebooks have a name, of those that the book knows."""
        return kept(self._store, ("twins",), ("sessions", "threads"), self._count, rest=False)

    def _count(self) -> Mapping[str, int]:
        known: set[str] = set()
        for table, path in (("sessions", ("notebook",)), ("threads", ("anchor", "notebook"))):
            (names,) = self._store.columns(table, [path])[1]
            known.update(name for name in names if isinstance(name, str))
        return Counter(PurePosixPath(name).name for name in known)

    def _run_title(self, anchor: Anchor) -> str:
        named = self._run(anchor.runs[0]) if anchor.runs else None
        return f"Run {named}" if named is not None else "A run that was deleted"

    def _run(self, run_id: str) -> str | None:
        if run_id not in self._runs:
            doc = self._store.get("runs", run_id)
            number = self._store.number("runs", run_id)
            named = None if doc is None else f"#{number} {doc.get('run_name', '')}"
            self._runs[run_id] = None if named is None else shorten(named, 60)
        return self._runs[run_id]

    def _checkpoint(self, checkpoint_id: str) -> str:
        doc = self._store.get("checkpoints", checkpoint_id)
        if doc is None:
            return "A checkpoint that was removed"
        number = self._store.number("checkpoints", checkpoint_id)
        label = doc.get("label") or ""
        return f"Checkpoint #{number}" + (f" {shorten(label, 60)}" if label else "")
