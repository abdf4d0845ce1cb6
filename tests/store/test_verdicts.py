from __future__ import annotations

import operator
import random
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb import where

from cellbook.store import FolderStore, Op, OrderTerm, create, planning, remove, update
from cellbook.store.journal import encode_line

NEWEST = (OrderTerm(("n",), descending=True),)

ids = st.sampled_from("abcd")
op = st.one_of(
    st.builds(lambda i, n: create("runs", i, {"n": n}), ids, st.integers(0, 4)),
    st.builds(lambda i, m: update("runs", i, {"m": m}), ids, st.integers(0, 1)),
    st.builds(lambda i: remove("runs", i), ids),
)
# SQL narrows by none of these.
queries = st.sampled_from(
    [
        where("n").test(operator.ge, 0),
        where("m").test(operator.ne, 1),
        where("run_number").test(operator.gt, 1),
    ]
)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / ".cellbook")


@given(
    history=st.lists(st.lists(op, min_size=1, max_size=4), min_size=1, max_size=6),
    asked=st.lists(queries, min_size=1, max_size=3),
    seed=st.randoms(use_true_random=False),
)
def test_what_is_passed_over_is_what_is_found_now(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[list[Op]],
    asked: list[Any],
    seed: random.Random,
) -> None:
    """In whatever order changes arrive, late ones and a rebuilt index among them."""
    root = tmp_path_factory.mktemp("book") / ".cellbook"
    store = FolderStore(root)
    arrivals = [(store.new_id(), ops) for ops in history]
    seed.shuffle(arrivals)
    folder = root / "journal" / "2026-11"
    folder.mkdir(parents=True)
    for ulid, ops in arrivals:
        with (folder / f"writer{seed.randrange(3)}.jsonl").open("ab") as file:
            file.write(encode_line(ulid, ops, 1))
        if seed.random() < 0.1:
            store.rebuild_index()
        for query in asked:
            whole = list(store.select("runs", query, order_by=NEWEST))
            skip = seed.randrange(1, 3)
            page = store.select("runs", query, order_by=NEWEST, skip=skip, limit=2)
            assert list(page) == whole[skip : skip + 2]
    store.close()


@pytest.mark.parametrize("large", [2_000, 1])
def test_only_what_changed_is_asked_again(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(planning, "_LARGE", large)
    asked: list[int] = []

    def is_even(n: int) -> bool:
        asked.append(n)
        return n % 2 == 0

    def page(skip: int) -> list[int]:
        asked.clear()
        query = where("n").test(is_even)
        return [doc["n"] for _, _, doc in store.select("t", query, skip=skip, limit=2)]

    store.commit([create("t", f"{n:03d}", {"n": n}) for n in range(100)])
    assert page(40) == [80, 82]
    assert len(asked) >= 82
    assert page(40) == [80, 82]
    assert len(asked) <= 20
    store.commit([update("t", "007", {"n": 8})])
    assert page(40) == [78, 80]
    assert len(asked) <= 21


def test_change_that_arrives_late_is_asked_again(store: FolderStore) -> None:
    store.commit([create("t", key, {"n": 1}) for key in "abc"])
    earlier = store.new_id()
    store.commit([update("t", "b", {"m": 1})])
    query = where("n").test(operator.eq, 1)
    assert [key for key, _, _ in store.select("t", query, skip=2)] == ["c"]
    late = store.root / "journal" / "2026-11" / "late.jsonl"
    late.parent.mkdir(exist_ok=True)
    late.write_bytes(encode_line(earlier, [update("t", "b", {"n": 2})], 1))
    assert [key for key, _, _ in store.select("t", query, skip=1)] == ["c"]
    assert [key for key, _, _ in store.select("t", query, skip=2)] == []


def test_queries_without_a_hash_are_not_taken_for_one_another(store: FolderStore) -> None:
    store.commit([create("t", str(n), {"n": n}) for n in range(6)])
    unhashed = [where("n").map(function) >= 0 for function in (abs, lambda n: n - 3)]
    found = [[doc["n"] for _, _, doc in store.select("t", query, skip=1)] for query in unhashed]
    assert found == [[1, 2, 3, 4, 5], [4, 5]]


def test_threads_remember_nothing_out_of_date(store: FolderStore) -> None:
    keys = [f"{n:02d}" for n in range(40)]
    store.commit([create("t", key, {"n": 0}) for key in keys])
    query = where("n") == 0
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            list(store.select("t", query, skip=5, limit=3))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    rnd = random.Random(1)
    for _ in range(150):
        store.commit([update("t", rnd.choice(keys), {"n": rnd.randrange(2)})])
        found = list(store.select("t", query, skip=5, limit=3))
        assert found == list(store.select("t", query))[5:8]
    stop.set()
    for reader in readers:
        reader.join()
