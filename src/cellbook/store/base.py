"""The contract that every store keeps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from tinydb.queries import QueryLike
from tinydb.table import Table

from cellbook.store.blobs import Blobs
from cellbook.store.packs import Packs
from cellbook.store.points import SeriesReader, SeriesWriter

if TYPE_CHECKING:
    from cellbook.store.verify import Report

Doc: TypeAlias = dict[str, Any]
Op: TypeAlias = "list[Any]"
"""One change of one document, as :func:`create`, :func:`update` and :func:`remove` make it."""


def create(table: str, doc_id: str, doc: Doc) -> Op:
    """Make the document `doc_id` of `table` be just `doc`."""
    return [table, doc_id, doc, None]


def update(table: str, doc_id: str, changes: Doc, drop: Sequence[Sequence[Any]] = ()) -> Op:
    """Take the paths in `drop` out of a document, then merge `changes` into it, leaf by leaf.

    A dictionary in `changes` is merged into the dictionary that stands there, key by key; every
    other value replaces what stands there.  A document that was never created, or was removed,
    is not brought about by it.
    """
    return [table, doc_id, changes, [list(path) for path in drop]]


def remove(table: str, doc_id: str) -> Op:
    """Take a document away.  Only a later :func:`create` of the same id brings it back."""
    return [table, doc_id, None]


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """One key of a sort: the path of a value in the document, and its direction.

    Documents that lack the value come last in both directions.
    """

    path: tuple[str, ...]
    descending: bool = False
    minus: tuple[str, ...] = ()
    """If given, the key is the value at `path` less the one here."""


class Store(ABC):
    """A book's memory: documents in tables, points in series, bytes in blobs.

    - **Acknowledged is kept.**  When :meth:`commit` returns, the change outlives ``kill -9`` of
      this process; with ``durable=True`` also a power cut.
    - **No locks on the truth.**  Any number of threads, processes and machines write at once.
      All methods may be called from any thread.  A child made by fork is a writer of its own
      without having to do anything.
    - **State is the fold of all changes in the order of their ULIDs**, the last writer winning
      leaf by leaf, so that stores which saw the same changes in any order agree.
    - **Reads see one's own writes**, and those of others on the same machine at once.
    - What a failed write could not bring to disk is kept in memory, in order, up to a bound, and
      written before the next record; :class:`~cellbook.errors.StoreWriteError` says so.
    """

    url: str
    """Where the store is: a folder's path or a URL that :func:`cellbook.open` takes."""
    book_id: str
    """The identity that copies of one book share."""
    read_only: str
    """Why the store cannot be written, with the mend; empty where it can."""
    blobs: Blobs
    packs: Packs
    cache: Path | None
    """A folder for what can be made anew; None where there is none."""

    @abstractmethod
    def new_id(self) -> str:
        """Return a fresh ULID, later than everything this process has read."""

    @abstractmethod
    def follow(self, ulid: str) -> None:
        """Hand out only ids that are later than `ulid`, which came from elsewhere, from now on."""

    @abstractmethod
    def commit(self, ops: Sequence[Op], *, durable: bool = False) -> str:
        """Write one transaction: all of `ops` or none; return its ULID.

        Raises
        ------
        StoreReadOnly
            If the book is open for reading only.
        StoreWriteError
            If the operating system refuses; the change is kept in memory and written with the
            next one that succeeds.
        TypeError
            If a document holds something that JSON has no form for.
        """

    @abstractmethod
    def exclusive(self) -> AbstractContextManager[None]:
        """Keep every other reader-then-writer on this machine out for the while.

        What is read inside is what :meth:`commit` inside builds on.
        """

    @abstractmethod
    def get(self, table: str, doc_id: str) -> Doc | None:
        """Return one document, or None."""

    @abstractmethod
    def select(
        self,
        table: str,
        query: QueryLike | None = None,
        *,
        order_by: Sequence[OrderTerm] = (),
        but: Collection[str] = (),
        skip: int = 0,
        limit: int | None = None,
    ) -> Iterator[tuple[str, int, Doc]]:
        """Yield ``(id, number, document)`` of the documents that `query` accepts.

        `number` is the document's place by time of creation, from 1, in tables that are numbered
        (runs), else 0.  In these, each document also has it as ``run_number``, by which it can be
        queried and ordered.  Ties, and all documents without `order_by`, come oldest first, or
        newest first where the last term of `order_by` is descending.

        Parameters
        ----------
        table
            Its name.
        query
            None accepts all.
        order_by
            Keys, the first one first.
        but
            Ids of documents that do not count.
        skip
            How many are passed over, quickly: what `query` says of them is remembered by its hash
            until they change.  So it must be one whose hash tells all that it depends on; that of
            TinyDB's ``fragment`` does not.
        limit
            At most so many; None means all.

        Raises
        ------
        StoreError
            If a path of `order_by` holds a name that cannot be put in order.
        """

    @abstractmethod
    def columns(
        self,
        table: str,
        fields: Sequence[str | tuple[str, ...]],
        *,
        order_by: Sequence[OrderTerm] = (),
    ) -> tuple[list[int], list[list[Any]]]:
        """Return the numbers of a whole table's documents, and a list of values for each field.

        A field is a key of the document, or the path of keys to what lies deeper; it holds no
        quotes and no backslash.  One that a document lacks is None.  Order is as :meth:`select`
        has it.  For reading a whole table this is several times quicker than that.
        """

    @abstractmethod
    def ids(self, table: str) -> list[str]:
        """Return the ids of a table's documents, oldest first, without reading these."""

    @abstractmethod
    def stamps(self) -> dict[str, int]:
        """Return a number for each table that is another one after each change of a document in it.

        Whoever made the change; also one that this process has not read yet.  Cheap enough to be
        asked several times a second.
        """

    @abstractmethod
    def changed(self, table: str, since: int) -> list[str]:
        """Return the ids of a table's documents that changed after a stamp, removed ones too.

        `since` is a stamp of that table (:meth:`stamps`); 0 asks for all that ever were.  Where
        the table's stamp is a lower one now, the store was read anew, and this says nothing of
        what was before.
        """

    @abstractmethod
    def count(self, table: str) -> int:
        """Return how many documents a table has."""

    @abstractmethod
    def by_number(self, table: str, number: int) -> str | None:
        """Return the id of document number `number`, or None."""

    @abstractmethod
    def number(self, table: str, doc_id: str) -> int:
        """Return the place of a document by time of creation, from 1; 0 if there is none."""

    @abstractmethod
    def table(self, name: str) -> Table:
        """Return a table as a :class:`tinydb.table.Table`: TinyDB's whole language works on it."""

    @abstractmethod
    def tables(self) -> set[str]:
        """Return the names of the tables that hold documents."""

    @property
    @abstractmethod
    def series_writer(self) -> SeriesWriter:
        """Appends metric points; one a process."""

    @property
    @abstractmethod
    def series_reader(self) -> SeriesReader:
        """Reads metric points."""

    @abstractmethod
    def last_sign(self, writer: str) -> float | None:
        """Return when a writer last showed life, in seconds since 1970; None if unknown."""

    @property
    @abstractmethod
    def writer(self) -> str:
        """The name under which this process writes."""

    @abstractmethod
    def beat(self, *, closely: bool = False) -> None:
        """Show life on behalf of this process.

        It is seldom written down; with `closely`, while something is under way whose end the last
        sign may become, each time.
        """

    @abstractmethod
    def verify(self) -> Report:
        """Read everything and report each byte that fails its check."""

    @abstractmethod
    def close(self) -> None:
        """Flush and let go of files; a closed store opens again at the next call."""
