"""How an endpoint does as HTML: in a cell, and as a page of its own."""

from __future__ import annotations

import json
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cellbook.answers import AlarmsQuery, MonitorQuery, Reader, list_alarms, show_monitor
from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound
from cellbook.monitoring import Alarms, Predictions
from cellbook.records import AlarmReading
from cellbook.widgets.live.monitor import monitor_widget
from cellbook.widgets.monitor import bars_svg, endpoints_panel, monitor_panel
from tests.hostile import HOSTILE

HOUR = 3_600_000


@pytest.fixture
def credit(opened: Book) -> Book:
    rng = np.random.default_rng(0)
    predictions = Predictions(opened.store)
    for hour in range(3):
        frame = pd.DataFrame({"income": rng.normal(30 + 9 * (hour == 2), 8, 200), "town": "Oslo"})
        with closing(predictions.log("credit")) as log:
            said = (frame["income"] > 30).astype(int)
            ids = log.log(frame, said, model="credit/1", time_ms=hour * HOUR)
        if hour < 2:
            predictions.label("credit", dict(zip(ids, said.tolist(), strict=True)))
    return opened


class Outside(HTMLParser):
    """Finds what a page fetches or runs."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag in ("script", "link", "iframe", "img") or "src" in names:
            self.found.append(tag)
        self.found += [name for name in names if name.startswith("on")]


def test_the_report_is_one_file_that_needs_nothing(credit: Book, tmp_path: Path) -> None:
    alarms = Alarms(credit.store, "credit")
    rule = alarms.keep("drift.share above 0.3")
    alarms.take(rule.name, [AlarmReading(3 * HOUR, 0.5, 200)], details=["income"])
    panel = monitor_panel(credit, MonitorQuery("credit", 3_600))
    saved = panel.save(tmp_path / "report.html").read_text()
    assert saved.startswith("<!DOCTYPE html>")
    for words in ("credit: alarm", "Drift of what comes in", "▲", "history of alarms", "accuracy"):
        assert words in saved
    outside = Outside()
    outside.feed(saved)
    assert outside.found == []
    assert "http" not in saved.replace("http-equiv", "")
    with pytest.raises(InvalidInput, match="cannot be written"):
        panel.save(tmp_path / "none" / "report.html")


def test_the_panel_says_in_text_what_it_shows(credit: Book) -> None:
    panel = monitor_panel(credit, MonitorQuery("credit", 3_600))
    assert repr(panel).startswith("◆ credit: drift. 2 of 3 columns drifted")
    assert panel.page.windows[0].measured[0].value == 1.0
    assert "No estimate without labels" in panel.html
    nothing = monitor_panel(credit, MonitorQuery("churn"))
    assert "There are those of credit" in nothing.text
    assert "<table" not in nothing.html


def test_the_live_panel_begins_with_what_is_known(credit: Book) -> None:
    widget = monitor_widget(credit, MonitorQuery("credit", 3_600, by=("town",)))
    ((name, query, answer),) = widget.first
    assert (name, query["by"], query["window"]) == ("monitor", ["town"], 3_600)
    assert json.loads(answer)["state"] == "drift"
    assert widget.state["endpoint"] == "credit"


def test_what_clients_send_is_shown_as_text(opened: Book) -> None:
    frame = pd.DataFrame({text[:60]: [text] * 40 for text in HOSTILE[:40]})
    with closing(Predictions(opened.store).log("odd")) as log:
        log.log(frame, [1] * 40, model="<script>/1", time_ms=0)
        log.log(frame, [1] * 40, model="<script>/1", time_ms=HOUR)
    panel = monitor_panel(opened, MonitorQuery("odd", 3_600))
    outside = Outside()
    outside.feed(panel.html)
    assert outside.found == []


def test_endpoints_are_listed(opened: Book, credit: Book) -> None:
    assert "credit/1" in endpoints_panel(credit).text
    assert bars_svg(()) == ""


def test_a_name_leads_to_its_endpoint(credit: Book) -> None:
    ask = Reader(credit)
    with closing(Predictions(credit.store).log("shop")) as log:
        log.log({"x": [1.0] * 40}, [1] * 40, model="wine/7", time_ms=0)
    assert show_monitor(ask, MonitorQuery("wine")).endpoint == "shop"
    assert show_monitor(ask, MonitorQuery("models:/credit")).endpoint == "credit"
    with pytest.raises(NotFound):
        show_monitor(ask, MonitorQuery("credit@champion"))
    with closing(Predictions(credit.store).log("other")) as log:
        log.log({"x": [1.0] * 40}, [1] * 40, model="wine/7", time_ms=0)
    with pytest.raises(InvalidInput, match="wine answers at other, shop"):
        show_monitor(ask, MonitorQuery("wine"))
    assert list_alarms(ask, AlarmsQuery()).newest == ""


def test_data_is_a_reference_by_its_inputs(credit: Book) -> None:
    rng = np.random.default_rng(1)
    people = pd.DataFrame({"income": rng.normal(30, 8, 500), "town": "Oslo", "paid": 1})
    credit.track_data(people, "people", keep=True)
    page = show_monitor(Reader(credit), MonitorQuery("credit", 3_600, data="people@1"))
    assert page.reference == "people@1, 500 rows"
    inputs = {one.name: one.drifted for one in page.columns if not one.output}
    assert inputs == {"income": True, "town": False}
    credit.track_data(people[["paid"]], "other", keep=True)
    with pytest.raises(InvalidInput, match="none of the inputs"):
        show_monitor(Reader(credit), MonitorQuery("credit", data="other@1"))


def test_a_rule_that_nobody_looked_at_is_not_said_to_be_kept(credit: Book) -> None:
    nothing = monitor_panel(credit, MonitorQuery("credit", 3_600))
    assert "cellbook alarms NAME --add" in nothing.html
    alarms = Alarms(credit.store, "credit")
    alarms.keep("rows below 10")
    panel = monitor_panel(credit, MonitorQuery("credit", 3_600))
    assert "○ not looked at yet" in panel.html
    assert "✓ kept" not in panel.html
    assert "cellbook monitor NAME --watch" in panel.html
    assert "○ rows below 10: not looked at yet" in panel.text
    alarms.take("rows below 10", [AlarmReading(3 * HOUR, 200, 200)])
    panel = monitor_panel(credit, MonitorQuery("credit", 3_600))
    assert "✓ kept" in panel.html
    assert "--watch" not in panel.html
    assert "✓ rows below 10: broken in 0 of 1" in panel.text
