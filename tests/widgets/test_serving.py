"""An endpoint in a panel: what is seen, and what is done from there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook.answers.endpoints import EndpointLook
from cellbook.book import Book
from cellbook.errors import CellbookError, InvalidInput
from cellbook.in_service import names, recording
from cellbook.monitoring import Predictions
from cellbook.serving import Settings, canary, split
from cellbook.serving.beside import Beside
from cellbook.views.endpoint_page import EndpointState
from cellbook.widgets.live.serving import ServingWidget
from cellbook.widgets.serving import serving_panel
from tests.serving.bundles import IRIS, Client, iris_bundle
from tests.serving.test_server import eventually, importable

__all__ = ["importable"]


@pytest.fixture
def beside(opened: Book, tmp_path: Path) -> Iterator[Beside]:
    iris_bundle(tmp_path / "iris")
    log = recording(str(opened.store.root))
    made = Beside(tmp_path / "iris", Settings(port=0, poll=0.1, log=log))
    made.server.wait()
    yield made
    made.stop()


def test_a_panel_shows_arms_and_does_what_is_asked(opened: Book, beside: Beside) -> None:
    look = EndpointLook(opened, beside)
    widget = ServingWidget(opened, look)
    told: list[list[str]] = []
    widget.tell = told.append
    ((name, _, first),) = widget.first
    assert (name, json.loads(first)["state"]) == ("endpoint", "answers")
    Client(beside.server.url).invoke(IRIS.head(2))
    eventually(lambda: look.page().arms[0].requests == 1)
    eventually(lambda: ["endpoint"] in told)
    page = look.page()
    assert page.recorded
    assert page.arms[0].median is not None
    with pytest.raises(CellbookError, match="nothing to go back to"):
        widget.change("endpoint-rollback", {})
    beside.change(lambda told: canary(told, told.arms[0].model, 40))
    eventually(lambda: len(look.page().arms) == 2)
    assert look.page().before == "iris alone"
    widget.change("endpoint-promote", {"arm": "canary"})
    eventually(lambda: len(look.page().arms) == 1)
    assert look.page().before == "iris (60%) and iris (40%)"
    widget.change("endpoint-rollback", {})
    eventually(lambda: len(look.page().arms) == 2)
    with pytest.raises(InvalidInput, match="Nothing is changed by"):
        widget.change("endpoint-paint", {})
    ended = json.loads(widget.change("endpoint-stop", {}))
    assert (ended["state"], ended["arms"]) == ("ended", [])
    with pytest.raises(InvalidInput, match="has ended"):
        widget.change("endpoint-rollback", {})
    widget.close()


def test_promotion_says_what_becomes_of_the_alias_and_can_move_it(
    opened: Book, tmp_path: Path
) -> None:
    opened.models.register(iris_bundle(tmp_path / "a").folder, "wine", alias="champion")
    opened.models.register(iris_bundle(tmp_path / "b", strength=0.1).folder, "wine")
    opened.models.protect("wine", "@champion", 1, approvers=["bob"])
    made = Settings(port=0, poll=0.1, resolver=names(str(opened.store.root)))
    beside = Beside(
        "models:/wine@champion",
        made,
        change=lambda told: split(told, {"b": "models:/wine/2"}),
    )
    try:
        beside.server.wait()
        look = EndpointLook(opened, beside)
        widget = ServingWidget(opened, look)
        champion, b = look.page().arms
        assert (champion.label, champion.follows) == ("wine/1", "wine@champion")
        assert (b.label, b.follows) == ("wine/2", "")
        with pytest.raises(CellbookError, match="protected"):
            widget.change("endpoint-promote", {"arm": "b", "alias": True})
        assert len(beside.deployment.arms) == 2
        opened.models.protect("wine", "@champion", 0)
        widget.change("endpoint-promote", {"arm": "b", "alias": True})
        assert opened.models.find("wine@champion").label == "wine/2"
        assert opened.models.told("wine").events[-1].reason == "promoted from b of endpoint wine"
        assert [arm.model for arm in beside.deployment.arms] == ["models:/wine@champion"]
        eventually(lambda: [one.label for one in look.page().arms] == ["wine/2"])
        with pytest.raises(InvalidInput, match="No alias can be moved to b"):
            widget.change("endpoint-promote", {"arm": "b", "alias": True})
        widget.close()
    finally:
        beside.stop()


def test_a_measure_is_reckoned_of_labels(opened: Book, beside: Beside) -> None:
    look = EndpointLook(opened, beside, "accuracy")
    assert look.page().arms[0].mean is None
    client = Client(beside.server.url)
    ids = [client.invoke(IRIS.head(1)).headers["cellbook-prediction-id"] for _ in range(4)]
    predictions = Predictions(opened.store)
    eventually(lambda: len(predictions.frame("iris")) == 4)
    predictions.label("iris", dict(zip(ids, [0, 0, 0, 2], strict=True)))
    page = look.page()
    assert (page.arms[0].outcomes, page.arms[0].mean) == (4, 0.75)
    assert EndpointLook(opened, beside, "mae").page().arms[0].mean == 0.5
    assert EndpointLook(opened, beside, "mae").page().less


def test_the_still_form_shows_the_same(opened: Book, beside: Beside) -> None:
    Client(beside.server.url).invoke(IRIS.head(2))
    panel = serving_panel(opened, beside, "outcome")
    assert panel.page.state is EndpointState.ANSWERS
    assert f"iris answers at {beside.server.url}" in panel.text
    assert "champion" in panel.html
    assert "curl " in panel.html
    # A notebook that is read later shows what the cell brought about, which takes a moment.
    beside.change(lambda told: canary(told, told.arms[0].model, 30))
    html = serving_panel(opened, beside, "outcome").html
    assert ("canary" in html, "70%" in html, "30%" in html) == (True, True, True)
    beside.promote("canary")
    assert "canary" not in serving_panel(opened, beside, "outcome").html
    beside.stop()
    html = serving_panel(opened, beside, "outcome").html
    assert "has ended" in html
    assert "http://" not in html


def test_outcomes_count_since_all_arms_stand_there(opened: Book, beside: Beside) -> None:
    look = EndpointLook(opened, beside, "accuracy")
    predictions = Predictions(opened.store)
    client = Client(beside.server.url)

    def ask(count: int, rows: int) -> None:
        ids = [client.invoke(IRIS.head(1)).headers["cellbook-prediction-id"] for _ in range(count)]
        eventually(lambda: len(predictions.frame("iris")) == rows)
        predictions.label("iris", dict.fromkeys(ids, 0))

    ask(5, 5)
    assert look.page().since is None
    beside.change(lambda told: canary(told, told.arms[0].model, 50))
    eventually(lambda: len(look.page().arms) == 2)
    ask(40, 45)
    page = look.page()
    assert page.since is not None
    # The first few were answered before there was another.
    assert sum(one.outcomes for one in page.arms) <= 40
    assert "accuracy since " in serving_panel(opened, beside, "accuracy").text
