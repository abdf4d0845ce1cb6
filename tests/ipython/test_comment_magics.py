"""``%comment``, ``%comments``, ``%brief`` and ``%review`` in a real kernel."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ipython.kernels import Kernel, kernel

WIDGET = "application/vnd.jupyter.widget-view+json"

RUNS = """
%load_ext cellbook
import os
import cellbook as cb
os.environ["CELLBOOK_USER"] = "ada"
with cb.start_run("wide net") as run:
    run.log_metric("acc", 0.5, step=40)
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


def test_threads_are_shown_live(tmp_path: Path) -> None:
    """A failure of the panel alone would leave the text, below a traceback."""
    with kernel(tmp_path, {"JPY_SESSION_NAME": str(tmp_path / "work.ipynb")}) as k:
        k.run(RUNS)
        k.run("%comment #1 --label question it jumps")
        for asked in ("", "run:1", "#1 --open", '"wide net" --label question', "--query jumps"):
            ran = k.run(f"%comments {asked}")
            assert (ran.error, ran.stderr) == ("", "")
            assert "it jumps" in ran.text
            assert WIDGET in ran.shown[-1]


def test_a_mistyped_option_is_no_text(k: Kernel) -> None:
    assert "There is no option `--labl`. %comment has --label" in fail(k, "%comment #1 --labl x y")
    assert "no metric 'ac'. Did you mean 'acc'?" in fail(k, "%comment #1 --metric ac y")
    assert "No notebook of this book has a cell" in fail(k, "%comment cell:nosuch y")
    k.run("live = cb.start_run('live'); live.log_metric('fresh', 1.0)\n"
          "thread = cb.comment(live, 'so soon', metric='fresh')\nlive.end()")  # fmt: skip
    assert k.run("thread.anchor.metric").text == "'fresh'"
    told = k.run("try:\n    cb.comments(filter='bogus')\nexcept Exception as e: print(e)")
    assert told.stdout == (
        "Threads are not filtered by 'bogus'. Filters are open, mine, mentions, unread, orphaned "
        "and resolved.\n"
    )


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


def test_of_several_reviews_the_run_that_is_named_is_meant(k: Kernel) -> None:
    k.run("for name in ('wide', 'deep'):\n    cb.start_run(name).end()")
    k.run("%review request @grace run:wide one")
    k.run("%review request @grace run:deep two")
    k.run('os.environ["CELLBOOK_USER"] = "grace"')
    assert "2 reviews are asked of you. Name one" in fail(k, "%review approve well done")
    assert k.run("%review approve run:deep well done").text.startswith("approved · ")
    k.run("found = [t for t in cb.comments() if t.review.state]")
    k.run("found = {t.anchor.title.split()[-1]: t for t in found}")
    states = k.run("found['deep'].review.state, found['wide'].review.state").text
    assert states == "('approved', 'requested')"
    assert k.run("found['deep'].comments[-1].text").text == "'well done'"
    assert "No reviews of run:deep are open" in fail(k, "%review return run:deep why?")
    assert "nosuch" in fail(k, "%review approve run:nosuch fine")
    number = k.run("cb.open().find_run('wide').run_number").text
    assert k.run(f"%review return #{number} it leaks").text.startswith("returned · ")
    k.run("%review approve fine now")
    k.run('os.environ["CELLBOOK_USER"] = "ada"')


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("%comment run:nothing x", "nothing"),
        ("%comment #1", "is empty"),
        ("%comment why?", "What is it about?"),
        ("%comment #1 --step 3 x", "are of one run"),
        ("%comment #1 --step x y", "a whole number"),
        ("%comment #1 --metric acc --step 4000 x", "its curve goes from 40 to 40"),
        ("%comment #1 --label", "--label lacks its value: --label NAME."),
        ("%comment #1 --to --label todo x", "--to lacks its value: --to @NAME."),
        ("%%comment #1 --label\nx", "--label lacks its value"),
        ("%comment model:nope@1 x", "The book has no model 'nope'"),
        ("%review request grace run:live", "with an @: %review request @grace run:NAME."),
        ("%comments --limit -1", "1 thread or more, not -1"),
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
