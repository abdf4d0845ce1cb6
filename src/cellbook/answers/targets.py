"""What a comment is about: from the words somebody has for it to an anchor, and back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cellbook.answers.base import Ask
from cellbook.answers.places import cells_now, find_cell, find_notebook
from cellbook.capture import source_hash
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import (
    Anchor,
    AnchorKind,
    DatasetVersion,
    Quote,
    RunRecord,
    Standing,
    check_name,
    encodable,
    from_doc,
)
from cellbook.views.hints import nearest
from cellbook.views.series import series_of
from cellbook.views.thread_anchors import IN_CELLS

if TYPE_CHECKING:
    from cellbook.book import Book

_SOURCE = 4_000
"""Characters of a cell's source, and of a quote, that are kept."""
_POINT = re.compile(r"(?P<metric>.+?)(?:@(?P<step>-?\d{1,18}))?")
_CELLS = 500
"""Ids of a notebook's cells by which it is known again."""
_FORMS = (
    "Name a run (#12, run:NAME), metric:RUN/NAME@STEP, checkpoint:LABEL, data:NAME, model:NAME/7, "
    "board:NAME, dashboard:NAME, compare:#1,#2, cell:ID or notebook:FILE."
)
_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "kind": str, "notebook": str, "cell_id": str, "cell_type": str, "source_hash": str,
    "source": str, "output": int, "cells": list, "runs": list, "metric": str, "step": int,
    "checkpoint": str, "name": str, "version": str, "candidate": str,
}  # fmt: skip


def is_target(word: str) -> bool:
    """Whether a word is one that names a thing, such as ``#12`` or ``run:NAME``."""
    kind, colon, name = word.partition(":")
    named = colon and kind in _FINDERS and (name or kind == "notebook")
    return bool(named) or (word[:1] == "#" and word[1:].isdigit())


def find_anchor(book: Book, target: str, notebook: str = "") -> Anchor:
    """Return the anchor that some words name: ``#12``, ``run:NAME``, ``checkpoint:clean`` …

    Parameters
    ----------
    book
        Where it is looked for.
    target
        The words; without a kind before the colon, a run's.
    notebook
        The notebook that they were said in, as records name it.

    Raises
    ------
    NotFound
        If there is no such thing.
    InvalidInput
        If the words name none.
    """
    target = target.strip()
    if target in ("notebook", "notebook:"):
        return complete(book, Anchor(AnchorKind.NOTEBOOK, notebook))
    kind, colon, name = target.partition(":")
    name = name.strip().removeprefix('"').removesuffix('"')
    if not colon or kind not in _FINDERS:
        kind, name = "run", target
    if not name:
        raise InvalidInput(f"What is {target!r} to name? {_FORMS}")
    if kind == "cell":
        notebook = find_cell(book, name, notebook)
    elif kind == "notebook":
        name = find_notebook(book, name, notebook)
    found = _FINDERS[kind](book, name)
    return complete(book, replace(found, notebook=found.notebook or notebook))


def point_of(book: Book, anchor: Anchor, metric: str, step: int | None = None) -> Anchor:
    """Return the anchor of a metric of the run that another one is of, or of a point of its curve.

    Raises
    ------
    InvalidInput, NotFound
        If it is of no run, or that has no such metric; the nearest name is told.
    """
    if anchor.kind not in (AnchorKind.RUN, AnchorKind.METRIC) or not metric:
        raise InvalidInput("A metric and a step are of one run. Name the run, and the metric.")
    point = replace(anchor, kind=AnchorKind.METRIC, metric=metric, step=step)
    return complete(book, point)


def read_anchor(ask: Ask, told: Mapping[str, Any]) -> Anchor:
    """Return the anchor that a window tells, looked up and made whole.

    Raises
    ------
    InvalidInput, NotFound
        If it is none, or of something that is not there.
    """
    given = {name: value for name, value in told.items() if name != "target"}
    target = told.get("target")
    if isinstance(target, str) and not given.keys() <= {"metric", "step"}:
        raise InvalidInput("Beside the target of an anchor stand its metric and step alone.")
    quote = given.pop("quote", None)
    for name, value in given.items():
        if name not in _KINDS:
            raise InvalidInput(f"An anchor has no {name!r}, but {', '.join(_KINDS)}, quote.")
        if value is not None and type(value) is not _KINDS[name]:
            raise InvalidInput(f"{name!r} of an anchor cannot be {str(value)[:40]!r}.")
        if isinstance(value, list) and not all(isinstance(one, str) for one in value):
            raise InvalidInput(f"{name!r} of an anchor is a list of text.")
    if isinstance(target, str):
        anchor = find_anchor(ask.book, target, ask.notebook or "")
        metric, step = given.get("metric") or "", given.get("step")
        pointed = metric or step is not None
        return point_of(ask.book, anchor, metric, step) if pointed else anchor
    try:
        kind = AnchorKind(given.get("kind", ""))
    except ValueError:
        raise InvalidInput(f"The kind of an anchor is one of {', '.join(AnchorKind)}.") from None
    known = {name: value for name, value in given.items() if value is not None}
    anchor = from_doc(Anchor, {**known, "kind": kind.value})
    if isinstance(quote, str):
        quote = {"exact": quote}
    if isinstance(quote, Mapping) and quote.get("exact"):
        parts = {name: str(quote.get(name, ""))[:_SOURCE] for name in ("exact", "prefix", "suffix")}
        anchor = replace(anchor, quote=Quote(**parts))
    here = ask.notebook or ""
    anchor = replace(anchor, notebook=anchor.notebook or here)
    if anchor.kind in IN_CELLS and anchor.notebook != here and not anchor.source:
        # What another notebook holds is told by nobody but who has it open.
        raise InvalidInput("Tell the source of a cell of another notebook than the one asked of.")
    if anchor.kind in IN_CELLS and anchor.cell_id and not {"source", "source_hash"} & told.keys():
        # Who has the notebook open tells what is in a cell that was not saved yet.
        find_cell(ask.book, anchor.cell_id, anchor.notebook)
    return complete(ask.book, anchor)


def complete(book: Book, anchor: Anchor) -> Anchor:
    """Return an anchor with what it names looked up, and with what it is to be known again by.

    Raises
    ------
    InvalidInput, NotFound
        If it lacks what its kind needs, or that is not there.
    """
    match anchor.kind:
        case AnchorKind.CELL | AnchorKind.OUTPUT:
            return _complete_cell(book, anchor)
        case AnchorKind.NOTEBOOK:
            if not anchor.notebook:
                raise InvalidInput("Which notebook? It has no name here. " + _FORMS)
            cells = cells_now(book, anchor.notebook)
            if cells is not None and not anchor.cells:
                anchor = replace(anchor, cells=tuple(cells.by_id))
            return replace(anchor, cells=anchor.cells[:_CELLS])
        case AnchorKind.RUN | AnchorKind.METRIC | AnchorKind.COMPARISON:
            least = 2 if anchor.kind is AnchorKind.COMPARISON else 1
            if len(anchor.runs) < least:
                raise InvalidInput(f"Which run{'s' if least > 1 else ''}? {_FORMS}")
            if anchor.kind is AnchorKind.METRIC and not anchor.metric:
                raise InvalidInput("Which metric? Name one that the run has.")
            found = {one.run_id: one for one in map(book.find_run, anchor.runs)}
            if len(found) < least:
                raise InvalidInput("A comparison is of two runs or more. Name another one as well.")
            if anchor.kind is AnchorKind.METRIC:
                _check_metric(book, next(iter(found.values())), anchor)
            return replace(anchor, runs=tuple(found)[: 1 if least == 1 else 100])
        case AnchorKind.CHECKPOINT:
            if not anchor.checkpoint:
                raise InvalidInput(f"Which checkpoint? {_FORMS}")
            target = book.checkpoint_target(anchor.checkpoint)
            _, saved = book.checkpoints.find(target, anchor.notebook or None)
            return replace(anchor, checkpoint=saved.checkpoint_id)
        case AnchorKind.MODEL:
            version = f"/{anchor.version}" if anchor.version else ""
            model = _model(book, f"{anchor.name}{version}")
            return replace(anchor, name=model.name, version=model.version)
    return replace(anchor, name=check_name(anchor.name, anchor.kind.value))


def _check_metric(book: Book, run: RunRecord, anchor: Anchor) -> None:
    metric, step = anchor.metric, anchor.step
    if metric in run.metrics:
        if step is None:
            return
        series = series_of(book.store, run, metric)
        if series is None or not len(series.steps):
            return
        first, last = int(series.steps.min()), int(series.steps.max())
        if not first <= step <= last:
            raise NotFound(
                f"{metric[:80]!r} of run #{run.run_number} has no step {step}: its curve goes from "
                f"{first} to {last}. Name one of these."
            )
        return
    near = nearest(metric, list(run.metrics))
    raise NotFound(
        f"Run #{run.run_number} has no metric {metric[:80]!r}. "
        + (f"Did you mean {near!r}?" if near else "Name one that it logged.")
    )


def _complete_cell(book: Book, anchor: Anchor) -> Anchor:
    if not anchor.cell_id:
        raise InvalidInput("Which cell? Name it by its id.")
    source, digest = anchor.source, anchor.source_hash
    if not source:
        saved = cells_now(book, anchor.notebook)
        there = saved.by_id.get(anchor.cell_id) if saved is not None else None
        if there is not None and digest in ("", there.source_hash):
            source = there.source or ""
            anchor = replace(anchor, cell_type=there.cell_type)
            digest = there.source_hash
    if source and not digest:
        digest = source_hash(source)
    return replace(anchor, source=str(encodable(source))[:_SOURCE], source_hash=digest)


def is_about(wanted: Anchor) -> Callable[[Anchor], bool]:
    """Return what tells whether an anchor belongs to the thing that another one is of.

    A run's are also those of its metrics, and of comparisons with it; a metric's also those of
    points of its curve.
    """
    runs = set(wanted.runs)

    def accepts(anchor: Anchor) -> bool:
        if runs:
            same = bool(runs.intersection(anchor.runs))
            named = wanted.metric in ("", anchor.metric)
            return same and named and wanted.step in (None, anchor.step)
        if wanted.kind in IN_CELLS:
            return anchor.kind in IN_CELLS and anchor.cell_id == wanted.cell_id
        if wanted.kind is AnchorKind.CHECKPOINT:
            return anchor.checkpoint == wanted.checkpoint
        if wanted.kind is AnchorKind.NOTEBOOK:
            return anchor.kind is wanted.kind and anchor.notebook == wanted.notebook
        same = anchor.kind is wanted.kind and anchor.name == wanted.name
        return same and all(
            getattr(wanted, field) in ("", getattr(anchor, field))
            for field in ("version", "candidate")
        )

    return accepts


def _run(book: Book, name: str) -> Anchor:
    return Anchor(AnchorKind.RUN, runs=(name,))


def _metric(book: Book, name: str) -> Anchor:
    run, slash, point = name.partition("/")
    told = _POINT.fullmatch(point)
    if not slash or told is None:
        raise InvalidInput("A metric is named with its run: metric:RUN/NAME, metric:RUN/NAME@STEP.")
    step = None if told["step"] is None else int(told["step"])
    return Anchor(AnchorKind.METRIC, runs=(run,), metric=told["metric"], step=step)


def _comparison(book: Book, name: str) -> Anchor:
    runs = tuple(filter(None, (one.strip() for one in name.split(","))))
    return Anchor(AnchorKind.COMPARISON, runs=runs)


def _checkpoint(book: Book, name: str) -> Anchor:
    return Anchor(AnchorKind.CHECKPOINT, checkpoint=name)


def _cell(book: Book, name: str) -> Anchor:
    return Anchor(AnchorKind.CELL, cell_id=name)


def _notebook(book: Book, name: str) -> Anchor:
    return Anchor(AnchorKind.NOTEBOOK, name)


def _data(book: Book, name: str) -> Anchor:
    try:
        found = book.datasets.find(name)
    except NotFound:
        label = _data_of_label(book, name)
        if label is None:
            raise
        found = label
    return Anchor(AnchorKind.DATASET, name=found.name, version=found.digest)


def _data_of_label(book: Book, name: str) -> DatasetVersion | None:
    """Return the newest version that ``NAME@LABEL`` or ``NAME@DIGEST`` names; None if none does."""
    told, _, wanted = name.removeprefix("data:").rpartition("@")
    named = [
        one
        for one in book.datasets.all()
        if one.name == told and (wanted in one.labels or one.digest == wanted)
    ]
    return max(named, key=lambda one: one.version, default=None)


def _model(book: Book, name: str) -> Anchor:
    """Return the anchor of a model, or of a version if one is named: a thread on what an alias led
    to stays with that version."""
    if "/" not in name and "@" not in name:
        return Anchor(AnchorKind.MODEL, name=book.models.get(name).name)
    found = book.models.find(name)
    return Anchor(AnchorKind.MODEL, name=found.model, version=found.name)


def _board(book: Book, name: str) -> Anchor:
    try:
        return Anchor(AnchorKind.BOARD, name=book.leaderboards.get(name).name)
    except NotFound:
        board, slash, row = name.partition("/")
        if not slash:
            raise
        standing = book.leaderboards.standing(board)
        candidate = _candidate(standing, row)
        return Anchor(AnchorKind.BOARD, name=standing.board.name, candidate=candidate)


def _candidate(standing: Standing, told: str) -> str:
    """Return the name of the row of a board that is named so, or by its newest run."""
    for row in standing.rows:
        if told in (row.name, row.run_name, f"#{row.run_number}"):
            return row.name
    near = nearest(told, [row.name for row in standing.rows])
    raise NotFound(
        f"The leaderboard {standing.board.name!r} has no row {told[:80]!r}. "
        + (f"Did you mean {near!r}?" if near else "Name one that it shows.")
    )


def _dashboard(book: Book, name: str) -> Anchor:
    return Anchor(AnchorKind.DASHBOARD, name=book.dashboards.get(name).name)


_FINDERS: Mapping[str, Callable[[Any, str], Anchor]] = {
    "run": _run,
    "metric": _metric,
    "compare": _comparison,
    "checkpoint": _checkpoint,
    "cell": _cell,
    "data": _data,
    "model": _model,
    "board": _board,
    "dashboard": _dashboard,
    "notebook": _notebook,
}
