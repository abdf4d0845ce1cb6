"""Eight processes write a hundred runs of a hundred metric values each into one book at once.

    python benchmarks/many_processes.py [--rounds 3]

Prints the time from the first process ready to the last one done, what the book then holds, and
what a bare SQLite file in WAL mode takes for the same, a commit a value.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

PROCESSES, RUNS, VALUES = 8, 100, 100


def write_cellbook(folder: str, barrier: Any, number: int) -> None:
    os.chdir(folder)
    import cellbook as cb

    book = cb.open(folder)
    barrier.wait()
    for run_number in range(RUNS):
        with cb.start_run(f"{number}-{run_number}", params={"n": run_number}) as run:
            for step in range(VALUES):
                run.log_metric("loss", float(step))
    book.close()


def write_sqlite(folder: str, barrier: Any, number: int) -> None:
    db = sqlite3.connect(f"{folder}/bare.sqlite", isolation_level=None, timeout=60)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.execute("CREATE TABLE IF NOT EXISTS points (run TEXT, key TEXT, step INT, value REAL)")
    barrier.wait()
    for run_number in range(RUNS):
        for step in range(VALUES):
            run = f"{number}-{run_number}"
            db.execute("INSERT INTO points VALUES (?, 'loss', ?, ?)", (run, step, float(step)))


def timed(worker: Any, folder: str) -> float:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(PROCESSES + 1)
    workers = [
        context.Process(target=worker, args=(folder, barrier, number))
        for number in range(PROCESSES)
    ]
    for process in workers:
        process.start()
    barrier.wait()
    begin = time.perf_counter()
    for process in workers:
        process.join()
    took = time.perf_counter() - begin
    failed = [process.exitcode for process in workers if process.exitcode]
    assert not failed, f"{len(failed)} processes failed"
    return took


def check(folder: str) -> str:
    import cellbook as cb

    book = cb.open(folder)
    frame = book.search_runs(max_results=None)
    stems = {stem for doc in book.table("runs").all() for stem in doc["points"]}
    points = sum(len(series.values) for series in book.store.series_reader.read(stems))
    ok = book.verify().ok
    book.close()
    return f"{len(frame)} runs, {points:,} points, verified: {ok}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    ours, bare, held = [], [], ""
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["CELLBOOK_CACHE_DIR"] = str(Path(folder) / "cache")
            ours.append(timed(write_cellbook, folder))
            held = check(folder)
        with tempfile.TemporaryDirectory() as folder:
            bare.append(timed(write_sqlite, folder))
    print(f"{PROCESSES} processes × {RUNS} runs × {VALUES} values, median of {rounds}")
    print(f"  cellbook         {statistics.median(ours):6.2f} s   {held}")
    print(
        f"  bare SQLite WAL  {statistics.median(bare):6.2f} s   "
        f"(ratio {statistics.median(bare) / statistics.median(ours):.1f}; points only)"
    )


if __name__ == "__main__":
    main()
