"""How an endpoint answers: which models stand behind it, and who is answered by which."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from cellbook.records.base import Record


class Strategy(enum.Enum):
    """What the arms of an endpoint are for."""

    SINGLE = "single"
    """One model answers."""
    CANARY = "canary"
    """A new model answers a few, to see whether it does."""
    SPLIT = "split"
    """Models answer side by side, to see which is better (A/B)."""
    SHADOW = "shadow"
    """A model answers; others are asked the same, and nobody sees what they say."""


@dataclass(frozen=True, slots=True)
class Arm(Record):
    """One model behind an endpoint."""

    name: str
    model: str
    """The bundle's folder or zip, or what a resolver knows, such as ``models:/wine@champion``."""
    weight: float = 1.0
    """Its share of the requests, in proportion to the other arms' weights; of a shadow, the share
    of requests, from 0 to 1, that it is asked, too."""
    shadow: bool = False
    """Whether it is only asked, and never answers."""


@dataclass(frozen=True, slots=True)
class PastArms(Record):
    """What stood behind an endpoint before."""

    strategy: Strategy
    arms: tuple[Arm, ...]
    until: int
    """When it was replaced, in milliseconds since 1970 (UTC)."""


@dataclass(frozen=True, slots=True)
class Deployment(Record):
    """An endpoint: its name, its arms, and what they were."""

    name: str
    arms: tuple[Arm, ...]
    strategy: Strategy = Strategy.SINGLE
    key: str = ""
    """The column whose value decides the arm; empty for the key that a request names."""
    salt: str = ""
    """Goes into the hash of a key, so that two experiments divide people differently; empty for
    the endpoint's name."""
    past: tuple[PastArms, ...] = ()
    """What was before, the newest last."""
