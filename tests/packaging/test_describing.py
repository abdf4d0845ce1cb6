"""The model card, and the data contract, which is compared with its published schema."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from cellbook.packaging import Column, Columns, Signature, infer_signature, save_bundle
from cellbook.packaging.describing import contract
from tests.packaging.models import cellar, own_class

SCHEMA = json.loads((Path(__file__).parent / "vectors" / "odcs-3.1.0.schema.json").read_text())

pytestmark = pytest.mark.filterwarnings("ignore:::(?!cellbook|tests)")

BY_HAND = Signature(
    Columns(
        (
            Column("age", "Int64", nullable=True, minimum=0, maximum=150),
            Column("since", "datetime64[us]", minimum="2020-01-01"),
            Column("town", "category", categories=("Bonn", "Kiel")),
            Column("other", "object", required=False),
        )
    )
)


@pytest.mark.parametrize(
    "signature",
    [infer_signature(cellar()[0]), infer_signature(np.zeros((2, 8, 8))), Signature(), BY_HAND],
    ids=["columns", "tensor", "nothing", "by hand"],
)
def test_contract_validates(signature: Signature) -> None:
    validator = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)
    assert list(validator.iter_errors(contract("wine", signature))) == []


def test_contract_says_what_binds() -> None:
    (schema,) = contract("wine", BY_HAND)["schema"]
    age, since, town, other = schema["properties"]
    assert age["logicalTypeOptions"] == {"minimum": 0, "maximum": 150}
    assert not age["required"]
    assert since["required"]
    assert town["quality"][0]["arguments"] == {"validValues": ["Bonn", "Kiel"]}
    assert not other["required"]


def test_card_tells_people(tmp_path: Path) -> None:
    made = own_class()
    save_bundle(
        made.model,
        tmp_path / "bundle",
        name="halves",
        description="Half of some columns.",
        facts={"Run": "#12 | wide"},
        input_example=made.data,
    )
    card = (tmp_path / "bundle" / "README.md").read_text()
    assert card.startswith("# halves\n\nHalf of some columns.\n")
    assert "| Run | #12 \\| wide |" in card
    assert "| alcohol | float64 | no |" in card
    assert "## What loading it imports" in card
    assert "`requirements.txt`: cloudpickle==" in card
