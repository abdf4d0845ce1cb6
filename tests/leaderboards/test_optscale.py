"""The rules of OptScale's leaderboards, each by an example reckoned by hand from its source.

The source is arcee_receiver/modules/leader_board.py of hystax/optscale, release of 2024-10-18: the
stages of its MongoDB pipelines are named in the comments.
"""

from __future__ import annotations

import pytest

from cellbook.records import MetricRange, RunState, Standing
from tests.leaderboards.boards import data, ranks, run, stand

DATASETS = [
    data("ds1", 1, "prod"),
    data("ds2", 2, "prod", "nightly"),
    data("ds3", 3, "nightly"),
    data("ds4", 4, "nightly"),
    data("ds5", 5, "nightly"),
]


# $match: state 2 (completed), the task, and the primary metric exists.
def test_candidates_are_finished_runs_of_the_experiment_with_the_metric() -> None:
    standing = stand(
        [
            run(1, scores={"acc": 0.5}),
            run(2, scores={"loss": 0.5}),
            run(3, scores={"acc": 0.9}, state=RunState.FAILED),
            run(4, scores={"acc": 0.9}, state=RunState.RUNNING),
            run(5, scores={"acc": 0.9}, experiment="other"),
            run(6, scores={"acc": 0.0}),
        ]
    )
    assert ranks(standing) == [("r1", 1), ("r6", 2)]
    assert standing.left_out == {"no acc": 1, "failed, not finished": 1, "running, not finished": 1}


# $match: data.METRIC {$gte: min, $lte: max}; a run without the metric does not match.
@pytest.mark.parametrize(
    ("limits", "left"),
    [
        (MetricRange(0.5, 0.7), ["r3", "r2", "r1"]),
        (MetricRange(None, 0.6), ["r2", "r1"]),
        (MetricRange(0.6, None), ["r4", "r3", "r2"]),
        (MetricRange(0.7, 0.7), ["r3"]),
    ],
)
def test_filters_are_inclusive(limits: MetricRange, left: list[str]) -> None:
    runs = [run(n, scores={"acc": acc}) for n, acc in enumerate((0.5, 0.6, 0.7, 0.8), 1)]
    assert [row.name for row in stand(runs, filters={"acc": limits}).rows] == left


def test_filters_on_another_metric_leave_out_runs_without_it() -> None:
    runs = [
        run(1, scores={"acc": 0.9, "loss": 2.0}),
        run(2, scores={"acc": 0.8}),
        run(3, scores={"acc": 0.7, "loss": 1.0}),
    ]
    standing = stand(runs, shown=("loss",), filters={"loss": MetricRange(None, 1.0)})
    assert ranks(standing) == [("r3", 1)]
    assert standing.left_out == {"loss above 1": 1, "no loss, which a filter asks for": 1}


# $group: _id of the tags; a run without one has no such key in its _id.
def test_runs_that_lack_a_tag_pool_together() -> None:
    standing = stand(
        [
            run(1, scores={"acc": 0.1}, tags={"model": "net"}),
            run(2, scores={"acc": 0.2}),
            run(3, scores={"acc": 0.3}, tags={"team": "vision"}),
            run(4, scores={"acc": 0.4}, tags={"model": "net"}),
        ],
        group_by=("model",),
    )
    assert [(row.name, row.runs) for row in standing.rows] == [
        ("model=net", ("run 001", "run 004")),
        ("model=—", ("run 002", "run 003")),
    ]


# _id also holds every hyperparameter that a run of the task has.
def test_params_split_groups_where_asked() -> None:
    runs = [
        run(1, scores={"acc": 0.1}, tags={"model": "net"}, params={"lr": 1}),
        run(2, scores={"acc": 0.2}, tags={"model": "net"}, params={"lr": 1}),
        run(3, scores={"acc": 0.3}, tags={"model": "net"}, params={"lr": 2}),
        run(4, scores={"acc": 0.4}, tags={"model": "net"}),
        run(5, scores={"acc": 0.5}, tags={"model": "net"}),
    ]
    asked = stand(runs, group_by=("model",), group_by_params=True)
    assert [row.runs for row in asked.rows] == [
        ("run 004", "run 005"),
        ("run 003",),
        ("run 001", "run 002"),
    ]
    assert len(stand(runs, group_by=("model",)).rows) == 1


# $group: METRIC: {$avg | $max | $sum | $last} over the runs, by the metric's own function.
@pytest.mark.parametrize(
    ("score", "expected"), [("mean", 0.3), ("max", 0.5), ("sum", 0.9), ("last", 0.1)]
)
def test_metrics_of_a_group_go_by_the_metrics_own_rule(score: str, expected: float) -> None:
    runs = [
        run(n, scores={"acc": acc}, tags={"t": "x"}) for n, acc in ((1, 0.3), (2, 0.5), (3, 0.1))
    ]
    (row,) = stand(runs, metrics={"acc": {"score": score}}, group_by=("t",)).rows
    assert row.scores["acc"].value == pytest.approx(expected)


# get_leaderboard_params: $sort created_at -1, then the first N of each label; then
# qualification_datasets: of all of these, those with a run of state 2.
def test_required_data_is_the_list_and_the_newest_of_each_label() -> None:
    used = [run(n, scores={"acc": 0.5}, used=[f"ds{n}"]) for n in (1, 2, 3, 5)]
    standing = stand(used, DATASETS, datasets=("ds1",), newest={"nightly": 2})
    # Of ds5 and ds4, the newest two, nobody used ds4, and ds3 does not take its place.
    assert standing.required == ("ds1@1", "ds5@1")
    assert "ds4@1 is not asked for" in standing.notes[0]


def test_required_data_counts_whoever_used_it_with_success() -> None:
    runs = [
        run(1, scores={"acc": 0.5}, used=["ds1"], state=RunState.FAILED),
        run(2, scores={"acc": 0.5}, used=["ds2"], experiment="other"),
    ]
    assert stand(runs, DATASETS, datasets=("ds1", "ds2")).required == ("ds2@1",)


# rank_by_datasets: qualification = the candidate's data & the required; where it is not empty,
# update_candidate_template reckons the metrics anew over the runs with that data.
def test_metrics_are_of_the_runs_on_required_data_alone() -> None:
    runs = [
        run(1, scores={"acc": 0.9, "loss": 9.0}, tags={"m": "net"}, used=["ds1"]),
        run(2, scores={"acc": 0.4, "loss": 4.0}, tags={"m": "net"}, used=["ds2"]),
        run(3, scores={"acc": 0.6, "loss": 6.0}, tags={"m": "net"}, used=["ds2"]),
        run(4, scores={"acc": 1.0, "loss": 1.0}, tags={"m": "net"}),
    ]
    mean = {"acc": {"score": "mean"}, "loss": {"score": "mean"}}
    (row,) = stand(runs, DATASETS, metrics=mean, group_by=("m",), datasets=("ds2",)).rows
    assert row.runs == ("run 001", "run 002", "run 003", "run 004")
    assert row.counted == ("run 002", "run 003")
    assert row.scores["acc"].value == 0.5
    assert row.rank == 1


def test_without_any_required_data_the_metrics_are_of_all_runs() -> None:
    runs = [
        run(1, scores={"acc": 0.9}, tags={"m": "net"}, used=["ds1"]),
        run(2, scores={"acc": 0.7}, tags={"m": "net"}),
        run(3, scores={"acc": 0.1}, tags={"m": "tree"}, used=["ds2"]),
    ]
    mean = {"acc": {"score": "mean"}}
    standing = stand(runs, DATASETS, metrics=mean, group_by=("m",), datasets=("ds2",))
    assert ranks(standing) == [("m=tree", 1), ("m=net", None)]
    assert standing.rows[1].scores["acc"].value == pytest.approx(0.8)
    assert standing.rows[1].why == "not scored on ds2@1"


def coverage() -> Standing:
    runs = [
        run(1, scores={"acc": 0.50}, tags={"m": "all"}, used=["ds1"]),
        run(2, scores={"acc": 0.52}, tags={"m": "all"}, used=["ds2"]),
        run(3, scores={"acc": 0.99}, tags={"m": "half"}, used=["ds1"]),
        run(4, scores={"acc": 0.97}, tags={"m": "other half"}, used=["ds2"]),
        run(5, scores={"acc": 1.00}, tags={"m": "none"}),
        run(6, scores={"acc": 0.10}, tags={"m": "both"}, used=["ds1"]),
        run(7, scores={"acc": 0.60}, tags={"m": "both"}, used=["ds2"]),
    ]
    return stand(runs, DATASETS, group_by=("m",), datasets=("ds1", "ds2"))


# sort_candidates: -len(qualification), then the primary metric by its tendency.
def test_order_is_coverage_then_the_metric() -> None:
    standing = coverage()
    assert [(row.name, row.covered, row.rank) for row in standing.rows] == [
        ("m=both", 2, 1),
        ("m=all", 2, 2),
        ("m=half", 1, None),
        ("m=other half", 1, None),
        ("m=none", 0, None),
    ]
    assert standing.rows[2].lacks == ("ds2@1",)


def test_less_is_better_where_the_metric_says_so() -> None:
    runs = [run(n, scores={"cash": value}) for n, value in ((1, 3.0), (2, 1.0), (3, 2.0))]
    more = stand(runs, metric="cash")
    less = stand(runs, metric="cash", metrics={"cash": {"direction": "less"}})
    assert [row.name for row in more.rows] == ["r1", "r3", "r2"]
    assert [row.name for row in less.rows] == ["r2", "r3", "r1"]
    assert "Nothing tells whether more or less cash is better" in more.notes[0]
