from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cellbook.store import FolderStore, SeriesKey, points
from cellbook.store.points import RECORD, SeriesReader


def test_what_was_read_is_kept_until_its_file_grows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FolderStore(tmp_path / ".cellbook")
    writer = store.series_writer
    stem = writer.place("R")
    numbers = [writer.announce(SeriesKey("R", key), 1000, stem) for key in ("loss", "acc")]
    for step in range(6):
        for number in numbers[: 1 + step % 2]:
            assert number is not None
            writer.append(RECORD.pack(number, step, step, step / 2), stem)
    reader = SeriesReader(tmp_path / ".cellbook")
    (loss,) = reader.read([stem], ["R"], ["loss"])
    assert reader.read([stem], ["R"], ["loss"])[0] is loss
    assert loss.steps.tolist() == [0, 1, 2, 3, 4, 5]
    assert reader.read([stem], ["R"], ["acc"])[0].steps.tolist() == [1, 3, 5]
    with pytest.raises(ValueError, match="read-only"):
        loss.values[0] = np.nan
    writer.append(RECORD.pack(numbers[0] or 0, 6, 6, 3.0), stem)
    assert reader.read([stem], ["R"], ["loss"])[0].steps.tolist() == [0, 1, 2, 3, 4, 5, 6]
    monkeypatch.setattr(points, "_KEPT", 4)
    (long,) = reader.read([stem], ["R"], ["loss", "none"])
    assert reader.read([stem], ["R"], ["loss", "none"])[0] is not long, "it is too much to keep"
    store.close()
