"""Who writes: the name that a person goes by in a book, and where it comes from."""

from __future__ import annotations

import getpass
import json
import os
import re
import subprocess
import time
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from cellbook.errors import InvalidInput, StoreWriteError
from cellbook.records import Author
from cellbook.settings import settings_file

_NAME = re.compile(r"\w(?:[\w.+@-]*\w)?")
_LONGEST = 100
_ANONYMOUS = re.compile(r"[0-9a-f]{32}")
"""What Jupyter calls somebody whom it knows nothing of: a fresh number for each browser."""
_GIT_SECONDS = 60.0
"""How long what git said is believed: asking it takes a process."""
_git_said: tuple[float | None, Author | None] = (None, None)
_WITH_NAMES = ("CELLBOOK_USER", "JUPYTERHUB_USER")


def check_author(name: str, display_name: str = "") -> Author:
    """Return somebody by the name that others mention them by.

    Raises
    ------
    InvalidInput
        If it could not stand behind an ``@``, or either is too long.
    """
    name, display_name = name.strip(), " ".join(display_name.split())
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise InvalidInput(
            f"{name[:_LONGEST]!r} is no user name. Use letters, digits, and any of . _ + @ - "
            "between them, such as ada or ada@example.org."
        )
    if len(display_name) > _LONGEST or not display_name.isprintable():
        raise InvalidInput(f"A person's name is one printable line of at most {_LONGEST} letters.")
    return Author(name, "" if display_name == name else display_name)


def jupyter_author(username: str, display_name: str = "") -> Author | None:
    """Return who a Jupyter server says that somebody is; None where it makes a name up.

    A server of one person, with a token or no password, gives each browser a number and the name
    of a moon; that is nobody whom colleagues know.
    """
    if _ANONYMOUS.fullmatch(username) or not username.strip():
        return None
    return _made_of(username, display_name)


def local_author(environment: Mapping[str, str] | None = None) -> Author | None:
    """Return who works here, so far as can be told; None if they are to be asked.

    That is who ``CELLBOOK_USER`` or ``JUPYTERHUB_USER`` names; else what was answered when it was
    asked; else git's ``user.email`` and ``user.name``.

    Parameters
    ----------
    environment
        None means that of this process.
    """
    given = os.environ if environment is None else environment
    for key in _WITH_NAMES:
        if given.get(key, "").strip():
            return _made_of(given[key])
    return _answered() or _known_to_git()


def naming_variable() -> str:
    """Return the environment variable that says who works here, above any answer; or nothing."""
    return next((key for key in _WITH_NAMES if os.environ.get(key, "").strip()), "")


def keep_author(author: Author) -> None:
    """Keep the answer of somebody who was asked, for all books of this user.

    Raises
    ------
    StoreWriteError
        If there is no place to keep it.
    """
    file = _file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}")
        told = {"name": author.name, "display_name": author.display_name}
        fresh.write_text(json.dumps(told), encoding="utf-8")
        fresh.replace(file)
    except OSError as error:
        raise StoreWriteError(
            f"Your name cannot be kept in {file} ({error.strerror or error}). Set CELLBOOK_USER "
            "instead."
        ) from None


def node_name() -> str:
    """Return what tells this user on this machine from themselves on another one."""
    return f"{getpass.getuser()}@{os.uname().nodename}" if hasattr(os, "uname") else "here"


def initials(author: Author) -> str:
    """Return one or two letters that stand for a person in a small circle."""
    words = [word for word in re.split(r"[\W_]+", author.display_name or author.name) if word]
    if not words:
        return "?"
    chosen = words[0][0] + (words[-1][0] if len(words) > 1 and "@" not in author.name else "")
    return chosen.upper()


def _made_of(name: str, display_name: str = "") -> Author | None:
    """Return somebody by whatever a system calls them, with what a name cannot hold left out."""
    told = unicodedata.normalize("NFC", name).strip()
    plain = re.sub(r"[^\w.+@-]+", "-", told).strip(".+@-")[:_LONGEST]
    plain = plain.rstrip(".+@-")
    shown = "".join(filter(str.isprintable, " ".join((display_name or told).split())))[:_LONGEST]
    if not _NAME.fullmatch(plain):
        return None
    return Author(plain, "" if shown == plain else shown)


def _file() -> Path:
    return settings_file("author.json")


def _answered() -> Author | None:
    try:
        told = json.loads(_file().read_text(encoding="utf-8"))
        return check_author(told["name"], told.get("display_name", ""))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _known_to_git() -> Author | None:
    global _git_said
    asked, known = _git_said
    if asked is None or time.monotonic() - asked > _GIT_SECONDS:
        known = _ask_git()
        _git_said = (time.monotonic(), known)
    return known


def _ask_git() -> Author | None:
    email, name = _git("user.email"), _git("user.name")
    if not email and not name:
        return None
    return _made_of(email.partition("@")[0] or name, name)


def _git(key: str) -> str:
    try:
        done = subprocess.run(
            ["git", "config", "--get", key], capture_output=True, text=True, timeout=5
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
