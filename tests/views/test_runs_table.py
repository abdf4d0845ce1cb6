from __future__ import annotations

import gc
import math
import random
import time
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb import where

from cellbook.book import Book
from cellbook.errors import QuerySyntaxError
from cellbook.store import FolderStore, Op, Store, create, remove, update
from cellbook.views import find_records, search_runs
from tests.views.conftest import Log

BASE = [
    *("run_id", "run_number", "run_name", "experiment", "state"),
    *("start_time", "end_time", "duration"),
]


def names(store: Store, query: object = "", **options: object) -> list[str]:
    frame = search_runs(store, query, **options)  # type: ignore[arg-type]
    return list(frame["run_name"])


def test_search_of_empty_book_has_the_columns(store: Store) -> None:
    for query, named in (("", []), ("metrics.acc > 1", ["metrics.acc"])):
        frame = search_runs(store, query)
        assert list(frame.columns) == [*BASE, *named]
        assert len(frame) == 0
        assert str(frame["start_time"].dt.tz) == "UTC"


def test_search_without_a_match_has_the_columns_that_one_goes_on_with(
    store: Store, log: Log
) -> None:
    query = "metrics.f1 > 2 and tags.team != 'x'"
    empty = search_runs(store, query, order_by="params.depth")
    assert {"metrics.f1", "tags.team", "params.depth"} <= set(empty.columns)
    log(params={"lr": 0.1}, acc=0.5)
    found = search_runs(store, query)
    assert found.empty
    assert {"params.lr", "metrics.acc", "metrics.f1"} <= set(found.columns)
    assert found["metrics.acc"].dtype == float


def test_search_makes_a_column_a_name(store: Store, log: Log) -> None:
    first = log("first", {"lr": 0.1, "layers": [2, 3], "bn": True}, acc=[0.5, 0.75])
    log("second", {"lr": 1, "opt": "adam"}, loss=math.nan, tags={"user": "ada"})
    frame = search_runs(store)
    assert list(frame.columns) == [
        *(*BASE, "params.lr", "params.opt", "params.layers", "params.bn"),
        *("metrics.loss", "metrics.acc", "tags.user"),
    ]
    assert list(frame["run_number"]) == [2, 1]
    assert list(frame["params.lr"]) == [1, 0.1]
    assert frame["params.layers"][1] == [2, 3]
    assert frame["params.bn"][1] is True
    assert frame["metrics.acc"].dtype == "float64"
    assert frame["metrics.acc"][1] == 0.75
    assert frame["metrics.loss"].isna().all()
    assert frame["tags.user"][0] == "ada"
    assert frame["tags.user"].isna()[1]
    assert frame["start_time"][1] == pd.Timestamp(first.start_time, unit="ms", tz="UTC")
    assert frame["duration"][1] == first.duration
    assert frame["state"].tolist() == ["finished", "finished"]


def test_search_keeps_whole_numbers_that_only_some_runs_have(store: Store, log: Log) -> None:
    huge = 2**70
    log(params={"epochs": 40, "lr": 0.1, "on": True, "huge": huge, "mixed": 1})
    log(params={"epochs": 50, "mixed": "one"})
    log()
    frame = search_runs(store)
    assert frame["params.epochs"].dtype == "Int64"
    assert frame["params.epochs"].dropna().tolist() == [50, 40]
    assert ",40," in frame.to_csv()
    assert frame["params.lr"].dtype == "float64"
    assert frame["params.on"][2] is True
    assert frame["params.huge"][2] == huge
    assert frame["params.mixed"].dropna().tolist() == ["one", 1]


@pytest.mark.parametrize("limit", [None, 1000, 2])
def test_search_comes_newest_first_whichever_way_it_is_read(
    store: Store, log: Log, limit: int | None
) -> None:
    for number in range(3):
        log(f"r{number}", acc=[number])
    assert names(store, max_results=limit) == ["r2", "r1", "r0"][:limit]
    assert names(store, order_by="metrics.acc", max_results=limit) == ["r0", "r1", "r2"][:limit]
    assert names(store, "metrics.acc >= 0", max_results=limit) == ["r2", "r1", "r0"][:limit]


def test_search_orders_by_what_documents_lack(store: Store) -> None:
    for name, end in (("slow", 500), ("open", None), ("quick", 200)):
        doc = {"run_id": name, "run_name": name, "start_time": 100, "state": "finished"}
        store.commit([create("runs", store.new_id(), doc | ({"end_time": end} if end else {}))])
    assert names(store, order_by="duration") == ["quick", "slow", "open"]
    assert names(store, order_by="duration DESC", max_results=1) == ["slow"]
    assert names(store, order_by="run_number DESC") == ["quick", "open", "slow"]
    assert names(store, "#2") == ["open"]
    assert names(store, "run_number > 1 and end_time > 0") == ["quick"]


def test_search_leaves_out_what_is_hidden_unless_it_is_named(opened: Book, log: Log) -> None:
    for name in ("kept", "trashed", "archived"):
        log(name, acc=1)
    opened.runs.delete("trashed")
    opened.runs.change("archived", archived=True)
    store = opened.store
    assert (
        names(store) == names(store, max_results=1) == names(store, "metrics.acc = 1") == ["kept"]
    )
    assert names(store, where("metrics")["acc"] == 1) == ["kept"]
    assert names(store, "trashed IS NOT NULL") == ["trashed"]
    assert names(store, "archived = true") == ["archived"]
    assert names(store, where("archived") == True) == ["archived"]  # noqa: E712
    assert names(store, "not archived = true and run_name LIKE '%'") == ["kept"]
    assert names(store, "archived = true or trashed IS NULL") == ["archived", "kept"]
    assert names(store, "archived = true or trashed IS NOT NULL") == ["archived", "trashed"]
    opened.runs.restore("trashed")
    opened.runs.change("archived", archived=False)
    assert len(names(store)) == 3


def test_search_takes_any_tinydb_query(store: Store, log: Log) -> None:
    log("a", {"lr": 0.1})
    log("b", {"lr": 0.2})
    assert names(store, where("params")["lr"].test(lambda lr: lr > 0.15)) == ["b"]
    assert names(store, where("params").fragment({"lr": 0.1})) == ["a"]
    assert names(store, lambda doc: doc["run_name"] == "a") == ["a"]


def test_search_suggests_names_that_the_book_has(store: Store, log: Log) -> None:
    log(accuracy=0.5)
    with pytest.raises(QuerySyntaxError, match=r"metrics\.accuracy"):
        search_runs(store, "accuracy > 0.3")
    with pytest.raises(QuerySyntaxError, match=r"metrics\.accuracy"):
        search_runs(store, order_by="acuracy")


def test_search_takes_odd_documents(store: Store) -> None:
    odd = {"params": {"": 1, 'q"': 2**70, "x": None}, "metrics": {"m": math.inf}, "tags": {}}
    store.commit([create("runs", store.new_id(), {"run_id": "r", **odd})])
    for limit in (None, 1):
        frame = search_runs(store, max_results=limit)
        assert frame['params.q"'][0] == 2**70
        assert frame["params."][0] == 1
        assert frame["metrics.m"][0] == math.inf
        assert frame[["run_name", "start_time", "duration"]].isna().all(axis=None)


def test_search_finds_ten_thousand_params_of_one_run(store: Store, log: Log) -> None:
    log("plain")
    record = log("wide")
    params = {f"p{i}": i for i in range(10_000)}
    store.commit([update("runs", record.run_id, {"params": params})])
    frame = search_runs(store)
    assert frame.shape == (2, len(BASE) + 10_000)
    assert frame["params.p9999"][0] == 9999


def test_search_leaves_the_garbage_collector_as_it_was(store: Store, log: Log) -> None:
    log()
    search_runs(store)
    assert gc.isenabled()
    gc.disable()
    try:
        search_runs(store)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_records_are_found_with_their_numbers(store: Store, log: Log) -> None:
    first, second = log("a", acc=1), log("b", acc=2)
    assert find_records(store, order_by="metrics.acc") == [first, second]
    assert find_records(store, "metrics.acc > 1") == [second]


QUERIES = (
    "",
    "metrics.acc > 0.5",
    "not metrics.acc > 0.5",
    "metrics.acc > 0.2 and params.model = 'net'",
    "params.model IN ('net', 'forest')",
    "params.model IN (1, true)",
    "run_number > 3",
    "archived = true",
    "metrics.acc IS NULL or archived IS NOT NULL",
    "forest",
)


@given(
    query=st.sampled_from(QUERIES),
    order_by=st.sampled_from([None, "metrics.acc", "params.model DESC"]),
    size=st.integers(1, 8),
    rnd=st.randoms(use_true_random=False),
)
def test_pages_are_of_the_list_as_it_is_now(
    tmp_path_factory: pytest.TempPathFactory,
    query: str,
    order_by: str | None,
    size: int,
    rnd: random.Random,
) -> None:
    """So that without a change in between they make up the whole list."""
    root = tmp_path_factory.mktemp("book") / ".cellbook"
    store, other = FolderStore(root), FolderStore(root)
    store.commit([a_run(store, rnd) for _ in range(20)])
    for offset in range(0, 25, size):
        if rnd.random() < 0.3:
            changed = rnd.choice(store.ids("runs"))
            changes = [a_run(store, rnd), update("runs", changed, values(rnd))]
            other.commit([rnd.choice([*changes, remove("runs", changed)])])
        whole = find_records(store, query, order_by=order_by)
        page = find_records(store, query, order_by=order_by, max_results=size, offset=offset)
        assert page == whole[offset : offset + size]
    store.close()
    other.close()


def a_run(store: FolderStore, rnd: random.Random) -> Op:
    run_id = store.new_id()
    fixed = {"run_id": run_id, "run_name": "run", "experiment": "all", "state": "finished"}
    return create("runs", run_id, {**fixed, "start_time": rnd.randrange(9), **values(rnd)})


def values(rnd: random.Random) -> dict[str, Any]:
    return {
        "params": {"model": rnd.choice(["net", "forest", 1, "1", True])},
        "metrics": rnd.choice([{}, {"acc": 0.1}, {"acc": 0.4}, {"acc": 0.9}]),
        "archived": rnd.random() < 0.1,
    }


def test_page_is_of_the_time_it_is_now(store: Store, log: Log) -> None:
    records = [log(f"run {number}") for number in range(3)]
    start = time.time_ns() // 1_000_000 + 1_000
    store.commit([update("runs", record.run_id, {"start_time": start}) for record in records])
    assert find_records(store, "start_time < now", offset=1) == []
    deadline = time.monotonic() + 20
    while not (found := find_records(store, "start_time < now", offset=1)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert [record.run_name for record in found] == ["run 1", "run 0"]


def test_page_of_a_query_in_python(store: Store, log: Log) -> None:
    records = [log(f"run {number}", {"opt": {"lr": number % 2}}) for number in range(6)]
    odd = where("params").opt.fragment({"lr": 1})
    nowhere = where("tags").opt.fragment({"lr": 1})
    assert find_records(store, odd, offset=1) == [records[3], records[1]]
    assert find_records(store, nowhere, offset=1) == []
    assert find_records(store, odd, max_results=1, offset=1) == [records[3]]
