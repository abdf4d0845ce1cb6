"""Keeps what was computed of a book for as long as that has not changed."""

from __future__ import annotations

import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cellbook.store import Store

T = TypeVar("T")

_MOST = 18
"""Results that are kept of one book."""
_DEAR = 0.1
"""Seconds of work that are much."""
_REST = 4
"""How many times as long as it took, what was much work is not done again for."""


@dataclass(slots=True)
class _Result:
    stamps: Sequence[int]
    until: float
    value: Any


class _Shelf:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.results: OrderedDict[Hashable, _Result] = OrderedDict()


_shelves: weakref.WeakKeyDictionary[Store, _Shelf] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def kept(
    store: Store,
    key: Hashable,
    tables: Sequence[str],
    make: Callable[[], T],
    *,
    rest: bool = True,
) -> T:
    """Return what `make` returns, made anew when one of some tables has changed.

    A run that logs changes its table every second.  What takes long is therefore used for a few
    times as long as it took, so that a page of a table of ten thousand runs never costs a look at
    all of them each second.

    Parameters
    ----------
    store
        The book's memory; what is kept goes with it.
    key
        Tells results apart.
    tables
        What it is made of.
    make
        Makes it.
    rest
        Whether what took long may be used for a while longer; not where people look for what
        they just wrote.
    """
    with _lock:
        shelf = _shelves.setdefault(store, _Shelf())
    stamps = store.stamps()
    state = [stamps.get(table, 0) for table in tables]
    with shelf.lock:
        known = shelf.results.get(key)
        if known is not None and (known.stamps == state or time.monotonic() < known.until):
            shelf.results.move_to_end(key)
            return known.value  # type: ignore[no-any-return]  # the key says what it is
        begun = time.monotonic()
        value = make()
        now = time.monotonic()
        until = now + _REST * (now - begun) if rest and now - begun > _DEAR else now
        shelf.results[key] = _Result(state, until, value)
        shelf.results.move_to_end(key)
        while len(shelf.results) > _MOST:
            shelf.results.popitem(last=False)
        return value
