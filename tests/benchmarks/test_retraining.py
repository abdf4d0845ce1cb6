"""What `benchmarks/retraining.py` measures with: streams, the comparison by seed, and that a book
does what the rule says.  Nothing is timed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks._learner import fitted
from benchmarks._policies import FIRST, WINDOW, Setting, compare, plain
from benchmarks._streams import STREAMS, is_there, stream, stretch
from benchmarks.retraining import through_book


def turned(rows: int, place: int) -> pd.DataFrame:
    """Return a stream whose labels are turned from some row on."""
    table = stream("steady", rows, 3)
    return table.assign(label=np.where(np.arange(rows) < place, table["label"], 1 - table["label"]))


@pytest.mark.parametrize("name", [name for name in STREAMS if is_there(name)])
def test_stream_is_the_seeds_own(name: str) -> None:
    table = stream(name, 3_000, 1)
    assert len(table) == 3_000
    assert not table.isna().to_numpy().any()
    assert set(table["label"]) == {0, 1}
    pd.testing.assert_frame_equal(table, stream(name, 3_000, 1))
    assert not table.equals(stream(name, 3_000, 2))


def test_sea_changes_its_concept_with_each_quarter() -> None:
    table = stream("sea", 20_000, 0)
    total = table["a"] + table["b"]
    for quarter, theta in enumerate((8.0, 9.0, 7.0, 9.5)):
        rows = slice(quarter * 5_000, (quarter + 1) * 5_000)
        turned_labels = (total[rows] <= theta) != table["label"][rows].astype(bool)
        assert turned_labels.mean() == pytest.approx(0.1, abs=0.02)


def test_market_is_mostly_as_it_was_half_an_hour_ago() -> None:
    table = stream("market", 5_000, 0)
    assert (table["before"] == table["label"].shift(1))[1:].all()
    assert (table["before"] == table["label"]).mean() > 0.8
    assert "before" not in stream("market-blind", 5_000, 0)


def test_stretch_is_a_tenth_of_its_own() -> None:
    table = pd.DataFrame({"label": range(105)})
    assert stretch(table, 10, 9)["label"].tolist() == list(range(90, 100))
    for rows, tenth in ((11, 0), (10, 10), (10, -1)):
        with pytest.raises(ValueError, match="10 stretches of 10 rows"):
            stretch(table, rows, tenth)


def test_learner_is_right_but_for_the_noise() -> None:
    table = stream("steady", 3_000, 0)
    inputs, labels = table.drop(columns="label"), table["label"]
    model = fitted(inputs[:FIRST], labels[:FIRST])
    assert (model(inputs[FIRST:]) == labels[FIRST:]).mean() > 0.86


def test_compare_is_paired_by_seed() -> None:
    gain = compare([0.61, 0.72, 0.83], [0.6, 0.7, 0.8])
    assert gain.mean == pytest.approx(0.02)
    # Student's t for 2 degrees of freedom is 4.3027; the deviation of 0.01, 0.02, 0.03 is 0.01.
    half = 4.302653 * 0.01 / 3**0.5
    assert (gain.low, gain.high) == pytest.approx((0.02 - half, 0.02 + half), abs=1e-8)
    assert (gain.better, gain.worse, gain.chance) == (3, 0, pytest.approx(0.25))


def test_compare_of_equals_says_nothing() -> None:
    gain = compare([0.5, 0.5], [0.5, 0.5])
    assert (gain.mean, gain.low, gain.high, gain.better, gain.worse, gain.chance) == (0,) * 5 + (1,)


@pytest.mark.parametrize(
    ("setting", "verdicts"),
    [
        # Of the windows with turned labels, each is a reason.
        (Setting(), ["promoted", "promoted", "promoted"]),
        # Two make one reason, and with a new champion they are counted anew.
        (Setting(windows=2, of=3, cool_down=2), ["promoted"]),
        (Setting(slack=2.0), []),
    ],
)
def test_plain_retrains_where_the_rule_is_broken(setting: Setting, verdicts: list[str]) -> None:
    told = plain(turned(FIRST + 5 * WINDOW, FIRST + 2 * WINDOW), setting)
    assert told.verdicts == verdicts
    assert (told.accuracy["rule"] > told.accuracy["never"]) == bool(verdicts)


def test_book_does_what_arithmetic_does(tmp_path: Path) -> None:
    table, setting = turned(FIRST + 5 * WINDOW, FIRST + 2 * WINDOW), Setting(0.05, 2, 3, 2)
    told = plain(table, setting)
    did = through_book(table, setting, tmp_path)
    assert did.verdicts == told.verdicts == ["promoted"]
    assert did.accuracy["rule"] == pytest.approx(told.accuracy["rule"])
