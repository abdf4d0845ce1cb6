"""``cellbook models``."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from cellbook.book import Book
from cellbook.packaging import save_bundle
from tests.cli.conftest import Cli
from tests.registry.conftest import line

X = np.array([[1.0], [2.0]])


@pytest.fixture
def models(opened: Book, monkeypatch: pytest.MonkeyPatch) -> Book:
    monkeypatch.setenv("CELLBOOK_USER", "ada")
    for slope in (1, 2):
        with opened.start_run(f"slope {slope}", params={"slope": slope}) as run:
            run.log_metric("acc", slope / 4)
            run.log_model(line(slope), "slope", input_example=X, alias="champion")
    return opened


def test_lists_and_shows(cli: Cli, models: Book) -> None:
    status, out, _ = cli("models")
    assert status == 0
    assert "@champion → 2" in out
    assert json.loads(cli("models", "list", "--json")[1])[0]["name"] == "slope"
    assert cli("models", "list", "nothing")[1] == "No model is found by 'nothing'.\n"
    shown = cli("models", "show", "slope")[1]
    assert "ada moved @champion from 1 to 2" in shown
    version = cli("models", "show", "slope@champion")[1]
    assert version.startswith("model slope/2\n")
    assert "acc 0.5000" in version
    beside = cli("models", "show", "slope/1", "slope/2")[1].splitlines()
    assert any(one.split() == ["≠", "acc", "0.2500", "0.5000"] for one in beside)
    assert json.loads(cli("models", "show", "slope/1", "--json")[1])["row"]["name"] == "1"
    # A name is no verb, and is shown.
    assert cli("models", "slope") == cli("models", "show", "slope")
    assert cli("models", "slope@champion")[1] == version
    assert json.loads(cli("models", "slope/1", "--json")[1])["row"]["name"] == "1"


def test_an_empty_book_says_so(cli: Cli, opened: Book) -> None:
    assert "No models are registered yet" in cli("models")[1]


def test_registers_and_imports(cli: Cli, models: Book, tmp_path: Path) -> None:
    folder = save_bundle(line(3), tmp_path / "made", name="slope", input_example=X).folder
    status, out, _ = cli("models", "register", str(folder), "slope", "--alias", "new")
    assert status == 0
    assert out.startswith("model:slope/3 · ")
    assert out.endswith(" · new version · @new\n")
    assert "as before" in cli("models", "register", str(folder), "slope")[1]
    (tmp_path / "net.onnx").write_bytes(b"onnx")
    words = ("models", "import", str(tmp_path / "net.onnx"), "net", "--licence", "mit")
    assert cli(*words, "--from", "slope/1", "--run", "#1")[0] == 0
    one = models.models.find("net")
    assert (one.licence, len(one.parents), len(one.runs)) == ("mit", 1, 1)
    assert cli("models", "bundle", "slope/1", str(tmp_path / "out"))[0] == 0
    assert (tmp_path / "out" / "MLmodel").is_file()


def test_stages_approvals_and_words(cli: Cli, models: Book) -> None:
    status, _, problem = cli("models", "stage", "slope/1", "production")
    assert status == 2
    assert "`cellbook models check slope/1`" in problem
    assert cli("models", "stage", "slope/1", "staging", "--reason", "so")[1] == (
        "slope/1 is in staging now\n"
    )
    assert (
        "@champion of slope needs 1 approval now"
        in cli("models", "protect", "slope", "@champion", "--approvers", "ada")[1]
    )
    assert "needs 1 approval of ada" in cli("models", "alias", "slope/1", "champion")[2]
    words = ("models", "approve", "slope/1", "champion", "--reason", "Good.")
    assert "Did you mean the alias, '@champion'?" in cli(*words)[2]
    assert "alias" not in cli("models", "approve", "slope/1", "stagin", "--reason", "x")[2]
    words = ("models", "approve", "slope/1", "@champion", "--reason", "Good.")
    assert "something that it rests upon" in cli(*words)[2]
    assert "(run:NAME)" in cli(*words)[2]
    assert "was not checked yet" in cli(*words, "--evidence", "check")[2]
    assert "nothing that an approval could rest upon" in cli(*words, "--evidence", "moon")[2]
    assert cli(*words, "--evidence", "run")[1] == (
        "ada approves of slope/1 for @champion\n  #1 slope 1: acc 0.2500\n"
    )
    assert cli("models", "alias", "slope/1", "champion")[1] == (
        "slope@champion leads to slope/1 now\n"
    )
    assert cli("models", "describe", "slope", "How steep.")[0] == 0
    assert cli("models", "tag", "slope/1", "team", "cellar")[1] == "slope: team=cellar\n"
    assert cli("models", "own", "slope", "ada")[1] == "slope is of ada\n"
    assert cli("models", "deprecate", "slope/2", "Old.")[1] == "slope/2 is deprecated\n"
    assert "slope/2 is deleted" in cli("models", "delete", "slope/2")[1]
    assert "stays" in cli("models", "delete", "slope")[2]
    approved = cli("models", "approve", "slope/1", "staging", "--reason", "x", "--evidence", "run")
    assert "That does not count: ada registered slope/1." in approved[1]
    assert cli("models", "reject", "slope/1", "staging", "--reason", "No.")[1] == (
        "ada refuses slope/1 for staging\n"
    )


def test_what_is_wrong_is_said_in_a_line(cli: Cli, models: Book) -> None:
    for words, said in (
        (("show", "slop"), "Did you mean 'slope'?"),
        (("show", "slope/7"), "It has 1, 2 and @champion."),
        (("alias", "slope/1", "latest"), "cannot be an alias"),
        (("register", "nowhere", "x"), "There is no file or folder 'nowhere'"),
        (("stge", "slope/1", "staging"), "did you mean `stage`?"),
        (("slop",), "Did you mean 'slope'?"),
    ):
        status, _, problem = cli("models", *words)
        assert status == 2
        assert said in problem
        assert problem.count("\n") == 1


def test_hooks(cli: Cli, models: Book, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CELLBOOK_CONFIG_DIR", str(tmp_path / "config"))
    assert "Events of models: off; registered, alias" in cli("models", "hooks")[1]
    out = cli("models", "hooks", "--command", "true", "--events", "alias")[1]
    assert out == "Events of models: command true; alias.\n"
    models.models.set_alias("slope/1", "champion")
    models.models.hooks.settle(20)
    assert "delivered" in cli("models", "hooks")[1]
    assert cli("models", "hooks", "--retry")[1].startswith("0 events sent again\n")
    assert "a URL that begins" in cli("models", "hooks", "--webhook", "x")[2]
    assert "off" in cli("models", "hooks", "--off")[1]


def test_what_it_was_trained_on_is_kept_afterwards(cli: Cli, opened: Book) -> None:
    x = pd.DataFrame({"x": np.arange(6.0), "y": np.arange(6.0)})
    opened.track_data(x, "points", keep=True)
    model = LinearRegression().fit(x[["x"]], x["y"])
    opened.models.log(model, "dots", input_example=x[["x"]][:2])
    assert cli("models", "reference", "dots/1", "points@1")[:2] == (
        0,
        "6 rows of data:points@1 are what dots/1 is compared with now\n",
    )
    opened.track_data(x[["y"]], "others", keep=True)
    status, _, err = cli("models", "reference", "dots/1", "others@1")
    assert status == 2
    assert "no column 'x'" in err
