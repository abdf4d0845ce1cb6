"""The bill of materials: it validates, and says what the bundle holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cellbook.packaging import bill_of_materials, open_bundle, save_bundle, write_bill_of_materials
from tests.packaging.models import linear, mixed

pytestmark = pytest.mark.filterwarnings("ignore:::(?!cellbook|tests)")


def test_it_validates_as_cyclonedx_1_7(tmp_path: Path) -> None:
    pytest.importorskip("cyclonedx", reason="cyclonedx-python-lib is in the group test")
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    validator = JsonStrictValidator(SchemaVersion.V1_7)
    for make in (linear, mixed):
        made = make()
        folder = tmp_path / make.__name__
        save_bundle(
            made.model,
            folder,
            name="wine",
            description="Which of three growers?",
            facts={"Run": "#12", "acc": "0.97"},
            input_example=made.data,
        )
        file = write_bill_of_materials(folder, tmp_path / "bom.cdx.json")
        assert validator.validate_str(file.read_text()) is None
        broken = json.loads(file.read_text())
        broken["metadata"]["component"]["type"] = "wine"
        assert validator.validate_str(json.dumps(broken)) is not None


def test_it_names_model_files_and_packages(tmp_path: Path) -> None:
    made = linear()
    bundle = save_bundle(made.model, tmp_path / "bundle", input_example=made.data)
    bill = bill_of_materials(tmp_path / "bundle")
    assert bill == bill_of_materials(tmp_path / "bundle")
    model = bill["metadata"]["component"]
    assert model["modelCard"]["modelParameters"]["modelArchitecture"] == "sklearn.pipeline.Pipeline"
    assert {one["name"] for one in model["components"]} == {
        entry.path for entry in open_bundle(tmp_path / "bundle").manifest.entries
    }
    packages = {one["name"]: one["version"] for one in bill["components"]}
    assert [f"{name}=={version}" for name, version in packages.items()] == bundle.requirements
    assert "scikit-learn" in packages
