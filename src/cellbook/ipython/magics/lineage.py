"""``%lineage``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line


@magics_class
class LineageMagics(CellbookMagics):
    """Tell where things come from."""

    @our_line_magic(
        "lineage",
        argument("words", nargs="*", metavar="TARGET", help="A run, a data set, a checkpoint."),
        argument("--export", metavar="FILE", help="Write it: .json is W3C PROV, .svg a picture."),
    )
    def lineage(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Draw where a thing comes from, and what came of it; without one, of the newest run.

        Examples::

            %lineage
            %lineage #12
            %lineage data:digits@3
            %lineage run:wide --export wide.prov.json
        """
        from cellbook.widgets.lineage import lineage_panel  # noqa: PLC0415 - heavy

        options = parsed(type(self).lineage, line, line.words())
        values = self.values(line, local)
        if len(options.words) > 1:
            second = options.words[1]
            raise line.error(f"What is `{second}`? Put a name of two words in quotes.", second.at)
        word = options.words[0] if options.words else None
        target = None if word is None else values.text(word, word.at)
        panel = lineage_panel(self.book, target, self.book.runs.sessions.notebook or "")
        if options.export is None:
            self.show(panel)
        else:
            written = panel.write(values.text(options.export))
            self.say(f"lineage of {panel.title} is in {written}")
