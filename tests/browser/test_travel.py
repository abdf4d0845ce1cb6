"""A notebook carries its comments: in the document that JupyterLab shows, saved with it."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from tests.browser.lab import Lab


def test_comments_are_carried_by_the_document_in_sight(lab: Lab) -> None:
    lab.server.write_notebook("travel/work.ipynb", "%load_ext cellbook", "x = 1")
    file = lab.server.root / "travel" / "work.ipynb"
    lab.open("travel/work.ipynb")
    lab.run_cell(0)
    lab.run_cell(lab.append_cell("%comment notebook: for whom, @grace?"))
    before = file.read_bytes()
    asking = lab.append_cell("%comments embed")
    lab.run_cell(asking)
    expect(lab.outputs(asking)).to_contain_text("carries 1 thread (1 comment), once it is saved")
    assert file.read_bytes() == before
    lab.save()
    carried = json.loads(file.read_text())["metadata"]["cellbook"]["comments"]
    assert [len(carried[kind]) for kind in ("threads", "comments")] == [1, 1]
    asking = lab.append_cell("%comments embed off")
    lab.run_cell(asking)
    expect(lab.outputs(asking)).to_contain_text("carries no comments, once it is saved")
    lab.save()
    assert "cellbook" not in json.loads(file.read_text())["metadata"]


def test_comments_are_carried_when_everything_is_run_at_once(lab: Lab) -> None:
    """The window is not known to the kernel yet: it knows that it ran the cell that asks."""
    lab.server.write_notebook(
        "travel-all/work.ipynb", "%load_ext cellbook", "%comment notebook: so", "%comments embed"
    )
    lab.open("travel-all/work.ipynb")
    lab.run_all()
    expect(lab.outputs(2)).to_contain_text("once it is saved")
    lab.save()
    found = json.loads((lab.server.root / "travel-all" / "work.ipynb").read_text())
    assert len(found["metadata"]["cellbook"]["comments"]["comments"]) == 1
