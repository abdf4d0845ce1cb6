"""Models that never come back: noticed, answered for, and replaced."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from cellbook.errors import InvalidInput
from cellbook.serving import Server, Settings, shadow, single, split
from cellbook.serving.watching import Watch
from tests.serving.bundles import Client, Reply, numbered
from tests.serving.test_server import X, eventually, workers_of

LOOP = "while frame['x'].iloc[0] < 0: pass"
"""Quick for its example, so that it predicts in the event loop."""
THREAD = "time.sleep(0.02)\n    while frame['x'].iloc[0] < 0: pass"
NATIVE = "import re; frame['x'].iloc[0] < 0 and re.match('(a+)+$', 'a' * 40 + 'b')"
"""Holds the interpreter, so that nothing else of its process runs."""


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    numbered(folder / "good", 1)
    for name, code in (("loop", LOOP), ("thread", THREAD), ("native", NATIVE)):
        numbered(folder / name, 2, code=code)
    return folder


def patient(seconds: float) -> Settings:
    return Settings(port=0, trust=True, patience=seconds)


class Asked:
    """A request that is under way."""

    def __init__(self, ask: Callable[[], Reply]) -> None:
        self.reply: Reply | None = None
        self.error: Exception | None = None
        self._ask = ask
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.reply = self._ask()
        except Exception as error:
            self.error = error

    def answer(self) -> Reply:
        self._thread.join(60)
        assert self.reply is not None, self.error
        return self.reply


@pytest.mark.parametrize("how", ["loop", "thread"])
def test_who_asked_is_answered_and_the_worker_replaced(models: Path, how: str) -> None:
    with Server(models / how, patient(2.0)) as server:
        (before,) = workers_of(server)
        kept = Client(server.url, keep=True)
        assert kept.invoke(X).status == 200
        hanging = Asked(lambda: Client(server.url).invoke(-X))
        time.sleep(0.5)
        waiting = Asked(lambda: kept.invoke(X))
        reply = hanging.answer()
        assert reply.status == 504
        assert "no answer within 2 s" in reply.doc["message"]
        reply = waiting.answer()
        assert reply.status == 503
        assert "no answer within 2 s" in reply.doc["message"]
        assert int(reply.headers["retry-after"]) > 0
        kept.close()
        eventually(lambda: Client(server.url).invoke(X).doc == {"predictions": [2]})
        (after,) = workers_of(server)
        assert before.pid != after.pid
        eventually(lambda: not before.is_running())
        assert any("a worker hung" in line for line in server.said)
        told = Client(server.url).get("/metrics").body.decode()
        assert 'code="504"' in told


def test_a_process_that_gives_no_sign_of_life_is_replaced(models: Path) -> None:
    with Server(models / "native", patient(1.0)) as server:
        (before,) = workers_of(server)
        Asked(lambda: Client(server.url).invoke(-X))
        eventually(lambda: any("gave no sign of life" in line for line in server.said))
        assert Client(server.url, timeout=30).invoke(X).doc == {"predictions": [2]}
        os.kill(workers_of(server)[0].pid, signal.SIGSTOP)
        eventually(lambda: sum("gave no sign" in line for line in server.said) == 2)
        assert Client(server.url, timeout=30).invoke(X).doc == {"predictions": [2]}
        assert not before.is_running()


def test_one_that_hangs_with_its_first_request_is_replaced(models: Path) -> None:
    with Server(models / "native", patient(1.0)) as server:
        os.kill(workers_of(server)[0].pid, signal.SIGKILL)
        # It waits for the next worker, which so hangs in the moment in which it begins.
        Asked(lambda: Client(server.url).invoke(-X))
        eventually(lambda: any("gave no sign of life" in line for line in server.said))
        assert Client(server.url, timeout=30).invoke(X).doc == {"predictions": [2]}


def test_what_another_arm_is_asked_is_answered(models: Path, tmp_path: Path) -> None:
    numbered(tmp_path / "slow", 1, code="time.sleep(0.01 if len(frame) < 4 else 1.6)")
    deployment = split(single("number", str(tmp_path / "slow")), {"b": str(models / "thread")})
    with Server(deployment, patient(2.0)) as server:
        client = Client(server.url)
        versions = {one["name"]: one["version"] for one in client.get("/arms").doc["arms"]}

        def ask(arm: str, rows: list[float]) -> Reply:
            path = f"/v2/models/number/versions/{versions[arm]}/infer"
            tensor = {"name": "x", "shape": [len(rows)], "datatype": "FP64", "data": rows}
            return Client(server.url).post(path, {"inputs": [tensor]})

        hanging = Asked(lambda: ask("b", [-1.0]))
        time.sleep(1.0)
        slow = Asked(lambda: ask("champion", [1.0] * 4))
        assert hanging.answer().status == 504
        assert slow.answer().status == 200


@pytest.mark.parametrize("how", ["loop", "thread", "native"])
def test_an_end_does_not_wait_for_what_hangs(models: Path, how: str) -> None:
    server = Server(models / how, patient(60.0))
    processes = [psutil.Process(server.pid), *workers_of(server)]
    hanging = Asked(lambda: Client(server.url).invoke(-X))
    time.sleep(0.5)
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 12
    assert not any(process.is_running() for process in processes)
    if how != "native":
        assert hanging.answer().status == 504


@pytest.mark.parametrize("how", ["loop", "native"])
def test_a_shadow_that_hangs_is_replaced_and_slows_nobody(models: Path, how: str) -> None:
    deployment = shadow(single("number", str(models / "good")), str(models / how))
    with Server(deployment, patient(1.0)) as server:

        def heard() -> bool:
            Client(server.url).invoke(X)
            return b'result="different"' in Client(server.url).get("/metrics").body

        eventually(heard)
        client = Client(server.url, keep=True)
        client.invoke(-X)
        slowest = 0.0
        end = time.monotonic() + 60
        while not any("a shadow hung" in line for line in server.said):
            assert time.monotonic() < end
            began = time.monotonic()
            assert client.invoke(X).status == 200
            slowest = max(slowest, time.monotonic() - began)
        client.close()
        assert slowest < 1.0
        counted = Client(server.url).get("/metrics").body
        eventually(lambda: heard() and Client(server.url).get("/metrics").body != counted)
        eventually(lambda: workers_of(server, "shadow"))
        assert not any("a worker" in line for line in server.said)


def test_who_stands_still_is_told_from_who_has_much_to_do() -> None:
    hung, moves, shown = threading.Event(), True, []
    Watch(0.01, 0.1, lambda: shown.append(1), lambda: not moves, hung.set)
    assert not hung.wait(0.5)
    moves = False
    assert hung.wait(5)
    assert shown


def test_a_patience_that_cannot_be() -> None:
    for seconds in (-1.0, float("inf"), float("nan")):
        with pytest.raises(InvalidInput, match="patience"):
            Settings(patience=seconds).check()
