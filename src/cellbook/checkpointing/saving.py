"""Saves a kernel's state, where there is fork in a child, so that the cell need not wait.

The child sees the very memory of the moment, and its own copy of it: what an object's
``__reduce__`` prints, changes or allocates there is gone when the child is.  It may take so long
and so much memory, and no more; the parent ends it.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import hashlib
import io
import mmap
import os
import pickle
import resource
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import psutil

from cellbook.checkpointing.describing import describe
from cellbook.checkpointing.encoding import Encoder
from cellbook.checkpointing.kernel import can_be_told
from cellbook.checkpointing.patience import allow_interrupts
from cellbook.checkpointing.sections import Encoded, LostThing, SectionFailed
from cellbook.checkpointing.states import ChunkSink, Piece, keep
from cellbook.errors import StoreWriteError
from cellbook.store import Packs, PackWriter

PROCESS = "\x00process"
"""The section that holds the state of the process: random generators, folder, path."""

_TIME_LIMIT = 120.0
"""Seconds after which a child is given up."""
_GRACE = 3.0
"""Seconds that a child still has when it is asked to end; Jupyter gives a kernel five."""
_MEMORY = 2 << 30
"""Bytes that a child may allocate beyond what it has."""
_SPARE = 300 << 20
"""Bytes of memory that must be free to fork."""
_RESTARTS = 20


@dataclass(slots=True)
class Job:
    """What is to be saved."""

    variables: Mapping[str, Any]
    namespace: dict[str, Any]
    process: Mapping[str, Any]
    """What :func:`~cellbook.checkpointing.kernel.process_state` returned in the parent: fork seeds
    ``random`` anew in the child."""
    shell: Any = None
    document: bytes | None = None
    skip: Mapping[str, LostThing] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """What became of a job."""

    state: Piece | None = None
    seal: str = ""
    """SHA-256 of the table of the state, in hex."""
    document: Piece | None = None
    digests: dict[str, str] = field(default_factory=dict)
    lost: dict[str, list[LostThing]] = field(default_factory=dict)
    live: dict[str, str] = field(default_factory=dict)
    size: int = 0
    stored: int = 0
    seconds: float = 0.0
    waited: float = 0.0
    entries: bytes = b""
    failed: str = ""
    """Why nothing was saved; empty if it was."""
    culprit: str = ""
    """The variable over which it failed, if it is known."""
    errno: int | None = None


class Saver:
    """Saves one state at a time.

    Parameters
    ----------
    packs
        Where the chunks go.
    writer
        The name under which this process writes.
    """

    def __init__(self, packs: Packs, writer: Callable[[], str]) -> None:
        self._packs = packs
        self._writer = writer
        self._lock = threading.Lock()
        self._collector: threading.Thread | None = None
        self._pid = 0

    @property
    def busy(self) -> bool:
        """Whether a state is being saved."""
        return self._collector is not None and self._collector.is_alive()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the state under way; return whether it is done."""
        collector = self._collector
        if collector is not None and collector is not threading.current_thread():
            collector.join(seconds)
        return not self.busy

    def abandon(self) -> None:
        """Forget a child, in a child."""
        self._lock = threading.Lock()
        self._collector = None

    def save(self, job: Job, done: Callable[[Outcome], None]) -> None:
        """Save a state; `done` is called with what became of it, from another thread if it can.

        The caller waits for the one before, if that is still under way.
        """
        self.wait()
        began = time.perf_counter()
        forks = can_fork()
        self._packs.turn.acquire()
        try:
            self._packs.refresh()
            writer = self._packs.writer(self._writer())
            if forks:
                progress = mmap.mmap(-1, 8)
                reading, writing = os.pipe()
                pid = _fork()
            else:
                outcome = self._inline(job, writer)
        except BaseException:
            self._packs.turn.release()
            raise
        if not forks:
            outcome.waited = time.perf_counter() - began
            self._finish(outcome, done)
            return
        if pid == 0:
            _be_child(job, writer, writing, progress)
        os.close(writing)
        names = list(job.variables)
        # The child has them; here they would live on although the user deletes them.
        job.variables = {}
        waited = time.perf_counter() - began
        self._pid = pid
        self._collector = threading.Thread(
            target=self._collect,
            args=(names, pid, reading, progress, waited, done),
            name="cellbook-checkpoint",
            daemon=True,
        )
        self._collector.start()

    def _inline(self, job: Job, writer: PackWriter) -> Outcome:
        try:
            return work(job, writer, lambda _: None)
        except Exception as error:
            return _failure(error)

    def _collect(
        self,
        names: list[str],
        pid: int,
        reading: int,
        progress: mmap.mmap,
        waited: float,
        done: Callable[[Outcome], None],
    ) -> None:
        timer = threading.Timer(_TIME_LIMIT, _kill, [pid])
        timer.daemon = True
        timer.start()
        data = bytearray()
        with open(reading, "rb", buffering=0) as file:
            while part := file.read(1 << 20):
                data += part
        status = 0
        with contextlib.suppress(ChildProcessError):
            _, status = os.waitpid(pid, 0)
        late = not timer.is_alive()
        timer.cancel()
        try:
            outcome: Outcome = pickle.loads(data)
        except Exception:
            place = int.from_bytes(progress[:8], "little")
            culprit = names[place - 1] if 0 < place <= len(names) else ""
            why = f"took longer than {_TIME_LIMIT:.0f} s" if late else _death(status)
            outcome = Outcome(failed=f"the process that saves {why}", culprit=culprit)
        progress.close()
        outcome.waited = waited
        self._finish(outcome, done)

    def _finish(self, outcome: Outcome, done: Callable[[Outcome], None]) -> None:
        if not outcome.failed:
            self._packs.accept(outcome.entries)
        self._packs.turn.release()
        done(outcome)

    def stop(self, seconds: float) -> None:
        """Give the state under way so long to finish, then end it."""
        if not self.wait(seconds):
            _kill(self._pid)
            self.wait(5)


def can_fork() -> bool:
    """Whether a child can be made: on Linux, with memory to spare, and no GPU in use."""
    if sys.platform != "linux" or psutil.virtual_memory().available < _SPARE:
        return False
    torch: Any = sys.modules.get("torch")
    return torch is None or not torch.cuda.is_initialized()


def _fork() -> int:
    with warnings.catch_warnings():
        # Python 3.12 warns of forking where there are threads; the child only reads and writes.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _death(status: int) -> str:
    """Tell how a child ended that told nothing, by what `waitpid` said."""
    if not os.WIFSIGNALED(status):
        return f"ended with status {os.waitstatus_to_exitcode(status)}"
    with contextlib.suppress(ValueError):
        return f"died of {signal.Signals(os.WTERMSIG(status)).name}"
    return f"died of signal {os.WTERMSIG(status)}"


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _be_child(job: Job, writer: PackWriter, writing: int, progress: mmap.mmap) -> None:
    """Save, tell the parent, and end; never returns."""
    try:
        gc.disable()
        _settle()

        def report(place: int) -> None:
            progress[:8] = place.to_bytes(8, "little")

        try:
            outcome = work(job, writer, report)
        except BaseException as error:
            outcome = _failure(error)
        data = pickle.dumps(outcome)
        while data:
            data = data[os.write(writing, data) :]
    except BaseException:
        os._exit(1)
    os._exit(0)


def _settle() -> None:
    """Make a child harmless: quiet, patient, bounded, and gone when its parent is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    # A kernel that is shut down asks its children to end, the last state of all among them.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, _finish_soon)
    _die_with_parent()
    os.nice(5)
    allow_interrupts()
    faulthandler.disable()
    warnings.simplefilter("ignore")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nowhere, fd)
    with contextlib.suppress(OSError, ValueError):
        used = psutil.Process().memory_info().vms
        resource.setrlimit(resource.RLIMIT_AS, (used + _MEMORY, resource.RLIM_INFINITY))
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _finish_soon(*_: object) -> None:
    # A kernel asks again and again; the first time counts.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, _GRACE)


def _die_with_parent() -> None:
    death_signal = 1
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(death_signal, signal.SIGKILL)


def _failure(error: BaseException) -> Outcome:
    errno = error.errno if isinstance(error, OSError) else None
    text = str(error.args[-1] if isinstance(error, StoreWriteError) else error)
    return Outcome(failed=f"{type(error).__name__}: {text}", errno=errno)


# -- the work ----------------------------------------------------------------------------------


def work(job: Job, writer: PackWriter, report: Callable[[int], None]) -> Outcome:
    """Encode and keep a state, and the document with it."""
    began = time.perf_counter()
    outcome = Outcome()
    streams = sys.stdout, sys.stderr
    with writer:
        try:
            sink, encoded, about = _encode(job, writer, report)
        finally:
            sys.stdout, sys.stderr = streams
        outcome.digests = {name: one["digest"] for name, one in about.items() if "digest" in one}
        outcome.size = sink.position + sum(piece.length for piece in sink.buffers)
        table = sink.table(encoded, about)
        table.path = [one for one in job.process.get("path", ()) if isinstance(one, str)]
        table.folder = job.process.get("folder")
        data = table.to_bytes()
        outcome.state, outcome.seal = keep(writer, data), hashlib.sha256(data).hexdigest()
        if job.document is not None:
            outcome.document = keep(writer, job.document)
    outcome.lost, outcome.live = encoded.lost, encoded.live
    outcome.stored, outcome.entries = writer.written, writer.entries()
    outcome.seconds = time.perf_counter() - began
    return outcome


def _encode(
    job: Job, writer: PackWriter, report: Callable[[int], None]
) -> tuple[ChunkSink, Encoded, dict[str, dict[str, Any]]]:
    skip = dict(job.skip)
    streams = sys.stdout, sys.stderr
    told = {name: value for name, value in job.variables.items() if can_be_told(name)}
    variables = {**told, PROCESS: job.process}
    for _ in range(_RESTARTS + len(variables)):
        sink = ChunkSink(writer)
        sys.stdout, sys.stderr = streams
        encoder = Encoder(sink, job.namespace, job.shell, report)
        sys.stdout = sys.stderr = io.StringIO()
        try:
            encoded = encoder.encode(variables, skip)
        except SectionFailed as failed:
            if isinstance(failed.__cause__, (StoreWriteError, KeyboardInterrupt)):
                raise failed.__cause__ from None
            skip[failed.name] = failed.lost
            continue
        about = {name: describe(value) for name, value in told.items()}
        for name in job.variables.keys() - told.keys():
            encoded.lost[repr(name)] = [LostThing("name", "no text can hold such a name")]
        for section in encoded.sections:
            if section.name in about:
                about[section.name]["digest"] = section.digest
        return sink, encoded, about
    raise RuntimeError("too many variables cannot be saved")
