"""Models of others: kept as files, with source and licence, and nothing of them run."""

from __future__ import annotations

import json
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cellbook.book import Book
from cellbook.errors import InvalidInput
from cellbook.records import Evidence, EvidenceKind, ModelStage
from tests.registry.conftest import line

REVISION = "0123456789abcdef0123456789abcdef01234567"
CARD = "---\nlanguage: en\nlicense: apache-2.0\ntags:\n- x\n---\n# Tiny\nlicense: mit\n"


class Evil:
    """What does harm when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch harm",)


def layout(folder: Path) -> Path:
    """Write a model as Hugging Face's repositories have it."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(
        json.dumps({"architectures": ["BertModel"], "model_type": "bert"})
    )
    (folder / "model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")
    (folder / "README.md").write_text(CARD)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("[secret]")
    (folder / ".gitattributes").write_text("*")
    return folder


def cached(folder: Path) -> Path:
    """Write the same as the cache of Hugging Face's tools has it: links to blobs."""
    source = layout(folder / "source")
    cache = folder / "models--acme--tiny-bert"
    snapshot = cache / "snapshots" / REVISION
    snapshot.mkdir(parents=True)
    (cache / "blobs").mkdir()
    (cache / "refs").mkdir()
    (cache / "refs" / "main").write_text(REVISION)
    for number, name in enumerate(("config.json", "model.safetensors", "README.md")):
        (cache / "blobs" / str(number)).write_bytes((source / name).read_bytes())
        (snapshot / name).symlink_to(f"../../blobs/{number}")
    return cache


def test_a_repository_on_disk(book: Book, tmp_path: Path) -> None:
    folder = layout(tmp_path / "tiny")
    one = book.models.register(folder, "tiny", alias="base")
    assert (one.bundled, one.format, one.kind) == (False, "safetensors", "transformers.BertModel")
    assert (one.licence, one.source, one.safe, one.imports) == (
        "apache-2.0", str(folder), True, (),
    )  # fmt: skip
    assert sorted(one.files) == ["README.md", "config.json", "model.safetensors"]
    out = book.models.bundle("tiny@base", tmp_path / "out")
    assert (out / "model.safetensors").read_bytes() == (folder / "model.safetensors").read_bytes()
    with pytest.raises(InvalidInput, match=r"is files as they came .safetensors."):
        book.models.load("tiny")


@pytest.mark.parametrize("of", ["cache", "snapshot"])
def test_the_cache_of_hugging_face(book: Book, tmp_path: Path, of: str) -> None:
    cache = cached(tmp_path)
    place = cache if of == "cache" else cache / "snapshots" / REVISION
    one = book.models.register(place, "tiny", licence="mit")
    assert (one.source, one.licence) == (f"hf:acme/tiny-bert@{REVISION}", "mit")
    # It is what the repository itself holds.
    assert book.models.register(tmp_path / "source", "tiny").version_id == one.version_id


def test_what_pickles_would_import_is_told_and_not_run(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = layout(tmp_path / "tiny")
    (folder / "scaler.pkl").write_bytes(pickle.dumps(Evil()))
    with zipfile.ZipFile(folder / "pytorch_model.bin", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(np.float64(1)))
    (folder / "old.bin").write_bytes(b"no pickle")
    (folder / "modeling_tiny.py").write_text("raise SystemExit")
    one = book.models.register(folder, "tiny")
    assert not one.safe
    assert {"posix.system", "modeling_tiny.py", "old.bin (cannot be looked into)"} <= set(
        one.imports
    )
    assert "numpy.dtype" in one.imports
    assert not (tmp_path / "harm").exists()


def test_a_pickle_is_found_whatever_it_is_called(book: Book, tmp_path: Path) -> None:
    evil = pickle.dumps(Evil())
    with zipfile.ZipFile(tmp_path / "zipped", "w") as archive:
        archive.writestr("archive/data.pkl", evil)
    zipped = (tmp_path / "zipped").read_bytes()
    magic = pickle.dumps(0x1950A86A20F9469CFC6C, 2)
    legacy = magic + pickle.dumps(1001, 2) + pickle.dumps({}, 2) + evil + pickle.dumps([], 2)
    for name, content, told in (
        ("weights.dat", evil, "posix.system"),
        ("weights", zipped, "posix.system"),
        ("legacy.pt", legacy + b"tensors", "posix.system"),
        ("behind.pkl", pickle.dumps(1) + evil, "posix.system"),
        ("before.pkl", evil + zipped, "before.pkl (cannot be looked into)"),
        ("packed.pkl.gz", b"\x1f\x8b", "packed.pkl.gz (cannot be looked into)"),
    ):
        (tmp_path / name).write_bytes(content)
        one = book.models.register(tmp_path / name, name)
        assert not one.safe, name
        assert told in one.imports, name


def test_one_file(book: Book, tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"onnx")
    one = book.models.register(tmp_path / "net.onnx", "net", origin="https://example.org/net")
    assert (one.format, one.source, list(one.files)) == (
        "onnx", "https://example.org/net", ["net.onnx"],
    )  # fmt: skip
    tuned = book.models.log(line(1), "tuned", derived_from="net")
    assert list(tuned.parents) == [one.version_id]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda f: (f / "passwd").symlink_to("/etc/passwd"), "passwd is a link to /etc/passwd"),
        (lambda f: (f / "up").symlink_to(".."), "up is a link"),
        (lambda f: os.mkfifo(f / "pipe"), "pipe is no file"),
        (lambda f: (f / "a\\b").write_text("x"), "cannot be the name of a file"),
        (
            lambda f: (f / "w.safetensors").write_text(
                "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"
            ),
            r"w.safetensors only stands for a file .* `git lfs pull`",
        ),
    ],
)
def test_what_is_no_model(book: Book, tmp_path: Path, spoil: Any, said: str) -> None:
    folder = layout(tmp_path / "tiny")
    spoil(folder)
    with pytest.raises(InvalidInput, match=said):
        book.models.register(folder, "tiny")
    assert book.models.all() == []


def test_nothing_there(book: Book, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match="There is no file in"):
        book.models.register(tmp_path / "empty", "empty")
    with pytest.raises(LookupError, match="There is no file or folder"):
        book.models.register(tmp_path / "missing", "missing")


def test_files_go_to_production_with_an_approval(book: Book, tmp_path: Path) -> None:
    book.models.register(layout(tmp_path / "tiny"), "tiny", by="ada")
    with pytest.raises(InvalidInput, match="nothing here can check"):
        book.models.move_stage("tiny/1", "production")
    with pytest.raises(InvalidInput, match="is files as they came"):
        book.models.check_version("tiny/1")
    seen = [Evidence(EvidenceKind.RUN, "x", "acc 0.9")]
    book.models.approve("tiny/1", "production", reason="Known.", evidence=seen, by="lin")
    assert book.models.move_stage("tiny/1", "production").stage is ModelStage.PRODUCTION
