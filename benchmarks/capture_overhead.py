"""What being on record costs a cell: an empty one, chatty ones, in a plain shell and in a kernel.

    python benchmarks/capture_overhead.py [--cells 2000] [--blocks 8]

Cells run in blocks, one with the extension and one without in turn, in one and the same process;
so what else the machine does meanwhile falls on both.  Overhead is the difference of medians and
of 99th percentiles.  In the kernel a cell takes from the request to the reply, as a front end
sees it.  Checkpoints are off: benchmarks/checkpoints.py measures what they cost.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

EMPTY = "pass"
PRINTS = "for _ in range(10_000): print('epoch 3 loss 0.25')"
FORGET = "get_ipython().history_manager.outputs.clear()"
"""IPython keeps what cells print for ever: without this, later cells pay for earlier ones."""
FLOOD = "for _ in range(1_000): print('x' * 100_000)"


def alternate(run: Callable[[str], None], source: str, cells: int, blocks: int) -> dict[str, float]:
    """Time cells in blocks with and without the extension; return seconds."""
    times: dict[bool, list[float]] = {True: [], False: []}
    for block in range(2 * blocks):
        on = block % 4 in (1, 2)
        if on:
            run("%load_ext cellbook")
        for number in range(-2, max(1, cells // (2 * blocks))):
            begun = time.perf_counter()
            run(source)
            if number >= 0:
                times[on].append(time.perf_counter() - begun)
            if source is not EMPTY:
                run(FORGET)
        if on:
            run("%unload_ext cellbook")
    plain, recorded = (sorted(times[on]) for on in (False, True))
    last = [values[int(0.99 * (len(values) - 1))] for values in (plain, recorded)]
    medians = [statistics.median(values) for values in (plain, recorded)]
    return {
        "plain": medians[0],
        "median": medians[1] - medians[0],
        "p99": last[1] - last[0],
        "ratio": medians[1] / medians[0],
    }


def in_shell(cells: int, blocks: int) -> dict[str, dict[str, float]]:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.run_line_magic("config", "HistoryManager.enabled = False")

    def run(source: str) -> None:
        shell.run_cell(source, store_history=True)

    begun = time.perf_counter()
    run("%load_ext cellbook")
    first = time.perf_counter() - begun
    run("%unload_ext cellbook")
    return {
        "%load_ext": {"median": first},
        "empty cell": alternate(run, EMPTY, cells, blocks),
        "10,000 prints": alternate(run, PRINTS, 40, 5),
    }


def in_kernel(folder: str, cells: int, blocks: int) -> dict[str, dict[str, float]]:
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(cwd=folder, stderr=subprocess.DEVNULL)

    def run(source: str) -> None:
        client.execute_interactive(source, output_hook=lambda message: None, timeout=120)

    try:
        begun = time.perf_counter()
        run("%load_ext cellbook")
        first = time.perf_counter() - begun
        run("%unload_ext cellbook")
        return {
            "%load_ext": {"median": first},
            "empty cell": alternate(run, EMPTY, cells, blocks),
            "10,000 prints": alternate(run, PRINTS, 40, 5),
            "100 MB in 1,000 prints": alternate(run, FLOOD, 8, 4),
        }
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main() -> None:
    os.environ["CELLBOOK_CHECKPOINTS"] = "off"
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cells", type=int, default=2000)
    parser.add_argument("--blocks", type=int, default=8)
    parser.add_argument("--in-shell", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.in_shell:
        results = in_shell(args.cells, args.blocks)
        print(json.dumps(results), file=sys.__stderr__)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            CELLBOOK_CACHE_DIR=f"{folder}/cache",
            IPYTHONDIR=f"{folder}/ipython",
            JUPYTER_RUNTIME_DIR=f"{folder}/runtime",
        )
        os.environ.pop("CELLBOOK_URL", None)
        work = Path(folder, "work")
        work.mkdir()
        done = subprocess.run(
            [sys.executable, Path(__file__).resolve(), "--in-shell",
             f"--cells={args.cells}", f"--blocks={args.blocks}"],
            cwd=work, text=True, check=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        show("plain IPython shell", json.loads(done.stderr.splitlines()[-1]))
        show("ipykernel, round trip", in_kernel(str(work), args.cells, args.blocks))


def show(where: str, results: dict[str, dict[str, float]]) -> None:
    print(f"\n{where:<24} {'without':>10} {'overhead':>10} {'p99':>10} {'ratio':>7}")
    for name, found in results.items():
        cells = [
            f"{found[key] * 1000:8.2f} ms" if key in found else " " * 11
            for key in ("plain", "median", "p99")
        ]
        ratio = f"{found['ratio']:7.2f}" if "ratio" in found else ""
        print(f"{name:<24}" + "".join(cells) + ratio)


if __name__ == "__main__":
    main()
