"""Data kept in the book: by chunks, once, and given back as it was."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp
from hypothesis import given
from hypothesis import strategies as st

import cellbook as cb
from cellbook import book as books
from cellbook.book import Book
from cellbook.datasets.by_value import _inside
from cellbook.datasets.chunks import LEAST, Chunker
from cellbook.errors import InvalidInput, StoreCorrupt
from cellbook.store import CHUNK
from cellbook.tracking.trash import find_rubbish, remove_rubbish


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    yield books.open(tmp_path)
    books.close_all()


def lines(first: int, last: int) -> str:
    rng = random.Random(first)
    return "".join(f"{number},{rng.random()},word{rng.random()}\n" for number in range(first, last))


def test_an_appended_file_stores_its_tail(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text(lines(0, 60_000))
    cb.track_data(path, keep=True)
    before, size = book.store.packs.size(), path.stat().st_size
    cb.track_data(path, keep=True)
    assert book.store.packs.size() == before
    with path.open("a") as file:
        file.write(lines(60_000, 60_100))
    cb.track_data(path, keep=True)
    assert path.stat().st_size > size > 2_000_000
    assert book.store.packs.size() - before < 2 * CHUNK, "the last chunk, and what is new"
    changed = path.read_text().splitlines(keepends=True)
    changed.insert(1000, "a row that is new\n")
    before = book.store.packs.size()
    path.write_text("".join(changed))
    cb.track_data(path, keep=True)
    assert book.store.packs.size() - before < 3 * CHUNK, "the chunk that it lies in"


def test_a_file_is_given_back(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    content = os.urandom(300_000)
    path.write_bytes(content)
    version = cb.track_data(path, keep=True)
    assert cb.read_data("data:x@1") == path
    path.write_bytes(b"another")
    with pytest.raises(InvalidInput, match="Say where"):
        cb.read_data(version)
    back = cb.read_data(version, to="new/folder/y.bin")
    assert Path(back).read_bytes() == content
    with pytest.raises(InvalidInput, match="already"):
        cb.read_data(version, to=back)
    assert [one.name for one in Path("new/folder").iterdir()] == ["y.bin"]


def test_a_folder_is_given_back(book: Book, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "a").write_text("hello")
    (folder / "empty").write_text("")
    (folder / "b").write_bytes(os.urandom(200_000))
    (folder / "link").symlink_to("sub/a")
    version = cb.track_data(folder, keep=True)
    back = cb.read_data(version, to="back")
    assert cb.track_data(back, "data").version == 1
    assert (tmp_path / "back" / "link").readlink() == Path("sub/a")
    for bad in ("/etc/passwd", "../x", "a/../../x"):
        with pytest.raises(StoreCorrupt, match="outside"):
            _inside(tmp_path, bad)


KEPT: dict[str, Any] = {
    "frame": pd.DataFrame(
        {
            "a": [0.5, np.nan],
            "s": ["x", "ü"],
            "c": pd.Categorical(["u", "v"], ["v", "u"], ordered=True),
            "t": pd.to_datetime(["2020", "2021"]).tz_localize("Europe/Berlin"),
            "n": pd.array([1, None], dtype="Int64"),
        },
        index=pd.Index([5, 7], name="k"),
    ),
    "series": pd.Series([1, 2]),
    "index": pd.Index(["a", "b"], name="i"),
    "array": np.random.default_rng(0).random((20, 5)),
    "structured": np.array([(1, "x")], [("a", "i4"), ("b", "U3")]),
    "records": np.rec.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
    "matrix": np.array([[1, 2]]).view(np.matrix),
    "batch": pa.record_batch({"a": [1, 2]}),
    "empty batch": pa.record_batch({"a": pa.array([], pa.int8())}),
    "lil": sp.lil_matrix(np.eye(3)),
    "dok": sp.dok_array(np.eye(3)),
    "csr": sp.random(9, 9, 0.3, "csr", rng=np.random.default_rng(0)),
    "polars": pl.DataFrame({"a": [1, None], "c": pl.Series(["a", "b"], dtype=pl.Categorical)}),
    "polars series": pl.Series("s", [[1], None]),
    "arrow": pa.table({"z": [[1], None], "m": [{"k": 1}, None]}),
}


class Measures(pd.DataFrame):
    pass


class Streamed:
    """What another library hands out as Arrow's."""

    def __arrow_c_stream__(self, schema: Any = None) -> Any:
        return pa.table({"a": [1]}).__arrow_c_stream__(schema)


@pytest.mark.parametrize("name", KEPT)
def test_data_in_memory_is_given_back(book: Book, name: str) -> None:
    version = cb.track_data(KEPT[name], name, keep=True)
    back = cb.read_data(version)
    assert type(back) is type(KEPT[name])
    assert cb.track_data(back, name).version == 1
    with pytest.raises(InvalidInput, match="Leave `to` out"):
        cb.read_data(version, to="x")


def test_a_longer_frame_stores_what_is_new(book: Book) -> None:
    rng = np.random.default_rng(0)
    whole = pd.DataFrame({"a": rng.random(400_000), "b": rng.integers(0, 10**9, 400_000)})
    cb.track_data(whole[:330_000], "frame", keep=True)
    before = book.store.packs.size()
    cb.track_data(whole, "frame", keep=True)
    assert book.store.packs.size() - before < 0.45 * 6_400_000


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pd.DataFrame({"o": pd.Series(["x", None, np.nan], dtype=object)}), "would not come back"),
        (pd.DataFrame({3: [1], "a": [2]}), "would not come back"),
        (pd.DataFrame({"o": pd.Series([1, "x"], dtype=object)}), "cannot be kept by value"),
        (pd.DataFrame([[1]], columns=pd.CategoricalIndex(["a"])), "would not come back"),
        (pd.DataFrame({"a": pd.arrays.SparseArray([0, 1])}), "cannot be kept by value: Sparse"),
        (Measures({"a": [1]}), "A Measures would come back as a DataFrame"),
        (Streamed(), "A Streamed would come back as a Table"),
        (np.array([1, "x"], object), "is not kept by value"),
        (np.ma.MaskedArray([1], [True]), "is not kept by value"),
        (pd.MultiIndex.from_tuples([(1, 2)]), "is not kept by value"),
    ],
)
def test_what_would_come_back_otherwise_is_refused(book: Book, data: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        cb.track_data(data, "odd", keep=True)
    assert book.datasets.all() == []
    assert cb.track_data(data, "odd").version == 1


def test_a_map_of_a_file_is_kept_as_an_array(book: Book, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(4))
    mapped = np.load(tmp_path / "a.npy", mmap_mode="r")
    assert np.array_equal(cb.read_data(cb.track_data(mapped, "map", keep=True)), mapped)


def test_what_is_not_kept_says_so(book: Book) -> None:
    cb.track_data(pd.DataFrame({"a": [1]}), "frame")
    with pytest.raises(InvalidInput, match=r"not kept in the book.*keep=True"):
        cb.read_data("frame")


def test_gc_keeps_what_versions_name(book: Book, tmp_path: Path) -> None:
    kept = cb.track_data(KEPT["array"], "array", keep=True)
    gone = cb.track_data(np.random.default_rng(1).random(50_000), "gone", keep=True)
    books.close_all()
    book = books.open(tmp_path)
    book.datasets.delete(gone)
    with book.store.exclusive():
        due = book.checkpoints.find_due()
    book.checkpoints.remove_due(due)
    remove_rubbish(book.store, find_rubbish(book.store, now=2e9))
    assert np.array_equal(cb.read_data(kept), KEPT["array"])
    assert due.size > 300_000, "the chunks that nothing names any more go"


def test_a_damaged_chunk_is_never_given_back(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(os.urandom(300_000))
    version = cb.track_data(path, keep=True)
    path.unlink()
    (pack,) = (tmp_path / ".cellbook" / "packs").glob("*.pack")
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 1
    pack.write_bytes(data)
    with pytest.raises(StoreCorrupt, match="damaged"):
        cb.read_data(version, to="back")
    assert not list(tmp_path.glob("*back*"))
    places = {one.place for one in book.verify().findings if not one.harmless}
    assert "data:x@1" in places


# -- where chunks end --------------------------------------------------------------------------


def chunks(*parts: bytes) -> list[bytes]:
    taken: list[bytes] = []
    chunker = Chunker(lambda chunk: taken.append(bytes(chunk)))
    for part in parts:
        chunker.write(part)
    chunker.part()
    return taken


@given(st.integers(0, 400_000), st.integers(0, 2**32), st.integers(1, 255))
def test_chunks_are_the_bytes_however_these_come(size: int, seed: int, letters: int) -> None:
    data = bytes(np.random.default_rng(seed).integers(0, letters, size, dtype=np.uint8))
    found = chunks(data)
    assert b"".join(found) == data
    assert all(LEAST < len(chunk) <= CHUNK for chunk in found[:-1])
    cut = size // 3
    assert chunks(data[:cut], data[cut:]) == found


def test_chunks_are_found_again_behind_what_is_new() -> None:
    data = os.urandom(2_000_000)
    before, after = set(chunks(data)), chunks(b"new" + data)
    assert sum(chunk not in before for chunk in after) <= 2
