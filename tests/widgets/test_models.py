"""Panels of models: what is in them, and that nothing in them can do harm."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from cellbook.book import Book, look_into
from cellbook.records import Evidence, EvidenceKind
from cellbook.widgets.models import ModelPanel, models_panel
from tests.registry.conftest import line

X = np.array([[1.0], [2.0]])
HARM = "<script>alert(1)</script>"


@pytest.fixture
def filled(opened: Book, monkeypatch: pytest.MonkeyPatch) -> Book:
    monkeypatch.setenv("CELLBOOK_USER", "ada")
    for slope in (1, 2):
        with opened.start_run(f"slope {HARM} {slope}") as run:
            run.log_metric("acc", slope / 4)
            run.log_model(line(slope), "slope", input_example=X, alias="champion")
    models = opened.models
    models.describe("slope", f"How **steep**. {HARM}")
    models.tag("slope", "team", HARM)
    models.deprecate("slope/1", HARM)
    models.approve("slope/2", "production", reason=f'" {HARM}', by="lin",
                   evidence=[Evidence(EvidenceKind.BOARD, "best", f"rank 1 {HARM}")])  # fmt: skip
    return opened


def test_a_model_tells_versions_and_who_approved(filled: Book) -> None:
    panel = models_panel(filled, ["slope"])
    assert isinstance(panel, ModelPanel)
    assert "<strong>steep</strong>" in panel.html
    assert "lin: production" in panel.html
    assert "approved 2 for production" in panel.html
    assert "0.5000" in panel.html
    assert repr(panel).startswith("model slope\n")


def test_versions_side_by_side(filled: Book) -> None:
    panel = ModelPanel.compare(models_panel(filled, ["slope"]), 1, 2)  # type: ignore[arg-type]
    assert panel.html.index("slope/1") < panel.html.index("slope/2")
    assert '<td class="cb-same"' in panel.html
    assert "0.2500" in panel.html
    assert "≠" in repr(panel)


@pytest.mark.parametrize(
    ("targets", "questions", "state"),
    [
        ([], ["models"], {"model": "", "version": ""}),
        (["slope"], ["model"], {"model": "slope", "version": ""}),
        (["slope@champion"], ["model-version", "model"], {"model": "slope"}),
        (["slope/1", "slope/2"], ["compare-models"], {"model": "slope", "version": ""}),
    ],
)
def test_it_lives_and_begins_with_its_answers(
    filled: Book, targets: list[str], questions: list[str], state: dict[str, str]
) -> None:
    widget = models_panel(filled, targets).widget
    assert widget.kind == "models"
    assert widget.state.items() >= {"notebook": "", "text": "", **state}.items()
    assert [name for name, _, _ in widget.first] == questions
    for name, query, answer in widget.first:
        # The page finds what came with the panel by the very question.
        assert json.loads(answer).keys() == json.loads(widget.answer(name, query)).keys()
    if "@" in "".join(targets):
        assert widget.state["version"] == filled.models.find("slope@champion").version_id
    widget.close()


def test_changes_elsewhere_are_told(filled: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    widget = models_panel(filled, ["slope"]).widget
    told: list[set[str]] = []
    monkeypatch.setattr(widget, "tell", lambda tables: told.append(set(tables)))
    other = look_into(filled.store.root)
    other.models.set_alias("slope/2", "newer")
    other.close()
    deadline = time.monotonic() + 20
    while not any("model_events" in one for one in told) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert any("model_events" in one for one in told)
    widget.close()


def test_a_version_and_the_list(filled: Book) -> None:
    shown = models_panel(filled, ["slope@champion"])
    assert "model card" in shown.html
    assert "scikit-learn==" in shown.html
    assert "@champion → 2" in models_panel(filled).html


@pytest.mark.parametrize("targets", [[], ["slope"], ["slope/1"], ["slope/1", "slope/2"]])
def test_what_people_wrote_does_no_harm(filled: Book, targets: list[str]) -> None:
    html = models_panel(filled, targets).html
    assert "<script" not in html
    assert '="" ' not in html
