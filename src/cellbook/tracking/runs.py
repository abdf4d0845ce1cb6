"""Starting, finding and keeping runs."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

from tinydb import where

from cellbook.errors import InvalidInput, NotFound
from cellbook.records import (
    Artifact,
    ModelVersion,
    RunRecord,
    RunState,
    as_text,
    check_mapping,
    check_name,
    check_tags,
    from_doc,
    to_doc,
)
from cellbook.store import Op, Store, create, update
from cellbook.tracking.again import marks, marks_of_double
from cellbook.tracking.ending import end_state
from cellbook.tracking.finding import run_named
from cellbook.tracking.flows import here
from cellbook.tracking.naming import check_run_name, random_name
from cellbook.tracking.printed import Printed
from cellbook.tracking.reading import run_of
from cellbook.tracking.run import Run
from cellbook.tracking.sessions import Sessions
from cellbook.tracking.summary import stats_of
from cellbook.tracking.trouble import Trouble

_FLUSH_SECONDS = 0.9
_FLUSH_SHARE = 0.01
"""A run's last values are brought into its document each second or, so that a run of days
does not fill its journal, after a hundredth of the time it has run."""

NO_PARAMS: Mapping[str, Any] = {}


class Runs:
    """The runs of a book: started here, found here, renamed and put in the trash here."""

    def __init__(self, store: Store, trouble: Trouble) -> None:
        self.store = store
        self.trouble = trouble
        self.sessions = Sessions(store, self._tick)
        self.current_cell: str | None = None
        """The cell execution under way, for artifacts to name."""
        self.on_start: Callable[[Run], None] | None = None
        """Called with each run that is started or resumed."""
        self.on_unasked: Callable[[Run], None] | None = None
        """Called with a run that a module-level function started."""
        self.on_end: Callable[[Run], None] | None = None
        """Called with the active run before it ends because somebody says so."""
        self.keep_model: Callable[..., ModelVersion]
        """Registers a model; set by the book, as that is of another room."""
        self.beginning: Callable[[Run], Sequence[Op]] = lambda run: ()
        """What goes on record with a run as it begins."""
        self.printed = Printed(store, trouble, self.active)
        """What is printed while runs are open; begun by who knows that it is a script's."""
        self.replay: dict[str, str] = {}
        """Where this process runs again what is on record: stand-ins' ids by those of the runs."""
        self._lock = threading.RLock()
        self._open: dict[str, Run] = {}
        self._inherited: dict[str, Run] = {}
        self._visited: dict[str, Run] = {}
        self._closed = False
        self.forked = False
        """Whether this process is a forked child.  It only writes of itself, as the index may be
        locked for good by a thread that the fork left behind; others do what takes reading."""
        self._flushed: dict[str, float] = {}
        self._stack: ContextVar[tuple[Run, ...]] = ContextVar("cellbook_runs", default=())

    # -- the live ones -------------------------------------------------------------------------

    def start(
        self,
        run_name: str | None = None,
        *,
        run_id: str | None = None,
        experiment: str | None = None,
        nested: bool = False,
        params: Mapping[str, Any] | None = None,
        tags: Mapping[str, Any] | None = None,
        parent: str | Run | None = None,
        description: str | None = None,
    ) -> Run:
        """Start a run, or resume one by `run_id`; see :func:`cellbook.start_run`."""
        check_mapping(params or {}, "params")
        labels = check_tags(tags or {})
        if run_id is not None:
            return self._resume(run_id, params, tags, description)
        for key in params or ():
            check_name(key, "param")
        around = self.active() if nested else self._block()
        if parent is not None:
            above: Run | RunRecord | None = self.find(parent)
        else:
            above = around
        run = self._new(run_name, experiment, above, labels, description)
        if not nested:
            # Last, so that a mistake in the call leaves the run before as it was.
            self._end_before()
        self._begin(run, params or NO_PARAMS)
        return run

    def draft(self, on_begin: Callable[[Run], None]) -> Run:
        """Return a run that starts when something is logged to it; then `on_begin` is called.

        So a mistake in the call that would have started it leaves no run behind.
        """

        def begin(run: Run) -> None:
            self._begin(run)
            on_begin(run)

        return self._new(None, None, None, {}, None, begin)

    def active(self) -> Run | None:
        """Return the run that module-level calls log to, or None.

        The innermost open one of this thread, asyncio task or notebook; else the one whose block
        surrounds this task; else, where all that is open belongs to one other line of work, the
        innermost of that: so the threads of a run's block log to it.
        """
        flow = here()
        with self._lock:
            reachable = [*self._inherited.values(), *self._open.values()]
        own = next((run for run in reversed(reachable) if run.flow == flow), None)
        if own is not None:
            return own
        for run in reversed(self._stack.get()):
            if not run.state.is_final:
                return run
        return reachable[-1] if len({run.flow for run in reachable}) == 1 else None

    @property
    def experiment(self) -> str:
        """The experiment of runs that are given none: the notebook's or script's name."""
        notebook = self.sessions.notebook
        stem = notebook.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0] if notebook else ""
        return stem or "default"

    def end_active(self, state: RunState | str | None = None) -> Run | None:
        """End the active run, as somebody asked for it; return it, or None if there is none."""
        final = None if state is None else end_state(state)
        run = self.active()
        if run is not None:
            if self.on_end is not None:
                self.on_end(run)
            run.end(final)
        return run

    def ended(self, run: Run) -> None:
        """Take note that a run has ended."""
        with self._lock:
            for runs in (self._open, self._inherited):
                runs.pop(run.run_id, None)
            self._flushed.pop(run.run_id, None)
        self.printed.end(run.run_id)
        self._stack.set(tuple(item for item in self._stack.get() if item is not run))

    def entering(self, run: Run) -> None:
        """Take note that a run's block begins: runs started inside are nested in it."""
        self._stack.set((*(item for item in self._stack.get() if item is not run), run))

    def visit(self, run: Run) -> None:
        """Take note that points were logged to a run that is not open here.

        It has ended, or is another process's: a fork's parent, or whoever pickled it.
        """
        with self._lock:
            if run.run_id in self._open or run.run_id in self._visited:
                return
            if not self._closed:
                self._visited[run.run_id] = run
        with self.trouble.guarded():
            if self._closed:
                run.catch_up()
            else:
                self.sessions.share(run.run_id)

    def open_runs(self) -> list[Run]:
        """Return this process's open runs, oldest first."""
        with self._lock:
            return list(self._open.values())

    def flush(self) -> None:
        """Bring the last values of open runs into their documents."""
        for run in self.open_runs():
            run.flush()
        self._catch_up()

    def close(self) -> None:
        """End all open runs and the session, as the process ends."""
        for run in reversed(self.open_runs()):
            run.end()
        self._catch_up()
        self._closed = True
        self._visited.clear()
        with self.trouble.guarded():
            self.sessions.close()

    def after_fork(self) -> None:
        """In a forked child, leave the parent's runs to the parent; logging to them goes on."""
        self._lock = threading.RLock()
        for run in (*self._visited.values(), *self._inherited.values(), *self._open.values()):
            run.metrics_log.after_fork()
        self.forked = True
        self._inherited |= self._open
        self._open, self._visited = {}, {}
        self.sessions.forget()
        self.printed.after_fork()

    def before_fork(self) -> None:
        """Note that children of this process may log to its open runs."""
        for run in self.open_runs():
            run.shared = True

    # -- the recorded ones ---------------------------------------------------------------------

    def get(self, run_id: str) -> RunRecord:
        """Return the record of a run by its id.

        Raises
        ------
        NotFound
            If the book has no such run.
        StoreCorrupt
            If its record cannot be read.
        """
        doc = self.store.get("runs", run_id)
        if doc is None:
            raise NotFound(f"The book has no run with id {run_id!r}. `%runs` lists what it has.")
        return run_of(doc, self.store.number("runs", run_id))

    def find(self, target: str | int | Run | RunRecord) -> RunRecord:
        """Return the run that a target names: ``#12``, ``12``, a name, ``run:NAME`` or an id.

        Raises
        ------
        NotFound
            If there is none.
        Ambiguous
            If several runs have the name; the message lists them.
        StoreCorrupt
            If its record cannot be read.
        """
        if isinstance(target, (Run, RunRecord)):
            return self.get(target.run_id)
        return self.get(run_named(self.store, str(target)))

    def artifacts(self, run_id: str) -> list[Artifact]:
        """Return the artifacts of a run, the newest of each path, by path."""
        latest = {}
        for _, _, doc in self.store.select("artifacts", where("run") == run_id):
            latest[doc["path"]] = from_doc(Artifact, doc)
        return [latest[path] for path in sorted(latest)]

    def change(
        self,
        target: str | int | Run | RunRecord,
        *,
        drop_tags: Iterable[str] = (),
        trashed: bool | None = None,
        **changes: Any,
    ) -> RunRecord:
        """Change a recorded run, all at once.

        Parameters
        ----------
        changes
            `run_name`, `description`, `archived`, `tags` (merged into those that it has).
        drop_tags
            Tags to take off.
        trashed
            Whether it is to lie in the trash; None leaves it where it is.

        Raises
        ------
        InvalidInput
            If a value cannot be recorded, or a run is to go to the trash that is still running.
        """
        record = self.find(target)
        drop = [["tags", key] for key in drop_tags]
        if "run_name" in changes:
            changes["run_name"] = check_run_name(changes["run_name"])
        if "description" in changes:
            changes["description"] = as_text(changes["description"])
        if "tags" in changes:
            changes["tags"] = check_tags(changes["tags"])
        if trashed:
            if not record.state.is_final:
                raise InvalidInput(
                    f"Run #{record.run_number} {record.run_name!r} is running. "
                    "End it first with `%end_run`, then delete it."
                )
            changes["trashed"] = self.now()
        elif trashed is not None:
            drop.append(["trashed"])
        self.store.commit([update("runs", record.run_id, changes, drop)])
        return self.get(record.run_id)

    def drop_tag(self, target: str | int | Run | RunRecord, key: str) -> RunRecord:
        """Take a tag off a run."""
        return self.change(target, drop_tags=[key])

    def delete(self, target: str | int | Run | RunRecord) -> RunRecord:
        """Put a run in the trash; :meth:`restore` takes it out, ``cellbook gc`` empties it.

        Raises
        ------
        InvalidInput
            If the run is still running.
        """
        return self.change(target, trashed=True)

    def restore(self, target: str | int | Run | RunRecord) -> RunRecord:
        """Take a run out of the trash."""
        return self.change(target, trashed=False)

    @staticmethod
    def now() -> int:
        """Return the time, in milliseconds since 1970."""
        return time.time_ns() // 1_000_000

    @contextlib.contextmanager
    def cell(self, execution_id: str) -> Iterator[None]:
        """Name the cell execution under way while the block lasts."""
        self.current_cell = execution_id
        try:
            yield
        finally:
            self.current_cell = None

    # -- inside --------------------------------------------------------------------------------

    def _new(
        self,
        name: str | None,
        experiment: str | None,
        above: Run | RunRecord | None,
        tags: Mapping[str, str],
        description: str | None,
        begin: Callable[[Run], None] | None = None,
    ) -> Run:
        if experiment is not None:
            experiment = check_name(experiment, "experiment")
        elif above is not None:
            experiment = above.experiment
        record = RunRecord(
            run_id=self.store.new_id(),
            run_name=random_name() if name is None else check_run_name(name),
            experiment=experiment or self.experiment,
            state=RunState.RUNNING,
            start_time=self.now(),
            description=as_text(description or ""),
            parent=None if above is None else above.run_id,
            notebook=self.sessions.notebook,
            tags={**tags, **marks()},
            cells=() if self.current_cell is None else (self.current_cell,),
        )
        return Run(self, record, here(), begin)

    def mark_repeated(self, run: Run, former: str) -> None:
        """Note that a run stands for a former one, which it repeats."""
        self.replay[former] = run.run_id
        run.set_tags(marks_of_double(run.first_record.tags, former))

    def flag(self, run_id: str, flags: Mapping[str, str]) -> None:
        """Note what was amiss as a run began, in place of what was noted before."""
        self.store.commit([update("runs", run_id, {"flags": dict(flags)}, [["flags"]])])

    def keep_random(self, table: str, doc_id: str, states: Mapping[str, Any]) -> None:
        """Keep the states that random generators had as a run (``runs``) or a cell that was the
        first to draw from them (``draws``) began."""
        digest = self.store.blobs.put(json.dumps(states).encode(), durable=False)
        note = create if table == "draws" else update
        self.store.commit([note(table, doc_id, {"random": digest})])

    def _begin(self, run: Run, params: Mapping[str, Any] = NO_PARAMS) -> None:
        with self.trouble.guarded():
            session = self.sessions.ensure()
            doc = {**to_doc(run.first_record), "session": session, **run.first_params(params)}
            self.store.commit([create("runs", run.run_id, doc), *self.beginning(run)])
        self._activate(run)

    def _block(self) -> Run | None:
        """Return the run whose block this is in: the innermost, wherever it was started."""
        entered = (run for run in reversed(self._stack.get()) if run.entered)
        return next((run for run in entered if not run.state.is_final), None)

    def _end_before(self) -> None:
        """End the run before, and those it was nested in: of this line of work, up to a block."""
        flow = here()
        run = next((run for run in reversed(self.open_runs()) if run.flow == flow), None)
        while run is not None and not run.entered:
            above = self._open.get(run.parent or "")
            run.end()
            run = above if above is not None and above.flow == flow else None

    def _activate(self, run: Run) -> Run:
        with self._lock:
            self._closed = False
            for runs in (self._open, self._visited):
                runs.pop(run.run_id, None)
            self._open[run.run_id] = run
            self._flushed[run.run_id] = time.monotonic()
        self._stack.set((*(item for item in self._stack.get() if not item.state.is_final), run))
        if self.on_start is not None:
            self.on_start(run)
        return run

    def _catch_up(self) -> None:
        with self._lock:
            visited = list(self._visited.values())
        for run in visited:
            run.catch_up()

    def _resume(
        self,
        run_id: str,
        params: Mapping[str, Any] | None,
        tags: Mapping[str, Any] | None,
        description: str | None,
    ) -> Run:
        record = self.find(run_id)
        if record.run_id in self.replay:
            # What is repeated stays as it is.
            if not self.replay[record.run_id]:
                return self.start(record.run_name, experiment=record.experiment, params=params)
            record = self.find(self.replay[record.run_id])
        with self._lock:
            run = self._open.get(record.run_id)
        if run is None:
            run = self.attach(record)
            with self.trouble.guarded():
                changes: dict[str, Any] = {
                    "state": RunState.RUNNING,
                    "session": self.sessions.ensure(),
                }
                if self.current_cell is not None:
                    changes["cells"] = [*dict.fromkeys((*record.cells, self.current_cell))]
                drop = [["end_time"], ["error"], ["trashed"]]
                shared = self.sessions.share_ops(record)
                self.store.commit([update("runs", run.run_id, changes, drop), *shared])
        if params:
            run.log_params(params)
        if tags:
            run.set_tags(tags)
        if description is not None:
            run.set_description(description)
        return self._activate(run)

    def attach(self, record: RunRecord) -> Run:
        """Return a handle on a run that this process did not start."""
        run = Run(self, dataclasses.replace(record, state=RunState.RUNNING), here())
        run.shared = True
        doc = self.store.get("runs", record.run_id) or {}
        former = doc.get("param_history", {})
        run.early_history = {k: v for k, v in former.items() if isinstance(v, list)}
        for series in self.store.series_reader.read(record.points, runs=[record.run_id]):
            run.metrics_log.resume(series.of, stats_of(series), float(series.values[-1]))
        return run

    def _tick(self) -> None:
        now = time.monotonic()
        self.store.beat(closely=bool(self.open_runs()))
        self._catch_up()
        for run in self.open_runs():
            age = (self.now() - run.start_time) / 1000
            if now - self._flushed.get(run.run_id, now) > max(_FLUSH_SECONDS, age * _FLUSH_SHARE):
                self._flushed[run.run_id] = now
                run.flush()
