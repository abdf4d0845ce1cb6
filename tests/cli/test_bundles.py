from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from cellbook.book import Book
from cellbook.packaging import save_bundle
from tests.cli.conftest import Cli


@pytest.fixture
def folder(tmp_path: Path) -> str:
    save_bundle(len, tmp_path / "bundle", name="counter", input_example=[[1.0, 2.0]])
    return str(tmp_path / "bundle")


def test_a_bundle_is_shown(cli: Cli, folder: str) -> None:
    status, out, _ = cli("bundle", "show", folder)
    assert status == 0
    assert "counter, builtins.builtin_function_or_method" in out
    assert "runs      builtins.len" in out
    assert json.loads(cli("bundle", "show", folder, "--json")[1])["safe"] is False
    assert cli("bundle", "show", f"{folder}/code")[0] == 2


def test_a_version_in_the_book_is_one(cli: Cli, opened: Book, tmp_path: Path) -> None:
    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 2.0])
    opened.models.log(model, "line", input_example=np.array([[1.0], [2.0]]), alias="best")
    assert cli("bundle", "show", "line@best")[1].startswith("model     line, sklearn.linear_model")
    assert cli("bundle", "pack", "models:/line/1", "line.zip")[0] == 0
    assert json.loads(cli("bundle", "materials", "line")[1])["specVersion"] == "1.7"
    assert "There is no bundle nope, and it names no model" in cli("bundle", "show", "nope")[2]
    # What a version consists of is never changed.
    wanted = "`cellbook models bundle line/1 FOLDER`"
    assert wanted in cli("bundle", "wheels", "line/1")[2]
    assert wanted in cli("bundle", "sign", "line/1", "--key", "key.pem")[2]


def test_it_is_packed_and_unpacked(cli: Cli, folder: str, tmp_path: Path) -> None:
    assert cli("bundle", "pack", folder, "one.zip")[:2] == (0, "one.zip\n")
    assert cli("bundle", "unpack", "one.zip", "again")[:2] == (0, "again\n")
    assert cli("bundle", "show", "again")[1] == cli("bundle", "show", folder)[1]
    status, _, err = cli("bundle", "unpack", "one.zip", "again")
    assert status == 2
    assert "is there already" in err


def test_its_materials_are_printed_or_written(cli: Cli, folder: str, tmp_path: Path) -> None:
    printed = json.loads(cli("bundle", "materials", folder)[1])
    assert printed["specVersion"] == "1.7"
    cli("bundle", "materials", folder, "bom.json")
    assert json.loads((tmp_path / "bom.json").read_text()) == printed


def test_code_does_not_run_without_consent(cli: Cli, folder: str) -> None:
    status, _, err = cli("bundle", "check", folder)
    assert status == 2
    assert "runs code that is in it" in err


def test_what_does_not_work_is_status_1(cli: Cli, tmp_path: Path) -> None:
    save_bundle(
        len, "odd", input_example=[[1.0]], extra_requirements=("cellbook-has-no-such-package==1",)
    )
    (tmp_path / "odd" / "wheels").mkdir()
    status, out, _ = cli("bundle", "check", "odd", "--trust", "--json")
    assert status == 1
    assert json.loads(out)["problem"].startswith("What it requires cannot be installed.")


def test_it_is_signed_and_verified(cli: Cli, folder: str, tmp_path: Path) -> None:
    pytest.importorskip("model_signing", reason="model-signing is in the group test")
    from tests.packaging.test_signing import make_keys

    private, public = make_keys(tmp_path / "keys")
    assert cli("bundle", "sign", folder, "--key", str(private))[0] == 0
    assert cli("bundle", "verify", folder, "--key", str(public))[1].startswith("the bundle is")
    other = make_keys(tmp_path / "other")[1]
    assert cli("bundle", "verify", folder, "--key", str(other))[0] == 2
