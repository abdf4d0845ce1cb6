"""What is done to models and their versions once they are registered."""

from __future__ import annotations

import dataclasses
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence

from cellbook.commenting import local_author
from cellbook.errors import InvalidInput
from cellbook.records import (
    Evidence,
    ModelEvent,
    ModelEventKind,
    ModelStage,
    ModelVersion,
    as_model_stage,
    as_text,
    check_model_alias,
    check_model_name,
    check_model_target,
    check_name,
    check_people,
    spelled_as,
    to_doc,
)
from cellbook.registry.finding import find_model, find_version, read_named
from cellbook.registry.reading import EVENTS, VERSIONS, Told, read_model, slot_of
from cellbook.registry.rules import (
    check_based_on,
    check_owner,
    check_reachable,
    check_unused,
    not_counted,
    protection_of,
    runs_again,
)
from cellbook.store import Op, Store, create, update


class ChangesModels(ABC):
    """The half of :class:`cellbook.registry.Models` that changes what is registered.

    In every method `by` is the name of who does it; None means whoever works in this process.  What
    names one thing is a target: ``wine/7`` or ``wine@champion`` a version, ``wine`` alone the model
    where both could be meant.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.on_events: Callable[[Sequence[ModelEvent]], None] = lambda events: None
        """Told of what was done, after it is on record."""
        self.find_evidence: Callable[[ModelVersion, str], Evidence] = _no_evidence
        """Returns what some words name, as ``board:NAME``; set by whoever knows all rooms."""

    @abstractmethod
    def run_id(self, target: str) -> str:
        """Return the id of a run by what names it."""

    @abstractmethod
    def find(self, target: object) -> ModelVersion:
        """Return a version by what names it."""

    # -- aliases and stages --------------------------------------------------------------------

    def set_alias(
        self,
        target: object,
        alias: object,
        *,
        reason: str = "",
        based_on: Sequence[str] | None = None,
        by: str | None = None,
    ) -> ModelVersion:
        """Make an alias lead to a version, and no longer to another.

        Parameters
        ----------
        target
            The version.
        alias
            A word, such as ``champion``.
        reason
            Why.
        based_on
            The ids of the moves of this alias that whoever decided on it had seen, as
            ``RegisteredModel.heads`` tells them; None for whatever there is.

        Raises
        ------
        InvalidInput
            If it is protected and lacks approvals, or was moved meanwhile.
        """
        if runs_again():
            return self.find(target)
        with self._store.exclusive():
            known = read_named(self._store, target)
            version = find_version(known, target, self.run_id)
            told = known[version.model]
            ops, event = self.alias_ops(told, version, alias, reason, based_on, self._by(by))
            if event is not None:
                self._store.commit(ops, durable=True)
        self._tell(event)
        return self._now(version)

    def alias_ops(
        self,
        told: Told,
        version: ModelVersion,
        alias: object,
        reason: str,
        based_on: Sequence[str] | None,
        by: str,
    ) -> tuple[list[Op], ModelEvent | None]:
        """Return what makes an alias lead to a version; nothing where it does."""
        word = spelled_as(check_model_alias(alias), told.model.heads)
        heads = told.model.heads.get(word, ())
        check_based_on(told, based_on, heads, f"@{word} of {told.model.name}")
        if told.model.aliases.get(word) == version.version_id and len(heads) < 2:
            return [], None
        rests = check_reachable(told, version, f"@{word}")
        event = self._event(
            ModelEventKind.ALIAS, version.model, version.version_id, by, subject=word,
            values=rests, reason=as_text(reason), based_on=heads,
        )  # fmt: skip
        return [create(EVENTS, event.event_id, to_doc(event))], event

    def drop_alias(
        self,
        name: object,
        alias: object,
        *,
        reason: str = "",
        based_on: Sequence[str] | None = None,
        by: str | None = None,
    ) -> None:
        """Make an alias lead nowhere.

        Raises
        ------
        NotFound
            If there is no such model, or alias of it.
        InvalidInput
            If it is protected, or was moved meanwhile.
        """
        if runs_again():
            return
        with self._store.exclusive():
            known = read_named(self._store, check_model_name(name))
            told = find_model(known, check_model_name(name))
            word = spelled_as(check_model_alias(alias), told.model.heads)
            find_version(known, f"{told.model.name}@{word}", self.run_id)
            if protection_of(told, f"@{word}") is not None:
                raise InvalidInput(
                    f"@{word} of {told.model.name} is protected. Lift that first: "
                    f"`cellbook models protect {told.model.name} @{word} --approvals 0`."
                )
            heads = told.model.heads.get(word, ())
            check_based_on(told, based_on, heads, f"@{word} of {told.model.name}")
            event = self._event(
                ModelEventKind.ALIAS, told.model.name, "", self._by(by), subject=word,
                reason=as_text(reason), based_on=heads,
            )  # fmt: skip
            self._commit(event)
        self._tell(event)

    def move_stage(
        self,
        target: object,
        stage: object,
        *,
        reason: str = "",
        archive_others: bool = False,
        based_on: Sequence[str] | None = None,
        by: str | None = None,
    ) -> ModelVersion:
        """Bring a version to a stage.

        Parameters
        ----------
        target
            The version.
        stage
            ``development``, ``staging``, ``production`` or ``archived``.
        reason
            Why.
        archive_others
            Whether other versions that are there now are archived.
        based_on
            The ids of the moves of its stage that whoever decided on it had seen; None for
            whatever there is.

        Raises
        ------
        InvalidInput
            If it lacks an approval or, for production, a check that passed; or was moved meanwhile.
        """
        wanted, who = as_model_stage(stage), self._by(by)
        if runs_again():
            return self.find(target)
        events = []
        with self._store.exclusive():
            known = read_named(self._store, target)
            version = find_version(known, target, self.run_id)
            told = known[version.model]
            check_based_on(told, based_on, version.heads, f"The stage of {version.label}")
            if version.stage is not wanted or version.conflict:
                away = wanted in (ModelStage.ARCHIVED, ModelStage.DEVELOPMENT)
                free = away and protection_of(told, wanted) is None
                rests = () if free else check_reachable(told, version, wanted)
                events.append(self._stage_event(version, wanted, who, reason, rests))
            for other in told.versions if archive_others else ():
                if other.stage is wanted and other.version_id != version.version_id:
                    why = f"{version.label} took its place"
                    events.append(self._stage_event(other, ModelStage.ARCHIVED, who, why, ()))
            self._commit(*events)
        self._tell(*events)
        return self._now(version)

    def _stage_event(
        self, version: ModelVersion, stage: ModelStage, by: str, reason: str, rests: Sequence[str]
    ) -> ModelEvent:
        return self._event(
            ModelEventKind.STAGE, version.model, version.version_id, by, value=stage.value,
            values=tuple(rests), reason=as_text(reason), based_on=version.heads,
        )  # fmt: skip

    # -- approvals -----------------------------------------------------------------------------

    def approve(
        self,
        target: object,
        what: object,
        *,
        reason: str,
        evidence: str | Evidence | Sequence[str | Evidence] = (),
        approved: bool = True,
        by: str | None = None,
    ) -> ModelEvent:
        """Say that a version may become something, or that it may not.

        Parameters
        ----------
        target
            The version.
        what
            A stage, or an alias behind an ``@``.
        reason
            Why.
        evidence
            What that rests upon: ``board:NAME``, ``check``, ``thread:ID`` or ``run:NAME``; at least
            one thing, where it is approved.
        approved
            False takes one's approval back, or refuses it.

        Raises
        ------
        InvalidInput
            If there is no reason or evidence, or nobody knows who approves.
        NotFound
            If there is no such version or evidence.
        """
        what, why, who = check_model_target(what), as_text(reason).strip(), self._by(by)
        if not who:
            raise InvalidInput("Nobody knows who approves. Set CELLBOOK_USER, or say by='ada'.")
        if not why or (approved and not evidence):
            raise InvalidInput(
                "An approval has a reason and something that it rests upon: a row of a leaderboard "
                "(board:NAME), the check of the bundle (check), a discussion (thread:ID) or a run "
                "(run:NAME)."
            )
        kind = ModelEventKind.APPROVED if approved else ModelEventKind.REJECTED
        with self._store.exclusive():
            version = find_version(read_named(self._store, target), target, self.run_id)
            event = self._event(
                kind, version.model, version.version_id, who, subject=what, reason=why,
                evidence=self._evidence(version, evidence),
            )  # fmt: skip
            self._commit(event)
        self._tell(event)
        return event

    def not_counted(self, event: ModelEvent) -> str:
        """Return why an approval is none of those that are needed; empty where it counts."""
        known = read_model(self._store, event.model)
        version = find_version(known, event.version, self.run_id)
        return not_counted(known[event.model], version, event)

    def _evidence(
        self, version: ModelVersion, evidence: str | Evidence | Sequence[str | Evidence]
    ) -> tuple[Evidence, ...]:
        """Return what evidence names: a record that says something else could not be read again."""
        named = [evidence] if isinstance(evidence, (str, Evidence)) else evidence
        return tuple(
            one if isinstance(one, Evidence) else self.find_evidence(version, as_text(one))
            for one in named
        )

    def protect(
        self,
        name: object,
        what: object,
        approvals: int = 1,
        *,
        approvers: object = (),
        reason: str = "",
        by: str | None = None,
    ) -> ModelEvent:
        """Let a stage or an alias of a model be reached only with approvals.

        Parameters
        ----------
        name
            The model's.
        what
            A stage, or an alias behind an ``@``.
        approvals
            So many; 0 takes the protection away.
        approvers
            Whose approval counts; nobody named means that of anyone but who registered the version.

        Raises
        ------
        InvalidInput
            If the model has owners, and `by` is none of them.
        """
        what, people, who = (
            check_model_target(what),
            check_people(approvers, "person"),
            self._by(by),
        )
        if type(approvals) is not int or not 0 <= approvals <= 100:
            raise InvalidInput("So many approvals are needed: a whole number from 0 to 100.")
        if people and approvals > len(people):
            raise InvalidInput(
                f"{approvals} approvals cannot come from {len(people)}. Name more people."
            )
        with self._store.exclusive():
            called = check_model_name(name)
            told = find_model(read_named(self._store, called), called)
            check_owner(told, who)
            word = spelled_as(what, (one.target for one in told.model.protections))
            event = self._about(
                told, ModelEventKind.PROTECTED, "", who, subject=word, needed=approvals,
                values=people, reason=as_text(reason),
            )  # fmt: skip
            self._commit(event)
        self._tell(event)
        return event

    # -- words ---------------------------------------------------------------------------------

    def describe(self, target: object, text: object, *, by: str | None = None) -> ModelEvent:
        """Describe a model or a version, in Markdown."""
        return self._say(target, ModelEventKind.DESCRIBED, by, value=as_text(text))

    def tag(
        self, target: object, key: object, value: object, *, by: str | None = None
    ) -> ModelEvent:
        """Set one tag of a model or a version; an empty value, or None, takes it off."""
        word, text = check_name(key, "tag"), "" if value is None else as_text(value)
        return self._say(target, ModelEventKind.TAGGED, by, subject=word, value=text)

    def set_owners(self, name: object, owners: object, *, by: str | None = None) -> ModelEvent:
        """Say who sees to a model; nobody takes that away.

        Raises
        ------
        InvalidInput
            If it has owners, and `by` is none of them.
        """
        who = self._by(by)
        with self._store.exclusive():
            called = check_model_name(name)
            told = find_model(read_named(self._store, called), called)
            check_owner(told, who)
            people = check_people(owners, "owner")
            event = self._about(told, ModelEventKind.OWNED, "", who, values=people)
            self._commit(event)
        self._tell(event)
        return event

    def deprecate(self, target: object, reason: object, *, by: str | None = None) -> ModelEvent:
        """Say why a model or a version is not to be used any more; an empty reason lifts that."""
        return self._say(target, ModelEventKind.DEPRECATED, by, value=as_text(reason).strip())

    # -- deletion ------------------------------------------------------------------------------

    def delete(
        self, target: object, *, reason: str = "", by: str | None = None
    ) -> list[ModelVersion]:
        """Delete a version, or a model with all its versions; their numbers are not used again.

        What they consisted of goes with ``cellbook gc``; that they were there stays on record.

        Raises
        ------
        InvalidInput
            If an alias leads to one, or it is in production.
        """
        who, events, ops = self._by(by), [], []
        if runs_again():
            return []
        with self._store.exclusive():
            known = read_named(self._store, target)
            name, version = self._either(known, target)
            told = known[name]
            going = list(told.versions) if version is None else [version]
            for one in going:
                check_unused(one)
            for one in going:
                for version_id in one.ids:
                    event = self._event(
                        ModelEventKind.DELETED, name, version_id, who, reason=as_text(reason)
                    )
                    events.append(event)
                    ops.append(update(VERSIONS, version_id, {}, [["files"]]))
            ops += [create(EVENTS, event.event_id, to_doc(event)) for event in events]
            self._store.commit(ops, durable=True)
        self._tell(*events)
        return going

    # -- inside --------------------------------------------------------------------------------

    def _now(self, version: ModelVersion) -> ModelVersion:
        """Return a version as it is after what was done to it."""
        known = read_model(self._store, version.model)
        return find_version(known, version.version_id, self.run_id)

    def _say(
        self,
        target: object,
        kind: ModelEventKind,
        by: str | None,
        *,
        value: str,
        subject: str = "",
    ) -> ModelEvent:
        with self._store.exclusive():
            known = read_named(self._store, target)
            name, version = self._either(known, target)
            version_id = "" if version is None else version.version_id
            event = self._about(
                known[name], kind, version_id, self._by(by), value=value, subject=subject
            )
            self._commit(event)
        self._tell(event)
        return event

    def _either(self, known: Mapping[str, Told], target: object) -> tuple[str, ModelVersion | None]:
        """Return the model that a target names, and the version if it names one."""
        text = str(target).strip()
        for start in ("models:/", "model:"):
            text = text.removeprefix(start)
        name = spelled_as(text, known)
        if name in known and known[name].versions:
            return name, None
        version = find_version(known, target, self.run_id)
        return version.model, version

    def _about(
        self, told: Told, kind: ModelEventKind, version: str, by: str, **rest: object
    ) -> ModelEvent:
        """Return an event that is based on those of the same thing."""
        event = self._event(kind, told.model.name, version, by, **rest)
        slot = slot_of(event)
        heads = told.heads(slot) if slot is not None else ()
        return dataclasses.replace(event, based_on=heads)

    def _event(
        self, kind: ModelEventKind, model: str, version: str, by: str, **rest: object
    ) -> ModelEvent:
        now = time.time_ns() // 1_000_000
        return ModelEvent(self._store.new_id(), model, kind, now, by, version, **rest)  # type: ignore[arg-type]  # what an event has, as its callers in this file know

    def _commit(self, *events: ModelEvent) -> None:
        if events:
            ops = [create(EVENTS, event.event_id, to_doc(event)) for event in events]
            self._store.commit(ops, durable=True)

    def _tell(self, *events: ModelEvent | None) -> None:
        done = [event for event in events if event is not None]
        if done:
            self.on_events(done)

    @staticmethod
    def _by(by: str | None) -> str:
        if by is not None:
            return check_name(by, "person") if by else ""
        author = local_author()
        return "" if author is None else author.name


def _no_evidence(version: ModelVersion, text: str) -> Evidence:
    raise InvalidInput(f"Nothing tells what {text!r} is. Give an Evidence.")
