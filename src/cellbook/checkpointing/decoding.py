"""From bytes to a namespace: everything is decoded before anything is touched."""

from __future__ import annotations

import gc
import importlib
import io
import pickle
import sys
import warnings
import weakref
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, ClassVar

from cellbook.checkpointing.rebuild import Lost, Surroundings, decoding_with, spoil, unavailable
from cellbook.checkpointing.sections import LostThing
from cellbook.checkpointing.states import StateTable, StoredBuffers, StreamReader
from cellbook.checkpointing.walking import reach
from cellbook.errors import StoreError
from cellbook.store import Packs


@dataclass(slots=True)
class Decoded:
    """What a state's variables are again."""

    values: dict[str, Any]
    """The variables that are exact."""
    lost: dict[str, list[LostThing]] = field(default_factory=dict)
    """The others: what stood in the way."""
    problems: list[str] = field(default_factory=list)
    """What this kernel lacks."""
    notes: list[str] = field(default_factory=list)
    """What else this kernel lacks, though no variable is lost by it."""


def decode(
    packs: Packs,
    table: StateTable,
    namespace: dict[str, Any],
    shell: Any = None,
    *,
    only: Iterable[str] | None = None,
) -> Decoded:
    """Decode a state; nothing of the kernel is changed.

    Parameters
    ----------
    packs
        Where its chunks are.
    table
        What it consists of.
    namespace
        The live namespace, as whose functions the decoded ones live.
    shell
        The IPython shell, if there is one.
    only
        The variables that are wanted; None means all.

    Raises
    ------
    StoreCorrupt
        If chunks are missing or damaged.
    """
    sections = table.sections
    if only is not None:
        wanted = set(only)
        last = max((n for n, one in enumerate(sections, 1) if one.name in wanted), default=0)
        sections = sections[:last]
    surroundings = Surroundings(namespace, StoredBuffers(packs, table), shell)
    with decoding_with(surroundings), warnings.catch_warnings():
        # What pickle warns of is not for this user to mend; where warnings are errors, it would
        # lose what can be restored.
        warnings.simplefilter("ignore")
        try:
            values = _load(_Decoder, packs, table, len(sections))
        except StoreError:
            raise
        except (Exception, SystemExit):
            # Something could not be rebuilt: find out what, and go on.
            surroundings = Surroundings(namespace, StoredBuffers(packs, table), shell)
            with decoding_with(surroundings):
                values = _load(_PatientDecoder, packs, table, len(sections))
        notes = _import_parts(surroundings.modules, table)
    done = Decoded({}, dict(table.lost), surroundings.problems, notes)
    stop = {id(namespace), id(shell), id(sys.modules)}
    spoiled = {id(one) for one in surroundings.spoiled}
    incomplete = bool(done.problems or done.lost)
    given_up = []
    for section, value in zip(sections, values, strict=True):
        name = section.name
        if only is not None and name not in wanted:
            continue
        if name in table.lost:
            given_up.append(value)
        elif incomplete and any(
            _is_lost(one) or id(one) in spoiled for one in reach(value, set(stop))
        ):
            _lose(done, table, name, "; ".join(done.problems) or _SHARES)
            given_up.append(value)
        else:
            done.values[name] = value
    _never_finalize(given_up, done, stop)
    if surroundings.weak:
        weak, surroundings.weak = surroundings.weak, []
        given_up = values = value = None  # type: ignore[assignment]
        _check_weak(weak, done, table, stop)
    return done


def _import_parts(modules: Iterable[str], table: StateTable) -> list[str]:
    """Import the submodules that had been imported; return which cannot be."""
    problems = []
    for name in dict.fromkeys(modules):
        for part in table.modules.get(name, ()):
            try:
                importlib.import_module(f"{name}.{part}")
            except (Exception, SystemExit) as error:
                problems.append(f"the module {name}.{part} cannot be imported here ({error})")
    return problems


_SHARES = "it shares something that could not be saved"
_NOT_KEPT = "it refers weakly to what no variable that was restored holds"


def _lose(done: Decoded, table: StateTable, name: str, reason: str) -> None:
    kind = table.about.get(name, {}).get("type", "object")
    done.lost[name] = [LostThing(kind, reason)]


def _check_weak(
    weak: list[tuple[Any, weakref.ref[Any]]], done: Decoded, table: StateTable, stop: set[int]
) -> None:
    """Give up variables that refer weakly to what was there, but is held by nothing now."""
    while True:
        gc.collect()
        dead = {id(holder) for holder, reference in weak if reference() is None}
        lost = [
            name
            for name, value in done.values.items()
            if dead and any(id(one) in dead for one in reach(value, set(stop)))
        ]
        if not lost:
            return
        for name in lost:
            del done.values[name]
            _lose(done, table, name, _NOT_KEPT)


_given_up: list[Any] = []


def _never_finalize(values: Iterable[Any], done: Decoded, stop: set[int]) -> None:
    """Keep what belongs to variables that are given up from running its ``__del__``.

    It was made for nothing, from parts: a ``__del__`` might remove a file that the real one uses.
    """
    seen = set(stop)
    found = {
        id(one): one for value in values for one in reach(value, seen) if _has_finalizer(type(one))
    }
    if found:
        seen = set(stop)
        for value in done.values.values():
            for one in reach(value, seen):
                found.pop(id(one), None)
    _given_up.extend(found.values())


def _has_finalizer(kind: type) -> bool:
    return any(isinstance(vars(base).get("__del__"), FunctionType) for base in kind.__mro__)


def _load(kind: Any, packs: Packs, table: StateTable, count: int) -> list[Any]:
    file = io.BufferedReader(StreamReader(packs.get, table.stream, table.sums), 1 << 16)
    stored = StoredBuffers(packs, table)
    decoder = kind(file, buffers=(stored.read(index) for index in table.in_order))
    try:
        decoder.load()  # What is live takes its places in the memo.
        return [decoder.load() for _ in range(count)]
    except BaseException:
        made = decoder.memo.copy().values()
        _given_up.extend(one for one in made if _has_finalizer(type(one)))
        raise


def _is_lost(it: Any) -> bool:
    return it is Lost or type(it) is Lost


def _find(find: Any, module: str, name: str) -> Any:
    try:
        return find(module, name)
    except Exception as error:
        unavailable(f"{module}.{name} is not to be had here ({error})")
        return Lost


class _Decoder(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        return _find(super().find_class, module, name)


class _PatientDecoder(pickle._Unpickler):
    """Goes on where an object cannot be rebuilt, with :class:`Lost` in its place; slower."""

    def find_class(self, module: str, name: str) -> Any:
        return _find(super().find_class, module, name)

    dispatch: ClassVar[dict[int, Any]] = dict(pickle._Unpickler.dispatch)


def _patient(opcode: bytes, makes: bool) -> None:
    """Have the decoder go on where `opcode` fails.

    Those that make an object leave it on the stack in the place of their arguments; the others
    change the object below their arguments.
    """
    key = opcode[0]
    plain: Any = pickle._Unpickler.dispatch[key]
    arguments = 3 if opcode in (pickle.NEWOBJ_EX, pickle.SETITEM) else 2

    def attempt(decoder: Any) -> None:
        before = list(decoder.stack)
        above = decoder.metastack[-1] if decoder.metastack else None
        try:
            plain(decoder)
        except pickle.UnpicklingError:
            raise
        except (Exception, SystemExit) as error:
            changed: Any = None
            if makes:
                what, changed = before[-arguments], _changed_by(before)
            else:
                what = changed = (above or before)[-1] if opcode in _MARKED else before[-arguments]
            named = getattr(what, "__qualname__", type(what).__qualname__)
            lost = unavailable(f"{named} cannot be rebuilt here ({type(error).__name__}: {error})")
            whole = changed is not None and type(changed) in _WITHOUT_PARTS
            if whole:
                memo = decoder.memo
                memo.update({key: lost for key, one in memo.items() if one is changed})
            elif changed is not None:
                spoil(changed)
            if opcode in _MARKED:
                if decoder.stack is not above:
                    decoder.pop_mark()
                if whole:
                    decoder.stack[-1] = lost
            else:
                # What is changed stays, and is known to be spoiled; what is made is not there.
                decoder.stack = [*before[:-arguments], lost if makes or whole else what]
                decoder.append = decoder.stack.append

    _PatientDecoder.dispatch[key] = attempt


def _changed_by(stack: list[Any]) -> Any:
    """Return what a function that failed was to finish; None if it was to make something."""
    function, arguments = stack[-2:]
    module, name = (getattr(function, part, "") for part in ("__module__", "__name__"))
    ours = str(module).startswith("cellbook.checkpointing.")
    if isinstance(function, type) or not isinstance(arguments, tuple) or len(arguments) != 2:
        return None
    return arguments[0] if not ours or name.startswith(("finish_", "fill_", "set_")) else None


_WITHOUT_PARTS = (int, float, bool, complex, str, bytes, tuple, frozenset, type(None))
_MARKED = (pickle.APPENDS, pickle.SETITEMS, pickle.ADDITEMS)
for _opcode in (pickle.REDUCE, pickle.NEWOBJ, pickle.NEWOBJ_EX):
    _patient(_opcode, makes=True)
for _opcode in (pickle.BUILD, pickle.APPEND, pickle.SETITEM, *_MARKED):
    _patient(_opcode, makes=False)
