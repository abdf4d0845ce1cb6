"""What looks alike and is not: each pair has two digests, or none can be made of one of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from cellbook.datasets.digests import digest_object
from cellbook.errors import InvalidInput

zones: Any = pytest.importorskip("dateutil.tz", reason="pandas brings dateutil")

SURROGATES = "\ud83d\ude00"
"""Two halves of a character, which JSON writes as it writes the character."""


def digest(data: Any) -> str:
    return digest_object(data).digest


def objects(*values: Any) -> pd.DataFrame:
    return pd.DataFrame({"o": pd.Series(list(values), dtype=object)})


def named(name: Any) -> pd.DataFrame:
    return pd.DataFrame([[1]], columns=pd.Index([name], dtype=object))


def tensor(shape: tuple[int, ...], **more: Any) -> pa.Table:
    kind = pa.fixed_shape_tensor(pa.int32(), shape, **more)
    held = pa.array([[1, 2, 3, 4, 5, 6]], pa.list_(pa.int32(), 6))
    return pa.table({"a": pa.ExtensionArray.from_storage(kind, held)})


def opaque(name: str) -> pa.Table:
    held = pa.array([1], pa.int32())
    kind = pa.opaque(pa.int32(), name, "vendor")
    return pa.table({"a": pa.ExtensionArray.from_storage(kind, held)})


def intervals(closed: Any) -> pa.Array:
    return pa.array(pd.interval_range(0, 2, closed=closed).array)


def nested(values: pa.Array) -> pa.Table:
    return pa.table({"a": pa.StructArray.from_arrays([values], ["x"])})


PAIRS = {
    "shape of a tensor": (tensor((2, 3)), tensor((3, 2))),
    "order of its axes": (tensor((2, 3)), tensor((2, 3), permutation=[1, 0])),
    "names of its axes": (
        tensor((2, 3), dim_names=["a", "b"]),
        tensor((2, 3), dim_names=["a", "c"]),
    ),
    "what is opaque": (opaque("a"), opaque("b")),
    "ends": (pa.table({"a": intervals("left")}), pa.table({"a": intervals("right")})),
    "ends within": (nested(intervals("left")), nested(intervals("right"))),
    "set and frozenset": (objects({1}), objects(frozenset({1}))),
    "masked within": (
        objects(np.ma.array([1, 2], mask=[False, True]), 1),
        objects(np.array([1, 0]), 1),
    ),
    "mask within": (
        objects(np.ma.array([1, 2], mask=[False, True]), 1),
        objects(np.ma.array([1, 2], mask=[True, False]), 1),
    ),
    "halves of a character": (named(SURROGATES), named("😀")),
    "halves in a field": (
        np.zeros(1, [(SURROGATES, "i4")]),
        np.zeros(1, [("😀", "i4")]),
    ),
    "polars series and frame": (pl.Series("a", [1]), pl.DataFrame({"a": [1]})),
    "columns that are categories": (
        pd.DataFrame([[1]], columns=pd.CategoricalIndex(["a"])),
        pd.DataFrame([[1]], columns=["a"]),
    ),
    "categories of columns": (
        pd.DataFrame([[1]], columns=pd.CategoricalIndex(["a"], ["a", "b"])),
        pd.DataFrame([[1]], columns=pd.CategoricalIndex(["a"], ["b", "a"])),
    ),
    "columns named by nothing": (
        pd.DataFrame([[1]], columns=pd.Index(["a"], name="")),
        pd.DataFrame([[1]], columns=pd.Index(["a"])),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_what_looks_alike_has_two_digests(name: str) -> None:
    one, other = PAIRS[name]
    assert digest(one) != digest(other)


SAME = {
    "numpy's text": (objects(np.str_("a"), None), objects("a", None)),
    "numpy's texts": (objects(np.str_("a"), np.str_("ü")), objects("a", "ü")),
    "numpy's NaN": (objects("a", np.float64("nan")), objects("a", float("nan"))),
    "numpy's text as a name": (named(np.str_("a")), named("a")),
    "what is under a mask": (
        objects(np.ma.array([1, 2], mask=[False, True]), 1),
        objects(np.ma.array([1, 3], mask=[False, True]), 1),
    ),
    "polars and pandas": (pl.Series("a", [1]), pd.Series([1], name="a")),
    "offsets": (
        objects(dt.datetime(2020, 1, 1, tzinfo=zones.tzoffset("X", 3600)), 1),
        objects(dt.datetime(2020, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=1))), 1),
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_what_is_the_same_has_one(name: str) -> None:
    one, other = SAME[name]
    assert digest(one) == digest(other)


PINNED = {
    # A set, an extension type without parameters, halves that stand alone, a column that was named.
    "set": (objects({1, "a"}), "d24ab69e503ad0ed812b1ee75f06c2e0e5462342d69c42c56098a51efdd86647"),
    "uuid": (
        pa.table(
            {"a": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([b"x" * 16], pa.binary(16)))}
        ),
        "63e13a494c1776c0340d59db1e85b87c7419189715af669ef5c78eb6f5a2e45f",
    ),
    "half": (named("\ud83d"), "6214c44f1a0c5fec6d806cb919d7e8fb9ecbdb1e507eaec5865b7c5f86566d34"),
    "name": (
        pd.DataFrame([[1]], columns=pd.Index(["a"], name="n")),
        "36894ae88b622eea1c69b4f707079aed7a8ae38bcd22e82ac2126d82e5a65702",
    ),
    "texts": (
        objects("a", None, float("nan")),
        "a1930c65f4641415c152b36293f92b2b23b696ab5500da63f28432fd8f685231",
    ),
    "array": (
        objects(np.array([1, 2]), 1),
        "ccd839c93fb16593e5cbebf8a174a5ad7fb53fe7d77ec75908ce1d5eb5ec3ee6",
    ),
}


@pytest.mark.parametrize("name", PINNED)
def test_digests_on_record_stand(name: str) -> None:
    data, known = PINNED[name]
    assert digest(data) == f"cellbook-frame-1:{known}"


class Held:
    pass


@pytest.mark.parametrize("value", [Held(), {1}])
def test_objects_in_polars_have_no_digest(value: Any) -> None:
    held = pl.DataFrame({"fine": [1], "odd": pl.Series([value], dtype=pl.Object)})
    with pytest.raises(InvalidInput, match=r"column 'odd': .* Object\. .*drop\('odd'\)"):
        digest(held)


def test_what_arrow_does_not_have_is_named() -> None:
    held = pl.DataFrame({"fine": [1], "odd": pl.Series([1], dtype=pl.Int128)})
    with pytest.raises(InvalidInput, match=r"column 'odd': .* Int128, which Arrow"):
        digest(held)


@pytest.mark.parametrize(
    "zone",
    [zones.tzstr("EST5EDT"), zones.tzrange("EST", -18_000), zones.tzlocal()],
)
def test_zones_without_a_name_have_no_digest(zone: dt.tzinfo) -> None:
    with pytest.raises(InvalidInput, match="a time zone without a name"):
        digest(objects(dt.datetime(2020, 7, 1, tzinfo=zone), 1))


@pytest.mark.parametrize("bare", [pa.chunked_array([[1], [2]]), pa.array([1, 2])])
def test_columns_without_a_name_are_refused(bare: Any) -> None:
    with pytest.raises(InvalidInput, match=r"Track a table of it: pa\.table"):
        digest_object(bare)
