from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb import where
from tinydb.queries import QueryInstance

from cellbook.errors import StoreError
from cellbook.store import FolderStore, OrderTerm, create, planning, remove
from cellbook.store.index import Index

numbers = st.integers(-3, 3) | st.floats(-2, 2) | st.just(float("nan"))
values = numbers | st.sampled_from(["", "a", "b", None, True, [1], {"x": 1}])
docs = st.lists(st.dictionaries(st.sampled_from("abc"), values), max_size=12)
fields = st.sampled_from(["a", "b", "run_number"])


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float))


def compare(field: str, sign: str, value: Any) -> QueryInstance:
    path = where(field)
    match sign:
        case "=":
            return path == value
        case ">":
            return path.test(is_number) & (path > value)
        case "not <=":
            return ~(path.test(is_number) & (path <= value))
        case "exists":
            return path.exists()
    return path.test(is_number)


signs = st.sampled_from([">", "not <=", "exists", "is number"])
leaves = st.builds(compare, fields, st.just("="), values) | st.builds(
    compare, fields, signs, numbers
)
queries = st.recursive(
    leaves,
    lambda inner: (
        st.builds(lambda a, b: a & b, inner, inner) | st.builds(lambda a, b: a | b, inner, inner)
    ),
    max_leaves=5,
)
terms = st.builds(
    OrderTerm,
    st.sampled_from([("a",), ("b",), ("run_number",), ("c", "x")]),
    st.booleans(),
    st.sampled_from([(), (), ("b",)]),
)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every table taken for a large one."""
    monkeypatch.setattr(planning, "_LARGE", 0)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FolderStore]:
    store = FolderStore(tmp_path_factory.mktemp("book") / ".cellbook")
    yield store
    store.close()


def numbers_of(
    store: FolderStore, query: QueryInstance | None, order: list[OrderTerm], limit: int | None
) -> list[int]:
    return [n for _, n, _ in store.select("runs", query, order_by=order, limit=limit)]


@given(docs, st.none() | queries, st.lists(terms, max_size=2), st.none() | st.integers(1, 5))
def test_select_finds_the_same_whichever_way(
    store: FolderStore,
    docs: list[dict[str, Any]],
    query: QueryInstance | None,
    order: list[OrderTerm],
    limit: int | None,
) -> None:
    ids = [store.new_id() for _ in docs]
    store.commit([create("runs", doc_id, doc) for doc_id, doc in zip(ids, docs, strict=True)])
    store.commit([remove("runs", doc_id) for doc_id in ids[:1]])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "_LARGE", 10**9)
        plain = numbers_of(store, query, order, limit)
        patch.setattr(planning, "_LARGE", 0)
        for few in (0, 3, 1000):
            patch.setattr(planning, "_FEW", few)
            assert numbers_of(store, query, order, limit) == plain
    store.commit([remove("runs", doc_id) for doc_id in ids])


def fill(store: FolderStore, count: int) -> None:
    store.commit(
        [create("runs", store.new_id(), {"a": i % 10, "b": i, "q'": i}) for i in range(count)]
    )


@pytest.mark.usefixtures("large")
def test_rows_come_in_order_without_sorting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path / ".cellbook")
    fill(store, 200)
    asked: list[str] = []
    read = Index.read

    def noting(self: Index, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        asked.append(sql)
        return read(self, sql, parameters)

    monkeypatch.setattr(Index, "read", noting)
    monkeypatch.setattr(planning, "_FEW", 10)
    query = (where("a") >= 5) & (where("b") >= 100)
    for descending in (False, True):
        numbers_of(store, query, [OrderTerm(("a",), descending)], 3)
        (sql,) = [sql for sql in asked if "ORDER BY" in sql]
        plan = " ".join(step for *_, step in store._index.read(f"EXPLAIN QUERY PLAN {sql}"))
        assert "TEMP B-TREE" not in plan
        assert plan.count("SEARCH") == 2
        asked.clear()


@pytest.mark.usefixtures("large")
def test_index_made_anew_is_searched_all_the_same(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / ".cellbook")
    fill(store, 20)
    order = [OrderTerm(("b",), descending=True)]
    assert numbers_of(store, where("a") == 3, order, None) == [14, 4]
    store.rebuild_index()
    assert numbers_of(store, where("a") == 3, order, None) == [14, 4]
    assert numbers_of(store, None, [OrderTerm(("q'",), descending=True)], 2) == [20, 19]
    shutil.rmtree(tmp_path / ".cellbook" / "journal")
    assert numbers_of(store, where("a") == 3, order, None) == []


@pytest.mark.usefixtures("large")
def test_select_goes_on_where_no_index_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path / ".cellbook")
    fill(store, 20)
    assert store.count("runs") == 20
    # A database that somebody else keeps locked for writing.
    other = sqlite3.connect(store._index._folder / "index.sqlite")  # type: ignore[operator]
    monkeypatch.setattr("cellbook.store.index._WAIT_SECONDS", 0)
    store._index.close()
    store.count("runs")
    other.execute("BEGIN IMMEDIATE")
    order = [OrderTerm(("b",), descending=True)]
    assert numbers_of(store, where("a") == 3, order, None) == [14, 4]
    other.execute("ROLLBACK")
    other.close()


def test_select_refuses_an_order_that_sqlite_cannot_keep(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / ".cellbook")
    fill(store, 2)
    with pytest.raises(StoreError, match="Order by something else"):
        numbers_of(store, None, [OrderTerm(('say "x"',))], None)
