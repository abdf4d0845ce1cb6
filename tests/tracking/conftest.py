"""Runs in a book of their own, and what tests ask of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook.store import FolderStore
from cellbook.tracking import Runs, Trouble


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    runs = Runs(FolderStore(tmp_path / ".cellbook"), Trouble())
    yield runs
    runs.close()
    runs.store.close()


def reread(runs: Runs) -> Runs:
    return Runs(FolderStore(Path(runs.store.url)), Trouble())


def points(runs: Runs, run_id: str, key: str) -> list[tuple[int, float]]:
    record = runs.get(run_id)
    series = runs.store.series_reader.read(record.points, runs=[run_id], keys=[key])
    return [
        (step, value)
        for one in series
        for step, value in zip(one.steps.tolist(), one.values.tolist(), strict=True)
    ]
