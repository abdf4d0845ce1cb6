"""Which params a metric depends on, by scikit-learn's or Optuna's own reckoning."""

from __future__ import annotations

import functools
import importlib.util
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cellbook.errors import InvalidInput, MissingDependency
from cellbook.records import RunRecord
from cellbook.views.formatting import plural
from cellbook.views.relations import Part, RelationColumn, relate

LEAST = 10
"""Runs without which nothing is told."""
_RUNS = {"forest": 1_000, "fanova": 300}
"""Runs that a method looks at, at most: more take minutes and tell little more."""
_PARAMS = 40
"""Params that are looked at, at most."""
_TREES, _REPEATS = 100, 5

FOREST, FANOVA = "forest", "fanova"
_METHODS = {
    FOREST: "How much worse scikit-learn's random forest foretells the metric once a param's "
    f"values are shuffled ({_TREES} trees, `permutation_importance` with {_REPEATS} repeats).",
    FANOVA: "The share of the metric's variance that is due to each param alone, by Optuna's "
    "fANOVA (`FanovaImportanceEvaluator`).",
}


@dataclass(frozen=True, slots=True)
class ParamImportance:
    """How much a metric depends on one param."""

    name: str
    value: float
    spread: float | None
    """Standard deviation over the repeats; None where the method has none."""


@dataclass(frozen=True, slots=True)
class Importances:
    """How much a metric depends on each param."""

    metric: str
    method: str
    """``forest`` or ``fanova``."""
    methods: tuple[str, ...]
    """Those that can be had here."""
    told: str
    """What the numbers are, in one sentence."""
    params: tuple[ParamImportance, ...]
    """The most important first."""
    runs: int
    """How many runs it rests on."""
    score: float | None
    """R² of the forest for runs that a tree has not seen; None for another method."""
    notes: tuple[str, ...]
    """What was left out."""
    problem: str = ""
    """Why there is nothing; empty where there is something."""


def importances(records: Sequence[RunRecord], metric: str, method: str = "") -> Importances:
    """Return how much a metric depends on the params that differ.

    Runs without a finite value of the metric are left out.  The same data is reckoned once a
    process.

    Parameters
    ----------
    records
        The runs.
    metric
        Such as ``metrics.acc``.
    method
        ``forest``, or ``fanova`` where Optuna is installed; empty for the forest.

    Raises
    ------
    InvalidInput
        If there is no such metric or method.
    MissingDependency
        If Optuna is not installed, and wanted.
    """
    method = method or FOREST
    if method not in _METHODS:
        raise InvalidInput(f"The method is one of {', '.join(_METHODS)}; not {method!r}.")
    if method == FANOVA and FANOVA not in methods():
        raise MissingDependency("fANOVA is Optuna's, which is not installed: `pip install optuna`.")
    key = metric.removeprefix("metrics.")
    usable = [one for one in records if math.isfinite(one.metrics.get(key, math.nan))]
    notes = []
    if len(usable) < len(records):
        notes.append(f"Without a finite `{key}`: {plural(len(records) - len(usable), 'run')}.")
    if len(usable) > (most := _RUNS[method]):
        notes.append(f"The newest {most:,} of {len(usable):,} runs are looked at.")
        usable = sorted(usable, key=lambda one: one.run_number)[-most:]
    related = relate(usable)
    columns = [one for one in related.columns if one.part is Part.PARAMS]
    if len(columns) > _PARAMS:
        there = len(columns) + related.others_of(Part.PARAMS)
        notes.append(f"The {_PARAMS} params that most runs have, of {there:,}, are looked at.")
        columns = columns[:_PARAMS]
    if method == FANOVA:
        whole = [one for one in columns if one.count == len(usable) and _is_finite(one)]
        if len(whole) < len(columns):
            names = ", ".join(f"`{one.key}`" for one in columns if one not in whole)
            notes.append(f"Left out, as not every run has a finite value: {names}.")
        columns = whole
    found, score, problem = _reckon(key, method, columns, usable)
    return Importances(
        metric,
        method,
        methods(),
        _METHODS[method],
        found,
        len(usable),
        score,
        tuple(notes),
        problem,
    )


def methods() -> tuple[str, ...]:
    """Return the methods that can be had here."""
    there = importlib.util.find_spec("optuna") is not None
    return (FOREST, FANOVA) if there else (FOREST,)


_Reckoned = tuple[tuple[ParamImportance, ...], float | None, str]


def _reckon(
    key: str, method: str, columns: Sequence[RelationColumn], usable: Sequence[RunRecord]
) -> _Reckoned:
    if len(usable) < LEAST:
        have = f"{plural(len(usable), 'run')} {'has' if len(usable) == 1 else 'have'}"
        return (
            (),
            None,
            (f"{have} a finite `{key}`. At least {LEAST} are needed to tell which params matter."),
        )
    values = tuple(one.metrics[key] for one in usable)
    if len(set(values)) == 1:
        return (), None, f"`{key}` is the same in all of these runs, so no param matters to it."
    if not columns:
        return (), None, "No param differs between these runs."
    given = tuple((one.name, one.log, *_plain(one)) for one in columns)
    return (_by_forest if method == FOREST else _by_fanova)(given, values)


_Given = tuple[tuple[Any, ...], ...]
"""Of each param: name, whether logarithmic, labels, and a number or None a run."""


def _plain(column: RelationColumn) -> tuple[tuple[str, ...], tuple[float | None, ...]]:
    given = column.numbers if column.numeric else column.codes
    return column.labels, tuple(
        None if one is None or not math.isfinite(one) else float(one) for one in given
    )


def _is_finite(column: RelationColumn) -> bool:
    return None not in _plain(column)[1]


@functools.lru_cache(maxsize=16)
def _by_forest(given: _Given, values: tuple[float, ...]) -> _Reckoned:
    import numpy as np  # noqa: PLC0415  keeps `import cellbook` quick
    from sklearn.ensemble import RandomForestRegressor  # noqa: PLC0415  takes a second to import
    from sklearn.inspection import permutation_importance  # noqa: PLC0415

    table = np.array([numbers for *_, numbers in given], dtype=float).T
    target = np.array(values)
    forest = RandomForestRegressor(n_estimators=_TREES, oob_score=True, random_state=0)
    forest.fit(table, target)
    found = permutation_importance(forest, table, target, n_repeats=_REPEATS, random_state=0)
    params = [
        ParamImportance(name, float(mean), float(spread))
        for (name, *_), mean, spread in zip(
            given, found.importances_mean, found.importances_std, strict=True
        )
    ]
    return _sorted(params), float(forest.oob_score_), ""


@functools.lru_cache(maxsize=16)
def _by_fanova(given: _Given, values: tuple[float, ...]) -> _Reckoned:
    import optuna  # noqa: PLC0415  optional, and large

    kinds: dict[str, Any] = {}
    for name, log, labels, numbers in given:
        kinds[name] = (
            optuna.distributions.CategoricalDistribution(labels)
            if labels
            else optuna.distributions.FloatDistribution(min(numbers), max(numbers), log=log)
        )
    trials = [
        optuna.trial.create_trial(
            params={
                name: labels[int(numbers[place])] if labels else numbers[place]
                for name, _, labels, numbers in given
            },
            distributions=kinds,
            value=value,
        )
        for place, value in enumerate(values)
    ]
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    found = optuna.importance.get_param_importances(_study(trials), evaluator=evaluator)
    return (
        _sorted([ParamImportance(name, float(one), None) for name, one in found.items()]),
        None,
        "",
    )


def _study(trials: Sequence[Any]) -> Any:
    import optuna  # noqa: PLC0415

    # A study tells the user's output that it was made.
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        study = optuna.create_study()
    finally:
        optuna.logging.set_verbosity(before)
    study.add_trials(trials)
    return study


def _sorted(params: Sequence[ParamImportance]) -> tuple[ParamImportance, ...]:
    return tuple(sorted(params, key=lambda one: -one.value))
