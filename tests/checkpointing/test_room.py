from __future__ import annotations

import dataclasses
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cellbook.checkpointing import DocumentSource, Kernel, check_label
from cellbook.checkpointing.signing import _key
from cellbook.checkpointing.upkeep import choose, find_due, remove_due
from cellbook.errors import (
    Ambiguous,
    InvalidInput,
    NotFound,
    StoreCorrupt,
    StoreError,
    Untrusted,
)
from cellbook.records import Checkpoint, CheckpointKind, StoredBytes
from cellbook.store import FolderStore
from tests.checkpointing.rooms import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def test_restore_brings_back_and_takes_away(bench: Bench) -> None:
    bench.run("a = [1]; b = a; _p = 5; gone = 1")
    bench.save("start")
    bench.run("a.append(2); del gone; later = 3; b = None")
    done = bench.restore("start")
    assert bench.namespace["a"] == [1]
    assert bench.namespace["b"] is bench.namespace["a"]
    assert bench.namespace["gone"] == 1
    assert "later" not in bench.namespace
    assert sorted(done.restored) == ["_p", "a", "b", "gone"]
    assert done.removed == ["later"]


def test_restore_is_undone_by_another(bench: Bench) -> None:
    bench.run("x = 1")
    bench.save()
    bench.run("x = 2; y = [x]")
    done = bench.restore(1)
    assert done.before is not None
    bench.restore(done.before)
    assert (bench.namespace["x"], bench.namespace["y"]) == (2, [2])


def test_restore_in_a_fresh_kernel(bench: Bench, tmp_path: Path) -> None:
    bench.run("import numpy as np\na = np.arange(30_000.)\nv = a[3:5]\ndef f(): return v.sum()")
    bench.save("here")
    bench.close()
    fresh = Bench(tmp_path)
    fresh.restore("here")
    fresh.run("v[0] = 100")
    assert fresh.namespace["a"][3] == 100
    assert fresh.namespace["f"]() == 104
    fresh.close()


def test_what_cannot_be_saved_is_named_in_three_lists(bench: Bench) -> None:
    bench.run("g = (i for i in range(3)); box = [g]; h = (i for i in [])\nok = 1")
    saved = bench.save()
    assert sorted(saved.lost) == ["box", "g", "h"]
    assert "cannot pickle 'generator' object" in saved.lost["g"]
    bench.run("del h; ok = 2")
    done = bench.restore(1)
    assert done.restored == ["ok"]
    assert sorted(done.kept) == ["box", "g"]
    assert sorted(done.missing) == ["h"]
    assert "generator" in done.missing["h"]


def test_dry_run_and_only(bench: Bench) -> None:
    bench.run("a = 1; b = 2")
    bench.save()
    bench.run("a = 10; b = 20; c = 30")
    done = bench.restore(1, dry_run=True)
    assert (done.restored, done.removed, done.before) == (["a", "b"], ["c"], None)
    assert bench.namespace["a"] == 10
    bench.restore(1, only=["a"])
    assert [bench.namespace[name] for name in "abc"] == [1, 20, 30]
    with pytest.raises(NotFound, match="no variable zz"):
        bench.restore(1, only=["a", "zz"])


def test_process_state_comes_back(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    bench.run("import random, numpy as np\nr = np.random.default_rng(5)")
    bench.save()
    first = random.random(), np.random.random(), bench.namespace["r"].random()
    (tmp_path / "sub").mkdir()
    os.chdir("sub")
    sys.path.append("/nowhere")
    bench.restore(1)
    assert (random.random(), np.random.random(), bench.namespace["r"].random()) == first
    assert Path.cwd() == tmp_path
    assert "/nowhere" not in sys.path


def test_environment_only_when_asked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAIN", "one")
    bench.room.save_now(bench.kernel, bench.moment, environment=os.environ)
    monkeypatch.setenv("PLAIN", "two")
    bench.run("x = 1")
    bench.save()
    bench.restore(2)
    assert os.environ["PLAIN"] == "two"
    bench.restore(1)
    assert os.environ["PLAIN"] == "one"


def test_state_that_did_not_change_is_no_new_checkpoint(bench: Bench) -> None:
    bench.run("x = 1")
    kind = CheckpointKind.CELL
    first = bench.room.save_now(bench.kernel, bench.moment, kind=kind)
    assert bench.room.save_now(bench.kernel, bench.moment, kind=kind) == first
    assert bench.save() != first, "what is asked for is always saved"
    assert len(list(bench.room.all())) == 2


def test_a_notebook_saved_while_a_checkpoint_is_written_is_the_next_ones(
    bench: Bench, tmp_path: Path
) -> None:
    file = tmp_path / "work.ipynb"
    file.write_bytes(b"first")
    place = DocumentSource(file)
    bench.run("x = 1")
    done: list[Checkpoint | None] = []
    with bench.room._lock:  # What was saved is not put on record before this is left.
        bench.room.save(bench.kernel, bench.moment, document=place, done=done.append)
        file.write_bytes(b"second")
    bench.room.saver.wait()
    bench.run("x = 2")
    later = bench.room.save_now(bench.kernel, bench.moment, document=place)
    (first,) = done
    assert first is not None
    assert bench.room.document_of(first) == b"first"
    assert bench.room.document_of(later) == b"second"


def test_restored_state_is_no_change(bench: Bench) -> None:
    """Decoded and encoded again, it may have other bytes."""
    bench.run("import pandas as pd\nframe = pd.DataFrame({'a': [1], 'b': ['x']}); n = {'a': frame}")
    first = bench.save()
    bench.run("n = 2; late = 1")
    bench.save()
    bench.restore(1)
    kind = CheckpointKind.CELL
    again = bench.room.save_now(bench.kernel, bench.moment, kind=kind)
    assert again.checkpoint_id == first.checkpoint_id
    bench.run("n = 3")
    after = bench.room.save_now(bench.kernel, bench.moment, kind=kind)
    assert (after.added, after.changed, after.removed) == ((), ("n",), ())
    assert after.parent == first.checkpoint_id


def test_changes_are_told(bench: Bench) -> None:
    bench.run("a = [1]; b = 2; c = 3")
    bench.save()
    bench.run("a.append(1); del b; d = 4")
    saved = bench.save()
    assert (saved.added, saved.changed, saved.removed) == (("d",), ("a",), ("b",))


def test_find(bench: Bench) -> None:
    with pytest.raises(NotFound, match="has no checkpoints"):
        bench.room.find(1)
    ids = []
    for number in range(4):
        bench.run(f"x = {number}")
        ids.append(bench.save("same" if number % 2 else None).checkpoint_id)
    find = bench.room.find
    assert find("same")[0] == find("4")[0] == find("#4")[0] == find(ids[3])[0] == 4
    assert find("~1")[0] == find("~")[0] == 3
    assert find("~3")[0] == 1
    with pytest.raises(NotFound, match="not 4 checkpoints before"):
        find("~4")
    with pytest.raises(NotFound, match=r"a number \(1 to 4\).*\(same\)"):
        find("nope")
    bench.restore(2)
    bench.run("x = 'branch'")
    assert bench.save().parent == ids[1]
    assert find("~1")[0] == 2


@pytest.mark.parametrize(
    "label",
    [
        *("12", "12 ", " #3", "~1", "run:a", "checkpoint:x", " ", "a\nb", "x" * 201),
        *("a\tb", "a\x1b[31m", "a\u202eb", "a\ud800", "a\u200bb", "01K8ZZZZZZZZZZZZZZZZZZZZZZ"),
    ],
)
def test_labels_that_would_be_taken_for_something_else(label: str) -> None:
    with pytest.raises(InvalidInput, match="label"):
        check_label(label)


def test_another_users_checkpoint_wants_consent(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.run("x = 1")
    bench.save()
    monkeypatch.setenv("CELLBOOK_DATA_DIR", str(tmp_path / "other"))
    bench.run("x = 2")
    with pytest.raises(Untrusted, match=r"was saved by \S+ on 20\d\d-.*--trust"):
        bench.restore(1)
    assert bench.namespace["x"] == 2
    bench.restore(1, trust=True)
    assert bench.namespace["x"] == 1


@pytest.mark.parametrize(
    "change", [{"author": "you"}, {"time": 1}, {"state": StoredBytes(1, "00")}]
)
def test_a_forged_record_is_not_trusted(bench: Bench, change: dict[str, object]) -> None:
    saved = bench.save()
    assert bench.room.is_trusted(saved)
    assert not bench.room.is_trusted(dataclasses.replace(saved, **change))


def test_without_a_key_everything_wants_consent(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("CELLBOOK_DATA_DIR", str(tmp_path / "file" / "below"))
    saved = bench.save()
    assert saved.signature == ""
    with pytest.raises(Untrusted):
        bench.restore(1)


def test_key_is_private(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELLBOOK_DATA_DIR", str(tmp_path / "new"))
    bench.save()
    assert (tmp_path / "new" / "key").stat().st_mode & 0o777 == 0o600
    assert len(_key(tmp_path / "new" / "key")) == 32


def test_damaged_checkpoint_leaves_the_kernel_as_it_was(bench: Bench, tmp_path: Path) -> None:
    bench.run("import os\na = os.urandom(300_000); b = 1")
    bench.save()
    bench.run("a = b = 0")
    for file in (tmp_path / ".cellbook" / "packs").iterdir():
        data = bytearray(file.read_bytes())
        data[150_000] ^= 1
        file.write_bytes(data)
    with pytest.raises(StoreCorrupt, match="damaged"):
        bench.restore(1)
    assert (bench.namespace["a"], bench.namespace["b"]) == (0, 0)
    assert [place for place, _, harmless in bench.room.check() if not harmless]


def test_restore_that_fails_half_way_changes_nothing(bench: Bench) -> None:
    bench.run("a = 1; b = 2")
    bench.save()
    bench.run("a = 10; b = 20")

    class Full(dict):  # type: ignore[type-arg]
        """Takes one more name, then breaks, once."""

        full = True

        def update(self, *args: object) -> None:
            if self.full:
                self.full = False
                self["a"] = 1
                raise MemoryError
            super().update(*args)

    namespace = Full(bench.namespace)
    with pytest.raises(MemoryError):
        Kernel(namespace).replace({"a": 1, "b": 2}, [])
    assert (namespace["a"], namespace["b"]) == (10, 20)


def test_full_disk_is_reported_and_refuses_a_restore(bench: Bench, tmp_path: Path) -> None:
    bench.run("x = 1")
    bench.save()
    packs = tmp_path / ".cellbook" / "packs"
    packs.rename(packs.with_name("elsewhere"))
    packs.write_text("no folder")
    bench.run("import os\nx = os.urandom(5000)")
    with pytest.raises(StoreError, match=r"No checkpoint was saved: .*could not keep a checkpoint"):
        bench.restore(1)
    assert len(bench.namespace["x"]) == 5000
    assert len(bench.reported) == 1


def test_quota(bench: Bench) -> None:
    bench.run("import os\nx = os.urandom(300_000)")
    bench.save()
    assert bench.room.over_quota() == ""
    bench.room.quota = 100_000
    assert "CELLBOOK_CHECKPOINT_QUOTA" in bench.room.over_quota()


def made_at(hours: float, number: int, **more: object) -> Checkpoint:
    fields = {"session_id": "s", "kind": CheckpointKind.CELL, "state": StoredBytes(0, ""), **more}
    return Checkpoint(checkpoint_id=f"{number:03}", time=int(hours * 3_600_000), **fields)  # type: ignore[arg-type]


def test_retention() -> None:
    now = 1000 * 3600.0
    old = [made_at(900.1, 1), made_at(900.2, 2), made_at(900.3, 3, label="kept")]
    old += [made_at(900.4, 4, kind=CheckpointKind.RUN_END), made_at(901.1, 5)]
    old += [made_at(901.2, 6, session_id="t"), made_at(901.3, 7)]
    new = [made_at(999.1, 8), made_at(999.2, 9)]
    assert [one.checkpoint_id for one in choose([*old, *new], now)] == ["001", "002", "005"]


def test_gc_frees_and_keeps_the_tree(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        bench.run(f"import os\nx = os.urandom(200_000); n = {number}")
        bench.save("kept" if number in (0, 3) else None)
    monkeypatch.setattr("cellbook.store.packs._ASIDE_SECONDS", -1.0)
    bench.close()
    store = FolderStore(tmp_path / ".cellbook")
    due = find_due(store, store.packs, now=time.time() + 2 * 86_400)
    # Of one hour only the newest would stay; the newest of all stays anyhow.
    assert len(due.checkpoints) == 3
    assert remove_due(store, store.packs, due) > 500_000
    store.close()
    fresh = Bench(tmp_path)
    numbers = [number for number, _ in fresh.room.all()]
    assert numbers == [1, 4, 6], "numbers are not given again"
    records = [one for _, one in fresh.room.all()]
    assert [one.parent for one in records] == [None, *(one.checkpoint_id for one in records[:2])]
    for number in numbers:
        fresh.restore(number)
        assert fresh.namespace["n"] == number - 1
    assert not [finding for finding in fresh.room.check() if not finding[2]]
    fresh.close()


def in_notebook(bench: Bench, notebook: str) -> None:
    bench.moment = dataclasses.replace(bench.moment, notebook=notebook)


def test_label_of_this_notebook_comes_first(bench: Bench) -> None:
    for notebook in ("a.ipynb", "b.ipynb"):
        in_notebook(bench, notebook)
        bench.run(f"who = {notebook!r}")
        bench.save("trained")
    in_notebook(bench, "a.ipynb")
    done = bench.restore("trained")
    assert bench.namespace["who"] == "a.ipynb"
    assert not [line for line in done.differences if "notebook" in line]
    in_notebook(bench, "c.ipynb")
    with pytest.raises(Ambiguous, match=r"1 of a\.ipynb, 2 of b\.ipynb\. Give a number"):
        bench.restore("trained")
    assert bench.restore(2).differences[0] == "saved in another notebook: b.ipynb"


def test_label_of_another_notebook_is_said(bench: Bench) -> None:
    in_notebook(bench, "a.ipynb")
    bench.run("who = 'a'")
    bench.save("clean")
    in_notebook(bench, "b.ipynb")
    assert "saved in another notebook: a.ipynb" in bench.restore("clean").differences


def test_ancestors_are_those_of_this_notebook(bench: Bench, tmp_path: Path) -> None:
    in_notebook(bench, "a.ipynb")
    bench.save()
    in_notebook(bench, "b.ipynb")
    bench.run("x = 1")
    bench.save()
    fresh = Bench(tmp_path)
    assert fresh.room.find("~0", "a.ipynb")[0] == 1
    assert fresh.room.find("~0")[0] == 2
    with pytest.raises(NotFound, match="This notebook has no checkpoints"):
        fresh.room.find("~0", "c.ipynb")
    fresh.close()


def test_kind_of_numpys_generator_comes_back(bench: Bench) -> None:
    bench.run("import numpy as np\nbefore = np.random.get_bit_generator()")
    try:
        bench.run("x = 1; np.random.set_bit_generator(np.random.PCG64(7))")
        bench.save("pcg")
        expected = np.random.random()
        bench.run("x = 2; np.random.set_bit_generator(np.random.MT19937(1))")
        assert not [note for note in bench.restore("pcg").notes if "generator" in note]
        assert (bench.namespace["x"], np.random.random()) == (1, expected)
    finally:
        np.random.set_bit_generator(np.random.MT19937())


def test_process_that_cannot_be_brought_back_is_noted(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.run("x = 1")
    bench.save("start")
    bench.run("x = 2")
    monkeypatch.setattr(np.random, "set_state", lambda state: 1 / 0)
    notes = bench.restore("start").notes
    assert notes == ["numpy's random generator stays as it is: division by zero"]
    assert bench.namespace["x"] == 1


def test_modules_are_found_where_they_were(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "helper_of_seals.py").write_text("class K: n = 5\n")
    before, here = list(sys.path), Path.cwd()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*before, "lib"])
    bench.run("import helper_of_seals\nk = helper_of_seals.K()")
    bench.save("with it")
    monkeypatch.delitem(sys.modules, "helper_of_seals")
    sys.path[:] = before
    os.chdir(here)
    bench.run("del k, helper_of_seals")
    assert bench.restore("with it", dry_run=True).missing == {}
    assert (sys.path, Path.cwd()) == (before, here)
    bench.restore("with it")
    assert bench.namespace["k"].n == 5
    assert (sys.path, Path.cwd()) == ([*before, "lib"], tmp_path)
