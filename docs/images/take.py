"""Takes the pictures of README.md anew: ``python docs/images/take.py`` from the project's folder.

Runs the demo, opens it in a real JupyterLab in a real Chromium, as the browser tests do, and
photographs what is there; the terminal's text is that of the real commands.
"""

from __future__ import annotations

import html
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.browser.chromium import HOW_TO_GET_ONE, find_chromium
from tests.browser.conftest import FLAGS
from tests.browser.lab import Lab
from tests.browser.server import running_lab
from tests.private import private_environment

HERE = Path(__file__).parent
COMMANDS = (
    ("runs", "metrics.val_acc > 0.9", "--order-by", "metrics.val_acc DESC"),
    ("compare", "baseline", "wide"),
)
BEFORE_THE_LAST_RUN = (("delete", "twice as long"), ("tag", "wide", "--remove", "chosen"))
"""Makes the runs be those that there were when the cell with the comparison ran first."""
TERMINAL = """<body style="margin: 0"><pre style="display: inline-block; margin: 0; padding: 16px;
font: 14px/1.35 'DejaVu Sans Mono', monospace; color: #212121; background: #fafafa">%s</pre>"""


def main() -> None:
    """Take all pictures."""
    with tempfile.TemporaryDirectory() as place, running_lab(Path(place)) as server:
        environment = {**os.environ, **private_environment(Path(place) / "private")}
        environment["COLUMNS"] = "110"
        cellbook(environment, "demo", str(server.root / "demo"))
        with sync_playwright() as playwright:
            program = find_chromium(Path(playwright.chromium.executable_path))
            if program is None:
                sys.exit(HOW_TO_GET_ONE)
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            context = browser.new_context(
                viewport={"width": 1000, "height": 1500}, device_scale_factor=1.5
            )
            photograph_terminal(context.new_page(), server.root / "demo", environment)
            for words in BEFORE_THE_LAST_RUN:
                cellbook(environment, "run", *words, folder=server.root / "demo")
            photograph_lab(Lab(context.new_page(), server, HERE))
            wide = browser.new_context(
                viewport={"width": 1280, "height": 760}, device_scale_factor=1.5
            )
            photograph_sidebar(Lab(wide.new_page(), server, HERE))
            browser.close()


def photograph_lab(lab: Lab) -> None:
    """Take what `%runs` and `%compare` show; the comparison with its kernel."""
    lab.open("demo/quickstart.ipynb")
    lab.command("application:toggle-left-area")
    places = {
        lab.cell(place).locator(".jp-Editor").first.inner_text().strip().splitlines()[0]: place
        for place in range(lab.cells.count())
        if lab.cell(place).locator(".jp-InputPrompt:has-text('[')").count()
    }
    lab.screenshot("runs", lab.cell(places["%runs"]))
    search = next(line for line in places if line.startswith("runs = cb.search_runs("))
    for line in ("%load_ext cellbook", "import cellbook as cb", search):
        lab.select(places[line])
        lab.command("notebook:run-cell")
        lab.wait_idle()
    compare = places['numbers = runs["run_number"]']
    lab.run_cell(compare)
    expect(lab.cell(compare).locator(".cb-plot .main-svg").first).to_be_visible(timeout=60_000)
    lab.select(places["%runs"])
    lab.page.mouse.move(0, 0)
    lab.screenshot("compare", lab.cell(compare))


def photograph_sidebar(lab: Lab) -> None:
    """Take the sidebar beside the notebook, with a kernel that records."""
    lab.open("demo/quickstart.ipynb")
    lab.command("application:toggle-left-area")
    lab.command("cellbook:open-runs")
    side = lab.page.locator("#cellbook-sidebar")
    lab.command("cellbook:record")
    for place in range(2):
        side.get_by_role("option").nth(place).locator(".cb-check").click()
    expect(side.get_by_role("button", name="Compare")).to_be_enabled()
    lab.page.mouse.move(0, 0)
    lab.screenshot("jupyterlab")


def photograph_terminal(page: Page, folder: Path, environment: dict[str, str]) -> None:
    """Take what the commands print."""
    text = ""
    for words in COMMANDS:
        shown = " ".join(f'"{word}"' if " " in word else word for word in words)
        text += f"$ cellbook {shown}\n{cellbook(environment, *words, folder=folder)}\n"
    page.set_content(TERMINAL % html.escape(text.strip()))
    page.locator("pre").screenshot(path=HERE / "terminal.png")


def cellbook(environment: dict[str, str], *words: str, folder: Path | None = None) -> str:
    """Run a command; return what it prints."""
    command = [sys.executable, "-m", "cellbook", *words]
    done = subprocess.run(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


if __name__ == "__main__":
    main()
