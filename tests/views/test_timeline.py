"""Which cell a checkpoint is said to follow."""

from __future__ import annotations

from pathlib import Path

from cellbook.book import Book
from cellbook.capture import CellLog
from cellbook.checkpointing import Kernel, Moment
from cellbook.records import CellExecution, CellState, CheckpointKind
from cellbook.store import FolderStore
from cellbook.views.timeline import checkpoints_table, timeline, timeline_row


def run(book: Book, order: int, source: str, session: str = "s") -> str:
    execution = CellExecution(
        execution_id=book.store.new_id(),
        session=session,
        source=source,
        state=CellState.OK,
        start_time=1,
        order=order,
        execution_count=order,
    )
    CellLog(book.store).end(execution)
    return execution.execution_id


def save(
    book: Book,
    order: int,
    source: str,
    session: str = "s",
    kind: CheckpointKind = CheckpointKind.CELL,
) -> None:
    moment = Moment(session, execution=run(book, order, source, session), order=order)
    namespace = {"__name__": "__main__", "order": order, "session": session}
    book.checkpoints.save_now(Kernel(namespace), moment, kind=kind)


def test_row_names_all_cells_that_it_covers(tmp_path: Path) -> None:
    book = Book(FolderStore(tmp_path / ".cellbook"))
    save(book, 1, "%load_ext cellbook")
    run(book, 2, "y = 1")
    save(book, 1, "other", "t")
    save(book, 3, "z = 1/0")
    run(book, 4, "%runs metrics.x > 1")
    run(book, 5, "z?")
    save(book, 6, "z = 2")
    run(book, 7, "late = 1")
    save(book, 8, "%restore 1", kind=CheckpointKind.RESTORE)
    told = [
        "[1] %load_ext cellbook",
        "[1] other",
        "[2]–[3] z = 1/0",
        "[6] z = 2",
        "before restore: [7]–[8] %restore 1",
    ]
    assert [row.cell for row in timeline(book.store, book.checkpoints).rows] == told
    assert list(checkpoints_table(book.store, book.checkpoints)["cell"]) == told
    assert timeline_row(book.store, book.checkpoints, "3").cell == told[2]
    book.close()


def test_checkpoint_without_a_cell_before_a_restore_says_so(tmp_path: Path) -> None:
    book = Book(FolderStore(tmp_path / ".cellbook"))
    kernel = Kernel({"__name__": "__main__", "x": 1})
    book.checkpoints.save_now(kernel, Moment("s"), kind=CheckpointKind.RESTORE)
    (row,) = timeline(book.store, book.checkpoints).rows
    assert row.cell == "before restore"
    book.close()
