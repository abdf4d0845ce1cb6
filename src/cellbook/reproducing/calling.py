"""``cb.reproduce``."""

from __future__ import annotations

from typing import Any, Literal

from cellbook import book as books
from cellbook.records import Reproduction
from cellbook.reproducing.room import Tell
from cellbook.reproducing.room import reproduce as reproduce_in


def reproduce(
    run: Any,
    *,
    tolerance: float | Literal["seeds"] | None = None,
    build: bool = False,
    limit: float | None = None,
    trust: bool = False,
    tell: Tell = print,
) -> Reproduction:
    """Run a run again in a fresh kernel, and compare what comes of it.

    Parameters
    ----------
    run
        Its number, name or id, a handle or a record.
    tolerance
        The relative difference of numbers that is let pass; ``"seeds"`` is as much as two or more
        other runs vary by that differ from it in their seed only.  None lets nothing pass, unless
        the code draws its seed, so that this one is another.
    build
        Whether to make an environment of the recorded packages for it.
    limit
        Seconds that it may take; None sets no limit.
    trust
        Whether code may run that came with an import, and shell lines that change files for good.
    tell
        Hears in one line each how far it is.

    Returns
    -------
    Reproduction
        ``.verdict`` is *identical*, *within*, *differs*, *failed* or *untried*; ``.first`` says
        what differs first.

    Raises
    ------
    NotFound
        If there is no such run, or nothing on record that could be run.
    InvalidInput
        If the run is still running.
    Untrusted
        If it takes `trust`.
    """
    return reproduce_in(
        books.open(), run, tolerance=tolerance, build=build, limit=limit, trust=trust, tell=tell
    )
