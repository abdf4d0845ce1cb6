"""README.md and the pages of docs/: what they show works."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from cellbook.answers.forking import TABLE as FORKS
from cellbook.datasets.aliases import TABLE as ALIASES
from cellbook.datasets.subsets.room import TABLE as SUBSETS
from cellbook.leaderboards.room import FROZEN
from cellbook.sharing.tables import TABLES
from tests.docs.blocks import run_page

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_blocks_run_in_order(page: Path, tmp_path: Path, note: Callable[[str], None]) -> None:
    for block in run_page(page, tmp_path):
        note(f"not tested: {block.place} ({block.not_tested})")


def test_the_guide_lists_the_extras_with_what_each_brings() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    brings = {
        extra: [re.split(r"[^\w-]", one, maxsplit=1)[0] for one in needs]
        for extra, needs in told["project"]["optional-dependencies"].items()
    }
    page = (ROOT / "docs" / "guide.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \|[^|]+\| ([^|]+) \|$", page, re.MULTILINE)
    assert {extra: libraries.split(", ") for extra, libraries in rows} == brings


def test_the_page_of_the_store_names_its_tables() -> None:
    page = (ROOT / "docs" / "store.md").read_text("utf-8")
    tables = (*TABLES, FORKS, ALIASES, SUBSETS, FROZEN, "draws", "readers", "leaderboards")
    assert [one for one in tables if f"`{one}`" not in page] == []
