from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from cellbook.book import Book
from tests.cli.conftest import Cli


def test_threads_are_begun_answered_resolved_and_listed(cli: Cli, book: Book) -> None:
    status, out, _ = cli("comments")
    assert (status, out) == (
        0,
        "There are no comments here yet. `cellbook comments add TARGET TEXT` writes one.\n",
    )
    status, out, _ = cli("comments", "add", "1", "why **so**, @grace?", "--label", "question")
    assert status == 0
    assert out.startswith("Run #1 ")
    assert "question" in out
    thread = json.loads(cli("comments", "--json")[1])[0]["thread_id"]
    assert "    because\n" in cli("comments", "reply", thread[-8:], "because")[1]
    assert "resolved" in cli("comments", "resolve", thread, "done")[1]
    assert "  @ada resolved this, just now\n    done" in cli("comments", "show", thread)[1]
    assert cli("comments", "--open")[1] == "No thread is found.\n"
    assert "why **so**" in cli("comments", "list", "run:1", "--resolved")[1]
    cli("comments", "reopen", thread)
    assert "why **so**" in cli("comments", "--open", "--label", "question")[1]
    shown = json.loads(cli("comments", "show", thread, "--json")[1])
    assert [one["event"] for one in shown["comments"]] == ["", "", "resolved", "reopened"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["add", "1"], "takes a target and a text"),
        (["reply", "1"], "takes a thread and a text"),
        (["resolve"], "takes a thread."),
        (["resolve", "nothing"], "no thread 'nothing'"),
        (["add", "run:nothing", "x"], "nothing"),
        (["one", "two"], "There are list, show"),
        (["add", "1", " "], "is empty"),
        (["--limit", "-1"], "--limit -1 is no number of threads"),
        (["add", "1", "x", "--step", "3"], "are of one run"),
        (["add", "1", "x", "--metric", "nosuch"], "has no metric 'nosuch'"),
        (["add", "thread:x", "x", "--step", "3"], "A thread has its place"),
    ],
)
def test_what_cannot_be_done_is_told(cli: Cli, book: Book, words: list[str], told: str) -> None:
    status, _, error = cli("comments", *words)
    assert status == 2
    assert told in error


def test_notices_are_off_until_they_are_set(
    cli: Cli, opened: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELLBOOK_CONFIG_DIR", str(tmp_path / "config"))
    assert cli("comments", "notices") == (0, "Notices: off.\n", "")
    url = "https://hooks.example.org/T0/SECRET"
    told = "Notices: webhook https://hooks.example.org/….\n"
    assert cli("comments", "notices", "--webhook", url)[1] == told
    assert cli("comments", "notices", "--command", "notify-send x")[1] == (
        told.replace(".\n", " and command notify-send.\n")
    )
    assert cli("comments", "notices", "--webhook", "")[1] == "Notices: command notify-send.\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{url}\n"))
    assert told.strip(".\n") in cli("comments", "notices", "--webhook", "-")[1]
    monkeypatch.setenv("CELLBOOK_NOTICES_WEBHOOK", "")
    assert (
        cli("comments", "notices")[1]
        == "Notices: off (as CELLBOOK_NOTICES_WEBHOOK would have it).\n"
    )
    monkeypatch.delenv("CELLBOOK_NOTICES_WEBHOOK")
    assert cli("comments", "notices", "--off")[1] == "Notices: off.\n"
    assert "begins with https" in cli("comments", "notices", "--webhook", "file:///x")[2]
    assert "stands alone" in cli("comments", "notices", "--off", "--command", "x")[2]


def test_a_thread_is_a_target(cli: Cli, book: Book) -> None:
    cli("comments", "add", "1", "why?")
    thread = json.loads(cli("comments", "--json")[1])[0]["thread_id"]
    shown = cli("comments", "add", f"thread:{thread[-8:]}", "so", "--label", "todo")[1]
    assert "    so\n" in shown
    assert "@ada put a label on this: todo" in shown
    assert "resolved" in cli("comments", "resolve", f"thread:{thread}")[1]
    assert cli("comments", "add", "1", "x", "--labl", "y")[0] == 2


def test_what_is_not_there_is_told(cli: Cli, book: Book) -> None:
    for target in ("cell:nosuch", "notebook:nosuch.ipynb", "compare:#1,#1", "/etc/passwd"):
        status, out, error = cli("comments", "add", target, "x")
        assert (status, out) == (2, "")
        assert error.count("\n") == 1
    assert "only those that you began" in cli("comments", "--help")[1].replace("\n", " ")
