"""What is known of data in memory: which rows of which version an object has.

Tracked data is held on to as long as all of it together is small: a frame as a shallow copy, which
takes no memory while the frame is there, and which keeps, by pandas' copy-on-write, what was
tracked when the frame is changed; an array as a copy.  Of the rest, and of what was made of it,
there are only weak references: an object that is gone is forgotten, and one whose values are not
those of before says nothing any more.
"""

from __future__ import annotations

import sys
import threading
import time
import weakref
from collections import OrderedDict, deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from cellbook.datasets.subsets.matching import (
    Known,
    Match,
    by_index,
    by_values,
    counts_only,
    same_rows,
)
from cellbook.datasets.subsets.positions import Positions
from cellbook.datasets.subsets.tables import Array, Mark, Table, mark_of, table_of
from cellbook.records import DatasetVersion

_HELD = 256 << 20
"""Bytes of tracked data that is held on to, all together."""
_MOST = 200
"""Objects that rows are looked for in."""
_PATIENCE = 2.0
"""Seconds in vain after which values are not looked at any more, until :meth:`Registry.renew`."""


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of a version that some data is."""

    version: DatasetVersion
    role: str
    """What this very object was tracked as; empty where that was not said."""
    positions: Positions
    how: str
    """``identity``, ``index`` or ``values``."""
    doubtful: int = 0
    changed: tuple[str, ...] = ()


@dataclass(slots=True)
class _Entry:
    """An object, and which rows it has."""

    version: DatasetVersion
    role: str
    reference: weakref.ref[Any]
    rows: int
    positions: Positions | None
    """None where these are all, in their order."""
    how: str = "identity"
    doubtful: int = 0
    changed: tuple[str, ...] = ()
    held: Any = None
    size: int = 0
    turn: int = 0
    """The later it was noted, the more."""
    known: Known | None = field(default=None, repr=False)
    mark: Mark | None = None
    """Of its values when it was noted; None where nothing can be changed without a trace."""

    @property
    def tracked(self) -> bool:
        """Whether it is what was tracked itself."""
        return self.positions is None

    def told(self, positions: Positions | None, match: Match | None = None) -> Found:
        """Return the rows of the version that some rows of this object are."""
        at = np.arange(self.rows) if positions is None else positions
        mine = at if self.positions is None else self.positions[at]
        how, doubtful, changed = self.how, self.doubtful, self.changed
        if match is not None:
            # What was told by values once is not told better by what stands on it.
            how = match.how if self.tracked or match.how == "values" else self.how
            doubtful = min(len(mine), self.doubtful + match.doubtful)
            changed = tuple(dict.fromkeys((*self.changed, *match.changed)))
        return Found(self.version, self.role, mine, how, doubtful, changed)


class Registry:
    """Knows which rows the objects in memory have.  All methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._entries: OrderedDict[int, _Entry] = OrderedDict()
        self._lost: list[_Entry] = []
        """Tracked data whose object is gone, but which is held."""
        self._gone: deque[tuple[int, weakref.ref[Any]]] = deque()
        self._origins: dict[str, Found] = {}
        """Of versions that are rows of another version: which rows of which one."""
        self._spent = 0.0
        self._turns = 0

    def __bool__(self) -> bool:
        with self._lock:
            self._tidy()
        return bool(self._entries or self._lost)

    def renew(self) -> None:
        """Have patience again: a new cell begins."""
        self._spent = 0.0

    def note(self, data: Any, version: DatasetVersion, role: str = "") -> None:
        """Take note of data that was tracked."""
        table = table_of(data)
        if table is None:
            return
        entry = self._enter(data, version, role, table.rows, None)
        if entry is None:
            return
        entry.size = _size(data)
        entry.mark = mark_of(data)
        if entry.size <= _HELD:
            entry.held = _shallow(data)
        with self._lock:
            held = [one for one in (*self._lost, *self._entries.values()) if one.held is not None]
            for one in held:
                if sum(other.size for other in held if other.held is not None) <= _HELD:
                    break
                one.held = one.known = None
            self._lost = [one for one in self._lost if one.held is not None]

    def note_origin(self, version: DatasetVersion, within: Found) -> None:
        """Take note that the rows of a version are rows of another one, in that order."""
        other = within.version.dataset_id
        if version.dataset_id not in (one for one, _ in self._chain(other, within.positions)):
            self._origins[version.dataset_id] = within
            while len(self._origins) > _MOST:
                del self._origins[next(iter(self._origins))]

    def origin(self, version: DatasetVersion) -> Found | None:
        """Return the rows of another version that the rows of one are, if that is known."""
        return self._origins.get(version.dataset_id)

    def in_common(
        self, one: tuple[str, Positions], other: tuple[str, Positions]
    ) -> tuple[str, Positions, Positions] | None:
        """Return two sets of rows as rows of one version: of the one that they are of, or of that
        which both come from; None where there is none.

        Each is the id of a version and positions in it.
        """
        theirs = dict(self._chain(*other))
        for dataset_id, positions in self._chain(*one):
            if dataset_id in theirs:
                return dataset_id, positions, theirs[dataset_id]
        return None

    def are_related(self, one: str, other: str) -> bool:
        """Return whether rows of two versions are known as rows of one."""
        nothing = np.arange(0)
        return self.in_common((one, nothing), (other, nothing)) is not None

    def _chain(self, dataset_id: str, positions: Positions) -> Iterator[tuple[str, Positions]]:
        """Yield rows of a version, and as which rows of others these came about."""
        yield dataset_id, positions
        while (origin := self._origins.get(dataset_id)) is not None:
            dataset_id, rows = origin.version.dataset_id, origin.positions
            if len(positions) and positions.max() >= len(rows):
                return  # It is not what it was.
            positions = rows[positions]
            yield dataset_id, positions

    def is_tracked(self, data: Any) -> bool:
        """Return whether an object is what was tracked itself."""
        entry = self._entries.get(id(data))
        return entry is not None and entry.tracked and entry.reference() is data

    def index_of(self, dataset_id: str) -> pd.Index[Any] | None:
        """Return the labels of a version's rows; None where it is not in memory."""
        with self._lock:
            self._tidy()
            entries = [*self._entries.values(), *self._lost]
        for one in entries:
            if one.tracked and one.version.dataset_id == dataset_id:
                table = self._table(one)
                if table is not None and table.rows == one.rows:
                    return pd.RangeIndex(one.rows) if table.index is None else table.index
        return None

    def labelled(self, dataset_id: str) -> bool | None:
        """Return whether a version's index does more than count its rows; None if not known."""
        index = self.index_of(dataset_id)
        return None if index is None else not counts_only(index)

    def shared(
        self, data: Any, version: DatasetVersion, roles: Collection[str]
    ) -> Iterator[tuple[DatasetVersion, str, int, int, int]]:
        """Yield other tracked data of some roles that has rows of the same values as `data`.

        With it come its role; how many rows of whichever of the two is not to train on are in the
        other, how many it has, and the position of the first.  Data in which values often repeat
        is passed over: that rows are alike there says nothing.
        """
        table = table_of(data)
        with self._lock:
            self._tidy()
            entries = [*self._entries.values(), *self._lost]
        for one in entries:
            if one.role not in roles or one.version.dataset_id == version.dataset_id:
                continue
            other = self._table(one)
            if table is None or other is None:
                continue
            tested, trained = (table, other) if one.role == "train" else (other, table)
            places = same_rows(tested, trained)
            if len(places):
                yield one.version, one.role, len(places), tested.rows, int(places[0])

    def derive(self, data: Any, found: Found) -> None:
        """Take note of data that has the rows of other data, one for one."""
        if _length(data) == len(found.positions):
            entry = self._enter(data, found.version, "", len(found.positions), found.positions)
            if entry is not None:
                entry.mark = mark_of(data)
                entry.how, entry.doubtful = found.how, found.doubtful
                entry.changed = found.changed

    def _enter(
        self, data: Any, version: DatasetVersion, role: str, rows: int, positions: Positions | None
    ) -> _Entry | None:
        key = id(data)

        def gone(reference: weakref.ref[Any]) -> None:
            # The collector may call this at any time, also while the entries are gone through.
            self._gone.append((key, reference))

        try:
            reference = weakref.ref(data, gone)
        except TypeError:  # What is written in C may know no weak references; lists know none.
            return None
        entry = _Entry(version, role, reference, rows, positions)
        with self._lock:
            self._tidy()
            self._turns += 1
            entry.turn = self._turns
            self._lost = [
                one
                for one in self._lost
                if positions is not None or one.version.dataset_id != version.dataset_id
            ]
            self._entries[key] = entry
            self._entries.move_to_end(key)
            while len(self._entries) > _MOST:
                self._entries.popitem(last=False)
        return entry

    def _tidy(self) -> None:
        """Forget objects that are gone, but for what is held of them."""
        while self._gone:
            key, reference = self._gone.popleft()
            entry = self._entries.get(key)
            if entry is not None and entry.reference is reference:
                del self._entries[key]
                if entry.held is not None:
                    self._lost.append(entry)
                    del self._lost[:-_MOST]

    # -- finding -------------------------------------------------------------------------------

    def find(
        self,
        data: Any,
        avoid: dict[str, Positions] | None = None,
        *,
        quickly: bool = False,
        first: Collection[str] = (),
        of: str = "",
    ) -> Found | None:
        """Return which rows of a tracked version some data is; None where that cannot be told.

        Parameters
        ----------
        data
            What a model is fitted to, for instance.
        avoid
            By version: rows that are taken last where several have the same values.
        quickly
            Whether rows are not told by their values.
        first
            The versions that are looked into before others: where several have the rows, it is
            these that whoever asks goes by.  Else it is what was noted last.
        of
            Look into this version alone, and take no note of what is found; empty for all.
        """
        with self._lock:
            self._tidy()
            entry = self._entries.get(id(data))
            entries = [*self._entries.values(), *self._lost]
        entries.sort(key=lambda one: (one.version.dataset_id in first, one.turn), reverse=True)
        if of:
            entry = None
            entries = [one for one in entries if one.version.dataset_id == of]
        if (
            entry is not None
            and entry.reference() is data
            and _length(data) == entry.rows
            and self._still(entry)
        ):
            return entry.told(None)
        found = self._find_view(data, entries)
        table = None if found is not None else table_of(data)
        if table is None or not table.rows:
            return found
        if table.index is not None:
            near = None
            for one in entries:
                match = self._by_index(one, table)
                if match is not None and not match.changed:
                    return self._noted(data, one.told(match.positions, match), of)
                # What has the same labels and other values may be one of several steps.
                near = near or (None if match is None else one.told(match.positions, match))
            if near is not None:
                return self._noted(data, near, of)
        if quickly or self._spent > _PATIENCE:
            return None
        # What was tracked itself tells more than what was made of it.
        for one in sorted(entries, key=lambda one: not one.tracked):
            began = time.perf_counter()
            match = self._by_values(one, table, avoid or {})
            if match is not None:
                return self._noted(data, one.told(match.positions, match), of)
            self._spent += time.perf_counter() - began
            if self._spent > _PATIENCE:
                break
        return None

    def _noted(self, data: Any, found: Found, of: str) -> Found:
        if not of:
            self.derive(data, found)
        return found

    def _find_view(self, data: Any, entries: list[_Entry]) -> Found | None:
        """Return the rows of an array that looks at the memory of a known one."""
        if not isinstance(data, np.ndarray) or data.base is None or data.ndim < 1:
            return None
        for one in entries:
            whole = one.reference()
            if type(whole) is np.ndarray and len(whole) == one.rows:
                positions = _rows_seen(whole, data)
                if positions is not None and self._still(one):
                    return one.told(positions)
        return None

    def _still(self, entry: _Entry) -> bool:
        """Whether the values of an object are those that it was noted with."""
        if entry.mark is None:
            return True
        data = entry.reference()
        return data is not None and mark_of(data, entry.mark.names) == entry.mark

    def _sure(self, entry: _Entry) -> bool:
        """Whether what rows are looked for in is what was noted.

        A copy that is held is.  A frame that is held may look at memory of somebody else's.
        """
        if entry.mark is None or not isinstance(entry.held, (pd.DataFrame, pd.Series)):
            return entry.held is not None or self._still(entry)
        return mark_of(entry.held, entry.mark.names) == entry.mark

    def _table(self, entry: _Entry) -> Table | None:
        if entry.known is not None:
            return entry.known.table
        data = entry.held if entry.held is not None else entry.reference()
        return None if data is None else table_of(data)

    def _known(self, entry: _Entry) -> Known | None:
        if entry.known is not None:
            return entry.known
        table = self._table(entry)
        if table is None or table.rows != entry.rows:
            return None
        known = Known(table)
        if entry.held is not None:
            # Only of what is held can anything be remembered without keeping it in memory.
            entry.known = known
        return known

    def _by_index(self, entry: _Entry, table: Table) -> Match | None:
        known = self._known(entry)
        match = None if known is None else by_index(known, table)
        return match if match is not None and self._sure(entry) else None

    def _by_values(self, entry: _Entry, table: Table, avoid: dict[str, Positions]) -> Match | None:
        known = self._known(entry)
        if known is None:
            return None
        taken = avoid.get(entry.version.dataset_id)
        if taken is not None and entry.positions is not None:
            taken = np.flatnonzero(np.isin(entry.positions, taken))
        match = by_values(known, table, taken)
        return match if match is not None and self._sure(entry) else None


def weighed(found: Found, weights: Any) -> Found:
    """Return rows without those whose weight is zero: they have no part in what is fitted."""
    if weights is None:
        return found
    try:
        counts = np.asarray(weights) != 0
    except (TypeError, ValueError, RuntimeError):
        return found
    if counts.shape != (len(found.positions),) or counts.all():
        return found
    rows = found.positions[counts]
    return replace(found, positions=rows, doubtful=min(found.doubtful, len(rows)))


def _shallow(data: Any) -> Any:
    """Return data that stays what it is when the object is changed; without what hangs on it."""
    if isinstance(data, pd.DataFrame):
        return pd.DataFrame(data, copy=not _copies_on_write())
    if isinstance(data, pd.Series):
        return pd.Series(data, copy=not _copies_on_write())
    if hasattr(data, "clone"):  # A frame of polars, whose columns are replaced, never changed.
        return data.clone()
    is_own = isinstance(data, np.ndarray) or type(data).__module__.startswith("scipy.sparse")
    return data.copy() if is_own else data


def _copies_on_write() -> bool:
    """Whether a frame that shares memory with another one keeps what it has when that is changed;
    pandas 2 has to be asked for it."""
    return int(pd.__version__.partition(".")[0]) >= 3 or pd.get_option("mode.copy_on_write") is True


def _length(data: Any) -> int:
    shape = getattr(data, "shape", None)
    return int(shape[0]) if shape else len(data) if hasattr(data, "__len__") else -1


def _size(data: Any) -> int:
    if isinstance(data, pd.DataFrame):
        return int(data.memory_usage(index=False).sum())
    size = getattr(data, "nbytes", None)
    if callable(size):
        size = size()
    if size is None and hasattr(data, "estimated_size"):
        size = data.estimated_size()
    if size is None and hasattr(data, "data"):  # A sparse matrix.
        size = getattr(data.data, "nbytes", sys.maxsize)
    return int(size) if size is not None else sys.maxsize


def _rows_seen(whole: Array, part: Array) -> Positions | None:
    """Return which rows of an array another one looks at; None where it does not."""
    step = whole.strides[0]
    if (
        step <= 0
        or part.dtype != whole.dtype
        or part.ndim != whole.ndim
        or not len(part)
        or not np.may_share_memory(whole, part)
        or not len(whole)
    ):
        return None
    start = part.__array_interface__["data"][0] - whole.__array_interface__["data"][0]
    pace, rest = divmod(part.strides[0], step) if len(part) > 1 else (1, 0)
    across, seen = (
        sum(
            stride * (size - 1) for stride, size in zip(one.strides[1:], one.shape[1:], strict=True)
        )
        for one in (whole, part)
    )
    first, inside = divmod(start, step)
    # A window slides over several rows: none of these is what it shows.
    if rest or pace == 0 or inside + seen > across:
        return None
    if (
        any(one != other for one, other in zip(part.strides[1:], whole.strides[1:], strict=True))
        and part.size // len(part) > 1
    ):
        return None
    positions = first + pace * np.arange(len(part))
    return positions if positions.min() >= 0 and positions.max() < len(whole) else None
