"""Params and metrics against one another, and the code of two runs, as a person uses them."""

from __future__ import annotations

import ast
import re
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
    expect(plot_of(panel)).to_be_visible(timeout=60_000)
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


def traces(panel: Locator) -> list[dict[str, Any]]:
    """Return the lines that are drawn, each with its opacity and how many runs it holds."""
    found: list[dict[str, Any]] = panel.locator(".js-plotly-plot").evaluate(
        """node => node.data.filter(one => one.mode === 'lines' && one.x.length > 1).map(one => ({
            colour: one.line.color, runs: one.x.filter(x => x === null).length }))"""
    )
    return found


def dimmed(panel: Locator) -> int:
    return sum(one["runs"] for one in traces(panel) if one["colour"].startswith("rgba"))


def test_ranges_are_held_by_hand_and_by_key(lab: Lab) -> None:
    open_sweep(lab, "ranges", "compare_panel(book, range(1, 49))")
    panel = relations_of(lab, 1)
    hands = panel.locator(".cb-hands")
    hands.scroll_into_view_if_needed()
    assert sum(one["runs"] for one in traces(panel)) == 48
    axis = panel.get_by_role("slider", name="Range of acc").bounding_box()
    assert axis is not None
    x = axis["x"] + axis["width"] / 2
    lab.page.mouse.move(x, axis["y"] + 2)
    lab.page.mouse.down()
    lab.page.mouse.move(x, axis["y"] + axis["height"] / 2, steps=5)
    lab.page.mouse.up()
    note = panel.locator(".cb-note", has_text="lie within the ranges")
    expect(note).to_contain_text("of 48 runs")
    held = int(note.inner_text().split()[0])
    assert 0 < held < 48
    lab.page.wait_for_function(
        "node => node.data[0].line.color.startsWith('rgba')",
        arg=panel.locator(".js-plotly-plot").element_handle(),
    )
    assert dimmed(panel) == 48 - held
    layers = panel.get_by_role("slider", name="Range of layers")
    layers.focus()
    lab.page.keyboard.press("ArrowUp")
    expect(layers).to_have_attribute("aria-valuetext", "2 – 6")
    expect(panel.get_by_role("slider", name="Range of acc")).not_to_have_attribute(
        "aria-valuetext", "all"
    )
    lab.screenshot("relations-ranges", panel.get_by_role("tabpanel"))
    expect(panel.get_by_role("button", name=re.compile(r"Compare these \d+ runs"))).to_be_visible()
    lab.page.keyboard.press("ArrowRight")
    expect(panel.locator(".cb-hands [role=slider]").nth(2)).to_have_attribute(
        "aria-label", "Range of layers"
    )
    hands.scroll_into_view_if_needed()
    axis = panel.get_by_role("slider", name="Range of acc").bounding_box()
    assert axis is not None
    lab.page.mouse.move(x, axis["y"] - 25)
    lab.page.mouse.down()
    lab.page.mouse.move(x - 140, axis["y"] - 25, steps=4)
    lab.page.mouse.up()
    expect(panel.locator(".cb-hands [role=slider]").last).to_have_attribute(
        "aria-label", "Range of batch"
    )
    lab.page.mouse.move(x - 140, axis["y"] - 25)
    lab.page.mouse.down()
    lab.page.mouse.move(x, axis["y"] - 25, steps=4)
    lab.page.mouse.up()
    lab.page.mouse.dblclick(x, axis["y"] + axis["height"] / 3)
    expect(panel.get_by_role("slider", name="Range of acc")).to_have_attribute(
        "aria-valuetext", "all"
    )
    panel.get_by_role("button", name="all runs").click()
    expect(panel.locator(".cb-note", has_text="Drag along an axis")).to_be_visible()
    box = hands.bounding_box()
    assert box is not None
    tip = panel.locator(".cb-runtip")
    for step in range(40):
        lab.page.mouse.move(box["x"] + 110, box["y"] + 60 + 8 * step)
        if tip.count():
            break
    expect(tip).to_contain_text("trial <i>")


def test_the_runs_within_ranges_are_compared_alone(lab: Lab) -> None:
    open_sweep(lab, "narrow", "compare_panel(book, range(1, 49))")
    panel = relations_of(lab, 1)
    panel.get_by_role("slider", name="Range of layers").focus()
    lab.page.keyboard.press("ArrowUp")
    note = panel.locator(".cb-note", has_text="lie within the ranges")
    count = int(note.inner_text().split()[0])
    panel.get_by_role("button", name=f"Compare these {count} runs").click()
    expect(panel.get_by_role("heading", name=f"{count} runs compared")).to_be_visible()
    expect(panel).to_contain_text("Drag along an axis")


def test_axes_are_chosen(lab: Lab) -> None:
    many = """
params = {f"p{place}": place for place in range(3000)}
for sign in (1, -1):
    turned = {name: sign * value for name, value in params.items()}
    with cb.start_run("many", experiment="many", params=turned) as run:
        run.log_metric("acc", float("nan") if sign > 0 else 0.5)
compare_panel(book, [49, 50])
"""
    open_sweep(lab, "axes", many)
    panel = relations_of(lab, 1)
    panel.get_by_role("button", name="axes ▾").click()
    panel.get_by_role("searchbox", name="Find a param").fill("p2999")
    # Not `check`: what is chosen is shown, under its short name, once its numbers are here.
    panel.get_by_role("checkbox", name="params.p2999").click()
    lab.page.keyboard.press("Escape")
    expect(panel.get_by_role("slider", name="Range of p2999")).to_be_visible()
    look_at_nothing(panel, "Correlation", "There are 2 runs to correlate over")
    look_at_nothing(panel, "Importance", "At least 10 are needed")
    look_at(panel, "Contour")
    expect(panel).to_contain_text("at 1 different place")


def look_at_nothing(panel: Locator, picture: str, told: str) -> None:
    panel.get_by_role("radio", name=picture).check(force=True)
    expect(panel.locator(".cb-note", has_text=told)).to_be_visible(timeout=90_000)
    expect(plot_of(panel)).to_have_count(0)


def test_pictures_are_saved_and_their_code_makes_them(lab: Lab, tmp_path: Path) -> None:
    open_sweep(lab, "code", "compare_panel(book, range(1, 49))")
    panel = relations_of(lab, 1)
    for picture in ("Parallel", *PICTURES):
        look_at(panel, picture)
        panel.get_by_role("button", name="picture ▾").click()
        panel.get_by_role("menuitem", name="Show the code").click()
        code = panel.locator(".cb-picturecode pre").inner_text()
        made = lab.append_cell(code)
        assert "Error" not in lab.run_cell(made), code
        expect(lab.cell(made).locator(".js-plotly-plot .main-svg").first).to_be_visible(
            timeout=60_000
        )
    for kind, begin in (("PNG", b"\x89PNG"), ("SVG", b"<svg"), ("HTML", b"<!DOCTYPE html>")):
        panel.get_by_role("button", name="picture ▾").click()
        with lab.page.expect_download() as waiting:
            panel.get_by_role("menuitem", name=f"Download {kind}").click()
        file = tmp_path / f"picture.{kind.lower()}"
        waiting.value.save_as(file)
        assert file.read_bytes().startswith(begin)
    page = lab.page.context.new_page()
    page.goto((tmp_path / "picture.html").as_uri())
    expect(page.locator(".main-svg").first).to_be_visible()
    page.close()


CODE = """
with cb.start_run("{name}", experiment="code", params={{"depth": {depth}}}) as run:
    # <script>alert(1)</script>
    model = dict(depth={depth}, seed=7)
    run.log_metric("acc", {acc})
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_code_of_two_runs_is_compared(lab: Lab, theme: str) -> None:
    name = f"diff-{theme}"
    long = "\n".join(f"feature_{place} = {place}" for place in range(40))
    lab.server.write_notebook(
        f"{name}/{name}.ipynb",
        "%load_ext cellbook\nimport cellbook as cb",
        CODE.format(name="shallow", depth=2, acc=0.8) + long,
        CODE.format(name="deep", depth=4, acc=0.9)
        + long.replace("feature_20 = 20", "feature_20 = 21"),
        "%compare 1 2",
        "%compare 1 1",
    )
    lab.open(f"{name}/{name}.ipynb")
    lab.use_theme(theme)
    for index in range(4):
        lab.run_cell(index)
    panel = live_panel(lab, 3)
    panel.get_by_role("tab", name="Code").click()
    cells = panel.get_by_role("region", name="Source")
    expect(cells).to_have_count(1, timeout=60_000)
    expect(cells.locator("del").first).to_have_text("shallow")
    expect(cells.locator("ins").first).to_have_text("deep")
    expect(cells).to_contain_text("<script>alert(1)</script>")
    expect(cells).to_contain_text("lines are the same")
    expect(panel).to_contain_text("1 changed.")
    expect(panel).to_contain_text("Both ran on the very same")
    lab.screenshot(f"code-{theme}", panel.get_by_role("tabpanel"))
    panel.get_by_role("button", name="show all").click()
    expect(cells).to_contain_text("feature_1 = 1")
    expect(cells).not_to_contain_text("lines are the same")
    if theme == "dark":
        lab.run_cell(4)
        alone = live_panel(lab, 4)
        alone.get_by_role("tab", name="Code").click()
        expect(alone).to_contain_text("One run has nothing to compare its code with")
        alone.get_by_role("tab", name="Relations").click()
        expect(alone).to_contain_text("One run relates to nothing")


def test_thousands_of_runs_are_thinned_and_stay_quick(lab: Lab) -> None:
    many = """
for place in range(3500):
    with cb.start_run(experiment="many", params={"lr": dice.random(), "depth": place % 9}) as run:
        run.log_metric("acc", dice.random())
compare_panel(book, experiment="many")
"""
    open_sweep(lab, "thousands", many)
    panel = relations_of(lab, 1)
    expect(panel).to_contain_text("3500 runs compared")
    expect(panel).to_contain_text("The curves are of the first 100")
    expect(panel).to_contain_text("Of the lines, 1000 are drawn")
    assert sum(one["runs"] for one in traces(panel)) == 1000
    look_at(panel, "Scatter")
    expect(panel).to_contain_text("Of 3500 points, 3000 are drawn")


def test_the_main_area_asks_the_server_for_the_same(lab: Lab) -> None:
    open_sweep(lab, "main", "[run_id for run_id in cb.search_runs()['run_id']]")
    runs = ast.literal_eval(lab.run_cell(1))
    state = {"notebook": "main/main.ipynb", "runs": runs, "baseline": runs[0], "metric": ""}
    lab.command("cellbook:open-comparison", id="compared", state={**state, "everything": False})
    panel = lab.page.locator("#compared")
    panel.get_by_role("tab", name="Relations").click()
    expect(plot_of(panel)).to_be_visible(timeout=60_000)
    for picture in PICTURES:
        look_at(panel, picture)
    panel.get_by_role("tab", name="Code").click()
    expect(panel).to_contain_text("No cells are on record for")
