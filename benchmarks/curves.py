"""Curves: how long the data of a comparison of 20 runs takes, and what is sent to the browser.

    python benchmarks/curves.py [--points 10000] [--rounds 9] [--browser]

Each run has 3 metrics of so many points.  What takes turns, so that whatever else the machine does
meets all of it: the points as they are drawn, ours beside exptrack's own (both thin them), and all
points as a DataFrame, ours beside MLflow's (which has one way, a call a run and metric; it is given
three turns, as it takes long).  Peers are measured where they are installed:
``pip install --group bench``.  Told are medians, and how many times as long as ours a peer took.

With ``--browser``, a real JupyterLab shows 20 runs × 100,000 points: until curves are seen, until
another metric is, and what is sent.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import math
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from search import report

RUNS = 20
METRICS = ("acc", "loss", "lr")
DRAWN = 600
LONG = 100_000
TARGET = 50.0
FEW_TURNS = 3

Work = Callable[[], Any]

NOTEBOOK = """
import cellbook as cb
from cellbook.widgets import compare_panel
book = cb.open("..")
runs = list(range(1, 21))
"""


def value(metric: str, run: int, step: int, rnd: random.Random) -> float:
    """Return a value of a curve as training has them."""
    gain = 1 - math.exp(-step / (200 + 20 * run))
    return {"acc": gain, "loss": 2 - 2 * gain, "lr": 0.1 * 0.999**step}[metric] + rnd.gauss(0, 0.02)


def fill(root: Path, points: int) -> Any:
    """Return our book of these runs."""
    import cellbook as cb

    rnd = random.Random(1)
    book = cb.open(str(root))
    for place in range(RUNS):
        with book.start_run(f"run {place}", params={"lr": 10**-place, "seed": place}) as run:
            for step in range(points):
                run.log_metrics({name: value(name, place, step, rnd) for name in METRICS}, step)
    book.refresh()
    return book


def ours(book: Any) -> dict[str, Work]:
    """Return ours: what the panel asks for, and all points."""
    from cellbook.answers import ComparisonQuery, LinesQuery, Reader, compare, draw_lines
    from cellbook.views.wire import encode

    ask = Reader(book)
    runs = tuple(book.find_run(number).run_id for number in range(1, RUNS + 1))

    def panel() -> int:
        encode(compare(ask, ComparisonQuery(runs)))
        return sum(len(encode(draw_lines(ask, LinesQuery(runs, one, DRAWN)))) for one in METRICS)

    def smoothed() -> None:
        for one in METRICS:
            encode(draw_lines(ask, LinesQuery(runs, one, DRAWN, smoothing=0.6)))

    return {
        "Cellbook, as drawn": panel,
        "Cellbook, smoothed": smoothed,
        "Cellbook, a DataFrame": lambda: book.metric_history(list(range(1, RUNS + 1))),
    }


def exptrack_way(root: Path, points: int) -> Work | None:
    """Return exptrack's way: the thinned series of each run, which its comparison draws."""
    if importlib.util.find_spec("exptrack") is None:
        return None
    (root / ".exptrack").mkdir(parents=True)
    rnd = random.Random(1)
    with contextlib.chdir(root), contextlib.redirect_stdout(None):
        from exptrack import Experiment
        from exptrack.core.db import get_db
        from exptrack.core.queries import get_metrics_series

        ids = []
        for place in range(RUNS):
            run = Experiment(f"run {place}", auto_capture=False)
            with run.batched_writes():
                for step in range(points):
                    run.log_metrics({name: value(name, place, step, rnd) for name in METRICS}, step)
            run.finish()
            ids.append(run.id)
        connection = get_db()

    def work() -> None:
        for one in ids:
            get_metrics_series(connection, one, max_points=DRAWN)

    return work


def mlflow_way(root: Path, points: int) -> Work | None:
    """Return MLflow's way: the whole history of each metric of each run, as a DataFrame."""
    if importlib.util.find_spec("mlflow") is None:
        return None
    import mlflow
    import pandas as pd

    mlflow.set_tracking_uri(f"sqlite:///{root}/mlflow.db")
    client = mlflow.MlflowClient()
    experiment = client.create_experiment("curves")
    rnd = random.Random(1)
    ids = []
    for place in range(RUNS):
        run = client.create_run(experiment).info.run_id
        every = [
            mlflow.entities.Metric(name, value(name, place, step, rnd), step, step)
            for step in range(points)
            for name in METRICS
        ]
        for begin in range(0, len(every), 1000):
            client.log_batch(run, every[begin : begin + 1000])
        ids.append(run)

    def work() -> Any:
        return pd.DataFrame(
            [
                (run, one.key, one.step, one.timestamp, one.value)
                for run in ids
                for name in METRICS
                for one in client.get_metric_history(run, name)
            ]
        )

    return work


def measure(root: Path, points: int, rounds: int) -> None:
    """Report all, in turns."""
    book = fill(root / "ours", points)
    work = ours(book)
    peers = {
        "exptrack, as drawn": ("Cellbook, as drawn", exptrack_way(root / "exptrack", points)),
        "MLflow, a DataFrame": ("Cellbook, a DataFrame", mlflow_way(root, points)),
    }
    work |= {name: peer for name, (_, peer) in peers.items() if peer is not None}
    times: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(rounds + 1):
        for name, call in work.items():
            if name.startswith("MLflow") and turn > FEW_TURNS:
                continue
            begun = time.perf_counter()
            call()
            if turn:  # The first one warms up.
                times[name].append((time.perf_counter() - begun) * 1e3)
    print(f"{RUNS} runs × {points:,} points × {len(METRICS)} metrics")
    medians = {name: statistics.median(found) for name, found in times.items()}
    for name, median in medians.items():
        target = TARGET if name == "Cellbook, as drawn" else None
        beside = f", {median / medians[peers[name][0]]:.1f} × ours" if name in peers else ""
        report(f"  {name} (worst {max(times[name]):.0f}{beside})", median, "ms", target)
    report("  bytes as drawn", work["Cellbook, as drawn"]() / 1e3, "kB")
    book.close()


def measure_browser(root: Path) -> None:
    """Report how soon curves of many points are seen and change, and what that sends."""
    from panels import lab_in

    book = fill(root, LONG)
    book.close()
    with lab_in(root) as lab:
        received = [0]
        lab.page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
        )
        lab.server.write_notebook("curves.ipynb", NOTEBOOK, *["compare_panel(book, runs)"] * 4)
        lab.open("curves.ipynb")
        lab.run_cell(0)
        lab.page.wait_for_timeout(3000)
        for index in (1, 2, 3, 4):
            lab.select(index)
            received.clear()
            begun = time.perf_counter()
            lab.page.evaluate("window.jupyterapp.commands.execute('notebook:run-cell')")
            panel = lab.cell(index).locator(".cellbook-panel")
            panel.locator(".cb-plot .svg-container .scatterlayer .trace").first.wait_for()
            which = "the first time in a page" if index == 1 else "later"
            took = (time.perf_counter() - begun) * 1e3
            report(f"  curves, {which}", took, "ms", 3000 if index == 1 else 1000)
            report(
                "    bytes, with all code" if index == 1 else "    bytes", sum(received) / 1e3, "kB"
            )
        panel.get_by_label("metric").scroll_into_view_if_needed()
        received.clear()
        begun = time.perf_counter()
        panel.get_by_label("metric").select_option("lr")
        panel.get_by_role("img", name="lr of 20 runs").wait_for()
        report("  another metric", (time.perf_counter() - begun) * 1e3, "ms")
        report("    bytes", sum(received) / 1e3, "kB", 1000)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--browser", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CELLBOOK_CACHE_DIR"] = f"{folder}/cache"
        root = Path(folder) / "curves"
        root.mkdir()
        measure(root, args.points, args.rounds)
        if args.browser:
            lab = Path(folder) / "lab"
            lab.mkdir()
            measure_browser(lab)


if __name__ == "__main__":
    main()
