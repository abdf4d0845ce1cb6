"""Says once that recording fails, and once that it works again; never raises."""

from __future__ import annotations

import contextlib
import sys
import threading
import warnings
from collections.abc import Iterator

from cellbook.errors import CellbookWarning, StoreError


class Trouble:
    """Keeps failures of the store away from the user's code.

    Within :meth:`guarded`, a :class:`~cellbook.errors.StoreError` becomes one
    :class:`~cellbook.errors.CellbookWarning`; further ones of the same kind are silent until
    something worked again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: str | None = None
        self.last: str = ""
        """The message of the trouble that lasts; empty when there is none."""

    @contextlib.contextmanager
    def guarded(self, *, writes: bool = True) -> Iterator[None]:
        """Turn a failure of the store inside the block into one warning.

        A block that writes nothing does not show, by ending well, that writing works again.
        """
        try:
            yield
        except StoreError as error:
            self.report(error)
        else:
            if self.last and writes:
                self.clear()

    def report(self, error: StoreError) -> None:
        """Warn of `error`, unless the same kind was warned of and nothing worked since."""
        kind = f"{type(error).__name__}:{getattr(error, 'errno', '')}"
        with self._lock:
            told, self._told = self._told, kind
            self.last = str(error.args[-1] if error.args else error)
        if told != kind:
            warn(self.last)

    def clear(self) -> None:
        """Note that recording works again."""
        with self._lock:
            self._told, self.last = None, ""


def warn(message: str) -> None:
    """Warn the user; where warnings are errors, say it all the same and do not raise."""
    try:
        # No line of the user's is to blame, so none is shown.
        warnings.warn_explicit(message, CellbookWarning, "cellbook", 1)
    except CellbookWarning:
        with contextlib.suppress(OSError, ValueError):
            print(f"CellbookWarning: {message}", file=sys.stderr)
