"""Shadows: asked, compared, never heard, and unable to do harm."""

from __future__ import annotations

import json
import os
import signal
import statistics
import time
from pathlib import Path

import pytest

from cellbook.serving import Factory, Server, Settings, shadow, single, write_deployment
from cellbook.serving.shadowing import agree
from tests.serving.bundles import Client, numbered
from tests.serving.test_server import X, eventually, importable, workers_of

__all__ = ["importable"]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    numbered(folder / "1", 1)
    numbered(folder / "same", 1, code="'the same, said otherwise'")
    numbered(folder / "2", 2)
    numbered(folder / "slow", 2, code="sum(n * n for n in range(10 ** 7))")
    numbered(folder / "failing", 2, code="assert len(frame) > 1, 'It fails.'")
    numbered(folder / "deadly", 2, code="__import__('os')._exit(3) if len(frame) == 1 else None")
    return folder


def endpoint(models: Path, other: str, share: float = 1.0) -> Server:
    deployment = shadow(single("number", str(models / "1")), str(models / other), share=share)
    return Server(deployment, Settings(port=0, trust=True))


def results(server: Server) -> dict[str, int]:
    """Return what came of asking the shadow, by word."""
    found = {}
    for line in Client(server.url).get("/metrics").body.decode().splitlines():
        if line.startswith("cellbook_shadow_total"):
            labels, _, value = line.rpartition(" ")
            found[labels.partition('result="')[2].rstrip('"}')] = int(value)
    return found


def hears(server: Server) -> dict[str, int]:
    """Ask until the shadow, for which nobody waits, is there; return what came of that."""

    def asked() -> bool:
        Client(server.url).invoke(X)
        return any(word != "dropped" for word in results(server))

    eventually(asked)
    time.sleep(0.2)
    return results(server)


def test_what_a_shadow_says_is_compared(models: Path) -> None:
    for other, word in (("same", "same"), ("2", "different"), ("failing", "failed")):
        with endpoint(models, other) as server:
            before = hears(server)
            for _ in range(20):
                assert Client(server.url).invoke(X).doc == {"predictions": [1]}
            doc = {"inputs": [{"name": "x", "shape": [1], "datatype": "FP64", "data": [1]}]}
            Client(server.url).post("/v2/models/number/infer", doc)
            expected = {**before, word: before[word] + 21}
            eventually(lambda: results(server) == expected)  # noqa: B023 - called here and now
            arm = Client(server.url).get("/arms").doc["arms"][1]
            told = {"same": "agreed", "different": "disagreed", "failed": "missed"}[word]
            missed = expected.get("dropped", 0) if told == "missed" else 0
            assert arm[told] == expected[word] + missed


def test_a_share_of_requests(models: Path) -> None:
    with endpoint(models, "2", 0.25) as server:
        before = sum(hears(server).values())
        client = Client(server.url, keep=True)
        for n in range(400):
            client.invoke(X, cellbook_key=str(n))
        client.close()
        time.sleep(1.0)
        assert 60 < sum(results(server).values()) - before < 140


def test_a_shadow_that_dies_harms_nobody(models: Path) -> None:
    with endpoint(models, "deadly") as server:
        for _ in range(50):
            assert Client(server.url).invoke(X).doc == {"predictions": [1]}
        eventually(lambda: any("a shadow died (status 3)" in line for line in server.said))
        assert Client(server.url).invoke(X).status == 200


def test_another_model_of_the_same_number_is_another_shadow(models: Path, tmp_path: Path) -> None:
    names, file = tmp_path / "names.json", tmp_path / "number.json"
    told = {"models:/one": (str(models / "same"), "7"), "models:/two": (str(models / "2"), "7")}
    names.write_text(json.dumps(told))
    resolver = Factory("tests.serving.plugins:names", {"file": str(names)})
    alone = single("number", str(models / "1"))
    write_deployment(shadow(alone, "models:/two"), file)
    with Server(file, Settings(port=0, trust=True, poll=0.2, resolver=resolver)) as server:
        assert hears(server)["different"] > 0
        write_deployment(shadow(alone, "models:/one"), file)
        eventually(lambda: server.said)

        def agrees() -> bool:
            Client(server.url).invoke(X)
            return results(server).get("same", 0) > 0

        eventually(agrees)


def test_a_long_name_of_the_temporary_folder_keeps_no_shadow_away(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("t" * 100)
    long.mkdir()
    monkeypatch.setenv("TMPDIR", str(long))
    with endpoint(models, "same") as server:
        assert hears(server)["same"] > 0


def test_a_shadow_that_hangs_harms_nobody(models: Path) -> None:
    with endpoint(models, "2") as server:
        (process,) = workers_of(server, "shadow")
        os.kill(process.pid, signal.SIGSTOP)
        try:
            client = Client(server.url, keep=True)
            for _ in range(3000):
                assert client.invoke(X).status == 200
            client.close()
            assert results(server)["dropped"] > 0
        finally:
            os.kill(process.pid, signal.SIGCONT)


@pytest.mark.alone
def test_a_shadow_that_is_slow_slows_nobody(models: Path) -> None:
    def median(server: Server) -> float:
        client = Client(server.url, keep=True)
        times = []
        for _ in range(300):
            began = time.perf_counter()
            client.invoke(X)
            times.append(time.perf_counter() - began)
        client.close()
        return statistics.median(times)

    with (
        Server(single("number", str(models / "1")), Settings(port=0, trust=True)) as server,
        endpoint(models, "slow") as shadowed,
    ):
        pairs = [(median(server), median(shadowed)) for _ in range(3)]
    alone, together = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert together < 2 * alone + 0.002


def test_a_shadows_predictions_are_logged(models: Path, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    log = Factory("tests.serving.plugins:lines", {"file": str(file)})
    deployment = shadow(single("number", str(models / "1")), str(models / "2"))
    with Server(deployment, Settings(port=0, trust=True, log=log)) as server:
        before = hears(server)
        reply = Client(server.url).invoke(X, cellbook_key="me")
        eventually(lambda: results(server) != before)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines = [one for one in lines if one["key"]]
    assert {(one["arm"], one["outputs"][0], one["key"]) for one in lines} == {
        ("champion", 1, "me"), ("challenger", 2, "me"),
    }  # fmt: skip
    assert {one["prediction_id"] for one in lines} == {reply.headers["cellbook-prediction-id"]}


def test_agreement() -> None:
    assert agree([1, 2.0], [1.0000001, 2])
    assert not agree([1, 2], [1, 2.1])
    assert not agree([1], [1, 1])
    assert not agree([True], [1])
    assert agree([{"a": "x", "b": None}], [{"a": "x", "b": None}])
    assert not agree([{"a": "x"}], [{"b": "x"}])
