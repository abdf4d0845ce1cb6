"""Times are told from results by when the cells ran."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cellbook.reproducing.moments import Moments

BEGUN = int(datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC).timestamp() * 1000)
RAN = Moments([(BEGUN, BEGUN + 90_000)])

TIMES = [
    "took 12.5 s",
    "took 651 ms",
    "Wall time: 1 min",
    "elapsed 1200 ms 0.75",
    "Wall time: 4.77 µs",
    "CPU times: user 2 µs, sys: 0 ns, total: 2 µs",
    "10.3 ns ± 0.2 ns per loop (mean ± std. dev. of 7 runs, 100,000,000 loops each)",
    "1m 3s",
    "100%|██████████| 10/10 [00:01<00:00, 9.83it/s, loss=0.5]",
    "10it [00:01, 50.2it/s]",
    "download: 3.5MB [00:00, 7.1MB/s]",
    "32/32 - 0s - 3ms/step - loss: 0.25",
    "Date: Sat, 14 Mar 2026",
    "Sat Mar 14 15:09:50 2026",
    "at 2026-03-14 15:10:01.123456 it began",
    "2026-03-14T15:10:01Z",
    "2026-03-14",
    "epoch done at 15:10:02",
    "saved at 15:10",
    "1773501000.25",
    "1773501000250",
    "{'fit_time': array([0.0012, 0.0011]), 'test_score': array([0.9])}",
    "elapsed: 3.25",
    "training time 3.25",
]
RESULTS = [
    "mean 0.53 min 0.0 max 1.0",
    "mean=0.53 min=0.1",
    "rows 1600000000000",
    "best at 04:17 loss",
    "loss 81234 s",
    "2011-07-01 00:00:00  3.5",
    "score 0.75",
    "lasted 3 hours",
    "took 3 hours",
    "took 3 hrs",
    "seen 1600000000 times",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "97.5%",
]


@pytest.mark.parametrize("text", TIMES)
def test_time_is_masked(text: str) -> None:
    masked = RAN.masked(text)
    assert masked != text
    for result in ("loss=0.5]", "loss: 0.25", "array([0.9])"):
        assert (result in text) == (result in masked)


@pytest.mark.parametrize("text", RESULTS)
def test_result_is_left(text: str) -> None:
    assert RAN.masked(text) == text


def test_width_of_a_time_is_no_result() -> None:
    texts = [f"{{'fit_time': array([{one}, 0.123, {one}])}}" for one in ("0.12 ", "0.345")]
    assert RAN.masked(texts[0]) == RAN.masked(texts[1])


def test_what_stands_below_a_time_is_left() -> None:
    assert RAN.masked("duration 3\n0.9").endswith("\n0.9")


def test_nothing_is_a_time_where_nothing_ran() -> None:
    assert Moments(()).masked("took 3 s at 15:10") == "took 3 s at 15:10"
