"""Rows that are both trained on and tested with: told once, and put on the run's record."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from cellbook.records import SCORED, TESTS, DatasetVersion, Subset
from cellbook.store import Store, update
from cellbook.tracking.trouble import warn

if TYPE_CHECKING:
    from cellbook.datasets.subsets import Registry
    from cellbook.datasets.subsets.positions import Positions

_MOST = 20
"""Sentences of this kind on the record of one run."""


class Leaks:
    """Finds what models saw in training and are tested with; tells each mistake once.

    Parameters
    ----------
    store
        The book's memory.
    registry
        Gives what is known of data in memory; None where nothing is.
    positions
        Gives the rows of a subset.
    """

    def __init__(
        self,
        store: Store,
        registry: Callable[[], Registry | None],
        positions: Callable[[Subset], Positions],
    ) -> None:
        self._store = store
        self._registry = registry
        self._positions = positions
        self._warned: set[tuple[str, ...]] = set()
        self._counts: dict[str, int] = {}
        self._pairs: dict[frozenset[str], str] = {}
        """Versions with rows of the same values, one to train and one to test with."""
        self._used: dict[str, set[str]] = {}
        """By run: the versions that it uses."""

    # -- the same rows -------------------------------------------------------------------------

    def compare(
        self, subset: Subset, positions: Positions, others: Iterable[Subset], *, look: bool = False
    ) -> None:
        """Tell of rows that are both trained on and tested with, once for a run and a version.

        Parameters
        ----------
        subset, positions
            Rows that are used now.
        others
            Those that were used before, to train where these test, and the other way round.
        look
            Whether the rows may only be predicted for a look at all of the data, or at its
            beginning: then nothing is told where either have all of the others.
        """
        from cellbook.datasets.subsets.room import overlap  # noqa: PLC0415 - with NumPy and pandas

        for one in others:
            both = self._in_common((subset, positions), one)
            if both is None or (look and _is_nested(both[0][1], both[1][1])):
                continue
            mine, other = both
            train, test = (other, mine) if one.role == "train" else (mine, other)
            found = overlap(train, test)
            if found is None:
                continue
            where = (subset.run, mine[0].dataset_id)
            key = (*where, train[0].estimator, test[0].role)
            # That data was tracked to train with was told already, whatever is fitted to it then.
            if key in self._warned or (*where, "", test[0].role) in self._warned:
                return
            self._warned.add(key)
            count, of = len(found.positions), test[0].distinct
            role = test[0].role
            word = "predicted" if look else "scored" if role == SCORED else f"used for {role}"
            trained = f"{train[0].estimator} was fitted to" if train[0].estimator else "trained on"
            text = (
                f"{count:,} of the {of:,} rows {word} are among the {train[0].distinct:,} that "
                f"{trained}, such as the one at position {int(found.positions[0]):,} of "
                f"data:{self._label(mine[0])}."
            )
            warn(f"{text} Results on them say nothing of new data; split before fitting, without "
                 "doubles.")  # fmt: skip
            self._note(subset.run, text)
            return

    def _in_common(
        self, mine: tuple[Subset, Positions], one: Subset
    ) -> tuple[tuple[Subset, Positions], tuple[Subset, Positions]] | None:
        """Return two subsets as rows of the same version, whatever was made of that meanwhile."""
        import numpy as np  # noqa: PLC0415 - heavy

        subset, positions = mine
        registry = self._registry()
        if subset.dataset_id == one.dataset_id:
            return mine, (one, self._positions(one))
        if registry is None or not registry.are_related(subset.dataset_id, one.dataset_id):
            return None
        found = registry.in_common(
            (subset.dataset_id, positions), (one.dataset_id, self._positions(one))
        )
        if found is None:
            return None
        dataset_id, *rows = found
        of = 1 + max(int(each.max(initial=-1)) for each in rows)
        first, second = (
            (
                dataclasses.replace(
                    each, dataset_id=dataset_id, of=of, distinct=len(np.unique(at))
                ),
                at,
            )
            for each, at in zip((subset, one), rows, strict=True)
        )
        return first, second

    def _label(self, subset: Subset) -> str:
        from cellbook.datasets.versions import dataset_versions  # noqa: PLC0415 - heavy

        version = dataset_versions(self._store).get(subset.dataset_id)
        return subset.dataset_id if version is None else version.label

    # -- rows of the same values ---------------------------------------------------------------

    def compare_values(self, data: Any, version: DatasetVersion, role: str, run: str) -> None:
        """Tell of rows with the same values in data that is tracked to train and to test with."""
        registry = self._registry()
        if registry is None or role not in ("train", *TESTS):
            return
        wanted = TESTS if role == "train" else ("train",)
        for other, its_role, count, of, example in registry.shared(data, version, wanted):
            pair = frozenset((version.dataset_id, other.dataset_id))
            if pair in self._pairs or self._are_apart(registry, version, other):
                continue
            test, train = (other, version) if role == "train" else (version, other)
            word = its_role if role == "train" else role
            text = (
                f"{count:,} of the {of:,} rows of data:{test.label} ({word}) have the same values "
                f"as rows of data:{train.label} (train), such as the one at position {example:,}."
            )
            self._pairs[pair] = text
            warn(f"{text} Results on them say nothing of new data; take them out of one of the "
                 "two.")  # fmt: skip
            if pair <= self.first(run):
                self._note(run, text)

    def _are_apart(self, registry: Registry, one: DatasetVersion, other: DatasetVersion) -> bool:
        """Whether two versions are different rows of a third: then like ones are no mistake.

        Also where it was told already that they are the same rows.
        """
        import numpy as np  # noqa: PLC0415 - heavy

        found = registry.in_common(
            (one.dataset_id, np.arange(one.rows or 0)),
            (other.dataset_id, np.arange(other.rows or 0)),
        )
        if found is None:
            return False
        dataset_id, mine, its = found
        told = any(key[1] == dataset_id and key[-1] in TESTS for key in self._warned)
        return told or not np.isin(mine, its).any()

    # -- the runs ------------------------------------------------------------------------------

    def used(self, run: str, dataset_id: str) -> None:
        """Take note that a run uses a version, of whose values another one of the run's may have
        some."""
        ids = self._used.setdefault(run, set())
        if dataset_id not in ids:
            ids.add(dataset_id)
            for pair, text in self._pairs.items():
                if dataset_id in pair and pair <= ids:
                    self._note(run, text)

    def first(self, run: str) -> set[str]:
        """Return the versions that a run uses, as far as it said so."""
        return self._used.get(run, set())

    def _note(self, run: str, text: str) -> None:
        self._counts[run] = self._counts.get(run, 0) + 1
        if run and self._counts[run] <= _MOST:
            self._store.commit([update("runs", run, {"leaks": {self._store.new_id(): text}})])


def _is_nested(rows: Positions, others: Positions) -> bool:
    """Whether either rows have all of the others among them."""
    import numpy as np  # noqa: PLC0415 - heavy

    return bool(np.isin(rows, others).all() or np.isin(others, rows).all())
