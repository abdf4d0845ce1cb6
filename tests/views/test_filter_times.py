from __future__ import annotations

import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import InvalidInput
from cellbook.views.filter_times import read_moment, read_span

HOUR = 3_600_000
DAY = 24 * HOUR
MIDNIGHT = 1_795_478_400_000 + 5 * HOUR
"""24 November 2026 in New York."""
NOW = MIDNIGHT + 15 * HOUR


@pytest.fixture(autouse=True)
def new_york() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "EST5EDT,M3.2.0,M11.1.0"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.parametrize(
    ("text", "first", "length"),
    [
        ("2026-11-24", MIDNIGHT, DAY),
        (" 2026-11-24 ", MIDNIGHT, DAY),
        ("today", MIDNIGHT, DAY),
        ("Yesterday", MIDNIGHT - DAY, DAY),
        ("2026-11-01", MIDNIGHT - 23 * DAY - HOUR, DAY + HOUR),
        ("2026-11-24T10", MIDNIGHT + 10 * HOUR, HOUR),
        ("2026-11-24T10:00", MIDNIGHT + 10 * HOUR, 60_000),
        ("2026-11-24 10:00:30", MIDNIGHT + 10 * HOUR + 30_000, 1000),
        ("2026-11-24T10:00:30.250", MIDNIGHT + 10 * HOUR + 30_250, 1),
        ("2026-11-24T10:00Z", MIDNIGHT + 5 * HOUR, 60_000),
        ("2026-11-24T10:00:00+01:00", MIDNIGHT + 4 * HOUR, 1000),
        ("now", NOW, 1),
        ("3 days ago", NOW - 3 * DAY, 1),
        ("2h ago", NOW - 2 * HOUR, 1),
        ("1 h 30 min ago", NOW - HOUR - HOUR // 2, 1),
        ("1.5 Weeks Ago", NOW - 7 * DAY - 7 * DAY // 2, 1),
        ("1795000000000", 1_795_000_000_000, 1),
        ("1.795e12", 1_795_000_000_000, 1),
        ("-5", -5, 1),
    ],
)
def test_read_moment_names_a_stretch_of_time(text: str, first: int, length: int) -> None:
    assert read_moment(text, NOW) == (first, first + length)


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "ago", "3 ago", "days ago", "3 dogs ago", "1e999 days ago", "tomorrow"),
        *("nan", "inf", "2026-13-01", "2026-11-24T25:00", "2026-11-24T10:00+99:00"),
        *("9999-12-31", "2026-11"),
    ],
)
def test_read_moment_refuses_what_names_no_time(text: str) -> None:
    with pytest.raises(InvalidInput, match="no time"):
        read_moment(text, NOW)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90.0),
        ("1e3", 1000.0),
        ("250ms", 0.25),
        ("2m", 120.0),
        ("1.5 h", 5400.0),
        ("2 m 14 s", 134.0),
        ("1h30m", 5400.0),
        ("1 Day", 86400.0),
        ("2 months", 60 * 86400.0),
        ("1y", 365 * 86400.0),
        ("", None),
        ("m", None),
        ("2 lightyears", None),
        ("2m 3", None),
        ("-2m", None),
    ],
)
def test_read_span_counts_seconds(text: str, seconds: float | None) -> None:
    assert read_span(text) == seconds


@given(st.text(max_size=12), st.integers(0, 4 * 10**12))
def test_read_moment_answers_or_refuses_any_text(text: str, now: int) -> None:
    try:
        first, after = read_moment(text, now)
    except InvalidInput:
        return
    assert first < after
