"""The tab Checkpoints of the sidebar: the timeline, the difference from now, the way back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab import Lab


def sidebar(lab: Lab) -> Locator:
    lab.command("cellbook:open-checkpoints")
    side = lab.page.locator("#cellbook-sidebar")
    expect(side.get_by_role("tab", name="Checkpoints")).to_have_attribute("aria-selected", "true")
    return side


def row(side: Locator, text: str) -> Locator:
    return side.get_by_role("option").filter(has_text=text).first


def faintest(part: Locator) -> float:
    """Return the least contrast that a text has to its ground, as WCAG counts it."""
    return float(
        part.evaluate(
            """part => {
                const rgba = colour => colour.match(/[\\d.]+/g).map(Number);
                const light = colour => {
                    const [r, g, b] = rgba(colour).map(v => v / 255)
                        .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
                };
                const ground = node => {
                    const colour = getComputedStyle(node).backgroundColor;
                    const [, , , alpha = 1] = rgba(colour);
                    return colour.startsWith('rgb') && alpha === 1
                        ? colour : ground(node.parentElement);
                };
                const told = [...part.querySelectorAll('*')].filter(node =>
                    node.checkVisibility() && node.tagName !== 'BUTTON' &&
                    [...node.childNodes].some(one => one.nodeType === 3 && one.data.trim()));
                return Math.min(...told.map(node => {
                    const pair = [light(getComputedStyle(node).color), light(ground(node))];
                    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
                }));
            }"""
        )
    )


def open_and_run(lab: Lab, name: str, *cells: str) -> Locator:
    lab.server.write_notebook(f"{name}/work.ipynb", "%load_ext cellbook", *cells)
    lab.open(f"{name}/work.ipynb")
    side = sidebar(lab)
    for index in range(len(cells) + 1):
        lab.run_cell(index)
    return side


def test_checkpoints_appear_as_cells_run(lab: Lab) -> None:
    side = open_and_run(lab, "appear", "x = 1", "%checkpoint clean data")
    expect(row(side, "clean data")).to_be_visible()
    expect(row(side, "x = 1")).to_contain_text("new: x")
    expect(row(side, "clean data")).to_contain_text("now")
    index = lab.append_cell("y = 2")
    lab.run_cell(index)
    expect(row(side, "y = 2")).to_contain_text("now")


@pytest.mark.parametrize("theme", ["light", "dark", "dark high contrast"])
def test_wrecked_notebook_is_compared_and_restored(lab: Lab, theme: str) -> None:
    side = open_and_run(
        lab,
        f"wreck-{theme}",
        "x = 1",
        "data = list(range(3))",
        "%checkpoint good",
        "lines = (i for i in data)",
    )
    lab.use_theme(theme)
    lab.type_into(1, "x = 'wrecked'")
    lab.run_cell(1)
    index = lab.append_cell("del data; more = 1")
    lab.run_cell(index)
    good = row(side, "good")
    good.click()
    lab.screenshot(f"checkpoints-{theme}")
    if theme == "dark high contrast":
        assert faintest(side) >= 4.5
    good.locator(".cb-row").click()
    expect(good.get_by_role("button", name="Compare with now")).to_have_count(0)
    good.click()
    good.get_by_role("button", name="Compare with now").click()
    dialog = lab.page.get_by_role("dialog")
    expect(dialog).to_contain_text("x = 'wrecked'")
    for name, change in (("data", "removed"), ("more", "added"), ("x", "changed")):
        expect(dialog.get_by_role("row").filter(has_text=name).first).to_contain_text(change)
    lab.screenshot(f"checkpoint-difference-{theme}")
    dialog.get_by_role("button", name="Restore…").click()
    expect(dialog).to_contain_text("comes back")
    expect(dialog).to_contain_text("goes")
    lab.screenshot(f"checkpoint-restore-{theme}")
    dialog.get_by_role("button", name="Restore", exact=True).click()
    expect(lab.cell(1).locator(".cm-content")).to_have_text("x = 1")
    expect(lab.cells).to_have_count(5)
    for place in range(1, 5):
        expect(lab.cell(place).locator("> .cb-cell-mark[data-kind=stale]")).to_have_count(0)
    index = lab.append_cell("print(x, data, 'more' in globals())")
    assert lab.run_cell(index) == "1 [0, 1, 2] False"
    # The restore is undone as a whole, from the notice that told of it.
    lab.page.get_by_role("button", name="Undo", exact=True).click()
    expect(lab.cells.filter(has_text="del data")).to_have_count(1)
    index = lab.append_cell("print(x, more)")
    assert lab.run_cell(index) == "wrecked 1"


def test_only_the_variables_or_only_the_document(lab: Lab) -> None:
    side = open_and_run(lab, "parts", "x = 1", "%checkpoint good")
    lab.type_into(1, "x = 2")
    lab.run_cell(1)
    row(side, "good").click()
    row(side, "good").get_by_role("button", name="Restore…").click()
    dialog = lab.page.get_by_role("dialog")
    dialog.get_by_label("Variables of the kernel").uncheck()
    dialog.get_by_role("button", name="Restore", exact=True).click()
    expect(lab.cell(1).locator(".cm-content")).to_have_text("x = 1")
    index = lab.append_cell("print(x)")
    assert lab.run_cell(index) == "2"


def test_without_a_kernel_that_records_the_document_comes_back(lab: Lab) -> None:
    open_and_run(lab, "dead", "x = 1", "%checkpoint good")
    lab.save()
    lab.server.end_kernels()
    lab.open("dead/work.ipynb")
    side = sidebar(lab)
    lab.type_into(1, "x = 'later'")
    row(side, "good").click()
    row(side, "good").get_by_role("button", name="Restore…").click()
    dialog = lab.page.get_by_role("dialog")
    expect(dialog).to_contain_text("the document alone can come back")
    dialog.get_by_role("button", name="Restore", exact=True).click()
    expect(lab.cell(1).locator(".cm-content")).to_have_text("x = 1")
    side.get_by_role("button", name="Record this notebook").click()
    expect(side.get_by_role("button", name="Checkpoint now")).to_be_visible()


def test_a_checkpoint_is_labelled_and_reached_by_keys(lab: Lab) -> None:
    side = open_and_run(lab, "label", "x = 1")
    side.get_by_label("Label of the checkpoint").fill("<b>bold</b>")
    side.get_by_role("button", name="Checkpoint now").click()
    expect(row(side, "<b>bold</b>")).to_be_visible()
    side.get_by_role("listbox").focus()
    lab.page.keyboard.press("End")
    chosen = side.locator("[role=option][aria-selected=true]")
    expect(chosen).to_contain_text("<b>bold</b>")
    chosen.get_by_role("button", name="Label").click()
    chosen.get_by_label("Label of the checkpoint").fill("plain")
    lab.page.keyboard.press("Enter")
    expect(row(side, "plain")).to_be_visible()
    expect(side.get_by_text("<b>bold</b>")).to_have_count(0)


def test_status_bar_says_and_steers(lab: Lab) -> None:
    lab.server.write_notebook("status/work.ipynb", "x = 1")
    lab.open("status/work.ipynb")
    item = lab.page.locator(".cb-status")
    expect(item).to_have_text("not recorded")
    item.click()
    lab.page.get_by_role("menuitem", name="Record this notebook").click()
    expect(item).to_have_text("recorded into status")
    item.click()
    lab.page.get_by_role("menuitem", name="Start a run…").click()
    dialog = lab.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Start a run")
    dialog.get_by_role("textbox").fill("first try")
    dialog.get_by_role("button", name="Start").click()
    expect(item).to_have_text("run #1 first try")
    lab.run_cell(0)
    lab.screenshot("status-bar")
    item.click()
    lab.page.get_by_role("menuitem", name="Start a run…").click()
    expect(dialog).to_contain_text("Run #1 first try, which is open, ends")
    lab.screenshot("start-a-run")
    lab.page.keyboard.press("Escape")
    item.click()
    lab.page.get_by_role("menuitem", name="End run #1 first try").click()
    expect(item).to_have_text("recorded into status")
    item.click()
    lab.page.get_by_role("menuitem", name="Pause recording").click()
    expect(item).to_have_text("paused")


def test_a_kernel_without_cellbook_is_told_of(lab: Lab) -> None:
    lab.server.write_notebook(
        "without/work.ipynb",
        "import sys, importlib.abc\n"
        "class Absent(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'cellbook': raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Absent())",
    )
    lab.open("without/work.ipynb")
    lab.run_cell(0)
    lab.command("cellbook:checkpoint")
    expect(lab.page.get_by_text("The environment of this kernel has no Cellbook")).to_be_visible()


def test_a_notebook_without_a_kernel_asks_for_one(lab: Lab) -> None:
    lab.server.write_notebook("chooser/work.ipynb", "x = 1")
    lab.open("chooser/work.ipynb")
    lab.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    item = lab.page.locator(".cb-status")
    expect(item).to_have_text("not recorded")
    item.click()
    lab.page.get_by_role("menuitem", name="Record this notebook").click()
    dialog = lab.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Select Kernel")
    dialog.get_by_role("button", name="No Kernel").click()
    expect(lab.page.get_by_text("The notebook has no kernel. Choose one")).to_be_visible()
    item.click()
    lab.page.get_by_role("menuitem", name="Record this notebook").click()
    dialog.get_by_role("button", name="Select Kernel").click()
    expect(item).to_have_text("recorded into chooser", timeout=60_000)
