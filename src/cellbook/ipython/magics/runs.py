"""``%runs`` and ``%compare``."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from typing import Any

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line, Values, Word

_OPERATOR = re.compile(r"[<>]=?|[!=]?=|like|ilike|in", re.I)
_SHARP = re.compile(r"^[^'\"{]*([<>]|!=)")
_NUMBERS = re.compile(r"#?\d+(,#?\d+)*,?")


@magics_class
class RunsMagics(CellbookMagics):
    """Show runs."""

    @our_line_magic(
        "runs",
        argument(
            "--limit", type=int, metavar="N", help="At most N runs; else all, or 20 as plain text."
        ),
        argument(
            "--order-by",
            action="append",
            metavar="FIELD",
            help='Such as "metrics.acc DESC"; else the newest first.',
        ),
    )
    def runs(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """List the runs that a query finds, the newest first; without one, all runs.

        The query is MLflow's filter string, with `or`, `not` and parentheses. {name} is a value of
        yours: text is quoted, a list is for IN. For a DataFrame: cb.search_runs(query).

        Examples::

            %runs
            %runs metrics.acc > 0.9 and params.layers = 2
            %runs experiment = 'wine' and state != 'failed'
            %runs metrics.acc > 0.9 --order-by "metrics.acc DESC" --limit 5
        """
        from cellbook.widgets import runs_list  # noqa: PLC0415 - the panels' libraries are heavy

        query, words = _options_apart(line)
        options = parsed(type(self).runs, line, words)
        if options.limit is not None and options.limit < 0:
            raise line.error(f"--limit {options.limit} is no number of runs. Give 0 or more.")
        values = self.values(line, local)
        chosen = {} if options.limit is None else {"limit": options.limit}
        order = [values.text(term) for term in options.order_by or ()]
        self.show(runs_list(self.book, values.query(query), order_by=order, **chosen))

    @our_line_magic(
        "compare",
        argument("words", nargs="*", metavar="RUN", help="Runs: #12, 12, names or ids."),
        argument("--all", action="store_true", help="Show what is the same in all runs, too."),
        argument("--experiment", metavar="NAME", help="All runs of an experiment."),
        argument("--export", metavar="FILE", help="Write it as one HTML file."),
    )
    def compare(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Compare runs: what differs in their params and metrics, and their curves.

        Runs are named, or found by a query as `%runs` takes it. Without either, they are the newest
        of the experiment that ran last.

        Examples::

            %compare
            %compare #11 #12
            %compare baseline "wide net" --all
            %compare metrics.acc > 0.9 and params.layers = 2
            %compare --experiment widths
            %compare #11 #12 --export wide.html
        """
        from cellbook.widgets import compare_panel  # noqa: PLC0415 - as above

        words, query = line.words(), ""
        if any(_OPERATOR.fullmatch(word.raw) or _SHARP.search(word.raw) for word in words):
            # Nobody names a run so: it is a query, as `%runs` has it.
            query, words = _options_apart(line, ("--all",))
        options = parsed(type(self).compare, line, words)
        values = self.values(line, local)
        targets = [str(values.query(query))] if query else _targets(values, options.words)
        experiment = None if options.experiment is None else values.text(options.experiment)
        panel = compare_panel(self.book, targets, experiment=experiment, everything=options.all)
        if options.export is not None:
            self.say(f"the comparison is in {panel.save(values.text(options.export))}.")
            return
        self.show(panel)


def _options_apart(line: Line, flags: Container[str] = ()) -> tuple[str, list[Word]]:
    """Return the query in a line as it was written, and the words of the options beside it.

    `flags` are the options that take no word behind them.
    """
    if "--" not in line.text:
        return line.text.strip(), []
    query, options, left = line.text, [], line.words()
    while left:
        word = left.pop(0)
        if not word.raw.startswith("--"):
            continue
        alone = word.key or not left or word.raw in flags
        taken = [word] if alone else [word, left.pop(0)]
        if left and left[0].lower() in ("asc", "desc"):
            raise line.error('Put field and direction in quotes: "metrics.acc DESC".', left[0].at)
        for part in taken:
            end = part.at + len(part.raw)
            query = query[: part.at] + " " * len(part.raw) + query[end:]
        options += taken
    return query.strip(), options


def _targets(values: Values, words: Iterable[Word]) -> list[str]:
    """Return the runs that a line names, which may have commas between them."""
    parts = (
        (part, word.at)
        for word in words
        for part in (word.split(",") if _NUMBERS.fullmatch(word) else [word.removesuffix(",")])
    )
    return [values.text(part, at) for part, at in parts if part]
