"""``%cellbook``: what is recorded, and whether all is well."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line

_COMMANDS = ("status", "pause", "resume", "doctor", "help")
_HELP = """\
%track_run [NAME] [key=value …]   start a run; all cells belong to it
%%track_run [NAME] [key=value …]  this cell is the run; its literal assignments are params
%end_run                          end it
%log key=value … [--step N]       log to it: numbers are metrics
%runs [QUERY]                     list runs, e.g. %runs metrics.acc > 0.9
%compare [RUN …]                  compare runs, the last ones where none is named
%checkpoint [LABEL]               save the notebook and the kernel's variables
%checkpoints                      list checkpoints as a tree
%restore ID                       bring one back: 12, a label, ~1, run:NAME
%diff A [B]                       compare two, or one with now
%cellbook status                  what is recorded, and where
%cellbook pause · resume          stop recording cells for a while
%cellbook doctor                  check the book and the surroundings

Each explains itself: %track_run?   In Python: import cellbook as cb"""


@magics_class
class StatusMagics(CellbookMagics):
    """Ask and steer the extension itself."""

    @our_line_magic(
        "cellbook",
        argument(
            "command",
            nargs="?",
            default="status",
            metavar="{" + ",".join(_COMMANDS) + "}",
            help="What to do; status if nothing is said.",
        ),
    )
    def cellbook(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Say what is recorded and where; pause and resume; check that all is well.

        Examples::

            %cellbook
            %cellbook pause
            %cellbook doctor
        """
        command = parsed(type(self).cellbook, line, line.words()).command
        if command not in _COMMANDS:
            near = difflib.get_close_matches(command, _COMMANDS, 1)
            mend = f"Did you mean {near[0]}?" if near else f"There are {', '.join(_COMMANDS)}."
            raise line.error(f"There is no `%cellbook {command}`. {mend}")
        if command == "pause":
            self.extension.pause()
            self.say("Cells are not recorded until %cellbook resume. Runs log on.")
        elif command == "resume":
            gone = self.extension.resume()
            self.say(" ".join(["Cells are recorded again.", *gone]))
        elif command == "help":
            print(_HELP)
        else:
            # The panels' libraries are heavy, and doctor is rarely asked for.
            from cellbook.widgets import facts_panel  # noqa: PLC0415

            tables = [list(self.extension.status().items())]
            if command == "doctor":
                tables.append(self._examined())
            self.show(facts_panel(*tables))

    def _examined(self) -> list[tuple[str, str]]:
        from cellbook.doctor import examine  # noqa: PLC0415 - as above

        found: list[tuple[str, str]] = []
        for check in examine(self.book.url):
            found.append((f"{'✓' if check.ok else '✗'} {check.name}", check.found))
            found += [("", f"→ {check.mend}")] if check.mend else []
        return found
