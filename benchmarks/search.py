"""Searching many runs and reading many points: how long, and in how much memory.

    python benchmarks/search.py [--runs 10000 100000]

Books are synthetic, written through the store as runs are: 10 params, 5 metrics with their
statistics and 3 tags each.  "Fresh" is a process that has imported everything and finds the index
on disk; "first ever" also makes the indexes of the paths it asks for.  Memory is what the process
holds beyond one that has only made a small DataFrame.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

QUERY = "metrics.acc > 0.5 and params.model = 'forest'"
ORDER = "metrics.loss"
METRICS = ("acc", "loss", "f1", "val_acc", "val_loss")

FRESH = """
import json, sys, time
import pandas, psutil
from pathlib import Path
from cellbook.store import FolderStore
from cellbook.views import search_runs
pandas.DataFrame({"a": ["x"], "b": pandas.to_datetime([0], unit="ms", utc=True)})
memory = psutil.Process().memory_info
before = memory().rss
begun = time.perf_counter()
store = FolderStore(Path(sys.argv[1]))
found = search_runs(store, sys.argv[2], order_by=sys.argv[3], max_results=20)
seconds = time.perf_counter() - begun
assert len(found) == 20
print(json.dumps({"ms": seconds * 1e3, "mb": (memory().rss - before) / 1e6}))
"""


def run_document(run_id: str, place: int, rnd: random.Random) -> dict[str, Any]:
    start = 1_760_000_000_000 + place * 60_000
    metrics = {name: rnd.random() for name in METRICS}
    return {
        "run_id": run_id,
        "run_name": f"brisk-heron-{place % 97}",
        "experiment": f"experiment {place % 5}",
        "state": "finished" if place % 17 else "failed",
        "start_time": start,
        "end_time": start + rnd.randrange(1_000, 500_000),
        "session": run_id,
        "notebook": "train.ipynb",
        "params": {
            "lr": rnd.choice([0.1, 0.01, 0.001]),
            "layers": rnd.randrange(1, 9),
            "model": rnd.choice(["forest", "linear", "net"]),
            "dropout": rnd.random(),
            "batch_norm": rnd.random() < 0.5,
            "batch": rnd.choice([32, 64, 128]),
            "seed": place,
            "optimizer": rnd.choice(["adam", "sgd"]),
            "decay": rnd.random() / 100,
            "epochs": rnd.randrange(5, 50),
        },
        "metrics": metrics,
        "stats": {
            name: {"count": 20, "min": value * 0.3, "max": value * 1.1, "step": 19}
            for name, value in metrics.items()
        },
        "tags": {"team": "vision", "stage": rnd.choice(["a", "b"]), "user": "ada"},
        "points": {f"2026-11/01m85ws3vpa13e4985e6-{place // 50:04d}": [12_345, 123_456_789]},
    }


def milliseconds(work: Callable[[], Any], rounds: int = 9) -> float:
    work()
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(times)


def report(what: str, value: float, unit: str, target: float | None = None) -> None:
    verdict = "" if target is None else f"   target ≤ {target:g} {unit}"
    missed = "   MISSED" if target is not None and value > target else ""
    print(f"{what:<62}{value:>9.1f} {unit}{verdict}{missed}", flush=True)


def fresh(root: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", FRESH, root, QUERY, ORDER],
        check=True, text=True, capture_output=True,
    )  # fmt: skip
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure_search(folder: Path, count: int) -> None:
    from cellbook.store import FolderStore, create
    from cellbook.views import search_runs

    root = folder / str(count) / ".cellbook"
    store = FolderStore(root)
    rnd = random.Random(1)
    for place in range(count):
        run_id = store.new_id()
        store.commit([create("runs", run_id, run_document(run_id, place, rnd))])
    begun = time.perf_counter()
    store.count("runs")
    print(f"\n{count:,} runs × 10 params × 5 metrics")
    report("  first fold of the index, a run", (time.perf_counter() - begun) / count * 1e6, "µs")
    store.close()
    small = count <= 10_000
    report("  filter, order, top 20 → DataFrame, first ever", fresh(root)["ms"], "ms")
    later = [fresh(root) for _ in range(3)]
    limit = 300 if small else None
    report("  … fresh process", statistics.median(run["ms"] for run in later), "ms", limit)
    report("  … memory above pandas' own", max(run["mb"] for run in later), "MB", 150)

    def top(query: str, order: str | None) -> Callable[[], Any]:
        return lambda: search_runs(store, query, order_by=order, max_results=20)

    limit = 30 if small else 150
    report("  … warm", milliseconds(top(QUERY, ORDER)), "ms", limit)
    report("  … few match", milliseconds(top("metrics.acc > 0.999", ORDER)), "ms", limit)
    report("  … most match", milliseconds(top("metrics.acc > 0.01", ORDER)), "ms", limit)
    report(
        "  … against the filter", milliseconds(top("metrics.acc > 0.5", "metrics.acc")), "ms", limit
    )
    report("  … by duration", milliseconds(top("", "duration DESC")), "ms", limit)
    report("  newest 20", milliseconds(top("", None)), "ms", limit)
    if small:
        every = milliseconds(lambda: search_runs(store, max_results=None), 5)
        report("  all into one DataFrame", every, "ms", 150)
    store.close()


def measure_points(folder: Path) -> None:
    import numpy as np

    from cellbook import book
    from cellbook.views import curves, find_records, metric_history

    opened = book.open(folder / "points")
    for runs, points in ((1, 100_000), (20, 10_000)):
        for _ in range(runs):
            with opened.start_run(f"{points} points") as run:
                for step in range(points):
                    run.log_metric("loss", 1 / (step + 1), step)
    print("\nPoints")
    for name, limit in (("100000", 15), ("10000", 50)):
        records = find_records(opened.store, f"run_name = '{name} points'")
        what = f"  {len(records)} runs × {int(name):,} points"
        history = milliseconds(lambda: metric_history(opened.store, records))  # noqa: B023
        report(f"{what} → DataFrame", history, "ms", limit)
        drawn = milliseconds(lambda: curves(opened.store, records, "loss"))  # noqa: B023
        report(f"{what} → curves to draw", drawn, "ms")
        files = [folder / f"{name}-{i}.npy" for i in range(len(records))]
        for file in files:
            np.save(file, np.zeros((int(name), 3)))
        floor = milliseconds(lambda: [np.load(file) for file in files])  # noqa: B023
        report(f"{what}, floor: numpy from files", floor, "ms")
    book.close_all()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, nargs="*", default=[10_000, 100_000])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CELLBOOK_CACHE_DIR"] = f"{folder}/cache"
        for count in args.runs:
            measure_search(Path(folder), count)
        measure_points(Path(folder))


if __name__ == "__main__":
    main()
