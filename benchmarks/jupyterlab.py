"""What the front end costs in the browser: the same JupyterLab with and without it, in turns.

Starts JupyterLab twice, once with Cellbook's extension disabled, and measures in a real Chromium,
round by round in turns: the start of the page, the opening of a notebook of 300 cells, typing and
scrolling in it (milliseconds of tasks longer than 50 ms, which drop frames), and, with the
extension, the opening of the sidebar over a book of 10,000 runs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import nbformat
from nbformat import v4
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from cellbook.book import Book
from cellbook.store import FolderStore
from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS
from tests.browser.server import LabServer, running_lab

CELLS = 300
RUNS = 10_000
ROOT = Path(__file__).parents[1]

STARTED = """async () => {
    await window.jupyterapp.restored;
    return performance.now();
}"""
OPENED = """async () => {
    const app = window.jupyterapp;
    const began = performance.now();
    const panel = await app.commands.execute('docmanager:open', {path: 'long.ipynb'});
    await panel.revealed;
    await panel.sessionContext.ready;
    await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve, 0)));
    return performance.now() - began;
}"""
WATCH = """() => {
    window.longTasks = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) window.longTasks += entry.duration;
    }).observe({type: 'longtask'});
}"""
SCROLLED = """async () => {
    const before = window.longTasks;
    const outer = window.jupyterapp.shell.currentWidget.content.outerNode;
    for (let place = 0; place < 60; place++) {
        outer.scrollTop += 400;
        await new Promise(resolve => requestAnimationFrame(resolve));
    }
    await new Promise(resolve => setTimeout(resolve, 300));
    return window.longTasks - before;
}"""
SIDEBAR = """async () => {
    const app = window.jupyterapp;
    const began = performance.now();
    await app.commands.execute('cellbook:open-runs');
    const side = document.getElementById('cellbook-sidebar');
    while (!side.querySelector('[role=option], [role=row]')) {
        await new Promise(resolve => requestAnimationFrame(resolve));
    }
    return performance.now() - began;
}"""


def write_notebook(root: Path) -> None:
    cells = [v4.new_code_cell(f"x{n} = {n}\nprint(x{n})") for n in range(CELLS)]
    # Without a kernel's name JupyterLab would ask for one, and wait.
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    notebook = v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, root / "long.ipynb")


def write_runs(root: Path) -> None:
    """Make a book of many runs, with params, metrics and a few points each."""
    book = Book(FolderStore(root / ".cellbook", create=True))
    for number in range(RUNS):
        with book.start_run(
            f"run {number}", params={"lr": number / RUNS, "layers": number % 5}
        ) as run:
            for step in range(3):
                run.log_metrics({"acc": (number + step) % 97 / 97, "loss": 1 / (number + 1)}, step)
    book.close()


def disable(folder: Path, plugin: str = "cellbook-labextension") -> None:
    """Have JupyterLab leave Cellbook's extension out, or a part of it."""
    config = folder / "private" / "jupyter_config_dir" / "labconfig"
    config.mkdir(parents=True)
    page = {"disabledExtensions": {plugin: True}}
    (config / "page_config.json").write_text(json.dumps(page))


def measure(browser: Browser, server: LabServer, *, ours: bool) -> dict[str, float]:
    """Open one window, do what a person does, and return milliseconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(f"{server.url}/lab?token={server.token}&reset")
    page.wait_for_function("() => window.jupyterapp?.restored")
    found = {"start": page.evaluate(STARTED)}
    page.wait_for_timeout(1500)
    found["open 300 cells"] = page.evaluate(OPENED)
    page.evaluate(WATCH)
    found["scroll, long tasks"] = page.evaluate(SCROLLED)
    found["type, long tasks"] = typed(page)
    if ours:
        found["sidebar, 10,000 runs"] = page.evaluate(SIDEBAR)
    context.close()
    server.end_kernels()
    return found


def typed(page: Page) -> float:
    before: float = page.evaluate("() => window.longTasks")
    page.locator(".jp-Notebook .cm-content").last.click()
    page.keyboard.type("value = 12 + 30\n" * 8, delay=12)
    page.wait_for_timeout(800)
    after: float = page.evaluate("() => window.longTasks")
    return after - before


def bundle_size() -> tuple[int, int]:
    """Return the bytes of the bundle's scripts, and those compressed."""
    scripts = [path.read_bytes() for path in (ROOT / "labextension" / "bundle").rglob("*.js")]
    return sum(map(len, scripts)), sum(len(gzip.compress(script)) for script in scripts)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        disable(folder / "without")
        servers = {}
        for name in ("without", "with"):
            (folder / name).mkdir(exist_ok=True)
            servers[name] = stack.enter_context(running_lab(folder / name))
            write_notebook(servers[name].root)
            write_runs(servers[name].root)
        playwright = stack.enter_context(sync_playwright())
        chromium = find_chromium(Path(playwright.chromium.executable_path))
        browser = playwright.chromium.launch(
            executable_path=chromium, args=[*FLAGS, "--no-sandbox"]
        )
        taken: dict[str, list[dict[str, float]]] = {"without": [], "with": []}
        for number in range(rounds + 1):
            for name, server in servers.items():
                found = measure(browser, server, ours=name == "with")
                if number:  # The first fills the caches.
                    taken[name].append(found)
        browser.close()
    show(taken)
    whole, compressed = bundle_size()
    print(f"bundle: {whole / 1000:.0f} kB, compressed {compressed / 1000:.0f} kB")


def show(taken: dict[str, list[dict[str, float]]]) -> None:
    """Print medians; of the differences within a round the median and the middle half, too.

    What differs by less than that half is wide is not told from nothing on this machine.
    """

    def values(name: str, what: str) -> list[float]:
        return [one[what] for one in taken[name]]

    print(f"{'median, ms':<24}{'without':>10}{'with':>10}{'more':>10}   middle half")
    for what in taken["with"][0]:
        ours = values("with", what)
        if what in taken["without"][0]:
            others = values("without", what)
            more = [one - other for one, other in zip(ours, others, strict=True)]
            low, middle, high = statistics.quantiles(more, n=4)
            row = f"{statistics.median(others):>10.0f}{statistics.median(ours):>10.0f}"
            print(f"{what:<24}{row}{middle:>+10.0f}   {low:+.0f} … {high:+.0f}")
        else:
            print(f"{what:<24}{'':>10}{statistics.median(ours):>10.0f}")


if __name__ == "__main__":
    main()
