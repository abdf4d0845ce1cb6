"""The browser tests' fixtures: a browser, a server for each file, a new window for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.browser.chromium import HOW_TO_GET_ONE, find_chromium
from tests.browser.lab import Lab
from tests.browser.server import LabServer, running_lab

HERE = Path(__file__).parent
SCREENSHOTS = HERE.parent.parent / "test-results" / "screenshots"

PATIENCE = 20_000
"""Milliseconds in which what is expected has to be seen; what must be quick has a benchmark."""

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # /dev/shm is 64 MB in a container, too little for a page like JupyterLab's.
    "--disable-dev-shm-usage",
]


def pytest_configure() -> None:
    expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], playwright: Playwright
) -> dict[str, Any]:
    """Launch the Chromium of this machine."""
    chromium = find_chromium(Path(playwright.chromium.executable_path))
    if chromium is None:
        pytest.fail(HOW_TO_GET_ONE, pytrace=False)
    return {**browser_type_launch_args, "executable_path": str(chromium), "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Give every window a laptop's size."""
    return {**browser_context_args, "viewport": {"width": 1280, "height": 800}}


@pytest.fixture(scope="module")
def lab_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """Run one JupyterLab for the tests of a file: they meet nothing that other files have left."""
    with running_lab(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture
def lab(
    request: pytest.FixtureRequest, page: Page, context: BrowserContext, lab_server: LabServer
) -> Iterator[Lab]:
    """Give a new window on the server; open a notebook in it with ``lab.open(name)``.

    What a test that is tried again left behind the first time is taken away.
    """
    context.set_default_timeout(30_000)
    if getattr(request.node, "execution_count", 1) > 1:
        for left in lab_server.root.iterdir():
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()
    yield Lab(page, lab_server, SCREENSHOTS)
    lab_server.end_kernels()
