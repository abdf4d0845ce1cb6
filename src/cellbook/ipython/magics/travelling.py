"""``%comments embed``, ``export`` and ``import``, and ``%fork``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol, cast

from IPython.core.error import UsageError
from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.book import Book
from cellbook.errors import CellbookError, InvalidInput, NotFound, StoreError
from cellbook.ipython.front_end import may_have_windows
from cellbook.ipython.magics import base
from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line
from cellbook.ipython.notebook import Notebook
from cellbook.ipython.windows import Windows
from cellbook.views.formatting import plural

VERBS = ("embed", "export", "import")
"""What ``%comments`` does beside showing threads."""


class Extension(base.Extension, Protocol):
    """What these magics ask of the extension."""

    notebook: Notebook
    windows: Windows


def travel(
    magics: CellbookMagics, line: Line, words: Sequence[str], notebook: str, *, force: bool
) -> None:
    """Carry out ``%comments embed [off]``, ``export FILE`` or ``import FILE``.

    `force` says that a file which is there is replaced by an export, whatever it is.
    """
    try:
        _travel(magics, line, words, notebook, force)
    except StoreError as error:
        # It was asked for: that it was not done is no mere warning.
        raise UsageError(str(error)) from None


def _travel(
    magics: CellbookMagics, line: Line, words: Sequence[str], notebook: str, force: bool
) -> None:
    verb, *rest = words
    if verb == "embed":
        if rest not in ([], ["off"]):
            raise line.error(f"What is `{rest[0]}`? It is `%comments embed`, or `embed off`.")
        _embed(magics, notebook, off=bool(rest))
        return
    if len(rest) != 1:
        raise line.error(f"Which file? `%comments {verb} said.jsonld`.")
    from cellbook.answers.taking import told_of  # noqa: PLC0415 - heavy
    from cellbook.widgets.thread_files import export_comments, import_comments  # noqa: PLC0415

    there = magics.book.folder / notebook if notebook else None
    if verb == "export":
        written = export_comments(rest[0], there, force=force, book=magics.book)
        magics.say(f"comments are in {written}")
    else:
        done = import_comments(rest[0], there, book=magics.book)
        magics.say(told_of(done, Path(rest[0]).name) or f"{rest[0]} brings nothing new")


def _embed(magics: CellbookMagics, notebook: str, *, off: bool) -> None:
    """Write threads into the notebook: in the window that shows it, else in its file."""
    from cellbook.answers import Reader  # noqa: PLC0415 - heavy
    from cellbook.answers.travelling import embed, gather, strip  # noqa: PLC0415

    extension = cast(Extension, magics.extension)
    reader = Reader(magics.book, notebook)
    found = None if off else gather(reader)
    cell = extension.cell()
    if found is None:
        carries = "the notebook carries no comments"
    else:
        said = f"{plural(found.threads, 'thread')} ({plural(found.comments, 'comment')})"
        carries = f"the notebook carries {said}"

    def write() -> None:
        changed = strip(reader) if off else embed(reader)
        extension.say(f"{carries}: its file {'is changed' if changed else 'is as it was'}",
                      name=name)  # fmt: skip

    name = f"carried-{magics.shell.execution_count}"
    windows = extension.windows
    window = extension.notebook.window
    if window is None and not (cell and windows.listened_to and may_have_windows(magics.shell)):
        write()
        return
    extension.say("Waiting for the window that shows this notebook …", name=name)
    windows.carry(
        None if found is None else found.document,
        cell or "",
        window,
        taken=lambda: extension.say(f"{carries}, once it is saved", name=name),
        untaken=write,
    )


@magics_class
class ForkMagics(CellbookMagics):
    """Take a notebook over from a moment of it."""

    extension: Extension
    mistakes: ClassVar[tuple[type[CellbookError], ...]] = (InvalidInput, NotFound, StoreError)

    @our_line_magic(
        "fork",
        argument("words", nargs="+", metavar="TARGET [FILE]", help="What to take over, and where."),
    )
    def fork(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Make a new notebook from a run or a checkpoint: %fork TARGET [FILE].

        Its first cell is a hand-over note made from the record: the brief, decisions, open
        threads, data and environment, stale cells, and what to run first. No file is overwritten.

        Examples::

            %fork run:baseline
            %fork checkpoint:clean taken-over.ipynb
        """
        from cellbook.answers import Reader, fork  # noqa: PLC0415 - heavy

        options = parsed(type(self).fork, line, line.words())
        values = self.values(line, local)
        target, *rest = [values.text(word) for word in options.words]
        if len(rest) > 1:
            raise line.error("One file at a time: put a name with spaces in quotes.")
        place = self.extension.notebook.place
        reader = Reader(self.book, self.book.runs.sessions.notebook or "")
        made = fork(reader, target, folder_of(self.book, place.folder),
                    Path(rest[0]) if rest else None)  # fmt: skip
        self.say(f"{made.notebook} is {plural(made.cells, 'cell')} from {target}")


def folder_of(book: Book, folder: Path | None) -> Path:
    """Return where a new notebook is to be: beside the one at hand, else beside the book."""
    return folder if folder is not None else book.folder
