"""How endpoints do, and what their alarms have to tell."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cellbook.answers.base import Ask, Hint
from cellbook.errors import Ambiguous, InvalidInput, NotFound
from cellbook.records import PredictionChunk, composed, spelled_as
from cellbook.views.alarm_notices import notices_since
from cellbook.views.monitor_text import seconds_of
from cellbook.views.monitoring import AlarmNotices, MonitorPage

if TYPE_CHECKING:
    from cellbook.book import Book
    from cellbook.monitoring import Sketch
    from cellbook.views.monitor_windows import Base

_MOST = 10_000
"""Windows that can be asked for at once."""


@dataclass(frozen=True, slots=True)
class MonitorQuery:
    """Which endpoint, and what of it."""

    endpoint: Annotated[
        str, Hint("Its name, or a model's; with @alias or /version only what that answered.")
    ]
    window: Annotated[float, Hint("Seconds of a window; 0 chooses.", least=0)] = 0.0
    at: Annotated[
        int, Hint("When the window begins that is shown, in milliseconds since 1970; 0: newest.")
    ] = 0
    data: Annotated[str, Hint("The version of data that inputs are compared with.")] = ""
    metrics: Annotated[tuple[str, ...], Hint("What is measured; by default what fits.")] = ()
    by: Annotated[tuple[str, ...], Hint("Columns whose values make groups.")] = ()
    score: Annotated[str, Hint("The output that is the positive class's probability.")] = ""
    arm: Annotated[str, Hint("The side of a split, or the shadow, that alone counts.")] = ""
    most: Annotated[
        int, Hint("How many of the newest windows are looked at, at most; 0 chooses.", least=0)
    ] = 0


@dataclass(frozen=True, slots=True)
class AlarmsQuery:
    """What is to be told since a place; without one, nothing but where that is now."""

    since: Annotated[str, Hint("What `newest` was, when somebody looked last.")] = ""


def show_monitor(ask: Ask, query: MonitorQuery) -> MonitorPage:
    """Return how an endpoint does: its state, drift, performance, groups and alarms.

    Raises
    ------
    NotFound
        If the data, the arm, or the version that an alias names, is not there.
    InvalidInput
        If something was asked for that is not in the predictions.
    """
    from cellbook.views.monitor_page import Look, monitor_page  # noqa: PLC0415 - heavy

    book = ask.book
    endpoint, model = endpoint_of(book, query.endpoint)
    look = Look(
        endpoint, model, query.window, query.at or None, query.metrics, query.by, query.score,
        arm_of(book, endpoint, query.arm), query.most,
    )  # fmt: skip
    return monitor_page(book.store, look, reference_of(book, endpoint, model, query.data))


def monitor_query(
    name: str,
    *,
    window: str | None = None,
    windows: str | None = None,
    data: str | None = None,
    metric: Sequence[str] | None = None,
    by: Sequence[str] | None = None,
    score: str | None = None,
    arm: str | None = None,
) -> MonitorQuery:
    """Return what is asked by the words of a magic or a command, which are the same ones.

    Parameters
    ----------
    name
        Of an endpoint or model.
    window
        How long a window is, as one says it: ``1h``.
    windows
        How many of the newest are looked at, at most.
    data, metric, by, score, arm
        As :class:`MonitorQuery` has them.

    Raises
    ------
    InvalidInput
        If there is no name, or a word is none of its kind.
    """
    if not name.strip():
        raise InvalidInput(
            "Which endpoint or model? `%monitor NAME`; without one, they are listed."
        )
    most = 0
    if windows is not None:
        most = int(windows) if windows.strip().isdecimal() else 0
        if not 1 <= most <= _MOST:
            raise InvalidInput(
                f"{windows!r} is no number of windows. Write one from 1 to {_MOST:,}."
            )
    return MonitorQuery(
        endpoint=name.strip(),
        window=0.0 if window is None else seconds_of(window),
        data=data or "",
        metrics=tuple(metric or ()),
        by=tuple(by or ()),
        score=score or "",
        arm=arm or "",
        most=most,
    )


def list_alarms(ask: Ask, query: AlarmsQuery) -> AlarmNotices:
    """Return what alarms have to tell since somebody looked last."""
    return notices_since(ask.book.store, query.since)


def endpoint_of(book: Book, name: str) -> tuple[str, str]:
    """Return the endpoint that a name means, and the version that alone counts, if it names one.

    An endpoint is mostly called as the model that it serves; one that is not is found by what
    answered there.

    Raises
    ------
    NotFound
        If it names a version that is not there.
    InvalidInput
        If there are several such endpoints.
    """
    from cellbook.monitoring import Predictions  # noqa: PLC0415 - heavy

    told = name.removeprefix("models:/").removeprefix("model:")
    predictions = Predictions(book.store)
    there = predictions.endpoints()
    told = spelled_as(told, there)
    if told in there or not told:
        return told, ""
    model = ""
    if "@" in told or "/" in told:
        model = book.models.find(told).label
        told = spelled_as(model.rpartition("/")[0], there)
    if told in there:
        return told, model
    serving = [
        one
        for one in there
        if any(
            each == model if model else composed(each.rpartition("/")[0]) == composed(told)
            for chunk in predictions.chunks(one)
            for each in chunk.models
        )
    ]
    if len(serving) > 1:
        raise InvalidInput(f"{name} answers at {', '.join(serving)}. Name one of these.")
    return (serving[0] if serving else told), model


def arm_of(book: Book, endpoint: str, name: str) -> str:
    """Return an arm as predictions have it on record: a shadow's with what says so behind it.

    Raises
    ------
    NotFound
        If no prediction of the endpoint is of such an arm.
    """
    from cellbook.monitoring import Predictions  # noqa: PLC0415 - heavy
    from cellbook.monitoring.predictions import SHADOW  # noqa: PLC0415

    chunks = Predictions(book.store).chunks(endpoint)
    there = sorted({arm for one in chunks for arm in one.arms if arm})
    found = next((one for one in (name, f"{name}{SHADOW}") if one in there), "")
    if name and not found:
        raise NotFound(
            f"No arm {name!r} of {endpoint!r} is on record. There are: "
            f"{', '.join(there) or 'none'}."
        )
    return found


def reference_of(book: Book, endpoint: str, model: str = "", data: str = "") -> Base | None:
    """Return what an endpoint's inputs are compared with; None where there is nothing.

    Parameters
    ----------
    book
        The book.
    endpoint
        Its name.
    model
        The version that is looked at; empty for all.
    data
        A version of data; empty for the reference that was kept of the model, the newest that
        answered, or the endpoint.

    Raises
    ------
    NotFound
        If there is no such data.
    InvalidInput
        If it is no table, not at hand, or has none of the inputs.
    """
    from cellbook.monitoring import Predictions, References  # noqa: PLC0415 - heavy
    from cellbook.views.monitor_windows import Base  # noqa: PLC0415 - heavy

    chunks = Predictions(book.store).chunks(endpoint)
    if data:
        recorded: Sequence[str] = ()
        if chunks:
            recorded = list(next(Predictions(book.store).parts(endpoint)).columns)
        version, sketch = _sketch_of_data(book, data, recorded)
        return Base(("data", version), sketch, f"{data}, {sketch.rows:,} rows")
    references = References(book.store)
    for subject in _subjects(book, endpoint, model, chunks):
        kept = references.find(subject)
        if kept is not None:
            of = kept.source or f"the reference of {subject}"
            told = f"{of}, {kept.rows:,} rows"
            return Base(("reference", kept.reference_id), references.sketch(subject), told)
    return None


def _subjects(
    book: Book, endpoint: str, model: str, chunks: Sequence[PredictionChunk]
) -> Iterator[str]:
    """Yield what a reference may be of: the versions that predicted, the most first, by all of
    their ids; what rows call them; the endpoint."""
    versions: Sequence[str] = ()
    called: Sequence[str] = (model,) if model else ()
    if chunks and not model:
        told = chunks[-1].versions
        versions, called = sorted(told, key=lambda one: (-told[one], one)), chunks[-1].models
    for named in (*versions, *called):
        with contextlib.suppress(NotFound, InvalidInput, Ambiguous):
            yield from book.models.find(named).ids
    yield from (*called, endpoint)


def _sketch_of_data(book: Book, data: str, recorded: Sequence[str]) -> tuple[str, Sketch]:
    """Return what inputs are compared with: the columns that are inputs, not what is predicted."""
    from cellbook.monitoring import Sketch  # noqa: PLC0415 - heavy

    version = book.datasets.find(data)
    table = book.datasets.table_of(version)
    if table is None:
        raise InvalidInput(
            f"{data} is no table, or its content is not at hand any more. Track it with its "
            "content, or name another version."
        )
    inputs = [name for name in table.columns if f"input.{name}" in recorded]
    if not inputs:
        raise InvalidInput(f"{data} has none of the inputs of the endpoint. Name another version.")
    return version.digest, Sketch.of(table[inputs])
