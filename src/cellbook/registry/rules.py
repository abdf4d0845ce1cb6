"""What a version must have before it may go somewhere: checks, approvals."""

from __future__ import annotations

import os
from collections.abc import Sequence

from cellbook.errors import InvalidInput
from cellbook.records import (
    WITHIN,
    ModelEvent,
    ModelEventKind,
    ModelStage,
    ModelVersion,
    Protection,
    composed,
)
from cellbook.registry.reading import Told

NO_TESTS = "it has no tests"
"""What the report of a check says of a bundle without an input example and tests."""
EXAMPLE_MENDS = "Registered with an input example, it is tested on that."
_VERDICTS = (ModelEventKind.APPROVED, ModelEventKind.REJECTED)


def last_check(told: Told, version: ModelVersion) -> ModelEvent | None:
    """Return the newest check of a version's bundle; None if there was none."""
    return _newest(told, version, (ModelEventKind.CHECKED,))


def only_loads(check: ModelEvent) -> bool:
    """Whether a check saw that a version loads, and no more, as it has no tests."""
    return not check.value and NO_TESTS in check.reason.split(" · ")


def protection_of(told: Told, target: str) -> Protection | None:
    """Return how a stage or alias is protected; None if it is not."""
    there = told.model.protections
    return next((one for one in there if composed(one.target) == composed(target)), None)


def verdicts(told: Told, version: ModelVersion, target: str) -> list[ModelEvent]:
    """Return the newest word of each person on whether a version may become something."""
    last: dict[str, ModelEvent] = {}
    for event in told.events:
        about = event.version in version.ids and composed(event.subject) == composed(target)
        if event.kind in _VERDICTS and about:
            last[_person(event.by)] = event
    return sorted(last.values(), key=lambda event: event.event_id)


def approvals(told: Told, version: ModelVersion, target: str) -> list[ModelEvent]:
    """Return the approvals of a version that count for a stage or alias."""
    protection = protection_of(told, target)
    by = protection.by if protection is not None else ()
    return [
        event
        for event in verdicts(told, version, target)
        if event.kind is ModelEventKind.APPROVED and _counts(event, by, version)
    ]


def not_counted(told: Told, version: ModelVersion, event: ModelEvent) -> str:
    """Return why an approval does not count, with what does; empty where it counts."""
    protection = protection_of(told, event.subject)
    by = protection.by if protection is not None else ()
    if event.kind is not ModelEventKind.APPROVED or _counts(event, by, version):
        return ""
    if by:
        return f"That does not count: {event.subject} needs the approval of {', '.join(by)}."
    return (
        f"That does not count: {event.by} registered {version.label}. It takes somebody else, or "
        f"say whose counts: `cellbook models protect {version.model} {event.subject} --by NAME`."
    )


def _counts(event: ModelEvent, by: Sequence[str], version: ModelVersion) -> bool:
    # Whose model it is does not judge it, unless that was said.
    who = _person(event.by)
    return who in map(_person, by) if by else bool(who) and who != _person(version.by)


def _person(name: str) -> str:
    """Return what tells people apart: a blank or a capital makes nobody another one."""
    return " ".join(name.removeprefix("@").split()).casefold()


def check_reachable(told: Told, version: ModelVersion, target: str) -> tuple[str, ...]:
    """Return the ids of what a version rests upon where it becomes something, or refuse that.

    Parameters
    ----------
    told
        Its model.
    version
        The version.
    target
        A stage, or an alias behind an ``@``.

    Raises
    ------
    InvalidInput
        If it lacks an approval, or a check that passed; it says what brings it.
    """
    if version.deprecated:
        raise InvalidInput(
            f"{version.label} is deprecated ({version.deprecated}). Take another one, or lift that."
        )
    rests: list[str] = []
    if target == ModelStage.PRODUCTION:
        rests += _gate(told, version)
    given = approvals(told, version, target)
    protection = protection_of(told, target)
    needed = 0 if protection is None else protection.needed
    if len(given) < needed:
        raise InvalidInput(_lacking(told, version, target, len(given), needed))
    return (*rests, *(event.event_id for event in given))


def _gate(told: Told, version: ModelVersion) -> list[str]:
    """Hold back from production what was not seen to work."""
    if not version.bundled:
        if approvals(told, version, ModelStage.PRODUCTION):
            return []
        raise InvalidInput(
            f"{version.label} is files as they came, which nothing here can check. It needs an "
            f"approval: `cellbook models approve {version.label} production --reason …`."
        )
    check = last_check(told, version)
    if check is None:
        raise InvalidInput(
            f"{version.label} was not checked yet, and production takes only what was: "
            f"`cellbook models check {version.label}` builds a clean environment, loads it "
            "there and runs what tests it has."
        )
    if check.value:
        raise InvalidInput(
            f"{version.label} failed its check ({check.value.partition(chr(10))[0]}). Mend that, "
            f"and register it anew, or `cellbook models check {version.label}` again."
        )
    return [check.event_id]


def _lacking(told: Told, version: ModelVersion, target: str, given: int, needed: int) -> str:
    protection = protection_of(told, target)
    by = protection.by if protection is not None else ()
    whose = f"of {', '.join(by)}" if by else "of somebody who did not register it"
    has = f"has {given} of {needed}" if given else f"needs {needed}"
    return (
        f"{target} of {version.model} is protected: {version.label} {has} approval"
        f"{'s' if needed > 1 else ''} {whose}. "
        f"`cellbook models approve {version.label} {target} --reason … --evidence …` gives one."
    )


def check_owner(told: Told, by: str) -> None:
    """Refuse what only owners do, where there are any.

    Raises
    ------
    InvalidInput
        If `by` is none of them.
    """
    owners = told.model.owners
    if owners and _person(by) not in map(_person, owners):
        raise InvalidInput(
            f"{told.model.name} is of {', '.join(owners)}; only they change who owns and what "
            "protects it. Ask one of them."
        )


def check_based_on(
    told: Told, known: Sequence[str] | None, there: Sequence[str], what: str
) -> None:
    """Refuse a move that was decided on by what is not so any more.

    Parameters
    ----------
    told
        The model.
    known
        Ids of the moves that were the newest when it was decided; None for whatever there is.
    there
        Those that are.
    what
        What is to be moved, as one says it.

    Raises
    ------
    InvalidInput
        If somebody has moved it meanwhile.
    """
    if known is None or set(known) == set(there):
        return
    last = next((one for one in reversed(told.events) if one.event_id in there), None)
    who = f" by {last.by}" if last is not None and last.by else ""
    raise InvalidInput(
        f"{what} was moved meanwhile{who}. Look where it is now, and move it again if you still "
        "want to."
    )


def _newest(
    told: Told, version: ModelVersion, kinds: Sequence[ModelEventKind]
) -> ModelEvent | None:
    there = (one for one in reversed(told.events) if one.kind in kinds)
    return next((one for one in there if one.version in version.ids), None)


def runs_again() -> bool:
    """Whether names and stages stay, as cells run again that moved them once.

    Nothing is said of it: what such a cell puts out is compared with what it put out then.
    """
    return bool(os.environ.get(WITHIN))


def check_unused(version: ModelVersion) -> None:
    """Refuse to delete what something leads to.

    Raises
    ------
    InvalidInput
        If an alias does, or it is in production.
    """
    if version.aliases:
        raise InvalidInput(
            f"{version.label} stays: @{version.aliases[0]} leads to it. Move that first."
        )
    if version.stage is ModelStage.PRODUCTION:
        raise InvalidInput(f"{version.label} stays: it is in production. Archive it first.")
