"""Checkpoints as a person meets them in JupyterLab."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Lab

CELLS = (
    "%load_ext cellbook",
    "import numpy as np, pandas as pd\n"
    "table = pd.DataFrame({'x': range(1000), 'y': 0.5})\n"
    "weights = np.zeros(200_000)",
    "%checkpoint clean data",
    "weights[:50] = 1\ntable['z'] = 1\nlines = (line for line in ['a'])",
    "%track_run first lr=0.1\n%log acc=0.5",
    "%end_run",
    "%restore clean data",
    "weights[0] = 7\nanswer = int(weights.sum())",
    "%checkpoints",
    "%diff 'clean data'",
    "%restore 3 --dry-run",
    "%restore nowhere",
    "print(answer, 'z' in table)",
)

PICTURES = {2: "saved", 6: "restored", 8: "timeline", 9: "diff", 10: "dry"}
"""Taken as each cell has run: a restore brings the outputs of its moment back."""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_checkpoints_are_saved_seen_and_restored(lab: Lab, theme: str) -> None:
    name = f"checkpoints-{theme}/work.ipynb"
    lab.server.write_notebook(name, *CELLS)
    lab.open(name)
    lab.use_theme(theme)
    shown = []
    for index in range(len(CELLS)):
        shown.append(lab.run_cell(index))
        if index in PICTURES:
            lab.screenshot(f"checkpoint-{PICTURES[index]}-{theme}", lab.outputs(index).first)
        lab.page.wait_for_timeout(300)
    assert "◆ checkpoint" in shown[2]
    assert "Restored checkpoint" in shown[6]
    assert "undoes this" in shown[6]
    assert "clean data" in shown[8]
    assert "not saved: lines" in shown[8]
    assert "← now" in shown[8]
    assert "1 of 200,000 values" in shown[9]
    assert "Would restore" in shown[10]
    assert "has no checkpoint 'nowhere'" in shown[11]
    assert shown[12] == "7 False"
    expect(lab.outputs(8).first.locator("table")).to_be_visible()
