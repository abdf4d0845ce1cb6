"""Events of models, sent to a real server and a real command."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cellbook.book import Book
from cellbook.delivery import Destinations
from cellbook.errors import CellbookWarning, InvalidInput
from cellbook.records import Evidence, EvidenceKind, ModelEventKind
from cellbook.registry.telling import (
    Hooks,
    keep_model_destinations,
    keep_told_kinds,
    model_destinations,
    told_kinds,
)
from cellbook.views.model_notices import told_event
from tests.hooks import Hook
from tests.registry.conftest import line

X = np.array([[1.0], [2.0]])


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch, ada: str) -> Iterator[Hook]:
    made = Hook()
    monkeypatch.setenv("CELLBOOK_MODELS_WEBHOOK", made.url)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELLBOOK_CONFIG_DIR", str(tmp_path / "config"))


def test_events_arrive_and_are_in_the_log(book: Book, hook: Hook) -> None:
    seen = [Evidence(EvidenceKind.BOARD, "best", "rank 1 <of> 3")]
    book.models.log(line(1), "slope", input_example=X, alias="champion")
    book.models.approve("slope/1", "staging", reason="Good.", evidence=seen, by="lin")
    book.models.move_stage("slope/1", "staging", reason="Since it is & was good.")
    book.models.describe("slope", "Not one of those that are sent.")
    book.models.hooks.settle(20)
    assert [one["text"] for one in hook.got] == [
        "ada registered 1 · model slope",
        "ada moved @champion to 1 · model slope",
        "lin approved 1 for staging · model slope (Good.)\n> rank 1 &lt;of&gt; 3",
        "ada brought 1 from development to staging · model slope (Since it is &amp; was good.)",
    ]
    moved = hook.got[1]
    assert (moved["kind"], moved["subject"], moved["version"]) == ("alias", "champion", "1")
    assert moved["book"] == book.store.book_id
    log = book.models.hooks.log()
    assert [(one.state, one.attempts, one.where) for one in log] == [
        ("delivered", 1, "http://127.0.0.1/…")
    ] * 4
    assert "SECRET" not in str([doc for _, _, doc in book.store.select("model_deliveries")])


def test_what_fails_is_tried_again(book: Book, hook: Hook) -> None:
    hooks = Hooks(book.store, lambda event: told_event(book.store, event), print, (0.05, 0.05))
    book.models.on_events = hooks.tell
    hook.status = 500
    book.models.log(line(1), "slope", input_example=X)
    while not hook.got:
        time.sleep(0.005)
    hook.status = 200
    hooks.settle(20)
    (log,) = hooks.log()
    assert log.state == "delivered"
    assert 2 <= log.attempts == len(hook.got) <= 3


def test_what_was_given_up_is_sent_when_somebody_asks(book: Book, hook: Hook) -> None:
    said: list[str] = []
    hooks = Hooks(book.store, lambda event: told_event(book.store, event), said.append, (0.01,))
    book.models.on_events = hooks.tell
    hook.status = 503
    book.models.log(line(1), "slope", input_example=X)
    book.models.set_alias("slope/1", "champion")
    hooks.settle(20)
    assert [(one.state, one.attempts, one.problem) for one in hooks.log()] == [
        ("failed", 2, "the webhook answered 503")
    ] * 2
    assert len(said) == 1
    assert "the webhook answered 503" in said[0]
    assert "SECRET" not in said[0]
    hook.status = 200
    assert hooks.retry() == 2
    hooks.settle(20)
    assert {one.state for one in hooks.log()} == {"delivered"}
    assert hooks.retry() == 0


def test_a_slow_webhook_delays_nothing(book: Book, hook: Hook) -> None:
    book.models.log(line(1), "slope", input_example=X)
    book.models.hooks.settle(20)
    hook.wait = 2.0
    begun = time.monotonic()
    book.models.set_alias("slope/1", "champion")
    assert time.monotonic() - begun < 1
    # As of a process that ended meanwhile, it is known what was still to be sent.
    assert book.models.hooks.log()[0].state == "pending"
    book.models.hooks.settle(20)
    assert book.models.hooks.log()[0].state == "delivered"


def test_a_command_gets_the_same(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = tmp_path / "got.json"
    code = f"import sys; open({str(keep)!r}, 'w').write(sys.stdin.read())"
    monkeypatch.setenv("CELLBOOK_MODELS_COMMAND", f'{sys.executable} -c "{code}"')
    book.models.log(line(1), "slope", input_example=X)
    book.models.hooks.settle(20)
    assert json.loads(keep.read_text())["kind"] == "registered"
    assert book.models.hooks.log()[0].where == sys.executable


def test_settings_are_the_users(book: Book, hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CELLBOOK_MODELS_WEBHOOK")
    assert not model_destinations()
    keep_model_destinations(Destinations(hook.url))
    assert model_destinations() == Destinations(hook.url)
    assert str(model_destinations()) == "webhook http://127.0.0.1/…"
    keep_told_kinds("alias, stage")
    assert told_kinds() == (ModelEventKind.ALIAS, ModelEventKind.STAGE)
    book.models.log(line(1), "slope", input_example=X, alias="champion")
    book.models.hooks.settle(20)
    assert [one["kind"] for one in hook.got] == ["alias"]
    with pytest.raises(InvalidInput, match="There is no event"):
        keep_told_kinds("aliases")


def test_nothing_is_kept_where_nothing_is_sent(book: Book) -> None:
    book.models.log(line(1), "slope", input_example=X)
    assert book.models.hooks.log() == []
    with pytest.raises(InvalidInput, match="Nothing says where events go"):
        book.models.hooks.retry()


def test_one_warning_says_that_nothing_arrives(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELLBOOK_MODELS_COMMAND", "/nowhere/at/all")
    book.models.hooks._waits = ()
    with pytest.warns(CellbookWarning, match=r"could not be sent .No such file"):
        registered_and_told(book)


def registered_and_told(book: Book) -> None:
    book.models.log(line(1), "slope", input_example=X)
    book.models.hooks.settle(20)
