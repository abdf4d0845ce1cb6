"""Curves of all metrics at a time, what a picture cannot show, and a kernel that is gone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.test_panels import live_panel, plot_of

MANY = """
import math
import cellbook as cb
from cellbook.widgets import compare_panel
book = cb.open(".")
for name, lr in (("small", 0.01), ("wide <b>net</b>", 0.03), ("bold", 0.3)):
    with cb.start_run(name, experiment="many", params={"lr": lr, "seed": 7}) as run:
        for step in range(60):
            gain = 1 - math.exp(-step * lr)
            wave = math.sin(step / 5)
            run.log_metrics({f"part/{n:02}": gain * n + wave for n in range(18)}, step)
            run.log_metrics({"acc": 0.5 + 0.4 * gain, "loss": 2 - 2 * gain}, step)
            if step in (10, 30):
                run.milestone(f"step {step}", step=step)
        with run.stage("tuning", step=40):
            run.log_metric("acc", 0.9, 59)
"""


def open_many(lab: Lab, name: str, *cells: str) -> None:
    lab.server.write_notebook(f"{name}/{name}.ipynb", MANY, *cells)
    lab.open(f"{name}/{name}.ipynb")
    lab.run_cell(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_metrics_are_seen_at_a_time_and_one_is_enlarged(lab: Lab, theme: str) -> None:
    name = f"all-{theme}"
    open_many(lab, name, "compare_panel(book, [1, 2, 3])")
    lab.use_theme(theme)
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(plot_of(panel)).to_be_visible()
    panel.get_by_role("button", name="all metrics").click()
    small = panel.locator(".cb-small")
    expect(small).to_have_count(12)
    expect(panel.locator(".cb-legend li")).to_have_count(3)
    expect(panel.locator(".cb-legend")).to_contain_text("#2 wide <b>net</b>")
    small.first.scroll_into_view_if_needed()
    expect(plot_of(small.first)).to_be_visible()
    panel.get_by_label("smoothing").fill("0.8")
    expect(small.first.locator(".trace.scatter")).to_have_count(6)
    lab.screenshot(f"curves-all-{theme}", panel)
    small.last.scroll_into_view_if_needed()
    expect(plot_of(small.last)).to_be_visible()
    panel.get_by_role("button", name="8 more of 20 metrics").click()
    expect(small).to_have_count(20)
    panel.get_by_label("find").fill("part 07")
    expect(small).to_have_count(1)
    plot_of(small).click()
    expect(panel.get_by_role("img", name="part/07 of 3 runs")).to_be_visible()
    expect(panel.get_by_label("metric")).to_have_value("part/07")
    lab.screenshot(f"curves-marks-{theme}", panel)


def test_what_a_log_axis_has_no_place_for_is_counted(lab: Lab) -> None:
    open_many(lab, "log", "compare_panel(book, [1, 2])")
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(plot_of(panel)).to_be_visible()
    panel.get_by_label("metric").select_option("part/00")
    expect(panel.get_by_role("img", name="part/00 of 2 runs")).to_be_visible()
    expect(panel).not_to_contain_text("A log axis")
    panel.get_by_label("log").check()
    expect(panel.locator(".cb-note").filter(has_text="A log axis")).to_have_text(
        re.compile(r"no place for 0 and below: \d+ points of #1, #2 are not drawn")
    )


def test_without_a_kernel_the_choice_stays_that_of_the_picture(lab: Lab) -> None:
    open_many(lab, "gone", "compare_panel(book, [1, 2])")
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(plot_of(panel)).to_be_visible()
    panel.get_by_label("metric").select_option("loss")
    expect(panel.get_by_role("img", name="loss of 2 runs")).to_be_visible()
    lab.page.evaluate(
        "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    expect(panel).to_contain_text("The kernel of this panel is gone")
    expect(panel.get_by_label("metric")).to_be_disabled()
    expect(panel.get_by_label("metric")).to_have_value("loss")
    expect(panel.get_by_label("smoothing")).to_be_disabled()
    expect(panel.get_by_role("tab", name="Relations")).to_be_disabled()
    expect(panel.get_by_role("img", name="loss of 2 runs")).to_be_visible()
