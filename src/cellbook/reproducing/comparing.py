"""What a run and the one that reproduces it have in common, and what differs first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from tinydb import where

from cellbook.capture import asks_cellbook, strip_ansi
from cellbook.errors import CellbookError
from cellbook.records import (
    REPRODUCES,
    Artifact,
    CellExecution,
    Difference,
    RunRecord,
    RunSlice,
    RunState,
    from_doc,
)
from cellbook.reproducing.moments import Moments
from cellbook.reproducing.outputs import Match, Outputs, Texts, distance
from cellbook.reproducing.pictures import look, without_ids
from cellbook.views.formatting import full, shorten

if TYPE_CHECKING:
    from cellbook.book import Book

_SEED = re.compile(r"(?:^|[._])(?:random_)?(?:seed|random_state)s?$", re.IGNORECASE)
"""Params whose change makes a sibling of a run, not another candidate."""
_LARGEST = 2**24
"""Bytes of artifacts that are looked into."""
_DISPLAYED = re.compile(r"cells/\d{4,}-")
"""What outputs are called that became artifacts: by a place that is another one in a slice."""


def tolerance_learnt(book: Book, record: RunRecord) -> dict[str, float]:
    """Return by how much each metric varies between runs that differ in their seed only.

    The largest relative difference of a sibling's last value from this run's; nothing for a metric
    of fewer than two siblings, or where one is none of its size at all (0, or no number).  Siblings
    are other finished runs of the experiment and notebook whose params are the same but for
    ``seed`` and ``random_state``.
    """
    seeded = [key for key in record.params if _SEED.search(key)]
    if not seeded:
        return {}
    query = (where("experiment") == record.experiment) & (where("state") == RunState.FINISHED)
    spread: dict[str, list[float]] = {}
    for doc_id, _, doc in book.store.select("runs", query):
        sibling = from_doc(RunRecord, doc)
        same = _without_seeds(sibling.params) == _without_seeds(record.params)
        if doc_id == record.run_id or not same or sibling.notebook != record.notebook:
            continue
        if sibling.trashed or REPRODUCES in sibling.tags:
            continue
        for key, value in sibling.metrics.items():
            if key in record.metrics:
                spread.setdefault(key, []).append(distance(record.metrics[key], value))
    return {key: max(found) for key, found in spread.items() if len(found) > 1 and max(found) < 1}


def has_other_seed(old: RunRecord, new: RunRecord) -> bool:
    """Whether a run has another seed than the one that it reproduces, whose code draws one."""
    return any(
        key in old.params and key in new.params and old.params[key] != new.params[key]
        for key in old.params
        if _SEED.search(key)
    )


def _without_seeds(params: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in params.items() if not _SEED.search(key)}


class Comparison:
    """Compares two runs, the metrics first.

    Parameters
    ----------
    book
        The book of both.
    tolerance
        The relative difference of numbers that is let pass, for all metrics.
    learnt
        The same for each metric, where it was learnt from other seeds; so a seed may differ, too.
    spans
        When the cells of the one run, and of the other, ran.
    """

    def __init__(
        self,
        book: Book,
        tolerance: float | None,
        learnt: Mapping[str, float] | None = None,
        spans: tuple[Moments, Moments] = (Moments(()), Moments(())),
    ) -> None:
        self._book = book
        self._tolerance = tolerance
        self._learnt = learnt or {}
        of_texts = max(self._learnt.values()) if self._learnt else tolerance
        self._texts = Texts(*spans, of_texts)
        self.passed_over: list[str] = []
        """What was not compared, in sentences."""

    def differences(
        self,
        old: RunRecord,
        new: RunRecord,
        cells: Sequence[tuple[CellExecution, CellExecution | None]] = (),
    ) -> list[Difference]:
        """Return all that differs; what weighs most comes first.

        Parameters
        ----------
        old, new
            The run, and the one that reproduces it.
        cells
            Executions of the run, each with the one of it in the fresh kernel.
        """
        found = [
            *self._states(old, new),
            *self._inputs(old, new),
            *self._params(old, new),
            *self._tags(old, new),
            *self._metrics(old, new),
            *self._curves(old, new),
            *self._artifacts(old, new, cells),
            *self._outputs(cells),
            *self._printed(old, new),
        ]
        return [one for one in found if not one.within] + [one for one in found if one.within]

    # -- facts ---------------------------------------------------------------------------------

    def _states(self, old: RunRecord, new: RunRecord) -> Iterator[Difference]:
        if old.state is RunState.CRASHED:
            return
        if old.state != new.state:
            yield Difference("error", "state", _state(old), _state(new))
            return
        found = self._texts.difference("error", "the run's", old.error or "", new.error or "")
        if found is not None:
            yield found

    def _inputs(self, old: RunRecord, new: RunRecord) -> Iterator[Difference]:
        def label(dataset_id: str) -> str:
            doc = self._book.store.get("datasets", dataset_id)
            return dataset_id if doc is None else str(doc["name"])

        for gone in [one for one in old.inputs if one not in new.inputs]:
            yield Difference("data", label(gone), "used", "not used, or another content")
        for added in [one for one in new.inputs if one not in old.inputs]:
            yield Difference("data", label(added), "not used", "used")

    def _params(self, old: RunRecord, new: RunRecord) -> Iterator[Difference]:
        for key in sorted({*old.params, *new.params}):
            if key not in old.params or key not in new.params:
                was, now = (_shown(run.params, key) for run in (old, new))
                yield Difference("param", key, was, now)
            elif old.params[key] != new.params[key]:
                was, now = full(old.params[key]), full(new.params[key])
                match = self._texts.match(was, now)
                if match is Match.TIMES and not _SEED.search(key):
                    yield Difference("time", f"param {key}", was, now, within=True)
                elif match is not Match.SAME:
                    passes = bool(self._learnt) and bool(_SEED.search(key))
                    yield Difference("param", key, shorten(was, 200), shorten(now, 200), passes)

    def _tags(self, old: RunRecord, new: RunRecord) -> Iterator[Difference]:
        """Compare tags that both have: others may have been set, or taken off, by hand since."""
        for key in sorted({*old.tags, *new.tags}):
            if key.startswith("cellbook."):
                continue
            was, now = old.tags.get(key), new.tags.get(key)
            if was is not None and now is not None:
                found = self._texts.difference("tag", key, str(was), str(now))
                if found is not None:
                    yield found
            elif was is None:
                yield Difference("tag", key, "not set", shorten(str(now), 200))
            else:
                self.passed_over.append(
                    f"the tag {key} was not set again: it is not compared, as it may have been set "
                    "by hand"
                )

    # -- numbers -------------------------------------------------------------------------------

    def _passes(self, key: str, far: float) -> bool:
        limit = self._learnt.get(key) if self._learnt else self._tolerance
        return limit is not None and far <= limit

    def _metrics(self, old: RunRecord, new: RunRecord) -> Iterator[Difference]:
        for key in sorted({*old.metrics, *new.metrics}):
            was, now = old.metrics.get(key), new.metrics.get(key)
            if was is None or now is None:
                yield Difference("metric", key, _number(was), _number(now))
                continue
            far = distance(was, now)
            if far:
                passes = self._passes(key, far)
                yield Difference("metric", key, _number(was), _number(now), passes)

    def _curves(self, old: RunRecord, new: RunRecord) -> Iterator[Difference]:
        reader = self._book.store.series_reader
        curves = [
            {one.of.name: one for one in reader.read(run.points, runs=[run.run_id])}
            for run in (old, new)
        ]
        for key in sorted({*curves[0]} & {*curves[1]}):
            was, now = curves[0][key], curves[1][key]
            if len(was.values) != len(now.values):
                yield Difference(
                    "curve", key, f"{len(was.values):,} points", f"{len(now.values):,} points"
                )
                continue
            steps = zip(was.steps.tolist(), now.steps.tolist(), strict=True)
            other = next((pair for pair in steps if pair[0] != pair[1]), None)
            if other is not None:
                yield Difference(
                    "curve", key, f"a point at step {other[0]}", f"one at step {other[1]}"
                )
                continue
            apart = [
                (place, far)
                for place, (one, other) in enumerate(
                    zip(was.values.tolist(), now.values.tolist(), strict=True)
                )
                if (far := distance(one, other))
            ]
            if apart:
                place, worst = apart[0][0], max(far for _, far in apart)
                yield Difference(
                    "curve",
                    key,
                    f"{_number(float(was.values[place]))} at step {int(was.steps[place])}",
                    f"{_number(float(now.values[place]))}, the first of {len(apart):,} points",
                    self._passes(key, worst),
                )

    # -- files and outputs ---------------------------------------------------------------------

    def _artifacts(
        self,
        old: RunRecord,
        new: RunRecord,
        cells: Sequence[tuple[CellExecution, CellExecution | None]],
    ) -> Iterator[Difference]:
        places = {
            again.order: one.order for one, again in cells if again is not None
        }  # what is named by its cell's place in the session
        was = {one.path: one for one in self._book.artifacts(old)}
        now = {_renamed(one, places): one for one in self._book.artifacts(new)}
        for path in sorted({*was, *now}):
            one, other = was.get(path), now.get(path)
            if one is None or other is None:
                yield Difference("artifact", path, _digest(one), _digest(other))
            elif one.digest != other.digest:
                found = self._content(one, other)
                if found is None or found.what == "time":
                    yield from () if found is None else (found,)
                    continue
                yield Difference("artifact", path, _digest(one), _digest(other), found.within)

    def _content(self, one: Artifact, other: Artifact) -> Difference | None:
        """Return how the contents of two files differ; None if they show the same."""
        beyond = Difference("artifact", one.path, "", "")
        if max(one.size, other.size) > _LARGEST or one.media_type != other.media_type:
            return beyond
        try:
            contents = [self._book.store.blobs.get(item.digest) for item in (one, other)]
        except CellbookError:
            return beyond
        kind = one.media_type
        if kind.startswith("image/") or kind == "application/pdf":
            shown = [look(kind, content) for content in contents]
            return None if shown[0] == shown[1] else beyond
        if not kind.startswith(("text/", "application/json")):
            return beyond
        texts = [content.decode("utf-8", "replace") for content in contents]
        if kind == "text/html":
            texts = [without_ids(text) for text in texts]
        return self._texts.difference("artifact", f"artifact {one.path}", texts[0], texts[1])

    def _outputs(
        self, cells: Sequence[tuple[CellExecution, CellExecution | None]]
    ) -> Iterator[Difference]:
        outputs = Outputs(self._book.store.blobs, self._texts)
        for one, again in cells:
            if again is not None:
                asked = any(map(asks_cellbook, one.source.splitlines()))
                yield from outputs.differences(one, again, asked=asked)
        self.passed_over += outputs.passed_over

    def _printed(self, old: RunRecord, new: RunRecord) -> Iterator[Difference]:
        """Compare what a script printed while its run was open; colours are no results."""
        store = self._book.store
        docs = [store.get("slices", run.run_id) for run in (old, new)]
        was, now = (RunSlice() if doc is None else from_doc(RunSlice, doc) for doc in docs)
        if not was.script:
            return
        name = PurePosixPath(was.script_path).name or "the script"
        try:
            texts = [
                one.stdout and strip_ansi(store.blobs.get(one.stdout).decode("utf-8", "replace"))
                for one in (was, now)
            ]
        except CellbookError:
            texts = [None]
        if None in texts:
            self.passed_over.append(f"what {name} printed is not compared: it is not on record")
            return
        outputs = Outputs(store.blobs, self._texts)
        whole = was.streams.get("stdout"), now.streams.get("stdout")
        yield from outputs.stream(name, "stdout", (texts[0] or "", texts[1] or ""), whole)
        self.passed_over += outputs.passed_over


def _state(record: RunRecord) -> str:
    return record.state.value + (f": {record.error}" if record.error else "")


def _shown(params: Mapping[str, Any], key: str) -> str:
    return shorten(full(params[key]), 200) if key in params else "not logged"


def _number(value: float | None) -> str:
    return "not logged" if value is None else repr(value)


def _digest(artifact: Artifact | None) -> str:
    return "none" if artifact is None else f"sha256:{artifact.digest[:12]}"


def _renamed(artifact: Artifact, places: Mapping[int, int]) -> str:
    """Return the path that an artifact had in the run, where it is named by its cell's place."""
    if not artifact.automatic or not _DISPLAYED.match(artifact.path):
        return artifact.path
    number, _, rest = artifact.path.removeprefix("cells/").partition("-")
    return f"cells/{places.get(int(number), int(number)):04d}-{rest}"


def sentence(differences: Iterable[Difference]) -> str:
    """Return what differs first, in one sentence; empty if nothing does but times."""
    for one in differences:
        if one.what != "time":
            return f"{one.what} {one.name}: {one.was} before, {one.now} now"
    return ""
