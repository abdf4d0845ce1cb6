"""``%reproduce``."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument
from IPython.display import display

from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line
from cellbook.ipython.saying import bundle_of


@magics_class
class ReproduceMagics(CellbookMagics):
    """Run runs again."""

    @our_line_magic(
        "reproduce",
        argument("words", nargs="*", metavar="RUN", help="Which run."),
        argument("--tolerance", metavar="SHARE", help="Let numbers differ by 0.01, or `seeds`."),
        argument("--build", action="store_true", help="Make an environment as recorded for it."),
        argument("--limit", metavar="SECONDS", help="Give up after so long."),
        argument("--trust", action="store_true", help="Run imported code, and lines like !rm."),
    )
    def reproduce(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Run a run's cells again in a fresh kernel, and say how the results compare.

        Examples::

            %reproduce #12
            %reproduce run:wide --tolerance 0.01
        """
        # It starts kernels, which few sessions do.
        from cellbook.reproducing.outcomes import outcome_text  # noqa: PLC0415
        from cellbook.reproducing.room import reproduce  # noqa: PLC0415

        options = parsed(type(self).reproduce, line, line.words())
        values = self.values(line, local)
        if len(options.words) != 1:
            raise line.error("Name one run: %reproduce #12")
        line_shown = Progress(self)
        done = reproduce(
            self.book,
            values.text(options.words[0], options.words[0].at),
            tolerance="seeds"
            if options.tolerance == "seeds"
            else number_of(line, options.tolerance, "--tolerance"),
            build=options.build,
            limit=number_of(line, options.limit, "--limit"),
            trust=options.trust,
            tell=line_shown.tell,
        )
        line_shown.tell(outcome_text(self.book, done))


class Progress:
    """One quiet place below the cell, whose text is replaced as it gets on."""

    def __init__(self, magics: CellbookMagics) -> None:
        self._magics = magics
        self._handle: Any = None

    def tell(self, said: str) -> None:
        """Show a text in the place of the former one."""
        markup = "<br>".join(html.escape(line) for line in said.splitlines())
        bundle = bundle_of(self._magics.shell, said, markup)
        with self._magics.extension.quietly():
            if self._handle is None:
                self._handle = display(bundle, raw=True, display_id=True)
            else:
                self._handle.update(bundle, raw=True)


def number_of(line: Line, text: str | None, option: str) -> float | None:
    """Return what stands behind an option as a number; None where it is not given."""
    try:
        return None if text is None else float(text)
    except ValueError:
        raise line.error(f"{option} takes a number, not {text!r}.") from None
