from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import cellbook as cb
from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound
from cellbook.widgets.lineage import lineage_panel
from tests.views.test_lineage import keep

HOSTILE = "<script>alert('x')</script>"


def test_picture_is_well_formed_and_points_right(opened: Book) -> None:
    raw = keep(opened, "raw", "d1", source="/data/wine.csv")
    keep(opened, "train", "d2", parents={raw.dataset_id: 1})
    with opened.start_run("forest") as run:
        run.log_input("train", "d2", role="train")
    panel = lineage_panel(opened, "#1")
    svg = re.search(r"<svg.*</svg>", panel.html, re.DOTALL)
    assert svg is not None
    tree = ElementTree.fromstring(svg[0])
    lefts = [float(box.attrib["x"]) for box in tree.iter("rect")]
    assert lefts == sorted(lefts)
    assert len(set(lefts)) == 4
    assert len([one for one in tree.iter("path") if one.get("class") == "cb-edge"]) == 3
    assert "Lineage of #1 forest: 4 things" in svg[0]
    assert panel.title == "#1 forest"


def test_nothing_hostile_executes(opened: Book) -> None:
    keep(opened, HOSTILE, "d1", source=HOSTILE + "\x1b[31m")
    with opened.start_run(HOSTILE) as run:
        run.log_input(HOSTILE, "d1", role=HOSTILE)
    panel = lineage_panel(opened, "#1")
    assert "<script>" not in panel.html
    assert "\x1b" not in panel.html


def test_a_thing_alone_teaches(opened: Book) -> None:
    with opened.start_run("alone"):
        pass
    assert "Nothing on record led to #1 alone" in lineage_panel(opened).html


def test_an_empty_book_says_how_to_begin(opened: Book) -> None:
    with pytest.raises(NotFound, match="%track_run"):
        lineage_panel(opened)


def test_it_is_written_by_its_ending_and_destroys_nothing(
    opened: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with opened.start_run("r") as run:
        run.log_input("digits", "d1")
    panel = cb.lineage("run:r")
    for _ in range(2):  # The second time it replaces its own.
        told = json.loads(panel.write("r.prov.json").read_text())
        drawn = panel.write("r.svg").read_text()
    assert set(told) == {"prefix", "activity", "entity", "used"}
    assert ElementTree.fromstring(drawn).tag == "{http://www.w3.org/2000/svg}svg"
    # It stands alone: no colour comes from a page around it.
    assert "var(" not in drawn
    for rule in (".cb-node rect{fill:#ffffff", ".cb-node rect{fill:#111111", ".cb-ground{fill:#f"):
        assert rule in drawn
    notes = tmp_path / "notes.json"
    notes.write_text("{}")
    for name, why in (("notes.json", "no lineage"), ("r.png", "PROV"), ("r", "PROV")):
        with pytest.raises(InvalidInput, match=why):
            panel.write(name)
    assert notes.read_text() == "{}"
