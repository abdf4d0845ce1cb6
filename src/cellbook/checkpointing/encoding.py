"""From a namespace to bytes: one pickle stream, a section a variable, arrays beside it.

All sections share one memo, so that what two variables share is one object again.  What cannot
be pickled is replaced, where it stands, by a mark, and named; the rest of its variable is still
walked, so that other variables that share parts of it stay whole.

What every kernel has one of (the namespace itself, the shell, ``sys.path``, a module's own
random generator …) is put into the memo before anything else, and so is never copied.
"""

from __future__ import annotations

import copyreg
import gc
import importlib
import pickle
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

from cellbook.checkpointing import rebuild
from cellbook.checkpointing.asking import Asking
from cellbook.checkpointing.hashing import are_keys, hashes_itself, is_plain
from cellbook.checkpointing.heirs import choose_heir, choose_supplement
from cellbook.checkpointing.living import find_module_attributes, find_parts, find_singletons
from cellbook.checkpointing.patience import patience
from cellbook.checkpointing.reducers import BASES, EXACT, KEPT, importable
from cellbook.checkpointing.sections import Encoded, LostThing, Section, SectionFailed, Sink
from cellbook.checkpointing.walking import trace

_pickle: Any = pickle
_SLOTS = 256
"""Places kept in the memo for what is live: more would move what the stream refers to."""
_RESTORED = (
    ("namespace",),
    ("attribute", "sys", "path"),
    ("attribute", "random", "_inst"),
    ("attribute", "numpy.random", "mtrand", "_rand"),
    ("attribute", "dataclasses", "MISSING"),
    ("attribute", "dataclasses", "KW_ONLY"),
)
"""What each process has one of and a restore sets, or nobody can change: not told as left alone."""
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
    ("asyncio.events", "AbstractEventLoop"): "an event loop belongs to its process",
    ("tempfile", "_TemporaryFileWrapper"): "its file goes with it",
    ("tempfile", "_TemporaryFileCloser"): "its file goes with it",
    ("weakref", "finalize"): "what is done when an object goes belongs to its process",
}
"""Base classes, by module and name, whose objects are named rather than half restored."""


class _Live:
    """A place in the memo for something live."""

    def __init__(self, *path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return rebuild.live, self.path


class _ScopeOf:
    """The dictionary of a module that cannot be imported."""

    def __init__(self, module: types.ModuleType) -> None:
        self.module = module

    def __reduce__(self) -> Any:
        return vars, (self.module,)


class _Sample:
    """Its dictionary has as few references as one can have."""

    def __init__(self) -> None:
        self.attribute = None


def _count(reduced: tuple[Any, ...]) -> int:
    return sys.getrefcount(reduced[2])


_ALONE = _count(tuple(_Sample().__reduce_ex__(5)))


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
        self._noted: dict[int, str] = {}
        self._section: list[LostThing] = []
        self._place = ""
        self._memory: list[tuple[int, int, bool, str]] = []
        self._setting: dict[type, tuple[bool, bool]] = {}
        self._heirs: dict[type, Callable[[Any], Any] | None] = {}
        self._supplements: dict[type, Callable[[Any, Any], Any] | None] = {}
        self._kept: list[Any] = []
        self._modules: dict[str, None] = {}
        self._hashed: list[Any] = []
        self._asking = Asking(namespace)
        self._learn_libraries()

    # -- the whole -----------------------------------------------------------------------------

    def encode(self, variables: Mapping[str, Any], skip: Mapping[str, LostThing]) -> Encoded:
        """Encode variables; those in `skip` are lost from the start.

        Raises
        ------
        SectionFailed
            If a variable breaks the stream; it belongs into `skip` then, of a new encoder.
        """
        done = Encoded([], {}, {}, {}, {})
        self._begin(variables, done)
        for place, (name, value) in enumerate(variables.items(), 1):
            if name in skip:
                done.lost[name] = [skip[name]]
                continue
            self._report(place)
            start = self._sink.position
            self._sink.digests.begin(name)
            self._section, self._place = [], name
            try:
                self.dump(value)
            except BaseException as error:
                raise SectionFailed(name, _lost_by(value, error)) from error
            digest = self._sink.digests.end(lambda: len(self.memo.copy()))
            self._sink.end_section()
            self._asking.done.add(name)
            done.sections.append(Section(name, start, self._sink.position, digest))
            if self._section:
                done.lost[name] = list(dict.fromkeys(self._section))
        done.asked = self._asking.names()
        done.rehash = self._asking.for_hashes or (bool(self._hashed) and self._holds_keys(done))
        self._trace(variables, done)
        self._find_overlaps(done)
        parts = {name: find_parts(name) for name in self._modules}
        done.modules = {name: found for name, found in parts.items() if found}
        # It is in cycles of its own: what it holds would live on until they are found.
        self.clear_memo()
        self._kept.clear()
        self._hashed.clear()
        return done

    def _begin(self, variables: Mapping[str, Any], done: Encoded) -> None:
        """Put what is live into the memo."""
        things = list(self._singletons)
        known = {id(thing): path for thing, path in things}
        for name, value in variables.items():
            if known.get(id(value), _RESTORED[0]) not in _RESTORED:
                done.live[name] = ".".join(known[id(value)]).removeprefix("attribute.")
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
        self._sink.digests.begin_stream(len(memo))
        self._sink.end_section()

    # -- one object ----------------------------------------------------------------------------

    def reducer_override(self, it: Any) -> Any:
        """Reduce what is not of one of pickle's own types."""
        kind = type(it)
        reducer = self._reducers.get(kind)
        if reducer is None:
            reducer = self._choose(kind)
            if hashes_itself(kind):
                self._asking.take_hash(kind)
                if not importable(kind):
                    self._hashed.append(kind)
                reducer = self._watched(reducer)
            self._reducers[kind] = reducer
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

    def _watched(self, reducer: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """Have objects noted that may be keys of what their own state leads to."""

        def reduce(encoder: Any, it: Any) -> Any:
            reduced = reducer(encoder, it)
            if isinstance(reduced, tuple) and not all(map(is_plain, reduced[1:3])):
                self._hashed.append(it)
            return reduced

        return reduce

    def _holds_keys(self, done: Encoded) -> bool:
        stop = [id(thing) for thing, _ in self._singletons]
        return are_keys(self._hashed, {*stop, id(done), id(self)})

    def plainly(self, it: object) -> Any:
        """Return what the object's own ``__reduce_ex__`` does, checked."""
        with patience():
            registered = copyreg.dispatch_table.get(type(it))
            way = self._way_of(type(it))
            reduced = (registered or way or _by_itself)(it)
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
            supplement = self._supplements[type(it)]
            if supplement is not None:
                reduced = supplement(it, reduced)
            late = self._asking.take_makers(type(it), reduced[0])
            if late:
                self.note(it, late)
            if len(reduced) > 3:
                # Taken now: what fails half-way must not leave half of it in the stream.
                items = (None if part is None else iter(list(part)) for part in reduced[3:5])
                reduced = (*reduced[:3], *items, *reduced[5:])
            if len(reduced) > 2 and len(reduced) < 6 and self._needs_setter(it, reduced):
                nothing = (None,) * (5 - len(reduced))
                reduced = (*reduced, *nothing, rebuild.set_state)
        return reduced

    def _way_of(self, kind: type) -> Callable[[Any], Any] | None:
        if kind not in self._heirs:
            self._heirs[kind] = choose_heir(kind)
            self._supplements[kind] = None if self._heirs[kind] else choose_supplement(kind)
        return self._heirs[kind]

    def _needs_setter(self, it: object, reduced: tuple[Any, ...]) -> bool:
        """Whether pickle's own way of setting the state would not do.

        It fills a new dictionary, though another variable may hold the very one that is saved; and
        it asks the half-made object for ``__setstate__``, which a ``__getattr__`` may not stand.
        """
        kind = type(it)
        if kind not in self._setting:
            members = {name for base in kind.__mro__ for name in vars(base)}
            own = "__setstate__" in members
            place = next(
                (vars(base)["__dict__"] for base in kind.__mro__ if "__dict__" in vars(base)), None
            )
            may = not own and isinstance(place, types.GetSetDescriptorType)
            self._setting[kind] = (may, may and "__getattr__" in members)
        may, must = self._setting[kind]
        return reduced[2] is not None and (
            must or (may and issubclass(type(reduced[2]), dict) and _count(reduced) > _ALONE)
        )

    def _is_global(self, it: Any, name: str) -> bool:
        module = getattr(it, "__module__", None) or _pickle.whichmodule(it, name)
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

    def note(self, it: object, text: str) -> None:
        """Put on record that an object is restored, but not in every respect."""
        self._noted[id(it)] = text
        self._kept.append(it)

    def refer_to(self, module: types.ModuleType) -> None:
        """Take note of a module that is saved by its name."""
        if hasattr(module, "__path__"):
            self._modules[module.__name__] = None

    def scope_of(self, scope: dict[str, Any]) -> Any:
        """Return what to save for the globals of a function."""
        if scope is self._namespace:
            return scope
        known = self._scopes.get(id(scope))
        if known is None:
            known = self._scopes[id(scope)] = _find_scope(scope)
        return known

    def take_buffer(self, memory: memoryview, address: int) -> int:
        """Keep an array's memory beside the stream; return its number."""
        self._memory.append((address, memory.nbytes, True, self._place))
        return self._sink.take(memory)

    def _out_of_band(self, buffer: pickle.PickleBuffer) -> bool:
        with buffer.raw() as memory:
            if memory.nbytes < 2048:
                return True
            numpy: Any = sys.modules.get("numpy")
            if numpy is not None:
                address = numpy.frombuffer(memory, "u1").__array_interface__["data"][0]
                self._memory.append((address, memory.nbytes, False, self._place))
            self._sink.take_next(memory)
        return False

    def _learn_libraries(self) -> None:
        for library, module in _LIBRARIES.items():
            if library in sys.modules:
                reducers = importlib.import_module(module).REDUCERS
                self._bases.update(reducers)

    # -- what was lost -------------------------------------------------------------------------

    def _trace(self, variables: Mapping[str, Any], done: Encoded) -> None:
        """Find the variables from which something lost, or noted, can be reached."""
        nan = _NAN if self._sink.nan_seen else None
        if not self._losing and not self._noted and nan is None:
            return
        stop = (*(thing for thing, _ in self._singletons), variables, done, self)
        whole = {name: value for name, value in variables.items() if name not in done.lost}
        for name, marks in trace(whole, {**self._noted, **self._losing}, stop, nan).items():
            lost = [mark for mark in marks if isinstance(mark, LostThing)]
            if lost:
                done.lost[name] = lost
            else:
                done.notes[name] = [str(mark) for mark in marks]

    def _find_overlaps(self, done: Encoded) -> None:
        """Find arrays whose memory something else had as well that is no array."""
        end, last = 0, ""
        owned = False
        for address, size, is_array, name in sorted(self._memory):
            if address < end and (owned or is_array):
                for one, other in ((name, last), (last, name)):
                    note = f"it shared memory with {other}, and has its own now"
                    done.notes.setdefault(one, []).append(note)
            if address + size > end:
                end, last, owned = address + size, name, is_array


_NAN = "a nan in it is not the very object that it was: math.isnan finds it, `is` does not"
_LIBRARIES = {
    "numpy": "cellbook.checkpointing.arrays",
    "pandas": "cellbook.checkpointing.frames",
}


def _by_itself(it: object) -> Any:
    return it.__reduce_ex__(5)


def _find_scope(scope: dict[str, Any]) -> Any:
    """Return what stands for a module's dictionary, or the dictionary if it is no module's."""
    name = scope.get("__name__")
    module = sys.modules.get(name) if isinstance(name, str) else None
    if module is not None and vars(module) is scope:
        return _Live("attribute", module.__name__, "__dict__")
    for holder in gc.get_referrers(scope):
        if isinstance(holder, types.ModuleType) and vars(holder) is scope:
            return _ScopeOf(holder)
    return scope


def _lost_by(value: object, error: BaseException) -> LostThing:
    kind = type(value)
    return LostThing(f"{kind.__module__}.{kind.__qualname__}", _explain(error))


def _explain(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text}"[:300] if text else type(error).__name__
