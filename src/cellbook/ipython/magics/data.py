"""``%track_data``."""

from __future__ import annotations

import glob
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from IPython.core.magic import magics_class
from IPython.core.magic_arguments import argument

from cellbook.ipython.magics.base import CellbookMagics, our_line_magic, parsed
from cellbook.ipython.magics.line import Line, Values, Word
from cellbook.records import PROFILES, ROLES, as_role
from cellbook.views.data_text import tracked_line

_OPTIONS = ("--alias", "--from", "--keep", "--label", "--profile", "--role")


@magics_class
class DataMagics(CellbookMagics):
    """Put on record which content of which data there was."""

    completed: ClassVar[tuple[str, ...]] = ("track_data", "data_diff")

    def complete(self, before: Sequence[str], begun: str) -> list[str]:
        """Return options and what may stand behind them; variables, names of data sets, files."""
        last = before[-1] if before else ""
        if last in ("--role", "--split"):
            return list(ROLES)
        if last == "--profile":
            return list(PROFILES)
        if last in ("--from", "--label", "--alias"):
            known = self.book.datasets.all()
            return {
                "--from": [one.label for one in known],
                "--label": sorted({label for one in known for label in one.labels}),
                "--alias": sorted({alias for one in known for alias in one.aliases}),
            }[last]
        if begun.startswith("-"):
            return list(_OPTIONS)
        hidden = self.shell.user_ns_hidden
        variables = [
            name
            for name, value in self.shell.user_ns.items()
            if name not in hidden and not name.startswith("_") and not callable(value)
        ]
        known = self.book.datasets.all()
        names = {one.name for one in known} | {one.label for one in known}
        files = [path + "/" * Path(path).is_dir() for path in glob.glob(glob.escape(begun) + "*")]  # noqa: PTH207
        return sorted({*variables, *names, *files})

    @our_line_magic(
        "track_data",
        argument("words", nargs="*", metavar="NAME [EXPRESSION|PATH]", help="What, and as what."),
        argument("--label", action="append", default=[], metavar="LABEL", help="A word for it."),
        argument("--alias", metavar="ALIAS", help="A word that leads here from now on."),
        argument("--role", "--split", metavar="ROLE", help="train, validation, test, reference …"),
        argument("--keep", action="store_true", help="Keep the data itself in the book."),
        argument("--profile", choices=PROFILES, default="all", help="How much of one is kept."),
        argument("--from", dest="derived", action="append", metavar="DATA", help="Its origin."),
    )
    def track_data(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Put on record what some data is now, as an input of the open run.

        NAME alone is the variable of that name, or a file; else the name, then a variable, an
        expression in braces, or a path.

        Examples::

            %track_data df
            %track_data digits df --role train --label nightly
            %track_data digits {df[df.year < 2020]} --from raw@2
            %track_data images data/images/ --alias champion
            %track_data data/digits.csv
        """
        options = parsed(type(self).track_data, line, line.words())
        values = self.values(line, local)
        data, name = self._data(line, values, options.words)
        role = "" if options.role is None else values.text(options.role)
        tracked = self.book.track_data(
            data,
            name,
            labels=[values.text(label) for label in options.label],
            alias=None if options.alias is None else values.text(options.alias),
            split=role,
            keep=options.keep,
            profile=options.profile,
            derived_from=[values.text(one) for one in options.derived or ()],
        )
        run = self.book.active_run()
        self.say(tracked_line(tracked, run is not None, as_role(role)))

    @our_line_magic(
        "data_diff",
        argument("words", nargs="*", metavar="DATA", help="Two versions, or tables in memory."),
        argument("--key", action="append", default=[], metavar="COLUMN", help="Tells rows apart."),
    )
    def data_diff(self, line: Line, local: Mapping[str, Any] | None) -> None:
        """Show how two data sets differ: schema, rows, and how each column is spread.

        Rows are paired by the key, else by the index where that tells rows apart, else compared as
        whole rows.  A word is a version, else a variable; an expression stands in braces.

        Examples::

            %data_diff digits@1 digits@2
            %data_diff digits@champion df --key id
            %data_diff raw@1 {df[df.year < 2020]}
        """
        from cellbook.widgets.data_diff import data_diff_panel  # noqa: PLC0415 - heavy

        options = parsed(type(self).data_diff, line, line.words())
        values = self.values(line, local)
        if len(options.words) != 2:
            raise line.error("Compare which two? Write %data_diff NAME@1 NAME@2")
        before, after = (self._side(values, word) for word in options.words)
        key = [values.text(one) for one in options.key]
        self.show(data_diff_panel(self.book, before, after, key))

    def _side(self, values: Values, word: Word) -> Any:
        if word.raw[:1] == "{":
            return values.value(word)
        if word.raw.isidentifier() and values.is_expression(word.raw):
            return values.expression(word.raw, word.at)
        return values.text(str(word), word.at)

    def _data(self, line: Line, values: Values, words: list[Word]) -> tuple[Any, str | None]:
        if not words:
            raise line.error("Track what? Write %track_data NAME, %track_data NAME PATH …")
        if len(words) > 2:
            raise line.error(
                f"What is `{words[2]}`? Put a name or a path of two words in quotes, and an "
                "expression in braces.",
                words[2].at,
            )
        name = values.text(words[0], words[0].at) if len(words) == 2 else None
        word = words[-1]
        if word.raw[:1] == "{":
            if name is None:
                raise line.error("What is it called? Write %track_data NAME {expression}", word.at)
            return values.value(word), name
        if values.is_expression(word.raw) and (word.raw.isidentifier() or not _is_there(word)):
            if name is None and not word.raw.isidentifier():
                raise line.error(f"What is it called? Write %track_data NAME {word.raw}", word.at)
            return values.expression(word.raw, word.at), name or word.raw
        text = values.text(str(word), word.at)
        if name is None and word.raw.isidentifier() and not _is_there(text):
            raise line.error(f"There is no variable and no file `{text}`.", word.at)
        return text, name


def _is_there(path: str) -> bool:
    return Path(path).expanduser().exists()
