from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from cellbook.book import Book
from cellbook.records import RunState
from cellbook.store import Store, create, update
from cellbook.views import CompareRow, Group, RunComparison, Verdict, compare_runs, find_records
from tests.views.conftest import Log


def row(comparison: RunComparison, name: str) -> CompareRow:
    (found,) = [row for row in comparison.rows if row.name == name]
    return found


def texts(comparison: RunComparison, name: str) -> list[str]:
    return [cell.text for cell in row(comparison, name).cells]


def deltas(comparison: RunComparison, name: str) -> list[tuple[str, str]]:
    return [(cell.delta, cell.verdict.value) for cell in row(comparison, name).cells]


def test_compare_says_what_is_better(store: Store, log: Log) -> None:
    records = [log(acc=0.9412, loss=0.5, x=1.0), log(acc=0.953, loss=0.75, x=3.0)]
    comparison = compare_runs(store, records)
    assert texts(comparison, "acc") == ["0.9412", "0.9530"]
    assert deltas(comparison, "acc") == [("", ""), ("+0.0118", "better")]
    assert deltas(comparison, "loss") == [("", ""), ("+0.25", "worse")]
    assert deltas(comparison, "x") == [("", ""), ("+2", "")]
    other = compare_runs(store, records, baseline=1)
    assert deltas(other, "acc") == [("−0.0118", "worse"), ("", "")]
    assert row(comparison, "acc").cells[1].full == "0.953"


def test_compare_has_no_delta_where_a_number_is_missing(store: Store, log: Log) -> None:
    records = [log(acc=math.nan), log(acc=1.0), log(loss=1.0), log(acc=math.inf)]
    comparison = compare_runs(store, records)
    assert deltas(comparison, "acc") == [("", "")] * 4
    assert texts(comparison, "acc") == ["NaN", "1", "—", "∞"]
    assert row(comparison, "loss").cells[0].missing


def test_compare_params_by_kind_and_value(store: Store, log: Log) -> None:
    shared: dict[str, Any] = {"same": [1, 2], "nan": math.nan}
    records = [
        log(params={**shared, "one": 1, "lr": 0.1, "long": "a" * 3000}),
        log(params={**shared, "one": True, "lr": 0.10000001, "only": "here"}),
    ]
    comparison = compare_runs(store, records)
    differing = [row.name for row in comparison.differing if row.group is Group.PARAMS]
    assert differing == ["one", "lr", "long", "only"]
    assert row(comparison, "lr").numeric
    assert not row(comparison, "one").numeric
    assert row(comparison, "lr").cells[1].full == "0.10000001"
    long = row(comparison, "long").cells[0]
    assert len(long.text) == 60
    assert long.full == "a" * 3000
    assert row(comparison, "only").cells[0].missing


def test_compare_durations_by_factor_where_runs_came_to_their_end(store: Store) -> None:
    def run(seconds: float | None, state: str = "finished") -> str:
        run_id = store.new_id()
        doc = {"run_id": run_id, "run_name": "r", "experiment": "e", "start_time": 0}
        end = {} if seconds is None else {"end_time": round(seconds * 1000)}
        store.commit([create("runs", run_id, {**doc, "state": state, **end})])
        return run_id

    for seconds in (134.0, 362.0, 140.0, 60.0):
        run(seconds)
    run(1.0, "failed")
    run(None, "running")
    records = find_records(store, order_by="run_number")
    comparison = compare_runs(store, records, now=5_000)
    assert texts(comparison, "duration")[:3] == ["2 m 14 s", "6 m 02 s", "2 m 20 s"]
    assert texts(comparison, "duration")[5] == "5.0 s"
    assert deltas(comparison, "duration") == [
        ("", ""),
        ("×2.7", "worse"),
        ("", ""),
        ("×0.45", "better"),
        ("", ""),
        ("", ""),
    ]
    assert comparison.runs[5].state is RunState.RUNNING
    failed_base = compare_runs(store, records, baseline=4)
    assert {cell.delta for cell in row(failed_base, "duration").cells} == {""}


def test_compare_environments(opened: Book, log: Log) -> None:
    records = [log("a"), log("b"), log("c")]
    patch = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-1\n+2\n"
    git = {"commit": "0123456789abcdef", "branch": "main", "dirty": True, "patch": patch}
    first = {"environment_id": "e1", "python": "3.11.7", "memory": 8_000_000_000, "git": git}
    second = {"environment_id": "e2", "python": "3.12.1", "gpus": ["H200", "H200"]}
    packages = {"numpy": "2.4.6", "torch": "2.13.0"}
    opened.store.commit(
        [
            create("environments", "e1", {**first, "packages": packages}),
            create("environments", "e2", {**second, "packages": {"numpy": "2.4.6"}}),
            update("runs", records[0].run_id, {"environment": "e1"}),
            update("runs", records[1].run_id, {"environment": "e2"}),
            create("sessions", "none", {"environment": None}),
            update("runs", records[2].run_id, {"session": "none"}),
        ]
    )
    comparison = compare_runs(opened.store, [opened.find_run(name) for name in "abc"])
    assert texts(comparison, "python") == ["CPython 3.11.7", "CPython 3.12.1", "—"]
    assert texts(comparison, "commit") == ["0123456789ab", "—", "—"]
    assert texts(comparison, "uncommitted changes") == ["2 lines", "—", "—"]
    assert texts(comparison, "memory") == ["8.0 GB", "—", "—"]
    assert texts(comparison, "GPU") == ["—", "H200, H200", "—"]
    assert texts(comparison, "torch") == ["2.13.0", "—", "—"]
    two = compare_runs(opened.store, [opened.find_run(name) for name in "ab"])
    assert "numpy" not in [row.name for row in two.rows]


def test_compare_one_run_and_none(store: Store, log: Log) -> None:
    one = compare_runs(store, [log("only", {"lr": 1}, acc=[1, 2])])
    assert one.differing == ()
    assert one.metrics == ("acc",)
    assert one.runs[0].label == "#1 only"
    none = compare_runs(store, [])
    assert (none.rows, none.runs, none.metrics) == ((), (), ())


def test_compare_names_metrics_that_have_curves(store: Store, log: Log) -> None:
    records = [log(acc=[1, 2], final=1), log(acc=[1, 2], loss=[3, 4])]
    assert compare_runs(store, records).metrics == ("acc", "loss")


def test_compare_start_tells_nothing(store: Store, log: Log) -> None:
    two = [log(), log()]
    comparison = compare_runs(store, two)
    assert not row(comparison, "started").differs
    assert row(comparison, "state").same
    later = [replace(record, start_time=5000 * n) for n, record in enumerate(two)]
    comparison = compare_runs(store, later)
    assert not row(comparison, "started").same
    assert "more hidden: " in comparison.rest_text
    assert Verdict.NONE.value == ""
