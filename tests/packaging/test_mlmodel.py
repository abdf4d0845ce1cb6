"""The MLmodel file, read as YAML."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from cellbook.packaging.formats import Saved
from cellbook.packaging.mlmodel import mlmodel
from cellbook.packaging.signature import Column, Columns, Signature, Tensor, infer_signature
from tests.packaging.models import cellar

yaml = pytest.importorskip("yaml", reason="pyyaml is in the group test")

SAVED = Saved(
    about={},
    method="predict",
    modules=frozenset(),
    flavors={
        "sklearn": {"pickled_model": "model/a: b.skops", "skops_trusted_types": [], "x": "no"}
    },
)


def read(signature: Signature, example: Any = None) -> Any:
    return yaml.safe_load(mlmodel(SAVED, signature, example))


def test_flavors_are_what_they_were() -> None:
    doc = read(Signature())
    assert doc["flavors"]["sklearn"] == dict(SAVED.flavors["sklearn"])
    assert doc["flavors"]["python_function"]["loader_module"] == "cellbook_bundle"
    assert "signature" not in doc


def test_types_are_mlflows() -> None:
    data, _ = cellar()
    doc = read(infer_signature(data, np.zeros(3)), {"columns": [], "data": []})
    columns = json.loads(doc["signature"]["inputs"])
    assert {one["name"]: one["type"] for one in columns} == {
        "alcohol": "double",
        "proline": "double",
        "colour": "any",
        "cask": "string",
        "bottled": "any",
    }
    assert doc["saved_input_example_info"]["pandas_orient"] == "split"
    whole = Signature(Columns((Column("a", "Int64", True), Column("b", "int32", required=False))))
    assert json.loads(read(whole)["signature"]["inputs"]) == [
        {"type": "any", "name": "a", "required": True},
        {"type": "integer", "name": "b", "required": False},
    ]


def test_tensors_are_mlflows() -> None:
    doc = read(Signature(Tensor("uint8", (None, 8, 8))), {"inputs": []})
    assert json.loads(doc["signature"]["inputs"]) == [
        {"type": "tensor", "tensor-spec": {"dtype": "uint8", "shape": [-1, 8, 8]}}
    ]
    assert doc["saved_input_example_info"]["format"] == "tf-serving"
