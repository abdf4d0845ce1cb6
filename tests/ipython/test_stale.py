"""Cells that no longer stand on what they ran with, as a person is told of them."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.ipython.kernels import kernel


def test_status_names_stale_cells_and_saved_edits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "book.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    save(path, {"a": "X = 1", "b": "y = X + 1", "c": "z = 3"})
    with kernel(tmp_path) as k:
        k.run("%load_ext cellbook")
        k.run("X = 1", "a")
        k.run("y = X + 1", "b")
        k.run("z = 3", "c")
        assert "stale [" not in k.run("%cellbook").text
        k.run("X = 1", "a")
        assert "stale [3]  uses `X`, whose cell [6] ran again since" in k.run("%cellbook").text
        save(path, {"a": "X = 1", "b": "y = X + 1", "c": "z = 33"})
        deadline = time.monotonic() + 20
        while "stale [4]  edited since it ran" not in (said := k.run("%cellbook").text):
            assert time.monotonic() < deadline, said
        k.run("y = X + 1", "b")
        assert "uses `X`" not in k.run("%cellbook").text


def test_what_a_restore_left_behind_makes_nothing_stale(tmp_path: Path) -> None:
    with kernel(tmp_path) as k:
        k.run("%load_ext cellbook")
        k.run("X = 1", "a")
        k.run("y = X + 1", "b")
        k.run("%checkpoint good", "c")
        k.run("X = 5", "a")
        assert "uses `X`" in k.run("%cellbook").text
        k.run("%restore good")
        assert "uses `X`" not in k.run("%cellbook").text
        k.run("%checkpoint again")
        k.run("X = 6", "a")
        assert "uses `X`" in k.run("%cellbook").text
        # What was left behind by the first restore is not taken up by the second one.
        k.run("%restore again")
        assert "uses `X`" not in k.run("%cellbook").text
        k.run("X = 7", "a")
        assert "uses `X`" in k.run("%cellbook").text


def test_a_restore_in_a_fresh_kernel_brings_back_who_defined_what(tmp_path: Path) -> None:
    with kernel(tmp_path) as k:
        k.run("%load_ext cellbook")
        k.run("X = 1", "a")
        k.run("y = X + 1", "b")
        k.run("%checkpoint good")
    with kernel(tmp_path) as k:
        k.run("%load_ext cellbook")
        k.run("%restore good")
        assert "uses `X`" not in k.run("%cellbook").text
        k.run("X = 1", "a")
        assert "uses `X`, whose cell" in k.run("%cellbook").text
        k.run("%restore good")
        assert "uses `X`" not in k.run("%cellbook").text


def save(path: Path, sources: dict[str, str]) -> None:
    cells = [{"cell_type": "code", "id": name, "source": text} for name, text in sources.items()]
    path.write_text(json.dumps({"cells": cells}))
    later = time.time() + 5  # What ran within the tick of a coarse clock is not newer.
    os.utime(path, (later, later))
