"""``%track_run``, ``%%track_run`` and ``%end_run``."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from typing import Any

from IPython.core.error import UsageError
from IPython.core.inputtransformer2 import cell_magic as ipython_cell_magic
from IPython.core.magic import cell_magic, magics_class
from IPython.core.magic_arguments import argument

from cellbook.capture import analyse
from cellbook.ipython.front_end import in_notebook
from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line
from cellbook.ipython.saying import end_line, start_line
from cellbook.tracking import Run
from cellbook.views import formatting

_SHOWN_PARAMS = 8
_FIRST_LINE = re.compile(r"%%track_run(?!\S)([^\n]*)")
_RUN_ARGUMENTS = (
    argument(
        "words",
        nargs="*",
        metavar="NAME key=value",
        help="The run's name (one is made up if there is none), and its params.",
    ),
    argument(
        "--experiment", metavar="E", help="The group it belongs to; else the notebook's name."
    ),
    argument(
        "--tags",
        action="append",
        metavar="a=b",
        help="Tags; several as a=b,c=d or with --tags again.",
    ),
    argument("--parent", metavar="RUN", help="The run it is nested in: a name, #12 or an id."),
    argument("--notes", metavar="TEXT", help="A description, in quotes."),
    argument(
        "--auto-params",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="Log literal assignments at this cell's top level (lr = 0.01) as params: "
        "off in %%track_run, on in %%%%track_run.",
    ),
)


@magics_class
class RunMagics(CellbookMagics):
    """Start and end runs."""

    @our_line_magic("track_run", *_RUN_ARGUMENTS)
    def track_run(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Start a run; all cells belong to it until %end_run or the next start.

        %%track_run as the first line of a cell makes that one cell the run: it ends with the
        cell, as failed or stopped if the cell was.

        A value is a literal, a name, or an expression in braces; text with spaces is quoted. In
        NAME and in options {name} is filled in. A run that is open ends first.

        Examples::

            %track_run baseline lr=0.01 layers=[64,64]
            %track_run "wide net" lr=lr width={2 * n} --experiment wine --tags team=vision
            %%track_run probe-{seed} --notes "does the seed matter?"
        """
        self._start(line, local, parsed(type(self).track_run, line, line.words()), own=False)

    @our_line_magic("_track_cell", *_RUN_ARGUMENTS)
    def track_cell(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Start a run that is the cell under way: what the first line of %%track_run becomes."""
        line.magic = "%%track_run"
        options = parsed(type(self).track_cell, line, line.words())
        if options.auto_params is None:
            options.auto_params = True
        self._start(line, local, options, own=True)

    @cell_magic("track_run")  # type: ignore[untyped-decorator]
    def track_run_cell(self, line: str, cell: str) -> None:
        """Start a run that is this cell; see %track_run? for all it takes."""
        # As a cell's first line it never comes here: it became a line magic before (see
        # `first_line`), so that the body runs as any cell does.
        raise UsageError("%%track_run must be the first line of a cell. Use %track_run inside one.")

    @our_line_magic(
        "end_run",
        argument(
            "--state",
            choices=("finished", "failed", "stopped"),
            help="How it ended; else as the rule above has it.",
        ),
    )
    def end_run(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """End the run that is open.

        It is finished; but failed or stopped if the last cell that did something failed or was
        interrupted. Cells that only look (%runs, %compare, %cellbook) and mistyped magics decide
        nothing. If an earlier cell failed and a later one went on, it is finished, and the
        answer says which cell failed.

        Examples::

            %end_run
            %end_run --state failed
        """
        options = parsed(type(self).end_run, line, line.words())
        run = self.book.runs.end_active(options.state)
        if run is None:
            self.say("No run is open. %track_run starts one.")
        else:
            self.say(*end_line(run))

    def _start(
        self, line: Line, local: Mapping[str, Any] | None, options: Any, *, own: bool
    ) -> None:
        values = self.values(line, local)
        names = [word for word in options.words if not word.key]
        if len(names) > 1:
            raise line.error(
                f"A run has one name, here are {len(names)}: {', '.join(names)}. "
                "Put a name with spaces in quotes, and write params as key=value without spaces.",
                names[1].at,
            )
        params = values.assigned([word for word in options.words if word.key])
        found = analyse(self.extension.cell_source()).literals if options.auto_params else {}
        before = self.book.active_run()
        run = self.book.start_run(
            values.text(names[0], names[0].at) if names else None,
            experiment=None if options.experiment is None else values.text(options.experiment),
            params={**found, **params},
            tags=_tags(line, [values.text(entry) for entry in options.tags or ()]),
            parent=None if options.parent is None else values.text(options.parent),
            description=None if options.notes is None else values.text(options.notes),
        )
        # As they were recorded: secrets are masked.
        noted = {key: run.params.get(key, "") for key in found if key not in params}
        rest = _described(run, noted)
        if before is not None and before.state.is_final:
            rest += f" · ended {before.label}: {before.state.value}"
        name = f"cellbook-{run.run_id}" if own else ""
        self.say(*start_line(run, f"· {rest}"), name=name)
        if own:
            self.extension.run_this_cell(run, lambda: self._tell_end(run, rest, name))

    def _tell_end(self, run: Run, rest: str, name: str) -> None:
        """Say how the run that is a cell has ended: in place of the line that said it began."""
        if in_notebook(self.shell):
            self.say(*end_line(run, rest), name=name)
        else:
            self.say(*end_line(run))


def first_line(lines: list[str]) -> list[str]:
    """Turn a cell that begins with ``%%track_run`` into the line magic and the plain cell.

    An input transformer: the body then runs as any cell does, with its own line numbers,
    ``await``, tracebacks and displays, instead of as a string within a magic.  A second cell magic
    on the next line goes on as it would.
    """
    found = _FIRST_LINE.match(lines[0]) if lines else None
    if found is None:
        return lines
    body = lines[1:]
    blank = next((n for n, line in enumerate(body) if not line.isspace()), len(body))
    # Written as Python right away: as a magic, a question mark at its end would ask for help.
    start = f"get_ipython().run_line_magic('_track_cell', {found[1].strip()!r})\n"
    return [start, *body[:blank], *ipython_cell_magic(body[blank:])]


def _described(run: Run, found: Mapping[str, Any]) -> str:
    shown = [
        f"{key} {formatting.value(value)}" for key, value in list(found.items())[:_SHOWN_PARAMS]
    ]
    if len(found) > len(shown):
        shown.append(f"… {len(found) - len(shown)} more")
    return " · ".join([f"experiment {run.experiment}", *shown])


def _tags(line: Line, entries: list[str]) -> dict[str, str]:
    tags = {}
    for entry in ",".join(entries).split(",") if entries else ():
        key, equals, value = entry.partition("=")
        if not equals:
            raise line.error(f"The tag {entry!r} has no value. Write --tags name=value.")
        tags[key.strip()] = value.strip()
    return tags
