"""Nothing acknowledged is lost, and nothing damaged goes unseen."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from cellbook.errors import StoreCorrupt
from cellbook.store import RECORD, FolderStore, SeriesKey, create, remove, update

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


def problems(root: Path) -> list[str]:
    return [
        f"{finding.place}: {finding.problem}" for finding in FolderStore(root).verify().findings
    ]


def test_changes_of_a_document_wait_for_its_beginning(tmp_path: Path) -> None:
    root = tmp_path / ".cellbook"
    parent, child = FolderStore(root), FolderStore(root)
    parent.commit([create("runs", "a", {"run_name": "first"})])
    assert child.get("runs", "a")
    child.commit([update("runs", "a", {"params": {"lr": 1}})])
    parent.commit([create("runs", "b", {"run_name": "gone"}), remove("runs", "b")])
    (journal,) = (root / "journal").rglob(f"{parent.writer}.jsonl")
    elsewhere = tmp_path / journal.name
    journal.rename(elsewhere)
    seen = FolderStore(root)
    assert (list(seen.select("runs")), seen.get("runs", "a"), seen.count("runs")) == ([], None, 0)
    assert [problem for problem in problems(root) if "1 document lacks its beginning" in problem]
    elsewhere.rename(journal)
    assert seen.get("runs", "a") == {"run_name": "first", "params": {"lr": 1}}
    assert [doc_id for doc_id, _, _ in seen.select("runs")] == ["a"]
    assert problems(root) == []


@pytest.mark.parametrize("line", [0, 1, 2])
def test_verify_names_lines_that_were_taken_out(tmp_path: Path, line: int) -> None:
    root = tmp_path / ".cellbook"
    store = FolderStore(root)
    for number in range(4):
        store.commit([create("things", str(number), {})])
    store.close()
    (path,) = (root / "journal").rglob("*.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    del lines[line]
    path.write_bytes(b"".join(lines))
    assert problems(root) == [
        f"journal/{path.parent.name}/{path.name.removesuffix('.closed.jsonl')}.jsonl: "
        f"1 line is missing before line {line + 1}; what was recorded there is lost"
    ]


def test_journals_of_early_books_have_no_places_and_are_whole(tmp_path: Path) -> None:
    root = tmp_path / ".cellbook"
    store = FolderStore(root)
    folder = root / "journal" / "2026-11"
    folder.mkdir(parents=True)
    with (folder / "early.closed.jsonl").open("wb") as file:
        for number in range(3):
            rest = b'"i":"%s","o":[["things","%d",{"x":{"$f":"nan"}},null]]}' % (
                store.new_id().encode(),
                number,
            )
            file.write(b'{"c":"%08x",%s\n' % (zlib.crc32(rest), rest))
    assert store.count("things") == 3
    assert problems(root) == []


def test_random_bytes_are_named_in_a_few_lines(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    root = tmp_path / ".cellbook"
    store = FolderStore(root)
    store.commit([create("things", "a", {})])
    store.close()
    (path,) = (root / "journal").rglob("*.jsonl")
    path.write_bytes(path.read_bytes() + b"".join(b"%d\n" % number for number in range(5000)))
    found = FolderStore(root)
    assert found.count("things") == 1
    assert [record.args for record in caplog.records] == [(5000, stem_of(path))]
    report = found.verify()
    assert len(report.findings) == 6
    assert report.findings[-1].problem == "4,995 more of its lines fail their check"


def stem_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name.removesuffix('.closed.jsonl')}"


def test_verify_notes_files_that_a_missing_journal_named(tmp_path: Path) -> None:
    root = tmp_path / ".cellbook"
    make_book(root)
    for path in (root / "journal").rglob("*.jsonl"):
        path.unlink()
    report = FolderStore(root).verify()
    assert report.ok
    assert [finding.place for finding in report.findings if finding.harmless] == ["points", "blobs"]


@pytest.mark.parametrize("number", [0, -1])
def test_a_format_that_never_was_is_damage(tmp_path: Path, number: int) -> None:
    root = tmp_path / ".cellbook"
    store = FolderStore(root)
    about = json.loads((root / "format.json").read_text())
    (root / "format.json").write_text(json.dumps({**about, "format": number}))
    assert [finding.place for finding in store.verify().findings] == ["format.json"]
    with pytest.raises(StoreCorrupt, match=f"no format {number}"):
        FolderStore(root)
