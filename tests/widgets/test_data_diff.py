"""The still form of a comparison of data: well formed, and nothing in it executes."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd

import cellbook as cb
from cellbook.book import Book
from cellbook.widgets.data_diff import data_diff_panel

HOSTILE = "<script>alert('x')</script>"


def test_pictures_are_well_formed_in_the_order_of_their_shift(opened: Book) -> None:
    rng = np.random.default_rng(0)
    before = pd.DataFrame({"a": rng.normal(size=300), "b": rng.choice(list("xyz"), 300)})
    after = before.assign(a=before.a + 2)
    panel = data_diff_panel(opened, before, after)
    pictures = re.findall(r"<svg.*?</svg>", panel.html, re.DOTALL)
    assert len(pictures) == 2
    for one in pictures:
        tree = ElementTree.fromstring(one)
        assert all("nan" not in text for node in tree.iter() for text in node.attrib.values())
    assert panel.html.index(">a</th>") < panel.html.index(">b</th>")
    assert "x: " in pictures[1]
    assert panel.diff.columns[0].name == "a"


def test_profiles_alone_have_pictures_too(opened: Book) -> None:
    for name in "pq":
        opened.track_data(pd.DataFrame({"a": np.arange(30.0) + ord(name)}), name)
    panel = data_diff_panel(opened, "p@1", "q@1")
    assert panel.diff.rows is None
    assert "<polyline" in panel.html
    assert "profiles are compared" in panel.text


def test_files_of_folders_are_listed(opened: Book, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for name in ("<b>one.txt", "two.txt"):
        (folder / name).write_text("text")
        opened.track_data(folder)
    html = data_diff_panel(opened, "images@1", "images@2").html
    assert "two.txt" in html
    (folder / "<b>one.txt").write_text("longer text")
    opened.track_data(folder)
    html = data_diff_panel(opened, "images@2", "images@3").html
    assert "&lt;b&gt;one.txt" in html
    assert "<b>" not in html
    assert "PSI" not in html


def test_nothing_hostile_executes(opened: Book) -> None:
    before = pd.DataFrame({HOSTILE: [HOSTILE] * 3 + ["b"]}, index=list("abcd"))
    after = before.assign(**{HOSTILE: [HOSTILE, HOSTILE, "b", HOSTILE]})
    panel = data_diff_panel(opened, before, after)
    assert "<script" not in panel.html
    assert "&lt;script&gt;" in panel.html


def test_cb_data_diff_compares_what_is_in_memory(opened: Book) -> None:
    frame = pd.DataFrame({"id": [1, 2], "x": [3, 4]})
    panel = cb.data_diff(frame, frame.assign(x=[3, 5]), key="id")
    assert panel.diff.rows is not None
    assert panel.diff.rows.changed == 1
    assert "row 2  x  4 → 5" in repr(panel)
