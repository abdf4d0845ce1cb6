"""From bytes to a namespace: everything is decoded before anything is touched."""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import sys
import warnings
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cellbook.checkpointing.finalizers import give_up, never_finalize
from cellbook.checkpointing.hashing import is_lost
from cellbook.checkpointing.patient import Decoder, PatientDecoder, RefillingDecoder
from cellbook.checkpointing.rebuild import Surroundings, decoding_with
from cellbook.checkpointing.sections import LostThing, Section
from cellbook.checkpointing.sharing import find_shared, find_shared_later
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
    apart: dict[str, list[str]] = field(default_factory=dict)
    """For each variable: those that held some of the same objects, and do not come back."""
    stop: set[int] = field(default_factory=set)
    """Identities of what is live, and so belongs to no variable alone."""

    def discard(self) -> None:
        """Let go of the variables, which then were only looked at."""
        values = list(self.values.values())
        self.values.clear()
        give_up(values, (), self.stop)


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
            kind: Any = RefillingDecoder if table.rehash else Decoder
            loaded = _load(kind, packs, table, sections, namespace)
        except StoreError:
            raise
        except (Exception, SystemExit):
            if table.rehash:
                raise
            # Something could not be rebuilt: find out what, and go on.
            surroundings = Surroundings(namespace, StoredBuffers(packs, table), shell)
            with decoding_with(surroundings):
                loaded = _load(PatientDecoder, packs, table, sections, namespace)
        notes = _import_parts(surroundings.modules, table)
    stop = {id(namespace), id(shell), id(sys.modules)}
    stop |= {id(one) for one in loaded.live}
    done = Decoded({}, dict(table.lost), surroundings.problems, notes, stop=stop)
    spoiled = {id(one) for one in surroundings.spoiled}
    incomplete = bool(done.problems or done.lost or spoiled)
    given_up = {}
    for section, value in zip(sections, loaded.values, strict=True):
        name = section.name
        if name in table.lost or (only is not None and name not in wanted):
            given_up[name] = value
        elif incomplete and any(
            is_lost(one) or id(one) in spoiled for one in reach(value, set(stop))
        ):
            _lose(done, table, name, "; ".join(done.problems) or _SHARES)
            given_up[name] = value
        else:
            done.values[name] = value
    if only is None:
        _tell_apart(done, find_shared(given_up, done.values, stop), turned=True)
    else:
        later = table.sections[len(sections) :]
        memo, read = loaded.memo, loaded.read
        _tell_apart(done, find_shared(done.values, given_up, stop))
        _tell_apart(done, find_shared_later(done.values, memo, later, read, stop))
        memo.clear()
    values = list(given_up.values())
    loaded = value = given_up = None  # type: ignore[assignment]
    surroundings.spoiled.clear()
    give_up(values, done.values.values(), stop)
    if surroundings.weak:
        weak, surroundings.weak = surroundings.weak, []
        values.clear()
        _check_weak(weak, done, table, stop)
    return done


def _tell_apart(done: Decoded, pairs: Iterable[tuple[str, str]], *, turned: bool = False) -> None:
    for one, other in pairs:
        name, away = (other, one) if turned else (one, other)
        done.apart.setdefault(name, []).append(away)


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
        gone = {name: done.values.pop(name) for name in lost}
        _tell_apart(done, find_shared(gone, done.values, stop), turned=True)
        for name in gone:
            _lose(done, table, name, _NOT_KEPT)
        gone.clear()


@dataclass(slots=True)
class _Loaded:
    """What was decoded of a stream."""

    live: list[Any]
    values: list[Any]
    memo: dict[int, Any]
    read: Callable[[int, int], bytes]
    """Returns so many bytes of the stream from an offset."""


def _load(
    kind: Any,
    packs: Packs,
    table: StateTable,
    sections: Sequence[Section],
    namespace: dict[str, Any],
) -> _Loaded:
    reader = StreamReader(packs.get, table.stream, table.sums)
    file = io.BufferedReader(reader, 1 << 16)
    stored = StoredBuffers(packs, table)
    decoder = kind(file, buffers=(stored.read(index) for index in table.in_order))

    def read(offset: int, length: int) -> bytes:
        file.seek(offset)
        return file.read(length)

    values: list[Any] = []
    try:
        live = decoder.load()  # What is live takes its places in the memo.
        with _showing(namespace) as show:
            for section in sections:
                values.append(decoder.load())
                if section.name in table.asked and not is_lost(values[-1]):
                    show(section.name, values[-1])
            if kind is RefillingDecoder:
                decoder.fillings.settle()
    except BaseException:
        made = list(decoder.memo.copy().values())
        never_finalize(made, {*map(id, made), id(made), id(decoder), id(decoder.memo)})
        raise
    whole = len(sections) == len(table.sections)
    return _Loaded(live, values, {} if whole else dict(decoder.memo.copy()), read)


@contextlib.contextmanager
def _showing(namespace: dict[str, Any]) -> Iterator[Callable[[str, Any], None]]:
    """Let methods that run while a state is decoded see its variables, within the block."""
    before: dict[str, Any] = {}

    def show(name: str, value: Any) -> None:
        before[name] = namespace.get(name, _NOTHING)
        namespace[name] = value

    try:
        yield show
    finally:
        for name, value in before.items():
            if value is _NOTHING:
                namespace.pop(name, None)
            else:
                namespace[name] = value


_NOTHING = object()
