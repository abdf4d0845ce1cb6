from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tinydb import where

from cellbook.errors import NotFound, StoreCorrupt, StoreError, StoreReadOnly
from cellbook.store import FolderStore, create, update
from cellbook.testing.store_contract import StoreContract


class TestFolderStore(StoreContract):
    @pytest.fixture
    def reopen(self, tmp_path: Path) -> Callable[[], FolderStore]:
        return lambda: FolderStore(tmp_path / ".cellbook")


def index_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("index.sqlite"))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CELLBOOK_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_open_missing_raises_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="cellbook demo"):
        FolderStore(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_open_newer_format_is_read_only(tmp_path: Path) -> None:
    root = tmp_path / ".cellbook"
    FolderStore(root).commit([create("things", "a", {"x": 1})])
    data = json.loads((root / "format.json").read_text())
    (root / "format.json").write_text(json.dumps({**data, "format": 2, "more": True}))
    store = FolderStore(root)
    assert store.get("things", "a") == {"x": 1}
    with pytest.raises(StoreReadOnly, match="pip install --upgrade cellbook"):
        store.commit([create("things", "b", {})])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        '{"format": 1, "id": "X", "check": "00000000"}',
        '{"format": 1e999, "id": "X"}',
        '{"format": 9, "id": "a\\u0000b"}',
        '{"format": 9, "id": "../../x"}',
    ],
)
def test_open_damaged_format_raises(tmp_path: Path, text: str) -> None:
    root = tmp_path / ".cellbook"
    FolderStore(root)
    (root / "format.json").write_text(text)
    with pytest.raises(StoreCorrupt, match="Restore it from a copy"):
        FolderStore(root)


@pytest.mark.parametrize("damage", ["delete", "garble", "other version"])
def test_index_is_rebuilt(tmp_path: Path, cache: Path, damage: str) -> None:
    root = tmp_path / ".cellbook"
    store = FolderStore(root)
    for number in range(50):
        store.commit([create("runs", store.new_id(), {"n": number})])
    assert store.count("runs") == 50
    store.close()
    (index,) = index_files(cache)
    if damage == "delete":
        shutil.rmtree(index.parent)
    elif damage == "garble":
        index.write_bytes(b"no database" * 1000)
    else:
        connection = sqlite3.connect(index)
        connection.execute("PRAGMA user_version = 999")
        connection.close()
    assert FolderStore(root).count("runs") == 50


def test_index_garbled_while_open_is_rebuilt(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / ".cellbook"
    store = FolderStore(root)
    store.commit([create("runs", store.new_id(), {"n": 0})])
    assert store.count("runs") == 1
    (index,) = index_files(cache)
    for path in index.parent.iterdir():
        path.write_bytes(b"\xff" * 8192)
    store.commit([create("runs", store.new_id(), {"n": 1})])
    assert store.count("runs") == 2


def test_index_garbled_is_rebuilt_by_exclusive(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / ".cellbook"
    first = FolderStore(root)
    first.commit([create("runs", "a", {"n": 0})])
    assert first.count("runs") == 1
    first.close()
    (index,) = index_files(cache)
    index.write_bytes(b"no database" * 1000)
    store = FolderStore(root)
    with store.exclusive():
        assert store.get("runs", "a") == {"n": 0}


def test_index_held_by_another_is_waited_for(tmp_path: Path, cache: Path) -> None:
    """Also while it is new: SQLite itself does not wait when two turn to WAL at once."""
    root = tmp_path / ".cellbook"
    store = FolderStore(root)
    store.commit([create("runs", "a", {"n": 0})])
    assert store.count("runs") == 1
    store.close()
    (index,) = index_files(cache)
    for path in index.parent.iterdir():
        path.unlink()
    holder = sqlite3.connect(index, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("CREATE TABLE other (x)")
    timer = threading.Timer(0.3, lambda: holder.execute("COMMIT"))
    timer.start()
    assert FolderStore(root).count("runs") == 1
    timer.join()
    holder.close()


def test_index_held_too_long_is_said_and_kept(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cellbook.store.index._WAIT_SECONDS", 0.1)
    root = tmp_path / ".cellbook"
    first = FolderStore(root)
    first.commit([create("runs", "a", {"n": 0})])
    assert first.count("runs") == 1
    (index,) = index_files(cache)
    holder = sqlite3.connect(index, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    first.commit([create("runs", "b", {"n": 1})])
    with pytest.raises(StoreError, match="Nothing is lost; try again"):
        FolderStore(root).count("runs")
    holder.execute("ROLLBACK")
    holder.close()
    assert index.exists()
    assert FolderStore(root).count("runs") == 2


def test_table_that_another_process_folded_first_is_seen(tmp_path: Path, cache: Path) -> None:
    root = tmp_path / ".cellbook"
    one, two = FolderStore(root), FolderStore(root)
    one.commit([create("runs", "a", {"n": 0})])
    assert one.count("runs") == two.count("runs") == 1
    assert one.count("checkpoints") == 0
    one.commit([create("checkpoints", "b", {"n": 1})])
    assert two.count("checkpoints") == 1
    assert one.count("checkpoints") == 1


def test_index_without_cache_folder_lives_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CELLBOOK_CACHE_DIR", str(tmp_path / "file" / "cache"))
    store = FolderStore(tmp_path / ".cellbook")
    store.commit([create("runs", store.new_id(), {"n": 1})])
    assert store.table("runs").count(where("n") == 1) == 1


def test_copies_of_a_book_have_their_own_index(tmp_path: Path, cache: Path) -> None:
    FolderStore(tmp_path / "one" / ".cellbook").commit([create("things", "a", {"x": 1})])
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    one, two = (FolderStore(tmp_path / name / ".cellbook") for name in ("one", "two"))
    assert two.get("things", "a") == {"x": 1}  # What is read is older than what is then written.
    two.commit([update("things", "a", {"x": 2})])
    assert (one.get("things", "a"), two.get("things", "a")) == ({"x": 1}, {"x": 2})
    assert one.book_id == two.book_id
    assert len(index_files(cache)) == 2


def test_journal_is_closed_once(tmp_path: Path) -> None:
    root = tmp_path / ".cellbook"
    store = FolderStore(root)
    store.commit([create("things", "a", {"x": 1})])
    assert store.get("things", "a") == {"x": 1}
    store.close()
    (journal,) = (root / "journal").rglob("*.jsonl")
    assert journal.name.endswith(".closed.jsonl")
    assert FolderStore(root).get("things", "a") == {"x": 1}


def test_expression_index_is_made_and_used(tmp_path: Path, cache: Path) -> None:
    store = FolderStore(tmp_path / ".cellbook")
    for number in range(2100):
        store.commit([create("runs", store.new_id(), {"metrics": {"acc": number / 2100}})])
    found = list(store.select("runs", where("metrics")["acc"] > 0.99))
    assert len(found) == 20
    (index,) = index_files(cache)
    connection = sqlite3.connect(index)
    plan = connection.execute(
        "EXPLAIN QUERY PLAN SELECT row FROM t_runs "
        'WHERE json_extract(body, \'$."metrics"."acc"\') > 0.99'
    ).fetchall()
    connection.close()
    assert any("USING INDEX" in row[-1] for row in plan), plan
