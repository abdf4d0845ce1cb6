"""Which rows of tracked data went into what was fitted: told by estimators, put on record here."""

from __future__ import annotations

import contextlib
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cellbook.errors import InvalidInput
from cellbook.records import PREPARED, SCORED, TESTS, DatasetVersion, Subset, as_role
from cellbook.store import Store
from cellbook.tracking.leaks import Leaks
from cellbook.tracking.runs import Runs
from cellbook.tracking.trouble import Trouble, warn

if TYPE_CHECKING:
    from types import FrameType

    from cellbook.datasets.subsets import Found, Registry, Subsets, UsedRows
    from cellbook.datasets.subsets.positions import Positions

_MOST = 200
"""Subsets of one cell, or of a run without cells: a search may fit thousands of times."""
_TABLES = (".csv", ".tsv", ".parquet", ".feather")
_RECENT = 4
"""Subsets whose rows stay in memory."""


class Fits:
    """Puts on record which rows of tracked data were used.

    Nothing is loaded and nothing is hooked until data is tracked.

    Parameters
    ----------
    store
        The book's memory.
    runs
        The runs: the active one is that to which what is fitted belongs.
    trouble
        Turns failures of the store into one warning.
    """

    def __init__(self, store: Store, runs: Runs, trouble: Trouble) -> None:
        self._store = store
        self._runs = runs
        self._trouble = trouble
        self._lock = threading.RLock()
        self._registry: Registry | None = None
        self._files: list[tuple[DatasetVersion, str]] = []
        """Tables in files that were tracked; they are read when something is fitted."""
        self._known: dict[tuple[str, ...], Subset] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self._batches: dict[tuple[str, ...], tuple[Found, list[Positions], str]] = {}
        self._used: dict[str, list[Subset]] = {}
        """By run, or by session where there is none: what else it used."""
        self._fitted: dict[int, tuple[weakref.ref[Any], Subset]] = {}
        self._recent: OrderedDict[str, Positions] = OrderedDict()
        self._failed: set[str] = set()
        self._leaks = Leaks(store, lambda: self._registry, self._positions)
        self.table_of: Callable[[DatasetVersion], Any] = lambda _: None
        """Gives the table of a file that is still what was tracked; set by who has the data."""
        self.sources: Callable[[], Iterable[str]] = lambda: ()
        """The sources of the cells that ran before, the newest first; set by whoever has them."""

    @property
    def registry(self) -> Registry:
        """What is known of data in memory."""
        if self._registry is None:
            # With numpy and pandas, it would be a part of what every start takes.
            from cellbook.datasets.subsets import Registry  # noqa: PLC0415

            self._registry = Registry()
        return self._registry

    @property
    def subsets(self) -> Subsets:
        """The subsets that are on record."""
        from cellbook.datasets.subsets import Subsets  # noqa: PLC0415 - as in `registry`

        return Subsets(self._store)

    # -- what is tracked -----------------------------------------------------------------------

    def note(self, data: Any, version: DatasetVersion, role: str) -> None:
        """Take note of data that was tracked: in memory, or the file of a table."""
        if self._runs.forked:
            return
        from cellbook.datasets.subsets.hooks import hooks  # noqa: PLC0415 - as in `registry`

        with self._guarded(), self._lock:
            run = self._where()[0]
            if run:
                self._leaks.used(run, version.dataset_id)
            if isinstance(data, str) or hasattr(data, "__fspath__"):
                if version.kind == "file" and version.source.lower().endswith(_TABLES):
                    self._files.append((version, role))
                    hooks.add(self._heard)
                return
            within = None
            if self._registry:
                within = self.registry.find(data, self._opposite(role), quickly=not role)
            if within is not None and within.version.dataset_id == version.dataset_id:
                # It was tracked before: then it was found out which rows of what these are.
                within = self.registry.origin(version)
            self.registry.note(data, version, role)
            hooks.add(self._heard)
            if within is not None:
                self.registry.note_origin(version, within)
                if role:
                    # A part of what was tracked before, tracked by itself: the run uses the part.
                    self._add(within, role, "", "", uses=False)
            self._leaks.compare_values(data, version, role, run)

    def _read_files(self) -> None:
        """Read what was tracked as files, now that something is fitted that may come from there."""
        if self._files:
            with self._guarded(), self._lock:
                files, self._files = self._files, []
                for version, role in files:
                    table = self.table_of(version)
                    if table is not None:
                        self.registry.note(table, version, role)

    def look(self) -> None:
        """Look for estimators that were loaded since; a cell begins."""
        if self._registry is not None or self._files:
            from cellbook.datasets.subsets.hooks import hooks  # noqa: PLC0415 - as in `registry`

            if self._registry is not None:
                self._registry.renew()
            with self._guarded():
                hooks.look()

    def close(self) -> None:
        """Write what is not written yet, and leave the estimators alone."""
        if self._registry is not None or self._files:
            from cellbook.datasets.subsets.hooks import hooks  # noqa: PLC0415 - as in `registry`

            self._files.clear()
            hooks.discard(self._heard)
            self.settle()
            self._registry = None
            self._used.clear()
            self._fitted.clear()

    def settle(self) -> None:
        """Put on record what was fitted batch by batch."""
        if not self._batches:
            return
        import dataclasses  # noqa: PLC0415

        import numpy as np  # noqa: PLC0415 - as in `registry`

        with self._guarded(), self._lock:
            batches, self._batches = self._batches, {}
            for (run, execution, _, role, estimator), (found, parts, selector) in batches.items():
                whole = dataclasses.replace(found, positions=np.concatenate(parts))
                self._add(whole, role, estimator, selector, run, execution)

    # -- what is said --------------------------------------------------------------------------

    def track_subset(
        self, data: Any, of: DatasetVersion | None, role: str, rows: Any, frame: FrameType
    ) -> Subset:
        """Put on record that some rows are used; see :func:`cellbook.track_subset`."""
        from cellbook.datasets.subsets.stated import stated  # noqa: PLC0415 - as in `registry`

        with self._lock:
            self._read_files()
            found = stated(self._registry, data, of, rows)
            selector = "" if data is None else self._selector(frame, data)
            if self._registry is not None and data is not None and rows is not None:
                self._registry.derive(data, found)
            subset = self._add(found, as_role(role) or "train", "", selector)
        if subset is None:
            raise InvalidInput("The rows were not put on record: they are none.")
        return subset

    def rows_used(
        self, subsets: Iterable[Subset], read: Callable[[DatasetVersion], Any]
    ) -> list[UsedRows]:
        """Return subsets with their rows.

        Parameters
        ----------
        subsets
            Which ones.
        read
            Gives the content of a version that is kept.
        """
        from cellbook.datasets.subsets import UsedRows as _Used  # noqa: PLC0415 - as in `registry`
        from cellbook.datasets.subsets.room import labels_of  # noqa: PLC0415 - as in `registry`
        from cellbook.datasets.versions import dataset_versions  # noqa: PLC0415 - as in `registry`

        self.settle()
        versions = dataset_versions(self._store)
        labels: dict[str, Any] = {}
        found = []
        for one in subsets:
            version = versions.get(one.dataset_id)
            if one.dataset_id not in labels:
                index = None
                if self._registry is not None:
                    index = self._registry.index_of(one.dataset_id)
                if index is None:
                    index = labels_of(one, version, read)
                labels[one.dataset_id] = index
            name = f"data:{one.dataset_id}" if version is None else f"data:{version.label}"
            rows = self.subsets.positions(one)
            found.append(_Used(one, rows, labels[one.dataset_id], name))
        return found

    def fit_of(self, estimator: Any) -> Subset | None:
        """Return the rows that an estimator was last fitted to in this process; None if unknown."""
        return self._fit_of(estimator)

    def rows_of(self, subset: Subset) -> Positions:
        """Return the places of the rows of a subset."""
        with self._lock:
            return self._positions(subset)

    # -- what is heard -------------------------------------------------------------------------

    def _heard(
        self, verb: str, estimator: Any, data: Any, result: Any, frame: FrameType, weights: Any
    ) -> None:
        from cellbook.datasets.subsets.hooks import FITS, PREDICTS  # noqa: PLC0415 - see `registry`
        from cellbook.datasets.subsets.judging import is_judged  # noqa: PLC0415 - as in `registry`
        from cellbook.datasets.subsets.ordering import keeps_order  # noqa: PLC0415 - see `registry`
        from cellbook.datasets.subsets.registry import weighed  # noqa: PLC0415 - see `registry`
        from cellbook.datasets.subsets.selectors import user_frame  # noqa: PLC0415 - see `registry`

        if self._runs.forked:
            return
        self._read_files()
        registry = self._registry
        if registry is None or not registry:
            return
        with self._guarded(), self._lock:
            seen = self._fit_of(estimator)
            avoid = self._opposite("train") if verb in FITS else None
            if verb in ("score", *PREDICTS) and seen is not None:
                avoid = {seen.dataset_id: self._positions(seen)}
            look = verb in PREDICTS and (seen is None or not is_judged(user_frame(frame)))
            first = self._leaks.first(self._where()[0])
            found = registry.find(data, avoid, quickly=look, first=first)
            if found is None:
                return
            if verb in ("transform", "fit_transform") and keeps_order(estimator, data, result):
                registry.derive(result, found)
            if verb in FITS or verb == "score":
                found = weighed(found, weights)
            if verb in FITS:
                self._fitted_to(verb, estimator, data, found, frame)
            elif verb in PREDICTS:
                self._predicted(estimator, data, found, seen, judged=not look)
            elif verb == "score":
                self._scored(estimator, data, found, frame, seen)

    def _fitted_to(
        self, verb: str, estimator: Any, data: Any, found: Found, frame: FrameType
    ) -> None:
        kind = _name_of(estimator)
        role = "train" if hasattr(estimator, "predict") else PREPARED
        run, execution = self._where()
        if verb == "partial_fit":
            batch = (run, execution, found.version.dataset_id, role, kind)
            if batch in self._batches:
                self._batches[batch][1].append(found.positions)
            else:
                selector = self._selector(frame, data)
                self._batches[batch] = (found, [found.positions], selector)
            return
        subset = self._add(found, role, kind, lambda: self._selector(frame, data))
        if subset is not None:
            key = id(estimator)
            with contextlib.suppress(TypeError):
                gone = weakref.ref(estimator, lambda _: self._forget(key))
                self._fitted[key] = (gone, subset)

    def _forget(self, key: int) -> None:
        self._fitted.pop(key, None)

    def _fit_of(self, estimator: Any) -> Subset | None:
        reference, seen = self._fitted.get(id(estimator), (lambda: None, None))
        return seen if reference() is estimator else None

    def _scored(
        self, estimator: Any, data: Any, found: Found, frame: FrameType, seen: Subset | None
    ) -> None:
        role = found.role if found.role in TESTS else SCORED
        kind = _name_of(estimator)
        subset = self._add(found, role, kind, lambda: self._selector(frame, data))
        if subset is None or seen is None:
            return
        other = self._among_seen(data, found, seen)
        if other is not None:
            self._leaks.compare(self._new(other, role, kind), other.positions, [seen])
        elif role == SCORED or seen.run != subset.run:
            # With what the same run trained on, test rows were compared as they were added.
            self._leaks.compare(subset, found.positions, [seen])

    def _among_seen(self, data: Any, found: Found, seen: Subset) -> Found | None:
        """Return rows of another version as rows of that which a model was fitted to, if they all
        are; None where it is known already which rows of the same these are."""
        registry, ids = self._registry, (found.version.dataset_id, seen.dataset_id)
        if registry is None or registry.are_related(*ids):
            return None
        return registry.find(data, {seen.dataset_id: self._positions(seen)}, of=seen.dataset_id)

    def _predicted(
        self, estimator: Any, data: Any, found: Found, seen: Subset | None, *, judged: bool
    ) -> None:
        """Tell of a mistake; predictions themselves, which are made of anything, are no record."""
        if seen is None:
            return
        role = found.role if found.role in TESTS else SCORED
        look = not judged and role not in TESTS
        if not look:
            found = self._among_seen(data, found, seen) or found
        new = self._new(found, role, _name_of(estimator))
        self._leaks.compare(new, found.positions, [seen], look=look)

    # -- inside --------------------------------------------------------------------------------

    def origin(self) -> dict[str, str]:
        """Return session, execution and run under way, as far as there are any."""
        run, execution = self._where()
        session = self._runs.sessions.current or ""
        made = {"session": session, "execution": execution, "run": run}
        return {name: one for name, one in made.items() if one}

    def _where(self) -> tuple[str, str]:
        run = self._runs.active()
        return ("" if run is None else run.run_id), self._runs.current_cell or ""

    def _new(self, found: Found, role: str, estimator: str) -> Subset:
        from cellbook.datasets.subsets import distinct  # noqa: PLC0415 - as in `registry`

        run, execution = self._where()
        # Of a file it is not known how many rows it has, until it is read.
        index = self.registry.index_of(found.version.dataset_id)
        rows = found.version.rows if index is None else len(index)
        total = int(found.positions.max(initial=-1)) + 1 if rows is None else rows
        return Subset(
            subset_id=self._store.new_id(),
            dataset_id=found.version.dataset_id,
            created=time.time_ns() // 1_000_000,
            rows=len(found.positions),
            distinct=distinct(found.positions, total),
            of=total,
            role=role,
            run=run,
            execution=execution,
            estimator=estimator,
            how=found.how,
            doubtful=found.doubtful,
            changed=found.changed[:50],
            labelled=self.registry.labelled(found.version.dataset_id),
        )

    def _add(
        self,
        found: Found,
        role: str,
        estimator: str,
        selector: str | Callable[[], str],
        run: str | None = None,
        execution: str | None = None,
        *,
        uses: bool = True,
    ) -> Subset | None:
        """Put rows on record, once for each cell, role and class that is fitted."""
        import dataclasses  # noqa: PLC0415
        import hashlib  # noqa: PLC0415

        if not len(found.positions):
            return None
        active, cell = self._where()
        run = active if run is None else run
        execution = cell if execution is None else execution
        digest = hashlib.sha256(found.positions.tobytes()).hexdigest()
        key = (run, execution, found.version.dataset_id, role, estimator, digest)
        if key in self._known:
            return self._known[key]
        place = (run, execution)
        self._counts[place] = self._counts.get(place, 0) + 1
        if self._counts[place] > _MOST:
            if self._counts[place] == _MOST + 1:
                warn(
                    f"More than {_MOST} different sets of rows were fitted in one cell: the rows "
                    "of further ones are not recorded. `cb.track_subset` records one that counts."
                )
            return None
        text = selector if isinstance(selector, str) else selector()
        new = dataclasses.replace(
            self._new(found, role, estimator), run=run, execution=execution, selector=text
        )
        subset = self.subsets.add(new, found.positions)
        self._known[key] = subset
        active_run = self._runs.active()
        told = uses and role in ("train", *TESTS)
        if told and active_run is not None and active_run.run_id == run:
            active_run.log_input(found.version, role=role)
            self._leaks.used(run, found.version.dataset_id)
        used = self._used.setdefault(run or f"session:{self._runs.sessions.current}", [])
        others = [
            one
            for one in used
            if "train" in (one.role, role) and (one.role in TESTS or role in TESTS)
        ]
        self._keep_recent(subset, found.positions)
        self._leaks.compare(subset, found.positions, others)
        used.append(subset)
        return subset

    def _keep_recent(self, subset: Subset, positions: Positions) -> None:
        self._recent[subset.subset_id] = positions
        while len(self._recent) > _RECENT:
            self._recent.popitem(last=False)

    def _positions(self, subset: Subset) -> Positions:
        """Return the rows of a subset: not all of them stay in memory."""
        known = self._recent.get(subset.subset_id)
        if known is None:
            known = self.subsets.positions(subset)
            self._keep_recent(subset, known)
        return known

    def _selector(self, frame: FrameType, data: Any) -> str:
        from cellbook.datasets.subsets.selectors import (  # noqa: PLC0415 - as in `registry`
            selector_of,
            user_frame,
        )

        registry = self._registry
        with contextlib.suppress(Exception):
            return selector_of(
                user_frame(frame),
                data,
                self.sources(),
                lambda one: registry is not None and registry.is_tracked(one),
            )
        return ""

    def _of_now(self) -> list[Subset]:
        """Return what the run under way used so far; without a run, what the session did."""
        run, _ = self._where()
        return self._used.setdefault(run or f"session:{self._runs.sessions.current}", [])

    def _opposite(self, role: str) -> dict[str, Positions]:
        """Return by version the rows that are not to be those of a role.

        Where several rows have the same values, those that are used otherwise are taken last.
        """
        import numpy as np  # noqa: PLC0415 - as in `registry`

        roles = TESTS if role == "train" else ("train",) if role in TESTS else ()
        found: dict[str, Positions] = {}
        for one in self._of_now() if roles else ():
            if one.role in roles:
                rows = [found[one.dataset_id]] if one.dataset_id in found else []
                found[one.dataset_id] = np.concatenate([*rows, self._positions(one)])
        return found

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        """Let nothing out: whoever fits a model has no part in this."""
        # Mostly nothing is written, which would be taken for a sign that it can be.
        with self._trouble.guarded(writes=False):
            try:
                yield
            except Exception as error:
                from cellbook.errors import StoreError, one_line  # noqa: PLC0415

                if isinstance(error, StoreError):
                    raise
                if type(error).__name__ not in self._failed:
                    self._failed.add(type(error).__name__)
                    warn(
                        f"Which rows were used was not recorded ({one_line(error)}). Your code is "
                        "not to blame and ran on; please report it."
                    )


def _name_of(estimator: Any) -> str:
    kind = type(estimator)
    package = [part for part in kind.__module__.split(".") if not part.startswith("_")]
    return ".".join([*package, kind.__qualname__])
