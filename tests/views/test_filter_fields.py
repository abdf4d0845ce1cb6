from __future__ import annotations

import math
import operator
import random
import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cellbook.errors import InvalidInput
from cellbook.store.encoding import encode_body
from cellbook.store.narrow import narrow
from cellbook.views.filter_fields import Field, Kind, find_field, is_like
from cellbook.views.filters import parse_filter

NOW = 1_795_000_000_000

# -- what a comparison means ---------------------------------------------------------------------

# A condition is written down and read again, and then has to say of each run what a plain reading
# of the rules says.  The conditions are tuples: ("and" | "or", [conditions]), ("not", condition),
# (operator, field, …values).

KEYS = [*"aaaaaaaab", "val/acc", "a.b", "a b", "it's", "été", "x`y", 'x"y', "and", "1", "-"]
NUMBERS = [0, 1, 1.5, -2, 0.1, math.nan, math.inf, 2**70]
PARAM_TEXTS = ["1", "1.5", "x", "X", "True", "nan", "inf", "a%", "it's", "", "été", "None"]
PARAMS = [*NUMBERS, *PARAM_TEXTS, True, False, None, [1], [], {}]
TEXTS = ["a", "A", "ab", "1", "it's", 'say "a"', "été", "%", "a_b", "wide net", "", "null", "and"]
STATES = ["running", "finished", "failed", "stopped", "crashed"]
TIMES = [0, 1000, 1500, 2000, NOW]
METRICS = [0.0, 1.0, 1.5, -2.0, 0.1, math.nan, math.inf, -math.inf]
QUOTES_OF_NAMES = '`"'
SIGNS = ["=", "!=", "<", "<=", ">", ">="]

runs = st.fixed_dictionaries(
    {
        "run_name": st.sampled_from(TEXTS),
        "state": st.sampled_from(STATES),
        "start_time": st.sampled_from(TIMES),
        "run_number": st.integers(1, 4),
    },
    optional={
        "end_time": st.sampled_from([None, *TIMES]),
        "description": st.sampled_from([None, *TEXTS]),
        "archived": st.booleans(),
        "metrics": st.dictionaries(st.sampled_from(KEYS), st.sampled_from(METRICS)),
        "params": st.dictionaries(st.sampled_from(KEYS), st.sampled_from(PARAMS)),
        "tags": st.dictionaries(st.sampled_from(KEYS), st.sampled_from(TEXTS)),
    },
)
FIELDS: dict[str, tuple[st.SearchStrategy[Any], list[str]]] = {
    "metrics": (st.sampled_from([0, 1, *METRICS]), SIGNS),
    "params": (
        st.sampled_from([v for v in PARAMS if isinstance(v, (bool, int, float, str))]),
        SIGNS,
    ),
    "tags": (st.sampled_from([1, 1.0, True, *TEXTS]), SIGNS),
    "run_name": (st.sampled_from(TEXTS), SIGNS),
    "description": (st.sampled_from(TEXTS), SIGNS),
    "state": (st.sampled_from(STATES), SIGNS[:2]),
    "start_time": (st.sampled_from(TIMES), SIGNS),
    "end_time": (st.sampled_from(TIMES), SIGNS),
    "duration": (st.sampled_from([0, 0.5, 1, -1, 2]), SIGNS),
    "run_number": (st.integers(1, 4), SIGNS),
}


@st.composite
def comparisons(draw: st.DrawFn) -> tuple[Any, ...]:
    group = draw(st.sampled_from([*FIELDS, "metrics", "params", "params", "tags"]))
    values, signs = FIELDS[group]
    grouped = group in ("metrics", "params", "tags")
    field = (group, draw(st.sampled_from(KEYS))) if grouped else (group,)
    textual = group in ("params", "tags", "run_name", "description")
    kinds = ["sign", "sign", "sign", "null", "in"]
    kinds += ["like"] * textual + ["between"] * (group != "state")
    match draw(st.sampled_from(kinds)):
        case "null":
            return ("null", field)
        case "in":
            return ("in", field, draw(st.lists(values, min_size=1, max_size=3)))
        case "between":
            pair = [draw(values.filter(lambda v: not isinstance(v, bool))) for _ in "ab"]
            return ("between", field, *pair)
        case "like":
            pattern = "".join(
                draw(st.lists(st.sampled_from(["%", "_", "a", "1", "A", "'"]), max_size=4))
            )
            return (draw(st.sampled_from(["like", "ilike"])), field, pattern)
        case _:
            sign = draw(st.sampled_from(signs))
            orders = sign not in ("=", "!=")
            value = draw(values.filter(lambda v: not (orders and isinstance(v, bool))))
            return (sign, field, value)


conditions = st.recursive(
    comparisons(),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=4)),
        st.tuples(st.just("not"), inner),
    ),
    max_leaves=8,
)


def written(condition: tuple[Any, ...], draw: random.Random) -> str:
    """A condition in the filter language, in one of the many spellings."""

    def any_case(word: str) -> str:
        return draw.choice([word, word.upper(), word.capitalize()])

    def quoted(text: str, quotes: str) -> str:
        quote = draw.choice(quotes)
        return quote + text.replace(quote, quote * 2) + quote

    def name(field: tuple[str, ...]) -> str:
        group, *key = field
        if not key:
            return draw.choice(["", "attributes.", "run."]) + group
        group = draw.choice([group, group[:-1]])
        plain = re.fullmatch(r"[\w./-]+", key[0]) and draw.random() < 0.5
        return f"{group}.{key[0] if plain else quoted(key[0], QUOTES_OF_NAMES)}"

    def value(item: Any) -> str:
        if isinstance(item, bool):
            return any_case(str(item).lower())
        if not isinstance(item, str):
            return repr(item)
        if item in STATES and draw.random() < 0.5:
            return item
        return quoted(item, "'\"")

    def joined(word: str, parts: list[tuple[Any, ...]]) -> str:
        return f" {any_case(word)} ".join(
            f"({text})" if draw.random() < 0.3 or part[0] in ("and", "or") else text
            for part in parts
            for text in [written(part, draw)]
        )

    match condition:
        case ("and" | "or" as word, parts):
            return joined(word, parts)
        case ("not", inner):
            return f"{any_case('not')} ({written(inner, draw)})"
        case ("null", field):
            return f"{name(field)} {any_case('is')} {any_case('null')}"
        case ("in", field, items):
            return f"{name(field)} {any_case('in')} ({', '.join(map(value, items))})"
        case ("between", field, low, high):
            return (
                f"{name(field)} {any_case('between')} {value(low)} {any_case('and')} {value(high)}"
            )
        case ("like" | "ilike" as word, field, pattern):
            return f"{name(field)} {any_case(word)} {value(pattern)}"
        case (sign, field, item):
            sign = draw.choice({"=": ["=", "=="], "!=": ["!=", "<>"]}.get(sign, [sign]))
            space = draw.choice(["", " ", "  "])
            return f"{name(field)}{space}{sign}{space}{value(item)}"
    raise AssertionError(condition)


def holds(condition: tuple[Any, ...], run: dict[str, Any]) -> bool:
    """What the rules say of a run."""
    match condition:
        case ("and", parts):
            return all(holds(part, run) for part in parts)
        case ("or", parts):
            return any(holds(part, run) for part in parts)
        case ("not", inner):
            return not holds(inner, run)
    word, field, *values = condition
    present = look_up(run, field)
    match word:
        case "null":
            return present is None
        case "in":
            return present is not None and any(equal(field, present, value) for value in values[0])
        case "between":
            return present is not None and all(
                in_order(field, present, sign, value)
                for sign, value in zip((">=", "<="), values, strict=True)
            )
        case "like":
            return present is not None and like(str(present), values[0])
        case "ilike":
            return present is not None and like(str(present).lower(), values[0].lower())
        case "=":
            return present is not None and equal(field, present, values[0])
        case "!=":
            return present is not None and not equal(field, present, values[0])
    return present is not None and in_order(field, present, word, values[0])


def look_up(run: dict[str, Any], field: tuple[str, ...]) -> Any:
    if field == ("duration",):
        end = run.get("end_time")
        return None if end is None else (end - run["start_time"]) / 1000
    value: Any = run
    for key in field:
        value = value.get(key, {} if key != field[-1] else None)
    return value


def number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def equal(field: tuple[str, ...], present: Any, wanted: Any) -> bool:
    if field[0] not in ("params", "tags"):
        return present == wanted or (present != present and wanted != wanted)
    if isinstance(present, str) and isinstance(wanted, str):
        return present == wanted
    if isinstance(present, bool) or isinstance(wanted, bool):
        spelt = isinstance(present, (bool, str)) and isinstance(wanted, (bool, str))
        return spelt and str(present).lower() == str(wanted).lower()
    a, b = number(present), number(wanted)
    if a is None or b is None:
        return str(present) == wanted
    return a == b or (a != a and b != b)


def in_order(field: tuple[str, ...], present: Any, sign: str, wanted: Any) -> bool:
    compare: Callable[[Any, Any], bool] = {
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }[sign]
    if isinstance(present, str) and isinstance(wanted, str):
        return compare(present, wanted)
    a, b = number(present), number(wanted)
    return a is not None and b is not None and compare(a, b)


def like(text: str, pattern: str) -> bool:
    if pattern[:1] == "%":
        return like(text, pattern[1:]) or (text != "" and like(text[1:], pattern))
    if pattern == "" or text == "":
        return text == pattern
    return pattern[0] in ("_", text[0]) and like(text[1:], pattern[1:])


@settings(max_examples=10 * settings().max_examples)
@given(conditions, st.lists(runs, min_size=1, max_size=4), st.integers(0, 2**32))
def test_parse_filter_says_what_was_written(
    condition: tuple[Any, ...], runs: list[dict[str, Any]], seed: int
) -> None:
    text = written(condition, random.Random(seed))
    query = parse_filter(text, now=NOW)
    assert query is not None
    found = [run for run in runs if query(run)]
    assert found == [run for run in runs if holds(condition, run)], text

    narrowed = narrow(query, {"run_number": "num"}) or "1"
    with closing(sqlite3.connect(":memory:")) as connection:
        for run in found:
            row = (run["run_number"], encode_body(run))
            sql = f"SELECT 1 FROM (SELECT ? AS num, ? AS body) WHERE {narrowed}"
            assert connection.execute(sql, row).fetchone() == (1,), (text, narrowed)


# -- fields---


def test_find_field_knows_names_and_short_names() -> None:
    assert find_field("metrics.a.b", ()) == Field(("metrics", "a.b"), Kind.NUMBER)
    assert find_field("Tag.user", ()) == Field(("tags", "user"), Kind.LOOSE)
    assert find_field("run.Status", ()) == find_field("state", ()) == Field(("state",), Kind.STATE)
    assert find_field("attributes.created", ()).name == "start_time"


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("acc", "metrics.acc or params.acc"),
        ("ac", "metrics.acc"),
        ("metrics_acc", "metrics.acc"),
        ("metrcs.lr", "metrics.lr"),
        ("experimnt", "experiment"),
        ("run.stat", "state"),
        ("dataset.name", "data.name"),
    ],
)
def test_find_field_suggests_what_may_be_meant(text: str, suggestion: str) -> None:
    with pytest.raises(InvalidInput, match=suggestion):
        find_field(text, ["metrics.acc", "params.acc"])


# -- patterns-


@given(st.text("ab%_\n", max_size=8), st.text("ab\n", max_size=8))
def test_is_like_matches_like_sql(pattern: str, text: str) -> None:
    query = is_like(Field(("name",), Kind.TEXT), pattern, ignore_case=False)
    assert query({"name": text}) == like(text, pattern)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("%a" * 300 + "b", "a" * 6000),
        ("a%" * 300 + "b", "a" * 6000),
        ("%" * 6000 + "b", "a" * 6000),
        ("%a_a_a_a" * 50 + "%b", "a" * 6000),
        ("_%" * 2000, "a" * 1999),
    ],
)
def test_is_like_takes_no_longer_than_the_text_is_long(pattern: str, text: str) -> None:
    query = is_like(Field(("name",), Kind.TEXT), pattern, ignore_case=False)
    start = time.perf_counter()
    assert not query({"name": text})
    assert time.perf_counter() - start < 2
