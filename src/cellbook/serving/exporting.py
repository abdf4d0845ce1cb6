"""A bundle made ready for others who serve: an image, KServe, MLServer.

For more than one machine there are systems that do it well; these files tell them what to serve.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from cellbook._version import __version__
from cellbook.errors import InvalidInput
from cellbook.packaging import Bundle, open_bundle
from cellbook.packaging.bundle import check_consent
from cellbook.serving.resolving import DIGITS
from cellbook.serving.server import endpoint_name

PORT = 8080

_DOCKERFILE = """\
# {name}, version {version}.  Build:  docker build -t {image} .
# Run:  docker run -p {port}:{port} -e CELLBOOK_SERVE_TOKEN=… {image}
FROM python:{python}-slim
WORKDIR /srv
COPY bundle/requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt "cellbook[serve]=={cellbook}"
COPY bundle bundle
RUN useradd --uid 10001 --create-home serving
USER 10001
EXPOSE {port}
HEALTHCHECK --start-period=60s CMD ["python", "-c", \\
  "import urllib.request as r; r.urlopen('http://127.0.0.1:{port}/v2/health/ready', timeout=3)"]
ENTRYPOINT {entry}
"""


def write_docker(
    bundle: str | os.PathLike[str], target: str | os.PathLike[str], *, trust: bool = False
) -> Path:
    """Write a folder from which ``docker build`` makes an image that serves a bundle.

    Other machines reach the image's server, so it wants a token when it starts.

    Parameters
    ----------
    bundle
        The folder of the bundle.
    target
        A new folder.
    trust
        Whether code in the bundle may run in the image.

    Raises
    ------
    Untrusted
        If there is such code, and it may not.
    """
    found = open_bundle(bundle)
    check_consent(found, trust)
    name = endpoint_name(str(found.folder))
    entry = ["cellbook", "serve", "bundle", "--name", name, "--host", "0.0.0.0"]
    entry += ["--port", str(PORT)] + ["--trust"] * (not found.safe)
    text = _DOCKERFILE.format(
        name=name,
        version=_version(found),
        image=name.lower(),
        port=PORT,
        python=".".join(str(found.about["python"]).split(".")[:2]),
        cellbook=__version__,
        entry=json.dumps(entry),
    )
    found.requirements  # noqa: B018 - refuses what pip might follow to anywhere
    return _folder_with(found, target, "Dockerfile", text)


def write_kserve(
    bundle: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    image: str | None = None,
    storage: str | None = None,
    canary: int | None = None,
) -> Path:
    """Write an ``InferenceService`` by which KServe serves a bundle.

    Parameters
    ----------
    bundle
        The folder of the bundle.
    target
        A new YAML file.
    image
        An image that :func:`write_docker` was for.  The cluster's gateway must know who may ask.
    storage
        In its place, where KServe finds the bundle, such as ``s3://models/wine``; its runtime for
        mlflow serves it.
    canary
        The percentage of requests for this version, while the one before has the others.
    """
    if (image is None) == (storage is None):
        raise InvalidInput("KServe needs an image or the bundle's place. Give one of them.")
    if canary is not None and not 0 <= canary <= 100:
        raise InvalidInput(f"{canary} is no percentage. Give a whole number from 0 to 100.")
    found = open_bundle(bundle)
    predictor: dict[str, Any] = {}
    if canary is not None:
        predictor["canaryTrafficPercent"] = canary
    if image is not None:
        predictor["containers"] = [
            {
                "name": "kserve-container",
                "image": image,
                "args": ["--open-to-all"],
                "ports": [{"containerPort": PORT, "protocol": "TCP"}],
                "readinessProbe": _probe("/v2/health/ready"),
                "livenessProbe": {**_probe("/v2/health/live"), "initialDelaySeconds": 60},
            }
        ]
    else:
        predictor["model"] = {
            "modelFormat": {"name": "mlflow"},
            "protocolVersion": "v2",
            "storageUri": storage,
        }
    name = endpoint_name(str(found.folder)).lower()
    doc = {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {"name": name, "annotations": {"cellbook/version": _version(found)}},
        "spec": {"predictor": predictor},
    }
    return _new_file(target, "\n".join(_yaml(doc, 0)) + "\n")


def write_mlserver(bundle: str | os.PathLike[str], target: str | os.PathLike[str]) -> Path:
    """Write a folder with a bundle and the ``model-settings.json`` by which MLServer serves it.

    MLServer reads it by its runtime for mlflow, which runs whatever code is in the bundle.
    """
    found = open_bundle(bundle)
    settings = {
        "name": endpoint_name(str(found.folder)),
        "implementation": "mlserver_mlflow.MLflowRuntime",
        "parameters": {"uri": "./bundle", "version": _version(found)},
    }
    return _folder_with(found, target, "model-settings.json", json.dumps(settings, indent=1) + "\n")


def _version(bundle: Bundle) -> str:
    return bundle.digest[-64:][:DIGITS]


def _probe(path: str) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": PORT}}


def _folder_with(bundle: Bundle, target: str | os.PathLike[str], name: str, text: str) -> Path:
    folder = Path(target)
    if folder.exists():
        raise InvalidInput(f"{folder} is there already. Name a folder that is not.")
    folder.mkdir(parents=True)
    shutil.copytree(bundle.folder, folder / "bundle", ignore=shutil.ignore_patterns("__pycache__"))
    return _new_file(folder / name, text)


def _new_file(target: str | os.PathLike[str], text: str) -> Path:
    path = Path(target)
    if path.exists():
        raise InvalidInput(f"{path} is there already. Name another.")
    path.write_text(text, encoding="utf-8")
    return path


def _yaml(value: Any, depth: int) -> list[str]:
    """Return plain data as lines of YAML, with texts in JSON's quotes."""
    pad = "  " * depth
    lines: list[str] = []
    if isinstance(value, dict):
        for key, item in value.items():
            shown = key if key.isalnum() else json.dumps(key)
            if isinstance(item, (dict, list)):
                lines += [f"{pad}{shown}:", *_yaml(item, depth + 1)]
            else:
                lines.append(f"{pad}{shown}: {json.dumps(item)}")
        return lines
    for item in value:
        if isinstance(item, dict):
            inner = _yaml(item, depth + 1)
            lines += [f"{pad}- {inner[0].lstrip()}", *inner[1:]]
        else:
            lines.append(f"{pad}- {json.dumps(item)}")
    return lines
