"""What names stand for, as executions tell it: two kinds, and else the name of a type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PLAIN, ITERATOR = "plain", "iterator"


def kinds_of(names: Iterable[str], namespace: Mapping[str, object]) -> dict[str, str]:
    """Return what kinds of objects names stand for; these are looked at by their type only."""
    found = {}
    for name in names:
        kind = type(namespace.get(name))
        if issubclass(kind, _PLAIN_TYPES) or (
            kind.__module__ == "numpy" and any(base.__name__ == "generic" for base in kind.__mro__)
        ):
            found[name] = PLAIN
        elif any("__next__" in vars(base) for base in kind.__mro__):
            found[name] = ITERATOR
        elif name in namespace:
            found[name] = _type_text(kind, namespace[name])
    return found


def _type_text(kind: type, value: object) -> str:
    text = f"{kind.__module__}.{kind.__qualname__}"
    # An array of objects is a container like others.
    holds = text == "numpy.ndarray" and value.dtype.hasobject  # type: ignore[attr-defined]
    return f"{text}[object]" if holds else text


_PLAIN_TYPES = (int, float, complex, str, bytes, type(None), range)
