"""Aliases, stages, approvals, words: what may be done, by whom, and what is kept of it."""

from __future__ import annotations

import numpy as np
import pytest

from cellbook.book import Book
from cellbook.cli import main
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import WITHIN, Evidence, EvidenceKind, ModelEventKind, ModelStage
from cellbook.registry import Models
from cellbook.registry.rules import NO_TESTS
from cellbook.store import create, update
from cellbook.views.model_versions import check_text
from cellbook.views.models import model_deeds, model_list, version_rows
from cellbook.widgets.models import models_panel
from tests.registry.conftest import line

X = np.array([[1.0], [2.0]])
SEEN = [Evidence(EvidenceKind.BOARD, "best", "rank 1 of 3")]


@pytest.fixture
def models(book: Book, ada: str) -> Models:
    """Three versions of a model that ada registered."""
    for slope in (1, 2, 3):
        book.models.log(line(slope), "slope", input_example=X)
    return book.models


def passed(
    models: Models, target: str, problem: str = "", tests: str = "1 of 1 tests passed"
) -> None:
    """Put on record that a version was checked, as `check_version` does after a minute."""
    version = models.find(target)
    event = models._event(
        ModelEventKind.CHECKED, version.model, version.version_id, "ada", value=problem,
        reason=f"Python 3.12 · {tests} · Made elsewhere.",
    )  # fmt: skip
    models._commit(event)


def test_an_alias_leads_to_one_version_and_keeps_its_history(models: Models) -> None:
    models.set_alias("slope/1", "champion")
    models.set_alias("slope/2", "@champion", reason="It is steeper.", by="lin")
    assert models.get("slope").aliases == {"champion": models.find("slope/2").version_id}
    assert models.find("slope@champion").name == "2"
    models.drop_alias("slope", "champion")
    with pytest.raises(NotFound, match="alias 'champion'"):
        models.find("slope@champion")
    told = [deed.text for deed in model_deeds(models.told("slope"))[:3]]
    assert told == [
        "took @champion away from 2", "moved @champion from 1 to 2", "moved @champion to 1",
    ]  # fmt: skip


def test_a_check_without_tests_is_not_told_as_one_that_passed(models: Models, book: Book) -> None:
    for target, tests, said in (
        ("slope/1", "1 of 1 tests passed", ""),
        ("slope/2", NO_TESTS, "Its check: loads; no tests"),
    ):
        passed(models, target, tests=tests)
        moved = models.move_stage(target, "production")
        assert models.untested(moved).startswith(said)
        assert bool(models.untested(moved)) is bool(said)
    told = models.told("slope")
    rows = {one.name: one for one in version_rows(book.store, told, told.versions)}
    assert [check_text(rows[name]) for name in "123"] == [
        "passed",
        "loads; no tests",
        "not checked",
    ]
    deeds = [deed.text for deed in model_deeds(models.told("slope"))]
    assert {"checked 1: passed", "checked 2: loads; no tests"} <= set(deeds)


def test_a_move_that_was_overtaken_is_refused(models: Models) -> None:
    models.set_alias("slope/1", "champion")
    seen = models.get("slope").heads["champion"]
    models.set_alias("slope/2", "champion", by="lin", based_on=seen)
    with pytest.raises(InvalidInput, match="@champion of slope was moved meanwhile by lin"):
        models.set_alias("slope/3", "champion", based_on=seen)
    with pytest.raises(InvalidInput, match="moved meanwhile by lin"):
        models.drop_alias("slope", "champion", based_on=seen)
    assert models.find("slope@champion").name == "2"
    # Who saw no such alias does not take it from where it is.
    with pytest.raises(InvalidInput, match="moved meanwhile"):
        models.set_alias("slope/3", "champion", based_on=[])
    heads = models.find("slope/1").heads
    models.move_stage("slope/1", "staging", based_on=heads)
    with pytest.raises(InvalidInput, match="The stage of slope/1 was moved meanwhile by ada"):
        models.move_stage("slope/1", "archived", based_on=heads)


@pytest.mark.parametrize("alias", ["", "7", "7up", "latest", "Production", "a/b", "a@b", "a~b"])
def test_words_that_would_be_taken_for_something_else(models: Models, alias: str) -> None:
    with pytest.raises(InvalidInput):
        models.set_alias("slope/1", alias)


def test_an_alias_that_cannot_be_registers_nothing(models: Models) -> None:
    with pytest.raises(InvalidInput, match="cannot be an alias"):
        models.log(line(9), "slope", input_example=X, alias="latest")
    assert len(models.told("slope").versions) == 3


def test_production_takes_only_what_was_checked(models: Models) -> None:
    with pytest.raises(InvalidInput, match="slope/1 was not checked yet"):
        models.move_stage("slope/1", "production")
    passed(models, "slope/1", "input example: it predicts something else")
    with pytest.raises(InvalidInput, match=r"failed its check .input example: it predicts"):
        models.move_stage("slope/1", "production")
    passed(models, "slope/1")
    moved = models.move_stage("slope/1", "Production")
    assert moved.stage is ModelStage.PRODUCTION
    event = models.told("slope").events[-1]
    assert [models.check_evidence("slope/1").target] == list(event.values)


def test_others_are_archived_where_one_takes_their_place(models: Models) -> None:
    for target in ("slope/1", "slope/2"):
        passed(models, target)
        models.move_stage(target, "production", archive_others=True)
    stages = [one.stage.value for one in models.told("slope").versions]
    assert stages == ["archived", "production", "development"]


def test_a_protected_alias_needs_approvals(models: Models) -> None:
    models.protect("slope", "@champion", 2)
    with pytest.raises(InvalidInput, match="slope/1 needs 2 approvals of somebody who did not"):
        models.set_alias("slope/1", "champion")
    with pytest.raises(InvalidInput, match="a reason and something that it rests upon"):
        models.approve("slope/1", "@champion", reason="", evidence=SEEN, by="lin")
    with pytest.raises(InvalidInput, match="a reason and something that it rests upon"):
        models.approve("slope/1", "@champion", reason="Good.", evidence=[], by="lin")
    models.approve("slope/1", "@champion", reason="Good.", evidence=SEEN, by="lin")
    models.approve("slope/1", "@champion", reason="Once more.", evidence=SEEN, by="lin")
    models.approve("slope/1", "@champion", reason="It is mine.", evidence=SEEN, by="ada")
    with pytest.raises(InvalidInput, match="slope/1 has 1 of 2 approvals"):
        models.set_alias("slope/1", "champion")
    models.approve("slope/1", "@champion", reason="Yes.", evidence=SEEN, by="grace")
    models.set_alias("slope/1", "champion")
    # An approval is of one version, and of one thing that it may become.
    with pytest.raises(InvalidInput, match="slope/2 needs 2"):
        models.set_alias("slope/2", "champion")
    models.approve("slope/1", "@champion", reason="No.", evidence=(), approved=False, by="lin")
    with pytest.raises(InvalidInput, match="protected"):
        models.drop_alias("slope", "champion")
    models.protect("slope", "@champion", 0)
    models.set_alias("slope/2", "champion")


def test_those_who_were_named_approve(models: Models) -> None:
    models.protect("slope", "staging", approvers=["ada"])
    models.approve("slope/1", "staging", reason="Good.", evidence=SEEN, by="lin")
    with pytest.raises(InvalidInput, match="slope/1 needs 1 approval of ada"):
        models.move_stage("slope/1", "staging")
    models.approve("slope/1", "staging", reason="Good.", evidence=SEEN)
    assert models.move_stage("slope/1", "staging").stage is ModelStage.STAGING
    with pytest.raises(InvalidInput, match="2 approvals cannot come from 1"):
        models.protect("slope", "staging", 2, approvers=["ada"])


def test_a_blank_or_a_capital_makes_nobody_another_one(models: Models) -> None:
    models.protect("slope", "staging", 2)
    for name in ("bob", "bob ", "Bob", "Ada"):
        models.approve("slope/1", "staging", reason="Good.", evidence=SEEN, by=name)
    with pytest.raises(InvalidInput, match="slope/1 has 1 of 2"):
        models.move_stage("slope/1", "staging")
    models.approve("slope/1", "staging", reason="Good.", evidence=SEEN, by="lin")
    models.move_stage("slope/1", "staging")
    models.set_owners("slope", ["Bob"])
    models.protect("slope", "production", by="bob")


def test_evidence_is_named_in_words(book: Book, models: Models) -> None:
    passed(models, "slope/1")
    with pytest.raises(InvalidInput, match="nothing that an approval could rest upon: board:NAME"):
        models.approve("slope/1", "staging", reason="Good.", evidence=["moon"])
    with pytest.raises(NotFound, match="slope/2 was not checked yet"):
        models.approve("slope/2", "staging", reason="Good.", evidence="check")
    told = models.approve("slope/1", "staging", reason="Good.", evidence="check", by="lin")
    assert [one.kind for one in told.evidence] == [EvidenceKind.CHECK]
    assert models.not_counted(told) == ""
    mine = models.approve("slope/1", "staging", reason="Good.", evidence=["check"])
    assert models.not_counted(mine).startswith("That does not count: ada registered slope/1. ")
    models.protect("slope", "staging", approvers=["grace"])
    assert models.not_counted(told) == "That does not count: staging needs the approval of grace."


def test_an_event_that_nobody_understands_hides_nothing(book: Book, models: Models) -> None:
    for wrong in ({"evidence": ["check"]}, {"kind": "praised"}):
        doc = {"event_id": f"x{len(wrong)}", "model": "slope", "kind": "tagged", "time": 1} | wrong
        book.store.commit([create("model_events", book.store.new_id(), doc)])
    assert [one.name for one in models.told("slope").versions] == ["1", "2", "3"]
    assert [told.model.name for told in models.all()] == ["slope"]


def test_what_cannot_be_read_is_named_and_its_number_not_given_again(
    book: Book, models: Models, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--book", str(book.folder)]
    assert [one for one in book.verify().findings if not one.harmless] == []
    assert model_list(book.store).note == ""
    third = models.find("slope/3").version_id
    praised = {"event_id": "x", "model": "slope", "kind": "praised", "time": 1}
    event = book.store.new_id()
    book.store.commit(
        [
            update("model_versions", third, {"created": "now"}),
            create("model_events", event, praised),
        ]
    )
    assert [one.name for one in models.told("slope").versions] == ["1", "2"]
    note = "2 records of models cannot be read, and what is told here lacks them"
    assert model_list(book.store).note.startswith(note)
    assert main(["models", *place]) == 0
    assert note in capsys.readouterr().err
    assert note in models_panel(book).text
    assert note in models_panel(book).html
    assert main(["verify", *place]) == 1
    out = capsys.readouterr().out
    assert f"DAMAGE: model_versions/{third}: it cannot be read (its created is none)" in out
    assert f"DAMAGE: model_events/{event}: it cannot be read (its kind is none)" in out
    assert models.log(line(4.5), "slope", input_example=np.ones((1, 1))).number == 4


def test_the_last_line_of_a_cell_tells_what_matters(models: Models) -> None:
    version = models.set_alias("slope/3", "best")
    assert repr(version).startswith("<ModelVersion slope/3 · LinearRegression, ")
    assert repr(version).endswith(" · development · @best>")
    assert repr(models.describe("slope", "Steep.")) == "<ModelEvent described slope Steep. by ada>"
    loaded = models.load("slope/3")
    assert repr(loaded) == (
        "<PackagedModel slope · sklearn.linear_model._base.LinearRegression · "
        "takes an array of float64, any × 1, gives an array of float64, any>"
    )
    assert repr(loaded.bundle).startswith("<Bundle slope · sklearn.linear_model._base.Linear")


def test_nobody_approves_without_a_name(models: Models) -> None:
    with pytest.raises(InvalidInput, match="Nobody knows who approves"):
        models.approve("slope/1", "staging", reason="Good.", evidence=SEEN, by="")


def test_owners_alone_change_what_protects(models: Models) -> None:
    models.set_owners("slope", ["ada", "lin"])
    with pytest.raises(InvalidInput, match="slope is of ada, lin; only they"):
        models.protect("slope", "production", by="eve")
    with pytest.raises(InvalidInput, match="only they"):
        models.set_owners("slope", "eve", by="eve")
    models.protect("slope", "production", by="lin")


def test_words_of_models_and_versions(models: Models) -> None:
    models.describe("slope", "How steep.")
    models.describe("slope/1", "The first.")
    models.tag("slope", "team", "cellar")
    models.tag("slope/1", "score", 0.5)
    models.tag("slope", "old", 1)
    models.tag("slope", "old", None)
    model, version = models.get("slope"), models.find("slope/1")
    assert (model.description, version.description) == ("How steep.", "The first.")
    assert (dict(model.tags), dict(version.tags)) == ({"team": "cellar"}, {"score": "0.5"})


def test_what_is_in_use_is_not_deleted(models: Models) -> None:
    models.set_alias("slope/1", "champion")
    passed(models, "slope/2")
    models.move_stage("slope/2", "production")
    with pytest.raises(InvalidInput, match="@champion leads to it"):
        models.delete("slope/1")
    with pytest.raises(InvalidInput, match="in production"):
        models.delete("slope/2")
    with pytest.raises(InvalidInput, match="slope/1 stays"):
        models.delete("slope")
    assert [one.name for one in models.told("slope").versions] == ["1", "2", "3"]
    models.delete("slope/3")
    assert [one.name for one in models.told("slope").gone] == ["3"]


def test_deprecated_ones_go_nowhere(models: Models) -> None:
    models.deprecate("slope/1", "It was fitted to the wrong year.")
    with pytest.raises(InvalidInput, match=r"deprecated .It was fitted to the wrong year"):
        models.set_alias("slope/1", "champion")
    assert models.move_stage("slope/1", "archived").stage is ModelStage.ARCHIVED


def test_events_are_told_after_they_are_on_record(models: Models) -> None:
    told: list[tuple[str, int]] = []
    models.on_events = lambda events: told.extend(
        (event.kind.value, len(models.told("slope").events)) for event in events
    )
    models.set_alias("slope/1", "champion")
    models.set_alias("slope/1", "champion")
    models.log(line(9), "slope", input_example=X, alias="champion", tags={"a": "b"})
    kinds = [kind for kind, _ in told]
    assert kinds == ["alias", "registered", "tagged", "alias"]
    assert all(count >= 4 for _, count in told)


def test_what_is_run_again_moves_no_names(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book.models.log(line(1), "slope", input_example=X, alias="champion")
    monkeypatch.setenv(WITHIN, "a run")
    book.models.log(line(2), "slope", input_example=X, alias="champion")
    book.models.set_alias("slope/2", "champion")
    book.models.drop_alias("slope", "champion")
    book.models.move_stage("slope/2", "staging")
    assert book.models.delete("slope/2") == []
    monkeypatch.delenv(WITHIN)
    assert book.models.find("slope@champion").number == 1
    assert [one.stage for one in book.models.told("slope").versions] == ["development"] * 2
