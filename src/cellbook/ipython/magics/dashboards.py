"""``%dashboard``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line
from cellbook.records import DashboardPanel


@magics_class
class DashboardMagics(CellbookMagics):
    """Show panels that somebody put together, and put them together."""

    @our_line_magic(
        "dashboard",
        argument("words", nargs="*", metavar="NAME", help="The dashboard; then runs for --add."),
        argument("--add", action="store_true", help="Add a comparison of the runs named."),
        argument("--query", metavar="QUERY", help="Add the newest runs that a query finds."),
        argument("--limit", type=int, metavar="N", help="At most N runs of the query; else 10."),
        argument("--title", metavar="TEXT", help="What stands above the panel that is added."),
        argument("--drop", type=int, metavar="N", help="Take the Nth panel away."),
        argument("--rename", metavar="NEW", help="Give it another name."),
        argument("--delete", action="store_true", help="Delete it; runs stay."),
        argument("--export", metavar="FILE", help="Write it as one HTML file."),
    )
    def dashboard(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Show a dashboard; without a name, list what there is.

        Panels are also added from a comparison's own menu, and changed by hand in the dashboard.

        Examples::

            %dashboard
            %dashboard weekly
            %dashboard weekly --add #11 #12 --title "wide against narrow"
            %dashboard weekly --query "metrics.acc > 0.9" --limit 5
            %dashboard weekly --export weekly.html
        """
        from cellbook.widgets import DashboardView, dashboard_names  # noqa: PLC0415 - heavy

        options = parsed(type(self).dashboard, line, line.words())
        values = self.values(line, local)
        words = [values.text(word) for word in options.words]
        chosen = [name for name in ("add", "query", "drop", "rename", "delete", "export")
                  if getattr(options, name) not in (None, False)]  # fmt: skip
        if not words:
            if chosen:
                raise line.error("Which dashboard? Name it first: %dashboard NAME …")
            self.show(dashboard_names(self.book))
            return
        if len(chosen) > 1:
            raise line.error("One thing at a time: " + " or ".join(f"--{one}" for one in chosen))
        name, *runs = words
        if runs and not options.add:
            raise line.error(f"What is `{runs[0]}`? --add puts runs on the dashboard.")
        rooms = self.book.dashboards
        title = "" if options.title is None else values.text(options.title)
        if options.delete:
            rooms.delete(name)
            self.say(f"dashboard {name} is deleted. The runs are as they were.")
            return
        if options.rename is not None:
            name = rooms.rename(name, values.text(options.rename)).name
        elif options.drop is not None:
            rooms.drop(name, options.drop)
        elif options.add:
            if not runs:
                raise line.error("Which runs? %dashboard NAME --add #11 #12")
            found = tuple(self.book.find_run(run).run_id for run in runs)
            rooms.add(name, DashboardPanel(title, found))
        elif options.query is not None:
            limit = 10 if options.limit is None else options.limit
            query = str(values.query(options.query))
            self.book.search_runs(query, max_results=1)
            rooms.add(name, DashboardPanel(title, query=query, limit=limit))
        view = DashboardView(self.book, name)
        if options.export is not None:
            self.say(f"dashboard {name} is in {view.save(values.text(options.export))}.")
            return
        self.show(view)
