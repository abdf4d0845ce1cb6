"""Runs of several threads, tasks and processes at once: none ends, hides or loses another's."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cellbook.records import RunState
from cellbook.store import FolderStore
from cellbook.tracking import Run, Runs, Trouble
from cellbook.tracking.trash import find_rubbish, remove_rubbish


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    runs = Runs(FolderStore(tmp_path / ".cellbook"), Trouble())
    yield runs
    runs.close()
    runs.store.close()


@pytest.fixture
def other(runs: Runs) -> Iterator[Runs]:
    """The same book, as another process has it open."""
    other = Runs(FolderStore(Path(runs.store.url)), Trouble())
    yield other
    other.close()
    other.store.close()


def in_thread(work: object) -> None:
    thread = threading.Thread(target=work)  # type: ignore[arg-type]
    thread.start()
    thread.join()


# -- threads and tasks -----------------------------------------------------------------------------


def test_runs_of_parallel_trials_are_apart_and_keep_their_metrics(runs: Runs) -> None:
    def trial(number: int) -> None:
        run = runs.start(f"q{number}")
        time.sleep(0.05)
        run.log_metric("acc", number)
        assert runs.active() is run
        run.end()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(trial, range(8)))
    found = {doc["run_name"]: doc for _, _, doc in runs.store.select("runs")}
    assert {name: doc["metrics"] for name, doc in found.items()} == {
        f"q{number}": {"acc": number} for number in range(8)
    }
    assert not any(doc.get("parent") for doc in found.values())


def test_second_start_of_a_thread_ends_its_own_run_before(runs: Runs) -> None:
    main = runs.start("main")

    def work() -> None:
        first, second = runs.start("first"), runs.start("second")
        assert (first.state, second.state) == (RunState.FINISHED, RunState.RUNNING)

    in_thread(work)
    assert main.state is RunState.RUNNING
    assert runs.active() is main


def test_sibling_tasks_are_not_nested_in_each_other(runs: Runs) -> None:
    async def task(name: str) -> None:
        with runs.start(name):
            await asyncio.sleep(0.02)

    async def main() -> None:
        await asyncio.gather(*(task(f"as{number}") for number in range(3)))
        with runs.start("outer"):
            await asyncio.gather(*(task(f"in{number}") for number in range(3)))

    asyncio.run(main())
    outer = runs.find("outer").run_id
    parents = {doc["run_name"]: doc.get("parent") for _, _, doc in runs.store.select("runs")}
    assert {name for name, parent in parents.items() if parent == outer} == {"in0", "in1", "in2"}
    assert all(parents[name] is None for name in ("as0", "as1", "as2", "outer"))


def test_thread_in_a_block_logs_to_its_run_but_does_not_nest(runs: Runs) -> None:
    seen: list[Run | None] = []
    with runs.start("outer") as outer, runs.start("inner") as inner:

        def work() -> None:
            seen.append(runs.active())
            with runs.start("of the thread") as own:
                seen.append(own)
            with runs.start("told", parent=outer) as told:
                seen.append(told)

        in_thread(work)
        assert runs.active() is inner
    assert seen[0] is inner
    assert [run and run.parent for run in seen[1:]] == [None, outer.run_id]


def test_thread_does_not_choose_among_the_runs_of_several_others(runs: Runs) -> None:
    runs.start("main")
    started, done = threading.Event(), threading.Event()

    def work() -> None:
        runs.start("thread")
        started.set()
        done.wait(30)

    thread = threading.Thread(target=work)
    thread.start()
    started.wait(30)
    seen: list[Run | None] = []
    in_thread(lambda: seen.append(runs.active()))
    done.set()
    thread.join()
    assert seen == [None]


def test_second_run_in_a_block_is_nested_as_the_first_was(runs: Runs) -> None:
    with runs.start("outer", experiment="e") as outer:
        first, second = runs.start("first"), runs.start("second")
        assert first.state is RunState.FINISHED
        assert (second.parent, second.experiment) == (outer.run_id, "e")


def test_nested_goes_into_the_active_run_as_in_mlflow(runs: Runs) -> None:
    above = runs.start("above")
    below = runs.start("below", nested=True)
    assert (below.parent, above.state) == (above.run_id, RunState.RUNNING)
    below.end()
    assert runs.active() is above
    below = runs.start("again", nested=True)
    runs.start("next")
    assert (below.state, above.state) == (RunState.FINISHED, RunState.FINISHED)


# -- after the end ---------------------------------------------------------------------------------


def test_point_after_the_end_reaches_the_document(runs: Runs, other: Runs) -> None:
    run = runs.start("r")
    run.log_metric("loss", 3)
    run.end()
    run.log_metric("loss", 1)
    run.log_metrics({"late": 5})
    runs.flush()
    record = other.get(run.run_id)
    assert record.state is RunState.FINISHED
    assert record.metrics == {"loss": 1, "late": 5}
    assert (record.stats["loss"].count, record.stats["loss"].min) == (2, 1)
    run.log_metric("late", 6)
    runs.close()
    run.log_metric("last", 7)
    assert other.get(run.run_id).metrics == {"loss": 1, "late": 6, "last": 7}
    assert runs.store.verify().findings == []


@pytest.mark.parametrize("farewell", ["runs.close()", "runs.flush()", "pass"])
def test_point_that_a_forked_child_logs_after_the_end_counts(runs: Runs, farewell: str) -> None:
    script = f"""
        import os, sys, time
        from pathlib import Path
        from cellbook.store import FolderStore
        from cellbook.tracking import Runs, Trouble
        runs = Runs(FolderStore(Path(sys.argv[1])), Trouble())
        os.register_at_fork(before=runs.before_fork, after_in_child=runs.after_fork)
        run = runs.start("shared")
        run.log_metric("m", 0)
        ended, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            run.log_metric("m", 1)
            os.read(ended, 1)
            run.log_metric("m", 2)
            run.log_metric("late", 3)
            {farewell}
            os._exit(0)
        time.sleep(0.2)
        run.end()
        os.write(tell, b"x")
        assert os.waitpid(pid, 0)[1] == 0
        runs.close()
        """
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), runs.store.url], check=True, timeout=60
    )
    runs.sessions.repair(force=True)
    record = runs.find("shared")
    assert record.state is RunState.FINISHED
    assert record.metrics == {"m": 2, "late": 3}
    assert record.stats["m"].count == 3
    assert runs.store.verify().findings == []


def test_forked_child_that_leaves_the_block_does_not_end_the_run(runs: Runs) -> None:
    script = """
        import os, sys
        from pathlib import Path
        from cellbook.store import FolderStore
        from cellbook.tracking import Runs, Trouble
        runs = Runs(FolderStore(Path(sys.argv[1])), Trouble())
        os.register_at_fork(before=runs.before_fork, after_in_child=runs.after_fork)
        child = None
        try:
            with runs.start("shared") as run:
                child = os.fork()
                if child == 0:
                    runs.start("the child's own")
                    sys.exit(3)
                os.waitpid(child, 0)
                print(runs.get(run.run_id).state.value)
        finally:
            runs.close()
            if child == 0:
                os._exit(0)
        """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), runs.store.url],
        check=True,
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "running"
    assert runs.find("the child's own").parent == runs.find("shared").run_id


# -- resumed elsewhere -----------------------------------------------------------------------------


def test_owner_that_logs_on_after_a_resumer_ended_its_run_says_so(runs: Runs, other: Runs) -> None:
    run = runs.start("both")
    run.log_metric("m", 1)
    again = other.start(run_id=run.run_id)
    again.log_metric("m", 2)
    again.end("failed", "Gone: away")
    assert runs.get(run.run_id).state is RunState.FAILED
    time.sleep(0.002)
    run.log_metric("m", 3)
    run.flush()
    record = other.get(run.run_id)
    assert (record.state, record.end_time, record.error) == (RunState.RUNNING, None, None)
    assert (record.metrics["m"], record.stats["m"].count) == (3, 3)
    assert record.session == runs.sessions.current
    time.sleep(0.002)
    run.log_metric("m", 4)
    run.end()
    record = other.get(run.run_id)
    assert (record.state, record.stats["m"].count) == (RunState.FINISHED, 4)


def test_gc_leaves_a_run_that_an_open_session_still_logs_to(runs: Runs, other: Runs) -> None:
    run = runs.start("both")
    run.log_metric("m", 1)
    other.start(run_id=run.run_id).end()
    other.delete(run.run_id)
    rubbish = find_rubbish(other.store, days=0)
    assert [record.run_id for record in rubbish.waiting] == [run.run_id]
    assert not rubbish.runs
    time.sleep(0.002)
    run.log_metric("m", 2)
    run.end()
    rubbish = find_rubbish(other.store, days=0)
    assert [record.run_id for record in rubbish.runs] == [run.run_id]
    remove_rubbish(other.store, rubbish)
    assert other.store.get("runs", run.run_id) is None


def test_killed_owner_of_a_run_that_a_resumer_ended_loses_no_points(runs: Runs) -> None:
    script = """
        import os, sys
        from pathlib import Path
        from cellbook.store import FolderStore
        from cellbook.tracking import Runs, Trouble
        runs = Runs(FolderStore(Path(sys.argv[1])), Trouble())
        run = runs.start("both")
        run.log_metric("m", 1)
        print(run.run_id, flush=True)
        sys.stdin.readline()
        run.log_metric("m", 2)
        os.kill(os.getpid(), 9)
        """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), runs.store.url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        run_id = owner.stdout.readline().strip()
        runs.start(run_id=run_id).end()
        owner.communicate("go\n", timeout=60)
    runs.sessions.repair(force=True)
    record = runs.get(run_id)
    assert (record.state, record.metrics, record.stats["m"].count) == ("finished", {"m": 2}, 2)


def test_run_left_open_by_a_closed_session_is_buried(runs: Runs, other: Runs) -> None:
    run = other.start("doomed")
    other.store.commit = _refuse_ends(other.store.commit)  # type: ignore[method-assign, assignment]
    other.close()
    assert runs.get(run.run_id).state is RunState.RUNNING
    assert runs.sessions.repair(force=True) == 1
    record = runs.get(run.run_id)
    assert record.state is RunState.CRASHED
    assert record.duration is not None
    assert 0 <= record.duration < 60
    assert runs.sessions.repair(force=True) == 0


def _refuse_ends(commit: object) -> object:
    """Lose the line of a run's end, as damage to it would."""

    def partial(ops: list[list[object]], *, durable: bool = False) -> str:
        kept = [op for op in ops if op[0] != "runs"]
        return commit(kept, durable=durable) if kept else ""  # type: ignore[operator, no-any-return]

    return partial


def test_duration_is_not_negative_when_the_clock_is_set_back(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runs.start("r")
    time.sleep(0.05)
    years = 10 * 365 * 86_400_000
    monkeypatch.setattr(Runs, "now", staticmethod(lambda: time.time_ns() // 1_000_000 - years))
    run.end()
    duration = runs.get(run.run_id).duration
    assert duration is not None
    assert 0.05 <= duration < 60
