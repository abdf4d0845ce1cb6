from __future__ import annotations

import datetime
import decimal
import enum
import json
import math
import sys
from collections import OrderedDict
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cellbook.errors import InvalidInput, MissingDependency
from cellbook.tracking.media import encode_dict, encode_html, encode_text

plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


class Colour(enum.Enum):
    RED = 1


def without_nan(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, list):
        return [without_nan(item) for item in value]
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    return value


def refuse_constant(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def read(data: bytes) -> Any:
    return json.loads(data, parse_constant=refuse_constant)


# --- text ----------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_encode_text_keeps_every_character(text: str) -> None:
    encoded = encode_text(text, "notes")
    assert encoded.data.decode() == text
    assert encoded.meta == {"characters": len(text)}


@pytest.mark.parametrize(
    ("name", "path", "media_type"),
    [
        ("notes", "notes.txt", "text/plain"),
        ("acc_0.95", "acc_0.95.txt", "text/plain"),
        ("README.md", "README.md", "text/markdown"),
        ("net.prototxt", "net.prototxt", "text/plain"),
        ("train.log", "train.log", "text/plain"),
        ("a.json", "a.json", "application/json"),
        ("page.html", "page.html", "text/html"),
        ("drawing.svg", "drawing.svg", "image/svg+xml"),
        ("query.sql", "query.sql", "application/sql"),
        ("a.png", "a.png", "text/plain"),
    ],
)
def test_encode_text_goes_by_the_extension(name: str, path: str, media_type: str) -> None:
    encoded = encode_text("x", name)
    assert (encoded.path, encoded.media_type, encoded.kind) == (path, media_type, "text")


@pytest.mark.parametrize("text", [b"raw", None, 3, ["a"]])
def test_encode_text_refuses_what_is_no_text(text: Any) -> None:
    with pytest.raises(InvalidInput, match=r"'a\.txt' is a \w+\. Give a str"):
        encode_text(text, "a.txt")


def test_encode_text_refuses_half_a_character() -> None:
    with pytest.raises(InvalidInput, match=r"surrogate pair at character 2.*Escape it"):
        encode_text("ab\ud800", "a.txt")


# --- HTML ----------------------------------------------------------------------------------------


def test_encode_html_keeps_a_page(tmp_path: Path) -> None:
    page = "<h1>Größe</h1>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")

    class Shown:
        def _repr_html_(self) -> str:
            return page

    for html in (page, tmp_path / "page.html", Shown()):
        encoded = encode_html(html, "report")
        assert encoded.data.decode() == page
        assert (encoded.path, encoded.media_type, encoded.kind) == (
            "report.html",
            "text/html",
            "html",
        )


def test_encode_html_takes_a_frame() -> None:
    assert b"<table" in encode_html(pd.DataFrame({"a": [1]}), "a.htm").data


@pytest.mark.parametrize("html", [b"<p>", None, 3, pd.DataFrame])
def test_encode_html_refuses_what_is_no_page(html: Any) -> None:
    with pytest.raises(InvalidInput, match=r"'a\.html' is a \w+\. Give HTML text"):
        encode_html(html, "a.html")


def test_encode_html_refuses_other_types_of_file() -> None:
    with pytest.raises(InvalidInput, match=r"HTML cannot be written as \.pdf"):
        encode_html("<p>", "a.pdf")


# --- dictionaries --------------------------------------------------------------------------------


@given(st.dictionaries(st.text(), plain_values) | st.lists(plain_values))
def test_encode_dict_writes_strict_json(value: Any) -> None:
    encoded = encode_dict(value, "config")
    assert read(encoded.data) == without_nan(value)
    assert (encoded.path, encoded.media_type, encoded.kind) == (
        "config.json",
        "application/json",
        "dict",
    )
    assert encode_dict(value, "config") == encoded


@given(st.dictionaries(st.text(), plain_values))
def test_encode_dict_writes_yaml(value: dict[str, Any]) -> None:
    data = encode_dict(value, "config.yaml").data
    assert without_nan(yaml.safe_load(data)) == without_nan(value)


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "a.YML"])
def test_encode_dict_knows_both_endings_of_yaml(name: str) -> None:
    encoded = encode_dict({"lr": 0.1, "größe": [1, 2]}, name)
    assert encoded.data.decode() == "lr: 0.1\ngröße:\n- 1\n- 2\n"
    assert (encoded.path, encoded.media_type) == (name, "application/yaml")


def test_encode_dict_is_pleasant_to_read() -> None:
    assert encode_dict({"b": 1, "ä": [1.5]}, "a").data.decode() == (
        '{\n  "b": 1,\n  "ä": [\n    1.5\n  ]\n}'
    )


def test_encode_dict_keeps_infinity_without_touching_text() -> None:
    value = {"Infinity": [math.inf, -math.inf, math.nan, 'the "NaN" \\', "-Infinity"]}
    data = encode_dict(value, "a").data
    assert b"1e999" in data
    assert read(data) == {"Infinity": [math.inf, -math.inf, None, 'the "NaN" \\', "-Infinity"]}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array(2.5), 2.5),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        (np.array(["a", "b"]), ["a", "b"]),
        (np.array([np.nan, np.inf]), [None, math.inf]),
        (np.array(["2026-11-24T12:00"], dtype="M8[ns]"), ["2026-11-24T12:00:00.000000000"]),
        (np.datetime64("2026-11-24"), "2026-11-24"),
        (np.array([1 + 2j]), ["(1+2j)"]),
        (pd.Series([1, 2]), [1, 2]),
        (pd.Timestamp("2026-11-24 12:00"), "2026-11-24T12:00:00"),
        (pd.NaT, None),
        (datetime.date(2026, 11, 24), "2026-11-24"),
        (datetime.timedelta(seconds=1), "datetime.timedelta(seconds=1)"),
        (pd.Timedelta(seconds=1), "P0DT0H0M1S"),
        (decimal.Decimal("0.10"), "0.10"),
        ((1, 2), [1, 2]),
        ({3, 1, 2}, [1, 2, 3]),
        (frozenset("ba"), ["a", "b"]),
        (range(2), "range(0, 2)"),
        (Colour.RED, "<Colour.RED: 1>"),
        (b"raw", "b'raw'"),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        ({1: "one", None: 0, ("a", 1): 2}, {"1": "one", "None": 0, "('a', 1)": 2}),
        (2**64, 2**64),
        (len, "<built-in function len>"),
    ],
)
def test_encode_dict_makes_json_of_other_values(value: object, kept: object) -> None:
    assert read(encode_dict({"value": value}, "a").data) == {"value": kept}


def test_encode_dict_keeps_numbers_too_long_for_digits() -> None:
    # Python neither writes nor reads more than 4,300 decimal digits of an integer.
    assert read(encode_dict([10**5000], "a").data) == [hex(10**5000)]


def test_encode_dict_ends_on_what_holds_itself() -> None:
    endless: list[object] = [1]
    endless += [endless, {"again": endless}]
    itself = "<list that holds itself>"
    assert read(encode_dict(endless, "a").data) == [1, itself, {"again": itself}]


def test_encode_dict_ends_on_what_is_too_deep() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    read(encode_dict(deep, "a").data)


def test_encode_dict_keeps_one_object_in_two_places() -> None:
    shared = [1]
    assert read(encode_dict({"a": shared, "b": shared}, "a").data) == {"a": [1], "b": [1]}


@pytest.mark.parametrize("value", ["text", 3, None, {1}, object()])
def test_encode_dict_refuses_what_is_no_dictionary(value: Any) -> None:
    with pytest.raises(InvalidInput, match=r"'a\.json' is a \w+\. Give a dict or a list"):
        encode_dict(value, "a")


def test_encode_dict_names_the_extra_without_yaml(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(MissingDependency, match=r"needs PyYAML.*cellbook\[media\]"):
        encode_dict({}, "a.yaml")
