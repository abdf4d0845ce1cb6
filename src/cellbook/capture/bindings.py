"""What a name came to stand for at one place of a session, and what shares its object."""

from __future__ import annotations

from dataclasses import dataclass, field

from cellbook.capture.calls import Call
from cellbook.capture.known import Kind
from cellbook.capture.names import Effects


@dataclass(eq=False, slots=True)
class Binding:
    """What a name came to stand for at one place."""

    made: set[int] = field(default_factory=set)
    """The executions that bound it and changed its object since."""
    holds: dict[Binding, None] = field(default_factory=dict)
    """Bindings whose objects change with this one's."""
    late: tuple[str, ...] = ()
    """The names that its code uses when it is called."""
    calls: tuple[Call, ...] = ()
    """What its code calls when it is called."""
    effects: Effects | None = None
    """What its code does to names when it is called."""
    opaque: str = ""
    """By what its code reads and changes any name."""
    coded: bool = False
    """Whether it is a function, class or lambda of the notebook."""
    alters: bool = False
    """Whether it is one that may change what it is given."""
    draws: bool = False
    """Whether it is one that draws in what it is given."""
    touchy: bool = False
    """Whether it is a class whose objects may change where they are only looked at."""
    methods: frozenset[str] = frozenset()
    plain: bool = False
    """Whether it is a value that nothing changes."""
    iterator: bool = False
    module: str = ""
    """What it imports, where it stands for that."""
    kind: Kind = Kind.UNKNOWN
    text: str = ""
    """Its object's type, where that was noted."""
    risky: bool = False
    """Whether it was told to work in place."""
    literal: object = None
    """The text or number that it is, where its cell says so."""


def join(holder: Binding, source: Binding, *, both: bool) -> None:
    """Note that `holder` may hold the object of `source`: what happens to that shows in it."""
    source.holds[holder] = None
    if both:
        holder.holds[source] = None


def reach(binding: Binding, seen: set[Binding]) -> list[Binding]:
    """Return the bindings whose objects change with one's, and itself."""
    if binding in seen:
        return []
    seen.add(binding)
    found = [binding]
    for one in found:
        for other in one.holds:
            if other not in seen:
                seen.add(other)
                found.append(other)
    return found
