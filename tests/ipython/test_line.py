from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.error import UsageError

from cellbook.ipython.magics.line import Line, Values


def values_of(text: str, *, strict: bool = False, **names: Any) -> dict[str, Any]:
    line = Line("%track_run", text)
    return Values(line, names, strict=strict).assigned(line.words())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("lr=0.01", 0.01),
        ("lr=-1e-3", -1e-3),
        ("n=1_000", 1000),
        ("ok=True", True),
        ("nothing=None", None),
        ("layers=[64, 64]", [64, 64]),
        ("shape=(3, 4)", (3, 4)),
        ('sizes={"a": 1, "b": [2, 3]}', {"a": 1, "b": [2, 3]}),
        ("empty={}", {}),
        ('name="two words"', "two words"),
        ("name='don\"t'", 'don"t'),
        ('number="5"', "5"),
        ("optimizer=adam", "adam"),
        ("date=2026-01-01", "2026-01-01"),
        ("url=https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("path=data/train.csv", "data/train.csv"),
        ("model=resnet-50", "resnet-50"),
        ("version=007", "007"),
        ("rate={lr}", 0.5),
        ("rate=lr", 0.5),
        ("twice={lr * 2}", 1.0),
        ("pair={lr, 1}", (0.5, 1)),
        ('first={cfg["lr"]}', 3),
        ('all={{"lr": lr}}', {"lr": 0.5}),
        ("name=net-{lr:.2f}", "net-0.50"),
        ('quoted="{lr}"', "{lr}"),
        ('"a key"=1', 1),
        ("infinite=inf", math.inf),
        ("infinite=-inf", -math.inf),
    ],
)
def test_value_is_what_was_meant(written: str, meant: Any) -> None:
    (value,) = values_of(written, lr=0.5, cfg={"lr": 3}).values()
    assert value == meant
    assert type(value) is type(meant)


def test_value_reads_nan_but_a_variable_of_that_name_wins() -> None:
    assert math.isnan(values_of("loss=nan")["loss"])
    assert values_of("loss=nan", nan=3)["loss"] == 3


@pytest.mark.parametrize(
    ("written", "message", "place"),
    [
        ("net lr=[1, 2", "`[` has no `]`", 7),
        ("lr=(1 (2)", "`(` has no `)`", 3),
        ("net 'half quoted", "This quote is not closed", 4),
        ("lr= 0.1", "`lr=` has no value", 3),
        ("lr=x*2", "Is `x*2` text or a value?", 3),
        ("path=x/y.csv", 'path="x/y.csv" or path={x/y.csv}', 5),
        ("lr={y}", "NameError", 4),
        ("lr={1/0}", "ZeroDivisionError", 4),
        ("lr={x +}", "no Python", 3),
        ("layers=[a, b]", 'layers="[a, b]" or layers={[a, b]}', 7),
        ("layers=[1 2]", "no Python literal", 7),
        ("name=net-{x", "`{` has no `}`", 9),
    ],
)
def test_mistake_is_pointed_at(written: str, message: str, place: int) -> None:
    with pytest.raises(UsageError) as caught:
        values_of(" ".join(word for word in [written] if word), x=4)
    lines = str(caught.value).splitlines()
    assert message in lines[0]
    assert lines[1] == f"  %track_run {written}"
    assert lines[2].index("^") - len("  %track_run ") == place


def test_strict_values_refuse_unknown_words() -> None:
    with pytest.raises(UsageError, match="There is no variable `los`"):
        values_of("loss=los", strict=True)
    with pytest.raises(UsageError, match="text or a value"):
        values_of("loss=total/count", strict=True)


def test_words_end_at_a_lone_hash_only() -> None:
    assert Line("%compare", "#11 '#12' # the last two").words() == ["#11", "#12"]


def test_words_tell_names_from_assignments() -> None:
    words = Line("%track_run", 'wide "net two" lr=0.1 a="b=c" --notes "x=1 y"').words()
    assert [(word, word.key) for word in words] == [
        ("wide", ""),
        ("net two", ""),
        ("lr=0.1", "lr"),
        ("a=b=c", "a"),
        ("--notes", ""),
        ("x=1 y", ""),
    ]


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=6,
    )
)
def test_any_literal_reads_back(value: Any) -> None:
    assert values_of(f"key={value!r}") == {"key": value}


@given(st.text())
def test_any_line_is_read_or_refused(text: str) -> None:
    line = Line("%track_run", text)
    try:
        words = line.words()
        Values(line, {}).assigned([word for word in words if word.key])
    except UsageError:
        return
    assert all(word.raw in text for word in words)


def test_local_names_win_over_global_ones() -> None:
    line = Line("%log", "loss=x")
    assert Values(line, {"x": 1}, {"x": 2}).assigned(line.words()) == {"loss": 2}
