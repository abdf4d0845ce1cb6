"""What people see of registered models: in the sidebar, in a panel, beside one another."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab
from tests.browser.test_runs_tab import sidebar

MADE = """
%load_ext cellbook
import cellbook as cb
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
X, y = load_wine(return_X_y=True, as_frame=True)
A, B, a, b = train_test_split(X, y, random_state=0)
models = {
    "linear": LogisticRegression(max_iter=5000, C=0.1),
    "forest": RandomForestClassifier(20, random_state=0),
}
for name, model in models.items():
    with cb.start_run(name, params=model.get_params()) as run:
        cb.track_data(A, "wine", split="train")
        model.fit(A, a)
        run.log_metrics({"accuracy": model.score(B, b), "train_accuracy": model.score(A, a)})
        run.log_model(model, "wine-quality", input_example=B[:3])
"""


def made(lab: Lab, folder: str, *cells: str) -> None:
    lab.server.write_notebook(f"{folder}/work.ipynb", MADE, *cells)
    lab.open(f"{folder}/work.ipynb")
    lab.run_cell(0)


def panel(lab: Lab) -> Locator:
    """Return the panel in the main area."""
    return lab.page.locator(".cellbook-data:not(.lm-mod-hidden) .cb-datapanel")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_models_are_listed_and_lead_from_the_sidebar_to_a_version(lab: Lab, theme: str) -> None:
    made(lab, f"models-{theme}")
    lab.use_theme(theme)
    side = sidebar(lab)
    side.get_by_role("tab", name="Models").click()
    model = side.get_by_role("list", name="Models").get_by_role("button", name=re.compile("wine"))
    expect(model).to_contain_text("v2")
    lab.screenshot(f"models-tab-{theme}", side)
    model.click()
    shown = panel(lab)
    versions = shown.get_by_role("region", name="Versions").get_by_role("row")
    expect(versions).to_have_count(3)
    expect(versions.nth(1)).to_contain_text("forest")
    lab.screenshot(f"models-page-{theme}")
    # Anywhere in the row, but on what does something else.
    versions.nth(1).get_by_text("development").click()
    expect(shown.get_by_role("heading", name=re.compile("wine-quality v2"))).to_be_visible()
    use = shown.get_by_role("region", name="Use")
    expect(use).to_contain_text('model = cb.load_model("models:/wine-quality/2")')
    use.get_by_role("button", name="Copy").click()
    expect(use.get_by_role("button")).to_have_text("Copied")
    expect(shown.get_by_role("table", name="Metrics")).to_contain_text("accuracy")
    expect(shown.get_by_role("list", name="Data")).to_contain_text("wine@1")
    lab.screenshot(f"models-version-{theme}")
    lab.page.keyboard.press("Escape")
    expect(versions).to_have_count(3)


def test_an_alias_is_set_and_seen_everywhere(lab: Lab) -> None:
    made(lab, "models-alias")
    lab.command("cellbook:open-models", model="wine-quality@1")
    shown = panel(lab)
    shown.get_by_role("button", name="Alias…").click()
    form = shown.get_by_role("form", name="Alias")
    form.get_by_label("Alias").fill("champion")
    form.get_by_label("Why").fill("the first")
    lab.screenshot("models-alias-form")
    form.get_by_role("button", name="Set").click()
    expect(shown.get_by_role("heading")).to_contain_text(["@champion"])
    side = sidebar(lab)
    side.get_by_role("tab", name="Models").click()
    expect(side.get_by_role("list", name="Models")).to_contain_text("@champion → 1")
    shown.get_by_text("History").click()
    expect(shown.get_by_role("list", name="History")).to_contain_text("the first")


def test_production_needs_what_the_sentence_says(lab: Lab) -> None:
    made(lab, "models-stage")
    lab.command("cellbook:open-models", model="wine-quality@2")
    shown = panel(lab)
    shown.get_by_role("button", name="Stage…").click()
    form = shown.get_by_role("form", name="Stage")
    form.get_by_label("Stage").select_option("production")
    form.get_by_role("button", name="Move").click()
    expect(form.get_by_role("alert")).to_contain_text("“Check…” above")
    lab.screenshot("models-stage-refused")
    form.get_by_label("Stage").select_option("staging")
    form.get_by_role("button", name="Move").click()
    expect(shown.get_by_role("heading", level=3)).to_contain_text("staging")
    shown.get_by_role("button", name="Approve…").click()
    form = shown.get_by_role("form", name="Approve")
    expect(form.get_by_role("button", name="Approve")).to_be_disabled()
    form.get_by_label("Why").fill("best of both")
    form.get_by_role("checkbox").first.check()
    box = form.get_by_role("checkbox").first.bounding_box()
    words = form.get_by_text("#2 forest").bounding_box()
    assert box is not None
    assert words is not None
    assert 0 < words["x"] - box["x"] - box["width"] < 20, "a box stands beside its words"
    lab.screenshot("models-approve-form")
    form.get_by_role("button", name="Approve").click()
    expect(form).to_have_count(0)
    # Whoever registered it approved, and is told that this is not enough.
    expect(shown.get_by_role("row", name=re.compile("^approved"))).to_contain_text("does not count")


def test_versions_stand_beside_one_another(lab: Lab) -> None:
    made(lab, "models-beside")
    lab.command("cellbook:open-models", model="wine-quality")
    shown = panel(lab)
    compare = shown.get_by_role("button", name="Compare")
    expect(compare).to_be_disabled()
    for number in (1, 2):
        shown.get_by_role("checkbox", name=f"Choose version {number}").check()
    compare.click()
    table = shown.get_by_role("region", name="Comparison")
    expect(table).to_contain_text("accuracy")
    lab.screenshot("models-compared")
    count = table.get_by_role("row").count()
    shown.get_by_label("only what differs").check()
    assert table.get_by_role("row").count() < count


def test_without_models_a_sentence_teaches(lab: Lab) -> None:
    lab.server.write_notebook("models-none/work.ipynb", "%load_ext cellbook\n%track_run one")
    lab.open("models-none/work.ipynb")
    lab.run_cell(0)
    lab.command("cellbook:open-models")
    expect(panel(lab).get_by_text("No model is registered yet")).to_be_visible()
    lab.command("cellbook:open-models", model="nothing@7")
    expect(panel(lab).get_by_role("alert").first).to_contain_text("nothing")


def test_in_a_cell_they_follow_the_book_and_show_where_they_answer(lab: Lab) -> None:
    made(
        lab,
        "models-cell",
        "%models",
        "cb.open().models.set_alias('wine-quality/1', 'champion')\n"
        "server = %serve models:/wine-quality@champion --name cellar --record\n"
        "server.wait()",
        "server.stop()",
    )
    lab.run_cell(1)
    shown = lab.cell(1).locator(".cellbook-panel")
    shown.get_by_role("button", name="wine-quality").click()
    versions = shown.get_by_role("region", name="Versions").get_by_role("row")
    expect(versions).to_have_count(3)
    lab.run_cell(2)
    # Nobody touched the panel.
    expect(versions.nth(2)).to_contain_text("@champion")
    expect(versions.nth(2)).to_contain_text("served by cellar", timeout=60_000)
    lab.screenshot("models-cell", shown)
    shown.get_by_role("button", name="v1", exact=True).click()
    endpoints = shown.get_by_role("table", name="Endpoints")
    expect(endpoints).to_contain_text("answers")
    lab.screenshot("models-cell-version", shown)
    shown.get_by_role("button", name="Check…").click()
    expect(shown.get_by_role("form", name="Check")).to_contain_text("production asks for it")
    lab.screenshot("models-cell-check", shown)
    lab.run_cell(3)
    expect(endpoints).not_to_contain_text("answers", timeout=60_000)
