from __future__ import annotations

from cellbook.widgets import facts_panel
from tests.widgets.test_tables import Checker


def test_facts_are_aligned_and_escaped() -> None:
    panel = facts_panel([("recording", "every cell"), ("◌ stale [3]", "uses <x>")], [("", "→ b")])
    assert panel.text == ("recording    every cell\n◌ stale [3]  uses <x>\n\n  → b")
    checked = Checker(panel.html)
    assert checked.tags.count("table") == 2
    assert "uses <x>" in checked.text
    assert "x" not in checked.tags
