"""``%leaderboard`` and ``%metric`` in a real kernel."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ipython.kernels import Kernel, kernel

RUNS = """
%load_ext cellbook
import cellbook as cb
for name, model, acc in (("one", "net", 0.8), ("two", "net", 0.9), ("three", "tree", 0.5)):
    with cb.start_run(name, experiment="made", tags={"model": model}) as run:
        run.log_metric("acc", acc)
        run.log_input("digits", "d1", role="test", labels="nightly")
"""


@pytest.fixture(scope="module")
def k(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with kernel(tmp_path_factory.mktemp("kernel")) as started:
        started.run(RUNS)
        yield started


def test_a_board_is_made_shown_changed_frozen_and_deleted(k: Kernel) -> None:
    assert "No leaderboards yet" in k.run("%leaderboard").text
    made = k.run("%leaderboard best metric=acc newest=nightly:1").text
    assert made.startswith("leaderboard best · made · by acc ↑\nrequired data: digits@1")
    assert made.index("two") < made.index("one") < made.index("three")
    assert "best" in k.run("%leaderboard").text
    changed = k.run('tag = "model"').status, k.run("%leaderboard best group_by={tag} seeds=mean")
    assert "model=net" in changed[1].text
    assert "0.8500 ± " in changed[1].text
    assert "frozen, as of" in k.run("%leaderboard best --freeze").text
    k.run("%leaderboard best group_by='' filters='acc>=0.6'")
    assert "1 acc below 0.6" in k.run("%leaderboard best").text
    assert "model=net" in k.run("%leaderboard best --frozen").text
    assert "no frozen copy" not in k.run("%leaderboard best --frozen today").text
    assert "acc below 0.6" in k.run("%leaderboard best --why three").text
    assert "has rank 1" in k.run("%leaderboard best --why #2").text
    assert "is deleted; its frozen copies stay (1)" in k.run("%leaderboard best --delete").text
    assert k.run("%leaderboard best").status == "error"


def test_a_metric_is_defined_listed_and_deleted(k: Kernel) -> None:
    assert "No metric is defined" in k.run("%metric").text
    assert "0.85" in k.run("%metric acc goal=0.85 score=best").text
    runs = k.run("%runs").text
    assert "0.9000 ◎" in runs
    assert "0.8000 ○" in runs
    assert "defined no more" in k.run("%metric acc --delete").text
    assert "◎" not in k.run("%runs").text


def test_cb_leaderboard_shows_the_same(k: Kernel) -> None:
    reply = k.run('board = cb.leaderboard("py", metric="acc", filters={"acc": (0.6, None)})\nboard')
    assert reply.text.startswith("leaderboard py · made · by acc ↑")
    assert k.run("print(list(board.to_frame()['name']))").stdout.strip() == "['two', 'one']"
    assert "py" in k.run("cb.leaderboard()").text
    k.run("%leaderboard py --delete")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%leaderboard none", "no leaderboard 'none'"),
        ("%leaderboard best two", "What is `two`?"),
        ("%leaderboard metric=acc", "Which leaderboard?"),
        ("%leaderboard --freeze", "Which leaderboard?"),
        ("%leaderboard x metric=acc metric=f1", "`metric` is given twice"),
        ("%leaderboard x metric=acc --delete", "One thing at a time"),
        ("%leaderboard x metric=acc seeds=many", "Write one of score, mean"),
        ("%leaderboard x metric=acc --date soon", "soon"),
        ("%leaderboard x --frozen", "There is no frozen copy"),
        ("%metric goal=1", "Which metric?"),
        ("%metric acc goal=high", "Write a number"),
        ("%metric nothing --delete", "No metric 'nothing' is defined"),
    ],
)
def test_mistakes_are_said_in_one_breath(k: Kernel, line: str, said: str) -> None:
    reply = k.run(line)
    assert reply.status == "error"
    assert said in reply.stderr + reply.traceback


def test_moments_are_noted_on_the_active_run(k: Kernel) -> None:
    reply = k.run(
        "with cb.start_run('staged'):\n"
        "    with cb.stage('fit'):\n"
        "        cb.log_metric('acc', 0.1)\n"
        "    cb.milestone('done', step=3)\n"
        "    cb.log_scores('acc', [1, 0])\n"
        "    print(cb.log_input('digits', 'd2').label)\n"
        "    cb.define_metric('acc', goal='none')\n"
    )
    assert reply.status == "ok", reply.traceback
    assert reply.stdout.strip() == "digits@2"
