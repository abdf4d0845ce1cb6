"""Records that a cell returns are shown as the line that magics say."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from IPython.core.formatters import DisplayFormatter

from cellbook.book import Book
from cellbook.errors import CellbookWarning
from cellbook.ipython.printing import Printed
from cellbook.records import Reproduction, ReproductionVerdict
from cellbook.sharing import export_run, import_run
from tests.sharing.samples import new_book


@pytest.fixture
def books(tmp_path: Path) -> Iterator[tuple[Book, Book]]:
    made = new_book(tmp_path / "one"), new_book(tmp_path / "other")
    yield made
    for one in made:
        one.close()


def shown(shell: Any, thing: object) -> str:
    return str(shell.display_formatter.format(thing)[0]["text/plain"])


def test_a_warning_of_ours_has_no_place_in_a_file() -> None:
    former = warnings.formatwarning
    printed = Printed(SimpleNamespace(display_formatter=DisplayFormatter()))
    printed.add(lambda: None)  # type: ignore[arg-type, return-value]
    try:
        told = warnings.formatwarning("Disk full.", CellbookWarning, "cellbook", 1)
        assert told == "CellbookWarning: Disk full.\n"
        other = ("old", DeprecationWarning, "x.py", 3)
        assert warnings.formatwarning(*other) == former(*other)
    finally:
        printed.remove()
    assert warnings.formatwarning is former


def test_records_are_a_line_while_the_extension_is_loaded(
    books: tuple[Book, Book], tmp_path: Path
) -> None:
    home, away = books
    with home.start_run("wide") as run:
        pass
    done = import_run(export_run("wide", tmp_path / "wide.zip", book=home), book=away)
    again = Reproduction("01M8GR6T9S1A3HENRE671WT83P", run.run_id, ReproductionVerdict.IDENTICAL, 0)
    shell = SimpleNamespace(display_formatter=DisplayFormatter())
    printed = Printed(shell)
    printed.add(lambda: away)
    assert shown(shell, done) == "run #1 wide is taken in from wide.zip"
    assert shown(shell, again).startswith("#1 wide: identical")
    gone = dataclasses.replace(done, run_id=again.reproduction_id)
    assert "Imported(" in shown(shell, gone)
    printed.remove()
    assert "Reproduction(" in shown(shell, again)
