"""What a window asks of the kernel, beside running cells: sidebar, status bar and toolbar."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from cellbook.book import Book
from cellbook.checkpointing import DocumentSource, Moment, Restored, check_label
from cellbook.errors import CellbookError, InvalidInput, NotFound
from cellbook.ipython.keeper import Keeper
from cellbook.ipython.windows import Windows
from cellbook.records import Checkpoint, CheckpointKind
from cellbook.tracking import begin_cell
from cellbook.views.checkpoint_diff import diff_checkpoints
from cellbook.views.timeline import name_makers

Args = Mapping[str, Any]


class Extension(Protocol):
    """What errands ask of the extension."""

    keeper: Keeper
    windows: Windows

    def book(self) -> Book:
        """Return the book that is written to."""

    def moment(self) -> Moment:
        """Return what a checkpoint that is saved now belongs to."""

    def document(self) -> DocumentSource:
        """Return where a checkpoint finds the document of now."""

    def saved(self, book: Book, checkpoint: Checkpoint | None, asked: bool = True) -> None:
        """Take note that a checkpoint was saved."""

    def pause(self) -> None:
        """Let cells run off the record."""

    def resume(self) -> list[str]:
        """Record again."""


class Errands:
    """Runs the errands of windows, each named by a verb.

    They come between cells, on the kernel's main thread, and answer with JSON.
    """

    def __init__(self, extension: Extension) -> None:
        self._extension = extension
        self._verbs: dict[str, Callable[[str, Args], Any]] = {
            "checkpoint": self._checkpoint,
            "plan": self._plan,
            "restore": self._restore,
            "diff": self._diff,
            "pause": self._pause,
            "resume": self._resume,
            "start_run": self._start_run,
            "end_run": self._end_run,
            "rename_run": self._rename_run,
        }

    def run(self, window: str, verb: str, args: Args) -> Mapping[str, Any]:
        """Do as a window asks: return the ``result``, or the ``error`` and its ``kind``."""
        begin_cell()
        try:
            if verb not in self._verbs:
                raise InvalidInput(
                    f"This kernel's Cellbook knows no {verb!r}: it is of another version than "
                    "JupyterLab's. Install the same one in both, and restart the kernel."
                )
            return {"result": self._verbs[verb](window, args)}
        except (CellbookError, ValueError) as error:
            return {"error": str(error), "kind": type(error).__name__}
        except Exception as error:
            said = f"Cellbook failed ({type(error).__name__}: {error}). Please report it."
            return {"error": said, "kind": type(error).__name__}

    # -- checkpoints ---------------------------------------------------------------------------

    def _checkpoint(self, window: str, args: Args) -> Any:
        label = args.get("label")
        extension = self._extension
        room = extension.book().checkpoints
        saved = room.save_now(
            extension.keeper.kernel(),
            extension.moment(),
            label=check_label(str(label)) if label else None,
            document=extension.document(),
        )
        extension.saved(extension.book(), saved)
        return {
            "checkpoint_id": saved.checkpoint_id,
            "number": room.find(saved.checkpoint_id)[0],
            "variables": saved.variables,
            "stored": saved.stored,
            "lost": dict(saved.lost),
        }

    def _plan(self, window: str, args: Args) -> Any:
        return self._restored(args, dry_run=True)

    def _restore(self, window: str, args: Args) -> Any:
        extension, room = self._extension, self._extension.book().checkpoints
        if not args.get("variables", True):
            number, checkpoint = room.find(str(args["checkpoint"]))
            saved = extension.keeper.save_before(
                extension.book(), extension.moment(), extension.document()
            )
            extension.windows.restore(window, checkpoint, number, None)
            return {"number": number, "before": room.find(saved.checkpoint_id)[0]}
        done = self._restored(args, dry_run=False)
        if args.get("document", True) and not args.get("only") and done["document"]:
            number, checkpoint = room.find(done["checkpoint_id"])
            extension.windows.restore(window, checkpoint, number, None)
        return done

    def _restored(self, args: Args, *, dry_run: bool) -> dict[str, Any]:
        extension, room = self._extension, self._extension.book().checkpoints
        done = room.restore(
            str(args["checkpoint"]),
            extension.keeper.kernel(),
            extension.moment(),
            only=list(args["only"]) if args.get("only") else None,
            trust=bool(args.get("trust")),
            dry_run=dry_run,
            document=extension.document(),
        )
        if done.before is not None:
            extension.saved(extension.book(), room.find(done.before)[1])
        return _restored_doc(name_makers(extension.book().store, done))

    def _diff(self, window: str, args: Args) -> Any:
        extension, room = self._extension, self._extension.book().checkpoints
        kernel = extension.keeper.kernel()
        now = room.save_now(
            kernel,
            extension.moment(),
            kind=CheckpointKind.CELL,
            document=dataclasses.replace(extension.document(), counts=False),
        )
        extension.saved(extension.book(), now)
        found = diff_checkpoints(
            room,
            str(args["checkpoint"]),
            now.checkpoint_id,
            kernel,
            trust=bool(args.get("trust")),
        )
        return dataclasses.asdict(found)

    # -- recording -----------------------------------------------------------------------------

    def _pause(self, window: str, args: Args) -> Any:
        self._extension.pause()
        return {}

    def _resume(self, window: str, args: Args) -> Any:
        return {"said": self._extension.resume()}

    def _start_run(self, window: str, args: Args) -> Any:
        name = args.get("name")
        run = self._extension.book().start_run(str(name) if name else None)
        return {"run_id": run.run_id, "name": run.name}

    def _end_run(self, window: str, args: Args) -> Any:
        run = self._extension.book().runs.end_active(args.get("state"))
        if run is None:
            raise NotFound("No run is open. Start one first.")
        return {"run_id": run.run_id, "name": run.name, "state": run.state.value}

    def _rename_run(self, window: str, args: Args) -> Any:
        book = self._extension.book()
        run = book.active_run()
        if run is None:
            raise NotFound("No run is open. Start one first.")
        run.rename(str(args.get("name", "")))
        return {"run_id": run.run_id, "name": run.name}


def _restored_doc(done: Restored) -> dict[str, Any]:
    return {
        "checkpoint_id": done.checkpoint.checkpoint_id,
        "number": done.number,
        "restored": done.restored,
        "kept": done.kept,
        "missing": done.missing,
        "removed": done.removed,
        "notes": done.notes,
        "differences": done.differences,
        "before": done.before,
        "document": done.checkpoint.document is not None,
    }
