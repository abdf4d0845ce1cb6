"""``%leaderboard`` and ``%metric``."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line, Values, Word
from cellbook.views import boards


@magics_class
class BoardMagics(CellbookMagics):
    """Rank runs, and say what their metrics are to reach."""

    @our_line_magic(
        "leaderboard",
        argument("words", nargs="*", metavar="NAME key=value", help="The board; what it is."),
        argument("--date", metavar="DATE", help="As it stood then; later runs do not count."),
        argument("--freeze", action="store_true", help="Keep a copy of how it stands."),
        argument("--frozen", nargs="?", const="", metavar="DATE", help="Show a copy kept."),
        argument("--why", metavar="RUN", help="Say where a run stands, or why it does not."),
        argument("--delete", action="store_true", help="Take the board away; runs stay."),
    )
    def leaderboard(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Show a leaderboard, make one, or change one; without a name, list what there is.

        What it is: metric, metrics, experiment, group_by (tags), group_by_params, filters,
        datasets, newest, seeds (score or mean), confidence, cost, latency, description.

        Examples::

            %leaderboard
            %leaderboard best metric=acc experiment=wine
            %leaderboard best group_by=model seeds=mean filters="acc>=0.5, loss<=2"
            %leaderboard best datasets=digits@2 newest=nightly:3 cost=duration
            %leaderboard best --why #12
            %leaderboard best --freeze
        """
        from cellbook.widgets import board_panel  # noqa: PLC0415 - panels' libraries are heavy

        options = parsed(type(self).leaderboard, line, line.words())
        values = self.values(line, local)
        name, given = _name_and_given(line, values, options.words)
        verbs = [verb for verb in ("freeze", "why", "delete") if getattr(options, verb)]
        if name is None and (given or verbs or options.date or options.frozen is not None):
            raise line.error("Which leaderboard? Name it first: %leaderboard NAME …")
        if len(verbs) > 1 or (given and "delete" in verbs):
            raise line.error("One thing at a time: " + " or ".join(f"--{verb}" for verb in verbs))
        date = None if options.date is None else values.text(options.date)
        now = time.time_ns() // 1_000_000
        room = self.book.leaderboards
        if options.delete:
            board, copies = room.delete(name), len(room.frozen(name))
            kept = f"; its frozen copies stay ({copies})" if copies else ""
            self.say(f"leaderboard {board.name} is deleted{kept}. The runs are as they were.")
            return
        if given and (verbs or options.frozen is not None):
            room.save(name, given)
            given = {}
        if options.why:
            self.book.refresh()
            self.say(room.why(name, self.book.find_run(values.text(options.why))))
            return
        if options.freeze:
            self.book.refresh()
            room.freeze(name, until=None if date is None else boards.moment_of(date, now))
            options.frozen, date = "", None
        frozen = options.frozen if options.frozen else options.frozen is not None
        self.show(board_panel(self.book, name, date=date, frozen=frozen, definition=given))

    @our_line_magic(
        "metric",
        argument("words", nargs="*", metavar="NAME key=value", help="The metric; what it is."),
        argument("--delete", action="store_true", help="Take the definition away."),
    )
    def metric(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Say what a metric is to reach, which way is better, and what a run's score is.

        goal is a number, direction more or less, score last, min, max, mean, sum, median or best.
        Without anything, list what was said.

        Examples::

            %metric
            %metric acc goal=0.9 direction=more score=best
            %metric acc --delete
        """
        from cellbook.widgets import cells_panel  # noqa: PLC0415 - as above

        options = parsed(type(self).metric, line, line.words())
        name, given = _name_and_given(line, self.values(line, local), options.words)
        if name is None and (given or options.delete):
            raise line.error("Which metric? Name it first: %metric acc goal=0.9")
        if name is not None and options.delete:
            self.book.metrics.delete(name)
            self.say(f"metric {name} is defined no more; its values are as they were.")
            return
        if name is not None and given:
            self.book.metrics.define(name, **given)
        known = [one for one in self.book.metrics.all() if name in (None, one.name)]
        self.show(cells_panel(boards.metrics_cells(known), boards.NO_METRICS))


def _name_and_given(
    line: Line, values: Values, words: list[Word]
) -> tuple[str | None, dict[str, Any]]:
    """Return the name in a line, which comes without ``=``, and what is said of it."""
    names = [word for word in words if not word.key]
    if len(names) > 1:
        raise line.error(f"What is `{names[1]}`? Put a name of two words in quotes.", names[1].at)
    assigned = [word for word in words if word.key]
    given: dict[str, Any] = {}
    for word in assigned:
        if word.key in given:
            raise line.error(f"`{word.key}` is given twice. Give it once.", word.at)
        given[word.key] = _value(values, word)
    return values.text(names[0], names[0].at) if names else None, given


def _value(values: Values, word: Word) -> Any:
    """Return a value; a bare word is text, though a variable may have its name."""
    text = word[len(word.key) + 1 :]
    raw = word.raw[word.value_at :]
    return values.value(word) if raw[:1] in "{[(" else values.text(text, word.at)
