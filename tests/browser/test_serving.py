"""A model that is served from a notebook, as a person sees who answers."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.test_panels import live_panel

MADE = """
%load_ext cellbook
import json
import urllib.request
import cellbook as cb
import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
X, y = load_iris(return_X_y=True, as_frame=True)
rng = np.random.default_rng(0)
noisy = np.where(rng.random(len(y)) < 0.7, rng.permutation(y), y)
weak = LogisticRegression(max_iter=1000).fit(X, noisy)
cb.register_model(weak, "iris", input_example=X[:20], alias="champion")
good = LogisticRegression(max_iter=1000).fit(X, y)
cb.register_model(good, "iris", input_example=X[:20], alias="challenger")

def ask(server, count=150, wrong=False):
    from cellbook.monitoring import Predictions
    labels = {}
    for place in range(count):
        row = X.iloc[place % len(X)]
        body = {"dataframe_records": [{} if wrong else row.to_dict()]}
        request = urllib.request.Request(server.url + "/invocations", json.dumps(body).encode(),
                                         {"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request) as response:
                labels[response.headers["cellbook-prediction-id"]] = int(y.iloc[place % len(X)])
        except urllib.error.HTTPError:
            pass
    if labels:
        Predictions(cb.open().store).label("iris", labels)
"""
SERVE = (
    "server = %serve models:/iris@champion --record --ab models:/iris@challenger --metric accuracy"
)


def made(lab: Lab, folder: str, *cells: str) -> None:
    lab.server.write_notebook(f"{folder}/work.ipynb", MADE, *cells)
    lab.open(f"{folder}/work.ipynb")
    lab.run_cell(0)


def standing(panel: Locator) -> Locator:
    return panel.get_by_role("status")


def arms(panel: Locator) -> Locator:
    return panel.get_by_role("region", name="Who answers").get_by_role("row")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_arms_are_compared_until_one_is_better(lab: Lab, theme: str) -> None:
    few = "server.wait(); ask(server, 20); ask(server, 2, wrong=True)"
    made(lab, f"serving-{theme}", SERVE, few, "ask(server, 900)", "server.alive")
    lab.use_theme(theme)
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    expect(standing(panel)).to_have_text("● iris answers", timeout=60_000)
    expect(panel).to_contain_text("127.0.0.1:")
    lab.command("notebook:run-cell")
    lab.select(2)
    lab.command("notebook:run-cell")
    expect(arms(panel).nth(2)).to_contain_text("too few yet")
    expect(panel).to_contain_text("curl http://127.0.0.1")
    lab.screenshot(f"serving-few-{theme}", panel)
    lab.select(3)
    lab.command("notebook:run-cell")
    expect(arms(panel).nth(2)).to_contain_text("b is better:", timeout=60_000)
    expect(arms(panel).nth(2)).to_contain_text("50 %")
    verdict = arms(panel).nth(2).get_by_text("b is better:")
    expect(verdict).to_be_in_viewport(ratio=1)
    expect(panel.get_by_label("A line that asks it")).to_be_hidden()
    lab.screenshot(f"serving-better-{theme}", panel)
    panel.get_by_role("button", name="Promote b").click()
    expect(panel.get_by_role("alertdialog")).to_contain_text("Let b answer everybody?")
    lab.page.keyboard.press("Escape")
    expect(panel.get_by_role("alertdialog")).to_have_count(0)
    panel.get_by_role("button", name="Promote b").click()
    asked = panel.get_by_role("alertdialog")
    expect(asked).to_contain_text("iris@champion stays at iris/1, and this endpoint will not")
    expect(asked.get_by_role("button", name="Move @champion, too")).to_be_visible()
    lab.screenshot(f"serving-promote-{theme}", panel)
    lab.page.keyboard.press("Enter")
    expect(arms(panel)).to_have_count(2)
    panel.get_by_role("button", name="Roll back").click()
    expect(panel.get_by_role("alertdialog")).to_contain_text("iris@champion (50%)")
    panel.get_by_role("button", name="Yes").click()
    expect(arms(panel)).to_have_count(3)
    panel.get_by_role("button", name="Stop").click()
    panel.get_by_role("button", name="Yes").click()
    expect(standing(panel)).to_have_text("■ iris has ended")
    expect(panel).not_to_contain_text("http://")
    lab.screenshot(f"serving-ended-{theme}", panel)
    assert lab.run_cell(4) == "False"


def test_what_cannot_be_served_says_why(lab: Lab) -> None:
    made(lab, "serving-none", "%serve nothing", "import os; os.makedirs('empty')\n%serve empty")
    assert "There is no bundle nothing" in lab.run_cell(1)
    assert "http://" not in lab.output_text(1)
    lab.run_cell(2)
    panel = live_panel(lab, 2)
    expect(standing(panel)).to_have_text("■ empty has ended")
    expect(panel.get_by_role("alert")).to_contain_text("empty is no bundle")
    expect(panel).not_to_contain_text("http://")
    lab.screenshot("serving-none", panel)


def test_the_line_that_asks_is_copied(lab: Lab) -> None:
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    made(lab, "serving-copy", "server = %serve models:/iris@champion")
    lab.run_cell(1)
    panel = live_panel(lab, 1)
    panel.get_by_text("Try it").click()
    line = panel.get_by_label("A line that asks it")
    expect(line).to_contain_text("/invocations")
    line.locator("xpath=..").get_by_role("button", name="Copy").click()
    copied = lab.page.evaluate("navigator.clipboard.readText()")
    body = re.search(r"-d '(.*)'", copied)
    assert body is not None
    assert json.loads(body[1])["dataframe_records"]
