from __future__ import annotations

import pytest

from cellbook.answers import ComparisonQuery, LinesQuery, Reader, compare, draw_lines
from cellbook.book import Book
from cellbook.errors import InvalidInput
from cellbook.store import remove
from tests.views.conftest import Log


def test_a_run_that_is_gone_is_named_and_the_others_are_compared(opened: Book, log: Log) -> None:
    records = [log(name, acc=[0.1, 0.2]) for name in ("one", "two", "three")]
    runs = tuple(record.run_id for record in records)
    opened.store.commit([remove("runs", runs[0])])
    found = compare(Reader(opened), ComparisonQuery(runs, baseline=2))
    assert [head.name for head in found.runs] == ["two", "three"]
    assert found.runs[found.baseline].name == "three"
    assert len(found.missing) == 1
    assert runs[0] in found.missing[0]
    lines = draw_lines(Reader(opened), LinesQuery(runs, "acc"))
    assert len(lines.lines) == 2
    assert compare(Reader(opened), ComparisonQuery(runs, baseline=0)).baseline == 0
    by_number = compare(Reader(opened), ComparisonQuery(("#9", "#1", "#2"), baseline=2))
    assert by_number.runs[by_number.baseline].name == "two"


def test_one_run_is_shown_by_itself_and_none_is_told(opened: Book, log: Log) -> None:
    with pytest.raises(InvalidInput, match="no runs to compare"):
        compare(Reader(opened), ComparisonQuery())
    log("one")
    assert len(compare(Reader(opened), ComparisonQuery(("#1",))).runs) == 1
    with pytest.raises(InvalidInput, match="#7"):
        compare(Reader(opened), ComparisonQuery(("#7",)))
    with pytest.raises(InvalidInput, match="from 0 to 0; not 3"):
        compare(Reader(opened), ComparisonQuery(("#1",), baseline=3))
