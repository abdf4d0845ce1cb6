"""Counters that several processes share: each adds to a file of its own, any reads them all.

A worker's numbers are 64-bit floats in a mapped file, so that adding is one assignment, nobody
waits for anybody, and what a killed worker counted stays counted.  What each number stands for is
one line of JSON beside it.  What ended processes have counted is kept together in one file.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

CAPACITY = 1 << 16
"""Numbers of one process; what comes after is counted together, under no name."""

_SETTLED = "settled.json"

Labels = Mapping[str, str]
Key = tuple[str, tuple[tuple[str, str], ...]]
"""The name of a metric and its labels, in order."""


class Counters:
    """The numbers of this process.  To be used by one thread at a time.

    Parameters
    ----------
    folder
        Where the processes meet.
    """

    def __init__(self, folder: Path) -> None:
        stem = folder / f"{os.getpid()}"
        self._names = stem.with_suffix(".names")
        with stem.with_suffix(".values").open("w+b") as file:
            file.truncate(8 * CAPACITY)
            self._map = mmap.mmap(file.fileno(), 8 * CAPACITY)
        self._values = memoryview(self._map).cast("d")
        self._slots: dict[Key, int] = {}

    def slot(self, name: str, labels: Labels | None = None) -> int:
        """Return where a number is kept, which is 0 when it is new."""
        key = (name, tuple((labels or {}).items()))
        found = self._slots.get(key)
        if found is None:
            found = min(len(self._slots), CAPACITY - 1)
            if found < CAPACITY - 1:
                self._slots[key] = found
                with self._names.open("a", encoding="utf-8") as file:
                    file.write(json.dumps([name, dict(key[1])]) + "\n")
        return found

    def add(self, slot: int, amount: float = 1.0) -> None:
        """Add to a number."""
        self._values[slot] += amount

    def put(self, slot: int, value: float) -> None:
        """Set a number, which is then no counter."""
        self._values[slot] = value


def read_counters(folder: Path) -> dict[Key, float]:
    """Return the sums over all processes.

    Of what is set rather than counted (its name does not end in ``_total``, ``_sum`` or
    ``_bucket``), only living processes count.
    """
    with _locked(folder, fcntl.LOCK_SH):
        sums = _settled(folder)
        for file in sorted(folder.glob("*.names")):
            alive = _is_alive(int(file.stem))
            for key, value in _of_process(file):
                if alive or _is_counted(key):
                    sums[key] = sums.get(key, 0.0) + value
    return sums


def settle(folder: Path, pid: int) -> None:
    """Keep what a process has counted that has ended, but not its files: many may follow it."""
    file = folder / f"{pid}.names"
    with _locked(folder, fcntl.LOCK_EX):
        if not file.exists():
            return
        sums = _settled(folder)
        for key, value in _of_process(file):
            if _is_counted(key):
                sums[key] = sums.get(key, 0.0) + value
        partial = folder / f"{_SETTLED}.new"
        told = [[name, dict(labels), value] for (name, labels), value in sums.items()]
        partial.write_text(json.dumps(told), encoding="utf-8")
        partial.replace(folder / _SETTLED)
        file.unlink()
        file.with_suffix(".values").unlink(missing_ok=True)


def _settled(folder: Path) -> dict[Key, float]:
    file = folder / _SETTLED
    if not file.exists():
        return {}
    told = json.loads(file.read_text(encoding="utf-8"))
    return {(name, tuple(labels.items())): value for name, labels, value in told}


def _of_process(file: Path) -> Iterator[tuple[Key, float]]:
    values = memoryview(file.with_suffix(".values").read_bytes()).cast("d")
    text = file.read_text(encoding="utf-8")
    # The last line may be being written.
    for slot, line in enumerate(text[: text.rfind("\n") + 1].splitlines()):
        name, labels = json.loads(line)
        yield (name, tuple(labels.items())), values[slot]


def _is_counted(key: Key) -> bool:
    return key[0].endswith(("_total", "_sum", "_bucket"))


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, how)
        yield


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
