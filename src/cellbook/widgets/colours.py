"""The colours of runs: one run has the same in every panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#56B4E9", "#E69F00", "#CC79A7", "#F0E442")
"""Okabe and Ito's colours, which people with any colour vision tell apart.

Runs of one panel are mostly neighbours, so those whose numbers are near have colours that are far
apart, also to those who see no red or no green.
"""
ON_LIGHT = {6: "#8a8000"}
ON_DARK = {0: "#3a93dc", 3: "#8fd3f7"}
ON_EITHER = {0: "#2a86c8", 6: "#968b00"}
"""By place in the palette: what stands for a colour that is faint on such a ground."""

_DASHES = ("", "6 3", "2 3", "8 3 2 3")


def colour_of(number: int) -> str:
    """Return the colour of run `number` as CSS: a variable, as it depends on the ground."""
    place = (number - 1) % len(PALETTE)
    return f"var(--cb-run{place}, {PALETTE[place]})"


def variables(instead: Mapping[int, str]) -> str:
    """Return the CSS that sets the colours on a ground; `instead` is what differs there."""
    colours = (instead.get(place, colour) for place, colour in enumerate(PALETTE))
    return "".join(f"--cb-run{place}:{colour};" for place, colour in enumerate(colours))


def dash_of(number: int, among: Iterable[int] = ()) -> str:
    """Return the dash pattern of run `number` in a picture of runs `among`, as SVG has it.

    A line is dashed only where another one of the picture has its colour.
    """
    same = {other for other in among if other < number and (number - other) % len(PALETTE) == 0}
    return _DASHES[len(same) % len(_DASHES)]
