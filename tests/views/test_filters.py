from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import QuerySyntaxError
from cellbook.store.base import OrderTerm
from cellbook.store.encoding import encode_body
from cellbook.store.narrow import narrow
from cellbook.views.filters import parse_filter, parse_order

NOW = 1_795_000_000_000
MINUTE = 60_000
RUNS: list[dict[str, Any]] = [
    {
        "run_number": 1,
        "run_id": "01A",
        "run_name": "baseline",
        "experiment": "mnist",
        "state": "finished",
        "start_time": NOW - 600 * MINUTE,
        "end_time": NOW - 598 * MINUTE,
        "params": {"lr": 0.01, "opt": "adam", "layers": [64, 32], "bias": True, "drop": None},
        "metrics": {"acc": 0.9, "val/acc": 0.8, "loss": math.inf},
        "tags": {"user": "ada", "version": "2"},
        "archived": True,
    },
    {
        "run_number": 2,
        "run_id": "01B",
        "run_name": "wide-net 100%",
        "experiment": "mnist",
        "state": "failed",
        "start_time": NOW - 60 * MINUTE,
        "end_time": NOW - 30 * MINUTE,
        "params": {
            "lr": "0.01",
            "opt": "SGD",
            "bias": "False",
            "model.lr": 3,
            "a b": 1,
            "drop": "None",
        },
        "metrics": {"acc": math.nan, "loss": 0.25},
        "tags": {"user": "Lin", "note's": "it's wide"},
        "description": "Twice as wide.\nSecond line",
        "parent": "01A",
    },
    {
        "run_number": 3,
        "run_id": "01C",
        "run_name": "wip",
        "experiment": "cifar",
        "state": "stopped",
        "start_time": NOW,
        "params": {"lr": 1, "opt": "sgd", "bias": False},
        "metrics": {"acc": 0.95, "loss": -0.5, "été": 1.0},
        "tags": {},
    },
]


def find(query: str) -> list[int]:
    """The numbers of the runs found; narrowing must leave them all."""
    test = parse_filter(query, now=NOW)
    found = [run["run_number"] for run in RUNS if test is None or test(run)]
    condition = narrow(test, {"run_number": "num"}) or "1"
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE runs (num INTEGER, body TEXT)")
        connection.executemany(
            "INSERT INTO runs VALUES (?, ?)",
            [(run["run_number"], encode_body(run)) for run in RUNS],
        )
        kept = {num for (num,) in connection.execute(f"SELECT num FROM runs WHERE {condition}")}
    assert kept.issuperset(found)
    return found


# -- fields and comparisons ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3]),
        ("  \n ", [1, 2, 3]),
        ("''", [1, 2, 3]),
        # metrics
        ("metrics.acc > 0.9", [3]),
        ("metric.acc>=.9", [1, 3]),
        ("metrics.acc = 0.9", [1]),
        ("metrics.acc == '0.9'", [1]),
        ("metrics.acc != 0.9", [2, 3]),
        ("metrics.acc <> 9e-1", [2, 3]),
        ("metrics.acc = nan", [2]),
        ("metrics.acc != NaN", [1, 3]),
        ("metrics.acc > nan", []),
        ("not metrics.acc > 0", [2]),
        ("metrics.loss < 0", [3]),
        ("metrics.loss = inf", [1]),
        ("metrics.loss > -inf and metrics.loss <= +1", [2, 3]),
        ("metrics.val/acc = 0.8", [1]),
        ("metrics.`val/acc` < 1", [1]),
        ('METRICS."val/acc" < 1', [1]),
        ("`metrics.val/acc` < 1", [1]),
        ("metrics.été = 1", [3]),
        ("metrics.nothing != 1", []),
        ("metrics.val/acc IS NULL", [2, 3]),
        ("metrics.acc is not null", [1, 2, 3]),
        ("metrics.acc = null", []),
        ("metrics.acc in (0.9, .95)", [1, 3]),
        ("metrics.acc NOT IN (0.9)", [2, 3]),
        ("metrics.acc IN (0.9, nan)", [1, 2]),
        ("metrics.acc between 0.9 and 0.94", [1]),
        ("metrics.acc not between 0.9 and 0.94", [2, 3]),
        # params
        ("params.lr = 0.01", [1, 2]),
        ("params.lr = '0.01'", [1, 2]),
        ("param.lr = '0.010'", [1]),
        ("parameters.lr != 0.01", [3]),
        ("parameter.lr < 0.1", [1, 2]),
        ("params.lr >= '0.5'", [3]),
        ("params.opt = adam", [1]),
        ('params.opt = "adam"', [1]),
        ("params.opt != 'adam'", [2, 3]),
        ("params.opt > 'a'", [1, 3]),
        ("params.opt > 5", []),
        ("params.opt LIKE 'sg%'", [3]),
        ("params.opt ILIKE 's__'", [2, 3]),
        ("params.opt NOT LIKE 'sg%'", [1, 2]),
        ("params.lr LIKE '0.%'", [1, 2]),
        ("params.layers = '[64, 32]'", [1]),
        ("params.layers LIKE '%64%'", [1]),
        ("params.layers > 'a'", []),
        ("params.layers != 3", [1]),
        ("params.bias = true", [1]),
        ("params.bias = 'False'", [2, 3]),
        ("params.bias != false", [1]),
        ("params.bias = 1", []),
        ("params.bias LIKE 'F%'", [2, 3]),
        ("params.drop IS NULL", [1, 3]),
        ("params.drop = 'None'", [2]),
        ("params.drop != 'x'", [2]),
        ("params.model.lr = 3", [2]),
        ("params.`a b` = 1", [2]),
        ('params."a b" = 1', [2]),
        ("params.lr IN ('1', 0.01)", [1, 2, 3]),
        # tags
        ("tags.user = 'ada'", [1]),
        ("tag.user ilike 'L%'", [2]),
        ("tags.version = 2", [1]),
        ("tags.version >= 1.5", [1]),
        ("tags.`note's` = 'it''s wide'", [2]),
        ("tags.user IS NULL", [3]),
        # attributes
        ("run_name = 'baseline'", [1]),
        ("name = baseline", [1]),
        ("attributes.run_name = 'baseline'", [1]),
        ("attr.name = 'baseline' or run.run_name = wip", [1, 3]),
        ("attribute.`run_name` != baseline", [2, 3]),
        ("run_name LIKE 'w%'", [2, 3]),
        (r"run_name LIKE '%\%'", [2]),
        (r"run_name LIKE '%\_%'", []),
        ("run_name NOT ILIKE '%NET%'", [1, 3]),
        ("run_name < 'c'", [1]),
        ("experiment IN ('mnist', 'x')", [1, 2]),
        ("experiment NOT IN (cifar)", [1, 2]),
        ("description LIKE 'Twice%line'", [2]),
        ("description IS NULL", [1, 3]),
        ("description != 'x'", [2]),
        ("parent = '01A'", [2]),
        ("parent > ''", [2]),
        ("run_id IN ('01A', '01C')", [1, 3]),
        ("state = finished", [1]),
        ("status = 'FINISHED'", [1]),
        ("attributes.status = 'KILLED'", [3]),
        ("state != 'Failed'", [1, 3]),
        ("state IN (failed, KILLED)", [2, 3]),
        ("status IN ('RUNNING', 'SCHEDULED')", []),
        ("state LIKE 'FIN%'", [1]),
        ("archived = true", [1]),
        ("archived = false", [2, 3]),
        ("archived != true", [2, 3]),
        ("archived IS NULL", []),
        ("archived IS NOT NULL", [1, 2, 3]),
        ("trashed IS NULL", [1, 2, 3]),
        # numbers
        ("#2", [2]),
        ("not #2", [1, 3]),
        ("#1 or #3", [1, 3]),
        ("number = 2", [2]),
        ("run_number > 1", [2, 3]),
        ("number IN (1, 3, 7)", [1, 3]),
        # times
        (f"start_time = {NOW}", [3]),
        (f"start_time != {NOW}", [1, 2]),
        (f"created < {NOW}", [1, 2]),
        (f"start_time <= {NOW - 60 * MINUTE}", [1, 2]),
        ("start_time > '2h ago'", [2, 3]),
        ("start_time > 2 hours ago and experiment = cifar", [3]),
        ("start_time < 1 h ago", [1]),
        ("start_time >= now", [3]),
        ("end_time IS NULL", [3]),
        ("end_time < now", [1, 2]),
        ("end_time != 5", [1, 2]),
        ("duration < 3m", [1]),
        ("duration = 120", [1]),
        ("duration >= '0.5h'", [2]),
        ("duration != 2 m 0 s", [2]),
        ("duration IS NULL", [3]),
        ("duration between 1m and 1h", [1, 2]),
        # together
        ("metrics.acc > 0.8 AND params.opt = 'sgd'", [3]),
        ("metrics.acc > 0.8 and params.opt = sgd or #2", [2, 3]),
        ("metrics.acc > 0.8 and (params.opt = sgd or #2)", [3]),
        ("NOT (state = failed OR state = stopped)", [1]),
        ("not not state = failed", [2]),
        ("((state=failed))", [2]),
        ("state=failed or(state=stopped)", [2, 3]),
        # words
        ("wide", [2]),
        ("WIDE-net", [2]),
        ("100%", [2]),
        ("as wide.", [2]),
        ("'second LINE'", [2]),
        ('"it\'s"', [2]),
        ("ada", [1]),
        ("version", [1]),
        ("state", []),
        ("'or'", []),
    ],
)
def test_parse_filter_finds(query: str, expected: list[int]) -> None:
    assert find(query) == expected


@pytest.mark.parametrize(
    ("query", "position", "words"),
    [
        ("metrics.acc", 11, "comparison behind metrics.acc"),
        ("acc > 1", 0, "Did you mean metrics.acc?"),
        ("#1 and metrcs.acc > 1", 7, "Did you mean metrics.acc?"),
        ("metrics.acc > 1 and leraning_rate = 1", 20, "Did you mean params.learning_rate?"),
        ("stat = finished", 0, "Did you mean state"),
        ("order by metrics.acc DESC", 0, '--order-by "metrics.acc DESC"'),
        ("metrics.acc > 1 ORDER BY name", 16, '--order-by "name"'),
        ("xyzzy = 1", 0, "params.NAME"),
        ("run.xyzzy = 1", 0, "no field"),
        ("metrics. = 1", 0, "metrics.NAME"),
        ("metrics.acc > abc", 14, "is a number"),
        ("metrics.acc > metrics.loss", 14, "Two fields"),
        ("metrics.acc > null", 14, "IS NULL"),
        ("metrics.acc LIKE 'a'", 12, "LIKE compares text"),
        ("metrics.acc > 1 metrics.loss > 1", 16, "'and', 'or' or the end"),
        ("metrics.acc > 1 & #1", 16, "Write 'and'"),
        ("metrics.acc > 1 && #1", 16, "Write 'and'"),
        ("!#1", 0, "Write 'not'"),
        ("name = “wide”", 7, "straight quotes"),
        ("metrics.acc{a=b} > 1", 11, "backticks"),
        ("metrics.`acc > 1", 8, "never closed"),
        ("name = 'wide", 7, "never closed"),
        ("(#1", 3, "')'"),
        ("#1)", 2, "never opened"),
        ("()", 1, "Expected a field"),
        ("#", 0, "#12"),
        ("0.9 < metrics.acc", 0, "The field comes first"),
        ("'a' = name", 0, "Expected a field"),
        ("name = ", 7, "Expected a value"),
        ("name = and #1", 7, "Expected a value"),
        ("name > <", 7, "Expected a value"),
        ("#1 and", 6, "Expected a field"),
        ("or", 0, "Expected a field"),
        ("name is wide", 8, "NULL"),
        ("name is not 3", 12, "NULL"),
        ("name not 3", 9, "comparison"),
        ("name in wide", 8, "list"),
        ("name in ()", 9, "value"),
        ("name in (a b)", 11, "comma"),
        ("name in (a, null)", 12, "IS NULL"),
        ("number between 1 or 2", 17, "AND"),
        ("state = finishd", 8, "running, finished, failed"),
        ("state in (failed, xyzzy)", 18, "xyzzy"),
        ("state > failed", 8, "no order"),
        ("params.lr > true", 12, "no order"),
        ("archived = maybe", 11, "archived = true"),
        ("archived > true", 11, "archived = true"),
        ("start_time > someday", 13, "2026-11-24"),
        ("start_time > '2026-13-01'", 13, "2026-11-24"),
        ("duration > long", 11, "2m"),
        ("wide and net", 0, "no field"),
        ("run_name wide = 1", 9, "in quotes"),
    ],
)
def test_parse_filter_points_at_the_mistake(query: str, position: int, words: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_filter(query, known=["metrics.acc", "params.learning_rate"])
    assert caught.value.position == position
    assert caught.value.query == query
    assert words in caught.value.message


# -- limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize("opening", ["(", "not (", "(not ", "#1 or (", "#1 and ("])
def test_parse_filter_refuses_what_is_too_deep(opening: str) -> None:
    for depth in (101, 10_000):
        with pytest.raises(QuerySyntaxError):
            parse_filter(opening * depth + "#1" + ")" * (opening * depth).count("("))
    for depth in range(1, 100, 7):
        query = parse_filter(opening * depth + "#1" + ")" * (opening * depth).count("("))
        assert query is not None
        query(RUNS[0])


def test_parse_filter_refuses_joins_too_deep_to_test() -> None:
    depth = 45
    with pytest.raises(QuerySyntaxError, match="fewer parentheses"):
        parse_filter("(#1 and not (#2 or not " * depth + "#3" + "))" * depth)


@pytest.mark.parametrize("word", ["or", "and"])
def test_parse_filter_takes_thousands_of_terms(word: str) -> None:
    query = parse_filter(f" {word} ".join(f"#{i}" for i in range(1, 5001)))
    assert query is not None
    assert query(RUNS[1]) is (word == "or")


def test_parse_filter_takes_any_number_of_nots() -> None:
    assert find("not " * 10_000 + "#1") == [1]
    assert find("not " * 10_001 + "#1") == [2, 3]


def test_parse_filter_takes_long_lists() -> None:
    assert find(f"run_id IN ({', '.join(f'{i:03}' for i in range(5000))}, 01A)") == [1]
    assert find(f"number IN ({', '.join(map(str, range(2, 5000)))})") == [2, 3]


def test_parse_filter_does_not_mistake_queries_for_one_another() -> None:
    texts = ["params.a = 1", "params.a = true", "params.a = '1'", "name LIKE 'a'", "name ILIKE 'a'"]
    queries = [parse_filter(text) for text in texts]
    assert len(set(queries)) == len(queries)
    assert parse_filter("params.a = 1") == queries[0]


# -- order ---------------------------------------------------------------------------------------


def test_parse_order_reads_keys_of_a_sort() -> None:
    expected = [
        OrderTerm(("metrics", "val acc"), descending=True),
        OrderTerm(("start_time",)),
        OrderTerm(("params", "model.lr")),
        OrderTerm(("duration",), descending=True),
        OrderTerm(("run_number",)),
    ]
    text = "metrics.`val acc` DESC, created, param.model.lr asc, attributes.duration desc, number"
    assert parse_order(text) == expected
    assert parse_order(['metric."val acc" Desc', "start_time", *text.split(", ")[2:]]) == expected
    assert parse_order(None) == parse_order("") == parse_order([]) == []
    assert parse_order("metrics.desc desc, tags.`asc`") == [
        OrderTerm(("metrics", "desc"), descending=True),
        OrderTerm(("tags", "asc")),
    ]


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("acc DESC", 0, "Did you mean metrics.acc?"),
        ("metrics.acc DOWN", 12, "ASC, DESC or a comma"),
        ("metrics.acc,", 12, "Expected a field"),
        (", metrics.acc", 0, "Expected a field"),
        ("metrics.acc DESC start_time", 17, "comma"),
        ("metrics.acc > 1", 12, "comma"),
        ("#12", 0, "Expected a field"),
    ],
)
def test_parse_order_points_at_the_mistake(text: str, position: int, words: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_order(text, known=["metrics.acc"])
    assert caught.value.position == position
    assert words in caught.value.message


WORDS = """
    metrics.acc params.`a_b` name state duration start_time #1 ( ) , and or not in is null like
    between = != < >= 1 'a' true nan 2h ago finished tags.x " ` % desc # .
"""
words = st.sampled_from(WORDS.split())


@given(st.one_of(st.text(max_size=20), st.lists(words, max_size=12).map(" ".join)))
def test_parsers_answer_or_point_within_the_text(text: str) -> None:
    for parse in (parse_filter, parse_order):
        assert 0 <= mistake(parse, text) <= len(text)


def mistake(parse: Callable[[str], object], text: str) -> int:
    try:
        parse(text)
    except QuerySyntaxError as error:
        return error.position
    return 0
