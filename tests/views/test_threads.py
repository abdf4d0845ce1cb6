from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cellbook.answers import (
    ThreadsQuery,
    find_anchor,
    is_about,
    is_target,
    list_threads,
    show_brief,
    thread_reader,
)
from cellbook.answers.base import Reader
from cellbook.answers.targets import point_of, read_anchor
from cellbook.answers.threads import BriefBody, BriefQuery, save_brief
from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import (
    Anchor,
    AnchorKind,
    Author,
    Comment,
    Quote,
    Revision,
    SessionKind,
    to_doc,
)
from cellbook.store import create
from cellbook.views.thread_markdown import threads_markdown
from cellbook.views.thread_text import review_text, thread_text, threads_text
from cellbook.views.threads import ThreadsPage
from tests.views.conftest import Log

ADA, GRACE = Author("ada", "Ada Lovelace"), Author("grace")
FIRST, SECOND = "frame = load('train.csv')", "model.fit(frame)"


def write(folder: Path, name: str, cells: dict[str, str]) -> None:
    doc = {
        "cells": [
            {"id": key, "cell_type": "code", "source": [source]} for key, source in cells.items()
        ],
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
    }
    (folder / name).write_text(json.dumps(doc))


@pytest.fixture
def folder(opened: Book) -> Path:
    found = Path(opened.url).parent
    write(found, "work.ipynb", {"a": FIRST, "b": SECOND})
    return found


def page(opened: Book, notebook: str = "work.ipynb", **query: Any) -> ThreadsPage:
    return list_threads(Reader(opened, notebook), ThreadsQuery(**query))


def begin(opened: Book, cell: str = "a", text: str = "why?", **told: Any) -> str:
    given = {"kind": "cell", "cell_id": cell, **told}
    anchor = read_anchor(Reader(opened, "work.ipynb"), given)
    return opened.threads.start(anchor, text, author=ADA).thread_id


def test_a_thread_stands_beside_its_cell(opened: Book, folder: Path) -> None:
    begin(opened, "b", quote="fit")
    (thread,) = page(opened).threads
    assert (thread.anchor.state, thread.anchor.cell_id) == ("found", "b")
    assert thread.anchor.title == "Cell 2 of work.ipynb"
    assert thread.anchor.quote == "fit"
    assert thread.author.initials == "AL"
    assert thread.comments[0].html == "<p>why?</p>\n"


def test_a_renamed_notebook_keeps_its_threads(opened: Book, folder: Path) -> None:
    begin(opened)
    begin(opened, "b", "this cell goes")
    opened.threads.start(find_anchor(opened, "notebook", "work.ipynb"), "all of it", author=ADA)
    opened.threads.save_brief(
        find_anchor(opened, "notebook", "work.ipynb"), {"question": "?"}, author=ADA
    )
    (folder / "work.ipynb").unlink()
    write(folder, "final.ipynb", {"a": FIRST})
    found = {one.anchor.title: one.anchor for one in page(opened, "final.ipynb").threads}
    assert set(found) == {"Cell 1 of final.ipynb", "Cell of final.ipynb", "final.ipynb"}
    assert found["Cell 1 of final.ipynb"].notebook == "final.ipynb"
    assert found["Cell 1 of final.ipynb"].source == ""
    assert found["Cell of final.ipynb"].state == "orphaned"
    assert found["Cell of final.ipynb"].quote == SECOND
    assert show_brief(Reader(opened, "final.ipynb"), BriefQuery()).thread is not None
    assert show_brief(Reader(opened, "other.ipynb"), BriefQuery()).thread_id == ""


def test_copies_of_a_notebook_share_no_brief(opened: Book, folder: Path) -> None:
    def save(notebook: str, text: str) -> None:
        save_brief(Reader(opened, notebook), BriefBody({"question": text}))

    def said(notebook: str) -> list[str]:
        shown = show_brief(Reader(opened, notebook), BriefQuery()).thread
        told = [shown.brief["question"]] if shown is not None else []
        # The list has that brief, and no other one.
        assert [one.brief["question"] for one in page(opened, notebook).threads] == told
        return told

    save("work.ipynb", "Who churns?")
    whole_brief = {"owner": "@ada", "target": "auc > 0.8"}
    save_brief(Reader(opened, "work.ipynb"), BriefBody(whole_brief))
    for copy in ("b.ipynb", "c.ipynb"):
        shutil.copy(folder / "work.ipynb", folder / copy)
        assert said(copy) == []
    (folder / "work.ipynb").unlink()
    # Of one that is gone they show the same, until one of them is given its own.
    assert (said("b.ipynb"), said("c.ipynb")) == (["Who churns?"], ["Who churns?"])
    save_brief(Reader(opened, "b.ipynb"), BriefBody({"question": "Who stays?", "target": ""}))
    mine = show_brief(Reader(opened, "b.ipynb"), BriefQuery()).thread
    assert mine is not None
    assert mine.brief == {"question": "Who stays?", "owner": "@ada"}
    # The other is left alone to be the one that had another name.
    assert (said("b.ipynb"), said("c.ipynb")) == (["Who stays?"], ["Who churns?"])
    save("c.ipynb", "Who pays?")
    shutil.copy(folder / "c.ipynb", folder / "e.ipynb")
    save("b.ipynb", "Who leaves?")
    assert (said("b.ipynb"), said("c.ipynb")) == (["Who leaves?"], ["Who pays?"])
    whole = page(opened, "b.ipynb", scope="book").threads
    assert sorted(one.anchor.title for one in whole) == ["b.ipynb", "c.ipynb"]
    (folder / "b.ipynb").rename(folder / "d.ipynb")
    (folder / "e.ipynb").unlink()
    assert (said("d.ipynb"), said("c.ipynb")) == (["Who leaves?"], ["Who pays?"])


def test_the_whole_book_finds_a_renamed_notebook_that_was_used_since(
    opened: Book, folder: Path
) -> None:
    begin(opened)
    (folder / "work.ipynb").rename(folder / "final.ipynb")
    (lost,) = page(opened, "", scope="book").threads
    assert (lost.anchor.state, lost.anchor.notebook) == ("orphaned", "work.ipynb")
    opened.runs.sessions.describe(SessionKind.KERNEL, "final.ipynb")
    opened.runs.sessions.ensure()
    (found,) = page(opened, "", scope="book").threads
    assert (found.anchor.state, found.anchor.notebook) == ("found", "final.ipynb")
    assert found.anchor.title == "Cell 1 of final.ipynb"


def test_a_copy_says_where_its_threads_are_from(opened: Book, folder: Path) -> None:
    begin(opened)
    shutil.copy(folder / "work.ipynb", folder / "copy.ipynb")
    (here,) = page(opened).threads
    (there,) = page(opened, "copy.ipynb").threads
    assert here.thread_id == there.thread_id
    assert (here.anchor.source, there.anchor.source) == ("", "work.ipynb")
    assert (there.anchor.state, there.anchor.title) == ("found", "Cell 1 of copy.ipynb")


def test_live_cells_count_before_saved_ones(opened: Book, folder: Path) -> None:
    begin(opened)
    lost = json.dumps([["b", "0" * 16]])
    assert page(opened, cells=lost).threads[0].anchor.state == "orphaned"
    assert page(opened, cells=lost, filter="orphaned").total == 1
    sources = json.dumps({"b": f"import pandas\n{FIRST}"})
    (thread,) = page(opened, cells=lost, sources=sources).threads
    assert (thread.anchor.state, thread.anchor.suggestion) == ("suggested", "b")
    for wrong in ("{", "{}", '"a"'):
        with pytest.raises(InvalidInput, match="`cells` is JSON"):
            page(opened, cells=wrong)


def test_a_window_tells_which_cells_were_merged(opened: Book, folder: Path) -> None:
    begin(opened)
    begin(opened, "b")
    merged = json.dumps([["both", "0" * 16, "a", "b"], ["c", "1" * 16]])
    for notebook in ("work.ipynb", "copy.ipynb"):
        found = page(opened, notebook, cells=merged).threads
        assert [(one.anchor.state, one.anchor.cell_id) for one in found] == [("moved", "both")] * 2
        assert {one.anchor.title for one in found} == {f"Cell 1 of {notebook}"}
        # They are taken out of no notebook that has their cells still.
        copied = notebook != "work.ipynb"
        assert {one.anchor.source for one in found} == {"work.ipynb" if copied else ""}


def test_threads_are_filtered_counted_and_put_in_order(opened: Book, folder: Path) -> None:
    first, second = begin(opened), begin(opened, "b", "@grace, look at the LOSS")
    third = begin(opened, text="done")
    opened.threads.reply(first, "so", author=GRACE)
    opened.threads.resolve(third, author=ADA)
    opened.threads.label(second, "question")
    opened.threads.assign(second, "grace")
    listed = page(opened)
    assert [one.thread_id for one in listed.threads] == [first, second, third]
    counts = listed.counts
    assert (counts.all, counts.open, counts.resolved, counts.mine) == (3, 2, 1, 3)
    assert (counts.mentions, counts.unread, counts.orphaned) == (0, 1, 0)
    assert listed.labels == ("question",)
    assert [person.name for person in listed.people] == ["ada", "grace"]
    assert listed.me is not None
    assert listed.me.mine
    for query, expected in (
        ({"filter": "open"}, [first, second]),
        ({"filter": "resolved"}, [third]),
        ({"filter": "unread"}, [first]),
        ({"label": "question"}, [second]),
        ({"query": "loss LOOK"}, [second]),
        ({"query": "cell 2"}, [second]),
        ({"query": "nothing"}, []),
        ({"limit": 1}, [first]),
        ({"limit": 1, "offset": 1}, [second]),
    ):
        found = page(opened, **query)
        assert [one.thread_id for one in found.threads] == expected, query
    assert page(opened, limit=1).more
    with pytest.raises(InvalidInput, match="not filtered by 'best'"):
        page(opened, filter="best")
    with pytest.raises(InvalidInput, match="scope is notebook or book"):
        page(opened, scope="world")


def test_what_grace_sees(opened: Book, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = begin(opened, "b", "@grace, look")
    monkeypatch.setenv("CELLBOOK_USER", "grace")
    seen = page(opened, filter="mentions").threads[0]
    assert (seen.unread, seen.comments[0].unread, seen.comments[0].mine) == (1, True, False)
    opened.threads.mark_read(thread, seen.comments[0].comment_id)
    assert page(opened).counts.unread == 0
    opened.threads.react(seen.comments[0].comment_id, "👍")
    (reaction,) = page(opened).threads[0].comments[0].reactions
    assert (reaction.count, reaction.names, reaction.mine) == (1, ("grace",), True)
    monkeypatch.setenv("CELLBOOK_USER", "alan")
    assert page(opened).counts.unread == 1


def test_the_whole_book_is_listed(opened: Book, folder: Path, log: Log) -> None:
    record = log("wide")
    begin(opened)
    opened.threads.start(find_anchor(opened, "#1"), "good", author=ADA)
    assert page(opened, "").total == 0
    assert page(opened, "", scope="book").total == 2
    assert page(opened, target="run:wide").threads[0].anchor.runs == (record.run_id,)
    run = opened.find_run(1)
    opened.runs.change(run, trashed=True)
    from cellbook.store import remove

    opened.store.commit([remove("runs", run.run_id)])
    (lost,) = page(opened, "", scope="book", filter="orphaned").threads
    assert lost.anchor.title == "A run that was deleted"


def test_long_threads_are_shown_from_their_end(opened: Book, folder: Path) -> None:
    thread = begin(opened)
    for number in range(210):
        opened.threads.reply(thread, f"{number}", author=GRACE)
    (shown,) = page(opened).threads
    assert (len(shown.comments), shown.count, shown.comments[-1].text) == (200, 211, "209")
    whole = thread_reader(Reader(opened, "work.ipynb")).view(opened.threads.find(thread))
    assert len(whole.comments) == 211


def test_what_words_name(opened: Book, folder: Path, log: Log) -> None:
    one, two = log("wide net", acc=1), log("narrow")
    write(folder, "other.ipynb", {"o": "2"})
    with opened.start_run("reads") as run:
        run.log_input("digits", digest="9f2c", labels=["train"])
        run.log_input("digits", digest="77aa", labels=["train", "test set"])
    opened.dashboards.save("weekly", [])
    opened.leaderboards.save("best", {"metric": "acc"})
    for words, kind, fields in (
        ("#1", "run", {"runs": (one.run_id,)}),
        ("wide net", "run", {"runs": (one.run_id,)}),
        ("run:narrow", "run", {"runs": (two.run_id,)}),
        ("compare:#1,narrow", "comparison", {"runs": (one.run_id, two.run_id)}),
        ("dashboard:weekly", "dashboard", {"name": "weekly"}),
        ("board:best", "board", {"name": "best", "candidate": ""}),
        ("board:best/wide net", "board", {"name": "best", "candidate": "wide net"}),
        ("board:best/#1", "board", {"name": "best", "candidate": "wide net"}),
        ("metric:1/acc@0", "metric", {"runs": (one.run_id,), "metric": "acc", "step": 0}),
        ("metric:wide net/acc", "metric", {"runs": (one.run_id,), "metric": "acc", "step": None}),
        ("data:digits@1", "dataset", {"name": "digits", "version": "9f2c"}),
        ("data:digits@train", "dataset", {"version": "77aa"}),
        ('data:"digits@test set"', "dataset", {"version": "77aa"}),
        ("data:digits@9f2c", "dataset", {"version": "9f2c"}),
        ("cell:a", "cell", {"cell_id": "a", "source": FIRST}),
        ("notebook", "notebook", {"notebook": "work.ipynb", "cells": ("a", "b")}),
        ("notebook:other.ipynb", "notebook", {"notebook": "other.ipynb"}),
    ):
        found = find_anchor(opened, words, "work.ipynb")
        assert found.kind == kind
        assert {name: getattr(found, name) for name in fields} == fields
    for words in (
        "run:nothing", "checkpoint:nothing", "data:nothing", "board:no", "board:no/x",
        "board:best/wide mat", "metric:1/los", "metric:nothing/acc", "dashboard:x",
    ):  # fmt: skip
        with pytest.raises(NotFound):
            find_anchor(opened, words)
    for words in (
        "compare:#1", "compare:#1,#1", "compare:#1,wide net", "run:", "cell:", "notebook",
        "metric:1", "metric:1/",
    ):  # fmt: skip
        with pytest.raises(InvalidInput):
            find_anchor(opened, words)
    assert [word for word in ("#1", "run:x", "1", "run:", "http://x", "notebook:", "@a:b", "#a")
            if is_target(word)] == ["#1", "run:x", "notebook:"]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "kind of an anchor is one of notebook, cell"),
        ({"kind": "cell"}, "Which cell"),
        ({"kind": "cell", "cell_id": 1}, "'cell_id' of an anchor cannot be '1'"),
        ({"kind": "run", "runs": [1]}, "is a list of text"),
        ({"kind": "run", "runs": []}, "Which run?"),
        ({"kind": "metric", "runs": ["1"]}, "Which metric?"),
        ({"kind": "comparison", "runs": ["1"]}, "Which runs?"),
        ({"kind": "checkpoint"}, "Which checkpoint?"),
        ({"kind": "model", "name": "a:b"}, "The name of a model holds"),
        ({"target": "notebook", "metric": "acc"}, "are of one run"),
        ({"target": "notebook", "quote": "x"}, "its metric and step alone"),
        ({"kind": "dashboard", "name": ""}, "is empty"),
        ({"kind": "cell", "colour": "red"}, "no 'colour', but kind"),
    ],
)
def test_what_is_no_anchor_is_told(
    opened: Book, folder: Path, told: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_anchor(Reader(opened, "work.ipynb"), told)


def test_what_a_window_names_is_there(opened: Book, folder: Path, log: Log) -> None:
    reader, run = Reader(opened, "work.ipynb"), log("wide", acc=1)
    for kind in ("cell", "output"):
        with pytest.raises(NotFound, match="has a cell 'nosuch'"):
            read_anchor(reader, {"kind": kind, "cell_id": "nosuch"})
        # It was not saved yet, says who has it open; it may be empty.
        assert read_anchor(reader, {"kind": kind, "cell_id": "new", "source": ""}).cell_id == "new"
    point = read_anchor(reader, {"target": "run:wide", "metric": "acc", "step": 0})
    assert (point.kind, point.runs, point.metric, point.step) == (
        AnchorKind.METRIC, (run.run_id,), "acc", 0,
    )  # fmt: skip
    assert read_anchor(reader, {"target": "run:wide", "metric": "", "step": None}).metric == ""


def test_no_other_file_is_looked_into(opened: Book, folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "elsewhere"
    secret.mkdir()
    write(secret, "secret.ipynb", {"s": "password = 1"})
    write(secret, "notes.txt", {"s": "password = 1"})
    reader = Reader(opened, "work.ipynb")
    other = {"kind": "cell", "cell_id": "s", "notebook": str(secret / "secret.ipynb")}
    with pytest.raises(InvalidInput, match="of another notebook"):
        read_anchor(reader, other)
    assert read_anchor(reader, {**other, "source": "x"}).source == "x"
    for name in ("/dev/zero", str(secret / "notes.txt"), str(secret), "no\0ne.ipynb"):
        with pytest.raises((InvalidInput, NotFound)):
            find_anchor(opened, f"notebook:{name}")


def test_a_runs_threads_are_those_of_its_metrics_and_comparisons() -> None:
    about = is_about(Anchor(AnchorKind.RUN, runs=("r",)))
    assert about(Anchor(AnchorKind.METRIC, runs=("r",), metric="acc"))
    assert about(Anchor(AnchorKind.COMPARISON, runs=("q", "r")))
    assert not about(Anchor(AnchorKind.RUN, runs=("q",)))
    acc = is_about(Anchor(AnchorKind.METRIC, runs=("r",), metric="acc"))
    assert not acc(Anchor(AnchorKind.METRIC, runs=("r",), metric="loss"))
    assert acc(Anchor(AnchorKind.METRIC, runs=("r",), metric="acc", step=4))
    point = is_about(Anchor(AnchorKind.METRIC, runs=("r",), metric="acc", step=4))
    assert point(Anchor(AnchorKind.METRIC, runs=("r",), metric="acc", step=4))
    assert not point(Anchor(AnchorKind.METRIC, runs=("r",), metric="acc", step=5))
    assert not point(Anchor(AnchorKind.METRIC, runs=("r",), metric="acc"))
    assert not point(Anchor(AnchorKind.COMPARISON, runs=("q", "r")))
    model = is_about(Anchor(AnchorKind.MODEL, name="m"))
    assert model(Anchor(AnchorKind.MODEL, name="m", version="2"))
    assert not is_about(Anchor(AnchorKind.MODEL, name="m", version="1"))(
        Anchor(AnchorKind.MODEL, name="m", version="2")
    )


def test_threads_as_text(opened: Book, folder: Path, log: Log) -> None:
    log("wide")
    anchor = Anchor(
        AnchorKind.CELL, "work.ipynb", "gone", "code", "1" * 16, "x", Quote("the\nquote")
    )
    thread = opened.threads.start(anchor, "why?\n\nso", labels=["question"], author=ADA)
    answer = opened.threads.reply(thread.thread_id, "no", author=GRACE)
    opened.threads.react(answer.comment_id, "👍", author=ADA)
    opened.threads.edit(answer.comment_id, "yes", author=GRACE)
    gone = opened.threads.reply(thread.thread_id, "oops", author=GRACE)
    opened.threads.delete(gone.comment_id, author=GRACE)
    opened.threads.resolve(thread.thread_id, "done", author=ADA)
    view = page(opened).threads[0]
    assert thread_text(view, view.last_time) == (
        f"Cell of work.ipynb · resolved · question · its place is gone · {thread.thread_id[-8:]}\n"
        "  > the\n  > quote\n"
        "  @ada, just now\n    why?\n    \n    so\n"
        "  @grace, just now, edited  👍 1\n    yes\n"
        "  @grace, just now\n    (deleted)\n"
        "  @ada resolved this, just now\n    done"
    )
    for number in range(3):
        begin(opened, text=f"{number}")
    assert threads_text(page(opened, limit=1)).endswith("… and 3 threads more")


def test_text_steers_no_terminal_and_tells_what_came_with_a_file(
    opened: Book, folder: Path
) -> None:
    thread = begin(opened, quote="a\x1b]0;title\x07b")
    sly = Revision("\x1b[2Jgone\x9b1m \u202egpj.exe\ttab\r\nend", 1)
    came = Comment(
        opened.store.new_id(),
        thread,
        Author("grace", "Gr\x1bace"),
        1,
        {opened.store.new_id(): sly},
        imported="n\x1b.ipynb",
    )
    opened.store.commit([create("comments", came.comment_id, to_doc(came))])
    shown = page(opened)
    for text in (threads_text(shown), threads_markdown(shown.threads, "All\x1b")):
        assert not [one for one in text if one != "\n" and one != "\t" and not one.isprintable()]
        assert "\\x1b[2Jgone" in text
        assert "\\u202egpj.exe\ttab\n" in text
    assert ", came with n\\x1b.ipynb" in threads_text(shown)


def test_a_review_says_who_approved_and_who_is_waited_for(opened: Book, log: Log) -> None:
    log("wide")
    anchor = find_anchor(opened, "run:wide")
    asked = opened.threads.request_review(anchor, ["lin", "grace"], author=ADA).thread_id

    def told() -> str:
        (shown,) = page(opened, scope="book").threads
        return review_text(shown)

    assert told() == "review requested of @grace, @lin"
    opened.threads.review(asked, "approved", author=Author("lin"))
    assert told() == "review approved by @lin, waits for @grace"
    opened.threads.resolve(asked, author=ADA)
    assert told() == "review approved by @lin, waits for @grace, resolved without approval"
    opened.threads.review(asked, "returned", "no", author=GRACE)
    assert told() == "review returned by @grace, approved by @lin"
    opened.threads.review(asked, "approved", author=GRACE)
    assert told() == "review approved by @lin, @grace"


def test_what_is_not_there_is_told_with_the_nearest(
    opened: Book, folder: Path, log: Log, tmp_path_factory: pytest.TempPathFactory
) -> None:
    log("wide net", accuracy=1)
    (folder / "sub").mkdir()
    write(folder, "sub/deep.ipynb", {"never-ran": "x = 1"})
    outside = tmp_path_factory.mktemp("outside")
    write(outside, "outside.ipynb", {"o": "1"})
    found = find_anchor(opened, "cell:never-ran")
    assert (found.notebook, found.source) == ("sub/deep.ipynb", "x = 1")
    assert find_anchor(opened, "notebook:deep.ipynb", "sub/a.ipynb").notebook == "sub/deep.ipynb"
    for words, told in (
        ("cell:nevr-ran", r"has a cell 'nevr-ran'. Did you mean cell:never-ran?"),
        ("cell:nothing-like-it", r"Save the notebook first if it is new"),
        ("notebook:wrk.ipynb", r"Did you mean notebook:work.ipynb?"),
        ("notebook:zzz", r"Name the file"),
    ):
        with pytest.raises(NotFound, match=told):
            find_anchor(opened, words)
    for name in (str(outside / "outside.ipynb"), f"../{outside.name}/outside.ipynb"):
        with pytest.raises(InvalidInput, match="the book's folder"):
            find_anchor(opened, f"notebook:{name}")
    run = find_anchor(opened, "#1")
    with pytest.raises(NotFound, match=r"Run #1 has no metric 'accuracies'. Did you mean 'accur"):
        point_of(opened, run, "accuracies")
    with pytest.raises(InvalidInput, match="of one run"):
        point_of(opened, find_anchor(opened, "notebook:work.ipynb"), "accuracy")
    with opened.start_run("curve") as curve:
        for step in (10, 20, 30):
            curve.log_metric("loss", 1.0, step=step)
    run = find_anchor(opened, "run:curve")
    # One between two points may be meant: curves are thinned.
    assert point_of(opened, run, "loss", 13).step == 13
    for step in (-1, 4000):
        with pytest.raises(NotFound, match=f"has no step {step}: its curve goes from 10 to 30"):
            point_of(opened, run, "loss", step)


def test_a_cell_that_was_lost_is_still_a_target(opened: Book, folder: Path) -> None:
    thread = begin(opened)
    write(folder, "work.ipynb", {"b": "y = 2"})
    assert [one.thread_id for one in page(opened, target="cell:a").threads] == [thread]


def test_notebooks_of_the_same_name_are_told_apart(opened: Book, folder: Path) -> None:
    for name in ("one", "two"):
        (folder / name).mkdir()
        write(folder, f"{name}/train.ipynb", {f"{name}-a": "x = 1"})
        opened.threads.start(find_anchor(opened, f"cell:{name}-a"), "?", author=ADA)
    begin(opened)
    titles = {one.anchor.title for one in page(opened, "", scope="book").threads}
    assert titles == {"Cell 1 of one/train.ipynb", "Cell 1 of two/train.ipynb",
                      "Cell 1 of work.ipynb"}  # fmt: skip
