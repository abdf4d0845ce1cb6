"""Checkpoints of one book: finds them, checks them, brings them back."""

from __future__ import annotations

import time
from collections.abc import Iterator

from cellbook.checkpointing.amending import put_document, set_label
from cellbook.checkpointing.decoding import Decoded, decode
from cellbook.checkpointing.kernel import Kernel, restore_process, standing_in
from cellbook.checkpointing.naming import match
from cellbook.checkpointing.recording import NO_DOCUMENT, DocumentSource, Moment, Recorder
from cellbook.checkpointing.restoring import Restored, differences, plan
from cellbook.checkpointing.saving import PROCESS
from cellbook.checkpointing.signing import is_own
from cellbook.checkpointing.states import Piece, StateTable, check_sum, read
from cellbook.checkpointing.upkeep import TABLE, Due, check, find_due, remove_due
from cellbook.errors import NotFound, Untrusted
from cellbook.records import Checkpoint, CheckpointKind, StoredBytes, from_doc
from cellbook.store import is_ulid


class Checkpoints(Recorder):
    """The checkpoints of one book: a :class:`Recorder` that finds them and brings them back."""

    # -- finding -------------------------------------------------------------------------------

    def all(self) -> Iterator[tuple[int, Checkpoint]]:
        """Yield number and record of each checkpoint, oldest first."""
        for _, number, doc in self._store.select(TABLE):
            yield number, from_doc(Checkpoint, doc)

    def find(self, target: str | int, notebook: str | None = None) -> tuple[int, Checkpoint]:
        """Return the checkpoint that `target` names.

        Parameters
        ----------
        target
            A number (``12``), a label, ``~1`` (the one before the state of now), ``run:NAME``
            (the end of a run, else its start), or an id.
        notebook
            The notebook whose labels and ancestors come before those of others.

        Raises
        ------
        NotFound
            If there is none, or its label is that of several other notebooks.
        """
        if is_ulid(str(target)):
            doc = self._store.get(TABLE, str(target))
            if doc is not None:
                number = self._store.number(TABLE, str(target))
                return number, from_doc(Checkpoint, doc)
        return match(list(self.all()), str(target), self.head, notebook)

    def table_of(self, checkpoint: Checkpoint) -> StateTable:
        """Return what a checkpoint's state consists of.

        Raises
        ------
        StoreCorrupt
            If it is missing, damaged, or not what was saved.
        """
        data = read(self.packs, _piece(checkpoint.state))
        check_sum(data, checkpoint.seal)
        return StateTable.from_bytes(bytes(data))

    def document_of(self, checkpoint: Checkpoint) -> bytes | None:
        """Return the notebook's file as it was saved with a checkpoint; None if it was not."""
        if checkpoint.document is None:
            return None
        return bytes(read(self.packs, _piece(checkpoint.document)))

    def label(self, target: str | int, label: str | None) -> Checkpoint:
        """Give a checkpoint a name, or with None take it away; see :func:`amending.set_label`."""
        return set_label(self._store, self.find(target)[1], label)

    def attach_document(self, target: str | int, content: bytes) -> Checkpoint:
        """Keep a document with a checkpoint; see :func:`amending.put_document`."""
        return put_document(self._store, self.packs, self.find(target)[1], content)

    def is_trusted(self, checkpoint: Checkpoint) -> bool:
        """Whether this user saved a checkpoint."""
        return is_own(checkpoint, self._store.book_id)

    def check(self) -> Iterator[tuple[str, str, bool]]:
        """Yield place, problem and whether that is harmless, of all that is damaged."""
        for name, offset, problem, harmless in self.packs.check():
            yield f"packs/{name}", f"at byte {offset:,}: {problem}", harmless
        for number, problem, harmless in check(self._store, self.packs):
            yield f"checkpoint {number}", problem, harmless

    def find_due(self) -> Due:
        """Look for checkpoints that need not stay; nothing is changed."""
        return find_due(self._store, self.packs)

    def remove_due(self, due: Due) -> int:
        """Remove checkpoints for good; return how many bytes that frees."""
        return remove_due(self._store, self.packs, due)

    # -- restoring -----------------------------------------------------------------------------

    def load(
        self,
        target: str | int,
        kernel: Kernel,
        *,
        only: list[str] | None = None,
        trust: bool = False,
    ) -> tuple[int, Checkpoint, StateTable, Decoded]:
        """Decode a checkpoint; nothing of the kernel is changed.

        Raises
        ------
        NotFound
            If there is no such checkpoint, or it has not all variables of `only`.
        Untrusted
            If another user saved it and `trust` is false.
        StoreError
            If it is damaged.
        """
        number, checkpoint = self.find(target)
        if not trust and not self.is_trusted(checkpoint):
            saved = time.strftime("%Y-%m-%d %H:%M", time.localtime(checkpoint.time / 1000))
            raise Untrusted(
                f"Checkpoint {number} was saved by {checkpoint.author or 'somebody'} on {saved}, "
                "not with your key. Restoring it runs their code. If you trust them, add --trust."
            )
        table = self.table_of(checkpoint)
        there = {section.name for section in table.sections} | table.lost.keys()
        unknown = [name for name in only or () if name not in there]
        if unknown:
            raise NotFound(
                f"Checkpoint {number} has no variable {', '.join(unknown)}. `%diff {number}` shows "
                "what it has."
            )
        with standing_in(table.path, table.folder):
            decoded = decode(self.packs, table, kernel.namespace, kernel.shell, only=only)
        return number, checkpoint, table, decoded

    def restore(
        self,
        target: str | int,
        kernel: Kernel,
        moment: Moment,
        *,
        only: list[str] | None = None,
        trust: bool = False,
        dry_run: bool = False,
        document: DocumentSource = NO_DOCUMENT,
    ) -> Restored:
        """Bring a checkpoint's variables back: all that can be, or nothing if anything fails.

        The state of now is saved before.

        Raises
        ------
        NotFound, Untrusted, StoreError
            As :meth:`load`; also if the state of now cannot be saved.
        """
        self.saver.wait()
        number, checkpoint = self.find(target, moment.notebook)
        before = None
        if not dry_run:
            saved = self.save_now(kernel, moment, kind=CheckpointKind.RESTORE, document=document)
            before = self.find(saved.checkpoint_id)[0]
        number, checkpoint, table, decoded = self.load(
            checkpoint.checkpoint_id, kernel, only=only, trust=trust
        )
        done = plan(number, checkpoint, table, decoded, kernel.variables(), only)
        done.before = before
        done.differences = differences(self._store, checkpoint, moment.session, moment.notebook)
        if dry_run:
            decoded.discard()
            return done
        values = {name: decoded.values[name] for name in decoded.values if name != PROCESS}
        kernel.replace(values, done.removed)
        if only is None:
            process = decoded.values.get(PROCESS)
            done.notes += (
                restore_process(process)
                if process
                else ["random generators, working folder and sys.path stay as they are"]
            )
            self._go_on_from(checkpoint, kernel)
        return done


def _piece(stored: StoredBytes) -> Piece:
    return Piece(stored.length, bytes.fromhex(stored.key))
