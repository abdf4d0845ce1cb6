"""Logging: the hot loop, what SIGKILL leaves, the first run, a thousand runs; beside the peers.

    python benchmarks/logging_metrics.py [--peers PYTHON] [--rounds 3] [--calls 100000]

`PYTHON` is the interpreter of an environment that has the peers; without it, this one's are taken
(`nox -s bench` installs them).  Rounds are interleaved; medians of rounds are printed, and their
ratio to Cellbook's.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OURS = ("cellbook", "bare write", "bare SQLite WAL")


def measure(python: str, name: str, workload: str, count: int) -> dict[str, Any] | None:
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "CELLBOOK_CACHE_DIR": f"{folder}/cache", "HOME": folder}
        environment.pop("CELLBOOK_URL", None)
        process = subprocess.Popen(
            [python, HERE / "_loggers.py", name, workload, str(count)],
            cwd=folder, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        assert process.stdout is not None
        try:
            lines = [line for line in process.stdout if line.startswith("{")]
            return json.loads(lines[-1]) if lines else None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def kept_after_kill(count: int) -> int:
    """Log points with Cellbook, kill it, and count what the book holds."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "CELLBOOK_CACHE_DIR": f"{folder}/cache"}
        process = subprocess.Popen(
            [sys.executable, HERE / "_loggers.py", "cellbook", "kill", str(count)],
            cwd=folder, env=environment, text=True, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        process.stdout.readline()
        process.kill()
        process.wait()
        code = "import _loggers; print(_loggers.Cellbook.kept())"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, check=True, text=True, capture_output=True,
            env={**environment, "PYTHONPATH": str(HERE)},
        )  # fmt: skip
        return int(done.stdout)


def table(title: str, workload: str, names: dict[str, str], count: int, rounds: int) -> None:
    results: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for _ in range(rounds):
        for name, python in names.items():
            result = measure(python, name, workload, count)
            if result is not None:
                results[name].append(result)
    print(f"\n{title}")
    columns = next((list(r[0]) for r in results.values() if r), [])
    print(f"{'':18}" + "".join(f"{column:>18}" for column in columns) + f"{'ratio':>10}")
    reference = results["cellbook"]
    for name, found in results.items():
        if not found:
            print(f"{name:18}{'not installed':>18}")
            continue
        medians = {column: statistics.median(r[column] for r in found) for column in columns}
        main = next(c for c in columns if c not in ("calls", "runs"))
        ratio = medians[main] / statistics.median(r[main] for r in reference)
        cells = "".join(f"{medians[column]:18,.3f}" for column in columns)
        print(f"{name:18}{cells}{ratio:9.1f}×")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", default=sys.executable, help="an interpreter with the peers")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--calls", type=int, default=100_000)
    options = parser.parse_args()
    ours = dict.fromkeys(OURS, sys.executable)
    peers = ("Trackio", "TensorBoard", "W&B offline", "Aim", "MLflow", "DVCLive")
    everyone = {**ours, **dict.fromkeys(peers, options.peers)}
    table("One metric a call, tight loop", "hot", everyone, options.calls, options.rounds)
    table("Import and first run in an empty folder", "first", everyone, 1, options.rounds)
    makers = {name: everyone[name] for name in ("cellbook", "bare SQLite WAL", "MLflow")
              if name in everyone}  # fmt: skip
    table("1,000 finished runs (10 params, 5 metrics, 3 tags)", "runs", makers, 1000, 1)
    print(f"\nOf 600 points logged before SIGKILL, Cellbook kept {kept_after_kill(600)}.")


if __name__ == "__main__":
    main()
