"""``%runs`` and ``%compare``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line


@magics_class
class RunsMagics(CellbookMagics):
    """Show runs."""

    @our_line_magic("runs")
    def runs(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """List the runs that a query finds, the newest first; without one, all runs.

        The query is MLflow's filter string, with `or`, `not` and parentheses. {name} is filled in
        from your variables. For a DataFrame: cb.search_runs(query).

        Examples::

            %runs
            %runs metrics.acc > 0.9 and params.layers = 2
            %runs experiment = 'wine' and state != 'failed'
        """
        from cellbook.widgets import runs_list  # noqa: PLC0415 - the panels' libraries are heavy

        query = self.values(line, local).text(line.text.strip())
        self.show(runs_list(self.book, query))

    @our_line_magic(
        "compare",
        argument("words", nargs="*", metavar="RUN", help="Runs: #12, 12, names or ids."),
        argument(
            "--all", action="store_true", help="All runs of the experiment, not just the newest."
        ),
    )
    def compare(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Compare runs: what differs in their params and metrics, and their curves.

        Without names, the newest runs of the experiment that ran last.

        Examples::

            %compare
            %compare #11 #12
            %compare baseline "wide net"
        """
        from cellbook.widgets import compare_panel  # noqa: PLC0415 - as above

        options = parsed(type(self).compare, line, line.words())
        values = self.values(line, local)
        targets = [values.text(word, word.at) for word in options.words]
        everything = {"limit": None} if options.all else {}
        self.show(compare_panel(self.book, targets, **everything))
