"""Checks of versions on their way: on record from the start on, and started for who cannot wait.

A check takes a minute or more.  Whoever asks for one over HTTP, or in a panel, has it done by a
process of its own, and hears of it as of any other change of the book.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass

import psutil
from tinydb import where

from cellbook.errors import CellbookError, InvalidInput, Untrusted
from cellbook.packaging import Bundle
from cellbook.packaging.bundle import check_consent
from cellbook.packaging.manifest import WHEELS
from cellbook.records import ModelCheckRun, ModelVersion, from_doc, to_doc
from cellbook.registry.content import is_own
from cellbook.store import Op, Store, create, update
from cellbook.tracking.liveness import is_alive, own_identity

CHECKS = "model_checks"
_RUN = "from cellbook.answers.checking import run; run()"
_children: list[subprocess.Popen[str]] = []


@dataclass(frozen=True, slots=True)
class SeenCheck:
    """The newest check of a version, if it did not find anything yet."""

    run: ModelCheckRun
    alive: bool
    """Whether it is under way."""

    @property
    def problem(self) -> str:
        """Why it will never find anything; empty while it is under way."""
        if self.alive:
            return ""
        return self.run.problem or "It ended without a word: its process was killed."


class CheckUnderWay:
    """A check that this process does.

    Parameters
    ----------
    store
        The book's memory.
    version
        What is checked.
    by
        For whom.
    check_id
        Of a check that is on record as this process's already; empty for a new one.
    """

    def __init__(self, store: Store, version: ModelVersion, by: str, check_id: str = "") -> None:
        self._store = store
        self.check_id = check_id or store.new_id()
        run = ModelCheckRun(
            self.check_id, version.version_id, _now(), own_identity(), store.writer, by
        )
        # Also where it is on record: whoever started this process did not know its journal.
        store.commit([create(CHECKS, self.check_id, to_doc(run))])

    def found(self, event_id: str) -> Op:
        """Return what says that an event tells what it found."""
        return update(CHECKS, self.check_id, {"event": event_id, "end_time": _now()})

    def failed(self, error: CellbookError) -> None:
        """Say that it could not be done."""
        changes = {"end_time": _now(), "problem": str(error)}
        self._store.commit([update(CHECKS, self.check_id, changes)])


def start_check(store: Store, version: ModelVersion, bundle: Bundle, by: str) -> None:
    """Have a version checked by a process of its own, unless it is being checked.

    Raises
    ------
    Untrusted
        If code in it would run that this user did not make: from afar nobody consents to that.
    """
    if not is_own(store, version):
        try:
            check_consent(bundle, False)
            if (bundle.folder / WHEELS).is_dir():
                raise Untrusted("It carries packages, which are code.")
        except Untrusted as error:
            raise InvalidInput(
                f"Checking {version.label} runs code that somebody else made ({error}). Who "
                f"consents to that does it where the book is: `cellbook models check "
                f"{version.label} --trust`."
            ) from None
    with store.exclusive():
        running = unfinished(store, version)
        if running is not None and running.alive:
            return
        check_id = store.new_id()
        told = {"root": store.url, "version": version.version_id, "check": check_id, "by": by}
        _children[:] = [one for one in _children if one.poll() is None]
        child = subprocess.Popen(
            [sys.executable, "-P", "-c", _RUN],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            # It goes on when the server, or the kernel, ends.
            start_new_session=True,
        )
        _children.append(child)
        try:
            began = round(psutil.Process(child.pid).create_time(), 2)
        except psutil.NoSuchProcess:
            began = time.time()
        mine = own_identity()
        process = type(mine)(mine.host, child.pid, began, mine.boot)
        run = ModelCheckRun(check_id, version.version_id, _now(), process, store.writer, by)
        store.commit([create(CHECKS, check_id, to_doc(run))])
    assert child.stdin is not None
    # Only now, so that what it writes comes later than what is on record of it.
    with child.stdin as line:
        try:
            line.write(json.dumps(told))
        except OSError:
            return


def unfinished(store: Store, version: ModelVersion) -> SeenCheck | None:
    """Return the newest check of a version, if it did not find anything, or not yet."""
    query = where("version").one_of(list(version.ids))
    found = [from_doc(ModelCheckRun, doc) for _, _, doc in store.select(CHECKS, query)]
    if not found:
        return None
    newest = max(found, key=lambda one: one.check_id)
    if newest.event:
        return None
    sign = store.last_sign(newest.writer)
    alive = newest.end_time is None and is_alive(newest.process, sign, time.time())
    return SeenCheck(newest, alive)


def _now() -> int:
    return time.time_ns() // 1_000_000
