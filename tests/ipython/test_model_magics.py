"""``%register_model`` and ``%models`` in a real kernel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ipython.kernels import Kernel, kernel

START = """
%load_ext cellbook
import os; os.environ["CELLBOOK_USER"] = "ada"
import cellbook as cb, numpy as np
from sklearn.linear_model import LinearRegression
X = np.arange(4.0).reshape(-1, 1)
model = LinearRegression().fit(X, 2 * X[:, 0])
models = [LinearRegression().fit(X, 3 * X[:, 0])]
def double(rows):
    return [2 * row[0] for row in rows]
"""


@pytest.fixture(scope="module")
def k(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    folder = tmp_path_factory.mktemp("kernel")
    (folder / "net.onnx").write_bytes(b"onnx")
    with kernel(folder) as started:
        started.run(START)
        yield started


def test_what_is_registered_is_said(k: Kernel) -> None:
    first = k.run("%register_model slope model --example X --alias champion").text
    assert first.startswith("model:slope/1 · ")
    assert first.endswith(" · new version · @champion")
    assert k.run("%register_model slope model --example {X}").text.endswith("as before · @champion")
    assert "model:slope/2" in k.run("%register_model slope {models[0]} --example X[:2]").text
    assert "model:double/1" in k.run("%register_model double --example X").text
    lacking = k.run("%register_model bare model")
    assert "It has no signature and no input example: what it is asked is" in lacking.text
    assert "Register it with --example" in lacking.text
    assert "no signature" not in k.run("%register_model bare model").text
    assert "model:net/1 · 4 bytes" in k.run("%register_model net net.onnx --licence mit").text
    assert k.run("list(cb.load_model('models:/slope@champion').predict(X[1:2]))").text == (
        "[np.float64(2.0)]"
    )
    # Its source is in this notebook, and whoever runs it is who wrote it.
    assert k.run("cb.load_model('models:/double/1').predict([[4.0]])").text == ("[np.float64(8.0)]")


def test_a_version_knows_its_cell_and_run(k: Kernel) -> None:
    k.run("%track_run fit")
    k.run("%register_model known model --method predict --example X")
    k.run("%end_run")
    k.run("known = cb.open().models.find('known')")
    assert k.run("[cb.open().find_run(one).run_name for one in known.runs]").text == "['fit']"
    k.run("cells = [doc for _, _, doc in cb.open().store.select('cells')]")
    k.run("by = [c['source'] for c in cells if c['execution_id'] == known.made['execution']]")
    assert k.run("by").text == "['%register_model known model --method predict --example X']"


def test_models_are_shown(k: Kernel) -> None:
    assert "@champion → 1" in k.run("%models").text
    shown = k.run("%models slope").text
    assert shown.startswith("model slope\n")
    assert "ada registered 2" in shown
    assert k.run("%models slope/2").text.startswith("model slope/2\n")
    assert "slope/1" in k.run("%models slope/1 slope/2").text


def test_what_is_done_to_them_is_said(k: Kernel) -> None:
    assert k.run("%models slope/2 --alias best --reason 'Steeper'").text == "slope/2 · @best"
    assert k.run("%models slope/2 --stage staging").text == "slope/2 is in staging now"
    said = k.run("%models known/1 --approve production --reason Good --evidence run").text
    assert said.startswith("ada approves of known/1 for production\nThat does not count: ada reg")
    assert k.run("%models known/1 --reject production --reason No").text == (
        "ada refuses known/1 for production"
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%register_model", "Register what?"),
        ("%register_model nothing", "There is no variable and no file `nothing`"),
        ("%register_model {model}", "What is it called?"),
        ("%register_model a/b model", "holds a '/'"),
        ("%models slop", "Did you mean 'slope'?"),
        ("%models slope/2 --stage production", "was not checked yet"),
        ("%models slope/1 slope/2 --stage staging", "Which version?"),
        ("%models slope/1 --stage staging --alias a", "One thing at a time"),
        ("%models slope/1 --approve staging --reason x", "something that it rests upon"),
    ],
)
def test_mistakes_are_told_in_a_line(k: Kernel, line: str, said: str) -> None:
    answer = k.run(line)
    assert answer.error == "UsageError"
    assert said in answer.stderr


def test_lineage_of_a_model_is_drawn(k: Kernel) -> None:
    assert "→ logged: known@1" in k.run("%lineage model:known@1").text
