"""TinyDB's table over the book's documents.

**SQL narrows, TinyDB decides**: the query is compiled to SQL that selects no fewer rows than it
accepts, and TinyDB's own code tests those.  A query that cannot be compiled is slow, never wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document, Table

from cellbook.store.base import Doc, Op, create, remove, update

if TYPE_CHECKING:
    from cellbook.store.folder import FolderStore


class BookStorage(Storage):
    """A store, as TinyDB's storage: ``TinyDB(storage=BookStorage, store=…)`` works on it."""

    def __init__(self, store: FolderStore) -> None:
        self.store = store

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Return every table whole, as TinyDB's storages do."""
        names = self.store.tables()
        return {name: dict(TableView(self.store, name)) for name in names} or None

    def write(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        """Make the tables be just `data`."""
        with self.store.exclusive():
            ops: list[Op] = []
            for name in self.store.tables() | set(data):
                view = TableView(self.store, name)
                after = data.get(name, {})
                ops += _difference(name, dict(view), {str(k): v for k, v in after.items()})
            if ops:
                self.store.commit(ops)


class BookTable(Table):
    """A table of the book with all of TinyDB's methods; see the module for how it is quick.

    Ids are ULIDs: text that sorts by time of creation.  Queries are never cached, as another
    kernel may have written since.
    """

    document_id_class: Any = str

    def __init__(
        self, storage: BookStorage, name: str, cache_size: int = 0, persist_empty: bool = False
    ) -> None:
        self._store = storage.store
        super().__init__(storage, name, cache_size=0, persist_empty=persist_empty)

    def search(self, cond: QueryLike) -> list[Document]:
        """Return all documents that match."""
        return [
            self.document_class(doc, self.document_id_class(doc_id))
            for doc_id, _, doc in self._store.select(self.name, cond)
        ]

    def get(
        self,
        cond: QueryLike | None = None,
        doc_id: Any = None,
        doc_ids: list[Any] | None = None,
    ) -> Any:
        """Return one document by query or id, or several by their ids; see TinyDB."""
        if doc_id is None and doc_ids is None and cond is not None:
            for found, _, doc in self._store.select(self.name, cond):
                return self.document_class(doc, self.document_id_class(found))
            return None
        return super().get(cond, doc_id, doc_ids)

    def update(
        self,
        fields: Mapping[str, Any] | Callable[[Any], None],
        cond: QueryLike | None = None,
        doc_ids: Iterable[Any] | None = None,
    ) -> list[Any]:
        """Update documents by query or by their ids; see TinyDB."""
        with self._store.exclusive():
            return super().update(fields, None, self._chosen(cond, doc_ids))

    def remove(
        self, cond: QueryLike | None = None, doc_ids: Iterable[Any] | None = None
    ) -> list[Any]:
        """Remove documents by query or by their ids; see TinyDB."""
        with self._store.exclusive():
            return super().remove(None, self._chosen(cond, doc_ids))

    def _chosen(
        self, cond: QueryLike | None, doc_ids: Iterable[Any] | None
    ) -> Iterable[Any] | None:
        if doc_ids is not None or cond is None:
            return doc_ids
        return [document.doc_id for document in self.search(cond)]

    def _get_next_id(self) -> Any:
        if self.document_id_class is str:
            return self._store.new_id()
        return super()._get_next_id()  # type: ignore[no-untyped-call]

    def _view(self) -> TableView:
        return TableView(self._store, self.name, numeric=self.document_id_class is int)

    def _read_table(self) -> Any:
        return self._view()

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        with self._store.exclusive():
            working = WorkingTable(self._view(), self.document_id_class)
            updater(working)
            ops = working.changes()
            if ops:
                self._store.commit(ops)


class TableView(Mapping[str, Doc]):
    """A table as a read-only mapping of id to document, read from the index as needed."""

    def __init__(self, store: FolderStore, name: str, *, numeric: bool = False) -> None:
        self.store = store
        self.name = name
        self._numeric = numeric

    def __getitem__(self, doc_id: object) -> Doc:
        doc = self.store.get(self.name, str(doc_id))
        if doc is None:
            raise KeyError(doc_id)
        return doc

    def __iter__(self) -> Iterator[str]:
        return iter(self.store.ids(self.name, numeric=self._numeric))

    def __len__(self) -> int:
        return self.store.count(self.name)

    def items(self) -> Any:
        """Yield ``(id, document)`` without a look-up each."""
        if self._numeric:
            return ((doc_id, self[doc_id]) for doc_id in self)
        return ((doc_id, doc) for doc_id, _, doc in self.store.select(self.name))


class WorkingTable(MutableMapping[Any, Any]):
    """A table while it is being changed: reads what is asked for, remembers what was handed out."""

    def __init__(self, view: TableView, id_class: Callable[[str], Any]) -> None:
        self._view = view
        self._id_class = id_class
        self._before: dict[str, Doc] = {}
        self._after: dict[str, Any] = {}

    def __getitem__(self, doc_id: Any) -> Any:
        key = str(doc_id)
        if key not in self._after:
            doc = self._view[key]
            self._before[key] = _copy(doc)
            self._after[key] = doc
        if self._after[key] is _GONE:
            raise KeyError(doc_id)
        return self._after[key]

    def __setitem__(self, doc_id: Any, doc: Any) -> None:
        if doc_id in self:
            self[doc_id]  # read it, so that the change is told from a creation
        self._after[str(doc_id)] = doc

    def __delitem__(self, doc_id: Any) -> None:
        self[doc_id]
        self._after[str(doc_id)] = _GONE

    def __contains__(self, doc_id: object) -> bool:
        key = str(doc_id)
        return self._after[key] is not _GONE if key in self._after else key in self._view

    def __iter__(self) -> Iterator[Any]:
        stored = list(self._view)
        known = set(stored)
        for key in [*stored, *(key for key in self._after if key not in known)]:
            if self._after.get(key) is not _GONE:
                yield self._id_class(key)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def changes(self) -> list[Op]:
        """Return the changes that lead from the table as it was to what it is now."""
        after = {key: doc for key, doc in self._after.items() if doc is not _GONE}
        return _difference(self._view.name, self._before, after)


_GONE = object()


def _difference(table: str, before: Mapping[str, Doc], after: Mapping[str, Any]) -> list[Op]:
    ops: list[Op] = [remove(table, doc_id) for doc_id in before if doc_id not in after]
    for doc_id, doc in after.items():
        if doc_id not in before:
            ops.append(create(table, doc_id, dict(doc)))
            continue
        changes, drop = difference(before[doc_id], doc)
        if changes or drop:
            ops.append(update(table, doc_id, changes, drop))
    return ops


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Doc, list[list[str]]]:
    """Return the changes and dropped paths that turn one document into another, leaf by leaf."""
    changes: Doc = {}
    drop: list[list[str]] = [[key] for key in before if key not in after]
    for key, value in after.items():
        old = before.get(key)
        if key in before and isinstance(old, Mapping) and isinstance(value, Mapping):
            inner, gone = difference(old, value)
            if inner:
                changes[key] = inner
            drop += [[key, *path] for path in gone]
        elif key not in before or type(old) is not type(value) or old != value:
            changes[key] = value
    return changes, drop


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_copy(item) for item in value]
    return value
