"""Files of skops, written anew: the same in every process, and read as before."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from cellbook.packaging.formats import save_model
from cellbook.packaging.standalone.models import is_safe

skops = pytest.importorskip("skops.io", reason="skops is in the group test")

CODE = """
import hashlib, skops.io
from cellbook.packaging.formats.scikit_learn import canonical_skops
from sklearn.feature_extraction.text import CountVectorizer
texts = ["one two three", "four five six", "seven"]
model = CountVectorizer().fit(texts)
model.seen = {"one", "two", "three", "four", "five"}
model.kept = frozenset(model.seen)
model.both = [model.seen, model.seen]
data = canonical_skops(skops.io.dumps(model))
again = skops.io.loads(data, trusted=skops.io.get_untrusted_types(data=data))
assert again.seen == model.seen and again.kept == model.kept
assert again.both[0] is again.both[1]
assert (again.transform(texts) != model.transform(texts)).nnz == 0
print(hashlib.sha256(data).hexdigest())
"""


def test_sets_and_addresses_do_not_matter() -> None:
    found = {
        subprocess.run(
            [sys.executable, "-c", CODE],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1


def test_texts_are_stored_safely(tmp_path: Path) -> None:
    model = make_pipeline(CountVectorizer(), LogisticRegression())
    model.fit(["red wine", "white wine", "red"], [0, 1, 0])
    saved = save_model(model, tmp_path)
    assert is_safe({**saved.about, "method": saved.method})
    assert set(saved.modules) >= {"sklearn", "skops"}


def test_what_skops_cannot_carry_is_a_pickle_and_says_why(tmp_path: Path) -> None:
    model = FunctionTransformer(lambda data: data * 2).fit(np.ones((2, 2)))
    saved = save_model(model, tmp_path)
    assert saved.about["format"] == "pickle"
    assert saved.method == "transform"
    assert "as skops cannot hold it" in saved.notes[0]


def test_a_type_of_a_stranger_is_not_harmless() -> None:
    for name in (
        "os.system",
        "sklearn.tree._export.export_graphviz",
        "evil.sklearn.tree._tree.Tree",
    ):
        assert not is_safe({"format": "skops", "types": [name]})
    assert not is_safe({"format": "pickle", "types": [], "safe": True})
