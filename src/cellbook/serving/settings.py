"""How an endpoint is served: the same words for the supervisor and for workers."""

from __future__ import annotations

import dataclasses
import ipaddress
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cellbook.errors import InvalidInput
from cellbook.serving.batching import Limits
from cellbook.serving.resolving import Factory, factory_doc

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Settings:
    """How to serve."""

    host: str = LOOPBACK
    port: int = 8080
    """0 for any that is free."""
    workers: int = 1
    tokens: tuple[str, ...] = field(default=(), repr=False)
    """Whoever knows one of these may ask; none, and all may."""
    open_to_all: bool = False
    """Whether other machines may ask without a token."""
    trust: bool = False
    """Whether code in bundles may run, as a pickle is."""
    ignore_unknown: bool = False
    """Whether columns that a model does not take are left out, instead of refused."""
    max_body: int = 16 << 20
    """Bytes of a request's body."""
    max_held: int = 256 << 20
    """Bytes of the bodies of all requests that a worker has read and not answered yet."""
    poll: float = 1.0
    """Seconds between two looks at whether a name has moved."""
    grace: float = 20.0
    """Seconds that requests under way have to end when the server ends."""
    patience: float = 60.0
    """Seconds that a model may take for what it is given at once; then its process is replaced.  0
    for as long as it takes."""
    limits: Limits = field(default_factory=Limits)
    resolver: Factory | None = None
    """Makes a :data:`.resolving.Resolver`."""
    log: Factory | None = None
    """Makes a :data:`.logging_predictions.PredictionHook`, in each worker."""

    def check(self) -> Settings:
        """Return the settings, if they can be served by.

        Raises
        ------
        InvalidInput
            If they cannot, or would let anybody in.
        """
        if not 1 <= self.workers <= 256:
            raise InvalidInput(f"{self.workers} workers cannot be. Give a number from 1 to 256.")
        if not 0 <= self.port <= 65535:
            raise InvalidInput(f"There is no port {self.port}. Give one from 0 to 65535.")
        if min(self.max_body, self.limits.batch_rows, self.limits.queue_rows) < 1:
            raise InvalidInput("A limit below 1 lets nothing through. Give a larger one.")
        if not 0 <= self.patience < math.inf:
            raise InvalidInput(
                f"A patience of {self.patience:g} s cannot be. Give seconds, or 0 for as long as a "
                "model takes."
            )
        if any(not token or not token.isascii() or token != token.strip() for token in self.tokens):
            raise InvalidInput("A token must be of ASCII letters, digits and signs, on a line.")
        if not (self.loopback or self.tokens or self.open_to_all):
            raise InvalidInput(
                f"Other machines reach {self.host}: give a file with tokens, one a line "
                "(--token-file), or say --open-to-all."
            )
        return self

    @property
    def beat(self) -> float:
        """Seconds between two signs of life of a process."""
        return min(1.0, self.patience / 4) if self.patience else 1.0

    @property
    def loopback(self) -> bool:
        """Whether only this machine is answered."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def settings_doc(settings: Settings) -> dict[str, Any]:
    """Return settings as JSON that another process is told, through a pipe: it has the tokens."""
    doc = dataclasses.asdict(settings)
    doc["resolver"], doc["log"] = factory_doc(settings.resolver), factory_doc(settings.log)
    return doc


def settings_of(doc: Mapping[str, Any]) -> Settings:
    """Return the settings that JSON tells."""
    made = dict(doc)
    made["tokens"] = tuple(doc["tokens"])
    made["limits"] = Limits(**doc["limits"])
    for name in ("resolver", "log"):
        made[name] = None if doc[name] is None else Factory(**doc[name])
    return Settings(**made)
