from __future__ import annotations

import enum
import json
import math
import operator
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tinydb import Query, TinyDB, where
from tinydb.queries import QueryInstance
from tinydb.storages import MemoryStorage

from cellbook.store.encoding import decode_body, encode_body
from cellbook.store.narrow import narrow, narrow_parts, path_expression

COMPARE: list[Callable[[Any, Any], Any]] = [
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
]


@pytest.fixture
def index() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT, num INTEGER)")
        yield connection


def fill(index: sqlite3.Connection, docs: list[dict[str, Any]]) -> None:
    index.executemany(
        "INSERT INTO docs VALUES (?, ?, ?)",
        [(i, encode_body(doc), i) for i, doc in enumerate(docs, 1)],
    )


def rows(index: sqlite3.Connection, query: object, **options: Any) -> list[int]:
    condition = narrow(query, **options)
    assert condition is not None
    return [i for (i,) in index.execute(f"SELECT id FROM docs WHERE {condition} ORDER BY id")]


# -- the law: narrowed, then tested, is what TinyDB alone finds ----------------------------------

ODD_KEYS = ["a b", "x.y", "it's", 'q"q', "b\\", "", "日本", "😀", "k\n", "\ud800", "\x7f", "[0]"]
keys = st.sampled_from(["a", "b", "é"] * 40 + ODD_KEYS)
ODD_TEXTS = [
    "\ue000",
    "\ufffd",
    "\ud800",
    "a\0",
    "a\0b",
    "\0",
    "\\u0000",
    "'",
    '"',
    "%",
    "[1]",
    '{"a":1}',
]
PLAIN_TEXTS = ["", "a", "b", "ab", "A", "1", "1.0", "é", "😀", "true", "null"]
texts = st.one_of(st.sampled_from(PLAIN_TEXTS), st.sampled_from(ODD_TEXTS), st.text(max_size=3))
numbers = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 2**64 + 1, 10**400]),
    st.sampled_from([0.1, 0.5, -0.0, 1.0, 1e-5, 1e22, 1e300, 5e-324, 2.5e-310, sys.float_info.max]),
    st.sampled_from([math.nan, math.inf, -math.inf, float(2**63), 0.1 + 0.2, 0.30000000000000004]),
    st.floats(),
    st.integers(),
)
# The few values that equal, or nearly equal, one another meet more often than chance would have it.
common = st.sampled_from(
    [None, True, False, 0, 1, 1.0, "1", "a", "a\0", math.nan, 0.1, 0.5, math.inf]
)
scalars = st.one_of(common, common, numbers, texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=6,
)
docs = st.lists(st.dictionaries(keys, values, max_size=5), min_size=1, max_size=6)


def is_odd(value: Any, *_: Any) -> bool:
    return len(str(value)) % 2 == 1


@st.composite
def paths(draw: st.DrawFn) -> Any:
    query = where(draw(keys))
    for key in draw(st.sampled_from([[], [], [], ["a"], ["b", "é"], ["日本"]])):
        query = query[key]
    return query


@st.composite
def leaves(draw: st.DrawFn, nested: st.SearchStrategy[QueryInstance] | None = None) -> Any:
    path = draw(paths())
    kind = draw(
        st.sampled_from(["compare"] * 12 + ["one_of", "some", "text", "call"] * 2 + ["rare"])
    )
    if kind == "compare":
        return draw(st.sampled_from(COMPARE))(path, draw(values))
    if kind == "one_of":
        items = draw(st.lists(values, max_size=4))
        return path.one_of(draw(st.sampled_from([items, tuple(items), "ab"])))
    if kind == "some":
        condition = draw(st.lists(scalars, max_size=3))
        inner = condition if nested is None else draw(st.one_of(st.just(condition), nested))
        return draw(st.sampled_from([path.any, path.all]))(inner)
    if kind == "text":
        pattern = draw(st.sampled_from(["", "a", "^a$", "[0-9]", ".b"]))
        return draw(st.sampled_from([path.matches, path.search]))(pattern)
    if kind == "call":
        return draw(
            st.sampled_from(
                [path.exists(), path.test(is_odd), path.test(is_odd, [1]), path.map(is_odd) == True]  # noqa: E712
            )
        )
    fragment = draw(st.dictionaries(keys, scalars, max_size=2))
    return draw(st.sampled_from([path.fragment(fragment), Query().noop()]))


def combined(inner: st.SearchStrategy[QueryInstance]) -> st.SearchStrategy[QueryInstance]:
    return st.one_of(
        st.builds(operator.and_, inner, inner),
        st.builds(operator.or_, inner, inner),
        st.builds(operator.invert, inner),
    )


queries = st.recursive(leaves(leaves()), combined, max_leaves=6)


def escaped(doc: Any) -> str:
    """The body as an encoder would write it that leaves nothing beyond ASCII."""
    if isinstance(doc, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {escaped(v)}" for k, v in doc.items()) + "}"
    if isinstance(doc, list):
        return "[" + ", ".join(map(escaped, doc)) + "]"
    if isinstance(doc, float) and not math.isfinite(doc):
        return "null" if math.isnan(doc) else f"{'-' * (doc < 0)}1e999"
    return json.dumps(doc)


def answers(query: QueryInstance, doc: dict[str, Any]) -> bool:
    try:
        query(doc)
    except Exception:
        return False
    return True


@settings(max_examples=20 * settings().max_examples)
@given(docs, queries, st.sampled_from([encode_body, escaped]))
@example([{"a": "a\0b"}], where("a") != "a", encode_body)
@example([{"a": [1]}, {"a": "[1]"}], where("a") != "[1]", encode_body)
@example([{"a": math.nan}], ~(where("a") == None), encode_body)  # noqa: E711
@example([{"a": 10**400}], where("a") < math.inf, encode_body)
@example([{"a": 2**63 + 1}], where("a") != 2**63, encode_body)
@example([{"a": 1}], where("a").any([10**400]), encode_body)
@example([{"日本": {"é": 1}}], where("日本")["é"] == 1, escaped)
def test_narrow_misses_nothing_that_tinydb_finds(
    docs: list[dict[str, Any]],
    query: QueryInstance,
    encode: Callable[[dict[str, Any]], str],
) -> None:
    # Text with two halves of a surrogate pair comes back from any JSON as one character.
    stored = [decode_body(encode_body(doc)) for doc in docs]
    stored = [doc for doc in stored if answers(query, doc)]
    database = TinyDB(storage=MemoryStorage)
    database.insert_multiple(stored)
    expected = database.search(query)

    condition = narrow(query) or "1"
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE docs (id INTEGER PRIMARY KEY, body TEXT)")
        connection.executemany("INSERT INTO docs VALUES (?, ?)", enumerate(map(encode, stored)))
        kept = [i for (i,) in connection.execute(f"SELECT id FROM docs WHERE {condition}")]
    assert [stored[i] for i in kept if query(stored[i])] == expected


# -- what a condition looks like -----------------------------------------------------------------


def test_narrow_compares_a_value_by_its_path_expression() -> None:
    condition = narrow(where("metrics")["acc"] > 0.9)
    assert condition is not None
    assert condition.startswith('json_extract(body,\'$."metrics"."acc"\') BETWEEN 0.8999')
    assert narrow(where("state") == "it's") == "json_extract(body,'$.\"state\"') = 'it''s'"


def test_narrow_keeps_few_rows_that_do_not_match(index: sqlite3.Connection) -> None:
    fill(
        index,
        [
            {"state": "finished", "metrics": {"acc": 0.95}, "params": {"opt": "adam", "n": 3}},
            {"state": "finished", "metrics": {"acc": 0.85}, "params": {"opt": "sgd", "n": 4}},
            {"state": "failed", "metrics": {}, "params": {"opt": None}},
            {"state": "running", "layers": ["conv", "pool"], "params": {"n": "3"}},
            {"state": "running", "layers": [], "archived": True},
        ],
    )
    acc, opt, n = where("metrics")["acc"], where("params")["opt"], where("params")["n"]
    assert rows(index, acc > 0.9) == [1]
    assert rows(index, (acc > 0.8) & (opt == "sgd")) == [2]
    assert rows(index, (acc > 0.9) | (where("archived") == True)) == [1, 5]  # noqa: E712
    assert rows(index, ~(acc > 0.9)) == [2, 3, 4, 5]
    assert rows(index, ~((acc > 0.9) | (where("state") == "running"))) == [2, 3]
    assert rows(index, where("state") != "finished") == [3, 4, 5]
    assert rows(index, opt == None) == [3]  # noqa: E711
    assert rows(index, opt != None) == [1, 2, 3]  # noqa: E711
    assert rows(index, ~opt.exists()) == [4, 5]
    assert rows(index, n.one_of([3, 5])) == [1]
    assert rows(index, n != 3) == [2, 4]
    assert rows(index, ~n.one_of([3, "3"])) == [2, 3, 5]
    assert rows(index, n >= "") == [4]
    assert rows(index, n <= 3) == [1]
    assert rows(index, where("layers").any(["conv", "dense"])) == [4]
    assert rows(index, where("layers").all(["conv", "pool"])) == [4]
    assert rows(index, where("layers").all([])) == [4, 5]
    assert rows(index, where("layers").any(where("kind") == "conv")) == [4, 5]
    assert rows(index, where("layers") == ["conv"]) == [4, 5]
    assert rows(index, where("params") == {"n": "3"}) == [1, 2, 3, 4]
    assert rows(index, opt.matches("a")) == [1, 2]
    assert rows(index, opt.test(str.isupper)) == [1, 2, 3]
    assert rows(index, acc.one_of([])) == []
    assert rows(index, acc.one_of(range(3))) == [1, 2]


def test_narrow_leaves_out_rows_whose_comparison_would_raise(index: sqlite3.Connection) -> None:
    fill(index, [{"a": 2}, {"a": "two"}, {"a": [2]}, {"a": None}, {}])
    for query in (where("a") > 1, where("a") < 3, where("a") >= 2, where("a") <= 2):
        assert rows(index, query) == [1]
    assert rows(index, where("a") < "z") == [2, 3]


def test_narrow_reads_enum_members_and_numpy_numbers(index: sqlite3.Connection) -> None:
    class State(enum.StrEnum):
        DONE = "done"

    class Old(str, enum.Enum):  # noqa: UP042
        DONE = "done"

    class Level(enum.IntEnum):
        HIGH = 3

    class Fickle(str):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = str.__hash__

    fill(index, [{"s": "done", "n": 3}, {"s": "open", "n": 4}])
    assert rows(index, where("s") == State.DONE) == [1]
    assert rows(index, where("s") == Old.DONE) == [1]
    assert rows(index, where("s") == np.str_("done")) == [1]
    assert rows(index, where("n") == Level.HIGH) == [1]
    assert rows(index, where("n") > np.float64(3.5)) == [2]
    assert rows(index, where("s") == Fickle("x")) == [1, 2]


def test_narrow_says_nothing_where_nothing_is_sure() -> None:
    compiled = where("a") == 1
    unknown = [
        Query().noop(),
        Query(),
        where("a"),
        where("a").fragment({"b": 1}),
        where("a").map(len) == 1,
        where('q"q') == 1,
        where("back\\slash") == 1,
        where("line\nbreak") == 1,
        where("") == 1,
        QueryInstance(lambda doc: True, ("own", 1)),
        lambda doc: True,
    ]
    for query in unknown:
        assert narrow(query) is None
    for query in unknown[:-1]:
        assert isinstance(query, QueryInstance)
        assert narrow(compiled | query) is None
        assert narrow(compiled & query) in (narrow(compiled), None)
    assert narrow(compiled & where('q"q').exists()) == narrow(compiled)
    assert narrow(~where("a").test(len)) is None


def test_narrow_takes_columns_for_fields_that_the_body_lacks(index: sqlite3.Connection) -> None:
    fill(index, [{"a": 1}, {"a": 1}, {"a": 2}])
    columns = {"run_number": "num"}
    number = where("run_number")
    assert rows(index, number == 2, columns=columns) == [2]
    assert rows(index, (where("a") == 1) & (number != 1), columns=columns) == [2]
    assert rows(index, number.exists() & ~(number > 1), columns=columns) == [1]
    assert rows(index, number.test(bool), columns=columns) == [1, 2, 3]
    assert [part.paths for part in narrow_parts((where("a") == 1) & (number == 2), columns)] in (
        [{("a",)}, set()],
        [set(), {("a",)}],
    )


# -- limits of SQLite ----------------------------------------------------------------------------


def test_narrow_takes_thousands_of_terms(index: sqlite3.Connection) -> None:
    fill(index, [{"a": i} for i in range(50)])
    for combine in (operator.or_, operator.and_):
        level = [where("a") >= 40 + i for i in range(4096)]
        while len(level) > 1:
            level = [combine(*level[i : i + 2]) for i in range(0, len(level), 2)]
        assert rows(index, level[0]) == (list(range(41, 51)) if combine is operator.or_ else [])
    assert rows(index, where("a").one_of([*range(40, 2000)])) == list(range(41, 51))
    assert rows(index, ~where("a").one_of([*range(2000)])) == []
    assert narrow(where("a").one_of([str(i) * 10 for i in range(20_000)])) is None


def test_narrow_takes_any_depth(index: sqlite3.Connection) -> None:
    fill(index, [{"a": i} for i in range(3)])
    for depth in range(1, 60):
        query = where("a") == 1
        for level in range(depth):
            query = (where("a") == 1) | ((where("a") >= 0) & ~~query)
            query = query & (where("b").any([level]) | where("a").exists())
        condition = narrow(query) or "1"
        kept = [i for (i,) in index.execute(f"SELECT id FROM docs WHERE {condition}")]
        assert 2 in kept


# -- paths ---------------------------------------------------------------------------------------


def test_path_expression_finds_what_the_document_has(index: sqlite3.Connection) -> None:
    for key in ("acc", "val/acc", "a.b", "a b", "[0]", "it's", "é", "日本", "😀", "$", "#", "%s"):
        expression = path_expression(["metrics", key])
        for body in (encode_body({"metrics": {key: 7}}), escaped({"metrics": {key: 7}})):
            assert index.execute(
                f"SELECT {expression} FROM (SELECT ? AS body)", (body,)
            ).fetchone() == (7,)


def test_path_expression_is_none_for_keys_that_sqlite_would_miss() -> None:
    for path in ([], [""], ["a", 1], ["a", len], ['"'], ["\\"], ["\n"], ["\x7f"], ["\ud800"]):
        assert path_expression(path) is None


def test_path_expression_can_be_indexed(index: sqlite3.Connection) -> None:
    fill(index, [{"metrics": {"acc": i / 100, "é": i}} for i in range(100)])
    for key in ("acc", "é"):
        expression = path_expression(["metrics", key])
        index.execute(f"CREATE INDEX by_{len(key)} ON docs ({expression})")
        value = where("metrics")[key]
        for query in (
            value == 0.5,
            value > 0.9,
            value.one_of([1, 2, 3]),
            value.matches("") | (value < 0.1),
        ):
            condition = narrow(query & value.test(is_odd))
            plan = index.execute(
                f"EXPLAIN QUERY PLAN SELECT id FROM docs WHERE {condition}"
            ).fetchall()
            assert not [step for *_, step in plan if step.startswith("SCAN")]


def ranged(query: object) -> set[frozenset[tuple[str, ...]]]:
    return {part.paths for part in narrow_parts(query) if part.ranged}


def test_narrow_parts_tells_what_an_index_could_serve() -> None:
    a, b, d = where("a"), where("b"), where("d")
    either = (a["b"] > 1) | d.one_of([1])
    assert ranged(either & ~(where("c") == 1)) == {frozenset({("a", "b"), ("d",)})}
    assert ranged((a == 1) & (where('q"q') == 1)) == {frozenset({("a",)})}
    assert ranged(a.matches("x") & b.search("y")) == {frozenset({("a",)}), frozenset({("b",)})}
    for query in [(a != 1), b.exists(), d.test(len), a == None, a.any([1]), either | ~either]:  # noqa: E711
        assert ranged(query) == set()
        assert len(narrow_parts(query)) == 1
    assert narrow_parts(a.map(len) == 1) == narrow_parts(lambda doc: True) == []


def test_narrow_parts_leaves_out_what_another_part_implies() -> None:
    a, b = where("a"), where("b")
    assert len(narrow_parts(a.test(len) & (a > 1))) == 1
    assert len(narrow_parts(a.exists() & ((a == 1) | a.matches("")))) == 1
    assert len(narrow_parts(a.exists() & ((a == 1) | b.matches("")))) == 2
    assert len(narrow_parts(a.exists() & (a != 1))) == 2


def test_narrow_parts_say_together_what_narrow_does(index: sqlite3.Connection) -> None:
    fill(index, [{"a": 1, "b": 1}, {"a": 2}, {"a": "x", "b": 2}, {}])
    for query in [where("a").exists() & (where("b") > 1), (where("a") == 1) & (where("b") != 2)]:
        condition = " AND ".join(f"({part.condition})" for part in narrow_parts(query))
        found = index.execute(f"SELECT id FROM docs WHERE {condition} ORDER BY id")
        assert [i for (i,) in found] == rows(index, query)
