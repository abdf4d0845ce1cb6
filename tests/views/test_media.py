from __future__ import annotations

import pytest

from cellbook.book import Book
from cellbook.errors import InvalidInput
from cellbook.views.media import compare_media, preview_table


def test_series_of_several_runs_stand_side_by_side(opened: Book) -> None:
    for name, steps in (("one", (0, 10)), ("two", (5,))):
        with opened.start_run(name) as run:
            for step in steps:
                run.log_histogram([step, step + 1], "weights", step=step)
            run.log_text("the same", "notes.txt")
    with opened.start_run("three") as run:
        run.log_text("alone", "alone.txt")
        run.log_dict({"a": 1}, "deep.json")
    opened.refresh()
    records = [opened.find_run(number) for number in (1, 2, 3)]
    found = compare_media(records, [opened.artifacts(record) for record in records])
    assert [(one.kind, one.name) for one in found.series] == [
        ("histogram", "weights"),
        ("text", "notes.txt"),
        ("text", "alone.txt"),
        ("dict", "deep.json"),
    ]
    weights, notes, *_ = found.series
    assert weights.steps == (0, 5, 10)
    assert [[item.step for item in items] for items in weights.items] == [[0, 10], [5], []]
    assert notes.steps == ()
    assert notes.items[0][0].digest == notes.items[1][0].digest
    assert [head.name for head in found.runs] == ["one", "two", "three"]


@pytest.mark.parametrize("path", ["t.csv", "t.json", "t.parquet"])
def test_the_beginning_of_a_table_is_text(opened: Book, path: str) -> None:
    with opened.start_run() as run:
        run.log_table({"name": ["<b>", "x" * 500], "share": [1 / 3, float("nan")]}, path)
    (file,) = opened.artifacts(1)
    shown = preview_table(opened.store.blobs.path(file.digest).read_bytes(), path)
    assert shown.columns == ("name", "share")
    assert shown.rows[0] == ("<b>", "0.333333")
    assert len(shown.rows[1][0]) == 200
    assert (shown.total_rows, shown.total_columns) == (2, 2)


def test_of_a_large_table_the_beginning_is_shown(opened: Book) -> None:
    with opened.start_run() as run:
        run.log_table({f"c{place}": range(1000) for place in range(100)}, "wide.csv")
    (file,) = opened.artifacts(1)
    shown = preview_table(opened.store.blobs.path(file.digest).read_bytes(), "wide.csv")
    assert (len(shown.rows), len(shown.columns)) == (50, 40)
    assert (shown.total_rows, shown.total_columns) == (1000, 100)


@pytest.mark.parametrize(
    ("content", "path"),
    [(b"no table", "t.json"), (b"{}", "t.json"), (b"PAR1", "t.parquet"), (b"", "t.csv")],
)
def test_what_is_no_table_is_told(content: bytes, path: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be read as a table"):
        preview_table(content, path)
