"""Reckoning a leaderboard over many runs: how long.

    python benchmarks/leaderboard.py [--runs 10000] [--rounds 7]

The book is synthetic, written through the store as runs are: 20 metrics with their statistics, 10
params, 3 tags and a data set or two each.  Boards take turns, so that a busy moment of the machine
falls on all of them; a figure is the median of its turns.  Beside them, in the same turns: the
same frame with a pandas `groupby`, which is what one would write by hand, and knows nothing of
data sets, doubt or goals.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

LIMIT_MS = 1_000
METRICS = [f"metric_{place:02d}" for place in range(17)] + ["acc", "loss", "latency"]
BOARDS: dict[str, dict[str, Any]] = {
    "a run a row": {"metric": "acc"},
    "all 20 metrics, by tag and params, mean of seeds": {
        "metric": "acc",
        "metrics": METRICS,
        "group_by": "model",
        "group_by_params": True,
        "seeds": "mean",
    },
    "20 metrics, filters, 5 required data sets, Pareto": {
        "metric": "acc",
        "metrics": METRICS,
        "group_by": "model, user",
        "filters": "acc>=0.1, loss<=0.99",
        "newest": "nightly:5",
        "cost": "duration",
        "latency": "latency",
    },
    "a run a row, by the best value of each": {"metric": "loss", "metrics": METRICS},
}


def run_document(run_id: str, place: int, rnd: random.Random, data: list[str]) -> dict[str, Any]:
    start = 1_760_000_000_000 + place * 60_000
    metrics = {name: rnd.random() for name in METRICS}
    return {
        "run_id": run_id,
        "run_name": f"brisk-heron-{place % 97}",
        "experiment": "wine",
        "state": "finished" if place % 17 else "failed",
        "start_time": start,
        "end_time": start + rnd.randrange(1_000, 500_000),
        "params": {
            "lr": rnd.choice([0.1, 0.01, 0.001]),
            "layers": rnd.randrange(1, 9),
            **{f"param_{n}": rnd.randrange(2) for n in range(8)},
        },
        "metrics": metrics,
        "stats": {
            name: {"count": 20, "min": value * 0.3, "max": value * 1.1, "step": 19}
            for name, value in metrics.items()
        },
        "tags": {
            "model": rnd.choice(["forest", "net", "linear"]),
            "user": f"user {place % 40}",
            "team": "vision",
        },
        "inputs": {rnd.choice(data): {"test": start} for _ in range(2)},
    }


def fill(root: Path, count: int) -> Any:
    from cellbook.book import look_into
    from cellbook.store import FolderStore, create

    store = FolderStore(root)
    rnd = random.Random(1)
    from cellbook.datasets import keep_version, new_version

    data = [
        keep_version(store, new_version(store, "digits", f"digest {n}", ["nightly"])).dataset_id
        for n in range(8)
    ]
    for place in range(count):
        run_id = store.new_id()
        store.commit([create("runs", run_id, run_document(run_id, place, rnd, data))])
    store.close()
    return look_into(root)


def turns(works: dict[str, Callable[[], Any]], rounds: int) -> dict[str, tuple[float, float]]:
    """Return medians of the clock and of the processor, in milliseconds."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            begun = time.perf_counter(), time.process_time()
            work()
            ended = time.perf_counter(), time.process_time()
            if turn:  # The first one warms up.
                times[name].append(((ended[0] - begun[0]) * 1e3, (ended[1] - begun[1]) * 1e3))
    return {
        name: (statistics.median(wall for wall, _ in of), statistics.median(cpu for _, cpu in of))
        for name, of in times.items()
    }


def by_hand(book: Any) -> Any:
    frame = book.search_runs("state = 'finished'", max_results=None)
    names = [f"metrics.{name}" for name in METRICS]
    return frame.groupby("tags.model")[names].mean().sort_values("metrics.acc", ascending=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CELLBOOK_CACHE_DIR"] = f"{folder}/cache"
        book = fill(Path(folder) / ".cellbook", args.runs)
        works: dict[str, Callable[[], Any]] = {}
        for name, given in BOARDS.items():
            book.leaderboards.save(name, given)
            works[name] = lambda name=name: book.leaderboards.standing(name)
        works["by hand: search_runs and groupby"] = lambda: by_hand(book)
        book.metrics.define("loss", score="best")
        print(f"{args.runs:,} runs × {len(METRICS)} metrics")
        for name, (wall, cpu) in turns(works, args.rounds).items():
            mine = name in BOARDS
            verdict = f"   target ≤ {LIMIT_MS:,} ms" if mine else ""
            missed = "   MISSED" if mine and wall > LIMIT_MS else ""
            print(f"  {name:<50}{wall:>7.0f} ms, CPU {cpu:>5.0f} ms{verdict}{missed}", flush=True)
        book.close()


if __name__ == "__main__":
    main()
