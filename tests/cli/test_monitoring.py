"""``cellbook monitor`` tells what ``%monitor`` tells: groups, scores, versions, rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from cellbook import book as books
from cellbook.alarming import keep_alarm
from cellbook.book import Book
from cellbook.cli import main
from cellbook.monitoring import Predictions
from tests.registry.conftest import book, opened

__all__ = ["book", "opened"]

HOUR = 3_600_000


@pytest.fixture(autouse=True)
def closed_books() -> Iterator[None]:
    """Leave no book open that the command opened in this process."""
    yield
    books.close_all()


@pytest.fixture
def told(book: Book) -> list[str]:
    """Record three hours of two versions at an endpoint, of whose rows in Bergen many are wrong."""
    for slope in (1.0, 2.0):
        x = pd.DataFrame({"income": np.arange(4.0)})
        fitted = LinearRegression().fit(x, slope * x["income"])
        book.models.log(fitted, "credit", alias="champion", input_example=x)
    rng = np.random.default_rng(0)
    predictions = Predictions(book.store)
    log = predictions.log("shop")
    for hour, version in ((1, "credit/1"), (2, "credit/1"), (3, "credit/2")):
        chance = rng.random(300)
        town = np.tile(["Oslo", "Bergen"], 150)
        said = (chance >= 0.5).astype(int)
        true = np.where(town == "Bergen", 1 - said, said)
        ids = log.log(
            {"income": rng.normal(size=300), "town": town},
            {"chance": chance, "prediction": said},
            model=version,
            time_ms=hour * HOUR,
        )
        log.flush()
        predictions.label("shop", dict(zip(ids, true.tolist(), strict=True)))
    log.close()
    return ["--book", str(book.folder)]


def test_the_metric_and_the_window_are_chosen_where_none_is_named(
    told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["monitor", "credit", *told]) == 0
    out = capsys.readouterr().out
    assert out.startswith("✓ shop: fine. 300 predictions: 4 columns as before")
    assert out.splitlines()[-5].split() == ["WINDOW", "ROWS", "DRIFT", "ACCURACY"]
    assert main(["monitor", "credit", "--score", "chance", "--csv", *told]) == 0
    head, first, *rest = capsys.readouterr().out.splitlines()
    assert head == "WINDOW,ROWS,DRIFT,ACCURACY,ROC_AUC"
    assert first.startswith("1970-01-01 01:00:00 UTC,300,?,0.5")
    assert len(rest) == 2
    assert main(["monitor", "credit", "--windows", "2", "--json", *told]) == 0
    assert [one["start"] // HOUR for one in json.loads(capsys.readouterr().out)] == [2, 3]


def test_groups_are_listed_in_place_of_windows(
    told: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["monitor", "credit", "--by", "town", *told]) == 0
    out = capsys.readouterr().out
    assert "accuracy by group, worst first" in out
    head, _, worst, best = out.splitlines()[-4:]
    assert head.split("  ")[0] == "GROUP"
    assert "town Bergen" in worst
    assert "worse, surely" in worst
    assert "town Oslo" in best
    assert main(["monitor", "credit", "--by", "town", "--json", *told]) == 0
    docs = json.loads(capsys.readouterr().out)
    assert [(one["group"], one["metric"], one["value"]) for one in docs] == [
        ("town Bergen", "accuracy", 0.0), ("town Oslo", "accuracy", 1.0),
    ]  # fmt: skip
    report = tmp_path / "report.html"
    assert main(["monitor", "credit", "--by", "town", "--html", str(report), *told]) == 0
    assert "town Bergen" in report.read_text(encoding="utf-8")
    assert main(["monitor", "credit", "--by", "city", *told]) == 2
    assert "no column 'city'" in capsys.readouterr().err


def test_rules_are_the_endpoints_and_labels_too_whatever_it_is_called(
    book: Book, told: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_alarm(book, "shop", "accuracy below 0.9 for 2 of 3 windows of 1h")
    for name in ("credit/1", "credit@champion"):
        for look in ("--check", "--watch"):
            assert main(["monitor", name, look, *told]) == 2
            err = capsys.readouterr().err
            assert "all that shop answers, whatever version" in err
            assert "`cellbook monitor shop --check`" in err
    assert main(["monitor", "credit", "--check", *told]) == 1
    assert "shop" in capsys.readouterr().out
    frame = Predictions(book.store).frame("shop")
    mine = frame[frame["model"] == "credit/1"]
    labels = pd.DataFrame({"id": mine["id"], "label": mine["output.prediction"]})
    labels.to_csv(tmp_path / "paid.csv", index=False)
    words = ["monitor", "credit/1", "--labels", str(tmp_path / "paid.csv"), "--json"]
    assert main([*words, *told]) == 0
    said = capsys.readouterr()
    assert "600 of them of predictions on record" in said.err
    docs = json.loads(said.out)
    assert [(one["rows"], one["measured"]["accuracy"]["value"]) for one in docs] == [(300, 1.0)] * 2
