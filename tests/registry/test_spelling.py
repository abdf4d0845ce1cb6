"""Names whose accents are written as one character with their letter, or as two."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import numpy as np
import pytest

from cellbook.answers.monitoring import endpoint_of
from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound
from cellbook.in_service import deployed_name
from cellbook.monitoring import Alarms, Predictions
from cellbook.records import (
    Evidence,
    EvidenceKind,
    Retraining,
    RetrainingPlan,
    RetrainingVerdict,
    to_doc,
    values,
)
from cellbook.registry.finding import parse
from cellbook.retraining.audit import TABLE, Retrainings
from cellbook.retraining.room import waiting
from cellbook.store import create
from cellbook.views.models import model_list
from cellbook.views.models_text import models_frame
from tests.registry.conftest import line

X = np.array([[1.0], [2.0]])
COMPOSED, APART = "caf\u00e9", "cafe\u0301"
CHECK = Evidence(EvidenceKind.CHECK, "1", "passed")


@contextmanager
def as_before() -> Iterator[None]:
    """Keep names as former versions did: just as they came."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(values, "composed", lambda text: text)
        yield


@pytest.fixture(params=[COMPOSED, APART], ids=["new", "former"])
def kept(request: pytest.FixtureRequest, book: Book) -> Book:
    """A book with a model and an alias, named as this version does, or as a former one did."""
    with as_before():
        book.models.log(line(2), request.param, input_example=X, alias=request.param)
    assert book.models.all()[0].model.name == request.param
    return book


@pytest.mark.parametrize("name", [COMPOSED, APART])
def test_a_model_is_found_however_its_name_is_written(kept: Book, name: str) -> None:
    models = kept.models
    is_called = models.all()[0].model.name
    for target in (f"models:/{name}/1", f"{name}@{name}", f"models:/{name}", f"{name}/latest"):
        assert models.find(target).model == is_called
        assert models.load(target).predict(X) == pytest.approx([2.0, 4.0])
    assert models.told(name).model.name == is_called
    assert [row.name for row in model_list(kept.store, name[1:].upper()).models] == [is_called]
    assert models_frame(models.all(), name[1:].upper())["name"].tolist() == [is_called]
    assert models.tag(name, "a", "1").model == is_called
    assert models.describe(f"{name}/1", "good").model == is_called
    assert parse(deployed_name(f"{name}@{name}", kept.url)).name == is_called


@pytest.mark.parametrize("name", [COMPOSED, APART])
def test_no_second_model_or_alias_is_made(kept: Book, name: str) -> None:
    models = kept.models
    is_called = models.all()[0].model.name
    two = models.log(line(3), name, input_example=X, alias=name)
    assert two.label == f"{is_called}/2"
    assert models.log(line(2), name, input_example=X).number == 1
    assert [told.model.name for told in models.all()] == [is_called]
    assert list(models.get(name).aliases) == [is_called]
    assert models.find(f"{name}@{name}").number == 2
    assert not models.get(name).conflicts
    models.drop_alias(name, name)
    assert models.get(name).aliases == {}
    with pytest.raises(NotFound, match="has no model 'tea'"):
        models.get("tea")


def test_what_is_new_is_kept_composed(book: Book) -> None:
    one = book.models.log(line(2), APART, input_example=X, alias=APART)
    assert (one.model, one.aliases) == (COMPOSED, (COMPOSED,))


def test_a_protection_holds_however_its_alias_is_written(kept: Book) -> None:
    models = kept.models
    with as_before():
        models.protect(models.all()[0].model.name, f"@{APART}", 1, approvers=["lin"])
    models.log(line(3), COMPOSED, input_example=X)
    for alias in (APART, COMPOSED):
        with pytest.raises(InvalidInput, match="is protected"):
            models.set_alias(f"{COMPOSED}/2", alias)
    models.approve(f"{COMPOSED}/2", f"@{APART}", reason="good", evidence=CHECK, by="lin")
    models.set_alias(f"{COMPOSED}/2", COMPOSED)
    assert models.find(f"{APART}@{APART}").number == 2
    models.protect(COMPOSED, f"@{COMPOSED}", 0)
    assert models.get(COMPOSED).protections == ()


def test_two_models_of_a_former_book_stay_two(book: Book) -> None:
    with as_before():
        for name in (COMPOSED, APART):
            book.models.log(line(2), name, input_example=X)
    for name in (COMPOSED, APART):
        assert book.models.find(f"{name}/1").label == f"{name}/1"
        assert book.models.log(line(3), name, input_example=X).label == f"{name}/2"


@pytest.mark.parametrize(("first", "then"), [(COMPOSED, APART), (APART, COMPOSED)])
def test_an_endpoint_is_one_however_its_name_is_written(book: Book, first: str, then: str) -> None:
    predictions = Predictions(book.store)

    def answered(name: str) -> list[Any]:
        with closing(predictions.log(name)) as log:
            return log.log({"x": [1.0, 2.0]}, [1, 0])

    ids = answered(first)
    answered(then)
    predictions.label(then, dict(zip(ids, [1, 1], strict=True)))
    assert predictions.endpoints() == [COMPOSED]
    for name in (first, then):
        frame = predictions.frame(name)
        assert (len(frame), int(frame["label"].notna().sum())) == (4, 2)
        assert endpoint_of(book, name) == (COMPOSED, "")
    Alarms(book.store, first).keep("rows > 1")
    assert [one.signal for one in Alarms(book.store, then).rules()] == ["rows"]


def test_a_plan_means_the_model_however_its_name_is_written(book: Book) -> None:
    book.models.log(line(2), COMPOSED, input_example=X, alias="champion")
    plan = RetrainingPlan(APART, "run:first", "data:new@1", on="accuracy < 0.9")
    assert f"no predictions of {COMPOSED!r} are on record" in waiting(book, plan)
    begun = Retraining(
        book.store.new_id(), dataclasses.replace(plan, model=COMPOSED), 1, RetrainingVerdict.FAILED
    )
    book.store.commit([create(TABLE, begun.retraining_id, to_doc(begun))])
    assert len(Retrainings(book).all(APART)) == 1
