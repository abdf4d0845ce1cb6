"""Where versions of models answer, or answered, and how many predictions of theirs are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cellbook.records import ModelVersion
from cellbook.registry.endpoints import SeenEndpoint
from cellbook.store import Store
from cellbook.views import formatting

PREDICTIONS = "predictions"
_FIELDS = ("endpoint", "rows", "first", "last", "versions", "models")


@dataclass(frozen=True, slots=True)
class ModelEndpoint:
    """That an endpoint answers, or answered, with a version: one arm of one start of it."""

    endpoint_id: str
    name: str
    address: str
    host: str
    """The machine that it is, or was, on."""
    by: str
    strategy: str
    records: bool
    """Whether its predictions are kept."""
    arm: str
    asked: str
    """What was asked for: ``models:/wine@champion``."""
    weight: float
    shadow: bool
    since: int
    """When it came to this arm, in milliseconds since 1970."""
    until: int | None
    """When it went, or the endpoint ended; None while it answers."""
    killed: bool
    """Whether the endpoint ended without a word; then it was seen at `until` last."""


@dataclass(frozen=True, slots=True)
class ModelPredictions:
    """Predictions of a version that are on record, of one endpoint."""

    endpoint: str
    rows: int
    first: int
    """When the first was made, in milliseconds since 1970."""
    last: int


def model_endpoints(seen: Sequence[SeenEndpoint], version: ModelVersion) -> list[ModelEndpoint]:
    """Return where a version answers, or answered: what answers first, then the newest."""
    found = [
        ModelEndpoint(
            one.endpoint.endpoint_id,
            one.endpoint.name,
            one.endpoint.address,
            one.endpoint.process.host.partition("/")[0],
            one.endpoint.by,
            one.endpoint.strategy,
            one.endpoint.records,
            arm.arm,
            arm.model,
            arm.weight,
            arm.shadow,
            arm.since,
            one.until(arm),
            one.killed and arm.until is None,
        )
        for one in seen
        for arm in one.endpoint.arms.values()
        if arm.version in version.ids
    ]
    return sorted(found, key=lambda one: (one.until is not None, -one.since))


def answering_now(seen: Iterable[SeenEndpoint]) -> Mapping[str, tuple[str, ...]]:
    """Return the names of the endpoints that answer with a version, by the id it was asked by."""
    found: dict[str, dict[str, None]] = {}
    for one in seen:
        for arm in one.endpoint.arms.values() if one.alive else ():
            if arm.version and arm.until is None:
                found.setdefault(arm.version, {})[one.endpoint.name] = None
    return {version: tuple(names) for version, names in found.items()}


def model_predictions(store: Store, version: ModelVersion) -> list[ModelPredictions]:
    """Return the predictions of a version that are on record, by endpoint."""
    found: dict[str, ModelPredictions] = {}
    # There is a chunk for every few seconds of service, and of each a few words count.
    _, columns = store.columns(PREDICTIONS, _FIELDS)
    for endpoint, of, first, last, versions, models in zip(*columns, strict=True):
        rows = _rows(of, versions or {}, models or (), version)
        if rows:
            one = found.get(endpoint)
            found[endpoint] = ModelPredictions(
                endpoint,
                rows + (0 if one is None else one.rows),
                first if one is None else min(one.first, first),
                last if one is None else max(one.last, last),
            )
    return [found[name] for name in sorted(found)]


def endpoint_text(one: ModelEndpoint) -> str:
    """Return where a version answers, or answered, in a line."""
    share = " (shadow)" if one.shadow else ""
    where = f"{one.name} as {one.arm}{share} at {one.address}"
    who = f", by {one.by}" if one.by else ""
    on = f" on {one.host}" if one.host else ""
    if one.until is None:
        return f"answers: {where}{on}, since {formatting.stamp(one.since)}{who}"
    end = "killed, last seen" if one.killed else "until"
    return (
        f"answered: {where}{on}, {formatting.stamp(one.since)} {end} "
        f"{formatting.stamp(one.until)}{who}"
    )


def predictions_text(one: ModelPredictions) -> str:
    """Return in a line which predictions are kept."""
    rows = formatting.plural(one.rows, "prediction")
    return f"{rows} of {one.endpoint}, the last {formatting.stamp(one.last)}"


def _rows(
    rows: int, versions: Mapping[str, int], models: Sequence[str], version: ModelVersion
) -> int:
    if versions:
        return sum(versions.get(one, 0) for one in version.ids)
    # What an earlier Cellbook recorded says it by the version's name alone.
    return rows if list(models) == [version.label] else 0
