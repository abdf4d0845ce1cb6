"""Models that real kernels train anew, judged by real data."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from cellbook.book import Book, look_into
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import RETRAINS, RetrainingPlan, RetrainingVerdict, RunState
from cellbook.retraining import Retrainings, rehearse, retrain, retrain_where_due, why_not
from cellbook.retraining.room import rule_of, subject_of
from tests.retraining.making import CELLS, people, serve, trained

PLAN = RetrainingPlan(
    "credit", "run:train", "data:holdout@1", on="accuracy < 0.7 for 2 of 3, cool-down 6h",
    params={"path": "new.csv"},
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    trained(folder).close()
    return folder


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Iterator[Book]:
    shutil.copytree(made, tmp_path / "home")
    found = look_into(tmp_path / "home" / ".cellbook")
    yield found
    found.close()


def test_a_rule_triggers_and_the_better_challenger_takes_the_alias(book: Book) -> None:
    serve(book, 4, turned=False)
    assert retrain_where_due(book, PLAN) is None
    serve(book, 3, turned=True, first=4)
    said: list[str] = []
    done = retrain_where_due(book, PLAN, by="ada", tell=said.append)
    assert done is not None
    assert done.verdict is RetrainingVerdict.PROMOTED, done.reason
    assert done.reading is not None
    assert done.reading.value < 0.3
    assert "was broken in 2 of 3" in done.evidence
    assert (done.by, done.rows, done.plan) == ("ada", 500, PLAN)
    assert done.holdout == book.datasets.find("holdout@1").digest
    assert done.gain is not None
    assert done.gain > 0.5
    assert done.gain_low is not None
    assert done.gain_low > 0.4
    champion = book.models.find("credit@champion")
    assert (champion.number, champion.version_id) == (2, done.challenger)
    assert champion.tags["retraining"] == done.reason
    run = book.find_run(done.run)
    assert run.tags[RETRAINS] == done.retraining_id
    assert run.state is RunState.FINISHED
    # The run on record is what really ran.
    assert run.params["path"] == "new.csv"
    assert book.find_run("run:train").run_number == 1
    assert any("1/5" in line for line in said)
    assert Retrainings(book).all() == [done]
    # The windows that are told of are no reason for a second time.
    assert retrain_where_due(book, PLAN) is None


def test_a_challenger_that_is_no_better_stays_a_candidate(book: Book) -> None:
    worse = replace(PLAN, on="", margin=0.2, params={"path": "old.csv", "C": 1e-6})
    done = retrain(book, worse)
    assert done.verdict is RetrainingVerdict.CANDIDATE
    assert "it must be better by more than 0.2" in done.reason
    assert book.models.find("credit@champion").number == 1
    assert book.models.find("credit/2").tags["retraining"] == done.reason
    assert done.reading is None
    # Nothing new is no challenger.
    same = retrain(book, replace(PLAN, on="", params={}))
    assert same.verdict is RetrainingVerdict.CANDIDATE
    assert "credit/1 itself, the champion" in same.reason
    assert len(book.models.told("credit").versions) == 2


def test_the_margin_must_be_exceeded_and_surely_asks_for_all_of_the_interval(book: Book) -> None:
    done = retrain(book, replace(PLAN, on="", margin=0.95))
    assert done.verdict is RetrainingVerdict.CANDIDATE
    assert "by more than 0.95" in done.reason
    assert done.gain is not None
    assert done.gain_low is not None
    between = (done.gain + done.gain_low) / 2
    # The same content again is the same version, and is judged again.
    unsure = retrain(book, replace(PLAN, on="", margin=between, surely=True))
    assert (unsure.verdict, unsure.challenger) == (RetrainingVerdict.CANDIDATE, done.challenger)
    assert "surely by more than" in unsure.reason
    sure = retrain(book, replace(PLAN, on="", margin=between))
    assert sure.verdict is RetrainingVerdict.PROMOTED


def test_an_alias_that_somebody_moves_meanwhile_is_left_to_them(book: Book) -> None:
    def meddle(line: str) -> None:
        if "3/5" in line:
            book.models.set_alias("credit/1", "other")
            book.models.drop_alias("credit", "champion", by="lin")

    done = retrain(book, replace(PLAN, on=""), tell=meddle)
    assert done.verdict is RetrainingVerdict.CANDIDATE
    assert "but @champion stays" in done.reason
    assert (
        "champion" not in book.models.get("credit").aliases
        or not (book.models.get("credit").aliases["champion"])
    )


def test_a_challenger_that_saw_rows_of_the_holdout_wins_nothing(book: Book) -> None:
    fresh = pd.concat([people(1_000, 2, turned=True), people(500, 3, turned=True).iloc[:40]])
    fresh.to_csv(book.folder / "fresh.csv", index=False)
    cells = [
        CELLS[0],
        "path = 'fresh.csv'",
        f"{CELLS[2]}\ncb.track_data(rows, 'fresh', keep=True)",
        *CELLS[3:],
    ]
    nbformat.write(
        new_notebook(cells=[new_code_cell(one) for one in cells]), book.folder / "leaky.ipynb"
    )
    done = retrain(book, replace(PLAN, on="", run="notebook:leaky.ipynb", params={}))
    assert done.verdict is RetrainingVerdict.CANDIDATE, done.reason
    assert "40 of the 500 rows of the holdout are among those that it was trained on" in done.reason
    assert book.models.find("credit@champion").number == 1


def test_a_protected_alias_waits_for_its_approval(book: Book) -> None:
    book.models.protect("credit", "@champion", approvals=1, by="ada")
    done = retrain(book, replace(PLAN, on=""))
    assert done.verdict is RetrainingVerdict.CANDIDATE
    assert "models approve" in done.reason
    assert book.models.find("credit@champion").number == 1


def test_a_run_that_fails_or_logs_nothing_is_on_record(book: Book) -> None:
    failed = retrain(book, replace(PLAN, on="", params={"path": "nowhere.csv"}))
    assert failed.verdict is RetrainingVerdict.FAILED
    assert "FileNotFoundError" in failed.reason
    late = retrain(book, replace(PLAN, on=""), limit=0.001)
    assert late.verdict is RetrainingVerdict.FAILED
    assert "It took longer than it may" in late.reason
    assert [one.verdict for one in Retrainings(book).all("credit")] == [
        RetrainingVerdict.FAILED
    ] * 2
    assert len(book.models.told("credit").versions) == 1


def test_a_dry_run_changes_nothing(book: Book) -> None:
    serve(book, 3, turned=True)
    before = book.store.stamps()
    told = rehearse(book, PLAN)
    assert told.due
    assert "was broken in 3 of 3" in told.evidence
    assert told.champion_value < 0.3
    assert "path = 'new.csv'" in "\n".join(told.work.sources)
    assert not rehearse(book, replace(PLAN, on="accuracy < 0.01")).due
    assert book.store.stamps() == before
    assert Retrainings(book).all() == []


def test_what_cannot_be_is_told_before_anything_runs(book: Book) -> None:
    plan = replace(PLAN, on="")
    book.track_data(people(29, 5, turned=True), "few", keep=True)
    for wrong, message in (
        ({"model": "debit"}, "debit"),
        ({"alias": "challenger"}, "challenger"),
        ({"holdout": "data:nothing@1"}, "nothing"),
        ({"run": "run:nothing"}, "nothing"),
        ({"metric": "beauty"}, "There is no metric 'beauty'"),
        ({"label": "height"}, "no column 'height'"),
        ({"margin": -0.1}, "0 or more"),
        ({"margin": float("nan")}, "0 or more"),
        ({"holdout": "data:few@1"}, "29 rows of few@1 .* judge nobody"),
        ({"params": {"lr": 1}}, r"No cell assigns 'lr' .* plain value there: path, C"),
        ({"params": {"C": object()}}, "is a object"),
    ):
        with pytest.raises((InvalidInput, NotFound), match=message):
            retrain(book, replace(plan, **wrong))
    with pytest.raises(InvalidInput, match="number of seconds"):
        retrain(book, plan, limit=-1)
    for on in ("beautiful", "beauty below 3", "estimated:accuracy below 0.9"):
        with pytest.raises(InvalidInput):
            retrain_where_due(book, replace(PLAN, on=on))
    # There may yet be predictions.
    assert retrain_where_due(book, PLAN) is None
    assert "no predictions of 'credit' are on record yet" in why_not(book, PLAN)
    rehearsed = rehearse(book, PLAN)
    assert (rehearsed.due, rehearsed.evidence) == (False, why_not(book, PLAN))
    serve(book, 1, turned=False)
    with pytest.raises(InvalidInput, match="compares credit with nothing"):
        retrain_where_due(book, replace(PLAN, on="drift"))
    assert Retrainings(book).all() == []


def test_what_judges_nothing_is_told(book: Book) -> None:
    table = people(300, 6, turned=True)
    label = next(name for name in table if set(table[name]) == {0, 1})
    book.track_data(table.astype({label: str}), "texts", keep=True)
    book.track_data(table[table[label] == 1].reset_index(drop=True), "ones", keep=True)
    for wrong, message in (
        ({"holdout": "texts@1"}, r"predicts numbers \(.*texts \('[01]'\): no two are ever equal"),
        ({"holdout": "ones@1", "metric": "roc_auc"}, "cannot be told of the .* rows of ones@1"),
    ):
        with pytest.raises(InvalidInput, match=message):
            rehearse(book, replace(PLAN, on="", **wrong))


def test_drift_triggers_and_failing_waits_for_the_cool_down(book: Book) -> None:
    book.track_data(people(1_000, 1)[["income", "age"]] + 20.0, "before", keep=True)
    serve(book, 3, turned=True)
    plan = replace(
        PLAN, on="drift on 2 of 3, cool-down 3h", data="before", params={"path": "nowhere.csv"}
    )
    done = retrain_where_due(book, plan)
    assert done is not None
    assert done.verdict is RetrainingVerdict.FAILED
    serve(book, 1, turned=True, first=3)
    assert retrain_where_due(book, plan) is None
    serve(book, 1, turned=True, first=4)
    again = retrain_where_due(book, replace(plan, params={"path": "new.csv"}))
    assert again is not None
    assert again.verdict is RetrainingVerdict.PROMOTED
    assert rule_of(plan).signal == "drift"
    assert subject_of(plan) == "retraining of credit"
