"""What the magics share: the book, the user's names, errors of one line, and quiet answers."""

from __future__ import annotations

import contextlib
import difflib
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_magic, needs_local_scope, no_var_expand
from IPython.core.magic_arguments import magic_arguments
from IPython.display import display

from cellbook.book import Book
from cellbook.errors import (
    CellbookError,
    InvalidInput,
    MissingDependency,
    NotFound,
    Untrusted,
)
from cellbook.ipython.magics.line import Line, Values, Word
from cellbook.tracking import Run

Method = TypeVar("Method", bound=Callable[..., Any])


class Extension(Protocol):
    """What the magics ask of the extension that they belong to."""

    shell: Any

    def guarded(self) -> contextlib.AbstractContextManager[None]:
        """Let no failure of Cellbook's out of a block."""

    def book(self) -> Book:
        """Return the book that is written to."""

    def pause(self) -> None:
        """Let cells run off the record."""

    def resume(self) -> list[str]:
        """Record again; return what is to be said of a book that was deleted."""

    def cell(self) -> str | None:
        """Return the id of the cell under way; None where the front end does not tell it."""

    def cell_source(self) -> str:
        """Return the source of the cell under way; empty if there is none."""

    def run_this_cell(self, run: Run, tell: Callable[[], None]) -> None:
        """Make the cell under way the run: it ends with the cell, and `tell` says so."""

    def quietly(self) -> contextlib.AbstractContextManager[None]:
        """Surround what Cellbook itself displays, which is no artifact of a run."""

    def say(self, text: str, markup: str | None = None, *, name: str = "") -> None:
        """Show one quiet line; see :meth:`cellbook.ipython.hooks.Extension.say`."""

    def status(self) -> Mapping[str, str]:
        """Return what is recorded, and where."""


class CellbookMagics(Magics):  # type: ignore[misc]
    """The common part of all magics.

    Parameters
    ----------
    extension
        The extension that records what the shell runs.
    """

    mistakes: ClassVar[tuple[type[CellbookError], ...]] = (
        InvalidInput,
        MissingDependency,
        NotFound,
        Untrusted,
    )
    """What fails the cell, in one line, and is no failure of Cellbook's."""
    completed: ClassVar[tuple[str, ...]] = ()
    """The magics whose lines :meth:`complete` completes."""

    def __init__(self, extension: Extension) -> None:
        super().__init__(shell=extension.shell)
        self.extension = extension

    @property
    def book(self) -> Book:
        """The book that is written to."""
        return self.extension.book()

    def values(
        self, line: Line, local: Mapping[str, Any] | None, *, strict: bool = False
    ) -> Values:
        """Return a reader of values that knows the user's names."""
        return Values(line, self.shell.user_ns, local, strict=strict)

    def say(self, text: str, markup: str | None = None, *, name: str = "") -> None:
        """Show one quiet line; see :meth:`cellbook.ipython.hooks.Extension.say`."""
        self.extension.say(text, markup, name=name)

    def complete(self, before: Sequence[str], begun: str) -> list[str]:
        """Return the words that may stand where `begun` does, behind those in `before`; none leaves
        it to IPython, which knows variables and files."""
        return []

    def show(self, thing: Any, **options: Any) -> None:
        """Display something of Cellbook's own."""
        with self.extension.quietly():
            display(thing, **options)

    @contextlib.contextmanager
    def answering(self) -> Iterator[None]:
        """Turn mistakes in a call into one line, and failures of Cellbook's into a warning."""
        mistake = None
        with self.extension.guarded():
            try:
                yield
            except UsageError as error:
                mistake = error
            except self.mistakes as error:
                mistake = UsageError(str(error))
        if mistake is not None:
            raise mistake


def parsed(method: Any, line: Line, words: list[Word]) -> Any:
    """Return the options and words of a line, as `method`'s ``@argument`` decorators have them."""
    arguments: list[str] = []
    for word in words:
        option = word.key if word.key.startswith("--") else ""
        arguments += [option, word[len(option) + 1 :]] if option else [word]
    known = [text for action in method.parser._actions for text in action.option_strings]
    for word in words:
        named = word.key if word.key.startswith("-") else str(word)
        if named.startswith("--") and named not in known:
            near = difflib.get_close_matches(named, known, 1)
            meant = f" Did you mean `{near[0]}`?" if near else ""
            raise line.error(
                f"There is no option `{named}`.{meant} {line.magic} has {', '.join(known)}; "
                f"`{line.magic}?` explains them.",
                word.at,
            )
    return method.parser.parse_intermixed_args(arguments)


def our_line_magic(name: str, *arguments: Any) -> Callable[[Method], Method]:
    """Declare a method as the line magic `name`, which gets its line as it was written.

    The method takes a :class:`Line` and the names of the calling frame; `arguments` are IPython's
    :class:`argument`, for :func:`parsed` and for the help.
    """

    def declare(method: Method) -> Method:
        @functools.wraps(method)
        def call(self: CellbookMagics, line: str, local_ns: Any = None) -> Any:
            with self.answering():
                return method(self, Line(f"%{name}", line), local_ns)

        described: Any = call
        for one in reversed(arguments):
            described = one(described)
        if arguments:
            described = magic_arguments()(described)
        # IPython fills {…} and $… in by itself otherwise, and numbers would become text.
        declared: Any = line_magic(name)(needs_local_scope(no_var_expand(described)))
        return declared  # type: ignore[no-any-return]

    return declare
