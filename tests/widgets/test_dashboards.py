from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import cellbook as cb
from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import DashboardPanel
from cellbook.widgets import DashboardView, compare_panel, dashboard_names
from tests.views.conftest import Log


@pytest.fixture
def filled(opened: Book, log: Log) -> Book:
    runs = [
        log(name, {"lr": lr}, acc=[0.1, 0.9], loss=[2, 1])
        for name, lr in (("one", 0.1), ("two </script><b>", 0.2))
    ]
    room = opened.dashboards
    ids = tuple(run.run_id for run in runs)
    room.add("weekly", DashboardPanel("both </script>", ids, look={"baseline": ids[1]}))
    room.add("weekly", DashboardPanel(query="params.lr > 5"))
    room.add("weekly", DashboardPanel("gone", ("01ARZ3NDEKTSV4RRFFQ69G5FAV",)))
    return opened


def test_a_dashboard_is_text_and_html_too(filled: Book) -> None:
    view = DashboardView(filled, "weekly")
    assert "both </script>" in view.text
    assert "#2 two </script><b>" in view.text
    assert "No run is found by: params.lr > 5" in view.text
    assert "Its runs are gone." in view.text
    assert "two &lt;/script&gt;&lt;b&gt;" in view.html
    assert "<b>" not in view.html
    assert dashboard_names(filled).text == "weekly"
    with pytest.raises(NotFound, match="There are 'weekly'"):
        DashboardView(filled, "monthly")


def test_without_dashboards_a_sentence_teaches(opened: Book) -> None:
    assert "`%dashboard NAME --add #11 #12`" in dashboard_names(opened).text


def test_the_live_panel_begins_with_what_is_on_it(filled: Book) -> None:
    panel = DashboardView(filled, "weekly").widget
    assert panel.kind == "dashboard"
    assert panel.state == {"name": "weekly"}
    ((name, _, answer),) = panel.first
    assert name == "dashboard"
    assert len(json.loads(answer)["panels"]) == 3


def doc_of(page: Path) -> dict[str, object]:
    text = page.read_text()
    found = re.search(r'id="cellbook-page">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    doc: dict[str, object] = json.loads(found[1])
    return doc


def test_a_page_of_its_own_holds_all_answers_and_no_address(filled: Book, tmp_path: Path) -> None:
    page = DashboardView(filled, "weekly").save(tmp_path / "weekly.html")
    doc = doc_of(page)
    assert doc["title"] == "weekly"
    both, none, gone = doc["panels"]  # type: ignore[misc]
    asked = [(name, tuple(query.values())) for name, query, _ in both["answers"]]
    assert asked[0] == ("compare", ())
    assert set(asked[1:]) == {
        ("lines", (metric, axis))
        for metric in ("acc", "loss")
        for axis in ("step", "relative", "wall")
    } | {("relations", ()), ("correlation", ())}
    assert both["answers"][0][2]["baseline"] == 1
    assert none["problem"] == "No run is found by: params.lr > 5"
    assert "01ARZ3NDEKTSV4RRFFQ69G5FAV" in gone["problem"]
    text = page.read_text()
    assert text.count("</script>") == 3
    assert not re.search(r'(src|href)="http', text)


def test_a_comparison_is_saved_as_a_page(filled: Book, tmp_path: Path) -> None:
    page = compare_panel(filled, ["#1", "#2"]).save(tmp_path / "both.html", "Both")
    assert doc_of(page)["title"] == "Both"
    with pytest.raises(InvalidInput, match="No such file or directory"):
        compare_panel(filled, [1]).save(tmp_path / "nowhere" / "x.html")
    with pytest.raises(InvalidInput, match="#9"):
        compare_panel(filled, ["#1", "#9"]).save(tmp_path / "none.html")


def test_a_page_offers_the_curves_that_it_holds(opened: Book, log: Log, tmp_path: Path) -> None:
    run = log("wide", **{f"m{number:02}": [1, 2] for number in range(43)})
    look = {"metric": "m42"}
    opened.dashboards.add("wide", DashboardPanel(runs=(run.run_id,), look=look))
    (panel,) = doc_of(DashboardView(opened, "wide").save(tmp_path / "wide.html"))["panels"]  # type: ignore[misc]
    (_, _, comparison), *lines = panel["answers"]
    assert len(comparison["metrics"]) == 40
    assert comparison["metrics"][-1] == "m42"
    assert {query["metric"] for _, query, _ in lines} == set(comparison["metrics"])
    (note,) = panel["notes"]
    assert "the curves of 40 metrics. Those of 3 more are left out" in note


def test_a_page_shows_what_was_looked_at(opened: Book, log: Log, tmp_path: Path) -> None:
    ids = tuple(
        log(f"r{n}", {"lr": n / 10, "depth": n % 3}, acc=[0.1, n / 9, -n]).run_id
        for n in range(1, 13)
    )
    look = {"smoothing": 0.5, "group": "params.depth", "window": [1, 2], "tab": "relations"}
    shown = {"picture": "contour", "across": "params.depth", "axes": ["params.lr", 3]}
    room = opened.dashboards
    room.add("odd", DashboardPanel(runs=ids, look={**look, "relations": shown}, width="half"))
    picture = {"relations": {"picture": "importance"}, "tab": "media", "group": 3, "window": "x"}
    room.add("odd", DashboardPanel(runs=ids, look=picture))
    one, other = doc_of(DashboardView(opened, "odd").save(tmp_path / "x.html"))["panels"]  # type: ignore[misc]
    assert (one["width"], one["look"]["tab"], one["notes"]) == ("half", "relations", [])
    steps = [a for a in one["answers"] if a[0] == "lines" and a[1]["axis"] == "step"]
    near, whole = (answer for _, _, answer in steps)
    assert steps[0][1] == {"metric": "acc", "axis": "step", "low": 1, "high": 2}
    assert len(near["lines"]) == 3
    assert near["lines"][0]["label"] == "depth 1 (4 runs)"
    assert whole["lines"][0]["xs"] == [0, 1, 2]
    asked = next(known for name, known, _ in one["answers"] if name == "surface")
    assert asked == {"x": "params.depth", "y": "params.lr", "z": "metrics.acc"}
    assert "importance" in {name for name, _, _ in other["answers"]}
    assert other["look"]["tab"] == "curves"
    assert other["notes"] == [
        "The tab that was open, media, is not in this page: it holds tables, curves, relations, "
        "data."
    ]


def test_a_page_holds_the_data_that_runs_used(opened: Book, tmp_path: Path) -> None:
    for digest in ("1", "2"):
        with opened.start_run(f"run {digest}") as run:
            run.log_input("wine", digest, role="test")
    page = compare_panel(opened, [1, 2]).save(tmp_path / "both.html")
    (panel,) = doc_of(page)["panels"]  # type: ignore[misc]
    (found,) = (answer for name, _, answer in panel["answers"] if name == "compare-data")
    assert [row["name"] for row in found["rows"]] == ["wine"]
    assert "scored on different test data" in found["warnings"][0]


def test_functions_use_the_book_at_hand(filled: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELLBOOK_URL", filled.url)
    assert cb.dashboard("weekly").name == "weekly"
    assert "#1 one ★" in cb.compare(1, 2).text
