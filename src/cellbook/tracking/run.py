"""The live handle of a run."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from cellbook.errors import InvalidInput, StoreError, one_line
from cellbook.records import (
    Artifact,
    RunRecord,
    RunState,
    as_param,
    as_step,
    as_text,
    check_mapping,
    check_name,
    check_tags,
    from_doc,
    to_doc,
    without_secrets,
)
from cellbook.records.values import TEXT_LIMIT
from cellbook.store import Op, create, update
from cellbook.tracking import media
from cellbook.tracking.folders import files_below
from cellbook.tracking.metrics import MetricLog
from cellbook.tracking.summary import summarise
from cellbook.tracking.trouble import warn

if TYPE_CHECKING:
    from cellbook.tracking.runs import Runs


class Run:
    """A run that can be written to; :class:`~cellbook.records.RunRecord` is its frozen copy.

    Made by :func:`cellbook.start_run`.  As a context manager it ends with the block: *finished*,
    *failed* after an exception, *stopped* after an interrupt.  What is logged is on disk when the
    call returns; when the disk refuses, one warning says so and the code goes on.

    A mistake in a call (a metric that is no number, an empty name) raises
    :class:`~cellbook.errors.InvalidInput`.
    """

    def __init__(self, runs: Runs, record: RunRecord) -> None:
        self._runs = runs
        self._store = runs.store
        self._guarded = runs.trouble.guarded
        self._lock = threading.RLock()
        self._params: dict[str, Any] = dict(record.params)
        self.early_history: dict[str, list[Any]] = {}
        """Former values of params that an early book keeps as lists; a change makes them leaves."""
        self._state = record.state
        self._name = record.run_name
        self._experiment = record.experiment
        self.start_time = record.start_time
        """When it started, in milliseconds since 1970."""
        self.run_id = record.run_id
        """The ULID that names the run in every copy of the book."""
        self.parent = record.parent
        """The id of the run it is nested in, or None."""
        self.metrics_log = MetricLog(self._store, self.run_id, self._note_stem)
        self.shared = False
        """Whether other processes may log to it too: it was resumed, pickled, or lived a fork."""
        self.entered = False
        """Whether it is used as a context manager, so that runs started inside are nested."""
        self.outcome: tuple[RunState, str | None] = (RunState.FINISHED, None)
        """How it ends when nobody says otherwise, and with what error."""
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
        if not self._state.is_final:
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
        check_mapping(params, "params")
        checked = {check_name(key, "param"): as_param(value) for key, value in params.items()}
        checked = {key: without_secrets(key, value) for key, value in checked.items()}
        with self._lock, self._guarded():
            changes, drop = self._param_changes(checked)
            if changes:
                self._store.commit([update("runs", self.run_id, changes, drop)])

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
        self._name = check_name(name, "run")
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

    # -- artifacts -----------------------------------------------------------------------------

    def log_artifact(self, local_path: str | Path, artifact_path: str | None = None) -> None:
        """Keep a copy of a file, or of all files of a folder, below `artifact_path`."""
        source = Path(local_path)
        if source.is_dir():
            folder = f"{artifact_path}/{source.name}" if artifact_path else source.name
            self.log_artifacts(source, folder)
            return
        if not source.is_file():
            raise InvalidInput(
                f"There is no file {str(source)!r} to keep (looked in {Path.cwd()}). "
                "Write it first, or give its full path."
            )
        self._keep_file(source, f"{artifact_path}/{source.name}" if artifact_path else source.name)

    def log_artifacts(self, local_dir: str | Path, artifact_path: str | None = None) -> None:
        """Keep a copy of every file below a folder, books left out.

        A file that cannot be read, or has a name that cannot be recorded, is passed over; one
        warning names it.
        """
        folder = Path(local_dir)
        if not folder.is_dir():
            raise InvalidInput(f"There is no folder {str(folder)!r} (looked in {Path.cwd()}).")
        below = f"{media.artifact_path(artifact_path)}/" if artifact_path else ""
        refused = []
        for source in files_below(folder, but=Path(self._store.url)):
            try:
                self._keep_file(source, below + source.relative_to(folder).as_posix())
            except InvalidInput as error:
                refused.append(error)
        if refused:
            more = f" (and {len(refused) - 1:,} more)" if len(refused) > 1 else ""
            warn(f"Of folder {str(folder)!r} one file was not kept{more}: {refused[0]}")

    def log_figure(
        self,
        figure: Any,
        artifact_file: str,
        *,
        step: int | None = None,
        save_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep a matplotlib or plotly figure, as the file's extension says."""
        self._keep(media.encode_figure(figure, artifact_file, save_kwargs=save_kwargs), step)

    def log_image(
        self,
        image: Any,
        artifact_file: str | None = None,
        key: str | None = None,
        step: int | None = None,
    ) -> None:
        """Keep an image: an array (height × width, or × 1, 3 or 4 channels), PIL image or file."""
        self._keep(media.encode_image(image, artifact_file, key=key, step=step), step)

    def log_table(self, data: Any, artifact_file: str, *, step: int | None = None) -> None:
        """Keep a table: a pandas, Arrow or polars frame, dict of columns or list of rows."""
        self._keep(media.encode_table(data, artifact_file), step)

    def log_text(self, text: str, artifact_file: str, *, step: int | None = None) -> None:
        """Keep text as a file."""
        self._keep(media.encode_text(text, artifact_file), step)

    def log_dict(self, dictionary: Any, artifact_file: str, *, step: int | None = None) -> None:
        """Keep a dictionary or list as JSON or, by the file's extension, YAML."""
        self._keep(media.encode_dict(dictionary, artifact_file), step)

    def log_html(self, html: str, artifact_file: str, *, step: int | None = None) -> None:
        """Keep an HTML page."""
        self._keep(media.encode_html(html, artifact_file), step)

    def log_audio(
        self,
        audio: Any,
        artifact_file: str,
        *,
        sample_rate: int | None = None,
        step: int | None = None,
    ) -> None:
        """Keep sound: samples (floats in −1…1 or int16; samples × channels), bytes or a file."""
        self._keep(media.encode_audio(audio, artifact_file, sample_rate=sample_rate), step)

    def log_histogram(
        self, values: Any, key: str, *, bins: Any = 64, step: int | None = None
    ) -> None:
        """Keep the histogram of some numbers, or of ready ``(counts, edges)``."""
        self._keep(media.encode_histogram(values, key, bins=bins, step=step), step)

    def keep_output(self, encoded: media.Encoded, cell: str) -> None:
        """Keep an output that a cell of the run displayed."""
        self._keep(encoded, None, cell=cell, automatic=True)

    # -- its end -------------------------------------------------------------------------------

    def flush(self) -> None:
        """Bring the metrics' last values into the run's document, for searches to see."""
        if self.metrics_log.dirty and not self._state.is_final:
            changes = {**self.metrics_log.summary(), "state": RunState.RUNNING}
            with self._guarded():
                # Saying that it lives heals the record if another machine took it for dead.
                alive = self._runs.sessions.alive_op()
                self._store.commit([update("runs", self.run_id, changes, [["end_time"]]), alive])

    def end(self, state: RunState | str | None = None, error: str | None = None) -> None:
        """End the run; a second call changes nothing.

        Parameters
        ----------
        state
            How it ended; None means as the last cell that did something, or *finished*.
        error
            What went wrong, as ``Name: message``.
        """
        if state is None:
            final, error = self.outcome
        else:
            final = RunState(state)
        if not final.is_final:
            raise InvalidInput("A run cannot end as 'running'. Use finished, failed or stopped.")
        with self._lock:
            if self._state.is_final:
                return
            self._state = final
            with self._guarded():
                self._store.commit([self._end_op(final, error)], durable=True)
        self._runs.ended(self)

    def __enter__(self) -> Run:
        self.entered = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.end(RunState.FINISHED)
        else:
            self.end(*outcome_of(error))

    # -- inside --------------------------------------------------------------------------------

    def _change(self, changes: dict[str, Any]) -> None:
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

    def _keep(
        self,
        encoded: media.Encoded,
        step: int | None,
        *,
        cell: str | None = None,
        automatic: bool = False,
    ) -> None:
        if step is not None:
            step = as_step(step, encoded.path, "artifact")
        with self._guarded():
            digest = self._store.blobs.put(encoded.data)
            artifact = Artifact(
                artifact_id=self._store.new_id(),
                run=self.run_id,
                path=encoded.path,
                digest=digest,
                size=len(encoded.data),
                time=self._runs.now(),
                kind=encoded.kind,
                media_type=encoded.media_type,
                step=step,
                cell=cell or self._runs.current_cell,
                automatic=automatic,
                meta=encoded.meta,
            )
            self._store.commit([create("artifacts", artifact.artifact_id, to_doc(artifact))])

    def _keep_file(self, source: Path, path: str) -> None:
        place = media.artifact_path(path)
        try:
            source.open("rb").close()
        except OSError as error:
            raise InvalidInput(
                f"The file {str(source)!r} cannot be read ({error.strerror}). "
                "Make it readable, then log it again."
            ) from None
        with self._guarded():
            digest, size = self._store.blobs.put_file(source)
            artifact = Artifact(
                artifact_id=self._store.new_id(),
                run=self.run_id,
                path=place,
                digest=digest,
                size=size,
                time=self._runs.now(),
                media_type=media.media_type_of(place),
                cell=self._runs.current_cell,
            )
            self._store.commit([create("artifacts", artifact.artifact_id, to_doc(artifact))])

    def _note_stem(self, stem: str) -> None:
        self._store.commit([update("runs", self.run_id, {"points": {stem: None}})])

    def _end_op(self, state: RunState, error: str | None) -> Op:
        changes: dict[str, Any] = {"state": state, "end_time": self._runs.now()}
        if error:
            changes["error"] = as_text(error)
        if self._alone():
            changes.update(self.metrics_log.summary())
            seal = self._store.series_writer.seal()
            stem = self._store.series_writer.stem
            if seal is not None and stem in self.metrics_log.stems:
                changes["points"] = {stem: list(seal)}
        else:
            doc = self._store.get("runs", self.run_id)
            if doc is not None:
                changes.update(summarise(self._store, from_doc(RunRecord, doc)))
        return update("runs", self.run_id, changes)

    def _alone(self) -> bool:
        """Whether only this process, into one file, logged points of the run."""
        return len(self.metrics_log.stems) <= 1 and not self.shared


def outcome_of(error: BaseException | None) -> tuple[RunState, str | None]:
    """Return how a run ends that `error` ended, and the error in one line."""
    if error is None:
        return RunState.FINISHED, None
    text = one_line(error)
    if isinstance(error, KeyboardInterrupt):
        return RunState.STOPPED, text
    if isinstance(error, SystemExit) and not error.code:
        return RunState.FINISHED, None
    return RunState.FAILED, text
