"""A book with a model that a real kernel trained, and what it predicted once things had changed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from cellbook.book import Book
from cellbook.monitoring import Predictions
from tests.reproducing.recording import record

HOUR = 3_600_000
CELLS = (
    "import cellbook as cb\n"
    "import pandas as pd\n"
    "from sklearn.linear_model import LogisticRegression",
    "path = 'old.csv'",
    "rows = pd.read_csv(path)\nX, y = rows[['income', 'age']], rows['paid']",
    "C = 1.0",
    "with cb.start_run('train', params={'path': path}) as run:\n"
    "    model = LogisticRegression(C=C).fit(X, y)\n"
    "    run.log_metric('rows', len(X))\n"
    "    run.log_model(model, 'credit', input_example=X[:5], alias='champion')",
)
"""What trains the model.  It gives the alias to what it makes, as a first one must."""


def people(rows: int, seed: int, *, turned: bool = False) -> pd.DataFrame:
    """Return people who pay if they earn much; if all is turned, those who earn little."""
    rng = np.random.default_rng(seed)
    income, age = rng.normal(30, 8, rows), rng.integers(18, 80, rows).astype(float)
    chance = 1 / (1 + np.exp(-(income - 30) / 2))
    paid = (rng.random(rows) < (1 - chance if turned else chance)).astype(int)
    return pd.DataFrame({"income": income, "age": age, "paid": paid})


def trained(folder: Path, cells: Sequence[str] = CELLS) -> Book:
    """Return a book with ``credit@champion``, trained on old data, and a holdout of the new."""
    people(1_000, 1).to_csv(folder / "old.csv", index=False)
    people(1_000, 2, turned=True).to_csv(folder / "new.csv", index=False)
    book = record(folder, *cells)
    book.track_data(people(500, 3, turned=True), "holdout", keep=True)
    return book


def serve(book: Book, windows: int, *, turned: bool, first: int = 0, model: str = "") -> None:
    """Have the champion predict for some hours, of which the last one ended just now."""
    champion = book.models.find("credit@champion")
    loaded = book.models.load("credit@champion")
    predictions = Predictions(book.store)
    log = predictions.log("credit")
    start = time.time_ns() // 1_000_000 // HOUR - 24 + first
    for window in range(windows):
        rows = people(300, 100 + first + window, turned=turned)
        inputs = rows[["income", "age"]]
        ids = log.log(
            inputs,
            {"prediction": np.asarray(loaded.predict(inputs))},
            model=model or champion.label,
            time_ms=(start + window) * HOUR,
        )
        log.flush()
        predictions.label("credit", dict(zip(ids, rows["paid"].tolist(), strict=True)))
    log.close()
