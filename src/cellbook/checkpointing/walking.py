"""What can be reached from a variable, and which variables reach what stands in their way."""

from __future__ import annotations

import gc
import logging
import sys
import types
import weakref
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from cellbook.checkpointing.reducers import importable

ATOMS = frozenset({str, bytes, bytearray, int, float, bool, complex, type(None), types.CodeType})
"""Classes whose objects hold no others."""
_BY_NAME = (logging.Logger,)
"""Classes whose objects are saved as references, not with what they hold."""
Mark = TypeVar("Mark")


def reach(value: Any, seen: set[int], skip: Collection[int] = ()) -> Iterator[Any]:
    """Yield all that is saved with a value.

    Parameters
    ----------
    value
        Where to begin.
    seen
        The identities of what is not walked; those of what is walked are added.
    skip
        Identities of what is not walked either.
    """
    numpy: Any = sys.modules.get("numpy")
    pandas: Any = sys.modules.get("pandas")
    array: Any = () if numpy is None else (numpy.ndarray, numpy.void)
    by_name = _BY_NAME if pandas is None else (*_BY_NAME, pandas.StringDtype)
    made = []  # Kept, so that no identity is given twice.
    pending = [value]
    while pending:
        it = pending.pop()
        key = id(it)
        if key in seen or key in skip:
            continue
        seen.add(key)
        yield it
        # What an object says of its class is not asked: that may be code of its own.
        kind = type(it)
        if kind in ATOMS or issubclass(kind, by_name):
            continue
        if issubclass(kind, types.ModuleType):
            if sys.modules.get(it.__name__) is it:
                continue
        elif issubclass(kind, (type, types.FunctionType)) and importable(it):
            continue
        elif issubclass(kind, weakref.ref):
            pending.append(it())
        elif issubclass(kind, array):
            # The garbage collector, which is asked for the rest, does not look into arrays.
            pending.append(it.base)
            if issubclass(kind, numpy.ndarray) and it.dtype.hasobject:
                made.append(numpy.ndarray.tolist(it.view(numpy.ndarray)))
                pending.append(made[-1])
        if kind is types.FunctionType:
            scope = it.__globals__
            live = getattr(sys.modules.get(str(scope.get("__name__"))), "__dict__", None)
            pending += [one for one in gc.get_referents(it) if one is not live]
        else:
            pending += gc.get_referents(it)


def trace(
    variables: Mapping[str, Any],
    marks: Mapping[int, Mark],
    stop: Iterable[Any],
    nan: Mark | None = None,
) -> dict[str, list[Mark]]:
    """Return which variables reach what is marked, and its marks.

    Parameters
    ----------
    variables
        Names and values.
    marks
        Identities, with what is said of them.
    stop
        What is not walked.
    nan
        What is said of each float that is not a number, if anything.
    """
    clean = {id(one) for one in stop}
    found: dict[str, list[Mark]] = {}
    for name, value in variables.items():
        seen: set[int] = set()
        met: dict[Mark, None] = {}
        for it in reach(value, seen, clean):
            if id(it) in marks:
                met[marks[id(it)]] = None
            elif nan is not None and type(it) is float and it != it:
                met[nan] = None
        if met:
            found[name] = list(met)
        else:
            clean |= seen
    return found
