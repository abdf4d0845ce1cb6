"""README.md and the pages of docs/: what they show works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.blocks import run_page

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_blocks_run_in_order(page: Path, tmp_path: Path, note: Callable[[str], None]) -> None:
    for block in run_page(page, tmp_path):
        note(f"not tested: {block.place} ({block.not_tested})")
