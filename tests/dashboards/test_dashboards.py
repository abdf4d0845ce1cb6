from __future__ import annotations

import subprocess
import sys

import pytest

from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import DashboardPanel
from tests.views.conftest import opened

__all__ = ["opened"]


def test_a_dashboard_is_kept_under_its_name(opened: Book) -> None:
    room = opened.dashboards
    assert room.names() == []
    look = {"metric": "loss", "window": [1, 2], "log": True}
    room.add("weekly", DashboardPanel("first", ("a", "b"), look=look))
    made = room.add("weekly", DashboardPanel(query="metrics.acc > 0.9", limit=3))
    assert room.get("weekly") == made
    assert [panel.title for panel in made.panels] == ["first", ""]
    assert made.panels[0].look == look
    room.save("another", [])
    assert room.names() == ["another", "weekly"]


def test_panels_are_dropped_and_dashboards_renamed_and_deleted(opened: Book) -> None:
    room = opened.dashboards
    for title in ("one", "two", "three"):
        room.add("d", DashboardPanel(title))
    assert [panel.title for panel in room.drop("d", 2).panels] == ["one", "three"]
    with pytest.raises(NotFound, match="has 2 panels; not number 3"):
        room.drop("d", 3)
    room.save("taken", [])
    with pytest.raises(InvalidInput, match="already"):
        room.rename("d", "taken")
    assert len(room.rename("d", "<b> ü").panels) == 2
    room.delete("<b> ü")
    with pytest.raises(NotFound, match=r"There are 'taken'\..*--add"):
        room.get("d")
    room.delete("taken")
    with pytest.raises(NotFound, match="none yet"):
        room.delete("taken")


@pytest.mark.parametrize(
    ("name", "panels", "told"),
    [
        ("", [], "is empty"),
        ("many", [DashboardPanel()] * 31, "30 at most"),
        ("wide", [DashboardPanel(limit=0)], "from 1 to 100"),
        ("third", [DashboardPanel(width="third")], "`full` or `half`"),
    ],
)
def test_what_cannot_be_kept_is_told(
    opened: Book, name: str, panels: list[DashboardPanel], told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        opened.dashboards.save(name, panels)
    assert opened.dashboards.names() == []


_PINS = """
import sys
from cellbook import book
from cellbook.records import DashboardPanel
opened = book.open(sys.argv[1])
print(flush=True)
sys.stdin.readline()
for number in range(15):
    opened.dashboards.add("shared", DashboardPanel(f"{sys.argv[2]} {number}"))
book.close_all()
"""


def test_what_two_processes_add_at_once_is_all_there(opened: Book) -> None:
    pinning = [
        subprocess.Popen(
            [sys.executable, "-c", _PINS, opened.url, who],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for who in ("one", "two")
    ]  # fmt: skip
    for process in pinning:
        assert process.stdout is not None
        process.stdout.readline()
    for process in pinning:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in pinning:
        process.communicate(timeout=60)
        assert process.returncode == 0
    opened.refresh()
    titles = {panel.title for panel in opened.dashboards.get("shared").panels}
    assert titles == {f"{who} {number}" for who in ("one", "two") for number in range(15)}


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(opened: Book) -> None:
    room = opened.dashboards
    read = room.add("d", DashboardPanel("mine"))
    later = room.add("d", DashboardPanel("theirs"))
    assert later.changed > read.changed
    with pytest.raises(InvalidInput, match=r"changed meanwhile by somebody else\. 'Undo all'"):
        room.save("d", read.panels, changed=read.changed)
    assert room.get("d") == later
    saved = room.save("d", [], changed=later.changed)
    assert room.save("d", read.panels, changed=saved.changed).panels == read.panels
    assert room.save("d", []).panels == ()
    room.delete("d")
    assert room.save("d", read.panels, changed=read.changed).panels == read.panels
