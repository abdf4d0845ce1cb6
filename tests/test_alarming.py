"""Alarm rules of endpoints: kept, shown windows, and sent to a real webhook and command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cellbook import book as books
from cellbook.alarming import Watch, keep_alarm, take_alarms
from cellbook.book import Book
from cellbook.cli import main
from cellbook.errors import InvalidInput, NotFound, StoreError, StoreReadOnly
from cellbook.monitoring import Alarms, Predictions, References
from tests.hooks import Hook
from tests.registry.conftest import book, opened

__all__ = ["book", "opened"]

HOUR = 3_600_000
RULE = "accuracy < 0.8 for 2 of 3, cool-down 2h"


@pytest.fixture(autouse=True)
def closed_books() -> Iterator[None]:
    """Leave no book open that the command opened in this process."""
    yield
    books.close_all()


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    made = Hook()
    monkeypatch.setenv("CELLBOOK_ALARMS_WEBHOOK", made.url)
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELLBOOK_CONFIG_DIR", str(tmp_path / "config"))


def hours(book: Book, *shares: float, first: int = 0) -> None:
    """Record an hour of predictions for each share of them that is right; hours end in the past."""
    predictions = Predictions(book.store)
    log = predictions.log("credit")
    start = time.time_ns() // 1_000_000 // HOUR - 20 + first
    for hour, share in enumerate(shares):
        x = [float(place) for place in range(200)]
        ids = log.log({"x": x}, {"prediction": [1] * 200}, time_ms=(start + hour) * HOUR)
        log.flush()
        right = {one: int(place < share * 200) for place, one in enumerate(ids)}
        predictions.label("credit", right)
    log.close()


def taken_and_settled(book: Book) -> None:
    take_alarms(book, "credit")
    book.alarm_hooks.settle(20)


def test_a_first_look_goes_back_to_a_window_that_counts(book: Book) -> None:
    keep_alarm(book, "credit", "accuracy < 0.8 for 1 of 1, 150 rows")
    hours(book, 0.5)
    log = Predictions(book.store).log("credit")
    start = (time.time_ns() // 1_000_000 // HOUR - 18) * HOUR
    ids = log.log({"x": [1.0]}, {"prediction": [1]}, time_ms=start)
    log.close()
    Predictions(book.store).label("credit", dict.fromkeys(ids, 1))
    steps = [one.step.value for one in take_alarms(book, "credit")]
    assert steps[0] == "raised"
    assert len(steps) == 2


def test_an_endpoint_that_falls_silent_breaks_a_rule_on_rows(book: Book) -> None:
    keep_alarm(book, "credit", "rows < 10 for 3 of 3, 0 rows")
    hours(book, 0.9)
    hours(book, 0.9, first=3)
    told = take_alarms(book, "credit")
    # Of the twenty hours since then, three are looked at first.
    assert [one.step.value for one in told if one.tell] == ["raised"]
    assert {one.reading.value for one in told} == {0.0}
    assert take_alarms(book, "credit") == []


def test_an_alarm_is_raised_sent_and_logged_once(book: Book, hook: Hook) -> None:
    keep_alarm(book, "credit", RULE)
    hours(book, 0.9, 0.7, 0.6, 0.5)
    told = [one for one in take_alarms(book, "credit") if one.tell]
    assert [one.step.value for one in told] == ["raised"]
    book.alarm_hooks.settle(20)
    (sent,) = hook.got
    assert sent["text"].startswith("credit: alarm raised · accuracy is 0.6: the rule 'accuracy")
    assert "&lt;" not in sent["text"]
    assert (sent["endpoint"], sent["value"], sent["rows"]) == ("credit", 0.6, 200)
    (log,) = book.alarm_hooks.log()
    assert (log.state, log.subject, log.event) == ("delivered", "credit", told[0].event_id)
    assert Alarms(book.store, "credit").events()[1].delivery == "on its way"
    # What was looked at is not looked at again; what comes is, and the cool-down holds.
    assert take_alarms(book, "credit") == []
    hours(book, 0.5, first=4)
    assert [one.step.value for one in take_alarms(book, "credit")] == ["still"]
    hours(book, 0.9, 0.95, first=5)
    steps = [one.step.value for one in take_alarms(book, "credit")]
    assert steps == ["quiet", "cleared"]


def test_what_fails_is_sent_again_when_somebody_asks(
    book: Book, hook: Hook, capsys: pytest.CaptureFixture[str]
) -> None:
    book.alarm_hooks._waits = ()
    hook.status = 500
    keep_alarm(book, "credit", "rows above 10")
    hours(book, 0.9)
    with pytest.warns(UserWarning, match="An alarm could not be sent"):
        taken_and_settled(book)
    assert book.alarm_hooks.log()[0].state == "failed"
    hook.status = 200
    assert main(["alarms", "--retry", "--book", str(book.folder)]) == 0
    assert "1 alarm sent again" in capsys.readouterr().out
    assert len(hook.got) == 2


def test_what_a_killed_process_had_to_send_is_sent_by_the_next(book: Book, hook: Hook) -> None:
    keep_alarm(book, "credit", "rows above 10")
    hours(book, 0.9)
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom cellbook import alarming\n"
        "from cellbook.book import look_into\n"
        "book = look_into(Path(sys.argv[1]))\n"
        "book.alarm_hooks.send = lambda letters: os.kill(os.getpid(), 9)\n"
        "alarming.take_alarms(book, 'credit')\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(book.store.root)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert hook.got == []
    (event,) = take_alarms(book, "credit")
    book.alarm_hooks.settle(20)
    assert [one["event"] for one in hook.got] == [event.event_id]
    assert take_alarms(book, "credit") == []


def test_labels_that_come_late_are_waited_for(book: Book) -> None:
    rule = keep_alarm(book, "credit", "accuracy < 0.8, 50 rows, after 1d")
    assert (rule.after, rule.least_rows) == (86_400, 50)
    hours(book, 0.5)
    assert take_alarms(book, "credit") == []
    keep_alarm(book, "credit", "accuracy < 0.8, 50 rows, after 1h", "soon")
    assert [one.rule for one in take_alarms(book, "credit")] == ["soon"]


def test_windows_have_the_length_that_a_rule_says(book: Book) -> None:
    keep_alarm(book, "credit", "rows above 300 on 1 of 2 windows of 2h")
    hours(book, *[0.9] * 6)
    (first, *_) = take_alarms(book, "credit")
    assert first.reading.rows in (200, 400)
    assert "windows of 2h" in first.message or first.step.value == "kept"


def test_drift_needs_something_to_compare_with(book: Book) -> None:
    keep_alarm(book, "credit", "drift")
    hours(book, 0.9)
    with pytest.raises(InvalidInput, match="compares credit with nothing"):
        take_alarms(book, "credit")
    References(book.store).keep("credit", {"x": [float(one) for one in range(1_000, 2_000)]})
    (event,) = take_alarms(book, "credit")
    assert event.step.value == "raised"


@pytest.mark.parametrize(
    "rule", ["beauty below 3", "estimated:accuracy below 0.9", "psi below 1", "accuracy", "drift:"]
)
def test_a_rule_that_nobody_can_read_is_refused(book: Book, rule: str) -> None:
    with pytest.raises(InvalidInput):
        keep_alarm(book, "credit", rule)
    with pytest.raises(NotFound, match="has no alarm rule"):
        take_alarms(book, "credit")


def test_the_command(
    book: Book, hook: Hook, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    hours(book, 0.9, 0.7, 0.6)
    place = ["--book", str(book.folder)]

    def said(*words: str, status: int = 0) -> str:
        assert main([*words, *place]) == status
        return capsys.readouterr().out

    assert "There is no alarm rule" in said("alarms")
    assert "not looked at yet" in said("alarms", "credit", "--add", RULE, "--name", "good")
    assert "alarm raised · accuracy is 0.6" in said("monitor", "credit", "--check", status=1)
    assert "ALARM, 2 of 3 broken" in said("alarms")
    assert "broken in 2 of 3" in said("alarms", "credit", "--events", "--csv")
    assert '"signal": "accuracy"' in said("alarms", "--json")
    book.alarm_hooks.settle(20)
    assert "'credit' has no alarm rule" in said("alarms", "credit", "--drop", "good")
    assert main(["alarms", "--add", RULE, *place]) == 2
    assert "Name the endpoint" in capsys.readouterr().err
    assert "Alarms: webhook http://127.0.0.1/…" in said("alarms", "--command", "true")
    assert "delivered" in said("alarms", "--off")


def test_watch_looks_again_until_interrupted(book: Book, hook: Hook) -> None:
    keep_alarm(book, "credit", RULE)
    hours(book, 0.9)
    command = [sys.executable, "-m", "cellbook", "monitor", "credit", "--watch", "--every", "1s"]
    environment = {**os.environ, "CELLBOOK_URL": book.url}
    process: Any = subprocess.Popen(
        command, cwd=book.folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        hours(book, 0.5, 0.5, first=1)
        assert "alarm raised" in process.stdout.readline()
        for _ in range(200):
            if hook.got:
                break
            time.sleep(0.1)
        assert len(hook.got) == 1
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        process.stdout.close()


def test_watch_waits_for_the_first_predictions_and_says_so_once(book: Book) -> None:
    keep_alarm(book, "credit", RULE)
    command = [sys.executable, "-m", "cellbook", "monitor", "credit", "--watch", "--every", "1s"]
    environment = {**os.environ, "CELLBOOK_URL": book.url}
    process: Any = subprocess.Popen(
        command, cwd=book.folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert "no predictions of 'credit' are on record yet" in process.stdout.readline()
        time.sleep(2.5)
        hours(book, 0.9, 0.5, 0.5)
        assert "alarm raised" in process.stdout.readline()
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        process.stdout.close()


def test_a_look_that_fails_does_not_end_the_watch() -> None:
    said: list[str] = []
    watch = Watch(said.append)
    problems = iter(
        (
            StoreError("the index is locked"), StoreError("the index is locked"),
            ConnectionResetError("gone"), None, NotFound("no champion"), None,
            NotFound("no champion"),
        )
    )  # fmt: skip

    def once() -> None:
        if (problem := next(problems)) is not None:
            raise problem
        watch.tell("all is well")

    for _ in range(7):
        watch.look(once)
    again = "this look failed, the next one tries again:"
    assert said == [
        f"{again} StoreError: the index is locked",
        f"{again} ConnectionResetError: gone",
        "all is well",
        f"{again} NotFound: no champion",
        "all is well",
        f"{again} NotFound: no champion",
    ]


@pytest.mark.parametrize(
    "problem", [NotFound("no model"), StoreReadOnly("an archive"), BrokenPipeError()]
)
def test_what_never_can_be_ends_the_watch(problem: Exception) -> None:
    def once() -> None:
        raise problem

    with pytest.raises(type(problem)):
        Watch(print).look(once)


def test_a_rule_for_what_nobody_knows_says_so_and_what_looks_at_rules(
    book: Book, capsys: pytest.CaptureFixture[str]
) -> None:
    hours(book, 0.9)
    told = ["--book", str(book.folder)]
    assert main(["alarms", "credti", "--add", RULE, *told]) == 0
    said = capsys.readouterr()
    assert "No predictions of 'credti' are on record yet" in said.err
    assert "there are those of: credit." in said.err
    assert "not looked" in said.out
    assert main(["alarms", "credit", "--add", RULE, *told]) == 0
    assert capsys.readouterr().err == "`cellbook monitor credit --watch` looks at rules.\n"
    assert main(["alarms", "credti", "--drop", RULE, *told]) == 0
    assert "'credti' has no alarm rule." in capsys.readouterr().out
