"""What arms of an endpoint are compared by."""

from __future__ import annotations

from contextlib import closing

from cellbook.answers.endpoints import reckoned
from cellbook.book import Book
from cellbook.monitoring import Predictions

VERSIONS = {"champion": "2", "canary": "1"}
MINUTE = 60_000


def answered(book: Book, arm: str, minute: int, right: int, of: int, model: str = "") -> None:
    """Record answers of an arm, of which so many turned out right."""
    predictions = Predictions(book.store)
    with closing(predictions.log("cancer")) as log:
        ids = log.log(
            {"x": list(range(of))}, [1] * of, arm=arm, time_ms=minute * MINUTE,
            model=model or f"cancer/{VERSIONS[arm]}",
        )  # fmt: skip
    labels = [1] * right + [0] * (of - right)
    predictions.label("cancer", dict(zip(ids, labels, strict=True)))


def test_arms_are_compared_over_the_time_in_which_both_answered(opened: Book) -> None:
    answered(opened, "champion", 1, 300, 300)
    alone = reckoned(opened, "cancer", VERSIONS, "accuracy")
    assert (alone.moments["champion"].count, alone.since) == (300, None)
    answered(opened, "canary", 5, 70, 100)
    answered(opened, "champion", 6, 75, 100)
    found = reckoned(opened, "cancer", VERSIONS, "accuracy")
    assert found.since == 5 * MINUTE
    assert {name: (one.count, one.mean) for name, one in found.moments.items()} == {
        "champion": (100, 0.75), "canary": (100, 0.7),
    }  # fmt: skip
    # The canary was taken away and came again: what was between does not count either.
    answered(opened, "champion", 8, 100, 100)
    answered(opened, "canary", 9, 9, 10)
    answered(opened, "champion", 9, 8, 10)
    anew = reckoned(opened, "cancer", VERSIONS, "accuracy", 9 * MINUTE)
    assert {name: one.count for name, one in anew.moments.items()} == {"champion": 10, "canary": 10}


def test_labels_of_another_kind_than_an_arm_predicts_count_nowhere(opened: Book) -> None:
    answered(opened, "champion", 1, 75, 100)
    ids = Predictions(opened.store).frame("cancer")["id"].tolist()
    Predictions(opened.store).label("cancer", dict.fromkeys(ids[:50], "yes"))
    found = reckoned(opened, "cancer", VERSIONS, "accuracy")
    assert (found.moments["champion"].count, found.moments["champion"].mean) == (50, 0.5)
    assert found.problem.startswith("champion: 50 of 100 labelled predictions are left out: their")


def test_a_shadow_is_measured_by_the_labels_of_what_it_was_asked(opened: Book) -> None:
    answered(opened, "champion", 1, 75, 100)
    answered(opened, "challenger (shadow)", 1, 60, 100, model="cancer/1")
    versions = {"champion": "2", "challenger": "1"}
    found = reckoned(opened, "cancer", versions, "accuracy", shadows=["challenger"])
    assert {name: one.mean for name, one in found.moments.items()} == {
        "champion": 0.75, "challenger": 0.6,
    }  # fmt: skip
