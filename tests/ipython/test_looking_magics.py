"""``%runs`` and ``%compare`` in a real kernel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ipython.kernels import Kernel, kernel

RUNS = """
%load_ext cellbook
import cellbook as cb
for name, acc in (("low", 0.125), ("high", 0.875), ("middle", 0.5)):
    with cb.start_run(name, experiment="made", params={"seed": 7, "acc0": acc}) as run:
        run.log_metric("acc", acc)
"""


@pytest.fixture(scope="module")
def k(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with kernel(tmp_path_factory.mktemp("kernel")) as started:
        started.run(RUNS)
        yield started


def names(text: str) -> list[str]:
    return [line.split()[2] for line in text.splitlines()[2:] if "#" in line]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%runs", ["middle", "high", "low"]),
        ("%runs --limit 1", ["middle"]),
        ('%runs --order-by "metrics.acc DESC"', ["high", "middle", "low"]),
        ("%runs --order-by metrics.acc", ["low", "middle", "high"]),
        ("%runs --limit=1 --order-by='metrics.acc DESC'", ["high"]),
        ("%runs metrics.acc < 0.8 --order-by {key} --limit 5", ["low", "middle"]),
        ("%runs --limit 1 metrics.acc > {bound}", ["middle"]),
        ("%runs name LIKE '%--%' or metrics.acc > 0.6", ["high"]),
        ("%runs #2", ["high"]),
    ],
)
def test_runs_takes_order_and_limit(k: Kernel, line: str, expected: list[str]) -> None:
    k.run("key, bound = 'metrics.acc', 0.25")
    assert names(k.run(line).text) == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%runs --lmit 3", "There is no option `--lmit`. Did you mean `--limit`? %runs has "),
        ("%runs metrics.acc > 0.5 --all", "There is no option `--all`."),
        ("%runs --limit", "expected one argument"),
        ("%runs --limit x", "invalid int value"),
        ("%runs --limit -2", "is no number of runs"),
        ("%runs --order-by metrics.acc DESC", 'in quotes: "metrics.acc DESC"'),
        ("%runs order by metrics.acc DESC", 'Write --order-by "metrics.acc DESC" beside it'),
        ("%runs metrics.acc > 0.5 order by name", 'Write --order-by "name" beside it'),
        ("%compare low high --alll", "There is no option `--alll`."),
        ("%compare low --experiment made", "Name one of the two"),
        ("%compare --experiment none", "The experiment 'none' has no runs."),
        ("%compare hihg", "Did you mean 'high'?"),
        ("%compare zzz", "The newest are #3"),
        ("%compare metrics.acc >> 0.5", "Expected a value for metrics.acc"),
        ("%compare metrics.acc > 5", "No run matches metrics.acc > 5."),
    ],
)
def test_mistakes_are_said_in_one_breath(k: Kernel, line: str, said: str) -> None:
    reply = k.run(line)
    assert reply.status == "error"
    assert said in reply.stderr + reply.traceback


def test_runs_hints_at_a_name_that_no_run_has(k: Kernel) -> None:
    assert "did you mean metrics.acc?" in k.run("%runs metrics.acd > 0.1").text


@pytest.mark.parametrize("line", ["%compare #1, #2", "%compare #1,#2", "%compare low, {2}"])
def test_compare_takes_commas(k: Kernel, line: str) -> None:
    text = k.run(line).text
    assert "#1 low ★  #2 high" in " ".join(text.split("\n")[0].split(" ")).strip()
    assert "has no run" not in text


@pytest.mark.parametrize(
    "line",
    [
        "%compare metrics.acc > 0.1 and run_name != 'middle'",
        "%compare --all metrics.acc>0.1 and run_name != 'middle'",
        "%compare \"metrics.acc > 0.1 and run_name != 'middle'\"",
        "%compare run_name != {'mid' + 'dle'} --all",
    ],
)
def test_compare_takes_a_query(k: Kernel, line: str) -> None:
    text = k.run(line).text
    assert text.split("\n")[0].split() == ["#1", "low", "★", "#2", "high"]
    assert ("seed" in text) is ("--all" in line)


def test_compare_all_shows_what_is_the_same(k: Kernel) -> None:
    assert "seed" not in k.run("%compare low high").text
    assert "seed" in k.run("%compare low high --all").text
    assert "#3 middle" not in k.run("%compare low high --all").text
    assert "#1 low ★" in k.run("%compare --experiment made").text


def test_compare_says_first_who_is_unknown(k: Kernel) -> None:
    reply = k.run("%compare low hihg")
    assert reply.status == "ok"
    assert reply.text.startswith("The book has no run 'hihg'.")
    assert reply.text.endswith("Did you mean 'high'?")
    assert k.run("%compare low hihg high").text.startswith("The book has no run 'hihg'.")


def test_compare_of_one_run_shows_all_of_it(k: Kernel) -> None:
    text = k.run("%compare low").text
    assert "Name at least two" not in text
    assert "seed" in text
