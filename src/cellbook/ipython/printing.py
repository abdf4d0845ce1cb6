"""How cells show what is Cellbook's own: a record as the line that magics say, not all of its
fields; a warning without a place in a file, as no line of the user's is to blame."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

from cellbook.book import Book
from cellbook.errors import CellbookWarning
from cellbook.records import DatasetVersion, Reproduction, Subset
from cellbook.views.data_text import version_line
from cellbook.views.rows_text import subset_line


def _version(_: Book, one: DatasetVersion) -> str:
    return version_line(one)


def _subset(book: Book, one: Subset) -> str:
    version = book.datasets.by_id().get(one.dataset_id)
    return subset_line(one, f"data:{one.dataset_id if version is None else version.label}")


def _reproduction(book: Book, one: Reproduction) -> str:
    from cellbook.reproducing.outcomes import outcome_text  # noqa: PLC0415 - few sessions reproduce

    return outcome_text(book, one)


def _imported(book: Book, one: Any) -> str:
    from cellbook.sharing.telling import imported_line  # noqa: PLC0415 - few sessions import

    return imported_line(one, str(book.find_run(one.run_id).imported.get("file") or "a file"))


_FORMS: Mapping[str, Callable[[Book, Any], str]] = {
    "cellbook.records.dataset.DatasetVersion": _version,
    "cellbook.records.subset.Subset": _subset,
    "cellbook.records.reproduction.Reproduction": _reproduction,
    "cellbook.sharing.importing.Imported": _imported,
}
"""By the class, by name: that of what was not imported yet need not be."""


class Printed:
    """How a shell shows Cellbook's records, as long as the extension is loaded."""

    def __init__(self, shell: Any) -> None:
        self._formatter = shell.display_formatter.formatters["text/plain"]
        self._former: Any = None
        self._ours: Any = None

    def add(self, book: Callable[[], Book]) -> None:
        """Show records of the book that `book` returns as lines."""
        for name, form in _FORMS.items():
            module, _, kind = name.rpartition(".")
            self._formatter.for_type_by_name(module, kind, _printer(form, book))
        self._former, self._ours = warnings.formatwarning, _formatting(warnings.formatwarning)
        warnings.formatwarning = self._ours

    def remove(self) -> None:
        """Show them as any other object."""
        for name in _FORMS:
            self._formatter.pop(name, None)
        # What somebody else put in its place meanwhile stays.
        if self._ours is not None and warnings.formatwarning is self._ours:
            warnings.formatwarning = self._former


def _formatting(former: Callable[..., str]) -> Callable[..., str]:
    def format_warning(message: Any, category: type[Warning], *place: Any, **more: Any) -> str:
        if issubclass(category, CellbookWarning):
            return f"{category.__name__}: {message}\n"
        return former(message, category, *place, **more)

    return format_warning


def _printer(form: Callable[[Book, Any], str], book: Callable[[], Book]) -> Callable[..., None]:
    def show(one: Any, printer: Any, cycle: bool) -> None:
        try:
            text = form(book(), one)
        except Exception:
            # Its run may be gone, its book closed: then it is what it is.
            text = repr(one)
        printer.text(text)

    return show
