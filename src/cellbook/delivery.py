"""What is sent out of a book: JSON to a webhook, or to a command of the user's.

Where to is the user's own setting or environment, never the book's, which others write to and which
may come by mail.  A webhook's address is a secret: it is shown nowhere.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import IO, Any
from urllib.parse import urlsplit

from cellbook.errors import InvalidInput
from cellbook.settings import keep_secret_settings, settings_file

SECONDS = 10.0
"""How long a webhook or command may take."""


@dataclass(frozen=True, slots=True)
class Destinations:
    """Where something goes; nowhere if both are empty."""

    webhook: str = ""
    """Takes a POST of JSON with a ``text``, as Slack's do."""
    command: str = ""
    """Gets the same JSON on its standard input; no shell reads it."""

    def __bool__(self) -> bool:
        return bool(self.webhook or self.command)

    def __str__(self) -> str:
        return " and ".join(f"{kind} {told}" for kind, told in self.told().items()) or "off"

    def told(self) -> dict[str, str]:
        """Return what may be shown of each: a webhook's host, a command's program."""
        found = {}
        if self.webhook:
            found["webhook"] = masked(self.webhook)
        if self.command:
            found["command"] = _program(self.command)
        return found

    def deliverers(self) -> dict[str, Callable[[bytes], None]]:
        """Return what sends to each, by ``webhook`` and ``command``."""
        found: dict[str, Callable[[bytes], None]] = {}
        if self.webhook:
            found["webhook"] = lambda content: post(self.webhook, content)
        if self.command:
            found["command"] = lambda content: run(self.command, content)
        return found


def destinations(
    name: str, webhook: str, command: str, environment: Mapping[str, str] | None = None
) -> Destinations:
    """Return where something goes: as the environment says, else as the user's settings do.

    Parameters
    ----------
    name
        The file of the settings.
    webhook, command
        Names of environment variables that stand above these; empty ones turn it off.
    environment
        None means that of this process.
    """
    given = os.environ if environment is None else environment
    if webhook in given or command in given:
        return Destinations(given.get(webhook, "").strip(), given.get(command, "").strip())
    try:
        told = json.loads(settings_file(name).read_text(encoding="utf-8"))
        return Destinations(str(told.get("webhook", "")), str(told.get("command", "")))
    except (OSError, ValueError, AttributeError):
        return Destinations()


def keep_destinations(name: str, chosen: Destinations, instead: str) -> None:
    """Keep where something goes, for all books of this user; only they can read the file.

    Raises
    ------
    InvalidInput
        If the webhook is no http or https URL, or the command cannot be read.
    StoreWriteError
        If there is no place to keep it.
    """
    if chosen.webhook:
        check_webhook(chosen.webhook)
    if chosen.command:
        _words(chosen.command)
    told = {"webhook": chosen.webhook, "command": chosen.command}
    keep_secret_settings(name, told, instead)


def check_webhook(url: str) -> None:
    """Raise InvalidInput if a URL is none that something may be sent to."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
        known = known and (parts.port is None or parts.port > 0)
    except ValueError:
        known = False
    if not known or any(char.isspace() or not char.isprintable() for char in url):
        raise InvalidInput("A webhook is a URL that begins with https:// or http://. Give one.")


def masked(url: str) -> str:
    """Return whose webhook a URL is: its path and query are a secret."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname}/…"
    except ValueError:
        return "…"


def as_content(told: Mapping[str, Any]) -> bytes:
    """Return what is sent as the bytes of its JSON."""
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")


FAILURES = (OSError, ValueError, subprocess.SubprocessError, InvalidInput)
"""What sending fails with."""


def send(chosen: Destinations, told: Mapping[str, Any]) -> None:
    """Send something to wherever it goes; raise what went wrong first, when all was tried."""
    content, errors = as_content(told), []
    for deliver in chosen.deliverers().values():
        try:
            deliver(content)
        except FAILURES as error:
            errors.append(error)
    if errors:
        raise errors[0]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows nobody: a webhook is where the user said it is."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message,
        newurl: str,
    ) -> None:  # fmt: skip
        """Return nothing: what redirects has failed."""


def post(url: str, content: bytes) -> None:
    """Send JSON to a webhook.

    Raises
    ------
    OSError
        If it cannot be reached, or does not answer that all is well.
    """
    check_webhook(url)
    request = urllib.request.Request(
        url, content, {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Cellbook"}
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=SECONDS) as answer:
            answer.read(1024)
    except urllib.error.HTTPError as error:
        error.close()
        raise OSError(f"the webhook answered {error.code}") from None


def run(command: str, content: bytes) -> None:
    """Run a command with JSON on its standard input.

    Raises
    ------
    OSError
        If it cannot be run, or ends with another status than 0.
    """
    done = subprocess.run(_words(command), input=content, capture_output=True, timeout=SECONDS)
    if done.returncode:
        raise OSError(f"the command ended with status {done.returncode}")


def reason_of(error: Exception) -> str:
    """Return what went wrong, without the webhook's address, which is a secret."""
    if isinstance(error, urllib.error.URLError):
        why = getattr(error.reason, "strerror", None) or type(error.reason).__name__
        return f"the webhook cannot be reached: {why}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"the command took longer than {SECONDS:.0f} s"
    if isinstance(error, InvalidInput) or (isinstance(error, OSError) and not error.errno):
        return str(error).rstrip(".")
    return getattr(error, "strerror", None) or type(error).__name__


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words:
        raise InvalidInput("The command cannot be read. Quote it as a shell wants it, in one text.")
    return words


def _program(command: str) -> str:
    try:
        return _words(command)[0]
    except InvalidInput:
        return "…"
