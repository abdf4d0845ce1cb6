"""``%export_run`` and ``%import_run``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.errors import CellbookError, InvalidInput, NotFound, StoreError
from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line


@magics_class
class SharingMagics(CellbookMagics):
    """Write a run into one file, and take one in."""

    mistakes: ClassVar[tuple[type[CellbookError], ...]] = (InvalidInput, NotFound, StoreError)

    @our_line_magic(
        "export_run",
        argument("words", nargs="*", metavar="[RUN] [FILE.zip]", help="What, and where to."),
        argument("--data", action="store_true", help="With the data that is kept by value."),
        argument("--state", action="store_true", help="With the kernel's state."),
        argument("--no-children", action="store_true", help="Without runs that are part of it."),
        argument("--hashes", action="store_true", help="Ask the package index for hashes."),
        argument("--license", metavar="URL", help="What others may do with it."),
    )
    def export_run(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Write a run, the newest if none is named, into one file that reopens elsewhere.

        The zip is an RO-Crate as well: whoever has no Cellbook reads its README, notebook, script,
        metrics, artifacts and comments.

        Examples::

            %export_run
            %export_run #12 best.zip
            %export_run run:wide wide.zip --data
        """
        from cellbook.answers.lineage import newest_run  # noqa: PLC0415 - heavy
        from cellbook.sharing import export_run  # noqa: PLC0415
        from cellbook.sharing.telling import exported_line  # noqa: PLC0415

        options = parsed(type(self).export_run, line, line.words())
        values = self.values(line, local)
        words = [values.text(word) for word in options.words]
        if len(words) > 2:
            raise line.error("It is `%export_run RUN FILE.zip`: put names with spaces in quotes.")
        target = words[0] if words else newest_run(self.book)
        run = self.book.find_run(target.removeprefix("run:").strip('"'))
        made = export_run(
            run,
            words[1] if len(words) > 1 else None,
            data=options.data,
            state=options.state,
            children=not options.no_children,
            hashes=options.hashes,
            license=values.text(options.license) if options.license else "",
            book=self.book,
        )
        self.say(exported_line(run, made))

    @our_line_magic(
        "import_run",
        argument("words", nargs="+", metavar="FILE.zip", help="What %%export_run wrote."),
        argument("--state", action="store_true", help="Take the kernel's state, too."),
    )
    def import_run(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Take a run in that was exported from another book; nothing of it is run.

        Examples::

            %import_run best.zip
        """
        from cellbook.sharing import import_run  # noqa: PLC0415 - heavy
        from cellbook.sharing.telling import imported_line  # noqa: PLC0415

        options = parsed(type(self).import_run, line, line.words())
        values = self.values(line, local)
        if len(options.words) > 1:
            raise line.error("One file at a time: put a name with spaces in quotes.")
        file = Path(values.text(options.words[0]))
        self.say(imported_line(import_run(file, state=options.state, book=self.book), file.name))
