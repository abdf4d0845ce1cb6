"""Who wrote a checkpoint: an HMAC-SHA256 (RFC 2104) with a key that each user has.

A checkpoint is code: decoding it can run anything.  What carries one's own signature is
restored without a question; anything else only on consent, which names author and time.

What is signed is the SHA-256 of the table of the state, which holds that of each chunk of the
stream: the hashes that name chunks are fast, and can be forged.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

from platformdirs import user_data_path

from cellbook.records import Checkpoint, StoredBytes

_KEY_BYTES = 32


def sign(checkpoint: Checkpoint, book: str) -> str:
    """Return the signature of a checkpoint of the book with the id `book`; empty without a key."""
    return sign_text(_message(checkpoint, book))


def sign_text(message: bytes) -> str:
    """Return this user's signature of what they vouch for to themselves; empty without a key."""
    key = _key(_key_path())
    return hmac.new(key, message, hashlib.sha256).hexdigest() if key else ""


def is_own(checkpoint: Checkpoint, book: str) -> bool:
    """Whether this user's key signed a checkpoint, and with it what its state consists of."""
    expected = sign(checkpoint, book) if checkpoint.seal else ""
    return bool(expected) and hmac.compare_digest(expected, checkpoint.signature)


def _message(checkpoint: Checkpoint, book: str) -> bytes:
    document = checkpoint.document or StoredBytes(0, "")
    parts = [
        book,
        checkpoint.checkpoint_id,
        checkpoint.session_id,
        checkpoint.time,
        checkpoint.author,
        checkpoint.state.key,
        checkpoint.state.length,
        checkpoint.seal,
        document.key,
        document.length,
    ]
    return json.dumps(parts).encode()


def _key_path() -> Path:
    folder = os.environ.get("CELLBOOK_DATA_DIR")
    return (Path(folder) if folder else user_data_path("cellbook")) / "key"


@functools.cache
def _key(path: Path) -> bytes:
    """Return the user's key, made at first use; empty where it cannot be kept."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(fd, "wb") as file:
                file.write(secrets.token_bytes(_KEY_BYTES))
        key = path.read_bytes()
    except OSError:
        return b""
    return key if len(key) == _KEY_BYTES else b""
