"""Registered models: a list of them, and one with its versions and how they came to be what they
are."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cellbook.records import (
    EvidenceKind,
    ModelEvent,
    ModelEventKind,
    ModelStage,
    ModelVersion,
    Protection,
    RunRecord,
    composed,
)
from cellbook.registry import (
    Told,
    approvals,
    flaws,
    last_check,
    only_loads,
    read_models,
    verdicts,
)
from cellbook.registry.checks import unfinished
from cellbook.registry.endpoints import read_endpoints
from cellbook.store import Store
from cellbook.views.comparison import RunHead, head_of
from cellbook.views.endpoints import answering_now
from cellbook.views.formatting import plural
from cellbook.views.markdown import render
from cellbook.views.runs_table import records_by_id

_EVENTS = 200
"""Events of a model that are told, the newest."""
_METRICS = 6
"""Metrics of a version in a list."""


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model in a list."""

    name: str
    description: str
    versions: int
    latest: str
    """The name of its newest version: ``7``."""
    aliases: Mapping[str, str]
    """By alias, the name of the version that it leads to."""
    stages: Mapping[str, int]
    """How many versions are in each stage."""
    production: tuple[str, ...]
    """Names of the versions in production."""
    owners: tuple[str, ...]
    tags: Mapping[str, str]
    deprecated: str
    conflicts: tuple[str, ...]
    """What two people moved apart: aliases behind an ``@``, and versions whose stage it is."""
    served: tuple[str, ...]
    """Names of the versions that an endpoint answers with now."""
    created: int
    updated: int
    """When something was last done to it, in milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class ModelList:
    """The models of a book, the one that was changed last first."""

    models: tuple[ModelRow, ...]
    empty_book: bool
    """Whether the book has no models at all."""
    now: int
    """When it was read, in milliseconds since 1970."""
    note: str
    """What could not be read, and what tells why; mostly nothing."""


@dataclass(frozen=True, slots=True)
class ModelEvidence:
    """What an approval rests upon."""

    kind: EvidenceKind
    target: str
    text: str


@dataclass(frozen=True, slots=True)
class ModelVerdict:
    """The newest word of one person on whether a version may become something."""

    target: str
    """A stage, or an alias behind an ``@``."""
    approved: bool
    counts: bool
    """Whether it is one of those that are needed."""
    by: str
    time: int
    reason: str
    evidence: tuple[ModelEvidence, ...]


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """What came of building a version in a clean environment."""

    time: int
    by: str
    problem: str
    """Empty where all is well."""
    text: str
    """What was done, in a line."""
    tested: bool
    """False where it has no tests, so that it was seen to load and no more."""


@dataclass(frozen=True, slots=True)
class ModelChecking:
    """A check that has found nothing, or not yet."""

    time: int
    """When it began."""
    by: str
    problem: str
    """Why it never will; empty while it is under way."""


@dataclass(frozen=True, slots=True)
class ModelVersionRow:
    """A version in a list."""

    version_id: str
    model: str
    name: str
    """``7``; with the beginning of its digest where another one was given that number."""
    number: int
    stage: ModelStage
    aliases: tuple[str, ...]
    description: str
    tags: Mapping[str, str]
    deprecated: str
    deleted: int
    clashes: bool
    """Whether its number was given to another version as well, in another copy of the book."""
    conflict: bool
    """Whether two people moved its stage apart."""
    heads: tuple[str, ...]
    """What the next move of its stage is to be based on."""
    created: int
    by: str
    kind: str
    format: str
    bundled: bool
    safe: bool
    size: int
    digest: str
    source: str
    licence: str
    run: RunHead | None
    """The run that logged it first; None where none did, or it is gone."""
    metrics: Mapping[str, float]
    """The first few of that run, where its scores are."""
    check: ModelCheck | None
    checking: ModelChecking | None
    """The newest check, if that found nothing, or not yet."""
    verdicts: tuple[ModelVerdict, ...]
    endpoints: tuple[str, ...]
    """Names of the endpoints that answer with it now."""

    @property
    def label(self) -> str:
        """The version as one says it: ``wine/7``."""
        return f"{self.model}/{self.name}"


@dataclass(frozen=True, slots=True)
class ModelDeed:
    """One thing that was done, as people read it."""

    event_id: str
    kind: ModelEventKind
    time: int
    by: str
    version: str
    """The name of the version that it was done to; empty for the model."""
    text: str
    """In a sentence without its subject: ``moved @champion from 6 to 7``."""
    reason: str
    evidence: tuple[ModelEvidence, ...]


@dataclass(frozen=True, slots=True)
class ModelProtection:
    """That a stage or an alias is only reached with approvals."""

    target: str
    needed: int
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelPage:
    """A model with all its versions."""

    name: str
    description: str
    description_html: str
    tags: Mapping[str, str]
    owners: tuple[str, ...]
    deprecated: str
    protections: tuple[ModelProtection, ...]
    aliases: Mapping[str, str]
    """By alias, the name of the version that it leads to."""
    heads: Mapping[str, tuple[str, ...]]
    """By alias, what its next move is to be based on."""
    conflicts: tuple[str, ...]
    versions: tuple[ModelVersionRow, ...]
    """The newest first; deleted ones are not among them."""
    deleted: tuple[str, ...]
    """Names of those that were."""
    history: tuple[ModelDeed, ...]
    """The newest first."""
    more: int
    """How many older deeds are not told."""
    created: int
    now: int


def model_list(store: Store, text: str = "") -> ModelList:
    """Return the models that have some text in their name, description, tags or owners."""
    known = [told for told in read_models(store).values() if told.versions]
    now = answering_now(read_endpoints(store))
    rows = [model_row(told, now) for told in known]
    wanted = composed(text.strip()).casefold()
    found = [row for row in rows if not wanted or wanted in _words(row)]
    found.sort(key=lambda row: (-row.updated, row.name))
    return ModelList(tuple(found), not known, time.time_ns() // 1_000_000, unread_note(store))


def unread_note(store: Store) -> str:
    """Return a sentence on what of the registry cannot be read; empty where there is nothing."""
    count = len(flaws(store))
    if not count:
        return ""
    return (
        f"{plural(count, 'record')} of models cannot be read, and what is told here lacks "
        f"{'it' if count == 1 else 'them'}. `cellbook verify` names "
        f"{'it' if count == 1 else 'them'} and says what mends that."
    )


def model_row(told: Told, answering: Mapping[str, Sequence[str]] | None = None) -> ModelRow:
    """Return a model as lists tell it; `answering` has endpoints by the ids of versions."""
    names = {one.version_id: one.name for one in told.versions}
    newest = max(told.versions, key=lambda one: one.version_id)
    stages: dict[str, int] = {}
    for one in told.versions:
        stages[one.stage.value] = stages.get(one.stage.value, 0) + 1
    served = [one.name for one in told.versions if any(of in (answering or {}) for of in one.ids)]
    production = [one.name for one in told.versions if one.stage is ModelStage.PRODUCTION]
    return ModelRow(
        told.model.name,
        told.model.description,
        len(told.versions),
        newest.name,
        {alias: names[to] for alias, to in told.model.aliases.items()},
        stages,
        tuple(production),
        told.model.owners,
        told.model.tags,
        told.model.deprecated,
        _conflicts(told),
        tuple(served),
        told.model.created,
        max((event.time for event in told.events), default=told.model.created),
    )


def model_page(store: Store, told: Told) -> ModelPage:
    """Return a model with all that is known of it."""
    model = told.model
    names = {one.version_id: one.name for one in told.versions}
    deeds = model_deeds(told)
    return ModelPage(
        model.name,
        model.description,
        render(model.description) if model.description else "",
        model.tags,
        model.owners,
        model.deprecated,
        tuple(ModelProtection(one.target, one.needed, one.by) for one in model.protections),
        {alias: names[to] for alias, to in model.aliases.items()},
        model.heads,
        _conflicts(told),
        version_rows(store, told, reversed(told.versions)),
        tuple(one.name for one in told.gone),
        tuple(deeds[:_EVENTS]),
        max(0, len(deeds) - _EVENTS),
        model.created,
        time.time_ns() // 1_000_000,
    )


def version_rows(
    store: Store, told: Told, versions: Iterable[ModelVersion]
) -> tuple[ModelVersionRow, ...]:
    """Return versions of a model as lists tell them."""
    wanted = list(versions)
    runs = records_by_id(store, [run for one in wanted for run in one.runs])
    answering = answering_now(read_endpoints(store))
    return tuple(_version_row(store, told, one, runs, answering) for one in wanted)


def _version_row(
    store: Store,
    told: Told,
    version: ModelVersion,
    runs: Mapping[str, RunRecord],
    answering: Mapping[str, Sequence[str]],
) -> ModelVersionRow:
    run = first_run(version, runs)
    check = last_check(told, version)
    metrics = {} if run is None else dict(list(run.metrics.items())[:_METRICS])
    return ModelVersionRow(
        version.version_id,
        version.model,
        version.name,
        version.number,
        version.stage,
        version.aliases,
        version.description,
        version.tags,
        version.deprecated,
        version.deleted,
        version.clashes,
        version.conflict,
        version.heads,
        version.created,
        version.by,
        version.kind,
        version.format,
        version.bundled,
        version.safe,
        version.size,
        version.digest,
        version.source,
        version.licence,
        None if run is None else head_of(run),
        metrics,
        None
        if check is None
        else ModelCheck(check.time, check.by, check.value, check.reason, not only_loads(check)),
        _checking(store, version),
        _verdicts(told, version),
        tuple(dict.fromkeys(name for one in version.ids for name in answering.get(one, ()))),
    )


def _checking(store: Store, version: ModelVersion) -> ModelChecking | None:
    seen = unfinished(store, version)
    return None if seen is None else ModelChecking(seen.run.time, seen.run.by, seen.problem)


def first_run(version: ModelVersion, runs: Mapping[str, RunRecord]) -> RunRecord | None:
    """Return the run that logged a version first, of those that are still there."""
    there = [run for run in sorted(version.runs, key=lambda one: version.runs[one]) if run in runs]
    return runs[there[0]] if there else None


def _verdicts(told: Told, version: ModelVersion) -> tuple[ModelVerdict, ...]:
    targets = dict.fromkeys(
        event.subject
        for event in told.events
        if event.kind in (ModelEventKind.APPROVED, ModelEventKind.REJECTED)
        and event.version in version.ids
    )
    found = []
    for target in targets:
        counting = {event.event_id for event in approvals(told, version, target)}
        found += [
            ModelVerdict(
                target,
                event.kind is ModelEventKind.APPROVED,
                event.event_id in counting,
                event.by,
                event.time,
                event.reason,
                _evidence(event),
            )
            for event in verdicts(told, version, target)
        ]
    return tuple(found)


def _evidence(event: ModelEvent) -> tuple[ModelEvidence, ...]:
    return tuple(ModelEvidence(one.kind, one.target, one.text) for one in event.evidence)


def _conflicts(told: Told) -> tuple[str, ...]:
    moved = [f"@{alias}" for alias in told.model.conflicts]
    return (*moved, *(one.name for one in told.versions if one.conflict))


def _words(row: ModelRow) -> str:
    tags = (f"{name} {value}" for name, value in row.tags.items())
    aliases = (f"@{alias}" for alias in row.aliases)
    words = " ".join([row.name, row.description, *row.owners, *tags, *aliases])
    return composed(words).casefold()


# -- history -------------------------------------------------------------------------------------


def model_deeds(told: Told) -> list[ModelDeed]:
    """Return all that was done to a model, the newest first."""
    names = {version_id: one.name for one in (*told.versions, *told.gone) for version_id in one.ids}
    leads: dict[str, str] = {}
    stages: dict[str, str] = {}
    deeds = []
    for event in told.events:
        text = _deed(event, names, leads, stages)
        of = names.get(event.version, "")
        deeds.append(
            ModelDeed(
                event.event_id, event.kind, event.time, event.by, of, text, event.reason,
                _evidence(event),
            )
        )  # fmt: skip
    return deeds[::-1]


def _deed(
    event: ModelEvent,
    names: Mapping[str, str],
    leads: dict[str, str],
    stages: dict[str, str],
) -> str:
    version, what = names.get(event.version, ""), event.subject
    match event.kind:
        case ModelEventKind.REGISTERED:
            return f"registered {version}"
        case ModelEventKind.ALIAS:
            before, leads[what] = leads.get(what, ""), version
            if not version:
                return f"took @{what} away" + (f" from {before}" if before else "")
            return f"moved @{what} " + (
                f"from {before} to {version}" if before else f"to {version}"
            )
        case ModelEventKind.STAGE:
            before = stages.get(event.version, ModelStage.DEVELOPMENT.value)
            stages[event.version] = event.value
            return f"brought {version} from {before} to {event.value}"
        case ModelEventKind.APPROVED:
            return f"approved {version} for {what}"
        case ModelEventKind.REJECTED:
            return f"refused {version} for {what}"
        case ModelEventKind.CHECKED:
            well = "loads; no tests" if only_loads(event) else "passed"
            return f"checked {version}: " + ("failed" if event.value else well)
        case ModelEventKind.PROTECTED:
            return _protected(Protection(what, event.needed, event.values))
        case ModelEventKind.DESCRIBED:
            return f"described {version or 'the model'}"
        case ModelEventKind.TAGGED:
            of = version or "the model"
            return f"tagged {of} {what}={event.value}" if event.value else f"untagged {of} {what}"
        case ModelEventKind.OWNED:
            return (
                f"made {', '.join(event.values)} its owners" if event.values else "took owners away"
            )
        case ModelEventKind.DEPRECATED:
            of = version or "the model"
            return (
                f"deprecated {of}: {event.value}" if event.value else f"lifted {of}'s deprecation"
            )
    return f"deleted {version}"


def _protected(protection: Protection) -> str:
    if not protection.needed:
        return f"lifted the protection of {protection.target}"
    of = f" of {', '.join(protection.by)}" if protection.by else ""
    return f"protected {protection.target}: {approvals_text(protection.needed)}{of}"


def approvals_text(needed: int) -> str:
    """Return how many approvals are needed, in words."""
    return "1 approval is needed" if needed == 1 else f"{needed} approvals are needed"
