"""Drift of a million rows of 30 columns, and how often drift is found where there is none.

    python benchmarks/monitoring.py [--rows 1000000] [--rounds 5] [--alarms 200]

The rows are numbers (normal, counts, skewed), categories and texts. A check is all of it: the
window's sketch from the frame, and each test; the reference's sketch is there, as it is in
service. It runs in one thread: on a machine that has other things to do, its processor time is
what it takes on one that has not, and is what is judged. Memory is what a process of its own grew
by at its peak, the frame and the libraries loaded before. Where Evidently is installed, its data
drift preset takes turns with ours, on a part of the same frames; it has no reference but the
frame, so ours is also timed with the reference's sketch made anew.

With ``--alarms N`` it tells, by N windows of each size, in which share of windows any column of
30 raised an alarm though nothing had changed (`tests/monitoring/tables.py`), and the same of
Evidently's preset, which calls a set drifted where half of its columns are.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
from cellbook.monitoring.drift import drift
from cellbook.monitoring.sketches import Sketch
from tests.monitoring.tables import table

LIMIT_SECONDS, LIMIT_MB = 3.0, 500
PART = 20
"""Evidently gets one row in so many: of all of them it was not done after seven minutes."""
PEER_WINDOWS = 5
SIZES = (50, 200, 1_000, 5_000)
REFERENCES = (1_000, 10_000)

MEMORY = """
import ctypes
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from benchmarks.monitoring import wide
from cellbook.monitoring.drift import drift
from cellbook.monitoring.sketches import Sketch
def status(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))
rows = int(sys.argv[2])
reference = Sketch.of(wide(20_000, 0))
drift(reference, reference)
window = wide(rows, 1)
ctypes.CDLL(None).malloc_trim(0)  # what making the frame left would hide what is grown by
before = status("VmRSS")
Path("/proc/self/clear_refs").write_text("5")  # begins a new peak
drift(reference, window)
print(max(0, status("VmHWM") - before) / 1000)
"""


def wide(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    columns: dict[str, Any] = {f"normal{n}": rng.normal(size=rows) for n in range(12)}
    columns |= {f"skewed{n}": rng.lognormal(3, 2, rows) for n in range(4)}
    columns |= {f"count{n}": rng.integers(0, 60, rows) for n in range(6)}
    columns["time"] = 1.7e9 + rng.random(rows) * 1e6
    columns["gaps"] = np.where(rng.random(rows) < 0.1, np.nan, columns["normal0"])
    names = np.array([f"name {n}" for n in range(40)])
    columns |= {f"text{n}": names[rng.integers(0, 40, rows)] for n in range(2)}
    codes = [rng.integers(0, 8, rows) for _ in range(3)]
    columns |= {
        f"category{n}": pd.Categorical.from_codes(one, list("abcdefgh"))
        for n, one in enumerate(codes)
    }
    columns["truth"] = rng.random(rows) < 0.3
    assert len(columns) == 30
    return pd.DataFrame(columns)


def evidently() -> Callable[[pd.DataFrame, pd.DataFrame], Any] | None:
    try:
        from evidently import Report
        from evidently.presets import DataDriftPreset
    except ImportError:
        return None
    return lambda reference, window: Report([DataDriftPreset()]).run(window, reference)


def seconds(call: Callable[[], object]) -> tuple[float, float]:
    """Return how long a call takes by the clock, and on a processor of its own."""
    start, busy = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - start, time.process_time() - busy


def speed(rows: int, rounds: int) -> bool:
    before, after = wide(rows, 0), wide(rows, 1)
    reference = Sketch.of(before)
    calls: dict[str, Callable[[], object]] = {
        "drift check, reference sketched": lambda: drift(reference, after),
        "drift check, both from frames": lambda: drift(before, after),
    }
    peer = evidently()
    if peer is not None:
        part = before.iloc[: rows // PART], after.iloc[: rows // PART]
        calls[f"Evidently's preset, {rows // PART:,} rows"] = lambda: peer(*part)
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            taken[name].append(seconds(call))
    print(f"{rows:,} rows × {before.shape[1]} columns, median of {rounds} turns")
    for name, times in taken.items():
        clock, busy = (statistics.median(one) for one in zip(*times, strict=True))
        print(f"  {name:34} {clock:7.2f} s by the clock, {busy:6.2f} s of processor time")
    root = str(Path(__file__).parents[1])
    command = [sys.executable, "-c", MEMORY, root, str(rows)]
    grown = float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(f"  memory at its peak {grown:.0f} MB; of a window's sketch on disk "
          f"{len(Sketch.of(after).to_bytes()) / 1000:.0f} kB")  # fmt: skip
    own = statistics.median(busy for _, busy in taken["drift check, reference sketched"])
    return own <= LIMIT_SECONDS and grown <= LIMIT_MB


def alarms(rounds: int) -> None:
    print(f"share of {rounds} windows without drift that raised an alarm (30 columns)")
    peer = evidently()
    for count in REFERENCES:
        for size in SIZES:
            rng = np.random.default_rng([count, size])
            ours = columns = theirs = 0
            for place in range(rounds):
                before, after = table(rng, count), table(rng, size)
                found = drift(before, after)
                ours += found.drifted
                if peer is not None and place < PEER_WINDOWS:
                    share = peer(before, after).dict()["metrics"][0]["value"]
                    columns += share["count"] > 0
                    theirs += 1
            told = f"  reference {count:6,}, window {size:5,}: {ours / rounds:.1%}"
            if theirs:
                told += f"; Evidently finds a drifted column in {columns / theirs:.0%} of {theirs}"
            print(told, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--alarms", type=int, default=0)
    given = parser.parse_args()
    if given.alarms:
        alarms(given.alarms)
        return 0
    return 0 if speed(given.rows, given.rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
