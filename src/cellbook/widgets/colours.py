"""The colours of runs: one run has the same in every panel."""

from __future__ import annotations

PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442")
"""Okabe and Ito's colours, which people with any colour vision tell apart."""

_DASHES = ("", "6 3", "2 3", "8 3 2 3")


def colour_of(number: int) -> str:
    """Return the colour of run `number` as CSS: a variable, as on white the yellow is darker."""
    place = (number - 1) % len(PALETTE)
    return f"var(--cb-run{place}, {PALETTE[place]})"


def hex_of(number: int) -> str:
    """Return the colour of run `number` as hexadecimal digits, for what knows no variables."""
    return PALETTE[(number - 1) % len(PALETTE)]


def dash_of(number: int) -> str:
    """Return the dash pattern of run `number`, as SVG has it; beyond seven runs colours recur."""
    return _DASHES[(number - 1) // len(PALETTE) % len(_DASHES)]
