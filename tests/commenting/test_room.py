from __future__ import annotations

import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cellbook import book as books
from cellbook.book import Book, look_into
from cellbook.commenting import AuthorUnknown, Threads, newest_text
from cellbook.commenting.readers import seen_by
from cellbook.commenting.reviews import review_state
from cellbook.errors import Ambiguous, InvalidInput, NotFound
from cellbook.records import Anchor, AnchorKind, Author, Thread, ThreadKind

ADA, GRACE = Author("ada", "Ada Lovelace"), Author("grace")
CELL = Anchor(AnchorKind.CELL, "work.ipynb", "a", "code", "0" * 16, "x = 1")


@pytest.fixture
def threads(opened: Book) -> Threads:
    return opened.threads


@pytest.fixture
def begun(threads: Threads) -> Thread:
    return threads.start(CELL, "Why?", labels=["question"], author=ADA)


def texts(threads: Threads, thread: Thread) -> list[str]:
    return [newest_text(comment) for comment in threads.find(thread.thread_id).comments]


def test_a_thread_is_begun_and_answered(threads: Threads, begun: Thread) -> None:
    answer = threads.reply(begun.thread_id, "Because, @Ada. @new", author=GRACE)
    found = threads.find(begun.thread_id)
    assert found.thread == begun
    assert found.thread.anchor == CELL
    assert found.thread.labels == {"question": True}
    assert [newest_text(comment) for comment in found.comments] == ["Why?", "Because, @Ada. @new"]
    assert found.comments[1] == answer
    assert answer.mentions == ("ada", "new")
    assert threads.people() == [ADA, GRACE]
    assert threads.find(begun.thread_id[-8:].lower()).thread == begun


def test_an_edit_keeps_what_was_said_before(threads: Threads, begun: Thread) -> None:
    first = threads.find(begun.thread_id).comments[0]
    threads.edit(first.comment_id, "Why not, @grace?", author=ADA)
    edited = threads.edit(first.comment_id, "Why then?", author=ADA)
    assert newest_text(edited) == "Why then?"
    said = [edited.revisions[key].text for key in sorted(edited.revisions)]
    assert said == ["Why?", "Why not, @grace?", "Why then?"]
    assert edited.mentions == ()


def test_nobody_changes_what_another_one_said(threads: Threads, begun: Thread) -> None:
    first = threads.find(begun.thread_id).comments[0].comment_id
    with pytest.raises(InvalidInput, match=r"@ada's and cannot be edited by @grace. Reply"):
        threads.edit(first, "mine", author=GRACE)
    with pytest.raises(InvalidInput, match=r"cannot be deleted by @grace"):
        threads.delete(first, author=GRACE)
    assert texts(threads, begun) == ["Why?"]


def test_a_deleted_comment_leaves_a_tombstone(threads: Threads, begun: Thread) -> None:
    first = threads.find(begun.thread_id).comments[0].comment_id
    threads.react(first, "👍", author=GRACE)
    gone = threads.delete(first, author=ADA)
    assert (gone.deleted is not None, gone.revisions, gone.reactions) == (True, {}, {})
    assert texts(threads, begun) == [""]
    with pytest.raises(InvalidInput, match="was deleted"):
        threads.edit(first, "back", author=ADA)
    with pytest.raises(InvalidInput, match="was deleted"):
        threads.react(first, "👍", author=GRACE)


def test_resolving_and_reopening_is_told_in_the_thread(threads: Threads, begun: Thread) -> None:
    assert threads.resolve(begun.thread_id, "Fixed.", author=GRACE).resolved
    # Somebody else did so at the same time.
    assert threads.resolve(begun.thread_id, author=ADA).resolved
    assert not threads.reopen(begun.thread_id, author=ADA).resolved
    told = [(one.event, one.author.name) for one in threads.find(begun.thread_id).comments]
    assert told == [("", "ada"), ("resolved", "grace"), ("reopened", "ada")]
    event = threads.find(begun.thread_id).comments[1]
    with pytest.raises(InvalidInput, match="stays on record"):
        threads.delete(event.comment_id, author=GRACE)


def test_reactions_labels_and_people_are_put_on_and_taken_off(
    threads: Threads, begun: Thread
) -> None:
    first = threads.find(begun.thread_id).comments[0].comment_id
    threads.react(first, "👍", author=ADA)
    threads.react(first, "👍", author=GRACE)
    found = threads.react(first, "👍", False, author=ADA)
    assert {name: one.given for name, one in found.reactions["👍"].items()} == {
        "ada": False,
        "grace": True,
    }
    both = threads.label(begun.thread_id, "todo", author=GRACE)
    assert both.labels == {"question": True, "todo": True}
    assert threads.label(begun.thread_id, "todo", False, author=ADA).labels["todo"] is False
    assert threads.assign(begun.thread_id, "@Ada", author=GRACE).assigned == {"ada": True}
    off = threads.assign(begun.thread_id, "ada", False, author=ADA)
    assert off.assigned == {"ada": False}


def test_labels_and_assignments_say_who_did_it(threads: Threads, begun: Thread) -> None:
    for author in (GRACE, ADA):  # The second time, nothing happens.
        threads.label(begun.thread_id, "todo", author=author)
        threads.assign(begun.thread_id, "ada", author=author)
    threads.label(begun.thread_id, "todo", False, author=ADA)
    threads.assign(begun.thread_id, "ada", False, author=ADA)
    told = [
        (one.author.name, one.event, one.about, one.revisions, one.mentions)
        for one in threads.find(begun.thread_id).comments[1:]
    ]
    assert told == [
        ("grace", "labelled", "todo", {}, ()),
        ("grace", "assigned", "@ada", {}, ()),
        ("ada", "unlabelled", "todo", {}, ()),
        ("ada", "unassigned", "@ada", {}, ()),
    ]


@pytest.mark.parametrize("emoji", ["", "a", "<b>", "12", "👍" * 20, "👍 x", "#"])
def test_only_an_emoji_is_a_reaction(threads: Threads, begun: Thread, emoji: str) -> None:
    first = threads.find(begun.thread_id).comments[0].comment_id
    with pytest.raises(InvalidInput, match="is no emoji"):
        threads.react(first, emoji, author=ADA)


@pytest.mark.parametrize("emoji", ["❤️", "👩‍🔬", "🇫🇷", "1️⃣", "✅", "👍🏽"])
def test_emojis_of_several_parts_are_reactions(threads: Threads, begun: Thread, emoji: str) -> None:
    first = threads.find(begun.thread_id).comments[0].comment_id
    assert threads.react(first, emoji, author=ADA).reactions[emoji]["ada"].given


def test_a_thread_is_hung_on_something_else(threads: Threads, begun: Thread) -> None:
    run = Anchor(AnchorKind.RUN, runs=("01K8",))
    assert threads.reattach(begun.thread_id, run, author=GRACE).anchor == run
    assert threads.find(begun.thread_id).comments[-1].event == "attached"


def test_a_thread_that_followed_its_cell_is_nobodys_news(threads: Threads, begun: Thread) -> None:
    seen = frozenset(one.comment_id for one in threads.find(begun.thread_id).comments)
    merged = Anchor(AnchorKind.CELL, "work.ipynb", "both", source="x = 1\n\ny = 2")
    for who in (ADA, GRACE):
        # Two windows that show one document see the same.
        moved = threads.reattach(begun.thread_id, merged, followed=True, author=who)
        assert moved.anchor == replace(merged, former=("a",))
    found = threads.find(begun.thread_id)
    assert [one.event for one in found.comments] == ["", "followed"]
    assert found.unread("grace", seen) == frozenset()


def test_a_thread_knows_all_cells_that_it_followed(threads: Threads, begun: Thread) -> None:
    for cell in ("both", "all", "both"):
        merged = Anchor(AnchorKind.CELL, "work.ipynb", cell)
        threads.reattach(begun.thread_id, merged, followed=True, author=ADA)
    assert threads.find(begun.thread_id).thread.anchor.former == ("a", "all")


def test_what_was_read_is_kept_for_each_person(
    threads: Threads, begun: Thread, opened: Book
) -> None:
    first = threads.find(begun.thread_id).comments[0].comment_id
    answer = threads.reply(begun.thread_id, "yes", author=GRACE)
    threads.mark_read(begun.thread_id, answer.comment_id, author=ADA)
    threads.mark_read(begun.thread_id, first, author=ADA)  # A window that is late.
    assert seen_by(opened.store, "ada") == {answer.comment_id}
    # Who answers has read what stands above.
    assert seen_by(opened.store, "grace") == {first}
    found = threads.find(begun.thread_id)
    assert found.unread("grace", {first}) == frozenset()
    assert found.unread("alan", ()) == {first, answer.comment_id}
    assert found.unread("alan", {first}) == {answer.comment_id}
    stamp = opened.store.stamps()["readers"]
    threads.mark_read(begun.thread_id, answer.comment_id, author=ADA)
    assert opened.store.stamps()["readers"] == stamp


def test_what_arrives_late_is_unread(opened: Book, begun: Thread, tmp_path: Path) -> None:
    """From another laptop comes what was written before that which was read here."""
    other = copy_of(opened, tmp_path / "laptop")
    early = other.threads.reply(begun.thread_id, "written first", author=GRACE)
    other.close()
    time.sleep(0.005)
    late = opened.threads.reply(begun.thread_id, "written later", author=GRACE)
    opened.threads.mark_read(begun.thread_id, late.comment_id, author=ADA)
    merge(opened, other)
    found = opened.threads.find(begun.thread_id)
    assert early.comment_id < late.comment_id
    assert found.unread("ada", seen_by(opened.store, "ada")) == {early.comment_id}


def test_approvals_in_two_copies_are_done_with_when_they_meet(opened: Book, tmp_path: Path) -> None:
    run = Anchor(AnchorKind.RUN, runs=("01K8",))
    asked = opened.threads.request_review(run, ["grace", "lin"], author=ADA)
    other = copy_of(opened, tmp_path / "laptop")
    opened.threads.review(asked.thread_id, "approved", author=GRACE)
    other.threads.review(asked.thread_id, "approved", author=Author("lin"))
    other.close()
    assert not opened.threads.find(asked.thread_id).thread.resolved
    merge(opened, other)
    assert opened.threads.find(asked.thread_id).thread.resolved
    assert [one.resolved for one in opened.threads.all()] == [True]
    opened.threads.reopen(asked.thread_id, author=ADA)
    assert not opened.threads.find(asked.thread_id).thread.resolved


def test_a_review_is_approved_by_those_who_were_asked(threads: Threads) -> None:
    run = Anchor(AnchorKind.RUN, runs=("01K8",))
    asked = threads.request_review(run, ["@grace", "alan"], "Good enough?", author=ADA)
    assert asked.kind is ThreadKind.REVIEW
    assert threads.find(asked.thread_id).comments[0].mentions == ("grace", "alan")
    with pytest.raises(InvalidInput, match="asked of @alan, @grace, not of @ada"):
        threads.review(asked.thread_id, "approved", author=ADA)
    with pytest.raises(InvalidInput, match="Give the reason"):
        threads.review(asked.thread_id, "returned", " ", author=GRACE)
    threads.review(asked.thread_id, "returned", "It leaks.", author=GRACE)

    def state() -> tuple[str, str]:
        found = threads.find(asked.thread_id)
        told = review_state(found.comments, ["alan", "grace"])
        assert found.thread.resolved == (told.state == "approved")
        return told.state, told.by

    assert state() == ("returned", "grace")
    alan = Author("alan")
    threads.review(asked.thread_id, "approved", author=alan)
    assert state() == ("returned", "grace")
    assert threads.asked_of_me(author=alan) == []
    with pytest.raises(InvalidInput, match="approved of it already"):
        threads.review(asked.thread_id, "approved", author=alan)
    threads.review(asked.thread_id, "approved", "Now it does not.", author=GRACE)
    assert state() == ("approved", "grace")
    told = threads.find(asked.thread_id).comments
    assert [one.event for one in told] == ["requested", "returned", "approved", "approved"]
    with pytest.raises(InvalidInput, match="run, a checkpoint or a model"):
        threads.request_review(CELL, ["grace"], author=ADA)
    with pytest.raises(InvalidInput, match="Who is to review"):
        threads.request_review(run, [], author=ADA)


def test_the_first_of_two_approvals_is_not_the_last(threads: Threads) -> None:
    run = Anchor(AnchorKind.RUN, runs=("01K8",))
    asked = threads.request_review(run, ["grace", "alan"], author=ADA).thread_id
    assert not threads.review(asked, "approved", author=GRACE).resolved
    found = review_state(threads.find(asked).comments, ["alan", "grace"])
    assert (found.state, found.by, found.approved) == ("requested", "ada", ("grace",))
    assert threads.asked_of_me(author=GRACE) == []
    assert [one.thread_id for one in threads.asked_of_me(author=Author("alan"))] == [asked]
    assert threads.review(asked, "approved", author=Author("alan")).resolved


def test_nobody_approves_of_their_own_work_alone(threads: Threads) -> None:
    run = Anchor(AnchorKind.RUN, runs=("01K8",))
    alone = threads.request_review(run, ["ada"], author=ADA).thread_id
    with pytest.raises(InvalidInput, match="Ask somebody else"):
        threads.review(alone, "approved", author=ADA)
    threads.assign(alone, "grace")
    assert not threads.review(alone, "approved", author=ADA).resolved


def test_only_what_was_asked_for_is_reviewed(threads: Threads, begun: Thread) -> None:
    with pytest.raises(InvalidInput, match="Nobody asked"):
        threads.review(begun.thread_id, "approved", author=ADA)


def test_a_brief_is_saved_field_by_field(threads: Threads) -> None:
    work = Anchor(AnchorKind.NOTEBOOK, "work.ipynb", cells=("a", "b"))
    threads.save_brief(work, {"question": "Which?", "owner": "@ada"}, author=ADA)
    brief = threads.save_brief(work, {"target": "acc > 0.9"}, author=GRACE)
    assert brief.kind is ThreadKind.BRIEF
    assert brief.brief == {"question": "Which?", "owner": "@ada", "target": "acc > 0.9"}
    told = threads.find(brief.thread_id).comments
    assert [(one.event, one.author.name) for one in told] == [("brief", "ada"), ("brief", "grace")]
    threads.save_brief(work, {"target": "acc > 0.9"}, author=ADA)  # Nothing new.
    assert len(threads.find(brief.thread_id).comments) == 2
    assert threads.briefs() == [brief]
    with pytest.raises(InvalidInput, match="has no 'budget', but question"):
        threads.save_brief(work, {"budget": "1"}, author=ADA)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("x" * 100_001, "has 100,001 bytes"),
    ],
)
def test_what_cannot_be_said_is_told(threads: Threads, text: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told):
        threads.start(CELL, text, author=ADA)
    assert threads.all() == []


def test_a_text_is_kept_as_it_was_written(threads: Threads) -> None:
    text = "\n\n    indented\n\ud800 ü <b>"
    thread = threads.start(CELL, text, author=ADA)
    assert texts(threads, thread) == ["    indented\n\\ud800 ü <b>"]


def test_what_is_not_there_is_told(threads: Threads, opened: Book, begun: Thread) -> None:
    with pytest.raises(NotFound, match="no thread 'x'"):
        threads.find("x")
    with pytest.raises(NotFound, match="no comment"):
        threads.edit(begun.thread_id, "x", author=ADA)
    two = [f"{letter}{begun.thread_id[1:]}" for letter in "AB"]
    from cellbook.store import create

    opened.store.commit([create("threads", name, {}) for name in two])
    with pytest.raises(Ambiguous, match="Give more"):
        threads.find(begun.thread_id[-10:])


def test_who_writes_must_be_known(opened: Book) -> None:
    nobody = Threads(opened.store, lambda: None)
    with pytest.raises(AuthorUnknown, match="CELLBOOK_USER"):
        nobody.start(CELL, "who?")
    assert opened.threads.start(CELL, "I")
    assert opened.threads.people() == [Author("ada")]  # As the tests' environment says.


_WRITES = """
import sys
from cellbook import book
from cellbook.commenting import newest_text
from cellbook.records import Author
url, who, thread = sys.argv[1:]
opened = book.open(url)
print(flush=True)
sys.stdin.readline()
for number in range(1000):
    text = f"{who} {number}"
    if number % 50 == 0:
        # Whoever answers names the newest comment that they have read.
        last = opened.threads.find(thread).comments[-1]
        text += f" after {last.comment_id}"
    opened.threads.reply(thread, text, author=Author(who))
book.close_all()
"""


def test_two_processes_write_a_thousand_comments_each(opened: Book, begun: Thread) -> None:
    writing = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITES, opened.url, who, begun.thread_id],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in ("grace", "alan")
    ]
    for process in writing:
        assert process.stdout is not None
        process.stdout.readline()
    for process in writing:
        process.communicate("\n", timeout=100)
        assert process.returncode == 0
    comments = opened.threads.find(begun.thread_id).comments[1:]
    said = [newest_text(comment).partition(" after ") for comment in comments]
    for who in ("grace", "alan"):
        mine = [text for text, _, _ in said if text.startswith(who)]
        assert mine == [f"{who} {number}" for number in range(1000)]
    assert len(comments) == 2000
    assert len({comment.comment_id for comment in comments}) == 2000
    # What was read stands above what answers it.
    for comment, (_, _, read) in zip(comments, said, strict=True):
        assert read < comment.comment_id
    both = {comment.author.name for comment in comments[:1500]}
    assert both == {"grace", "alan"}


def copy_of(opened: Book, folder: Path) -> Book:
    shutil.copytree(opened.url, folder / ".cellbook")
    return look_into(folder / ".cellbook")


def merge(one: Book, other: Book) -> None:
    """Copy the files that either has and the other has not, as a sync of folders does."""
    for source, target in ((one, other), (other, one)):
        shutil.copytree(
            Path(source.url) / "journal",
            Path(target.url) / "journal",
            dirs_exist_ok=True,
            copy_function=_copy_missing,
        )


def _copy_missing(source: str, target: str) -> None:
    there = Path(target)
    if not there.exists() or there.stat().st_size < Path(source).stat().st_size:
        shutil.copy2(source, target)


def test_two_laptops_that_meet_have_the_union(opened: Book, begun: Thread, tmp_path: Path) -> None:
    first = opened.threads.find(begun.thread_id).comments[0].comment_id
    mine = opened.threads.reply(begun.thread_id, "so?", author=ADA)
    other = copy_of(opened, tmp_path / "laptop")
    opened.threads.reply(begun.thread_id, "here", author=ADA)
    other.threads.reply(begun.thread_id, "there", author=GRACE)
    opened.threads.react(first, "👍", author=ADA)
    other.threads.react(first, "👍", author=GRACE)
    opened.threads.label(begun.thread_id, "todo", author=ADA)
    other.threads.label(begun.thread_id, "decision", author=GRACE)
    opened.threads.mark_read(begun.thread_id, first, author=ADA)
    other.threads.mark_read(begun.thread_id, mine.comment_id, author=ADA)
    # Deleted here, and edited there, later: it stays deleted.
    opened.threads.delete(mine.comment_id, author=ADA)
    time.sleep(0.005)
    other.threads.edit(mine.comment_id, "so what?", author=ADA)
    second = other.threads.start(CELL, "another", author=GRACE)
    other.close()
    merge(opened, other)
    again = look_into(Path(other.url))
    for one in (opened, again):
        found = one.threads.find(begun.thread_id)
        assert [newest_text(c) for c in found.comments if not c.event] == [
            "Why?", "", "here", "there",
        ]  # fmt: skip
        assert {name for name, given in found.comments[0].reactions["👍"].items()} == {
            "ada",
            "grace",
        }
        assert set(found.thread.labels) == {"question", "todo", "decision"}
        assert [thread.thread_id for thread in one.threads.all()] == [
            begun.thread_id,
            second.thread_id,
        ]
        assert one.threads.comment(mine.comment_id).deleted is not None
        assert one.threads.people() == [ADA, GRACE]
    again.close()
    books.close_all()


@pytest.mark.parametrize("text", ["\x1b[31mred", "a\0b"])
def test_what_steers_terminals_is_no_comment(threads: Threads, text: str) -> None:
    with pytest.raises(InvalidInput, match="escape or NUL"):
        threads.start(CELL, text, author=ADA)


def test_a_brief_that_says_nothing_is_none(threads: Threads) -> None:
    work = Anchor(AnchorKind.NOTEBOOK, "work.ipynb")
    with pytest.raises(InvalidInput, match="would say nothing"):
        threads.save_brief(work, {"question": " "}, author=ADA)
    assert threads.briefs() == []
    threads.save_brief(work, {"question": "Which?"}, author=ADA)
    # What is there can be taken out again.
    assert threads.save_brief(work, {"question": ""}, author=ADA).brief == {"question": ""}
