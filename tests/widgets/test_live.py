from __future__ import annotations

from cellbook.book import Book
from cellbook.store import remove
from cellbook.widgets import compare_panel
from cellbook.widgets.live import ComparePanel
from tests.views.conftest import Log


def panel_of(opened: Book, log: Log) -> ComparePanel:
    log("baseline", {"lr": 0.01, "seed": 7}, acc=[0.1, 0.9, 0.8], loss=[2, 1])
    log("wide", {"lr": 0.03, "seed": 7}, acc=[0.2, 0.95, 0.99])
    return ComparePanel(opened, [opened.find_run(1), opened.find_run(2)])


def test_toggle_shows_what_is_the_same(opened: Book, log: Log) -> None:
    panel = panel_of(opened, log)
    assert "seed" not in panel._table.value
    assert "more are the same in all runs, " in panel._table.value
    panel._rows.value = "all"
    assert "seed" in panel._table.value


def test_panel_may_begin_with_all_rows(opened: Book, log: Log) -> None:
    records = [log("one", {"seed": 7}), log("two", {"seed": 7})]
    panel = ComparePanel(opened, records, everything=True)
    assert "seed" in panel._table.value
    assert panel._rows.value == "all"


def test_baseline_is_chosen_from_a_list_that_says_so(opened: Book, log: Log) -> None:
    panel = panel_of(opened, log)
    assert panel._base.description == "baseline ★"
    assert [label for label, _ in panel._base.options] == ["#1 baseline", "#2 wide"]
    assert "▲ +0.19" in panel._table.value
    assert "★ baseline, which the others are compared with" in panel._table.value
    panel._base.value = 1
    assert "▼ −0.19" in panel._table.value
    assert panel.comparison.baseline == 1


def test_controls_redraw_the_curves(opened: Book, log: Log) -> None:
    panel = panel_of(opened, log)
    seen = {panel._chart.value}
    for control, value in (
        (panel._smooth, 0.6),
        (panel._log, True),
        (panel._axis, "time"),
        (panel._metric, "loss"),
    ):
        control.value = value
        assert panel._chart.value not in seen
        seen.add(panel._chart.value)
    assert ">loss<" in panel._chart.value


def test_refresh_reads_a_run_that_went_on(opened: Book, log: Log) -> None:
    log("first", acc=[1, 2])
    run = opened.start_run("live")
    panel = ComparePanel(opened, [opened.find_run(1), opened.find_run(2)])
    run.log_metrics({"acc": 0.5, "new": 1.0})
    run.log_metrics({"acc": 0.75, "new": 2.0})
    panel._metric.value = "acc"
    panel._again.click()
    assert panel._metric.value == "acc"
    assert panel._metric.options == ("acc", "new")
    assert "0.7500" in panel._table.value
    assert "● running" in panel._table.value


def test_refresh_keeps_what_was_deleted_for_good(opened: Book, log: Log) -> None:
    panel = panel_of(opened, log)
    opened.runs.delete(2)
    opened.store.commit([remove("runs", panel.comparison.runs[1].run_id)])
    panel._again.click()
    assert "#2 wide" in panel._table.value


def test_panel_without_curves_has_no_controls(opened: Book, log: Log) -> None:
    log("only", acc=1)
    panel = ComparePanel(opened, [opened.find_run(1)])
    assert panel._controls.layout.display == "none"
    assert "no curves" in panel._chart.value
    assert panel._base.layout.display == "none"
    assert "★" not in panel._table.value


def test_panel_is_what_compare_displays(opened: Book, log: Log) -> None:
    panel_of(opened, log)
    shown = compare_panel(opened, [1, 2, 77])
    assert shown.widget is shown.widget
    assert "has no run" in shown.widget.children[0].value
