"""Rows at hand, compared with what a model was trained on: no endpoint is needed, or recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook.answers.monitoring import endpoint_of, reference_of
from cellbook.errors import InvalidInput, NotFound
from cellbook.views.formatting import plural

if TYPE_CHECKING:
    from cellbook.book import Book
    from cellbook.monitoring import DriftReport
    from cellbook.views.monitor_windows import Base

_OUTPUT = "output."


@dataclass(frozen=True, slots=True)
class RowsAgainst:
    """How rows differ from a model's reference."""

    model: str
    """As somebody called it."""
    source: str
    """What the rows are, as people say it."""
    reference: str
    """What they are compared with, in words."""
    report: DriftReport
    left_out: tuple[str, ...]
    """Columns that are no inputs of the model, such as a label."""

    @property
    def summary(self) -> str:
        """What came of it, in a line."""
        drifted = sum(one.drifted for one in self.report.columns)
        said = f"{plural(drifted, 'column')} of {len(self.report.columns)} drifted"
        return (
            f"{self.model}: {said if drifted else 'no column drifted'} · {self.source}, "
            f"{plural(self.report.rows_window, 'row')}, against {self.reference}"
        )


def check_alone(options: Mapping[str, Any]) -> None:
    """Refuse options that say something of an endpoint's predictions, beside rows at hand.

    Parameters
    ----------
    options
        What was given for each; what is empty was not.

    Raises
    ------
    InvalidInput
        If one was given.
    """
    given = [name for name, value in options.items() if value]
    if given:
        one = len(given) == 1
        raise InvalidInput(
            "Rows of a file, or a frame, are compared with what the model was trained on; "
            f"{', '.join(given)} {'is' if one else 'are'} of an endpoint's predictions. Leave "
            f"{'it' if one else 'them'} out."
        )


def rows_against(book: Book, model: str, data: Any, source: str = "") -> RowsAgainst:
    """Return how rows differ from what a model was trained on.

    Parameters
    ----------
    book
        The book that has the model.
    model
        ``credit``, which means its newest version, ``credit/2``, ``credit@champion``; or an
        endpoint that has a reference.
    data
        A table, or the path of one: CSV, TSV, Parquet or Feather.
    source
        What the rows are, as people say it; empty for the name of the file.

    Raises
    ------
    NotFound
        If there is no such model, or it has no reference.
    InvalidInput
        If the rows are no table, there are none, or none of the model's inputs is among the
        columns.
    """
    from cellbook.datasets.profiles import as_frame, read_file  # noqa: PLC0415 - heavy
    from cellbook.monitoring import drift  # noqa: PLC0415

    base = _base(book, model)
    is_path = isinstance(data, (str, Path))
    frame = read_file(Path(data)) if is_path else as_frame(data)
    named = str(data) if is_path else f"A {type(data).__name__}"
    if frame is None:
        raise InvalidInput(
            f"{named} is no table that can be read. Give a .csv, .tsv, .parquet or .feather file "
            "of up to 64 MB, or a frame."
        )
    if not len(frame):
        raise InvalidInput(f"{named} has no rows. Give some to compare.")
    inputs = [name for name in base.sketch.columns if not name.startswith(_OUTPUT)]
    there = [str(name) for name in frame.columns]
    if not set(inputs) & set(there):
        raise InvalidInput(
            f"None of the columns {', '.join(there[:8])} is an input of {model}. It takes "
            f"{', '.join(inputs[:8])}."
        )
    wanted = [name for name, text in zip(frame.columns, there, strict=True) if text in inputs]
    left_out = tuple(name for name in there if name not in inputs)
    report = drift(base.sketch.only(inputs), frame[wanted])
    return RowsAgainst(model, source or Path(str(data)).name, base.told, report, left_out)


def against_cells(found: RowsAgainst) -> list[list[str]]:
    """Return it as the cells of a table, heads first, the worst column first."""
    cells = [["COLUMN", "DRIFTED", "WHY", "PSI"]]
    for one in found.report.columns:
        alarms = "; ".join(each.message for each in one.findings if each.alarm)
        told = alarms or (f"not tested: {one.untested}" if one.untested else "as before")
        psi = "" if one.psi is None else f"{one.psi:.3g}"
        cells.append([one.name, "yes" if one.drifted else "no", told, psi])
    return cells


def against_docs(found: RowsAgainst) -> list[dict[str, Any]]:
    """Return it as JSON has it, a document for each column."""
    return [
        {
            "column": one.name, "drifted": one.drifted, "psi": one.psi,
            "missing_reference": one.missing_reference, "missing_window": one.missing_window,
            "findings": [each.message for each in one.findings if each.alarm],
        }
        for one in found.report.columns
    ]  # fmt: skip


def _base(book: Book, model: str) -> Base:
    told = model.removeprefix("models:/").removeprefix("model:")
    endpoint, version = endpoint_of(book, model)
    for subject in _names(book, told, version):
        base = reference_of(book, endpoint, subject)
        if base is not None:
            return base
    raise NotFound(
        f"{model} has no reference: what it was trained on was not tracked. Register it with "
        "reference=FRAME, or keep one: cellbook.monitoring.References."
    )


def _names(book: Book, told: str, version: str) -> Sequence[str]:
    """Return what a reference may be of; an endpoint whose model is not here has its own.

    Raises
    ------
    NotFound
        If there is neither model nor endpoint.
    """
    from cellbook.monitoring import Predictions, References  # noqa: PLC0415 - heavy

    if version:
        return [version]
    try:
        return [book.models.find(told).label]
    except NotFound:
        known = told in Predictions(book.store).endpoints()
        if known or References(book.store).find(told) is not None:
            return [""]
        raise
