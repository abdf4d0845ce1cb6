"""A server's life: who may ask, how much at once, what becomes of it and of its processes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest

from cellbook.errors import InvalidInput, NotFound
from cellbook.serving import Factory, Server, Settings, canary, single, write_deployment
from cellbook.serving.batching import Limits
from tests.serving.bundles import IRIS, Client, numbered

ROOT = Path(__file__).parents[2]
X = pd.DataFrame({"x": [1.0]})


def eventually(what: Callable[[], Any], seconds: float = 60.0) -> Any:
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, "It did not happen."
        time.sleep(0.05)
    return found


@pytest.fixture(autouse=True)
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let servers import what lies beside these tests."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))


def workers_of(server: Server, kind: str = "worker") -> list[psutil.Process]:
    """Return the processes of a server that are its workers, or its shadows."""
    found = []
    for child in psutil.Process(server.pid).children():
        # One that has just ended has no command line any more.
        with contextlib.suppress(psutil.NoSuchProcess):
            if any(f"serving.{kind}" in word for word in child.cmdline()):
                found.append(child)
    return found


def test_tokens(iris: Path) -> None:
    settings = Settings(port=0, tokens=("first-secret", "second-secret"))
    assert "secret" not in repr(settings)
    with Server(iris, settings) as server:
        client = Client(server.url)
        for path in ("/ping", "/v2/health/live", "/v2/health/ready"):
            assert client.get(path).status == 200
        for said in (None, "Bearer wrong", "Bearer ", "Basic first-secret", "first-secret",
                     "Bearer first-secret second-secret"):  # fmt: skip
            headers = {} if said is None else {"authorization": said}
            for path in ("/metrics", "/v2", "/v2/models/iris", "/arms", "/nowhere"):
                reply = client.get(path, **headers)
                assert reply.status == 401
                assert reply.headers["www-authenticate"] == "Bearer"
            assert client.invoke(IRIS.head(1), **headers).status == 401
        for token in ("first-secret", "second-secret"):
            headers = {"authorization": f"Bearer {token}"}
            assert client.invoke(IRIS.head(1), **headers).status == 200
            assert client.get("/metrics", **headers).status == 200
        # Nobody else on the machine reads it from a list of processes.
        for process in [psutil.Process(server.pid), *workers_of(server)]:
            told = " ".join([*process.cmdline(), *process.environ().values()])
            assert "secret" not in told


def test_other_machines_need_a_token(iris: Path) -> None:
    with pytest.raises(InvalidInput, match=r"token-file"):
        Server(iris, Settings(host="0.0.0.0", port=0))
    with Server(iris, Settings(host="0.0.0.0", port=0, open_to_all=True)) as server:
        assert Client(server.url.replace("0.0.0.0", "127.0.0.1")).get("/v2").status == 200


def test_a_full_queue_says_when_to_come_again(tmp_path: Path) -> None:
    numbered(tmp_path / "slow", 1, code="time.sleep(0.3)")
    limits = Limits(batch_rows=1, queue_rows=3)
    with Server(tmp_path / "slow", Settings(port=0, trust=True, limits=limits)) as server:
        replies = []

        def ask() -> None:
            replies.append(Client(server.url).invoke(X))

        threads = [threading.Thread(target=ask) for _ in range(12)]
        for thread in threads:
            thread.start()
        time.sleep(0.1)
        began = time.monotonic()
        assert Client(server.url).get("/v2/health/live").status == 200
        assert time.monotonic() - began < 0.25 * 8  # It answers while the model is busy.
        for thread in threads:
            thread.join()
        codes = [reply.status for reply in replies]
        assert set(codes) == {200, 503}
        assert codes.count(200) >= 4
        assert all(reply.headers["retry-after"] == "1" for reply in replies if reply.status == 503)


def test_requests_that_wait_are_one_batch(tmp_path: Path) -> None:
    numbered(tmp_path / "slow", 1, code="time.sleep(0.2)")
    with Server(tmp_path / "slow", Settings(port=0, trust=True)) as server:
        began = time.monotonic()
        threads = [threading.Thread(target=lambda: Client(server.url).invoke(X)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert time.monotonic() - began < 20 * 0.2
        text = Client(server.url).get("/metrics").body.decode()
        count = next(line for line in text.splitlines() if line.startswith("cellbook_batch_rows_c"))
        assert float(count.split()[-1]) < 15


def test_the_innocent_do_not_pay(tmp_path: Path) -> None:
    code = "time.sleep(0.2); assert (frame['x'] >= 0).all(), 'Too small.'"
    numbered(tmp_path / "picky", 1, code=code)
    with Server(tmp_path / "picky", Settings(port=0, trust=True)) as server:
        replies: dict[int, int] = {}

        def ask(place: int) -> None:
            frame = X if place % 4 else -X
            replies[place] = Client(server.url).invoke(frame).status

        threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert replies == {n: 200 if n % 4 else 422 for n in range(8)}


def test_a_model_that_is_broken_is_the_servers_fault(tmp_path: Path) -> None:
    code = "import os; assert not os.path.exists('broken'), 'Broken.'"
    numbered(tmp_path / "frail", 1, code=code)
    with Server(tmp_path / "frail", Settings(port=0, trust=True)) as server:
        assert Client(server.url).invoke(X).status == 200
        Path("broken").touch()
        reply = Client(server.url).invoke(X)
        assert reply.status == 500
        assert "Broken" not in reply.doc["message"]


@pytest.mark.parametrize("pause", ["0", "0.02"])
def test_a_model_that_ends_its_process_ends_nothing(
    tmp_path: Path, pause: str, capfd: pytest.CaptureFixture[str]
) -> None:
    code = (
        f"import sys; time.sleep({pause})\n    if frame['x'].iloc[0] == -1: sys.exit('Over.')\n"
        "    if frame['x'].iloc[0] == -2: raise KeyboardInterrupt"
    )
    numbered(tmp_path / "leaving", 1, code=code)
    with Server(tmp_path / "leaving", Settings(port=0, trust=True)) as server:
        before = [one.pid for one in workers_of(server)]
        for factor in (-1, -2, -1):
            reply = Client(server.url).invoke(factor * X)
            assert reply.status == 500
            assert "The model failed" in reply.doc["message"]
            assert Client(server.url).invoke(X).status == 200
        assert [one.pid for one in workers_of(server)] == before
        assert not server.said
    # What the response says is in the log, once and not for each request.
    assert capfd.readouterr().err.count("SystemExit: Over.\n\nThe above") == 1


def test_a_model_that_ends_its_process_when_it_is_tried_ends_nothing(tmp_path: Path) -> None:
    numbered(tmp_path / "good", 1)
    numbered(tmp_path / "leaving", 2, code="import os, sys; os.path.exists('now') and sys.exit(3)")
    Path("now").touch()
    file = tmp_path / "number.json"
    deployment = single("number", str(tmp_path / "good"))
    write_deployment(deployment, file)
    with Server(file, Settings(port=0, trust=True, poll=0.2)) as server:
        (before,) = workers_of(server)
        write_deployment(canary(deployment, str(tmp_path / "leaving"), 0), file)
        eventually(lambda: server.said)
        assert [one.pid for one in workers_of(server)] == [before.pid]
        assert Client(server.url).invoke(X).status == 200


def test_a_worker_that_dies_is_replaced(iris: Path) -> None:
    with Server(iris, Settings(port=0, workers=2)) as server:
        for _ in range(20):
            assert Client(server.url).invoke(IRIS.head(1)).status == 200
        victim = workers_of(server)[0]
        victim.kill()
        eventually(lambda: any("a worker died (signal 9)" in line for line in server.said))
        eventually(
            lambda: (
                len(workers_of(server)) == 2
                and Client(server.url).get("/metrics").body.count(b'model_info{arm="champion"') == 1
            )
        )
        for _ in range(20):
            assert Client(server.url).invoke(IRIS.head(1)).status == 200
        counted = Client(server.url).get("/metrics").body.decode()
        line = next(line for line in counted.splitlines() if line.startswith("cellbook_requests"))
        assert float(line.split()[-1]) == 40


def test_an_end_answers_what_was_asked(tmp_path: Path) -> None:
    numbered(tmp_path / "slow", 7, code="time.sleep(1.0)")
    server = Server(tmp_path / "slow", Settings(port=0, trust=True))
    processes = [psutil.Process(server.pid), *psutil.Process(server.pid).children()]
    replies = []
    thread = threading.Thread(target=lambda: replies.append(Client(server.url).invoke(X)))
    thread.start()
    time.sleep(0.5)
    server.stop()
    thread.join()
    assert [reply.doc for reply in replies] == [{"predictions": [7]}]
    assert not any(process.is_running() for process in processes)
    assert not server.alive
    with pytest.raises(ConnectionRefusedError):
        Client(server.url).get("/ping")


def test_it_ends_with_who_started_it(iris: Path) -> None:
    code = (
        "import sys; from cellbook.serving import Server, Settings\n"
        "server = Server(sys.argv[1], Settings(port=0, workers=2))\n"
        "print(server.pid, flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(iris)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as starter:  # fmt: skip
        assert starter.stdout is not None
        supervisor = psutil.Process(int(starter.stdout.readline()))
        processes = [supervisor, *supervisor.children()]
        assert len(processes) == 3
        starter.send_signal(signal.SIGKILL)
    psutil.wait_procs(processes, timeout=60)
    assert not any(one.is_running() and one.status() != "zombie" for one in processes)


def test_what_cannot_be_served(tmp_path: Path, iris: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no bundle"):
        Server(tmp_path / "none")
    numbered(tmp_path / "pickle", 1)
    with pytest.raises(InvalidInput, match="trust=True"):
        Server(tmp_path / "pickle")
    with Server(iris) as server, pytest.raises(InvalidInput, match="cannot be had"):
        Server(iris, Settings(port=int(server.url.rpartition(":")[2])))
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "digests.json").write_text("{}")
    with pytest.raises(InvalidInput, match="damaged"):
        Server(damaged)
    with pytest.raises((InvalidInput, NotFound)):
        Server(tmp_path / "none.json")


def test_predictions_are_logged_off_the_way(tmp_path: Path, iris: Path) -> None:
    file = tmp_path / "log.jsonl"
    log = Factory("tests.serving.plugins:lines", {"file": str(file)})
    with Server(iris, Settings(port=0, log=log)) as server:
        replies = [
            Client(server.url).invoke(IRIS.iloc[n : n + 2], cellbook_key=f"user-{n}")
            for n in range(10)
        ]
        doc = {"id": "mine", "inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP64",
                                         "data": [1, 2, 3, 4]}]}  # fmt: skip
        Client(server.url).post("/v2/models/iris/infer", doc)
        Client(server.url).post("/invocations", {"inputs": [[1, 2, 3]]})
    told = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(told) == 11
    for n, (reply, one) in enumerate(zip(replies, told, strict=False)):
        assert one["prediction_id"] == reply.headers["cellbook-prediction-id"]
        assert (one["version"], one["arm"]) == (reply.headers["cellbook-version"], "champion")
        assert one["inputs"] == IRIS.iloc[n : n + 2].to_dict("list")
        assert one["outputs"] == reply.doc["predictions"]
        assert one["key"] == f"user-{n}"
        assert 0 < one["latency"] < 60
    assert told[10]["request_id"] == "mine"


def test_a_log_that_fails_fails_nothing_else(iris: Path) -> None:
    log = Factory("tests.serving.plugins:broken", {"pause": 0.5})
    with Server(iris, Settings(port=0, log=log)) as server:
        for _ in range(20):
            assert Client(server.url).invoke(IRIS.head(1)).status == 200
    with pytest.raises(InvalidInput, match="cannot be used"):
        Server(iris, Settings(port=0, log=Factory("tests.serving.plugins:nothing")))
