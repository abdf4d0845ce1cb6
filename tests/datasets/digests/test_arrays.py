from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp

from cellbook.datasets.digests import digest_object
from cellbook.errors import InvalidInput


def digest(data: Any) -> str:
    return digest_object(data).digest


def test_order_of_memory_and_bytes_is_no_content() -> None:
    one = np.arange(24.0).reshape(2, 3, 4)
    for same in (
        np.asfortranarray(one),
        one.astype(">f8"),
        np.concatenate([one, one])[:2],
        np.repeat(one, 2, axis=1)[:, ::2],
    ):
        assert digest(same) == digest(one)


def test_dtype_and_shape_are_content() -> None:
    one = np.arange(6.0).reshape(2, 3)
    others = [one.T, one.ravel(), one.astype("f4"), one.astype(int), one + 1, one[None], one > 2]
    assert len({digest(other) for other in [one, *others]}) == 1 + len(others)


def test_large_arrays_of_any_layout() -> None:
    one = np.random.default_rng(0).random((3, 200_000))
    assert digest(np.asfortranarray(one)) == digest(one)
    assert digest(np.asfortranarray(one.T)) == digest(np.ascontiguousarray(one.T))
    assert digest(one[0][::2]) == digest(one[0][::2].copy())


def test_texts_and_objects() -> None:
    one = np.array(["a", "bb"])
    assert digest(one) == digest(one.astype(">U2"))
    assert digest(one) != digest(one.astype("U3"))
    assert digest(np.array(["a", "bb"], object)) != digest(one)
    assert digest(np.array([1, True], object)) != digest(np.array([1, 1], object))
    assert digest(np.array(["a"], np.dtypes.StringDType())) != digest(one)
    assert digest(np.array([b"a"])) != digest(np.array(["a"]))


def test_what_lies_between_fields_is_no_content() -> None:
    kind = np.dtype({"names": ["a", "b"], "formats": ["i1", "f8"], "offsets": [0, 8]})
    one, two = np.zeros(3, kind), np.frombuffer(b"\xff" * 48, kind).copy()
    two["a"], two["b"] = 0, 0
    assert digest(one) == digest(two)
    assert digest(one) == digest(one.astype([("a", "i1"), ("b", "f8")]))
    assert digest(one) != digest(one.astype([("a", "i1"), ("c", "f8")]))
    nested = np.zeros(2, [("m", "f4", (2, 2)), ("k", [("x", "U3")])])
    assert digest(nested) == digest(nested.copy())


def test_what_lies_under_a_mask_is_no_content() -> None:
    one = np.ma.MaskedArray([1, 2, 3], [False, True, False])
    assert digest(one) == digest(np.ma.MaskedArray([1, 7, 3], [False, True, False], fill_value=9))
    assert digest(one) != digest(np.ma.MaskedArray([1, 2, 3], [False, False, True]))
    assert digest(one) != digest(np.array([1, 0, 3]))


def test_times_nan_and_odd_shapes() -> None:
    days = np.array(["2020-01-01", "NaT"], "M8[D]")
    assert digest(days) != digest(days.astype("M8[s]"))
    nan = np.array([-1], "i8").view("f8")
    assert digest(nan) == digest(np.array([np.nan]))
    assert len({digest(np.zeros(shape)) for shape in [(), (1,), (0,), (0, 3), (3, 0)]}) == 5


@pytest.mark.parametrize(
    "bad", [np.array([object()]), np.zeros(2, np.longdouble), np.zeros(2, "V3")]
)
def test_what_cannot_be_hashed_is_named(bad: Any) -> None:
    with pytest.raises(InvalidInput, match="No digest can be made of the array"):
        digest(bad)


def test_place_of_what_cannot_be_hashed() -> None:
    with pytest.raises(InvalidInput, match=r"at place \(1, 0\)"):
        digest(np.array([[1, 2], [object(), 3]], object))


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil", "dok", "bsr", "dia"])
def test_format_of_a_sparse_matrix_is_no_content(form: str) -> None:
    one = sp.csr_array(np.array([[1.0, 0, 2], [0, 0, 3]]))
    assert digest(one.asformat(form)) == digest(one)
    assert digest(sp.csr_matrix(one)) == digest(one)


def test_entries_of_a_sparse_matrix() -> None:
    twice = sp.coo_array(([1.0, 2.0], ([0, 0], [1, 1])), shape=(2, 2))
    once = sp.coo_array(([3.0], ([0], [1])), shape=(2, 2))
    zero = sp.coo_array(([3.0, 0.0], ([0, 1], [1, 1])), shape=(2, 2))
    assert digest(twice) == digest(once)
    assert len(twice.data) == 2, "it stays as it is"
    assert len({digest(one) for one in (once, zero, once.T, once.astype("f4"))}) == 4
    with pytest.raises(InvalidInput, match="sparse matrix of float128"):
        digest(once.astype(np.longdouble))
