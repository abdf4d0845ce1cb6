"""Counters that several processes share, and their text."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from cellbook.serving.counting import CAPACITY, Counters, read_counters, settle
from cellbook.serving.metrics import METRICS, SECONDS, exposition, histogram

OTHER = """
import sys, time
from pathlib import Path
from cellbook.serving.counting import Counters
counters = Counters(Path(sys.argv[1]))
for _ in range(1000):
    counters.add(counters.slot("cellbook_requests_total", {"code": "200"}))
counters.put(counters.slot("cellbook_waiting_rows"), 5)
print("done", flush=True)
sys.stdin.read()
"""


def test_processes_count_together(tmp_path: Path) -> None:
    counters = Counters(tmp_path)
    counters.add(counters.slot("cellbook_requests_total", {"code": "200"}), 5)
    counters.put(counters.slot("cellbook_waiting_rows"), 2)
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "done\n"
        counted = read_counters(tmp_path)
        assert counted[("cellbook_requests_total", (("code", "200"),))] == 1005
        assert counted[("cellbook_waiting_rows", ())] == 7
        other.kill()
    counted = read_counters(tmp_path)
    # What it counted stays; what waited with it waits no more.
    assert counted[("cellbook_requests_total", (("code", "200"),))] == 1005
    assert counted[("cellbook_waiting_rows", ())] == 2


def test_processes_that_end_leave_their_counts_and_no_files(tmp_path: Path) -> None:
    counters = Counters(tmp_path)
    counters.add(counters.slot("cellbook_requests_total", {"code": "200"}), 5)
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", OTHER, str(tmp_path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as other:  # fmt: skip
            assert other.stdout is not None
            other.stdout.readline()
            other.kill()
        settle(tmp_path, other.pid)
        settle(tmp_path, other.pid)
    counted = read_counters(tmp_path)
    assert counted == {("cellbook_requests_total", (("code", "200"),)): 3005}
    assert len(list(tmp_path.glob("*.values"))) == 1


def test_more_than_there_is_room_for(tmp_path: Path) -> None:
    counters = Counters(tmp_path)
    slots = [counters.slot("cellbook_requests_total", {"version": str(n)}) for n in range(CAPACITY)]
    assert slots[-1] == CAPACITY - 1
    assert counters.slot("cellbook_requests_total", {"version": "one more"}) == CAPACITY - 1
    counters.add(CAPACITY - 1)
    assert len(read_counters(tmp_path)) == CAPACITY - 1


def test_text_is_what_prometheus_reads(tmp_path: Path) -> None:
    counters = Counters(tmp_path)
    labels = {"arm": 'a"b\\c\nd', "version": "1"}
    counters.add(counters.slot("cellbook_requests_total", {**labels, "code": "200"}), 3)
    seconds = histogram(counters, "cellbook_request_seconds", labels, SECONDS)
    for value in (0.0001, 0.003, 0.003, 99.0):
        seconds.observe(value)
    text = exposition(read_counters(tmp_path))
    families = {one.name: one for one in text_string_to_metric_families(text)}
    assert {
        f"{name}_total" if one.type == "counter" else name for name, one in families.items()
    } <= (set(METRICS))
    assert families["cellbook_requests"].samples[0].labels == {**labels, "code": "200"}
    samples = families["cellbook_request_seconds"].samples
    counts = {one.labels["le"]: one.value for one in samples if one.name.endswith("_bucket")}
    assert counts["0.0005"] == 1
    assert counts["0.005"] == 3
    assert counts["+Inf"] == 4
    assert list(counts.values()) == sorted(counts.values())
    assert next(one.value for one in samples if one.name.endswith("_count")) == 4
    assert next(one.value for one in samples if one.name.endswith("_sum")) == 99.0061
