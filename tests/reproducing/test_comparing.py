"""What counts as another result, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from cellbook.errors import InvalidInput
from cellbook.records import ReproductionVerdict
from cellbook.reproducing.outcomes import outcome_text
from cellbook.reproducing.room import reproduce
from tests.reproducing.recording import record


def test_what_cellbook_says_of_data_is_no_output_of_the_run(tmp_path: Path) -> None:
    (tmp_path / "d.csv").write_text("x\n1\n")
    book = record(
        tmp_path,
        "import pandas as pd\nframe = pd.DataFrame({'x': [1, 2]})",
        "%track_run tracks",
        "%track_data frame --role train",  # "first version" then, "as before" now
        "%track_data file d.csv --keep",
        "%end_run",
    )
    done = reproduce(book, "tracks")
    assert (done.verdict, done.first) == (ReproductionVerdict.IDENTICAL, "")
    book.close()


RUNS = (
    "for name, seed in {}:\n"
    "    with __import__('cellbook').start_run(name, params={{'seed': seed}}) as run:\n"
    "        run.log_metric('loss', 1 + seed % 10 / 10 + time.time() % 1e-3)"
)


def test_same_seed_is_held_to_the_same_numbers(tmp_path: Path) -> None:
    seeds = "{'one': 1, 'two': 2, 'three': 3}.items()"
    book = record(tmp_path, "import time", RUNS.format(seeds))
    done = reproduce(book, "two")
    assert done.verdict is ReproductionVerdict.DIFFERS
    assert (done.learnt, done.tolerance) == (False, None)
    said = outcome_text(book, done)
    assert "with its own seed it differs, but by no more than with other seeds (0.0" in said
    assert "`--tolerance seeds` lets that pass" in said
    again = reproduce(book, "two", tolerance="seeds")
    assert again.verdict is ReproductionVerdict.WITHIN, again.differences
    assert again.learnt
    assert "as other seeds vary" in outcome_text(book, again)
    book.close()


def test_run_that_draws_its_seed_may_vary_as_other_seeds_do(tmp_path: Path) -> None:
    drawn = "[(f'n{n}', time.time_ns()) for n in range(8)]"
    book = record(tmp_path, "import time", RUNS.format(drawn))
    done = reproduce(book, "n3")
    assert done.verdict in (ReproductionVerdict.WITHIN, ReproductionVerdict.DIFFERS)
    assert done.learnt
    (seed,) = (one for one in done.differences if one.what == "param")
    assert seed.within
    book.close()


def test_two_other_seeds_are_needed_to_learn_from(tmp_path: Path) -> None:
    book = record(tmp_path, "import time", RUNS.format("[('a', 1), ('b', 2)]"))
    with pytest.raises(InvalidInput, match="two other finished runs"):
        reproduce(book, "a", tolerance="seeds")
    with pytest.raises(InvalidInput, match="share from 0 to 1"):
        reproduce(book, "a", tolerance="other")  # type: ignore[arg-type]
    book.close()
