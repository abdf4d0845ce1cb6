"""Two copies of a book, worked with apart, and laid together in either order."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from cellbook import book as books
from cellbook.book import Book
from cellbook.errors import Ambiguous, CellbookWarning
from cellbook.records import Evidence, EvidenceKind
from cellbook.registry import read_models
from tests.registry.conftest import line

X = np.array([[1.0], [2.0]])


class Copies:
    """A book, and a copy of it on another machine."""

    def __init__(self, folder: Path, home: Book) -> None:
        self._folder = folder
        self.home = home
        home.store.close()
        shutil.copytree(folder / "home", folder / "away")
        self.away = books.look_into(folder / "away" / ".cellbook")

    def merged(self) -> list[Book]:
        """Return what both become when files are copied over, the one way and the other."""
        self.home.close()
        self.away.close()
        found = []
        for name, order in (("one", ("home", "away")), ("two", ("away", "home"))):
            for source in order:
                shutil.copytree(self._folder / source, self._folder / name, dirs_exist_ok=True)
            found.append(books.look_into(self._folder / name / ".cellbook"))
        first, second = (read_models(one.store) for one in found)
        assert first == second
        return found


@pytest.fixture
def copies(book: Book, tmp_path: Path, ada: str) -> Copies:
    book.models.log(line(1), "slope", input_example=X, alias="champion")
    return Copies(tmp_path, book)


def test_a_number_given_twice_names_neither(copies: Copies) -> None:
    copies.home.models.log(line(2), "slope", input_example=X)
    copies.away.models.log(line(3), "slope", input_example=X)
    for book in copies.merged():
        first, second, third = book.models.told("slope").versions
        assert (first.name, first.clashes) == ("1", False)
        assert {second.number, third.number} == {2}
        with pytest.raises(Ambiguous, match="slope/2 was given twice") as caught:
            book.models.find("slope/2")
        for one in (second, third):
            assert one.label in str(caught.value)
            assert book.models.find(one.label).version_id == one.version_id
            assert book.models.find(f"models:/{one.label}") == one
        # What is meant by the number may be the one that is gone.
        book.models.delete(third.label)
        with pytest.raises(Ambiguous):
            book.models.find("slope/2")
        assert book.models.log(line(4), "slope", input_example=X).number == 3
        book.close()


def test_one_content_that_was_given_two_numbers_has_both(copies: Copies) -> None:
    copies.home.models.log(line(2), "slope", input_example=X)
    copies.away.models.log(line(3), "slope", input_example=X)
    copies.away.models.log(line(2), "slope", input_example=X, alias="good")
    for book in copies.merged():
        found = {one.numbers: one for one in book.models.told("slope").versions}
        assert set(found) == {(1,), (2, 3), (2,)}
        both = found[2, 3]
        assert book.models.find("slope/3") == both == book.models.find("slope@good")
        assert len(both.ids) == 2
        book.models.move_stage("slope/3", "staging")
        book.models.drop_alias("slope", "good")
        book.models.delete("slope/3")
        assert [one.number for one in book.models.told("slope").versions] == [1, 2]
        book.close()


def test_an_alias_moved_apart_is_a_conflict_until_it_is_settled(copies: Copies) -> None:
    for book, slope in ((copies.home, 2), (copies.away, 3)):
        book.models.log(line(slope), "slope", input_example=X, alias="champion")
    for book in copies.merged():
        model = book.models.get("slope")
        assert model.conflicts == ("champion",)
        with pytest.warns(CellbookWarning, match="moved by two people apart"):
            loaded = book.models.load("models:/slope@champion")
        # The later move counts.
        assert loaded.predict(X) == pytest.approx(3 * X[:, 0])
        winner = book.models.find("slope@champion")
        book.models.set_alias(winner.label, "champion")
        assert book.models.get("slope").conflicts == ()
        book.models.load("models:/slope@champion")
        book.close()


def test_a_stage_moved_apart_is_a_conflict(copies: Copies) -> None:
    copies.home.models.move_stage("slope/1", "staging")
    copies.away.models.move_stage("slope/1", "archived")
    for book in copies.merged():
        assert book.models.find("slope/1").conflict
        book.models.move_stage("slope/1", "staging")
        assert not book.models.find("slope/1").conflict
        book.close()


def test_a_move_after_another_is_no_conflict(copies: Copies) -> None:
    for alias in ("champion", "other"):
        copies.home.models.log(line(2), "slope", input_example=X, alias=alias)
    copies.away.models.describe("slope", "How steep.")
    for book in copies.merged():
        model = book.models.get("slope")
        assert (model.conflicts, model.description) == ((), "How steep.")
        book.close()


def test_deletion_is_final_and_what_was_moved_there_leads_nowhere(copies: Copies) -> None:
    copies.home.models.drop_alias("slope", "champion")
    copies.home.models.delete("slope/1")
    copies.away.models.set_alias("slope/1", "late")
    copies.away.models.describe("slope/1", "Still here.")
    for book in copies.merged():
        assert book.models.all() == []
        assert book.models.log(line(1), "slope", input_example=X).number == 2
        assert book.models.get("slope").aliases == {}
        book.close()


def test_approvals_of_two_copies_count_together(copies: Copies) -> None:

    seen = [Evidence(EvidenceKind.RUN, "x", "acc 0.9")]
    for book, name in ((copies.home, "lin"), (copies.away, "grace")):
        book.models.approve("slope/1", "@best", reason="Good.", evidence=seen, by=name)
    copies.home.models.protect("slope", "@best", 2)
    for book in copies.merged():
        assert book.models.set_alias("slope/1", "best").aliases == ("best", "champion")
        book.close()
