"""From bytes to a namespace: everything is decoded before anything is touched."""

from __future__ import annotations

import io
import pickle
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from cellbook.checkpoints.encoding import LostThing, reach
from cellbook.checkpoints.rebuild import Lost, Surroundings, decoding_with, unavailable
from cellbook.checkpoints.states import StateTable, StoredBuffers, StreamReader
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
    with decoding_with(surroundings):
        try:
            values = _load(_Decoder, packs, table, len(sections))
        except StoreError:
            raise
        except Exception:
            # Something could not be rebuilt: find out what, and go on.
            surroundings.problems.clear()
            values = _load(_PatientDecoder, packs, table, len(sections))
    done = Decoded({}, dict(table.lost), surroundings.problems)
    stop = (namespace, shell, sys.modules)
    incomplete = bool(done.problems or done.lost)
    for section, value in zip(sections, values, strict=True):
        name = section.name
        if name in table.lost or (only is not None and name not in wanted):
            continue
        if incomplete and any(_is_lost(one) for one in reach(value, stop)):
            kind = table.about.get(name, {}).get("type", "object")
            reason = "; ".join(done.problems) or "it shares something that could not be saved"
            done.lost[name] = [LostThing(kind, reason)]
        else:
            done.values[name] = value
    return done


def _load(kind: Any, packs: Packs, table: StateTable, count: int) -> list[Any]:
    file = io.BufferedReader(StreamReader(packs.get, table.stream), 1 << 16)
    stored = StoredBuffers(packs, table)
    decoder = kind(file, buffers=(stored.read(index) for index in table.in_order))
    decoder.load()  # What is live takes its places in the memo.
    return [decoder.load() for _ in range(count)]


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
    arguments = {pickle.REDUCE: 2, pickle.NEWOBJ: 2, pickle.NEWOBJ_EX: 3}.get(opcode, 0)

    def attempt(decoder: Any) -> None:
        before = list(decoder.stack)
        above = decoder.metastack[-1] if decoder.metastack else None
        try:
            plain(decoder)
        except pickle.UnpicklingError:
            raise
        except Exception as error:
            first = before[-arguments] if makes else (above or before)[-1]
            what = getattr(first, "__qualname__", type(first).__qualname__)
            lost = unavailable(f"{what} cannot be rebuilt here ({type(error).__name__}: {error})")
            if makes:
                decoder.stack = [*before[:-arguments], lost]
                decoder.append = decoder.stack.append
            elif opcode in _MARKED:
                if decoder.stack is not above:
                    decoder.pop_mark()
                decoder.stack[-1] = lost
            else:
                taken = 2 if opcode == pickle.SETITEM else 1
                decoder.stack = [*before[: -taken - 1], lost]
                decoder.append = decoder.stack.append

    _PatientDecoder.dispatch[key] = attempt


_MARKED = (pickle.APPENDS, pickle.SETITEMS, pickle.ADDITEMS)
for _opcode in (pickle.REDUCE, pickle.NEWOBJ, pickle.NEWOBJ_EX):
    _patient(_opcode, makes=True)
for _opcode in (pickle.BUILD, pickle.APPEND, pickle.SETITEM, *_MARKED):
    _patient(_opcode, makes=False)
