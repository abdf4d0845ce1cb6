from __future__ import annotations

import json
from pathlib import Path

import pytest

from cellbook.interop.ro_crate import CrateData, CrateFile, crate, file_id
from cellbook.records import DatasetVersion, RunRecord, RunState
from tests.interop.validators import read_crate

ODD = 'a b/ü?#%20"<é☃>.csv'
SHA = "ab" * 32


def run(**facts: object) -> RunRecord:
    made = {
        "run_id": "01M8G93XMSBSKM7NZ8VDHEKE4K",
        "run_name": "wide",
        "experiment": "nets",
        "state": RunState.FINISHED,
        "start_time": 1_700_000_000_000,
        "end_time": 1_700_000_060_500,
        "params": {"lr": 0.1, "layers": [64, 64], "none": None, ODD: True},
        "metrics": {"acc": 0.5, "odd": float("nan"), "far": float("inf")},
        **facts,
    }
    return RunRecord(**made)  # type: ignore[arg-type]


DATA = DatasetVersion("01M8G93XMSBSKM7NZ8VDHEKE4D", "dig its", "sha256:ab", 1_700_000_000_000, 2)
FILES = [
    CrateFile("slice.py", 3, SHA, "text/x-python", "code", is_code=True),
    CrateFile(ODD, 4, SHA, "text/csv", is_result=True),
    CrateFile("data/d.json", 5, SHA, "application/ld+json", about=f"#data-{DATA.dataset_id}"),
]


def written(told: dict, folder: Path) -> Path:
    for one in FILES:
        (folder / one.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / one.path).write_text("x")
    (folder / "ro-crate-metadata.json").write_text(json.dumps(told))
    return folder


@pytest.fixture
def told() -> dict:
    used = [CrateData(DATA, ["train"], [ODD])]
    return crate(run(), FILES, used, agent="ada l.", instrument="slice.py")


def test_a_reader_of_crates_reads_it(told: dict, tmp_path: Path) -> None:
    found = read_crate(written(told, tmp_path))
    assert found.name == "wide"
    assert found.root_dataset["datePublished"] == "2023-11-14T22:14:20.500Z"
    assert {entity.id for entity in found.data_entities} == {file_id(one.path) for one in FILES}
    (action,) = (one for one in found.contextual_entities if one.type == "CreateAction")
    assert action["agent"]["name"] == "ada l."
    assert action["instrument"].id == "slice.py"
    assert "SoftwareSourceCode" in action["instrument"].type
    assert action["startTime"] < action["endTime"]
    values = {one["name"]: one["value"] for one in action["object"] if one.type == "PropertyValue"}
    assert values == {"lr": 0.1, "layers": "[64, 64]", "none": "null", ODD: True}
    results = {one["name"]: one.get("value") for one in action["result"]}
    assert results == {ODD: None, "acc": 0.5, "odd": "NaN", "far": "Infinity"}
    (data,) = (one for one in action["object"] if one.type == "Dataset")
    assert (data["name"], data["identifier"]) == ("dig its@2", "sha256:ab")


def test_it_keeps_the_rules_of_the_specification(told: dict) -> None:
    """RO-Crate 1.1, sections 4 (root) and 5 (data entities); JSON-LD flattened, all ids once."""
    json.dumps(told, allow_nan=False)
    graph = {one["@id"]: one for one in told["@graph"]}
    assert len(graph) == len(told["@graph"])
    descriptor = graph["ro-crate-metadata.json"]
    assert descriptor["@type"] == "CreativeWork"
    assert descriptor["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    root = graph[descriptor["about"]["@id"]]
    assert root["@type"] == "Dataset"
    assert all(root[name] for name in ("name", "description", "datePublished", "license"))
    for one in FILES:
        entity = graph[file_id(one.path)]
        assert "File" in entity["@type"]
        assert {"contentSize", "encodingFormat", "sha256"} <= entity.keys()
        assert {"@id": file_id(one.path)} in root["hasPart"]

    def references(value: object) -> list[str]:
        if isinstance(value, dict):
            if value.keys() == {"@id"}:
                return [value["@id"]]
            return [name for one in value.values() for name in references(one)]
        return (
            [name for one in value for name in references(one)] if isinstance(value, list) else []
        )

    named = {name for one in told["@graph"] for name in references(one)}
    assert named - graph.keys() <= {
        "https://w3id.org/ro/crate/1.1",
        "http://schema.org/CompletedActionStatus",
    }


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (RunState.FINISHED, "Completed"),
        (RunState.FAILED, "Failed"),
        (RunState.CRASHED, "Failed"),
        (RunState.STOPPED, "Failed"),
    ],
)
def test_how_it_ended(state: RunState, status: str) -> None:
    told = crate(run(state=state, error="E: x"), [], [])
    (action,) = (one for one in told["@graph"] if one["@type"] == "CreateAction")
    assert action["actionStatus"] == {"@id": f"http://schema.org/{status}ActionStatus"}
    assert action["error"] == "E: x"
    assert "agent" not in action
    assert "instrument" not in action


def test_a_license_is_an_entity() -> None:
    url = "https://creativecommons.org/licenses/by/4.0/"
    graph = {one["@id"]: one for one in crate(run(), [], [], license=url)["@graph"]}
    assert graph["./"]["license"] == {"@id": url}
    assert graph[url]["@type"] == "CreativeWork"
