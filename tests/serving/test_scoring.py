"""Files and frames scored by chunks."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from cellbook.errors import InvalidInput, NotFound, SignatureMismatch, Untrusted
from cellbook.packaging import load_bundle, pack_bundle, save_bundle
from cellbook.serving import score, score_file
from cellbook.serving.scoring import _Scorer
from tests.serving.bundles import IRIS, MIXED, mixed

FORMS = ("csv", "parquet", "arrow", "feather")


def write(frame: pd.DataFrame, path: Path) -> None:
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        frame.to_parquet(path, row_group_size=40)
    else:
        frame.to_feather(path)


def read(path: Path) -> pd.DataFrame:
    if path.suffix == ".csv":
        return pd.read_csv(path)
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_feather(path)


@pytest.mark.parametrize("source", FORMS)
@pytest.mark.parametrize("target", ["csv", "parquet", "arrow"])
def test_files(iris: Path, tmp_path: Path, source: str, target: str) -> None:
    frame = IRIS.assign(flower=[f"no. {n}" for n in range(150)])
    write(frame, tmp_path / f"in.{source}")
    done: list[int] = []
    out = tmp_path / f"out.{target}"
    count = score_file(iris, tmp_path / f"in.{source}", out, keep=["flower"], rows=64,
                       say=done.append)  # fmt: skip
    assert count == 150
    assert done[-1] == 150
    made = read(out)
    assert list(made) == ["flower", "prediction"]
    assert made["prediction"].tolist() == load_bundle(iris).predict(IRIS).tolist()
    assert made["flower"].tolist() == frame["flower"].tolist()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f"in.{source}", out.name])


def test_tables_of_text_that_looks_like_numbers(mixed_bundle: Path, tmp_path: Path) -> None:
    frame = pd.concat([MIXED.assign(note=["007", "1e5", "c"])] * 3, ignore_index=True)
    frame.to_csv(tmp_path / "in.csv", index=False)
    pack_bundle(mixed_bundle, tmp_path / "mixed.zip")
    with pytest.raises(Untrusted):
        score_file(tmp_path / "mixed.zip", tmp_path / "in.csv", tmp_path / "out.csv")
    score_file(
        tmp_path / "mixed.zip", tmp_path / "in.csv", tmp_path / "out.csv", rows=2, trust=True
    )
    made = pd.read_csv(tmp_path / "out.csv")
    assert made["who"].tolist() == ["007Bonn", "1e5Kiel", "cBonn"] * 3
    assert_frame_equal(made, pd.DataFrame(mixed(frame)), check_dtype=False)


def test_a_mark_before_a_table_is_no_part_of_it(iris: Path, tmp_path: Path) -> None:
    IRIS.to_csv(tmp_path / "in.csv", index=False, encoding="utf-8-sig")
    score_file(iris, tmp_path / "in.csv", tmp_path / "out.csv", rows=40)
    assert len(pd.read_csv(tmp_path / "out.csv")) == len(IRIS)


def test_what_does_not_fit_leaves_nothing(iris: Path, tmp_path: Path) -> None:
    frame = IRIS.copy()
    frame.iloc[100, 2] = np.nan
    write(frame, tmp_path / "in.csv")
    out = tmp_path / "out.csv"
    with pytest.raises(SignatureMismatch, match=r"rows from 64 on: .*\(row 36\)"):
        score_file(iris, tmp_path / "in.csv", out, rows=64)
    for name, content, words in (
        ("empty.csv", b"", "cannot be read"),
        ("wide.csv", b"a,b,c,d\n" + b"9,1,2,3,4\n" * 3, "more fields than its header"),
        ("header.csv", ",".join(IRIS).encode() + b"\n", "no rows"),
        ("bad.parquet", b"PAR1nonsense", "cannot be read"),
        ("bad.arrow", b"nonsense", "cannot be read"),
        ("in.txt", b"x", "is none of"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InvalidInput, match=words):
            score_file(iris, tmp_path / name, out)
    with pytest.raises(InvalidInput, match="no column 'x'"):
        score_file(iris, tmp_path / "in.csv", out, keep=["x"])
    with pytest.raises(InvalidInput, match="no file"):
        score_file(iris, tmp_path / "none.csv", out)
    with pytest.raises(InvalidInput, match="No rows at a time"):
        score_file(iris, tmp_path / "in.csv", out, rows=0)
    out.write_text("mine")
    with pytest.raises(InvalidInput, match="there already"):
        score_file(iris, tmp_path / "in.csv", out)
    assert out.read_text() == "mine"
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]
    with pytest.raises((NotFound, InvalidInput)):
        score_file(tmp_path / "none", tmp_path / "in.csv", tmp_path / "other.csv")


def test_frames(iris: Path) -> None:
    frame = IRIS.set_axis(range(1000, 1150))
    made = score(iris, frame, rows=64)
    assert list(made.index) == list(frame.index)
    assert made["prediction"].tolist() == load_bundle(iris).predict(IRIS).tolist()
    assert len(score(load_bundle(iris), IRIS.iloc[:0])) == 0
    polars = pytest.importorskip("polars")
    assert len(score(iris, polars.from_pandas(IRIS))) == 150
    with pytest.raises(InvalidInput, match="no frame"):
        score(iris, 5)


def test_several_outputs(tmp_path: Path) -> None:
    def three(rows: Any) -> Any:
        return np.column_stack([rows[:, 0], rows[:, 0] * 2, rows[:, 0] * 3])

    save_bundle(three, tmp_path / "three", input_example=np.ones((3, 1)))
    made = score(tmp_path / "three", pd.DataFrame({"a": [1.0, 2.0]}), trust=True)
    assert made.to_dict("list") == {
        "prediction_0": [1.0, 2.0], "prediction_1": [2.0, 4.0], "prediction_2": [3.0, 6.0],
    }  # fmt: skip


def test_a_scorer_travels_without_its_model(iris: Path) -> None:
    scorer = _Scorer(str(iris), False, 100)
    expected = scorer(IRIS)
    packed = pickle.dumps(scorer)
    assert len(packed) < 1000
    assert_frame_equal(pickle.loads(packed)(IRIS), expected)
    assert_frame_equal(scorer(IRIS.iloc[:0]), expected.iloc[:0])


def test_dask(iris: Path) -> None:
    dask = pytest.importorskip("dask.dataframe")
    made = score(iris, dask.from_pandas(IRIS, npartitions=4))
    assert made.compute()["prediction"].tolist() == load_bundle(iris).predict(IRIS).tolist()


def test_what_looks_missing_in_a_text_is_text(tmp_path: Path) -> None:
    kinds = ["NA", "None", "nan"]
    example = pd.DataFrame({"place": pd.Categorical([*kinds, None], categories=kinds)})
    model = tmp_path / "model"
    save_bundle(lambda frame: frame["place"].astype(str).to_numpy(), model, input_example=example)
    rows = pd.DataFrame({"place": ["NA", "None", "nan", ""], "size": ["1", "NA", "", "2"]})
    rows.to_csv(tmp_path / "in.csv", index=False)
    score_file(model, tmp_path / "in.csv", tmp_path / "out.parquet", keep=["size"], trust=True)
    made = read(tmp_path / "out.parquet")
    assert made["prediction"].tolist()[:3] == kinds
    assert made["size"].isna().tolist() == [False, True, True, False]


def test_dask_needs_a_folder_that_stays(iris: Path, tmp_path: Path) -> None:
    dask = pytest.importorskip("dask.dataframe")
    lent = tmp_path / "lent"
    shutil.copytree(iris, lent)
    loaded = load_bundle(lent)
    shutil.rmtree(lent)
    with pytest.raises(InvalidInput, match="bundle_at"):
        score(loaded, dask.from_pandas(IRIS, npartitions=2))
