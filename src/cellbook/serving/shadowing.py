"""Shadows: models that are asked what others answer, and that nobody hears.

A shadow is a process of its own, with less right to the processor, and is told by datagrams that
are thrown away when it does not keep up.  So it can be slow, fail or die, and no request is slower
for it: a thread of the same process would share its interpreter with the requests.
"""

from __future__ import annotations

import json
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cellbook.serving.outputs import as_predictions

if TYPE_CHECKING:
    from cellbook.serving.desk import Answered

LARGEST = 200_000
"""Bytes of a datagram; larger requests are not shadowed, but counted."""

_HEAD = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Overheard:
    """A request, and what it was answered."""

    form: str
    kind: str
    key: str
    prediction_id: str
    predictions: Any
    body: bytes


class Channel:
    """A worker's end of the way to one shadow.

    Parameters
    ----------
    address
        The shadow's socket.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def send(self, form: str, body: bytes, kind: str, key: str, answered: Answered) -> bool:
        """Tell the shadow of a request; return whether it was told.  This never waits."""
        if len(body) > LARGEST:
            return False
        head = json.dumps(
            {
                "form": form,
                "kind": kind,
                "key": key,
                "prediction_id": answered.prediction_id,
                "predictions": as_predictions(answered.outputs),
            }
        ).encode()
        try:
            self._socket.sendto(b"".join((_HEAD.pack(len(head)), head, body)), self._address)
        except OSError:  # It is not there, has enough to do, or the request is too large.
            return False
        return True

    def close(self) -> None:
        """Tell nobody any more."""
        self._socket.close()


def overheard(datagram: bytes) -> Overheard:
    """Return what a datagram tells."""
    (size,) = _HEAD.unpack_from(datagram)
    start = _HEAD.size + size
    return Overheard(**json.loads(datagram[_HEAD.size : start]), body=datagram[start:])


def agree(one: Any, other: Any) -> bool:
    """Whether two predictions, as JSON, say the same; numbers to a millionth."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return bool(abs(one - other) <= 1e-6 * max(1.0, abs(one), abs(other)))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(agree, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(agree(one[key], other[key]) for key in one)
    return bool(one == other)
