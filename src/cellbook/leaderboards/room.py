"""Boards: defined, reckoned, frozen and deleted here."""

from __future__ import annotations

import dataclasses
import difflib
import time
from collections.abc import Mapping
from typing import Any

from tinydb import where

from cellbook.datasets import Datasets, dataset_versions
from cellbook.errors import InvalidInput, NotFound
from cellbook.leaderboards.candidates import required_data, why_no_candidate
from cellbook.leaderboards.definition import changed
from cellbook.leaderboards.entries import ScoredExamples, read_entries
from cellbook.leaderboards.standing import reckon
from cellbook.records import (
    DatasetVersion,
    Leaderboard,
    RunRecord,
    Standing,
    as_text,
    check_name,
    from_doc,
    to_doc,
)
from cellbook.store import OrderTerm, Store, create, no_collection, remove
from cellbook.tracking import metric_rules

TABLE = "leaderboards"
FROZEN = "standings"
_NEWEST = (OrderTerm(("start_time",), descending=True),)


class Leaderboards:
    """The leaderboards of a book.

    Parameters
    ----------
    store
        The book's memory.
    datasets
        Finds data sets by what users call them.
    """

    def __init__(self, store: Store, datasets: Datasets) -> None:
        self._store = store
        self._datasets = datasets

    # -- definitions ---------------------------------------------------------------------------

    def all(self) -> list[Leaderboard]:
        """Return all boards, by name."""
        boards = (from_doc(Leaderboard, doc) for _, _, doc in self._store.select(TABLE))
        return sorted(boards, key=lambda board: board.name)

    def get(self, name: object) -> Leaderboard:
        """Return a board by its name.

        Raises
        ------
        NotFound
            If there is none; it suggests the name that is nearest.
        """
        key = _name(name)
        doc = self._store.get(TABLE, key)
        if doc is not None:
            return from_doc(Leaderboard, doc)
        near = difflib.get_close_matches(key, [board.name for board in self.all()], 1)
        meant = f" Did you mean {near[0]!r}?" if near else ""
        raise NotFound(
            f"The book has no leaderboard {key!r}.{meant} "
            f"`%leaderboard {key} metric=acc` makes one, `%leaderboard` lists what there is."
        )

    def save(self, name: object, given: Mapping[str, Any]) -> Leaderboard:
        """Make a board, or change what is given of one; see :func:`cellbook.leaderboard`.

        Raises
        ------
        InvalidInput
            If there is no such field, or a value cannot stand.
        NotFound
            If a required data set is not on record.
        """
        key = _name(name)
        with self._store.exclusive():
            doc = self._store.get(TABLE, key)
            if doc is not None:
                before = from_doc(Leaderboard, doc)
            else:
                now = time.time_ns() // 1_000_000
                before = Leaderboard(key, self._experiment(given), "", created=now)
            board = changed(before, given, lambda target: self._datasets.find(target).dataset_id)
            self._store.commit([create(TABLE, key, to_doc(board))])
        return board

    def delete(self, name: object) -> Leaderboard:
        """Take a board away; its frozen copies stay, and so do the runs.

        Raises
        ------
        NotFound
            If there is none.
        """
        board = self.get(name)
        self._store.commit([remove(TABLE, board.name)])
        return board

    def users_of_metric(self, name: str) -> list[str]:
        """Return the names of the boards that show, filter or weigh a metric."""
        return [
            board.name
            for board in self.all()
            if any(shown.partition("{")[0] == name for shown in board.shown)
        ]

    def users_of_data(self, version: DatasetVersion) -> list[str]:
        """Return the names of the boards that require a data set, by name or by a label."""
        versions = dataset_versions(self._store)
        users = []
        for board in self.all():
            explicit = {versions[one].dataset_id for one in board.datasets if one in versions}
            by_label = (self._labelled(board, version, label) for label in version.labels)
            if version.dataset_id in explicit or any(by_label):
                users.append(board.name)
        return users

    def users_of_label(self, version: DatasetVersion, label: str) -> list[str]:
        """Return the names of the boards that require a data set because it has a label."""
        return [board.name for board in self.all() if self._labelled(board, version, label)]

    # -- standings -----------------------------------------------------------------------------

    def standing(self, name: object, *, until: int | None = None) -> Standing:
        """Return how a board stands now.

        Parameters
        ----------
        name
            The board's.
        until
            Runs that ended and data sets that came on record later, in milliseconds since 1970, do
            not count.
        """
        return self._reckon(self.get(name), until)

    def freeze(self, name: object, *, until: int | None = None) -> Standing:
        """Keep a copy of how a board stands, as what was true on that day.

        Parameters
        ----------
        name
            The board's.
        until
            Runs that ended and data sets that came on record later, in milliseconds since 1970, do
            not count: the board as it stood then.
        """
        new = self._store.new_id()
        standing = dataclasses.replace(self._reckon(self.get(name), until), frozen=new)
        self._store.commit([create(FROZEN, new, to_doc(standing))], durable=True)
        return standing

    def frozen(self, name: object) -> list[Standing]:
        """Return the frozen copies of a board, the oldest first; also of one that was deleted."""
        copies = self._store.select(FROZEN, where("board")["name"] == _name(name))
        found = [from_doc(Standing, doc) for _, _, doc in copies]
        return sorted(found, key=lambda one: (frozen_at(one), one.frozen))

    def why(self, name: object, record: RunRecord) -> str:
        """Return in a sentence where a run stands on a board, or why it does not."""
        board, rules = self.get(name), metric_rules(self._store)
        standing = self._reckon(board, None)
        label = f"#{record.run_number} {record.run_name}"
        for row in standing.rows:
            if record.run_id not in row.runs:
                continue
            part = "" if len(row.runs) == 1 else f" as a part of {row.name}"
            if record.run_id not in row.counted:
                part += ", without counting: it was scored on other data than the runs that count"
            if row.rank is None:
                return f"{label} has no rank{part}: {row.why}."
            return f"{label} has rank {row.rank}{part}."
        entries = read_entries(self._store, board, rules)
        reason = next(
            (why_no_candidate(one, board, None) for one in entries if one.run_id == record.run_id),
            "no longer in the book",
        )
        return f"{label} is not on the board: {reason}."

    # -- inside --------------------------------------------------------------------------------

    def _reckon(self, board: Leaderboard, until: int | None) -> Standing:
        rules = metric_rules(self._store)
        with no_collection():
            return reckon(
                board,
                rules,
                read_entries(self._store, board, rules),
                dataset_versions(self._store),
                ScoredExamples(self._store, board),
                now=time.time_ns() // 1_000_000,
                until=until,
            )

    def _experiment(self, given: Mapping[str, Any]) -> str:
        """Return the experiment of a new board that is given none: that of the newest run that
        has its metric."""
        metric = as_text(given.get("metric") or "")
        having = where("metrics")[metric].exists()
        newest = next(self._store.select("runs", having, order_by=_NEWEST, limit=1), None)
        if newest is None and metric and "experiment" not in given:
            raise InvalidInput(
                f"No run has {metric!r} yet, so that a new board cannot tell which experiment it "
                "is for. Log it first, or say experiment=NAME."
            )
        return "" if newest is None else str(newest[2]["experiment"])

    def _labelled(self, board: Leaderboard, version: DatasetVersion, label: str) -> bool:
        if label not in board.newest:
            return False
        rule = dataclasses.replace(board, datasets=(), newest={label: board.newest[label]})
        entries = read_entries(self._store, board, metric_rules(self._store))
        versions = dataset_versions(self._store)
        return version in required_data(rule, versions, entries)[0]


def frozen_at(standing: Standing) -> int:
    """Return the date of a frozen copy: the last moment that counted in it."""
    return standing.time if standing.until is None else standing.until


def _name(name: object) -> str:
    return check_name(name, "leaderboard").strip().removeprefix("board:")
