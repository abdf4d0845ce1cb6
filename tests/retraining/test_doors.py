"""``cb.retrain``, ``%retrain`` and ``cellbook retrain``; scripts and notebooks that are run."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from cellbook import book as books
from cellbook.cli import main
from cellbook.records import RetrainingPlan, RetrainingVerdict
from cellbook.retraining import Retrainings, retrain
from cellbook.retraining.room import rehearse
from cellbook.retraining.telling import rehearsal_text
from tests.ipython.kernels import kernel, open_book
from tests.retraining.making import CELLS, people, serve, trained

SCRIPT = "\n".join(CELLS)
OPTIONS = ("--holdout", "data:holdout@1", "--param", "path=new.csv")


@pytest.fixture(autouse=True)
def closed_books() -> Iterator[None]:
    """Leave no book open that the command opened in this process."""
    yield
    books.close_all()


@pytest.mark.timeout(300)
def test_the_magic_and_the_command_in_a_notebook(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    trained(tmp_path).close()
    with kernel(tmp_path) as k:
        k.run("%load_ext cellbook")
        line = "%retrain credit --run run:train --holdout data:holdout@1 --param path=new.csv"
        assert "No cell assigns 'lr'" in k.run(f"{line} --param lr=1").stderr
        rehearsed = k.run(f"{line} --dry-run")
        assert "credit would be retrained now" in rehearsed.text
        assert "path = 'new.csv'" in rehearsed.text
        done = k.run(line)
        assert "credit: promoted · accuracy" in done.text
        assert "promoted" in k.run("%retrain --history").text
        assert "no predictions of 'credit' are on record yet" in k.run(f"{line} --on drift").text
        assert "It is `%retrain NAME" in k.run("%retrain credit").stderr
        k.close(gently=True)
    place = ["--book", str(tmp_path)]
    assert main(["retrain", "credit", "--run", "run:train", *OPTIONS, *place, "--json"]) == 0
    out = capfd.readouterr().out
    assert '"verdict": "candidate"' in out
    assert "itself, the champion" in out
    assert main(["retrain", "--history", *place, "--csv"]) == 0
    assert "stays a candidate" in capfd.readouterr().out
    assert main(["retrain", "credit", *place]) == 2
    assert "Say what is run and what judges" in capfd.readouterr().err
    assert main(["retrain", "credit", "--run", "1", *OPTIONS, "--watch", *place]) == 2
    assert "--watch needs a rule" in capfd.readouterr().err


@pytest.mark.timeout(300)
def test_watch_outlives_that_nothing_was_predicted_and_that_the_champion_is_gone(
    tmp_path: Path,
) -> None:
    book = trained(tmp_path)
    words = (
        "retrain",
        "credit",
        "--run",
        "run:train",
        *OPTIONS,
        "--on",
        "accuracy < 0.7 for 2 of 3",
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "cellbook", *words, "--watch", "--every", "1s"],
        cwd=tmp_path, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert "no predictions of 'credit' are on record yet" in process.stdout.readline()
        book.models.drop_alias("credit", "champion")
        # What waits is said once, so the next line is of the look that failed.
        assert "this look failed, the next one tries again: NotFound" in process.stdout.readline()
        book.models.set_alias("credit/1", "champion")
        serve(book, 3, turned=True)
        said = iter(process.stdout.readline, "")
        assert any("credit: promoted · accuracy" in line for line in said)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        process.stdout.close()
    assert book.models.find("credit@champion").number == 2
    book.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("marked", [True, False])
def test_scripts_and_notebooks_are_run_with_parameters(tmp_path: Path, *, marked: bool) -> None:
    people(1_000, 1).to_csv(tmp_path / "old.csv", index=False)
    people(1_000, 2, turned=True).to_csv(tmp_path / "new.csv", index=False)
    (tmp_path / "train.py").write_text(SCRIPT)
    subprocess.run([sys.executable, "train.py"], cwd=tmp_path, check=True)
    cells = [new_code_cell(source) for source in CELLS]
    if marked:
        cells[1].metadata["tags"] = ["parameters"]
    nbformat.write(new_notebook(cells=cells), tmp_path / "train.ipynb")
    book = open_book(tmp_path)
    assert book.models.find("credit@champion").number == 1
    book.track_data(people(500, 3, turned=True), "holdout", keep=True)
    # What is run says that it is the champion; it is not for it to say.
    plan = RetrainingPlan(
        "credit", "notebook:train.ipynb", "holdout@1", margin=0.99, params={"path": "new.csv"}
    )
    told = rehearsal_text(rehearse(book, plan))
    assert ("# Parameters" in told) == marked
    done = retrain(book, plan)
    assert (done.verdict, done.plan) == (RetrainingVerdict.CANDIDATE, plan), done.reason
    assert book.models.find("credit@champion").number == 1
    assert book.find_run(done.run).params["path"] == "new.csv"
    # The script makes the same of the same data.
    script = RetrainingPlan("credit", "#1", "holdout@1", params={"path": "new.csv"})
    again = retrain(book, script)
    assert again.verdict is RetrainingVerdict.PROMOTED, again.reason
    assert again.challenger == done.challenger
    assert len(Retrainings(book).all()) == 2
    book.close()
