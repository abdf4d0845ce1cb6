"""Notices, sent to a real server and to a real command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook import delivery
from cellbook.book import Book
from cellbook.commenting import keep_notice_settings, notice_settings
from cellbook.delivery import Destinations
from cellbook.errors import CellbookWarning, InvalidInput
from cellbook.records import Anchor, AnchorKind, Author
from cellbook.views.notices import notice_of
from tests.hooks import Hook

ADA, GRACE, EVE = Author("ada", "Ada <Lovelace>"), Author("grace"), Author("eve")
CELL = Anchor(AnchorKind.CELL, "work.ipynb", "a", "code", "0" * 16, "x = 1")


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    made = Hook()
    monkeypatch.setenv("CELLBOOK_NOTICES_WEBHOOK", made.url)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELLBOOK_CONFIG_DIR", str(tmp_path / "config"))


def say(book: Book) -> None:
    """Say something to somebody, and wait until that was sent or was not."""
    book.threads.start(CELL, "@grace", author=ADA)
    book.notices.settle(20)


def test_what_concerns_somebody_is_sent(opened: Book, hook: Hook) -> None:
    threads = opened.threads
    threads.start(CELL, "To nobody", author=ADA)
    begun = threads.start(CELL, "Why, @grace? api_key = 'sk-abcdefghijklmnopqrstuvwx0123456789'",
                          author=ADA)  # fmt: skip
    threads.reply(begun.thread_id, "Because <!channel>", author=GRACE)
    # A notice is made when its turn comes, of the thread as it is then.
    opened.notices.settle(10)
    threads.assign(begun.thread_id, "eve", author=GRACE)
    threads.assign(begun.thread_id, "eve", author=GRACE)
    run = Anchor(AnchorKind.CHECKPOINT, "work.ipynb", checkpoint="0" * 26)
    review = threads.request_review(run, ["grace"], "Good?", author=ADA)
    threads.review(review.thread_id, "returned", "Leaks", author=GRACE)
    threads.resolve(begun.thread_id, author=ADA)
    opened.notices.settle(10)
    texts = [one["text"] for one in hook.got]
    assert [set(one) for one in hook.got] == [{"path", "text"}] * len(texts)
    end = f" · Cell of work.ipynb · thread:{begun.thread_id[-8:]}"
    assert texts[0].startswith(f"Ada &lt;Lovelace&gt; mentioned @grace{end}\n&gt;"[:30])
    assert texts[0].splitlines()[0] == f"Ada &lt;Lovelace&gt; mentioned @grace{end}"
    assert texts[0].splitlines()[1].startswith("> Why, @grace? api_key = ")
    assert "abcdefghij" not in texts[0]
    assert texts[1] == f"grace answered @ada{end}\n> Because &lt;!channel&gt;"
    assert texts[2] == f"grace assigned @eve{end}"
    assert texts[3].startswith("Ada &lt;Lovelace&gt; asks @grace for a review · ")
    assert texts[4].startswith("grace returned what @ada sent for review · ")
    assert len(texts) == 5


def test_nothing_is_sent_unless_the_user_says_so(
    opened: Book, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CELLBOOK_NOTICES_WEBHOOK")
    opened.threads.start(CELL, "@grace", author=ADA)
    keep_notice_settings(Destinations(hook.url))
    assert (Path(os.environ["CELLBOOK_CONFIG_DIR"]) / "notices.json").stat().st_mode & 0o77 == 0
    opened.threads.start(CELL, "@grace now", author=ADA)
    monkeypatch.setenv("CELLBOOK_NOTICES_WEBHOOK", "")
    opened.threads.start(CELL, "@grace no more", author=ADA)
    opened.notices.settle(10)
    assert [one["text"].splitlines()[-1] for one in hook.got] == ["> @grace now"]


def test_a_slow_webhook_delays_no_comment(opened: Book, hook: Hook) -> None:
    hook.wait = 1.0
    began = time.perf_counter()
    for _ in range(3):
        opened.threads.start(CELL, "@grace", author=ADA)
    assert time.perf_counter() - began < 0.9
    opened.notices.settle(0.1)
    assert time.perf_counter() - began < 1.5
    opened.notices.settle(10)
    assert len(hook.got) == 3


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (500, {}, "the webhook answered 500"),
        (302, {"Location": "http://127.0.0.1:9/elsewhere"}, "the webhook answered 302"),
    ],
)
def test_a_failure_is_told_once_without_the_secret(
    opened: Book, hook: Hook, status: int, headers: dict[str, str], said: str
) -> None:
    hook.status, hook.headers = status, headers
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            say(opened)
    assert [warning.category for warning in caught] == [CellbookWarning]
    assert said in str(caught[0].message)
    assert "SECRET" not in str(caught[0].message)
    assert len(hook.got) == 3


def test_nobody_listens(opened: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELLBOOK_NOTICES_WEBHOOK", "http://127.0.0.1:9/SECRET")
    with pytest.warns(CellbookWarning, match="cannot be reached: Connection refused") as caught:
        say(opened)
    assert "SECRET" not in str(caught[0].message)


def test_a_command_gets_it(opened: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "tell it.py"
    script.write_text(
        "import sys, pathlib\n"
        f"pathlib.Path({str(tmp_path / 'told.json')!r}).write_text(sys.stdin.read())\n"
        "sys.exit(len(sys.argv) - 2)\n"
    )
    command = f"{sys.executable} '{script}' '$(touch {tmp_path}/evil); @x'"
    monkeypatch.setenv("CELLBOOK_NOTICES_COMMAND", command)
    opened.threads.start(CELL, "@grace $(touch evil)", author=ADA)
    opened.notices.settle(20)
    told = json.loads((tmp_path / "told.json").read_text())
    assert told["text"].endswith("> @grace $(touch evil)")
    assert not (tmp_path / "evil").exists()
    monkeypatch.setenv("CELLBOOK_NOTICES_COMMAND", f"{command} more")
    with pytest.warns(CellbookWarning, match="ended with status 1"):
        say(opened)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x/y", "x", "http://", "http://a b/", "https://[", ":"]
)
def test_other_urls_are_refused(opened: Book, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="begins with https"):
        keep_notice_settings(Destinations(url))
    monkeypatch.setenv("CELLBOOK_NOTICES_WEBHOOK", url)
    with pytest.warns(CellbookWarning, match="begins with https"):
        say(opened)


def test_settings_show_no_secret() -> None:
    settings = Destinations("https://user:pw@hooks.example.org/T0/SECRET", "notify --token SECRET")
    keep_notice_settings(settings)
    assert notice_settings({}) == settings
    assert str(settings) == "webhook https://hooks.example.org/… and command notify"
    assert str(Destinations()) == "off"
    with pytest.raises(InvalidInput, match="cannot be read"):
        keep_notice_settings(Destinations(command="'"))
    assert notice_settings({}) == settings


def test_a_process_that_ends_and_its_child_have_sent(tmp_path: Path, hook: Hook) -> None:
    script = (
        "import os, sys, cellbook as cb\n"
        "book = cb.open(sys.argv[1])\n"
        "cb.start_run('one').end()\n"
        "cb.comment('one', '@grace parent')\n"
        "book.notices.settle()\n"
        "if os.fork() == 0:\n"
        "    cb.comment('one', '@grace child')\n"
        "    book.notices.settle()\n"
        "    os._exit(0)\n"
        "os.wait()\n"
        "cb.comment('one', '@grace last')\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, timeout=60)
    assert [one["text"].splitlines()[-1] for one in hook.got] == [
        "> @grace parent", "> @grace child", "> @grace last"
    ]  # fmt: skip


def test_what_concerns_nobody_has_no_text(opened: Book) -> None:
    begun = opened.threads.start(CELL, "Alone", author=ADA)
    (comment,) = opened.threads.find(begun.thread_id).comments
    assert notice_of(opened.store, begun.thread_id, comment.comment_id) == ""
    again = opened.threads.reply(begun.thread_id, "With myself, @ada", author=ADA)
    assert notice_of(opened.store, begun.thread_id, again.comment_id) == ""
    assert delivery.SECONDS <= 10
