"""What a deployment means at this moment: which arm is which version, in which folder."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cellbook.records.deployment import Deployment
from cellbook.serving.resolving import Resolving


@dataclass(frozen=True, slots=True)
class PlannedArm:
    """An arm with the version that it has now."""

    name: str
    model: str
    version: str
    folder: str
    weight: float
    shadow: bool
    channel: str = ""
    """Of a shadow: the socket at which it is asked."""
    own: str = ""
    """The digest of what may be loaded without consent, as who serves it made it."""
    called: str = ""
    """What the model is called, without its version."""

    @property
    def labels(self) -> dict[str, str]:
        """Return what tells it from all others, where something is counted."""
        return {"arm": self.name, "model": self.called, "version": self.version}


@dataclass(frozen=True, slots=True)
class Plan:
    """What an endpoint answers with, from the moment on that every worker has it."""

    number: int
    endpoint: str
    strategy: str
    key: str
    salt: str
    arms: tuple[PlannedArm, ...]

    @property
    def answering(self) -> tuple[PlannedArm, ...]:
        """The arms that answer."""
        return tuple(arm for arm in self.arms if not arm.shadow)

    @property
    def shadows(self) -> tuple[PlannedArm, ...]:
        """The arms that are only asked."""
        return tuple(arm for arm in self.arms if arm.shadow)

    def same_as(self, other: Plan | None) -> bool:
        """Whether nothing but the number differs."""
        return other is not None and dataclasses.replace(self, number=other.number) == other


def make_plan(number: int, deployment: Deployment, resolving: Resolving, channels: str) -> Plan:
    """Return what a deployment means now.

    Parameters
    ----------
    number
        Of the plan.
    deployment
        The arms, by name.
    resolving
        Knows what names mean.
    channels
        The folder of the sockets at which shadows are asked.

    Raises
    ------
    CellbookError
        If a model is not there, or is damaged.
    """
    arms = []
    for place, arm in enumerate(deployment.arms):
        found = resolving.resolve(arm.model)
        # Another model is another shadow, though its version has the same number.
        told = "\0".join((str(place), arm.model, found.folder, found.version))
        named = sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        arms.append(
            PlannedArm(
                name=arm.name,
                model=arm.model,
                version=found.version,
                folder=found.folder,
                weight=arm.weight,
                shadow=arm.shadow,
                channel=f"{channels}/{named}" if arm.shadow else "",
                own=found.own,
                called=found.name,
            )
        )
    return Plan(
        number,
        deployment.name,
        deployment.strategy.value,
        deployment.key,
        deployment.salt or deployment.name,
        tuple(arms),
    )


def plan_of(doc: Mapping[str, Any]) -> Plan:
    """Return the plan that JSON tells."""
    return Plan(**{**doc, "arms": tuple(PlannedArm(**arm) for arm in doc["arms"])})
