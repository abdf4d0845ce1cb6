"""Ranks beyond OptScale's: ties, doubt, different data, trade-offs."""

from __future__ import annotations

import dataclasses
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.leaderboards.candidates import Entry
from cellbook.records import BoardRow, Seeds, Standing
from tests.leaderboards.boards import data, ranks, run, stand

TEST = [data("t1", 1), data("t2", 2), data("old name", 3, digest="digest of t1")]

values = st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([0.1, 0.2, 0.3])


@st.composite
def run_lists(draw: st.DrawFn) -> list[Entry]:
    return [
        run(
            place,
            scores={"acc": draw(values)},
            tags=draw(st.sampled_from([{}, {"m": "a"}, {"m": "b"}, {"m": "c"}])),
            used=draw(st.lists(st.sampled_from(["t1", "t2"]), unique=True)),
            role=draw(st.sampled_from(["", "test", "train"])),
        )
        for place in range(draw(st.integers(0, 8)))
    ]


boards = st.fixed_dictionaries(
    {
        "group_by": st.sampled_from([(), ("m",)]),
        "datasets": st.sampled_from([(), ("t1",), ("t1", "t2")]),
        "seeds": st.sampled_from(list(Seeds)),
    }
)


def told(standing: Standing) -> list[Any]:
    """Return the rows so that NaN is the same as NaN."""
    return [repr(row) for row in standing.rows]


@given(run_lists(), boards, st.sampled_from(["last", "mean", "sum", "median", "best"]), st.data())
def test_order_of_reading_changes_nothing(
    runs: list[Entry], board: dict[str, Any], score: str, choice: st.DataObject
) -> None:
    metrics = {"acc": {"score": score}}
    shuffled = choice.draw(st.permutations(runs))
    first = stand(runs, TEST, metrics=metrics, **board)
    assert told(first) == told(stand(shuffled, TEST, metrics=metrics, **board))


@given(run_lists(), boards)
def test_ranks_follow_the_written_rule(runs: list[Entry], board: dict[str, Any]) -> None:
    standing = stand(runs, TEST, **board)
    required = len(standing.required)
    assert sum(len(row.runs) for row in standing.rows) == len(runs)
    fields: dict[str, list[BoardRow]] = {}
    for row in standing.rows:
        value = row.scores["acc"].value
        assert (row.rank is not None) == (row.covered == required and value == value)
        assert (row.rank is None) == bool(row.why)
        if row.rank is not None:
            fields.setdefault(row.data, []).append(row)
    for rows in fields.values():
        found = [row.scores["acc"].value for row in rows]
        for row in rows:
            value = row.scores["acc"].value
            assert row.rank == 1 + sum(other > value for other in found)
            assert row.rank_to == len(found) - sum(other < value for other in found)
            assert row.tied == (found.count(value) > 1)
    covered = [row.covered for row in standing.rows]
    assert covered == sorted(covered, reverse=True)


def test_equals_share_a_rank_and_the_next_is_counted_on() -> None:
    runs = [run(n, scores={"acc": value}) for n, value in enumerate((0.9, 0.8, 0.9, 0.7))]
    assert ranks(stand(runs)) == [("r0", 1), ("r2", 1), ("r1", 3), ("r3", 4)]


def test_no_number_has_no_rank() -> None:
    runs = [run(1, scores={"acc": float("nan")}), run(2, scores={"acc": float("-inf")})]
    standing = stand(runs)
    assert ranks(standing) == [("r2", 1), ("r1", None)]
    assert standing.rows[1].why == "its acc is no number"


def test_other_data_never_ranks_together() -> None:
    runs = [
        run(1, scores={"acc": 0.5}, used=["t1"], role="test"),
        run(2, scores={"acc": 0.9}, used=["t2"], role="test"),
        run(3, scores={"acc": 0.6}, used=["old name"], role="test"),
        run(4, scores={"acc": 0.7}),
        run(5, scores={"acc": 0.8}, used=["t2"], role="train"),
        run(6, scores={"acc": 0.1}, used=["t2"], role="validation"),
    ]
    standing = stand(runs, TEST)
    assert [(row.name, row.rank, row.data) for row in standing.rows] == [
        ("r3", 1, "old name@1"),
        ("r1", 2, "t1@1"),
        ("r2", 1, "t2@1"),
        ("r6", 2, "t2@1"),
        ("r5", 1, ""),
        ("r4", 2, ""),
    ]
    assert len({row.digests for row in standing.rows}) == 3


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        ("last", [("m=b", 0.8, "t1@1"), ("m=a", 0.5, "t2@1")]),
        ("best", [("m=a", 0.9, "t1@1"), ("m=b", 0.8, "t1@1")]),
        ("mean", [("m=a", 0.7, "t1@1 + t2@1"), ("m=b", 0.7, "t1@1 + t2@1")]),
    ],
)
def test_the_data_is_that_of_the_runs_that_the_score_is_of(
    score: str, expected: list[tuple[str, float, str]]
) -> None:
    runs = [
        run(1, scores={"acc": 0.9}, tags={"m": "a"}, used=["t1"], role="test"),
        run(2, scores={"acc": 0.5}, tags={"m": "a"}, used=["t2"], role="test"),
        run(3, scores={"acc": 0.6}, tags={"m": "b"}, used=["t2"], role="test"),
        run(4, scores={"acc": 0.8}, tags={"m": "b"}, used=["t1"], role="test"),
    ]
    standing = stand(runs, TEST, metrics={"acc": {"score": score}}, group_by=("m",))
    found = {(row.name, round(row.scores["acc"].value, 9), row.data) for row in standing.rows}
    assert found == set(expected)
    one_field = len({data for _, _, data in expected}) == 1
    assert (len({row.digests for row in standing.rows}) == 1) == one_field


def test_means_over_unlike_shares_of_the_data_never_rank_together() -> None:
    runs = [
        run(place, scores={"acc": 0.5}, tags={"m": m}, used=used, role="test")
        for place, (m, used) in enumerate(
            [("a", one) for one in (["t1"], ["t1"], ["t2"])]
            + [("b", one) for one in (["t1"], ["t2"])]
            + [("c", one) for one in (["t1"], ["t1"], ["t2"], ["t2"])]
            + [("d", one) for one in (["t1"], [])]
        )
    ]
    standing = stand(runs, TEST, metrics={"acc": {"score": "mean"}}, group_by=("m",))
    assert {row.name: row.data for row in standing.rows} == {
        "m=a": "2× t1@1 + t2@1",
        "m=b": "t1@1 + t2@1",
        "m=c": "t1@1 + t2@1",
        "m=d": "t1@1 + unnamed data@0",
    }
    assert [field.candidates for field in standing.fields if field.data == "t1@1 + t2@1"] == [2]


def test_seeds_on_other_data_are_not_averaged() -> None:
    runs = [
        run(1, scores={"acc": 0.9}, tags={"m": "a"}, used=["t2"], role="test"),
        run(2, scores={"acc": 0.5}, tags={"m": "a"}, used=["t1"], role="test"),
        run(3, scores={"acc": 0.7}, tags={"m": "a"}, used=["old name"], role="test"),
    ]
    standing = stand(
        runs, TEST, metrics={"acc": {"direction": "more"}}, group_by=("m",), seeds=Seeds.MEAN
    )
    (row,) = standing.rows
    assert (row.scores["acc"].value, row.scores["acc"].runs) == (pytest.approx(0.6), 2)
    assert row.counted == ("run 002", "run 003")
    assert row.digests == ("digest of t1",)
    assert "1 run is not in the mean of their candidate" in standing.notes[0]


def test_seeds_are_of_the_data_that_covers_most() -> None:
    runs = [
        run(1, scores={"acc": 0.9}, tags={"m": "a"}, used=["t1", "t2"], role="test"),
        run(2, scores={"acc": 0.5}, tags={"m": "a"}, used=["t1"], role="test"),
    ]
    (row,) = stand(runs, TEST, group_by=("m",), seeds=Seeds.MEAN, datasets=("t1", "t2")).rows
    assert (row.counted, row.rank) == (("run 001",), 1)


def test_only_what_a_run_was_scored_on_covers() -> None:
    runs = [
        run(1, scores={"acc": 0.9}, used=["t1"], role="train"),
        run(2, scores={"acc": 0.8}, inputs={"t1": ["validation"], "t2": ["test"]}),
        run(3, scores={"acc": 0.7}, used=["t1"], role="validation"),
        run(4, scores={"acc": 0.6}, inputs={"t1": ["train", "test"]}),
    ]
    standing = stand(runs, TEST, datasets=("t1",))
    assert [(row.name, row.rank, row.why) for row in standing.rows] == [
        ("r3", 1, ""),
        ("r4", 2, ""),
        ("r1", None, "not scored on t1@1"),
        ("r2", None, "not scored on t1@1"),
    ]


def test_the_field_is_all_that_a_run_was_tested_on() -> None:
    runs = [
        run(1, scores={"acc": 0.9}, used=["t1", "t2"], role="test"),
        run(2, scores={"acc": 0.8}, used=["t1"], role="test"),
    ]
    standing = stand(runs, TEST, datasets=("t1",))
    found = {(row.name, row.rank, row.data) for row in standing.rows}
    assert found == {("r1", 1, "t1@1 & t2@1"), ("r2", 1, "t1@1")}


def test_a_mean_over_two_data_is_not_compared_with_a_run_on_both() -> None:
    runs = [
        run(1, scores={"acc": 0.9}, tags={"m": "each"}, used=["t1"], role="test"),
        run(2, scores={"acc": 0.5}, tags={"m": "each"}, used=["t2"], role="test"),
        run(3, scores={"acc": 0.6}, tags={"m": "both"}, used=["t1", "t2"], role="test"),
    ]
    standing = stand(runs, TEST, metrics={"acc": {"score": "mean"}}, group_by=("m",))
    found = {(row.name, row.rank, row.data) for row in standing.rows}
    assert found == {("m=each", 1, "t1@1 + t2@1"), ("m=both", 1, "t1@1 & t2@1")}


def test_names_tell_params_of_mixed_types_apart() -> None:
    params: list[dict[str, Any]] = [
        {"opt": "adam", "lr": 1, "same": "x"},
        {"opt": "sgd", "lr": "auto", "same": "x"},
        {"opt": None, "lr": [1], "same": "x", "only": 2.5},
    ]
    runs = [run(n, scores={"acc": -n / 10}, params=given) for n, given in enumerate(params)]
    standing = stand(runs, group_by_params=True)
    assert [row.name for row in standing.rows] == [
        "opt=adam, lr=1",
        "opt=sgd, lr=auto",
        "opt=None, lr=[1], only=2.5",
    ]


def test_looks_at_the_data_count_every_run() -> None:
    runs = [
        run(1, scores={"acc": 0.5}, used=["t1"], role="test", values=10),
        run(2, scores={"acc": 0.5}, used=["t1"], role="test", values=5, experiment="other"),
        run(3, scores={"acc": 0.5}, used=["t1"], role="train", values=100),
    ]
    field = next(field for field in stand(runs, TEST).fields if field.data == "t1@1")
    assert (field.candidates, field.looks, field.scores) == (1, 2, 15)


def test_a_deleted_data_set_is_one_of_its_own() -> None:
    runs = [run(n, scores={"acc": 0.5}, used=[f"gone {n}"], role="test") for n in (1, 2)]
    assert ranks(stand(runs, TEST)) == [("r2", 1), ("r1", 1)]


def test_seeds_give_a_mean_and_its_interval() -> None:
    runs = [run(n, scores={"acc": v}, tags={"m": "a"}) for n, v in enumerate((0.1, 0.2, 0.3))]
    (row,) = stand(runs, group_by=("m",), seeds=Seeds.MEAN).rows
    score = row.scores["acc"]
    # t(2) at 97.5 % is 4.302653 (any table); the standard error is 0.1 / √3.
    assert score.value == pytest.approx(0.2)
    assert score.high == pytest.approx(0.2 + 4.302653 * 0.1 / 3**0.5, rel=1e-6)
    assert score.low == pytest.approx(0.2 - 4.302653 * 0.1 / 3**0.5, rel=1e-6)
    assert score.runs == 3


def test_pareto_marks_what_nothing_beats() -> None:
    runs = [
        run(n, scores={"acc": acc, "price": price, "ms": ms})
        for n, (acc, price, ms) in enumerate(
            [(0.9, 10, 5), (0.8, 5, 5), (0.7, 5, 5), (0.7, 5, 1), (0.9, 10, 5), (0.1, 1, 9)]
        )
    ]
    runs.append(run(7, scores={"acc": 0.2}))
    standing = stand(runs, cost="price", latency="ms")
    assert {row.name: row.pareto for row in standing.rows} == {
        "r0": True, "r1": True, "r2": False, "r3": True, "r4": True, "r5": True, "r7": None,
    }  # fmt: skip


def test_until_leaves_out_what_ended_later() -> None:
    runs = [run(n, scores={"acc": n / 10}) for n in (1, 2, 3)]
    standing = stand(runs, until=2500)
    assert ranks(standing) == [("r2", 1), ("r1", 2)]
    assert standing.left_out == {"ended after the date": 1}


def test_until_leaves_out_labels_of_later() -> None:
    known = [data("t1", 2, "nightly"), data("t2", 3, nightly=5000)]
    runs = [run(1, scores={"acc": 0.5}, used=["t1", "t2"], role="test")]
    assert stand(runs, known, newest={"nightly": 1}).required == ("t2@1",)
    assert stand(runs, known, newest={"nightly": 1}, until=4000).required == ("t1@1",)
    none = stand(runs, known[1:], newest={"nightly": 1}, until=4000)
    assert none.notes[0] == "No data set has the label 'nightly' by that date."


def test_until_leaves_out_data_and_uses_of_later() -> None:
    known = [data("t1", 1000, "nightly"), data("t2", 2600, "nightly"), data("t3", 2, "nightly")]
    runs = [
        run(1, scores={"acc": 0.5}, used=["t1"], role="test", values=3),
        run(3, scores={"acc": 0.9}, used=["t1", "t2", "t3"], role="test", values=7),
    ]
    assert stand(runs, known, newest={"nightly": 1}).required == ("t2@1",)
    then = stand(runs, known, newest={"nightly": 1}, datasets=("t2", "t3"), until=2500)
    assert then.required == ("t1@1",)
    assert [(row.name, row.rank) for row in then.rows] == [("r1", 1)]
    assert [(field.looks, field.scores) for field in then.fields] == [(1, 3)]
    assert then.notes[:2] == (
        "A required data set is not on record, and is not asked for.",
        "t3@1 is not asked for: no finished run has used it.",
    )


# -- per-example scores --------------------------------------------------------------------------


def examples_of(*rows: Any, ids: Any = None) -> dict[str, Any]:
    return {f"r{n}": (ids, np.asarray(row, dtype=float)) for n, row in enumerate(rows)}


def test_identical_models_share_the_first_rank() -> None:
    right = np.array([1.0] * 80 + [0.0] * 20)
    wrong = np.array([1.0] * 40 + [0.0] * 60)
    runs = [run(n, scores={"acc": v}) for n, v in enumerate((0.8, 0.8, 0.4))]
    standing = stand(runs, examples=examples_of(right, right, wrong))
    found = [(row.name, row.rank, row.rank_to, row.tested) for row in standing.rows]
    assert found == [("r0", 1, 2, True), ("r1", 1, 2, True), ("r2", 3, 3, True)]


def test_a_difference_by_luck_leaves_ranks_open() -> None:
    rnd = np.random.default_rng(7)
    truth = rnd.normal(size=300)
    models = [truth + rnd.normal(scale=0.5, size=300) for _ in range(4)]
    runs = [run(n, scores={"acc": float(model.mean())}) for n, model in enumerate(models)]
    standing = stand(runs, examples=examples_of(*models))
    assert {row.rank for row in standing.rows} == {1}
    assert {row.rank_to for row in standing.rows} == {4}


def test_identical_models_nearly_always_share_rank_one() -> None:
    rnd, alarms = np.random.default_rng(11), 0
    for _ in range(200):
        models = [(rnd.random(100) < 0.8).astype(float) for _ in range(4)]
        runs = [run(n, scores={"acc": float(model.mean())}) for n, model in enumerate(models)]
        standing = stand(runs, examples=examples_of(*models))
        alarms += any(row.rank != 1 for row in standing.rows)
    assert alarms <= 20  # Of 200 at 5 % ten are to be expected; more than 20 once in 1,000.


def test_ids_pair_examples_whatever_their_order() -> None:
    rnd = random.Random(3)
    ids = [f"example {n}" for n in range(50)]
    good, bad = [1.0] * 50, [1.0] * 25 + [0.0] * 25
    order = rnd.sample(range(50), 50)
    shuffled = [ids[n] for n in order], np.array([bad[n] for n in order])
    runs = [run(0, scores={"acc": 1.0}), run(1, scores={"acc": 0.5})]
    standing = stand(runs, examples={"r0": (ids, np.array(good)), "r1": shuffled})
    assert [(row.rank, row.rank_to) for row in standing.rows] == [(1, 1), (2, 2)]


@pytest.mark.parametrize(
    "second", [(None, np.ones(9)), (["a"] * 1, np.ones(1)), (None, np.full(10, np.nan))]
)
def test_what_cannot_be_paired_goes_by_value(second: Any) -> None:
    runs = [run(0, scores={"acc": 0.8}), run(1, scores={"acc": 0.7})]
    standing = stand(runs, examples={"r0": (None, np.zeros(10)), "r1": second})
    assert [(row.rank, row.tested) for row in standing.rows] == [(1, False), (2, False)]


def test_a_test_may_contradict_the_logged_value() -> None:
    runs = [run(0, scores={"loss": 0.1}), run(1, scores={"loss": 0.2})]
    worse, better = np.full(100, 3.0), np.zeros(100)
    worse[:50] = 1.0
    standing = stand(runs, metric="loss", examples=examples_of(worse, better))
    assert [(row.name, row.rank) for row in standing.rows] == [("r1", 1), ("r0", 2)]


def test_rows_are_frozen() -> None:
    (row,) = stand([run(1, scores={"acc": 1.0})]).rows
    with pytest.raises(dataclasses.FrozenInstanceError):
        row.rank = 7  # type: ignore[misc]
