"""Zip files from strangers."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from cellbook.errors import InvalidBundle
from cellbook.packaging.zips import unpack_zip, write_zip


def packed(tmp_path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    (tmp_path / "to").mkdir()
    return tmp_path / "a.zip"


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/evil", "C:/evil", "a\\..\\evil", "..", "\\\\host\\evil"]
)
def test_places_outside_are_refused(name: str, tmp_path: Path) -> None:
    source = packed(tmp_path, ("fine", b"1"), (name, b"2"))
    with pytest.raises(InvalidBundle, match="outside of the bundle"):
        unpack_zip(source, tmp_path / "to", limit=1000)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.zip", "to"]


def test_links_are_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    (tmp_path / "to").mkdir()
    with pytest.raises(InvalidBundle, match="a link"):
        unpack_zip(tmp_path / "a.zip", tmp_path / "to", limit=1000)


def test_bombs_are_refused(tmp_path: Path) -> None:
    source = packed(tmp_path, ("zeros", bytes(100 << 20)))
    with pytest.raises(InvalidBundle, match="zip bomb"):
        unpack_zip(source, tmp_path / "to", limit=1 << 40)
    many = tmp_path / "many.zip"
    write_zip(many, [(f"{number}", bytes(1 << 20)) for number in range(20)], pack=True)
    with pytest.raises(InvalidBundle, match="more than the"):
        unpack_zip(many, tmp_path / "to", limit=10 << 20)
    parts = tmp_path / "parts.zip"
    write_zip(parts, [(f"{number}", bytes(1 << 20)) for number in range(70)], pack=True)
    with pytest.raises(InvalidBundle, match="zip bomb"):
        unpack_zip(parts, tmp_path / "to", limit=1 << 40)
    assert not any((tmp_path / "to").iterdir())


@pytest.mark.parametrize("name", ["a" * 256, "ä" * 130, "/".join("a" * 100)])
def test_names_too_long_for_a_file_are_refused(name: str, tmp_path: Path) -> None:
    source = packed(tmp_path, (name, b"1"))
    with pytest.raises(InvalidBundle, match="too long"):
        unpack_zip(source, tmp_path / "to", limit=1000)


def test_what_says_less_than_it_holds_is_refused(tmp_path: Path) -> None:
    source = packed(tmp_path, ("zeros", bytes(10_000)))
    data = bytearray(source.read_bytes())
    size = (10_000).to_bytes(4, "little")
    assert data.count(size) == 2
    source.write_bytes(bytes(data.replace(size, (9).to_bytes(4, "little"))))
    with pytest.raises(InvalidBundle, match="damaged"):
        unpack_zip(source, tmp_path / "to", limit=1 << 20)


def test_one_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        source = packed(tmp_path, ("a", b"1"), ("a", b"2"))
    with pytest.raises(InvalidBundle, match="twice"):
        unpack_zip(source, tmp_path / "to", limit=1000)


def test_no_zip_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK no zip")
    (tmp_path / "to").mkdir()
    with pytest.raises(InvalidBundle, match="no zip file"):
        unpack_zip(tmp_path / "a.zip", tmp_path / "to", limit=1000)


def test_what_was_packed_comes_back(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 3_000_000)
    for pack in (True, False):
        target = tmp_path / f"{pack}.zip"
        write_zip(target, [("a/b", tmp_path / "file"), ("c", b"2")], pack=pack)
        (tmp_path / f"{pack}").mkdir()
        unpack_zip(target, tmp_path / f"{pack}", limit=1 << 30)
        assert (tmp_path / f"{pack}" / "a" / "b").read_bytes() == b"x" * 3_000_000
        assert (tmp_path / f"{pack}" / "c").read_bytes() == b"2"


def test_compiled_code_is_not_unpacked(tmp_path: Path) -> None:
    source = packed(tmp_path, ("code/cellbook_bundle/__pycache__/models.cpython-312.pyc", b"x"))
    with pytest.raises(InvalidBundle, match="is compiled code"):
        unpack_zip(source, tmp_path / "to", limit=1000)
