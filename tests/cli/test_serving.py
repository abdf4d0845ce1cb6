from __future__ import annotations

import json
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
