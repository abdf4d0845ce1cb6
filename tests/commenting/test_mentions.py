from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.commenting import find_mentions
from cellbook.commenting.mentions import as_known
from cellbook.views.markdown import render


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ada, what of @grace.hopper and @ada?", ("ada", "grace.hopper")),
        ("**@ada**: (@grace) > @alan", ("ada", "grace", "alan")),
        ("mail ada@example.org or see a/@b", ()),
        ("@ada@example.org.", ("ada@example.org",)),
        ("`@ada` and\n\n```\n@grace\n```\n\n    @alan", ()),
        ("> - @ada", ("ada",)),
        ("|a|\n|-|\n|@ada|", ("ada",)),
        ("@ @- \\@", ()),
        ("", ()),
    ],
)
def test_names_in_text_but_not_in_code(text: str, names: tuple[str, ...]) -> None:
    assert find_mentions(text) == names


@given(st.text("@ad. `*>\n-", max_size=40))
def test_who_is_mentioned_is_shown_as_mentioned(text: str) -> None:
    html = render(text)
    for name in find_mentions(text):
        assert f'data-mention="{name}"' in html


def test_names_are_written_as_their_owners_do() -> None:
    assert as_known(["Ada", "ADA", "new"], ["ada", "Grace"]) == ("ada", "new")
    assert as_known(["Ada"], ["ada", "Ada"]) == ("Ada",)
