"""What a rule of retraining does to a stream, by plain arithmetic: no book, no process, no file.

It is what `benchmarks/retraining.py` holds the book to, and what tries settings in seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import stats

from benchmarks._learner import fitted

FIRST, WINDOW = 2_000, 500


@dataclass(frozen=True)
class Setting:
    """When a model is retrained, and on what."""

    slack: float = 0.05
    """How far below what the first champion began with the accuracy may sink."""
    windows: int = 1
    of: int = 1
    cool_down: int = 1
    """In windows."""
    fresh: int = 1_000
    """So many of the newest rows before the window are trained on."""

    def rule(self, limit: float) -> str:
        """Return the rule as Cellbook reads it; a window is an hour."""
        return (
            f"accuracy < {limit:.3f} for {self.windows} of {self.of}, 200 rows, "
            f"cool-down {self.cool_down}h"
        )


@dataclass
class Told:
    """What became of one stream: accuracies by who predicted, and the verdicts."""

    accuracy: dict[str, float] = field(default_factory=dict)
    verdicts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Gain:
    """By how much one is better than another, over seeds."""

    mean: float
    low: float
    high: float
    better: int
    worse: int
    chance: float
    """Of the two-sided sign test: how often seeds would agree as much, were neither better; 1
    where all are equal."""

    def __str__(self) -> str:
        return (
            f"{self.mean:+.3f} ({self.low:+.3f} … {self.high:+.3f}), {self.better} : {self.worse}"
        )


def compare(ones: Sequence[float], others: Sequence[float]) -> Gain:
    """Return the gain of one over another, of both the same seeds in the same order."""
    gains = np.subtract(ones, others)
    half = stats.t.ppf(0.975, len(gains) - 1) * gains.std(ddof=1) / len(gains) ** 0.5
    better, worse = int((gains > 0).sum()), int((gains < 0).sum())
    chance = stats.binomtest(better, better + worse).pvalue if better + worse else 1.0
    mean = float(gains.mean())
    return Gain(mean, mean - float(half), mean + float(half), better, worse, float(chance))


def limit_of(table: pd.DataFrame, setting: Setting) -> float:
    """Return the limit of a rule, which is set before anything is predicted: by the rows behind
    those that the first champion was trained on."""
    first = fitted(*_parts(table.iloc[:FIRST]))
    inputs, labels = _parts(table.iloc[FIRST : FIRST + WINDOW])
    return round(float((first(inputs) == labels).mean()) - setting.slack, 3)


def begins(table: pd.DataFrame) -> range:
    """Return at which rows windows begin."""
    return range(FIRST + WINDOW, len(table) - WINDOW + 1, WINDOW)


def plain(table: pd.DataFrame, setting: Setting) -> Told:
    """Let a stream go by."""
    first = champion = fitted(*_parts(table.iloc[:FIRST]))
    limit, before = limit_of(table, setting), table["label"].shift(1)
    shares: dict[str, list[float]] = {}
    told = Told()
    recent: list[bool] = []
    raised, asked = False, -setting.cool_down
    for number, at in enumerate(begins(table)):
        inputs, labels = _parts(table.iloc[at : at + WINDOW])
        challenger = fitted(*_parts(table.iloc[at - setting.fresh : at]))
        share = {
            "never": float((first(inputs) == labels).mean()),
            "rule": float((champion(inputs) == labels).mean()),
            "always": float((challenger(inputs) == labels).mean()),
            "no-change": float((before.iloc[at : at + WINDOW] == labels).mean()),
        }
        for who, value in share.items():
            shares.setdefault(who, []).append(value)
        recent = [*recent, share["rule"] < limit][-setting.of :]
        # An alarm ends with a window that is no longer broken, once fewer are than it takes.
        raised = sum(recent) >= setting.windows or (raised and recent[-1])
        if not raised or number - asked < setting.cool_down:
            continue
        asked = number
        if share["always"] > share["rule"]:
            champion, recent, raised = challenger, [], False
            told.verdicts.append("promoted")
        else:
            told.verdicts.append("candidate")
    told.accuracy = {who: float(np.mean(all_)) for who, all_ in shares.items()}
    return told


def _parts(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    return rows.drop(columns="label"), rows["label"]
