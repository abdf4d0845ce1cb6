"""A table in which nothing changes, with all that makes tests find something all the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def table(rng: np.random.Generator, rows: int) -> pd.DataFrame:
    """Return 30 columns of what makes tests go wrong: ties, heavy tails, atoms, rare categories,
    missing values, keys, and columns that depend on one another."""
    common = rng.normal(size=(rows, 1))
    close = 0.9 * common + 0.44 * rng.normal(size=(rows, 12))
    columns: dict[str, Any] = {f"close{n}": close[:, n] for n in range(8)}
    columns |= {f"cauchy{n}": rng.standard_cauchy(rows) for n in range(3)}
    columns |= {f"pareto{n}": rng.pareto(1.1, rows) for n in range(2)}
    columns["lognormal"] = np.exp(2 * close[:, 8])
    columns |= {f"poisson{n}": rng.poisson(1 + 2 * n, rows) for n in range(3)}
    columns["close_binary"] = (close[:, 9] > 1).astype(int)
    columns["rare"] = (rng.random(rows) < 0.01).astype(int)
    columns["zeros"] = np.where(rng.random(rows) < 0.7, 0, rng.exponential(size=rows))
    columns["rounded"] = np.round(rng.normal(size=rows), 1)
    columns["missing"] = np.where(rng.random(rows) < 0.3, np.nan, close[:, 10])
    columns["missing_rarely"] = np.where(rng.random(rows) < 0.003, np.nan, close[:, 11])
    columns["truth"] = rng.random(rows) < 0.2
    columns["few"] = rng.choice(["a", "b", "c"], rows, p=[0.6, 0.3, 0.1])
    columns["zipf"] = (rng.zipf(1.5, rows) % 1_000_003).astype(str)
    columns["zipf_short"] = (rng.zipf(2.2, rows) % 1_000_003).astype(str)
    columns["many"] = rng.integers(0, 200, rows).astype(str)
    columns["keys"] = rng.integers(0, 10**9, rows).astype(str)
    columns["few_missing"] = np.where(rng.random(rows) < 0.1, None, rng.choice(["x", "y"], rows))
    assert len(columns) == 30
    return pd.DataFrame(columns)
