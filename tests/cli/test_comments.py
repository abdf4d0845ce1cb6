from __future__ import annotations

import json

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
    ],
)
def test_what_cannot_be_done_is_told(cli: Cli, book: Book, words: list[str], told: str) -> None:
    status, _, error = cli("comments", *words)
    assert status == 2
    assert told in error
