from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Sequence

import pytest

from cellbook.book import Book
from cellbook.views.pulse import Pulse
from cellbook.widgets.live import watching


class Listener:
    def __init__(self) -> None:
        self.heard: list[str] = []
        self.closed = False

    def tell(self, tables: Sequence[str]) -> None:
        self.heard += tables


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_panels_hear_of_changes_until_the_last_is_gone(
    opened: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_QUICK", 0.02)
    monkeypatch.setattr(watching, "_SLOW", 0.02)
    panels = [Listener(), Listener()]
    for panel in panels:
        watching.watch(opened, panel)
    time.sleep(0.1)
    assert not panels[0].heard, "nothing has changed yet"
    with opened.start_run("live") as run:
        run.log_metric("loss", 1.0)
        wait_for(lambda: all("runs" in panel.heard for panel in panels))
    del panel
    panels.clear()
    gc.collect()
    wait_for(lambda: opened not in watching._watchers)
    three = Listener()
    watching.watch(opened, three)
    opened.start_run("again").end()
    wait_for(lambda: "runs" in three.heard)


class Broken(Listener):
    def tell(self, tables: Sequence[str]) -> None:
        super().tell(tables)
        raise KeyError("comm")


def test_one_that_cannot_be_told_keeps_no_other_from_it(
    opened: Book, caplog: pytest.LogCaptureFixture
) -> None:
    watcher = watching._Watcher(opened)
    panels = [Broken(), Listener(), Broken()]
    for panel in panels:
        watcher.add(panel)
    opened.start_run("one").end()
    assert watcher.look()
    assert all("runs" in panel.heard for panel in panels)
    assert [one.levelname for one in caplog.records] == ["WARNING"], "said once"


def test_a_book_that_cannot_be_read_is_looked_at_again(
    opened: Book, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(watching, "_QUICK", 0.02)
    monkeypatch.setattr(watching, "_SLOW", 0.02)
    failed: list[None] = []

    def fail(_: Pulse) -> dict[str, int]:
        failed.append(None)
        raise AttributeError("points")

    panel = Listener()
    watching.watch(opened, panel)
    with monkeypatch.context() as patched:
        patched.setattr(Pulse, "take", fail)
        wait_for(lambda: len(failed) > 2)
    opened.start_run("one").end()
    wait_for(lambda: "runs" in panel.heard)
    assert "AttributeError: points" in caplog.text


def test_closed_panels_are_let_go(opened: Book) -> None:
    watcher = watching._Watcher(opened)
    panel, other = Listener(), Listener()
    watcher.add(panel)
    watcher.add(other)
    panel.closed = True
    assert watcher.needed
    opened.start_run("one").end()
    watcher.look()
    assert (panel.heard, "runs" in other.heard) == ([], True)
    other.closed = True
    assert not watcher.needed


def test_panels_come_while_others_are_told(opened: Book) -> None:
    watcher = watching._Watcher(opened)
    kept = [Listener() for _ in range(3000)]

    def add() -> None:
        for panel in kept:
            watcher.add(panel)

    thread = threading.Thread(target=add)
    thread.start()
    while thread.is_alive():
        watcher.panels()
    thread.join()
    assert len(watcher.panels()) == len(kept)
