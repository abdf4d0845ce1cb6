"""Forks writers into one book, kills each at a random moment, and compares what they acknowledged
with what the book holds.  Run as ``python kill_writers.py BOOK ROUNDS``; prints JSON."""

from __future__ import annotations

import json
import os
import random
import signal
import struct
import sys
import time
from pathlib import Path
from typing import NoReturn

from cellbook.store import RECORD, FolderStore, SeriesKey, create

ACK = struct.Struct("<cQ")


def write_for_ever(root: Path, number: int, pipe: int) -> NoReturn:
    store = FolderStore(root)
    writer = store.series_writer
    stem = writer.place(f"run{number}")
    store.commit([create("runs", f"run{number}", {"points": {stem: None}})])
    series = writer.announce(SeriesKey(f"run{number}", "loss"), 0, stem)
    assert series is not None
    os.write(pipe, ACK.pack(b"s", 0))
    count = 0
    while True:
        store.commit([create("things", f"{number}-{count}", {"n": count})])
        os.write(pipe, ACK.pack(b"d", count))
        for _ in range(5):
            point = count
            assert writer.append(RECORD.pack(series, point, point, float(point)), stem)
            os.write(pipe, ACK.pack(b"p", point))
        count += 1


def main(root: Path, rounds: int) -> None:
    choose = random.Random(20261124)
    documents: set[str] = set()
    points: dict[str, int] = {}
    for number in range(rounds):
        reader, pipe = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            write_for_ever(root, number, pipe)
        os.close(pipe)
        time.sleep(choose.random() * 0.012)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        with os.fdopen(reader, "rb") as file:
            data = file.read()
        for kind, count in ACK.iter_unpack(data[: len(data) // ACK.size * ACK.size]):
            if kind == b"d":
                documents.add(f"{number}-{count}")
            elif kind == b"p":
                points[f"run{number}"] = points.get(f"run{number}", 0) + 1
    store = FolderStore(root)
    held = {doc_id for doc_id, _, _ in store.select("things")}
    short = 0
    for run, acknowledged in points.items():
        doc = store.get("runs", run)
        found = store.series_reader.read(doc["points"], runs=[run]) if doc else []
        short += not found or len(found[0].values) < acknowledged
    report = store.verify()
    print(
        json.dumps(
            {
                "rounds": rounds,
                "documents": len(documents),
                "documents_lost": len(documents - held),
                "points": sum(points.values()),
                "runs_short_of_points": short,
                "ok": report.ok,
                "findings": [f.problem for f in report.findings if not f.harmless][:5],
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
