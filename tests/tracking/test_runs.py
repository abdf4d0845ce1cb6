from __future__ import annotations

import os
from pathlib import Path

import pytest

from cellbook.errors import (
    Ambiguous,
    CellbookWarning,
    InvalidInput,
    NotFound,
)
from cellbook.records import RunState
from cellbook.store import FolderStore
from cellbook.tracking import Runs, Trouble
from tests.tracking.conftest import points, reread

# -- starting and ending ---------------------------------------------------------------------------


def test_start_records_what_it_was_given(runs: Runs) -> None:
    run = runs.start(
        "wide", experiment="wine", params={"lr": 0.1}, tags={"who": "ada"}, description="first"
    )
    record = reread(runs).get(run.run_id)
    assert (record.run_name, record.experiment, record.state) == ("wide", "wine", "running")
    assert (record.params, record.tags) == ({"lr": 0.1}, {"who": "ada"})
    assert record.description == "first"
    assert record.run_number == 1
    assert record.end_time is None


def test_run_and_record_are_shown_in_short(runs: Runs) -> None:
    run = runs.start("named", params={"layers": list(range(1000))})
    assert repr(run) == "<Run #1 named running>"
    run.end()
    assert repr(runs.delete("named")) == "<RunRecord #1 named finished>"


def test_start_makes_up_a_name(runs: Runs) -> None:
    names = {runs.start().name for _ in range(20)}
    assert len(names) > 10
    assert all("-" in name for name in names)


def test_start_ends_the_run_before(runs: Runs) -> None:
    first = runs.start("first")
    second = runs.start("second")
    assert first.state is RunState.FINISHED
    assert second.parent is None
    assert runs.active() is second


def test_start_inside_a_block_is_nested(runs: Runs) -> None:
    with runs.start("outer", experiment="e") as outer:
        with runs.start("inner") as inner:
            assert inner.parent == outer.run_id
            assert inner.experiment == "e"
            assert runs.active() is inner
        assert runs.active() is outer
        assert outer.state is RunState.RUNNING
    assert runs.active() is None


def test_start_with_parent_named(runs: Runs) -> None:
    first = runs.start("first")
    first.end()
    assert runs.start("second", parent="first").parent == first.run_id
    with pytest.raises(NotFound):
        runs.start("third", parent="nobody")


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (ValueError("bad\nmore"), RunState.FAILED),
        (KeyboardInterrupt(), RunState.STOPPED),
        (SystemExit(0), RunState.FINISHED),
        (SystemExit(3), RunState.FAILED),
    ],
)
def test_block_ends_as_it_was_left(runs: Runs, error: BaseException, state: RunState) -> None:
    with pytest.raises(type(error)), runs.start("r") as run:
        raise error
    record = reread(runs).get(run.run_id)
    assert record.state is state
    if isinstance(error, ValueError):
        assert record.error == "ValueError: bad"


def test_end_twice_changes_nothing(runs: Runs) -> None:
    run = runs.start("r")
    run.end("failed")
    run.end("finished")
    assert run.record.state is RunState.FAILED
    with pytest.raises(InvalidInput):
        runs.start().end("running")


def test_resume_goes_on_where_it_ended(runs: Runs) -> None:
    run = runs.start("r", params={"lr": 1})
    run.log_metric("loss", 3.0)
    run.log_metric("loss", 2.0)
    run.end()
    other = reread(runs)
    again = other.start(run_id=run.run_id, params={"lr": 2})
    again.log_metric("loss", 1.0)
    again.end()
    record = other.get(run.run_id)
    assert record.run_number == 1
    assert record.metrics == {"loss": 1.0}
    assert record.stats["loss"].count == 3
    assert record.stats["loss"].step == 2
    assert [value for _, value in points(other, run.run_id, "loss")] == [3.0, 2.0, 1.0]
    assert record.param_history["lr"][0][1] == 1
    assert other.store.verify().findings == []
    other.close()


def test_close_ends_what_is_open(runs: Runs) -> None:
    run = runs.start("r")
    runs.close()
    assert reread(runs).get(run.run_id).state is RunState.FINISHED


# -- finding and changing --------------------------------------------------------------------------


def test_find_by_number_name_and_id(runs: Runs) -> None:
    first = runs.start("same")
    second = runs.start("other name")
    for target in ("#1", 1, "1", "run:same", "same", first.run_id, first, first.record):
        assert runs.find(target).run_id == first.run_id
    assert runs.find("other name").run_id == second.run_id
    runs.start("same")
    with pytest.raises(Ambiguous, match="#1, #3"):
        runs.find("same")
    with pytest.raises(NotFound, match="%runs"):
        runs.find("nobody")


def test_change_delete_and_restore(runs: Runs) -> None:
    run = runs.start("r", tags={"a": "1"})
    with pytest.raises(InvalidInput, match="end_run"):
        runs.delete(run)
    run.end()
    runs.change("#1", run_name="new", tags={"b": 2}, description="text", archived=True)
    record = reread(runs).find("new")
    assert record.tags == {"a": "1", "b": "2"}
    assert (record.description, record.archived) == ("text", True)
    assert runs.drop_tag("#1", "a").tags == {"b": "2"}
    assert runs.delete("#1").trashed is not None
    assert runs.restore("#1").trashed is None


# -- trouble ---------------------------------------------------------------------------------------


def test_full_disk_warns_once_and_later_records_are_whole(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runs.start("r")
    run.log_metric("m", 0)
    write = os.write

    def refuse(fd: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", refuse)

    def log_much() -> None:
        for number in range(1, 50):
            run.log_metric("m", number)
            run.log_param("p", number)
            run.set_tag("t", number)

    with pytest.warns(CellbookWarning, match=r"disk .* is full") as caught:
        log_much()
    assert len(caught) == 1
    monkeypatch.setattr(os, "write", write)
    run.log_metric("m", 50)
    run.log_param("p", 50)
    run.end()
    record = reread(runs).get(run.run_id)
    assert record.params["p"] == 50
    assert [value for _, value in points(runs, run.run_id, "m")] == list(range(51))
    assert runs.store.verify().findings == []


def test_read_only_book_warns_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    def record() -> None:
        runs = Runs(FolderStore(tmp_path / "file" / ".cellbook"), Trouble())
        with runs.start("r", params={"a": 1}) as run:
            for _ in range(10):
                run.log_metric("m", 1)

    with pytest.warns(CellbookWarning, match="CELLBOOK_URL") as caught:
        record()
    assert len(caught) == 1


def test_deleted_book_warns_once(runs: Runs, tmp_path: Path) -> None:
    import shutil

    run = runs.start("r")
    run.log_metric("m", 1)
    shutil.rmtree(tmp_path / ".cellbook")
    with pytest.warns(CellbookWarning, match="was deleted while") as caught:
        run.log_params({"p": 1})
    run.log_params({"q": 1})
    assert len(caught) == 1


def test_warning_as_error_does_not_raise(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    run = runs.start("r")

    def refuse(fd: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", refuse)
        run.log_metric("m", 1)  # warnings are errors in this suite
