"""What is on record of retrainings whose process dies, and who may begin one meanwhile."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from cellbook import book as books
from cellbook.book import Book, look_into
from cellbook.cli import main
from cellbook.errors import InvalidInput
from cellbook.records import Retraining, RetrainingVerdict, RunState
from cellbook.retraining import Retrainings, retrain
from tests.retraining.making import CELLS, trained
from tests.retraining.test_room import PLAN

COMMAND = (
    sys.executable, "-m", "cellbook", "retrain", "credit", "--run", "run:train", "--holdout",
    "data:holdout@1", "--param", "path=new.csv",
)  # fmt: skip


@pytest.fixture(autouse=True)
def closed_books() -> Iterator[None]:
    """Leave no book open that the command opened in this process."""
    yield
    books.close_all()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    # It can be met on its way.
    slow = (
        "import os, time\n"
        "while os.path.exists('wait'):\n"
        "    open('waiting', 'w').close()\n"
        "    time.sleep(0.05)\n"
    )
    trained(folder, (*CELLS[:-1], slow + CELLS[-1])).close()
    return folder


@pytest.fixture
def book(made: Path, tmp_path: Path) -> Iterator[Book]:
    shutil.copytree(made, tmp_path / "home")
    found = look_into(tmp_path / "home" / ".cellbook")
    # Its cells work where they did: the run is of no notebook.
    (made / "wait").touch()
    yield found
    (made / "wait").unlink(missing_ok=True)
    (made / "waiting").unlink(missing_ok=True)
    found.close()


def running(book: Book, made: Path) -> Retraining:
    """Wait for a retraining that another process has begun, and that is at the slow cell."""
    while not (made / "waiting").exists():
        time.sleep(0.05)
    (found,) = Retrainings(book).all()
    assert found.verdict is RetrainingVerdict.RUNNING
    return found


@pytest.mark.timeout(300)
def test_a_kill_leaves_nothing_half_and_is_told(book: Book, made: Path) -> None:
    process = subprocess.Popen(COMMAND, cwd=book.folder, stdout=subprocess.DEVNULL)
    one = running(book, made)
    kernels = [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
    # While it runs, nobody else begins one.
    with pytest.raises(InvalidInput, match="credit is being retrained since"):
        retrain(book, replace(PLAN, on=""))
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    (told,) = Retrainings(book).all()
    assert (told.retraining_id, told.verdict) == (one.retraining_id, RetrainingVerdict.INTERRUPTED)
    assert "its process died; the alias stays" in told.reason
    assert book.models.find("credit@champion").number == 1
    assert len(book.models.told("credit").versions) == 1
    # Its kernel goes with it, and the run is told to have crashed.
    for _ in range(300):
        if not any(map(psutil.pid_exists, kernels)):
            break
        time.sleep(0.1)
    assert not any(map(psutil.pid_exists, kernels))
    assert book.verify().ok
    # The lock went with the process: the next one is let in, and does its work.
    (made / "wait").unlink()
    done = retrain(book, replace(PLAN, on=""))
    assert done.verdict is RetrainingVerdict.PROMOTED
    states = {doc["state"] for _, _, doc in book.store.select("runs")}
    assert states <= {RunState.FINISHED, RunState.CRASHED}


def test_an_interrupt_is_on_record(
    book: Book, made: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    process = subprocess.Popen(COMMAND, cwd=book.folder, stdout=subprocess.DEVNULL)
    running(book, made)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    (told,) = Retrainings(book).all()
    assert (told.verdict, told.reason) == (RetrainingVerdict.INTERRUPTED, "stopped by hand")
    assert main(["retrain", "--history", "--book", str(book.folder)]) == 0
    assert "interrupted" in capfd.readouterr().out


def test_a_death_right_after_the_move_is_told_as_what_it_did(book: Book) -> None:
    book.models.register("models:/credit/1", "other")
    begun = Retraining(
        book.store.new_id(), replace(PLAN, model="other", on=""), time.time_ns() // 1_000_000,
        RetrainingVerdict.RUNNING, session="gone", reason="better",
        challenger=book.models.find("other/1").version_id,
    )  # fmt: skip
    audit = Retrainings(book)
    audit.begin(begun)
    book.models.set_alias("other/1", "champion")
    (told,) = audit.all("other")
    assert told.verdict is RetrainingVerdict.PROMOTED
    assert told.reason == "better; then its process died"
    assert audit.all("credit") == []
