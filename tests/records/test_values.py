from __future__ import annotations

import decimal
import enum
import json
import math
from datetime import UTC, datetime
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import InvalidInput, InvalidMetric
from cellbook.records import (
    as_metric,
    as_param,
    as_step,
    as_text,
    as_timestamp,
    check_context,
    check_metric_name,
    check_name,
)
from cellbook.records.values import NAME_LIMIT

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


class Colour(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    HIGH = 3


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no words")


class TensorLike:
    """What torch's scalars look like from outside: no registered number, but ``item()``."""

    shape = ()

    def __init__(self, value: object) -> None:
        self.value = value

    def item(self) -> object:
        return self.value

    def __float__(self) -> float:
        return float(self.value)  # type: ignore[arg-type]


# --- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["lr", "val/acc", "Größe", "学習率", "a b", "🙂", "x" * NAME_LIMIT]
)
def test_check_name_keeps_printable_text(name: str) -> None:
    assert check_name(name, "param") == name


@pytest.mark.parametrize(
    ("key", "name"),
    [(3, "3"), (("a", 1), "('a', 1)"), (None, "None"), (Colour.RED, "Colour.RED"), (1.5, "1.5")],
)
def test_check_name_makes_text_of_other_keys(key: object, name: str) -> None:
    assert check_name(key, "param") == name


@pytest.mark.parametrize(
    "name", ["", "  ", "\t", "a\nb", "a\x00b", "\x1b[31m", "\u2028", "\ud800", "x" * 251]
)
def test_check_name_refuses_with_the_mend(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"metric.*(Give|Use|Shorten)") as caught:
        check_name(name, "metric")
    assert isinstance(caught.value, ValueError)
    assert str(caught.value).isprintable()


@given(st.text())
def test_check_name_returns_the_name_or_refuses(name: str) -> None:
    try:
        assert check_name(name, "tag") == name
    except InvalidInput:
        assert not name.strip() or len(name) > NAME_LIMIT or not name.isprintable()


# --- params --------------------------------------------------------------------------------------


@given(plain)
def test_as_param_keeps_json_as_it_is(value: object) -> None:
    kept = as_param(value)
    assert kept == value
    assert json.loads(json.dumps(kept)) == value


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (np.float32(0.5), 0.5),
        (np.float64(0.1), 0.1),
        (np.int8(-3), -3),
        (np.uint64(2**63), 2**63),
        (np.bool_(True), True),
        (np.str_("adam"), "adam"),
        (np.array(7), 7),
        (np.array(2.5), 2.5),
        (TensorLike(0.25), 0.25),
        (Fraction(1, 4), 0.25),
        (Level.HIGH, 3),
        ((1, (2, 3)), [1, [2, 3]]),
        ({1: {"a": np.int64(2)}}, {"1": {"a": 2}}),
    ],
)
def test_as_param_turns_scalars_into_python(value: object, kept: object) -> None:
    result = as_param(value)
    assert result == kept
    assert type(result) is type(kept)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (Colour.RED, "<Colour.RED: 1>"),
        (decimal.Decimal("0.1"), "Decimal('0.1')"),
        (b"raw", "b'raw'"),
        (1 + 2j, "(1+2j)"),
        (np.array([1, 2]), "array([1, 2])"),
        (pd.Timestamp("2026-11-24"), "Timestamp('2026-11-24 00:00:00')"),
        (Unprintable(), "<Unprintable whose repr raised RuntimeError>"),
    ],
)
def test_as_param_describes_what_is_no_json(value: object, kept: str) -> None:
    assert as_param(value) == kept


def test_as_param_ends_on_a_list_that_holds_itself() -> None:
    endless: list[object] = [1]
    endless.append(endless)
    json.dumps(as_param(endless))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_as_param_keeps_floats_that_are_no_numbers(value: float) -> None:
    assert str(as_param(value)) == str(value)


# --- metrics -------------------------------------------------------------------------------------


@given(st.floats())
def test_as_metric_keeps_every_float(value: float) -> None:
    assert np.float64(as_metric(value)).tobytes() == np.float64(value).tobytes()


@given(
    st.floats(width=16, allow_nan=False),
    st.sampled_from([np.float16, np.float32, np.float64, np.array, pd.Series, TensorLike]),
)
def test_as_metric_takes_scalars_of_other_libraries(value: float, wrap: type) -> None:
    if wrap is pd.Series:
        assert as_metric(pd.Series([value]).mean()) == value
    else:
        assert as_metric(wrap(value)) == value


@given(st.integers())
def test_as_metric_takes_every_integer(value: int) -> None:
    number = as_metric(value)
    assert math.isinf(number) or number == float(value)
    assert type(number) is float


@pytest.mark.parametrize(
    ("value", "number"), [(True, 1.0), (Fraction(1, 2), 0.5), (10**400, math.inf)]
)
def test_as_metric_takes_odd_numbers(value: object, number: float) -> None:
    assert as_metric(value) == number


def test_as_metric_takes_negative_beyond_floats() -> None:
    assert as_metric(-(10**400)) == -math.inf


@pytest.mark.parametrize(
    "value", ["0.9", b"1", None, 1j, [0.9], {}, np.array([1.0, 2.0]), np.array([1j]), object()]
)
def test_as_metric_refuses_what_is_not_one_number(value: object) -> None:
    with pytest.raises(InvalidMetric, match=r"metric 'acc'.*(Log|Reduce)") as caught:
        as_metric(value, "acc")
    assert isinstance(caught.value, TypeError)


# --- steps and texts -----------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [int, np.int64, np.array])
@given(step=st.integers(min_value=-(2**63), max_value=2**63 - 1))
def test_as_step_takes_whole_numbers(wrap: type, step: int) -> None:
    assert as_step(wrap(step)) == step
    assert type(as_step(wrap(step))) is int


@pytest.mark.parametrize(
    "step", [0.5, math.nan, math.inf, "3", None, 2**63, -(2**63) - 1, [1], np.array([1, 2]), 1j]
)
def test_as_step_refuses_other_values(step: object) -> None:
    with pytest.raises(InvalidMetric, match=r"step of metric 'loss'.*whole number"):
        as_step(step, "loss")


def test_as_step_takes_a_whole_float() -> None:
    assert as_step(3.0) == 3


@pytest.mark.parametrize(("value", "text"), [("a", "a"), (1, "1"), (None, "None"), (True, "True")])
def test_as_text_makes_text(value: object, text: str) -> None:
    assert as_text(value) == text


# --- whatever somebody hands over ----------------------------------------------------------------


class Hostile:
    """Raises whatever is asked of it."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError("nothing here")

    @property
    def __class__(self) -> type:  # type: ignore[override]
        raise RuntimeError("no class")

    def __repr__(self) -> str:
        raise RuntimeError("no words")

    __str__ = __float__ = __int__ = __len__ = __iter__ = __repr__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("not comparable")

    def __hash__(self) -> int:
        return 1


class HoldsItself:
    size = 1
    shape = ()

    def item(self) -> object:
        return self


@pytest.mark.parametrize("kind", [Hostile, HoldsItself])
def test_odd_objects_are_described_as_params_and_refused_as_metrics(kind: type) -> None:
    value = kind()
    assert isinstance(as_param(value), str)
    assert isinstance(as_param([{"a": value}]), list)
    assert isinstance(as_text(value), str)
    with pytest.raises(InvalidMetric) as caught:
        as_metric(value, "m")
    assert "\n" not in str(caught.value)
    with pytest.raises(InvalidInput):
        as_step(value, "m")
    with pytest.raises(InvalidInput):
        as_timestamp(value)


@pytest.mark.parametrize("value", ["caf\udce9.csv", ["\udce9"], {"\udce9": 1}, np.str_("\udce9")])
def test_half_a_surrogate_pair_is_escaped(value: object) -> None:
    json.dumps(as_param(value), ensure_ascii=False).encode()
    assert "\\udce9" in str(as_param(value))
    as_text(value).encode()


@pytest.mark.parametrize(
    "timestamp", [10**30, -(10**30), datetime.min, "now", None, math.nan, math.inf, [1]]
)
def test_as_timestamp_refuses_what_is_no_time(timestamp: object) -> None:
    with pytest.raises(InvalidInput, match="is no time"):
        as_timestamp(timestamp)


def test_as_timestamp_takes_milliseconds_and_datetimes() -> None:
    assert as_timestamp(5.0) == 5
    assert as_timestamp(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)) == 1000


@pytest.mark.parametrize("name", ["loss{split=val}", "{", "a}"])
def test_a_metric_is_not_named_as_one_with_a_context(name: str) -> None:
    with pytest.raises(InvalidInput, match="context="):
        check_metric_name(name)


@pytest.mark.parametrize("context", ["val", ["a"], 5, {"a": "x" * 251}, {"a": "b\nc"}, {"": 1}])
def test_check_context_refuses(context: object) -> None:
    with pytest.raises(InvalidInput):
        check_context(context)


def test_check_context_sorts() -> None:
    assert check_context({"b": 1, "a": "val"}) == (("a", "val"), ("b", "1"))
