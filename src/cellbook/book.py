"""The façade: opens a book and hands out its rooms."""

from __future__ import annotations

import atexit
import copyreg
import functools
import os
import sqlite3
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from tinydb.table import Table

from cellbook.capture import CellLog, capture_environment
from cellbook.checkpointing import Checkpoints
from cellbook.commenting import Notifier, Threads
from cellbook.dashboards import Dashboards
from cellbook.datasets import Datasets
from cellbook.errors import Ambiguous, CellbookError, InvalidInput, NotFound, StoreError, one_line
from cellbook.leaderboards import Leaderboards
from cellbook.records import Artifact, RunRecord, SessionKind, to_doc
from cellbook.store import Finding, FolderStore, Report, create
from cellbook.tracking import (
    Definitions,
    Run,
    Runs,
    Trouble,
    exit_error,
    outcome_of,
    warn,
    watch_exit,
)
from cellbook.views import runs_table
from cellbook.views.asking import check_search
from cellbook.views.formatting import shorten
from cellbook.views.hints import either, near_runs
from cellbook.views.notices import notice_of
from cellbook.views.series import metric_history
from cellbook.views.timeline import checkpoints_table

if TYPE_CHECKING:
    import pandas as pd
    from tinydb.queries import QueryLike

FOLDER = ".cellbook"

Target = str | int | Run | RunRecord
"""Whatever names a run: ``#12``, ``12``, a name, an id, a handle or a record."""


class Book:
    """One store and the notebooks that write to it; made by :func:`cellbook.open`.

    Attributes
    ----------
    runs
        Starts, finds, renames and deletes runs.
    cells
        Writes cell executions.
    checkpoints
        Saves and restores the document and the kernel's state.
    dashboards
        Keeps panels under names.
    metrics
        Goals, directions and scores of metrics.
    datasets
        Finds, labels and deletes versions of data sets.
    leaderboards
        Defines, reckons and freezes leaderboards.
    threads
        Discussions: begins, answers and resolves them.
    notices
        Tells people outside of the book what was said to them, where the user wants that.
    trouble
        Turns failures of the store into one warning.
    """

    def __init__(self, store: FolderStore) -> None:
        self.store = store
        self.trouble = Trouble()
        self.runs = Runs(store, self.trouble)
        self.cells = CellLog(store)
        self.checkpoints = Checkpoints(store, store.packs, self.trouble.report)
        self.dashboards = Dashboards(store)
        self.threads = Threads(store)
        self.notices = Notifier(functools.partial(notice_of, store), warn)
        self.threads.on_said = self.notices.tell
        self.datasets = Datasets(
            store,
            lambda version: self.leaderboards.users_of_data(version),
            lambda version, label: self.leaderboards.users_of_label(version, label),
        )
        self.leaderboards = Leaderboards(store, self.datasets)
        self.metrics = Definitions(store, self.leaderboards.users_of_metric)
        self._environment: threading.Thread | None = None

    def __repr__(self) -> str:
        return f"<Book at {self.url}>"

    @property
    def url(self) -> str:
        """Where the book is: what :func:`cellbook.open` takes."""
        return self.store.url

    @property
    def read_only(self) -> str:
        """Why nothing can be recorded, with the mend; empty where it can."""
        return self.store.read_only

    # -- recording -----------------------------------------------------------------------------

    def look_again(self) -> None:
        """Find out anew whether anything can be recorded, where it could not before."""
        if self.read_only:
            self.store.look_again()
            if not self.read_only:
                # The book knows nothing of the runs that were started meanwhile.
                for run in self.runs.open_runs():
                    self.runs.ended(run)

    def start_run(self, run_name: str | None = None, **options: Any) -> Run:
        """Start or resume a run; see :func:`cellbook.start_run`."""
        run = self.runs.start(run_name, **options)
        self._note_start(run)
        return run

    def active_run(self) -> Run | None:
        """Return the run that module-level calls log to; see :func:`cellbook.active_run`."""
        return self.runs.active()

    def run_at_hand(self) -> Run:
        """Return the active run, or one that starts when something is logged to it."""
        return self.runs.active() or self.runs.draft(self._start_unasked)

    def _start_unasked(self, run: Run) -> None:
        self._note_start(run)
        if self.runs.on_unasked is not None:
            self.runs.on_unasked(run)

    def _note_start(self, run: Run) -> None:
        if self.runs.sessions.kind is SessionKind.SCRIPT:
            watch_exit()
        self.record_environment()

    def record_environment(self) -> None:
        """Record, in the background and once a process, what this session runs on."""
        if self._environment is None and not self.read_only:
            self._environment = threading.Thread(
                target=self._record_environment, name="cellbook-environment", daemon=True
            )
            self._environment.start()

    def _record_environment(self) -> None:
        with self.trouble.guarded():
            environment = capture_environment()
            if self.store.get("environments", environment.environment_id) is None:
                doc = to_doc(environment)
                self.store.commit([create("environments", environment.environment_id, doc)])
            self.runs.sessions.set_environment(environment.environment_id)

    # -- reading -------------------------------------------------------------------------------

    def search_runs(
        self,
        query: str | QueryLike = "",
        *,
        order_by: str | Sequence[str] | None = None,
        max_results: int | None = 1000,
    ) -> pd.DataFrame:
        """Return runs as a DataFrame; see :func:`cellbook.search_runs`."""
        check_search(query, order_by, max_results)
        self.refresh()
        return runs_table.search_runs(self.store, query, order_by=order_by, max_results=max_results)

    def metric_history(
        self, runs: Target | Sequence[Target], keys: Sequence[str] | None = None
    ) -> pd.DataFrame:
        """Return every point of some runs as a DataFrame; see :func:`cellbook.metric_history`."""
        targets = [runs] if isinstance(runs, (str, int, Run, RunRecord)) else list(runs)
        return metric_history(self.store, [self.find_run(one) for one in targets], keys)

    def list_checkpoints(self) -> pd.DataFrame:
        """Return checkpoints as a DataFrame; see :func:`cellbook.checkpoints`."""
        return checkpoints_table(self.store, self.checkpoints)

    def find_run(self, target: Target) -> RunRecord:
        """Return the run that `target` names.

        Raises
        ------
        NotFound
            If there is none; it suggests the name that is nearest.
        """
        self.refresh()
        try:
            return self.runs.find(target)
        except Ambiguous:
            raise
        except NotFound as error:
            near = near_runs(self.store, str(target))
            raise NotFound(f"{error} Did you mean {either(near)}?") if near else error from None

    def artifacts(self, target: Target) -> list[Artifact]:
        """Return a run's artifacts, by path."""
        return self.runs.artifacts(self.runs.find(target).run_id)

    def checkpoint_target(self, target: str) -> str:
        """Return what names a checkpoint, with the name of a run in it (``run:NAME``) looked up."""
        if target.startswith("run:"):
            return f"run:{self.find_run(target).run_id}"
        return target

    def table(self, name: str) -> Table:
        """Return a table of the book as a TinyDB table, for queries in TinyDB's language."""
        self.refresh()
        return self.store.table(name)

    def refresh(self) -> None:
        """Make one's own open runs visible to searches, and mark those of dead processes."""
        self.runs.flush()
        with self.trouble.guarded(writes=False):
            self.runs.sessions.repair()

    def verify(self) -> Report:
        """Check every byte of the book."""
        report = self.store.verify()
        for place, problem, harmless in self.checkpoints.check():
            report.findings.append(Finding(place, problem, harmless))
        report.chunks = len(self.store.packs)
        return report

    # -- its end -------------------------------------------------------------------------------

    def close(self) -> None:
        """End this process's open runs, flush, and let go of files."""
        if self._environment is not None:
            self._environment.join(timeout=10)
            self._environment = None
        # What one step meets, such as a full disk, must not keep the others from happening.
        for step in (
            self.notices.settle,
            self.checkpoints.close,
            self.runs.close,
            self.store.close,
        ):
            try:
                step()
            except (StoreError, OSError, sqlite3.Error) as error:
                self.trouble.report(
                    StoreError(
                        f"The book at {self.url} was not closed in order ({one_line(error)}); what "
                        "was recorded stays. `cellbook verify` looks through it."
                    )
                )
        if _books.get(self.url) is self:
            del _books[self.url]


_books: dict[str, Book] = {}
_default: Book | None = None
_lock = threading.RLock()


def open(  # noqa: A001
    url: str | os.PathLike[str] | None = None, *, create: bool = True, start: Path | None = None
) -> Book:
    """Open a book; the one opened last by name is what module-level calls write to.

    Parameters
    ----------
    url
        A folder (its ``.cellbook`` is the book) or ``file://`` URL.  None means: what
        ``CELLBOOK_URL`` says, else the ``.cellbook`` of the nearest parent folder that has one,
        else one in the working folder.
    create
        Whether to make the book if it is not there.
    start
        The folder to look from when nothing is said: a notebook's.  None means the working folder.

    Raises
    ------
    NotFound
        If there is none and `create` is false.
    InvalidInput
        If `url` is of a kind that this version does not know, or no folder can be there.
    StoreError
        If the working folder is gone, or what is at `url` cannot be read.
    """
    global _default
    with _lock:
        if url is None and _default is not None:
            return _default
        root = locate(url, start)
        book = _books.get(str(root))
        if book is None:
            book = _books[str(root)] = Book(FolderStore(root, create=create))
            book.runs.sessions.describe(SessionKind.SCRIPT, _script(root.parent))
        if url is not None or _default is None:
            _default = book
        return book


def look_into(root: Path, *, create: bool = False) -> Book:
    """Open the book in a ``.cellbook`` folder, beside those that :func:`open` keeps.

    For who looks into the books of others, as a server does: what module-level calls write to
    stays as it is, and whoever calls this closes the book.  With `create` one is made where there
    is none.

    Raises
    ------
    NotFound
        If there is none.
    StoreError
        If what is there cannot be read.
    """
    return Book(FolderStore(root, create=create))


def notebook_name(notebook: Path, folder: Path) -> str:
    """Return a notebook as records name it: relative to the book's folder where it lies below it.

    Either may be given by way of symbolic links.  Where the notebook itself is one, it is the link
    that has the name.
    """
    place, home = notebook.parent.resolve() / notebook.name, folder.resolve()
    return (place.relative_to(home) if place.is_relative_to(home) else place).as_posix()


def locate(url: str | os.PathLike[str] | None = None, start: Path | None = None) -> Path:
    """Return the ``.cellbook`` folder that a URL, or the absence of one, means.

    `start` is the folder to look from when nothing is said; None means the working folder.
    """
    chosen = os.environ.get("CELLBOOK_URL") if url is None else os.fspath(url)
    try:
        return _root_of(chosen) if chosen else _nearest(start or Path.cwd())
    except CellbookError:
        raise
    except FileNotFoundError:
        raise StoreError(
            "The working folder is no longer there. Change to another one, or name the book by an "
            "absolute path: CELLBOOK_URL, cb.open or --book."
        ) from None
    except (OSError, RuntimeError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error).rstrip(".")
        raise InvalidInput(
            f"No book can be at {shorten(repr(chosen or start), 80)} ({why}). Give a folder."
        ) from None


def _nearest(start: Path) -> Path:
    folder = start.resolve()
    for parent in (folder, *folder.parents):
        if (parent / FOLDER / "format.json").exists():
            return parent / FOLDER
    return folder / FOLDER


def _script(folder: Path) -> str | None:
    """Return the script this process runs, relative to `folder` where it lies below it."""
    name = getattr(sys.modules.get("__main__"), "__file__", None)
    if not name:
        return None
    path = Path(name).absolute()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _root_of(url: str) -> Path:
    if "\0" in url:
        raise ValueError("no path holds a NUL")
    scheme = urlsplit(url).scheme
    if scheme == "file":
        path = Path(unquote(urlsplit(url).path))
    elif len(scheme) > 1 and "://" in url:
        raise InvalidInput(
            f"A book cannot be opened at {scheme}:// by this version. Give a folder."
        )
    else:
        path = Path(url)
    path = path.expanduser().absolute()
    if path.name == FOLDER or (path / "format.json").exists():
        return path
    return path / FOLDER


def close_all() -> None:
    """Close every open book, as the process ends: runs end as their script did."""
    global _default
    with _lock:
        error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None) or exit_error()
        for book in list(_books.values()):
            if book.runs.sessions.kind is SessionKind.SCRIPT and error is not None:
                for run in book.runs.open_runs():
                    run.outcome = outcome_of(error)
            book.close()
        _default = None


def attach_run(url: str, run_id: str) -> Run:
    """Open a run that was pickled in another process."""
    book = open(url)
    return book.runs.attach(book.runs.find(run_id))


def _reduce_run(run: Run) -> tuple[Any, tuple[str, str]]:
    run.shared = True
    return attach_run, (run.url, run.run_id)


def _before_fork() -> None:
    for book in _books.values():
        book.runs.before_fork()


def _after_fork() -> None:
    global _lock
    _lock = threading.RLock()
    for book in _books.values():
        book.runs.after_fork()


copyreg.pickle(Run, _reduce_run)
atexit.register(close_all)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_child=_after_fork)
