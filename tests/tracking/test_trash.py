from __future__ import annotations

import dataclasses
import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cellbook.errors import NotFound
from cellbook.records import CellExecution, CellState, Output, to_doc
from cellbook.store import FolderStore, create
from cellbook.tracking import Run, Runs, Trouble
from cellbook.tracking.trash import find_rubbish, remove_rubbish

DAY = 86_400.0
LATER = 40 * DAY


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / ".cellbook")


@pytest.fixture
def runs(store: FolderStore) -> Runs:
    return Runs(store, Trouble())


def finished(runs: Runs, name: str, text: str) -> Run:
    """Make a run with an artifact, metrics and a series file of its own."""
    with runs.start(name) as run:
        run.log_text(text, "notes.txt")
        run.log_metric("loss", 0.5)
    runs.store.series_writer.close()
    return run


def close(runs: Runs) -> float:
    """End the process's session, as its end would; return a time long after."""
    runs.close()
    return time.time() + LATER


def test_find_leaves_a_fresh_book_alone(store: FolderStore, runs: Runs) -> None:
    finished(runs, "kept", "text")
    assert not find_rubbish(store, days=0, now=close(runs))


def test_remove_frees_a_deleted_run(store: FolderStore, runs: Runs) -> None:
    gone, kept = finished(runs, "gone", "one"), finished(runs, "kept", "two")
    runs.delete(gone)
    rubbish = find_rubbish(store, now=close(runs))
    assert [record.run_name for record in rubbish.runs] == ["gone"]
    assert (len(rubbish.blobs), len(rubbish.series)) == (1, 1)
    assert remove_rubbish(store, rubbish) == rubbish.size > 3
    with pytest.raises(NotFound):
        runs.get(gone.run_id)
    assert runs.artifacts(gone.run_id) == []
    (artifact,) = runs.artifacts(kept.run_id)
    assert store.blobs.get(artifact.digest) == b"two"
    assert len(store.series_reader.stems()) == 1
    assert runs.find("kept").run_number == 2
    assert store.verify().findings == []
    assert not find_rubbish(store, now=time.time() + LATER)


def test_find_lets_young_deletions_wait(store: FolderStore, runs: Runs) -> None:
    runs.delete(finished(runs, "regretted", "x"))
    close(runs)
    rubbish = find_rubbish(store, now=time.time() + 29 * DAY)
    assert not rubbish
    assert [record.run_name for record in rubbish.waiting] == ["regretted"]


def test_remove_spares_what_was_restored_meanwhile(store: FolderStore, runs: Runs) -> None:
    run = finished(runs, "rescued", "x")
    runs.delete(run)
    rubbish = find_rubbish(store, now=close(runs))
    runs.restore(run)
    assert remove_rubbish(store, rubbish) == 0
    assert store.blobs.get(runs.artifacts(run.run_id)[0].digest) == b"x"


def test_remove_spares_content_kept_again_meanwhile(store: FolderStore, runs: Runs) -> None:
    """The same bytes are logged between the look and the removal, their document not yet there."""
    runs.delete(finished(runs, "gone", "shared"))
    close(runs)
    rubbish = find_rubbish(store, days=0, now=time.time() + 61)
    (digest,) = rubbish.blobs
    os.utime(store.blobs.path(digest), (0, 0))
    assert store.blobs.put(b"shared") == digest
    remove_rubbish(store, dataclasses.replace(rubbish, seen_at=time.time()))
    assert store.blobs.get(digest) == b"shared"


def test_find_spares_content_that_another_run_names(store: FolderStore, runs: Runs) -> None:
    runs.delete(finished(runs, "gone", "shared"))
    finished(runs, "kept", "shared")
    rubbish = find_rubbish(store, now=close(runs))
    assert rubbish.runs
    assert not rubbish.blobs


def test_find_spares_content_named_anywhere(store: FolderStore, runs: Runs) -> None:
    digest = store.blobs.put(b"of a later version's table")
    store.commit([create("checkpoints", "c", {"deep": [{"chunks": [digest]}]})])
    assert not find_rubbish(store, now=close(runs))


def test_find_takes_content_that_nothing_names(store: FolderStore, runs: Runs) -> None:
    digest = store.blobs.put(b"its run was killed before it said so")
    now = close(runs)
    assert not find_rubbish(store, now=now - LATER + DAY / 2)
    assert set(find_rubbish(store, now=now).blobs) == {digest}


def test_remove_takes_the_cells_of_a_run(store: FolderStore, runs: Runs) -> None:
    with runs.start("gone") as run:
        pass
    digest = store.blobs.put(b"a large picture")
    for number, owner in enumerate((run.run_id, None)):
        output = Output("display_data", blobs={"image/png": digest} if owner else {})
        cell = CellExecution(
            execution_id=store.new_id(),
            session=str(runs.sessions.current),
            source="plot()",
            state=CellState.OK,
            start_time=number,
            order=number,
            run=owner,
            outputs=(output,),
        )
        store.commit([create("cells", cell.execution_id, to_doc(cell))])
    runs.delete(run)
    assert remove_rubbish(store, find_rubbish(store, now=close(runs))) == len(b"a large picture")
    assert [doc.get("run") for _, _, doc in store.select("cells")] == [None]


def test_find_spares_points_of_a_process_at_work(store: FolderStore, runs: Runs) -> None:
    with runs.start("gone") as run:
        run.log_metric("loss", 1.0)
    runs.delete(run)
    now = time.time() + LATER
    assert not find_rubbish(store, now=now).series
    assert find_rubbish(store, now=close(runs)).series


def test_remove_puts_back_what_a_killed_removal_left(store: FolderStore, runs: Runs) -> None:
    run = finished(runs, "kept", "x")
    path = store.blobs.path(runs.artifacts(run.run_id)[0].digest)
    path.rename(path.with_name(".aside-" + path.name))
    (path.parents[1] / ".new-killed").write_bytes(b"half")
    assert remove_rubbish(store, find_rubbish(store, now=close(runs))) == 4
    assert store.verify().findings == []


def test_find_counts_what_killed_processes_left_a_day_ago(store: FolderStore) -> None:
    root = store.root / "blobs" / "sha256"
    for name, age in (("old", DAY + 60), ("young", DAY - 60)):
        left = root / f".new-{name}"
        left.mkdir(parents=True)
        (left / "model.skops").write_bytes(b"half")
        os.utime(left, (time.time() - age,) * 2)
    rubbish = find_rubbish(store)
    assert rubbish
    assert (dict(rubbish.leftovers), rubbish.size) == ({".new-old": 4}, 4)
    assert remove_rubbish(store, rubbish) == 4
    assert not find_rubbish(store)
    assert [path.name for path in root.glob(".new-*")] == [".new-young"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    contents=st.lists(st.sampled_from("abcde"), min_size=1, max_size=12),
    data=st.data(),
)
def test_remove_never_breaks_what_stays(
    tmp_path_factory: pytest.TempPathFactory, contents: list[str], data: st.DataObject
) -> None:
    """Whatever is deleted, the rest of the book is whole, and a second removal finds nothing."""
    store = FolderStore(tmp_path_factory.mktemp("book") / ".cellbook")
    runs = Runs(store, Trouble())
    made = [finished(runs, f"run {number}", text) for number, text in enumerate(contents)]
    deleted = data.draw(st.sets(st.integers(0, len(made) - 1)))
    for number in deleted:
        runs.delete(made[number])
    now = close(runs)
    remove_rubbish(store, find_rubbish(store, now=now))
    for number in set(range(len(made))) - deleted:
        (artifact,) = runs.artifacts(made[number].run_id)
        assert store.blobs.get(artifact.digest) == contents[number].encode()
    assert {digest for digest, _ in store.blobs.all()} == {
        doc["digest"] for _, _, doc in store.select("artifacts")
    }
    assert store.count("runs") == len(made) - len(deleted)
    assert store.verify().findings == []
    assert not find_rubbish(store, now=now)
    store.close()
