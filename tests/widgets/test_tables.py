from __future__ import annotations

from html.parser import HTMLParser

import pytest

from cellbook.book import Book
from cellbook.store import Store, create
from cellbook.views import compare_runs, runs_page
from cellbook.widgets.tables import comparison_table, runs_table, sentence
from tests.views.conftest import Log

EVIL = "<script>alert(1)</script>\"' onmouseover='x"
VOID = {"br", "hr", "img", "line", "circle", "rect", "path"}


class Checker(HTMLParser):
    """Raises where tags do not close one another; keeps tags, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def evil_runs(log: Log) -> None:
    for value in (EVIL, EVIL + "2"):
        log(
            value,
            {EVIL: value, "l": [value]},
            tags={EVIL: value},
            experiment=EVIL,
            **{EVIL: [1, 2]},
        )


def test_tables_escape_everything(opened: Book, evil_runs: None) -> None:
    opened.runs.change(1, description=EVIL)
    run = opened.start_run(EVIL)
    run.end("failed", f"ValueError{EVIL}: {EVIL}")
    store = opened.store
    comparison = compare_runs(store, [opened.find_run(n) for n in (1, 2, 3)])
    for html in (comparison_table(comparison, comparison.rows), runs_table(runs_page(store))):
        checked = Checker(html)
        assert "script" not in checked.tags
        assert "onmouseover" not in checked.attributes
        assert "<script>" in checked.text


def test_comparison_marks_better_worse_and_same(store: Store, log: Log) -> None:
    records = [
        log("baseline", {"opt": "adam", "k": 1}, acc=0.9412, loss=0.5),
        log("wide", {"opt": "adam", "k": 2}, acc=0.953, loss=0.75),
        log("sgd", {"opt": "sgd", "k": 1}, acc=0.9412),
    ]
    comparison = compare_runs(store, records)
    html = comparison_table(comparison, comparison.differing)
    text = " ".join(Checker(html).text.split())
    assert "0.94120.9530 ▲ +0.01180.9412" in text
    assert "▼ +0.25" in text
    assert html.count("cb-better") == 1
    assert html.count("cb-worse") == 1
    assert 'title="better: +0.0118 against #1 baseline"' in html
    assert '<td class="cb-same">adam</td>' in html
    assert html.count("★") == 1
    assert "Metrics" in text
    assert "less is better" in html


def test_comparison_says_who_is_in_the_trash(opened: Book, log: Log) -> None:
    log("a")
    opened.runs.delete("a")
    comparison = compare_runs(opened.store, [opened.find_run(1)])
    assert "in the trash" in comparison_table(comparison, comparison.rows)
    assert "★" not in comparison_table(comparison, comparison.rows)


def test_long_tables_scroll_under_their_heads(store: Store, log: Log) -> None:
    records = [log(params={f"p{i}": i + j for i in range(500)}) for j in range(2)]
    comparison = compare_runs(store, records)
    html = comparison_table(comparison, comparison.differing)
    assert "cb-tall" in html
    assert len(html) < 250_000
    assert "cb-tall" not in comparison_table(comparison, comparison.rows[:5])


def test_megabyte_params_are_cut(store: Store, log: Log) -> None:
    records = [log(params={"text": "é" * 5_000}), log()]
    comparison = compare_runs(store, records)
    assert len(comparison_table(comparison, comparison.rows)) < 20_000
    assert len(runs_table(runs_page(store))) < 20_000


def test_list_shows_values_lines_and_marks(opened: Book, log: Log) -> None:
    log("baseline", {"lr": 0.01, "opt": "adam"}, acc=[0.1, 0.9412])
    with opened.start_run("outer", description="see the plots") as outer, opened.start_run("in"):
        pass
    run = opened.start_run("bad")
    run.end("failed", "ValueError: no such file")
    cell = {"run": outer.run_id, "stale": ["uses x"]}
    opened.store.commit([create("cells", opened.store.new_id(), cell)])
    html = runs_table(runs_page(opened.store))
    text = Checker(html).text
    for part in ("✓#1", "0.9412", "0.01", "adam", "↳ in", "see the plots", "ValueError", "◌ 1"):
        assert part in text
    assert 'title="ValueError: no such file"' in html
    assert 'title="1 cell ran out of order"' in html
    assert html.count('class="cb-spark"') == 1
    assert '<td class="cb-num">#1</td>' in html, "numbers line up, apart from the marks"
    assert text.count("—") == 3 * 3


def test_sentence_sets_code_and_escapes() -> None:
    assert sentence("a `b<c>` d & e") == "a <code>b&lt;c&gt;</code> d &amp; e"
