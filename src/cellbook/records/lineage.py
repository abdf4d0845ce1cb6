"""Where a thing comes from and what was made of it, as a graph; it is reckoned, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class LineageKind(StrEnum):
    """What a node of a lineage is."""

    SOURCE = "source"
    """Where data was read from: a file, a URL, a query."""
    DATA = "data"
    CELL = "cell"
    """The execution of a cell that made data of other data."""
    ROWS = "rows"
    """Some rows of data, which a run used."""
    RUN = "run"
    FILE = "file"
    """An artifact of a run."""
    CHECKPOINT = "checkpoint"
    NOTEBOOK = "notebook"
    """One that was taken over from a run or a checkpoint."""
    MODEL = "model"
    """A version of a registered model."""
    ALIAS = "alias"
    """A word that leads to one."""
    ENDPOINT = "endpoint"
    """One start of what answers with a model."""
    PREDICTIONS = "predictions"
    """Those of a version, by an endpoint, that are on record."""
    MORE = "more"
    """Several of one kind that are not told one by one."""


@dataclass(frozen=True, slots=True)
class LineageNode:
    """One thing of a lineage."""

    node_id: str
    """Kind and id, such as ``run:01ABC…``; what it stands for is found by that."""
    kind: LineageKind
    title: str
    """As people call it: ``digits@3``, ``#12 wide-net``."""
    detail: str = ""
    """What else is to be known of it in a few words."""
    time: int | None = None
    """When it came to be, in milliseconds since 1970; None where that is not known."""
    end: int | None = None
    """When it ended, of a cell or run that has."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Its other facts by name, such as ``digest``."""


@dataclass(frozen=True, slots=True)
class LineageEdge:
    """That one thing went into, or came out of, another."""

    before: str
    """`node_id` of the earlier thing."""
    after: str
    what: str
    """What the later did with the earlier, or the earlier with the later: ``read``, ``made``,
    ``made into``, ``rows of``, ``used``, ``part of``, ``saved``, ``logged``, ``taken over``,
    ``reproduced``, ``imported``, ``named``, ``served``, ``answered``."""
    role: str = ""
    """What it was used as: ``train``."""
    implied: bool = False
    """Whether nobody said so, but the data flow of the cells tells it."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """All that led to one thing, and all that came of it."""

    target: str
    """`node_id` of that thing."""
    nodes: tuple[LineageNode, ...]
    """In an order in which what is earlier comes first."""
    edges: tuple[LineageEdge, ...]
    notes: tuple[str, ...] = ()
    """What is not told here, and why."""
    is_whole: bool = True
    """Whether nothing was left out for there being so much of it."""

    def node(self, node_id: str) -> LineageNode:
        """Return a node by its id."""
        return next(one for one in self.nodes if one.node_id == node_id)
