"""What dead processes leave behind, and what forked and spawned ones do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cellbook.records import ProcessIdentity, RunState, SessionState
from cellbook.store import FolderStore, create, update
from cellbook.tracking import Runs, Trouble
from cellbook.tracking.liveness import SILENCE_SECONDS, is_alive, own_identity

PRELUDE = """
import os, signal, sys, time
from pathlib import Path
from cellbook.store import FolderStore, create
from cellbook.tracking import Runs, Trouble
runs = Runs(FolderStore(Path(sys.argv[1])), Trouble())
"""

Script = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def script(tmp_path: Path) -> Iterator[Script]:
    started = []

    def start(body: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", PRELUDE + textwrap.dedent(body), tmp_path / ".cellbook"],
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    runs = Runs(FolderStore(tmp_path / ".cellbook"), Trouble())
    yield runs
    runs.close()
    runs.store.close()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_crashed_run_lasted_until_its_last_sign_of_life(runs: Runs, script: Script) -> None:
    process = script(
        """
        runs.sessions.ensure()
        time.sleep(3)
        run = runs.start("doomed")
        run.log_metric("loss", 1)
        print(run.run_id, flush=True)
        time.sleep(60)
        """
    )
    run_id = line_of(process)
    time.sleep(5)
    process.kill()
    process.wait()
    runs.sessions.repair(force=True)
    record = runs.get(run_id)
    assert record.state is RunState.CRASHED
    assert record.duration is not None
    assert 2 < record.duration < 7


def test_killed_process_leaves_a_crashed_run_and_a_killed_cell(runs: Runs, script: Script) -> None:
    process = script(
        """
        run = runs.start("doomed", params={"lr": 1})
        for step in range(10):
            run.log_metric("loss", 10 - step)
        cell = {"session": run.record.session, "state": "running", "start_time": runs.now()}
        runs.store.commit([create("cells", "C", cell)])
        print(run.run_id, flush=True)
        time.sleep(60)
        """
    )
    run_id = line_of(process)
    runs.sessions.repair(force=True)
    assert runs.get(run_id).state is RunState.RUNNING
    process.kill()
    process.wait()
    assert runs.sessions.repair(force=True) == 3
    record = runs.get(run_id)
    assert record.state is RunState.CRASHED
    assert record.metrics == {"loss": 1.0}
    assert record.stats["loss"].count == 10
    assert record.end_time is not None
    assert abs(record.end_time - runs.now()) < 60_000
    cell = runs.store.get("cells", "C")
    assert cell is not None
    assert cell["state"] == "killed"
    assert runs.sessions.repair(force=True) == 0
    assert runs.store.verify().findings == []


def test_terminated_script_is_crashed_and_finished_one_is_not(runs: Runs, script: Script) -> None:
    process = script("run = runs.start('ended'); run.log_metric('m', 1); run.end(); runs.close()")
    assert process.wait(timeout=60) == 0
    process = script("runs.start('cut'); print('ok', flush=True); time.sleep(60)")
    line_of(process)
    process.terminate()
    process.wait()
    runs.sessions.repair(force=True)
    assert runs.find("ended").state is RunState.FINISHED
    assert runs.find("cut").state is RunState.CRASHED


def test_two_repairers_repair_once(runs: Runs, script: Script) -> None:
    process = script("runs.start('doomed'); print('ok', flush=True); time.sleep(60)")
    line_of(process)
    process.kill()
    process.wait()
    others = [
        script("print(runs.sessions.repair(force=True), flush=True)"),
        script("print(runs.sessions.repair(force=True), flush=True)"),
    ]
    counts = [int(line_of(other)) for other in others]
    assert sorted(counts) == [0, 2]


def test_forked_child_logs_to_the_parents_run_and_does_not_end_it(
    runs: Runs, script: Script
) -> None:
    process = script(
        """
        os.register_at_fork(before=runs.before_fork, after_in_child=runs.after_fork)
        run = runs.start("shared")
        run.log_metric("m", 0)
        children = []
        for child in range(3):
            pid = os.fork()
            if pid == 0:
                for step in range(50):
                    run.log_metric(f"child{child}", step)
                run.log_param(f"p{child}", child)
                runs.close()
                os._exit(0)
            children.append(pid)
        for pid in children:
            assert os.waitpid(pid, 0)[1] == 0
        run.log_metric("m", 1)
        print(run.state.value, flush=True)
        run.end()
        runs.close()
        """
    )
    assert line_of(process) == "running"
    assert process.wait(timeout=60) == 0
    record = runs.find("shared")
    assert record.state is RunState.FINISHED
    assert record.metrics == {"m": 1, "child0": 49, "child1": 49, "child2": 49}
    assert {key: stat.count for key, stat in record.stats.items()} == {
        "m": 2, "child0": 50, "child1": 50, "child2": 50,
    }  # fmt: skip
    assert record.params == {"p0": 0, "p1": 1, "p2": 2}
    assert runs.store.verify().findings == []


def test_eight_processes_write_at_once(runs: Runs, script: Script) -> None:
    processes = [
        script(
            """
            for number in range(25):
                with runs.start(f"r{number}", params={"n": number}) as run:
                    for step in range(20):
                        run.log_metric("m", step)
            runs.close()
            """
        )
        for _ in range(8)
    ]
    assert [process.wait(timeout=120) for process in processes] == [0] * 8
    found = [doc for _, _, doc in runs.store.select("runs")]
    assert len(found) == 200
    assert all(doc["state"] == "finished" and doc["metrics"] == {"m": 19} for doc in found)
    numbers = [number for _, number, _ in runs.store.select("runs")]
    assert numbers == list(range(1, 201))


def test_silent_machine_is_taken_for_dead_and_heals_when_it_speaks(runs: Runs) -> None:
    run = runs.start("far away")
    session = run.record.session
    assert session is not None
    elsewhere = {"host": "another machine", "pid": 1, "start": 1.0, "boot": "x"}
    runs.store.commit([update("sessions", session, {"process": elsewhere})])
    other = Runs(FolderStore(Path(runs.store.url)), Trouble())
    assert other.sessions.repair(force=True) == 0
    (journal,) = Path(runs.store.url, "journal").rglob("*.jsonl")
    past = time.time() - SILENCE_SECONDS - 60
    os.utime(journal, (past, past))
    assert other.sessions.repair(force=True) == 2
    assert other.get(run.run_id).state is RunState.CRASHED
    time.sleep(0.002)  # Silent for minutes, it speaks in a later millisecond.
    run.log_metric("m", 1)
    run.flush()
    record = other.get(run.run_id)
    assert (record.state, record.end_time) == (RunState.RUNNING, None)
    healed = other.store.get("sessions", session)
    assert healed is not None
    assert healed["state"] == SessionState.OPEN


def test_is_alive_tells_processes_apart() -> None:
    own = own_identity()
    now = time.time()
    assert is_alive(own, None, now)
    assert not is_alive(ProcessIdentity(own.host, own.pid, own.start - 100, own.boot), None, now)
    assert not is_alive(ProcessIdentity(own.host, own.pid, own.start, "other boot"), None, now)
    assert not is_alive(ProcessIdentity(own.host, 2**22 - 1, own.start, own.boot), None, now)
    far = ProcessIdentity("elsewhere", 1, 1.0, "b")
    assert is_alive(far, now - 10, now)
    assert not is_alive(far, now - SILENCE_SECONDS - 1, now)
    assert not is_alive(far, None, now)


def test_interrupted_child_process_is_no_zombie_alive(script: Script) -> None:
    process = script("print(os.getpid(), flush=True); time.sleep(60)")
    identity = own_identity()
    line_of(process)
    os.kill(process.pid, signal.SIGKILL)
    time.sleep(0.2)  # It stays a zombie until it is waited for.
    zombie = ProcessIdentity(identity.host, process.pid, time.time(), identity.boot)
    assert not is_alive(zombie, None, time.time())


def test_session_is_closed_at_the_end(runs: Runs) -> None:
    runs.start("r")
    session = runs.sessions.current
    assert session is not None
    runs.close()
    doc = runs.store.get("sessions", session)
    assert doc is not None
    assert doc["state"] == SessionState.CLOSED
    runs.store.commit([create("things", "a", {})])
