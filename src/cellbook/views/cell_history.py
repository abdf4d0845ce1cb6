"""The cells of one notebook as they ran: the last execution of each, and every version of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tinydb import where

from cellbook.capture import join_bundle, source_hash
from cellbook.errors import NotFound
from cellbook.records import CellExecution, CellState, Output, RunState, from_doc
from cellbook.store import OrderTerm, Store
from cellbook.views import formatting

_NEWEST = (OrderTerm(("execution_id",), descending=True),)
_LOOKED_AT = 10_000
"""Executions of a notebook that are gone through for its marks: the newest."""
_SHOWN = 4 * 1024 * 1024
"""Bytes of outputs kept beside the records that one answer brings; the rest is named."""


@dataclass(frozen=True, slots=True)
class CellMark:
    """How a cell ran last.

    Times are milliseconds since 1970, `duration` seconds.
    """

    cell_id: str
    execution_id: str
    run_id: str | None
    run_number: int
    """0 where it belongs to no run, or to one that is gone."""
    run_name: str
    run_state: RunState | None
    state: CellState
    start_time: int
    duration: float | None
    error: str | None
    stale: tuple[str, ...]
    """Why it was out of order when it ran."""
    source_hash: str
    """Of the source that ran: 16 hex digits, white space at its end left out."""
    executions: int
    """How often it ran, among the last 10,000 executions of the notebook."""
    execution_count: int | None
    """The number in its prompt."""


@dataclass(frozen=True, slots=True)
class CellVersion:
    """One execution of a cell, with all that it put out.

    Times are milliseconds since 1970, `duration` seconds.
    """

    execution_id: str
    source: str
    source_hash: str
    outputs: tuple[Mapping[str, Any], ...]
    """As nbformat has them: what was printed first, then what was shown, then the error."""
    start_time: int
    duration: float | None
    state: CellState
    error: str | None
    run_id: str | None
    run_number: int
    """0 where it belongs to no run, or to one that is gone."""
    run_name: str
    stale: tuple[str, ...]
    execution_count: int | None
    note: str
    """What of it was not recorded or is not shown, and why."""


def cell_marks(store: Store, notebook: str, folder: Path) -> list[CellMark]:
    """Return how each cell of a notebook ran last, in the order of these executions.

    Parameters
    ----------
    store
        The book's memory.
    notebook
        The notebook as records name it.  What ran under a name that no file has any more is told
        of, too: the notebook may have been renamed since.
    folder
        What such names are relative to: the folder of the book.
    """
    last: dict[str, dict[str, Any]] = {}
    counts: dict[str, int] = {}
    query = _of_notebook(store, notebook, folder) & (where("cell_id") != None)  # noqa: E711
    for _, _, doc in store.select("cells", query, order_by=_NEWEST, limit=_LOOKED_AT):
        counts[doc["cell_id"]] = counts.get(doc["cell_id"], 0) + 1
        last.setdefault(doc["cell_id"], doc)
    cells = [from_doc(CellExecution, doc) for doc in last.values()]
    cells.sort(key=lambda cell: cell.execution_id)
    runs = _runs(store, cells)
    marks = []
    for cell in cells:
        number, run = runs.get(cell.run or "", (0, {}))
        assert cell.cell_id is not None
        marks.append(
            CellMark(
                cell_id=cell.cell_id,
                execution_id=cell.execution_id,
                run_id=cell.run,
                run_number=number,
                run_name=run.get("run_name", ""),
                run_state=RunState(run["state"]) if run else None,
                state=cell.state,
                start_time=cell.start_time,
                duration=cell.duration,
                error=cell.error,
                stale=cell.stale,
                source_hash=source_hash(cell.source),
                executions=counts[cell.cell_id],
                execution_count=cell.execution_count,
            )
        )
    return marks


def cell_versions(
    store: Store,
    notebook: str,
    folder: Path,
    cell_id: str,
    *,
    limit: int = 20,
    before: str = "",
) -> list[CellVersion]:
    """Return the executions of one cell, the newest first.

    Parameters
    ----------
    store, notebook, folder
        As for :func:`cell_marks`.
    cell_id
        The notebook's id of the cell.
    limit
        At most so many.
    before
        Only those before this execution, by its id.

    Raises
    ------
    NotFound
        If the cell never ran.
    """
    query = (where("cell_id") == cell_id) & _of_notebook(store, notebook, folder)
    if before:
        query &= where("execution_id") < before
    found = store.select("cells", query, order_by=_NEWEST, limit=limit)
    cells = [from_doc(CellExecution, doc) for _, _, doc in found]
    if not cells and not before:
        raise NotFound(
            f"The cell {cell_id!r} of {notebook} is not on record. Run it in a kernel that has "
            "loaded Cellbook: `%load_ext cellbook`."
        )
    runs = _runs(store, cells)
    room = _SHOWN
    versions = []
    for cell in cells:
        number, run = runs.get(cell.run or "", (0, {}))
        outputs, notes, room = _outputs(store, cell, room)
        versions.append(
            CellVersion(
                execution_id=cell.execution_id,
                source=cell.source,
                source_hash=source_hash(cell.source),
                outputs=tuple(outputs),
                start_time=cell.start_time,
                duration=cell.duration,
                state=cell.state,
                error=cell.error,
                run_id=cell.run,
                run_number=number,
                run_name=run.get("run_name", ""),
                stale=cell.stale,
                execution_count=cell.execution_count,
                note="; ".join(filter(None, [cell.note, *notes])),
            )
        )
    return versions


def _of_notebook(store: Store, notebook: str, folder: Path) -> Any:
    """Return the query for what ran in a notebook, under its former names too."""
    sessions, former = [], {}
    for doc_id, _, doc in store.select("sessions", where("notebook").exists()):
        name = doc["notebook"]
        if name == notebook:
            sessions.append(doc_id)
        elif name and name not in former:
            former[name] = (folder / name).exists()
    names = [notebook, *(name for name, there in former.items() if not there)]
    query = where("notebook").one_of(names)
    # While a kernel runs, its session follows the notebook from name to name.
    return query | where("session").one_of(sessions) if sessions else query


def _runs(store: Store, cells: Iterable[CellExecution]) -> dict[str, tuple[int, dict[str, Any]]]:
    wanted = {cell.run for cell in cells if cell.run is not None}
    found = {run_id: store.get("runs", run_id) for run_id in wanted}
    return {
        run_id: (store.number("runs", run_id), doc)
        for run_id, doc in found.items()
        if doc is not None
    }


def _outputs(
    store: Store, cell: CellExecution, room: int
) -> tuple[list[dict[str, Any]], list[str], int]:
    """Return outputs as nbformat has them, notes on them, and what room is left for more."""
    outputs: list[dict[str, Any]] = [
        {"output_type": "stream", "name": name, "text": text}
        for name, text in (("stdout", cell.stdout), ("stderr", cell.stderr))
        if text
    ]
    notes = []
    for output in cell.outputs:
        content, missing, room = _content(store, output, room)
        data, metadata = join_bundle(output.data, content)
        notes += [note for note in (output.note, *missing) if note]
        shown: dict[str, Any] = {
            "output_type": output.output_type,
            "data": data,
            "metadata": metadata,
        }
        if output.output_type == "execute_result":
            shown["execution_count"] = cell.execution_count
        outputs.append(shown)
    if cell.error is not None:
        name, _, message = cell.error.partition(": ")
        outputs.append(
            {
                "output_type": "error",
                "ename": name,
                "evalue": message,
                "traceback": cell.traceback.splitlines(),
            }
        )
    return outputs, notes, room


def _content(store: Store, output: Output, room: int) -> tuple[dict[str, bytes], list[str], int]:
    """Return the parts of an output that lie beside its record, as far as there is room."""
    content, missing = {}, []
    for mime, digest in output.blobs.items():
        try:
            size = store.blobs.path(digest).stat().st_size
            if size > room:
                missing.append(f"{mime} not shown: {formatting.size(size)}")
                continue
            content[mime] = store.blobs.get(digest)
            room -= size
        except (NotFound, OSError):
            missing.append(f"{mime} is missing; `cellbook verify` tells what else is")
    return content, missing, room
