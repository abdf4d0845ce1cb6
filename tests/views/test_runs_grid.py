from __future__ import annotations

import math
import time
from typing import Any

import pytest

from cellbook.book import Book
from cellbook.errors import QuerySyntaxError
from cellbook.records import Environment, to_doc
from cellbook.store import Store, create, update
from cellbook.views import grid_columns as columns_room
from cellbook.views.comparison import compare_runs
from cellbook.views.grid_files import grid_file
from cellbook.views.runs_grid import GridQuery, GridRow, RunsGrid, grid_columns, runs_grid
from cellbook.views.runs_table import find_records
from tests.views.conftest import Log


def keys(grid: RunsGrid) -> list[str]:
    return [column.key for column in grid.columns]


def names(grid: RunsGrid) -> list[str]:
    return [row.name for row in grid.rows]


def shown(grid: RunsGrid, row: GridRow, key: str) -> str | None:
    return row.texts[keys(grid).index(key)]


@pytest.fixture
def three(log: Log) -> None:
    log("one", {"lr": 0.1, "seed": 7}, acc=[0.1, 0.5], loss=3.0, tags={"team": "a"})
    log("two", {"lr": 0.01, "seed": 7}, acc=[0.2, 0.9], tags={"team": "b"})
    log("three", {"lr": 0.001, "seed": 7, "deep": [1, 2]}, acc=[0.3, 0.7], tags={"team": "b"})


@pytest.mark.usefixtures("three")
def test_only_what_differs_is_shown_at_first(store: Store) -> None:
    grid = runs_grid(store, GridQuery())
    assert names(grid) == ["three", "two", "one"]
    assert grid.total == 3
    assert "params.seed" not in keys(grid)
    assert keys(grid)[:5] == ["spark", "metrics.acc", "metrics.loss", "params.lr", "params.deep"]
    assert {"duration", "start_time", "state", "tags.team"} <= set(keys(grid))
    assert "experiment" not in keys(grid)
    assert len(grid.rows[0].spark) == 2
    assert shown(grid, grid.rows[1], "metrics.acc") == "0.9000"
    assert shown(grid, grid.rows[1], "metrics.loss") is None
    every = runs_grid(store, GridQuery(everything=True))
    assert {"params.seed", "experiment"} <= set(keys(every))
    assert runs_grid(store, GridQuery(query="one")).total == 1
    assert "params.seed" in keys(runs_grid(store, GridQuery(query="#1")))


@pytest.mark.usefixtures("three")
def test_pages_of_one_order_make_up_the_table(store: Store) -> None:
    asked = GridQuery(order_by="metrics.acc DESC")
    whole = runs_grid(store, asked)
    assert names(whole) == ["two", "three", "one"]
    assert whole.order is not None
    assert (whole.order.key, whole.order.descending) == ("metrics.acc", True)
    pages = [runs_grid(store, asked, offset=place, limit=1) for place in range(3)]
    assert [name for page in pages for name in names(page)] == names(whole)
    assert not runs_grid(store, asked, offset=3).rows
    assert names(runs_grid(store, GridQuery(order_by="duration"), limit=1))
    assert runs_grid(store, GridQuery(order_by="metrics.acc DESC", most=2)).total == 2


@pytest.mark.usefixtures("three")
def test_named_runs_stand_in_their_order(opened: Book) -> None:
    ids = tuple(opened.find_run(number).run_id for number in (2, 1))
    grid = runs_grid(opened.store, GridQuery(runs=ids))
    assert names(grid) == ["two", "one"]
    assert grid.order is None
    assert names(runs_grid(opened.store, GridQuery(runs=ids, query="metrics.acc > 0.6"))) == ["two"]
    assert names(runs_grid(opened.store, GridQuery(runs=ids, order_by="run_number"))) == [
        "one",
        "two",
    ]


@pytest.mark.usefixtures("three")
def test_others_are_better_or_worse_than_the_baseline(opened: Book) -> None:
    baseline = opened.find_run(3)
    asked = GridQuery(columns=("metrics.acc", "params.lr"))
    grid = runs_grid(opened.store, asked, baseline=baseline)
    assert grid.baseline is not None
    assert grid.baseline.name == "three"
    assert grid.baseline.deltas == ("", "")
    found = {row.name: (row.deltas[0], row.verdicts[0].value) for row in grid.rows}
    assert found == {"one": ("−0.2", "worse"), "two": ("+0.2", "better"), "three": ("", "")}
    # It stays, whatever is looked for.
    none = runs_grid(opened.store, GridQuery(query="metrics.acc > 3"), baseline=baseline)
    assert none.baseline is not None
    assert none.total == 0


@pytest.mark.usefixtures("three")
def test_chosen_columns_are_shown_in_their_order(store: Store) -> None:
    asked = GridQuery(columns=("tags.team", "metrics.acc", "metrics.acc", "params.gone", "nothing"))
    grid = runs_grid(store, asked)
    assert keys(grid) == ["tags.team", "metrics.acc", "params.gone", "nothing"]
    assert grid.rows[0].texts == ("b", "0.7000", None, None)
    found = grid_columns(store, GridQuery(), "params e", 1)
    assert [column.name for column in found.columns] == ["deep"]
    assert found.total == 2


def test_columns_of_thousands_are_found_by_name(store: Store, log: Log) -> None:
    log("wide", {f"p{place}": place for place in range(3000)})
    log("wider", {f"p{place}": place + 1 for place in range(3000)})
    begun = time.monotonic()
    grid = runs_grid(store, GridQuery())
    assert len(grid.columns) <= columns_room.SHOWN
    assert grid.known > 3000
    found = grid_columns(store, GridQuery(), "p2999", 10)
    assert [column.key for column in found.columns] == ["params.p2999"]
    assert time.monotonic() - begun < 20


def test_odd_values_are_shown_and_cut(store: Store, log: Log) -> None:
    odd = log("odd", {"lr": math.nan}, acc=math.inf, loss=math.nan)
    store.commit([update("runs", odd.run_id, {"params": {"text": "x" * 10_000_000}})])
    log("<script>", {"text": "<b>", "lr": True}, acc=1.0, loss=math.nan)
    grid = runs_grid(store, GridQuery(everything=True))
    assert "<script>" in names(grid)
    row = grid.rows[1]
    place = keys(grid).index("params.text")
    assert len(row.texts[place] or "") <= 60
    assert len(row.full[place]) == 2_000
    assert shown(grid, row, "metrics.acc") == "∞"
    assert shown(grid, row, "metrics.loss") == "NaN"
    # NaN is the same as NaN.
    assert "metrics.loss" not in keys(runs_grid(store, GridQuery()))


@pytest.mark.parametrize("field", ["query", "order_by"])
def test_a_mistake_points_at_its_place(store: Store, log: Log, field: str) -> None:
    log()
    with pytest.raises(QuerySyntaxError) as caught:
        runs_grid(store, GridQuery(**{field: "metrics.acc >" if field == "query" else "nothing"}))
    assert str(caught.value).splitlines()[-1].strip().startswith("^")


def test_what_the_trash_and_the_archive_hold_is_no_row(opened: Book, log: Log) -> None:
    record = log("gone")
    log("there")
    opened.runs.change(record, archived=True)
    assert names(runs_grid(opened.store, GridQuery())) == ["there"]
    assert names(runs_grid(opened.store, GridQuery(query="archived = true"))) == ["gone"]


def test_environments_are_columns_to_sort_by(opened: Book, log: Log) -> None:
    opened.close()
    for version in ("3.11", "3.9", "3.10"):
        record = log(version)
        environment = Environment(version, version, packages={"numpy": version, "same": "1"})
        opened.store.commit(
            [
                create("environments", version, to_doc(environment)),
                update("runs", record.run_id, {"environment": version}),
            ]
        )
    grid = runs_grid(opened.store, GridQuery(order_by="environment.python"))
    assert names(grid) == ["3.9", "3.10", "3.11"]
    assert shown(grid, grid.rows[0], "environment.python") == "CPython 3.9"
    assert shown(grid, grid.rows[0], "packages.numpy") == "3.9"
    assert "packages.same" not in keys(grid)
    asked = GridQuery(order_by="packages.numpy DESC")
    assert names(runs_grid(opened.store, asked)) == ["3.11", "3.10", "3.9"]


def test_an_empty_table_says_why(store: Store, log: Log) -> None:
    assert runs_grid(store, GridQuery()).empty_book
    log("one", acc=1.0)
    none = runs_grid(store, GridQuery(query="metrics.acd > 0"))
    assert not none.empty_book
    assert "metrics.acc" in none.hint


def test_a_running_run_changes_its_row(opened: Book) -> None:
    run = opened.start_run("live", params={"lr": 1})
    run.log_metric("loss", 1.0, 0)
    asked = GridQuery()

    def value() -> Any:
        opened.refresh()
        grid = runs_grid(opened.store, asked)
        return shown(grid, grid.rows[0], "metrics.loss"), len(grid.rows[0].spark)

    run.log_metric("loss", 0.5, 1)
    assert value() == ("0.5000", 2)
    run.log_metric("loss", 0.25, 2)
    assert value() == ("0.2500", 3)
    run.end()


def test_a_metric_is_its_score(opened: Book, log: Log) -> None:
    opened.metrics.define("loss", direction="less", score="min")
    log("one", loss=[0.1, 0.5])
    log("two", loss=[0.3, 0.2])
    grid = runs_grid(opened.store, GridQuery(order_by="metrics.loss"), baseline=opened.find_run(1))
    assert names(grid) == ["one", "two"]
    assert grid.order is not None
    assert grid.order.key == "metrics.loss"
    assert [shown(grid, row, "metrics.loss") for row in grid.rows] == ["0.1000", "0.2000"]
    assert grid.rows[1].verdicts[keys(grid).index("metrics.loss")].value == "worse"


def test_a_run_that_cannot_be_read_is_told_and_takes_no_other_away(store: Store, log: Log) -> None:
    log("one", {"lr": 1}, acc=1.0)
    log("two", {"lr": 2}, acc=2.0)
    store.commit(
        [
            create("runs", "lacking", {"run_id": "lacking", "start_time": 5}),
            create("runs", "nameless", {"state": "finished", "metrics": {"acc": 1}}),
            create(
                "runs", "odd", {**to_doc(find_records(store)[0]), "params": [1], "run_id": "odd"}
            ),
        ]
    )
    for asked in (
        GridQuery(),
        GridQuery(query="start_time > 0 or metrics.acc = 1"),
        GridQuery(order_by="params.lr DESC"),
    ):
        grid = runs_grid(store, asked)
        assert (names(grid), grid.total) == (["two", "one"], 2)
        assert grid.note == "3 runs could not be read: #3, #4, #5. `cellbook show 3` says why."
    assert [record.run_name for record in find_records(store)] == ["two", "one"]
    assert runs_grid(store, GridQuery(query="run_id = lacking")).note.startswith(
        "1 run could not be read: #3."
    )
    assert not runs_grid(store, GridQuery(query="params.lr = 2")).note


def test_a_query_relative_to_now_is_asked_anew(
    store: Store, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    log("one")
    asked = GridQuery(query='start_time > "1 hour ago"')
    assert names(runs_grid(store, asked)) == ["one"]
    later = time.time_ns() + 2 * 3600 * 10**9
    monkeypatch.setattr(time, "time_ns", lambda: later)
    assert not runs_grid(store, asked).rows


@pytest.mark.parametrize("values", [([1], [True]), ([1], [1.0]), (0.0, -0.0), (1, True)])
def test_what_differs_is_what_differs_in_a_comparison(
    opened: Book, log: Log, values: tuple[Any, Any]
) -> None:
    for value in values:
        log("run", {"p": value, "nan": [math.nan]})
    opened.refresh()
    rows = compare_runs(opened.store, [opened.find_run(1), opened.find_run(2)]).rows
    wanted = {row.name: row.differs for row in rows if row.group == "Params"}
    columns = runs_grid(opened.store, GridQuery(everything=True)).columns
    found = {column.name: column.differs for column in columns if column.group == "Params"}
    assert found == wanted == {"p": True, "nan": False}


def test_goals_are_told_as_a_comparison_tells_them(opened: Book, log: Log) -> None:
    low, high = log("low", acc=0.5), log("high", acc=0.9)
    opened.metrics.define("acc", goal=0.8, direction="more")
    grid = runs_grid(opened.store, GridQuery())
    at = keys(grid).index("metrics.acc")
    assert [row.reached[at] for row in grid.rows] == [True, False]
    assert [row.reached[keys(grid).index("duration")] for row in grid.rows] == [None, None]
    compared = compare_runs(opened.store, [high, low])
    assert [cell.reached for cell in compared.rows[0].cells] == [True, False]


def test_data_sets_are_columns_and_rows(opened: Book) -> None:
    for name, digest in (("one", "aaa"), ("two", "bbb")):
        with opened.start_run(name) as run:
            run.log_input("digits", digest, role="train")
            run.log_input("digits", "aaa", role="test")
    grid = runs_grid(opened.store, GridQuery())
    assert "data.digits" in keys(grid)
    assert [shown(grid, row, "data.digits") for row in grid.rows] == [
        "@1 test, @2 train",
        "@1 test, train",
    ]
    records = find_records(opened.store)
    row = next(one for one in compare_runs(opened.store, records).rows if one.key == "data.digits")
    assert [cell.text for cell in row.cells] == ["@1 test, @2 train", "@1 test, train"]
    assert grid_columns(opened.store, GridQuery(), "digits", 9).total == 1
    with opened.start_run("three"):
        pass
    asked = GridQuery(columns=("data.digits", "data.gone"))
    assert runs_grid(opened.store, asked).rows[0].texts == (None, None)


def test_rows_of_a_comparison_name_the_columns_that_say_the_same(store: Store, log: Log) -> None:
    log("one", {"lr": 1}, acc=1.0, tags={"team": "a"})
    log("two", {"lr": 2}, acc=2.0)
    rows = compare_runs(store, find_records(store)).rows
    grid = runs_grid(store, GridQuery(columns=tuple(row.key for row in rows)))
    for row, column in zip(rows, grid.columns, strict=True):
        assert (row.name, row.group) == (column.name, column.group)


def test_runs_that_were_named_are_there_wherever_they_lie(opened: Book, log: Log) -> None:
    ids = tuple(log(name, {"lr": lr}).run_id for lr, name in enumerate(("one", "two", "three")))
    opened.runs.change(1, trashed=True)
    opened.runs.change(2, archived=True)
    grid = runs_grid(opened.store, GridQuery(runs=ids))
    assert names(grid) == ["one", "two", "three"]
    assert [(row.trashed, row.archived) for row in grid.rows] == [
        (True, False),
        (False, True),
        (False, False),
    ]
    assert names(runs_grid(opened.store, GridQuery())) == ["three"]
    asked = GridQuery(runs=ids, columns=("params.lr",))
    baseline = opened.find_run(1)
    _, _, code = grid_file(opened.store, asked, "code", baseline=baseline, now=0)
    lines = code.decode().replace("import cellbook as cb", "")
    found: dict[str, Any] = {"cb": opened}
    exec(lines, found)
    assert list(found["table"]["params.lr"]) == [0, 1, 2]
