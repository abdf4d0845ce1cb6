"""Outcomes count once, whoever is told of them, and however often."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from cellbook.serving import Server, Settings
from cellbook.serving.once import REMEMBERED, Once
from tests.serving.bundles import IRIS, Client

OTHER = """
import sys
from pathlib import Path
from cellbook.serving.once import Once
once = Once(Path(sys.argv[1]))
print(sum(once.first([f"id {n}"])[0] for n in range(2000)))
"""


def test_processes_know_what_others_have_seen(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OTHER, str(tmp_path / "once")]
    others = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = [other.communicate(timeout=60)[0] for other in others]
    assert sum(map(int, told)) == 2000


def test_old_ids_are_forgotten_and_new_ones_are_not(tmp_path: Path) -> None:
    once = Once(tmp_path / "once", slots=64)
    for n in range(1000):
        assert once.first([str(n), str(n)]) == [True, False]
        last = [str(m) for m in range(max(0, n - 31), n + 1)]
        assert not any(once.first(last))
    assert once.first(["0"]) == [True]
    once.close()


def test_memory_is_bounded(tmp_path: Path) -> None:
    once = Once(tmp_path / "once")
    once.close()
    assert (tmp_path / "once").stat().st_size < 40 * REMEMBERED


def test_an_outcome_that_is_told_again_doubles_nothing(iris: Path) -> None:
    with Server(iris, Settings(port=0, workers=2)) as server:
        client = Client(server.url)
        outcomes = []
        for n in range(10):
            headers = client.invoke(IRIS.iloc[n : n + 1]).headers
            outcomes.append(
                {
                    "prediction_id": headers["cellbook-prediction-id"],
                    "arm": headers["cellbook-arm"],
                    "version": headers["cellbook-version"],
                    "value": n,
                }
            )
        told = [client.post("/outcomes", {"outcomes": outcomes}).doc for _ in range(20)]
        assert told == [{"counted": 10, "repeated": 0}, *([{"counted": 0, "repeated": 10}] * 19)]
        twice = {**outcomes[0], "prediction_id": "another"}
        assert client.post("/outcomes", {"outcomes": [twice, twice]}).doc["counted"] == 1
        nameless = {name: outcomes[0][name] for name in ("arm", "version", "value")}
        assert client.post("/outcomes", {"outcomes": [nameless, nameless]}).doc["counted"] == 2
        for wrong in (5, "x" * 1000):
            bad = [{**outcomes[0], "prediction_id": wrong}]
            assert client.post("/outcomes", {"outcomes": bad}).status == 400
        (arm,) = client.get("/arms").doc["arms"]
        assert arm["outcomes"] == 13
        assert arm["mean"] == 45 / 13
