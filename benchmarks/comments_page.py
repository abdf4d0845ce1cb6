"""What comments cost in the browser: a notebook of 300 cells on which there are 200 threads.

Starts JupyterLab three times, without Cellbook's extension, with all of it but comments, and with
all of it, and opens the notebook in a real Chromium, round by round in turns: until JupyterLab
shows it, the tasks longer than 50 ms until two seconds later, and, with comments, until the first
bubble and until the sidebar lists threads.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from benchmarks.jupyterlab import CELLS, OPENED, WATCH, disable, show, write_notebook
from cellbook.book import Book
from cellbook.records import Anchor, AnchorKind, Author
from cellbook.store import FolderStore
from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS
from tests.browser.server import LabServer, running_lab

KINDS = ("without", "but comments", "with")
THREADS = 200
COMMENTS = 3
"""In each thread."""

BUBBLE = """async () => {
    const began = performance.now();
    while (!document.querySelector('.cb-cell-bubble')) {
        await new Promise(resolve => requestAnimationFrame(resolve));
    }
    return performance.now() - began;
}"""
SIDEBAR = """async () => {
    const began = performance.now();
    await window.jupyterapp.commands.execute('cellbook:open-comments');
    while (!document.querySelector('#cellbook-sidebar .cb-folded')) {
        await new Promise(resolve => requestAnimationFrame(resolve));
    }
    return performance.now() - began;
}"""


def write_threads(root: Path) -> None:
    """Comment on two cells of three."""
    notebook = nbformat.read(root / "long.ipynb", nbformat.NO_CONVERT)
    book = Book(FolderStore(root / ".cellbook", create=True))
    lin, ada = Author("lin", "Lin Wei"), Author("ada", "Ada")
    for number in range(THREADS):
        cell = notebook.cells[number * CELLS // THREADS]
        anchor = Anchor(
            AnchorKind.CELL, notebook="long.ipynb", cell_id=cell["id"], source=cell["source"]
        )
        thread = book.threads.start(anchor, f"Is `x{number}` *right*? @ada", author=lin)
        for answer in range(1, COMMENTS):
            book.threads.reply(thread.thread_id, f"Answer {answer}, see #1.", author=ada)
    book.close()


def measure(browser: Browser, server: LabServer, *, ours: bool) -> dict[str, float]:
    """Open one window and the notebook, and return milliseconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{server.url}/lab?token={server.token}&reset")
    page.wait_for_function("() => window.jupyterapp?.restored")
    page.wait_for_timeout(1500)
    page.evaluate(WATCH)
    found = {"open 300 cells": page.evaluate(OPENED)}
    if ours:
        found["then, first bubble"] = page.evaluate(BUBBLE)
    page.wait_for_timeout(2000)
    found["long tasks meanwhile"] = page.evaluate("() => window.longTasks")
    if ours:
        found["sidebar, 200 threads"] = page.evaluate(SIDEBAR)
    context.close()
    server.end_kernels()
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        disable(folder / "without")
        disable(folder / "but comments", "cellbook-labextension:comments")
        servers = {}
        for name in KINDS:
            (folder / name).mkdir(exist_ok=True)
            servers[name] = stack.enter_context(running_lab(folder / name))
            write_notebook(servers[name].root)
            write_threads(servers[name].root)
        playwright = stack.enter_context(sync_playwright())
        chromium = find_chromium(Path(playwright.chromium.executable_path))
        browser = playwright.chromium.launch(
            executable_path=chromium, args=[*FLAGS, "--no-sandbox"]
        )
        taken: dict[str, list[dict[str, float]]] = {name: [] for name in KINDS}
        for number in range(rounds + 1):
            # Each begins a round as often as the others: what went before is felt.
            for name in (*KINDS[number % 3 :], *KINDS[: number % 3]):
                found = measure(browser, servers[name], ours=name == "with")
                if number:  # The first fills the caches.
                    taken[name].append(found)
        browser.close()
    show(taken)
    print("\nand beside all of the extension but comments:")
    show({"without": taken["but comments"], "with": taken["with"]})


if __name__ == "__main__":
    main()
