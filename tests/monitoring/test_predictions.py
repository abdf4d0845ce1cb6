"""Recorded predictions: what comes back, what a crash loses, what may go wrong meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import InvalidInput, StoreCorrupt
from cellbook.monitoring.columns import decode_columns, encode_columns
from cellbook.monitoring.predictions import Predictions
from cellbook.monitoring.recording import PredictionLog
from cellbook.monitoring.sketches import Sketch
from cellbook.store import FolderStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FolderStore]:
    opened = FolderStore(tmp_path / ".cellbook")
    yield opened
    opened.close()


@pytest.fixture
def room(store: FolderStore) -> Predictions:
    return Predictions(store)


@pytest.fixture
def log(room: Predictions) -> Iterator[PredictionLog]:
    opened = room.log("wine", seconds=0.05)
    yield opened
    opened.close()


def test_predictions_come_back_as_they_were(room: Predictions, log: PredictionLog) -> None:
    rows = pd.DataFrame({"x": [1.5, np.nan], "n": [3, 4], "c": ["a", None]})
    first = log.log(
        rows, [0.25, 0.75], model="wine/7", arm="a", latency=0.003, time_ms=1_700_000_000_000
    )
    (second,) = log.log([{"x": 9.0, "n": 1, "c": "b"}], np.array([1.0]), ids=["mine"], arm="b")
    assert log.flush()
    found = room.frame("wine", labels=False)
    assert found["id"].tolist() == [*first, second] == [first[0], first[1], "mine"]
    assert found["time"][0] == pd.Timestamp(1_700_000_000_000, unit="ms", tz="UTC")
    assert found["model"].tolist() == ["wine/7", "wine/7", ""]
    assert found["arm"].tolist() == ["a", "a", "b"]
    assert found["latency"][:2].tolist() == [0.003, 0.003]
    assert np.isnan(found["latency"][2])
    assert found["input.x"].tolist()[0::2] == [1.5, 9.0]
    assert found["input.n"].tolist() == [3, 4, 1]
    assert found["input.c"].isna().tolist() == [False, True, False]
    assert found["output.prediction"].tolist() == [0.25, 0.75, 1.0]
    assert room.endpoints() == ["wine"]
    assert log.state.written == 3


@pytest.mark.parametrize(
    ("inputs", "names"),
    [
        ({"x": [1, 2], "c": ["a", "b"]}, {"x", "c"}),
        (np.zeros((2, 3)), {"0", "1", "2"}),
        (np.zeros((2, 3, 4)), {"value"}),
        (pl.DataFrame({"x": [1, 2]}), {"x"}),
        ([{"x": 1}, {"y": 2}], {"x", "y"}),
        ([[1, 2], [3, 4]], {"prediction"}),
        (pd.Series([1, 2], name="s", index=[7, 7]), {"s"}),
    ],
)
def test_inputs_may_be_of_many_kinds(
    room: Predictions, log: PredictionLog, inputs: Any, names: set[str]
) -> None:
    log.log(inputs, {"p": [0.1, 0.9], "label": ["no", "yes"]})
    assert log.flush()
    found = room.frame("wine")
    assert {name[6:] for name in found if name.startswith("input.")} == names
    assert found["output.label"].tolist() == ["no", "yes"]


def test_labels_join_later_by_id_and_the_last_one_stays(
    room: Predictions, log: PredictionLog
) -> None:
    room.label("wine", {"b": 0, "stranger": 1})
    log.log({"x": [1, 2, 3]}, [1, 1, 0], ids=["a", "b", "c"])
    assert log.flush()
    room.label("wine", pd.DataFrame({"id": ["a", "b"], "label": [1, 1]}))
    assert room.frame("wine")["label"].tolist()[:2] == [1, 1]
    assert np.isnan(room.frame("wine")["label"][2])
    with pytest.raises(InvalidInput, match="'id' and 'label'"):
        room.label("wine", pd.DataFrame({"id": ["a"]}))
    with pytest.raises(InvalidInput, match="no labels"):
        room.label("wine", {})


def test_predictions_are_found_by_time_model_and_arm(room: Predictions, log: PredictionLog) -> None:
    for place in range(6):
        log.log(
            {"x": [place]}, [place], model=f"v{place % 2}", arm="ab"[place % 3 == 0],
            time_ms=1_000 * place,
        )  # fmt: skip
    assert log.flush()
    x = "input.x"
    assert room.frame("wine", since=2_000, until=4_000)[x].tolist() == [2, 3]
    assert room.frame("wine", model="v1")[x].tolist() == [1, 3, 5]
    assert room.frame("wine", arm="b", model="v0")[x].tolist() == [0]
    assert room.frame("wine", model="v9").empty
    assert list(room.frame("wine", columns=[x], labels=False)) == [
        "id", "time", "model", "arm", "latency", x,
    ]  # fmt: skip
    assert room.frame("beer").empty


def test_a_share_is_chosen_by_id(room: Predictions, store: FolderStore) -> None:
    ids = [f"user-{place}" for place in range(4_000)]
    kept = []
    for endpoint in ("one", "other"):
        log = PredictionLog(store, endpoint, share=0.1)
        log.log({"x": list(range(4_000))}, [0] * 4_000, ids=ids)
        log.close()
        kept.append(room.frame(endpoint)["id"].tolist())
        assert sum(chunk.seen for chunk in room.chunks(endpoint)) == 4_000
    assert kept[0] == kept[1]
    assert 300 < len(kept[0]) < 500
    assert log.state.dropped == 0


def test_what_is_too_much_is_dropped_and_counted(room: Predictions, store: FolderStore) -> None:
    log = PredictionLog(store, "wine", waiting=100, seconds=60)
    for _ in range(3):
        log.log({"x": list(range(40))}, [0] * 40)
    assert (log.state.waiting, log.state.dropped) == (80, 40)
    assert "too many" in log.state.trouble
    log.log({"x": [1]}, [0])
    log.close()
    assert [(chunk.rows, chunk.dropped) for chunk in room.chunks("wine")] == [(81, 40)]


def test_what_is_no_row_spoils_no_other(room: Predictions, log: PredictionLog) -> None:
    log.log({"x": [1, 2]}, [0])
    log.log({"x": [1]}, 5, ids=["odd"])
    log.log({"x": [object()]}, [0], ids=["text"])
    assert log.flush()
    assert room.frame("wine")["id"].tolist() == ["text"]
    assert log.state.dropped == 3
    assert "no rows" in log.state.trouble
    with pytest.raises(InvalidInput, match="holds no rows"):
        log.log(5, 5)


def test_half_a_character_spoils_no_other(room: Predictions, log: PredictionLog) -> None:
    log.log([{"a": "\ud800"}], {"p": [1]})
    log.log([{"a": "x"}], {"p": [2]})
    log.flush()
    log.log([{"a": "y"}], {"p": [3]})
    log.flush()
    assert list(room.frame("wine")["output.p"]) == [2, 3]
    assert log.state.dropped == 1
    with pytest.raises(InvalidInput, match="half of a character"):
        room.label("wine", {"\ud800": 1})


def test_a_disk_that_refuses_delays_and_loses_nothing(
    room: Predictions, store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("cellbook.monitoring.recording._RETRY", 0.02)
    log = PredictionLog(store, "wine", seconds=0.01, report=told.append)
    blobs = store.root / "blobs"
    blobs.write_text("in the way")
    log.log({"x": [1]}, [1])
    deadline = time.monotonic() + 10
    while not told and time.monotonic() < deadline:
        time.sleep(0.01)
    assert log.state.waiting == 1
    log.log({"x": [2]}, [2])
    blobs.unlink()
    assert log.flush()
    assert room.frame("wine")["input.x"].tolist() == [1, 2]
    assert len(told) == 1
    assert "answered all the same" in told[0]
    assert log.state.trouble == ""
    log.close()


def test_many_threads_log_at_once(room: Predictions, log: PredictionLog) -> None:
    def work(worker: int) -> None:
        for place in range(200):
            log.log({"x": [place]}, [worker])

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.flush()
    found = room.frame("wine")
    assert found["id"].is_unique
    assert found.groupby("output.prediction").size().tolist() == [200] * 4


def test_a_log_that_was_closed_goes_on(room: Predictions, log: PredictionLog) -> None:
    log.log({"x": [1]}, [1])
    log.close()
    log.log({"x": [2]}, [2])
    log.close()
    assert len(room.frame("wine")) == 2


KILLED = """
import sys, time
from pathlib import Path
from cellbook.monitoring.recording import PredictionLog
from cellbook.store import FolderStore
log = PredictionLog(FolderStore(Path(sys.argv[1])), "wine", seconds=0.02)
place = 0
while True:
    log.log({"x": [place]}, [place], ids=[str(place)])
    place += 1
    if place == 500:
        log.flush()
        print("flushed", flush=True)
    time.sleep(0.0002)
"""


def test_kill_loses_only_what_waited(room: Predictions, store: FolderStore) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(store.root)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "flushed\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    ids = [int(one) for one in room.frame("wine")["id"]]
    # None that was acknowledged is missing, none is there twice, and there is no gap.
    assert len(ids) >= 500
    assert ids == list(range(len(ids)))
    # A part may lie there that no document names yet: it is written before its document.
    assert store.verify().ok


AT_END = """
import sys
from pathlib import Path
from cellbook.monitoring.recording import PredictionLog
from cellbook.store import FolderStore
PredictionLog(FolderStore(Path(sys.argv[1])), "wine", seconds=60).log({"x": [1]}, [1])
"""


def test_a_process_that_ends_writes_what_waits(room: Predictions, store: FolderStore) -> None:
    subprocess.run([sys.executable, "-c", AT_END, str(store.root)], check=True, timeout=60)
    assert len(room.frame("wine")) == 1


FORKED = """
import os, sys
from pathlib import Path
from cellbook.monitoring.recording import PredictionLog
from cellbook.store import FolderStore
log = PredictionLog(FolderStore(Path(sys.argv[1])), "wine", seconds=60)
log.log({"x": [1]}, [1], arm="parent")
pid = os.fork()
log.log({"x": [2]}, [2], arm="child" if pid == 0 else "parent")
log.close()
if pid:
    assert os.waitpid(pid, 0)[1] == 0
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_records_its_own(room: Predictions, store: FolderStore) -> None:
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKED, str(store.root)]
    subprocess.run(command, check=True, timeout=60)
    assert sorted(room.frame("wine")["arm"]) == ["child", "parent", "parent"]


def test_small_chunks_are_joined_and_old_ones_forgotten(
    room: Predictions, store: FolderStore
) -> None:
    log = PredictionLog(store, "wine", seconds=60)
    for place in range(5):
        log.log({"x": [place]}, [place], time_ms=1_000 * place)
        log.flush()
    before = room.frame("wine")
    assert len(room.chunks("wine")) == 5
    assert room.compact("wine", before=4_000) == 3
    assert room.compact("wine", before=4_000) == 0
    assert [chunk.rows for chunk in room.chunks("wine")] == [4, 1]
    pd.testing.assert_frame_equal(room.frame("wine"), before)
    room.label("wine", {"a": 1})
    assert room.forget("wine", before=4_000) == 4
    assert room.frame("wine")["input.x"].tolist() == [4]
    assert room.forget("wine", before=4_000) == 0
    log.close()


def test_windows_are_sketched_chunk_by_chunk(room: Predictions, log: PredictionLog) -> None:
    for place in range(4):
        log.log({"x": [place, place], "y": [0, 1]}, [1, 0], time_ms=1_500 * place)
        log.flush()
    found = room.sketches("wine", 3, name=lambda label: label.removeprefix("input."))
    assert list(found) == [0, 3_000]
    assert found[0] == Sketch.of(
        {"x": [0, 0, 1, 1], "y": [0, 1] * 2, "output.prediction": [1, 0] * 2}
    )
    only = room.sketches("wine", 3, since=3_000, name=lambda label: "x" if label[-1] == "x" else "")
    assert [list(sketch.columns) for sketch in only.values()] == [["x"]]
    assert list(room.sketches("wine", 1e300)) == [0]
    with pytest.raises(InvalidInput, match="seconds is none"):
        room.sketches("wine", 0)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.lists(st.integers(0, 9), max_size=3),
)


@given(st.lists(VALUES, max_size=30))
def test_columns_keep_values(values: list[Any]) -> None:
    frame = pd.DataFrame({"v": pd.Series(values, dtype=object), "w": np.arange(len(values)) / 2})
    data = encode_columns(frame)
    found = decode_columns(data)
    for one, other in zip(found["v"].astype(object), values, strict=True):
        if other is None:
            assert one is None or one != one
        else:
            assert one == other
    assert found["w"].tolist() == frame["w"].tolist()
    assert encode_columns(frame) == data


def test_columns_keep_dtypes() -> None:
    frame = pd.DataFrame(
        {
            "f": np.array([1, 2], np.float32),
            "i": np.array([1, 2], np.uint8),
            "b": [True, False],
            "t": pd.to_datetime(["2026-01-01", None]).astype("datetime64[ns]"),
            "z": pd.to_datetime(["2026-01-01", None], utc=True).astype("datetime64[ns, UTC]"),
            "d": pd.to_timedelta([1, None], unit="s").astype("timedelta64[ns]"),
            "I": pd.array([1, 2], dtype="Int64"),
        }
    )
    found = decode_columns(encode_columns(frame))
    pd.testing.assert_frame_equal(found, frame.astype({"I": "int64"}))
    gaps = pd.DataFrame({"I": pd.array([1, None], dtype="Int64")})
    assert np.isnan(decode_columns(encode_columns(gaps))["I"][1])
    assert len(decode_columns(encode_columns(pd.DataFrame(index=range(3))))) == 3
    half = pd.DataFrame({"t": pd.Series(["\ud800", "a", [1], {2}], dtype=object)})
    assert decode_columns(encode_columns(half))["t"].tolist() == ["\\ud800", "a", [1], "{2}"]


def test_a_damaged_chunk_is_refused(room: Predictions, log: PredictionLog) -> None:
    data = encode_columns(pd.DataFrame({"x": ["a", "b"]}))
    with pytest.raises(StoreCorrupt, match="cannot be read"):
        decode_columns(data[:-4])
    with pytest.raises(InvalidInput):
        PredictionLog(room._store, "wine", share=2)
    with pytest.raises(InvalidInput):
        PredictionLog(room._store, "wine", rows=0)


def test_times_of_any_year_and_zone_come_back(room: Predictions, log: PredictionLog) -> None:
    moments = pd.Series(pd.date_range("2026", periods=2, tz="dateutil/Europe/Berlin"))
    far = pd.Series(np.array(["0001-01-01", "9999-01-01"], "M8[s]"))
    log.log(pd.DataFrame({"zone": moments, "far": far}), [0, 1])
    assert log.flush()
    found = room.frame("wine")
    assert (found["input.zone"] == moments).all()
    assert found["input.far"].tolist() == ["0001-01-01 00:00:00", "9999-01-01 00:00:00"]


def test_a_time_in_another_unit_is_refused(room: Predictions, log: PredictionLog) -> None:
    with pytest.raises(InvalidInput, match="milliseconds since 1970"):
        log.log({"x": [1]}, [1], time_ms=time.time_ns())
    assert room.frame("wine").empty


@pytest.mark.parametrize("label", [[1], {"a": 1}, np.array([1])])
def test_a_label_is_one_value_and_former_others_count_as_missing(
    store: FolderStore, label: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    predictions = Predictions(store)
    with closing(predictions.log("wine")) as log:
        ids = log.log({"x": [1.0, 2.0]}, [1, 1], time_ms=0)
    with pytest.raises(InvalidInput, match="A label is one value"):
        predictions.label("wine", {ids[0]: label, ids[1]: 1})
    # Books have such labels that were taken in before they were refused.
    monkeypatch.setattr("cellbook.monitoring.predictions._single", lambda one: True)
    predictions.label("wine", {ids[0]: label, ids[1]: 1})
    monkeypatch.undo()
    assert predictions.frame("wine")["label"].isna().tolist() == [True, False]
