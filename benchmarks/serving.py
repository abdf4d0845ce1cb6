"""A served scikit-learn model: what a row costs beyond a bare echo, and how many rows a second.

    python benchmarks/serving.py [--mlflow PYTHON] [--seconds 4]

Four servers on loopback answer the same request, one row in mlflow's shape: an echo that is
nothing but Starlette and uvicorn; a bare one, that echo with the model's ``predict`` in it and
nothing else; ``cellbook serve``; ``mlflow models serve``, which reads the very
same bundle.  `PYTHON` is one in whose environment mlflow is installed, else this one.  All run at
once and are asked in turns, so that what else the machine does is everybody's.  Latency is one
client's over one connection, the median of each turn; throughput is that of 16 connections.  What
the processors spent on an answer is told beside it, for machines that have other things to do.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import os
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import psutil
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression

from cellbook.packaging import load_bundle, save_bundle
from cellbook.serving import Server, Settings

ADDED_TARGET = 2.0
"""Milliseconds beyond the echo."""

ROUNDS = 5
REQUESTS = 100
CONNECTIONS = 16

ECHO = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

predict = lambda: None
if len(sys.argv) > 2:
    from sklearn.datasets import load_breast_cancer
    from cellbook.packaging import load_bundle
    model, row = load_bundle(sys.argv[2]).native, load_breast_cancer(as_frame=True).data[5:6]
    predict = lambda: model.predict(row)

async def echo(request):
    predict()
    return Response(await request.body(), media_type="application/json")

app = Starlette(routes=[Route("/invocations", echo, methods=["POST"]),
                        Route("/ping", echo, methods=["GET"])])
uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
"""


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def connect(port: int) -> socket.socket:
    """Return a connection that sends at once."""
    made = socket.create_connection(("127.0.0.1", port), timeout=60)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def request_of(body: bytes) -> bytes:
    """Return a request as bytes, so that the client costs next to nothing."""
    head = (
        "POST /invocations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def is_whole(answer: bytes) -> bool:
    """Whether a response is there to its end."""
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    if not head.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"It does not answer: {answer[:300]!r}")
    length = next(
        line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    )
    return len(body) >= int(length.partition(b":")[2])


def latency(port: int, request: bytes) -> float:
    """Return the median milliseconds of requests, one after the other."""
    times = []
    with connect(port) as connection:
        for _ in range(REQUESTS):
            began = time.perf_counter()
            connection.sendall(request)
            answer = connection.recv(65536)
            while not is_whole(answer):
                answer += connection.recv(65536)
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def spent(pid: int) -> float:
    """Return the seconds that processors spent on a process and its children."""
    root = psutil.Process(pid)
    times = [one.cpu_times() for one in (root, *root.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def throughput(port: int, request: bytes, seconds: float) -> float:
    """Return answers a second over several connections, each with one request under way."""
    selector = selectors.DefaultSelector()
    answers: dict[socket.socket, bytes] = {}
    for _ in range(CONNECTIONS):
        connection = connect(port)
        answers[connection] = b""
        selector.register(connection, selectors.EVENT_READ)
        connection.sendall(request)
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for key, _ in selector.select(1.0):
            connection = key.fileobj  # type: ignore[assignment]
            answers[connection] += connection.recv(65536)
            if is_whole(answers[connection]):
                answers[connection] = b""
                done += 1
                connection.sendall(request)
    took = time.perf_counter() - began
    for connection in answers:
        connection.close()
    selector.close()
    return done / took


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until a server listens."""
    end = time.monotonic() + 180
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), connect(port) as connection:
            connection.sendall(b"GET /ping HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            if connection.recv(12).endswith(b"200"):
                return
        time.sleep(0.2)
    raise SystemExit("A server does not begin.")


@contextlib.contextmanager
def process(*command: str, port: int) -> Iterator[tuple[int, int]]:
    """Run a server; give its port and its number."""
    # mlflow looks for uvicorn in PATH; its workers go with it, as they are of its group.
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    surroundings["PATH"] = os.pathsep.join([str(Path(command[0]).parent), os.environ["PATH"]])
    with subprocess.Popen(
        command,
        env=surroundings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as started:
        try:
            wait_for(port, started)
            yield port, started.pid
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(started.pid, 15)
            started.wait(30)


def mlflow_command(python: str, bundle: Path, port: int) -> list[str]:
    """Return how mlflow serves a bundle."""
    return [
        python, "-m", "mlflow", "models", "serve", "-m", str(bundle), "-p", str(port),
        "--env-manager", "local",
    ]  # fmt: skip


def main() -> None:
    """Measure, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mlflow", metavar="PYTHON", default=sys.executable)
    parser.add_argument("--seconds", type=float, default=4.0)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    # What is told to end ends its servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    data, target = load_breast_cancer(return_X_y=True, as_frame=True)
    model = LogisticRegression(max_iter=10_000).fit(data, target)
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "bundle"
        save_bundle(model, bundle, name="cancer", input_example=data.head(20))
        measure("logistic regression", bundle, args.mlflow, args.seconds)


def measure(name: str, bundle: Path, python: str, seconds: float) -> None:
    """Measure one model, 30 columns of floats, behind each server."""
    loaded = load_bundle(bundle)
    row = load_breast_cancer(as_frame=True).data.iloc[5:6]
    body = json.dumps({"dataframe_split": json.loads(row.to_json(orient="split", index=False))})
    request = request_of(body.encode())
    own = []
    for _ in range(100):
        began = time.perf_counter()
        loaded.native.predict(row)
        own.append(time.perf_counter() - began)
    with contextlib.ExitStack() as stack:
        port = free_port()
        echo = process(sys.executable, "-c", ECHO, str(port), port=port)
        there = {"echo": stack.enter_context(echo)}
        port = free_port()
        bare = process(sys.executable, "-c", ECHO, str(port), str(bundle), port=port)
        there["bare"] = stack.enter_context(bare)
        server = stack.enter_context(Server(bundle, Settings(port=0)))
        there["cellbook"] = (int(server.url.rpartition(":")[2]), server.pid)
        if python != sys.executable or importlib.util.find_spec("mlflow.server") is not None:
            port = free_port()
            there["mlflow"] = stack.enter_context(
                process(*mlflow_command(python, bundle, port), port=port)
            )
        for port, _ in there.values():  # To be warm.
            latency(port, request)
        times: dict[str, list[float]] = {one: [] for one in there}
        rates: dict[str, list[float]] = {one: [] for one in there}
        costs: dict[str, list[float]] = {one: [] for one in there}
        for _ in range(ROUNDS):
            for one, (port, pid) in there.items():
                before = spent(pid)
                times[one].append(latency(port, request))
                costs[one].append((spent(pid) - before) / REQUESTS * 1000)
        for _ in range(3):
            for one, (port, _) in there.items():
                rates[one].append(throughput(port, request, seconds))
    model = statistics.median(own) * 1000
    print(f"{name}, 30 columns: predicting a row by itself takes {model:.2f} ms")
    for one in there:
        middle, rate, cost = (statistics.median(of[one]) for of in (times, rates, costs))
        print(f"  {one:<9} p50 {middle:7.2f} ms   processor {cost:6.2f} ms   {rate:7.0f} rows/s")
    for other in ("echo", "bare"):
        added, work = (
            statistics.median(a - b for a, b in zip(of["cellbook"], of[other], strict=True))
            for of in (times, costs)
        )
        verdict = "met" if added <= ADDED_TARGET else "MISSED"
        told = f" (target {ADDED_TARGET:g} ms: {verdict})" if other == "echo" else ""
        print(f"  over the {other}: p50 {added:+.2f} ms{told}, processor {work:+.2f} ms")
    if "mlflow" in there:
        ratio = statistics.median(
            ours / theirs for ours, theirs in zip(rates["cellbook"], rates["mlflow"], strict=True)
        )
        verdict = "met" if ratio >= 1 else "MISSED"
        print(f"  throughput {ratio:.2f} x mlflow's (target 1: {verdict})")


if __name__ == "__main__":
    main()
