"""Endpoints that several tests ask, each of real processes on loopback."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook.errors import CellbookWarning
from cellbook.packaging import save_bundle
from cellbook.serving import Server, Settings
from tests.serving.bundles import MIXED, Client, iris_bundle, mixed


@pytest.fixture(scope="package")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles") / "iris"
    iris_bundle(folder)
    return folder


@pytest.fixture(scope="package")
def mixed_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundles") / "mixed"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CellbookWarning)  # That ages may be missing.
        save_bundle(mixed, folder, name="mixed", input_example=MIXED)
    return folder


@pytest.fixture(scope="package")
def iris_server(iris: Path) -> Iterator[Server]:
    with Server(iris, Settings(port=0, workers=2, max_body=1 << 20)) as server:
        yield server


@pytest.fixture(scope="package")
def mixed_server(mixed_bundle: Path) -> Iterator[Server]:
    with Server(mixed_bundle, Settings(port=0, trust=True)) as server:
        yield server


@pytest.fixture
def client(iris_server: Server) -> Client:
    return Client(iris_server.url)


@pytest.fixture
def mixed_client(mixed_server: Server) -> Client:
    return Client(mixed_server.url)
