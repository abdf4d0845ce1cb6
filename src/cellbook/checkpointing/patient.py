"""How a stream is decoded: fast, or so that it goes on where an object cannot be rebuilt."""

from __future__ import annotations

import pickle
from typing import Any, ClassVar

from cellbook.checkpointing.hashing import Fillings
from cellbook.checkpointing.heirs import fill_heir, finish_heir
from cellbook.checkpointing.rebuild import Lost, fill_weak, spoil, unavailable


def _find(find: Any, module: str, name: str) -> Any:
    try:
        return find(module, name)
    except Exception as error:
        unavailable(f"{module}.{name} is not to be had here ({error})")
        return Lost


class Decoder(pickle.Unpickler):
    """Decodes as fast as can be; the first object that cannot be rebuilt ends it."""

    def find_class(self, module: str, name: str) -> Any:
        """Return what a module has under a name, or what stands in for it."""
        return _find(super().find_class, module, name)


class PatientDecoder(pickle._Unpickler):
    """Goes on where an object cannot be rebuilt, with :class:`Lost` in its place; slower."""

    def find_class(self, module: str, name: str) -> Any:
        """Return what a module has under a name, or what stands in for it."""
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

    PatientDecoder.dispatch[key] = attempt


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


class RefillingDecoder(PatientDecoder):
    """Looks again, in the end, at sets and dictionaries whose keys hash themselves; slower."""

    dispatch: ClassVar[dict[int, Any]] = dict(PatientDecoder.dispatch)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fillings = Fillings()


def _refilling(opcode: bytes) -> None:
    """Have the decoder note what `opcode` puts into a set or dictionary."""
    key = opcode[0]
    plain: Any = pickle._Unpickler.dispatch[key]
    patient: Any = PatientDecoder.dispatch[key]

    def fill(decoder: Any) -> None:
        marked = opcode != pickle.SETITEM
        items = list(decoder.stack) if marked else decoder.stack[-2:]
        target = decoder.metastack[-1][-1] if marked else decoder.stack[-3]
        keys = items if opcode == pickle.ADDITEMS else items[::2]
        fillings = decoder.fillings
        if type(target) is Lost or not (fillings.knows(target) or fillings.may_depend(keys)):
            patient(decoder)
            return
        filled = fillings.add(target, items)
        try:
            plain(decoder)
        except (Exception, SystemExit):
            filled.whole = False

    RefillingDecoder.dispatch[key] = fill


def _freeze(decoder: Any) -> None:
    items = list(decoder.stack)
    pickle._Unpickler.dispatch[pickle.FROZENSET[0]](decoder)
    if decoder.fillings.may_depend(items):
        decoder.fillings.add(decoder.stack[-1], items)


def _freeze_patiently(decoder: Any) -> None:
    try:
        _freeze(decoder)
    except pickle.UnpicklingError:
        raise
    except (Exception, SystemExit) as error:
        text = f"frozenset cannot be rebuilt here ({type(error).__name__}: {error})"
        decoder.append(unavailable(text))


def _using(opcode: bytes) -> None:
    """Have the decoder note what `opcode` makes of sets and dictionaries."""
    key = opcode[0]
    patient: Any = PatientDecoder.dispatch[key]

    def use(decoder: Any) -> None:
        function, arguments = decoder.stack[-2:]
        if function is fill_heir or function is fill_weak:
            _fill(decoder, patient)
            return
        ours = str(getattr(function, "__module__", "")).startswith("cellbook.")
        patient(decoder)
        if opcode == pickle.BUILD and hasattr(type(function), "__setstate__"):
            decoder.fillings.note_use(function, arguments)
        elif opcode == pickle.REDUCE and not ours:
            decoder.fillings.note_use(decoder.stack[-1], arguments)

    RefillingDecoder.dispatch[key] = use


def _fill(decoder: Any, patient: Any) -> None:
    """Note what one of our own functions fills, and have it do so."""
    function, (made, state) = decoder.stack[-2:]
    items = state[0] if function is fill_heir else state
    if isinstance(made, list) or not decoder.fillings.may_depend(key for key, *_ in items):
        patient(decoder)
        return
    if isinstance(made, set):
        parts = [key for key, *_ in items]
    else:
        parts = [part for key, *more in items for part in (key, *more, None)[:2]]
    filled = decoder.fillings.add(made, parts)
    before = decoder.stack[:-2]
    try:
        function(made, state)
    except (Exception, SystemExit):
        filled.whole = False
        if function is fill_heir:
            finish_heir(made, state[2])
    decoder.stack[:] = [*before, None]
    if function is fill_heir and hasattr(type(made), "__setstate__"):
        decoder.fillings.note_use(made, state[2])


for _opcode in (pickle.SETITEM, pickle.SETITEMS, pickle.ADDITEMS):
    _refilling(_opcode)
for _opcode in (pickle.REDUCE, pickle.BUILD):
    _using(_opcode)
RefillingDecoder.dispatch[pickle.FROZENSET[0]] = _freeze_patiently
