"""Puts what was saved on record: what it belongs to, what changed, what was lost."""

from __future__ import annotations

import getpass
import os
import platform
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cellbook.checkpointing.kernel import Kernel, process_state
from cellbook.checkpointing.saving import PROCESS, Job, Outcome, Saver
from cellbook.checkpointing.sections import LostThing
from cellbook.checkpointing.signing import sign
from cellbook.checkpointing.states import Piece
from cellbook.checkpointing.upkeep import TABLE
from cellbook.errors import StoreError, StoreWriteError
from cellbook.records import Checkpoint, CheckpointKind, StoredBytes, to_doc
from cellbook.store import Packs, Store, create

_NAMED = 20
"""Names that a record lists of each kind of change; the rest is counted."""
_QUOTA_GB = 10.0
"""What the packs of a book may take before automatic checkpoints stop."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What a checkpoint belongs to."""

    session: str
    notebook: str | None = None
    execution: str | None = None
    order: int | None = None
    run: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentSource:
    """Where a checkpoint finds the notebook's document."""

    path: Path | None = None
    """The notebook's file, as it was last saved; None where it is not known."""
    shown: str = ""
    """What tells the cells that a window shows from its other states; empty where none does.

    Its document takes the place of the file's once the window has handed it over; see
    :meth:`Checkpoints.wants_document`.
    """
    ran: int = 0
    """Counts what has run, which may have changed outputs."""
    counts: bool = True
    """Whether a checkpoint is put on record where nothing but the document has changed."""


NO_DOCUMENT = DocumentSource()
_ASKED = (CheckpointKind.MANUAL, CheckpointKind.RESTORE)
"""Kinds of which whoever asks is told that they failed."""


class Recorder:
    """Saves a kernel's states, one after the other, and puts them on record.

    Parameters
    ----------
    store
        The book's memory.
    packs
        Where the bytes are.
    report
        Told of what goes wrong in the background.
    """

    def __init__(self, store: Store, packs: Packs, report: Callable[[StoreError], None]) -> None:
        self._store = store
        self._report = report
        self.packs = packs
        self.saver = Saver(packs, lambda: store.writer)
        self.quota = _quota()
        """Bytes that the packs may take before automatic checkpoints stop."""
        self.head: str | None = None
        """The checkpoint that this session's state comes from."""
        self.on_restored: Callable[[Checkpoint], None] | None = None
        """Told when the whole state is that of a checkpoint again."""
        self._digests: dict[str, str] = {}
        self._bad: dict[str, tuple[int, LostThing]] = {}
        self._last: Checkpoint | None = None
        self._last_shown = NO_DOCUMENT
        self._amendable = False
        self._wanting: str | None = None
        self._document: tuple[Path, int, StoredBytes] | None = None
        self._lock = threading.RLock()
        self._said: set[str] = set()
        self.failed = ""
        """Why the last one was not saved; empty if it was."""

    def save(
        self,
        kernel: Kernel,
        moment: Moment,
        *,
        kind: CheckpointKind = CheckpointKind.MANUAL,
        label: str | None = None,
        document: DocumentSource = NO_DOCUMENT,
        environment: Mapping[str, str] | None = None,
        done: Callable[[Checkpoint | None], None] | None = None,
    ) -> None:
        """Begin to save the kernel's state.

        What comes by itself after a cell, or before a restore, is put on record only if something
        changed.

        Parameters
        ----------
        kernel
            What to save.
        moment
            What it belongs to.
        kind
            Why it is saved.
        label
            A name for it.
        document
            Where the notebook's document is.
        environment
            The environment variables to save, if any: not those with secrets in them.
        done
            Called with the record once it is on disk (that of the one before if nothing changed),
            or with None if it failed.
        """
        known, content, changed = self._read_document(document.path)
        job = self._job(kernel, content, environment)
        values = {
            name: (id(value), f"{type(value).__module__}.{type(value).__qualname__}")
            for name, value in job.variables.items()
        }
        begun = Checkpoint(
            checkpoint_id=self._store.new_id(),
            session_id=moment.session,
            kind=kind,
            time=time.time_ns() // 1_000_000,
            state=StoredBytes(0, ""),
            label=label,
            notebook=moment.notebook,
            document=known,
            execution_id=moment.execution,
            order=moment.order,
            run_id=moment.run,
            python=platform.python_version(),
            author=_author(),
            variables=len(job.variables),
        )
        self.saver.save(
            job, lambda outcome: self._settle(begun, values, document, changed, outcome, done)
        )

    def save_now(self, kernel: Kernel, moment: Moment, **options: Any) -> Checkpoint:
        """Save the kernel's state and wait until it is on disk.

        Raises
        ------
        StoreError
            If it cannot be saved.
        """
        results: list[Checkpoint | None] = []
        self.save(kernel, moment, done=results.append, **options)
        self.saver.wait()
        saved = results[0] if results else None
        if saved is None:
            raise StoreError(f"No checkpoint was saved: {self.failed}.")
        return saved

    def _job(
        self,
        kernel: Kernel,
        document: bytes | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Job:
        variables = kernel.variables()
        return Job(
            variables=variables,
            namespace=kernel.namespace,
            process=process_state(environment),
            shell=kernel.shell,
            document=document,
            skip={
                name: lost
                for name, (key, lost) in self._bad.items()
                if name in variables and id(variables[name]) == key
            },
        )

    def over_quota(self) -> str:
        """Return why automatic checkpoints stop, with the mend; empty while they need not."""
        size = self.packs.size()
        if size <= self.quota:
            return ""
        return (
            f"The checkpoints of this book take {size / 1e9:.1f} GB, more than "
            f"{self.quota / 1e9:.1f} GB, so none are saved by themselves. `cellbook gc` removes "
            "old ones; CELLBOOK_CHECKPOINT_QUOTA sets another limit, in GB."
        )

    def _read_document(self, path: Path | None) -> tuple[StoredBytes | None, bytes | None, int]:
        """Return the notebook's file as it is kept already, or its bytes to keep; and of when it
        is."""
        if path is None:
            return None, None, 0
        try:
            changed = path.stat().st_mtime_ns
            if self._document is not None and self._document[:2] == (path, changed):
                return self._document[2], None, changed
            return None, path.read_bytes(), changed
        except OSError:
            return None, None, 0

    def _settle(
        self,
        begun: Checkpoint,
        values: Mapping[str, tuple[int, str]],
        document: DocumentSource,
        changed: int,
        outcome: Outcome,
        done: Callable[[Checkpoint | None], None] | None,
    ) -> None:
        """Put on record what was saved."""
        made: Checkpoint | None = None
        with self._lock:
            self.failed = outcome.failed
            if outcome.failed:
                self._note_culprit(begun, values, outcome)
            elif outcome.state is not None:
                try:
                    source = document if document.counts else self._last_shown
                    made = self._record(replace(begun, seal=outcome.seal), outcome, source)
                    if outcome.document is not None and document.path is not None and made.document:
                        # Of when it was read: it may have been saved anew meanwhile.
                        self._document = (document.path, changed, made.document)
                except StoreError as error:
                    self.failed = str(error)
                    self._report(error)
        if done is not None:
            done(made)

    def _note_culprit(
        self, begun: Checkpoint, values: Mapping[str, tuple[int, str]], outcome: Outcome
    ) -> None:
        if outcome.errno is not None:
            self._report(StoreWriteError(outcome.errno, outcome.failed))
        elif outcome.culprit in values:
            key, kind = values[outcome.culprit]
            self._bad[outcome.culprit] = (key, LostThing(kind, outcome.failed))
        elif begun.kind not in _ASKED and outcome.failed not in self._said:
            self._said.add(outcome.failed)
            self._report(StoreError(f"No checkpoint was saved: {outcome.failed}."))

    def _record(self, begun: Checkpoint, outcome: Outcome, source: DocumentSource) -> Checkpoint:
        assert outcome.state is not None
        before, after = self._digests, outcome.digests
        own = {name: lost for name, lost in outcome.lost.items() if name != PROCESS}
        state = _stored(outcome.state)
        document = begun.document if outcome.document is None else _stored(outcome.document)
        last = self._last
        shown, former = source.shown, self._last_shown
        quiet = begun.kind in (CheckpointKind.CELL, CheckpointKind.RESTORE)
        if quiet and last is not None and last.checkpoint_id == self.head and last.state == state:
            if source == former if shown else last.document == document:
                return last  # Nothing has changed: what is there already says it all.
            if shown and shown == former.shown and self._amendable and not self._is_labelled(last):
                # Outputs alone have: they belong to the same state.
                self._last_shown, self._wanting = source, last.checkpoint_id
                return last
        made = replace(
            begun,
            parent=self.head,
            state=state,
            document=document,
            size=outcome.size,
            stored=outcome.stored,
            seconds=round(outcome.seconds, 4),
            waited=round(outcome.waited, 4),
            added=_some(name for name in after if name not in before),
            changed=_some(name for name in after if name in before and before[name] != after[name]),
            removed=_some(name for name in before if name not in after),
            lost={
                name: "; ".join(f"{one.kind}: {one.reason}" for one in lost[:3])
                for name, lost in own.items()
            },
            live=outcome.live,
        )
        made = replace(made, signature=sign(made, self._store.book_id))
        self._store.commit([create(TABLE, made.checkpoint_id, to_doc(made))])
        self.head, self._digests, self._last = made.checkpoint_id, after, made
        self._last_shown, self._wanting = source, made.checkpoint_id
        self._amendable = made.kind is CheckpointKind.CELL
        return made

    def _is_labelled(self, checkpoint: Checkpoint) -> bool:
        doc = self._store.get(TABLE, checkpoint.checkpoint_id)
        return doc is None or bool(doc.get("label"))

    @property
    def newest(self) -> Checkpoint | None:
        """The checkpoint that was saved or restored last; None while there is none."""
        return self._last

    def wants_document(self, checkpoint: Checkpoint) -> bool:
        """Whether the window is to hand its document over for a checkpoint that was just saved.

        Once: what was restored, or has a label, keeps the document that it has.
        """
        with self._lock:
            wanted = self._wanting == checkpoint.checkpoint_id
            self._wanting = None if wanted else self._wanting
        return wanted

    def _go_on_from(self, checkpoint: Checkpoint, kernel: Kernel) -> None:
        """Take a checkpoint, whose state the kernel's is again, as the one that comes before."""
        with self._lock:
            self.head, self._last = checkpoint.checkpoint_id, checkpoint
            self._amendable = False
            if self._wanting == checkpoint.checkpoint_id:
                self._wanting = None
        if self.on_restored is not None:
            self.on_restored(checkpoint)
        self.saver.save(self._job(kernel), lambda outcome: self._begin_at(checkpoint, outcome))

    def _begin_at(self, checkpoint: Checkpoint, outcome: Outcome) -> None:
        """Take a restored state as what later changes are told from.

        It is saved anew for that: what was decoded is equal to what was encoded, but not always in
        the same order of bytes.
        """
        if outcome.state is None:
            return
        with self._lock:
            document = checkpoint.document if self._document is None else self._document[2]
            self._digests = outcome.digests
            self._last = replace(checkpoint, state=_stored(outcome.state), document=document)

    def close(self) -> None:
        """Let the state under way be saved, and let go of files."""
        self.saver.stop(10)
        self.packs.close()


def _quota() -> float:
    try:
        return float(os.environ.get("CELLBOOK_CHECKPOINT_QUOTA", _QUOTA_GB)) * 1e9
    except ValueError:
        return _QUOTA_GB * 1e9


def _stored(piece: Piece) -> StoredBytes:
    return StoredBytes(piece.length, piece.key.hex())


def _some(names: Iterator[str] | Any) -> tuple[str, ...]:
    listed = [name for name in names if name != PROCESS]
    more = len(listed) - _NAMED
    return (*listed[:_NAMED], f"… {more} more") if more > 0 else tuple(listed)


def _author() -> str:
    try:
        return f"{getpass.getuser()}@{platform.node()}"
    except (OSError, KeyError, ImportError):
        return platform.node()
