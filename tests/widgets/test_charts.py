from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.widgets.charts import Line, chart, spark, swatch, ticks

floats = st.floats(allow_subnormal=True)


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in parsed(svg).iter("text")]


def line(*ys: float, number: int = 1, name: str = "run") -> Line:
    return Line(number, name, range(len(ys)), ys)


def test_chart_draws_each_line_in_its_colour() -> None:
    svg = chart([line(1, 2, 3), line(3, 2, 1, number=8, name="a<b>")], title="loss & more")
    root = parsed(svg)
    curves = [p for p in root.iter("path") if p.get("class") == "cb-curve "]
    assert [p.get("stroke-dasharray") for p in curves] == [None, "6 3"]
    assert all("--cb-run0" in (p.get("style") or "") for p in curves)
    assert {"loss & more", "step"} <= set(texts(svg))
    assert [title.text for title in root.iter("title")] == ["run", "a<b>"]


def test_chart_shows_values_where_one_points() -> None:
    svg = chart([line(0.1, 0.25), line(5.0, math.nan, number=2)], title="acc")
    assert {"step 0", "step 1", "#1  0.1000", "#1  0.2500", "#2  5", "#2  NaN"} <= set(texts(svg))
    assert "cb-tip" not in chart([line(1, 2)], title="acc", tips=False)


def test_chart_of_many_lines_tells_the_first_ten() -> None:
    svg = chart([line(i, i, number=i + 1) for i in range(13)], title="acc")
    assert "and 3 more" in texts(svg)


def test_chart_leaves_gaps_and_dots() -> None:
    nan = math.nan
    root = parsed(chart([line(1, 2, nan, 3, nan, 4, 5)], title="x", tips=False))
    (curve,) = [p for p in root.iter("path") if p.get("class") == "cb-curve "]
    assert (curve.get("d") or "").count("M") == 2
    assert len(list(root.iter("circle"))) == 1


def test_chart_draws_what_was_smoothed_faintly() -> None:
    smoothed = Line(1, "run", (0, 1), (1.0, 1.5), raw=(1.0, 2.0))
    assert chart([smoothed], title="x").count("cb-raw") == 1


@pytest.mark.parametrize("values", [[], [math.nan], [math.inf, -math.inf]])
def test_chart_of_no_number_says_so(values: list[float]) -> None:
    assert "No finite value to draw." in texts(chart([line(*values)] * bool(values), title="x"))


def test_logarithmic_chart_passes_over_what_has_no_place() -> None:
    svg = chart([line(-1, 0, 0.001, 10, 1000)], title="loss", log=True)
    assert {"0.001", "0.1", "10", "1000"} <= set(texts(svg))
    assert "No positive value to draw." in texts(chart([line(-1, 0)], title="x", log=True))


def test_time_axis_counts_in_seconds_and_minutes() -> None:
    svg = chart([Line(1, "run", (0.0, 150.0, 300.0), (1, 2, 3))], title="x", time_axis=True)
    assert {"0", "1 m 00 s", "5 m 00 s", "time"} <= set(texts(svg))


def test_step_axis_is_whole_and_short() -> None:
    assert not [
        t for t in texts(chart([line(1, 2, 3)], title="x", tips=False)) if "." in t and t[0] == "0"
    ]
    svg = chart([Line(1, "run", (0, 1_000_000), (1, 2))], title="x", tips=False)
    assert "1M" in texts(svg)
    assert "200k" in texts(svg)


@given(
    st.lists(st.lists(st.tuples(st.integers(-(2**62), 2**62), floats), max_size=6), max_size=3),
    st.booleans(),
    st.booleans(),
)
def test_chart_takes_any_numbers(
    curves: list[list[tuple[int, float]]], log: bool, time_axis: bool
) -> None:
    lines = [
        Line(n, "r", [x for x, _ in sorted(points)], [y for _, y in sorted(points)])
        for n, points in enumerate(curves, 1)
    ]
    svg = chart(lines, title="x", log=log, time_axis=time_axis)
    parsed(svg)
    assert not re.search(r'="[^"]*(nan|inf)', svg)


@given(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300))
def test_ticks_lie_between_and_are_few(one: float, other: float) -> None:
    low, high = sorted((one, other))
    found = ticks(low, high)
    assert len(found) <= 13
    assert found == sorted(found)


def test_spark_needs_two_numbers() -> None:
    assert spark((), 1) == spark((1.0,), 1) == spark((1.0, math.nan), 1) == ""
    root = parsed(spark((1.0, 3.0, math.nan), 2))
    assert len(list(root.iter("path"))) == 1
    assert len(list(root.iter("circle"))) == 1
    parsed(swatch(9, [9]))


def test_spark_is_solid_whatever_the_number() -> None:
    assert "dash" not in spark((1.0, 3.0), 9)
    assert "dash" not in swatch(9, [1, 9])
    assert "dash" in swatch(9, [2, 9])
