"""A run with all that a run can have, and archives that somebody changed."""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from cellbook import book as books
from cellbook.book import Book
from cellbook.checkpointing import Kernel, Moment
from cellbook.records import (
    Anchor,
    AnchorKind,
    Author,
    CellExecution,
    CellState,
    CheckpointKind,
    Output,
    SessionKind,
    to_doc,
)
from cellbook.store import create
from cellbook.tracking import Run

ODD = "wide  net/..: ☃\u202e"
"""What nobody calls a run, but may."""


def new_book(folder: Path) -> Book:
    folder.mkdir(parents=True, exist_ok=True)
    return books.look_into(folder / ".cellbook", create=True)


def add_run(book: Book, name: str = "wide net") -> Run:
    """A run with params, points, artifacts, data, cells and comments; it has ended."""
    folder = Path(book.url).parent
    frame = pd.DataFrame(
        {"x": [1, 2, 3], "y": ["a", "b", "=c"], "when": pd.Timestamp("2026-01-01")}
    )
    frame.to_csv(folder / "d.csv", index=False)
    book.runs.sessions.describe(SessionKind.KERNEL, "work.ipynb")
    run = book.start_run(name, params={"lr": 0.1, "nan": float("nan"), "deep": {"a": [1, None]}})
    book.track_data(folder / "d.csv", "dig its", split="train", keep=True)
    book.track_data(frame, "frame", derived_from="dig its", keep=True)
    version = book.datasets.find("frame")
    book.fits.track_subset(None, version, "train", [0, 2], sys._getframe())
    book.track_data(np.arange(12.0).reshape(3, 4), "array", split="test")
    (folder / "pictures").mkdir()
    (folder / "pictures" / "one.txt").write_text("one")
    (folder / "pictures" / "two.txt").symlink_to("one.txt")
    book.track_data(folder / "pictures", "pictures", keep=True)
    run.log_param("lr", 0.2)
    for step in range(50):
        run.log_metric("loss", 1 / (3 + step), step)
        run.log_metric("acc", 0.1 * step, step, context={"split": "val"})
    run.log_metric("odd", float("nan"))
    run.log_metric("odd", float("-inf"))
    for path in (
        "a/b.txt",
        "a/B.txt",
        "CON.txt",
        "ab:c?.txt",
        "ünï/cödé ☃.txt",
        "x" * 200 + ".txt",
    ):
        run.log_text(path, path)
    run.log_text("first", "again.txt")
    run.log_text("second", "again.txt")
    run.log_text("", "empty.txt")
    run.set_tag("team", "vision")
    run.milestone("half")
    with run.stage("warm up"):
        pass
    cells(book, run)
    kernel = Kernel({"__name__": "__main__", "numbers": np.arange(100_000), "words": ["a", "b"]})
    moment = Moment(book.runs.sessions.ensure(), "work.ipynb", run=run.run_id)
    book.checkpoints.save_now(kernel, moment, kind=CheckpointKind.RUN_END)
    book.metrics.define("loss", goal=0.01, score="mean")
    run.end()
    thread = book.threads.start(
        Anchor(AnchorKind.RUN, runs=(run.run_id,)), "why **so**?", author=Author("ada", "Ada")
    )
    book.threads.reply(thread.thread_id, "why not", author=Author("grace"))
    return run


def cells(book: Book, run: Run) -> None:
    store = book.store
    large = store.blobs.put(b"<svg/>" * 1000)
    for order, source in enumerate(
        ("import math", "%matplotlib inline\nx = math.pi\n", "1 / 0"), 1
    ):
        cell = CellExecution(
            execution_id=store.new_id(),
            session=book.runs.sessions.ensure(),
            source=source,
            state=CellState.ERROR if order == 3 else CellState.OK,
            start_time=run.record.start_time + order,
            order=order,
            run=run.run_id,
            cell_id=f"cell-{order}",
            notebook="work.ipynb",
            outputs=(Output("display_data", blobs={"image/svg+xml": large}),) if order == 2 else (),
            reads=("math",) if order == 2 else (),
            writes=("x",) if order == 2 else (),
        )
        store.commit([create("cells", cell.execution_id, to_doc(cell))])


Files = dict[str, bytes]


def read_files(archive: Path) -> Files:
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def write_files(
    place: Path, files: Mapping[str, bytes], *, listed: bool = True, compressed: bool = True
) -> Path:
    """Write an archive; with `listed` its manifest tells of just what is in it."""
    made = dict(files)
    if listed:
        manifest = json.loads(made.pop("cellbook/manifest.json"))
        manifest["files"] = {
            name: [len(data), hashlib.sha256(data).hexdigest()] for name, data in made.items()
        }
        made["cellbook/manifest.json"] = json.dumps(manifest).encode()
    kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(place, "w", kind) as opened:
        for name, data in made.items():
            opened.writestr(name, data)
    return place


def change_doc(files: Files, table: str, change: Callable[[dict], None]) -> Files:
    """Change the first document of a table."""
    path = f"cellbook/{table}.jsonl"
    first, _, rest = files[path].partition(b"\n")
    doc = json.loads(first)
    change(doc)
    return {**files, path: json.dumps(doc).encode() + b"\n" + rest}


def as_elsewhere(docs: dict[str, dict]) -> dict[str, dict]:
    """Documents without when data was looked at here, which tells nothing of another machine."""
    return {
        doc_id: {key: one for key, one in doc.items() if key != "tracked"}
        for doc_id, doc in docs.items()
    }


def contents(book: Book) -> dict[str, dict[str, dict]]:
    """All that a book holds, and which blobs."""
    store = book.store
    found = {
        table: {doc_id: doc for doc_id, _, doc in store.select(table)} for table in store.tables()
    }
    found["blobs"] = {digest: {} for digest, _ in store.blobs.all()}
    found["points"] = {stem: {} for stem in store.series_reader.stems()}
    return found
