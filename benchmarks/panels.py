"""Panels: how long a page of a table of many runs takes, in Python and in the browser.

    python benchmarks/panels.py [--runs 10000] [--browser]

The book is synthetic, made as benchmarks/search.py makes it.  Ours and the peers' own way to the
same frame (where they are installed: ``pip install --group bench``) are measured in turns, so that
what else the machine does meets all of them; told are medians.  With ``--browser``, a real
JupyterLab (see tests/browser) shows ``%runs``: from the start of the cell to the first rows, and
what is sent to the page.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from search import report, run_document

sys.path.insert(0, str(Path(__file__).parents[1]))

ROUNDS = 15
PEER_RUNS = 1_000
"""MLflow takes a tenth of a second to make each."""
TARGET = 100.0
QUERY = "metrics.acc > 0.5 and params.model = 'forest'"

NOTEBOOK = """
import cellbook as cb
from cellbook.widgets import runs_list
book = cb.open("..")
len(book.search_runs(max_results=1))
"""


def fill(root: Path, runs: int) -> None:
    """Make the book."""
    from cellbook.store import FolderStore, create

    store = FolderStore(root / ".cellbook")
    rnd = random.Random(1)
    for place in range(runs):
        run_id = store.new_id()
        store.commit([create("runs", run_id, run_document(run_id, place, rnd))])
    store.close()


def ours(root: Path, runs: int) -> dict[str, Callable[[int], Any]]:
    """Return what is measured of a page of ours; the argument counts the rounds."""
    from cellbook import book
    from cellbook.answers import ColumnsQuery, GridQuery, Reader, find_columns, show_grid
    from cellbook.views.wire import encode

    ask = Reader(book.open(root))

    def page(**asked: Any) -> Callable[[int], Any]:
        def work(place: int) -> bytes:
            offset = (place * 577) % max(runs - 50, 1)
            return encode(show_grid(ask, GridQuery(**{"offset": offset, **asked})))

        return work

    few = {"offset": 100}
    return {
        "a page from anywhere": page(),
        "… beside a baseline": page(baseline="#7"),
        "… by a metric": page(order_by="metrics.`acc` DESC"),
        "… a query": page(query=QUERY, **few),
        "columns by name": lambda place: encode(find_columns(ask, ColumnsQuery(text="acc"))),
    }


def mlflow_way(root: Path) -> Callable[[int], Any] | None:
    """Return MLflow's way to the rows of a table: a page of `search_runs`."""
    if importlib.util.find_spec("mlflow") is None:
        return None
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{root}/mlflow.db")
    client = mlflow.MlflowClient()
    experiment = client.create_experiment("panels")
    rnd = random.Random(1)
    for place in range(PEER_RUNS):
        doc = run_document(str(place), place, rnd)
        run = client.create_run(experiment)
        client.log_batch(
            run.info.run_id,
            [mlflow.entities.Metric(k, v, 0, 0) for k, v in doc["metrics"].items()],
            [mlflow.entities.Param(k, str(v)) for k, v in doc["params"].items()],
        )
        client.set_terminated(run.info.run_id)
    return lambda place: mlflow.search_runs(
        [experiment], order_by=["metrics.acc DESC"], max_results=50
    )


def measure(root: Path, runs: int) -> None:
    """Report pages, all in turns."""
    work = ours(root, runs)
    begun = time.perf_counter()
    next(iter(work.values()))(0)
    report(f"{runs:,} runs: the first page of all", (time.perf_counter() - begun) * 1e3, "ms")
    peer = mlflow_way(root)
    if peer is not None:
        work = {**work, f"MLflow, a page of {PEER_RUNS:,} runs by a metric": peer}
    for call in work.values():
        call(0)
    times: dict[str, list[float]] = {name: [] for name in work}
    for place in range(1, ROUNDS + 1):
        for name, call in work.items():
            begun = time.perf_counter()
            call(place)
            times[name].append((time.perf_counter() - begun) * 1e3)
    for name, found in times.items():
        target = None if name.startswith("MLflow") else TARGET
        report(f"  {name} (worst {max(found):.0f})", statistics.median(found), "ms", target)


@contextlib.contextmanager
def lab_in(root: Path) -> Iterator[Any]:
    """Open a JupyterLab on a folder, in a browser."""
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import find_chromium
    from tests.browser.conftest import FLAGS
    from tests.browser.lab import Lab
    from tests.browser.server import running_lab

    with running_lab(root) as server, sync_playwright() as playwright:
        found = find_chromium(Path(playwright.chromium.executable_path))
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        yield Lab(page, server, root)
        browser.close()


def measure_browser(root: Path) -> None:
    """Report how soon rows are seen, the first time in a page and later."""
    with lab_in(root) as lab:
        received = [0]

        def count(socket: Any) -> None:
            socket.on("framereceived", lambda frame: received.append(len(frame)))

        lab.page.on("websocket", count)
        lab.server.write_notebook("panels.ipynb", NOTEBOOK, *["runs_list(book)"] * 6)
        lab.open("panels.ipynb")
        lab.run_cell(0)
        lab.page.wait_for_timeout(3000)
        times = []
        for index in range(1, 7):
            lab.select(index)
            received.clear()
            begun = time.perf_counter()
            lab.page.evaluate("window.jupyterapp.commands.execute('notebook:run-cell')")
            lab.cell(index).locator(".cb-gridbody .cb-name").first.wait_for()
            times.append((time.perf_counter() - begun) * 1e3)
            if index in (1, 2):
                which = "first" if index == 1 else "second"
                report(f"  bytes to the page, the {which} time", sum(received) / 1e3, "kB")
        report("  first rows, the first time in a page", times[0], "ms", 1000)
        report("  first rows, later", statistics.median(times[1:]), "ms", 1000)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--browser", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CELLBOOK_CACHE_DIR"] = f"{folder}/cache"
        root = Path(folder) / "lab"
        root.mkdir()
        fill(root, args.runs)
        measure(root, args.runs)
        if args.browser:
            measure_browser(root)


if __name__ == "__main__":
    main()
