from __future__ import annotations

import time
from typing import Any

import pytest

from cellbook import widgets
from cellbook.book import Book
from cellbook.errors import InvalidInput
from cellbook.records import Author
from cellbook.widgets.live import threads_widget
from cellbook.widgets.threads import ThreadsPanel, comments
from tests.hostile import HOSTILE
from tests.views.conftest import Log, log, opened

__all__ = ["log", "opened"]


def test_threads_are_shown_gone_through_and_taken_as_a_table(opened: Book, log: Log) -> None:
    run = log("wide <net>", acc=1.0)
    from cellbook.fluent import comment

    thread = comment(run, "why **so**?", labels=["question"], metric="acc", step=0)
    opened.threads.reply(thread.thread_id, "<b>because</b>", author=Author("grace"))
    for target, text in ((run, None), (object(), "x"), (None, "x")):
        with pytest.raises(InvalidInput, match="A comment is"):
            comment(target, text)
    found = comments(run, filter="open", label="question")
    assert isinstance(found, widgets.ThreadsPanel)
    assert len(found) == 1
    assert [one.thread_id for one in found] == [thread.thread_id]
    assert found[0].anchor.title == "Run #1 wide <net> · acc at step 0"
    assert "Run #1 wide &lt;net&gt; · acc at step 0" in found.html
    assert "<strong>so</strong>" in found.html
    assert "&lt;b&gt;because&lt;/b&gt;" in found.html
    assert "why **so**?" in found.text
    frame = found.to_frame()
    assert list(frame.author) == ["ada", "grace"]
    assert list(frame.about) == [found[0].anchor.title] * 2
    assert len(comments("run:1", query="nothing").to_frame()) == 0
    assert "No thread is found." in comments(1, filter="resolved").html
    opened.threads.delete(found[0].comments[0].comment_id)
    opened.threads.resolve(thread.thread_id)
    html = comments().html
    assert ">deleted<" in html
    assert "resolved this" in html


def test_the_live_panel_begins_with_its_threads(opened: Book, log: Log) -> None:
    log("wide")
    opened.threads.start(_anchor(opened), "so?")
    panel = ThreadsPanel(opened, {"scope": "book"}, "work.ipynb").widget
    ((name, query, answer),) = panel.first
    assert (panel.kind, name, query["scope"]) == ("threads", "threads", "book")
    assert panel.state["notebook"] == ""  # The kernel knows.
    assert '"so?"' in answer
    body = {"anchor": {"kind": "notebook"}, "text": "from the panel"}
    assert b"from the panel" in panel.change("start-thread", body)
    assert opened.threads.all()[-1].anchor.notebook == "work.ipynb"


@pytest.mark.alone
def test_a_live_panel_hears_of_a_new_comment(
    opened: Book, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    log("wide")
    thread = opened.threads.start(_anchor(opened), "so?")
    panel = threads_widget(opened, {"scope": "book"})
    heard: list[dict[str, Any]] = []
    monkeypatch.setattr(panel, "send", lambda content, buffers=(): heard.append(content))
    opened.threads.reply(thread.thread_id, "yes")
    deadline = time.monotonic() + 2
    while not heard and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "comments" in heard[0]["changed"]


def test_hostile_comments_stand_still_in_a_page(opened: Book, log: Log) -> None:
    log("wide")
    for text in HOSTILE[:40]:
        opened.threads.start(_anchor(opened), text)
    html = comments(limit=500).html
    assert html.count('class="cb-thread') == 40
    assert "<script" not in html.lower()
    assert "<img" not in html.lower()


def _anchor(opened: Book) -> Any:
    from cellbook.answers import find_anchor

    return find_anchor(opened, "#1")
