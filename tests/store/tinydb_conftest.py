"""Stands in for the conftest of TinyDB's own suite: the same tests, on a book."""

import pytest
from tinydb import TinyDB

from cellbook.store import FolderStore
from cellbook.store.table import BookStorage, BookTable


class NumberedTable(BookTable):
    """A book's table with TinyDB's small whole numbers as ids."""

    document_id_class = int


class BookDB(TinyDB):
    table_class = NumberedTable


@pytest.fixture
def db(tmp_path):
    db = BookDB(storage=lambda: BookStorage(FolderStore(tmp_path / ".cellbook")))
    db.drop_tables()
    db.insert_multiple({"int": 1, "char": c} for c in "abc")
    return db


@pytest.fixture
def storage(tmp_path):
    return BookStorage(FolderStore(tmp_path / ".cellbook"))
