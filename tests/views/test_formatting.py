from __future__ import annotations

import math
import re
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.records import RunState
from cellbook.views import formatting


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.9412, "0.9412"),
        (0.953, "0.9530"),
        (1.0, "1"),
        (-0.5, "-0.5000"),
        (0.0, "0"),
        (12.3456, "12.35"),
        (1234.5, "1234"),
        (98765.4, "98765"),
        (1234567.8, "1.235e6"),
        (3.12e-5, "3.120e-5"),
        (1e300, "1.000e300"),
        (math.nan, "NaN"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
    ],
)
def test_number_has_four_significant_digits(number: float, text: str) -> None:
    assert formatting.number(number) == text


@given(st.floats(-1e300, 1e300))
def test_number_is_short_and_near(number: float) -> None:
    text = formatting.number(number)
    assert len(text) <= 11
    assert float(text) == pytest.approx(number, rel=6e-4)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.01, "0.01"),
        (1e-5, "1e-5"),
        (0.1 + 0.2, "0.3"),
        (12345.678, "12346"),
        (1e6, "1e6"),
        (12345678, "12345678"),
        (True, "True"),
        (None, "None"),
        (math.inf, "∞"),
        ("adam", "adam"),
        ("two\nlines", "two lines"),
        ([64, 64], "[64, 64]"),
        ({"a": "é"}, '{"a": "é"}'),
    ],
)
def test_value_is_as_one_writes_a_param(value: object, text: str) -> None:
    assert formatting.value(value) == text


@given(st.text(), st.integers(1, 40))
def test_shorten_keeps_to_the_width(text: str, width: int) -> None:
    short = formatting.shorten(text, width)
    assert len(short) <= width
    assert not re.search(r"[\n\t]", short)


def test_full_keeps_everything() -> None:
    assert formatting.full(0.1 + 0.2) == "0.30000000000000004"
    assert formatting.full("a\nb") == "a\nb"
    assert formatting.full(None) == "None"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 ms"),
        (0.34, "340 ms"),
        (0.9996, "1.0 s"),
        (14.2, "14.2 s"),
        (59.96, "1 m 00 s"),
        (134, "2 m 14 s"),
        (3599.7, "1 h 00 m"),
        (11_100, "3 h 05 m"),
        (190_080, "2 d 04 h"),
        (-5, "-5.0 s"),
        (None, "—"),
        (math.nan, "—"),
    ],
)
def test_duration_is_read_at_a_glance(seconds: float | None, text: str) -> None:
    assert formatting.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "just now"),
        (4, "just now"),
        (12, "12 s ago"),
        (200, "3 min ago"),
        (7300, "2 h ago"),
        (3 * 86400, "3 d ago"),
    ],
)
def test_age_counts_the_largest_unit(seconds: int, text: str) -> None:
    now = 1_800_000_000_000
    assert formatting.age(now - seconds * 1000, now) == text


def test_age_of_months_is_a_date() -> None:
    now = 1_800_000_000_000
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", formatting.age(now - 90 * 86_400_000, now))


def test_date_is_in_the_zone_asked_for() -> None:
    assert formatting.date(1_764_000_000_000, UTC) == "2025-11-24 16:00:00"
    assert len(formatting.date(0)) == 19


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (12_400_000, "12.4 MB"), (999_960, "1.0 MB")],
)
def test_size_is_decimal(count: int, text: str) -> None:
    assert formatting.size(count) == text


def test_sparkline_draws_ends_and_gaps() -> None:
    assert formatting.sparkline(()) == ""
    assert formatting.sparkline((1.0, 1.0)) == "▄▄"
    assert formatting.sparkline((0.0, 7.0, math.nan, 3.0)) == "▁█ ▄"
    assert formatting.sparkline((-1e308, 1e308)) == "▄▄"
    assert len(formatting.sparkline(tuple(range(100)))) == 8


def test_every_state_has_a_glyph() -> None:
    assert set(formatting.GLYPHS) == set(RunState)
    assert len({*formatting.GLYPHS.values(), formatting.STALE_GLYPH}) == 6


def test_stamp_has_its_zone() -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    assert formatting.stamp(0, zone) == "1970-01-01 05:30:00+05:30"
    assert formatting.stamp(1_764_000_192_345, UTC) == "2025-11-24 16:03:12+00:00"
