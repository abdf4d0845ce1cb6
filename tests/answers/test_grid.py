from __future__ import annotations

import ast
import base64
import io
import json
import re
import sys
from typing import Any

import pandas as pd
import pytest

import cellbook as cb
from cellbook.answers import (
    ColumnsQuery,
    GridFileQuery,
    GridQuery,
    Reader,
    find_columns,
    show_grid,
    write_grid,
)
from cellbook.book import Book
from cellbook.errors import InvalidInput, MissingDependency
from cellbook.views import formatting
from tests.views.conftest import Log


@pytest.fixture
def ask(opened: Book, log: Log) -> Reader:
    log("one", {"lr": 0.1, "mix": "a"}, acc=[0.1, 0.5])
    log("two", {"lr": 0.01, "mix": 3}, acc=[0.2, 0.9], tags={"team": "=1+1"})
    log("a|b", {"lr": 0.001, "mix": [1, 2]}, acc=[0.3, 0.7])
    return Reader(opened)


def content(ask: Reader, **asked: Any) -> bytes:
    return base64.b64decode(write_grid(ask, GridFileQuery(**asked)).content)


def test_a_question_is_answered(ask: Reader) -> None:
    grid = show_grid(
        ask,
        GridQuery(
            query="metrics.acc > 0.6",
            order_by="metrics.`acc` ASC",
            columns='["metrics.acc"]',
            baseline="one",
            limit=1,
        ),
    )
    assert (grid.total, [row.name for row in grid.rows]) == (2, ["a|b"])
    assert [column.field for column in grid.columns] == ["metrics.`acc`"]
    assert grid.baseline is not None
    assert grid.rows[0].deltas == ("+0.2",)
    assert show_grid(ask, GridQuery(baseline="#77")).baseline is None
    assert "metrics.acc" in [one.key for one in find_columns(ask, ColumnsQuery()).columns]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (GridQuery(columns="acc"), "JSON array"),
        (GridQuery(columns="[1]"), "JSON array"),
        (GridQuery(columns="[" * 200_000), "JSON array"),
        (GridQuery(columns=str(["a"] * 301).replace("'", '"')), "at most 300"),
        (GridQuery(runs=("a",) * 10_001), "by a query"),
    ],
)
def test_what_cannot_be_asked_is_told(ask: Reader, query: GridQuery, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        show_grid(ask, query)
    with pytest.raises(InvalidInput, match="csv, markdown, parquet, code"):
        write_grid(ask, GridFileQuery("xlsx"))


def test_a_csv_has_whole_values_and_no_formulas(ask: Reader) -> None:
    frame = pd.read_csv(io.BytesIO(content(ask, format="csv", order_by="metrics.acc")))
    assert frame["run_name"].tolist() == ["one", "a|b", "two"]
    assert frame["metrics.acc"].tolist() == [0.5, 0.7, 0.9]
    assert frame["tags.team"].tolist()[2] == "'=1+1"


def test_a_csv_guards_texts_and_heads_but_no_numbers(opened: Book, log: Log) -> None:
    texts = {"a": "-3", "b": "+1.5e-3", "c": "-inf", "d": "-3+2", "e": "@x", "f": "-", "g": "-٣"}
    log("=1+1", {**texts, "=h": 1})
    file = write_grid(Reader(opened), GridFileQuery("csv"))
    frame = pd.read_csv(io.BytesIO(base64.b64decode(file.content)), dtype=str)
    kept = [frame[f"params.{name}"][0] for name in texts]
    assert kept == ["-3", "+1.5e-3", "-inf", "'-3+2", "'@x", "'-", "'-٣"]
    assert frame["run_name"][0] == "'=1+1"
    assert not any(head.startswith("=") for head in frame.columns)


def test_parquet_keeps_numbers_and_writes_mixed_params_as_text(ask: Reader) -> None:
    frame = pd.read_parquet(io.BytesIO(content(ask, format="parquet", order_by="metrics.acc")))
    assert frame["params.lr"].tolist() == [0.1, 0.001, 0.01]
    assert frame["params.mix"].tolist() == ["a", "[1, 2]", "3"]
    assert str(frame["start_time"].dtype).startswith("datetime64")


def test_parquet_without_its_library_says_what_brings_it(
    ask: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingDependency, match=r"cellbook\[tables\]"):
        content(ask, format="parquet")


def test_markdown_is_what_is_shown(ask: Reader) -> None:
    text = content(
        ask, format="markdown", columns='["metrics.acc","params.lr"]', baseline="one"
    ).decode()
    assert text.splitlines() == [
        "| run | acc | lr |",
        "| --- | ---: | ---: |",
        r"| #3 a\|b | 0.7000 ▲ +0.2 | 0.001 |",
        "| #2 two | 0.9000 ▲ +0.4 | 0.01 |",
        "| #1 one ★ | 0.5000 | 0.1 |",
    ]


def test_markdown_tells_goals_and_when_instead_of_how_long_ago(ask: Reader) -> None:
    ask.book.metrics.define("acc", goal=0.5, direction="more")
    columns = '["start_time","metrics.acc"]'
    short = content(ask, format="markdown", columns=columns).decode()
    assert "ago" not in short
    assert "just now" not in short
    assert formatting.stamp(ask.book.find_run("one").start_time) in short
    assert "◎" in short
    # What is compared goes another way, and says the same but for the differences.
    longer = content(ask, format="markdown", columns=columns, baseline="one").decode()
    plain = re.sub(r" [▲▼]? ?[+−][\d.e-]+| ★", "", longer)
    assert plain == short


@pytest.mark.parametrize("named", [False, True])
def test_the_code_makes_the_table(ask: Reader, named: bool) -> None:
    runs = tuple(ask.book.find_run(number).run_id for number in (2, 1, 3)) if named else ()
    asked = {
        "query": "metrics.acc > 0.4",
        "order_by": "" if named else "metrics.`acc` DESC",
        "runs": runs,
        "columns": '["metrics.acc","params.lr","state","notebook"]',
        "baseline": "one",
    }
    code = content(ask, format="code", **asked).decode()
    assert "# The run itself tells more: notebook." in code
    names: dict[str, Any] = {}
    cb.open(ask.book.url)
    exec(code, names)
    table = names["table"]
    wanted = pd.read_csv(io.BytesIO(content(ask, format="csv", **asked)))
    assert table.index.tolist() == wanted["run_number"].tolist()
    assert table["metrics.acc"].tolist() == wanted["metrics.acc"].tolist()
    assert table["params.lr"].tolist() == wanted["params.lr"].tolist()
    assert table.loc[2, "metrics.acc Δ"] == pytest.approx(0.4)


@pytest.mark.parametrize("name", ["x\nimport os", "x\rimport os", "x\u2028y", 'it\'s "so" \\'])
def test_no_name_gets_out_of_the_code(ask: Reader, name: str) -> None:
    columns = [f"environment.{name}", f"params.{name}", f"metrics.{name}"]
    code = content(
        ask,
        format="code",
        columns=json.dumps(columns),
        baseline="one",
        order_by=f"packages.{name} DESC",
    ).decode()
    assert "# Not in the order of" in code
    tree = ast.parse(code)
    assert [node.names[0].name for node in tree.body if isinstance(node, ast.Import)] == [
        "cellbook"
    ]
    names: dict[str, Any] = {}
    cb.open(ask.book.url)
    exec(code, names)
    assert names["table"].columns.tolist()[1:3] == columns[1:]
