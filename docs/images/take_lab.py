"""Takes the pictures of JupyterLab in docs/ anew: ``python docs/images/take_lab.py``.

Opens a small notebook in a real JupyterLab, as the browser tests do, works in it as a person would,
and photographs each part of Cellbook in the light and in the dark theme.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import nbformat
from PIL import Image
from playwright.sync_api import Locator, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from cellbook.book import Book
from cellbook.capture import source_hash
from cellbook.records import Anchor, AnchorKind, Author, Quote
from cellbook.store import FolderStore
from tests.browser.chromium import HOW_TO_GET_ONE, find_chromium
from tests.browser.conftest import FLAGS
from tests.browser.lab import Lab
from tests.browser.server import running_lab

HERE = Path(__file__).parent
SIDEBAR = 320
COLOURS = 128
"""Of a picture: what is drawn has few, and a palette makes the file a third as large."""

CELLS = (
    "%load_ext cellbook\nimport math, cellbook as cb",
    "def fit(name, lr, layers):\n"
    "    with cb.start_run(name, params={'lr': lr, 'layers': layers}) as run:\n"
    "        for step in range(60):\n"
    "            gain = 1 - math.exp(-step * lr * layers)\n"
    "            run.log_metrics({'acc': 0.5 + 0.45 * gain, 'loss': 2.2 - 2 * gain}, step)",
    "fit('baseline', 0.01, 2)\nfit('wide', 0.03, 4)\nfit('too careful', 0.002, 2)",
    "rows = [3, 1, 4, 1, 5, 9]\nrate = 0.01",
    "total = sum(rows) * rate\ntotal",
    "%checkpoint clean data",
    "rows.append(total / 0)",
)


def main() -> None:
    """Take all pictures."""
    with (
        tempfile.TemporaryDirectory() as place,
        running_lab(Path(place)) as server,
        sync_playwright() as playwright,
    ):
        program = find_chromium(Path(playwright.chromium.executable_path))
        if program is None:
            sys.exit(HOW_TO_GET_ONE)
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        for theme in ("light", "dark"):
            context = browser.new_context(
                viewport={"width": 1180, "height": 760}, device_scale_factor=1.5
            )
            server.write_notebook(f"digits-{theme}/digits.ipynb", *CELLS)
            lab = Lab(context.new_page(), server, HERE)
            lab.open(f"digits-{theme}/digits.ipynb")
            photograph(lab, theme)
            photograph_comments(lab, theme)
            context.close()
            server.end_kernels()
        browser.close()


def photograph(lab: Lab, theme: str) -> None:
    """Take all pictures in one theme."""
    lab.use_theme(theme)
    lab.command("application:toggle-left-area")
    for index in range(len(CELLS)):
        lab.run_cell(index)
    photograph_cells(lab, theme)
    photograph_checkpoints(lab, theme)
    photograph_runs(lab, theme)


def photograph_cells(lab: Lab, theme: str) -> None:
    """Take the marks, a history, and the status bar."""
    lab.type_into(3, "rows = [3, 1, 4, 1, 5, 9, 2, 6]\nrate = 0.01")
    lab.run_cell(3)
    mark = lab.cell(4).locator("> .cb-cell-mark")
    expect(mark).to_have_attribute("data-kind", "stale")
    mark.hover()
    expect(lab.page.locator(".cb-cell-tip")).to_be_visible()
    clip = whole(lab.cell(3), lab.cell(6))
    take(lab, f"lab-marks-{theme}", **clip)
    lab.cell(3).locator("> .cb-cell-mark").click(force=True)
    dialog = lab.page.locator("dialog.cb-history")
    expect(dialog.locator(".cb-version")).to_have_count(2)
    lab.page.mouse.move(0, 0)
    take(lab, f"lab-history-{theme}", dialog)
    lab.page.keyboard.press("Escape")
    lab.page.locator(".cb-status").click()
    menu = lab.page.locator(".lm-Menu")
    expect(menu).to_be_visible()
    take(lab, f"lab-status-{theme}", **whole(menu, lab.page.locator(".cb-status")))
    lab.page.keyboard.press("Escape")


def photograph_checkpoints(lab: Lab, theme: str) -> None:
    """Take the timeline, a difference, and the question before a restore."""
    lab.command("cellbook:open-checkpoints")
    side = lab.page.locator("#cellbook-sidebar")
    widen(lab, side)
    row = side.get_by_role("option").filter(has_text="clean data").first
    row.click()
    expect(row.get_by_role("button", name="Compare with now")).to_be_visible()
    lab.page.mouse.move(0, 0)
    take(lab, f"lab-checkpoints-{theme}", side)
    row.get_by_role("button", name="Compare with now").click()
    dialog = lab.page.get_by_role("dialog")
    expect(dialog.get_by_role("row").filter(has_text="rows").first).to_contain_text("changed")
    take(lab, f"lab-difference-{theme}", dialog.locator(".jp-Dialog-content"))
    dialog.get_by_role("button", name="Restore…").click()
    expect(dialog).to_contain_text("comes back")
    take(lab, f"lab-restore-{theme}", dialog.locator(".jp-Dialog-content"))
    lab.page.keyboard.press("Escape")


def photograph_runs(lab: Lab, theme: str) -> None:
    """Take the list of runs, the details of one, and a comparison in the main area."""
    lab.command("cellbook:open-runs")
    side = lab.page.locator("#cellbook-sidebar")
    for place in range(2):
        side.get_by_role("option").nth(place).locator(".cb-check").click()
    lab.page.mouse.move(0, 0)
    take(lab, f"lab-runs-{theme}", side)
    side.get_by_role("button", name="Compare").click()
    panel = lab.page.locator(".jp-MainAreaWidget:not(.lm-mod-hidden) .cb-compare").first
    expect(panel.locator("path.js-line").first).to_be_visible(timeout=60_000)
    lab.page.mouse.move(0, 0)
    take(lab, f"lab-compare-{theme}", panel)
    side.get_by_role("option").nth(1).locator(".cb-name").click()
    lab.page.wait_for_timeout(800)
    lab.page.mouse.move(0, 0)
    take(lab, f"lab-details-{theme}", side)


def photograph_comments(lab: Lab, theme: str) -> None:
    """Take the tab Comments with threads of colleagues, and one of them beside its cell."""
    folder = lab.server.root / f"digits-{theme}"
    cells = nbformat.read(folder / "digits.ipynb", nbformat.NO_CONVERT).cells
    book = Book(FolderStore(folder / ".cellbook"))
    discuss(book, cells[4]["id"])
    book.close()
    lab.page.locator(".lm-TabBar-tab", has_text="digits.ipynb").click()
    lab.command("cellbook:open-comments")
    side = lab.page.locator("#cellbook-sidebar")
    expect(side.locator(".cb-folded")).to_have_count(3)
    side.locator(".cb-folded", has_text="acc at step 30").click()
    # What is in sight is read after a moment.
    lab.page.wait_for_timeout(2500)
    lab.page.mouse.move(0, 0)
    take(lab, f"lab-comments-{theme}", side)
    lab.command("cellbook:open-runs")
    lab.cell(4).evaluate("cell => cell.scrollIntoView({ block: 'start' })")
    lab.cell(4).locator("> .cb-cell-bubble").click()
    popover = lab.page.locator("dialog.cb-popover")
    expect(popover.locator(".cb-comment")).to_have_count(2)
    lab.page.wait_for_timeout(2500)
    lab.page.mouse.move(0, 0)
    take(lab, f"lab-thread-{theme}", **whole(lab.cell(4), popover))
    lab.page.keyboard.press("Escape")


def discuss(book: Book, cell: str) -> None:
    """Write what colleagues say of a cell, a point of a curve, and a run, as their processes do."""
    ada, lin, grace = Author("ada", "Ada"), Author("lin", "Lin Wei"), Author("grace", "Grace")
    threads, runs = book.threads, (book.find_run("2").run_id,)
    source = CELLS[4]
    on_cell = Anchor(
        AnchorKind.CELL,
        notebook="digits.ipynb",
        cell_id=cell,
        cell_type="code",
        source=source,
        source_hash=source_hash(source),
        quote=Quote("sum(rows) * rate"),
    )
    begun = threads.start(
        on_cell,
        "Is this before or after dropping the duplicates? @ada",
        labels=["question"],
        author=lin,
    )
    told = "After, see #2 and checkpoint:clean.\n\n$$\\hat{t} = r \\sum_i x_i$$"
    threads.reply(begun.thread_id, told, author=ada)
    point = Anchor(AnchorKind.METRIC, "digits.ipynb", runs=runs, metric="acc", step=30)
    threads.start(point, "It is flat from here on. Shorter?", author=grace)
    run = Anchor(AnchorKind.RUN, "digits.ipynb", runs=runs)
    threads.request_review(run, ["ada"], "Good enough to ship?", author=lin)
    where = Anchor(AnchorKind.NOTEBOOK, "digits.ipynb")
    fields = {"question": "Which net is wide enough?", "owner": "Ada", "target": "acc ≥ 0.95"}
    threads.save_brief(where, {**fields, "deadline": "2027-01-31"}, author=ada)


def widen(lab: Lab, side: Locator) -> None:
    """Draw the sidebar as wide as people mostly have it."""
    box = side.bounding_box()
    assert box is not None
    lab.page.mouse.move(box["x"] - 1, 300)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] - 1 - (SIDEBAR - box["width"]), 300, steps=5)
    lab.page.mouse.up()


def whole(first: Locator, last: Locator) -> dict[str, dict[str, float]]:
    """Return the part of the page that two things and all between them take, with a margin."""
    boxes = [box for box in (first.bounding_box(), last.bounding_box()) if box]
    left, top = (min(box[side] for box in boxes) - 12 for side in ("x", "y"))
    right = max(box["x"] + box["width"] for box in boxes) + 12
    bottom = max(box["y"] + box["height"] for box in boxes) + 12
    x, y = max(left, 0), max(top, 0)
    return {"clip": {"x": x, "y": y, "width": right - x, "height": bottom - y}}


def take(lab: Lab, name: str, part: Locator | None = None, **options: object) -> None:
    """Take a picture and make its file small."""
    path = lab.screenshots / f"{name}.png"
    target = lab.page if part is None else part
    target.screenshot(path=path, animations="disabled", **options)  # type: ignore[arg-type]
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
