"""Where a run comes from, in its details and below a cell."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.lab import Lab
from tests.browser.test_runs_tab import row, sidebar

MADE = """
%load_ext cellbook
import cellbook as cb
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
df = load_wine(as_frame=True).frame
df.to_csv("wine.csv", index=False)
cb.track_data("wine.csv", "wine-raw")
cb.track_data(df, "wine", derived_from="wine-raw")
train = df.sample(frac=0.8, random_state=1)
test = df.drop(train.index)
for trees in (10, 50):
    with cb.start_run(f"forest-{trees}", params={"trees": trees}) as run:
        cb.track_data(train, "wine-train", split="train", derived_from="wine")
        cb.track_data(test, "wine-test", split="test", derived_from="wine")
        model = RandomForestClassifier(trees, random_state=0)
        model.fit(train.drop(columns="target"), train.target)
        run.log_metric("acc", model.score(test.drop(columns="target"), test.target))
        run.log_text("a model", "model.txt")
"""


def test_lineage_is_walked_from_raw_file_to_run(lab: Lab) -> None:
    lab.server.write_notebook("lineage/work.ipynb", MADE, "%lineage data:wine")
    lab.open("lineage/work.ipynb")
    lab.run_cell(0)
    side = sidebar(lab)
    expect(row(side, "forest-50")).to_be_visible()
    row(side, "forest-50").click()
    fold = side.locator("details", has_text="Lineage")
    fold.get_by_text("Lineage", exact=True).click()
    listed = fold.get_by_role("listitem")
    # The cell that wrote the file stands above it.
    expect(listed.nth(1)).to_have_text(re.compile("wine.csv"))
    expect(listed.filter(has_text="wine-train@1")).to_contain_text("train · 142 rows × 14 columns")
    lab.screenshot("lineage-narrow", side)
    # Where there is room, it is a picture.
    side.evaluate("side => side.style.width = '900px'")
    boxes = fold.locator(".cb-node")
    for title in ("wine.csv", "wine-raw@1", "wine@1", "wine-train@1", "#2 forest-50", "model.txt"):
        expect(boxes.filter(has_text=title).first).to_be_attached()
    lab.screenshot("lineage-wide")
    side.evaluate("side => side.style.width = ''")
    lab.run_cell(1)
    drawn = lab.page.locator(".jp-OutputArea-output svg.cb-lineage")
    expect(drawn).to_be_visible()
    expect(drawn.locator(".cb-target")).to_contain_text("wine@1")
    expect(drawn.locator(".cb-run")).to_have_count(2)
    lab.screenshot("lineage-output")
