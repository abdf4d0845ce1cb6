"""``%checkpoint``, ``%checkpoints``, ``%restore`` and ``%diff``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.book import Book
from cellbook.capture import mask_mapping
from cellbook.checkpointing import DocumentSource, Moment, check_label
from cellbook.errors import StoreError
from cellbook.ipython.front_end import may_have_windows
from cellbook.ipython.keeper import Keeper
from cellbook.ipython.magics import base
from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line
from cellbook.ipython.notebook import Notebook
from cellbook.ipython.windows import Windows
from cellbook.records import Checkpoint, CheckpointKind
from cellbook.views import formatting
from cellbook.views.document_changes import document_changes
from cellbook.views.timeline import name_makers

_RESTORED = (
    "The notebook is as it was then{}, but for the cell that asked for it. "
    "Edit → Undo Cell Operation takes that back."
)
_UNWRITTEN = "The document is as it was saved; nothing was written."


def _open_environment() -> dict[str, str]:
    """Return the environment variables that hold no secret."""
    masked = mask_mapping(os.environ)
    return {name: value for name, value in os.environ.items() if masked[name] == value}


class Extension(base.Extension, Protocol):
    """What these magics ask of the extension, besides what all do."""

    keeper: Keeper

    def moment(self) -> Moment:
        """Return what a checkpoint that is saved now belongs to."""

    windows: Windows
    notebook: Notebook

    def saved(self, book: Book, checkpoint: Checkpoint | None, asked: bool = True) -> None:
        """Take note that a checkpoint was saved."""

    def cell(self) -> str | None:
        """Return the id of the cell under way; None where the front end does not tell it."""

    def document(self) -> DocumentSource:
        """Return where a checkpoint finds the document of now."""


@magics_class
class CheckpointMagics(CellbookMagics):
    """Save and bring back the notebook and the kernel's variables."""

    extension: Extension

    mistakes = (*CellbookMagics.mistakes, StoreError)
    """A notebook that is run as a whole must not go on where nothing was saved or restored."""

    def _find(self, target: str) -> tuple[int, Checkpoint]:
        """Return the checkpoint of that name: this notebook's, if it has one."""
        return self.book.checkpoints.find(target, self.book.runs.sessions.notebook)

    @our_line_magic(
        "checkpoint",
        argument("words", nargs="*", metavar="LABEL", help="A name for it."),
        argument("--env", action="store_true", help="Environment variables too, but no secrets."),
    )
    def checkpoint(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Save a notebook checkpoint: the document and the kernel's variables, as they are now.

        One is saved after each cell by itself; `%checkpoint auto off` ends that, `auto every 5`
        saves after every fifth cell.

        Examples::

            %checkpoint
            %checkpoint clean data
            %checkpoint auto off
        """
        options = parsed(type(self).checkpoint, line, line.words())
        if options.words[:1] == ["auto"]:
            self.say(self.extension.keeper.choose([str(word) for word in options.words[1:]]))
            return
        label = check_label(" ".join(options.words)) if options.words else None
        saved = self.book.checkpoints.save_now(
            self.extension.keeper.kernel(),
            self.extension.moment(),
            kind=CheckpointKind.MANUAL,
            label=label,
            document=self.extension.document(),
            environment=_open_environment() if options.env else None,
        )
        self.extension.saved(self.book, saved)
        number = self.book.checkpoints.find(saved.checkpoint_id)[0]
        name = f" {label}" if label else ""
        text = (
            f"◆ checkpoint {number}{name}: {saved.variables} variables, "
            f"{formatting.size(saved.size)}, {formatting.size(saved.stored)} new"
        )
        if saved.lost:
            text += f"; cannot be saved: {', '.join(saved.lost)}"
        self.say(text)

    @our_line_magic(
        "checkpoints",
        argument("--all", action="store_true", help="Those of other notebooks, too."),
        argument("--limit", type=int, default=30, metavar="N", help="The newest N (30)."),
    )
    def checkpoints(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """List the checkpoints of this notebook as a tree: a restore begins a branch.

        Examples::

            %checkpoints
            %checkpoints --all --limit 100
        """
        from cellbook.widgets import timeline_panel  # noqa: PLC0415 - the panels are heavy

        options = parsed(type(self).checkpoints, line, line.words())
        notebook = None if options.all else self.book.runs.sessions.notebook
        self.show(timeline_panel(self.book, notebook=notebook, limit=options.limit))

    @our_line_magic(
        "restore",
        argument("words", nargs="*", metavar="CHECKPOINT", help="12, a label, ~1 or run:NAME."),
        argument("--only", metavar="NAMES", help="Only these variables: a,b."),
        argument("--kernel", action="store_true", help="Only the variables."),
        argument("--doc", action="store_true", help="Only the document."),
        argument("--dry-run", action="store_true", help="Only say what would be done."),
        argument("--trust", action="store_true", help="Also if another user saved it."),
        argument("--replay", action="store_true", help="Re-run the cells that made what is lost."),
    )
    def restore(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Bring a checkpoint back: variables, random generators, working folder, document.

        The state of now is saved before, so that another restore undoes this one.

        Examples::

            %restore 12
            %restore clean data
            %restore ~1 --dry-run
            %restore run:baseline --only model,history
        """
        from cellbook.widgets import restored_panel  # noqa: PLC0415 - the panels are heavy

        options = parsed(type(self).restore, line, line.words())
        if not options.words:
            raise line.error("Which checkpoint? `%restore 12`; `%checkpoints` lists them.")
        only = options.only.replace(" ", "").split(",") if options.only else None
        target = self.book.checkpoint_target(" ".join(options.words))
        if options.doc:
            self._restore_document_alone(target, dry_run=options.dry_run)
            return
        keeper = self.extension.keeper
        done = self.book.checkpoints.restore(
            target,
            keeper.kernel(),
            self.extension.moment(),
            only=only,
            trust=options.trust,
            dry_run=options.dry_run,
            document=self.extension.document(),
        )
        name_makers(self.book.store, done)
        said: str | None = None
        if not options.kernel and not options.dry_run and only is None:
            before = self.book.checkpoints.find(done.before)[1] if done.before else None
            said = self._restore_document(done.checkpoint, done.number, before, rebuild=False)
        elif options.dry_run and not options.kernel and only is None:
            changes = self._changes(done.checkpoint)
            said = f"In the notebook {changes}." if changes else None
        replay = options.replay and not options.dry_run
        recomputed = keeper.replay(self.book, done) if replay else []
        self.show(
            restored_panel(done, dry_run=options.dry_run, document=said, recomputed=recomputed)
        )

    def _restore_document_alone(self, target: str, *, dry_run: bool) -> None:
        number, checkpoint = self._find(target)
        if dry_run:
            changes = self._changes(checkpoint) or "nothing changes"
            self.say(f"Would bring the document of checkpoint {number} back: {changes}.")
            return
        before = self.extension.keeper.save_before(
            self.book, self.extension.moment(), self.extension.document()
        )
        said = self._restore_document(checkpoint, number, before, rebuild=True)
        if said is not None:
            self.say(said or _UNWRITTEN)

    def _changes(self, checkpoint: Checkpoint) -> str:
        """Return what bringing a document back does to the window that asks; empty without one."""
        content = self.book.checkpoints.document_of(checkpoint)
        document = self.extension.notebook.document()
        if self.extension.notebook.window is None or content is None or document is None:
            return ""
        return document_changes(content, document.hashes, self.extension.cell())

    def _restore_document(
        self, checkpoint: Checkpoint, number: int, before: Checkpoint | None, *, rebuild: bool
    ) -> str | None:
        """Bring a document back, in the window that asks or else in a file; say where.

        The document of now is kept with `before`.  With `rebuild`, one that was not saved is made
        of the cells that ran.  None: a line of its own says it.
        """
        extension, cell = self.extension, self.extension.cell()
        window = extension.notebook.window
        unheard = window is None and extension.windows.listened_to and may_have_windows(self.shell)
        if checkpoint.document is not None and cell is not None and unheard:
            self._offer_document(checkpoint, number, before, cell)
            return None
        extension.saved(self.book, before)
        if window is not None and checkpoint.document is not None:
            changes = self._changes(checkpoint)
            extension.windows.restore(window, checkpoint, number, cell)
            return _RESTORED.format(f" ({changes})" if changes else "")
        return self._write_document(checkpoint, rebuild=rebuild)

    def _offer_document(
        self, checkpoint: Checkpoint, number: int, before: Checkpoint | None, cell: str
    ) -> None:
        """Bring a document back in the window that runs the cell, of which nothing is heard yet.

        A line of its own says what became of that as soon as it is known.
        """
        extension = self.extension
        name = f"{checkpoint.checkpoint_id}-{self.shell.execution_count}"

        def untaken() -> None:
            said = self._write_document(checkpoint, rebuild=False)
            extension.say(said or _UNWRITTEN, name=name)

        extension.say("Waiting for the window that shows this notebook …", name=name)
        kept = before is not None and self.book.checkpoints.wants_document(before)
        extension.windows.offer(
            checkpoint,
            number,
            cell,
            before=before if kept else None,
            taken=lambda: extension.say(_RESTORED.format(""), name=name),
            untaken=untaken,
        )

    def _write_document(self, checkpoint: Checkpoint, *, rebuild: bool) -> str:
        """Write a document beside the notebook; say where, or nothing where that is not needed."""
        path = self.extension.keeper.write_document(
            self.book, checkpoint, self.extension.notebook.place, rebuild=rebuild
        )
        return f"The document is at `{path}`." if path else ""

    @our_line_magic(
        "diff",
        argument(
            "words", nargs="+", metavar="CHECKPOINT", help="One, to compare with now, or two."
        ),
        argument("--trust", action="store_true", help="Also if another user saved it."),
    )
    def diff(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Show how two checkpoints differ in cells and variables, or one and now.

        Examples::

            %diff 12
            %diff 12 15
            %diff "clean data" ~1
        """
        from cellbook.widgets import difference_panel  # noqa: PLC0415 - the panels are heavy

        options = parsed(type(self).diff, line, line.words())
        if len(options.words) > 2:
            raise line.error("Give one or two checkpoints; a label of several words in quotes.")
        found = [self._find(self.book.checkpoint_target(str(word))) for word in options.words]
        own = self.book.runs.sessions.notebook
        for number, checkpoint in found:
            if own is not None and checkpoint.notebook not in (None, own):
                self.say(
                    f"Checkpoint {number} was saved in another notebook: {checkpoint.notebook}"
                )
        targets = [checkpoint.checkpoint_id for _, checkpoint in found]
        if len(targets) == 1:
            saved = self.book.checkpoints.save_now(
                self.extension.keeper.kernel(),
                self.extension.moment(),
                kind=CheckpointKind.CELL,
                document=replace(self.extension.document(), counts=False),
            )
            self.extension.saved(self.book, saved)
            targets.append(saved.checkpoint_id)
        kernel = self.extension.keeper.kernel()
        first, second = targets
        self.show(difference_panel(self.book, first, second, kernel, trust=options.trust))
