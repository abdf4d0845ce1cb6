"""The predictions of a book: recorded, labelled, read back, forgotten."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from tinydb import where

from cellbook.errors import InvalidInput
from cellbook.monitoring.batches import ABOUT
from cellbook.monitoring.columns import decode_columns, encode_columns
from cellbook.monitoring.recording import TABLE, PredictionLog
from cellbook.monitoring.sketches import Sketch
from cellbook.records import (
    LabelChunk,
    PredictionChunk,
    as_timestamp,
    check_name,
    from_doc,
    spelled_as,
    to_doc,
)
from cellbook.store import OrderTerm, Store, create, remove

LABELS = "prediction_labels"
LABEL = "label"
"""The column that labels have in a frame of predictions."""
SHADOW = " (shadow)"
"""What the arm of a prediction ends with that nobody was answered by."""
_WHOLE = 10_000
"""Rows from which a chunk is left as it is when others are joined."""
Moment = int | datetime


class Predictions:
    """What the endpoints of a book predicted, and what came true.

    Parameters
    ----------
    store
        The book's memory.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def log(self, endpoint: str, **options: Any) -> PredictionLog:
        """Return what records an endpoint's predictions; `options` are those of
        :class:`PredictionLog`."""
        return PredictionLog(self._store, self._called(endpoint), **options)

    def endpoints(self) -> list[str]:
        """Return the names of all endpoints that have predictions."""
        _, (names,) = self._store.columns(TABLE, ["endpoint"])
        return sorted(set(names))

    def chunks(
        self, endpoint: str, since: Moment | None = None, until: Moment | None = None
    ) -> list[PredictionChunk]:
        """Return what is on record of an endpoint's predictions, those made first first.

        `since` is the first and `until` just after the last moment of interest, in milliseconds
        since 1970 or as a datetime.
        """
        query = where("endpoint") == self._called(endpoint)
        if since is not None:
            query &= where("last") >= as_timestamp(since)
        if until is not None:
            query &= where("first") < as_timestamp(until)
        order = [OrderTerm(("first",))]
        found = self._store.select(TABLE, query, order_by=order)
        return [from_doc(PredictionChunk, doc) for _, _, doc in found]

    def parts(
        self,
        endpoint: str,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        model: str | None = None,
        arm: str | None = None,
        columns: Sequence[str] | None = None,
        shadows: bool = True,
    ) -> Iterator[pd.DataFrame]:
        """Yield predictions chunk by chunk, so that memory does not grow with their number.

        Parameters
        ----------
        endpoint
            Whose.
        since, until
            From the first moment of interest to just before the other.
        model, arm
            Only those of a model version, or of one side of a split.
        columns
            Names of columns beside :data:`ABOUT`; None means all.
        shadows
            Whether predictions of shadows count, which nobody was answered by.
        """
        start = None if since is None else as_timestamp(since)
        end = None if until is None else as_timestamp(until)
        for chunk in self.chunks(endpoint, since, until):
            if model is not None and model not in chunk.models:
                continue
            if arm is not None and arm not in chunk.arms:
                continue
            frame = decode_columns(self._store.blobs.get(chunk.digest))
            keep = np.ones(len(frame), bool)
            if start is not None:
                keep &= frame["time"].to_numpy() >= start
            if end is not None:
                keep &= frame["time"].to_numpy() < end
            if model is not None:
                keep &= (frame["model"] == model).to_numpy()
            if arm is not None:
                keep &= (frame["arm"] == arm).to_numpy()
            if not shadows and any(one.endswith(SHADOW) for one in chunk.arms):
                keep &= ~frame["arm"].str.endswith(SHADOW).to_numpy(bool)
            if columns is not None:
                wanted = [name for name in (*ABOUT, *columns) if name in frame.columns]
                frame = frame[list(dict.fromkeys(wanted))]
            if keep.any():
                yield frame[keep].reset_index(drop=True)

    def frame(
        self,
        endpoint: str,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        model: str | None = None,
        arm: str | None = None,
        columns: Sequence[str] | None = None,
        labels: bool = True,
        shadows: bool = True,
    ) -> pd.DataFrame:
        """Return predictions as a frame, in the order of their time.

        ``id``, ``time`` (UTC), ``model``, ``arm``, ``latency`` (seconds), inputs as ``input.NAME``,
        outputs as ``output.NAME`` and, with `labels`, what came true as ``label``, missing where
        none came yet.  The other parameters are those of :meth:`parts`.
        """
        parts = list(
            self.parts(
                endpoint, since=since, until=until, model=model, arm=arm, columns=columns,
                shadows=shadows,
            )
        )  # fmt: skip
        found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(ABOUT))
        found = found.sort_values("time", kind="stable", ignore_index=True)
        found["time"] = pd.to_datetime(found["time"].astype("int64"), unit="ms", utc=True)
        if labels:
            found = self._with_labels(endpoint, found)
        return found

    def label(self, endpoint: str, labels: Mapping[str, Any] | pd.DataFrame) -> LabelChunk:
        """Put on record what came true of some predictions.

        Parameters
        ----------
        endpoint
            Whose predictions.
        labels
            Labels by the id of the prediction; or a frame with the columns ``id`` and ``label``.
            A label that comes again takes the place of the former one.  Ids that no prediction
            has, as it was not kept or is still to come, do no harm.

        Raises
        ------
        InvalidInput
            If there are none, a frame lacks the columns, a label is a list or the like, or a text
            cannot be written.
        """
        name = self._called(check_name(endpoint, "endpoint"))
        try:
            return self._label(name, labels)
        except UnicodeError:
            raise InvalidInput(
                "An id or a label holds half of a character, which no file can. Leave it out."
            ) from None

    def _label(self, name: str, labels: Mapping[str, Any] | pd.DataFrame) -> LabelChunk:
        if isinstance(labels, pd.DataFrame):
            if not {"id", LABEL} <= set(labels.columns):
                raise InvalidInput("Labels need the columns 'id' and 'label'. Rename yours.")
            frame = labels[["id", LABEL]]
        else:
            frame = pd.DataFrame({"id": list(labels), LABEL: list(labels.values())})
        if frame.empty:
            raise InvalidInput("There are no labels to be recorded.")
        wrong = [one for one in frame[LABEL] if not _single(one)]
        if wrong:
            raise InvalidInput(
                f"A label is one value, and {str(wrong[0])[:60]} is a {type(wrong[0]).__name__}. "
                "Give a number, a word or a truth value for each id."
            )
        data = encode_columns(frame.assign(id=frame["id"].astype(str)))
        chunk = LabelChunk(
            chunk_id=self._store.new_id(),
            endpoint=name,
            rows=len(frame),
            digest=self._store.blobs.put(data, durable=False),
            size=len(data),
            time=time.time_ns() // 1_000_000,
        )
        self._store.commit([create(LABELS, chunk.chunk_id, to_doc(chunk))])
        return chunk

    def matched(self, labels: LabelChunk) -> int:
        """Return how many of some labels are of predictions that are on record."""
        wanted = set(decode_columns(self._store.blobs.get(labels.digest))["id"])
        found: set[str] = set()
        for part in self.parts(labels.endpoint, columns=()):
            found.update(wanted.intersection(part["id"]))
        return len(found)

    def sketches(
        self,
        endpoint: str,
        seconds: float,
        *,
        since: Moment | None = None,
        until: Moment | None = None,
        model: str | None = None,
        arm: str | None = None,
        name: Callable[[str], str] = str,
        shadows: bool = True,
    ) -> dict[int, Sketch]:
        """Return the sketch of each window of time, by when it begins (milliseconds since 1970).

        Parameters
        ----------
        endpoint, since, until, model, arm, shadows
            As :meth:`parts` has them.
        seconds
            How long a window is; windows begin at whole multiples since 1970.
        name
            Returns what a column is called in the reference; an empty name leaves it out.  Columns
            come as ``input.NAME`` and ``output.NAME``.
        """
        length = window_length(seconds)
        found: dict[int, Sketch] = {}
        for part in self.parts(
            endpoint, since=since, until=until, model=model, arm=arm, shadows=shadows
        ):
            begins = part["time"].to_numpy() // length * length
            named = {label: name(label) for label in part.columns if label not in ABOUT}
            rows = part[[label for label in named if named[label]]].rename(columns=named)
            for begin in np.unique(begins):
                sketch = Sketch.of(rows[begins == begin])
                known = found.get(int(begin))
                found[int(begin)] = sketch if known is None else known.merged(sketch)
        return dict(sorted(found.items()))

    def compact(self, endpoint: str, before: Moment | None = None) -> int:
        """Join small chunks into larger ones; return how many fewer there are.

        `before` leaves those alone that hold predictions made at that moment or later.  The rows
        stay what they are; the bytes of the former chunks go with ``cellbook gc``.
        """
        limit = None if before is None else as_timestamp(before)
        fewer = 0
        heap: list[PredictionChunk] = []
        for chunk in [*self.chunks(endpoint), None]:
            if chunk is not None and (
                chunk.rows >= _WHOLE or (limit is not None and chunk.last >= limit)
            ):
                continue
            if heap and (chunk is None or sum(one.rows for one in heap) + chunk.rows > _WHOLE):
                fewer += self._join(heap)
                heap = []
            if chunk is not None:
                heap.append(chunk)
        return fewer

    def forget(self, endpoint: str, before: Moment) -> int:
        """Take off the record what holds only predictions made before a moment, and labels that
        came before it; return how many predictions.  The bytes go with ``cellbook gc``."""
        limit = as_timestamp(before)
        old = [chunk for chunk in self.chunks(endpoint) if chunk.last < limit]
        query = (where("endpoint") == self._called(endpoint)) & (where("time") < limit)
        ops = [remove(TABLE, chunk.chunk_id) for chunk in old]
        ops += [remove(LABELS, doc_id) for doc_id, _, _ in self._store.select(LABELS, query)]
        if ops:
            self._store.commit(ops)
        return sum(chunk.rows for chunk in old)

    # -- inside ---------------------------------------------------------------------------------

    def _called(self, endpoint: str) -> str:
        """Return a name as predictions have it, whichever way its accents are written."""
        return endpoint if endpoint.isascii() else spelled_as(endpoint, self.endpoints())

    def _join(self, chunks: list[PredictionChunk]) -> int:
        if len(chunks) < 2:
            return 0
        frames = [decode_columns(self._store.blobs.get(chunk.digest)) for chunk in chunks]
        data = encode_columns(pd.concat(frames, ignore_index=True))
        versions: dict[str, int] = {}
        for chunk in chunks:
            for version, rows in chunk.versions.items():
                versions[version] = versions.get(version, 0) + rows
        joined = PredictionChunk(
            chunk_id=self._store.new_id(),
            endpoint=chunks[0].endpoint,
            rows=sum(chunk.rows for chunk in chunks),
            digest=self._store.blobs.put(data, durable=False),
            size=len(data),
            first=min(chunk.first for chunk in chunks),
            last=max(chunk.last for chunk in chunks),
            models=tuple(sorted({model for chunk in chunks for model in chunk.models})),
            arms=tuple(sorted({arm for chunk in chunks for arm in chunk.arms})),
            seen=sum(chunk.seen for chunk in chunks),
            dropped=sum(chunk.dropped for chunk in chunks),
            versions=versions,
        )
        with self._store.exclusive():
            # Another process may have joined some of them meanwhile.
            if any(self._store.get(TABLE, chunk.chunk_id) is None for chunk in chunks):
                return 0
            self._store.commit(
                [
                    create(TABLE, joined.chunk_id, to_doc(joined)),
                    *(remove(TABLE, chunk.chunk_id) for chunk in chunks),
                ]
            )
        return len(chunks) - 1

    def _with_labels(self, endpoint: str, frame: pd.DataFrame) -> pd.DataFrame:
        known: dict[str, Any] = {}
        wanted = set(frame["id"])
        query = where("endpoint") == self._called(endpoint)
        for _, _, doc in self._store.select(LABELS, query):
            rows = decode_columns(self._store.blobs.get(doc["digest"]))
            pairs = zip(rows["id"].tolist(), rows[LABEL].tolist(), strict=True)
            # In the order that they came: the last one stays.
            known.update(
                (one, label if _single(label) else None) for one, label in pairs if one in wanted
            )
        found = pd.Series([known.get(one) for one in frame["id"]], dtype=object, index=frame.index)
        frame[LABEL] = found.infer_objects()
        return frame


_LONGEST = 2**53 - 1
"""Milliseconds of the longest window."""


def _single(label: Any) -> bool:
    """Whether a label is one value, which can be compared with a prediction."""
    return not isinstance(label, list | tuple | dict | set | frozenset | np.ndarray)


def window_length(seconds: float) -> int:
    """Return how long a window is, in milliseconds.

    Raises
    ------
    InvalidInput
        If it is none.
    """
    length = int(seconds * 1000) if 0 < seconds < math.inf else 0
    if length < 1:
        raise InvalidInput(f"A window of {seconds!r} seconds is none. Give a longer one.")
    # Of longer ones none has begun since 1970, and none ends before there is no number for it.
    return min(length, _LONGEST)
