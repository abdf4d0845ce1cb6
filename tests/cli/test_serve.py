"""``cellbook serve``: what it says, and that it answers."""

from __future__ import annotations

import http.client
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.serving.bundles import IRIS, iris_bundle, numbered


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("bundles") / "iris"
    iris_bundle(folder)
    return str(folder)


def test_serve_answers_until_it_is_interrupted(bundle: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cellbook", "serve", bundle, "--port", "0"]
    environment = {**os.environ, "CELLBOOK_SERVE_TOKEN": "secret"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as serving:
        assert serving.stdout is not None
        assert serving.stdout.readline() == f"loading {bundle} …\n"
        line = serving.stdout.readline()
        assert line.startswith("iris: champion is version ")
        port = int(line.rpartition(":")[2])
        words = shlex.split(serving.stdout.readline())
        assert words[:4] == ["try", "it:", "curl", f"http://127.0.0.1:{port}/invocations"]
        assert "authorization: Bearer TOKEN" in words
        assert json.loads(words[-1]) == {"dataframe_records": [IRIS.iloc[0].to_dict()]}
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        body = words[-1]
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
        ([bundle, "--patience", "-1"], "patience of -1"),
        ([bundle, "--log", "nonsense"], "names no function"),
        ([bundle, "--log", 'a:b {"x": 1, "x": 2}'], "The options of a:b: An object has 'x' twice"),
        ([bundle, "--sample", "0.1"], "Give both"),
        ([bundle, "--record", "--book", "none"], "none"),
    ):
        status, _, err = cli("serve", *words)
        assert status == 2
        assert told in err
        assert err.count("\n") == 1


def test_serve_ends_at_once_when_it_is_interrupted_twice(tmp_path: Path) -> None:
    numbered(tmp_path / "slow", 1, code="time.sleep(0.01 if len(frame) < 4 else 20)")
    command = [sys.executable, "-m", "cellbook", "serve", "slow", "--port", "0", "--trust"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout is not None
        assert serving.stderr is not None
        serving.stdout.readline()
        port = int(serving.stdout.readline().rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        body = json.dumps({"inputs": [[1.0]] * 4})
        connection.request("POST", "/invocations", body, {"content-type": "application/json"})
        time.sleep(1.0)  # The model has begun.
        serving.send_signal(signal.SIGINT)
        assert serving.stderr.readline() == "\n"
        assert serving.stderr.readline().endswith("Ctrl-C again ends it at once\n")
        time.sleep(0.5)
        assert serving.poll() is None
        began = time.monotonic()
        serving.send_signal(signal.SIGINT)
        assert serving.wait(60) == 130
        assert time.monotonic() - began < 3.0
        with pytest.raises(OSError):
            connection.getresponse()
        connection.close()
        assert "Traceback" not in serving.stderr.read()
