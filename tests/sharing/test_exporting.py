from __future__ import annotations

import csv
import io
import json
import time
import tomllib
import zipfile
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest

from cellbook.book import Book
from cellbook.capture import capture_environment
from cellbook.errors import InvalidInput, NotFound, StoreCorrupt, StoreWriteError
from cellbook.records import to_doc
from cellbook.sharing import describe, export_run
from cellbook.store import create, update
from tests.interop.validators import read_crate, read_croissant
from tests.reproducing.wheels import offer_packages
from tests.sharing.samples import new_book, read_files


def test_the_same_run_is_the_same_bytes(home: Book, archive: Path, tmp_path: Path) -> None:
    time.sleep(0.01)
    again = export_run("wide net", tmp_path / "again.zip", book=home, data=True)
    assert again.read_bytes() == archive.read_bytes()


def test_others_read_it(home: Book, archive: Path) -> None:
    files = read_files(archive)
    nbformat.validate(nbformat.reads(files["work.ipynb"].decode(), as_version=4))
    nbformat.validate(nbformat.reads(files["slice.ipynb"].decode(), as_version=4))
    compile(files["slice.py"], "slice.py", "exec")
    assert b"# %matplotlib inline" in files["slice.py"]
    told = json.loads(files["run.json"])
    assert told["params"]["lr"] == 0.2
    assert told["metrics"]["odd"] == "-Infinity"
    rows = list(csv.reader(io.StringIO(files["metrics.csv"].decode())))
    assert rows[0] == ["metric", "context", "step", "time", "value"]
    losses = [float(row[4]) for row in rows if row[0] == "loss"]
    assert losses == [1 / (3 + step) for step in range(50)]
    assert [row[1] for row in rows if row[0] == "acc"] == ["split=val"] * 50
    assert json.loads(files["comments.jsonld"])["total"] == 2
    assert "activity" in json.loads(files["provenance.json"])
    assert b"==" in files["requirements.txt"]
    readme = files["README.md"].decode()
    for part in ("# wide net", "| lr | 0.2 |", "loss", "data:dig its@1", "`artifacts/again.txt`"):
        assert part in readme


def test_paths_are_safe_wherever_they_are_unpacked(archive: Path, tmp_path: Path) -> None:
    names = zipfile.ZipFile(archive).namelist()
    assert len({name.casefold() for name in names}) == len(names)
    assert "artifacts/_CON.txt" in names
    assert "artifacts/ab_c_.txt" in names
    assert "artifacts/ünï/cödé ☃.txt" in names
    assert {"artifacts/a/B.txt", "artifacts/a/b~2.txt"} <= set(names)
    assert max(len(part.encode()) for name in names for part in name.split("/")) <= 120
    zipfile.ZipFile(archive).extractall(tmp_path / "unpacked")
    assert (tmp_path / "unpacked" / "artifacts" / "again.txt").read_text() == "second"


def test_it_is_a_whole_crate(archive: Path) -> None:
    found = read_crate(archive)
    listed = {unquote(entity.id) for entity in found.data_entities}
    names = set(zipfile.ZipFile(archive).namelist())
    assert listed == names - {"ro-crate-metadata.json"}
    infos = {one.filename: one for one in zipfile.ZipFile(archive).infolist()}
    for entity in found.data_entities:
        if entity.id == "cellbook/manifest.json":
            # It has the digest of the metadata, which so cannot have its.
            assert "sha256" not in entity.properties()
            continue
        assert int(entity["contentSize"]) == infos[unquote(entity.id)].file_size
        assert len(entity["sha256"]) == 64
    (action,) = (one for one in found.contextual_entities if one.type == "CreateAction")
    assert {one["name"] for one in action["result"]} >= {
        "artifacts/again.txt",
        "metrics.csv",
        "loss",
    }
    assert {one["name"] for one in action["object"]} >= {"dig its@1", "array@1", "lr"}


def test_its_data_is_described(archive: Path, caplog: pytest.LogCaptureFixture) -> None:
    files = read_files(archive)
    found = {
        name: read_croissant(json.loads(data), caplog)
        for name, data in files.items()
        if name.endswith(".croissant.json")
    }
    table = found["data/dig its@1.croissant.json"]
    assert [field.name for field in table.record_sets[0].fields] == ["x", "y", "when"]
    assert f"data/{table.distribution[0].content_url}" in files
    assert len(found["data/pictures@1.croissant.json"].distribution) == 1
    assert found["data/array@1.croissant.json"].distribution == []


def test_data_stays_at_home_unless_asked(home: Book, tmp_path: Path) -> None:
    files = read_files(export_run("wide net", tmp_path / "bare.zip", book=home))
    assert not [name for name in files if name.endswith((".csv", ".arrows")) and "data/" in name]
    assert b'"content"' not in files["cellbook/datasets.jsonl"]


def test_a_description_stands_by_itself(
    home: Book, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    version = home.datasets.find("dig its@1")
    found = read_croissant(describe(home, version, below=tmp_path / "docs"), caplog)
    assert found.distribution[0].content_url == "../home/d.csv"
    pictures = home.datasets.find("pictures@1")
    found = read_croissant(describe(home, pictures, below=tmp_path), caplog)
    assert [one.content_url for one in found.distribution] == ["home/pictures/one.txt"]
    (tmp_path / "home" / "d.csv").write_text("other")
    found = read_croissant(describe(home, version, below=tmp_path), caplog)
    assert [one.name for one in found.record_sets[0].fields] == ["x", "y", "when"]


def test_what_cannot_be_exported(home: Book, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        export_run("nothing", tmp_path / "x.zip", book=home)
    open_run = home.start_run("open")
    with pytest.raises(InvalidInput, match="has not ended"):
        export_run(open_run, tmp_path / "x.zip", book=home)
    open_run.end()
    with pytest.raises(StoreWriteError, match="Name another place"):
        export_run("wide net", tmp_path / "no" / "x.zip", book=home)
    with pytest.raises(InvalidInput, match="is a folder"):
        export_run("wide net", tmp_path, book=home)
    assert list(tmp_path.glob("*.zip")) == list(tmp_path.glob(".cellbook-*")) == []


def test_a_damaged_artifact_is_found(home: Book, tmp_path: Path) -> None:
    artifact = home.artifacts("wide net")[0]
    path = home.store.blobs.path(artifact.digest)
    path.chmod(0o644)
    path.write_bytes(b"other")
    with pytest.raises(StoreCorrupt, match="nothing was exported"):
        export_run("wide net", tmp_path / "x.zip", book=home)
    assert not list(tmp_path.glob("*.zip"))


def test_a_name_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = new_book(tmp_path / "b")
    with book.start_run("../a:b"):
        pass
    monkeypatch.chdir(tmp_path)
    assert export_run(1, book=book).name == "run-1-.._a_b.zip"
    assert export_run(1, book=book).name == "run-1-.._a_b-2.zip"
    book.close()


def test_a_run_of_a_script_has_no_notebook(tmp_path: Path) -> None:
    book = new_book(tmp_path / "b")
    with book.start_run("bare"):
        pass
    files = read_files(export_run(1, tmp_path / "x.zip", book=book, license="https://x.org/l"))
    assert not [name for name in files if name.endswith((".ipynb", ".csv"))]
    assert "https://x.org/l" in files["ro-crate-metadata.json"].decode()
    book.close()


def test_hashes_of_packages_are_asked_for(
    home: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = offer_packages(tmp_path, monkeypatch)
    had = replace(
        capture_environment(), environment_id="env", packages={"first-one": "1.0"}, sources={}
    )
    run = home.find_run("wide net").run_id
    told = [create("environments", "env", to_doc(had)), update("runs", run, {"environment": "env"})]
    home.store.commit(told)
    files = read_files(export_run("wide net", tmp_path / "x.zip", book=home, hashes=True))
    (package,) = tomllib.loads(files["pylock.toml"].decode())["packages"]
    assert package["wheels"][0]["hashes"] == {"sha256": digests["first_one"]}
