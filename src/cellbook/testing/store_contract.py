"""The contract of :class:`cellbook.store.Store` as a suite of tests.

A backend's own test module inherits :class:`StoreContract` and supplies the fixture ``reopen``::

    class TestMine(StoreContract):
        @pytest.fixture
        def reopen(self, tmp_path):
            return lambda: MyStore(tmp_path / "book")

Each call of it must open the same book anew.  Nothing here imports pytest.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any

from tinydb import where

from cellbook.store import (
    RECORD,
    OrderTerm,
    SeriesKey,
    Store,
    create,
    is_ulid,
    milliseconds,
    remove,
    update,
)

Reopen = Callable[[], Store]


class StoreContract:
    """Inherit it, supply the fixture ``reopen``, and every promise of the store is tested."""

    # -- documents -----------------------------------------------------------------------------

    def test_ids_grow_and_are_ulids(self, reopen: Reopen) -> None:
        """Ids sort by time of making, also within a millisecond."""
        store = reopen()
        ids = [store.new_id() for _ in range(2000)]
        assert ids == sorted(set(ids))
        assert all(map(is_ulid, ids))
        assert milliseconds(ids[0]) <= milliseconds(ids[-1])

    def test_commit_is_read_back(self, reopen: Reopen) -> None:
        """What one store wrote, it and another one read."""
        store = reopen()
        doc = {"text": "αβγ 🙂 \u2028 \x00", "list": [1, [2.5, None]], "deep": {"a": {"b": True}}}
        store.commit([create("things", "a", doc)])
        assert store.get("things", "a") == doc
        assert reopen().get("things", "a") == doc

    def test_commit_keeps_odd_numbers(self, reopen: Reopen) -> None:
        """NaN, infinities and integers beyond 64 bits come back as they were."""
        store = reopen()
        doc = {"n": math.nan, "l": [math.inf, -math.inf, math.nan], "big": 2**80, "small": 5e-324}
        store.commit([create("things", "a", doc)])
        found = reopen().get("things", "a")
        assert found is not None
        assert math.isnan(found["n"])
        assert math.isnan(found["l"][2])
        assert found["l"][:2] == [math.inf, -math.inf]
        assert (found["big"], found["small"]) == (2**80, 5e-324)

    def test_commit_keeps_half_surrogates(self, reopen: Reopen) -> None:
        """Text that is not valid Unicode comes back as it was."""
        reopen().commit([create("things", "a", {"text": "a\ud800b"})])
        assert reopen().get("things", "a") == {"text": "a\ud800b"}

    def test_commit_refuses_what_json_lacks(self, reopen: Reopen) -> None:
        """An object that JSON has no form for raises TypeError and leaves no trace."""
        store = reopen()
        try:
            store.commit([create("things", "a", {"x": object()})])
        except TypeError:
            pass
        else:
            raise AssertionError("no TypeError was raised")
        store.commit([create("things", "b", {"x": 1})])
        assert reopen().get("things", "a") is None
        assert reopen().get("things", "b") == {"x": 1}

    def test_update_merges_leaf_by_leaf(self, reopen: Reopen) -> None:
        """Dictionaries are merged, other values replaced, dropped paths gone."""
        store = reopen()
        store.commit([create("things", "a", {"p": {"x": 1, "y": {"z": 2}}, "l": [1]})])
        store.commit([update("things", "a", {"p": {"y": {"w": 3}}, "l": [2]}, [["p", "x"]])])
        assert store.get("things", "a") == {"p": {"y": {"z": 2, "w": 3}}, "l": [2]}
        store.commit([update("things", "a", {"p": 5})])
        assert reopen().get("things", "a") == {"p": 5, "l": [2]}

    def test_update_of_missing_does_not_make_it(self, reopen: Reopen) -> None:
        """A change alone makes no document: it would lack its beginning."""
        store = reopen()
        store.commit([update("things", "a", {"x": 1}, [["no", "such"]])])
        assert store.get("things", "a") is None
        assert (list(store.select("things")), store.count("things")) == ([], 0)

    def test_remove_is_final_but_for_creation(self, reopen: Reopen) -> None:
        """A later change does not bring a removed document back; a creation does."""
        store = reopen()
        store.commit([create("things", "a", {"x": 1})])
        store.commit([remove("things", "a")])
        assert store.get("things", "a") is None
        store.commit([update("things", "a", {"x": 2})])
        assert store.get("things", "a") is None
        store.commit([create("things", "a", {"x": 3})])
        assert reopen().get("things", "a") == {"x": 3}

    def test_commit_is_one_transaction(self, reopen: Reopen) -> None:
        """Operations on several tables appear together."""
        store = reopen()
        store.commit([create("a", "1", {"v": 1}), create("b", "1", {"v": 2})])
        other = reopen()
        assert (other.get("a", "1"), other.get("b", "1")) == ({"v": 1}, {"v": 2})
        assert other.tables() == {"a", "b"}

    def test_tables_take_any_name(self, reopen: Reopen) -> None:
        """Names that differ in case, or hold quotes, are different tables."""
        store = reopen()
        names = ["runs", "Runs", 'a"b', "ä ö", "x; DROP TABLE runs", "_default"]
        for name in names:
            store.commit([create(name, "1", {"name": name})])
        assert store.tables() == set(names)
        assert [store.get(name, "1") for name in names] == [{"name": name} for name in names]

    def test_select_narrows_orders_and_limits(self, reopen: Reopen) -> None:
        """A query with order and limit returns just the rows wanted, missing values last."""
        store = reopen()
        values: list[Any] = [3, 1, math.nan, None, 2, math.inf]
        for number, value in enumerate(values):
            store.commit([create("runs", store.new_id(), {"n": number, "m": {"acc": value}})])
        store.commit([create("runs", store.new_id(), {"n": 6})])

        def order(*, descending: bool) -> list[int]:
            terms = [OrderTerm(("m", "acc"), descending)]
            return [doc["n"] for _, _, doc in store.select("runs", order_by=terms)]

        assert order(descending=False)[:4] == [1, 4, 0, 5]
        assert order(descending=True)[:4] == [5, 0, 4, 1]
        top = list(
            store.select("runs", where("n") < 5, order_by=[OrderTerm(("m", "acc"), True)], limit=2)
        )
        assert [doc["n"] for _, _, doc in top] == [0, 4]
        assert [number for _, number, _ in top] == [1, 5]

    def test_select_breaks_ties_by_age(self, reopen: Reopen) -> None:
        """Where keys are equal, the oldest come first, or the newest if that is the direction."""
        store = reopen()
        for value in "aba":
            store.commit([create("runs", store.new_id(), {"v": value})])

        def order(*terms: OrderTerm) -> list[int]:
            return [number for _, number, _ in store.select("runs", order_by=terms)]

        assert order() == [1, 2, 3]
        assert order(OrderTerm(("v",))) == [1, 3, 2]
        assert order(OrderTerm(("v",), descending=True)) == [2, 3, 1]
        assert order(OrderTerm(("run_number",), descending=True)) == [3, 2, 1]
        store.commit([create("runs", store.new_id(), {"from": 5, "to": 8})])
        store.commit([create("runs", store.new_id(), {"from": 1, "to": 3})])
        assert order(OrderTerm(("to",), minus=("from",))) == [5, 4, 1, 2, 3]

    def test_select_shows_numbers_in_documents(self, reopen: Reopen) -> None:
        """A run's number can be queried like what the document itself holds."""
        store = reopen()
        for value in range(3):
            store.commit([create("runs", store.new_id(), {"v": value})])
        query = (where("run_number") > 1) & (where("v") < 2)
        assert [doc for _, _, doc in store.select("runs", query)] == [{"v": 1, "run_number": 2}]

    def test_columns_read_a_whole_table(self, reopen: Reopen) -> None:
        """Fields come as they were written, None where a document lacks one."""
        store = reopen()
        docs: list[dict[str, Any]] = [
            {"a": {"x": math.nan, "y": [1, math.nan]}, "b": True, "rest": math.nan},
            {"a": {"x": math.inf}, "b": "t\u00e9xt"},
            {"b": 2**80},
            {"a": None, "b": math.nan},
        ]
        assert store.columns("runs", ["a", "b"]) == ([], [[], []])
        for doc in docs:
            store.commit([create("runs", store.new_id(), doc)])
        numbers, columns = store.columns("runs", ["a", "b"])
        assert numbers == [1, 2, 3, 4]
        assert repr(columns) == repr([[doc.get(name) for doc in docs] for name in "ab"])
        deeper = store.columns("runs", [("a", "x"), "rest", ("a", "y"), ("a", "none")])[1]
        assert repr(deeper) == repr(
            [
                [math.nan, math.inf, None, None],
                [math.nan, None, None, None],
                [[1, math.nan], None, None, None],
                [None] * 4,
            ]
        )
        order = [OrderTerm(("a", "x"), descending=True)]
        assert store.columns("runs", ["rest"], order_by=order)[0] == [2, 4, 3, 1]

    def test_select_leaves_out_and_passes_over(self, reopen: Reopen) -> None:
        """What counts is the order wanted; what is left out is not counted."""
        store = reopen()
        for place, key in enumerate("fbdaec"):
            store.commit([create("things", key, {"n": place % 4})])
        store.commit([remove("things", "d")])
        for order_by in ((), (OrderTerm(("n",)),), (OrderTerm(("n",), descending=True),)):
            for query in (None, where("n") < 3):
                whole = list(store.select("things", query, order_by=order_by))
                left = [found for found in whole if found[0] not in "ac"]
                found = store.select(
                    "things", query, order_by=order_by, but={"a", "c", "z"}, skip=1, limit=2
                )
                assert list(found) == left[1:3]
                assert not list(store.select("things", query, order_by=order_by, skip=9))

    def test_select_passes_over_what_is_found_now(self, reopen: Reopen) -> None:
        """Whoever changed, added or removed what since it was last passed over."""
        store, other = reopen(), reopen()
        ids = [store.new_id() for _ in range(6)]
        store.commit([create("runs", run_id, {"n": 1}) for run_id in ids[1:]])
        for ops in (
            [update("runs", ids[2], {"n": 0})],
            [create("runs", ids[0], {"n": 1})],
            [remove("runs", ids[5]), update("runs", ids[2], {"n": 1})],
            [update("runs", ids[4], {"n": 0})],
        ):
            for query in (where("n") == 1, where("run_number") > 1):
                for _ in range(2):
                    whole = list(store.select("runs", query))
                    assert list(store.select("runs", query, skip=2)) == whole[2:]
            other.commit(ops)

    def test_ids_of_a_table_come_oldest_first(self, reopen: Reopen) -> None:
        """Without those that were removed."""
        store = reopen()
        store.commit([create("things", key, {}) for key in "fbd"])
        store.commit([remove("things", "d")])
        assert store.ids("things") == ["b", "f"]
        assert store.ids("nothing") == []

    def test_stamp_of_a_table_changes_with_it(self, reopen: Reopen) -> None:
        """And with no other table; whoever makes the change."""
        store, other = reopen(), reopen()
        assert store.stamps() == {}
        store.commit([create("things", "a", {"n": 1}), create("others", "a", {})])
        before = store.stamps()
        assert store.stamps() == before
        for op in (update("things", "a", {"n": 2}), remove("things", "a")):
            other.commit([op])
            after = store.stamps()
            assert after["things"] != before["things"]
            assert after["others"] == before["others"]
            before = after
        assert other.stamps() == before

    def test_what_changed_after_a_stamp(self, reopen: Reopen) -> None:
        """Whoever changed it, and removed it; what is as it was is not named."""
        store, other = reopen(), reopen()
        assert store.changed("things", 0) == []
        store.commit([create("things", key, {"n": 1}) for key in "abc"])
        assert sorted(store.changed("things", 0)) == ["a", "b", "c"]
        before = store.stamps()["things"]
        assert store.changed("things", before) == []
        other.commit([update("things", "b", {"n": 2})])
        other.commit([remove("things", "c"), create("others", "a", {})])
        assert sorted(store.changed("things", before)) == ["b", "c"]
        assert store.changed("things", store.stamps()["things"]) == []

    def test_numbers_follow_creation(self, reopen: Reopen) -> None:
        """Runs are numbered by time of creation, whoever wrote them first."""
        store = reopen()
        first, second, third = (store.new_id() for _ in range(3))
        store.commit([create("runs", third, {})])
        assert store.number("runs", third) == 1
        store.commit([create("runs", first, {})])
        store.commit([create("runs", second, {})])
        assert [store.number("runs", i) for i in (first, second, third)] == [1, 2, 3]
        assert store.by_number("runs", 2) == second
        store.commit([remove("runs", first)])
        assert store.number("runs", third) == 3

    def test_exclusive_serialises_read_and_write(self, reopen: Reopen) -> None:
        """Counting up through several stores loses no step."""
        stores = [reopen() for _ in range(4)]
        stores[0].commit([create("things", "a", {"count": 0})])

        def count(store: Store) -> None:
            for _ in range(25):
                with store.exclusive():
                    doc = store.get("things", "a")
                    assert doc is not None
                    store.commit([update("things", "a", {"count": doc["count"] + 1})])

        _in_threads(count, stores)
        assert reopen().get("things", "a") == {"count": 100}

    def test_many_threads_write_at_once(self, reopen: Reopen) -> None:
        """Nothing is lost when threads share a store and others have their own."""
        shared = reopen()
        stores = [shared, shared, shared, reopen()]
        written: list[str] = []

        def write(store: Store) -> None:
            for number in range(50):
                doc_id = store.new_id()
                store.commit([create("things", doc_id, {"n": number})])
                assert store.get("things", doc_id) == {"n": number}
                written.append(doc_id)

        _in_threads(write, stores)
        found = {doc_id for doc_id, _, _ in reopen().select("things")}
        assert found == set(written)
        assert len(found) == 200

    # -- series --------------------------------------------------------------------------------

    def test_points_are_read_back(self, reopen: Reopen) -> None:
        """Points come back in order, with their run, key, context and time."""
        store = reopen()
        writer = store.series_writer
        stem = writer.place("R")
        loss = writer.announce(SeriesKey("R", "loss"), 1000, stem)
        acc = writer.announce(SeriesKey("R", "acc", (("split", "val"),)), 2000, stem)
        assert loss is not None
        assert acc is not None
        for step in range(100):
            assert writer.append(RECORD.pack(loss, step, step, step / 3), stem)
        assert writer.append(RECORD.pack(acc, 5, -7, math.nan), stem)
        found = {series.of.name: series for series in reopen().series_reader.read([stem])}
        assert found["loss"].values.tolist() == [step / 3 for step in range(100)]
        assert found["loss"].times.tolist() == list(range(1000, 1100))
        assert found["acc{split=val}"].steps.tolist() == [-7]
        assert math.isnan(found["acc{split=val}"].values[0])
        only = reopen().series_reader.read([stem], keys=["acc"])
        assert [series.of.name for series in only] == ["acc{split=val}"]

    def test_points_of_old_place_are_refused(self, reopen: Reopen) -> None:
        """A stem that is no longer current takes no points: they would be another series'."""
        writer = reopen().series_writer
        stem = writer.place("R")
        assert writer.announce(SeriesKey("R", "loss"), 0, "no/such") is None
        assert not writer.append(RECORD.pack(1, 0, 0, 0.0), "no/such")
        assert writer.announce(SeriesKey("R", "loss"), 0, stem) == 1

    # -- blobs ---------------------------------------------------------------------------------

    def test_blobs_are_kept_once(self, reopen: Reopen) -> None:
        """The same bytes have one digest and one file."""
        store = reopen()
        digest = store.blobs.put(b"some bytes")
        assert store.blobs.put(b"some bytes") == digest
        assert reopen().blobs.get(digest) == b"some bytes"
        assert [name for name, _ in store.blobs.all()] == [digest]

    # -- as a whole ----------------------------------------------------------------------------

    def test_verify_finds_nothing_wrong(self, reopen: Reopen) -> None:
        """A book that nobody harmed verifies."""
        store = reopen()
        store.commit([create("things", "a", {"digest": store.blobs.put(b"x")})])
        report = store.verify()
        assert report.ok
        assert report.findings == []
        assert (report.transactions, report.blobs) == (1, 1)

    def test_closed_store_opens_again(self, reopen: Reopen) -> None:
        """A store that was closed is used again as if it had not been."""
        store = reopen()
        store.commit([create("things", "a", {"x": 1})])
        store.close()
        store.commit([create("things", "b", {"x": 2})])
        assert store.count("things") == 2
        assert reopen().count("things") == 2


def _in_threads(work: Callable[[Store], None], stores: list[Store]) -> None:
    errors: list[BaseException] = []

    def guarded(store: Store) -> None:
        try:
            work(store)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
