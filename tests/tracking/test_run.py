from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pandas as pd
import pytest

from cellbook.errors import (
    CellbookWarning,
    InvalidInput,
    InvalidMetric,
)
from cellbook.records import RunState
from cellbook.store import update
from cellbook.tracking import Run, Runs
from cellbook.views.runs_table import search_runs
from tests.tracking.conftest import points, reread

# -- params and tags -------------------------------------------------------------------------------


def test_changed_param_keeps_its_history(runs: Runs) -> None:
    run = runs.start("r")
    for value in (1, 1, 2, {"a": 1}, {"b": 2}):
        run.log_param("p", value)
    record = run.record
    assert record.params == {"p": {"b": 2}}
    assert [value for _, value in record.param_history["p"]] == [1, 2, {"a": 1}]


class Odd:
    def __repr__(self) -> str:
        raise RuntimeError("no repr for you")


class OddText(str):
    __slots__ = ()

    def __str__(self) -> str:
        raise RuntimeError("no text for you")


class OddMapping(dict[str, int]):
    def items(self) -> NoReturn:
        raise RuntimeError("no items for you")


def test_params_take_anything(runs: Runs) -> None:
    run = runs.start("r")
    values = {
        "int": np.int64(3), "float": np.float32(0.5), "bool": np.bool_(True),
        "zero-d": np.array(2), "nan": math.nan, "inf": -math.inf, "list": [1, (2, 3)],
        "object": object, "odd": Odd(), "timestamp": pd.Timestamp("2026-11-24"), 3: "number key",
        ("a", 1): "tuple key", "ключ": "значение 🙂", "lambda": print, "none": None,
        "fraction": Fraction(10**400), "odd text": OddText("text"), Odd(): "odd key",
        "odd mapping": OddMapping(a=1), "huge": 10**5000, "odd keys": {Odd(): 1},
        "half": "x" * 7000 + "\ud800",
    }  # fmt: skip
    run.log_params(values)
    params = reread(runs).get(run.run_id).params
    assert params["int"] == 3
    assert params["bool"] is True
    assert params["zero-d"] == 2
    assert math.isnan(params["nan"])
    assert params["inf"] == -math.inf
    assert params["list"] == [1, [2, 3]]
    assert params["3"] == "number key"
    assert params["ключ"] == "значение 🙂"
    assert "repr raised" in params["odd"]
    assert len(params) == len(values)


def test_large_param_is_kept_whole_as_artifact(runs: Runs) -> None:
    run = runs.start("r")
    text = "x" * 1_000_000
    run.log_param("big/one", text)
    shown = run.record.params["big/one"]
    assert len(shown) < 1200
    assert "1,000,000 characters" in shown
    (artifact,) = runs.artifacts(run.run_id)
    assert runs.store.blobs.get(artifact.digest).decode() == text
    assert artifact.path in shown


def test_ten_thousand_params(runs: Runs) -> None:
    run = runs.start("r")
    run.log_params({f"p{number}": number for number in range(10_000)})
    assert len(reread(runs).get(run.run_id).params) == 10_000


def test_a_metric_of_a_refused_call_was_never_logged(runs: Runs) -> None:
    run = runs.start("refused")
    with pytest.raises(InvalidInput):
        run.log_metrics({"loss": 1.0, "bad\nname": 1.0}, 0)
    run.end()
    record = runs.get(run.run_id)
    assert dict(record.metrics) == {}
    assert dict(record.stats) == {}


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "a\x00b", "x" * 251])
def test_bad_names_are_refused_with_a_mend(runs: Runs, name: str) -> None:
    run = runs.start("r")
    for call in (run.log_param, run.set_tag, run.log_metric):
        with pytest.raises(InvalidInput, match=r"\.$"):
            call(name, 1)
    with pytest.raises(InvalidInput):
        runs.start(name)


# -- metrics ---------------------------------------------------------------------------------------


def test_metric_steps_count_up_or_are_given(runs: Runs) -> None:
    run = runs.start("r")
    run.log_metric("loss", 1)
    run.log_metric("loss", 2)
    run.log_metric("loss", 3, step=10)
    run.log_metric("loss", 4)
    run.log_metric("loss", 5, step=-3)
    run.log_metric("loss", 6, np.int64(7))
    assert points(runs, run.run_id, "loss") == [(0, 1), (1, 2), (10, 3), (11, 4), (-3, 5), (7, 6)]


def test_metric_takes_any_scalar(runs: Runs) -> None:
    run = runs.start("r")
    values = [1, True, np.float32(0.5), np.array(3), np.array([[4]]), math.nan, math.inf, 10**400]
    for value in values:
        run.log_metric("m", value)
    found = [value for _, value in points(runs, run.run_id, "m")]
    assert found[:5] == [1, 1, 0.5, 3, 4]
    assert math.isnan(found[5])
    assert found[6:] == [math.inf, math.inf]


@pytest.mark.parametrize("value", ["0.5", None, 1j, np.array([1, 2]), [1], object()])
def test_metric_refuses_what_is_no_number(runs: Runs, value: object) -> None:
    run = runs.start("r")
    with pytest.raises(InvalidMetric, match="'m'"):
        run.log_metric("m", value)
    with pytest.raises(InvalidMetric):
        run.log_metrics({"good": 1, "m": value})
    assert points(runs, run.run_id, "good") == []


@pytest.mark.parametrize("step", [1.5, "one", 2**63, math.nan])
def test_metric_refuses_a_bad_step(runs: Runs, step: object) -> None:
    with pytest.raises(InvalidMetric, match="whole number"):
        runs.start("r").log_metric("m", 1, step)


def test_metric_contexts_are_series_of_their_own(runs: Runs) -> None:
    run = runs.start("r")
    run.log_metric("loss", 1, context={"split": "train"})
    run.log_metric("loss", 2, context={"split": "val"})
    run.log_metric("loss", 3)
    run.end()
    assert run.record.metrics == {"loss{split=train}": 1, "loss{split=val}": 2, "loss": 3}


def test_metric_timestamps_far_apart(runs: Runs) -> None:
    run = runs.start("r")
    times = [0, 1_700_000_000_000, 4_000_000_000_000, 1_700_000_000_001]
    for time in times:
        run.log_metric("m", 1, timestamp=time)
    (series,) = runs.store.series_reader.read(run.record.points, keys=["m"])
    assert series.times.tolist() == times


def test_metrics_of_running_run_are_seen_by_others_after_flush(runs: Runs) -> None:
    run = runs.start("r")
    run.log_metrics({"a": 1, "b": math.nan})
    runs.flush()
    record = reread(runs).get(run.run_id)
    assert record.state is RunState.RUNNING
    assert record.metrics["a"] == 1
    assert math.isnan(record.metrics["b"])
    assert math.isnan(record.stats["b"].min)


def test_metrics_from_many_threads_are_all_kept(runs: Runs) -> None:
    run = runs.start("r")

    def work() -> None:
        for _ in range(2000):
            run.log_metric("m", 1.0)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [step for step, _ in points(runs, run.run_id, "m")] == list(range(8000))


def test_interleaved_runs_share_files_without_mixing(runs: Runs) -> None:
    with runs.start("a") as a, runs.start("b") as b:
        for number in range(30_000):
            a.log_metric("m", number)
            b.log_metrics({"m": -number, "n": 0})
    assert [value for _, value in points(runs, a.run_id, "m")] == list(range(30_000))
    assert [value for _, value in points(runs, b.run_id, "m")] == [-n for n in range(30_000)]
    assert runs.store.verify().findings == []


def test_runs_in_asyncio_tasks_are_apart(runs: Runs) -> None:
    async def task(name: str) -> None:
        with runs.start(name) as run:
            for _ in range(5):
                await asyncio.sleep(0)
                assert runs.active() is run

    async def main() -> None:
        with runs.start("outer"):
            await asyncio.gather(*(task(f"t{number}") for number in range(5)))

    asyncio.run(main())
    assert runs.store.count("runs") == 6


# -- artifacts -------------------------------------------------------------------------------------


def test_artifacts_are_kept_and_listed(runs: Runs, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "deep" / "b.txt").write_text("b")
    run = runs.start("r")
    run.log_artifact(folder / "a.txt")
    run.log_artifact(folder / "a.txt", "sub")
    run.log_artifacts(folder, "all")
    run.log_text("first", "note.txt")
    run.log_text("second", "note.txt")
    run.log_dict({"x": np.int64(1)}, "d.json")
    run.log_table(pd.DataFrame({"a": [1, 2]}), "t.csv")
    listed = {artifact.path: artifact for artifact in runs.artifacts(run.run_id)}
    assert list(listed) == [
        "a.txt", "all/a.txt", "all/deep/b.txt", "d.json", "note.txt", "sub/a.txt", "t.csv",
    ]  # fmt: skip
    assert runs.store.blobs.get(listed["note.txt"].digest) == b"second"
    with pytest.raises(InvalidInput, match="no file"):
        run.log_artifact("missing.bin")
    with pytest.raises(InvalidInput):
        run.log_artifact(folder / "a.txt", "../up")


# -- what may be handed over -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda run: run.log_params(None),
        lambda run: run.log_params("abc"),
        lambda run: run.log_param(["x"], 1),
        lambda run: run.set_tags(["a"]),
        lambda run: run.log_metrics([("a", 1)]),
        lambda run: run.log_metric(["x"], 1),
        lambda run: run.log_metric("c", 1, context="val"),
        lambda run: run.log_metric("c", 1, context={"split": "a\nb"}),
        lambda run: run.log_metric("loss{split=val}", 1),
        lambda run: run.log_metric("m", 1, timestamp=10**30),
        lambda run: run.log_metrics({"m": 1}, timestamp=10**30),
        lambda run: run.log_text("t", "t.txt", step="abc"),
    ],
)
def test_a_mistake_in_a_call_is_one_sentence(runs: Runs, call: Callable[[Run], object]) -> None:
    run = runs.start("r")
    with pytest.raises(InvalidInput) as caught:
        call(run)
    assert "\n" not in str(caught.value)
    run.end()
    record = runs.get(run.run_id)
    assert (record.params, record.metrics, record.tags) == ({}, {}, {})


@pytest.mark.parametrize("options", [{"tags": ["a"]}, {"params": "abc"}, {"tags": "abc"}])
def test_a_mistake_at_the_start_leaves_no_run(runs: Runs, options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        runs.start("r", **options)
    assert (runs.active(), list(runs.store.select("runs"))) == (None, [])


def test_no_step_comes_after_the_last(runs: Runs) -> None:
    run = runs.start("r")
    run.log_metric("m", 1, step=2**63 - 1)
    with pytest.raises(InvalidMetric, match="last step"):
        run.log_metric("m", 2)
    with pytest.raises(InvalidMetric, match="last step"):
        run.log_metrics({"n": 1, "m": 2})
    run.log_metric("m", 3, step=0)
    assert points(runs, run.run_id, "m") == [(2**63 - 1, 1.0), (0, 3.0)]
    assert not run.has_metric("n") or points(runs, run.run_id, "n") == []


def test_many_changes_of_one_param_take_little_room(runs: Runs) -> None:
    run = runs.start("r")
    for number in range(3000):
        run.log_param("lr", number)
    record = reread(runs).get(run.run_id)
    assert record.params == {"lr": 2999}
    assert [value for _, value in record.param_history["lr"]] == list(range(2999))
    (journal,) = (Path(runs.store.url) / "journal").rglob("*.jsonl")
    assert journal.stat().st_size < 1_500_000


def test_history_of_an_early_book_is_kept(runs: Runs) -> None:
    run = runs.start("r", params={"lr": 3})
    early = {"param_history": {"lr": [[1, 1], [2, 2]]}}
    runs.store.commit([update("runs", run.run_id, early)])
    assert runs.get(run.run_id).param_history == early["param_history"]
    run.end()
    again = runs.start(run_id=run.run_id)
    again.log_param("lr", 4)
    again.log_param("lr", 5)
    history = runs.get(run.run_id).param_history["lr"]
    assert [value for _, value in history] == [1, 2, 3, 4]


def test_half_a_surrogate_pair_does_not_poison_the_book(runs: Runs, tmp_path: Path) -> None:
    run = runs.start("r", tags={"file": "caf\udce9.csv"}, description="\udce9")
    run.log_param("file", "caf\udce9.csv")
    run.end("failed", "Error: \udce9")
    search_runs(runs.store).to_csv(tmp_path / "runs.csv")
    record = runs.get(run.run_id)
    assert record.params == record.tags == {"file": "caf\\udce9.csv"}
    assert record.error == "Error: \\udce9"


def test_a_folder_is_kept_without_books_and_odd_names(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    for name in ("a.txt", "b\nc.txt", "caf\udce9.csv", "sub/z.txt"):
        (tmp_path / name).write_text(name, errors="surrogateescape")
    monkeypatch.chdir(tmp_path)
    run = runs.start("r")
    with pytest.warns(CellbookWarning, match="1 more.*b.nc.txt") as caught:
        run.log_artifact(".")
    assert len(caught) == 1
    assert [artifact.path for artifact in runs.artifacts(run.run_id)] == ["a.txt", "sub/z.txt"]
    with pytest.raises(InvalidInput):
        run.log_artifacts(".", "../up")


def test_change_is_made_whole_or_not_at_all(runs: Runs) -> None:
    with runs.start("first", tags={"a": "1", "b": "2"}):
        pass
    before = runs.find(1)
    with pytest.raises(InvalidInput):
        runs.change(1, trashed=True, drop_tags=["a"], description="x", run_name="")
    assert runs.find(1) == before
    after = runs.change(1, trashed=True, drop_tags=["a"], tags={"c": 3}, archived=True)
    assert (after.tags, after.archived) == ({"b": "2", "c": "3"}, True)
    assert after.trashed is not None
    assert runs.change(1, trashed=False).trashed is None
