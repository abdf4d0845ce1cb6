"""Checkpoints of a 300 MB namespace after each of ten small cells, beside the peers.

    python benchmarks/checkpoints.py [--rounds 3] [--tools none cellbook cloudpickle dill kishu]

Each tool runs in a real ipykernel of its own: 200 MB of floats, a frame of 1,000,000 × 12 with one
column of text, a fitted forest.  A cell's wait is the round trip as a front end sees it, less that
of a kernel without a tool; CPU is the kernel's and its children's; bytes are what its folder grew
by.  cloudpickle and dill write the whole namespace after each cell, and keep no document; Cellbook
keeps the notebook's file.  Kishu's own saving of the notebook is left out, in its favour: outside
of its tests it asks a JupyterLab for that.  Medians over rounds, in which the tools take turns.

    python benchmarks/checkpoints.py --growth

shows how Cellbook grows to 3 GB of arrays, 2,000,000 small dictionaries and 500 variables.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from jupyter_client.manager import KernelManager

from cellbook import book

NAMESPACE = """
import numpy as np, pandas as pd
from sklearn.ensemble import RandomForestClassifier
rng = np.random.default_rng(0)
A = rng.random(25_000_000)
df = pd.DataFrame({f"c{i}": rng.random(1_000_000) for i in range(11)})
df["s"] = rng.integers(0, 1000, 1_000_000).astype(str)
clf = RandomForestClassifier(50, max_depth=12).fit(
    df.iloc[:5000, :11].to_numpy(), rng.integers(0, 3, 5000)
)
"""
CELLS = {
    "scalar": "x = 1",
    "A[5] = …": "A[5] = 7",
    "df.iloc[0, 0] = …": "df.iloc[0, 0] = 5",
    "read only": "total = None; del total; A[3]",
    "model attribute": "clf.n_jobs = 2",
    "new list": "items = [1]",
    "list append": "items.append(2)",
    "new column": "df['new'] = 1.0",
    "alias": "B = A",
    "function": "def f(y): return y + x",
}
WHOLE = """
import os
import {module} as _module
_count = 0
def _dump(result):
    global _count
    _count += 1
    hidden = get_ipython().user_ns_hidden
    names = {{
        name: value for name, value in get_ipython().user_ns.items()
        if not name.startswith("_") and name not in hidden
        and name not in ("In", "Out", "exit", "quit", "get_ipython", "open")
    }}
    with open(os.path.join({folder!r}, f"{{_count}}.pkl"), "wb") as file:
        _module.dump(names, file, protocol=5)
get_ipython().events.register("post_run_cell", _dump)
"""
LOAD = {
    "none": "pass",
    "cellbook": "%load_ext cellbook",
    "cloudpickle": WHOLE.format(module="cloudpickle", folder="{folder}"),
    "dill": WHOLE.format(module="dill", folder="{folder}"),
    # Outside of its tests it asks a JupyterLab which kernel this is and to save the notebook.
    "kishu": (
        "import os\nos.environ['TEST_NOTEBOOK_PATH'] = os.path.abspath('work.ipynb')\n"
        "from kishu.jupyterint import KishuForJupyter, init_kishu\n"
        "KishuForJupyter.save_notebook = lambda self: None\n"
        "KishuForJupyter.reload_jupyter_frontend = lambda self: None\n"
        "KishuForJupyter.enable_autosave_notebook = lambda self: None\n"
        "init_kishu('work.ipynb')"
    ),
}
RESTORE = {
    "cellbook": "%restore ~2 --kernel",
    "cloudpickle": "globals().update(__import__('pickle').load(open({last!r}, 'rb')))",
    "dill": "globals().update(_module.load(open({last!r}, 'rb')))",
    "kishu": (
        "_kishu.checkout(_kishu._kishu_graph.list_history()[2].commit_id, skip_notebook=True)"
    ),
}
THINK = 0.6
"""Seconds between two cells: people are not faster."""


class Bench:
    """A kernel, and what it costs."""

    def __init__(self, tool: str, folder: Path) -> None:
        self.folder = folder
        self.document = folder / "work.ipynb"
        self.save_document([])
        env = {
            **os.environ,
            "HOME": str(folder),
            "CELLBOOK_CACHE_DIR": str(folder / "cache"),
            "JPY_SESSION_NAME": str(self.document),
        }
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(
            cwd=str(folder), env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.process = psutil.Process(self.manager.provisioner.pid)  # type: ignore[union-attr]

    def save_document(self, sources: list[str]) -> None:
        """Write the notebook as a front end does that saves after each cell."""
        cells = [
            {
                "id": f"cell-{number}",
                "cell_type": "code",
                "source": source,
                "metadata": {},
                "outputs": [],
                "execution_count": number,
            }
            for number, source in enumerate(sources)
        ]
        notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        self.document.write_text(json.dumps(notebook))

    def run(self, source: str) -> float:
        begun = time.perf_counter()
        reply = self.client.execute_interactive(
            source, timeout=600, output_hook=lambda message: None, allow_stdin=False
        )
        seconds = time.perf_counter() - begun
        if reply["content"]["status"] != "ok":
            raise RuntimeError("\n".join(reply["content"].get("traceback", [source])))
        return seconds

    def cpu(self) -> float:
        times = self.process.cpu_times()
        return sum(times[:4])

    def size(self) -> int:
        return sum(path.stat().st_size for path in self.folder.rglob("*") if path.is_file())

    def settle(self) -> None:
        """Wait until the kernel and its children are at rest."""
        before = -1.0
        while self.process.children() or self.cpu() - before > 0.02:
            before = self.cpu()
            time.sleep(THINK)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@contextmanager
def bench(tool: str) -> Iterator[Bench]:
    folder = Path(tempfile.mkdtemp(prefix=f"bench-{tool}-", dir=Path.cwd()))
    started = Bench(tool, folder)
    try:
        yield started
    finally:
        started.close()
        shutil.rmtree(folder)


def measure(tool: str) -> dict[str, Any]:
    with bench(tool) as b:
        b.run(NAMESPACE)
        b.settle()
        rss = b.process.memory_info().rss
        begun = b.cpu()
        b.run(LOAD[tool].replace("{folder}", str(b.folder)))
        b.run("first = 0")
        b.settle()
        found: dict[str, Any] = {"first_cpu": b.cpu() - begun, "first_bytes": b.size()}
        begun, waits, sources = b.cpu(), {}, []
        for name, source in CELLS.items():
            sources.append(source)
            b.save_document(sources)
            waits[name] = b.run(source)
            time.sleep(THINK)
        b.settle()
        found.update(
            waits=waits,
            cpu=b.cpu() - begun,
            bytes=b.size() - found["first_bytes"],
            rss=b.process.memory_info().rss - rss,
        )
        if tool == "cellbook":
            idle = []
            size = b.size()
            for _ in range(5):
                idle.append(b.run("A[3]"))
                time.sleep(THINK)
            found["nothing"] = (statistics.median(idle), (b.size() - size) // 5)
            records = [one for _, one in book.open(b.folder).checkpoints.all()]
            found["documents"] = sum(one.document is not None for one in records), len(records)
        if tool in RESTORE:
            last = max(b.folder.glob("*.pkl"), default=b.folder, key=lambda p: p.stat().st_mtime)
            begun = b.cpu()
            b.run(RESTORE[tool].replace("{last!r}", repr(str(last))))
            found["restore_cpu"] = b.cpu() - begun
        return found


def median(results: list[dict[str, Any]], key: str) -> float:
    return statistics.median(result[key] for result in results)


def compare(tools: list[str], rounds: int) -> None:
    results: dict[str, list[dict[str, Any]]] = {tool: [] for tool in tools}
    for _ in range(rounds):
        for tool in tools:
            try:
                results[tool].append(measure(tool))
            except Exception as error:
                print(f"{tool} failed: {repr(error)[-400:]}", file=sys.stderr)
    base = dict.fromkeys(CELLS, 0.0)
    if results.get("none"):
        base = {
            name: statistics.median(one["waits"][name] for one in results["none"]) for name in CELLS
        }
    idle = statistics.median(base.values())
    print(
        f"\n{'':12}{'wait, median':>14}{'worst':>10}{'CPU, 10 cells':>15}{'bytes, 10 cells':>17}"
        f"{'first: CPU':>12}{'bytes':>10}{'restore CPU':>13}{'RSS':>9}"
    )
    for tool, found in results.items():
        if not found:
            continue
        waits = [
            statistics.median(one["waits"][name] for one in found) - base[name] for name in CELLS
        ]
        restore = median(found, "restore_cpu") if "restore_cpu" in found[0] else 0.0
        print(
            f"{tool:12}{1000 * statistics.median(waits):>11.1f} ms{1000 * max(waits):>7.0f} ms"
            f"{median(found, 'cpu'):>13.2f} s{median(found, 'bytes') / 1e6:>14.2f} MB"
            f"{median(found, 'first_cpu'):>10.2f} s{median(found, 'first_bytes') / 1e6:>7.0f} MB"
            f"{restore:>11.2f} s{median(found, 'rss') / 1e6:>6.0f} MB"
        )
        if "nothing" in found[0]:
            wait = statistics.median(one["nothing"][0] for one in found) - idle
            grown = statistics.median(one["nothing"][1] for one in found)
            print(f"{'':12}a cell that changes nothing: {1000 * wait:.1f} ms, {grown:,.0f} bytes")
            kept, saved = found[-1]["documents"]
            print(f"{'':12}the document is kept with {kept} of {saved} checkpoints")
        if tool == "kishu":
            print(f"{'':12}its saving of the notebook is left out, in its favour")


GROWTH = {
    "3 GB of arrays": "import numpy as np\nbig = [np.random.rand(25_000_000) for _ in range(15)]",
    "2,000,000 small dictionaries": "many = [{'a': i, 'b': str(i)} for i in range(2_000_000)]",
    "500 variables": "for i in range(500): globals()[f'v{i}'] = [i] * 100",
}


def grow() -> None:
    for name, source in GROWTH.items():
        with bench("cellbook") as b:
            b.run("%load_ext cellbook\n%checkpoint auto off")
            b.run(source)
            b.run("%checkpoint")
            b.settle()
            begun, size = b.cpu(), b.size()
            for number in range(3):
                # Asked for, as those that come by themselves come seldom where they take long.
                b.run(f"x = {number}")
                b.run("%checkpoint")
            cpu = (b.cpu() - begun) / 3
            records = [one for _, one in book.open(b.folder).checkpoints.all()]
            waited = statistics.median(one.waited for one in records)
            first = records[0]
            print(
                f"{name:30} {first.size / 1e6:6,.0f} MB: first {first.seconds:5.1f} s, then fork "
                f"{1000 * waited:4.0f} ms, CPU {cpu:5.2f} s, {(b.size() - size) / 3:,.0f} bytes"
            )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tools", nargs="+", default=list(LOAD))
    parser.add_argument("--growth", action="store_true")
    args = parser.parse_args()
    if args.growth:
        grow()
    else:
        compare(args.tools, args.rounds)


if __name__ == "__main__":
    main()
