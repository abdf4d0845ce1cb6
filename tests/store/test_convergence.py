"""The law of the fold: stores that saw the same changes, in any order, agree."""

from __future__ import annotations

import itertools
import random
import shutil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.store import FolderStore, create, remove, update
from cellbook.store.folding import fold
from cellbook.store.journal import encode_line
from cellbook.store.table import difference

leaf = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "b"])
value = st.recursive(leaf, lambda v: st.dictionaries(st.sampled_from("xyz"), v, max_size=3))
document = st.dictionaries(st.sampled_from("xyz"), value, max_size=3)
paths = st.lists(st.lists(st.sampled_from("xyz"), min_size=1, max_size=2), max_size=2)
op = st.one_of(
    st.builds(lambda i, d: create("t", i, d), st.sampled_from("ab"), document),
    st.builds(lambda i, d, p: update("t", i, d, p), st.sampled_from("ab"), document, paths),
    st.builds(lambda i: remove("t", i), st.sampled_from("ab")),
)
events = st.lists(st.lists(op, min_size=1, max_size=3), min_size=1, max_size=8)


def expected(history: list[list[Any]]) -> dict[str, dict[str, Any]]:
    state: dict[str, Any] = {}
    for ops in history:
        for change in ops:
            state[change[1]] = fold(state.get(change[1]), change)
    return {doc_id: doc for doc_id, doc in state.items() if doc is not None}


def contents(store: FolderStore) -> dict[str, dict[str, Any]]:
    return {doc_id: doc for doc_id, _, doc in store.select("t")}


@given(history=events, seed=st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_one_state(
    tmp_path_factory: pytest.TempPathFactory, history: list[list[Any]], seed: random.Random
) -> None:
    root = tmp_path_factory.mktemp("book") / ".cellbook"
    store = FolderStore(root)
    ulids = [store.new_id() for _ in history]
    arrivals = list(zip(ulids, history, strict=True))
    seed.shuffle(arrivals)
    folder = root / "journal" / "2026-11"
    folder.mkdir(parents=True)
    for ulid, ops in arrivals:
        writer = seed.randrange(3)
        with (folder / f"writer{writer}.jsonl").open("ab") as file:
            file.write(encode_line(ulid, ops, 1))
        if seed.random() < 0.5:
            contents(store)  # folds what is there so far
    assert contents(store) == expected(history)
    assert all("beginning" in finding.problem for finding in store.verify().findings)


@given(histories=st.lists(events, min_size=2, max_size=3), seed=st.randoms(use_true_random=False))
def test_merge_by_copying_is_union_idempotent_and_order_free(
    tmp_path_factory: pytest.TempPathFactory,
    histories: list[list[list[Any]]],
    seed: random.Random,
) -> None:
    base = tmp_path_factory.mktemp("books")
    roots = []
    FolderStore(base / "origin" / ".cellbook")
    for number, history in enumerate(histories):
        root = base / f"{number}" / ".cellbook"
        shutil.copytree(base / "origin" / ".cellbook", root)
        store = FolderStore(root)
        for ops in history:
            store.commit(ops)
        if seed.random() < 0.5:
            store.close()
        roots.append(root)
    merged = []
    for place, order in enumerate(itertools.permutations(roots)):
        target = base / f"merged{place}" / ".cellbook"
        shutil.copytree(base / "origin" / ".cellbook", target)
        store = FolderStore(target)
        for root in (*order, order[0]):
            shutil.copytree(root, target, dirs_exist_ok=True)
            contents(store)
        merged.append(contents(store))
    assert all(state == merged[0] for state in merged)
    for root in roots[1:]:
        shutil.copytree(root, roots[0], dirs_exist_ok=True)
    assert contents(FolderStore(roots[0])) == merged[0]


@given(before=document, after=document)
def test_difference_leads_from_one_document_to_the_other(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    changes, drop = difference(before, after)
    result = fold(_copy(before), update("t", "a", changes, drop))
    assert result == after


def _copy(value: Any) -> Any:
    return {key: _copy(item) for key, item in value.items()} if isinstance(value, dict) else value
