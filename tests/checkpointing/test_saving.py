"""Saving disturbs nobody, whatever the objects do, and loses nothing that was acknowledged."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cellbook.checkpointing import saving
from cellbook.records import CheckpointKind
from tests.checkpointing.rooms import Bench

ROOT = Path(__file__).resolve().parents[2]

EVIL = """
import os, sys, time
from pathlib import Path
class Evil:
    def __init__(self, deed): self.deed = deed; self.count = 0
    def __reduce_ex__(self, protocol):
        self.count += 1
        return eval(self.deed)
def recurse(): return recurse()
"""
DEEDS = {
    "raises": "1 / 0",
    "exits": "sys.exit(3)",
    "kills": "os._exit(3)",
    "segfaults": "os.kill(os.getpid(), 11)",
    "recurses": "recurse()",
    "recurses in pickle": "(Evil, (Evil(self.deed),))",
    "hangs": "time.sleep(100)",
    "loops": "[None for _ in iter(int, 1)]",
    "allocates": "bytearray(10 << 30)",
    "prints": "print('PRINTED') or os.write(1, b'PRINTED') and 1 / 0",
    "returns rubbish": "42",
    "returns a string": "'not a name'",
    "returns no function": "(1, ())",
    "lies about items": "(list, (), None, iter([1, 2]), 5)",
    "interrupts": "os.kill(os.getpid(), 2) or 1 / 0",
    "forks": "os.fork() or os._exit(0)",
}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr("cellbook.checkpointing.patience._PATIENCE", 0.5)
    monkeypatch.setattr(saving, "_TIME_LIMIT", 8.0)
    made = Bench(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize("deed", DEEDS)
def test_whatever_reduce_does(bench: Bench, deed: str, capfd: pytest.CaptureFixture[str]) -> None:
    bench.run(EVIL)
    bench.run(f"good = [1]; evil = Evil({DEEDS[deed]!r}); alias = good; box = (evil, good)")
    for _ in range(3):
        # What ends the process that saves costs one checkpoint, and is left out from then on.
        done: list[object] = []
        bench.room.save(bench.kernel, bench.moment, done=done.append)
        bench.room.saver.wait()
        if done != [None]:
            break
    assert bench.namespace["evil"].count == 0, "the kernel's own object is not touched"
    printed = capfd.readouterr()
    assert "PRINTED" not in printed.out + printed.err
    bench.run("good.append(2)")
    report = bench.restore(1)
    assert bench.namespace["good"] == [1]
    assert bench.namespace["alias"] is bench.namespace["good"]
    assert {"evil", "box"} <= {*report.kept, *report.missing}
    assert "evil" not in report.restored


def test_object_that_changes_itself_is_unchanged(bench: Bench) -> None:
    bench.run(
        "class Shy:\n"
        "    def __init__(self): self.items = [1]\n"
        "    def __getstate__(self):\n"
        "        self.items.append(2)\n"
        "        return self.__dict__\n"
        "shy = Shy()"
    )
    bench.save()
    assert bench.namespace["shy"].items == [1]


def test_child_that_takes_too_long_is_ended(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "_TIME_LIMIT", 1.0)
    monkeypatch.setattr("cellbook.checkpointing.patience._PATIENCE", 100.0)
    bench.run(EVIL)
    bench.run("a = 1; slow = Evil('time.sleep(60)'); b = 2")
    began = time.monotonic()
    done: list[object] = []
    bench.room.save(bench.kernel, bench.moment, done=done.append)
    assert time.monotonic() - began < 0.5, "the cell does not wait"
    bench.room.saver.wait()
    assert done == [None]
    assert "took longer" in bench.room.failed
    saved = bench.save()
    assert "took longer" in saved.lost["slow"]
    assert set(saved.lost) == {"slow"}
    assert bench.restore(1).kept.keys() == {"slow"}


def test_without_fork_it_is_saved_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "can_fork", lambda: False)
    bench.run("import numpy as np\na = np.arange(100_000); g = (i for i in a)")
    assert list(bench.save().lost) == ["g"]
    bench.run("a[:] = 0")
    bench.restore(1)
    assert bench.namespace["a"][-1] == 99_999


def test_no_child_is_left(bench: Bench) -> None:
    for number in range(5):
        bench.run(f"x = {number}")
        bench.save()
    assert not [
        child for child in psutil.Process().children() if child.status() == psutil.STATUS_ZOMBIE
    ]


def test_threads_do_not_disturb(bench: Bench) -> None:
    bench.run(
        "import threading, logging, time\n"
        "stop = threading.Event()\n"
        "def work():\n"
        "    while not stop.is_set(): logging.getLogger('x').debug('y'); [i for i in range(99)]\n"
        "threads = [threading.Thread(target=work) for _ in range(4)]\n"
        "_ = [t.start() for t in threads]\n"
        "x = 1"
    )
    try:
        for number in range(20):
            bench.run(f"x = {number}")
            assert set(bench.save().lost) == {"stop", "threads"}
    finally:
        bench.run("stop.set(); _ = [t.join() for t in threads]")


WRITER = """
import os, sys, time
from pathlib import Path
from tests.checkpointing.rooms import Bench
bench = Bench(Path(sys.argv[1]))
bench.run("import os")
number = 0
while True:
    number += 1
    bench.run(f"n = {number}; blob = os.urandom({number % 7} * 50_000); both = [blob, n]")
    if number % 3 == 0 and number > 3:
        bench.restore("~1")
        bench.run(f"n = {number}; blob = b''; both = [blob, n]")
    saved = bench.save()
    os.write(1, f"{saved.checkpoint_id} {number}\\n".encode())
"""


def test_killed_while_saving_and_restoring(tmp_path: Path) -> None:
    """Whenever the kernel is killed, every checkpoint that was acknowledged restores."""
    rng = random.Random(3)
    acknowledged: dict[str, int] = {}
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)],
            stdout=subprocess.PIPE,
            cwd=ROOT,
            start_new_session=True,
        ) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            time.sleep(rng.random() * 0.15)
            os.kill(process.pid, signal.SIGKILL)
            for line in (first + process.stdout.read()).decode().splitlines():
                if len(line.split()) == 2 and line.split()[1].isdigit():
                    acknowledged[line.split()[0]] = int(line.split()[1])
    bench = Bench(tmp_path)
    assert not [finding for finding in bench.room.check() if not finding[2]]
    for checkpoint_id, number in acknowledged.items():
        _, _, _, decoded = bench.room.load(checkpoint_id, bench.kernel)
        assert decoded.values["n"] == number
        assert decoded.values["both"][0] is decoded.values["blob"]
    assert len(acknowledged) >= KILLS
    bench.close()


KILLS = int(os.environ.get("CELLBOOK_KILLS", "12"))


def test_name_that_cannot_be_written_stops_nothing(bench: Bench) -> None:
    bench.namespace["\udc80"] = 1
    bench.run("x = 1")
    assert list(bench.save("start").lost) == ["'\\udc80'"]
    bench.run("x = 2")
    bench.restore("start")
    assert (bench.namespace["x"], bench.namespace["\udc80"]) == (1, 1)


def test_automatic_checkpoint_that_fails_is_said_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saving, "describe", lambda value: 1 / 0)
    bench.run("x = 1")
    for _ in range(3):
        bench.room.save(bench.kernel, bench.moment, kind=CheckpointKind.CELL)
        bench.room.saver.wait()
    (error,) = bench.reported
    assert "No checkpoint was saved: ZeroDivisionError" in str(error)
