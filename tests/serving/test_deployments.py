"""Deployments: changed, taken back, read and written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cellbook.errors import InvalidInput, NotFound
from cellbook.records.deployment import Arm, Deployment, Strategy
from cellbook.serving import (
    canary,
    promote,
    read_deployment,
    rollback,
    shadow,
    single,
    split,
    write_deployment,
)
from cellbook.serving.deployments import check

WINE = single("wine", "models:/wine/1")


def test_a_canary_grows_and_is_promoted() -> None:
    few = canary(WINE, "models:/wine/2", 5)
    assert few.strategy is Strategy.CANARY
    assert [(arm.name, arm.weight) for arm in few.arms] == [("champion", 95.0), ("canary", 5.0)]
    more = canary(few, "models:/wine/2", 50)
    assert [arm.weight for arm in more.arms] == [50.0, 50.0]
    done = promote(more, "canary")
    assert [(arm.name, arm.model) for arm in done.arms] == [("champion", "models:/wine/2")]
    assert len(done.past) == 3


def test_what_was_comes_back() -> None:
    changed = shadow(split(WINE, {"b": "m:2"}, {"b": 3}), "m:3", share=0.5)
    assert [arm.name for arm in changed.arms] == ["champion", "challenger"]
    again = rollback(changed)
    assert again.strategy is Strategy.SPLIT
    assert [arm.weight for arm in again.arms] == [1.0, 3.0]
    assert rollback(again) == WINE
    with pytest.raises(NotFound, match="always been"):
        rollback(WINE)


@pytest.mark.parametrize("percent", [-1, 101, float("nan")])
def test_no_percentage(percent: float) -> None:
    with pytest.raises(InvalidInput, match="percent"):
        canary(WINE, "m", percent)


def test_what_cannot_be_served() -> None:
    for arms, words in (
        ((Arm("a b", "m"),), "names no endpoint or arm"),
        ((Arm("a", "m"), Arm("a", "m")), "one name"),
        ((Arm("a", "m", -1.0),), "Give 0 or more"),
        ((Arm("a", "m"), Arm("b", "m", 2.0, shadow=True)), "Give 0 to 1"),
        ((Arm("a", ""),), "no model"),
        ((Arm("a", "m", 0.0), Arm("b", "m", shadow=True)), "No arm answers"),
        ((), "No arm answers"),
        ((Arm("a", "m", 1e308), Arm("b", "m", 1e308)), "too large"),
    ):
        with pytest.raises(InvalidInput, match=words):
            check(Deployment("e", arms))
    with pytest.raises(NotFound, match="It has champion"):
        promote(WINE, "nobody")
    with pytest.raises(InvalidInput, match="no arm 'c'"):
        split(WINE, {"b": "m"}, {"c": 1.0})


def test_files(tmp_path: Path) -> None:
    file = tmp_path / "wine.json"
    changed = canary(WINE, "models:/wine/2", 5)
    write_deployment(changed, file)
    assert read_deployment(file) == changed
    assert [path.name for path in tmp_path.iterdir()] == ["wine.json"]
    for text, words in (
        ("{", "is no deployment"),
        ("[]", "deployment"),
        ('{"name": "e"}', "arms"),
        ('{"name": "e", "arms": [{"name": 5, "model": "m"}]}', "name"),
        (json.dumps({"name": "e", "arms": [{"name": "a", "model": "m", "weight": "x"}]}), "weight"),
        ("[" * 100_000, "is no deployment"),
        ('{"name": "e", "arms": [{"name": "a", "model": "m", "wieght": 5}]}', "no 'wieght'"),
        ('{"name": "e", "name": "f", "arms": []}', "wine.json: An object has 'name' twice"),
        (
            '{"name": "e", "arms": [{"name": "a", "model": "m", "weight": 5, "weight": 1}]}',
            "'weight' twice. Leave one out",
        ),
        ('{"name": "e", "sallt": "x", "arms": []}', "no 'sallt'. It has name, arms"),
    ):
        file.write_text(text)
        with pytest.raises(InvalidInput, match=words):
            read_deployment(file)
    write_deployment(changed, file)
    for encoding in ("utf-8-sig", "utf-16"):  # As Windows' tools write.
        marked = tmp_path / "marked.json"
        marked.write_text(file.read_text(), encoding=encoding)
        assert read_deployment(marked) == changed
    with pytest.raises(NotFound, match="deploy new"):
        read_deployment(tmp_path / "none.json")
