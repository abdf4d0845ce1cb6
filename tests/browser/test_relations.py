"""Params and metrics against one another, and the code of two runs, as a person sees and uses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.test_panels import live_panel, plot_of

SWEEP = """
import math, random
import cellbook as cb
from cellbook.widgets import compare_panel
book = cb.open(".")
dice = random.Random(3)
for place in range(48):
    lr = 10 ** dice.uniform(-4, -0.5)
    params = {
        "lr": lr,
        "layers": dice.choice([1, 2, 3, 4, 6]),
        "dropout": round(dice.uniform(0, 0.6), 2),
        "optimizer": dice.choice(["adam", "sgd", "<b>rms</b>"]),
        "batch": dice.choice([16, 32, 64, 128]),
    }
    fit = 0.95 - 0.06 * (math.log10(lr) + 2.2) ** 2 - 0.15 * (params["dropout"] - 0.2) ** 2
    fit += 0.01 * params["layers"] + dice.gauss(0, 0.01)
    with cb.start_run(f"trial <i>{place}</i>", experiment="sweep", params=params) as run:
        run.log_metrics({"acc": fit, "loss": 1.2 * (1 - fit)})
"""

PICTURES = ("Scatter", "Contour", "Importance", "Correlation")


def open_sweep(lab: Lab, name: str, *cells: str) -> None:
    lab.server.write_notebook(f"{name}/{name}.ipynb", SWEEP, *cells)
    lab.open(f"{name}/{name}.ipynb")
    lab.run_cell(0)


def relations_of(lab: Lab, index: int) -> Locator:
    lab.run_cell(index)
    panel = live_panel(lab, index)
    panel.get_by_role("tab", name="Relations").click()
    expect(plot_of(panel)).to_be_visible()
    return panel


def look_at(panel: Locator, picture: str) -> None:
    panel.get_by_role("radio", name=picture).check(force=True)
    # scikit-learn alone takes seconds to import on a busy machine.
    expect(plot_of(panel)).to_be_visible(timeout=90_000)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_relations_are_seen(lab: Lab, theme: str) -> None:
    open_sweep(lab, f"relations-{theme}", "compare_panel(book, range(1, 49))")
    lab.use_theme(theme)
    panel = relations_of(lab, 1)
    tab = panel.get_by_role("tabpanel")
    lab.screenshot(f"relations-parallel-{theme}", tab)
    for picture in PICTURES:
        look_at(panel, picture)
        lab.page.wait_for_timeout(1500)
        lab.screenshot(f"relations-{picture.lower()}-{theme}", tab)
