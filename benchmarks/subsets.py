"""What it costs that the rows which are fitted are on record: calls without and with the hooks.

    python benchmarks/subsets.py [--rounds 7]

A frame of a million rows and 20 columns (162 MB) is tracked, then a classifier that does next to
nothing is fitted to half of its rows, as they come from a filter, without their index, and as an
array; scikit-learn's linear regression beside it says what is usual.  Small calls show what the
wrapper itself costs.  Medians over rounds; the profile of the frame is timed by itself.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LinearRegression

import cellbook as cb
from cellbook.datasets.profiles import profile_of

ROWS, COLUMNS = 1_000_000, 18


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    os.chdir(tempfile.mkdtemp(prefix="cellbook-subsets-"))
    rng = np.random.default_rng(0)
    names = [f"c{one}" for one in range(COLUMNS)]
    frame = pd.DataFrame(rng.normal(size=(ROWS, COLUMNS)), columns=names)
    frame["k"] = rng.integers(0, 100, ROWS)
    frame["w"] = rng.choice(np.array(["aa", "bb", "cc"]), ROWS)
    print(f"frame: {frame.memory_usage().sum() / 1e6:.0f} MB")

    def median(
        make: Callable[[], Any], call: Callable[[Any], object], times: int = rounds
    ) -> float:
        taken = []
        for _ in range(times):
            made = make()  # A new object each time, as it is in a notebook.
            start = time.perf_counter()
            call(made)
            taken.append(time.perf_counter() - start)
        return statistics.median(taken)

    small = frame[names][:100]
    model = DummyClassifier().fit(small, frame.k[:100])
    row = np.zeros((1, COLUMNS))

    def quick() -> tuple[float, float]:
        fitted = median(lambda: small, lambda x: DummyClassifier().fit(x, frame.k[:100]), 200)
        return fitted, median(lambda: row, model.predict, 2000)

    ways: dict[str, Callable[[], Any]] = {
        "filtered frame": lambda: frame[frame.c0 > 0][names],
        "its index dropped": lambda: frame[frame.c0 > 0][names].reset_index(drop=True),
        "as an array": lambda: frame[frame.c0 > 0][names].to_numpy(),
        "a part of other data": lambda: rng.random((ROWS // 2, COLUMNS)),
    }

    def fit(x: Any) -> object:
        return DummyClassifier().fit(x, np.zeros(len(x)))

    before = {name: median(make, fit) for name, make in ways.items()}
    plain = quick()
    linear = median(ways["as an array"], lambda x: LinearRegression().fit(x, np.arange(len(x))), 3)
    print(f"profile: {median(lambda: frame, profile_of, 3):.2f} s")
    print(f"tracking it: {seconds(lambda: cb.track_data(frame, 'frame')):.2f} s")
    print(f"LinearRegression.fit to half of it: {linear:.2f} s")

    def renewed(x: Any) -> object:
        # Each round is a cell and a run of its own, so that nothing is on record already.
        cb.start_run()
        cb.open().fits.look()
        return fit(x)

    for name, make in ways.items():
        print(f"fit to {name:<22} {before[name]:.3f} s, on record {median(make, renewed):.3f} s")
    hooked = quick()
    print(f"fit to 100 rows again: {plain[0] * 1e6:.0f} µs, hooked {hooked[0] * 1e6:.0f} µs")
    print(f"predict of one row: {plain[1] * 1e6:.1f} µs, hooked {hooked[1] * 1e6:.1f} µs")
    look = statistics.median(seconds(cb.open().fits.look) for _ in range(100))
    print(f"before each cell: {look * 1e6:.1f} µs")


if __name__ == "__main__":
    main()
