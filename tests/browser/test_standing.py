"""What a run began on, which cells it stands on, and how it was reproduced."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.test_panels import live_panel
from tests.browser.test_runs_tab import row, sidebar

CELLS = (
    """
%load_ext cellbook
import cellbook as cb
from sklearn.datasets import load_wine
wine = load_wine(as_frame=True).frame
""",
    "depth = 2",
    "shallow = wine.iloc[:, :depth]",
    "unused = 3",
    """
from sklearn.tree import DecisionTreeClassifier
with cb.start_run("tree", params={"depth": depth}) as run:
    model = DecisionTreeClassifier(max_depth=depth, random_state=0).fit(shallow, wine.target)
    run.log_metric("acc", model.score(shallow, wine.target))
""",
    "%reproduce tree",
    "%compare",
)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_flags_slice_and_reproduction_are_seen(lab: Lab, theme: str) -> None:
    lab.server.write_notebook(f"standing-{theme}/work.ipynb", *CELLS)
    lab.open(f"standing-{theme}/work.ipynb")
    lab.use_theme(theme)
    for index in (0, 1, 2, 3, 1, 4):
        lab.run_cell(index)
    side = sidebar(lab)
    expect(row(side, "tree").locator(".cb-stale")).to_have_attribute(
        "title", "1 cell ran out of order · stale cells: [3]"
    )
    lab.run_cell(5)
    # The other one says "↻ #1".
    side.get_by_role("option", name=re.compile("^Run 1 ")).click()
    expect(side.get_by_role("list", name="What is doubtful")).to_contain_text("◌")
    cells = side.locator(".cb-standing").get_by_role("button")
    expect(cells).to_have_text(["[1]", "[2]", "[3]", "[5]", "[6]"])
    attempt = side.get_by_role("list", name="Reproduced").get_by_role("listitem")
    expect(attempt).to_contain_text("✓ identical")
    attempt.scroll_into_view_if_needed()
    lab.screenshot(f"standing-narrow-{theme}", side)
    # A click shows the cell.
    cells.nth(2).click()
    expect(lab.cell(2)).to_contain_class("cb-mod-revealed")
    lab.run_cell(6)
    shown = live_panel(lab, 6)
    expect(shown.locator("thead .cb-stale").first).to_be_visible()
    shown.get_by_role("tab", name="Details").click()
    expect(shown.get_by_role("list", name="Reproduced")).to_contain_text("identical")
    lab.screenshot(f"standing-details-{theme}", shown)
