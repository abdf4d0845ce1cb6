"""Where a run, a data set, a checkpoint or a model comes from, and what came of it.

A lineage is all that lies before a thing and all that lies after it; what else was made of the
same data is not in it.  To be looked at, it is short: many of one kind that came of one thing are
told as a few and a number, and what is far away is left out.  To be written to a file, it is whole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tinydb import where

from cellbook.datasets import dataset_versions
from cellbook.records import (
    OUTPUT,
    Artifact,
    CellExecution,
    Checkpoint,
    CheckpointKind,
    DatasetVersion,
    Fork,
    Lineage,
    LineageEdge,
    LineageKind,
    LineageNode,
    RunRecord,
    Subset,
    from_doc,
)
from cellbook.store import Store
from cellbook.views import formatting
from cellbook.views.data_text import extent
from cellbook.views.lineage_models import ModelReading
from cellbook.views.lineage_nodes import (
    WORDS,
    cell_node,
    file_node,
    gone,
    rows_node,
    run_node,
    short_source,
)
from cellbook.views.rows_listed import subsets_of

IMPLIED = "Dashed (⇢) is what the data flow of the cells tells, where no `derived_from` says it."
_TOLD = 6
"""Things of one kind that came of one other, and are told one by one; the newest ones."""
_MOST = 150
"""Nodes of a lineage that is looked at."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One edge as seen from the node that is being looked at."""

    node: LineageNode
    what: str
    role: str = ""
    implied: bool = False


def lineage_of(store: Store, kind: LineageKind, thing_id: str, *, whole: bool = False) -> Lineage:
    """Return the lineage of a thing that is in the book.

    Parameters
    ----------
    store
        The book's memory.
    kind
        `DATA`, `RUN`, `CHECKPOINT`, `MODEL` or `ENDPOINT`.
    thing_id
        Its id.
    whole
        Whether nothing is left out, however much there is.
    """
    reading = _Reading(store)
    target = reading.node(kind, thing_id)
    graph = _Graph(target, whole)
    graph.follow(reading.before, later=False)
    graph.follow(reading.after, later=True)
    return graph.lineage()


@dataclass(eq=False)
class _Graph:
    """The nodes and edges found so far."""

    target: LineageNode
    whole: bool
    is_whole: bool = True
    nodes: dict[str, LineageNode] = field(default_factory=dict)
    edges: dict[tuple[str, str], LineageEdge] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)

    def follow(self, ask: Callable[[LineageNode], Iterable[_Step]], *, later: bool) -> None:
        """Go from the target as far as there are steps, in one direction."""
        self.nodes[self.target.node_id] = self.target
        pending, seen = deque([self.target]), {self.target.node_id}
        while pending:
            node = pending.popleft()
            for step in ask(node) if self.whole else self._few(ask(node)):
                before, after = (node, step.node) if later else (step.node, node)
                known = self.nodes.setdefault(step.node.node_id, step.node)
                if before.node_id != after.node_id:
                    ends = before.node_id, after.node_id
                    self.edges.setdefault(
                        ends, LineageEdge(*ends, step.what, step.role, step.implied)
                    )
                if known.node_id in seen:
                    continue
                seen.add(known.node_id)
                if len(self.nodes) >= _MOST and not self.whole:
                    self.notes[f"Only the nearest {_MOST} things are told."] = None
                    self.is_whole = False
                else:
                    pending.append(known)

    def _few(self, steps: Iterable[_Step]) -> Iterator[_Step]:
        """Yield steps, and of many of one kind the newest and a number."""
        kinds: dict[tuple[LineageKind, str], list[_Step]] = {}
        for step in steps:
            kinds.setdefault((step.node.kind, step.what), []).append(step)
        for (kind, what), same in kinds.items():
            same.sort(key=lambda step: (step.node.time or 0, step.node.node_id))
            told = same if len(same) <= _TOLD + 1 else same[-_TOLD:]
            left = len(same) - len(told)
            if left:
                self.is_whole = False
                title = f"{left:,} more {formatting.plural(left, WORDS[kind]).partition(' ')[2]}"
                first, last = same[0].node.title, same[left - 1].node.title
                # The same ones left out of two lists are one thing.
                more = f"more:{same[0].node.node_id}:{same[left - 1].node.node_id}"
                detail = formatting.shorten(first if left == 1 else f"{first} … {last}", 60)
                roles = {step.role for step in same[:left]}
                role = roles.pop() if len(roles) == 1 else ""
                implied = all(step.implied for step in same[:left])
                yield _Step(LineageNode(more, LineageKind.MORE, title, detail), what, role, implied)
            yield from told

    def lineage(self) -> Lineage:
        """Return what was found, the earlier before the later."""
        waits = dict.fromkeys(self.nodes, 0)
        after: dict[str, list[str]] = {node: [] for node in self.nodes}
        for start, end in self.edges:
            waits[end] += 1
            after[start].append(end)
        place = {node: at for at, node in enumerate(self.nodes)}
        left = dict.fromkeys(self.nodes)
        order: list[str] = []
        ready = [node for node in left if not waits[node]]
        while left:
            # What is in a circle, as two copies of a book may have it, comes as it was found.
            ready = ready or [next(iter(left))]
            order += ready
            for node in ready:
                del left[node]
            freed = set()
            for node in ready:
                for end in after[node]:
                    waits[end] -= 1
                    if not waits[end] and end in left:
                        freed.add(end)
            ready = sorted(freed, key=place.__getitem__)
        return Lineage(
            self.target.node_id,
            tuple(self.nodes[node] for node in order),
            tuple(self.edges.values()),
            (*self.notes, *([IMPLIED] if any(one.implied for one in self.edges.values()) else [])),
            self.is_whole,
        )


class _Reading:
    """Reads of a book what came before a thing, and what after it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._models = ModelReading(store)

    @cached_property
    def _versions(self) -> Mapping[str, DatasetVersion]:
        return dataset_versions(self._store)

    @cached_property
    def _made_of(self) -> Mapping[str, list[str]]:
        """Of each data set, the versions that were made of it."""
        made: dict[str, list[str]] = {}
        for version in {one.dataset_id: one for one in self._versions.values()}.values():
            for parent in version.made_of:
                known = self._versions.get(parent)
                made.setdefault(known.dataset_id if known else parent, []).append(
                    version.dataset_id
                )
        return made

    @cached_property
    def _by_execution(self) -> Mapping[str, list[DatasetVersion]]:
        """By the execution of a cell, what it made."""
        made: dict[str, list[DatasetVersion]] = {}
        for version in {one.dataset_id: one for one in self._versions.values()}.values():
            made.setdefault(_made_by(version), []).append(version)
        return made

    @cached_property
    def _ids(self) -> Mapping[str, list[str]]:
        """By the id of a version, all ids that lead to it."""
        ids: dict[str, list[str]] = {}
        for key, version in self._versions.items():
            ids.setdefault(version.dataset_id, []).append(key)
        return ids

    def node(self, kind: LineageKind, thing_id: str) -> LineageNode:
        """Return a thing by its id; one that is gone is said to be so."""
        if kind is LineageKind.DATA:
            return self._data(thing_id)
        if kind is LineageKind.RUN:
            return self._run(thing_id)
        if kind is LineageKind.MODEL:
            return self._models.node(thing_id) or gone(kind, thing_id)
        if kind is LineageKind.ENDPOINT:
            return self._models.endpoint(thing_id) or gone(kind, thing_id)
        doc = self._store.get("checkpoints", thing_id)
        return gone(kind, thing_id) if doc is None else self._checkpoint(thing_id, doc)

    def before(self, node: LineageNode) -> Iterator[_Step]:
        """Yield what a thing was made of."""
        kind, _, thing_id = node.node_id.partition(":")
        match kind:
            case LineageKind.DATA:
                yield from self._before_data(thing_id)
            case LineageKind.CELL:
                yield from self._before_cell(thing_id)
            case LineageKind.RUN:
                yield from self._before_run(thing_id)
            case LineageKind.ROWS:
                doc = self._store.get("subsets", thing_id) or {}
                if doc:
                    yield _Step(self._data(doc["dataset_id"]), "rows of")
            case LineageKind.CHECKPOINT:
                doc = self._store.get("checkpoints", thing_id) or {}
                if doc.get("run_id"):
                    yield _Step(self._run(doc["run_id"]), "saved")
            case LineageKind.MODEL:
                for run in self._models.runs_before(thing_id):
                    yield _Step(self._run(run), "logged")
                yield from (_Step(*near) for near in self._models.before(thing_id))
            case LineageKind.ENDPOINT:
                yield from (_Step(*near) for near in self._models.versions_served(thing_id))

    def after(self, node: LineageNode) -> Iterator[_Step]:
        """Yield what was made of a thing."""
        kind, _, thing_id = node.node_id.partition(":")
        match kind:
            case LineageKind.DATA:
                yield from self._after_data(thing_id)
            case LineageKind.CELL:
                for version in self._made_in(thing_id):
                    yield self._made(version)
            case LineageKind.ROWS:
                doc = self._store.get("subsets", thing_id) or {}
                if doc:
                    yield _Step(self._run(doc["run"]), "used", doc.get("role", ""))
            case LineageKind.RUN:
                yield from self._after_run(thing_id)
            case LineageKind.CHECKPOINT:
                yield from self._forks("checkpoint", thing_id)
            case LineageKind.MODEL:
                yield from (_Step(*near) for near in self._models.after(thing_id))
            case LineageKind.ENDPOINT:
                yield from (_Step(*near) for near in self._models.predictions(thing_id))

    # -- data ----------------------------------------------------------------------------------

    def _data(self, dataset_id: str) -> LineageNode:
        version = self._versions.get(dataset_id)
        if version is None:
            return gone(LineageKind.DATA, dataset_id)
        facts = {
            "digest": version.digest,
            "kind": version.kind,
            "source": version.source,
            "labels": ", ".join(version.labels),
        }
        return LineageNode(
            f"data:{version.dataset_id}",
            LineageKind.DATA,
            version.label,
            extent(version),
            version.created,
            facts={name: text for name, text in facts.items() if text},
        )

    def _before_data(self, dataset_id: str) -> Iterator[_Step]:
        version = self._versions.get(dataset_id)
        if version is None:
            return
        cell = self._maker(version)
        if cell is not None:
            yield _Step(cell, "made", implied=not version.parents)
        for parent in version.made_of if cell is None else ():
            yield _Step(self._data(parent), "made into", implied=not version.parents)
        if version.source and not version.made_of:
            source = version.source
            yield _Step(
                LineageNode(
                    f"source:{source}", LineageKind.SOURCE, short_source(source), version.kind
                ),
                "read",
            )
        for run in self._runs_with(version):
            if OUTPUT in _roles(run.inputs, version.dataset_id):
                yield _Step(run_node(run), "made")

    def _maker(self, version: DatasetVersion) -> LineageNode | None:
        """Return the execution of a cell that made a version, where it is on record.

        Where no data flow tells, it is the one that tracked what somebody said was made of others.
        """
        execution = _made_by(version)
        doc = self._store.get("cells", execution) if execution else None
        if doc is None:
            return None
        # A cell that made one thing of another, and of that a third, was at work twice.
        first = min(one.dataset_id for one in self._made_with(version))
        return cell_node(from_doc(CellExecution, doc), first)

    def _made_with(self, version: DatasetVersion) -> list[DatasetVersion]:
        """Return what the same execution made of the same data, `version` among it."""
        parents = set(version.made_of)
        of_cell = self._by_execution.get(_made_by(version), ())
        return [one for one in of_cell if set(one.made_of) == parents]

    def _made_in(self, step: str) -> list[DatasetVersion]:
        """Return what a cell's node made, by what stands behind its kind."""
        version = self._versions.get(step.partition(":")[2])
        return [] if version is None else self._made_with(version)

    def _before_cell(self, step: str) -> Iterator[_Step]:
        for version in self._made_in(step)[:1]:
            for parent in version.made_of:
                yield _Step(self._data(parent), "read", implied=not version.parents)

    def _made(self, version: DatasetVersion) -> _Step:
        return _Step(self._data(version.dataset_id), "made", implied=not version.parents)

    def _after_data(self, dataset_id: str) -> Iterator[_Step]:
        for made in self._made_of.get(dataset_id, ()):
            child = self._versions[made]
            cell, implied = self._maker(child), not child.parents
            if cell is not None:
                yield _Step(cell, "read", implied=implied)
            else:
                yield _Step(self._data(made), "made into", implied=implied)
        version = self._versions.get(dataset_id)
        for run in self._runs_with(version) if version is not None else ():
            roles = _roles(run.inputs, dataset_id)
            if OUTPUT not in roles:
                rows = [one for one in self._rows(run.run_id) if self._is(one, dataset_id)]
                for one in rows:
                    yield _Step(rows_node(one), "rows of")
                left = _left(roles, rows)
                if left or not rows:
                    yield _Step(run_node(run), "used", ", ".join(left))

    def _runs_with(self, version: DatasetVersion) -> list[RunRecord]:
        ids = self._ids.get(version.dataset_id, [])
        query = where("inputs")[ids[0]].exists() if ids else None
        for other in ids[1:]:
            query |= where("inputs")[other].exists()
        return [] if query is None else self._runs(query)

    # -- runs ----------------------------------------------------------------------------------

    def _runs(self, query: Any) -> list[RunRecord]:
        return [
            from_doc(RunRecord, {**doc, "run_number": number})
            for _, number, doc in self._store.select("runs", query)
            if not doc.get("trashed")
        ]

    def _record(self, run_id: str) -> RunRecord | None:
        doc = self._store.get("runs", run_id)
        if doc is None:
            return None
        return from_doc(RunRecord, {**doc, "run_number": self._store.number("runs", run_id)})

    def _run(self, run_id: str) -> LineageNode:
        record = self._record(run_id)
        return gone(LineageKind.RUN, run_id) if record is None else run_node(record)

    def _before_run(self, run_id: str) -> Iterator[_Step]:
        record = self._record(run_id)
        if record is None:
            return
        if record.parent:
            yield _Step(self._run(record.parent), "part of")
        rows = self._rows(run_id)
        for one in rows:
            yield _Step(rows_node(one), "used", one.role)
        for dataset_id in record.inputs:
            roles = _roles(record.inputs, dataset_id)
            own = [one for one in rows if self._is(one, dataset_id)]
            left = _left(roles, own)
            if OUTPUT not in roles and (left or not own):
                yield _Step(self._data(dataset_id), "used", ", ".join(left))

    def _rows(self, run_id: str) -> list[Subset]:
        """Return the parts of data that a run used; what is all of it is no part."""
        return [one for one in subsets_of(self._store, run_id) if one.index]

    def _is(self, subset: Subset, dataset_id: str) -> bool:
        known = self._versions
        one, other = known.get(subset.dataset_id), known.get(dataset_id)
        return subset.dataset_id == dataset_id or (one is not None and one is other)

    def _after_run(self, run_id: str) -> Iterator[_Step]:
        record = self._record(run_id)
        if record is None:
            return
        for child in self._runs(where("parent") == run_id):
            yield _Step(run_node(child), "part of")
        for dataset_id in record.inputs:
            if OUTPUT in _roles(record.inputs, dataset_id):
                yield _Step(self._data(dataset_id), "made")
        artifacts = {
            artifact.path: artifact
            for _, _, doc in self._store.select("artifacts", where("run") == run_id)
            if not (artifact := from_doc(Artifact, doc)).automatic
        }
        for artifact in artifacts.values():
            yield _Step(file_node(artifact), "logged")
        kept = {CheckpointKind.MANUAL.value, CheckpointKind.RUN_END.value}
        for doc_id, _, doc in self._store.select("checkpoints", where("run_id") == run_id):
            if doc.get("kind") in kept or doc.get("label"):
                yield _Step(self._checkpoint(doc_id, doc), "saved")
        yield from (_Step(*near) for near in self._models.of_run(run_id))
        yield from self._forks("run", run_id)

    def _checkpoint(self, checkpoint_id: str, doc: Mapping[str, Any]) -> LineageNode:
        checkpoint = from_doc(Checkpoint, {**doc, "checkpoint_id": checkpoint_id})
        number = self._store.number("checkpoints", checkpoint_id)
        return LineageNode(
            f"checkpoint:{checkpoint_id}",
            LineageKind.CHECKPOINT,
            checkpoint.label or f"checkpoint {number}",
            formatting.plural(checkpoint.variables, "variable"),
            checkpoint.time,
            facts={"notebook": checkpoint.notebook} if checkpoint.notebook else {},
        )

    def _forks(self, what: str, thing_id: str) -> Iterator[_Step]:
        for doc_id, _, doc in self._store.select("forks", where(what) == thing_id):
            fork = from_doc(Fork, doc)
            node = LineageNode(
                f"notebook:{doc_id}",
                LineageKind.NOTEBOOK,
                fork.notebook.rpartition("/")[2],
                f"from {fork.origin}" if fork.origin else "",
                fork.time,
                facts={"notebook": fork.notebook},
            )
            yield _Step(node, "taken over")


def _made_by(version: DatasetVersion) -> str:
    """Return the execution that made a version; empty where that is not known."""
    return version.maker or (version.made.get("execution", "") if version.parents else "")


def _roles(inputs: Mapping[str, Any], dataset_id: str) -> list[str]:
    roles = inputs.get(dataset_id)
    return sorted(filter(None, roles)) if isinstance(roles, Mapping) else []


def _left(roles: Sequence[str], rows: Iterable[Subset]) -> list[str]:
    """Return the roles of data of which no rows are told."""
    told = {one.role for one in rows}
    return [role for role in roles if role not in told]


def lineage_text(lineage: Lineage) -> str:
    """Return a lineage as text: an arrow from each thing to what it went into."""
    lines = []
    for node in lineage.nodes:
        mark = "▸ " if node.node_id == lineage.target else "  "
        about = f"  ({node.detail})" if node.detail else ""
        lines.append(f"{mark}{node.title}{about}")
        for edge in lineage.edges:
            if edge.before == node.node_id:
                role = f" as {edge.role}" if edge.role else ""
                arrow = "⇢" if edge.implied else "→"
                lines.append(f"    {arrow} {edge.what}{role}: {lineage.node(edge.after).title}")
    return "\n".join([*lines, *lineage.notes])
