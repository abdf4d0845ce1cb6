"""Every exception that Cellbook raises, as one tree.

::

    CellbookError
    ├── InvalidInput (ValueError)          a value, name or target that cannot be recorded
    │   ├── InvalidMetric (TypeError)      a metric value that is not one number
    │   ├── InvalidBundle                  a packaged model that is damaged, or unsafe to unpack
    │   ├── SignatureMismatch              data that does not fit a model's signature
    │   └── QuerySyntaxError               a filter string that does not parse; points at the place
    ├── NotFound (LookupError)             no run, cell, artifact … of that name
    │   └── Ambiguous                      more than one of that name
    ├── StoreError                         the book could not be read or written
    │   ├── StoreWriteError (OSError)      full disk, read-only folder, deleted book …
    │   ├── StoreReadOnly                  a write to a book that is open for reading only
    │   ├── StoreTooNew                    written by a newer Cellbook than this one
    │   └── StoreCorrupt                   bytes that fail their check
    ├── Untrusted                          what runs code when it is loaded, without consent
    └── MissingDependency (ImportError)    an optional library is not installed; names the extra

    CellbookWarning (UserWarning)          something was not recorded; the cell itself ran on

Each message says what is wrong and ends with what mends it.  Errors are for mistakes in a call;
a failure to record while a cell runs is a :class:`CellbookWarning`, never an exception; only what
was asked for by a magic, a checkpoint or a restore, fails the cell if it cannot be done.
"""

import sys
from types import FrameType
from typing import Any

_AROUND = 60
"""Characters shown on either side of a syntax error."""


class CellbookError(Exception):
    """The root of the tree: ``except CellbookError`` catches whatever Cellbook raises."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython, which calls this, shows: the caller's frames without Cellbook's."""
        trace = self.__traceback__
        while trace is not None and trace.tb_next is not None:
            if _is_ours(trace.tb_next.tb_frame) and not _is_ours(trace.tb_frame):
                trace.tb_next = None
            trace = trace.tb_next
        around = self.__context__
        if around is not None and around.__traceback__ is not None:
            # What went wrong inside Cellbook first has become the message.
            self.__suppress_context__ |= _is_ours(around.__traceback__.tb_frame)
        shell: Any = sys.modules["IPython"].get_ipython()
        shown: list[str] = shell.InteractiveTB.structured_traceback(
            type(self), self, self.__traceback__, tb_offset=1
        )
        return shown


class InvalidInput(CellbookError, ValueError):
    """A value, name or target that cannot be recorded as it was given."""


class InvalidMetric(InvalidInput, TypeError):
    """A metric value that is not one number."""


class InvalidBundle(InvalidInput):
    """A packaged model that is damaged, incomplete, or unsafe to unpack."""


class SignatureMismatch(InvalidInput):
    """Data that does not fit the signature of a model."""


class QuerySyntaxError(InvalidInput):
    """A filter string that does not parse.

    Parameters
    ----------
    message
        What is wrong and what mends it, without the position.
    query
        The whole filter string.
    position
        Offset, in characters, of the place in `query` that is wrong.
    """

    def __init__(self, message: str, query: str, position: int) -> None:
        self.message = message
        self.query = query
        self.position = position
        start = query.rfind("\n", 0, position) + 1
        end = query.find("\n", position)
        end = end if end >= 0 else len(query)
        # Of a very long line, what stands around the place is shown.
        left, right = max(start, position - _AROUND), min(end, position + _AROUND)
        before, after = "… " if left > start else "", " …" if right < end else ""
        line = f"{before}{query[left:right]}{after}"
        super().__init__(f"{message}\n  {line}\n  {' ' * (len(before) + position - left)}^")


class NotFound(CellbookError, LookupError):
    """No run, cell or artifact goes by that name in this book."""


class Ambiguous(NotFound):
    """More than one thing goes by that name; the message lists them."""


class StoreError(CellbookError):
    """The book could not be read or written."""


class StoreWriteError(StoreError, OSError):
    """The operating system refused a write: full disk, read-only folder, deleted book."""


class StoreReadOnly(StoreError):
    """The book is open for reading only."""


class StoreTooNew(StoreReadOnly):
    """The book was written by a newer Cellbook; it opens for reading only."""


class StoreCorrupt(StoreError):
    """Bytes of the book fail their check."""


class Untrusted(CellbookError):
    """What runs code when it is loaded was to be, without consent: a checkpoint that another user
    saved, a model that is a pickle."""


class MissingDependency(CellbookError, ImportError):
    """An optional library is not installed; the message names the extra that brings it."""


class CellbookWarning(UserWarning):
    """Something was not recorded; the user's cell ran on undisturbed."""


def _is_ours(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).partition(".")[0] == "cellbook"


def one_line(error: BaseException) -> str:
    """Return any exception as ``Name: first line of its message``, in at most 500 characters."""
    try:
        line = str(error).strip().partition("\n")[0]
    except Exception:
        line = ""
    return f"{type(error).__name__}: {line}"[:500] if line else type(error).__name__
