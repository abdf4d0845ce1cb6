"""Names that move, arms that change: no request fails meanwhile."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cellbook.packaging import pack_bundle
from cellbook.records.deployment import Arm, Deployment
from cellbook.serving import (
    Factory,
    Server,
    Settings,
    canary,
    promote,
    rollback,
    shadow,
    single,
    split,
    write_deployment,
)
from cellbook.serving.batching import Limits
from cellbook.serving.routing import choose
from tests.serving.bundles import Client, Reply, numbered
from tests.serving.test_server import X, eventually, importable, workers_of

__all__ = ["importable"]


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("versions")
    for version in (1, 2, 3):
        numbered(folder / str(version), version)
    return folder


class Load:
    """Asks without end, from several connections, until the block is left."""

    def __init__(self, url: str, threads: int = 4) -> None:
        self.replies: list[Reply] = []
        self.errors: list[Exception] = []
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(url,)) for _ in range(threads)]

    def _ask(self, url: str) -> None:
        client = Client(url, keep=True)
        while not self._stopped.is_set():
            try:
                self.replies.append(client.invoke(X))
            except Exception as error:
                self.errors.append(error)
        client.close()

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def answers(self) -> Counter[Any]:
        return Counter(reply.doc["predictions"][0] for reply in self.replies)


def tell(file: Path, **told: tuple[str, str]) -> None:
    partial = file.with_suffix(".new")
    partial.write_text(json.dumps({f"models:/{name}": value for name, value in told.items()}))
    partial.replace(file)


def serving(file: Path, **options: Any) -> Settings:
    resolver = Factory("tests.serving.plugins:names", {"file": str(file)})
    return Settings(port=0, trust=True, poll=0.2, resolver=resolver, **options)


def test_no_request_fails_while_a_name_moves(tmp_path: Path, versions: Path) -> None:
    file = tmp_path / "names.json"
    tell(file, number=(str(versions / "1"), "1"))
    with (
        Server(single("number", "models:/number"), serving(file, workers=2)) as server,
        Load(server.url) as load,
    ):
        for version in ("2", "3", "1", "2"):
            time.sleep(0.3)
            tell(file, number=(str(versions / version), version))
            eventually(lambda version=version: server.said and server.said[-1].endswith(
                f"champion is version {version}"))  # fmt: skip
            # Every worker has it from now on.
            answers = {Client(server.url).invoke(X).doc["predictions"][0] for _ in range(20)}
            assert answers == {int(version)}
    assert not load.errors
    assert {reply.status for reply in load.replies} == {200}
    assert all(
        str(reply.doc["predictions"][0]) == reply.headers["cellbook-version"]
        for reply in load.replies
    )
    assert set(load.answers()) == {1, 2, 3}


def test_a_move_to_what_cannot_be_loaded_changes_nothing(tmp_path: Path, versions: Path) -> None:
    file = tmp_path / "names.json"
    tell(file, number=(str(versions / "1"), "1"))
    with (
        Server(single("number", "models:/number"), serving(file)) as server,
        Load(server.url) as load,
    ):
        numbered(tmp_path / "bad", 9)
        data = tmp_path / "bad" / "bundle.json"
        data.write_text(data.read_text() + " ")
        for there, words in (
            ("bad", "is not what it was"),
            ("nowhere", "There is no bundle"),
        ):
            tell(file, number=(str(tmp_path / there), "9"))
            eventually(lambda words=words: any(words in line for line in server.said))
        file.write_text("{")
        eventually(lambda: any("It cannot be seen what to serve" in line for line in server.said))
        tell(file, number=(str(versions / "2"), "2"))
        eventually(lambda: 2 in load.answers())
    assert not load.errors
    assert set(load.answers()) == {1, 2}


def test_a_zip_that_is_replaced_is_served(tmp_path: Path, versions: Path) -> None:
    pack_bundle(versions / "1", tmp_path / "number.zip")
    settings = Settings(port=0, trust=True, poll=0.2)
    with Server(tmp_path / "number.zip", settings, name="number") as server:
        assert Client(server.url).invoke(X).doc == {"predictions": [1]}
        pack_bundle(versions / "2", tmp_path / "other.zip")
        (tmp_path / "other.zip").replace(tmp_path / "number.zip")
        eventually(lambda: Client(server.url).invoke(X).doc == {"predictions": [2]})


def test_a_canary_is_promoted_and_taken_back_under_load(tmp_path: Path, versions: Path) -> None:
    file = tmp_path / "number.json"
    deployment = single("number", str(versions / "1"))
    write_deployment(deployment, file)
    settings = Settings(port=0, trust=True, poll=0.1, workers=2)
    with Server(file, settings) as server, Load(server.url) as load:

        def now(change: Deployment, words: str) -> Deployment:
            count = len(server.said)
            write_deployment(change, file)
            eventually(lambda: len(server.said) > count)
            assert words in server.said[-1]
            return change

        deployment = now(canary(deployment, str(versions / "2"), 30), "(30)")
        before = len(load.replies)
        eventually(lambda: len(load.replies) > before + 400)
        told = [reply.doc["predictions"][0] for reply in load.replies[before:]]
        share = told.count(2) / len(told)
        assert abs(share - 0.3) < 5 * (0.21 / len(told)) ** 0.5 + 0.02
        deployment = now(promote(deployment, "canary"), "champion is version")
        assert {Client(server.url).invoke(X).doc["predictions"][0] for _ in range(10)} == {2}
        deployment = now(rollback(rollback(deployment)), "champion is version")
        assert {Client(server.url).invoke(X).doc["predictions"][0] for _ in range(10)} == {1}
    assert not load.errors
    assert {reply.status for reply in load.replies} == {200}


def test_the_same_key_has_the_same_arm_after_a_restart(versions: Path) -> None:
    deployment = split(single("number", str(versions / "1")), {"b": str(versions / "2")})
    keys = [f"user-{n}" for n in range(40)]
    expected = [choose("number", key, [("champion", 1.0), ("b", 1.0)]) + 1 for key in keys]
    assert set(expected) == {1, 2}
    settings = Settings(port=0, trust=True, workers=2)
    for _ in range(2):
        with Server(deployment, settings) as server:
            client = Client(server.url)
            for _ in range(2):
                assert expected == [
                    client.invoke(X, cellbook_key=key).doc["predictions"][0] for key in keys
                ]
            doc = {"inputs": [[1.0]], "params": {"key": keys[0]}}
            assert client.post("/invocations", doc).doc["predictions"] == [expected[0]]
            doc = {"inputs": [{"name": "x", "shape": [1], "datatype": "FP64", "data": [1]}],
                   "parameters": {"key": keys[0]}}  # fmt: skip
            reply = client.post("/v2/models/number/infer", doc)
            assert reply.doc["outputs"][0]["data"] == [expected[0]]
            version = client.invoke(X, cellbook_key=keys[0]).headers["cellbook-version"]
            other = next(one for one in client.get("/v2/models/number").doc["versions"]
                         if one != version)  # fmt: skip
            path = f"/v2/models/number/versions/{other}/infer"
            assert client.post(path, doc).doc["outputs"][0]["data"] == [3 - expected[0]]


def test_a_column_can_be_the_key_and_outcomes_are_compared(versions: Path) -> None:
    arms = (Arm("champion", str(versions / "1")), Arm("b", str(versions / "2")))
    deployment = Deployment("number", arms, key="x", salt="second try")
    with Server(deployment, Settings(port=0, trust=True, workers=2)) as server:
        client = Client(server.url)
        outcomes = []
        for n in range(200):
            reply = client.invoke(pd.DataFrame({"x": [float(n)]}))
            place = choose("second try", str(float(n)), [("champion", 1.0), ("b", 1.0)])
            assert reply.doc["predictions"] == [place + 1]
            arm, version = reply.headers["cellbook-arm"], reply.headers["cellbook-version"]
            outcomes.append({"arm": arm, "version": version, "value": arm == "b" or n % 2 == 0})
        assert client.post("/outcomes", {"outcomes": outcomes}).doc == {
            "counted": 200, "repeated": 0,
        }  # fmt: skip
        for wrong in ({"value": "x"}, {"arm": "z"}, {"arm": [1]}, {"value": 10**400}):
            bad = [{**outcomes[0], **wrong}]
            assert client.post("/outcomes", {"outcomes": bad}).status == 400
        for bad in ([], [5]):
            assert client.post("/outcomes", {"outcomes": bad}).status == 400
        assert client.post("/outcomes", {"outcomes": [{}] * 10_001}).status == 413
        champion, b = client.get("/arms").doc["arms"]
        assert champion["outcomes"] + b["outcomes"] == 200
        assert champion["requests"] + b["requests"] == 200
        assert b["mean"] == 1.0
        assert b["comparison"]["test"] == "two-proportion"
        assert b["comparison"]["p_value"] < 1e-6
        assert b["comparison"]["always_valid_p"] < 1e-3


def test_versions_of_one_number_are_told_apart_by_their_model(
    tmp_path: Path, versions: Path
) -> None:
    file = tmp_path / "names.json"
    tell(file, wine=(str(versions / "1"), "7"), beer=(str(versions / "2"), "7"))
    arms = (Arm("champion", "models:/wine"), Arm("b", "models:/beer"))
    with Server(Deployment("number", arms), serving(file)) as server:
        client = Client(server.url)
        models = {}
        for n in range(40):
            reply = client.invoke(X, cellbook_key=str(n))
            assert reply.headers["cellbook-version"] == "7"
            models[reply.doc["predictions"][0]] = reply.headers["cellbook-model"]
        assert models == {1: "wine", 2: "beer"}
        reply = client.post("/invocations", {"inputs": [["x"]]})
        assert reply.status == 400
        assert reply.headers["cellbook-model"] in ("wine", "beer")
        told = client.get("/metrics").body.decode()
        for metric in ("cellbook_request_seconds_sum{", "cellbook_model_info{"):
            for arm, model in (("champion", "wine"), ("b", "beer")):
                assert f'{metric}arm="{arm}",model="{model}",version="7"}}' in told
        assert 'cellbook_batch_rows_count{model="beer",version="7"}' in told
        # What was reported of the champion's model before does not count for the one of now.
        write = {"arm": "champion", "version": "7", "value": 1}
        for model, status in (("wine", 200), (None, 200), ("beer", 400)):
            one = write if model is None else {**write, "model": model}
            assert client.post("/outcomes", {"outcomes": [one]}).status == status
        served = {one["name"]: one["model"] for one in client.get("/arms").doc["arms"]}
        assert served == {"champion": "wine", "b": "beer"}


def test_a_worker_without_its_model_is_tried_again(tmp_path: Path) -> None:
    numbered(tmp_path / "here", 1)
    settings = Settings(port=0, trust=True, poll=0.2)
    with Server(single("number", str(tmp_path / "here")), settings) as server:
        assert Client(server.url).invoke(X).status == 200
        (tmp_path / "here").rename(tmp_path / "away")
        workers_of(server)[0].kill()
        eventually(lambda: any("a worker failed" in line for line in server.said))
        (tmp_path / "away").rename(tmp_path / "here")
        assert Client(server.url).invoke(X).doc == {"predictions": [1]}


def test_names_are_followed_while_a_shadow_dies_again_and_again(
    tmp_path: Path, versions: Path
) -> None:
    numbered(tmp_path / "deadly", 2)
    file = tmp_path / "number.json"
    alone = single("number", str(versions / "1"))
    write_deployment(shadow(alone, str(tmp_path / "deadly")), file)
    with Server(file, Settings(port=0, trust=True, poll=0.2)) as server:
        (tmp_path / "deadly" / "MLmodel").write_text("damaged")
        for _ in range(4):
            for one in workers_of(server, "shadow"):
                one.kill()
            time.sleep(1.0)
        began = time.monotonic()
        write_deployment(promote(canary(alone, str(versions / "2"), 0), "canary"), file)
        eventually(lambda: Client(server.url).invoke(X).doc == {"predictions": [2]})
        assert time.monotonic() - began < 10


def test_a_model_that_hangs_keeps_nobody_waiting_and_no_plan_away(
    tmp_path: Path, versions: Path
) -> None:
    numbered(tmp_path / "hangs", 9, code="time.sleep(0.1 if len(frame) < 5 else 40)")
    file = tmp_path / "number.json"
    alone = single("number", str(tmp_path / "hangs"))
    write_deployment(alone, file)
    limits = Limits(timeout=1.0)
    settings = Settings(port=0, trust=True, poll=0.2, limits=limits, grace=1.0)
    with Server(file, settings) as server:
        many = pd.DataFrame({"x": [1.0] * 5})

        def ask() -> None:
            with contextlib.suppress(OSError, http.client.HTTPException):
                Client(server.url).invoke(many)

        hanging = threading.Thread(target=ask)
        hanging.start()
        time.sleep(0.5)
        began = time.monotonic()
        assert Client(server.url).invoke(X).status == 503
        assert time.monotonic() - began < 20
        deployment = alone
        for version in (1, 2, 3):
            model = str(versions / str(version))
            deployment = promote(canary(deployment, model, 0), "canary")
            write_deployment(deployment, file)
            eventually(
                lambda v=version: Client(server.url).invoke(X).doc == {"predictions": [v]}, 30
            )
        assert hanging.is_alive()
        assert Client(server.url).invoke(X).doc == {"predictions": [3]}
    hanging.join()
