"""What the commands share: errors of one line, ``--book``, and the opening of it."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from cellbook.book import Book


_FORMS = {
    "json": "print JSON, for other programs",
    "csv": "print CSV, with whole values",
    "markdown": "print a table of Markdown",
}


class Stop(Exception):
    """Ends the command with an exit status; what there is to say has been said."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line, and which proposes the word that was meant."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line; end with status 2."""
        wrong = re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)$", message)
        if wrong:
            choices = re.findall(r"[\w-]+", wrong[2])
            near = difflib.get_close_matches(wrong[1], choices)
            # Of two that are near, a slip of one letter is likelier than one left out.
            near.sort(key=lambda choice: len(choice) != len(wrong[1]))
            meant = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(choices)}"
            message = f"there is no `{wrong[1]}`; {meant}"
        self.exit(2, f"{self.prog}: {message} (`{self.prog} --help` explains)\n")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End the command."""
        if message:
            print(message, end="", file=sys.stderr)
        raise Stop(status)


def add_book(parser: argparse.ArgumentParser) -> None:
    """Let a command be told which book is meant, before its name or after it."""
    parser.add_argument(
        "--book",
        metavar="PATH",
        default=argparse.SUPPRESS,
        help="the book, or the folder it is in (else what CELLBOOK_URL says, else the nearest "
        "`.cellbook` from here upwards)",
    )


def add_target(
    parser: argparse.ArgumentParser, *, several: bool = False, optional: bool = False
) -> None:
    """Let a command be told which run, or which runs, it is for."""
    help_text = "number (12, or '#12' in quotes: to a shell a bare # begins a comment), name or id"
    parser.add_argument(
        "runs" if several else "run",
        metavar="RUN",
        nargs="*" if optional else "+" if several else None,
        help=f"{help_text}; none means the last runs" if optional else help_text,
    )


def add_forms(parser: argparse.ArgumentParser, *forms: str) -> None:
    """Let a command be told to print for other programs: ``--json``, ``--csv``, ``--markdown``."""
    group = parser.add_mutually_exclusive_group()
    for form in forms:
        group.add_argument(
            f"--{form}", action="store_const", const=form, dest="form", help=_FORMS[form]
        )


def open_book(args: argparse.Namespace) -> Book:
    """Open the book that is meant, which must be there."""
    from cellbook import book  # noqa: PLC0415 - keeps `cellbook --version` quick

    return book.open(getattr(args, "book", None), create=False)
