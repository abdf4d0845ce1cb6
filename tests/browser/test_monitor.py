"""How a model in service does, as a person sees it in a cell's output."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.test_panels import live_panel

MADE = """
%load_ext cellbook
import time
from contextlib import closing
import cellbook as cb
import numpy as np
import pandas as pd
from cellbook.monitoring import Alarms, Predictions, References, watch

rng = np.random.default_rng(0)
store = cb.open().store
predictions = Predictions(store)
HOUR = 3_600_000
now = int(time.time() * 1000) // HOUR * HOUR

def people(count, income=30.0, broken=0.0):
    frame = pd.DataFrame({
        "income": rng.normal(income, 8, count),
        "age": rng.integers(18, 80, count),
        "town": rng.choice(["Oslo", "Bergen", "<b>Tromsø</b>"], count, p=[0.6, 0.3, 0.1]),
    })
    frame.loc[rng.random(count) < broken, "age"] = np.nan
    # In one town the model is often wrong.
    chance = 1 / (1 + np.exp(-(frame["income"] - 30) / 2))
    true = (rng.random(count) < chance).astype(int)
    wrong = (frame["town"] == "Bergen") & (rng.random(count) < 0.3)
    return frame, np.where(wrong, 1 - true, true)

def answer(frame, when):
    with closing(predictions.log("credit")) as log:
        score = 1 / (1 + np.exp(-(frame["income"] - 30) / 2))
        return log.log(
            frame, {"score": score, "prediction": (score >= 0.5).astype(int)},
            model="credit/1", arm="champion", time_ms=when,
        )

for hour in range(-8, 0):
    asked, true = people(500)
    ids = answer(asked, now + hour * HOUR)
    predictions.label("credit", dict(zip(ids, true.tolist())))
References(store).keep("credit/1", people(4_000)[0], source="data:people@1")
"""

DRIFTS = """
asked, true = people(500, income=37, broken=0.2)
answer(asked, now)
alarms = Alarms(store, "credit")
rule = alarms.keep("drift.share above 0.3")
seen = watch(predictions, "credit", 3_600, reference=References(store).sketch("credit/1"),
             unfinished=True)
alarms.take(rule.name, [one.reading(rule.signal) for one in seen])
"""


def made(lab: Lab, folder: str, *cells: str) -> None:
    lab.server.write_notebook(f"{folder}/work.ipynb", MADE, *cells)
    lab.open(f"{folder}/work.ipynb")
    lab.run_cell(0)


def standing(panel: Locator) -> Locator:
    return panel.get_by_role("status")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_endpoint_is_followed_from_fine_to_alarm(lab: Lab, theme: str) -> None:
    made(lab, f"monitor-{theme}", "%monitor credit --window 1h --by town", DRIFTS)
    lab.use_theme(theme)
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(standing(panel)).to_have_text("✓ credit: fine")
    expect(lab.outputs(1).first).to_be_hidden()
    lab.screenshot(f"monitor-fine-{theme}", panel)
    node = standing(panel).element_handle()
    lab.run_cell(2)
    # The panel hears of it by itself, and what stays is the same part of the page.
    expect(standing(panel)).to_have_text("▲ credit: alarm")
    assert node is not None
    assert node.evaluate("node => node.isConnected")
    drift = panel.get_by_role("region", name="Drift of what comes in").get_by_role("row")
    expect(drift.nth(1)).to_contain_text("▲ ")
    expect(panel.get_by_role("table").nth(1)).to_contain_text("missing values")
    expect(panel).to_contain_text("do not believe it")
    groups = panel.get_by_role("region", name=re.compile("Groups")).get_by_role("row")
    expect(groups.nth(1)).to_contain_text("town Bergen")
    expect(groups.nth(1)).to_contain_text("worse, surely")
    expect(panel).to_contain_text("town <b>Tromsø</b>")
    panel.get_by_text("History of alarms").click()
    expect(panel.get_by_role("list", name="History of alarms")).to_contain_text("raised")
    lab.screenshot(f"monitor-alarm-{theme}", panel)


def test_windows_are_chosen_by_hand_and_by_keys(lab: Lab) -> None:
    made(lab, "monitor-windows", "%monitor credit --window 1h")
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    points = panel.get_by_role("group", name="accuracy window by window").get_by_role("button")
    expect(points).to_have_count(8)
    expect(points.nth(7)).to_have_attribute("aria-pressed", "true")
    points.nth(2).focus()
    lab.page.keyboard.press("Enter")
    expect(points.nth(2)).to_have_attribute("aria-pressed", "true")
    chosen = panel.get_by_role("combobox", name=re.compile("^window"))
    expect(chosen.locator("option:checked")).not_to_have_text(re.compile("^$"))
    panel.get_by_role("combobox", name=re.compile("^of")).select_option("6 h")
    expect(points).not_to_have_count(8)


def test_without_predictions_a_sentence_teaches_and_the_panel_waits(lab: Lab) -> None:
    comes = 'with closing(predictions.log("churn")) as log:\n    log.log(people(90)[0], [1] * 90)'
    cells = ["%monitor churn", "%monitor credit --metric luck", "%monitor", comes]
    made(lab, "monitor-none", *cells)
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(standing(panel)).to_have_text("○ churn: too little to tell")
    expect(panel).to_contain_text("%serve MODEL --record")
    lab.screenshot("monitor-none", panel)
    assert "There is no metric 'luck'" in lab.run_cell(2)
    assert "credit/1" in lab.run_cell(3)
    lab.run_cell(4)
    expect(panel).to_contain_text("90 predictions")


def test_the_still_form_stands_where_the_kernel_is_gone(lab: Lab) -> None:
    made(lab, "monitor-still", "%monitor credit --window 1h", DRIFTS + "\n%monitor credit")
    lab.run_cell(1)
    live_panel(lab, 1)
    lab.run_cell(2)
    live_panel(lab, 2)
    lab.save()
    lab.server.end_kernels()
    lab.open("monitor-still/work.ipynb")
    still = lab.cell(2).locator(".cellbook-still")
    expect(still).to_contain_text("credit: alarm")
    expect(still.locator("svg.cb-bars").first).to_be_visible()
    lab.screenshot("monitor-still", still)


def test_an_alarm_is_a_notice_that_leads_to_the_endpoint(lab: Lab) -> None:
    made(lab, "monitor-notice", "%monitor credit --window 1h", DRIFTS)
    lab.run_cell(1)
    live_panel(lab, 1)
    lab.run_cell(2)
    notice = lab.page.locator(".Toastify__toast", has_text="Alarm: credit: drift.share is")
    expect(notice).to_be_visible()
    lab.screenshot("monitor-notice")
    notice.get_by_role("button", name="Show").click()
    shown = lab.page.locator(".cellbook-lab:not(.lm-mod-hidden):not(.cellbook-inline) .cb-service")
    expect(standing(shown)).to_have_text("▲ credit: alarm")
    lab.screenshot("monitor-main")
