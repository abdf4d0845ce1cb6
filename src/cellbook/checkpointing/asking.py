"""Which variables code looks at that runs while a checkpoint is decoded.

``__setstate__``, ``__new__``, a function that ``__reduce__`` names, ``__hash__`` of a key: in a
fresh kernel the variables that they look at would not be there yet.
"""

from __future__ import annotations

import copyreg
import dis
import enum
import types
from collections.abc import Iterator
from typing import Any

_WRAPPERS = (staticmethod, classmethod)
_BY_NEW = (copyreg.__newobj__, copyreg.__newobj_ex__)  # type: ignore[attr-defined]


class Asking:
    """Gathers those variables of one namespace.

    Parameters
    ----------
    namespace
        The live namespace.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._seen: dict[int, list[str]] = {}
        self._names: dict[str, None] = {}
        self._makers: dict[tuple[type, int], list[str]] = {}
        self._held: list[Any] = []
        self.done: set[str] = set()
        """The variables that are decoded by then."""
        self.for_hashes = False
        """Whether a hash depends on a variable."""

    def names(self) -> list[str]:
        """Return the variables that are looked at."""
        return list(self._names)

    def take_hash(self, kind: type) -> None:
        """Take note of how keys of a class are hashed and compared."""
        for name in ("__hash__", "__eq__"):
            if self._look(getattr(kind, name)):
                self.for_hashes = True

    def take_makers(self, kind: type, maker: Any) -> str:
        """Take note of what makes an object of a class again.

        Returns what is to be said of it, if that may look at what is decoded only later.
        """
        key = (kind, id(maker))
        asked = self._makers.get(key)
        if asked is None:
            makers = [maker, getattr(kind, "__setstate__", None)]
            if issubclass(kind, enum.Enum):
                makers = []  # Its members are looked up, not made.
            elif maker in _BY_NEW:
                makers.append(kind.__new__)
            asked = [name for one in makers for name in self._look(one)]
            self._makers[key] = asked
            self._held.append(maker)
        late = [name for name in dict.fromkeys(asked) if name not in self.done]
        if not late:
            return ""
        called = getattr(maker, "__name__", "its class") if maker not in _BY_NEW else kind.__name__
        return f"it was rebuilt by {called}, for which {', '.join(late)} was what it is by now"

    def _look(self, thing: Any) -> list[str]:
        """Return the variables that a function or class looks at when it is called."""
        if not isinstance(thing, (types.FunctionType, type, types.MethodType)):
            return []
        known = self._seen.get(id(thing))
        if known is None:
            known = self._seen[id(thing)] = list(dict.fromkeys(self._walk(thing)))
            self._held.append(thing)
            self._names.update(dict.fromkeys(known))
        return known

    def _walk(self, thing: Any) -> Iterator[str]:
        scope = self._namespace
        pending, seen = [thing], set()
        while pending:
            it = pending.pop()
            if id(it) in seen:
                continue
            seen.add(id(it))
            if isinstance(it, _WRAPPERS):
                it = it.__func__
            if isinstance(it, types.MethodType):
                it = it.__func__
            if isinstance(it, type):
                # Of a class that is called, what makes its objects.
                for base in it.__mro__:
                    members = vars(base)
                    pending += [members[one] for one in _MAKING if one in members]
            elif isinstance(it, types.FunctionType) and it.__globals__ is scope:
                names = [name for name in _names_in(it.__code__) if name in scope]
                yield from names
                pending += [scope[name] for name in names]
                pending += [cell.cell_contents for cell in it.__closure__ or () if _is_full(cell)]


_MAKING = ("__new__", "__init__", "__setstate__", "__post_init__")


def _names_in(code: types.CodeType) -> Iterator[str]:
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield instruction.argval
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield from _names_in(one)


def _is_full(cell: types.CellType) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False
