"""Which names hold passwords, keys and tokens, and what stands in the place of their values."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from cellbook.records.values import Json
from cellbook.records.words import words

MASK = "••••"
"""Stands where a secret was; says nothing of it, its length neither."""

_PASSWORDS = ("password", "passwords", "passwd", "passwort", "passphrase")
_TOKENS = words("accesstoken apitoken authtoken bearertoken refreshtoken sessiontoken token")
_SECRETS = words(
    "secret secrets credential credentials apikey accesskey secretkey privatekey authkey accountkey"
)
_KEYS_OF = words(
    "access account api auth authentication deploy encryption license master private secret "
    "service shared signing ssh storage subscription"
)
_DESCRIBES = words(
    "algorithm arn audience budget class classification cls col column cost count counts dim "
    "digest dir embedding embeddings enabled endpoint env error errors expires expiry field "
    "fields file format hash help hint id ids idx index issuer label len length level limit "
    "limits list date location manager mask max md min missing name names num number page path "
    "pattern policy pool position prefix price prompt provider range rate ratio regex required "
    "reset rotation sha size source store strength suffix template ttl type types uri url usage"
    " var vault version"
)
"""Last words of names that tell something about a secret rather than the secret."""
_LANGUAGE = words(
    "bos cls cur current decoded end eos first image indicator input last mask new next null "
    "out output pad predicted prev previous special start stop sub target text unk word"
)
"""Beside ``token``, these speak of language models."""
_ASKS = words("allow allows disable enable has is need needs no require requires show use uses")
"""First words of names that hold yes or no."""
LETTERS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def is_secret_name(name: str) -> bool:
    """Say whether a variable, key or option of that name holds a secret."""
    return bool(secret_kind(name[:100]))


@lru_cache(maxsize=2048)
def secret_kind(name: str) -> str:
    """Return ``password``, ``secret`` or ``token`` for the name of one, else nothing."""
    parts = [word.lower() for word in LETTERS.findall(name)]
    if not parts:
        return ""
    known = set(parts)
    if parts[-3:] == ["access", "key", "id"]:
        return "secret"
    if parts[-1] in _DESCRIBES or parts[0] in _ASKS or "public" in known:
        return ""
    # PWD by itself is the working directory, and pass a word of Python; but PGPASSWORD.
    named = any(part.endswith(_PASSWORDS) for part in parts)
    if named or (len(parts) > 1 and parts[-1] in ("pwd", "pass")):
        return "password"
    if known & _SECRETS or any(
        second == "key" and first in _KEYS_OF for first, second in pairwise(parts)
    ):
        return "secret"
    last = {word.lower() for word in LETTERS.findall(name.rpartition(".")[2])}
    return "token" if last & _TOKENS and not known & _LANGUAGE else ""


def without_secrets(name: str, value: Json) -> Json:
    """Return a param's value, masked at any depth where its name, or a key in it, is a secret's."""
    if isinstance(value, dict):
        return {key: without_secrets(key, item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_secrets(name, item) for item in value]
    return MASK if value not in (None, "", True, False) and is_secret_name(name) else value
