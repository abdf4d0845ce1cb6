"""The index: a disposable SQLite database on a local disk, folded from the journals.

It holds one SQL table per document table, ``id`` (ULID), ``num`` (place by time of creation, in
numbered tables), ``last`` (ULID of the newest change folded), ``stamp`` (of the fold that touched
it last) and ``body`` (JSON; NULL once removed); the stamp of the last fold into each table; and how
far each journal has been folded.  Losing it costs time, never a record: it is rebuilt when it is
missing, damaged or of another version.

Changes are folded in the order of their ULIDs.  One that arrives late, older than what its
document already holds, makes that document be folded afresh from all journals.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import re
import shutil
import sqlite3
import threading
import time
import weakref
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from cellbook.errors import StoreCorrupt, StoreError
from cellbook.store.base import Doc, Op
from cellbook.store.encoding import decode_body, encode_body
from cellbook.store.folding import fold
from cellbook.store.ids import Clock, is_ulid
from cellbook.store.journal import Event, JournalReader, decode_line, read_events, read_lines

VERSION = 5
NUMBERED = frozenset({"runs", "checkpoints"})
"""Tables whose documents have a number by order of creation."""

Key: TypeAlias = tuple[str, str]
"""Table and document id."""
Row: TypeAlias = "tuple[str, Doc | None]"
"""ULID of the newest change, and the document as it is after it."""

_WAIT_SECONDS = 120
_BATCH = 4096
"""Events folded at a time: bounds the memory that a first fold takes."""
_log = logging.getLogger("cellbook")


class Index:
    """The folded state of one book's journals.

    Parameters
    ----------
    folder
        Where the database lies; None keeps it in memory.
    journals
        What it is folded from.
    clock
        Is shown every ULID that is folded.
    """

    def __init__(self, folder: Path | None, journals: JournalReader, clock: Clock) -> None:
        self._folder = folder
        self._journals = journals
        self._clock = clock
        self._lock = threading.RLock()
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        # Not at the process's end: what closes the book then still reads and folds.
        weakref.finalize(self, _close_all, self._connections).atexit = False
        self._generation = 0
        self._seen: dict[str, int] = {}
        self._tables: set[str] = set()
        self._owner = 0
        self._writer: sqlite3.Connection | None = None

    # -- reading -------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Fold what the journals hold beyond the index."""
        files = self._journals.files()
        sizes = {stem: file.size for stem, file in files.items()}
        if sizes == self._seen:
            return
        with self._lock:
            try:
                self._fold(sizes)
            except sqlite3.DatabaseError as error:
                self._mend(error)
                self._fold(sizes)

    def read(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run a SELECT on this thread's own connection."""
        return self._reader().execute(sql, parameters)

    def has(self, table: str) -> bool:
        """Whether the table holds, or ever held, a document."""
        # Another process may have folded the first document of a table meanwhile.
        return table in self._tables or table in self.tables()

    def tables(self) -> set[str]:
        """Return the names of the tables ever written to."""
        self._tables = _list_tables(self._reader())
        return self._tables

    def stamps(self) -> dict[str, int]:
        """Return a number for each table that is another one after each change folded into it."""
        return dict(self.read("SELECT name, stamp FROM stamps").fetchall())

    def bodies(self, table: str) -> Iterator[Doc]:
        """Yield the documents of a table, oldest first."""
        if self.has(table):
            name = sql_table(table)
            rows = self.read(f"SELECT body FROM {name} WHERE body IS NOT NULL ORDER BY id")
            for (body,) in rows:
                yield decode_body(body)

    def agrees(self, other: Index) -> bool:
        """Whether both hold the same documents."""
        try:
            if self.tables() != other.tables():
                return False
            for table in self.tables():
                sql = f"SELECT id, num, last, body FROM {sql_table(table)} ORDER BY id"
                if any(a != b for a, b in itertools.zip_longest(self.read(sql), other.read(sql))):
                    return False
        except sqlite3.DatabaseError:
            return False
        return True

    def rebuild(self) -> None:
        """Throw the state away and fold it anew."""
        with self._lock:
            self._start_over(sqlite3.DatabaseError("it differs from the journals"))
            self._seen = {}
        self.refresh()

    def add_expression_index(self, table: str, expression: str) -> str:
        """Index an expression over a table's bodies, ties by id; return the index's SQL name.

        It stays until the whole index is rebuilt.
        """
        name = f"x_{hash_text(f'{table} {expression}, id'):016x}"
        with self._lock, self._writing() as connection:
            connection.execute(
                f"CREATE INDEX IF NOT EXISTS {name} ON {sql_table(table)} ({expression}, id)"
            )
        return name

    # -- writing -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the index's write lock: no other process folds, or holds it, meanwhile."""
        with self._lock, contextlib.ExitStack() as held:
            try:
                held.enter_context(self._writing())
            except sqlite3.DatabaseError as error:
                self._mend(error)
                held.enter_context(self._writing())
            yield

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            _close_all(self._connections)
            self.abandon()

    def abandon(self) -> None:
        """Forget all connections without touching them, as a forked child must."""
        self._lock = threading.RLock()
        self._local = threading.local()
        _abandoned.extend(self._connections)
        self._connections.clear()
        self._generation += 1
        self._writer = None
        self._seen = {}
        self._tables = set()
        self._owner = 0

    # -- folding -------------------------------------------------------------------------------

    def _fold(self, sizes: dict[str, int]) -> None:
        with self._writing() as connection:
            stamp = _next_stamp(connection)
            folded = dict(connection.execute("SELECT stem, folded FROM files"))
            files = self._journals.files()
            if any(stem not in files or files[stem].size < done for stem, done in folded.items()):
                # A journal was taken away or cut: what it said must go from the state too.
                self._clear(connection)
                folded = {}
            late: set[Key] = set()
            touched: set[str] = set()
            damaged: Counter[str] = Counter()
            for stem, file in files.items():
                end = start = folded.get(stem, 0)
                if file.size <= start:
                    continue
                events: list[Event] = []
                for position, event in read_events(file.path, start):
                    end = position
                    if event is None:
                        damaged[stem] += 1
                        continue
                    events.append(event)
                    if len(events) == _BATCH:
                        touched |= self._apply(connection, events, late, stamp)
                        events = []
                touched |= self._apply(connection, events, late, stamp)
                connection.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (stem, end))
            if damaged:
                _log.warning(
                    "Damaged lines of journals are passed over (%d, the first in %s); "
                    "`cellbook verify` names them.",
                    damaged.total(),
                    next(iter(damaged)),
                )
            if late:
                self._save(connection, self._refold(late), stamp)
            for table in touched & NUMBERED:
                self._number(connection, sql_table(table), stamp)
            connection.executemany(
                "INSERT OR REPLACE INTO stamps VALUES (?, ?)",
                [(table, stamp) for table in touched],
            )
        self._seen = sizes

    def _apply(
        self, connection: sqlite3.Connection, events: list[Event], late: set[Key], stamp: int
    ) -> set[str]:
        """Fold a batch; add the documents whose changes came late; return the tables touched."""
        rows: dict[Key, Row] = {}
        newest = ""
        for event in sorted(events, key=lambda event: event.ulid):
            newest = event.ulid
            for op in event.ops:
                key = (op[0], op[1])
                if key not in rows:
                    rows[key] = self._load(connection, *key)
                last, doc = rows[key]
                if event.ulid < last:
                    late.add(key)
                else:
                    rows[key] = (event.ulid, fold(doc, op))
        if is_ulid(newest):
            self._clock.observe(newest)
        self._save(connection, rows, stamp)
        return {table for table, _ in rows}

    def _refold(self, keys: set[Key]) -> dict[Key, Row]:
        """Fold some documents from all journals anew."""
        # Looking for the bytes of a few ids is much quicker than parsing every line.
        needles = [doc_id.encode() for _, doc_id in keys] if len(keys) <= 16 else None
        changes: list[tuple[str, int, Op]] = []
        for file in self._journals.files().values():
            for _, line in read_lines(file.path):
                if needles is not None and not any(needle in line for needle in needles):
                    continue
                try:
                    event = decode_line(line)
                except (StoreCorrupt, ValueError):
                    continue
                changes += [
                    (event.ulid, place, op)
                    for place, op in enumerate(event.ops)
                    if (op[0], op[1]) in keys
                ]
        rows: dict[Key, Row] = {}
        for ulid, _, op in sorted(changes, key=lambda change: change[:2]):
            key = (op[0], op[1])
            _, doc = rows.get(key, ("", None))
            rows[key] = (ulid, fold(doc, op))
        return rows

    def _load(self, connection: sqlite3.Connection, table: str, doc_id: str) -> Row:
        self._make_table(connection, table)
        row = connection.execute(
            f"SELECT last, body FROM {sql_table(table)} WHERE id = ?", (doc_id,)
        ).fetchone()
        if row is None:
            return "", None
        return row[0], None if row[1] is None else decode_body(row[1])

    def _save(self, connection: sqlite3.Connection, rows: dict[Key, Row], stamp: int) -> None:
        by_table: dict[str, list[tuple[str, str, int, str | None]]] = {}
        for (table, doc_id), (last, doc) in rows.items():
            body = None if doc is None else encode_body(doc)
            by_table.setdefault(table, []).append((doc_id, last, stamp, body))
        for table, values in by_table.items():
            connection.executemany(
                f"INSERT INTO {sql_table(table)} (id, last, stamp, body) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE "
                "SET last = excluded.last, stamp = excluded.stamp, body = excluded.body",
                values,
            )

    def _number(self, connection: sqlite3.Connection, name: str, stamp: int) -> None:
        """Give new documents their number; renumber all if one was made before the newest."""
        (first,) = connection.execute(f"SELECT min(id) FROM {name} WHERE num = 0").fetchone()
        if first is None:
            return
        top = connection.execute(
            f"SELECT id, num FROM {name} WHERE num > 0 ORDER BY num DESC LIMIT 1"
        ).fetchone()
        where, start = ("WHERE num = 0", top[1]) if top and top[0] < first else ("", 0)
        ids = connection.execute(f"SELECT id FROM {name} {where} ORDER BY id").fetchall()
        connection.executemany(
            f"UPDATE {name} SET num = ?, stamp = ? WHERE id = ?",
            [(start + place, stamp, doc_id) for place, (doc_id,) in enumerate(ids, 1)],
        )

    # -- the database --------------------------------------------------------------------------

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if self._owner:
            # This thread holds the lock, so it is the one inside already.
            assert self._writer is not None
            yield self._writer
            return
        connection = self._writer = self._writer or self._connect()
        connection.execute("BEGIN IMMEDIATE")
        self._owner = threading.get_ident()
        try:
            yield connection
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            self._seen = {}
            self._tables = set()
            raise
        else:
            connection.execute("COMMIT")
        finally:
            self._owner = 0

    def _reader(self) -> sqlite3.Connection:
        if self._owner == threading.get_ident() or self._folder is None:
            # Inside an exclusive block one reads what one just folded; and a database in memory
            # has one connection only.
            with self._lock:
                self._writer = self._writer or self._connect()
                return self._writer
        if getattr(self._local, "generation", -1) != self._generation:
            self._local.connection = self._connect()
            self._local.generation = self._generation
        connection: sqlite3.Connection = self._local.connection
        return connection

    def _connect(self) -> sqlite3.Connection:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            ":memory:" if self._folder is None else self._folder / "index.sqlite",
            timeout=_WAIT_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._prepare(connection)
        except sqlite3.Error:
            connection.close()
            raise
        self._connections.append(connection)
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        self._turn_to_wal(connection)
        connection.execute("PRAGMA synchronous = OFF")  # Disposable: nothing to protect.
        connection.execute("PRAGMA cache_size = -16384")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == VERSION:
            return
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != VERSION:
            self._clear(connection)
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")

    def _turn_to_wal(self, connection: sqlite3.Connection) -> None:
        # SQLite does not wait here: of two that open a new index at once, one would fail.
        deadline = time.monotonic() + _WAIT_SECONDS
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.005)

    def _clear(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in rows:
            connection.execute(f'DROP TABLE "{name}"')
        connection.execute(
            "CREATE TABLE files (stem TEXT PRIMARY KEY, folded INTEGER) WITHOUT ROWID"
        )
        connection.execute(
            "CREATE TABLE stamps (name TEXT PRIMARY KEY, stamp INTEGER) WITHOUT ROWID"
        )
        self._tables = set()

    def _make_table(self, connection: sqlite3.Connection, table: str) -> None:
        if table in self._tables:
            return
        name = sql_table(table)
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {name} "
            "(row INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, num INTEGER NOT NULL DEFAULT 0, "
            "last TEXT NOT NULL, stamp INTEGER NOT NULL, body TEXT)"
        )
        if table in NUMBERED:
            connection.execute(
                f"CREATE INDEX IF NOT EXISTS n_{hash_text(table):016x} ON {name} (num)"
            )
        self._tables = _list_tables(connection)

    def _mend(self, error: sqlite3.DatabaseError) -> None:
        if _is_busy(error):
            # Not damage: what another process is folding must not be thrown away.
            raise StoreError(
                f"Another process has held the index of this book for {_WAIT_SECONDS} s. Nothing "
                "is lost; try again when it is done, or end that process."
            ) from error
        self._start_over(error)

    def _start_over(self, error: sqlite3.DatabaseError) -> None:
        """Throw a damaged index away; where its disk refuses, go on in memory."""
        _log.info("The index is rebuilt: %s", error)
        self.close()
        folder = self._folder
        if folder is None:
            return
        full = any(sign in str(error) for sign in _REFUSALS)
        try:
            shutil.rmtree(folder, ignore_errors=full)
        except OSError:
            full = True
        if full:
            self._folder = None


_REFUSALS = ("full", "readonly", "unable to open", "disk I/O error")
"""What SQLite says where the disk does not take or give a file: a quota is an error of I/O."""

_abandoned: list[sqlite3.Connection] = []
"""A parent's connections in a forked child: closing them, even by forgetting them, would touch
files that the parent has open."""


def _next_stamp(connection: sqlite3.Connection) -> int:
    """Return a stamp above all others: the time, as a count begins anew with a rebuilt index."""
    (newest,) = connection.execute("SELECT ifnull(max(stamp), 0) FROM stamps").fetchone()
    return max(time.time_ns(), int(newest) + 1)


def _is_busy(error: sqlite3.Error) -> bool:
    """Whether another process merely held the database for too long."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
    )


def _close_all(connections: list[sqlite3.Connection]) -> None:
    for connection in connections:
        with contextlib.suppress(sqlite3.Error):
            connection.close()
    connections.clear()


def sql_table(table: str) -> str:
    """Return the SQL name, quoted, of a document table.

    SQL does not tell capitals from small letters in names, so they are written as ``$41``.
    """
    return '"t_' + re.sub(r"[^a-z0-9_]", lambda match: f"${ord(match[0]):x}$", table) + '"'


def _list_tables(connection: sqlite3.Connection) -> set[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    return {_table_of(name) for (name,) in rows if name.startswith("t_")}


def _table_of(name: str) -> str:
    return re.sub(r"\$([0-9a-f]+)\$", lambda match: chr(int(match[1], 16)), name[2:])


def hash_text(text: str) -> int:
    """Return a 64-bit FNV-1a hash: the same in every process, unlike ``hash``."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value
