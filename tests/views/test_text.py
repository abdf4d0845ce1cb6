from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.book import Book
from cellbook.store import Store
from cellbook.views import compare_runs, comparison_text, runs_page, runs_text
from cellbook.views.text import _cut, text_width
from tests.views.conftest import Log


def test_runs_are_aligned(store: Store, log: Log) -> None:
    log("baseline", {"lr": 0.01, "opt": "adam"}, acc=[0.1, 0.9412])
    log("a name 日本 that is long, longer than there is room for", {"lr": 0.1}, acc=math.nan)
    lines = runs_text(runs_page(store)).splitlines()
    assert len({text_width(line) for line in lines[1:2]}) == 1
    head, rule, second, first = lines
    assert head.split() == ["run", "name", "acc", "lr", "opt", "time", "started"]
    assert set(rule) == {"─", " "}
    assert "✓   #1  baseline" in first
    assert "0.9412  ▁█" in first
    assert "NaN" in second
    assert "…" in second


@pytest.mark.parametrize("width", [20, 60, 100, 120])
def test_runs_keep_to_the_width(store: Store, log: Log, width: int) -> None:
    params = {f"param_{i}": "x" * 50 for i in range(5)}
    log("a" * 200, params, **{f"metric_{i}": 1 / 3 for i in range(5)})
    log("b")
    lines = runs_text(runs_page(store), width).splitlines()
    assert max(map(text_width, lines)) <= width
    assert any("metric_0" in line for line in lines) == (width >= 100)


def test_no_runs_teach(opened: Book, log: Log) -> None:
    assert "%track_run" in runs_text(runs_page(opened.store))
    log("r")
    assert "metrics.acc > 3" in runs_text(runs_page(opened.store, "metrics.acc > 3"))
    assert runs_text(runs_page(opened.store, limit=0)).startswith("None of the runs")
    opened.runs.delete("r")
    assert "archived" in runs_text(runs_page(opened.store))


def test_more_runs_than_shown_are_told(store: Store, log: Log) -> None:
    for _ in range(3):
        log()
    assert runs_text(runs_page(store, limit=2)).endswith("these are the first 2.")


def test_comparison_shows_differences_and_counts_the_rest(store: Store, log: Log) -> None:
    records = [
        log("baseline", {"lr": 0.01, "seed": 7}, acc=0.9412),
        log("wide", {"lr": 0.03, "seed": 7}, acc=0.953),
    ]
    comparison = compare_runs(store, records)
    text = comparison_text(comparison)
    assert "#1 baseline ★" in text
    assert "▲ +0.0118" in text
    assert "seed" not in text
    assert "more are the same in all runs" in text
    assert "(★ baseline, which the others are compared with" in text
    assert "seed" in comparison_text(comparison, everything=True)
    assert "more" not in comparison_text(comparison, everything=True)


def test_comparison_of_many_runs_goes_on_below(store: Store, log: Log) -> None:
    records = [log(f"run number {i}", acc=i) for i in range(1, 8)]
    text = comparison_text(compare_runs(store, records), 70)
    assert max(map(text_width, text.splitlines())) <= 70
    assert text.count("run number 1 ★") > 1
    assert all(text.count(f"#{i} run number {i}") == 1 for i in range(2, 8))


def test_comparison_of_the_same_or_of_none(store: Store, log: Log) -> None:
    comparison = compare_runs(store, [log("one", {"a": 1})])
    assert "#1 one\n" in comparison_text(comparison), "one run is shown by itself"
    same = compare_runs(store, [log("two", tags={"x": "y"}), log("three", tags={"x": "y"})])
    assert comparison_text(same).startswith("#2 two, #3 three: nothing differs. (")
    assert "%compare #1 #2" in comparison_text(compare_runs(store, []))


@given(st.text(st.characters(exclude_categories=["C"])), st.integers(1, 20))
def test_cut_keeps_to_the_width(text: str, width: int) -> None:
    assert text_width(_cut(text, width)) <= width
