"""Nothing acknowledged is lost, and nothing damaged goes unseen."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from pathlib import Path

import pytest

from cellbook.errors import StoreCorrupt
from cellbook.store import RECORD, FolderStore, SeriesKey, create, update

HERE = Path(__file__).parent


def test_sigkill_loses_nothing_acknowledged(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, HERE / "kill_writers.py", tmp_path / ".cellbook", "1000"],
        capture_output=True, text=True, timeout=600, check=True,
    )  # fmt: skip
    result = json.loads(done.stdout)
    assert result["documents"] > 1000
    assert result["points"] > 5000
    assert result["documents_lost"] == 0
    assert result["runs_short_of_points"] == 0
    assert result["ok"], result["findings"]


def make_book(root: Path) -> FolderStore:
    store = FolderStore(root)
    for number in range(30):
        run = store.new_id()
        writer = store.series_writer
        stem = writer.place(run)
        store.commit([create("runs", run, {"params": {"lr": number / 7}, "points": {stem: None}})])
        series = writer.announce(SeriesKey(run, "loss"), 0, stem)
        for step in range(20):
            writer.append(RECORD.pack(series, step, step, math.sin(step)), stem)
        digest = store.blobs.put(f"figure {number}".encode() * 20)
        size_and_crc = list(writer.seal() or ())
        store.commit(
            [
                update("runs", run, {"points": {stem: size_and_crc}, "state": "finished"}),
                create("artifacts", store.new_id(), {"digest": digest, "run": run}),
            ]
        )
    store.close()
    return store


def state_of(store: FolderStore) -> object:
    points = [
        (series.of, series.values.tobytes(), series.steps.tobytes(), series.times.tobytes())
        for _, _, doc in store.select("runs")
        for series in store.series_reader.read(doc["points"])
    ]
    blobs = {digest: store.blobs.get(digest) for digest, _ in store.blobs.all()}
    return [list(store.select(table)) for table in sorted(store.tables())], points, blobs


def test_verify_finds_each_flipped_byte_or_it_is_harmless(tmp_path: Path) -> None:
    root = tmp_path / ".cellbook"
    store = make_book(root)
    healthy = state_of(store)
    files = [path for path in sorted(root.rglob("*")) if path.is_file()]
    choose = random.Random(7)
    found = harmless = 0
    for _ in range(1000):
        path = choose.choices(files, weights=[file.stat().st_size for file in files])[0]
        data = bytearray(path.read_bytes())
        place = choose.randrange(len(data))
        data[place] ^= 1 << choose.randrange(8)
        whole = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(data)
        try:
            seen = FolderStore(root)
            if seen.verify().ok:
                assert state_of(seen) == healthy, f"{path} byte {place} changed unseen"
                harmless += 1
            else:
                found += 1
        except StoreCorrupt:
            found += 1
        finally:
            path.write_bytes(whole)
    assert found + harmless == 1000
    assert found > 900


@pytest.mark.parametrize("closed", [True, False])
def test_verify_finds_a_damaged_last_line_end(tmp_path: Path, closed: bool) -> None:
    root = tmp_path / ".cellbook"
    store = FolderStore(root)
    store.commit([create("things", "a", {"x": 1})])
    if closed:
        store.close()
    (path,) = (root / "journal").rglob("*.jsonl")
    path.write_bytes(path.read_bytes()[:-1] + b"\x0b")
    assert not FolderStore(root).verify().ok


@pytest.mark.parametrize("what", ["journal", "points", "blobs"])
def test_verify_finds_a_missing_file(tmp_path: Path, what: str) -> None:
    root = tmp_path / ".cellbook"
    store = make_book(root)
    assert store.verify().findings == []
    victim = next(path for path in sorted((root / what).rglob("*")) if path.is_file())
    victim.unlink()
    report = FolderStore(root).verify()
    if what == "journal":
        # It was the only journal: the book is empty, and its index must not say otherwise.
        assert FolderStore(root).count("runs") == 0
    else:
        assert [f.problem for f in report.findings if "missing" in f.problem]


def test_verify_rebuilds_an_index_that_lies(tmp_path: Path) -> None:
    root = tmp_path / ".cellbook"
    store = make_book(root)
    healthy = state_of(store)
    with store._index.exclusive():
        store._index.read("UPDATE t_runs SET num = 77 WHERE num = 3")
    assert state_of(store) != healthy
    report = store.verify()
    assert report.ok
    assert "rebuilt" in report.findings[0].problem
    assert state_of(store) == healthy
