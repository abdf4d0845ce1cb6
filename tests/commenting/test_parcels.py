"""Threads that travel between two books."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook.book import Book
from cellbook.commenting import merge, newest_text, pack, unpack
from cellbook.commenting.readers import seen_by
from cellbook.commenting.reviews import review_state
from cellbook.errors import InvalidInput
from cellbook.records import Anchor, AnchorKind, Author
from cellbook.store import FolderStore, milliseconds

ADA, GRACE, EVE = Author("ada", "Ada Lovelace"), Author("grace"), Author("eve")
CELL = Anchor(AnchorKind.CELL, "work.ipynb", "a", "code", "0" * 16, "x = 1")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Book]:
    made = Book(FolderStore(tmp_path / "home" / ".cellbook"))
    yield made
    made.close()


@pytest.fixture
def away(tmp_path: Path) -> Iterator[Book]:
    made = Book(FolderStore(tmp_path / "away" / ".cellbook"))
    yield made
    made.close()


def packed(book: Book) -> dict:
    threads = book.threads
    found = [threads.find(thread.thread_id) for thread in threads.all()]
    # As a file brings it.
    return json.loads(json.dumps(pack(found, "work.ipynb")))


def carry(source: Book, target: Book, asked: bool = False):
    told = unpack(packed(source), "work.ipynb")
    done = merge(target.store, told, source="work.ipynb", notebook="mail/work.ipynb", asked=asked)
    again = merge(target.store, told, source="work.ipynb", notebook="mail/work.ipynb", asked=asked)
    assert not again
    return done


def texts(book: Book) -> list[str]:
    (thread,) = book.threads.all()
    return [newest_text(comment) for comment in book.threads.find(thread.thread_id).comments]


def test_a_parcel_arrives_whole_and_is_marked(home, away):
    begun = home.threads.start(CELL, "Why, @grace?", labels=["question"], author=ADA)
    said = home.threads.reply(begun.thread_id, "Because", author=GRACE)
    home.threads.edit(said.comment_id, "Because of you", author=GRACE)
    home.threads.react(said.comment_id, "👍", author=ADA)
    done = carry(home, away)
    assert (done.threads, done.comments, done.changed, done.left_out) == (1, 2, 0, 0)
    (thread,) = away.threads.all()
    assert thread.imported == "work.ipynb"
    assert thread.anchor.notebook == "mail/work.ipynb"
    assert thread.labels == begun.labels
    first, second = away.threads.find(thread.thread_id).comments
    assert first.mentions == ("grace",)
    assert len(second.revisions) == 2
    assert newest_text(second) == "Because of you"
    assert second.reactions["👍"]["ada"].given
    assert second.imported == "work.ipynb"
    assert away.threads.people() == [ADA, GRACE]


def test_nobody_edits_or_deletes_what_came_with_a_notebook(home, away):
    home.threads.start(CELL, "Mine", author=ADA)
    carry(home, away)
    (thread,) = away.threads.all()
    (comment,) = away.threads.find(thread.thread_id).comments
    for change in (
        lambda: away.threads.edit(comment.comment_id, "Yours", author=ADA),
        lambda: away.threads.delete(comment.comment_id, author=ADA),
    ):
        with pytest.raises(InvalidInput, match=r"came with work\.ipynb"):
            change()
    assert texts(away) == ["Mine"]


def test_edits_and_tombstones_follow(home, away):
    begun = home.threads.start(CELL, "One", author=ADA)
    gone = home.threads.reply(begun.thread_id, "Two", author=ADA)
    carry(home, away)
    (first, _) = home.threads.find(begun.thread_id).comments
    home.threads.edit(first.comment_id, "One, better", author=ADA)
    old = packed(home)
    home.threads.delete(gone.comment_id, author=ADA)
    assert carry(home, away).changed == 2
    assert texts(away) == ["One, better", ""]
    # An older copy brings nothing back.
    assert not merge(away.store, unpack(old, "old.ipynb"), source="old.ipynb", asked=True)
    assert texts(away) == ["One, better", ""]
    assert packed(away) == {
        **packed(home),
        "threads": [
            {**one, "anchor": {**one["anchor"], "notebook": "mail/work.ipynb"}}
            for one in packed(home)["threads"]
        ],
    }


def test_answers_come_back_and_stand_behind(home, away):
    begun = home.threads.start(CELL, "Question", author=ADA)
    carry(home, away)
    away.threads.reply(begun.thread_id, "Answer", author=GRACE)
    away.threads.resolve(begun.thread_id, "Done", author=GRACE)
    home.threads.reply(begun.thread_id, "Anyone?", author=ADA)
    # Opened, it brings what was said; that it be resolved, somebody has to ask for.
    done = carry(away, home)
    assert (done.comments, done.changed, done.left_out) == (1, 0, 1)
    assert done.left == {"resolved": 1}
    assert not home.threads.all()[0].resolved
    done = carry(away, home, asked=True)
    assert (done.comments, done.changed, done.left_out) == (1, 1, 0)
    assert sorted(texts(home)) == ["Answer", "Anyone?", "Done", "Question"]
    assert home.threads.all()[0].resolved
    assert not home.threads.all()[0].imported
    home.threads.reopen(begun.thread_id, "No", author=ADA)
    carry(home, away)
    assert not away.threads.all()[0].resolved
    assert texts(home) == texts(away)


def test_an_opened_notebook_changes_nothing_that_was_written_here(home, away):
    begun = home.threads.start(CELL, "Mine", author=ADA)
    theirs = packed(home)
    (comment,) = theirs["comments"]
    (revision,) = comment["revisions"].values()
    comment["revisions"]["7" + home.store.new_id()[1:]] = {**revision, "text": "Forged"}
    with pytest.raises(InvalidInput):
        unpack(theirs, "evil.ipynb")
    comment["revisions"].popitem()
    comment["revisions"][home.store.new_id()] = {**revision, "text": "Forged"}
    theirs["threads"][0]["labels"] = {"decision": True}
    done = merge(home.store, unpack(theirs, "evil.ipynb"), source="evil.ipynb")
    assert not done
    assert done.left == {"edited": 1, "label": 1}
    comment["deleted"] = revision["time"]
    done = merge(home.store, unpack(theirs, "evil.ipynb"), source="evil.ipynb")
    assert not done
    assert texts(home) == ["Mine"]
    assert home.threads.all() == [begun]
    # A person who asks for it has it.
    assert merge(home.store, unpack(theirs, "evil.ipynb"), source="evil.ipynb", asked=True)
    assert texts(home) == [""]


def test_an_opened_notebook_approves_nothing(home):
    run = Anchor(AnchorKind.CHECKPOINT, "work.ipynb", checkpoint="0" * 26)
    begun = home.threads.request_review(run, ["grace"], author=EVE)
    theirs = packed(home)
    theirs["comments"].append(
        {
            "comment_id": home.store.new_id(),
            "thread": begun.thread_id,
            "author": {"name": "grace"},
            "time": begun.time,
            "event": "approved",
        }
    )
    done = merge(home.store, unpack(theirs, "evil.ipynb"), source="evil.ipynb")
    assert (done.left_out, bool(done)) == (1, False)
    found = home.threads.find(begun.thread_id)
    assert review_state(found.comments, ["grace"]).state == "requested"
    assert not found.thread.resolved


def test_what_came_with_a_file_is_new_to_whoever_is_said_to_have_written_it(home, away):
    begun = home.threads.start(CELL, "Mine", author=ADA)
    carry(home, away)
    away.threads.reply(begun.thread_id, "Forged", author=ADA)
    carry(away, home)
    found = home.threads.find(begun.thread_id)
    forged = found.comments[-1]
    assert found.unread("ada", seen_by(home.store, "ada")) == {forged.comment_id}
    home.threads.mark_read(begun.thread_id, forged.comment_id, author=ADA)
    assert found.unread("ada", seen_by(home.store, "ada")) == frozenset()


def test_a_forged_id_of_long_ago_is_unread(home):
    begun = home.threads.start(CELL, "Mine", author=ADA)
    said = home.threads.reply(begun.thread_id, "Yes", author=GRACE)
    home.threads.mark_read(begun.thread_id, said.comment_id, author=ADA)
    theirs = packed(home)
    old = {**theirs["comments"][0], "comment_id": "0" * 26, "author": {"name": "eve"}}
    theirs["comments"].append(old)
    merge(home.store, unpack(theirs, "evil.ipynb"), source="evil.ipynb")
    found = home.threads.find(begun.thread_id)
    assert found.unread("ada", seen_by(home.store, "ada")) == {"0" * 26}


def test_a_text_that_came_with_a_file_says_so(home, away):
    begun = home.threads.start(CELL, "One", author=ADA)
    carry(home, away)
    (first,) = home.threads.find(begun.thread_id).comments
    home.threads.edit(first.comment_id, "Two", author=ADA)
    theirs = packed(home)
    key = home.store.new_id()
    theirs["comments"][0]["revisions"][key] = {"text": "Three", "time": begun.time}
    merge(home.store, unpack(theirs, "said.jsonld"), source="said.jsonld", asked=True)
    (first,) = home.threads.find(begun.thread_id).comments
    assert [first.revisions[one].imported for one in sorted(first.revisions)] == [
        "", "", "said.jsonld",
    ]  # fmt: skip
    # Elsewhere, nobody is told what it came with here.
    assert "said.jsonld" not in json.dumps(packed(home))


def test_the_newest_entry_says_which_labels_there_are(home, away):
    begun = home.threads.start(CELL, "Mine", labels=["todo"], author=ADA)
    carry(home, away)
    away.threads.label(begun.thread_id, "decision", author=GRACE)
    away.threads.label(begun.thread_id, "todo", False, author=GRACE)
    away.threads.assign(begun.thread_id, "ada", author=GRACE)
    done = carry(away, home)
    assert (bool(done), done.left) == (False, {"label": 2, "assignment": 1})
    assert home.threads.all()[0].labels == {"todo": True}
    carry(away, home, asked=True)
    (thread,) = home.threads.all()
    assert (thread.labels, thread.assigned) == (
        {"todo": False, "decision": True}, {"ada": True},
    )  # fmt: skip
    home.threads.label(begun.thread_id, "todo", author=ADA)
    carry(away, home, asked=True)
    assert home.threads.all()[0].labels["todo"]
    carry(home, away)
    assert away.threads.all()[0].labels == home.threads.all()[0].labels


def test_what_is_left_out_without_an_entry_is_named(home, away):
    begun = home.threads.save_brief(
        Anchor(AnchorKind.NOTEBOOK, "work.ipynb"), {"question": "Why?"}, author=ADA
    )
    theirs = packed(home)
    theirs["threads"][0] |= {"labels": {"decision": True}, "brief": {"question": "Forged?"}}
    done = merge(home.store, unpack(theirs, "evil.ipynb"), source="evil.ipynb")
    assert (bool(done), done.left) == (False, {"brief": 1, "label": 1})
    # What is only older is no change.
    old = packed(home)
    home.threads.label(begun.thread_id, "todo", author=ADA)
    home.threads.save_brief(begun.anchor, {"question": "How?"}, author=ADA)
    done = merge(home.store, unpack(old, "old.ipynb"), source="old.ipynb")
    assert (bool(done), done.left_out) == (False, 0)
    assert home.threads.find(begun.thread_id).comments[-1].about == "Question: How?"


def test_an_approval_that_arrives_is_one_of_those_that_were_asked_for(home, away):
    run = Anchor(AnchorKind.CHECKPOINT, "work.ipynb", checkpoint="0" * 26)
    begun = home.threads.request_review(run, ["grace", "lin"], author=EVE)
    carry(home, away)
    away.threads.review(begun.thread_id, "approved", author=GRACE)
    carry(away, home, asked=True)
    assert not home.threads.all()[0].resolved
    away.threads.review(begun.thread_id, "approved", author=Author("lin"))
    carry(away, home, asked=True)
    assert home.threads.all()[0].resolved


def test_an_id_is_nobody_elses(home, away):
    """Another comment under the id of one that is there changes nothing, asked for or not."""
    begun = home.threads.start(CELL, "Mine", author=ADA)
    theirs = packed(home)
    theirs["comments"][0]["author"] = {"name": "eve"}
    theirs["comments"][0]["revisions"][home.store.new_id()] = {"text": "Forged", "time": begun.time}
    for asked in (False, True):
        done = merge(home.store, unpack(theirs, "e.ipynb"), source="e.ipynb", asked=asked)
        assert (bool(done), done.left_out) == (False, 1)
    assert texts(home) == ["Mine"]


def test_people_keep_the_names_by_which_a_book_knows_them(home, away):
    away.threads.start(CELL, "Here", author=GRACE)
    begun = home.threads.start(CELL, "There", author=Author("grace", "Somebody Else"))
    carry(home, away)
    assert away.threads.people() == [GRACE]
    assert begun.thread_id in {one.thread_id for one in away.threads.all()}


def test_an_answer_is_later_than_what_it_answers_where_clocks_disagree(home, away, monkeypatch):
    real = time.time_ns
    with monkeypatch.context() as ahead:
        ahead.setattr(time, "time_ns", lambda: real() + 240 * 10**9)
        begun = home.threads.start(CELL, "From the future", author=ADA)
    carry(home, away)
    away.threads.reply(begun.thread_id, "Now", author=GRACE)
    assert texts(away) == ["From the future", "Now"]


def test_a_parcel_from_far_ahead_does_not_set_the_clock(home, away, monkeypatch):
    real = time.time_ns
    with monkeypatch.context() as ahead:
        ahead.setattr(time, "time_ns", lambda: real() + 3_600 * 10**9)
        home.threads.start(CELL, "From the future", author=ADA)
    carry(home, away)
    assert milliseconds(away.store.new_id()) <= real() // 1_000_000 + 1000


def _damaged(told: dict) -> Iterator[tuple[str, object]]:
    def changed(*path, value):
        copied = copy.deepcopy(told)
        at = copied
        for key in path[:-1]:
            at = at[key]
        if value is ...:
            del at[path[-1]]
        else:
            at[path[-1]] = value
        return copied

    yield "no object", [told]
    yield "no version", changed("version", value=...)
    yield "version is a flag", changed("version", value=True)
    yield "later", changed("version", value=2)
    yield "no lists", changed("threads", value={})
    yield "twice", changed("comments", value=told["comments"] * 2)
    yield "no thread", changed("threads", value=[])
    yield "no id", changed("comments", 0, "comment_id", value="../../etc")
    yield "future", changed("comments", 0, "comment_id", value="7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
    yield "no author", changed("comments", 0, "author", value=...)
    yield "author", changed("comments", 0, "author", "name", value="<img src=x>")
    yield "display", changed("comments", 0, "author", "display_name", value="a\u202e\nb")
    yield "time", changed("comments", 0, "time", value=-1)
    yield "time text", changed("comments", 0, "time", value="now")
    yield "time real", changed("comments", 0, "time", value=1.5)
    yield "event", changed("comments", 0, "event", value="promoted")
    yield "revisions", changed("comments", 0, "revisions", value=[1])
    yield "revision id", changed("comments", 0, "revisions", value={"x": {"text": "", "time": 1}})
    yield "long", changed("comments", 0, "revisions", told["revision"], "text", value="x" * 100_001)
    reaction = {"<b>": {"a": {"given": True, "time": 1}}}
    yield "emoji", changed("comments", 0, "reactions", value=reaction)
    yield "kind", changed("threads", 0, "kind", value="admin")
    yield "anchor", changed("threads", 0, "anchor", value="cell")
    yield "anchor kind", changed("threads", 0, "anchor", "kind", value="door")
    yield "step", changed("threads", 0, "anchor", "step", value=True)
    yield "label", changed("threads", 0, "labels", value={"": True})
    yield "label long", changed("threads", 0, "labels", value={"x" * 51: True})
    yield "label flag", changed("threads", 0, "labels", value={"x": "yes"})
    yield "assigned", changed("threads", 0, "assigned", value={"a b": True})
    yield "brief", changed("threads", 0, "brief", value={"x": "y"})
    yield "source", changed("threads", 0, "anchor", "source", value="x" * 20_001)


def test_what_is_damaged_is_refused_whole(home, away):
    begun = home.threads.start(CELL, "Mine", author=ADA)
    told = packed(home)
    told["revision"] = next(iter(told["comments"][0]["revisions"]))
    unpack(told, "work.ipynb")
    for what, damaged in _damaged(told):
        with pytest.raises(
            InvalidInput, match=r"The comments in work\.ipynb cannot be read"
        ) as said:
            unpack(damaged, "work.ipynb")
        assert "\n" not in str(said.value), what
        assert len(str(said.value)) < 500, what
    assert begun


def test_a_deep_parcel_is_refused():
    nested: object = {}
    for _ in range(50_000):
        nested = {"a": nested}
    with pytest.raises(InvalidInput):
        unpack({"version": 1, "threads": [nested], "comments": []}, "x.ipynb")


@pytest.mark.parametrize("name", ["/dev/zero", "../../secret.ipynb", "a\nb.ipynb"])
def test_a_notebook_elsewhere_is_nobodys(home, name):
    home.threads.start(CELL, "Mine", author=ADA)
    told = packed(home)
    told["threads"][0]["anchor"]["notebook"] = name
    (thread,) = unpack(told, "x.ipynb").threads
    assert "/" not in thread.anchor.notebook
    assert thread.anchor.notebook.isprintable()
