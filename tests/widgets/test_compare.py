from __future__ import annotations

import math
import re
import time

import pytest

from cellbook.answers.comparing import MOST
from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound, QuerySyntaxError
from cellbook.store import create, update
from cellbook.views import curves
from cellbook.widgets import compare_panel
from cellbook.widgets.compare import line_of, metric_chart
from tests.views.conftest import Log
from tests.widgets.test_tables import Checker


def test_compare_shows_differences_curves_and_the_rest_folded(opened: Book, log: Log) -> None:
    log("baseline", {"lr": 0.01, "seed": 7}, acc=[0.1, 0.9], loss=[2, 1])
    log("wide", {"lr": 0.03, "seed": 7}, acc=[0.2, 0.95], loss=[2, 0.5])
    panel = compare_panel(opened, ["#1", "wide"])
    checked = Checker(panel.html)
    assert checked.tags.count("details") == 1
    assert "seed" in checked.text
    assert panel.html.count('class="cb-chart"') == 2
    assert checked.tags.count("img") == 2, "pictures survive where JupyterLab sanitises HTML"
    assert "#1 baseline ★" in panel.text
    assert panel.text == repr(panel)


def test_compare_without_targets_takes_the_newest_of_an_experiment(opened: Book, log: Log) -> None:
    for number in range(7):
        log(f"r{number}", experiment="it's")
    log("elsewhere", experiment="another")
    log("last", experiment="it's")
    assert (
        'The newest 5 runs of "it\'s": `%compare --experiment NAME`' in compare_panel(opened).text
    )
    assert "r3" in compare_panel(opened).text
    assert "r2" not in compare_panel(opened).text
    assert "elsewhere" not in compare_panel(opened).text
    everyone = compare_panel(opened, experiment="it's").text
    assert "r0" in everyone
    assert "elsewhere" not in everyone
    with pytest.raises(NotFound, match="no runs"):
        compare_panel(opened, experiment="none")
    with pytest.raises(InvalidInput, match="one of the two"):
        compare_panel(opened, ["r0"], experiment="it's")


def test_compare_counts_what_it_hides(opened: Book, log: Log) -> None:
    """A row that differs without telling anything is not said to be the same."""
    records = [log(name, {"lr": lr, "seed": 7}) for name, lr in (("one", 1), ("two", 2))]
    opened.store.commit(
        [update("runs", r.run_id, {"start_time": 1000 * n}) for n, r in enumerate(records)]
    )
    panel = compare_panel(opened, ["one", "two"])
    for told in (panel.text, Checker(panel.html).text):
        found = re.search(
            r"(\d+) more are the same in all runs, (\d) more hidden: ([a-z, ]+)", told
        )
        assert found is not None
        assert "started" in found[3]
        assert len(found[3].split(", ")) == int(found[2])
    everything = compare_panel(opened, ["one", "two"], everything=True)
    assert "seed" in everything.text
    assert "hidden" not in everything.text
    assert "<details>" not in everything.html
    assert everything.widget.state["everything"] is True
    assert panel.widget.state["everything"] is False


def test_compare_without_runs_teaches(opened: Book) -> None:
    panel = compare_panel(opened)
    assert "<code>%compare #1 #2</code>" in panel.html
    assert "%compare #1 #2" in panel.text
    # It waits for the first ones.
    assert panel.widget.state["runs"] == []


def test_compare_goes_on_without_what_is_not_there(opened: Book, log: Log) -> None:
    log("same")
    log("same")
    panel = compare_panel(opened, ["#1", "#99", "same", "#2"])
    assert "has no run" in panel.html
    assert "2 runs are named" in panel.html
    assert panel.text.startswith("The book has no run '#99'")
    assert "#1 same" in panel.text


@pytest.mark.parametrize("targets", [["#1", "#99"], ["#99", "same"]])
def test_compare_of_fewer_than_two_says_only_why(
    opened: Book, log: Log, targets: list[str]
) -> None:
    log("same")
    panel = compare_panel(opened, targets)
    assert panel.text.startswith("The book has no run '#99'")
    assert "\n" not in panel.text
    assert "<table" not in panel.html
    assert panel.widget is None


def test_compare_of_nobody_is_one_error_that_tells_names_near_it(opened: Book, log: Log) -> None:
    for name in ("baseline", "basement", "wide net"):
        log(name)
    with pytest.raises(NotFound, match="Did you mean 'baseline' or 'basement'"):
        compare_panel(opened, ["baselin"])
    with pytest.raises(NotFound, match="Did you mean 'wide net'"):
        compare_panel(opened, ["WIDE"])
    with pytest.raises(NotFound, match="The newest are #3 wide net, #2 basement, #1 baseline"):
        compare_panel(opened, ["xyz"])


def test_compare_takes_a_query(opened: Book, log: Log) -> None:
    log("low", acc=0.1)
    log("high", acc=0.9)
    log("higher", acc=0.95)
    assert compare_panel(opened, ["metrics.acc > 0.5"]).widget.state["runs"] == [
        opened.find_run(name).run_id for name in ("high", "higher")
    ]
    with pytest.raises(NotFound, match=r"No run matches metrics\.acc > 2"):
        compare_panel(opened, ["metrics.acc > 2"])
    with pytest.raises(QuerySyntaxError, match="Expected a value"):
        compare_panel(opened, ["metrics.acc >> 2"])


def test_compare_marks_what_lies_in_the_trash(opened: Book, log: Log) -> None:
    log("one", {"lr": 1})
    log("two", {"lr": 2})
    opened.runs.change(1, trashed=True)
    panel = compare_panel(opened, [1, 2])
    assert "#1 one ★ (in the trash)" in panel.text
    assert "in the trash" in panel.html


def test_compare_leaves_out_what_cannot_be_read(opened: Book, log: Log) -> None:
    log("one", {"lr": 1})
    log("two", {"lr": 2})
    opened.store.commit([create("runs", "odd", {"run_id": "odd", "start_time": 5})])
    panel = compare_panel(opened, [1, 2, 3])
    assert panel.text.startswith("Run #3 cannot be read: it has no run_name.")
    assert "#2 two" in panel.text


def test_compare_one_run_shows_all_of_it(opened: Book, log: Log) -> None:
    log("only", {"lr": 0.01})
    panel = compare_panel(opened, [1])
    assert "0.01" in panel.html
    assert "This run has no curves" in panel.html
    assert "★" not in panel.html
    assert "Name at least two" not in panel.text, "it was named by itself"
    assert "nothing differs" not in panel.text
    assert "There is one run to compare." in compare_panel(opened).html


def test_compare_runs_without_a_difference_or_a_common_metric(opened: Book, log: Log) -> None:
    log("a", acc=[1, 2])
    log("b", loss=[1, math.nan])
    html = compare_panel(opened, ["a", "b"]).html
    assert html.count('class="cb-chart"') == 2
    log("c")
    assert "no curves" in compare_panel(opened, ["c"]).html


def test_compare_shows_a_deleted_run_until_it_is_gone(opened: Book, log: Log) -> None:
    log("a")
    log("b")
    opened.runs.delete("a")
    assert "in the trash" in compare_panel(opened, [1, 2]).html
    assert "archived" not in compare_panel(opened, [1, 2]).html


def test_compare_of_many_metrics_names_those_without_a_chart(opened: Book, log: Log) -> None:
    log(**{f"m{i}": [1, 2] for i in range(9)})
    html = compare_panel(opened, [1]).html
    assert html.count('class="cb-chart"') == 6
    assert "Also with curves: m6, m7, m8" in html


def test_compare_long_runs_is_quick_and_small(opened: Book) -> None:
    for _ in range(2):
        with opened.start_run() as run:
            for step in range(100_000):
                run.log_metric("loss", 1 / (step + 1))
    begun = time.perf_counter()
    panel = compare_panel(opened, [1, 2])
    assert time.perf_counter() - begun < 2
    assert len(panel.html) < 100_000


def test_chart_takes_smoothing_and_time(opened: Book) -> None:
    with opened.start_run() as run:
        for step, when in ((1, 300), (2, 100), (3, 200)):
            run.log_metric("acc", step, step, timestamp=run.start_time + when)
    record = opened.find_run(1)
    (curve,) = curves(opened.store, [record], "acc")
    by_time = line_of(curve, record, time_axis=True, smoothing=0)
    assert (list(by_time.xs), list(by_time.ys)) == ([0.1, 0.2, 0.3], [2, 3, 1])
    smoothed = line_of(curve, record, time_axis=False, smoothing=0.5)
    assert list(smoothed.raw) == [1, 2, 3]
    assert smoothed.ys[2] < 3
    assert "cb-raw" in metric_chart(opened, [record], "acc", smoothing=0.5)


def test_chart_of_very_many_runs_shows_the_first(opened: Book, log: Log) -> None:
    records = [log(acc=[1, 2]) for _ in range(45)]
    assert "acc (first 40 runs)" in metric_chart(opened, records, "acc")


def test_compare_of_very_many_runs_shows_the_first_and_relates_all(opened: Book, log: Log) -> None:
    for place in range(MOST + 3):
        log(f"r{place}", {"lr": place}, experiment="many")
    panel = compare_panel(opened, experiment="many")
    assert f"These are the first {MOST} of {MOST + 3} runs." in panel.text
    assert len(panel.widget.state["runs"]) == MOST + 3
