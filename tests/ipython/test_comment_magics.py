"""``%comment``, ``%comments``, ``%brief`` and ``%review`` in a real kernel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ipython.kernels import Kernel, kernel

RUNS = """
%load_ext cellbook
import os
import cellbook as cb
os.environ["CELLBOOK_USER"] = "ada"
with cb.start_run("wide net") as run:
    run.log_metric("acc", 0.5)
"""


@pytest.fixture(scope="module")
def k(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with kernel(tmp_path_factory.mktemp("kernel")) as started:
        started.run(RUNS)
        yield started


def fail(k: Kernel, line: str) -> str:
    """Return what is said of a line that fails, in one line."""
    failed = k.run(line)
    assert failed.error == "UsageError"
    return re.sub(r"\s+", " ", failed.stderr)


def test_a_run_is_commented_on_and_answered(k: Kernel) -> None:
    said = k.run("%comment #1 --metric acc --step 40 --label question --to @grace it **jumps**")
    assert said.text.startswith("commented · thread:")
    thread = said.text.strip().rpartition(" ")[2]
    k.run(f"%comment {thread} because of $x_{{1}}$")
    shown = k.run("%comments run:1").text
    assert "Run #1 wide net · acc at step 40 · question · for @grace" in shown
    assert "it **jumps**" in shown
    assert "because of $x_{1}$" in shown
    assert "%comment" not in k.run('%comments run:"wide net" --open --label question').text
    assert k.run("%comments --book --resolved").text.strip() == "No thread is found."
    k.run("threads = cb.comments('wide net')")
    assert k.run("len(threads), list(threads.to_frame().author)").text == "(1, ['ada', 'ada'])"


def test_a_whole_cell_is_a_comment(k: Kernel) -> None:
    k.run('%%comment run:"wide net" --label decision\nWe take it:\n\n- it is *wide*\n')
    assert "    - it is *wide*" in k.run("%comments run:1 --label decision").text


def test_python_comments_too(k: Kernel) -> None:
    k.run("thread = cb.comment(run, 'from Python', labels=['todo'], metric='acc')")
    assert k.run("thread.anchor.metric").text == "'acc'"
    assert "from Python" in k.run("%comments #1 --label todo").text


def test_a_run_is_sent_for_review(k: Kernel) -> None:
    said = k.run("%review request @grace run:1 good enough?").text
    assert said.startswith("asked @grace for a review · thread:")
    assert "No reviews are asked of you" in fail(k, "%review approve")
    k.run('os.environ["CELLBOOK_USER"] = "grace"')
    assert "Give the reason" in fail(k, "%review return")
    assert k.run("%review return it leaks").text.startswith("returned · ")
    assert k.run("%review approve now it is").text.startswith("approved · ")
    k.run('os.environ["CELLBOOK_USER"] = "ada"')
    assert "review approved by @grace" in k.run("%review").text
    assert "What is `maybe`?" in fail(k, "%review maybe")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("%comment run:nothing x", "nothing"),
        ("%comment #1", "is empty"),
        ("%comment why?", "What is it about?"),
        ("%comment notebook:a.ipynb --metric acc x", "are of a run"),
        ("%comment #1 --step x y", "a whole number"),
        ("%comments --open --mine", "One filter at a time"),
        ("%comments #1 #1", "One thing at a time"),
        ("%brief question", "name=text"),
        ("%review request @grace", "Which run?"),
    ],
)
def test_mistakes_are_told_in_one_line(k: Kernel, line: str, told: str) -> None:
    assert told in fail(k, line)


def test_a_comment_without_a_target_is_on_its_cell(k: Kernel) -> None:
    k.run("x = 1\n%comment why one?", cell_id="cell-7")
    k.run("found = cb.comments('cell:cell-7')[0].anchor")
    k.run("thread = cb.open().threads.all()[-1].anchor")
    assert k.run("found.kind, thread.cell_id, thread.source").text == (
        "(<AnchorKind.CELL: 'cell'>, 'cell-7', 'x = 1\\n%comment why one?')"
    )


def test_a_comment_changes_no_run_and_no_checkpoint(k: Kernel) -> None:
    k.run("r = cb.start_run('open')")
    k.run("1 / 0")
    k.run("%comment run:open it failed")
    k.run("%%comment run:open\nindeed")
    k.run("cb.end_run()")
    assert k.run("cb.open().find_run('open').state.value").text == "'failed'"


def test_a_question_is_no_cry_for_help(k: Kernel) -> None:
    k.run("%comment #1 is it so?")
    k.run("if True:\n    %comment #1 isn't it?\n    y = 1")
    text = k.run("%comments #1").text
    assert "    is it so?" in text
    assert "    isn't it?" in text
    assert k.run('z = """\n%comment a?\n"""\nz').text == repr("\n%comment a?\n")
    helped = k.run("%comment?")
    assert helped.shown == []  # It is shown in the pager.
    assert "No thread" in k.run("%comments #1 --query help").text


def test_a_notebook_has_a_brief(tmp_path: Path) -> None:
    with kernel(tmp_path, {"JPY_SESSION_NAME": str(tmp_path / "work.ipynb")}) as k:
        k.run("%load_ext cellbook\nwidth = 8")
        assert "has no brief yet" in k.run("%brief").text
        shown = k.run('%brief question="Is {width} enough?" owner=@ada target="acc > 0.9"').text
        for line in (
            "work.ipynb",
            "  Question: Is 8 enough?",
            "  Owner: @ada",
            "  Target: acc > 0.9",
        ):
            assert line in shown
        assert "  Owner: @grace" in k.run("%brief owner=@grace").text
        assert "@ada wrote in the brief" in k.run("%brief").text
        k.run("%comment notebook: is that so?")
        k.run("%comment here?", cell_id="c1")
        k.run("import cellbook as cb")
        assert k.run("len(cb.comments())").text == "3"
        assert "has no 'budget'" in fail(k, "%brief budget=1")
        # The notebook was never saved: the thread of its cell has no place yet.
        assert "here?" in k.run("%comments").text
