from __future__ import annotations

import numpy as np

from cellbook.book import Book
from cellbook.datasets.subsets import Subsets
from cellbook.records import Subset
from cellbook.store import update
from cellbook.views.data_comparison import DataComparison, compare_data
from cellbook.views.data_used import GONE, used_data, versions_of
from cellbook.views.runs_list import runs_page
from cellbook.widgets.compare import compare_panel


def compared(book: Book, *runs: str) -> DataComparison:
    book.refresh()
    return compare_data(book.store, [book.find_run(run) for run in runs])


def log(book: Book, name: str, *inputs: tuple[str, str, str]) -> None:
    with book.start_run(name) as run:
        for data, digest, role in inputs:
            run.log_input(data, digest, role=role)


def test_used_data_stands_in_the_order_of_its_roles(opened: Book) -> None:
    log(opened, "one", ("a", "1", ""), ("b", "2", "other"), ("c", "3", "test"), ("d", "4", "train"))
    record = opened.find_run("one")
    used = used_data(record.inputs, versions_of(opened.store, [record.inputs]))
    assert [(one.name, one.version, one.roles) for one in used] == [
        ("d", 1, ("train",)), ("c", 1, ("test",)), ("b", 1, ("other",)), ("a", 1, ()),
    ]  # fmt: skip


def test_what_differs_comes_first(opened: Book) -> None:
    log(opened, "one", ("same", "0", "test"), ("wine", "1", "train"))
    log(opened, "two", ("same", "0", "test"), ("wine", "2", "train"))
    found = compared(opened, "one", "two")
    assert [(row.name, row.differs) for row in found.rows] == [("wine", True), ("same", False)]
    assert [[one.version for one in cell] for cell in found.rows[0].cells] == [[1], [2]]
    assert found.warnings == ()


def test_deleted_versions_come_last_and_are_told(opened: Book) -> None:
    log(opened, "one", ("gone", "1", "train"), ("wine", "1", "test"))
    log(opened, "two", ("wine", "1", "test"))
    opened.datasets.delete("gone")
    found = compared(opened, "one", "two")
    assert [row.name for row in found.rows] == ["wine", GONE]
    (used,) = found.rows[1].cells[0]
    assert (used.name, used.version, used.roles) == ("", 0, ("train",))
    assert found.rows[1].cells[1] == ()


def test_runs_scored_on_different_test_data_are_warned_of(opened: Book) -> None:
    log(opened, "one", ("wine", "1", "test"))
    log(opened, "two", ("wine", "2", "test"))
    log(opened, "three", ("wine", "1", "test"))
    log(opened, "four")
    assert compared(opened, "one", "two", "three", "four").warnings == (
        "These runs were scored on different test data: #1 and #3 on wine@1; #2 on wine@2.",
        "#4 does not say which test data gave the scores.",
    )


def test_same_content_under_another_name_is_the_same_test_data(opened: Book) -> None:
    log(opened, "one", ("wine", "1", "test"))
    log(opened, "two", ("vino", "1", "test"))
    assert compared(opened, "one", "two").warnings == ()


def test_validation_data_counts_where_no_run_names_test_data(opened: Book) -> None:
    log(opened, "one", ("wine", "1", "validation"))
    log(opened, "two", ("wine", "2", "validation"))
    (warning,) = compared(opened, "one", "two").warnings
    assert "different validation data" in warning


def test_run_trained_and_scored_on_the_same_is_warned_of(opened: Book) -> None:
    log(opened, "one", ("wine", "1", "train"), ("vino", "1", "test"))
    assert compared(opened, "one").warnings == (
        "#1 was trained and scored on the same data: vino@1.",
    )


def rows(book: Book, run: str, role: str, *positions: int, of: int = 10) -> None:
    record = book.find_run(run)
    (dataset,) = record.inputs
    one = Subset(
        book.store.new_id(), dataset, 5, len(positions), len(positions), of,
        role=role, run=record.run_id,
    )  # fmt: skip
    Subsets(book.store).add(one, np.array(positions))


def test_parts_of_one_table_to_train_and_to_test_are_no_mistake(opened: Book) -> None:
    log(opened, "one", ("wine", "1", "train"), ("wine", "1", "test"))
    rows(opened, "one", "train", 0, 1, 2, 3)
    rows(opened, "one", "test", 4, 5)
    assert compared(opened, "one").warnings == ()
    rows(opened, "one", "train", 5, 6)
    assert compared(opened, "one").warnings == (
        "#1 was trained on 1 of the 2 rows that it was scored with (wine@1).",
    )


def test_runs_scored_on_other_rows_of_the_same_are_warned_of(opened: Book) -> None:
    for name, tested in (("one", (4, 5)), ("two", (4, 5)), ("three", (5, 6, 7))):
        log(opened, name, ("wine", "1", "test"))
        rows(opened, name, "test", *tested)
    assert compared(opened, "one", "two").warnings == ()
    assert compared(opened, "one", "two", "three").warnings == (
        "These runs were scored on different rows of wine@1: #1 and #2 on 2 of them; #3 on 3 of "
        "them.",
    )
    log(opened, "four", ("wine", "1", "test"))
    assert compared(opened, "one", "three", "four").warnings == ()


def test_texts_of_comparisons_warn_of_data(opened: Book) -> None:
    log(opened, "one", ("wine", "1", "test"))
    log(opened, "two", ("wine", "2", "test"))
    told = "! These runs were scored on different test data: #1 on wine@1; #2 on wine@2."
    assert compare_panel(opened, ["one", "two"]).text.splitlines()[-1] == told


def test_rows_in_training_and_test_are_warned_of(opened: Book) -> None:
    log(opened, "one", ("wine", "1", "train"))
    run = opened.find_run("one")
    text = "5 of the 9 rows scored are among the 20 that Ridge was fitted to."
    opened.store.commit([update("runs", run.run_id, {"leaks": {opened.store.new_id(): text}})])
    assert compared(opened, "one").warnings == (f"#1: {text}",)
    assert compared(opened, "one").runs[0].flags == (text,)
    (row,) = runs_page(opened.store).rows
    assert row.flags == (text,)


def test_many_runs_are_counted(opened: Book) -> None:
    for place in range(6):
        log(opened, f"run {place}", ("wine", "1", "test"))
    log(opened, "last", ("wine", "2", "test"))
    (warning,) = compared(opened, *(str(number) for number in range(1, 8))).warnings
    assert "#1, #2, #3, #4 and 2 more on wine@1; #7 on wine@2" in warning
