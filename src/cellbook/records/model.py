"""Registered models: their versions, and all that was done to these, as events."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cellbook.errors import InvalidInput
from cellbook.records.base import Record
from cellbook.records.values import check_name


class ModelStage(StrEnum):
    """How far a version has come."""

    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"
    ARCHIVED = "archived"


LATEST = "latest"
"""What names the newest version, where an alias could stand."""


class ModelEventKind(StrEnum):
    """What was done."""

    REGISTERED = "registered"
    ALIAS = "alias"
    STAGE = "stage"
    APPROVED = "approved"
    REJECTED = "rejected"
    CHECKED = "checked"
    """A bundle was built and run in a clean environment."""
    PROTECTED = "protected"
    DESCRIBED = "described"
    TAGGED = "tagged"
    OWNED = "owned"
    DEPRECATED = "deprecated"
    DELETED = "deleted"


class EvidenceKind(StrEnum):
    """What an approval rests upon."""

    BOARD = "board"
    """A row of a leaderboard."""
    CHECK = "check"
    """The check of the bundle."""
    THREAD = "thread"
    """A discussion."""
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Evidence(Record):
    """What somebody looked at before they approved."""

    kind: EvidenceKind
    target: str
    """The name of the board, the id of the thread, run or check."""
    text: str
    """What it said then, in a line: boards change."""


@dataclass(frozen=True, slots=True)
class ModelEvent(Record):
    """One thing that was done to a model or a version of it; never changed afterwards."""

    event_id: str
    model: str
    kind: ModelEventKind
    time: int
    """Milliseconds since 1970 (UTC)."""
    by: str = ""
    """The name of who did it; empty where nobody knows."""
    version: str = ""
    """Id of the version that it is about; of an alias, where that leads from then on, empty where
    it was taken away."""
    subject: str = ""
    """The alias, the name of the tag, or what was approved or protected: a stage, or an alias
    behind an ``@``."""
    value: str = ""
    """The stage, the tag's value, the text; of a check what went wrong, empty where nothing did."""
    values: tuple[str, ...] = ()
    """Owners; who may approve; ids of the approvals that a move rests upon."""
    needed: int = 0
    """Of a protection: so many approvals."""
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    based_on: tuple[str, ...] = ()
    """Ids of the events before, of the same alias or the stage of the same version, that whoever
    did it knew of.  Two that nobody has seen together are a conflict."""

    def __repr__(self) -> str:
        told = " ".join(filter(None, [self.kind.value, self.model, self.subject, self.value]))
        return f"<ModelEvent {told}{f' by {self.by}' if self.by else ''}>"


@dataclass(frozen=True, slots=True)
class Protection(Record):
    """That an alias or a stage is only reached with approvals."""

    target: str
    """A stage, or an alias behind an ``@``."""
    needed: int
    by: tuple[str, ...] = ()
    """Whose approval counts; empty for that of anybody but who registered the version."""


@dataclass(frozen=True, slots=True)
class ModelVersion(Record):
    """One content registered under a name: another content is another version.

    A number is given once: also that of a deleted version stays its own.  Where two copies of a
    book registered apart, two contents may have been given one number; then it names neither, and
    labels tell them apart by their digests.  One content that was given two numbers has both.
    """

    version_id: str
    model: str
    number: int
    digest: str
    """Of what it consists of: that of its bundle, or of its files."""
    created: int
    """Milliseconds since 1970 (UTC)."""
    by: str = ""
    """Who registered it; empty where nobody knows."""
    bundled: bool = True
    """Whether it is a bundle, which Cellbook can load and check; else files as they came."""
    format: str = ""
    """What it is stored as: ``skops``, ``xgboost``, ``pickle``, ``safetensors`` …"""
    kind: str = ""
    """The class of the model, or what made the files: ``transformers``."""
    size: int = 0
    """Bytes of all files."""
    files: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of each file, by path; empty where it was deleted."""
    safe: bool = False
    """Whether loading it runs no code but its library's."""
    imports: tuple[str, ...] = ()
    """What its pickles would import."""
    seal: str = ""
    """The signature of whoever registered it, for themselves: loading asks them nothing."""
    runs: Mapping[str, int] = field(default_factory=dict)
    """The runs that logged it, with when, in milliseconds."""
    made: Mapping[str, str] = field(default_factory=dict)
    """``session`` and ``execution`` that registered it, as far as there were any."""
    parents: Mapping[str, int] = field(default_factory=dict)
    """Ids of the versions that it was made from, with when that was said, in milliseconds."""
    source: str = ""
    """Where files came from: a path, or ``hf:ORGANISATION/NAME@REVISION``."""
    licence: str = ""

    # What follows is no part of the document, but told by events.
    numbers: tuple[int, ...] = ()
    """All that it was given, the first one first."""
    ids: tuple[str, ...] = ()
    """Of all documents that are this one version."""
    clashes: bool = False
    """Whether its number was given to another one as well."""
    stage: ModelStage = ModelStage.DEVELOPMENT
    aliases: tuple[str, ...] = ()
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    deprecated: str = ""
    """Why it is not to be used any more; empty where it may be."""
    deleted: int = 0
    """When it was, in milliseconds; 0 where it was not."""
    heads: tuple[str, ...] = ()
    """Ids of the moves of its stage that nobody has built upon: what the next is based on."""

    def __repr__(self) -> str:
        # The last line of a cell shows it, and nobody reads the digests of its files there.
        told = [
            f"<ModelVersion {self.label}",
            ", ".join(filter(None, [self.kind.rpartition(".")[2], self.format])),
            self.stage.value,
            *(f"@{alias}" for alias in self.aliases),
        ]
        return " · ".join(filter(None, told)) + ">"

    @property
    def conflict(self) -> bool:
        """Whether two people moved its stage, and neither saw the other's move."""
        return len(self.heads) > 1

    @property
    def name(self) -> str:
        """Its number, with the beginning of its digest where another one has that number."""
        return f"{self.number}~{self.short_digest}" if self.clashes else str(self.number)

    @property
    def label(self) -> str:
        """The version as one says it: ``wine/7``."""
        return f"{self.model}/{self.name}"

    @property
    def short_digest(self) -> str:
        """The beginning of its digest."""
        return self.digest.rpartition(":")[2][:8]


@dataclass(frozen=True, slots=True)
class RegisteredModel(Record):
    """A name with versions, as it stands."""

    name: str
    created: int
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    owners: tuple[str, ...] = ()
    protections: tuple[Protection, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    """Where each leads: the id of a version."""
    heads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each alias, also of one that leads nowhere, the ids of the moves that nobody has built
    upon: what the next move is to be based on."""
    deprecated: str = ""
    """Why it is not to be used any more; empty where it may be."""

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The aliases that two people moved, neither of whom saw the other's move."""
        return tuple(alias for alias, heads in self.heads.items() if len(heads) > 1)


def check_model_name(name: object) -> str:
    """Return `name` as a model's, or say why it is none.

    Raises
    ------
    InvalidInput
        Also if it holds ``/``, ``:`` or ``@``, behind which version and alias stand.
    """
    text = check_name("" if name is None else name, "model").strip()
    if held := [mark for mark in "/:@" if mark in text]:
        raise InvalidInput(
            f"The name of a model holds a {held[0]!r}: {text[:60]!r}. Versions and aliases are "
            "told by that, as in models:/wine/7 and models:/wine@champion. Use another sign."
        )
    return text


def check_model_alias(alias: object) -> str:
    """Return `alias` as one of a model's, or say why it is none.

    Raises
    ------
    InvalidInput
        Also if it would be taken for a version, or holds ``/``, ``:`` or ``@``.
    """
    text = check_name("" if alias is None else alias, "alias").strip().removeprefix("@")
    taken = text.lower() in (LATEST, *ModelStage) or text[:1].isdecimal()
    if not text or taken or any(mark in text for mark in "/:@~"):
        raise InvalidInput(
            f"{text[:60]!r} cannot be an alias: it would be taken for a version or a stage. Use a "
            "word such as 'champion'."
        )
    return text


def as_model_stage(stage: object) -> ModelStage:
    """Return a stage by its name, in whatever case.

    Raises
    ------
    InvalidInput
        If there is none of that name.
    """
    try:
        return ModelStage(str(stage).strip().lower())
    except ValueError:
        raise InvalidInput(
            f"There is no stage {str(stage)[:60]!r}. There are {', '.join(ModelStage)}."
        ) from None


def check_model_target(target: object) -> str:
    """Return what can be protected and approved: a stage, or an alias behind an ``@``.

    Raises
    ------
    InvalidInput
        If it is neither.
    """
    text = str(target).strip()
    if text.startswith("@"):
        return f"@{check_model_alias(text)}"
    try:
        return as_model_stage(text).value
    except InvalidInput as error:
        if difflib.get_close_matches(text.lower(), list(ModelStage)):
            raise
        raise InvalidInput(f"{error} Did you mean the alias, '@{text[:60]}'?") from None


def check_people(names: object, what: str) -> tuple[str, ...]:
    """Return names of people, each once.

    Raises
    ------
    InvalidInput
        If one is none.
    """
    given: Iterable[object] = [names] if isinstance(names, str) else names or ()  # type: ignore[assignment]
    found = (check_name(name, what).strip().removeprefix("@") for name in given)
    return tuple(dict.fromkeys(found))
