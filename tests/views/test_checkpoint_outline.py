from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cellbook.views.checkpoint_diff import Change, diff_checkpoints
from cellbook.views.checkpoint_outline import document_difference, outline_difference
from tests.checkpointing.rooms import Bench


def document(*sources: str) -> dict[str, Any]:
    cells = [{"cell_type": "code", "id": source, "source": [source]} for source in sources]
    return {"cells": cells, "nbformat": 4}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    made.run("import numpy as np; a = np.zeros(3); b = [1, 2]; gone = 1")
    made.save()
    made.run("a[0] = 1; new = 'text'; del gone")
    made.save()
    yield made
    made.close()


def test_outline_tells_what_decoding_tells_but_how_much(bench: Bench) -> None:
    outline = outline_difference(bench.room, 1, 2)
    whole = diff_checkpoints(bench.room, 1, 2, bench.kernel)
    assert [(one.name, one.change, one.before, one.after) for one in outline.variables] == [
        (one.name, one.change, one.before, one.after) for one in whole.variables
    ]
    assert outline.unchanged == whole.unchanged
    assert all(one.detail == "" for one in outline.variables)


def test_same_checkpoint_differs_in_nothing(bench: Bench) -> None:
    outline = outline_difference(bench.room, 1, 1)
    assert (outline.variables, outline.cells) == ((), ())


def test_cells_are_told_where_both_have_a_document(bench: Bench) -> None:
    assert not outline_difference(bench.room, 1, 2).documents
    bench.room.attach_document(1, json.dumps(document("a", "b")).encode())
    assert not outline_difference(bench.room, 1, 2).documents
    bench.room.attach_document(2, json.dumps(document("a", "c")).encode())
    outline = outline_difference(bench.room, 1, 2)
    assert outline.documents
    assert {one.change for one in outline.cells} == {Change.ADDED, Change.REMOVED}


@pytest.mark.parametrize("now", [{}, {"cells": 1}, {"cells": [1]}, {"cells": [{}]}])
def test_document_of_now_that_is_none_has_no_cells(bench: Bench, now: dict[str, Any]) -> None:
    bench.room.attach_document(1, json.dumps(document("a")).encode())
    found = document_difference(bench.room, 1, now)
    assert [one.change for one in found.cells] == [Change.REMOVED]
