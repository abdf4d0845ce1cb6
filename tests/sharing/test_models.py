"""Models that travel with the run that registered them."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cellbook.book import Book
from cellbook.errors import InvalidInput, Untrusted
from cellbook.monitoring import References
from cellbook.records import Evidence, EvidenceKind
from cellbook.sharing import export_run, import_run
from cellbook.sharing.telling import imported_line
from tests.registry.conftest import line

X = pd.DataFrame({"x": [1.0, 2.0]})


def fitted(slope: float) -> Any:
    x = pd.DataFrame({"x": np.arange(4.0)})
    return line(1).fit(x, slope * x["x"])


def told(rows: Any) -> list[float]:
    return [float(value) for value in np.asarray(rows)[:, 0]]


@pytest.fixture
def shared(home: Book, tmp_path: Path) -> Path:
    with home.start_run("fitted") as run:
        run.log_model(fitted(2.0), "slope", input_example=X, alias="champion", reference=X,
                      description="Twice.", tags={"team": "ada"})  # fmt: skip
        run.log_model(told, "told", input_example=X, derived_from="slope/1")
    check = Evidence(EvidenceKind.RUN, run.run_id, "so")
    home.models.approve("slope/1", "production", reason="so", evidence=[check], by="grace")
    home.models.move_stage("slope/1", "staging")
    return export_run("fitted", tmp_path / "fitted.zip", book=home)


def test_bundles_records_and_what_they_are_compared_with_arrive(
    shared: Path, home: Book, away: Book
) -> None:
    done = import_run(shared, book=away)
    assert done.models == ("slope/1", "told/1")
    assert "2 models (slope/1, told/1)" in imported_line(done, "fitted.zip")
    there, here = home.models.find("slope/1"), away.models.find("slope/1")
    assert (here.version_id, here.digest, here.files) == (
        there.version_id, there.digest, there.files,
    )  # fmt: skip
    assert list(here.runs) == [done.run_id]
    assert (here.description, here.tags) == ("Twice.", {"team": "ada"})
    assert away.models.load("slope/1").predict(X) == pytest.approx([2.0, 4.0])
    assert list(away.models.find("told/1").parents) == [here.version_id]
    assert References(away.store).sketch(here.version_id).rows == 2
    assert away.verify().findings == []
    assert import_run(shared, book=away).models == ()


def test_what_counts_in_a_book_stays_in_it(shared: Path, away: Book) -> None:
    import_run(shared, book=away)
    version = away.models.find("slope/1")
    assert (version.aliases, version.stage.value, version.seal) == ((), "development", "")
    kinds = {event.kind.value for event in away.models.told("slope").events}
    assert kinds == {"registered", "described", "tagged"}
    # What was one's own there is somebody's here.
    with pytest.raises(Untrusted):
        away.models.load("told/1")
    assert away.models.load("told/1", trust=True).predict(X) == [1.0, 2.0]


def test_numbers_are_those_of_this_book(shared: Path, away: Book) -> None:
    away.models.log(fitted(3.0), "slope", input_example=X, alias="champion")
    own = away.models.log(told, "told", input_example=X)
    assert import_run(shared, book=away).models == ("slope/2", "told/1")
    assert away.models.find("slope@champion").number == 1
    assert away.models.find("slope/1").clashes is False
    # The same content is the same version, whoever logged it.
    both = away.models.find("told/1")
    assert own.version_id in both.ids
    assert len(both.ids) == 2


def test_models_can_be_left_out(home: Book, away: Book, shared: Path, tmp_path: Path) -> None:
    small = export_run("fitted", tmp_path / "small.zip", models=False, book=home)
    assert not [name for name in zipfile.ZipFile(small).namelist() if name.startswith("models/")]
    assert import_run(small, book=away).models == ()
    assert away.models.all() == []
    assert import_run(shared, book=away).models == ("slope/1", "told/1")


def test_files_are_there_to_be_read_without_cellbook(shared: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(shared) as archive:
        archive.extractall(tmp_path / "read")
    assert (tmp_path / "read" / "models" / "slope-1" / "MLmodel").is_file()


def test_where_it_answers_is_nobodys_business(home: Book, tmp_path: Path) -> None:
    from cellbook.registry.endpoints import Answering, EndpointNote

    with home.start_run("served") as run:
        version = run.log_model(fitted(2.0), "slope", input_example=X)
    arm = Answering("champion", "models:/slope", version.version_id, version.digest, 1.0, False)
    EndpointNote(home.store, "line", "http://10.1.2.3:80").tell("single", [arm])
    place = export_run("served", tmp_path / "served.zip", book=home)
    with zipfile.ZipFile(place) as archive:
        assert not any(b"10.1.2.3" in archive.read(name) for name in archive.namelist())


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("table", "change", "why"),
    [
        ("model_versions", lambda doc: doc.update(digest="sha256:" + "0" * 64), "is not what"),
        ("model_versions", lambda doc: doc["files"].update({"../x": "0" * 64}), "cannot be read"),
        ("model_versions", lambda doc: doc["files"].update({"x": "0" * 64}), "lacks files"),
        ("model_versions", lambda doc: doc.update(number=0), "cannot be read"),
        ("model_versions", lambda doc: doc.update(model="a/b"), "cannot be read"),
        ("model_versions", lambda doc: doc.pop("runs"), "no run of it logged"),
        ("model_versions", lambda doc: doc["files"].pop("MLmodel"), "is damaged"),
        ("model_events", lambda doc: doc.update(kind="approved"), "its own book only"),
        ("model_events", lambda doc: doc.update(kind="checked"), "its own book only"),
        ("model_events", lambda doc: doc.update(model="other"), "does not hold"),
        ("references", lambda doc: doc.update(digest="0" * 64), "compared with"),
    ],
)
def test_what_somebody_changed_is_refused(
    shared: Path, away: Book, tmp_path: Path, table: str, change: Change, why: str
) -> None:
    changed = tmp_path / "changed.zip"
    rewrite(shared, changed, f"cellbook/{table}.jsonl", change)
    with pytest.raises(InvalidInput, match=why):
        import_run(changed, book=away)
    assert away.models.all() == []
    assert away.store.ids("runs") == []


def test_what_it_says_of_itself_is_not_believed(shared: Path, away: Book, tmp_path: Path) -> None:
    changed = tmp_path / "changed.zip"

    def claim(doc: dict[str, Any]) -> None:
        doc.update(safe=True, imports=[], seal="x", stage="production", aliases=["champion"])

    rewrite(shared, changed, "cellbook/model_versions.jsonl", claim)
    import_run(changed, book=away)
    version = away.models.find("told/1")
    assert (version.safe, bool(version.imports), version.seal) == (False, True, "")
    assert (version.stage.value, version.aliases) == ("development", ())


def rewrite(source: Path, target: Path, name: str, change: Change) -> None:
    """Write an archive whose records of a table are others, and are listed as such."""
    import hashlib

    shutil.copy(source, target)
    with zipfile.ZipFile(source) as read:
        contents = {info.filename: read.read(info) for info in read.infolist()}
    docs = [json.loads(one) for one in contents[name].splitlines()]
    for doc in docs:
        change(doc)
    contents[name] = b"".join(json.dumps(doc).encode() + b"\n" for doc in docs)
    manifest = json.loads(contents["cellbook/manifest.json"])
    manifest["files"][name] = [len(contents[name]), hashlib.sha256(contents[name]).hexdigest()]
    contents["cellbook/manifest.json"] = json.dumps(manifest).encode()
    with zipfile.ZipFile(target, "w") as written:
        for path, content in contents.items():
            written.writestr(path, content)
