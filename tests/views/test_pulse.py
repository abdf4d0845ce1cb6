from __future__ import annotations

from pathlib import Path

from cellbook.book import Book
from cellbook.store import FolderStore, create
from cellbook.views.pulse import METRICS, Pulse, changed
from tests.views.conftest import Log


def test_pulse_tells_which_tables_changed(opened: Book, log: Log) -> None:
    pulse = Pulse(opened.store)
    before = pulse.take()
    assert pulse.take() == before
    record = log("run")
    assert opened._environment is not None
    opened._environment.join()
    middle = pulse.take()
    assert {"runs", "sessions"} <= set(changed(before, middle))
    opened.runs.change(record, description="x")
    assert changed(middle, pulse.take()) == ["runs"]


def test_points_of_a_running_run_are_felt(opened: Book, log: Log) -> None:
    log("ended", loss=[1.0, 2.0])
    run = opened.start_run()
    run.log_metric("loss", 1.0)
    pulse = Pulse(opened.store)
    before = pulse.take()
    run.log_metric("loss", 0.5)
    assert changed(before, pulse.take()) == [METRICS]


def test_change_by_another_is_felt_though_it_folded_it(opened: Book, log: Log) -> None:
    pulse = Pulse(opened.store)
    before = pulse.take()
    other = Book(FolderStore(Path(opened.url)))
    with other.start_run():
        pass
    assert other.store.count("runs") == 1  # So the other one has folded it into the common index.
    other.close()
    assert "runs" in changed(before, pulse.take())


def test_index_made_anew_is_felt(opened: Book, log: Log) -> None:
    log("run")
    pulse = Pulse(opened.store)
    before = pulse.take()
    opened.store.rebuild_index()
    assert "runs" in changed(before, pulse.take())


def test_a_damaged_run_hides_no_other(opened: Book) -> None:
    run = opened.start_run()
    run.log_metric("loss", 1.0)
    damaged = [
        create("runs", f"x{place}", {"state": "running", "points": odd})
        for place, odd in enumerate((None, 3, "text"))
    ]
    opened.store.commit(damaged)
    pulse = Pulse(opened.store)
    before = pulse.take()
    run.log_metric("loss", 0.5)
    assert METRICS in changed(before, pulse.take())
