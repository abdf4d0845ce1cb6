"""Registered models: what is known of them, and what somebody changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cellbook.answers.base import Ask, Hint
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import ModelVersion
from cellbook.registry import read_models
from cellbook.views.model_evidence import find_evidence
from cellbook.views.model_versions import (
    ModelComparison,
    ModelVersionPage,
    compare_versions,
    version_page,
)
from cellbook.views.models import ModelEvidence, ModelList, ModelPage, model_list, model_page

if TYPE_CHECKING:
    from cellbook.book import Book

_MOST = 20
"""Versions that are compared."""
_VERSION = Hint("`NAME/7`, `NAME@champion`, `NAME` for its newest version, or an id.")


@dataclass(frozen=True, slots=True)
class ModelsQuery:
    """Which models."""

    text: Annotated[str, Hint("What name, description, tags or owners hold; empty for all.")] = ""


@dataclass(frozen=True, slots=True)
class ModelQuery:
    """Which model."""

    name: Annotated[str, Hint("Its name.")]


@dataclass(frozen=True, slots=True)
class ModelVersionQuery:
    """Which version of a model."""

    version: Annotated[str, _VERSION]


@dataclass(frozen=True, slots=True)
class ModelVersionsQuery:
    """Which versions, of one model or several."""

    versions: Annotated[tuple[str, ...], _VERSION]


@dataclass(frozen=True, slots=True)
class OfferedEvidence:
    """What an approval of a version could rest upon, as the book has it."""

    evidence: tuple[ModelEvidence, ...]


@dataclass(frozen=True, slots=True)
class AliasBody:
    """Where an alias is to lead."""

    model: str
    alias: str
    version: str = ""
    """A version of the model; empty to take the alias away."""
    reason: str = ""
    based_on: list[str] | None = None
    """What ``heads`` of the model said of the alias when it was read: if somebody moved it since,
    nothing is changed.  Null moves it from wherever it is."""


@dataclass(frozen=True, slots=True)
class StageBody:
    """Which stage a version is to be in."""

    version: str
    stage: str
    reason: str = ""
    archive_others: bool = False
    """Whether other versions in that stage are archived."""
    based_on: list[str] | None = None
    """What ``heads`` of the version said when it was read; null moves it from wherever it is."""


@dataclass(frozen=True, slots=True)
class ApproveBody:
    """What somebody says of whether a version may become something."""

    version: str
    target: str
    """A stage, or an alias behind an ``@``."""
    reason: str
    evidence: list[str] | None = None
    """``board:NAME``, ``check``, ``thread:ID``, ``run:NAME``: at least one, to approve."""
    approved: bool = True


@dataclass(frozen=True, slots=True)
class CheckBody:
    """Which version is to be built in a clean environment."""

    version: str


@dataclass(frozen=True, slots=True)
class ProtectBody:
    """With how many approvals a stage or an alias of a model is reached."""

    model: str
    target: str
    approvals: int = 1
    """0 takes the protection away."""
    approvers: list[str] | None = None
    """Whose count; null or nobody for those of anyone but who registered the version."""


@dataclass(frozen=True, slots=True)
class DescribeBody:
    """What a model or a version is."""

    target: str
    text: str


@dataclass(frozen=True, slots=True)
class TagBody:
    """A tag of a model or a version."""

    target: str
    key: str
    value: str = ""
    """Empty takes it off."""


@dataclass(frozen=True, slots=True)
class OwnersBody:
    """Who sees to a model."""

    model: str
    owners: list[str]


@dataclass(frozen=True, slots=True)
class DeprecateBody:
    """Why a model or a version is not to be used any more."""

    target: str
    reason: str = ""
    """Empty lifts that."""


@dataclass(frozen=True, slots=True)
class DeleteModelBody:
    """A version that is to go, or a model with all its versions."""

    target: str
    reason: str = ""


# -- questions -----------------------------------------------------------------------------------


def list_models(ask: Ask, query: ModelsQuery) -> ModelList:
    """Return the registered models, the one that was changed last first."""
    ask.book.refresh()
    return model_list(ask.book.store, query.text)


def show_model(ask: Ask, query: ModelQuery) -> ModelPage:
    """Return a model with its versions and all that was done to them."""
    ask.book.refresh()
    return _page(ask, query.name)


def show_model_version(ask: Ask, query: ModelVersionQuery) -> ModelVersionPage:
    """Return all that is known of a version of a model."""
    book = ask.book
    book.refresh()
    return version_page(book.store, read_models(book.store), book.models.find(query.version))


def compare_models(ask: Ask, query: ModelVersionsQuery) -> ModelComparison:
    """Return versions of models side by side."""
    book = ask.book
    book.refresh()
    if not 2 <= len(query.versions) <= _MOST:
        raise InvalidInput(f"From 2 to {_MOST} versions are compared. Name them, as wine/6,wine/7.")
    found = [book.models.find(one) for one in query.versions]
    return compare_versions(book.store, read_models(book.store), found)


def offer_evidence(ask: Ask, query: ModelVersionQuery) -> OfferedEvidence:
    """Return what an approval of a version could rest upon."""
    book = ask.book
    book.refresh()
    version = book.models.find(query.version)
    found = []
    for text in _offers(book, version):
        try:
            one = find_evidence(book, version, text)
        except (NotFound, InvalidInput):
            continue
        found.append(ModelEvidence(one.kind, text, one.text))
    return OfferedEvidence(tuple(found))


def _offers(book: Book, version: ModelVersion) -> list[str]:
    named = ["check", "run"]
    named += [f"board:{board.name}" for board in book.leaderboards.all()]
    about = [
        thread
        for thread in book.threads.all()
        if (thread.anchor.name == version.model and thread.anchor.version in ("", version.name))
        or set(thread.anchor.runs) & version.runs.keys()
    ]
    return [*named, *(f"thread:{thread.thread_id}" for thread in about[-_MOST:])]


# -- changes -------------------------------------------------------------------------------------


def set_model_alias(ask: Ask, body: AliasBody) -> ModelPage:
    """Make an alias lead to a version, or nowhere."""
    models, by = ask.writable.models, _by(ask)
    if body.version:
        version = models.find(_of(body.model, body.version))
        if version.model != body.model:
            raise InvalidInput(
                f"{version.label} is no version of {body.model!r}. Name one of that model's."
            )
        models.set_alias(
            version.version_id, body.alias, reason=body.reason, based_on=body.based_on, by=by
        )
    else:
        models.drop_alias(body.model, body.alias, reason=body.reason, based_on=body.based_on, by=by)
    return _page(ask, body.model)


def move_model_stage(ask: Ask, body: StageBody) -> ModelPage:
    """Bring a version to a stage."""
    version = ask.writable.models.move_stage(
        body.version, body.stage, reason=body.reason, archive_others=body.archive_others,
        based_on=body.based_on, by=_by(ask),
    )  # fmt: skip
    return _page(ask, version.model)


def approve_model(ask: Ask, body: ApproveBody) -> ModelPage:
    """Approve of a version for a stage or an alias, or refuse it."""
    book = ask.writable
    version = book.models.find(body.version)
    evidence = [find_evidence(book, version, one) for one in body.evidence or ()]
    book.models.approve(
        version.version_id, body.target, reason=body.reason, evidence=evidence,
        approved=body.approved, by=_by(ask),
    )  # fmt: skip
    return _page(ask, version.model)


def check_model(ask: Ask, body: CheckBody) -> ModelPage:
    """Have a version built in a clean environment and its tests run, which production asks for.

    That takes a minute or more, and is done by a process of its own: the answer tells that it is
    under way, and later ones what came of it.  Code that somebody else made is not run.
    """
    version = ask.writable.models.start_check(body.version, by=_by(ask))
    return _page(ask, version.model)


def protect_model(ask: Ask, body: ProtectBody) -> ModelPage:
    """Let a stage or an alias of a model be reached only with approvals."""
    ask.writable.models.protect(
        body.model, body.target, body.approvals, approvers=body.approvers or (), by=_by(ask)
    )
    return _page(ask, body.model)


def describe_model(ask: Ask, body: DescribeBody) -> ModelPage:
    """Describe a model or a version."""
    event = ask.writable.models.describe(body.target, body.text, by=_by(ask))
    return _page(ask, event.model)


def tag_model(ask: Ask, body: TagBody) -> ModelPage:
    """Set a tag of a model or a version, or take it off."""
    event = ask.writable.models.tag(body.target, body.key, body.value, by=_by(ask))
    return _page(ask, event.model)


def set_model_owners(ask: Ask, body: OwnersBody) -> ModelPage:
    """Say who sees to a model."""
    ask.writable.models.set_owners(body.model, body.owners, by=_by(ask))
    return _page(ask, body.model)


def deprecate_model(ask: Ask, body: DeprecateBody) -> ModelPage:
    """Say why a model or a version is not to be used any more, or that it may be."""
    event = ask.writable.models.deprecate(body.target, body.reason, by=_by(ask))
    return _page(ask, event.model)


def delete_model(ask: Ask, body: DeleteModelBody) -> ModelList:
    """Delete a version, or a model with all its versions; numbers are not used again."""
    ask.writable.models.delete(body.target, reason=body.reason, by=_by(ask))
    return model_list(ask.book.store)


def _page(ask: Ask, name: str) -> ModelPage:
    return model_page(ask.book.store, ask.book.models.told(name))


def _of(model: str, version: str) -> str:
    """Return what names a version of a model by its name or id."""
    short = version.removeprefix("v").partition("~")[0].isdecimal()
    return f"{model}/{version}" if short else version


def _by(ask: Ask) -> str:
    """Return the name of who asks; nobody where that is not known."""
    return "" if ask.author is None else ask.author.name
