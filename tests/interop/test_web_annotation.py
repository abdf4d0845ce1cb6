from __future__ import annotations

import json
from dataclasses import replace

import pytest

from cellbook.book import Book
from cellbook.commenting import merge, newest_text, pack
from cellbook.errors import InvalidInput
from cellbook.interop import web_annotation
from cellbook.records import Anchor, AnchorKind, Author, Quote
from cellbook.store import FolderStore
from tests.interop.annotations import check_collection

ADA, GRACE = Author("ada", "Ada Lovelace"), Author("grace")
CELL = Anchor(AnchorKind.CELL, "a folder/wörk.ipynb", "a b&c", "code", "0" * 16, "x = 1\ny",
              Quote("x = 1", "", "\ny"))  # fmt: skip


@pytest.fixture
def full(opened: Book, log) -> Book:
    """A book with threads on everything, in every state."""
    threads = opened.threads
    run, other = log("one", loss=[1.0, 0.5]), log("two", loss=[2.0])
    begun = threads.start(CELL, "Why, @grace? `x`", labels=["question", "todo"],
                          assigned=["grace"], author=ADA)  # fmt: skip
    said = threads.reply(begun.thread_id, "Because", author=GRACE)
    threads.edit(said.comment_id, "Because of *that*", author=GRACE)
    threads.react(said.comment_id, "👍", author=ADA)
    threads.react(said.comment_id, "🎉", author=ADA)
    threads.react(said.comment_id, "🎉", False, author=ADA)
    gone = threads.reply(begun.thread_id, "Never mind", author=ADA)
    threads.delete(gone.comment_id, author=ADA)
    threads.label(begun.thread_id, "todo", False, author=GRACE)
    threads.resolve(begun.thread_id, author=ADA)
    anchors = [
        Anchor(AnchorKind.NOTEBOOK, "work.ipynb", cells=("a", "b")),
        replace(CELL, kind=AnchorKind.OUTPUT, output=0, quote=None),
        Anchor(AnchorKind.RUN, runs=(run.run_id,)),
        Anchor(AnchorKind.METRIC, runs=(run.run_id,), metric="loss", step=1),
        Anchor(AnchorKind.COMPARISON, runs=(run.run_id, other.run_id)),
        Anchor(AnchorKind.DASHBOARD, name="weekly figures"),
        Anchor(AnchorKind.DATASET, name="iris", version="abc"),
        Anchor(AnchorKind.MODEL, name="forest", version="7"),
        Anchor(AnchorKind.BOARD, name="best", candidate="forest / wide"),
    ]
    for anchor in anchors:
        threads.start(anchor, f"About {anchor.kind}", author=GRACE)
    threads.save_brief(anchors[0], {"question": "Who?", "target": "auc > 0.8"}, author=ADA)
    review = threads.request_review(anchors[2], ["grace"], "Good?", author=ADA)
    threads.review(review.thread_id, "returned", "Leaks", author=GRACE)
    return opened


def exported(book: Book) -> dict:
    found = [book.threads.find(one.thread_id) for one in book.threads.all()]
    made = web_annotation.collection(found, "Comments", book.store.book_id)
    return json.loads(json.dumps(made))


def packed(book: Book) -> dict:
    return pack(book.threads.find(one.thread_id) for one in book.threads.all())


def test_an_export_keeps_the_rules_of_the_model(full):
    items = check_collection(exported(full))
    first, *rest = items
    assert first["motivation"] == ["commenting", "questioning"]
    assert first["creator"] == {"type": "Person", "nickname": "ada", "name": "Ada Lovelace"}
    assert first["target"] == {
        "type": "SpecificResource",
        "source": "a%20folder/w%C3%B6rk.ipynb",
        "selector": {
            "type": "FragmentSelector",
            "conformsTo": "urn:cellbook:fragments",
            "value": "cell-id=a+b%26c",
            "refinedBy": {"type": "TextQuoteSelector", "exact": "x = 1", "suffix": "\ny"},
        },
    }
    assert [body["value"] for body in first["body"]] == ["Why, @grace? `x`", "question"]
    assert rest[0]["motivation"] == "replying"
    assert rest[0]["target"] == first["id"]
    assert rest[0]["body"][0]["value"] == "Because of *that*"
    assert rest[0]["modified"] >= rest[0]["created"]
    assert "body" not in rest[1]
    assert len({item["id"] for item in items}) == len(items)


def test_a_round_trip_equals(full, tmp_path):
    told = web_annotation.read(exported(full), "a.jsonld")
    away = Book(FolderStore(tmp_path / "away" / ".cellbook"))
    merge(away.store, told, source="a.jsonld")
    assert packed(away) == packed(full)
    assert exported(away)["first"]["items"] != []
    again = web_annotation.read(exported(away), "b.jsonld")
    assert not merge(full.store, again, source="b.jsonld", asked=True)
    assert not merge(away.store, told, source="a.jsonld", asked=True)
    away.close()


FOREIGN = {
    "@context": "http://www.w3.org/ns/anno.jsonld",
    "id": "http://example.org/anno1",
    "type": "Annotation",
    "motivation": "commenting",
    "creator": {"id": "http://example.org/user1", "type": "Person", "name": "My Pseudonym",
                "nickname": "pseudo"},
    "created": "2015-10-13T13:00:00Z",
    "modified": "2015-10-14T13:00:00+02:00",
    "body": [
        {"type": "TextualBody", "value": "<p>nice</p>", "format": "text/html"},
        {"type": "TextualBody", "value": "question", "purpose": "tagging"},
    ],
    "target": {"source": "http://example.org/files/work.ipynb",
               "selector": [{"type": "TextQuoteSelector", "exact": "x = 1"}]},
}  # fmt: skip


def test_annotations_of_other_programs_are_read(opened):
    reply = {
        "id": "http://example.org/anno2",
        "type": ["Annotation"],
        "motivation": ["replying"],
        "creator": "http://example.org/people/grace",
        "bodyValue": "Indeed",
        "target": "http://example.org/anno1",
    }
    told = web_annotation.read([FOREIGN, reply], "other.jsonld", "work.ipynb")
    assert merge(opened.store, told, source="other.jsonld").comments == 2
    (thread,) = opened.threads.all()
    assert thread.author == Author("pseudo", "My Pseudonym")
    assert thread.anchor == Anchor(AnchorKind.NOTEBOOK, "work.ipynb", quote=Quote("x = 1"))
    assert thread.labels == {"question": True}
    texts = {newest_text(one) for one in opened.threads.find(thread.thread_id).comments}
    assert texts == {"<p>nice</p>", "Indeed"}
    again = web_annotation.read([FOREIGN, reply], "other.jsonld", "work.ipynb")
    assert not merge(opened.store, again, source="other.jsonld", asked=True)


@pytest.mark.parametrize("name", ["http://example.org/files/work.ipynb#cell-id=abc"])
def test_a_link_to_a_cell_is_its_anchor(name):
    (thread,) = web_annotation.read({**FOREIGN, "target": name}, "x").threads
    assert thread.anchor.kind is AnchorKind.CELL
    assert thread.anchor.cell_id == "abc"


@pytest.mark.parametrize(
    "told",
    [
        None, 3, "x", {}, {"type": "Annotation"}, {**FOREIGN, "created": "yesterday"},
        {**FOREIGN, "id": 3}, {"type": "AnnotationCollection", "first": "http://elsewhere"},
        {**FOREIGN, "target": "http://example.org/anno1", "motivation": "replying"},
        {**FOREIGN, web_annotation.THREAD: {}}, {**FOREIGN, web_annotation.COMMENT: {
            "comment_id": "x"}},
        {**FOREIGN, web_annotation.COMMENT: {"reactions": 3}},
        {**FOREIGN, "body": {"type": "TextualBody", "value": "x" * 100_001}},
        {**FOREIGN, "created": "9999-10-13T13:00:00Z"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(told):
    with pytest.raises(InvalidInput, match=r"comments in x\.jsonld"):
        web_annotation.read(told, "x.jsonld")


def test_an_empty_collection_is_one(opened):
    check_collection(exported(opened))
    assert not web_annotation.read(exported(opened), "x").threads


def test_annotations_about_what_is_not_here_ask_for_a_notebook():
    page = {**FOREIGN, "target": "http://example.org/page.html"}
    for told in (page, FOREIGN):
        with pytest.raises(InvalidInput, match="--notebook NOTEBOOK"):
            web_annotation.read(told, "x.jsonld", "", lambda name: False)
    assert web_annotation.read(FOREIGN, "x.jsonld", "", lambda name: name == "work.ipynb").threads
    with pytest.raises(InvalidInput, match=r"about 'http://example.org/page.html'"):
        web_annotation.read(page, "x.jsonld")
    (thread,) = web_annotation.read(page, "x.jsonld", "a.ipynb").threads
    assert thread.anchor.notebook == "a.ipynb"
