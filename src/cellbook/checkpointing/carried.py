"""A kernel's state on its way from one book to another: its chunks, one behind the other.

Nothing here decodes a state: it is code, and stays bytes until somebody restores it on purpose.
"""

from __future__ import annotations

import binascii
import struct
import zlib
from collections.abc import Iterable, Iterator

from cellbook.checkpointing.states import Piece, StateTable, keys_of, read
from cellbook.checkpointing.upkeep import problem_of, stored_keys
from cellbook.errors import CellbookError, InvalidInput
from cellbook.records import Checkpoint
from cellbook.store import CHUNK, Packs, Store

_HEAD = struct.Struct("<I")
_LONGEST = 1 << 40
"""Bytes of one part of a state."""
_TABLE = 1 << 30
"""Bytes of the table of a state, unpacked."""


def carried_chunks(packs: Packs, checkpoint: Checkpoint) -> Iterator[bytes]:
    """Yield all chunks of a checkpoint, each once and with its length before it."""
    packs.refresh()
    keys = dict.fromkeys(stored_keys(packs, checkpoint.state, state=True))
    if checkpoint.document is not None:
        keys |= dict.fromkeys(stored_keys(packs, checkpoint.document, state=False))
    for key in keys:
        data = packs.get(key)
        yield _HEAD.pack(len(data)) + data


def keep_chunks(store: Store, parts: Iterable[bytes]) -> None:
    """Keep the chunks that :func:`carried_chunks` yielded, however they are cut.

    Raises
    ------
    InvalidInput
        If they are none.
    """
    packs, held = store.packs, bytearray()
    with packs.turn:
        packs.refresh()
        with packs.writer(store.writer) as writer:
            for part in parts:
                held += part
                at = 0
                while len(held) - at >= _HEAD.size:
                    (length,) = _HEAD.unpack_from(held, at)
                    if length > CHUNK:
                        raise InvalidInput("the kernel's state is damaged")
                    if len(held) - at - _HEAD.size < length:
                        break
                    at += _HEAD.size
                    writer.put(bytes(held[at : at + length]))
                    at += length
                del held[:at]
            if held:
                raise InvalidInput("the kernel's state is cut off")
        packs.accept(writer.entries())


def check_carried(packs: Packs, checkpoint: Checkpoint) -> None:
    """Refuse a checkpoint whose chunks are not all there, or are others than were saved.

    Raises
    ------
    InvalidInput
        If it is one.
    """
    try:
        _check_lengths(packs, checkpoint)
        for stored in (checkpoint.state, checkpoint.document):
            if stored is not None:
                state = stored is checkpoint.state
                seal = checkpoint.seal if state else ""
                if problem := problem_of(packs, stored, seal, set(), state=state):
                    raise InvalidInput(problem)
    except CellbookError as error:
        raise InvalidInput(f"the kernel's state is not whole: {error}") from None
    except (ValueError, TypeError, LookupError, zlib.error, binascii.Error, AttributeError):
        raise InvalidInput("the kernel's state is damaged") from None


def _check_lengths(packs: Packs, checkpoint: Checkpoint) -> None:
    """Refuse lengths that no state has: room would be made for that much."""
    document = checkpoint.document
    piece = Piece(checkpoint.state.length, bytes.fromhex(checkpoint.state.key))
    if max(piece.length, document.length if document is not None else 0) > _TABLE:
        raise InvalidInput("its table is too large")
    if not all(map(packs.has, [piece.key, *keys_of(packs, piece)])):
        raise InvalidInput("its table is missing")
    data = bytes(read(packs, piece))
    unpacking = zlib.decompressobj()
    unpacking.decompress(data, _TABLE)
    if unpacking.unconsumed_tail:
        raise InvalidInput("its table is too large")
    if any(not 0 <= buffer.length <= _LONGEST for buffer in StateTable.from_bytes(data).buffers):
        raise InvalidInput("its variables are too large")
