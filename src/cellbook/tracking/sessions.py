"""Sessions: this process in the book, its signs of life, and the repair of those that died."""

from __future__ import annotations

import contextlib
import getpass
import os
import threading
import time
from collections.abc import Callable, Iterator

from tinydb import where

from cellbook.errors import StoreError, StoreReadOnly
from cellbook.records import (
    CellState,
    ProcessIdentity,
    RunRecord,
    RunState,
    Session,
    SessionKind,
    SessionState,
    encodable,
    from_doc,
    to_doc,
)
from cellbook.store import Op, Store, create, update
from cellbook.tracking.liveness import is_alive, own_identity
from cellbook.tracking.summary import summarise

_TICK_SECONDS = 1.0
_REPAIR_EVERY = 30.0


class Sessions:
    """This process's session in a book; opened when something is first recorded.

    Parameters
    ----------
    store
        The book's memory.
    on_tick
        Called every second, from a background thread, while the session is open.
    """

    def __init__(self, store: Store, on_tick: Callable[[], None]) -> None:
        self._store = store
        self._on_tick = on_tick
        self._lock = threading.RLock()
        self._id: str | None = None
        self._kind = SessionKind.SCRIPT
        self._notebook: str | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._repaired = 0.0

    def describe(self, kind: SessionKind, notebook: str | None) -> None:
        """Say what kind of process this is and what notebook or script it runs."""
        with self._lock:
            self._kind = kind
            changed = self._notebook != notebook
            self._notebook = notebook
            if self._id is not None and changed:
                self._store.commit(
                    [update("sessions", self._id, {"notebook": encodable(notebook or "") or None})]
                )

    @property
    def kind(self) -> SessionKind:
        """What kind of process this is."""
        return self._kind

    @property
    def notebook(self) -> str | None:
        """The notebook or script, as it was described."""
        return self._notebook

    @property
    def current(self) -> str | None:
        """The id of this process's session; None while nothing was recorded."""
        return self._id

    def ensure(self) -> str:
        """Return the id of this process's session, opening it if need be."""
        with self._lock:
            if self._id is None:
                self._id = self._store.new_id()
                session = Session(
                    session_id=self._id,
                    kind=self._kind,
                    process=own_identity(),
                    start_time=_now(),
                    writer=self._store.writer,
                    state=SessionState.OPEN,
                    user=_user(),
                    notebook=self._notebook,
                )
                try:
                    self._store.commit([create("sessions", self._id, to_doc(session))])
                except StoreReadOnly:
                    # Nothing waits to be written: should the book open later, it begins anew.
                    self._id = None
                    raise
            if self._thread is None:
                self._stop = threading.Event()
                self._thread = threading.Thread(
                    target=self._live, args=(self._stop,), name="cellbook-heart", daemon=True
                )
                self._thread.start()
            return self._id

    def alive_op(self) -> Op:
        """Return the change that says this session is open, should another have buried it."""
        return update("sessions", self.ensure(), {"state": SessionState.OPEN}, [["end_time"]])

    def share(self, run_id: str) -> None:
        """Note that this process logs to a run that is not its own, or has ended."""
        self._store.commit([update("sessions", self.ensure(), {"shares": {run_id: True}})])

    def share_ops(self, record: RunRecord) -> list[Op]:
        """Return the changes that say that a run's session goes on with it beside this one."""
        if record.state.is_final or record.session in (None, self._id):
            return []
        return [update("sessions", record.session, {"shares": {record.run_id: True}})]

    def unshare_ops(self, run_id: str) -> list[Op]:
        """Return the changes that say that this process is done with a shared run."""
        return [update("sessions", self._id, {}, [["shares", run_id]])] if self._id else []

    def set_environment(self, environment: str) -> None:
        """Note which environment the session runs in."""
        session = self.ensure()
        self._store.commit([update("sessions", session, {"environment": environment})])

    def close(self) -> None:
        """End the session."""
        with self._lock:
            self._stop.set()
            self._thread = None
            session, self._id = self._id, None
        if session is not None:
            changes = {"state": SessionState.CLOSED, "end_time": _now()}
            self._store.commit([update("sessions", session, changes)])

    def forget(self) -> None:
        """Leave the session to the parent process, in a forked child."""
        self._lock = threading.RLock()
        self._id = None
        self._kind = SessionKind.WORKER
        self._thread = None

    def repair(self, *, force: bool = False) -> int:
        """Mark what dead processes left open: runs crashed, cells killed; return how many.

        Without `force`, at most every half minute.
        """
        now = time.monotonic()
        if self._store.read_only or (not force and now - self._repaired < _REPAIR_EVERY):
            return 0
        self._repaired = now
        suspects = [session for session in self._suspects() if session != self._id]
        behind = [run_id for run_id in self._shared() if self._behind(run_id)]
        if not suspects and not behind:
            return 0
        repaired = 0
        with self._store.exclusive():
            for session_id in suspects:
                fresh = self._store.get("sessions", session_id)
                if fresh is not None:
                    ops = self._bury(from_doc(Session, fresh))
                    self._store.commit(ops)
                    repaired += len(ops)
            for run_id in behind:
                self._store.commit(self._catch_up(run_id))
        return repaired

    def _suspects(self) -> Iterator[str]:
        """Yield the sessions whose process is gone, and closed ones that have a run still open.

        The end of such a run was damaged, or kept in memory for a disk that refused it.
        """
        query = where("state") == SessionState.OPEN.value
        for doc_id, _, doc in self._store.select("sessions", query):
            if not self._lives(doc):
                yield doc_id
        running = self._store.select("runs", where("state") == RunState.RUNNING.value)
        for session in {doc.get("session") for _, _, doc in running} - {None, self._id}:
            closed = self._store.get("sessions", str(session))
            if closed is not None and closed["state"] != SessionState.OPEN:
                yield str(session)

    def _lives(self, doc: dict[str, object]) -> bool:
        process = from_doc(ProcessIdentity, doc["process"])  # type: ignore[arg-type]
        return is_alive(process, self._store.last_sign(str(doc["writer"])), time.time())

    def _shared(self) -> set[str]:
        """Return the runs that sessions log, or logged, to beside those that are theirs."""
        sharing = self._store.select("sessions", where("shares").exists())
        return {run_id for _, _, doc in sharing for run_id in doc["shares"]}

    def _behind(self, run_id: str) -> bool:
        """Whether a run has ended and has points that its document does not tell of."""
        doc = self._store.get("runs", run_id)
        if doc is None or not RunState(doc["state"]).is_final:
            return False
        size = self._store.series_reader.size
        sealed = ((stem, seal[0] if seal else 0) for stem, seal in doc.get("points", {}).items())
        return any((size(stem) or 0) > length for stem, length in sealed)

    def _catch_up(self, run_id: str) -> list[Op]:
        doc = self._store.get("runs", run_id)
        if doc is None or not RunState(doc["state"]).is_final:
            return []
        return [update("runs", run_id, summarise(self._store, from_doc(RunRecord, doc)))]

    def _bury(self, session: Session) -> list[Op]:
        last = self._store.last_sign(session.writer)
        end = session.start_time if last is None else int(last * 1000)
        ops = []
        if session.state is SessionState.OPEN:
            crashed = {"state": SessionState.CRASHED, "end_time": end}
            ops.append(update("sessions", session.session_id, crashed))
        else:
            end = session.end_time or end
        running = (where("session") == session.session_id) & (where("state") == "running")
        for doc_id, _, doc in self._store.select("runs", running):
            record = from_doc(RunRecord, doc)
            changes = summarise(self._store, record)
            sign = self._store.series_reader.last_change(record.points)
            changes["state"] = RunState.CRASHED
            changes["end_time"] = max(end, int(sign * 1000) if sign else 0, record.start_time)
            ops.append(update("runs", doc_id, changes))
        for doc_id, _, doc in self._store.select("cells", running):
            duration = max(0, end - doc["start_time"]) / 1000
            changes = {"state": CellState.KILLED, "end_time": end, "duration": duration}
            ops.append(update("cells", doc_id, changes))
        return ops

    def _live(self, stop: threading.Event) -> None:
        while not stop.wait(_TICK_SECONDS):
            with contextlib.suppress(StoreError):
                self._on_tick()


def _now() -> int:
    return time.time_ns() // 1_000_000


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid()) if hasattr(os, "getuid") else ""
