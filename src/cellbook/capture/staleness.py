"""Which cells no longer stand on what they ran with.

A cell is stale when it was edited since it ran, or used a name whose defining cell was edited, ran
again or was deleted since, or is stale itself.  The *defining cell* of a name, as one execution
saw it, is the other cell that last wrote the name before; so a notebook that ran from top to
bottom is never stale, however often later cells set a name anew.

Three kinds of reads do not count, for they would cry wolf: names that only a function defined in
the cell uses (they count in the cells that call it), names that the cell's own loops have bound,
and imports that stayed the same, for the cell of imports is edited and run again all the time.

Nothing here knows a kernel: :class:`Ledger` is told of executions, :func:`stale_cells` reads
records.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cellbook.capture.names import CellNames, analyse
from cellbook.records import CellExecution

_WORDS = {
    "again": "uses {names}, whose cell {cell} ran again since",
    "changed": "uses {names}, whose cell {cell} was edited and ran again since",
    "edited": "uses {names}, whose cell {cell} was edited since it ran",
    "left": "uses {names}, left by an earlier text of cell {cell}",
    "gone": "uses {names}, whose cell {cell} is no longer in the notebook",
    "stale": "depends on stale cell {cell}",
    "below": "ran out of order: uses {names} from cell {cell}, "
    "which stands below it in the notebook",
    "between": "ran out of order: uses {names} from cell {cell}, "
    "though cell {other} between the two sets it as well",
}
EDITED = "edited since it ran"


_DISORDER = "ran out of order: "
STALE, HIDDEN, DISORDER = "stale", "hidden", "out of order"
"""What may be amiss with the state that a run begins on."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that is amiss."""

    kind: str
    order: int
    """The execution that it is about, by its place in the session."""
    text: str


_SENTENCES = {
    STALE: "stale cells: {}",
    HIDDEN: "hidden state: {}",
    DISORDER: "ran out of order: {}",
}
_FLAGS_SHOWN = 5


def flag_sentences(flags: Iterable[Flag], orders: Container[int] | None = None) -> dict[str, str]:
    """Return one sentence for each kind of flag.

    Parameters
    ----------
    flags
        What is amiss.
    orders
        The executions that count, by their places; None counts all.
    """
    found: dict[str, dict[str, None]] = {}
    for flag in flags:
        if orders is None or flag.order in orders:
            found.setdefault(flag.kind, {})[flag.text] = None
    said = {}
    for kind, texts in found.items():
        more = [f"and {len(texts) - _FLAGS_SHOWN} more"] if len(texts) > _FLAGS_SHOWN else []
        said[kind] = _SENTENCES[kind].format(", ".join([*list(texts)[:_FLAGS_SHOWN], *more]))
    return said


def flags_of_cells(executions: Iterable[CellExecution]) -> list[Flag]:
    """Return what was amiss as the cells of a run itself ran."""
    found = []
    for one in executions:
        label = f"[{one.order if one.execution_count is None else one.execution_count}]"
        for reason in one.stale:
            text = reason.removeprefix(_DISORDER)
            kind = STALE if text == reason else DISORDER
            found.append(Flag(kind, one.order, f"{label} {text}"))
    return found


def source_hash(source: str) -> str:
    """Return 16 hex digits that tell sources apart; white space at the end does not count."""
    return hashlib.sha256(source.rstrip().encode("utf-8", "surrogatepass")).hexdigest()[:16]


def cell_key(cell_id: str | None, source: str) -> str:
    """Return what a cell goes by: its id, or where the front end tells none its source's hash."""
    return cell_id or source_hash(source)


def stale_cells(
    executions: Iterable[CellExecution], current_sources: Mapping[str, str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Return the stale cells of one session, with reasons in plain words.

    Parameters
    ----------
    executions
        All executions of one session, in any order; the last one of each cell is judged.
    current_sources
        Cell id to present source, for the whole notebook: tells edits and deletions.  None where
        the notebook is not at hand.

    Returns
    -------
    dict
        :func:`cell_key` to reasons; cells that are not stale are not in it.
    """
    ledger = Ledger()
    for execution in sorted(executions, key=lambda execution: execution.order):
        ledger.record(execution)
    return ledger.stale(current_sources)


@dataclass(frozen=True, slots=True)
class _Ran:
    """What later cells need to know of one execution."""

    key: str
    order: int
    hash: str
    label: str
    cell_id: str | None
    notebook: str | None
    names: CellNames


@dataclass(frozen=True, slots=True)
class _Last:
    """The last execution of a cell, and the executions that defined the names it used."""

    ran: _Ran
    fed_by: Mapping[str, _Ran]


@dataclass(frozen=True, slots=True)
class _Present:
    """The notebook as it is now."""

    hashes: Mapping[str, str]
    """Cell id to the hash of its source."""
    names: Mapping[str, CellNames]
    """Cell id to the names of its source, where the source is known."""
    homes: frozenset[str | None]
    """Paths under which its cells ran; cells of other notebooks on the kernel are not missed."""

    def lacks(self, ran: _Ran) -> bool:
        return bool(ran.cell_id) and ran.cell_id not in self.hashes and ran.notebook in self.homes


@dataclass(slots=True)
class _Reasons:
    """Collects reasons; names with the same reason share a sentence."""

    found: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)

    def add(self, kind: str, name: str, cell: str, other: str = "") -> None:
        self.found.setdefault((kind, cell, other), []).append(f"`{name}`")

    def text(self) -> tuple[str, ...]:
        return tuple(
            _WORDS[kind].format(names=", ".join(names), cell=cell, other=other)
            for (kind, cell, other), names in self.found.items()
        )


class Ledger:
    """Who defined what in one session, as far as its executions were recorded.

    Not thread-safe: a kernel runs one cell at a time.
    """

    def __init__(self) -> None:
        self._last: dict[str, _Last] = {}
        self._writers: dict[str, dict[str, _Ran]] = {}
        """Name to the last execution of each cell that wrote it, the latest at the end."""

    def record(self, execution: CellExecution) -> None:
        """Take note of an execution that has ended, after all with a lower `order`."""
        names = analyse(execution.source)
        key = cell_key(execution.cell_id, execution.source)
        number = execution.order if execution.execution_count is None else execution.execution_count
        ran = _Ran(
            key=key,
            order=execution.order,
            hash=source_hash(execution.source),
            label=f"[{number}]",
            cell_id=execution.cell_id,
            notebook=execution.notebook,
            names=names,
        )
        fed_by = self._sources(key, names, execution.reads, execution.writes)
        self._last[key] = _Last(ran, fed_by)
        for name in execution.writes:
            writers = self._writers.setdefault(name, {})
            writers.pop(key, None)
            writers[key] = ran

    def stale(
        self,
        sources: Mapping[str, str] | None = None,
        *,
        hashes: Mapping[str, str] | None = None,
    ) -> dict[str, tuple[str, ...]]:
        """Return all stale cells: key to reasons.

        `sources` is as in :func:`stale_cells`, `hashes` as in :meth:`check_before_run`.
        """
        present = self._from_sources(sources)
        if present is None and hashes is not None:
            present = _Present(hashes, {}, self._homes(hashes))
        stale = self._stale(self._last, present)
        return {key: self._reasons(key, present, stale) for key in self._last if key in stale}

    def flags(
        self, document: Sequence[str] | None = None, hashes: Mapping[str, str] | None = None
    ) -> list[Flag]:
        """Return what is amiss with the state that a run would begin on.

        `document` and `hashes` are as in :meth:`check_before_run`; without them, what was edited,
        deleted or moved is not seen.
        """
        present = None if hashes is None else _Present(hashes, {}, self._homes(hashes))
        places = {cell: place for place, cell in enumerate(document or ())}
        found = []
        stale = self._stale(self._last, present)
        for key, last in self._last.items():
            gone = present is not None and present.lacks(last.ran)
            if key in stale and not gone:
                found.append(Flag(STALE, last.ran.order, last.ran.label))
            below = [
                ran.label
                for name, ran in last.fed_by.items()
                if name not in ran.names.imports
                and places.get(ran.key, -1) > places.get(key, len(places))
            ]
            if below:
                found.append(Flag(DISORDER, last.ran.order, f"{last.ran.label} after {below[0]}"))
        for name, writers in self._writers.items():
            ran = next(reversed(writers.values()), None)
            if ran is None or present is None or name in ran.names.imports:
                continue
            if present.lacks(ran):
                what = f"`{name}` of cell {ran.label}, which is no longer in the notebook"
            elif self._last[ran.key].ran.hash != ran.hash or _is_edited(ran, present):
                what = f"`{name}` of cell {ran.label}, which was edited since"
            else:
                continue
            found.append(Flag(HIDDEN, ran.order, what))
        return found

    def label(self, key: str) -> str:
        """Return how people call a cell that ran: its prompt, as ``[7]``."""
        return self._last[key].ran.label if key in self._last else key

    def reasons(self, key: str, sources: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Return why one cell is stale now; nothing if it is not, or never ran."""
        if key not in self._last:
            return ()
        present = self._from_sources(sources)
        return self._reasons(key, present, self._stale([key], present))

    def check_before_run(
        self,
        source: str,
        *,
        cell_id: str | None = None,
        reads: Sequence[str] | None = None,
        document: Sequence[str] | None = None,
        hashes: Mapping[str, str] | None = None,
    ) -> tuple[str, ...]:
        """Return what is out of order about running a cell now, for its record.

        Parameters
        ----------
        source
            The cell's raw source.
        cell_id
            Its id; None where the front end does not tell.
        reads
            The names it reads, where the caller knows better than :func:`analyse`.
        document
            The ids of the notebook's cells from top to bottom; None where they are not known:
            then nothing can be said about the place of cells.
        hashes
            Cell id to the :func:`source_hash` of its present source, for the whole notebook;
            None where they are not known: then edits and deletions of other cells are not seen.
        """
        names = analyse(source)
        key = cell_key(cell_id, source)
        fed_by = self._sources(key, names, names.reads if reads is None else reads, names.writes)
        present = None if hashes is None else _Present(hashes, {}, self._homes(hashes))
        stale = self._stale({ran.key for ran in fed_by.values()}, present)
        places = {cell: place for place, cell in enumerate(document or ())}
        reasons = _Reasons()
        for name, ran in fed_by.items():
            kind = self._kind(name, ran, None, present, stale)
            if kind:
                reasons.add(kind, name, self._last[ran.key].ran.label)
            elif key in places and ran.key in places and name not in ran.names.imports:
                self._check_place(reasons, name, ran, places[key], places)
        return reasons.text()

    def _check_place(
        self, reasons: _Reasons, name: str, ran: _Ran, here: int, places: Mapping[str, int]
    ) -> None:
        """Compare where the defining cell stands with where the cell that uses it stands."""
        there = places[ran.key]
        if there > here:
            reasons.add("below", name, ran.label)
            return
        for other in self._writers[name].values():
            if there < places.get(other.key, -1) < here and self._last[other.key].ran is other:
                reasons.add("between", name, ran.label, other.label)

    def _sources(
        self, key: str, names: CellNames, reads: Iterable[str], writes: Iterable[str]
    ) -> dict[str, _Ran]:
        """Return the execution that defined each name which a run of cell `key` uses now."""
        passed_by = {*names.deferred, *names.doubtful}
        pending = [name for name in reads if name not in passed_by]
        own = {*writes}
        found: dict[str, _Ran] = {}
        seen = set(pending)
        for name in pending:
            ran = self._writer(name, key)
            if ran is None:
                continue
            found[name] = ran
            # A function of another cell brings the names that it uses when called.
            called = [used for used in ran.names.late.get(name, ()) if used not in seen | own]
            pending.extend(called)
            seen.update(called)
        return found

    def _writer(self, name: str, reader: str) -> _Ran | None:
        for key, ran in reversed(self._writers.get(name, {}).items()):
            if key != reader:
                return ran
        return None

    def _stale(self, keys: Iterable[str], present: _Present | None) -> set[str]:
        """Return those of `keys`, and of the cells they stand on, that are stale."""
        reached = dict.fromkeys(keys)
        pending = list(reached)
        for key in pending:
            for ran in self._last[key].fed_by.values():
                # A cell that ran again since is no link of the chain: it broke it.
                if ran.key not in reached and self._last[ran.key].ran is ran:
                    reached[ran.key] = None
                    pending.append(ran.key)
        stale: set[str] = set()
        for key in sorted(reached, key=lambda key: self._last[key].ran.order):
            last = self._last[key]
            if _is_edited(last.ran, present) or any(
                self._kind(name, ran, last.ran, present, stale) for name, ran in last.fed_by.items()
            ):
                stale.add(key)
        return stale

    def _reasons(
        self, key: str, present: _Present | None, stale: Container[str]
    ) -> tuple[str, ...]:
        last = self._last[key]
        reasons = _Reasons()
        for name, ran in last.fed_by.items():
            kind = self._kind(name, ran, last.ran, present, stale)
            if kind:
                reasons.add(kind, name, self._last[ran.key].ran.label)
        return ((EDITED,) if _is_edited(last.ran, present) else ()) + reasons.text()

    def _kind(
        self,
        name: str,
        ran: _Ran,
        reader: _Ran | None,
        present: _Present | None,
        stale: Container[str],
    ) -> str:
        """Return what happened to `name` since `reader` (None: a cell that runs now) took it."""
        if present is not None and present.lacks(ran):
            return "gone"
        newest = self._last[ran.key].ran
        now = present.names.get(ran.key, newest.names) if present is not None else newest.names
        what = ran.names.imports.get(name)
        if what is not None and what == newest.names.imports.get(name) == now.imports.get(name):
            # An import is what it says, whoever else shares its cell.
            return ""
        if newest.order > ran.order:
            if reader is None or newest.order < reader.order:
                return "left"
            return "again" if newest.hash == ran.hash else "changed"
        if _is_edited(newest, present):
            return "edited"
        return "stale" if ran.key in stale else ""

    def _homes(self, cells: Iterable[str]) -> frozenset[str | None]:
        return frozenset(self._last[cell].ran.notebook for cell in cells if cell in self._last)

    def _from_sources(self, sources: Mapping[str, str] | None) -> _Present | None:
        if sources is None:
            return None
        return _Present(
            hashes={cell: source_hash(source) for cell, source in sources.items()},
            names={cell: analyse(source) for cell, source in sources.items()},
            homes=self._homes(sources),
        )


def _is_edited(ran: _Ran, present: _Present | None) -> bool:
    return present is not None and present.hashes.get(ran.key, ran.hash) != ran.hash
