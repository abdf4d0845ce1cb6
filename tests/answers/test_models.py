"""What panels ask of models, and change."""

from __future__ import annotations

import typing
from typing import Any

import numpy as np
import pytest

from cellbook.answers import CHANGES, QUESTIONS, Reader, find_anchor, read_fields
from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import AnchorKind, EvidenceKind
from cellbook.views.model_evidence import find_evidence
from cellbook.views.thread_anchors import Titles
from tests.registry.conftest import line

X = np.array([[1.0], [2.0]])


@pytest.fixture
def asked(opened: Book, monkeypatch: pytest.MonkeyPatch) -> Reader:
    monkeypatch.setenv("CELLBOOK_USER", "ada")
    for slope in (1, 2):
        with opened.start_run(f"slope {slope}", params={"slope": slope}) as run:
            run.log_metric("acc", slope / 4)
            run.log_input("points", f"d{slope}", role="train")
            run.log_model(line(slope), "slope", input_example=X, alias="champion")
    return Reader(opened)


def ask(asked: Reader, question: str, /, **query: Any) -> Any:
    kind = typing.get_type_hints(QUESTIONS[question])["query"]
    return QUESTIONS[question](asked, kind(**query))


def change(asked: Reader, name: str, /, **body: Any) -> Any:
    kind = typing.get_type_hints(CHANGES[name])["body"]
    return CHANGES[name](asked, read_fields(kind, body))


def test_the_list_and_a_page(asked: Reader) -> None:
    (row,) = ask(asked, "models").models
    assert (row.name, row.versions, row.latest, row.aliases) == ("slope", 2, "2", {"champion": "2"})
    assert ask(asked, "models", text="CHAMP").models == (row,)
    assert ask(asked, "models", text="nothing").models == ()
    page = ask(asked, "model", name="slope")
    assert [one.name for one in page.versions] == ["2", "1"]
    assert page.versions[0].metrics == {"acc": 0.5}
    assert page.versions[0].run.name == "slope 2"


def test_a_version_and_two_beside_one_another(asked: Reader) -> None:
    page = ask(asked, "model-version", version="slope@champion")
    assert (page.row.name, page.params, page.problem) == ("2", {"slope": 2}, "")
    assert [(one.name, one.dtype) for one in page.inputs] == [("tensor", "float64")]
    assert [(one.name, one.version, one.roles) for one in page.data] == [("points", 2, ("train",))]
    assert any(one.startswith("scikit-learn==") for one in page.requirements)
    assert "<h1>" in page.card_html
    compared = ask(asked, "compare-models", versions=("slope/1", "slope/2"))
    facts = {(one.section, one.name): one for one in compared.facts}
    assert facts["metrics", "acc"].values == ("0.2500", "0.5000")
    assert facts["data", "points"].values == ("@1 train", "@2 train")
    assert facts["params", "slope"].differs
    assert not facts["about", "format"].differs
    with pytest.raises(InvalidInput, match="From 2 to 20 versions"):
        ask(asked, "compare-models", versions=("slope/1",))


def test_a_run_that_is_gone_takes_nothing_else_away(asked: Reader) -> None:
    book = asked.book
    run = book.find_run("slope 2")
    book.store.commit([["runs", run.run_id, None]])
    page = ask(asked, "model-version", version="slope/2")
    assert (page.row.run, page.metrics) == (None, {})
    book.leaderboards.save("best", {"metric": "acc"})
    with pytest.raises(NotFound, match="no board knows it"):
        find_evidence(book, book.models.find("slope/2"), "board:best")


def test_changes_answer_the_page(asked: Reader) -> None:
    page = change(asked, "set-model-alias", model="slope", alias="champion", version="1")
    assert page.aliases == {"champion": "1"}
    heads = list(page.heads["champion"])
    page = change(
        asked, "set-model-alias", model="slope", alias="champion", version="2", based_on=heads
    )
    with pytest.raises(InvalidInput, match="moved meanwhile by ada"):
        change(asked, "set-model-alias", model="slope", alias="champion", based_on=heads)
    assert change(asked, "set-model-alias", model="slope", alias="champion").aliases == {}
    page = change(asked, "move-model-stage", version="slope/1", stage="staging")
    assert [one.stage for one in page.versions] == ["development", "staging"]
    change(asked, "describe-model", target="slope", text="**steep**")
    change(asked, "tag-model", target="slope", key="team", value="cellar")
    change(asked, "set-model-owners", model="slope", owners=["ada"])
    page = change(asked, "deprecate-model", target="slope/1", reason="old")
    assert "<strong>steep</strong>" in page.description_html
    assert (page.tags, page.owners) == ({"team": "cellar"}, ("ada",))
    assert change(asked, "delete-model", target="slope").models == ()


def test_approvals_rest_upon_what_the_book_says(asked: Reader) -> None:
    book = asked.book
    book.leaderboards.save("best", {"metric": "acc"})
    thread = book.threads.start(find_anchor(book, "model:slope@2"), "Shall it go?")
    offered = ask(asked, "model-evidence", version="slope/2").evidence
    told = {one.target.partition(":")[0]: one for one in offered}
    assert set(told) == {"run", "board", "thread"}
    assert told["board"].text == "best: #2 slope 2 has rank 1. (acc 0.5000)"
    change(asked, "protect-model", model="slope", target="@best", approvers=["ada"])
    with pytest.raises(InvalidInput, match="@best of slope is protected"):
        change(asked, "set-model-alias", model="slope", alias="best", version="2")
    page = change(
        asked, "approve-model", version="slope/2", target="@best", reason="It leads.",
        evidence=[one.target for one in offered],
    )  # fmt: skip
    (verdict,) = page.versions[0].verdicts
    assert (verdict.by, verdict.counts, verdict.reason) == ("ada", True, "It leads.")
    assert [one.kind for one in verdict.evidence] == [
        EvidenceKind.RUN, EvidenceKind.BOARD, EvidenceKind.THREAD,
    ]  # fmt: skip
    assert verdict.evidence[2].target == thread.thread_id
    page = change(asked, "set-model-alias", model="slope", alias="best", version="2")
    assert page.aliases["best"] == "2"


def test_comments_and_reviews_are_of_versions(asked: Reader) -> None:
    book = asked.book
    for target, name, version in (
        ("model:slope", "slope", ""),
        ("model:slope@champion", "slope", "2"),
        ("model:slope/1", "slope", "1"),
        ('model:"slope@1"', "slope", "1"),
    ):
        anchor = find_anchor(book, target)
        assert (anchor.kind, anchor.name, anchor.version) == (AnchorKind.MODEL, name, version)
    with pytest.raises(NotFound, match="It has 1, 2 and @champion"):
        find_anchor(book, "model:slope@7")
    review = book.threads.request_review(find_anchor(book, "model:slope@1"), ["grace"])
    assert Titles(book.store).of(review.anchor, "", 0) == "Model slope v1"
