from __future__ import annotations

import json
from pathlib import Path

from cellbook.book import Book
from cellbook.records import DashboardPanel
from tests.cli.conftest import Cli


def test_dashboards_are_listed_shown_and_exported(cli: Cli, book: Book, tmp_path: Path) -> None:
    assert "There are no dashboards yet." in cli("dashboard")[1]
    book.dashboards.add("weekly", DashboardPanel("the good ones", query="metrics.acc > 0.9"))
    assert cli("dashboard")[1] == "weekly\n"
    status, out, _ = cli("dashboard", "weekly")
    assert status == 0
    assert "the good ones" in out
    assert "wide" in out
    doc = json.loads(cli("dashboard", "weekly", "--json")[1])
    assert doc["panels"][0]["query"] == "metrics.acc > 0.9"
    assert len(doc["panels"][0]["runs"]) == 1
    assert json.loads(cli("dashboard", "--json")[1]) == ["weekly"]
    page = tmp_path / "weekly.html"
    assert cli("dashboard", "weekly", "--export", str(page))[1] == f"{page}\n"
    assert "the good ones" in page.read_text()
    assert cli("dashboard", "monthly")[0] == 2
