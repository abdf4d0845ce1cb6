"""The Open Inference Protocol, version 2, over REST: tensors in, tensors out.

https://github.com/kserve/open-inference-protocol (specification/protocol/inference_rest.md)

A model that takes a table takes one tensor a column, of shape [rows] or [rows, 1], or one of shape
[rows, columns] for all.  Floats that JSON has no form for are the strings NaN, Infinity and
-Infinity; a missing value is null.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from cellbook.packaging import Column, Columns, Signature, Tensor
from cellbook.serving.decoding import JSON, Asked, key_of, read_json
from cellbook.serving.fitting import Given, Grid, Table
from cellbook.serving.outputs import PREDICT, Outputs, values_of
from cellbook.serving.refusing import Refused

INPUT = "input-0"
"""What metadata call the only tensor of a model that takes a tensor."""

_FLOATS = {"FP16": 65504.0, "FP32": float(np.finfo("f4").max), "FP64": math.inf}
_WHOLE = {
    f"{prefix}INT{bits}": np.iinfo(f"{kind}{bits // 8}")
    for prefix, kind in (("", "i"), ("U", "u"))
    for bits in (8, 16, 32, 64)
}
_DATATYPES = ("BOOL", *_WHOLE, *_FLOATS, "BYTES")
_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_DEEPEST = 64
_LARGEST = 1 << 31


def decode_inference(body: bytes, kind: str, signature: Signature) -> Asked:
    """Return what an inference request asks.

    Raises
    ------
    Refused
        If it asks nothing that there is an answer to.
    """
    if kind != JSON:
        raise Refused(415, f"The body is {kind[:80] or 'of no type'}. Send {JSON}.")
    doc = read_json(body)
    request_id = doc.get("id")
    if request_id is not None and not isinstance(request_id, str):
        raise Refused(400, "id must be text.")
    inputs = doc.get("inputs")
    if not isinstance(inputs, list) or not inputs:
        raise Refused(400, "inputs must be a list of tensors, one at least.")
    _check_parameters(doc)
    tensors = {}
    for place, one in enumerate(inputs):
        name, values, shape, datatype = _tensor(place, one)
        if name in tensors:
            raise Refused(400, f"Two inputs are named {name[:80]!r}. Rename one.")
        tensors[name] = (values, shape, datatype)
    wanted = _wanted(doc.get("outputs"))
    given = _given(tensors, signature)
    return Asked(given, key_of(doc.get("parameters")), request_id, wanted)


def encode_inference(outputs: Outputs, asked: Asked, model: str, version: str) -> dict[str, Any]:
    """Return the response to an inference request.

    Raises
    ------
    Refused
        If an output is wanted that there is not.
    """
    if outputs.kind == "json":
        import json  # noqa: PLC0415 - models that give neither arrays nor tables are rare

        text = np.array([json.dumps(outputs.plain)], dtype=object)
        outputs = Outputs({PREDICT: text}, 1)
    unknown = [name for name in asked.outputs if name not in outputs.columns]
    if unknown:
        raise Refused(
            400,
            f"The model has no output {unknown[0][:80]!r}. It has {', '.join(outputs.columns)}.",
        )
    told = [
        {
            "name": name,
            "shape": list(outputs.columns[name].shape),
            "datatype": _datatype_of(outputs.columns[name]),
            "data": values_of(outputs.columns[name]),
        }
        for name in (asked.outputs or outputs.columns)
    ]
    doc: dict[str, Any] = {"model_name": model, "model_version": version}
    if asked.request_id is not None:
        doc["id"] = asked.request_id
    return {**doc, "outputs": told}


def metadata(
    model: str, versions: Sequence[str], platform: str, signature: Signature
) -> dict[str, Any]:
    """Return what the protocol tells of a model."""
    return {
        "name": model,
        "versions": list(versions),
        "platform": platform,
        "inputs": list(_described(signature.inputs, INPUT)),
        "outputs": list(_described(signature.outputs, PREDICT)),
    }


# -- inputs ----------------------------------------------------------------------------------------


def _tensor(place: int, told: Any) -> tuple[str, list[Any], list[int], str]:
    if not isinstance(told, dict):
        raise Refused(400, f"Input {place} is no object.")
    name, shape, datatype = told.get("name"), told.get("shape"), told.get("datatype")
    if not isinstance(name, str) or not name:
        raise Refused(400, f"Input {place} has no name.")
    where = f"Input {name[:80]!r}"
    if not isinstance(shape, list) or not all(type(one) is int and one >= 0 for one in shape):
        raise Refused(400, f"{where}: shape must be a list of whole numbers from 0.")
    size = math.prod(shape[:_DEEPEST])
    if len(shape) > 32 or size > _LARGEST:
        raise Refused(400, f"{where}: no tensor can have that shape.")
    if datatype not in _DATATYPES:
        raise Refused(
            400, f"{where}: datatype must be one of {', '.join(_DATATYPES)}, not {datatype!r:.40}."
        )
    data = told.get("data")
    if not isinstance(data, list):
        raise Refused(400, f"{where}: data must be a list.")
    _check_parameters(told)
    values = data if not any(isinstance(one, list) for one in data) else list(_flat(data, where))
    if len(values) != size:
        raise Refused(
            400, f"{where}: its shape {shape} means {size} values, and data has {len(values)}."
        )
    return name, _values(values, datatype, where, told.get("parameters")), shape, datatype


def _flat(data: list[Any], where: str) -> Iterator[Any]:
    stack = [iter(data)]
    while stack:
        for one in stack[-1]:
            if isinstance(one, list):
                if len(stack) > _DEEPEST:
                    raise Refused(400, f"{where}: data is nested too deep.")
                stack.append(iter(one))
                break
            yield one
        else:
            stack.pop()


def _values(values: list[Any], datatype: str, where: str, parameters: Any) -> list[Any]:
    if datatype in _FLOATS:
        largest = _FLOATS[datatype]
        if all(type(one) is float and -largest <= one <= largest for one in values):
            return values
        return [_float(one, largest, datatype, where) for one in values]
    if datatype in _WHOLE:
        low, high = int(_WHOLE[datatype].min), int(_WHOLE[datatype].max)
        odd = [
            one
            for one in values
            if one is not None and not (type(one) is int and low <= one <= high)
        ]
    elif datatype == "BOOL":
        odd = [one for one in values if one is not None and type(one) is not bool]
    else:
        odd = [one for one in values if one is not None and type(one) is not str]
        if not odd and isinstance(parameters, dict) and parameters.get("content_type") == "base64":
            return [_from_base64(one, where) for one in values]
    if odd:
        raise Refused(400, f"{where}: {odd[0]!r:.60} is no {datatype}.")
    return values


def _float(value: Any, largest: float, datatype: str, where: str) -> Any:
    if value is None:
        return None
    if isinstance(value, str) and value in _SPECIAL:
        return _SPECIAL[value]
    if type(value) is float and not math.isfinite(value):
        return value
    if type(value) not in (int, float) or abs(value) > largest:
        raise Refused(400, f"{where}: {value!r:.60} is no {datatype}.")
    return value


def _from_base64(value: str | None, where: str) -> str | None:
    try:
        return None if value is None else base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise Refused(400, f"{where}: {value!r:.60} is no UTF-8 text in base64.") from None


def _given(tensors: Mapping[str, tuple[list[Any], list[int], str]], signature: Signature) -> Given:
    inputs = signature.inputs
    if len(tensors) == 1:
        name, (values, shape, datatype) = next(iter(tensors.items()))
        columns = inputs.columns if isinstance(inputs, Columns) else None
        one_of_many = columns is not None and name in {column.name for column in columns}
        if columns is None or (len(shape) == 2 and not one_of_many):
            return Grid(_nested(values, shape, datatype, columns is None))
    elif isinstance(inputs, Tensor):
        raise Refused(400, f"The model takes one tensor; there are {len(tensors)}.")
    rows = {(shape[0] if shape else -1) for _, shape, _ in tensors.values()}
    for name, (_, shape, _) in tensors.items():
        if not (len(shape) == 1 or (len(shape) == 2 and shape[1] == 1)):
            raise Refused(
                400, f"Input {name[:80]!r} is a column: its shape is [rows] or [rows, 1]."
            )
    if len(rows) > 1:
        raise Refused(400, "The inputs are not equally long.")
    if rows == {0}:
        raise Refused(400, "The input has no rows. Give one at least.")
    return Table({name: values for name, (values, _, _) in tensors.items()}, rows.pop())


def _nested(values: list[Any], shape: list[int], datatype: str, as_array: bool) -> Any:
    if 0 in shape:
        raise Refused(400, "The input has no rows. Give one at least.")
    if not as_array:
        width = shape[1]
        return [values[start : start + width] for start in range(0, len(values), width)]
    if datatype in _FLOATS:
        values = [math.nan if one is None else one for one in values]
    try:
        if datatype == "BYTES" or None in values:
            array = np.array(values, dtype=object)
        else:
            array = np.array(values, dtype=_dtype(datatype))
        return array.reshape(shape)
    except (ValueError, OverflowError):
        raise Refused(400, "The input is no tensor of that shape.") from None


def _dtype(datatype: str) -> str:
    # Floats come as decimals: to round them to fewer bits is the model's to do.
    return {"BOOL": "bool", **dict.fromkeys(_FLOATS, "f8")}.get(datatype, datatype.lower())


def _wanted(told: Any) -> tuple[str, ...]:
    if told is None:
        return ()
    if not isinstance(told, list) or not all(
        isinstance(one, dict) and isinstance(one.get("name"), str) for one in told
    ):
        raise Refused(400, 'outputs must be a list of {"name": …}.')
    for one in told:
        _check_parameters(one)
    return tuple(dict.fromkeys(one["name"] for one in told))


def _check_parameters(told: Mapping[str, Any]) -> None:
    if not isinstance(told.get("parameters", {}), dict):
        raise Refused(400, "parameters must be an object.")


# -- outputs ---------------------------------------------------------------------------------------


def _datatype_of(array: Any) -> str:
    kind, size = array.dtype.kind, 8 * array.dtype.itemsize
    if kind in "iu":
        return f"{'U' * (kind == 'u')}INT{size}"
    return {"b": "BOOL", "f": f"FP{min(size, 64)}"}.get(kind, "BYTES")


def _described(schema: Columns | Tensor | None, name: str) -> Iterator[dict[str, Any]]:
    if isinstance(schema, Columns):
        for column in schema.columns:
            yield {"name": column.name, "datatype": _column_datatype(column), "shape": [-1]}
    elif isinstance(schema, Tensor):
        shape = [-1 if size is None else size for size in schema.shape]
        dtype = "O" if schema.dtype == "str" else schema.dtype
        yield {"name": name, "datatype": _datatype_of(np.empty(0, dtype)), "shape": shape}


def _column_datatype(column: Column) -> str:
    dtype = column.dtype.lower()
    if dtype == "category":
        values = column.categories
        if values and all(type(one) is int for one in values):
            return "INT64"
        return "FP64" if values and all(type(one) in (int, float) for one in values) else "BYTES"
    if dtype in ("bool", "boolean"):
        return "BOOL"
    try:
        return _datatype_of(np.empty(0, dtype)) if dtype[0] in "iuf" else "BYTES"
    except TypeError:
        return "BYTES"
