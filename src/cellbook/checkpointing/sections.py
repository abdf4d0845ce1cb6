"""What an encoder makes of a namespace, and where the bytes go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from cellbook.checkpointing.digests import SectionDigests


class Sink(Protocol):
    """Where the bytes go."""

    position: int
    """Bytes of the stream written so far."""
    digests: SectionDigests
    """Tells of each section whether it changed."""
    nan_seen: bool
    """Whether a float that is not a number was written."""

    def write(self, data: Any) -> int:
        """Append to the stream."""

    def take_next(self, memory: memoryview) -> None:
        """Keep a buffer that pickle will ask for in turn."""

    def end_section(self) -> None:
        """Begin a new chunk if what has gathered is worth one."""

    def take(self, memory: memoryview) -> int:
        """Keep a buffer beside the stream; return its number."""


@dataclass(frozen=True, slots=True)
class LostThing:
    """Something that could not be saved."""

    kind: str
    """Its class, as ``module.name``."""
    reason: str
    """The exception, or why it is not even tried."""


@dataclass(frozen=True, slots=True)
class Section:
    """Where a variable is in the stream."""

    name: str
    start: int
    end: int
    digest: str
    """Hash of its part of the stream and of its buffers: equal while nothing changed."""


@dataclass(slots=True)
class Encoded:
    """What a namespace became."""

    sections: list[Section]
    lost: dict[str, list[LostThing]]
    """For each variable that cannot be restored exactly: what stands in its way."""
    live: dict[str, str]
    """Variables that are a module's own object, and so stay as that is: name to where."""
    notes: dict[str, list[str]]
    """For each variable: what is restored, but not in every respect."""
    modules: dict[str, list[str]]
    """Packages that are referred to, with those of their submodules that had been imported."""
    asked: list[str] = field(default_factory=list)
    """Variables that code looks at which runs while others are decoded."""
    rehash: bool = False
    """Whether a key may want a state that it gets after it was put into a set or dictionary."""


class SectionFailed(Exception):
    """A variable broke the stream, which must be begun anew without it."""

    def __init__(self, name: str, lost: LostThing) -> None:
        super().__init__(f"{name}: {lost.reason}")
        self.name = name
        self.lost = lost
