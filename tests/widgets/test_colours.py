from __future__ import annotations

import itertools
import math

import pytest

from cellbook.widgets.colours import (
    ON_DARK,
    ON_EITHER,
    ON_LIGHT,
    PALETTE,
    colour_of,
    dash_of,
    variables,
)


def linear(colour: str) -> list[float]:
    """Return the amounts of red, green and blue light, from 0 to 1."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(colour: str) -> float:
    return sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def distance(one: str, other: str) -> float:
    """Return how different two colours look (Ottosson's Oklab): black and white are 1 apart."""
    places = []
    for colour in (one, other):
        r, g, b = linear(colour)
        long = (0.4122 * r + 0.5363 * g + 0.0514 * b) ** (1 / 3)
        middle = (0.2119 * r + 0.6807 * g + 0.1074 * b) ** (1 / 3)
        short = (0.0883 * r + 0.2817 * g + 0.6300 * b) ** (1 / 3)
        places.append(
            (
                0.2105 * long + 0.7936 * middle - 0.0041 * short,
                1.9780 * long - 2.4286 * middle + 0.4506 * short,
                0.0259 * long + 0.7828 * middle - 0.8087 * short,
            )
        )
    return math.dist(*places)


def test_colours_follow_from_the_number() -> None:
    assert colour_of(1) == colour_of(8) == "var(--cb-run0, #0072B2)"
    assert len({colour_of(number) for number in range(1, 8)}) == len(PALETTE) == 7
    assert "--cb-run6:#8a8000;" in variables(ON_LIGHT)


@pytest.mark.parametrize(
    ("ground", "instead"),
    [("#ffffff", ON_LIGHT), ("#111111", ON_DARK), ("#ffffff", ON_EITHER), ("#111111", ON_EITHER)],
)
def test_colours_are_told_from_the_ground_and_from_one_another(
    ground: str, instead: dict[int, str]
) -> None:
    colours = [instead.get(place, colour) for place, colour in enumerate(PALETTE)]
    assert min(contrast(colour, ground) for colour in colours) > 2.2
    assert contrast(colours[0], ground) > 3.8, "the first run's is never faint"
    assert min(distance(*pair) for pair in itertools.combinations(colours, 2)) > 0.12
    assert min(distance(*pair) for pair in itertools.combinations(colours[:3], 2)) > 0.16


def test_dashes_tell_runs_of_one_colour_apart() -> None:
    runs = range(1, 29)
    assert len({(colour_of(number), dash_of(number, runs)) for number in runs}) == 28
    assert dash_of(7, runs) == "" != dash_of(8, runs)


def test_a_run_is_solid_where_no_other_has_its_colour() -> None:
    assert dash_of(8) == dash_of(8, [8]) == dash_of(8, [8, 10, 11]) == ""
    assert dash_of(8, [1, 8]) != "" == dash_of(1, [1, 8])
