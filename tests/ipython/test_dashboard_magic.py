"""``%dashboard`` in a real kernel."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.ipython.kernels import Kernel, kernel

RUNS = """
%load_ext cellbook
import cellbook as cb
for name, acc in (("low", 0.125), ("high", 0.875)):
    with cb.start_run(name, experiment="made", params={"acc0": acc}) as run:
        run.log_metric("acc", acc)
"""


@pytest.fixture(scope="module")
def k(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with kernel(tmp_path_factory.mktemp("kernel")) as started:
        started.run(RUNS)
        yield started


def test_a_dashboard_is_put_together_shown_and_taken_apart(k: Kernel) -> None:
    assert "There are no dashboards yet." in k.run("%dashboard").text
    both = k.run('%dashboard weekly --add #1 #2 --title "low and high"').text
    assert "low and high" in both
    assert "#2 high" in both
    k.run("bound = 0.5")
    found = k.run('%dashboard weekly --query "metrics.acc > {bound}" --limit 3').text
    assert "metrics.acc > 0.5" in found
    assert k.run("%dashboard").text.strip() == "weekly"
    assert "low and high" not in k.run("%dashboard weekly --drop 1").text
    assert k.run("%dashboard weekly --rename 'by week'").text.startswith("by week")
    said = k.run("%dashboard 'by week' --export page.html").text
    assert "dashboard by week is in page.html." in said
    assert (
        k.run("from pathlib import Path; Path('page.html').stat().st_size > 10**6").text == "True"
    )
    assert "is deleted" in k.run("%dashboard 'by week' --delete").text


def test_a_comparison_is_written_as_a_page(k: Kernel) -> None:
    assert "the comparison is in both.html" in k.run("%compare #1 #2 --export both.html").text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%dashboard nothing", "There is no dashboard 'nothing'."),
        ("%dashboard --delete", "Which dashboard?"),
        ("%dashboard d --add", "Which runs?"),
        ("%dashboard d #1", "What is `#1`? --add puts runs"),
        ("%dashboard d --add #1 --delete", "One thing at a time: --add or --delete"),
        ("%dashboard d --add #77", "#77"),
        ('%dashboard d --query "metrics.acc >>"', "metrics.acc >>"),
        ("%dashboard d --limit many --query x", "invalid int value"),
        ("%dashboard d --colour red", "There is no option `--colour`."),
    ],
)
def test_a_mistake_fails_in_one_line(k: Kernel, line: str, said: str) -> None:
    failed = k.run(line)
    assert failed.error == "UsageError"
    assert said in re.sub(r"\s+", " ", failed.stderr)
    assert "dashboards yet" in k.run("%dashboard").text
