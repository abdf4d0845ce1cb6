"""What others serve a bundle by; KServe's and MLServer's own schemas were asked by hand."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
import yaml

from cellbook.cli.parsing import Parser
from cellbook.cli.serve import add_serve
from cellbook.errors import InvalidInput, Untrusted
from cellbook.packaging import open_bundle
from cellbook.serving.exporting import write_docker, write_kserve, write_mlserver


def test_docker(iris: Path, mixed_bundle: Path, tmp_path: Path) -> None:
    file = write_docker(iris, tmp_path / "image")
    lines = file.read_text().splitlines()
    entry = next(line for line in lines if line.startswith("ENTRYPOINT")).removeprefix(
        "ENTRYPOINT "
    )
    words = json.loads(entry)
    assert words[:3] == ["cellbook", "serve", "bundle"]
    parser = Parser()
    add_serve(parser)
    args = parser.parse_args(words[2:])
    assert (args.host, args.trust, args.name) == ("0.0.0.0", False, "iris")
    assert open_bundle(tmp_path / "image" / "bundle").digest == open_bundle(iris).digest
    with pytest.raises(Untrusted):
        write_docker(mixed_bundle, tmp_path / "other")
    trusted = write_docker(mixed_bundle, tmp_path / "other", trust=True).read_text()
    assert '"--trust"' in trusted
    assert shlex.split(entry.strip("[]").replace(",", ""))[0] == "cellbook"
    with pytest.raises(InvalidInput, match="there already"):
        write_docker(iris, tmp_path / "image")


def test_kserve(iris: Path, tmp_path: Path) -> None:
    doc = yaml.safe_load(
        write_kserve(iris, tmp_path / "a.yaml", image="iris:1", canary=10).read_text()
    )
    assert (doc["apiVersion"], doc["kind"]) == ("serving.kserve.io/v1beta1", "InferenceService")
    assert doc["metadata"]["name"] == "iris"
    predictor = doc["spec"]["predictor"]
    assert predictor["canaryTrafficPercent"] == 10
    assert predictor["containers"][0]["readinessProbe"] == {
        "httpGet": {"path": "/v2/health/ready", "port": 8080}
    }
    storage = 's3://models/"odd": name'
    doc = yaml.safe_load(write_kserve(iris, tmp_path / "b.yaml", storage=storage).read_text())
    assert doc["spec"]["predictor"]["model"] == {
        "modelFormat": {"name": "mlflow"}, "protocolVersion": "v2", "storageUri": storage,
    }  # fmt: skip
    with pytest.raises(InvalidInput, match="one of them"):
        write_kserve(iris, tmp_path / "c.yaml")
    with pytest.raises(InvalidInput, match="percentage"):
        write_kserve(iris, tmp_path / "c.yaml", image="x", canary=101)


def test_mlserver(iris: Path, tmp_path: Path) -> None:
    doc = json.loads(write_mlserver(iris, tmp_path / "models").read_text())
    version = open_bundle(iris).digest[-64:][:12]
    assert doc == {
        "name": "iris",
        "implementation": "mlserver_mlflow.MLflowRuntime",
        "parameters": {"uri": "./bundle", "version": version},
    }
    assert open_bundle(tmp_path / "models" / "bundle").digest == open_bundle(iris).digest
