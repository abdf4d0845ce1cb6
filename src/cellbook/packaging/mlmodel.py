"""``MLmodel``, the file by which mlflow knows a model: YAML, written without mlflow."""

from __future__ import annotations

import json
import platform
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cellbook.packaging.formats import Saved
from cellbook.packaging.signature import Column, Columns, Signature, Tensor

FILE = "MLmodel"

_TYPES = {
    "bool": "boolean", "boolean": "boolean",
    "int8": "integer", "int16": "integer", "int32": "integer", "uint8": "integer",
    "uint16": "integer", "int64": "long", "uint32": "long",
    "float16": "float", "float32": "float", "float64": "double", "string": "string",
}  # fmt: skip
"""Of mlflow's types, the least that holds all values of ours."""


def mlmodel(saved: Saved, signature: Signature, example: Mapping[str, Any] | None) -> str:
    """Return the content of the file.

    mlflow loads the model by the code in the bundle, which checks the signature as Cellbook does;
    where mlflow knows the library, its name for it stands there too.
    """
    python = {
        "loader_module": "cellbook_bundle",
        "code": "code",
        "env": {"virtualenv": "python_env.yaml"},
        "python_version": platform.python_version(),
    }
    doc: dict[str, Any] = {"flavors": {**saved.flavors, "python_function": python}}
    told = {
        name: json.dumps(schema)
        for name, schema in (
            ("inputs", _schema(signature.inputs)),
            ("outputs", _schema(signature.outputs)),
        )
        if schema is not None
    }
    if "inputs" in told:
        doc["signature"] = told
    if example is not None and "value" not in example:
        table = "columns" in example
        doc["saved_input_example_info"] = {
            "artifact_path": "input_example.json",
            "type": "dataframe" if table else "ndarray",
            **({"pandas_orient": "split"} if table else {"format": "tf-serving"}),
        }
    return "\n".join(_yaml(doc, "")) + "\n"


def _schema(schema: Columns | Tensor | None) -> list[dict[str, Any]] | None:
    if isinstance(schema, Tensor):
        shape = [-1 if size is None else size for size in schema.shape]
        spec = {"dtype": schema.dtype, "shape": shape}
        return [{"type": "tensor", "tensor-spec": spec}]
    if not isinstance(schema, Columns):
        return None
    made = []
    for column in schema.columns:
        made.append({"type": _type(column), "name": column.name, "required": column.required})
    return made


def _type(column: Column) -> str:
    # What mlflow would turn into something else passes as it is: the bundle's code looks at it.
    kind = _TYPES.get(column.dtype.lower(), "any")
    # mlflow has no whole numbers that may be missing.
    return "any" if column.nullable and kind in ("integer", "long", "boolean") else kind


def _yaml(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, item in value.items():
        if isinstance(item, Mapping) and item:
            yield f"{indent}{key}:"
            yield from _yaml(item, indent + "  ")
        else:
            yield f"{indent}{key}: {_scalar(item)}"


def _scalar(value: Any) -> str:
    # All JSON is YAML; what needs no quotes has none.
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z_][\w./-]*", value):
        return (
            value
            if value.lower() not in ("true", "false", "null", "yes", "no", "on", "off")
            else (json.dumps(value))
        )
    return json.dumps(value, ensure_ascii=False)
