"""Streams that drift, for benchmarks: rows in order, whose label is in the column ``label``.

None is a copy of a data set; all are made from a seed, by what is written here.

``sea``
    The concepts of Street and Kim (2001): three features, even from 0 to 10, of which the third
    says nothing; the label is whether the first two sum up to no more than 8, 9, 7 and 9.5, each
    for a quarter of the stream.  A tenth of the labels is turned.  Rows are independent.
``market``
    Like ELEC2 (Harries, 1999), half-hours of a market for electricity: the label is whether the
    price is above its mean of the last 24 hours.  Demand has a day and a week, and a noise that
    decays (AR(1), 0.95); so labels follow one another, and whoever says "as half an hour ago" is
    right most of the time, as with ELEC2 (Zliobaite, 2013).  What price makes of demand turns over
    twice, as where the sun begins to pay for the middle of the day.  A column has the label before.
``market-blind``
    The same without the label before.
``steady``
    The first concept of ``sea`` throughout: nothing drifts.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

STREAMS = ("sea", "market", "market-blind", "steady")
_THETAS = (8.0, 9.0, 7.0, 9.5)
_DAY = 48


def stream(name: str, rows: int, seed: int) -> pd.DataFrame:
    """Return a stream of so many rows."""
    rng = np.random.default_rng(seed)
    if name in ("sea", "steady"):
        return _sea(rows, rng, _THETAS if name == "sea" else _THETAS[:1])
    table = _market(rows, rng)
    return table.drop(columns=["before"]) if name == "market-blind" else table


def _sea(rows: int, rng: np.random.Generator, thetas: tuple[float, ...]) -> pd.DataFrame:
    features = rng.uniform(0, 10, (rows, 3))
    theta = np.array(thetas)[np.arange(rows) * len(thetas) // rows]
    label = features[:, 0] + features[:, 1] <= theta
    turned = rng.random(rows) < 0.1
    table = pd.DataFrame(features, columns=["a", "b", "c"])
    return table.assign(label=(label ^ turned).astype(int))


def _market(rows: int, rng: np.random.Generator) -> pd.DataFrame:
    time = np.arange(rows + _DAY)
    hour = time % _DAY / 2
    day = np.sin(2 * np.pi * (hour - 9) / 24) + 0.4 * np.sin(4 * np.pi * (hour - 7) / 24)
    weekend = (time // _DAY % 7 >= 5).astype(float)
    demand = day - 0.5 * weekend + _decaying(len(time), rng, 0.95, 0.25)
    # Three stretches: price follows demand, then sinks where the sun shines, then follows again.
    stretch = np.clip(time * 3 // len(time), 0, 2)
    sun = np.exp(-((hour - 12.5) ** 2) / 8)
    price = np.where(stretch == 1, 0.4 * demand - 3.0 * sun, demand)
    price = price + _decaying(len(time), rng, 0.8, 0.35)
    mean = pd.Series(price).rolling(_DAY).mean().to_numpy()
    label = (price > mean).astype(int)
    table = pd.DataFrame(
        {"hour": hour, "weekend": weekend, "demand": demand,
         "before": np.roll(label, 1).astype(float), "label": label}
    )  # fmt: skip
    return table.iloc[_DAY:].reset_index(drop=True)


def _decaying(rows: int, rng: np.random.Generator, share: float, scale: float) -> np.ndarray:
    noise, found = rng.normal(0, scale, rows), np.zeros(rows)
    for place in range(1, rows):
        found[place] = share * found[place - 1] + noise[place]
    return found
