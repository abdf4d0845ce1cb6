from __future__ import annotations

import dataclasses
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cellbook.errors import InvalidInput
from cellbook.tracking.media import Encoded, artifact_path, file_name, media_type_of
from cellbook.tracking.media.encoded import (
    PART_LIMIT,
    PATH_LIMIT,
    keyed_path,
    read_file,
    with_extension,
)

# Paths as people and attackers write them: ordinary text would rarely hold a slash or two dots.
paths = st.text() | st.lists(
    st.sampled_from(
        ["a", "plots", "é", "e\u0301", ".", "..", "", " ", ". .", "C:", "~", "🙂", "x"]
    ),
    max_size=6,
).flatmap(lambda parts: st.sampled_from("/\\").map(lambda slash: slash.join(parts)))


# --- paths ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("roc.png", "roc.png"),
        ("plots/roc.png", "plots/roc.png"),
        ("./plots//roc.png", "plots/roc.png"),
        ("plots\\roc.png", "plots/roc.png"),
        ("plots/", "plots"),
        ("a/./b", "a/b"),
        (".hidden", ".hidden"),
        ("..name", "..name"),
        ("学習/曲線.png", "学習/曲線.png"),
        ("Cafe\u0301.png", "Café.png"),
        ("a b:c.png", "a b:c.png"),
        ("👩\u200d🔬.png", "👩\u200d🔬.png"),
        (PurePosixPath("plots") / "roc.png", "plots/roc.png"),
        (PureWindowsPath("plots") / "roc.png", "plots/roc.png"),
    ],
)
def test_artifact_path_normalises(path: object, place: str) -> None:
    assert artifact_path(path) == place


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "empty"),
        ("/", "absolute"),
        (".", "empty"),
        ("././", "empty"),
        ("/etc/passwd", "absolute"),
        ("\\\\server\\share", "absolute"),
        ("C:\\plots\\roc.png", "absolute"),
        ("c:roc.png", "absolute"),
        ("s3://bucket/roc.png", "address"),
        ("../roc.png", "names no file"),
        ("plots/../../roc.png", "names no file"),
        ("plots\\..\\roc.png", "names no file"),
        ("plots/.. /roc.png", "names no file"),
        ("plots/ /roc.png", "names no file"),
        ("a\nb", "cannot be seen"),
        ("a\x00b", "cannot be seen"),
        ("a\u2028b", "cannot be seen"),
        ("a\ud800b", "cannot be seen"),
        ("gpj.\u202eexe", "cannot be seen"),
        ("é" * 128, "256 bytes"),
        ("/".join(["part"] * 250), "bytes"),
        (b"roc.png", "is a bytes"),
        (None, "is a NoneType"),
        (3, "is a int"),
    ],
)
def test_artifact_path_refuses_with_the_mend(path: object, said: str) -> None:
    with pytest.raises(InvalidInput, match=r"(Give|Use|Shorten) ?") as caught:
        artifact_path(path)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


@example("./A:")
@example(".//./A:x")
@given(paths)
def test_artifact_path_stays_inside_and_is_its_own_normal_form(path: str) -> None:
    try:
        place = artifact_path(path)
    except InvalidInput:
        return
    assert artifact_path(place) == place
    assert unicodedata.is_normalized("NFC", place)
    root = Path("/book/artifacts")
    assert (root / place).resolve().is_relative_to(root)
    assert (root / place) != root
    assert not PureWindowsPath(place).drive
    assert len(place.encode()) <= PATH_LIMIT


@given(st.text() | paths)
def test_file_name_is_one_part_of_a_path(key: str) -> None:
    name = file_name(key)
    assert artifact_path(f"params/{name}.txt") == f"params/{name}.txt"
    assert "/" not in name
    assert len(name.encode()) <= PART_LIMIT - 40


@given(st.text(max_size=60), st.text(max_size=60))
def test_file_name_keeps_names_apart(one: str, other: str) -> None:
    same = unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)
    assert (file_name(one) == file_name(other)) == same or not (one and other)


def test_file_name_keeps_long_names_apart() -> None:
    assert file_name("x" * 1000) != file_name("x" * 999)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("lr", "lr"),
        ("val/acc", "val%2Facc"),
        ("..", "%2E%2E"),
        ("a.b", "a.b"),
        ("50%", "50%25"),
        ("Größe", "Größe"),
        ("a\nb", "a%0Ab"),
        ("", "_"),
    ],
)
def test_file_name_reads_like_the_key(key: str, name: str) -> None:
    assert file_name(key) == name


@pytest.mark.parametrize(
    ("key", "step", "path"),
    [
        ("sample", None, "images/sample.png"),
        ("val/sample", 12, "images/val/sample/00000012.png"),
        ("sample", -3, "images/sample/-0000003.png"),
        ("../../etc", 1, "images/%2E%2E/%2E%2E/etc/00000001.png"),
        ("/", None, "images/_.png"),
        (7, None, "images/7.png"),
    ],
)
def test_keyed_path_makes_a_place(key: object, step: int | None, path: str) -> None:
    assert keyed_path("images", key, step, ".png") == path


@pytest.mark.parametrize(("key", "step"), [("", None), ("a\nb", None), ("a", 0.5)])
def test_keyed_path_refuses_odd_names_and_steps(key: str, step: object) -> None:
    with pytest.raises(InvalidInput):
        keyed_path("images", key, step, ".png")


# --- extensions and media types ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("artifact_file", "path", "extension"),
    [
        ("roc", "roc.png", ".png"),
        ("roc.png", "roc.png", ".png"),
        ("roc.SVG", "roc.SVG", ".svg"),
        ("acc_0.95", "acc_0.95.png", ".png"),
        ("wide-net.v2", "wide-net.v2.png", ".png"),
        (".hidden", ".hidden.png", ".png"),
    ],
)
def test_with_extension_adds_only_what_is_missing(
    artifact_file: str, path: str, extension: str
) -> None:
    assert with_extension(artifact_file, ".png", (".png", ".svg"), "It") == (path, extension)


@pytest.mark.parametrize("artifact_file", ["plots/", "plots\\"])
def test_with_extension_refuses_a_folder(artifact_file: str) -> None:
    with pytest.raises(InvalidInput, match=r"names a folder.*'plots/name\.png'"):
        with_extension(artifact_file, ".png", (".png",), "It")


def test_with_extension_refuses_another_type_of_file() -> None:
    with pytest.raises(InvalidInput, match=r"A table cannot be written as \.mp3.* \.json or \.csv"):
        with_extension("a.mp3", ".json", (".json", ".csv"), "A table")


def test_with_extension_counts_what_it_adds() -> None:
    with pytest.raises(InvalidInput, match="Shorten"):
        with_extension("x" * PART_LIMIT, ".png", (".png",), "It")


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("a.png", "image/png"),
        ("A.JPG", "image/jpeg"),
        ("a/b.csv", "text/csv"),
        ("a.json", "application/json"),
        ("a.parquet", "application/vnd.apache.parquet"),
        ("a.yaml", "application/yaml"),
        ("a.wav", "audio/wav"),
        ("a.mp4", "video/mp4"),
        ("a.csv.gz", "application/gzip"),
        ("a.py", "text/x-python"),
        ("a.95", "application/octet-stream"),
        ("a", "application/octet-stream"),
        ("a?b.png", "image/png"),
    ],
)
def test_media_type_of_goes_by_the_extension(path: str, media_type: str) -> None:
    assert media_type_of(path) == media_type


# --- files and the result ------------------------------------------------------------------------


def test_read_file_gives_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\x00\x01")
    assert read_file(tmp_path / "a.bin", "The image") == b"\x00\x01"
    assert read_file("a.bin", "The image") == b"\x00\x01"


@pytest.mark.parametrize("path", ["missing.png", ".", "a\x00b", "x" * 5000])
def test_read_file_says_where_it_looked(path: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"The image .* could not be read .*Give the path"):
        read_file(path, "The image")


def test_encoded_is_frozen() -> None:
    encoded = Encoded(b"", "text/plain", "text", "a.txt")
    with pytest.raises(dataclasses.FrozenInstanceError):
        encoded.path = "b.txt"  # type: ignore[misc]
