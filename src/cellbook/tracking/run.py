"""The live handle of a run."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any

from cellbook.errors import StoreError, one_line
from cellbook.records import (
    RunRecord,
    RunState,
    as_param,
    as_text,
    check_mapping,
    check_name,
    check_tags,
    from_doc,
    without_secrets,
)
from cellbook.records.values import TEXT_LIMIT
from cellbook.store import Doc, Op, update
from cellbook.tracking import media
from cellbook.tracking.definitions import add_scores
from cellbook.tracking.ending import end_state, outcome_of
from cellbook.tracking.flows import Flow
from cellbook.tracking.keeping import KeepsFiles
from cellbook.tracking.metrics import MetricLog
from cellbook.tracking.moments import Moments, OpenStage
from cellbook.tracking.naming import check_run_name
from cellbook.tracking.summary import last_values, others_logged, summarise

if TYPE_CHECKING:
    from cellbook.tracking.runs import Runs


class Run(KeepsFiles):
    """A run that can be written to; :class:`~cellbook.records.RunRecord` is its frozen copy.

    Made by :func:`cellbook.start_run`.  As a context manager it ends with the block: *finished*,
    *failed* after an exception, *stopped* after an interrupt.  What is logged is on disk when the
    call returns; when the disk refuses, one warning says so and the code goes on.

    A mistake in a call (a metric that is no number, an empty name) raises
    :class:`~cellbook.errors.InvalidInput`.  What is logged after the end counts as well; the run
    stays ended.
    """

    def __init__(
        self, runs: Runs, record: RunRecord, flow: Flow, begin: Callable[[Run], None] | None = None
    ) -> None:
        super().__init__(runs, record.run_id)
        self._lock = threading.RLock()
        self._params: dict[str, Any] = dict(record.params)
        self.early_history: dict[str, list[Any]] = {}
        """Former values of params that an early book keeps as lists; a change makes them leaves."""
        self._state = record.state
        self._name = record.run_name
        self._experiment = record.experiment
        self.first_record = record
        """What it starts as."""
        self.start_time = record.start_time
        """When it started, in milliseconds since 1970."""
        self.parent = record.parent
        """The id of the run it is nested in, or None."""
        self.metrics_log = MetricLog(self._store, self.run_id, self._note_stem)
        self.shared = False
        """Whether other processes may log to it too: it was resumed, pickled, or lived a fork."""
        self.entered = False
        """Whether it is used as a context manager, so that runs started inside are nested."""
        self.outcome: tuple[RunState, str | None] = (RunState.FINISHED, None)
        """How it ends when nobody says otherwise, and with what error."""
        self.flow = flow
        """The line of work that started it: a thread, an asyncio task, a notebook's cells."""
        self._begin = begin
        self._moments = Moments(runs, self.run_id, self._step_by_now)
        self._since = time.monotonic()
        self._process = 0
        self.mishap = ""
        """Which of its cells was the last to go wrong: ``cell [3] failed``; empty if none did."""

    # -- what it is ----------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """The run's name."""
        return self._name

    @property
    def experiment(self) -> str:
        """The experiment the run belongs to."""
        return self._experiment

    @property
    def state(self) -> RunState:
        """How the run stands."""
        return self._state

    @property
    def number(self) -> int:
        """The ``12`` of ``#12``: the run's place in the book by time of creation."""
        return self._store.number("runs", self.run_id)

    @property
    def label(self) -> str:
        """Such as ``#12 wide``; without the number where the book has no such run any more."""
        return f"#{self.number} {self._name}" if self.number else self._name

    @property
    def url(self) -> str:
        """Where its book is."""
        return self._store.url

    @property
    def params(self) -> dict[str, Any]:
        """The params logged so far."""
        return dict(self._params)

    def has_metric(self, key: str) -> bool:
        """Whether a metric of that name was logged, in whatever context."""
        return self.metrics_log.has(key)

    @property
    def record(self) -> RunRecord:
        """A frozen copy of the run as it stands in the book now."""
        if self._state.is_final:
            self.catch_up()
        else:
            self.flush()
        return self._runs.get(self.run_id)

    def __repr__(self) -> str:
        return f"<Run {self.label} {self._state.value}>"

    # -- params and tags -----------------------------------------------------------------------

    def log_param(self, key: str, value: Any) -> Any:
        """Log one param; return `value`.

        A param that is logged anew with another value keeps its history; nothing is raised.
        """
        self.log_params({check_name(key, "param"): value})
        return value

    def log_params(self, params: Mapping[str, Any]) -> None:
        """Log params in one transaction.

        Numbers, booleans, None, strings, lists and dictionaries are kept as they are; whatever
        else as its ``repr``.  Text beyond 6,000 characters is kept whole as an artifact.  What a
        name says to be a secret (``password``, ``api_key`` …) is masked.
        """
        checked = _as_params(params)
        self.begin()
        with self._lock, self._guarded():
            changes, drop = self._param_changes(checked)
            if changes:
                self._store.commit([update("runs", self.run_id, changes, drop)])

    def first_params(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Take the params that it begins with; return them as fields of its document."""
        checked = _as_params(params)
        with self._lock:
            return self._param_changes(checked)[0]

    def set_tag(self, key: str, value: Any) -> None:
        """Set one tag: text that may change at any time."""
        self.set_tags({check_name(key, "tag"): value})

    def set_tags(self, tags: Mapping[str, Any]) -> None:
        """Set tags in one transaction."""
        self._change({"tags": check_tags(tags)})

    def set_description(self, text: str) -> None:
        """Set the run's description (its notes)."""
        self._change({"description": as_text(text)})

    def rename(self, name: str) -> None:
        """Give the run another name."""
        self._name = check_run_name(name)
        self._change({"run_name": self._name})

    # -- metrics -------------------------------------------------------------------------------

    def log_metric(
        self,
        key: str,
        value: float,
        step: int | None = None,
        *,
        context: Mapping[str, Any] | None = None,
        timestamp: int | datetime | None = None,
    ) -> None:
        """Log one value of a metric.

        Parameters
        ----------
        key
            The metric's name.
        value
            A number; NumPy and torch scalars and 0-d arrays too, NaN and infinities too.
        step
            A whole number; it may go backwards.  None means one more than the last, from 0.
        context
            What tells this series from others of the name, as ``{"split": "val"}``.
        timestamp
            Milliseconds since 1970 or a datetime; None means now.

        Raises
        ------
        InvalidMetric
            If `value` is not one number or `step` not a whole one.
        """
        try:
            self.metrics_log.log(key, value, step, context, timestamp)
        except StoreError as error:
            self._runs.trouble.report(error)
        if self._state.is_final:
            self._runs.visit(self)

    def log_metrics(
        self,
        metrics: Mapping[str, float],
        step: int | None = None,
        *,
        context: Mapping[str, Any] | None = None,
        timestamp: int | datetime | None = None,
    ) -> None:
        """Log one value of each metric, all or none; see :meth:`log_metric`."""
        try:
            self.metrics_log.log_many(metrics, step, context, timestamp)
        except StoreError as error:
            self._runs.trouble.report(error)
        if self._state.is_final:
            self._runs.visit(self)

    # -- moments -------------------------------------------------------------------------------

    def milestone(self, name: str, step: int | None = None) -> None:
        """Note a moment of the run under a name: it is marked on its curves."""
        self.begin()
        self._moments.milestone(name, self._step_by_now(step))

    def stage(self, name: str, step: int | None = None) -> OpenStage:
        """Begin a named span of the run.

        It lasts until the next one begins, or the run ends; as a context manager, with its block,
        in which others are nested.
        """
        self.begin()
        return self._moments.stage(name, self._step_by_now(step))

    # -- its end -------------------------------------------------------------------------------

    def _step_by_now(self, step: int | None = None) -> int | None:
        """Return a step or, where none is given, the furthest that was logged so far."""
        return self.metrics_log.furthest if step is None else step

    def begin(self) -> None:
        """Start it in the book, where it was to start with the first thing that is logged."""
        begin, self._begin = self._begin, None
        if begin is not None:
            begin(self)

    def flush(self) -> None:
        """Bring the metrics' last values into the run's document, for searches to see."""
        if not self.metrics_log.dirty:
            return
        # Under the lock, so that what says that it is running does not come after its end.
        with self._lock, self._guarded():
            if not self._state.is_final:
                sessions = self._runs.sessions
                changes = {
                    **last_values(self._store, self.metrics_log, self._doc()),
                    "state": RunState.RUNNING,
                    "session": sessions.ensure(),
                }
                # Saying that it lives heals the record if another machine took it for dead, or
                # another process that resumed it has ended it.
                drop = [["end_time"], ["error"]]
                alive = sessions.alive_op()
                self._store.commit([update("runs", self.run_id, changes, drop), alive])

    def catch_up(self) -> None:
        """Bring points into the run's document that came after its end, from any process."""
        if self._runs.forked or not self.metrics_log.dirty:
            return
        # Whoever ends a shared run reads its points in one go with that, too: so either they are
        # there then, or the end is seen here.
        with self._guarded(), self._store.exclusive():
            self.metrics_log.dirty = False
            doc = self._store.get("runs", self.run_id)
            if doc is not None and RunState(doc["state"]).is_final:
                changes = summarise(self._store, from_doc(RunRecord, doc))
                self._store.commit([update("runs", self.run_id, changes)])

    def end(
        self, state: RunState | str | None = None, error: str | BaseException | None = None
    ) -> None:
        """End the run; a second call changes nothing.

        Parameters
        ----------
        state
            How it ended: finished, failed or stopped, or MLflow's word for it.  None means failed
            if there is an `error`, else as the last cell that did something, or *finished*.
        error
            What went wrong, as ``Name: message`` or the exception itself.
        """
        if isinstance(error, BaseException):
            error = one_line(error)
        if state is not None:
            final = end_state(state)
        elif error:
            final = RunState.FAILED
        else:
            final, error = self.outcome
        self.begin()
        with self._lock:
            if self._state.is_final:
                return
            self._state = final
            with self._guarded():
                self._commit_end(final, error)
        self._runs.ended(self)

    def __enter__(self) -> Run:
        self.entered = True
        self._process = os.getpid()
        self._runs.entering(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process != os.getpid():
            return  # A forked child leaves the block; the run is the parent's to end.
        self.end(*outcome_of(error))

    # -- inside --------------------------------------------------------------------------------

    def _change(self, changes: dict[str, Any]) -> None:
        self.begin()
        with self._guarded():
            self._store.commit([update("runs", self.run_id, changes)])

    def _param_changes(self, params: Mapping[str, Any]) -> tuple[dict[str, Any], list[list[str]]]:
        changes: dict[str, Any] = {}
        drop: list[list[str]] = []
        now = self._runs.now()
        for key, value in params.items():
            value = self._shortened("params", key, value)
            if key in self._params:
                old = self._params[key]
                if type(old) is type(value) and (old == value or value != value):
                    continue
                # A leaf of its own for each former value, so that a change is one short line.
                history = changes.setdefault("param_history", {}).setdefault(key, {})
                for place, entry in enumerate(self.early_history.pop(key, ())):
                    history[f"{place:06d}"] = entry
                history[self._store.new_id()] = [now, old]
                drop.append(["params", key])
            self._params[key] = value
            changes.setdefault("params", {})[key] = value
        return changes, drop

    def _shortened(self, folder: str, key: str, value: Any) -> Any:
        text = value if isinstance(value, str) else None
        if isinstance(value, (list, dict)):
            text = repr(value)
        if text is None or len(text) <= TEXT_LIMIT:
            return value
        place = f"{folder}/{media.file_name(key)}.txt"
        # Half a surrogate pair is no text for a file.
        whole = text.encode("utf-8", "backslashreplace").decode()
        self._keep(media.encode_text(whole, place), None)
        return f"{text[: TEXT_LIMIT // 6]} … ({len(text):,} characters; whole in artifact {place})"

    def _note_stem(self, stem: str) -> None:
        self.begin()
        self._store.commit([update("runs", self.run_id, {"points": {stem: None}})])
        self._runs.visit(self)

    def _commit_end(self, state: RunState, error: str | None) -> None:
        doc = self._doc()
        log, sessions = self.metrics_log, self._runs.sessions
        elsewhere = doc is not None and doc.get("session") != sessions.current
        if self.shared or elsewhere or len(log.stems) > 1 or others_logged(log, doc):
            with self._store.exclusive():
                ops = self._end_ops(self._doc(), state, error)
                self._store.commit([*ops, *sessions.unshare_ops(self.run_id)], durable=True)
        else:
            self._store.commit(self._end_ops(None, state, error), durable=True)

    def _end_ops(self, doc: Doc | None, state: RunState, error: str | None) -> list[Op]:
        # Not before it has lasted as long as it did, should the clock have been set back.
        lasted = int((time.monotonic() - self._since) * 1000)
        changes: dict[str, Any] = {
            "state": state,
            "end_time": max(self._runs.now(), self.start_time + lasted),
            **self._summary(doc),
        }
        if error:
            changes["error"] = as_text(error)
        writer = self._store.series_writer
        seal = writer.seal() if doc is None else None
        if seal is not None and self.metrics_log.stems == {writer.stem}:
            changes["points"] = {writer.stem: list(seal)}
        ended = update("runs", self.run_id, changes, () if error else [["error"]])
        return [ended, *self._runs.printed.ops(self.run_id)]

    def _summary(self, doc: Doc | None) -> dict[str, Any]:
        """Return what the document should say of the metrics; with `doc`, of all processes'."""
        own = self.metrics_log.summary()
        if doc is not None:
            return own | summarise(self._store, from_doc(RunRecord, doc))
        # A fork only writes; and what this process knows is written all the same.
        if not self._runs.forked:
            with contextlib.suppress(StoreError):
                add_scores(self._store, own["stats"], self.run_id, self.metrics_log.stems)
        return own

    def _doc(self) -> Doc | None:
        try:
            return None if self._runs.forked else self._store.get("runs", self.run_id)
        except StoreError:
            return None  # What this process knows is written all the same.


def _as_params(params: Mapping[str, Any]) -> dict[str, Any]:
    check_mapping(params, "params")
    checked = {check_name(key, "param"): as_param(value) for key, value in params.items()}
    return {key: without_secrets(key, value) for key, value in checked.items()}
