"""Tables as their digest has them, whichever library they come from: named columns, in order."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from cellbook.datasets.content import Content
from cellbook.datasets.digests.hashing import Column, Unhashable, seal
from cellbook.errors import InvalidInput, one_line

FRAME = "cellbook-frame-1"
"""The name of the form, which stands before the digest; see :mod:`hashing` for what it is."""

_WORTH_THREADS = 1 << 20


@dataclass(frozen=True, slots=True)
class Named:
    """A column that is to be looked at."""

    label: Any
    """Its name in the schema: JSON."""
    shown: str
    """Its name in messages."""
    fill: Callable[[Column], Any]
    """Feeds it, and returns its type: JSON."""
    mend: str = ""
    """What mends it where no digest can be made of it."""


def digest_table(
    columns: Sequence[Named],
    rows: int,
    *,
    index: Sequence[Named] = (),
    more: dict[str, Any] | None = None,
    size: int = 0,
    form: str = FRAME,
    kind: str = "frame",
) -> Content:
    """Return what is known of a table.

    Parameters
    ----------
    columns
        The columns, in order.
    rows
        How many there are.
    index
        The levels of its index; none where that only counts the rows.
    more
        What else belongs to the schema.
    size
        Bytes, about; small tables are not worth threads.
    form, kind
        What the digest begins with, and what it is a digest of.

    Raises
    ------
    InvalidInput
        If there is a value of which no digest can be made; it names column, row and type.
    """
    jobs = [*index, *columns]
    workers = min(len(jobs), os.cpu_count() or 1, 8)
    if size >= _WORTH_THREADS and workers > 1:
        with ThreadPoolExecutor(workers, "cellbook-digest") as pool:
            done = list(pool.map(_fill, jobs))
    else:
        done = [_fill(job) for job in jobs]
    types = [[job.label, kind_] for job, (kind_, _) in zip(jobs, done, strict=True)]
    header = {
        "index": types[: len(index)],
        "columns": types[len(index) :],
        "rows": rows,
        **(more or {}),
    }
    digest = seal(form, header, [column.seal() for _, column in done])
    total = sum(column.size for _, column in done)
    return Content(kind, digest, total, rows, len(columns))


def _fill(named: Named) -> tuple[Any, Column]:
    column = Column()
    try:
        return named.fill(column), column
    except Unhashable as error:
        where = "" if error.row < 0 else f" in row {error.row:,}"
        mend = named.mend or "Turn it into text or numbers, or leave the column out."
        raise InvalidInput(
            f"No digest can be made of the column {named.shown}: it holds{where} {error.what}. "
            f"{mend}"
        ) from None
    except Exception as error:
        raise InvalidInput(
            f"No digest can be made of the column {named.shown} ({one_line(error)}). "
            "Turn it into text or numbers, or leave the column out."
        ) from error
