from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cellbook.interop.croissant import DataColumn
from cellbook.sharing.describing import columns_of, describe
from tests.sharing.samples import new_book

FRAME = pd.DataFrame(
    {
        "n": [1, 2, 3],
        "x": [0.5, None, 1.5],
        "on": [True, False, True],
        "when": pd.Timestamp("2026-01-01", tz="UTC"),
        "word": ["a", "b", None],
    }
)
COLUMNS = [
    DataColumn("n", "sc:Integer"),
    DataColumn("x", "sc:Float"),
    DataColumn("on", "sc:Boolean"),
    DataColumn("when", "sc:DateTime"),
    DataColumn("word", "sc:Text"),
]


@pytest.mark.parametrize("keep", [False, True])
def test_columns_of_a_frame_that_is_kept_or_only_profiled(keep: bool, tmp_path: Path) -> None:
    book = new_book(tmp_path)
    version = book.track_data(FRAME, "frame", keep=keep).version
    assert columns_of(book, version) == COLUMNS
    told = describe(book, version)
    assert [one["name"] for one in told["variableMeasured"]] == list(FRAME)
    book.close()


def test_columns_of_a_file_that_is_another_one_by_now(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    file = tmp_path / "d.csv"
    FRAME[["n", "x"]].to_csv(file, index=False)
    version = book.track_data(file, "d").version
    file.write_text("other\n1\n")
    assert columns_of(book, version) == COLUMNS[:2]
    file.unlink()
    assert columns_of(book, version) == COLUMNS[:2]
    book.close()


def test_what_has_no_names_of_columns_tells_none(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    assert columns_of(book, book.track_data(np.eye(3), "array").version) == []
    assert columns_of(book, book.track_data(FRAME, "bare", profile=False).version) == []
    book.close()
