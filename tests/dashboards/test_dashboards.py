from __future__ import annotations

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
    ],
)
def test_what_cannot_be_kept_is_told(
    opened: Book, name: str, panels: list[DashboardPanel], told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        opened.dashboards.save(name, panels)
    assert opened.dashboards.names() == []
