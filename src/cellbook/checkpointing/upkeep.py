"""Which checkpoints stay for ever, which go, and whether all that is named is there and genuine.

Kept are all of the last day, then one an hour; those with a label, those at the beginning and
the end of a run, and the newest of each kernel for ever.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tinydb import where

from cellbook.checkpointing.signing import is_own
from cellbook.checkpointing.states import Piece, StateTable, check_sum, keys_of, read
from cellbook.datasets import kept_keys
from cellbook.errors import StoreCorrupt
from cellbook.records import Checkpoint, CheckpointKind, SessionState, StoredBytes, from_doc
from cellbook.store import Key, Op, Packs, Store, remove, update

TABLE = "checkpoints"
_DAY = 86_400_000
_HOUR = 3_600_000
_FOR_EVER = (CheckpointKind.RUN_START, CheckpointKind.RUN_END)


@dataclass(frozen=True, slots=True)
class Due:
    """Checkpoints that may go."""

    checkpoints: tuple[Checkpoint, ...]
    size: int
    """Bytes that go with them and with what earlier ones left, at most."""

    def __bool__(self) -> bool:
        return bool(self.checkpoints or self.size)


def choose(checkpoints: Sequence[Checkpoint], now: float) -> list[Checkpoint]:
    """Return the checkpoints that need not stay.

    Parameters
    ----------
    checkpoints
        All of a book, oldest first.
    now
        The time it is, in seconds since 1970.
    """
    newest = {one.session_id: one.checkpoint_id for one in checkpoints}
    hours: set[tuple[str, int]] = set()
    going = []
    for one in reversed(checkpoints):
        hour = (one.session_id, one.time // _HOUR)
        stays = one.label or one.kind in _FOR_EVER or newest[one.session_id] == one.checkpoint_id
        if not stays and hour in hours and one.time < now * 1000 - _DAY:
            going.append(one)
        hours.add(hour)
    return going[::-1]


def find_due(store: Store, packs: Packs, *, now: float | None = None) -> Due:
    """Look for checkpoints that may go; nothing is changed."""
    found = [from_doc(Checkpoint, doc) for _, _, doc in store.select(TABLE)]
    going = choose(found, time.time() if now is None else now)
    packs.refresh()
    if not len(packs):
        return Due((), 0)
    ids = {one.checkpoint_id for one in going}
    stay = [one for one in found if one.checkpoint_id not in ids]
    wanted = _wanted(packs, stay, kept_keys(store))
    return Due(tuple(going), packs.waste(wanted, _busy(store)))


def remove_due(store: Store, packs: Packs, due: Due) -> int:
    """Remove checkpoints for good; return how many bytes that frees."""
    with store.exclusive():
        found = [from_doc(Checkpoint, doc) for _, _, doc in store.select(TABLE)]
        parents = {one.checkpoint_id: one.parent for one in found}
        going = {one.checkpoint_id for one in due.checkpoints} & parents.keys()
        ops: list[Op] = [remove(TABLE, one) for one in going]
        for one in found:
            if one.checkpoint_id not in going and one.parent in going:
                parent: str | None = one.parent
                while parent in going:
                    parent = parents[parent]
                ops.append(update(TABLE, one.checkpoint_id, {"parent": parent}))
        if ops:
            store.commit(ops, durable=True)
    stay = [one for one in found if one.checkpoint_id not in going]
    return packs.sweep(_wanted(packs, stay, kept_keys(store)), store.writer, _busy(store))


def check(store: Store, packs: Packs) -> Iterator[tuple[int, str, bool]]:
    """Yield number and problem of checkpoints, and whether it is harmless.

    What cannot be restored is not; that somebody else signed one is.
    """
    packs.refresh()
    seen: dict[tuple[str, str], str] = {}
    summed: set[tuple[Key, str]] = set()
    foreign: list[int] = []
    for _, number, doc in store.select(TABLE):
        one = from_doc(Checkpoint, doc)
        if not is_own(one, store.book_id):
            foreign.append(number)
        for stored in (one.state, one.document):
            if stored is None:
                continue
            seal = one.seal if stored is one.state else ""
            known = (stored.key, seal)
            if known not in seen:
                seen[known] = problem_of(packs, stored, seal, summed, state=stored is one.state)
            if seen[known]:
                yield number, f"cannot be restored: {seen[known]}", False
    if foreign:
        more = f", as are {len(foreign) - 1:,} after it" if len(foreign) > 1 else ""
        yield foreign[0], f"is not signed with your key{more}: `%restore` asks for --trust", True


def problem_of(
    packs: Packs, stored: StoredBytes, seal: str, summed: set[tuple[Key, str]], *, state: bool
) -> str:
    """Return why a document or state cannot be read; empty if it can.

    Parameters
    ----------
    packs
        Where the bytes are.
    stored
        The document, or with `state` the table of a kernel's state.
    seal
        SHA-256 of that table, in hex; empty where it is not known.
    summed
        Chunks and their SHA-256 that were compared already; it grows.
    state
        Which of the two it is.
    """
    try:
        keys = set(stored_keys(packs, stored, state=state))
        missing = sum(not packs.has(key) for key in keys)
        if missing:
            return f"{missing:,} of its {len(keys):,} chunks are missing"
        if state:
            _check_seals(packs, stored, seal, summed)
    except StoreCorrupt as error:
        return str(error)
    return ""


def _check_seals(
    packs: Packs, stored: StoredBytes, seal: str, summed: set[tuple[Key, str]]
) -> None:
    """Compare what can run code with its SHA-256, which is harder to forge than its name.

    Raises
    ------
    StoreCorrupt
        If it is not what was saved.
    """
    data = read(packs, Piece(stored.length, bytes.fromhex(stored.key)))
    check_sum(data, seal)
    table = StateTable.from_bytes(bytes(data))
    for (key, _), expected in zip(table.stream, table.sums, strict=bool(table.sums)):
        if (key, expected) not in summed:
            check_sum(packs.get(key), expected)
            summed.add((key, expected))


def _wanted(packs: Packs, checkpoints: Sequence[Checkpoint], data: set[Key]) -> set[Key]:
    """Return the hashes of all chunks that checkpoints need, and of `data` that is kept."""
    wanted = set(data)
    done: set[str] = set()
    for one in checkpoints:
        for stored in (one.state, one.document):
            if stored is not None and stored.key not in done:
                done.add(stored.key)
                wanted.update(stored_keys(packs, stored, state=stored is one.state))
    return wanted


def stored_keys(packs: Packs, stored: StoredBytes, *, state: bool) -> Iterator[Key]:
    """Yield the hashes of all chunks of a document or, with `state`, of a kernel's state."""
    piece = Piece(stored.length, bytes.fromhex(stored.key))
    yield piece.key
    yield from keys_of(packs, piece)
    if state:
        table = StateTable.from_bytes(bytes(read(packs, piece)))
        for key, _ in table.stream:
            yield key
        for buffer in table.buffers:
            yield buffer.key
            yield from keys_of(packs, buffer)


def _busy(store: Store) -> set[str]:
    """Return the writers whose processes live, as far as the book knows."""
    query = where("state") == SessionState.OPEN.value
    return {doc["writer"] for _, _, doc in store.select("sessions", query)}
