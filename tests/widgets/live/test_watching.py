from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence

import pytest

from cellbook.book import Book
from cellbook.widgets.live import watching


class Listener:
    def __init__(self) -> None:
        self.heard: list[str] = []

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
