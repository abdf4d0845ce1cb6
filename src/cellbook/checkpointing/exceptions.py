"""How exceptions are taken apart and rebuilt, without their ``__init__``.

The functions under "rebuilding" stand by name in every stream.
"""

from __future__ import annotations

import copyreg
import types
from typing import Any, Protocol

from cellbook.checkpointing.rebuild import Lost, builtin_method, set_state


class Encoder(Protocol):
    """What reducing an exception asks of the encoder."""

    def note(self, thing: object, text: str) -> None:
        """Put on record that an object is restored, but not in every respect."""

    def plainly(self, thing: object) -> Any:
        """Return what the object's own ``__reduce_ex__`` does, checked."""


_HOOKS = ("__reduce_ex__", "__reduce__", "__getstate__", "__setstate__")
_COMMON = ("args", "__traceback__", "__context__", "__cause__", "__suppress_context__", "__dict__")
_FIELDS = (types.MemberDescriptorType, types.GetSetDescriptorType)


def reduce_exception(encoder: Encoder, it: BaseException) -> Any:
    """Reduce an exception with its causes; its traceback holds frames, which cannot be."""
    kind = type(it)
    if it.__traceback__ is not None:
        encoder.note(it, f"the traceback of a {kind.__name__} is left out")
    if kind in copyreg.dispatch_table or _has_hooks(kind):
        return _extend(it, encoder.plainly(it))
    # A group has its exceptions from the beginning.
    parts = (it.message, it.exceptions) if isinstance(it, BaseExceptionGroup) else ()
    slots = {
        name: object.__getattribute__(it, name)
        for name in copyreg._slotnames(kind)  # type: ignore[attr-defined]
        if _has(it, name)
    }
    state = (it.args, _fields_of(it), (it.__dict__ or None, slots), *_chain(it))
    return make_exception, (kind, *parts), state, None, None, fill_exception


def _has_hooks(kind: type) -> bool:
    return any(
        isinstance(vars(base).get(name), types.FunctionType)
        for base in kind.__mro__
        for name in _HOOKS
    )


def _has(it: BaseException, name: str) -> bool:
    try:
        object.__getattribute__(it, name)
    except AttributeError:
        return False
    return True


def _fields_of(it: BaseException) -> dict[str, Any]:
    """Return what Python's own exceptions hold beside their arguments: name, path, code."""
    names = {
        name
        for base in type(it).__mro__
        if issubclass(base, BaseException) and not base.__flags__ & _MADE_BY_A_STATEMENT
        for name, value in vars(base).items()
        if isinstance(value, _FIELDS) and name not in _COMMON
    }
    if isinstance(it, BaseExceptionGroup):
        names -= {"message", "exceptions"}
    held = {name: object.__getattribute__(it, name) for name in sorted(names) if _has(it, name)}
    return {name: value for name, value in held.items() if value is not None}


_MADE_BY_A_STATEMENT = 1 << 9


def _chain(it: BaseException) -> tuple[Any, Any, bool]:
    return it.__cause__, it.__context__, it.__suppress_context__


def _extend(it: BaseException, reduced: Any) -> Any:
    """Have an exception that says itself how it is rebuilt keep its causes."""
    if not isinstance(reduced, tuple) or len(reduced) not in (2, 3, 6):
        return reduced
    if len(reduced) == 6 and reduced[3:5] != (None, None):
        return reduced
    own = reduced[2] if len(reduced) > 2 else None
    return (*reduced[:2], (own, *_chain(it)), None, None, finish_exception)


# -- rebuilding --------------------------------------------------------------------------------


def make_exception(kind: Any, *parts: Any) -> Any:
    """Return an exception; what it holds follows."""
    return Lost() if kind is Lost else builtin_method(kind, "__new__")(kind, *parts)


def fill_exception(made: Any, state: tuple[Any, ...]) -> None:
    """Give an exception what it holds."""
    if isinstance(made, Lost):
        return
    made.args, fields, attributes = state[:3]
    for name, value in fields.items():
        object.__setattr__(made, name, value)
    set_state(made, attributes)
    made.__cause__, made.__context__, made.__suppress_context__ = state[3:]


def finish_exception(made: Any, state: tuple[Any, Any, Any, bool]) -> None:
    """Give an exception its attributes, its cause and its context."""
    own, cause, context, suppressed = state
    if own is not None:
        if hasattr(made, "__setstate__"):
            made.__setstate__(own)
        else:
            set_state(made, own)
    made.__cause__, made.__context__, made.__suppress_context__ = cause, context, suppressed
