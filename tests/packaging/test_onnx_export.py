"""ONNX, where its libraries are installed: they are too large for the group test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cellbook.errors import InvalidInput, MissingDependency
from cellbook.packaging import export_onnx, load_bundle, save_bundle
from tests.packaging.models import Made, forest, linear, mixed, predict

pytestmark = pytest.mark.filterwarnings("ignore:::(?!cellbook|tests)")


def packed(made: Made, folder: Path) -> object:
    save_bundle(made.model, folder, input_example=made.data, method=made.method)
    return load_bundle(folder, trust=True)


def test_onnx_predicts_the_same(tmp_path: Path) -> None:
    pytest.importorskip("skl2onnx", reason="skl2onnx is in the group test")
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is in the group test")
    for make in (linear, forest):
        made = make()
        file = export_onnx(packed(made, tmp_path / make.__name__), tmp_path / "model.onnx")  # type: ignore[arg-type]
        session = runtime.InferenceSession(file.read_bytes(), providers=["CPUExecutionProvider"])
        found = session.run(None, {"input": np.asarray(made.data, "float32")})
        assert np.allclose(found[1 if made.method else 0], predict(made), atol=1e-5)


def test_texts_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("skl2onnx", reason="skl2onnx is in the group test")
    pytest.importorskip("onnxruntime", reason="onnxruntime is in the group test")
    with pytest.raises(InvalidInput, match="numbers only"):
        export_onnx(packed(mixed(), tmp_path / "bundle"), tmp_path / "model.onnx")  # type: ignore[arg-type]


def test_what_is_missing_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "skl2onnx", None)
    with pytest.raises(MissingDependency, match=r"cellbook\[onnx\]"):
        export_onnx(packed(linear(), tmp_path / "bundle"), tmp_path / "model.onnx")  # type: ignore[arg-type]
