"""A check of a model's version in a process of its own, as `cellbook.registry.checks` starts it."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path

from cellbook.book import look_into
from cellbook.errors import CellbookError


def run() -> None:
    """Do the check that standard input tells of; what came of it is on record."""
    told = json.loads(sys.stdin.read())
    book = look_into(Path(told["root"]))
    try:
        # Why it could not be done is on record, too.
        with contextlib.suppress(CellbookError):
            book.models.check_version(told["version"], by=told["by"], check_id=told["check"])
    finally:
        book.close()
