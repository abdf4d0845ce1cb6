from __future__ import annotations

from cellbook.widgets.colours import PALETTE, colour_of, dash_of, hex_of


def test_colours_follow_from_the_number() -> None:
    assert [hex_of(number) for number in range(1, 9)] == [*PALETTE, PALETTE[0]]
    assert colour_of(1) == "var(--cb-run0, #0072B2)"


def test_dashes_tell_runs_of_one_colour_apart() -> None:
    looks = {(hex_of(number), dash_of(number)) for number in range(1, 29)}
    assert len(looks) == 28
    assert dash_of(7) == "" != dash_of(8)
