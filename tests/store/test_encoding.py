"""Whatever a document holds comes back from a journal and from the index."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cellbook.store import FolderStore, create, update
from cellbook.store.encoding import (
    decode_bodies,
    decode_body,
    decode_event,
    encode_body,
    encode_event,
)

TRICKY = ["$f", "$$f", "$$$f", "$nan", "$$nan", "nan", "$", "", "$f\n", "\udce9"]
keys = st.sampled_from(TRICKY) | st.text(st.characters(exclude_categories=[]), max_size=3)
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(TRICKY)
    | st.text(st.characters(exclude_categories=[]), max_size=5)
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)
documents = st.dictionaries(keys, values, max_size=4)


def same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and math.isnan(one):
        return isinstance(other, float) and math.isnan(other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


@given(documents)
def test_a_document_comes_back_from_a_journal(doc: dict[str, Any]) -> None:
    assert same(decode_event(encode_event(["t", "a", doc, None])), ["t", "a", doc, None])


@given(st.lists(documents, max_size=3))
def test_documents_come_back_from_the_index(docs: list[dict[str, Any]]) -> None:
    texts = [encode_body(doc) for doc in docs]
    assert same(decode_bodies(texts), docs)
    assert same([decode_body(text) for text in texts], docs)


def test_journals_of_early_books_read_as_they_were_meant() -> None:
    assert math.isnan(decode_event(b'{"a":{"$f":"nan"}}')["a"])
    assert decode_event(b'{"a":{"$f":5,"b":1}}') == {"a": {"$f": 5, "b": 1}}


def test_params_named_as_the_encoding_come_back(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / ".cellbook")
    params = {"$f": "nan", "lr": math.nan, "nested": {"$f": "nan"}, "$nan": [1]}
    store.commit(
        [create("runs", "a", {"params": {}}), create("t", "b", {"$nan": 1, "x": math.nan})]
    )
    store.commit([update("runs", "a", {"params": params})])
    again = FolderStore(tmp_path / ".cellbook")
    doc = again.get("runs", "a")
    assert doc is not None
    assert same(doc["params"], params)
    assert same(again.get("t", "b"), {"$nan": 1, "x": math.nan})
    ((_, _, found),) = again.select("runs")
    assert same(found["params"], params)
