"""The real mlflow reads bundles, and predicts the same."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.packaging.models import KINDS, plain, predict
from tests.packaging.test_bundle import save

CODE = """
import logging, pickle, sys, warnings
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
import mlflow.pyfunc
for kind in sys.argv[1:]:
    model = mlflow.pyfunc.load_model(f"bundles/{kind}")
    with open(f"{kind}.data", "rb") as file:
        made = model.predict(pickle.load(file))
    with open(f"{kind}.made", "wb") as file:
        pickle.dump(made.detach().numpy() if hasattr(made, "detach") else made, file)
    if kind == "linear":
        example = model.metadata.load_input_example(f"bundles/{kind}")
        assert len(model.predict(example)) == len(example) > 1
    if kind == "mixed":
        names = [column.name for column in model.metadata.get_input_schema()]
        assert names == ["alcohol", "proline", "colour", "cask", "bottled"], names
assert not any(name.partition(".")[0] == "cellbook" for name in sys.modules)
"""


@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore:::(?!cellbook|tests)")
def test_mlflow_predicts_the_same(tmp_path: Path) -> None:
    pytest.importorskip("mlflow", reason="mlflow-skinny is in the group test")
    import pickle

    expected = {}
    for kind, make in KINDS.items():
        made = make()
        save(made, tmp_path / "bundles" / kind)
        (tmp_path / f"{kind}.data").write_bytes(pickle.dumps(made.data))
        expected[kind] = predict(made)
    done = subprocess.run(
        [sys.executable, "-c", CODE, *KINDS],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    for kind, values in expected.items():
        found = plain(pickle.loads((tmp_path / f"{kind}.made").read_bytes()))
        assert np.array_equal(found, values), kind
