from __future__ import annotations

import json
import math
import random
from collections.abc import Callable

import pytest

from cellbook.answers import (
    CorrelationQuery,
    ImportanceQuery,
    Reader,
    RelationsQuery,
    SurfaceQuery,
    correlation,
    importance,
    relations,
    surface,
)
from cellbook.book import Book
from cellbook.errors import InvalidInput, MissingDependency
from cellbook.records import Direction
from cellbook.views import importance as reckoning
from cellbook.views.wire import encode
from tests.views.conftest import Log

Fill = Callable[[int], tuple[str, ...]]


@pytest.fixture
def fill(log: Log) -> Fill:
    """Give a function that records runs in which `lr` matters much, `depth` little, `seed` not."""

    def record(count: int) -> tuple[str, ...]:
        dice = random.Random(0)
        made = []
        for place in range(count):
            lr, depth = 10 ** dice.uniform(-4, 0), dice.randint(1, 8)
            params = {"lr": lr, "depth": depth, "opt": dice.choice("ab"), "seed": place % 3}
            made.append(log(params=params, acc=math.log10(lr) + depth / 20).run_id)
        return tuple(made)

    return record


def test_what_differs_is_a_column_of_numbers_or_labels(opened: Book, log: Log) -> None:
    first = log("a", {"lr": 0.1, "opt": "sgd", "same": 1, "deep": [1, 2]}, acc=0.5)
    log("b", {"lr": 0.001, "opt": "<b>", "same": 1}, acc=float("nan"), loss=float("inf"))
    found = relations(Reader(opened), RelationsQuery((first.run_id, "#2", "#9")))
    by_name = {one.name: one for one in found.columns}
    assert by_name["params.lr"].numbers == (0.1, 0.001)
    assert by_name["params.lr"].log
    assert by_name["params.opt"].labels == ("<b>", "sgd")
    assert by_name["params.opt"].codes == (1, 0)
    assert by_name["params.deep"].codes == (0, None)
    assert by_name["metrics.loss"].numbers == (None, math.inf)
    assert by_name["metrics.loss"].direction is Direction.LESS
    assert "params.same" not in by_name
    assert found.same == 1
    assert [one.number for one in found.runs] == [1, 2]
    assert len(found.missing) == 1
    assert b'"NaN"' in encode(found)


def test_a_metric_goes_by_its_definition(opened: Book, log: Log) -> None:
    for place in (1, 2):
        log(acc=[0.1 * place, 0.9 / place, 0.3])
    opened.metrics.define("acc", direction="less", score="max")
    (column, *_) = relations(Reader(opened), RelationsQuery(("#1", "#2"))).columns
    assert column.numbers == (0.9, 0.45)
    assert column.direction is Direction.LESS


def test_five_thousand_params_are_named_and_told_when_wanted(opened: Book, log: Log) -> None:
    log("a", {f"p{place:04}": place for place in range(5_000)}, acc=1)
    log("b", {f"p{place:04}": -place for place in range(5_000)}, acc=2)
    found = relations(Reader(opened), RelationsQuery())
    assert len(found.columns) <= 102 + 1
    assert len(found.others) >= 4_800
    wanted = json.dumps([found.others[-1]])
    again = relations(Reader(opened), RelationsQuery((), wanted))
    assert found.others[-1] in {one.name for one in again.columns}
    with pytest.raises(InvalidInput, match="a JSON list"):
        relations(Reader(opened), RelationsQuery((), "{"))


def test_importance_tells_how_many_params_there_are(opened: Book, log: Log) -> None:
    for run in range(12):
        log(params={f"p{place:03}": run for place in range(300)}, acc=run)
    runs = tuple(f"#{number}" for number in range(1, 13))
    found = importance(Reader(opened), ImportanceQuery(runs, "metrics.acc", "forest"))
    assert "The 40 params that most runs have, of 300, are looked at." in found.notes


def test_rare_labels_stand_together(opened: Book, log: Log) -> None:
    for place in range(70):
        log(params={"name": f"text {place % 65}"})
    found = relations(Reader(opened), RelationsQuery(tuple(f"#{n}" for n in range(1, 71))))
    (column,) = (one for one in found.columns if one.name == "params.name")
    assert len(column.labels) == 60
    assert column.labels[-1] == "6 other values"


@pytest.mark.parametrize("method", ["forest", "fanova"])
def test_the_param_that_matters_comes_first(opened: Book, fill: Fill, method: str) -> None:
    found = importance(Reader(opened), ImportanceQuery(fill(40), "metrics.acc", method))
    assert found.params[0].name == "params.lr"
    assert {one.name for one in found.params} == {
        f"params.{k}" for k in ("lr", "depth", "opt", "seed")
    }
    assert found.runs == 40
    assert not found.problem
    assert (found.score is not None and found.score > 0.8) is (method == "forest")


def test_too_few_runs_tell_nothing_of_importance(opened: Book, fill: Fill, log: Log) -> None:
    runs = fill(9)
    found = importance(
        Reader(opened), ImportanceQuery((*runs, log("nan", acc=math.nan).run_id), "acc")
    )
    assert found.params == ()
    assert found.problem.startswith("9 runs have a finite `acc`. At least 10 are needed")
    assert found.notes == ("Without a finite `acc`: 1 run.",)


def test_what_cannot_be_reckoned_is_told(
    opened: Book, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = fill(10)
    assert "0 runs" in importance(Reader(opened), ImportanceQuery(runs, "nothing")).problem
    with pytest.raises(InvalidInput, match="forest, fanova; not 'guess'"):
        importance(Reader(opened), ImportanceQuery(runs, "acc", "guess"))
    monkeypatch.setattr(reckoning, "methods", lambda: ("forest",))
    with pytest.raises(MissingDependency, match="pip install optuna"):
        importance(Reader(opened), ImportanceQuery(runs, "acc", "fanova"))


def test_correlations_are_spearmans(opened: Book, fill: Fill) -> None:
    runs = fill(30)
    found = correlation(Reader(opened), CorrelationQuery(runs, "metrics.acc"))
    lr, acc = found.names.index("params.lr"), found.names.index("metrics.acc")
    told = found.rows[lr][acc]
    assert told is not None
    assert told > 0.95
    assert found.counts[lr][acc] == 30
    assert "params.opt" not in found.names
    few = correlation(Reader(opened), CorrelationQuery(runs[:4]))
    assert few.problem == "There are 4 runs to correlate over. At least 5 are needed."


def test_what_cannot_be_correlated_is_named(opened: Book, log: Log) -> None:
    for n in range(8):
        params = {"lr": n / 10, **({"same": 3} if n else {}), **({"rare": n} if n < 4 else {})}
        log(params=params, acc=n)
    runs = tuple(f"#{n}" for n in range(1, 9))
    found = correlation(Reader(opened), CorrelationQuery(runs, "metrics.acc"))
    assert set(found.names) >= {"params.lr", "metrics.acc"}
    assert found.blank == ("params.same", "params.rare")


def test_a_surface_is_drawn_between_runs_and_not_beyond(opened: Book, log: Log) -> None:
    for lr in (0.001, 0.01, 1.0):
        for depth in (1, 2, 4):
            log(params={"lr": lr, "depth": depth}, acc=math.log10(lr) + depth)
    log(params={"lr": 10.0, "depth": 9}, acc=math.nan)
    runs = tuple(f"#{n}" for n in range(1, 11))
    found = surface(Reader(opened), SurfaceQuery(runs, "params.lr", "params.depth", "metrics.acc"))
    assert (found.places, found.runs) == (9, 9)
    assert found.xs[0] == pytest.approx(0.001)
    assert found.xs[-1] == pytest.approx(1)
    middle = found.rows[0][len(found.xs) // 2]
    assert middle == pytest.approx(math.log10(found.xs[len(found.xs) // 2]) + found.ys[0])


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ([(1, 1), (2, 2), (1, 2)], "at 3 different places"),
        ([(1, 1), (2, 2), (3, 3), (4, 4)], "lie on one line"),
        ([(1, 1), (2, 1), (3, 1), (4, 1), (5, 2)], ""),
    ],
)
def test_a_surface_wants_room(
    opened: Book, log: Log, places: list[tuple[int, int]], told: str
) -> None:
    runs = tuple(log(params={"x": x, "y": y}, acc=x * y + x).run_id for x, y in places)
    found = surface(Reader(opened), SurfaceQuery(runs, "params.x", "params.y", "metrics.acc"))
    assert told in found.problem
    assert bool(found.rows) is not bool(told)
    with pytest.raises(InvalidInput, match="no number that differs"):
        surface(Reader(opened), SurfaceQuery(runs, "params.x", "params.z", "metrics.acc"))
    with pytest.raises(InvalidInput, match="the same"):
        surface(Reader(opened), SurfaceQuery(runs, "params.x", "params.x", "metrics.acc"))
