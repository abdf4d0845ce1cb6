"""Notices: a webhook or a command that tells people outside of the book what was said to them.

Off unless the user says otherwise, in their own settings: never in the book, which others write to
and which may come by mail.  Sending happens in a thread of its own; a comment neither waits for it
nor fails by it, and of what cannot be sent one warning tells.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shlex
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import IO, Any
from urllib.parse import urlsplit

from cellbook.commenting.people import settings_file
from cellbook.errors import InvalidInput, StoreWriteError

WEBHOOK, COMMAND = "CELLBOOK_NOTICES_WEBHOOK", "CELLBOOK_NOTICES_COMMAND"
"""Environment variables that stand above the settings; empty ones turn notices off."""
SECONDS = 10.0
"""How long a webhook or command may take."""
_AT_END = 5.0
"""Seconds that the end of a process waits for what is still to be sent."""
_MOST = 1_000
_FILE = "notices.json"


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """Where notices go; nowhere if both are empty."""

    webhook: str = ""
    """Takes a POST of JSON: ``{"text": "…"}``, as Slack's do."""
    command: str = ""
    """Gets the same JSON on its standard input; no shell reads it."""

    def __bool__(self) -> bool:
        return bool(self.webhook or self.command)

    def __str__(self) -> str:
        told = []
        if self.webhook:
            told.append(f"webhook {masked(self.webhook)}")
        if self.command:
            told.append(f"command {_program(self.command)}")
        return " and ".join(told) or "off"


def notice_settings(environment: Mapping[str, str] | None = None) -> NoticeSettings:
    """Return where notices go: as the environment says, else as the user's settings do."""
    given = os.environ if environment is None else environment
    if WEBHOOK in given or COMMAND in given:
        return NoticeSettings(given.get(WEBHOOK, "").strip(), given.get(COMMAND, "").strip())
    try:
        told = json.loads(settings_file(_FILE).read_text(encoding="utf-8"))
        return NoticeSettings(str(told.get("webhook", "")), str(told.get("command", "")))
    except (OSError, ValueError, AttributeError):
        return NoticeSettings()


def keep_notice_settings(settings: NoticeSettings) -> None:
    """Keep where notices go, for all books of this user; only they can read the file.

    Raises
    ------
    InvalidInput
        If the webhook is no http or https URL, or the command cannot be read.
    StoreWriteError
        If there is no place to keep it.
    """
    if settings.webhook:
        check_webhook(settings.webhook)
    if settings.command:
        _words(settings.command)
    file = settings_file(_FILE)
    told = {"webhook": settings.webhook, "command": settings.command}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(FileNotFoundError):
            fresh.unlink()
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
            json.dump(told, opened)
        fresh.replace(file)
    except OSError as error:
        raise StoreWriteError(
            f"It cannot be kept in {file} ({error.strerror or error}). Set {WEBHOOK} instead."
        ) from None


def check_webhook(url: str) -> None:
    """Raise InvalidInput if a URL is none that a notice may be sent to."""
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


class Notifier:
    """Sends notices in the background.

    Parameters
    ----------
    make
        Returns the text to be sent of what was said, empty for none; called in the background.
    report
        Told once why notices do not arrive, and again after they did.
    """

    def __init__(self, make: Callable[..., str], report: Callable[[str], None]) -> None:
        self._make = make
        self._report = report
        self._lock = threading.Lock()
        self._due: queue.Queue[tuple[NoticeSettings, tuple[Any, ...]]] = queue.Queue(_MOST)
        self._process = 0
        self._failed = False

    def tell(self, *said: Any) -> None:
        """Have something told that was said; returns at once."""
        settings = notice_settings()
        if not settings:
            return
        with self._lock:
            if self._process != os.getpid():
                # The thread of a parent process is not in its forked child.
                self._process, self._due = os.getpid(), queue.Queue(_MOST)
                threading.Thread(
                    target=self._work, args=(self._due,), name="cellbook-notices", daemon=True
                ).start()
        try:
            self._due.put_nowait((settings, said))
        except queue.Full:
            self._fail("too many are waiting")

    def settle(self, seconds: float = _AT_END) -> None:
        """Wait until all was sent, though not for long."""
        end = time.monotonic() + seconds
        while self._process == os.getpid() and self._due.unfinished_tasks:
            if time.monotonic() > end:
                return
            time.sleep(0.01)

    def _work(self, due: queue.Queue[tuple[NoticeSettings, tuple[Any, ...]]]) -> None:
        while True:
            settings, said = due.get()
            try:
                text = self._make(*said)
                if text:
                    send(settings, text)
                    self._failed = False
            except Exception as error:
                # Whatever it is, the thread lives on: the next notice may arrive.
                self._fail(_reason(error))
            finally:
                due.task_done()

    def _fail(self, why: str) -> None:
        if not self._failed:
            self._failed = True
            self._report(
                f"A notice of a comment could not be sent ({why}); the comment itself is on "
                "record. `cellbook comments notices` shows and changes where they go."
            )


def send(settings: NoticeSettings, text: str) -> None:
    """Send a text to wherever notices go."""
    content = json.dumps({"text": text}, ensure_ascii=False).encode("utf-8", "replace")
    errors = []
    for where, deliver in ((settings.webhook, _post), (settings.command, _run)):
        try:
            if where:
                deliver(where, content)
        except (OSError, ValueError, subprocess.SubprocessError, InvalidInput) as error:
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


def _post(url: str, content: bytes) -> None:
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


def _run(command: str, content: bytes) -> None:
    done = subprocess.run(_words(command), input=content, capture_output=True, timeout=SECONDS)
    if done.returncode:
        raise OSError(f"the command ended with status {done.returncode}")


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words:
        raise InvalidInput(
            "The command for notices cannot be read. Quote it as a shell wants it, in one text."
        )
    return words


def _program(command: str) -> str:
    try:
        return _words(command)[0]
    except InvalidInput:
        return "…"


def _reason(error: Exception) -> str:
    """Return what went wrong, without the webhook's address, which is a secret."""
    if isinstance(error, urllib.error.URLError):
        why = getattr(error.reason, "strerror", None) or type(error.reason).__name__
        return f"the webhook cannot be reached: {why}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"the command took longer than {SECONDS:.0f} s"
    if isinstance(error, InvalidInput) or (isinstance(error, OSError) and not error.errno):
        return str(error).rstrip(".")
    return getattr(error, "strerror", None) or type(error).__name__
