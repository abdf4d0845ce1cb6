from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from prov.model import ProvActivity, ProvDocument, ProvEntity, ProvUsage

from cellbook.interop.prov import as_prov
from cellbook.records import Lineage, LineageEdge, LineageKind, LineageNode

HOSTILE = '/data/a "b"\n<script>;é:@%20.csv'
KIND = LineageKind


def test_a_reader_of_prov_reads_it() -> None:
    nodes = (
        LineageNode(f"source:{HOSTILE}", KIND.SOURCE, HOSTILE),
        LineageNode("data:D1", KIND.DATA, "wine@1", "3 rows", 1_000, facts={"digest": "sha256:a"}),
        LineageNode("cell:E1", KIND.CELL, "cell [3]", "", 1_500, 1_600, {"source": "x = 1"}),
        LineageNode("data:D2", KIND.DATA, "clean@1", "", 1_600),
        LineageNode("run:R0", KIND.RUN, "#1 sweep", "", 1_900),
        LineageNode("run:R1", KIND.RUN, "#2 forest", "", 2_000, 3_000),
        LineageNode("file:A1", KIND.FILE, "model.skops", "2 kB", 2_500),
        LineageNode("model:M1", KIND.MODEL, "wine@1", "", 2_600),
        LineageNode("alias:wine@champion", KIND.ALIAS, "@champion", "of wine"),
        LineageNode("more:a:b", KIND.MORE, "9 more runs"),
    )
    edges = (
        LineageEdge(f"source:{HOSTILE}", "data:D1", "read"),
        LineageEdge("data:D1", "cell:E1", "read"),
        LineageEdge("cell:E1", "data:D2", "made"),
        LineageEdge("data:D2", "run:R1", "used", "train"),
        LineageEdge("run:R0", "run:R1", "part of"),
        LineageEdge("run:R1", "file:A1", "logged"),
        LineageEdge("run:R1", "model:M1", "logged"),
        LineageEdge("model:M1", "alias:wine@champion", "named"),
        LineageEdge("data:D2", "more:a:b", "used"),
    )
    told = as_prov(Lineage("run:R1", nodes, edges))
    read = ProvDocument.deserialize(io.StringIO(json.dumps(told)))
    assert {one.identifier.localpart for one in read.get_records(ProvActivity)} == {
        "cell/E1", "run/R0", "run/R1",
    }  # fmt: skip
    assert len(list(read.get_records(ProvEntity))) == 6
    assert {one.label for one in read.get_records(ProvEntity)} >= {HOSTILE, "wine@1"}
    run = next(one for one in read.get_records(ProvActivity) if "R1" in str(one.identifier))
    assert run.get_endTime().isoformat() == "1970-01-01T00:00:03+00:00"
    relations = sorted(type(one).__name__ for one in read.get_records() if one.is_relation())
    assert relations == [
        "ProvCommunication", "ProvDerivation", "ProvDerivation", "ProvGeneration",
        "ProvGeneration", "ProvGeneration", "ProvUsage", "ProvUsage",
    ]  # fmt: skip
    roles = [dict(one.extra_attributes) for one in read.get_records(ProvUsage)]
    assert any("train" in role.values() for role in roles)
    # What was read is written again as it was: nothing is lost on the way.
    again = json.loads(read.serialize(format="json"))
    assert ProvDocument.deserialize(io.StringIO(json.dumps(again))) == read


@pytest.mark.parametrize("thing", ["a b", "ü/ö", "%", "x:y"])
def test_ids_are_qualified_names(thing: str, tmp_path: Path) -> None:
    node = LineageNode(f"source:{thing}", KIND.SOURCE, thing)
    told = as_prov(Lineage(node.node_id, (node,), ()))
    read = ProvDocument.deserialize(io.StringIO(json.dumps(told)))
    (entity,) = read.get_records(ProvEntity)
    assert entity.identifier.uri.startswith("urn:cellbook:source/")
