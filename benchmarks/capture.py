"""Capture: what recording costs a cell, and what a session costs once.

    python benchmarks/capture.py [--rounds 5]

Medians of rounds; no peer does this work cell by cell, so the floors stand beside it: parsing
alone, one bare `git status`, one search through the text.
"""

from __future__ import annotations

import argparse
import ast
import itertools
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cellbook.capture import (
    CellRecorder,
    StreamBuffer,
    analyse,
    capture_environment,
    capture_git,
    mask,
)
from cellbook.capture.environment import installed_packages
from cellbook.records import Output

CELL = """\
import torch.nn as nn
from sklearn.model_selection import train_test_split

lr = 0.01
epochs, hidden = 20, [64, 64]
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.2, random_state=seed)
model = build_model(hidden, dropout=0.1)
history = []
for epoch in range(epochs):
    losses = []
    for batch, target in batches(X_train, y_train, size=32):
        prediction = model(batch)
        loss = criterion(prediction, target)
        loss.backward()
        losses.append(float(loss))
    accuracy = (model.predict(X_val) == y_val).mean()
    history.append({"epoch": epoch, "loss": sum(losses) / len(losses), "acc": accuracy})
    if accuracy > 0.95:
        break
print(f"best accuracy {max(h['acc'] for h in history):.3f} after {epoch} epochs")
"""


def seconds(call: Callable[[], object], calls: int) -> float:
    """Return the median time of one call."""
    taken = []
    for _ in range(calls):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def record_cells(cells: int = 30) -> Callable[[], object]:
    """Return a call that begins and ends the next of some cells that build on each other."""
    numbers = itertools.count()
    recorder = CellRecorder(lambda: f"x{next(numbers)}")
    namespace = {"model": object(), "history": []}
    sources = [f"x{n} = model.fit(X, x{n - 1})\nhistory.append(x{n})" for n in range(cells)]
    for source in sources:
        analyse(source)

    def run() -> object:
        number = next(numbers) % cells
        cell = recorder.begin(
            sources[number], session="s", namespace=namespace, cell_id=f"c{number}"
        )
        return recorder.end(
            cell, None, namespace=namespace, run=None, keep=lambda shown: Output("display_data")
        )

    return run


def repository(folder: Path) -> Path:
    """Make a repository of 200 files with some of them changed."""
    git = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-C", str(folder)]
    subprocess.run([*git, "init", "-q"], check=True)
    for number in range(200):
        (folder / f"module{number}.py").write_text(CELL)
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "first"], check=True)
    for number in range(20):
        (folder / f"module{number}.py").write_text(CELL.replace("0.01", "0.02"))
        (folder / f"new{number}.py").write_text(CELL)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    uncached = analyse.__wrapped__
    magic = f"%%track_run base lr=rate\n{CELL}"
    log = "epoch 3: loss 0.1234, accuracy 0.9512, 1234 tokens per second\n" * 160_000
    code = "\n".join(
        path.read_text(errors="replace") for path in Path(ast.__file__).parent.glob("*.py")
    )
    buffer = StreamBuffer()
    with tempfile.TemporaryDirectory() as name:
        repo = repository(Path(name))
        status = ["git", "-C", name, "status", "--porcelain"]
        table: list[tuple[str, Callable[[], object], int, float]] = [
            ("analyse a cell of 20 lines", lambda: uncached(CELL), 200, 1e6),
            ("  the same under a cell magic", lambda: uncached(magic), 200, 1e6),
            ("  the same again (cached)", lambda: analyse(CELL), 2_000, 1e6),
            ("  floor: ast.parse", lambda: ast.parse(CELL), 200, 1e6),
            ("recorder, begin and end, 30 cells", record_cells(), 1_000, 1e6),
            ("recorder, begin and end, 300 cells", record_cells(300), 1_000, 1e6),
            ("stream: one write of 20 characters", lambda: buffer.write("loss 0.123, step 12\n"),
             50_000, 1e6),
            (f"mask a log of {len(log) / 1e6:.0f} MB", lambda: mask(log), 1, 1e3),
            (f"mask {len(code) / 1e6:.0f} MB of Python", lambda: mask(code), 1, 1e3),
            ("  floor: one search through the log", lambda: re.search("password", log), 1, 1e3),
            ("environment, all of it", lambda: capture_environment(repo), 3, 1e3),
            ("  packages", lambda: installed_packages(sys.path), 3, 1e3),
            ("  git: 200 files, 40 of them changed", lambda: capture_git(repo), 3, 1e3),
            ("  floor: git status", lambda: subprocess.run(status, capture_output=True), 3, 1e3),
        ]  # fmt: skip
        for label, call, calls, unit in table:
            median = statistics.median(seconds(call, calls) for _ in range(rounds))
            print(f"{label:40}{median * unit:10.1f} {'µs' if unit == 1e6 else 'ms'}", flush=True)


if __name__ == "__main__":
    main()
