"""What the commands share: errors of one line, ``--book``, and the opening of it."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NoReturn

from cellbook.errors import StoreReadOnly

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
    """An argument parser whose errors are one line, and which proposes the word that was meant.

    Options are written out: half of one would be another one's as soon as there are more.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        super().__init__(*args, **options)
        self.verbs: Collection[str] = ()
        self.other_verb = ""
        """Which of `verbs` is meant where the first word is none of them, nor nearly one."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse words, the verb that may be left out put in its place."""
        words = list(sys.argv[1:] if args is None else args)
        first = words[0] if words else "-"
        is_verb = first in self.verbs or difflib.get_close_matches(first, self.verbs)
        if self.other_verb and not first.startswith("-") and not is_verb:
            words.insert(0, self.other_verb)
        return super().parse_known_args(words, namespace)

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


def check_writable(book: Book) -> None:
    """Refuse to change a book that is open for reading only.

    Raises
    ------
    StoreReadOnly
        If it is.
    """
    if book.read_only:
        raise StoreReadOnly(book.read_only)
