"""A model of scikit-learn as ONNX, for what serves that: an extra, beside the bundle."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cellbook.errors import InvalidInput, one_line
from cellbook.optional import require
from cellbook.packaging.bundle import PackagedModel
from cellbook.packaging.signature import Columns, Tensor
from cellbook.packaging.standalone.values import decode_input, difference, read_json

_NUMBERS = ("float", "Float", "int", "Int", "uint", "UInt")


def export_onnx(model: PackagedModel, target: str | os.PathLike[str]) -> Path:
    """Write a packaged model of scikit-learn as ONNX, and see that it predicts the same.

    ONNX' operators of classical models know 32-bit floats.  So of the bundle's input example the
    predictions are compared; where float32 makes another one, the export is refused.

    Parameters
    ----------
    model
        The model, loaded from its bundle, which has an input example.
    target
        The file to write.

    Raises
    ------
    InvalidInput
        If the model has a part that ONNX does not know, its input is not numbers alone, or its
        predictions would be others.
    MissingDependency
        If skl2onnx or onnxruntime is not installed.
    """
    skl2onnx = require("skl2onnx", "onnx", "Writing a model as ONNX")
    types = require("skl2onnx.common.data_types", "onnx", "Writing a model as ONNX")
    runtime = require("onnxruntime", "onnx", "Checking a model in ONNX")
    width = _width(model)
    example_file = model.bundle.folder / "input_example.json"
    if not example_file.is_file():
        raise InvalidInput("The bundle has no input example to compare by. Save it with one.")
    options = {"zipmap": False} if hasattr(model.native, "predict_proba") else {}
    try:
        made = skl2onnx.convert_sklearn(
            model.native,
            initial_types=[("input", types.FloatTensorType([None, width]))],
            options={id(model.native): options} if options else None,
        )
    except Exception as error:
        raise InvalidInput(f"ONNX does not know this model: {one_line(error)}.") from error
    data = made.SerializeToString()
    session = runtime.InferenceSession(data, providers=["CPUExecutionProvider"])
    schema = read_json(model.bundle.folder / "signature.json")["inputs"]
    example = model.bundle.signature.conform(decode_input(read_json(example_file), schema))
    found = session.run(None, {"input": _array(example)})
    method = model.bundle.about["model"]["method"]
    value: Any = found[1] if method == "predict_proba" else found[0]
    expected = read_json(model.bundle.folder / "expected_output.json")
    if expected["kind"] == "array" and expected["dtype"].startswith("float"):
        # Compared as what it is: ONNX computes with 32 bits.
        expected = {**expected, "dtype": "float32"}
        value = value.reshape(expected["shape"])
    if told := difference(expected, value):
        raise InvalidInput(
            f"As ONNX it would predict something else ({told}), as it computes with 32-bit floats. "
            "Fit it on float32, or serve the bundle."
        )
    file = Path(target)
    file.write_bytes(data)
    return file


def _width(model: PackagedModel) -> int:
    inputs = model.bundle.signature.inputs
    if isinstance(inputs, Columns):
        odd = [one.name for one in inputs.columns if not one.dtype.startswith(_NUMBERS)]
        if odd:
            raise InvalidInput(
                f"As ONNX a model takes numbers only; {odd[0]!r} is none. Export the part behind "
                "the encoding."
            )
        return len(inputs.columns)
    if isinstance(inputs, Tensor) and len(inputs.shape) == 2 and inputs.shape[1] is not None:
        return inputs.shape[1]
    raise InvalidInput("As ONNX a model takes rows of numbers; this one's signature is another.")


def _array(data: Any) -> Any:
    import numpy as np  # noqa: PLC0415

    return np.ascontiguousarray(np.asarray(data, dtype="float32"))
