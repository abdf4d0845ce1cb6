from __future__ import annotations

import pytest

from cellbook.book import Book
from cellbook.views import runs_page
from cellbook.views.hints import near_runs, nearest, query_hint
from tests.views.conftest import Log


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("metrics.los > 0.1", "No run has metrics.los: did you mean metrics.loss?"),
        ("metrics.lr > 0.1", "No run has metrics.lr: did you mean params.lr?"),
        ("metrics.`val ac` > 0.1", "No run has metrics.val ac: did you mean metrics.val acc?"),
        ("tags.teem = 'x' and metrics.loss > 3", "did you mean tags.team?"),
        ("params.zzzzzz = 1", "No run has params.zzzzzz: is it spelled as it was logged?"),
        ("metrics.loss > 99", ""),
        ("notebook = run.ipynb", ""),
        (
            "a phrase",
            "Words are looked for in names. Values are asked for so: `metrics.acc > 0.9`.",
        ),
        ("ona", "Did you mean 'one'?"),
        ("#99", ""),
        ("", ""),
    ],
)
def test_hint_names_what_no_run_ever_had(opened: Book, log: Log, query: str, meant: str) -> None:
    log("one", {"lr": 0.1}, tags={"team": "vision"}, loss=1.0, **{"val acc": 0.5})
    assert query_hint(opened.store, query).endswith(meant)
    assert bool(query_hint(opened.store, query)) is bool(meant)


def test_page_has_a_hint_only_where_it_is_empty(opened: Book, log: Log) -> None:
    log("one", loss=1.0)
    assert runs_page(opened.store, "metrics.los > 1 or metrics.loss > 0").hint == ""
    assert "metrics.loss?" in runs_page(opened.store, "metrics.los > 1").hint


def test_nearest_run_is_found_in_any_case(opened: Book, log: Log) -> None:
    log("Baseline")
    log("gone")
    opened.runs.delete("gone")
    assert near_runs(opened.store, "baselin") == ["Baseline"]
    assert near_runs(opened.store, "LINE") == ["Baseline"]
    assert near_runs(opened.store, "gon") == []
    assert nearest("x", []) == ""
