from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from cellbook.book import Book
from tests.cli.conftest import Cli
from tests.serving.bundles import IRIS, iris_bundle


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("bundles") / "iris"
    iris_bundle(folder)
    return str(folder)


def test_a_file_is_scored(cli: Cli, bundle: str, tmp_path: Path) -> None:
    IRIS.assign(n=range(150)).to_csv("in.csv", index=False)
    status, out, err = cli("score", bundle, "in.csv", "out.csv", "--keep", "n", "--rows", "100")
    assert (status, out) == (0, "150 rows scored into out.csv\n")
    assert err.splitlines() == ["100 rows", "150 rows"]
    assert list(pd.read_csv("out.csv")) == ["n", "prediction"]
    status, _, err = cli("score", bundle, "in.csv", "out.csv")
    assert status == 2
    assert "there already" in err


def test_a_version_in_the_book_is_scored_and_exported(
    cli: Cli, opened: Book, bundle: str, tmp_path: Path
) -> None:
    opened.models.register(bundle, "flowers", alias="best")
    IRIS.to_csv("in.csv", index=False)
    assert cli("score", "flowers@best", "in.csv", "out.csv")[1] == "150 rows scored into out.csv\n"
    assert cli("deploy", "docker", "flowers/1", "image")[0] == 0
    assert cli("deploy", "mlserver", "models:/flowers/1", "mls")[0] == 0
    settings = json.loads(Path("mls/model-settings.json").read_text(encoding="utf-8"))
    assert settings["name"] == "iris"
    assert "It has 1 and @best" in cli("score", "flowers/2", "in.csv", "other.csv")[2]


def test_a_deployment_is_made_and_changed(cli: Cli, bundle: str, tmp_path: Path) -> None:
    status, out, _ = cli("deploy", "new", "iris.json", bundle)
    assert status == 0
    assert out.startswith("iris: single\n  champion    weight 1")
    assert cli("deploy", "new", "iris.json", bundle)[0] == 2
    assert "canary      weight 5" in cli("deploy", "canary", "iris.json", bundle, "5")[1]
    assert "champion    weight 1" in cli("deploy", "promote", "iris.json", "canary")[1]
    out = cli("deploy", "split", "iris.json", bundle, "--arm", "new", "--weight", "2")[1]
    assert "new         weight 2" in out
    out = cli("deploy", "shadow", "iris.json", bundle, "--share", "0.5")[1]
    assert "challenger  50% asked" in out
    assert "split" in cli("deploy", "rollback", "iris.json")[1]
    told = json.loads(cli("deploy", "show", "iris.json", "--json")[1])
    assert [arm["name"] for arm in told["arms"]] == ["champion", "new"]
    assert cli("deploy", "promote", "iris.json", "nobody")[0] == 2
    assert cli("deploy", "show", "none.json")[0] == 2


def test_exports(cli: Cli, bundle: str, tmp_path: Path) -> None:
    assert cli("deploy", "docker", bundle, "image")[:2] == (0, "image/Dockerfile\n")
    assert cli("deploy", "mlserver", bundle, "mls")[:2] == (0, "mls/model-settings.json\n")
    assert cli("deploy", "kserve", bundle, "a.yaml", "--image", "iris:1")[:2] == (0, "a.yaml\n")
    assert cli("deploy", "kserve", bundle, "b.yaml")[0] == 2


def test_serve_answers_until_it_is_interrupted(bundle: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cellbook", "serve", bundle, "--port", "0"]
    environment = {**os.environ, "CELLBOOK_SERVE_TOKEN": "secret"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as serving:
        assert serving.stdout is not None
        line = serving.stdout.readline()
        assert line.startswith("iris: champion is version ")
        port = int(line.rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        body = json.dumps({"inputs": IRIS.head(1).to_numpy().tolist()})
        headers = {"content-type": "application/json", "authorization": "Bearer secret"}
        connection.request("POST", "/invocations", body, headers)
        assert json.loads(connection.getresponse().read()) == {"predictions": [0]}
        connection.close()
        serving.send_signal(signal.SIGINT)
        assert serving.wait(60) == 0


def test_serve_says_what_is_wrong(cli: Cli, bundle: str, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    for words, told in (
        (["none"], "There is no bundle none"),
        ([bundle, "--host", "0.0.0.0"], "--token-file"),
        ([bundle, "--token-file", "empty"], "no token in empty"),
        ([bundle, "--workers", "0"], "0 workers"),
        ([bundle, "--log", "nonsense"], "names no function"),
        ([bundle, "--sample", "0.1"], "Give both"),
        ([bundle, "--record", "--book", "none"], "none"),
    ):
        status, _, err = cli("serve", *words)
        assert status == 2
        assert told in err
        assert err.count("\n") == 1
