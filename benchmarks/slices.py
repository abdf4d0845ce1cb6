"""Slices: what the data flow of a session costs, a cell; all off its path but the last line.

    python benchmarks/slices.py [--cells 1000]

A session of unlike cells, as a person would run them: data, features, models, plots, cells run
again.  Floors beside it: `ast.parse` of the same text.
"""

from __future__ import annotations

import argparse
import ast
import random
import statistics
import time

from cellbook.capture import Slicer
from cellbook.capture.flows import flows_of
from cellbook.capture.names import analyse
from cellbook.capture.randomness import drawn, standing
from cellbook.records import CellExecution, CellState

KINDS = (
    "import numpy as np\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression",
    "df{n} = pd.read_csv('data{n}.csv')\ndf{n} = df{n}.dropna()",
    "df{m}['ratio{n}'] = df{m}['a'] / df{m}['b']\ndf{m}.head()",
    "X{n}, y{n} = df{m}.drop(columns='target'), df{m}['target']",
    "model{n} = LogisticRegression(C={n}, max_iter=100).fit(X{m}, y{m})\n"
    "scores{n} = [accuracy(model{n}, X{m}, y{m}) for _ in range(3)]\nprint(scores{n})",
    "def accuracy(model, X, y):\n    prediction = model.predict(X)\n"
    "    return (prediction == y).mean()",
    "plt.figure()\nplt.plot(scores{m})\nplt.show()",
    "losses{n} = []\nfor epoch in range(20):\n    losses = []\n    for batch in batches(X{m}):\n"
    "        loss = step(model{m}, batch)\n        losses.append(float(loss))\n"
    "    losses{n}.append(sum(losses) / len(losses))\n    %log loss={{losses{n}[-1]}}",
    "results.append({{'n': {n}, 'score': scores{m}}})",
    "class Net{n}(nn.Module):\n    def __init__(self, width={n}):\n        super().__init__()\n"
    "        self.layers = nn.ModuleList([nn.Linear(width, width) for _ in range(4)])\n"
    "    def forward(self, x):\n        for layer in self.layers:\n"
    "            x = F.relu(layer(x))\n        return x",
)


def session(count: int) -> list[CellExecution]:
    """Return a session's executions; every fifth cell is an earlier one, run again."""
    choose = random.Random(7)
    cells: list[CellExecution] = []
    for number in range(count):
        if number % 5 == 4:
            source = choose.choice(cells).source
        else:
            kind = KINDS[number % len(KINDS)]
            source = kind.format(n=number, m=max(0, number - choose.randint(1, 12)))
        names = analyse(source)
        cells.append(
            CellExecution(
                f"e{number}", "s", source, CellState.OK, 0, number + 1,
                reads=names.reads, writes=names.writes, kinds={},
            )
        )  # fmt: skip
    return cells


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cells", type=int, default=1000)
    cells = session(parser.parse_args().cells)
    parsing = []
    for cell in cells:
        began = time.perf_counter()
        try:
            ast.parse(cell.source)
        except SyntaxError:
            continue
        parsing.append(time.perf_counter() - began)
    slicer, taken = Slicer(), []
    analyse.cache_clear()
    flows_of.cache_clear()
    for cell in cells:
        began = time.perf_counter()
        slicer.record(cell)
        taken.append(time.perf_counter() - began)
    began = time.perf_counter()
    found = slicer.slice([cells[-1].execution_id])
    sliced = time.perf_counter() - began
    draws = []
    for _ in range(200):
        began = time.perf_counter()
        drawn(standing(), standing())
        draws.append(time.perf_counter() - began)
    print(f"{len(cells)} cells")
    print(f"  ast.parse alone          {1e3 * statistics.median(parsing):8.3f} ms a cell, median")
    print(f"  data flow of a cell      {1e3 * statistics.median(taken):8.3f} ms, median")
    print(f"                           {1e3 * statistics.quantiles(taken, n=100)[98]:8.3f} ms, p99")
    print(f"  a slice of {len(found.executions):4} cells    {1e3 * sliced:8.3f} ms")
    print(f"  looking at generators    {1e3 * statistics.median(draws):8.3f} ms a cell, in its way")


if __name__ == "__main__":
    main()
