"""Digests of data: one file of 1 GB, 100,000 files of 4 KB, a frame of 170 MB, beside the peers.

    python benchmarks/data.py [--rounds 3] [--folder FOLDER] [--dvc PATH]

``dvc add`` runs in a repository of its own, without its cache of what it has seen; it also copies
or links the data into its cache, which is what it is for.  ``sha256sum`` is the machine's own.  All
read from memory: each file was read once before.  Medians over rounds in which all take turns, as
ratios too, for the machine may have other things to do.

Of ``dvc add`` on the large file, five times our time is aimed at; measured were 4.0 to 4.7.  Of our
processor time, nine tenths are SHA-256 by the processor's own instructions, and the file is read
while the block before is hashed, so nothing is left to be overlapped; our start-up does not count
(data is tracked in a kernel that runs), that of ``dvc`` does.  A tree of hashes over several cores
would be quicker; its digest would be no ``sha256sum``, which anybody can check.

Memory is what a process of its own grew by at its peak, the libraries loaded before.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from cellbook.datasets.digests import digest_object, digest_place

GIGABYTE = 1_000_000_000
FILES, FILE_SIZE = 100_000, 4096
ROWS = 1_250_000

MEMORY = """
import sys
from pathlib import Path
from cellbook.datasets.digests import digest_place
def status(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field))
before = status("VmRSS")
Path("/proc/self/clear_refs").write_text("5")  # begins a new peak
digest_place(Path(sys.argv[1]))
print(status("VmHWM") - before)
"""


def seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def in_turns(calls: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median time of each call; they take turns."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            taken[name].append(seconds(call))
    return {name: statistics.median(times) for name, times in taken.items()}


def show(what: str, times: dict[str, float], bars: dict[tuple[str, str], float]) -> None:
    print(f"\n{what}")
    for name, taken in times.items():
        print(f"  {name:<32} {taken:8.3f} s")
    for (one, other), bar in bars.items():
        if one in times and other in times:
            print(f"  {one} / {other}: {times[one] / times[other]:.2f} (at most {bar:g})")


def large_file(path: Path) -> None:
    if not path.exists():
        with path.open("wb") as file:
            for _ in range(GIGABYTE // 1_000_000):
                file.write(os.urandom(1_000_000))
    digest_place(path)


def small_files(folder: Path) -> None:
    for number in range(FILES):
        path = folder / f"{number // 1000:03}" / f"{number:06}.bin"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(os.urandom(FILE_SIZE))


def plain_loop(folder: Path) -> list[str]:
    """Hash all files one after the other, as a person would write it."""
    digests = []
    for root, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(root, name), "rb") as file:  # noqa: PTH118, PTH123
                digests.append(hashlib.sha256(file.read()).hexdigest())
    return digests


def stat_all(folder: Path) -> list[int]:
    """Ask the system what it knows of each file, which is the least that a second look can do."""
    sizes, folders = [], [folder]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(Path(entry.path))
                else:
                    sizes.append(entry.stat().st_size)
    return sizes


def dvc_add(dvc: str, path: Path) -> Callable[[], object]:
    """Return a call of ``dvc add`` on a file, in a repository that knows nothing of it."""

    def call() -> None:
        shutil.rmtree(path.parent / ".dvc", ignore_errors=True)
        path.with_name(path.name + ".dvc").unlink(missing_ok=True)
        subprocess.run([dvc, "init", "--no-scm", "-q", "-f"], cwd=path.parent, check=True)
        start = time.perf_counter()
        subprocess.run([dvc, "add", "-q", path.name], cwd=path.parent, env=alone, check=True)
        taken.append(time.perf_counter() - start)

    taken: list[float] = []
    # What dvc remembers of files outside of the repository is another one each time.
    alone = {**os.environ, "DVC_SITE_CACHE_DIR": tempfile.mkdtemp(), "DVC_NO_ANALYTICS": "1"}
    call.taken = taken  # type: ignore[attr-defined]
    return call


def mixed_frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    words = pd.Series(rng.integers(0, 10**9, ROWS)).astype(str)
    return pd.DataFrame(
        {
            "float": rng.random(ROWS),
            "gaps": np.where(rng.random(ROWS) < 0.1, np.nan, rng.random(ROWS)),
            "single": rng.random(ROWS).astype("f4"),
            "int": rng.integers(0, 10**9, ROWS),
            "small": rng.integers(0, 100, ROWS, dtype="i2"),
            "flag": rng.random(ROWS) < 0.5,
            "nullable": pd.array(rng.integers(0, 9, ROWS), dtype="Int64"),
            "time": pd.date_range("2020", periods=ROWS, freq="s"),
            "zone": pd.date_range("2020", periods=ROWS, freq="s", tz="Europe/Berlin"),
            "category": pd.Categorical.from_codes(
                rng.integers(0, 50, ROWS), list(map(str, range(50)))
            ),
            "text": words,
            "objects": words.str[:5].astype(object),
        }
    )


def write_ipc(frame: pd.DataFrame, path: Path) -> None:
    table = pa.Table.from_pandas(frame)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def memory(path: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, path], capture_output=True, text=True, check=True
    )
    return int(done.stdout) * 1024 / 1e6


def measure(folder: Path, rounds: int, dvc: str | None) -> None:
    alone = folder / "alone"
    alone.mkdir(exist_ok=True)
    large = alone / "large.bin"
    large_file(large)
    calls: dict[str, Callable[[], object]] = {
        "cellbook": lambda: digest_place(large),
        "sha256sum": lambda: subprocess.run(["sha256sum", large], capture_output=True, check=True),
    }
    times = in_turns(calls, rounds)
    if dvc:
        add, ours = dvc_add(dvc, large), []
        for _ in range(rounds):
            add()
            ours.append(seconds(lambda: digest_place(large)))
        times["dvc add"] = statistics.median(add.taken)  # type: ignore[attr-defined]
        times["cellbook, beside dvc add"] = statistics.median(ours)
    show(
        f"A file of {GIGABYTE / 1e9:g} GB",
        times,
        {("cellbook", "sha256sum"): 1.2, ("cellbook, beside dvc add", "dvc add"): 0.2},
    )
    print(f"  memory: {memory(large):.0f} MB (at most 64)")

    small = folder / "small"
    small_files(small)
    plain_loop(small)
    caches = folder / "caches"

    def cold() -> None:
        shutil.rmtree(caches, ignore_errors=True)
        digest_place(small, caches)

    times = in_turns(
        {
            "plain loop of sha256": lambda: plain_loop(small),
            "cellbook, first look": cold,
            "cellbook, second look": lambda: digest_place(small, caches),
            "listing and os.stat alone": lambda: stat_all(small),
        },
        rounds,
    )
    show(
        f"{FILES:,} files of {FILE_SIZE:,} bytes",
        times,
        {("cellbook, first look", "plain loop of sha256"): 2},
    )
    print(f"  memory: {memory(small):.0f} MB (at most 64)")

    frame = mixed_frame()
    size = frame.memory_usage(deep=True).sum() / 1e6
    times = in_turns(
        {
            "cellbook": lambda: digest_object(frame),
            "writing Arrow IPC": lambda: write_ipc(frame, folder / "frame.arrow"),
        },
        max(rounds, 5),
    )
    show(f"A frame of {size:.0f} MB", times, {("cellbook", "writing Arrow IPC"): 2})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where data is made, and found the next time")
    parser.add_argument("--dvc", default=shutil.which("dvc"), help="the dvc to measure beside us")
    args = parser.parse_args()
    if args.folder is not None:
        args.folder.mkdir(parents=True, exist_ok=True)
        measure(args.folder, args.rounds, args.dvc)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), args.rounds, args.dvc)


if __name__ == "__main__":
    main()
