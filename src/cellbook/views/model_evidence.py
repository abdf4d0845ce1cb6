"""What an approval of a model's version rests upon: found by words, and what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cellbook.errors import InvalidInput, NotFound
from cellbook.records import Evidence, EvidenceKind, ModelVersion
from cellbook.views import formatting
from cellbook.views.thread_anchors import Titles

if TYPE_CHECKING:
    from cellbook.book import Book

EVIDENCE = "board:NAME, check, thread:ID or run:NAME"


def find_evidence(book: Book, version: ModelVersion, text: str) -> Evidence:
    """Return what some words name as what an approval of a version rests upon, and what it says.

    Parameters
    ----------
    book
        Where it is looked for.
    version
        What is to be approved.
    text
        ``board:NAME``, ``check``, ``thread:ID`` or ``run:NAME``; ``run`` alone is its own.

    Raises
    ------
    NotFound
        If there is no such thing, or it says nothing of the version.
    InvalidInput
        If the words name none.
    """
    kind, _, name = text.strip().partition(":")
    name = name.strip()
    match kind:
        case "check" if not name:
            return book.models.check_evidence(version.version_id)
        case "board" if name:
            return _board_evidence(book, version, name)
        case "thread" if name:
            found = book.threads.find(name).thread
            title = Titles(book.store).of(found.anchor, found.anchor.notebook, 0)
            state = "resolved" if found.resolved else "open"
            told = f"thread on {title} ({state})"
            return Evidence(EvidenceKind.THREAD, found.thread_id, told)
        case "run":
            run_id = _first_run(version) if not name else book.find_run(name).run_id
            if not run_id:
                raise NotFound(f"No run logged {version.label}. Name one: run:NAME.")
            record = book.find_run(run_id)
            told = ", ".join(f"{k} {formatting.number(v)}" for k, v in record.metrics.items())
            label = f"#{record.run_number} {record.run_name}"
            return Evidence(
                EvidenceKind.RUN,
                run_id,
                formatting.shorten(f"{label}: {told or 'no metrics'}", 200),
            )
    raise InvalidInput(f"{text[:60]!r} is nothing that an approval could rest upon: {EVIDENCE}.")


def _board_evidence(book: Book, version: ModelVersion, name: str) -> Evidence:
    board = book.leaderboards.get(name)
    for run_id in sorted(version.runs, key=lambda one: version.runs[one]):
        try:
            record = book.find_run(run_id)
        except NotFound:
            continue
        told = book.leaderboards.why(board.name, record)
        score = record.metrics.get(board.metric)
        value = "" if score is None else f" ({board.metric} {formatting.number(score)})"
        return Evidence(EvidenceKind.BOARD, board.name, f"{board.name}: {told}{value}")
    raise NotFound(
        f"No run of {version.label} is in the book, so that no board knows it. Name something "
        f"else: {EVIDENCE}."
    )


def _first_run(version: ModelVersion) -> str:
    return min(version.runs, key=lambda one: version.runs[one], default="")
