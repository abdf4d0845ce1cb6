from __future__ import annotations

import gc
import math

import pandas as pd
import pytest
from tinydb import where

from cellbook.book import Book
from cellbook.errors import QuerySyntaxError
from cellbook.store import Store, create, update
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
    for query in ("", "metrics.acc > 1"):
        frame = search_runs(store, query)
        assert list(frame.columns) == BASE
        assert len(frame) == 0
        assert str(frame["start_time"].dt.tz) == "UTC"


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
