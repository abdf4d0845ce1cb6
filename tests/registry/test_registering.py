"""Versions: numbered once, one a content, whole or not at all."""

from __future__ import annotations

import dataclasses
import shutil
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import cellbook as cb
from cellbook.book import Book
from cellbook.errors import (
    CellbookWarning,
    InvalidBundle,
    InvalidInput,
    NotFound,
    Untrusted,
)
from cellbook.packaging import open_bundle, pack_bundle, save_bundle
from cellbook.packaging.manifest import make_manifest, write_manifest
from cellbook.tracking.trash import find_rubbish, remove_rubbish
from tests.registry.conftest import Opener, line

X = np.array([[1.0], [2.0]])


def test_log_load_by_number_alias_latest_stage_and_run(book: Book, ada: str) -> None:
    with book.start_run("first") as run:
        one = run.log_model(line(2), "slope", input_example=X, alias="champion")
    with book.start_run("second") as other:
        two = other.log_model(line(3), "slope", input_example=X)
    assert (one.label, two.label) == ("slope/1", "slope/2")
    assert (one.by, one.aliases, list(one.runs)) == ("ada", ("champion",), [run.run_id])
    for target, slope in (
        ("models:/slope/1", 2),
        ("models:/slope@champion", 2),
        ("slope@1", 2),
        ("models:/slope/latest", 3),
        ("models:/slope", 3),
        ("runs:/first/slope", 2),
        ("runs:/#2/slope", 3),
        ("models:/slope/development", 3),
        (one.version_id, 2),
    ):
        assert book.models.load(target).predict(X) == pytest.approx(slope * X[:, 0]), target


def test_same_content_is_the_same_version(book: Book) -> None:
    with book.start_run() as run:
        one = run.log_model(line(2), "slope", input_example=X)
    with book.start_run() as other:
        again = other.log_model(line(2), "slope", input_example=X, tags={"a": 1})
    assert again.version_id == one.version_id
    assert list(again.runs) == [run.run_id, other.run_id]
    assert again.tags == {"a": "1"}
    assert len(book.models.told("slope").versions) == 1


def test_log_without_an_example_says_so_once_and_what_mends_it(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    with book.start_run() as run, warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        run.log_model(line(2), "slope")
        run.log_model(line(3), "slope")
        run.log_model(line(2), "whole", input_example=X)
    assert [str(one.message) for one in told] == [
        "slope/1 has no signature and no input example: what it is asked is not validated, and a "
        "check can only load it; log it with input_example=X[:50], or any of its input."
    ]
    monkeypatch.setattr("cellbook.book._default", book)
    with pytest.warns(CellbookWarning, match="^other/1 has no signature and no input example"):
        cb.register_model(line(2), "other")


def test_numbers_are_never_used_again(book: Book) -> None:
    for slope in (1, 2, 3):
        book.models.log(line(slope), "slope", input_example=X)
    book.models.delete("slope/3")
    assert book.models.log(line(4), "slope", input_example=X).number == 4
    # What was deleted is gone for good: the same content is a new version.
    assert book.models.log(line(3), "slope", input_example=X).number == 5
    with pytest.raises(NotFound, match="slope/3 was deleted; its number is not used again"):
        book.models.find("slope/3")
    book.models.delete("slope")
    with pytest.raises(NotFound, match="All versions of the model 'slope' were deleted"):
        book.models.get("slope")
    assert book.models.log(line(1), "slope", input_example=X).number == 6


def test_deleted_content_goes_and_shared_content_stays(book: Book) -> None:
    one = book.models.log(line(1), "slope", input_example=X)
    book.models.log(line(2), "slope", input_example=X)
    book.models.delete("slope/1")
    rubbish = find_rubbish(book.store, now=2e9 + 1e9)
    gone = set(rubbish.blobs)
    assert one.files["digests.json"] in gone
    remove_rubbish(book.store, dataclasses.replace(rubbish, seen_at=3e9))
    assert book.models.load("slope/2").predict(X) == pytest.approx(2 * X[:, 0])
    assert [one for one in book.verify().findings if not one.harmless] == []


def test_a_failing_model_leaves_nothing(book: Book, tmp_path: Path) -> None:
    class Odd:
        def predict(self, rows: Any) -> Any:
            raise ValueError("never")

    with pytest.raises(InvalidInput, match="fails on the input example"):
        book.models.log(Odd(), "odd", input_example=X)
    assert book.models.all() == []
    assert list(book.store.blobs.all()) == []
    assert list(tmp_path.rglob(".new-*")) == []


def test_no_run_begins_for_a_model_that_fails(book: Book) -> None:
    with pytest.raises(InvalidInput):
        book.run_at_hand().log_model(lambda rows: 1 / 0, "odd", input_example=X)
    assert book.store.count("runs") == 0
    book.run_at_hand().log_model(line(1), "slope", input_example=X)
    assert book.store.count("runs") == 1


@pytest.mark.parametrize("name", ["", "a/b", "a:b", "a@b", "x" * 300, "a\nb"])
def test_names_that_cannot_be(book: Book, name: str) -> None:
    with pytest.raises(InvalidInput):
        book.models.log(line(1), name, input_example=X)


def test_none_is_no_name(book: Book) -> None:
    book.models.log(line(1), "slope", input_example=X)
    with pytest.raises(InvalidInput, match="alias is empty"):
        book.models.set_alias("slope/1", None)
    with pytest.raises(InvalidInput, match="model is empty"):
        book.models.log(line(1), None, input_example=X)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("models:/slop/1", "Did you mean 'slope'"),
        ("models:/slope/9", r"no version '9'. It has 1 and @champion"),
        ("models:/slope@best", "has the alias 'best'"),
        ("models:/slope/production", "No version of 'slope' is in production"),
        ("models:/slope/", "names no version"),
        ("models:/slope/1/2", "names no version"),
        ("models:/slope@", "names no alias"),
        ("runs:/1", "is named as runs:/RUN/NAME"),
        ("models:/slope/99999999999999999999", "no version"),
    ],
)
def test_what_names_nothing(book: Book, target: str, said: str) -> None:
    book.models.log(line(1), "slope", input_example=X, alias="champion")
    with pytest.raises((NotFound, InvalidInput), match=said):
        book.models.find(target)


def test_own_pickles_load_and_those_of_others_ask(
    book: Book, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def double(rows: Any) -> Any:
        return [2 * row[0] for row in rows]

    book.models.log(double, "double", input_example=[[1.0]])
    assert book.models.load("double").predict([[4.0]]) == [8.0]
    monkeypatch.setenv("CELLBOOK_DATA_DIR", str(tmp_path / "somebody else"))
    with pytest.raises(Untrusted, match="runs code that is in it"):
        book.models.load("double")
    assert book.models.load("double", trust=True).predict([[4.0]]) == [8.0]


def test_bundles_are_registered_and_come_out_again(book: Book, tmp_path: Path) -> None:
    saved = save_bundle(line(2), tmp_path / "made", name="slope", input_example=X)
    one = book.models.register(tmp_path / "made", "slope")
    pack_bundle(saved.folder, tmp_path / "made.zip")
    assert book.models.register(tmp_path / "made.zip", "slope").version_id == one.version_id
    shutil.rmtree(saved.folder)
    out = book.models.bundle("slope/1", tmp_path / "out")
    assert open_bundle(out).digest == one.digest == saved.digest
    assert open_bundle(out).folder == out
    assert (
        book.models.bundle("slope/1", tmp_path / "out.zip").read_bytes()
        == (tmp_path / "made.zip").read_bytes()
    )
    with pytest.raises(InvalidInput, match="there already"):
        book.models.bundle("slope/1", tmp_path / "out")
    again = book.models.register("models:/slope/1", "other")
    assert (again.label, again.digest) == ("other/1", one.digest)


def test_a_damaged_bundle_is_refused(book: Book, tmp_path: Path) -> None:
    saved = save_bundle(line(2), tmp_path / "made", name="slope", input_example=X)
    with (saved.folder / "README.md").open("a") as file:
        file.write("more")
    with pytest.raises(InvalidBundle, match=r"README\.md is not what it was"):
        book.models.register(saved.folder, "slope")
    assert book.models.all() == []


def _rewrite(folder: Path, path: str, text: str) -> None:
    """Change a file of a bundle as somebody would who wants it to be believed."""
    (folder / path).write_text(text)
    write_manifest(folder, make_manifest(folder, {}))


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (
            "input_example.json", '{"inputs": [[1.0, 2.0]]}',
            r"test 'input example' of \S+ does not fit the signature: The input has the shape",
        ),
        (
            "input_example.json", '{"inputs": [["red"]]}',
            "test 'input example' of .* does not fit the signature: The input is of <U3",
        ),
        ("input_example.json", "rubbish", r"'input example' of \S+ cannot be read \(JSONDec"),
        ("input_example.json", "[1]", "'input example' of .* cannot be read"),
        ("expected_output.json", '{"kind": "array"}', "'input example' of .* cannot be read"),
        ("tests/1-input.json", '{"inputs": [[1.0], [1.0, 2.0]]}', "'more' of .* cannot be read"),
        ("tests.json", "{}", r"list of tests of \S+ cannot be read \(KeyError"),
        (
            "tests.json", '{"tests": [{"name": "out", "input": "../x", "expected": "y"}]}',
            "'out' of .* cannot be read .*outside of itself",
        ),
        (
            "tests.json", '{"tests": [{"name": "lost", "input": "x", "expected": "y"}]}',
            "'lost' of .* cannot be read .*it has no file 'x'",
        ),
    ],
)  # fmt: skip
def test_a_bundle_whose_tests_cannot_be_run_is_refused(
    book: Book, tmp_path: Path, path: str, text: str, told: str
) -> None:
    saved = save_bundle(
        line(2), tmp_path / "made", name="slope", input_example=X, tests={"more": X}
    )
    _rewrite(saved.folder, path, text)
    packed = pack_bundle(saved.folder, tmp_path / "made.zip")
    for source in (packed, saved.folder):
        with pytest.raises(InvalidBundle, match=f"{told}.*Save the bundle once more"):
            book.models.register(source, "slope")
        assert source is saved.folder or list(book.store.blobs.all()) == []
    assert book.models.all() == []
    assert list(tmp_path.rglob(".new-*")) == []


def test_an_example_that_is_no_test_must_fit_as_well(book: Book, tmp_path: Path) -> None:
    saved = save_bundle(line(2), tmp_path / "made", name="slope", input_example=X)
    _rewrite(saved.folder, "tests.json", '{"tests": []}')
    assert book.models.register(saved.folder, "slope").label == "slope/1"
    _rewrite(saved.folder, "input_example.json", '{"inputs": [[1.0, 2.0]]}')
    with pytest.raises(InvalidBundle, match="'input example' of made does not fit"):
        book.models.register(saved.folder, "slope")


def test_damage_in_the_book_is_found(book: Book, tmp_path: Path) -> None:
    one = book.models.log(line(2), "slope", input_example=X)
    card = book.store.blobs.path(one.files["README.md"])
    card.chmod(0o644)
    card.write_bytes(b"something else")
    with pytest.raises(InvalidBundle, match=r"README\.md is not what it was"):
        book.models.load("slope")
    card.unlink()
    with pytest.raises(NotFound, match="is missing from the book"):
        book.models.bundle("slope", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (found,) = book.models.check()
    assert found[0] == "model slope/1"
    assert "README.md is missing" in found[1]


def test_a_book_of_others_names_no_place_outside(book: Book, tmp_path: Path) -> None:
    one = book.models.log(line(2), "slope", input_example=X)
    files = {**one.files, "../../evil": one.files["README.md"]}
    book.store.commit([["model_versions", one.version_id, {"files": files}, []]])
    for use in (book.models.load, lambda target: book.models.bundle(target, tmp_path / "out")):
        with pytest.raises(InvalidBundle, match="outside of the bundle"):
            use("slope")


def test_parents_lead_both_ways(book: Book) -> None:
    base = book.models.log(line(1), "base", input_example=X)
    tuned = book.models.log(line(2), "tuned", input_example=X, derived_from="models:/base/1")
    assert list(tuned.parents) == [base.version_id]
    with pytest.raises(NotFound):
        book.models.log(line(3), "tuned", input_example=X, derived_from=["nothing/1"])
    assert len(book.models.told("tuned").versions) == 1


def test_deprecated_ones_warn(book: Book) -> None:
    book.models.log(line(1), "slope", input_example=X)
    book.models.deprecate("slope/1", "It was fitted to the wrong year.")
    with pytest.warns(CellbookWarning, match="the wrong year"):
        book.models.load("slope")
    book.models.deprecate("slope/1", "")
    book.models.load("slope")


def test_a_book_that_cannot_be_written_is_read(opened: Opener, tmp_path: Path) -> None:
    home = opened("home")
    home.models.log(line(2), "slope", input_example=X)
    home.store.read_only = "It is on a disk for reading only."
    assert home.models.load("slope").predict(X) == pytest.approx(2 * X[:, 0])


def test_names_of_many_bytes_can_be_used(book: Book, ada: str, tmp_path: Path) -> None:
    name = "😀" * 200
    book.models.log(line(2), name, input_example=X)
    assert book.models.load(f"models:/{name}/1").predict(X).tolist() == [2.0, 4.0]
    assert book.models.bundle(f"models:/{name}/latest", tmp_path / "out.zip").is_file()
