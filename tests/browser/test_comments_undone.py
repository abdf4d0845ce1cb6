"""What somebody has done to a thread can be undone where they did it, and refusals end."""

from __future__ import annotations

import json

from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab
from tests.browser.test_comments import (
    LIN,
    bubble,
    comment_on,
    on_cell,
    open_tab,
    popover,
    threads_of,
    write_notebook,
)


def resolve_and_undo(page: Page, panel: Locator) -> None:
    """Resolve the second of three threads that are open, by keys alone, and take it back."""
    threads = panel.locator("[data-thread]")
    expect(threads).to_have_count(3)
    thread = panel.locator("article", has_text="About y")
    if thread.count() == 0:
        panel.locator(".cb-folded", has_text="About y").press("Enter")
    thread.get_by_role("button", name="Resolve").press("Enter")
    left = panel.locator(".cb-left")
    expect(left).to_contain_text("✓ Resolved:")
    undo = left.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    # It stays while the list is asked for anew.
    page.wait_for_timeout(1_500)
    expect(threads.nth(1)).to_contain_class("cb-left")
    page.keyboard.press("Enter")
    expect(left).to_have_count(0)
    expect(thread.get_by_role("button", name="Resolve")).to_be_focused()
    expect(thread.locator(".cb-event").last).to_contain_text("opened this again")
    expect(threads).to_have_count(3)


def begin(lab: Lab, name: str, *more: str) -> None:
    """Open a notebook with a thread on each of its first three cells."""
    sources = ["x = 1", "y = 2", "z = 3"]
    cells = write_notebook(lab, name, *sources, *more)
    with threads_of(lab, name) as threads:
        for cell, source in reversed(list(zip(cells, sources, strict=False))):
            threads.start(on_cell(cell, source), f"About {source[0]}", author=LIN)
    lab.open(f"{name}/work.ipynb")


def test_a_resolved_thread_is_taken_back_in_the_sidebar(lab: Lab) -> None:
    begin(lab, "undone-side")
    tab = open_tab(lab)
    resolve_and_undo(lab.page, tab)
    tab.locator("article", has_text="About y").get_by_role("button", name="Resolve").click()
    expect(tab.locator(".cb-left")).to_be_visible()
    for theme in ("dark", "light"):
        lab.use_theme(theme)
        expect(tab.locator(".cb-left")).to_be_visible()
        lab.screenshot(f"comments-resolved-{theme}", lab.page.locator("#cellbook-sidebar"))
    # With the next look at others it is gone; there it can be opened again as well.
    side = lab.page.locator("#cellbook-sidebar")
    side.get_by_role("button", name="Resolved").click()
    expect(tab.locator(".cb-left")).to_have_count(0)
    tab.locator(".cb-folded", has_text="About y").click()
    tab.get_by_role("button", name="Reopen").click()
    expect(tab.locator(".cb-left")).to_contain_text("Opened again")
    tab.get_by_role("button", name="Undo").click()
    expect(tab.get_by_role("button", name="Reopen")).to_be_visible()


def test_a_resolved_thread_is_taken_back_in_an_output(lab: Lab) -> None:
    begin(lab, "undone-inline", "%load_ext cellbook", "%comments --open")
    lab.run_cell(3)
    lab.run_cell(4)
    panel = lab.outputs(4).locator(".cellbook-inline")
    resolve_and_undo(lab.page, panel)
    lab.screenshot("comments-undone-inline", lab.cell(4))


def test_a_resolved_thread_stays_beside_its_cell(lab: Lab) -> None:
    (cell,) = write_notebook(lab, "undone-beside", "x = 1")
    with threads_of(lab, "undone-beside") as threads:
        for text in ("First", "Second"):
            threads.start(on_cell(cell, "x = 1"), text, author=LIN)
    lab.open("undone-beside/work.ipynb")
    bubble(lab, 0).click()
    shown = popover(lab).locator("article")
    expect(shown).to_have_count(2)
    one = shown.filter(has_text="Second")
    before = one.bounding_box()
    one.get_by_role("button", name="Resolve").click()
    reopen = one.get_by_role("button", name="Reopen")
    expect(reopen).to_be_focused()
    lab.page.wait_for_timeout(1_000)
    expect(shown).to_have_count(2)
    after = one.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 2
    lab.page.keyboard.press("Enter")
    expect(one.get_by_role("button", name="Resolve")).to_be_visible()
    # When it is opened anew, what was resolved is folded.
    one.get_by_role("button", name="Resolve").click()
    lab.page.keyboard.press("Escape")
    bubble(lab, 0).click()
    expect(shown).to_have_count(1)
    expect(popover(lab)).to_contain_text("1 resolved thread")


def test_a_refusal_ends_with_the_next_thing_that_is_done(lab: Lab) -> None:
    write_notebook(lab, "refused", "x = 1")
    lab.open("refused/work.ipynb")
    comment_on(lab, 0, "First")
    message = json.dumps({"message": "You may only read here."})
    lab.page.route(
        "**/cellbook/react*",
        lambda route: route.fulfill(status=403, content_type="application/json", body=message),
    )
    one = popover(lab).locator(".cb-comment").first

    def react() -> None:
        one.hover()
        one.get_by_role("button", name="React").click()
        one.get_by_role("button", name="🎉", exact=True).click()

    react()
    refusal = popover(lab).get_by_role("alert")
    expect(refusal).to_have_text("You may only read here.")
    field = popover(lab).get_by_role("combobox")
    field.fill("Second")
    field.press("Control+Enter")
    expect(refusal).to_have_count(0)
    react()
    expect(refusal).to_be_visible()
    lab.page.unroute("**/cellbook/react*")
    react()
    expect(one.locator(".cb-reactions")).to_contain_text("1")
    expect(refusal).to_have_count(0)
