"""The Jupyter server extension: how long each answer takes with many runs in the book.

    python benchmarks/server.py [--runs 10000]

The book is synthetic: runs as benchmarks/search.py makes them, each with five curves of 20 points;
a notebook of 300 cells that ran five times; 2,000 checkpoints.  A real server answers over
loopback; the time is a client's, from the request to the last byte, the median of 30.  What the
server's processor spent is told beside it, for machines that have other things to do.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
from search import report, run_document

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.server.servers import Server, running

NOTEBOOK = "train.ipynb"
POINTS = 20
CELLS, EXECUTIONS = 300, 5
CHECKPOINTS = 2_000
ROUNDS = 30
PAGE_TARGET = 30.0
"""Milliseconds for a page of runs."""

LOGGER = """
import sys, time
import cellbook as cb
cb.open(sys.argv[1])
with cb.start_run("beside"):
    print("ready", flush=True)
    end = time.monotonic() + float(sys.argv[2])
    while time.monotonic() < end:
        cb.log_metric("loss", 0.5)
        time.sleep(0.01)
"""


def fill(root: Path, runs: int) -> None:
    """Make the book."""
    from cellbook.store import RECORD, FolderStore, SeriesKey, create

    store = FolderStore(root / ".cellbook")
    rnd = random.Random(1)
    for place in range(runs):
        run_id = store.new_id()
        doc = run_document(run_id, place, rnd)
        stem = store.series_writer.place(run_id)
        for name in doc["metrics"]:
            number = store.series_writer.announce(SeriesKey(run_id, name), doc["start_time"], stem)
            assert number is not None
            points = (RECORD.pack(number, step, step, rnd.random()) for step in range(POINTS))
            store.series_writer.append(b"".join(points), stem)
        doc["points"] = {stem: None}
        store.commit([create("runs", run_id, doc)])
    for execution in range(EXECUTIONS * CELLS):
        execution_id = store.new_id()
        store.commit([create("cells", execution_id, cell_document(execution_id, execution))])
    parent = None
    for place in range(CHECKPOINTS):
        checkpoint_id = store.new_id()
        store.commit(
            [create("checkpoints", checkpoint_id, checkpoint_document(checkpoint_id, parent))]
        )
        parent = checkpoint_id if place % 50 else None
    store.close()


def cell_document(execution_id: str, place: int) -> dict[str, Any]:
    return {
        "execution_id": execution_id,
        "session": "01K8ZZZZZZZZZZZZZZZZZZZZZZ",
        "source": "model.fit(X, y)\n" * 20,
        "state": "ok",
        "start_time": 1_760_000_000_000 + place * 1000,
        "order": place,
        "cell_id": f"cell-{place % CELLS}",
        "notebook": NOTEBOOK,
        "duration": 0.5,
        "stdout": "epoch 1: loss 0.5\n" * 50,
    }


def checkpoint_document(checkpoint_id: str, parent: str | None) -> dict[str, Any]:
    return {
        "checkpoint_id": checkpoint_id,
        "session_id": "01K8ZZZZZZZZZZZZZZZZZZZZZZ",
        "kind": "cell",
        "time": 1_760_000_000_000,
        "state": {"length": 1000, "key": "0" * 32},
        "parent": parent,
        "notebook": NOTEBOOK,
        "changed": ["model", "history"],
    }


class Client:
    """Asks over one connection, as a browser does."""

    def __init__(self, server: Server) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", int(server.url.split(":")[2]))
        self._headers = {"Authorization": f"token {server.token}"}
        self._process = psutil.Process(server.process.pid)

    def _processor(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def ask(
        self, path: str, method: str = "GET", body: Any = None, headers: Mapping[str, str] = {}
    ) -> tuple[float, http.client.HTTPResponse, bytes]:
        """Return milliseconds, head and content of an answer."""
        begun = time.perf_counter()
        self._connection.request(
            method,
            f"/cellbook/{path}",
            None if body is None else json.dumps(body),
            {**self._headers, **headers},
        )
        answer = self._connection.getresponse()
        content = answer.read()
        return (time.perf_counter() - begun) * 1e3, answer, content

    def measure(self, what: str, path: str, target: float | None = None) -> None:
        """Report how long an answer takes, the first time and then."""
        first, answer, content = self.ask(path)
        assert answer.status == 200, content
        before = self._processor()
        times = sorted(self.ask(path)[0] for _ in range(ROUNDS))
        spent = (self._processor() - before) / ROUNDS * 1e3
        told = f"{len(content) / 1e3:.0f} kB, first {first:.0f} ms, worst {times[-1]:.0f}"
        what = f"{what} ({told}, processor {spent:.0f})"
        report(what, statistics.median(times), "ms", target)


def measure(server: Server, runs: int) -> None:
    client = Client(server)
    begun = time.perf_counter()
    while client.ask("book")[1].status != 200:
        time.sleep(0.5)
    report("  first fold of the index on this machine", time.perf_counter() - begun, "s")
    target = PAGE_TARGET
    client.measure("  book", "book")
    client.measure("  runs, the first 50", "runs?limit=50", target)
    client.measure("  runs, 50 from the middle", f"runs?limit=50&offset={runs // 2}", target)
    client.measure("  runs, the last 50", f"runs?limit=50&offset={runs - 50}", target)
    query = quote("metrics.acc > 0.5 and params.model = 'forest'")
    client.measure("  runs, a query", f"runs?limit=50&query={query}", target)
    client.measure("  runs, a query, the 1,000th on", f"runs?limit=50&offset=1000&query={query}",
                   target)  # fmt: skip
    query = quote("metrics.acc > 0.1")
    client.measure("  runs, a query that most meet, the 8,000th on",
                   f"runs?limit=50&offset={runs * 4 // 5}&query={query}", target)  # fmt: skip
    client.measure("  runs, by a metric", f"runs?limit=50&order_by={quote('metrics.loss')}", target)
    tag = client.ask("runs?limit=50")[1].headers["Etag"]
    times = []
    for _ in range(ROUNDS):
        took, answer, _ = client.ask("runs?limit=50", headers={"If-None-Match": tag})
        assert answer.status == 304
        times.append(took)
    report("  runs, unchanged (304)", statistics.median(times), "ms")
    client.measure("  run", f"runs/{runs}")
    client.measure("  compare 5", f"compare?runs={','.join(map(str, range(1, 6)))}")
    client.measure("  curves of 10", f"curves?metric=loss&runs={','.join(map(str, range(1, 11)))}")
    client.measure(f"  marks of {CELLS} cells that ran {EXECUTIONS} times",
                   f"cells?notebook={NOTEBOOK}")  # fmt: skip
    client.measure("  versions of a cell", f"cells/cell-7?notebook={NOTEBOOK}")
    client.measure(f"  timeline, 50 of {CHECKPOINTS:,}", f"checkpoints?notebook={NOTEBOOK}")
    times = [client.ask("runs/7", "PATCH", {"description": str(n)})[0] for n in range(ROUNDS)]
    report("  rename", statistics.median(times), "ms")
    with subprocess.Popen(
        [sys.executable, "-c", LOGGER, server.root, "20"], stdout=subprocess.PIPE
    ) as logger:
        assert logger.stdout is not None
        logger.stdout.readline()
        client.measure("  runs, the first 50, beside a run that logs", "runs?limit=50", target)
        client.measure("  runs, the last 50, beside a run that logs",
                       f"runs?limit=50&offset={runs - 50}", target)  # fmt: skip
        query = quote("metrics.acc > 0.5 and params.model = 'forest'")
        client.measure("  runs, a query, the 1,000th on, beside a run that logs",
                       f"runs?limit=50&offset=1000&query={query}", target)  # fmt: skip
        socket = server.listen()
        latest, heard = time.perf_counter(), []
        for _ in range(10):
            socket.recv()
            heard.append(time.perf_counter() - latest)
            latest = time.perf_counter()
        report("  events, from one to the next", statistics.median(heard) * 1e3, "ms")
        socket.close()
        logger.kill()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, nargs="+", default=[10_000])
    for runs in parser.parse_args().runs:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "root").mkdir()
            fill(folder / "root", runs)
            print(f"\n{runs:,} runs × 10 params × 5 metrics × {POINTS} points")
            with running(folder, root=folder / "root") as server:
                measure(server, runs)


if __name__ == "__main__":
    main()
