"""``%monitor``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.answers import monitor_query
from cellbook.answers.rows_against import against_cells, check_alone, rows_against
from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line, Values


@magics_class
class MonitorMagics(CellbookMagics):
    """See how a model in service does."""

    completed: ClassVar[tuple[str, ...]] = ("monitor",)

    def complete(self, before: Sequence[str], begun: str) -> list[str]:
        """Return options, and names of endpoints."""
        from cellbook.monitoring import Predictions  # noqa: PLC0415 - heavy

        if begun.startswith("-"):
            options = ("window", "windows", "data", "metric", "by", "score", "arm", "html")
            return [f"--{one}" for one in options]
        return Predictions(self.book.store).endpoints()

    @our_line_magic(
        "monitor",
        argument("words", nargs="*", metavar="NAME", help="An endpoint or model; none lists them."),
        argument("--window", metavar="TIME", help="How long a window is: 5min, 1h, 1d."),
        argument("--windows", metavar="N", help="How many of the newest, at most; 24."),
        argument("--data", metavar="DATA", help="people@1; a file, or {frame}."),
        argument("--metric", action="append", metavar="METRIC", help="What is measured."),
        argument("--by", action="append", metavar="COLUMN", help="Make groups by it."),
        argument("--score", default="", metavar="OUTPUT", help="The positive's probability."),
        argument("--arm", default="", metavar="ARM", help="That alone, such as a shadow."),
        argument("--html", metavar="FILE", help="Write the report as one HTML file."),
    )
    def monitor(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Show how a model in service does: alarms, drift, performance, groups.

        NAME is an endpoint's, or a model's; with an alias or number, only what that version
        answered counts.  What is shown follows the endpoint.  With a file of rows, or a frame, for
        --data, these are compared with what the model was trained on: no endpoint is needed.

        Examples::

            %monitor
            %monitor credit
            %monitor credit@champion --window 1h --data people@1 --by town
            %monitor credit --html report.html
            %monitor credit@champion --data {today}
        """
        from cellbook.widgets.leaderboards import cells_panel  # noqa: PLC0415 - heavy
        from cellbook.widgets.monitor import (  # noqa: PLC0415 - heavy
            endpoints_panel,
            monitor_panel,
        )

        options = parsed(type(self).monitor, line, line.words())
        values = self.values(line, local)
        words = [values.text(word) for word in options.words]
        if len(words) > 1:
            raise line.error("It is `%monitor NAME`: one endpoint or model.")
        if not words:
            if options.html is not None:
                raise line.error("Which endpoint? %monitor NAME --html FILE")
            self.show(endpoints_panel(self.book))
            return
        rows = self._rows(values, options.data)
        named = options.data is not None and rows is None
        query = monitor_query(
            words[0],
            window=None if options.window is None else values.text(options.window),
            windows=None if options.windows is None else values.text(options.windows),
            data=values.text(options.data) if named else None,
            metric=[values.text(one) for one in options.metric or ()],
            by=[values.text(one) for one in options.by or ()],
            score=values.text(options.score),
            arm=values.text(options.arm),
        )
        if rows is not None:
            others = ("html", "window", "windows", "metric", "by", "score", "arm")
            check_alone({f"--{one}": getattr(options, one) for one in others})
            found = rows_against(self.book, query.endpoint, rows, source=str(options.data))
            self.say(found.summary)
            self.show(cells_panel(against_cells(found), ""))
            return
        panel = monitor_panel(self.book, query)
        if options.html is not None:
            self.say(f"how {query.endpoint} does is in {panel.save(values.text(options.html))}")
            return
        self.show(panel)

    def _rows(self, values: Values, told: str | None) -> Any:
        """Return the rows that stand behind --data: a frame, the path of a file; None where it
        names tracked data, as it does wherever it can."""
        if told is None:
            return None
        if told[:1] == "{" and values.is_expression(told.strip("{} ")):
            found = values.expression(told.strip()[1:-1])
            return values.text(told) if isinstance(found, str) else found
        text = values.text(told)
        if Path(text).is_file():
            return Path(text)
        tracked = any(one.name == text for one in self.book.datasets.all())
        if text.isidentifier() and not tracked and values.is_expression(text):
            return values.expression(text)
        return None
