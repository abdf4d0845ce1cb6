from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import InvalidInput
from cellbook.store import FolderStore, Series, SeriesKey
from cellbook.store.carried import pack_points, seal_of, unpack_points

RUN = "01M8G93XMSBSKM7NZ8VDHEKE4K"
point = st.tuples(
    st.integers(-(2**63), 2**63 - 1), st.floats(), st.integers(-(2**40), 2**45)
)  # fmt: skip


def series(key: str, points: list[tuple[int, float, int]]) -> Series:
    steps, values, times = zip(*points, strict=True)
    return Series(
        SeriesKey(RUN, key, (("split", "väl"),)),
        np.array(steps, np.int64),
        np.array(values, np.float64),
        np.array(times, np.int64),
    )


@given(st.dictionaries(st.text(min_size=1), st.lists(point, min_size=1), max_size=4))
def test_points_come_back_bit_by_bit(told: dict[str, list[tuple[int, float, int]]]) -> None:
    before = [series(key, points) for key, points in told.items()]
    data = pack_points(before)
    after = unpack_points(data, RUN)
    assert [one.of for one in after] == [one.of for one in before]
    for one, other in zip(before, after, strict=True):
        for name in ("steps", "values", "times"):
            assert getattr(one, name).tobytes() == getattr(other, name).tobytes()
    assert pack_points(after) == data


@given(st.data())
def test_no_other_bytes_are_taken(chosen: st.DataObject) -> None:
    data = bytearray(pack_points([series("loss", [(0, 1.0, 5), (1, 2.0, 6)])]))
    at = chosen.draw(st.integers(0, len(data) - 1))
    data[at] ^= chosen.draw(st.integers(1, 255))
    try:
        found = unpack_points(bytes(data), RUN)
    except InvalidInput:
        return
    # Another number is another point, but one that can be read.
    assert pack_points(found) == bytes(data)


def test_a_file_is_kept_beside_others(tmp_path: Path) -> None:
    store = FolderStore(tmp_path / ".cellbook")
    before = series("loss", [(0, 0.1, 5), (1, float("nan"), 2**40)])
    data = pack_points([before])
    stem = store.series_writer.keep_file(RUN, data)
    assert store.series_writer.keep_file(RUN, data) == stem
    (after,) = store.series_reader.read([stem], runs=[RUN])
    assert after.values.tobytes() == before.values.tobytes()
    assert after.times.tolist() == [5, 2**40]
    assert store.series_reader.check(stem, *seal_of(data))
    with pytest.raises(InvalidInput):
        unpack_points(data, RUN.replace("M8", "M7"))
    store.close()
