"""How two data sets differ: schema, rows, spread; from tables, and from profiles alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import cellbook as cb
from cellbook import book as books
from cellbook.answers.data_diff import diff_data
from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound
from cellbook.views.data_diff import ColumnShift, DataDiff
from cellbook.views.data_diff_text import diff_text
from cellbook.views.rows_diff import heaped


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    yield books.open(tmp_path)
    books.close_all()


def people(rows: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "income": rng.lognormal(3, 1, rows),
            "city": rng.choice(np.array(["Oslo", "Rome", "Bonn"]), rows),
        }
    )


def shift(diff: DataDiff, name: str) -> ColumnShift:
    return next(one for one in diff.columns if one.name == name)


def counts(diff: DataDiff) -> tuple[int, int, int | None, int]:
    assert diff.rows is not None
    return diff.rows.added, diff.rows.removed, diff.rows.changed, diff.rows.same


def test_schema(book: Book) -> None:
    before = people()
    after = before.drop(columns="city").assign(id=before.id.astype(float), new=1)
    diff = diff_data(book, before, after[["income", "id", "new"]])
    assert (diff.added, diff.removed) == (("new",), ("city",))
    assert diff.retyped == {"id": ("int64", "float64")}
    assert diff.reordered
    text = diff_text(diff)
    assert "columns: added new · removed city · id is float64, was int64 · in another order" in text


def test_rows_by_key_index_and_as_a_whole(book: Book) -> None:
    before = people()
    after = pd.concat([before[10:], before[:3].assign(id=[900, 901, 902])], ignore_index=True)
    after.loc[after.id == 20, "city"] = "Paris"
    assert counts(diff_data(book, before, after, ("id",))) == (3, 10, 1, 389)
    indexed = [one.assign(id=one.id + 7).set_index("id") for one in (before, after)]
    indexed[1] = indexed[1].sample(frac=1, random_state=0)
    assert counts(diff_data(book, indexed[0], indexed[1])) == (3, 10, 1, 389)
    assert counts(diff_data(book, before, after)) == (4, 11, None, 389)
    example = diff_data(book, before, after, ("id",)).rows.examples[0]  # type: ignore[union-attr]
    assert (example.key, example.column, example.after) == ("20", "city", "'Paris'")
    with pytest.raises(InvalidInput, match="does not tell rows apart"):
        diff_data(book, before, after, ("city",))
    with pytest.raises(InvalidInput, match="no one column 'nothing'"):
        diff_data(book, before, after, ("nothing",))


@given(st.lists(st.integers(0, 4), max_size=30), st.lists(st.integers(0, 4), max_size=30))
def test_whole_rows_are_counted_as_often_as_they_are_there(one: list[int], two: list[int]) -> None:
    found = heaped(pd.DataFrame({"x": one}), pd.DataFrame({"x": two}))
    assert found is not None
    before, after = Counter(one), Counter(two)
    assert (found.added, found.removed, found.same) == (
        (after - before).total(),
        (before - after).total(),
        (before & after).total(),
    )


def test_tests_agree_with_scipy(book: Book) -> None:
    before, after = people(), people()
    after["income"] *= 1.4
    after.loc[:80, "city"] = "Rome"
    diff = diff_data(book, before, after)
    income = shift(diff, "income")
    expected = stats.ks_2samp(before.income, after.income)
    assert income.test == "KS"
    assert income.statistic == pytest.approx(expected.statistic)
    assert income.p_value == pytest.approx(expected.pvalue)
    table = pd.crosstab(
        np.repeat([0, 1], len(before)), pd.concat([before.city, after.city]).to_numpy()
    )
    tested = stats.chi2_contingency(table, correction=False)
    city = shift(diff, "city")
    assert city.test == "χ²"
    assert city.statistic == pytest.approx(tested.statistic)
    assert sum(income.counts_before) == sum(income.counts_after) == len(before)
    edges = np.quantile(before.income, np.linspace(0, 1, 11))[1:-1]
    a, b = (
        np.bincount(np.searchsorted(edges, one, "right"), minlength=10) + 0.5
        for one in (before.income, after.income)
    )
    a, b = a / a.sum(), b / b.sum()
    assert income.psi == pytest.approx(((b - a) * np.log(b / a)).sum())
    assert [one.name for one in diff.columns][-1] == "id"


def test_profiles_alone_say_so_and_come_near(book: Book) -> None:
    before, after = people(5000), people(5000)
    after["income"] *= 1.4
    cb.track_data(before, "p")
    cb.track_data(after, "p")
    whole = diff_data(book, "p@1", "p@2")
    assert whole.notes == ()
    assert counts(whole) == (5000, 5000, None, 0)
    del before, after
    bare = diff_data(book, "p@1", "p@2")
    assert bare.rows is None
    assert "data:p@1 are not at hand any more: `keep=True` keeps" in bare.notes[0]
    assert bare.notes[2] == "So profiles are compared."
    assert shift(bare, "income").psi == pytest.approx(shift(whole, "income").psi, rel=0.1)
    assert shift(bare, "income").test == ""
    with pytest.raises(InvalidInput, match="keep=True"):
        diff_data(book, "p@1", "p@2", ("id",))


def test_kept_content_and_unchanged_files_have_their_rows(book: Book, tmp_path: Path) -> None:
    cb.track_data(people(), "p", keep=True)
    people()[5:].to_csv(tmp_path / "p.csv", index=False)
    cb.track_data(tmp_path / "p.csv", "f")
    assert counts(diff_data(book, "p@1", "f@1", ("id",))) == (0, 5, 0, 395)
    people()[50:].to_csv(tmp_path / "p.csv", index=False)
    assert diff_data(book, "p@1", "f@1").rows is None


def test_a_kept_file_has_its_rows_though_its_place_has_another(book: Book, tmp_path: Path) -> None:
    file = tmp_path / "p.csv"
    for start in (0, 50):
        people()[start:].to_csv(file, index=False)
        cb.track_data(file, keep=True)
    file.unlink()
    for key in ((), ("id",)):
        diff = diff_data(book, "p@1", "p@2", key)
        assert (counts(diff)[:2], diff.notes) == ((0, 50), ())


def test_tables_without_a_common_column_have_no_rows_to_compare(book: Book) -> None:
    diff = diff_data(book, pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"b": [1, 2]}))
    assert (diff.rows, diff.columns) == (None, ())
    assert (diff.added, diff.removed) == (("b",), ("a",))
    text = diff_text(diff)
    assert "No column is in both" in text
    assert "the same" not in text


def test_folders_are_compared_by_their_files(book: Book, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for name, text in (("same", "s"), ("gone", "g" * 2_000), ("other", "o"), ("like", "a")):
        (folder / f"{name}.txt").write_text(text)
    cb.track_data(folder)
    (folder / "gone.txt").unlink()
    (folder / "new.txt").write_text("n" * 30)
    (folder / "other.txt").write_text("o" * 1_500)
    (folder / "like.txt").write_text("b")
    cb.track_data(folder)
    diff = diff_data(book, "images@1", "images@2")
    assert diff.files is not None
    assert [(one.path, one.before, one.after) for one in diff.files.examples] == [
        ("like.txt", 1, 1),
        ("other.txt", 1, 1_500),
        ("new.txt", None, 30),
        ("gone.txt", 2_000, None),
    ]
    assert (diff.rows, diff.notes) == (None, ())
    lines = diff_text(diff).splitlines()
    assert lines[1:3] == [
        "4 files · 2.0 kB → 1.5 kB",
        "files: 1 added · 1 removed · 2 changed · 1 the same",
    ]
    assert "  other.txt  changed  1 bytes → 1.5 kB" in lines
    with pytest.raises(InvalidInput, match="need no key"):
        diff_data(book, "images@1", "images@2", ("id",))


def test_what_is_no_table_is_compared_by_digest_and_size(book: Book, tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    for text in ("one", "twice"):
        file.write_text(text)
        cb.track_data(file)
    first, second = (cb.open().datasets.find(f"notes@{number}").digest for number in (1, 2))
    text = diff_text(diff_data(book, "notes@1", "notes@2"))
    assert "3 bytes → 5 bytes" in text
    assert f"digest: {first} → {second}" in text


def test_a_frame_that_was_changed_in_place_does_not_stand_for_its_version(book: Book) -> None:
    before = people()
    cb.track_data(before, "p")
    before["income"] = 0.0
    assert diff_data(book, "p@1", people()[:5]).rows is None


def test_the_same_is_the_same_whichever_library_has_it(book: Book) -> None:
    cb.track_data(people(), "p")
    diff = diff_data(book, "p@1", pl.from_pandas(people()))
    assert diff.same
    assert diff_text(diff).splitlines()[1] == "The content is the same."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (pd.DataFrame({"a": []}), people()),
        (people(), people()[:0]),
        (pd.DataFrame({"a": [None, None]}), pd.DataFrame({"a": [1.0, np.inf]})),
        (pd.DataFrame({"a": [[1], [2]]}), pd.DataFrame({"a": [[1], [3]]})),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), pd.DataFrame({"a": [3]})),
        (pd.DataFrame({"a": [1, 1]}), pd.DataFrame({"a": [1, 1, 1]})),
        (pd.DataFrame({"a": [True, False]}), pd.DataFrame({"a": ["True", "no"]})),
        (np.zeros((4, 2)), np.ones((5, 3))),
        (pd.DataFrame({"a": pd.to_datetime(["2020-01-01"])}), pd.DataFrame({"a": [1]})),
    ],
)
def test_odd_tables_are_compared(book: Book, before: Any, after: Any) -> None:
    diff = diff_data(book, before, after)
    assert diff_text(diff)
    assert not diff.same


def test_what_is_not_there(book: Book) -> None:
    with pytest.raises(NotFound, match="no data set"):
        diff_data(book, "a@1", "b@1")
    with pytest.raises(InvalidInput, match="No digest can be made"):
        diff_data(book, people(), object())


def rows(before: Any, after: Any, key: Any = None) -> tuple[int, int, int | None, int]:
    found = cb.data_diff(before, after, key=key).diff.rows
    assert found is not None
    return found.added, found.removed, found.changed, found.same


def test_columns_of_the_same_name_are_compared_in_their_order(book: Book) -> None:
    one, two = (pd.DataFrame([[1, 5], [2, last]], columns=["a", "a"]) for last in (6, 7))
    found = cb.data_diff(one, two).diff
    assert [shift.name for shift in found.columns] == ["a", "a (2)"]
    assert rows(one, two) == (1, 1, None, 1)
    assert "More than one column is called a" in found.notes[0]
    taken = pd.DataFrame([[1, 2, 3]], columns=["a", "a (2)", "a"])
    assert cb.data_diff(taken, taken.assign(b=1)).diff.added == ("b",)
    assert not cb.data_diff(taken, taken + 1).diff.removed


def test_numbers_that_are_nearly_one_are_compared(book: Book) -> None:
    one, two = (pd.DataFrame({"k": [1], "v": [value]}) for value in (0.1 + 0.2, 0.3))
    assert rows(one, two, "k") == (0, 0, 1, 0)
    assert cb.track_data(pd.DataFrame({"v": [0.1 + 0.2, 0.3]}), "near").version == 1


def test_a_missing_key_is_like_another_one(book: Book) -> None:
    none, nan = (
        pd.DataFrame({"k": ["a", gone], "v": [1, 2]}, dtype=object) for gone in (None, np.nan)
    )
    assert rows(none, nan, "k") == (0, 0, 0, 2)
    assert rows(none.assign(l=1), nan.assign(l=1.0), ["k", "l"]) == (0, 0, 0, 2)
    assert rows(none.set_index("k"), nan.set_index("k")) == (0, 0, 0, 2)
    with pytest.raises(InvalidInput, match="such as lists"):
        rows(pd.DataFrame({"k": [[1]]}), pd.DataFrame({"k": [[2]]}), "k")


@pytest.mark.parametrize("more", [[], ["l"]])
def test_large_numbers_are_no_other_keys(book: Book, more: list[str]) -> None:
    large, near = 2**53 + 1, float(2**53)
    one, two = (pd.DataFrame({"k": [key], "l": [1], "v": [1]}) for key in (large, near))
    assert rows(one, two, ["k", *more]) == (1, 1, 0, 0)
    assert rows(one.assign(k=large - 1), two, ["k", *more]) == (0, 0, 0, 1)
    assert rows(one, one.astype({"k": object}).assign(v=2), ["k", *more]) == (0, 0, 1, 0)
