"""Registered models in a lineage: what they were made of, and what leads to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from cellbook.records import LineageKind, LineageNode, ModelVersion
from cellbook.registry import Told, read_models
from cellbook.registry.endpoints import SeenEndpoint, read_endpoints
from cellbook.store import Store
from cellbook.views import formatting
from cellbook.views.endpoints import ModelPredictions, model_predictions

Near = tuple[LineageNode, str]
"""A thing beside another one, and what the one did with the other."""


class ModelReading:
    """Reads of a book what came before a version of a model, and what after it.

    An endpoint that came of one version is not told as what it was with others: then its id has
    that version behind it, after a slash.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    @cached_property
    def _known(self) -> Mapping[str, Told]:
        return read_models(self._store)

    @cached_property
    def _by_id(self) -> Mapping[str, ModelVersion]:
        return {
            version_id: one
            for told in self._known.values()
            for one in (*told.versions, *told.gone)
            for version_id in one.ids
        }

    @cached_property
    def _endpoints(self) -> Mapping[str, SeenEndpoint]:
        return {one.endpoint.endpoint_id: one for one in read_endpoints(self._store)}

    def node(self, version_id: str) -> LineageNode | None:
        """Return a version as a node; None if the book has none of that id."""
        version = self._by_id.get(version_id)
        return None if version is None else self._shown(version)

    @staticmethod
    def _shown(version: ModelVersion) -> LineageNode:
        facts = {
            "digest": version.digest,
            "stage": "deleted" if version.deleted else version.stage.value,
            "source": version.source,
            "licence": version.licence,
        }
        kind = version.kind.rpartition(".")[2] or version.format
        return LineageNode(
            f"model:{version.version_id}",
            LineageKind.MODEL,
            f"{version.model}@{version.name}",
            " · ".join(filter(None, ["deleted" * bool(version.deleted), kind, facts["stage"]])),
            version.created,
            facts={name: text for name, text in facts.items() if text},
        )

    def runs_before(self, version_id: str) -> list[str]:
        """Return the ids of the runs that logged a version, the first one first."""
        version = self._by_id.get(version_id)
        return [] if version is None else sorted(version.runs, key=lambda one: version.runs[one])

    def before(self, version_id: str) -> Iterator[Near]:
        """Yield the versions that one was made from; where it came from, of an imported one."""
        version = self._by_id.get(version_id)
        if version is None:
            return
        for parent in version.parents:
            if (node := self.node(parent)) is not None:
                yield node, "made into"
        if version.source and not version.runs:
            title = formatting.shorten(version.source.rstrip("/").rpartition("/")[2], 40)
            detail = version.licence or version.format
            yield (
                LineageNode(f"source:{version.source}", LineageKind.SOURCE, title, detail),
                "imported",
            )

    def after(self, version_id: str) -> Iterator[Near]:
        """Yield the versions that were made from one, and the aliases that lead to it."""
        version = self._by_id.get(version_id)
        if version is None:
            return
        for told in self._known.values():
            for one in told.versions:
                if one.parents.keys() & set(version.ids):
                    yield self._shown(one), "made into"
        told = self._known[version.model]
        for alias in version.aliases:
            moved = told.last(("alias", alias))
            yield (
                LineageNode(
                    f"alias:{version.model}@{alias}",
                    LineageKind.ALIAS,
                    f"@{alias}",
                    f"of {version.model}",
                    None if moved is None else moved.time,
                ),
                "named",
            )
        served = set()
        for seen in self._endpoints.values():
            if any(arm.version in version.ids for arm in seen.endpoint.arms.values()):
                served.add(seen.endpoint.name)
                yield self._served(seen, version), "served"
        for kept in model_predictions(self._store, version):
            if kept.endpoint not in served:
                yield self._predicted(kept, version), "answered"

    # -- endpoints -----------------------------------------------------------------------------

    def endpoint(self, thing_id: str) -> LineageNode | None:
        """Return an endpoint as a node; None if the book has none of that id."""
        endpoint_id, _, version_id = thing_id.partition("/")
        one = self._endpoints.get(endpoint_id)
        return None if one is None else self._served(one, self._by_id.get(version_id))

    def versions_served(self, thing_id: str) -> Iterator[Near]:
        """Yield the versions that an endpoint answered with."""
        for version in self._versions_at(thing_id):
            yield self._shown(version), "served"

    def predictions(self, thing_id: str) -> Iterator[Near]:
        """Yield the predictions of an endpoint that are on record, by version."""
        one = self._endpoints.get(thing_id.partition("/")[0])
        for version in self._versions_at(thing_id) if one is not None else ():
            for kept in model_predictions(self._store, version):
                end = one.end if one is not None else None
                began = one.endpoint.start_time if one is not None else 0
                named = one is not None and kept.endpoint == one.endpoint.name
                # Of several starts under one name, those that were there meanwhile.
                if named and kept.last >= began and (end is None or kept.first <= end):
                    yield self._predicted(kept, version), "answered"

    def _versions_at(self, thing_id: str) -> list[ModelVersion]:
        endpoint_id, _, only = thing_id.partition("/")
        one = self._endpoints.get(endpoint_id)
        if one is None:
            return []
        ids = [only] if only else [arm.version for arm in one.endpoint.arms.values()]
        found = (self._by_id.get(version) for version in ids)
        return list({known.version_id: known for known in found if known is not None}.values())

    @staticmethod
    def _served(one: SeenEndpoint, version: ModelVersion | None) -> LineageNode:
        endpoint = one.endpoint
        arms = [
            arm for arm in endpoint.arms.values() if version is None or arm.version in version.ids
        ]
        state = "answers" if one.alive else "killed" if one.killed else "ended"
        names = ", ".join(dict.fromkeys(arm.arm + " (shadow)" * arm.shadow for arm in arms))
        facts = {
            "address": endpoint.address,
            "host": endpoint.process.host.partition("/")[0],
            "by": endpoint.by,
            "arms": names,
            "state": state,
        }
        only = "" if version is None else f"/{version.version_id}"
        return LineageNode(
            f"endpoint:{endpoint.endpoint_id}{only}",
            LineageKind.ENDPOINT,
            endpoint.name,
            " · ".join(filter(None, [state, names])),
            min((arm.since for arm in arms), default=endpoint.start_time),
            max((one.until(arm) or 0 for arm in arms), default=0) or None,
            {name: text for name, text in facts.items() if text},
        )

    @staticmethod
    def _predicted(kept: ModelPredictions, version: ModelVersion) -> LineageNode:
        return LineageNode(
            f"predictions:{version.version_id}/{kept.endpoint}",
            LineageKind.PREDICTIONS,
            formatting.plural(kept.rows, "prediction"),
            f"of {kept.endpoint}",
            kept.first,
            kept.last,
        )

    # -- runs ----------------------------------------------------------------------------------

    def of_run(self, run_id: str) -> Iterator[Near]:
        """Yield the versions that a run logged."""
        for told in self._known.values():
            for one in told.versions:
                if run_id in one.runs:
                    yield self._shown(one), "logged"
