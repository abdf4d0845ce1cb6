"""What retraining by a rule is worth on streams that drift, end to end: through a real book.

    python benchmarks/retraining.py [--streams sea market market-blind steady] [--rows 20000]
                                    [--seed 0]

`benchmarks/_streams.py` says what the streams are; they are made from the seed. A script trains
scikit-learn's gradient boosting, as it comes, on the first 2,000 rows, logs that as a run and
registers it. Then comes window after window of 500 rows: the champion predicts them, predictions
are recorded in the book, labels join, and a rule is asked ("accuracy < LIMIT for 2 of 3 windows";
the limit is set beforehand: the first champion's accuracy on the 500 rows behind its training,
less 0.03). Where it triggers, the script is run again on the 2,000 rows before the newest window,
and that window, which neither champion nor challenger was trained on, is the holdout that judges
both.

Told is prequential accuracy (each row is predicted before its label is known) of

- never: the first champion throughout;
- rule: whatever the alias leads to;
- always: a model fitted anew before each window, whatever any rule says;
- no-change: what the row before was.

A claim that retraining helps must beat the last one, too. The difference between two is of
windows, with Student's 95 % interval over them.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.ensemble import GradientBoostingClassifier

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks._streams import STREAMS, stream
from cellbook import book as books
from cellbook.book import Book
from cellbook.monitoring import Predictions
from cellbook.records import RetrainingPlan
from cellbook.retraining import Retrainings, retrain_where_due

TRAINED, WINDOW, HOUR = 2_000, 500, 3_600_000
SLACK = 0.03
TRAIN = f"""
import cellbook as cb
import pandas as pd
from sklearn.ensemble import GradientBoostingClassifier

until = {TRAINED}
rows = pd.read_csv("stream.csv").iloc[until - {TRAINED} : until]
X, y = rows.drop(columns="label"), rows["label"]
with cb.start_run("train", params={{"until": until}}) as run:
    model = GradientBoostingClassifier(random_state=0).fit(X, y)
    run.log_model(model, "stream", input_example=X[:5])
"""


@dataclass
class Told:
    """The accuracy of each window, by who predicted it."""

    windows: dict[str, list[float]] = field(default_factory=dict)
    verdicts: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, who: str, right: Any) -> None:
        """Add a window."""
        self.windows.setdefault(who, []).append(float(np.mean(right)))


def fitted(rows: pd.DataFrame) -> GradientBoostingClassifier:
    """Return what the script fits."""
    model = GradientBoostingClassifier(random_state=0)
    return model.fit(rows.drop(columns="label"), rows["label"])


def run_stream(table: pd.DataFrame, folder: Path) -> Told:
    """Let a stream go by."""
    table.to_csv(folder / "stream.csv", index=False)
    (folder / "train.py").write_text(TRAIN)
    subprocess.run([sys.executable, "train.py"], cwd=folder, check=True)
    book = books.look_into(folder / ".cellbook")
    try:
        return _go_by(table, book)
    finally:
        book.close()


def _go_by(table: pd.DataFrame, book: Book) -> Told:
    book.models.set_alias("stream/1", "champion")
    first = book.models.load("stream@champion").native
    behind = table.iloc[TRAINED : TRAINED + WINDOW]
    limit = _accuracy(first, behind) - SLACK
    predictions, told = Predictions(book.store), Told()
    log = predictions.log("stream")
    begin = TRAINED + WINDOW
    windows = (len(table) - begin) // WINDOW
    start = time.time_ns() // 1_000_000 // HOUR - windows - 1
    for number in range(windows):
        at = begin + number * WINDOW
        rows = table.iloc[at : at + WINDOW]
        inputs, labels = rows.drop(columns="label"), rows["label"].to_numpy()
        champion = book.models.find("stream@champion")
        given = book.models.load(champion.version_id).predict(inputs)
        ids = log.log(
            inputs, {"prediction": given}, model=champion.label, time_ms=(start + number) * HOUR
        )
        log.flush()
        predictions.label("stream", dict(zip(ids, labels.tolist(), strict=True)))
        told.add("never", first.predict(inputs) == labels)
        told.add("rule", given == labels)
        told.add("always", fitted(table.iloc[at - TRAINED : at]).predict(inputs) == labels)
        told.add("no-change", table["label"].to_numpy()[at - 1 : at + WINDOW - 1] == labels)
        holdout = book.track_data(rows.reset_index(drop=True), "holdout", keep=True).version
        plan = RetrainingPlan(
            "stream", "run:train", f"data:{book.datasets.find(holdout.dataset_id).label}",
            on=f"accuracy < {limit:.3f} for 2 of 3, 200 rows, cool-down 2h",
            params={"until": at},
        )  # fmt: skip
        begun = time.perf_counter()
        done = retrain_where_due(book, plan)
        if done is not None:
            told.seconds.append(time.perf_counter() - begun)
    log.close()
    told.verdicts = [one.verdict.value for one in Retrainings(book).all()][::-1]
    return told


def _accuracy(model: Any, rows: pd.DataFrame) -> float:
    return float((model.predict(rows.drop(columns="label")) == rows["label"]).mean())


def compare(told: Told, one: str, other: str) -> str:
    """Return by how much one is better than another."""
    gains = np.subtract(told.windows[one], told.windows[other])
    half = stats.t.ppf(0.975, len(gains) - 1) * gains.std(ddof=1) / len(gains) ** 0.5
    low, high = gains.mean() - half, gains.mean() + half
    verdict = "better" if low > 0 else "worse" if high < 0 else "no difference"
    return f"{gains.mean():+.3f} ({low:+.3f} … {high:+.3f}) {verdict}"


def main() -> None:
    """Tell what became of each stream."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--streams", nargs="+", default=list(STREAMS), choices=STREAMS)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    # One model at a time, and what else the machine does is not to be measured.
    os.environ["OMP_NUM_THREADS"] = "1"
    for name in args.streams:
        with tempfile.TemporaryDirectory(prefix="cellbook-retraining-") as place:
            told = run_stream(stream(name, args.rows, args.seed), Path(place))
        shares = ", ".join(f"{who} {np.mean(all_):.3f}" for who, all_ in told.windows.items())
        counts = ", ".join(
            f"{told.verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(told.verdicts)
        )
        print(f"{name}, {len(told.windows['rule'])} windows: {shares}")
        print(f"  retrained {len(told.verdicts)} times ({counts or 'never'})", end="")
        print(f", {np.mean(told.seconds):.1f} s each" if told.seconds else "")
        print(f"  rule against never:     {compare(told, 'rule', 'never')}")
        print(f"  rule against no-change: {compare(told, 'rule', 'no-change')}", flush=True)


if __name__ == "__main__":
    main()
