"""The module-level functions: ``cb.start_run``, ``cb.log_metric`` … on the active run.

Where no run is active, the logging functions start one, as MLflow does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook import book
from cellbook.errors import InvalidInput
from cellbook.records import (
    DatasetVersion,
    MetricDefinition,
    RunRecord,
    RunState,
    Thread,
)
from cellbook.tracking import OpenStage, Run

if TYPE_CHECKING:
    import pandas as pd
    from tinydb.queries import QueryLike

    from cellbook.book import Target


def start_run(
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
    """Start a run and make it the active one.

    As a context manager the run ends with its block.  Inside the block of another run the new one
    is nested in it.  Otherwise the run before ends first, so that running a cell again starts
    afresh; runs of other threads and asyncio tasks are not the run before, and go on.

    Parameters
    ----------
    run_name
        Its name; None makes one up.
    run_id
        Resume this run (an id, ``#12`` or a name) instead of starting one.
    experiment
        The group it belongs to; None means that of the run it is nested in, else the notebook's or
        script's name.
    nested
        Nest it in the active run, which goes on, although this is not its block; as in MLflow.
    params, tags
        Logged at once.
    parent
        The run it is nested in, as a handle or any target; None means the run whose ``with`` block
        it is in.  A thread is in no block but its own.
    description
        Notes on it.

    Raises
    ------
    NotFound
        If `run_id` or `parent` name no run.
    InvalidInput
        If a name cannot be recorded.
    """
    return book.open().start_run(
        run_name,
        run_id=run_id,
        experiment=experiment,
        nested=nested,
        params=params,
        tags=tags,
        parent=parent,
        description=description,
    )


def active_run() -> Run | None:
    """Return the run that module-level calls log to, or None.

    The innermost open one of this thread, asyncio task or notebook; else the one whose block
    surrounds this task; else, where all that is open belongs to one other thread or task, the
    innermost of that.
    """
    return book.open().active_run()


def end_run(state: RunState | str | None = None, *, status: str | None = None) -> None:
    """End the active run; without one, do nothing.

    Parameters
    ----------
    state
        ``finished``, ``failed`` or ``stopped``, or MLflow's ``FINISHED``, ``FAILED``, ``KILLED``;
        None means *finished*, or as the last cell ended that did something.
    status
        The same, under MLflow's name.

    Raises
    ------
    InvalidInput
        If a run cannot end so.
    """
    book.open().runs.end_active(status if state is None else state)


def comment(
    target: Target,
    text: str,
    *,
    labels: str | Sequence[str] = (),
    assigned: str | Sequence[str] = (),
    metric: str = "",
    step: int | None = None,
) -> Thread:
    """Comment on a run, or on something else in the book: begin a thread.

    Parameters
    ----------
    target
        A run (``#12``, a name, a handle), ``checkpoint:LABEL``, ``data:NAME``,
        ``board:NAME``, ``dashboard:NAME``, ``cell:ID`` or ``notebook:FILE``.
    text
        What there is to say, in Markdown.
    labels, assigned
        Such as ``question``; names of those who are to see to it: one, or several.
    metric, step
        Of a run: the metric, or the point of its curve, that it is about.

    Returns
    -------
    Thread
        The thread; ``cb.open().threads`` answers in it, resolves it and so on.

    Raises
    ------
    NotFound
        If there is no such thing.
    InvalidInput
        If the target or the text is none, or nobody knows who writes.
    """
    if not isinstance(target, (str, int, Run, RunRecord)) or isinstance(target, bool):
        raise InvalidInput(
            f"A comment is on a run, or on what a text names, such as checkpoint:LABEL, not on "
            f"{type(target).__name__}."
        )
    from cellbook.answers.targets import find_anchor, point_of  # noqa: PLC0415 - heavy

    opened = book.open()
    name = target.run_id if isinstance(target, (Run, RunRecord)) else str(target)
    anchor = find_anchor(opened, name, opened.runs.sessions.notebook or "")
    if metric or step is not None:
        anchor = point_of(opened, anchor, metric, step)
    return opened.threads.start(anchor, text, labels=labels, assigned=assigned)


def log_param(key: str, value: Any) -> Any:
    """Log one param of the active run; return `value`."""
    return _run().log_param(key, value)


def log_params(params: Mapping[str, Any]) -> None:
    """Log params of the active run."""
    _run().log_params(params)


def log_metric(
    key: str,
    value: float,
    step: int | None = None,
    *,
    context: Mapping[str, Any] | None = None,
    timestamp: int | datetime | None = None,
) -> None:
    """Log one value of a metric of the active run; see :meth:`cellbook.Run.log_metric`."""
    _run().log_metric(key, value, step, context=context, timestamp=timestamp)


def log_metrics(
    metrics: Mapping[str, float],
    step: int | None = None,
    *,
    context: Mapping[str, Any] | None = None,
    timestamp: int | datetime | None = None,
) -> None:
    """Log one value of each metric of the active run."""
    _run().log_metrics(metrics, step, context=context, timestamp=timestamp)


def set_tag(key: str, value: Any) -> None:
    """Set one tag of the active run."""
    _run().set_tag(key, value)


def set_tags(tags: Mapping[str, Any]) -> None:
    """Set tags of the active run."""
    _run().set_tags(tags)


def milestone(name: str, step: int | None = None) -> None:
    """Note a moment of the active run under a name; see :meth:`cellbook.Run.milestone`."""
    _run().milestone(name, step)


def stage(name: str, step: int | None = None) -> OpenStage:
    """Begin a named span of the active run; see :meth:`cellbook.Run.stage`."""
    return _run().stage(name, step)


def log_input(
    name: str | DatasetVersion,
    digest: str = "",
    *,
    role: str = "",
    labels: Any = None,
    source: str = "",
) -> DatasetVersion:
    """Note what data the active run uses, as what; see :meth:`cellbook.Run.log_input`."""
    return _run().log_input(name, digest, role=role, labels=labels, source=source)


def log_scores(key: str, values: Any, *, ids: Any = None) -> None:
    """Keep a metric's value on each example; see :meth:`cellbook.Run.log_scores`."""
    _run().log_scores(key, values, ids=ids)


def define_metric(
    name: str,
    *,
    goal: float | str | None = None,
    direction: str | None = None,
    score: str | None = None,
) -> MetricDefinition:
    """Lay down what is known of a metric, for lists, comparisons, searches and leaderboards.

    What is not given stays as it was.

    Parameters
    ----------
    name
        The metric, in whatever context.
    goal
        The value to be reached; ``"none"`` takes it away.
    direction
        ``more`` or ``less``, whichever is better; else the name is to tell.
    score
        How the values of one run become the one that it is judged by: ``last`` (if nothing is
        said), ``min``, ``max``, ``mean``, ``sum``, ``median`` or ``best``.

    Raises
    ------
    InvalidInput
        If a value cannot stand, or nothing tells which way is better.
    """
    return book.open().metrics.define(name, goal=goal, direction=direction, score=score)


def log_artifact(local_path: str | Path, artifact_path: str | None = None) -> None:
    """Keep a copy of a file or folder with the active run."""
    _run().log_artifact(local_path, artifact_path)


def log_artifacts(local_dir: str | Path, artifact_path: str | None = None) -> None:
    """Keep a copy of every file below a folder with the active run."""
    _run().log_artifacts(local_dir, artifact_path)


def log_figure(figure: Any, artifact_file: str, **options: Any) -> None:
    """Keep a figure with the active run; see :meth:`cellbook.Run.log_figure`."""
    _run().log_figure(figure, artifact_file, **options)


def log_image(image: Any, artifact_file: str | None = None, **options: Any) -> None:
    """Keep an image with the active run; see :meth:`cellbook.Run.log_image`."""
    _run().log_image(image, artifact_file, **options)


def log_table(data: Any, artifact_file: str, **options: Any) -> None:
    """Keep a table with the active run; see :meth:`cellbook.Run.log_table`."""
    _run().log_table(data, artifact_file, **options)


def log_text(text: str, artifact_file: str, **options: Any) -> None:
    """Keep text with the active run."""
    _run().log_text(text, artifact_file, **options)


def log_dict(dictionary: Any, artifact_file: str, **options: Any) -> None:
    """Keep a dictionary with the active run as JSON or YAML."""
    _run().log_dict(dictionary, artifact_file, **options)


def log_html(html: str, artifact_file: str, **options: Any) -> None:
    """Keep an HTML page with the active run."""
    _run().log_html(html, artifact_file, **options)


def log_audio(audio: Any, artifact_file: str, **options: Any) -> None:
    """Keep sound with the active run; see :meth:`cellbook.Run.log_audio`."""
    _run().log_audio(audio, artifact_file, **options)


def log_histogram(values: Any, key: str, **options: Any) -> None:
    """Keep a histogram with the active run; see :meth:`cellbook.Run.log_histogram`."""
    _run().log_histogram(values, key, **options)


def checkpoints() -> pd.DataFrame:
    """Return the book's notebook checkpoints as a DataFrame, oldest first.

    Returns
    -------
    DataFrame
        A row a checkpoint, with the columns ``number, checkpoint_id, label, kind, time, notebook,
        cell, run, parent, variables, size, stored, added, changed, removed, lost, author``.
        `size` is bytes of the state, `stored` those by which the book grew; `lost` are the
        variables that could not be saved, with the reasons.
    """
    return book.open().list_checkpoints()


def search_runs(
    query: str | QueryLike = "",
    *,
    order_by: str | Sequence[str] | None = None,
    max_results: int | None = 1000,
) -> pd.DataFrame:
    """Return runs as a DataFrame, newest first.

    Parameters
    ----------
    query
        MLflow's filter string with ``or``, ``not`` and parentheses
        (``metrics.acc > 0.9 and params.model = "forest"``), or a TinyDB query.  Runs in the trash
        are left out unless the query speaks of ``trashed``.
    order_by
        Such as ``"metrics.acc DESC"``, or a list of these.
    max_results
        At most so many rows; None means all.

    Returns
    -------
    DataFrame
        Columns ``run_id, run_number, run_name, experiment, state, start_time, end_time,
        duration`` and one ``params.*``, ``metrics.*``, ``tags.*`` for each name that occurs.  A
        metric is the run's last value unless its definition says otherwise
        (:func:`define_metric`), here as in `query` and `order_by`.

    Raises
    ------
    QuerySyntaxError
        If the filter string does not parse; it points at the place.
    """
    return book.open().search_runs(query, order_by=order_by, max_results=max_results)


def metric_history(
    runs: Target | Sequence[Target], keys: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return every point that some runs logged as a DataFrame.

    Parameters
    ----------
    runs
        One run or several: numbers, names, ids, handles or records.
    keys
        Metrics wanted, ``loss`` for all its contexts or ``loss{split=val}`` for one; None means
        all.

    Returns
    -------
    DataFrame
        Columns ``run_id, run_number, run_name, key, context, step, time, value``; runs in the order
        that they were named in, and each in the order of logging.

    Raises
    ------
    NotFound
        If there is no such run.
    """
    return book.open().metric_history(runs, keys)


def _run() -> Run:
    return book.open().run_at_hand()
