"""What docs/subsets.md says that is printed, is."""

from __future__ import annotations

import re
from pathlib import Path

from tests.docs.blocks import read_blocks
from tests.ipython.kernels import kernel

PAGE = Path(__file__).resolve().parents[2] / "docs" / "subsets.md"


def test_the_selector_is_the_one_that_is_shown(tmp_path: Path) -> None:
    before, _, after = PAGE.read_text().partition("```text\n")
    shown = re.split("^```", after, maxsplit=1, flags=re.MULTILINE)[0]
    blocks = [one for one in read_blocks(PAGE) if one.line <= before.count("\n")]
    with kernel(tmp_path) as k:
        *_, last = [k.run(one.code, f"c{nth}") for nth, one in enumerate(blocks)]
    assert last.stdout.strip() == shown.strip()
