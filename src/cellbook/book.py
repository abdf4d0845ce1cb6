"""The façade: opens a book and hands out its rooms."""

from __future__ import annotations

import atexit
import copyreg
import os
import sqlite3
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tinydb.table import Table

from cellbook.capture import CellLog, StreamBuffer, capture_environment
from cellbook.capture.listening import listen
from cellbook.capture.modules import local_modules
from cellbook.capture.randomness import as_json, restore_states, standing
from cellbook.checkpointing import Checkpoints
from cellbook.commenting import Cells, Notifier, Threads
from cellbook.dashboards import Dashboards
from cellbook.datasets import Datasets, Tracked
from cellbook.errors import Ambiguous, NotFound, StoreError, one_line
from cellbook.leaderboards import Leaderboards
from cellbook.locating import locate, script_name
from cellbook.outbox import Outbox
from cellbook.records import (
    Artifact,
    DatasetVersion,
    ModelVersion,
    RunRecord,
    SessionKind,
    as_role,
    check_alias,
    to_doc,
)
from cellbook.registry import Models
from cellbook.store import Finding, FolderStore, Report, create
from cellbook.tracking import (
    Definitions,
    Fits,
    Process,
    Run,
    Runs,
    Script,
    Trouble,
    exit_error,
    outcome_of,
    warn,
    watch_exit,
)
from cellbook.tracking.trained import trained_on
from cellbook.views import runs_table
from cellbook.views.alarm_messages import DELIVERIES as ALARM_DELIVERIES
from cellbook.views.alarm_messages import alarm_destinations, told_alarm
from cellbook.views.asking import check_search
from cellbook.views.hints import either, near_runs
from cellbook.views.model_evidence import find_evidence
from cellbook.views.model_notices import told_event
from cellbook.views.model_versions import lacking_text
from cellbook.views.notices import notice_of
from cellbook.views.series import metric_history
from cellbook.views.timeline import checkpoints_table

if TYPE_CHECKING:
    import pandas as pd
    from tinydb.queries import QueryLike


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
    fits
        Puts on record which rows of tracked data were used.
    models
        Registers models, finds, loads and deletes their versions.
    leaderboards
        Defines, reckons and freezes leaderboards.
    threads
        Discussions: begins, answers and resolves them.
    notices
        Tells people outside of the book what was said to them, where the user wants that.
    alarm_hooks
        Sends alarms of models in service to where the user wants that.
    trouble
        Turns failures of the store into one warning.
    """

    def __init__(self, store: FolderStore, folder: Path | None = None) -> None:
        self.store = store
        self.folder = store.root.parent if folder is None else folder
        self.trouble = Trouble()
        self.runs = Runs(store, self.trouble)
        self._script = Script(
            store,
            self.runs,
            Process(
                lambda: local_modules(sys.modules, self.folder),
                lambda text: as_json(standing(text)),
                restore_states,
                StreamBuffer,
                listen,
            ),
        )
        self.fits = Fits(store, self.runs, self.trouble)
        self.cells = CellLog(store)
        self.checkpoints = Checkpoints(store, store.packs, self.trouble.report)
        self.dashboards = Dashboards(store)
        self.threads = Threads(store)
        self.notices = Notifier(partial(notice_of, store), warn)
        self.threads.on_said = self.notices.tell
        self.alarm_hooks = Outbox(
            store, ALARM_DELIVERIES, alarm_destinations, partial(told_alarm, store), warn,
            event="An alarm", command="cellbook alarms",
        )  # fmt: skip
        self.datasets = Datasets(
            store,
            lambda version: self.leaderboards.users_of_data(version),
            lambda version, label: self.leaderboards.users_of_label(version, label),
        )
        self.fits.table_of = self.datasets.table_of
        self.models = Models(store, self._run_id, self.fits.origin, partial(told_event, store))
        self.models.find_evidence = partial(find_evidence, self)
        self.models.training = partial(trained_on, store, self.datasets, self.fits)
        self.runs.keep_model = self._log_model
        self._lacking: set[str] = set()
        self.leaderboards = Leaderboards(store, self.datasets)
        self.metrics = Definitions(store, self.leaderboards.users_of_metric)
        self.shown_cells: Callable[[], Cells | None] = lambda: None
        """The cells of the notebook at hand as they are now; set by whoever knows them."""
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
            with self.trouble.guarded(writes=False):
                self._script.note(run)
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

    def track_data(
        self,
        data: Any,
        name: str | None = None,
        *,
        split: str | None = None,
        alias: str | None = None,
        keep: bool = False,
        **options: Any,
    ) -> Tracked:
        """Put on record what some data is now, as an input of the active run if there is one; see
        :func:`cellbook.track_data`."""
        role, alias = as_role(split), None if alias is None else check_alias(alias)
        run = self.active_run()
        with self.trouble.guarded():
            self.runs.sessions.ensure()
        proposal = self.datasets.propose(
            data, name, made=self.fits.origin(), blind=self.runs.forked, **options
        )
        tracked = Tracked(proposal.version, True, None)
        with self.trouble.guarded():
            tracked = self.datasets.keep(proposal, alias, by_value=keep, blind=self.runs.forked)
        if run is not None:
            run.log_input(tracked.version, role=role)
        self.fits.note(data, tracked.version, role)
        return tracked

    def _log_model(self, model: Any, name: str, **options: Any) -> ModelVersion:
        """Register a model; say, once for a model, what it lacks that is needed later."""
        version = self.models.log(model, name, **options)
        with self.trouble.guarded(writes=False):
            lacking = lacking_text(self.store, version)
            if lacking and version.model not in self._lacking:
                self._lacking.add(version.model)
                warn(
                    f"{version.label} {lacking}; log it with input_example=X[:50], or any of its "
                    "input."
                )
        return version

    # -- reading -------------------------------------------------------------------------------

    def users_of_data(self, version: DatasetVersion) -> list[str]:
        """Return the runs that used a version of a data set, as ``#12 wide``, oldest first."""
        ids = [one for one, other in self.datasets.by_id().items() if other == version]
        return [
            f"#{number} {doc.get('run_name', '')}"
            for _, number, doc in self.store.select("runs")
            if any(one in doc.get("inputs", {}) for one in ids)
        ]

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

    def _run_id(self, target: Target) -> str:
        return self.find_run(target).run_id

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
        self.fits.settle()
        self.runs.flush()
        with self.trouble.guarded(writes=False):
            self.runs.sessions.repair()

    def verify(self) -> Report:
        """Check every byte of the book, and of the files that are tracked."""
        report = self.store.verify()
        for room in (self.checkpoints, self.datasets, self.threads, self.models):
            report.findings += [Finding(*found) for found in room.check()]
        report.tracked = sum(bool(one.kind) for one in self.datasets.all())
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
            self.fits.close,
            self.notices.settle,
            self.models.hooks.settle,
            self.alarm_hooks.settle,
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

    def discard(self) -> None:
        """Close the book, and take it off the disk: one that was only made to look at something."""
        self.close()
        self.store.discard()


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
            book.runs.sessions.describe(SessionKind.SCRIPT, script_name(root.parent))
        if url is not None or _default is None:
            _default = book
        return book


def look_into(root: Path, *, create: bool = False, folder: Path | None = None) -> Book:
    """Open the book in a ``.cellbook`` folder, beside those that :func:`open` keeps.

    For who looks into the books of others, as a server does: what module-level calls write to
    stays as it is, and whoever calls this closes the book.  With `create` one is made where there
    is none.  `folder` is the one whose notebooks it is of; None means the one that it lies in.

    Raises
    ------
    NotFound
        If there is none.
    StoreError
        If what is there cannot be read.
    """
    return Book(FolderStore(root, create=create), folder)


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
