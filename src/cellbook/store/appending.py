"""A file that one process appends to, and that stays whole whatever the disk does."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from collections import deque
from pathlib import Path

from cellbook.errors import StoreWriteError

PENDING_LIMIT = 16 * 1024 * 1024
"""Bytes kept in memory while the disk refuses them; what comes beyond is lost, and said to be."""


class AppendFile:
    """Appends whole records to a file of its own, one ``write`` each.

    When a write fails, the file is cut back to its last whole record and the new one waits in
    memory; it is written, in order, before the next record.  Only one process may append to the
    file; several threads may.

    Parameters
    ----------
    path
        The file, which is not there yet; it and its folder are made at the first write.
    header
        Bytes that a new file starts with.
    durable
        Whether each write waits until the disk has it (``fsync``).
    """

    def __init__(self, path: Path, *, header: bytes = b"", durable: bool = False) -> None:
        self.path = path
        self.fd = -1
        self.size = 0
        self.lock = threading.RLock()
        self._header = header
        self._durable = durable
        self._waiting: deque[bytes] = deque()
        self._waiting_size = 0
        self.dropped = 0
        self._identity = (0, 0)

    def append(self, data: bytes) -> None:
        """Write one record.

        Raises
        ------
        StoreWriteError
            If the operating system refuses; the record waits in memory, unless the message says
            that it was dropped.
        """
        with self.lock:
            try:
                try:
                    self._append(data)
                except OSError as error:
                    if error.errno != errno.EBADF:
                        raise
                    # Somebody closed the descriptor, as os.closerange does.
                    self.fd = -1
                    self._append(data)
            except OSError as error:
                raise self._refused(error, data) from error

    def _append(self, data: bytes) -> None:
        if self.fd < 0:
            self._open()
        if self._waiting:
            self._flush()
        self._write(data)
        if self._durable:
            os.fsync(self.fd)

    @property
    def waiting(self) -> int:
        """How many records wait in memory."""
        return len(self._waiting)

    def flush(self) -> None:
        """Write what waits in memory, if anything does."""
        with self.lock:
            if self._waiting:
                try:
                    if self.fd < 0:
                        self._open()
                    self._flush()
                except OSError as error:
                    raise self._refused(error, b"") from error

    def check_linked(self) -> None:
        """Raise :class:`StoreWriteError` if somebody deleted the file under us.

        Where somebody closed our descriptor, and may have been given its number for a file of
        their own, the file is opened anew by the next record.
        """
        if self.fd < 0:
            return
        try:
            found = os.fstat(self.fd)
        except OSError:
            self.fd = -1
            return
        if (found.st_dev, found.st_ino) != self._identity:
            self.fd = -1
        elif found.st_nlink == 0:
            raise StoreWriteError(
                errno.ENOENT,
                f"The book at {self.path.parents[2]} was deleted while this process was recording "
                "into it. Nothing is recorded any more; `%cellbook resume` or cb.open() starts a "
                "new book there.",
            )

    def sync(self) -> None:
        """Wait until the disk has everything that was written."""
        with self.lock:
            fd = os.dup(self.fd) if self.fd >= 0 else -1
        if fd >= 0:
            try:
                os.fsync(fd)
            finally:
                os.close(fd)

    def close(self) -> None:
        """Let go of the file; what waits in memory is tried once more."""
        with self.lock:
            try:
                self.flush()
            finally:
                self._let_go()

    def abandon(self) -> None:
        """Forget the file without touching it: in a forked child it belongs to the parent."""
        self.lock = threading.RLock()
        self._let_go()
        self._waiting.clear()
        self._waiting_size = 0

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        try:
            found = os.fstat(fd)
            if found.st_size > self.size:
                os.ftruncate(fd, self.size)
        except OSError:
            os.close(fd)
            raise
        self.fd, self._identity = fd, (found.st_dev, found.st_ino)
        if self.size == 0 and self._header:
            try:
                self._write(self._header)
            except OSError:
                # Opening it anew tries again; nothing may come before the header.
                self._let_go()
                raise

    def _write(self, data: bytes) -> None:
        try:
            written = os.write(self.fd, data)
            while written < len(data):
                # A regular file takes a part only when it is about to refuse the rest.
                written += os.write(self.fd, data[written:])
        except OSError:
            self._cut_back()
            raise
        self.size += len(data)

    def _cut_back(self) -> None:
        try:
            if os.fstat(self.fd).st_size > self.size:
                os.ftruncate(self.fd, self.size)
        except OSError:
            # A torn record stays for now: opening the file anew cuts it back before anything else.
            self._let_go()

    def _let_go(self) -> None:
        if self.fd >= 0:
            with contextlib.suppress(OSError):
                os.close(self.fd)
            self.fd = -1

    def _flush(self) -> None:
        while self._waiting:
            self._write(self._waiting[0])
            self._waiting_size -= len(self._waiting.popleft())

    def _refused(self, error: OSError, data: bytes) -> StoreWriteError:
        if data:
            if self._waiting_size + len(data) <= PENDING_LIMIT:
                self._waiting.append(data)
                self._waiting_size += len(data)
            else:
                self.dropped += 1
        return StoreWriteError(error.errno, self._explain(error))

    def _explain(self, error: OSError) -> str:
        place = self.path.parents[2]
        waiting = f"{len(self._waiting):,} records wait in memory and are written when it works"
        if self.dropped:
            waiting += f"; {self.dropped:,} more were dropped because too many wait"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return f"The disk of the book at {place} is full: {waiting}. Free some space."
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return (
                f"The book at {place} cannot be written ({os.strerror(error.errno)}): {waiting}. "
                "Make the folder writable, or set CELLBOOK_URL (or call cb.open) to one that is."
            )
        return f"Writing to the book at {place} failed ({error}): {waiting}."
