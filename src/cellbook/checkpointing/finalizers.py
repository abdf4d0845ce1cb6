"""What was decoded for nothing, or only in parts, goes without its ``__del__`` being run.

That might remove a file that the real object uses, or complain of what a half-made one lacks.
"""

from __future__ import annotations

import gc
from collections.abc import Collection, Iterable
from types import FrameType, FunctionType
from typing import Any

from cellbook.checkpointing.rebuild import builtin_method, undisturbed
from cellbook.checkpointing.walking import reach

_kept: list[Any] = []
"""Objects whose class cannot be changed: they stay, so that they never go."""


def give_up(values: Iterable[Any], whole: Iterable[Any], stop: Collection[int]) -> None:
    """Have what belongs to variables that are given up go in silence.

    Parameters
    ----------
    values
        The variables.
    whole
        Those that are not given up, and what belongs to them as well.
    stop
        Identities of what is live.
    """
    seen = set(stop)
    found = {
        id(one): one for value in values for one in reach(value, seen) if _has_finalizer(type(one))
    }
    if found:
        ours = seen - set(stop)
        seen = set(stop)
        for value in whole:
            for one in reach(value, seen):
                found.pop(id(one), None)
        never_finalize(list(found.values()), {*ours, id(found), id(values)})


def never_finalize(things: Iterable[Any], ours: Collection[int]) -> None:
    """Have things go without their ``__del__`` being run.

    What is held by anything but what is `ours`, by identity, is not of our making and stays what
    it is: a function that makes an object again may return one that was there.
    """
    # As a tuple: what the question itself holds them by is known then.
    found = tuple(it for it in things if _has_finalizer(type(it)))
    if not found:
        return
    holders = [
        one
        for one in gc.get_referrers(*found)
        if id(one) not in ours
        and one is not found
        and one is not things
        and type(one) is not FrameType
    ]
    live = {id(one) for one in gc.get_referents(*holders)} if holders else set()
    silent: dict[type, Any] = {}
    for it in found:
        kind = type(it)
        if id(it) in live:
            continue
        try:
            if kind not in silent:
                silent[kind] = _silenced(kind)
            object.__setattr__(it, "__class__", silent[kind])
        except (TypeError, AttributeError, ValueError):
            _kept.append(it)


def _has_finalizer(kind: type) -> bool:
    return any(isinstance(vars(base).get("__del__"), FunctionType) for base in kind.__mro__)


def _silenced(kind: type) -> type:
    """Return an heir of a class whose objects go in silence."""
    members = {"__slots__": (), "__del__": _do_nothing, "__module__": kind.__module__}
    with undisturbed((kind,)):
        new = builtin_method(type(kind), "__new__")
        made: type = new(type(kind), kind.__name__, (kind,), members)
    return made


def _do_nothing(it: object) -> None:
    pass
