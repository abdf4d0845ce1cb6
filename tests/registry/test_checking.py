"""The check that stands before production, in a clean environment that is really built."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cellbook.answers import ModelQuery, Reader, check_model, show_model
from cellbook.answers.models import CheckBody
from cellbook.book import Book
from cellbook.errors import InvalidInput, Untrusted
from cellbook.records import ModelStage
from cellbook.registry.checks import CHECKS, CheckUnderWay, unfinished
from cellbook.views.models import ModelVersionRow


@pytest.mark.timeout(900)
def test_a_version_goes_to_production_once_it_was_seen_to_work(
    book: Book, ada: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def double(rows: list[list[float]]) -> list[float]:
        return [2 * row[0] for row in rows]

    book.models.log(double, "double", input_example=[[1.0], [2.5]])
    said: list[str] = []
    found = book.models.check_version("double/1", say=said.append)
    assert found.passed, found
    assert said[0] == "making a clean environment"
    evidence = book.models.check_evidence("double/1")
    assert evidence.text.startswith(f"Python {found.python} · 1 of 1 tests passed")
    assert book.models.move_stage("double/1", "production").stage is ModelStage.PRODUCTION
    # Somebody else's pickle is not run without consent, in no environment.
    monkeypatch.setenv("CELLBOOK_DATA_DIR", str(tmp_path_factory.mktemp("other")))
    with pytest.raises(Untrusted):
        book.models.check_version("double/1")


def double(rows: list[list[float]]) -> list[float]:
    return [2 * row[0] for row in rows]


def row(book: Book) -> ModelVersionRow:
    (found,) = show_model(Reader(book), ModelQuery("double")).versions
    return found


@pytest.mark.timeout(900)
def test_a_panel_has_it_checked_and_is_told_what_came_of_it(book: Book, ada: str) -> None:
    version = book.models.log(double, "double", input_example=[[1.0], [2.5]])
    (asked,) = check_model(Reader(book), CheckBody("double/1")).versions
    assert asked.checking is not None
    assert (asked.checking.by, asked.checking.problem) == ("ada", "")
    with pytest.raises(InvalidInput, match="was not checked yet"):
        book.models.move_stage("double/1", "production")
    # Asked once more while it is under way, nothing else is begun.
    check_model(Reader(book), CheckBody("double/1"))
    assert len(book.store.ids(CHECKS)) == 1
    deadline = time.monotonic() + 600
    while unfinished(book.store, version) is not None and time.monotonic() < deadline:
        time.sleep(0.5)
    after = row(book)
    assert after.checking is None
    assert after.check is not None
    assert (after.check.problem, after.check.by) == ("", "ada")
    assert book.models.move_stage("double/1", "production").stage is ModelStage.PRODUCTION


def test_from_afar_nobody_has_the_code_of_others_run(
    book: Book, ada: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    book.models.log(double, "double", input_example=[[1.0]])
    monkeypatch.setenv("CELLBOOK_DATA_DIR", str(tmp_path / "other"))
    with pytest.raises(InvalidInput, match="cellbook models check double/1 --trust"):
        book.models.start_check("double/1")
    assert not book.store.ids(CHECKS)


def test_a_check_that_found_nothing_is_told(book: Book, ada: str) -> None:
    version = book.models.log(double, "double", input_example=[[1.0]])
    under_way = CheckUnderWay(book.store, version, "ada")
    seen = unfinished(book.store, version)
    assert seen is not None
    assert (seen.alive, seen.problem) == (True, "")
    under_way.failed(InvalidInput("No such thing."))
    seen = unfinished(book.store, version)
    assert seen is not None
    assert (seen.alive, seen.problem) == (False, "No such thing.")
