"""Endpoints on record: what they say of themselves, and what is seen of those that say nothing."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from cellbook.book import Book
from cellbook.registry.endpoints import (
    Answering,
    EndpointNote,
    digests_served,
    endpoints_of,
    read_endpoints,
)

_SERVES = """
import sys, time
from pathlib import Path
from cellbook.book import look_into
from cellbook.registry.endpoints import Answering, EndpointNote
book = look_into(Path(sys.argv[1]))
note = EndpointNote(book.store, "line", "http://127.0.0.1:1", records=True)
note.tell("single", [Answering("champion", "models:/line", "V1", "sha256:aa", 1.0, False)])
print("serving", flush=True)
time.sleep(600)
"""


def arm(version: str, name: str = "champion", weight: float = 1.0) -> Answering:
    return Answering(name, "models:/line@champion", version, f"sha256:{version}", weight, False)


def test_when_where_who_and_which_arms_until_when(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELLBOOK_USER", "ada")
    note = EndpointNote(book.store, "line", "http://127.0.0.1:80", workers=2, records=True)
    assert read_endpoints(book.store) == []
    note.tell("single", [arm("V1")])
    (seen,) = read_endpoints(book.store)
    one = seen.endpoint
    assert (one.name, one.address, one.workers, one.records) == (
        "line", "http://127.0.0.1:80", 2, True,
    )  # fmt: skip
    assert (one.by, one.strategy, seen.alive, seen.end) == ("ada", "single", True, None)
    assert digests_served(book.store) == {"sha256:V1"}
    note.tell("canary", [arm("V1", weight=0.9), arm("V2", "canary", 0.1)])
    note.tell("single", [arm("V2")])
    (seen,) = read_endpoints(book.store)
    arms = list(seen.endpoint.arms.values())
    assert [(one.arm, one.version, one.weight) for one in arms] == [
        ("champion", "V1", 1.0),
        ("champion", "V1", 0.9),
        ("canary", "V2", 0.1),
        ("champion", "V2", 1.0),
    ]
    assert [one.until is None for one in arms] == [False, False, False, True]
    assert [one.endpoint.name for one in endpoints_of(book.store, ["V1"])] == ["line"]
    assert endpoints_of(book.store, ["V3"]) == []
    note.end()
    (seen,) = read_endpoints(book.store)
    assert (seen.alive, seen.killed) == (False, False)
    assert seen.until(list(seen.endpoint.arms.values())[-1]) == seen.end
    assert digests_served(book.store) == set()


def test_said_again_is_no_change_but_a_sign_of_life(book: Book) -> None:
    note = EndpointNote(book.store, "line", "http://127.0.0.1:80")
    note.tell("single", [arm("V1")])
    stamps = book.store.stamps()
    for _ in range(3):
        note.tell("single", [arm("V1")])
    assert book.store.stamps() == stamps


def test_a_killed_one_is_seen_as_ended_when_it_was_seen_last(book: Book) -> None:
    command = [sys.executable, "-c", _SERVES, str(book.store.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        assert serving.stdout.readline() == "serving\n"
        (seen,) = endpoints_of(book.store, ["V1"])
        assert seen.alive
        serving.kill()
    (seen,) = endpoints_of(book.store, ["V1"])
    assert (seen.alive, seen.killed) == (False, True)
    assert seen.end is not None
    assert abs(seen.end - time.time() * 1000) < 60_000
    assert digests_served(book.store) == set()
