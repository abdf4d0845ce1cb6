"""Texts that name things of one process are the same text."""

from __future__ import annotations

import pytest

from cellbook.reproducing.moments import Moments
from cellbook.reproducing.outputs import Match, Texts

RAN = Moments([(0, 10_000)])


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        ("<A object at 0x7f00aa11>", "<A object at 0x7f00bb22>", Match.SAME),
        ("sha 0x7f00aa11", "sha 0x7f00bb22", Match.DIFFERS),
        ("/tmp/ipykernel_1/9.py:3: W", "/var/ipykernel_22/9.py:3: W", Match.SAME),
        ("/tmp/ipykernel_1/9.py:3: W", "/tmp/ipykernel_1/8.py:3: W", Match.DIFFERS),
        ("/a/site-packages/x.py:3: W", "/b/c/site-packages/x.py:3: W", Match.SAME),
        ("in /tmp/tmpab12cd34/x", "in /tmp/tmpzz12cd34/x", Match.SAME),
        ("took 3 s, 0.5", "took 4 s, 0.5", Match.TIMES),
        ("took 3 s, 0.5", "took 4 s, 0.50001", Match.WITHIN),
        ("took 3 s, 0.5", "took 4 s, 0.6", Match.DIFFERS),
    ],
)
def test_texts_match(one: str, other: str, match: Match) -> None:
    assert Texts(RAN, RAN, 0.01).match(one, other) is match


def test_difference_is_said_by_what_is_no_time() -> None:
    found = Texts(RAN, RAN).difference("output", "cell [1]", "3 s\n0.5", "4 s\n0.6")
    assert found is not None
    assert (found.was, found.now) == ("0.5", "0.6")
