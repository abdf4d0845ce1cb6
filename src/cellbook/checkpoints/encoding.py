"""From a namespace to bytes: one pickle stream, a section a variable, arrays beside it.

All sections share one memo, so that what two variables share is one object again.  What cannot
be pickled is replaced, where it stands, by a mark, and named; the rest of its variable is still
walked, so that other variables that share parts of it stay whole.

What every kernel has one of (the namespace itself, the shell, ``sys.path``, a module's own
random generator …) is put into the memo before anything else, and so is never copied.
"""

from __future__ import annotations

import contextlib
import copyreg
import dataclasses
import gc
import importlib
import logging
import os
import pickle
import random
import signal
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cellbook.checkpoints import rebuild
from cellbook.checkpoints.reducers import BASES, EXACT, KEPT, importable_name

_SLOTS = 256
"""Places kept in the memo for what is live: more would move what the stream refers to."""
_PATIENCE = 5.0
"""Seconds that one object's own ``__reduce__`` may take."""
_FRONT_END = "it lives in the front end as well"
_POLICY = {
    ("ipywidgets.widgets.widget", "Widget"): _FRONT_END,
    ("comm.base_comm", "BaseComm"): _FRONT_END,
    ("logging", "Handler"): "a logging handler belongs to its process",
    ("subprocess", "Popen"): "a process that was started cannot be started again",
    ("threading", "Thread"): "a thread cannot be saved",
    ("concurrent.futures._base", "Executor"): "a pool of workers cannot be saved",
    ("socket", "socket"): "a connection cannot be saved",
    ("sqlite3", "Connection"): "a connection cannot be saved",
}
"""Base classes, by module and name, whose objects are named rather than half restored."""


class Sink(Protocol):
    """Where the bytes go."""

    position: int
    """Bytes of the stream written so far."""

    def begin_section(self) -> None:
        """Begin to compute a digest."""

    def take_next(self, memory: memoryview) -> None:
        """Keep a buffer that pickle will ask for in turn."""

    def write(self, data: Any) -> int:
        """Append to the stream."""

    def end_section(self) -> str:
        """Return the digest; begin a new chunk if what has gathered is worth one."""

    def take(self, memory: memoryview) -> int:
        """Keep a buffer beside the stream; return its number."""


@dataclass(frozen=True, slots=True)
class LostThing:
    """Something that could not be saved."""

    kind: str
    """Its class, as ``module.name``."""
    reason: str
    """The exception, or why it is not even tried."""


@dataclass(frozen=True, slots=True)
class Section:
    """Where a variable is in the stream."""

    name: str
    start: int
    end: int
    digest: str
    """Hash of its part of the stream and of its buffers: equal while nothing changed."""


@dataclass(slots=True)
class Encoded:
    """What a namespace became."""

    sections: list[Section]
    lost: dict[str, list[LostThing]]
    """For each variable that cannot be restored exactly: what stands in its way."""
    live: dict[str, str]
    """Variables that are a module's own object, and so stay as that is: name to where."""
    notes: dict[str, list[str]]
    """For each variable: what is restored, but not in every respect."""


class _TooSlow(Exception):
    """An object's own ``__reduce__`` took too long."""


class _Live:
    """A place in the memo for something live."""

    def __init__(self, *path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return rebuild.live, self.path


class Encoder(pickle.Pickler):
    """Pickles variables, one section after the other.

    Parameters
    ----------
    sink
        Where the bytes go.
    namespace
        The live namespace, to which functions and ``globals()`` refer.
    shell
        The IPython shell, if there is one.
    report
        Called with the place, from 1, of each variable that is begun.
    """

    def __init__(
        self,
        sink: Sink,
        namespace: dict[str, Any],
        shell: Any = None,
        report: Callable[[int], None] = lambda place: None,
    ) -> None:
        super().__init__(sink, protocol=5, buffer_callback=self._out_of_band)
        self._sink = sink
        self._namespace = namespace
        self._shell = shell
        self._singletons = find_singletons(namespace, shell)
        self._report = report
        self._reducers: dict[type, Callable[[Any, Any], Any]] = dict(EXACT)
        self._bases = dict(BASES)
        self._scopes: dict[int, _Live] = {}
        self._losing: dict[int, LostThing] = {}
        self._notes: list[str] = []
        self._section: list[LostThing] = []
        self._kept: list[Any] = []
        self._learn_libraries()

    # -- the whole -----------------------------------------------------------------------------

    def encode(self, variables: Mapping[str, Any], skip: Mapping[str, LostThing]) -> Encoded:
        """Encode variables; those in `skip` are lost from the start.

        Raises
        ------
        SectionFailed
            If a variable breaks the stream; it belongs into `skip` then, of a new encoder.
        """
        done = Encoded([], {}, {}, {})
        self._begin(variables, done)
        for place, (name, value) in enumerate(variables.items(), 1):
            if name in skip:
                done.lost[name] = [skip[name]]
                continue
            self._report(place)
            start = self._sink.position
            self._sink.begin_section()
            self._notes, self._section = [], []
            try:
                self.dump(value)
            except BaseException as error:
                raise SectionFailed(name, _lost_by(value, error)) from error
            digest = self._sink.end_section()
            done.sections.append(Section(name, start, self._sink.position, digest))
            if self._notes:
                done.notes[name] = self._notes
            if self._section:
                done.lost[name] = list(dict.fromkeys(self._section))
        if self._losing:
            self._trace(variables, done)
        return done

    def _begin(self, variables: Mapping[str, Any], done: Encoded) -> None:
        """Put what is live into the memo."""
        things = list(self._singletons)
        known = {id(thing) for thing, _ in things}
        own = find_module_attributes(variables, known, self._namespace)
        for name, path in own.items():
            done.live[name] = ".".join(path)
            things.append((variables[name], ("attribute", *path)))
        tokens = [_Live(*path) for _, path in things]
        tokens += [_Live("unused") for _ in range(-len(tokens) % _SLOTS)]
        self.dump(tokens)
        memo = self.memo.copy()
        for (thing, _), token in zip(things, tokens, strict=False):
            if id(thing) not in memo:
                memo[id(thing)] = (memo.pop(id(token))[0], thing)
        self.memo = memo
        self._sink.end_section()

    # -- one object ----------------------------------------------------------------------------

    def reducer_override(self, it: Any) -> Any:
        """Reduce what is not of one of pickle's own types."""
        kind = type(it)
        reducer = self._reducers.get(kind)
        if reducer is None:
            reducer = self._reducers[kind] = self._choose(kind)
        try:
            return reducer(self, it)
        except Exception as error:
            return self.lose(it, _explain(error))

    def _choose(self, kind: type) -> Callable[[Any, Any], Any]:
        for base in kind.__mro__:
            found = self._bases.get(base)
            if found is not None:
                return found
            reason = _POLICY.get((base.__module__, base.__name__))
            if reason is not None:
                return lambda encoder, it: encoder.lose(it, reason)
        kept = KEPT.get(kind)
        if kept is not None:
            return lambda encoder, it: kept(it)
        return type(self).plainly

    def plainly(self, it: object) -> Any:
        """Return what the object's own ``__reduce_ex__`` does, checked."""
        with _patience():
            registered = copyreg.dispatch_table.get(type(it))
            reduced = registered(it) if registered is not None else it.__reduce_ex__(5)
            if isinstance(reduced, str):
                return (
                    reduced
                    if self._is_global(it, reduced)
                    else self.lose(it, f"it says that it is {reduced}, which it is not")
                )
            if not isinstance(reduced, tuple) or not 2 <= len(reduced) <= 6:
                return self.lose(it, "its __reduce__ returns no tuple of 2 to 6")
            if not callable(reduced[0]) or not isinstance(reduced[1], tuple):
                return self.lose(it, "its __reduce__ returns no function and arguments")
            if len(reduced) > 3 and (reduced[3] is not None or len(reduced) > 4):
                items = None if reduced[3] is None else iter(list(reduced[3]))
                pairs = None if len(reduced) < 5 or reduced[4] is None else list(reduced[4])
                more = () if pairs is None and len(reduced) < 5 else (pairs and iter(pairs),)
                reduced = (*reduced[:3], items, *more, *reduced[5:])
        return reduced

    def _is_global(self, it: Any, name: str) -> bool:
        module = getattr(it, "__module__", None) or type(it).__module__
        found: Any = sys.modules.get(module)
        if module == "__main__" or found is None:
            return False
        for part in name.split("."):
            found = getattr(found, part, None)
        return found is it

    def lose(self, it: object, reason: str) -> Any:
        """Return the reduction of what cannot be saved, and put it on record."""
        kind = type(it)
        lost = self._losing[id(it)] = LostThing(f"{kind.__module__}.{kind.__qualname__}", reason)
        self._section.append(lost)
        self._kept.append(it)
        rebuilt = rebuild.lost_class if isinstance(it, type) else rebuild.lost
        return rebuilt, (len(self._kept) - 1,)

    def note(self, text: str) -> None:
        """Put on record what is restored, but not in every respect."""
        if text not in self._notes:
            self._notes.append(text)

    def scope_of(self, scope: dict[str, Any]) -> Any:
        """Return what to save for the globals of a function."""
        name = scope.get("__name__")
        module = sys.modules.get(name) if isinstance(name, str) else None
        if scope is self._namespace or module is None or vars(module) is not scope:
            return scope
        return self._scopes.setdefault(id(scope), _Live("attribute", module.__name__, "__dict__"))

    def take_buffer(self, memory: memoryview) -> int:
        """Keep bytes beside the stream; return their number."""
        return self._sink.take(memory)

    def _out_of_band(self, buffer: pickle.PickleBuffer) -> bool:
        with buffer.raw() as memory:
            if memory.nbytes < 2048:
                return True
            self._sink.take_next(memory)
        return False

    def _learn_libraries(self) -> None:
        for library, module in _LIBRARIES.items():
            if library in sys.modules:
                reducers = importlib.import_module(module).REDUCERS
                self._bases.update(reducers)

    # -- what was lost -------------------------------------------------------------------------

    def _trace(self, variables: Mapping[str, Any], done: Encoded) -> None:
        """Find from which variables something lost can be reached."""
        stop = (self._namespace, self._shell, variables, done, self)
        for name, value in variables.items():
            if name in done.lost:
                continue
            met = (id(one) for one in reach(value, stop))
            found = [self._losing[key] for key in met if key in self._losing]
            if found:
                done.lost[name] = list(dict.fromkeys(found))


class SectionFailed(Exception):
    """A variable broke the stream, which must be begun anew without it."""

    def __init__(self, name: str, lost: LostThing) -> None:
        super().__init__(f"{name}: {lost.reason}")
        self.name = name
        self.lost = lost


_SINGLETONS: list[tuple[Any, str]] = [
    (sys, "stdin"),
    (sys, "stdout"),
    (sys, "stderr"),
    (sys, "path"),
    (sys, "argv"),
    (sys, "modules"),
    (sys, "meta_path"),
    (os, "environ"),
    (random, "_inst"),
    (warnings, "filters"),
    (dataclasses, "MISSING"),
    (dataclasses, "KW_ONLY"),
    (logging, "root"),
    (threading, "_main_thread"),
]
"""What each process has one of."""

_LIBRARIES = {
    "numpy": "cellbook.checkpoints.arrays",
    "pandas": "cellbook.checkpoints.frames",
}
_OPAQUE = (
    *(int, float, complex, bool, str, bytes, type(None), range, slice),
    *(types.ModuleType, type, types.FunctionType, types.BuiltinFunctionType, types.MethodType),
)
"""What is never taken for a module's own state."""


def find_singletons(namespace: dict[str, Any], shell: Any) -> list[tuple[Any, tuple[str, ...]]]:
    """Return what each process has one of, and how it is named in the stream."""
    found: list[tuple[Any, tuple[str, ...]]] = [(namespace, ("namespace",))]
    if shell is not None:
        found.append((shell, ("shell",)))
    for module, name in _SINGLETONS:
        found.append((getattr(module, name), ("attribute", module.__name__, name)))
    numpy_random: Any = sys.modules.get("numpy.random")
    if numpy_random is not None:
        path = ("attribute", "numpy.random", "mtrand", "_rand")
        found.append((numpy_random.mtrand._rand, path))
    return [(thing, path) for thing, path in found if thing is not None]


def find_module_attributes(
    variables: Mapping[str, Any], known: Iterable[int], namespace: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """Return which variables are the very object that a module has as an attribute, and where.

    Such an object, ``matplotlib.rcParams`` say, is the module's state: a copy would no longer be.
    """
    wanted = {
        id(value): name
        for name, value in reversed(list(variables.items()))
        if not isinstance(value, _OPAQUE) and id(value) not in known
    }
    found: dict[str, tuple[str, ...]] = {}
    for module_name, module in list(sys.modules.items()):
        if not wanted:
            break
        attributes = getattr(module, "__dict__", None)
        if attributes is namespace or not isinstance(attributes, dict):
            continue  # The notebook's own module has several names, `__mp_main__` one of them.
        if id(attributes) in wanted:
            found[wanted.pop(id(attributes))] = (module_name, "__dict__")
        for key in wanted.keys() & {id(value) for value in list(attributes.values())}:
            attribute = next(name for name, value in attributes.items() if id(value) == key)
            if isinstance(attribute, str) and not _is_constant(attributes[attribute]):
                found[wanted.pop(key)] = (module_name, attribute)
    return found


def _is_constant(value: Any) -> bool:
    return isinstance(value, (tuple, frozenset)) or importable_constant(value)


def importable_constant(value: Any) -> bool:
    """Whether pickle finds a value again by its name."""
    return hasattr(value, "__qualname__") and importable_name(value)


def reach(value: Any, stop: Iterable[Any]) -> Iterator[Any]:
    """Yield all that can be reached from a value, without leaving it for a module or `stop`."""
    seen = {id(one) for one in stop}
    pending = [value]
    while pending:
        it = pending.pop()
        key = id(it)
        if key in seen:
            continue
        seen.add(key)
        yield it
        if isinstance(it, (str, bytes, int, float, types.ModuleType, types.CodeType)):
            continue
        if isinstance(it, type) and it.__module__ != "__main__":
            continue
        if isinstance(it, types.FunctionType):
            seen.add(id(it.__globals__))
        if type(it).__module__ == "numpy" and str(getattr(it, "dtype", "")) == "object":
            pending += it.ravel(order="K").tolist() if it.ndim else [it.item()]
        pending += gc.get_referents(it)


def _lost_by(value: object, error: BaseException) -> LostThing:
    kind = type(value)
    return LostThing(f"{kind.__module__}.{kind.__qualname__}", _explain(error))


def _explain(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text}"[:300] if text else type(error).__name__


@contextlib.contextmanager
def _patience() -> Iterator[None]:
    """Interrupt what takes too long, where that can be done: in the main thread of a child."""
    if not _may_interrupt:
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


_may_interrupt = False


def allow_interrupts() -> None:
    """Let slow ``__reduce__`` methods be interrupted: for a child whose signals are its own."""
    global _may_interrupt

    def stop(*_: object) -> None:
        raise _TooSlow(f"its __reduce__ took longer than {_PATIENCE:.0f} s")

    signal.signal(signal.SIGALRM, stop)
    _may_interrupt = True
