from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from cellbook.answers.base import Reader
from cellbook.answers.lineage import LineageQuery, show_lineage
from cellbook.book import Book
from cellbook.datasets import imply, keep_version, new_version
from cellbook.errors import InvalidInput, NotFound
from cellbook.interop.prov import as_prov
from cellbook.records import (
    CellExecution,
    CellState,
    Checkpoint,
    CheckpointKind,
    DatasetVersion,
    Fork,
    Lineage,
    LineageKind,
    StoredBytes,
    Subset,
    to_doc,
)
from cellbook.store import create
from cellbook.views.data_details import data_details
from cellbook.views.data_text import data_facts
from cellbook.views.lineage import IMPLIED, lineage_of, lineage_text
from cellbook.views.lineage_layout import draw_lineage
from cellbook.views.run_details import run_details
from cellbook.widgets.lineage import lineage_panel, picture


def keep(book: Book, name: str, digest: str, **more: Any) -> DatasetVersion:
    new = new_version(book.store, name, digest, source=more.pop("source", ""))
    return keep_version(book.store, dataclasses.replace(new, **more))


def ask(book: Book, target: str) -> Lineage:
    return show_lineage(Reader(book), LineageQuery(target)).lineage


def arrows(lineage: Lineage) -> set[str]:
    return {
        f"{lineage.node(edge.before).title} {edge.what} {lineage.node(edge.after).title}"
        for edge in lineage.edges
    }


def test_lineage_goes_from_the_raw_file_to_what_the_run_logged(opened: Book) -> None:
    raw = keep(opened, "raw", "d1", source="/data/wine.csv", kind="file", size=84_199)
    clean = keep(opened, "clean", "d2", rows=1_599, columns=12, parents={raw.dataset_id: 1})
    with opened.start_run("forest") as run:
        run.log_input("clean", "d2", role="train")
        run.log_input("predictions", "d3", role="output")
        run.log_text("x", "model.txt")
    found = ask(opened, "run:forest")
    assert arrows(found) == {
        "wine.csv read raw@1",
        "raw@1 made into clean@1",
        "clean@1 used #1 forest",
        "#1 forest made predictions@1",
        "#1 forest logged model.txt",
    }
    assert [node.title for node in found.nodes][:4] == ["wine.csv", "raw@1", "clean@1", "#1 forest"]
    assert found.node(f"data:{clean.dataset_id}").detail == "1,599 rows × 12 columns"
    assert found.node(f"data:{raw.dataset_id}").detail == "84.2 kB"
    assert arrows(ask(opened, "data:predictions")) == arrows(found) - {"#1 forest logged model.txt"}


def test_a_cell_that_made_data_stands_between(opened: Book) -> None:
    cell = CellExecution("E1", "S", "clean = raw.dropna()", CellState.OK, 5, 1, execution_count=3)
    opened.store.commit([create("cells", "E1", to_doc(cell))])
    raw = keep(opened, "raw", "d1")
    made = {"parents": {raw.dataset_id: 1}, "made": {"execution": "E1"}}
    keep(opened, "train", "d2", **made)
    keep(opened, "test", "d3", **made)
    expected = {"raw@1 read cell [3]", "cell [3] made train@1", "cell [3] made test@1"}
    assert arrows(ask(opened, "data:raw")) == expected
    up = ask(opened, "data:test")
    assert arrows(up) == expected - {"cell [3] made train@1"}
    (cell_node,) = (node for node in up.nodes if node.kind is LineageKind.CELL)
    assert cell_node.facts["source"] == "clean = raw.dropna()"


def test_a_cell_that_did_two_steps_is_no_circle(opened: Book) -> None:
    cell = CellExecution("E1", "S", "…", CellState.OK, 5, 1, execution_count=3)
    opened.store.commit([create("cells", "E1", to_doc(cell))])
    raw = keep(opened, "raw", "d1", made={"execution": "E1"})
    clean = keep(opened, "clean", "d2", parents={raw.dataset_id: 1}, made={"execution": "E1"})
    keep(opened, "train", "d3", parents={clean.dataset_id: 1}, made={"execution": "E1"})
    found = ask(opened, "data:train")
    titles = [node.title for node in found.nodes]
    assert titles == ["raw@1", "cell [3]", "clean@1", "cell [3]", "train@1"]
    assert len(found.edges) == 4


def test_what_else_was_made_of_the_same_data_is_not_told(opened: Book) -> None:
    raw = keep(opened, "raw", "d1")
    for name in ("a", "b"):
        keep(opened, name, name, parents={raw.dataset_id: 1})
    assert arrows(ask(opened, "data:a")) == {"raw@1 made into a@1"}


def test_many_runs_are_a_few_and_a_number(opened: Book) -> None:
    for number in range(30):
        with opened.start_run(f"r{number}") as run:
            run.log_input("train", "d1", role="train")
            run.log_input("test", "d2", role="test")
    found = ask(opened, "data:train")
    more = [node for node in found.nodes if node.kind is LineageKind.MORE]
    assert [(node.title, node.detail) for node in more] == [("24 more runs", "#1 r0 … #24 r23")]
    assert {edge.role for edge in found.edges} == {"train"}
    assert len([node for node in found.nodes if node.kind is LineageKind.RUN]) == 6


def test_runs_nest_checkpoint_and_are_taken_over(opened: Book) -> None:
    with opened.start_run("sweep") as sweep, opened.start_run("trial", nested=True):
        pass
    kept = Checkpoint(
        "C1", "S", CheckpointKind.MANUAL, 7, StoredBytes(1, "k"), label="best", variables=3,
        run_id=sweep.run_id,
    )  # fmt: skip
    left = dataclasses.replace(kept, checkpoint_id="C2", kind=CheckpointKind.CELL, label=None)
    fork = Fork("F1", "notes/next.ipynb", 9, origin="first.ipynb", checkpoint="C1")
    opened.store.commit(
        [
            create("checkpoints", "C1", to_doc(kept)),
            create("checkpoints", "C2", to_doc(left)),
            create("forks", "F1", to_doc(fork)),
        ]
    )
    expected = {
        "#1 sweep part of #2 trial",
        "#1 sweep saved best",
        "best taken over next.ipynb",
    }
    assert arrows(ask(opened, "run:sweep")) == expected
    assert arrows(ask(opened, "checkpoint:best")) == expected - {"#1 sweep part of #2 trial"}


def test_what_is_gone_is_said_to_be(opened: Book) -> None:
    with opened.start_run("r") as run:
        run.log_input("digits", "d1", role="test")
    opened.datasets.delete("digits")
    found = ask(opened, "#1")
    assert [node.title for node in found.nodes] == ["(deleted)", "#1 r"]


def test_a_circle_of_two_books_ends(opened: Book) -> None:
    first = keep(opened, "a", "d1", parents={"01K80000000000000000000000": 1})
    keep(opened, "b", "d2", parents={first.dataset_id: 1})
    looped = dataclasses.replace(first, parents={opened.datasets.find("b").dataset_id: 1})
    opened.store.commit([create("datasets", first.dataset_id, to_doc(looped))])
    assert len(ask(opened, "data:a").edges) == 2


def test_a_huge_lineage_is_cut_and_says_so(opened: Book) -> None:
    before = keep(opened, "d0", "0")
    for number in range(1, 200):
        before = keep(opened, f"d{number}", str(number), parents={before.dataset_id: 1})
    found = ask(opened, f"data:d{199}")
    assert len(found.nodes) == 150
    assert found.notes == ("Only the nearest 150 things are told.",)


def test_what_is_written_is_whole(opened: Book, tmp_path: Path) -> None:
    before = keep(opened, "d0", "0", source="raw.csv", kind="file")
    for number in range(1, 200):
        before = keep(opened, f"d{number}", str(number), parents={before.dataset_id: 1})
    for number in range(20):
        with opened.start_run(f"r{number}") as run:
            run.log_input("d199", "199")
    panel = lineage_panel(opened, "data:d199")
    assert not panel.lineage.is_whole
    told = json.loads(panel.write(tmp_path / "chain.json").read_text())
    assert len(told["entity"]) == 201  # Each version, and the raw file.
    assert len(told["activity"]) == 20
    assert "leftOut" not in str(told)
    # A lineage that is not whole says so where it is written all the same.
    cut = as_prov(panel.lineage)["entity"][f"cellbook:data/{before.dataset_id}"]
    assert cut["cellbook:leftOut"] == "14 more runs; Only the nearest 150 things are told."


def test_a_whole_lineage_has_an_order(opened: Book) -> None:
    first = keep(opened, "a", "0")
    middle = [keep(opened, f"m{n}", f"m{n}", parents={first.dataset_id: 1}) for n in range(20)]
    last = keep(opened, "z", "z", parents={one.dataset_id: 1 for one in middle})
    found = lineage_of(opened.store, LineageKind.DATA, last.dataset_id, whole=True)
    assert [one.title for one in found.nodes] == ["a@1", *(f"m{n}@1" for n in range(20)), "z@1"]
    assert found.is_whole


def test_text_marks_the_target(opened: Book) -> None:
    with opened.start_run("r") as run:
        run.log_input("digits", "d1", role="train")
    text = lineage_text(ask(opened, "#1"))
    assert "▸ #1 r" in text
    assert "→ used as train: #1 r" in text


def test_data_needs_no_word_before_it_where_no_run_is_called_so(opened: Book) -> None:
    keep(opened, "people", "d1")
    for words in ("people@1", "people"):
        assert ask(opened, words).target.startswith("data:")
    with opened.start_run("people"):
        pass
    assert ask(opened, "people").target.startswith("run:")
    assert ask(opened, "people@1").target.startswith("data:")
    with pytest.raises(NotFound, match="people@1"):
        ask(opened, "people@2")
    with pytest.raises(NotFound, match="no run"):
        ask(opened, "nobody@2")


@pytest.mark.parametrize("words", ["", "data:", "cell:x", "board:x", "model:"])
def test_words_that_name_nothing_with_a_lineage(opened: Book, words: str) -> None:
    with pytest.raises(InvalidInput, match="#12, run:NAME"):
        ask(opened, words)


@pytest.mark.parametrize("words", ["data:nosuch", "run:nosuch", "#7", "checkpoint:nosuch"])
def test_names_of_nothing(opened: Book, words: str) -> None:
    with pytest.raises(NotFound):
        ask(opened, words)


def test_lineage_of_models_goes_both_ways(opened: Book) -> None:
    data = keep(opened, "wine", "d1", source="/data/wine.csv", kind="file")
    with opened.start_run("fit") as run:
        run.log_input("wine", "d1", role="train")
        run.log_model(lambda rows: rows, "base")
        run.log_model(lambda rows: [0], "tuned", derived_from="base/1", alias="champion")
    into = {"wine@1 used #1 fit", "wine.csv read wine@1"}
    found = ask(opened, "model:tuned@champion")
    assert arrows(found) == {
        *into,
        "#1 fit logged tuned@1",
        "#1 fit logged base@1",
        "base@1 made into tuned@1",
        "tuned@1 named @champion",
    }
    assert found.target == f"model:{opened.models.find('tuned').version_id}"
    assert {"#1 fit logged tuned@1", "tuned@1 named @champion"} < arrows(ask(opened, "run:fit"))
    assert "tuned@1 named @champion" in arrows(ask(opened, f"data:{data.label}"))
    assert arrows(ask(opened, "model:base/1")) >= {"base@1 made into tuned@1"}
    assert "  → logged: tuned@1" in lineage_text(ask(opened, "run:fit"))


def test_lineage_of_an_imported_model_begins_where_it_came_from(
    opened: Book, tmp_path: Path
) -> None:
    (tmp_path / "net.onnx").write_bytes(b"onnx")
    opened.models.register(tmp_path / "net.onnx", "net", origin="hf:acme/net", licence="mit")
    assert arrows(ask(opened, "model:net")) == {"net imported net@1"}
    opened.models.delete("net")
    with pytest.raises(NotFound, match="All versions of the model 'net' were deleted"):
        ask(opened, "model:net")


def test_what_the_cells_tell_is_implied(opened: Book) -> None:
    for place, source in (("E1", "clean = raw.dropna()"), ("E2", "%track_data clean")):
        cell = CellExecution(place, "S", source, CellState.OK, 5, 1, execution_count=int(place[1]))
        opened.store.commit([create("cells", place, to_doc(cell))])
    raw = keep(opened, "raw", "d1")
    clean = keep(opened, "clean", "d2", made={"execution": "E2"})
    imply(opened.store, clean.dataset_id, "E1", [raw.dataset_id, clean.dataset_id])
    imply(opened.store, clean.dataset_id, "E2", [])
    for target in ("data:raw", "data:clean"):
        found = ask(opened, target)
        assert arrows(found) == {"raw@1 read cell [1]", "cell [1] made clean@1"}
        assert all(edge.implied for edge in found.edges)
        assert found.notes == (IMPLIED,)
    assert "⇢ made: clean@1" in lineage_text(found)
    assert picture(draw_lineage(found)).count("cb-implied") == 2
    relations = as_prov(found)
    for kind in ("used", "wasGeneratedBy"):
        assert all(one["cellbook:implied"] is True for one in relations[kind].values())
    details = data_details(opened.store, opened.datasets.find("clean"))
    assert details.implied
    assert [one.label for one in details.parents] == ["raw@1"]
    assert details.cell is not None
    assert details.cell.source == "clean = raw.dropna()"
    facts = dict(data_facts(opened.datasets.find("clean"), opened.datasets.by_id(), ()))
    assert facts["made from"] == "raw@1 (implied by the cells)"


def test_what_somebody_said_counts_instead(opened: Book) -> None:
    raw, other = keep(opened, "raw", "d1"), keep(opened, "other", "d0")
    clean = keep(opened, "clean", "d2", parents={raw.dataset_id: 1})
    imply(opened.store, clean.dataset_id, "E1", [other.dataset_id])
    found = ask(opened, "data:clean")
    assert arrows(found) == {"raw@1 made into clean@1"}
    assert not any(edge.implied for edge in found.edges)
    assert found.notes == ()


def test_what_is_implied_leads_in_no_circle(opened: Book) -> None:
    """As where a frame was written to the file that it is said to be read from."""
    raw = keep(opened, "raw", "d1")
    frame = keep(opened, "frame", "d2", parents={raw.dataset_id: 1})
    part = keep(opened, "part", "d3", parents={frame.dataset_id: 1})
    imply(opened.store, raw.dataset_id, "E1", [part.dataset_id, frame.dataset_id, raw.dataset_id])
    assert opened.datasets.find("raw").made_of == {}
    assert arrows(ask(opened, "data:part")) == {
        "raw@1 made into frame@1",
        "frame@1 made into part@1",
    }


def rows(book: Book, version: DatasetVersion, run: str, role: str, **more: Any) -> Subset:
    made: dict[str, Any] = {"rows": 8, "distinct": 8, "of": 10, "index": "a" * 64, **more}
    one = Subset(book.store.new_id(), version.dataset_id, 5, role=role, run=run, **made)
    book.store.commit([create("subsets", one.subset_id, to_doc(one))])
    return one


def test_the_rows_that_a_run_used_stand_between(opened: Book) -> None:
    data = keep(opened, "digits", "d1", rows=10)
    with opened.start_run("fit") as run:
        run.log_input("digits", "d1", role="train")
        run.log_input("digits", "d1", role="test")
        run.log_input("digits", "d1", role="reference")
    said = "train, test = train_test_split(digits)"
    train = rows(opened, data, run.run_id, "train", selector=said, estimator="sklearn.m.Ridge")
    rows(opened, data, run.run_id, "train", selector=said, estimator="sklearn.m.Ridge")
    rows(opened, data, run.run_id, "test", rows=2, distinct=2, index="b" * 64, selector=said)
    rows(opened, data, run.run_id, "prepared", rows=10, distinct=10, index="")
    for target in ("data:digits", "run:fit"):
        found = ask(opened, target)
        assert arrows(found) == {
            "digits@1 rows of 8 of 10 rows",
            "digits@1 rows of 2 of 10 rows",
            "8 of 10 rows used #1 fit",
            "2 of 10 rows used #1 fit",
            "digits@1 used #1 fit",
        }
        roles = {edge.role for edge in found.edges if edge.what == "used"}
        assert roles == {"train", "test", "reference"}
    node = found.node(f"rows:{train.subset_id}")
    assert node.detail == "train · Ridge"
    told = as_prov(found)
    entity = told["entity"][f"cellbook:rows/{train.subset_id}"]
    assert entity["cellbook:selector"] == said
    assert {"prov:role": "train", "prov:activity": f"cellbook:run/{run.run_id}",
            "prov:entity": f"cellbook:rows/{train.subset_id}"} in told["used"].values()  # fmt: skip
    assert len(told["wasDerivedFrom"]) == 2
    details = run_details(opened.store, opened.find_run("fit"), ())
    assert [(one.role, one.rows, one.times, one.data) for one in details.rows] == [
        ("train", 8, 2, "digits@1"),
        ("test", 2, 1, "digits@1"),
        ("prepared", 10, 1, "digits@1"),
    ]
    assert details.rows[0].selector == said
