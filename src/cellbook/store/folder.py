"""The store of a book in a folder: journals, series, blobs, and the index folded from them."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import re
import secrets
import shutil
import threading
import time
import weakref
import zlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path
from tinydb.queries import QueryLike
from tinydb.table import Table

from cellbook.errors import NotFound, StoreCorrupt, StoreError, StoreReadOnly, StoreWriteError
from cellbook.store.base import Doc, Op, OrderTerm, Store
from cellbook.store.blobs import Blobs
from cellbook.store.encoding import NAN_PLACES, decode_arrays, decode_bodies, decode_body, json_path
from cellbook.store.ids import Clock
from cellbook.store.index import Index, sql_table
from cellbook.store.journal import JournalReader, JournalWriter, open_journal
from cellbook.store.packs import Packs
from cellbook.store.planning import NUMBER, Planner, columns_of, order_expression
from cellbook.store.points import SeriesReader, SeriesWriter
from cellbook.store.syncing import Syncer
from cellbook.store.table import BookStorage, BookTable
from cellbook.store.verdicts import Verdicts
from cellbook.store.verify import Report, verify

FORMAT = 1
_PAGE = 256
_ACTIVE_BEAT = 15.0
"""Seconds between two signs of life."""


class FolderStore(Store):
    """A book in a folder of plain files; see :class:`Store` for what it promises.

    Parameters
    ----------
    root
        The ``.cellbook`` folder.
    create
        Whether to make the book if it is not there.
    durable
        Whether each write waits until the disk has it.  None takes it from ``CELLBOOK_DURABLE``.

    Raises
    ------
    NotFound
        If there is no book and `create` is false.
    StoreCorrupt
        If ``format.json`` does not read as one.
    """

    def __init__(self, root: Path, *, create: bool = True, durable: bool | None = None) -> None:
        self.root = root
        self.url = str(root)
        self.read_only = ""
        self.blobs = Blobs(root, lambda: self.read_only)
        self.packs = Packs(root)
        self._durable = bool(os.environ.get("CELLBOOK_DURABLE")) if durable is None else durable
        self._clock = Clock()
        self._journals = JournalReader(root)
        self._lock = threading.RLock()
        self._syncer = Syncer()
        self._beaten = 0.0
        self.book_id = self._open_format(create)
        self.cache = self._index_folder()
        self._index = Index(self.cache, self._journals, self._clock)
        self._planner = Planner(self._index)
        self._verdicts = Verdicts(self._planner, self._documents)
        self._series_reader = SeriesReader(root)
        self._become_writer()
        _stores.add(self)

    # -- writing -------------------------------------------------------------------------------

    @property
    def series_writer(self) -> SeriesWriter:
        """Appends metric points on behalf of this process."""
        return self._series

    @property
    def series_reader(self) -> SeriesReader:
        """Reads metric points."""
        return self._series_reader

    @property
    def writer(self) -> str:
        """The name under which this process writes."""
        return self._writer_name

    def new_id(self) -> str:
        """Return a fresh ULID."""
        return self._clock.new()

    def follow(self, ulid: str) -> None:
        """See :meth:`Store.follow`."""
        self._clock.observe(ulid)

    def commit(self, ops: Sequence[Op], *, durable: bool = False) -> str:
        """Write one transaction; see :meth:`Store.commit`."""
        if self.read_only:
            raise StoreReadOnly(self.read_only)
        with self._lock:
            ulid = self._clock.new()
            self._journal.append(ulid, list(ops))
        if durable:
            self.sync()
        return ulid

    def sync(self) -> None:
        """Have the disk take, soon and in the background, what was written so far."""
        self._syncer.request(self._journal.file, self._series)

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep other readers-then-writers on this machine out; see :meth:`Store.exclusive`."""
        with self._index.exclusive():
            self._index.refresh()
            yield

    def beat(self, *, closely: bool = False) -> None:
        """Show life: the journal's time of change is this process's last sign."""
        now = time.monotonic()
        if closely or now - self._beaten > _ACTIVE_BEAT:
            self._beaten = now
            with contextlib.suppress(OSError):
                os.utime(self._journal.file.path)

    def last_sign(self, writer: str) -> float | None:
        """Return when a writer last showed life, in seconds since 1970."""
        times = []
        for stem, file in self._journals.files().items():
            if stem.endswith("/" + writer):
                with open_journal(file.path) as opened:
                    times.append(os.fstat(opened.fileno()).st_mtime)
        return max(times, default=None)

    # -- reading -------------------------------------------------------------------------------

    def get(self, table: str, doc_id: str) -> Doc | None:
        """Return one document, or None."""
        self._index.refresh()
        if not self._index.has(table):
            return None
        row = self._index.read(
            f"SELECT body FROM {sql_table(table)} WHERE id = ?", (doc_id,)
        ).fetchone()
        return None if row is None or row[0] is None else decode_body(row[0])

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
        """Yield ``(id, number, document)``; see :meth:`Store.select`."""
        self._index.refresh()
        if limit == 0 or not self._index.has(table):
            return
        # The sort carries row numbers only; bodies are read a page at a time after it.
        page = _PAGE if limit is None else min(_PAGE, max(limit, 16))
        stamp = self._index.stamps().get(table, 0) if skip else 0
        rows: Iterator[int] = (row for (row,) in self._planner.rows(table, query, order_by))
        if but:
            left_out = self._rows_of(table, but)
            rows = itertools.filterfalse(left_out.__contains__, rows)
        if skip:
            if query is not None:
                rows = self._verdicts.accepted(table, query, stamp, rows, page)
            rows = itertools.islice(rows, skip, None)
        found = 0
        while numbers := list(itertools.islice(rows, page)):
            for _, doc_id, num, doc in self._documents(table, numbers):
                if query is None or query(doc):
                    yield doc_id, num, doc
                    found += 1
                    if found == limit:
                        return

    def _documents(self, table: str, rows: Sequence[int]) -> Iterator[tuple[int, str, int, Doc]]:
        """Yield row, id, number and document of those that some rows still have, in their order."""
        bodies = {
            found[0]: found
            for found in self._index.read(
                f"SELECT row, id, num, body FROM {sql_table(table)} "
                f"WHERE row IN ({','.join(map(str, rows))}) AND body IS NOT NULL"
            )
        }
        present = [bodies[row] for row in rows if row in bodies]
        docs = decode_bodies([body for *_, body in present])
        numbered = NUMBER in columns_of(table)
        for (row, doc_id, num, _), doc in zip(present, docs, strict=True):
            if numbered:
                doc[NUMBER] = num
            yield row, doc_id, num, doc

    def columns(
        self,
        table: str,
        fields: Sequence[str | tuple[str, ...]],
        *,
        order_by: Sequence[OrderTerm] = (),
    ) -> tuple[list[int], list[list[Any]]]:
        """Return numbers, and the values of some fields, of a whole table; see :class:`Store`."""
        self._index.refresh()
        if not self._index.has(table):
            return [], [[] for _ in fields]
        paths = ",".join(map(json_path, (*fields, NAN_PLACES)))
        rows = self._index.read(
            f"SELECT num, json_extract(body, {paths}) FROM {sql_table(table)} "
            f"WHERE body IS NOT NULL ORDER BY {order_expression(table, order_by)}"
        ).fetchall()
        return [num for num, _ in rows], decode_arrays([text for _, text in rows], fields)

    def ids(self, table: str, *, numeric: bool = False) -> list[str]:
        """Return the ids of a table's documents; see :meth:`Store.ids`.

        With `numeric` they are put in order as the numbers that they are.
        """
        self._index.refresh()
        if not self._index.has(table):
            return []
        order = "CAST(id AS INTEGER)" if numeric else "id"
        found = self._index.read(
            f"SELECT id FROM {sql_table(table)} WHERE body IS NOT NULL ORDER BY {order}"
        )
        return [doc_id for (doc_id,) in found]

    def _rows_of(self, table: str, ids: Collection[str]) -> set[int]:
        """Return the rows of the documents with some ids."""
        rows: set[int] = set()
        left = list(ids)
        while left:
            batch, left = left[:_PAGE], left[_PAGE:]
            marks = ",".join("?" * len(batch))
            sql = f"SELECT row FROM {sql_table(table)} WHERE id IN ({marks})"
            rows.update(row for (row,) in self._index.read(sql, batch))
        return rows

    def stamps(self) -> dict[str, int]:
        """Return when each table was last folded into; see :meth:`Store.stamps`."""
        self._index.refresh()
        return self._index.stamps()

    def changed(self, table: str, since: int) -> list[str]:
        """Return the ids of documents that changed after a stamp; see :meth:`Store.changed`."""
        self._index.refresh()
        if not self._index.has(table):
            return []
        return [doc_id for _, doc_id in self._planner.changed(table, since)]

    def count(self, table: str) -> int:
        """Return how many documents a table has."""
        self._index.refresh()
        if not self._index.has(table):
            return 0
        (count,) = self._index.read(
            f"SELECT count(*) FROM {sql_table(table)} WHERE body IS NOT NULL"
        ).fetchone()
        return int(count)

    def by_number(self, table: str, number: int) -> str | None:
        """Return the id of document number `number`, or None."""
        self._index.refresh()
        if not self._index.has(table):
            return None
        row = self._index.read(
            f"SELECT id FROM {sql_table(table)} WHERE num = ?", (number,)
        ).fetchone()
        return None if row is None else str(row[0])

    def number(self, table: str, doc_id: str) -> int:
        """Return the place of a document by time of creation, from 1; 0 if there is none."""
        self._index.refresh()
        if not self._index.has(table):
            return 0
        row = self._index.read(
            f"SELECT num FROM {sql_table(table)} WHERE id = ?", (doc_id,)
        ).fetchone()
        return 0 if row is None else int(row[0])

    def table(self, name: str) -> Table:
        """Return a table as a TinyDB table."""
        return BookTable(BookStorage(self), name)

    def tables(self) -> set[str]:
        """Return the names of the tables that hold documents."""
        self._index.refresh()
        return {name for name in self._index.tables() if self.count(name)}

    def check_format(self) -> None:
        """Raise :class:`StoreCorrupt` if ``format.json`` does not read as one."""
        path = self.root / "format.json"
        _read_format(path, path.read_bytes() if path.exists() else b"")

    def verify(self) -> Report:
        """Read everything and report each byte that fails its check."""
        return verify(self)

    def index_agrees(self, fresh: Index) -> bool:
        """Whether the index holds just what `fresh` does."""
        self._index.refresh()
        return self._index.agrees(fresh)

    def rebuild_index(self) -> None:
        """Fold the index anew from the journals."""
        self._index.rebuild()

    # -- opening and closing -------------------------------------------------------------------

    def look_again(self) -> None:
        """Find out anew whether the book can be written, or made, where it could not before."""
        with self._lock:
            if self.read_only:
                self.read_only = ""
                book_id = self._open_format(create=True)
                if book_id != self.book_id:
                    self.book_id = book_id
                    self._index.close()
                    self.cache = self._index_folder()
                    self._index = Index(self.cache, self._journals, self._clock)
                    self._planner = Planner(self._index)
                    self._verdicts = Verdicts(self._planner, self._documents)

    def close(self) -> None:
        """Flush and let go of files."""
        with self._lock:
            self._syncer.close()
            with contextlib.suppress(StoreWriteError):
                self._series.close()
            with contextlib.suppress(StoreWriteError, OSError):
                self._journal.close()
            self._index.close()
            self._become_writer()

    def discard(self) -> None:
        """Close the store, and take it and its index off the disk."""
        index = self._index_folder()
        self.close()
        for folder in (self.root, index):
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

    def after_fork(self) -> None:
        """Become a writer of one's own, in a forked child."""
        self._lock = threading.RLock()
        self._syncer = Syncer()
        self._clock.reseed()
        self._index.abandon()
        self.packs.after_fork()
        self._journal.file.abandon()
        self._series.abandon()
        self._become_writer()

    def _become_writer(self) -> None:
        # Sorts by time, and no two processes ever choose the same.
        self._writer_name = f"{self._clock.new()[:10]}{secrets.token_hex(5)}".lower()
        self._journal = JournalWriter(self.root, self._writer_name, durable=self._durable)
        self._series = SeriesWriter(self.root, self._writer_name, durable=self._durable)

    def _open_format(self, create: bool) -> str:
        path = self.root / "format.json"
        try:
            text = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            if not create:
                raise NotFound(
                    f"There is no book at {self.root}. `%load_ext cellbook` in a notebook or "
                    "cb.start_run() makes one; `cellbook demo` shows how."
                ) from None
            return self._make_format(path)
        except IsADirectoryError:
            raise StoreCorrupt(
                f"{path} is a folder. Move it away, and restore the file from a copy of the book."
            ) from None
        except OSError as error:
            raise StoreError(
                f"The book at {self.root} cannot be read ({error.strerror}). Mend that, or "
                "set CELLBOOK_URL (or call cb.open) to another folder."
            ) from None
        number, book_id = _read_format(path, text)
        if number > FORMAT:
            self.read_only = (
                f"The book at {self.root} has format {number}; this Cellbook writes format "
                f"{FORMAT}. It is open for reading only: pip install --upgrade cellbook"
            )
        elif not os.access(self.root, os.W_OK):
            self.read_only = (
                f"The book at {self.root} is read-only for this user. Make the folder writable, "
                "or set CELLBOOK_URL (or call cb.open) to one that is."
            )
        return book_id

    def _make_format(self, path: Path) -> str:
        book_id = self._clock.new()
        data = {"format": FORMAT, "id": book_id, "check": _format_check(FORMAT, book_id)}
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            new = path.with_name(f".format-{secrets.token_hex(4)}")
            new.write_text(json.dumps(data) + "\n")
            try:
                # Two processes may make the book at the same time: the first one's identity stays.
                os.link(new, path)
            except FileExistsError:
                return str(json.loads(path.read_text())["id"])
            except OSError:
                new.replace(path)  # A disk without hard links.
            finally:
                new.unlink(missing_ok=True)
        except OSError as error:
            self.read_only = (
                f"No book can be made at {self.root} ({error.strerror}). Make the folder "
                "writable, or set CELLBOOK_URL (or call cb.open) to one that is."
            )
        return book_id

    def _index_folder(self) -> Path | None:
        place = hashlib.sha256(os.fsencode(self.root.resolve())).hexdigest()[:12]
        chosen = os.environ.get("CELLBOOK_CACHE_DIR")
        cache = Path(chosen) if chosen else user_cache_path("cellbook")
        folder = cache / f"{self.book_id}-{place}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            return None
        return folder if os.access(folder, os.W_OK) else None


def _read_format(path: Path, text: bytes) -> tuple[int, str]:
    try:
        data = json.loads(text)
        number, book_id = int(data["format"]), str(data["id"])
        if number < 1:
            raise ValueError(f"there is no format {number}")
        if number == FORMAT and data["check"] != _format_check(number, book_id):
            raise ValueError("its check fails")
        if not re.fullmatch(r"[\w-]+", book_id, re.ASCII):
            raise ValueError("its id is none")  # It names a folder of the cache.
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise StoreCorrupt(
            f"{path} is damaged ({error}). Restore it from a copy of the book."
        ) from None
    return number, book_id


def _format_check(number: int, book_id: str) -> str:
    return f"{zlib.crc32(f'{number} {book_id}'.encode()):08x}"


_stores: weakref.WeakSet[FolderStore] = weakref.WeakSet()
"""The open stores of this process, to be told when it forks."""


def _after_fork() -> None:
    for store in list(_stores):
        store.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
