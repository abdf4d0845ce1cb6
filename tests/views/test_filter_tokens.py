from __future__ import annotations

import math

import pytest

from cellbook.errors import QuerySyntaxError
from cellbook.views.filter_tokens import number_in, tokenize


def test_tokenize_tells_words_names_and_texts_apart() -> None:
    found = [(token.kind, token.text) for token in tokenize("metrics.`a``b`<>'it''s' AND(#12)")]
    assert found == [
        ("name", "metrics.a`b"),
        ("operator", "!="),
        ("text", "it's"),
        ("word", "AND"),
        ("operator", "("),
        ("number", "12"),
        ("operator", ")"),
        ("end", ""),
    ]


def test_tokenize_says_where_each_word_stands() -> None:
    query = "  tags.\"x y\"  =\n 'z'"
    assert [token.position for token in tokenize(query)] == [2, 14, 17, 20]


def test_tokenize_takes_keywords_in_any_case_but_not_in_quotes() -> None:
    assert [token.keyword for token in tokenize("Not `not` 'not' nothing")] == [
        "not",
        "",
        "",
        "",
        "",
    ]


@pytest.mark.parametrize(
    "query", ["a = 'b", "`a = 1", 'tags."a = 1', "a & b", "a = {1}", "#", "ä = “b”"]
)
def test_tokenize_points_at_what_begins_no_word(query: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        tokenize(query)
    assert query[caught.value.position] in "'`\"&{#“"


def test_number_in_reads_numbers_only() -> None:
    assert [number_in(text) for text in ("1", "-1.5", "+.5", "1.", "1e-3")] == [
        1,
        -1.5,
        0.5,
        1.0,
        1e-3,
    ]
    assert type(number_in("7")) is int
    assert number_in("9" * 30) == int("9" * 30)
    assert number_in("9" * 5000) == number_in("Infinity") == number_in("inf") == math.inf
    assert math.isnan(number_in("NaN") or 0)
    for text in ("", " 1", "1 ", "1_000", "1e", ".", "0x1", "１", "1,5", "--1", "infinite"):
        assert number_in(text) is None
