"""What a reproduction asks for consent: somebody else's code, and lines that change files for good.

Where code is one's own, running it again is what was asked for.  What came in an archive is code of
whoever made that, and a second ``sed -i`` or ``rm`` is not a repetition.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cellbook.capture import destroying
from cellbook.errors import Untrusted
from cellbook.records import CellExecution, RunRecord
from cellbook.views.formatting import shorten, visible

_SHOWN = 3


def check_consent(record: RunRecord, cells: Sequence[CellExecution], folder: Path) -> None:
    """Refuse a run that is not to be run again without a word.

    Parameters
    ----------
    record
        The run.
    cells
        Those that would be run.
    folder
        Where.

    Raises
    ------
    Untrusted
        If it was imported, or has shell lines that are not to be repeated lightly.
    """
    name = f"#{record.run_number} {record.run_name}"
    if record.imported:
        raise Untrusted(
            visible(
                f"{name} was imported from {record.imported.get('file') or 'a file'}: to reproduce "
                f"it runs somebody else's code in {folder}, with all your rights. If you trust "
                "whoever made it, add --trust."
            )
        )
    lines = [
        f"`{shorten(line, 60)}` (cell [{_place(cell)}])"
        for cell in cells
        for line in destroying(cell.source)
    ]
    if lines:
        more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
        raise Untrusted(
            visible(
                f"To reproduce {name} runs {', '.join(lines[:_SHOWN])}{more} again in {folder}, "
                "which changes what it finds there for good. If that may be, add --trust."
            )
        )


def _place(cell: CellExecution) -> int:
    return cell.order if cell.execution_count is None else cell.execution_count
