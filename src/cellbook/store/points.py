"""Metric points: 24 bytes each, appended as they come.

A series file ``points/<month>/<stem>.pts`` starts with ``CELLBOOKPTS1`` padded to 24 bytes; then
records, little-endian: ``series u32, ms u32, step i64, value f64``.  Series 0 announces a series:
its ``ms`` field is the length of the JSON text that follows, padded with blanks to whole records::

    {"s": 5, "run": "<ULID>", "key": "loss", "context": {"split": "val"}, "t0": <ms since 1970>}

As JSON text has no zero bytes, no part of it can be taken for such an announcement.  A point's
time is ``t0 + ms``.  One process writes a file; runs share it until it is `ROTATE` bytes long, so
that many small runs make few files and a long run has its own.
"""

from __future__ import annotations

import json
import os
import struct
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook.errors import StoreCorrupt, StoreWriteError
from cellbook.store.appending import AppendFile
from cellbook.store.ids import milliseconds

if TYPE_CHECKING:
    import numpy as np

RECORD = struct.Struct("<IIqd")
MAGIC = b"CELLBOOKPTS1".ljust(RECORD.size)
ROTATE = 256 * 1024
_LENGTH = struct.Struct("<I")
KIND = [("series", "<u4"), ("ms", "<u4"), ("step", "<i8"), ("value", "<f8")]
"""A record, as NumPy has it."""
_CHECK_NS = 1_000_000_000
_KEPT = 2**20
"""Points that a reader keeps, of 24 bytes each."""


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """What a series is of: one metric of one run in one context."""

    run: str
    key: str
    context: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """The metric's name as the runs table shows it: ``loss`` or ``loss{split=val}``."""
        return metric_name(self.key, self.context)


def metric_name(key: str, context: Sequence[tuple[str, str]]) -> str:
    """Return the name of a metric in a context."""
    if not context:
        return key
    return f"{key}{{{', '.join(f'{name}={value}' for name, value in context)}}}"


def announcement(number: int, of: SeriesKey, t0: int) -> bytes:
    """Return what begins a series in a file."""
    text: dict[str, Any] = {"s": number, "run": of.run, "key": of.key, "t0": t0}
    if of.context:
        text["context"] = dict(of.context)
    data = json.dumps(text).encode()
    data += b" " * (-len(data) % RECORD.size)
    return RECORD.pack(0, len(data), 0, 0.0) + data


@dataclass(frozen=True, slots=True)
class Series:
    """The points of one metric of one run, in the order they were logged.

    `steps` are int64, `values` float64, `times` int64 milliseconds since 1970; all of one length.
    """

    of: SeriesKey
    steps: np.ndarray[Any, np.dtype[np.int64]]
    values: np.ndarray[Any, np.dtype[np.float64]]
    times: np.ndarray[Any, np.dtype[np.int64]]


class SeriesWriter:
    """Appends points on behalf of this process.

    Parameters
    ----------
    root
        The book's folder.
    writer
        The name of this process's files.
    durable
        Whether each write waits for the disk.
    """

    def __init__(self, root: Path, writer: str, *, durable: bool = False) -> None:
        self._root = root
        self._writer = writer
        self._durable = durable
        self._lock = threading.Lock()
        self._file: AppendFile | None = None
        self._count = 0
        self._series = 0
        self._run = ""
        self._crc = 0
        self._checked = 0
        self.stem = ""
        """The current file, as ``<month>/<name>``."""

    def place(self, run: str) -> str:
        """Return the stem of the file that takes points of `run` from now on."""
        with self._lock:
            if self._file is None or (run != self._run and self._file.size > ROTATE):
                self._rotate()
            self._run = run
            return self.stem

    def announce(self, of: SeriesKey, t0: int, stem: str) -> int | None:
        """Begin a series; return its number in the file, or None if `stem` is no longer current."""
        with self._lock:
            if self._file is None or stem != self.stem:
                return None
            file = self._file
            self._series += 1
            try:
                self._append(file, announcement(self._series, of, t0))
            except StoreWriteError:
                # It waits in memory; the point that comes next says so, or is written after it.
                self._checked = 0
            return self._series

    def append(self, data: bytes, stem: str) -> bool:
        """Write packed records, all or none; False, and nothing, if `stem` is no longer current."""
        with self._lock:
            if self._file is None or stem != self.stem:
                return False
            self._append(self._file, data)
            return True

    def keep_file(self, run: str, data: bytes) -> str:
        """Put a whole file with the points of one run beside this process's own; return its stem.

        It is there whole or not at all.

        Raises
        ------
        StoreWriteError
            If the operating system refuses.
        """
        # Named by the run, so that what is kept twice is there once.
        stem = f"{time.strftime('%Y-%m', time.gmtime(milliseconds(run) / 1000))}/{run.lower()}-0001"
        target = self._root / "points" / f"{stem}.pts"
        new = target.with_name(f".{target.name}.{self._writer}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with new.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            new.replace(target)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise StoreWriteError(
                error.errno,
                f"The book at {self._root} could not keep a file ({error.strerror}). Free some "
                "space or make the folder writable, then try again.",
            ) from error
        return stem

    def seal(self) -> tuple[int, int] | None:
        """Return how many bytes the current file has, and their CRC-32.

        None if there is no file, or points wait in memory for a disk that refuses them.
        """
        with self._lock:
            if self._file is None or self._file.waiting:
                return None
            return self._file.size, self._crc

    def flush(self) -> None:
        """Write what waits in memory, if anything does."""
        if self._file is not None:
            self._file.flush()

    def sync(self) -> None:
        """Wait until the disk has everything that was written."""
        if self._file is not None:
            self._file.sync()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file, self.stem = None, ""

    def abandon(self) -> None:
        """Forget the parent's file in a forked child."""
        if self._file is not None:
            self._file.abandon()

    def _append(self, file: AppendFile, data: bytes) -> None:
        now = time.monotonic_ns()
        if now - self._checked > _CHECK_NS:
            self._checked = now
            file.check_linked()
        # What waits in memory counts as written: it comes before all that follows.
        self._crc = zlib.crc32(data, self._crc)
        file.append(data)

    def _rotate(self) -> None:
        if self._file is not None:
            self._file.close()
        self._count += 1
        self._series = 0
        self._crc = zlib.crc32(MAGIC)
        month = time.strftime("%Y-%m", time.gmtime())
        self.stem = f"{month}/{self._writer}-{self._count:04d}"
        self._file = AppendFile(
            self._root / "points" / f"{self.stem}.pts", header=MAGIC, durable=self._durable
        )


class SeriesReader:
    """Reads points back as NumPy arrays, which are not to be written to.

    What was read last is kept for as long as its files have not changed: a panel asks for the same
    points again with each move of its smoothing.
    """

    def __init__(self, root: Path) -> None:
        self._root = root / "points"
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[Hashable, list[Series]]] = OrderedDict()
        self._held = 0

    def read(
        self,
        stems: Iterable[str],
        runs: Iterable[str] | None = None,
        keys: Iterable[str] | None = None,
    ) -> list[Series]:
        """Return the series of `runs` in the files `stems`.

        Parameters
        ----------
        stems
            Files to look into, as run records name them.
        runs
            Ids of the runs wanted; None means all.
        keys
            Metric names wanted, without context; None means all.
        """
        wanted_runs = None if runs is None else sorted(set(runs))
        wanted_keys = None if keys is None else frozenset(keys)
        files = sorted(set(stems))
        asked = (*files, None if wanted_runs is None else tuple(wanted_runs), wanted_keys)
        state = tuple(map(self._state, files))
        with self._lock:
            known = self._kept.get(asked)
            if known is not None and known[0] == state:
                self._kept.move_to_end(asked)
                return known[1]
        found = self._read(files, wanted_runs, wanted_keys)
        self._keep(asked, state, found)
        return found

    def _state(self, stem: str) -> tuple[int, int] | None:
        """Return what tells whether a file has changed."""
        try:
            told = (self._root / f"{stem}.pts").stat()
        except FileNotFoundError:
            return None
        return told.st_size, told.st_mtime_ns

    def _keep(self, asked: Hashable, state: Hashable, found: list[Series]) -> None:
        with self._lock:
            if before := self._kept.pop(asked, None):
                self._held -= _points_in(before[1])
            self._kept[asked] = state, found
            self._held += _points_in(found)
            while self._held > _KEPT:
                _, (_, oldest) = self._kept.popitem(last=False)
                self._held -= _points_in(oldest)

    def _read(
        self, files: Sequence[str], wanted_runs: Sequence[str] | None, wanted_keys: Set[str] | None
    ) -> list[Series]:
        import numpy as np  # noqa: PLC0415  keeps `import cellbook` quick

        found: dict[SeriesKey, list[tuple[Any, int]]] = {}
        for stem in files:
            data = self._load(stem)
            if data is None:
                continue
            records = np.frombuffer(data, KIND, len(data) // RECORD.size)
            # The text of an announcement reads as records too, with numbers that no series has:
            # four letters are more than 500 million.
            numbers = records["series"]
            for number, of, t0 in _announced(data, numbers, wanted_runs):
                if wanted_keys is None or of.key in wanted_keys:
                    found.setdefault(of, []).append((_rows(records, numbers == number), t0))
        result = []
        for of, parts in found.items():
            times = [part["ms"].astype(np.int64) + t0 for part, t0 in parts]
            series = Series(
                of,
                np.concatenate([part["step"] for part, _ in parts]),
                np.concatenate([part["value"] for part, _ in parts]),
                np.concatenate(times),
            )
            for array in (series.steps, series.values, series.times):
                array.flags.writeable = False
            result.append(series)
        return result

    def last_change(self, stems: Iterable[str]) -> float | None:
        """Return when one of the files last grew, in seconds since 1970."""
        times = []
        for stem in stems:
            try:
                times.append((self._root / f"{stem}.pts").stat().st_mtime)
            except FileNotFoundError:
                continue
        return max(times, default=None)

    def size(self, stem: str) -> int | None:
        """Return how many bytes a file has, or None if it is not there."""
        try:
            return (self._root / f"{stem}.pts").stat().st_size
        except FileNotFoundError:
            return None

    def stems(self) -> dict[str, float]:
        """Return every file's stem and when it last grew, in seconds since 1970."""
        return {
            f"{path.parent.name}/{path.stem}": path.stat().st_mtime
            for path in sorted(self._root.glob("*/*.pts"))
        }

    def discard(self, stem: str) -> int:
        """Remove a file whose runs are all gone; return how many bytes that frees."""
        size = self.size(stem)
        (self._root / f"{stem}.pts").unlink(missing_ok=True)
        return size or 0

    def check(self, stem: str, size: int, crc: int) -> bool:
        """Whether the first `size` bytes of a file have the CRC-32 `crc`."""
        try:
            with (self._root / f"{stem}.pts").open("rb") as file:
                data = file.read(size)
        except FileNotFoundError:
            return False
        return len(data) == size and zlib.crc32(data) == crc

    def seal(self, stem: str) -> tuple[int, int] | None:
        """Return size and CRC-32 of a file's whole records, to seal what a dead process left."""
        try:
            data = (self._root / f"{stem}.pts").read_bytes()
        except FileNotFoundError:
            return None
        size = len(data) // RECORD.size * RECORD.size
        return size, zlib.crc32(data[:size])

    def _load(self, stem: str) -> bytes | None:
        try:
            data = (self._root / f"{stem}.pts").read_bytes()
        except FileNotFoundError:
            return None
        if data[: RECORD.size] != MAGIC:
            raise StoreCorrupt(
                f"The file points/{stem}.pts of the book does not start as a series file should. "
                "`cellbook verify` shows what else is damaged; restore it from a copy."
            )
        return data


def _points_in(found: Sequence[Series]) -> int:
    # One more each, so that what is empty counts, too.
    return 1 + sum(len(series.values) for series in found)


def _rows(records: Any, wanted: Any) -> Any:
    """Return the wanted rows; without a copy where they stand in one block, or every so many rows,
    as they mostly do: metrics that are logged together take turns."""
    places = wanted.nonzero()[0]
    if len(places) < 2:
        return records[places]
    first, gap = places[0], places[1] - places[0]
    if (places[1:] - places[:-1] == gap).all():
        return records[first : places[-1] + 1 : gap]
    return records[places]


def _announced(
    data: bytes, numbers: Any, runs: Sequence[str] | None
) -> Iterator[tuple[int, SeriesKey, int]]:
    """Yield number, meaning and `t0` of the series that a file announces, of some runs or all.

    Parameters
    ----------
    data
        The file.
    numbers
        What its records have for the number of their series.
    runs
        Ids of the runs; None means all.
    """
    places = _all_announcements(numbers) if runs is None else _announcements(data, numbers, runs)
    for row in places:
        start = (row + 1) * RECORD.size
        (length,) = _LENGTH.unpack_from(data, start - RECORD.size + _LENGTH.size)
        try:
            text: Mapping[str, Any] = json.loads(data[start : start + length])
            context = tuple(sorted(text.get("context", {}).items()))
            of = SeriesKey(text["run"], text["key"], context)
            number, t0 = int(text["s"]), text["t0"]
        except (ValueError, KeyError):
            continue
        if runs is None or of.run in runs:
            yield number, of, t0


def _all_announcements(numbers: Any) -> Iterator[int]:
    yield from (numbers == 0).nonzero()[0].tolist()


def _announcements(data: bytes, numbers: Any, runs: Sequence[str]) -> Iterator[int]:
    """Yield the rows that announce series of some runs.

    Looking for the bytes of their ids is much quicker than reading every text: a file may hold a
    hundred runs, and a list shows one of them.
    """
    for run in runs:
        named = json.dumps(run).encode()
        at = data.find(named)
        while at >= 0:
            row = at // RECORD.size
            while row and numbers[row]:
                row -= 1
            yield row
            at = data.find(named, at + len(named))
