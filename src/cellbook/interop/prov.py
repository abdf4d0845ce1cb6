"""Lineages in the terms of W3C PROV, as PROV-JSON.

After the PROV Data Model (W3C Recommendation of 30 April 2013) and The PROV-JSON Serialization
(W3C Member Submission of 24 April 2013): data, rows of it, files, checkpoints and notebooks are
entities, runs, cell executions and endpoints activities.  What an activity reads it *used*, what it
makes *wasGeneratedBy* it, data made of data *wasDerivedFrom* that.  A run that is part of another
one *wasInformedBy* it, as PROV has no parts of activities; our word for it stands beside.  What
nobody said, but the data flow of the cells tells, is marked as ``cellbook:implied``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from cellbook.records import Lineage, LineageEdge, LineageKind, LineageNode

NAMESPACE = "urn:cellbook:"
PREFIX = "cellbook"

_ACTIVITIES = frozenset({LineageKind.RUN, LineageKind.CELL, LineageKind.ENDPOINT})
_RELATIONS: Mapping[tuple[bool, bool], tuple[str, str, str]] = {
    # Whether the earlier and the later are activities: the relation, and its ends, later first.
    (False, True): ("used", "prov:activity", "prov:entity"),
    (True, False): ("wasGeneratedBy", "prov:entity", "prov:activity"),
    (False, False): ("wasDerivedFrom", "prov:generatedEntity", "prov:usedEntity"),
    (True, True): ("wasInformedBy", "prov:informed", "prov:informant"),
}


def as_prov(lineage: Lineage) -> dict[str, Any]:
    """Return a lineage as a PROV-JSON document.

    What a lineage tells only as a number (*12 more runs*) is no single thing, and what is far away
    may not be in it at all.  A document of such a lineage says so, at the thing that it is of.
    """
    told = {one.node_id: one for one in lineage.nodes if one.kind is not LineageKind.MORE}
    document: dict[str, Any] = {"prefix": {PREFIX: NAMESPACE}}
    for node in told.values():
        group = "activity" if node.kind in _ACTIVITIES else "entity"
        document.setdefault(group, {})[qualified(node.node_id)] = _attributes(node)
    for number, edge in enumerate(lineage.edges, 1):
        if edge.before in told and edge.after in told:
            _relate(document, f"_:r{number}", edge, told[edge.before], told[edge.after])
    if not lineage.is_whole:
        target = told[lineage.target]
        group = "activity" if target.kind in _ACTIVITIES else "entity"
        more = [one.title for one in lineage.nodes if one.kind is LineageKind.MORE]
        document[group][qualified(lineage.target)][f"{PREFIX}:leftOut"] = "; ".join(
            [*more, *lineage.notes]
        )
    return document


def qualified(node_id: str) -> str:
    """Return the qualified name of a node: ``cellbook:run/01ABC…``."""
    kind, _, thing = node_id.partition(":")
    return f"{PREFIX}:{kind}/{quote(thing, safe='')}"


def _attributes(node: LineageNode) -> dict[str, Any]:
    told: dict[str, Any] = {
        "prov:label": node.title,
        "prov:type": {"$": f"{PREFIX}:{node.kind.value}", "type": "prov:QUALIFIED_NAME"},
    }
    if node.kind in _ACTIVITIES:
        if node.time is not None:
            told["prov:startTime"] = iso_time(node.time)
        if node.end is not None:
            told["prov:endTime"] = iso_time(node.end)
    elif node.time is not None:
        told[f"{PREFIX}:created"] = {"$": iso_time(node.time), "type": "xsd:dateTime"}
    if node.detail:
        told[f"{PREFIX}:detail"] = node.detail
    return {
        **told,
        **{f"{PREFIX}:{name}": text for name, text in node.facts.items()},
    }


def _relate(
    document: dict[str, Any],
    name: str,
    edge: LineageEdge,
    before: LineageNode,
    after: LineageNode,
) -> None:
    ends = before.kind in _ACTIVITIES, after.kind in _ACTIVITIES
    relation, later, earlier = _RELATIONS[ends]
    told: dict[str, Any] = {later: qualified(after.node_id), earlier: qualified(before.node_id)}
    if relation == "wasGeneratedBy" and after.time is not None:
        told["prov:time"] = iso_time(after.time)
    if edge.role:
        told["prov:role" if relation == "used" else f"{PREFIX}:role"] = edge.role
    if edge.implied:
        told[f"{PREFIX}:implied"] = True
    if ends == (True, True):
        told[f"{PREFIX}:relation"] = edge.what
    document.setdefault(relation, {})[name] = told


def iso_time(milliseconds: int) -> str:
    """Return a time of a record as XML Schema writes it, in UTC."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
