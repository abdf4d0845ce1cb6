"""An endpoint beside a process: changed while it answers, and looked at."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from cellbook.errors import NotFound
from cellbook.records.deployment import Strategy
from cellbook.serving import Settings, canary, shadow, single, write_deployment
from cellbook.serving.beside import Beside
from tests.serving.bundles import IRIS, Client, iris_bundle
from tests.serving.test_server import eventually


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("bundles")
    iris_bundle(folder / "first")
    iris_bundle(folder / "second", strength=0.01)
    return folder / "first", folder / "second"


@pytest.fixture
def beside(bundles: tuple[Path, Path]) -> Iterator[Beside]:
    made = Beside(bundles[0], Settings(port=0, poll=0.1), name="flowers")
    made.server.wait()
    yield made
    made.stop()


def test_a_canary_joins_and_goes_at_the_same_address(
    beside: Beside, bundles: tuple[Path, Path]
) -> None:
    url = beside.server.url
    arms = beside.arms()
    assert arms is not None
    assert [one["name"] for one in arms["arms"]] == ["champion"]
    with pytest.raises(NotFound, match="nothing to go back to"):
        beside.rollback()
    beside.change(partial(canary, model=str(bundles[1]), percent=25))
    eventually(lambda: len((beside.arms() or {"arms": ()})["arms"]) == 2)
    assert Client(url).invoke(IRIS.head(1)).status == 200
    beside.promote("canary")
    eventually(lambda: (beside.arms() or {"strategy": ""})["strategy"] == "single")
    assert beside.deployment.arms[0].model == str(bundles[1])
    assert beside.rollback().strategy is Strategy.CANARY
    with pytest.raises(NotFound, match="no arm"):
        beside.promote("nobody")
    assert beside.server.url == url


def test_the_line_that_asks_is_one_that_a_shell_can_run(beside: Beside) -> None:
    line = beside.example()
    words = shlex.split(line)
    assert words[:2] == ["curl", f"{beside.server.url}/invocations"]
    assert words[2:5] == ["-H", "content-type: application/json", "-d"]
    answer = Client(beside.server.url).post("/invocations", words[5].encode(), "application/json")
    assert answer.status == 200
    assert json.loads(words[5]) == {"dataframe_records": [IRIS.iloc[0].to_dict()]}
    assert subprocess.run(["sh", "-n", "-c", line], check=False).returncode == 0


def test_a_file_of_others_is_followed_and_stays(tmp_path: Path, bundles: tuple[Path, Path]) -> None:
    file = tmp_path / "flowers.json"
    write_deployment(single("flowers", str(bundles[0])), file)
    made = Beside(file, Settings(port=0), change=partial(shadow, model=str(bundles[1])))
    assert made.file == file
    made.server.wait()
    assert [one.shadow for one in made.deployment.arms] == [False, True]
    made.stop()
    assert made.arms() is None
    assert file.exists()


def test_what_cannot_be_served_says_why_and_does_not_answer(tmp_path: Path) -> None:
    made = Beside(tmp_path / "none", Settings(port=0))
    eventually(lambda: not made.server.alive)
    assert made.arms() is None
    eventually(lambda: "There is no bundle" in made.server.trouble)
    made.stop()
