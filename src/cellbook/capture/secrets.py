"""Takes passwords, keys and tokens out of text before it goes on record.

Three nets, each one linear in the length of the text (a plain search finds the few places worth a
look, and what is matched there never backtracks over more than a bounded stretch):

- shapes that are secret wherever they stand: cloud keys, forge tokens, JSON web tokens, private
  key blocks, the user part of URLs, ``Authorization`` headers;
- values given to secret *names*: ``DB_PASSWORD=…``, ``"api_key": "…"``, ``--token …``;
- for mappings and command lines, the names alone.

What only looks like one stays: ``tokenizer = …``, ``max_tokens=100``, ``pad_token="[PAD]"``,
hashes, and in code what fetches a secret: ``password = getpass()``, ``api_key=api_key``.
Lines are neither added nor taken away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from cellbook.records.secret_names import LETTERS, MASK, is_secret_name, secret_kind
from cellbook.records.words import words

# ── text ──────────────────────────────────────────────────────────────────────────────────────


def mask(text: str) -> str:
    """Return `text` with every secret in it replaced by `MASK`; the line breaks stay."""
    if "PRIVATE KEY" in text:
        text = _mask_key_blocks(text)
    for needle, pattern in _SHAPES:
        if needle in text:
            text = _replace(text, _places(text, needle), _compiled(pattern).match, _mask_shape)
    if "://" in text:
        text = _replace(text, _places(text, "://"), _USER.match, _mask_user)
    lowered = _lower(text)
    if "bearer " in lowered:
        text = _replace(text, _places(lowered, "bearer "), _BEARER.match, _mask_group)
        lowered = _lower(text)
    hits = sorted(place for needle in _NAMES for place in _places(lowered, needle))
    return _mask_named(text, hits) if hits else text


def mask_argv(arguments: Iterable[str]) -> list[str]:
    """Return a command line with its secrets masked: ``--password x``, ``--token=x``, ``KEY=x``."""
    masked: list[str] = []
    flagged = False
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if flagged and not argument.startswith("-"):
            masked.append(MASK)
            flagged = False
            continue
        secret = is_secret_name(name) or name.lower() in _SECRET_OPTIONS
        secret = secret or (name == "-p" and _takes_password(masked))
        flagged = argument.startswith("-") and not equals and secret
        if equals and value and secret and not re.search(r"[\s:/]", name):
            masked.append(f"{name}={MASK}")
        else:
            masked.append(mask(argument))
    return masked


_SECRET_OPTIONS = frozenset(("--pass", "--pwd", "--auth"))
"""Options with the value of a secret whose bare names mean something else elsewhere."""
_PASSWORD_PROGRAMS = frozenset(
    words("sshpass mongo mongosh mongodump mongorestore mongoimport mongoexport sqlcmd ldapsearch")
)
_ELSEWHERE = frozenset(words("ssh scp sftp psql pg_dump docker podman mkdir pytest"))
"""Programs for which ``-p`` is a port, a parent, a plugin."""


def _takes_password(before: Sequence[str]) -> bool:
    """Whether ``-p`` behind these arguments gives a password.

    It does to the clients named here, and most likely to a script, where it stands beside a user.
    """
    names = {part.replace("\\", "/").rpartition("/")[2].lower() for part in before[:3]}
    if names & _ELSEWHERE:
        return False
    users = {"-u", "--user", "--username", "--login"}
    return bool(names & _PASSWORD_PROGRAMS) or any(
        part.partition("=")[0] in users for part in before
    )


def mask_mapping(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy with the values of secret names masked, at any depth, and secrets in text."""
    return {key: _mask_value(value, is_secret_name(str(key))) for key, value in mapping.items()}


def _mask_value(value: Any, secret: bool) -> Any:
    if isinstance(value, Mapping):
        return mask_mapping(value)
    if isinstance(value, (list, tuple)):
        return [_mask_value(item, secret) for item in value]
    if secret and value not in (None, "", True, False):
        return MASK
    return mask(value) if isinstance(value, str) else value


def _lower(text: str) -> str:
    """Return `text` in lower case with every character in its place."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text.translate(_LOWER)


def _places(text: str, needle: str) -> Iterable[int]:
    place = text.find(needle)
    while place >= 0:
        yield place
        place = text.find(needle, place + len(needle))


def _replace(
    text: str,
    places: Iterable[int],
    match: Callable[[str, int], re.Match[str] | None],
    masked: Callable[[re.Match[str]], str],
) -> str:
    """Replace what `match` finds at any of `places`, which ascend."""
    parts: list[str] = []
    done = 0
    for place in places:
        found = match(text, place) if place >= done and _starts(text, place) else None
        if found is not None:
            parts += text[done:place], masked(found)
            done = found.end()
    return "".join(parts) + text[done:] if parts else text


def _starts(text: str, place: int) -> bool:
    """Say whether a word starts here; in JSON it may follow an escape: ``\\nghp_…``."""
    before = text[max(0, place - 2) : place]
    if before in ("\\n", "\\r", "\\t") or text.startswith("://", place):
        return True
    return not (before[-1:].isalnum() or before[-1:] in ("_", "-"))


# ── shapes ────────────────────────────────────────────────────────────────────────────────────


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # When its needle turns up, not all of them at import.
    return re.compile(pattern, re.ASCII)


def _shape(needle: str, rest: str) -> tuple[str, str]:
    return needle, f"({re.escape(needle)}){rest}"


_SHAPES = (
    *(
        _shape(prefix, r"[A-Z0-9]{16}(?![A-Za-z0-9])")
        for prefix in ("AKIA", "ASIA", "ABIA", "ACCA")
    ),
    *(_shape(f"gh{kind}_", r"[A-Za-z0-9]{30,}+") for kind in "pousr"),
    _shape("github_pat_", r"\w{22,}+"),
    *(_shape(f"gl{kind}-", r"[\w.-]{20,}+") for kind in ("pat", "dt", "rt", "ptt", "cbt", "soat")),
    *(_shape(f"xox{kind}-", r"[\w-]{10,}+") for kind in "abceoprs"),
    _shape("xapp-", r"[\w-]{20,}+"),
    *(_shape(prefix, r"(?=[\w-]{0,60}\d)[\w-]{20,}+") for prefix in ("sk-", "gsk_", "r8_")),
    *(_shape(f"{kind}k_{mode}_", r"\w{16,}+") for kind in "rs" for mode in ("live", "test")),
    *(_shape(prefix, r"[A-Za-z0-9]{30,}+") for prefix in ("hf_", "api_org_", "npm_")),
    _shape("AIza", r"[\w-]{35}(?![\w-])"),
    *(_shape(prefix, r"[\w-]{20,}+") for prefix in ("ya29.", "GOCSPX-", "dop_v1_", "pypi-AgE")),
    _shape("dapi", r"[0-9a-f]{32}(?![\w-])"),
    _shape("SG.", r"[\w-]{16,}+\.[\w-]{16,}+"),
    _shape("eyJ", r"[\w-]{8,}+\.[\w-]{8,}+(?:\.[\w-]*+)?"),
    ("hooks.slack.com/", r"hooks\.slack\.com/(?:services|workflows)/([\w/]{10,}+)"),
    ("discord.com/api/webhooks/", r"discord\.com/api/webhooks/([\w/-]{10,}+)"),
)
_USER = re.compile(r"://([^\s/?#\"'<>@:\\]{0,256}+)(?::([^\s/?#\"'<>\\]{0,512}))?@")
_BEARER = re.compile(r"bearer[ ]++((?=[\w.~+/-]{0,60}\d)[\w.~+/-]{16,}+=*+)", re.IGNORECASE)


def _mask_shape(found: re.Match[str]) -> str:
    return _mask_group(found) if found.end(1) == found.end() else MASK


def _mask_group(found: re.Match[str]) -> str:
    return found[0][: found.start(1) - found.start()] + MASK


def _mask_user(found: re.Match[str]) -> str:
    user, password = found[1], found[2]
    if password is None:
        # https://TOKEN@host
        secret = len(user) >= 20 and any(character.isdigit() for character in user)
        return f"://{MASK}@" if secret else found[0]
    return found[0] if _PLACEHOLDER.fullmatch(password) else f"://{user}:{MASK}@"


_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
_ENCODED = re.compile(r"[A-Za-z0-9+/]{16}")
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/=:, \t\r\n\"'-]|\\[nr])*+")


def _mask_key_blocks(text: str) -> str:
    parts: list[str] = []
    done = 0
    ends = [(found.start(), found.end()) for found in _END.finditer(text)]
    number = 0
    for begin in _BEGIN.finditer(text):
        if begin.start() < done:
            continue
        while number < len(ends) and ends[number][0] < begin.end():
            number += 1
        if number < len(ends):
            inside, stop = text[begin.end() : ends[number][0]], ends[number][0]
        else:  # the end was cut off
            rest = _BASE64.match(text, begin.end())
            inside, stop = (rest[0], rest.end()) if rest else ("", begin.end())
        if _ENCODED.search(inside):  # else somebody writes about keys
            inside = "\n".join(MASK if line.strip() else line for line in inside.split("\n"))
        parts += text[done : begin.end()], inside
        done = stop
    return "".join(parts) + text[done:]


# ── values of secret names ────────────────────────────────────────────────────────────────────

_NAMES = (
    "passw",
    "passphrase",
    "secret",
    "token",
    "credential",
    "key",
    "pwd",
    "pass",
    "authorization",
)
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
_REST = re.compile(r"[\w.-]{1,100}+", re.ASCII)
_GIVEN = re.compile(
    r"""
    (?P<close>[\\"'\]]{0,4}+)                       # the end of a quoted key, or of an index
    (?:
        :[ \t]*+\w[\w.\[\]| ]{0,60}?=[ \t]*+(?=[rbfuRBFU]{0,2}["'\\])  # an annotation and a text
      | (?P<before>[ \t]{0,8}+)(?P<sign>:=|==|!=|=>|=|:)(?P<after>[ \t]{0,8}+)
      | (?P<gap>[ \t]{1,4}+)(?!-)                   # --password x
    )
    """,
    re.VERBOSE,
)
_QUOTED = re.compile(
    r"""
    [rbfuRBFU]{0,2}+
    (?: (?P<triple>\"\"\"|''')(?P<a>(?:(?!(?P=triple))[^\r\n])*+)
      | (?P<escaped>\\{1,3}+["'])(?P<b>(?:(?!(?P=escaped))[^\r\n])*+)
      | "(?P<c>(?:[^"\\\r\n]|\\[^\r\n])*+)
      | '(?P<d>(?:[^'\\\r\n]|\\[^\r\n])*+)
    )
    """,
    re.VERBOSE,
)
_BARE = re.compile(r"[^\s\"'`,;()\[\]{}<>&|\\]++")
_SCHEME = re.compile(r"(?:(?:bearer|basic|token|digest|apikey|bot)[ ]++)?", re.IGNORECASE)
_CREDENTIALS = re.compile(r"[^\s\"',;\\{}<>]{4,}+")
_EXPRESSION = re.compile(r"[A-Za-z_][\w.]*+")
_PLACEHOLDER = re.compile(
    r"(?:%\(\w*\)[sdr]|%[sdr]|\{[^{}]*\}|<[^<>]*>|\$\w+|[\W_]|x(?=[x\W_]|$))*+"
    r"|\$\(.*|none|null|true|false|undefined",
    re.IGNORECASE,
)
"""What stands for a value to come: ``<your key>``, ``${TOKEN}``, ``%s:%s``, ``xxx``, ``***``."""
_WHOLE = re.compile(r"[^\s,()\[\]{}]{4,}+")
_TYPES = words("str string bytes int float bool any object optional type text")


def _mask_named(text: str, hits: Sequence[int]) -> str:
    parts: list[str] = []
    done = 0
    for hit in hits:
        if hit < done:
            continue
        left = text[max(done, hit - 100) : hit]
        start = hit - (len(left) - len(left.rstrip(_NAME_CHARACTERS)))
        rest = _REST.match(text, hit)
        end = rest.end() if rest else hit
        if text[start - 1 : start] == "\\":
            start += 1  # the letter of an escape in JSON: \npassword = …
        name = text[start:end]
        span = _value(text, name, start, end)
        if span is None:
            parts.append(text[done:end])
            done = end
        else:
            parts += text[done : span[0]], MASK
            done = span[1]
    return "".join(parts) + text[done:]


def _value(text: str, name: str, start: int, end: int) -> tuple[int, int] | None:
    """Return where the secret lies that is given to the name at `start` to `end`."""
    header = name.lower().endswith("authorization")
    kind = "header" if header else secret_kind(name)
    given = _GIVEN.match(text, end) if kind else None
    if given is None or text[start - 1 : start] == ":":
        return None  # arn:…:secret:name, AWS::IAM::AccessKey
    option = name.startswith("-") and not given["close"]
    if given["gap"] and not option:
        return None
    quoted = _QUOTED.match(text, given.end())
    if quoted:
        compared = given["sign"] in ("==", "!=")
        return None if compared and kind == "token" else _quoted(text, kind, name, start, quoted)
    if given["sign"] in ("==", "!="):
        return None
    bare = _BARE.match(text, given.end())
    if bare is None or bare[0][0] in ":=" or _PLACEHOLDER.fullmatch(bare[0]):
        return None
    if header:
        # Anything else is code that puts a header together.
        plain = not given["close"] and (given["sign"] == ":" or not given["after"])
        return _credentials(text, given.end(), len(text)) if plain else None
    if option and given["gap"]:
        return bare.span() if _is_argument(text, bare) else None
    return bare.span() if _is_secret_word(kind, name, text, start, given, bare) else None


def _quoted(
    text: str, kind: str, name: str, start: int, quoted: re.Match[str]
) -> tuple[int, int] | None:
    group = "abcd"[[quoted[letter] is not None for letter in "abcd"].index(True)]
    value = quoted[group]
    quote = text[quoted.start(group) - 1]
    before = text[max(0, start - 200) : quoted.start(group) - 1].rpartition("\n")[2]
    if group in "cd" and before.count(quote) % 2 and not _WHOLE.fullmatch(value):
        # This quote ends a text rather than starts one: getpass("Password: ").
        return None
    if kind == "header":
        return _credentials(text, *quoted.span(group))
    return quoted.span(group) if _is_secret_text(kind, name, value) else None


def _is_argument(text: str, bare: re.Match[str]) -> bool:
    """Tell ``--password hunter`` from prose: "the --password option is …"."""
    following = text[bare.end() : bare.end() + 2]
    return (
        not bare[0].islower()
        or not bare[0].isalpha()
        or not following.startswith(" ")
        or (following == " -")
    )


def _credentials(text: str, start: int, end: int) -> tuple[int, int] | None:
    scheme = _SCHEME.match(text, start)
    found = _CREDENTIALS.match(text, scheme.end() if scheme else start, end)
    return found.span() if found and not _PLACEHOLDER.fullmatch(found[0]) else None


def _is_secret_text(kind: str, name: str, value: str) -> bool:
    if _PLACEHOLDER.fullmatch(value) or value == name:
        return False
    if kind != "token":
        return True
    # A bare "token" may be a word of a language model's.
    compound = name.isupper() or len(LETTERS.findall(name)) > 1
    telling = compound or any(character.isdigit() for character in value)
    return len(value) >= 8 and telling and not any(mark in value for mark in " <>[]|")


def _is_secret_word(
    kind: str, name: str, text: str, start: int, given: re.Match[str], bare: re.Match[str]
) -> bool:
    """Tell a secret without quotes (.env, YAML, logs) from an expression in code."""
    value = bare[0]
    if text[bare.end() : bare.end() + 1] in ("(", "[", "{", "<") or value[0] in "=$":
        return False
    digits = sum(character.isdigit() for character in value)
    if kind == "token" and (len(value) < 8 or not digits or digits == len(value)):
        return False
    if not _EXPRESSION.fullmatch(value):
        return digits < len(value) or len(value) >= 4
    if "." in value or value.lower() in _TYPES or value == name:
        return False
    line = text[max(0, start - 200) : start].rpartition("\n")[2]
    if given["sign"] == "=" and not given["before"] and not given["after"]:
        # As in .env files and URLs; but f(password=password) hands a variable on.
        in_call = line.rstrip()[-1:] in ("(", ",") or (line.isspace() and not name.isupper())
        handed_on = text[bare.end() : bare.end() + 1] in (",", ")")
        return not (in_call or handed_on) or digits >= 2
    to_the_end = text[bare.end() : bare.end() + 1] in ("", "\n", "\r")
    if given["sign"] == ":" and kind == "password" and not line.strip(" \t-") and to_the_end:
        return not value[0].isupper() or digits > 0
    # With spaces around it may be code, where tokens are numbered things of a parser's.
    enough = 6 if kind != "token" else 16 if given["sign"] == "=" else 10
    return given["sign"] in ("=", ":") and digits >= 2 and len(value) >= enough
