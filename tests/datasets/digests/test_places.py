from __future__ import annotations

import hashlib
import os
import subprocess
import time
from array import array
from pathlib import Path

import fsspec
import pytest

from cellbook.datasets.digests import digest_place
from cellbook.datasets.listings import unpack
from cellbook.datasets.naming import default_name
from cellbook.datasets.stat_cache import has_rested
from cellbook.errors import InvalidInput, MissingDependency


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"a.csv": "1,2", "sub/b.csv": "3,4", "sub/deep/ü.txt": "x"}.items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "data"


def digest(place: Path | str) -> str:
    return digest_place(place).digest


def test_file_has_the_sum_that_sha256sum_has(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(os.urandom(3_000_000))
    found = digest_place(path)
    said = subprocess.run(["sha256sum", path], capture_output=True, text=True, check=True).stdout
    assert found.digest == f"sha256:{said.split()[0]}"
    assert (found.kind, found.size) == ("file", 3_000_000)
    assert digest(f"file://{path}") == found.digest


def test_folder_is_its_files(folder: Path) -> None:
    before = digest_place(folder)
    assert (before.kind, before.rows, before.size) == ("folder", 3, 7)
    entries = {one.path: one for one in unpack(before.listing or b"")}
    assert entries["sub/b.csv"].digest == hashlib.sha256(b"3,4").digest()
    (folder / "empty").mkdir()
    (folder / "a.csv").touch()
    (folder / ".cellbook").mkdir()
    (folder / ".cellbook" / "x").write_text("not data")
    assert digest(folder) == before.digest
    moved = folder.rename(folder.with_name("moved"))
    assert digest(moved) == before.digest
    (moved / "a.csv").write_text("1,3")
    changed = digest(moved)
    (moved / "a.csv").rename(moved / "c.csv")
    assert len({before.digest, changed, digest(moved)}) == 3


def test_glob_is_the_files_that_it_finds(folder: Path) -> None:
    assert digest(f"{folder}/**") == digest(folder)
    found = digest_place(f"{folder}/**/*.csv")
    assert (found.kind, found.rows) == ("glob", 2)
    (folder / "sub/deep/ü.txt").write_text("y")
    assert digest(f"{folder}/**/*.csv") == found.digest
    with pytest.raises(InvalidInput, match="No file goes by"):
        digest(f"{folder}/*.parquet")


def test_links(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "far.csv").write_text("5,6")
    before = digest(folder)
    (folder / "out").symlink_to(outside)
    out = digest_place(folder)
    assert "out/far.csv" in {one.path for one in unpack(out.listing or b"")}
    (folder / "in").symlink_to("sub/b.csv")
    both = digest_place(folder)
    assert [one.path for one in unpack(both.listing or b"") if one.is_link] == ["in"]
    assert len({before, out.digest, both.digest}) == 3
    (outside / "round").symlink_to(folder)
    with pytest.raises(InvalidInput, match="leads to a folder that it lies in"):
        digest(folder)


def test_what_cannot_be_read_is_named(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no file or folder"):
        digest(tmp_path / "nothing")
    (folder / "gone").symlink_to(tmp_path / "nothing")
    with pytest.raises(InvalidInput, match="gone"):
        digest(folder)
    (folder / "gone").unlink()
    os.mkfifo(folder / "pipe")
    with pytest.raises(InvalidInput, match="neither a file nor a folder"):
        digest(folder)
    with pytest.raises(InvalidInput, match="neither a file nor a folder"):
        digest(folder / "pipe")
    (folder / "pipe").unlink()
    if os.geteuid():
        (folder / "a.csv").chmod(0)
        with pytest.raises(InvalidInput, match=r"a\.csv.*cannot be read"):
            digest(folder)


def test_second_look_reads_no_file_that_rested(folder: Path, tmp_path: Path) -> None:
    caches = tmp_path / "caches"
    first = digest_place(folder, caches)
    time.sleep(2.2)
    again = digest_place(folder, caches)
    assert again.digest == first.digest
    read = _reads(folder, caches)
    assert read == []
    (folder / "a.csv").write_text("9,9")
    assert _reads(folder, caches) == ["a.csv"]
    assert digest_place(folder, caches).digest == digest(folder)
    for path in (caches / "stats").iterdir():
        path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert len(_reads(folder, caches)) == 3, "a damaged cache counts as none"


def test_what_was_just_written_is_read_again() -> None:
    stats = array("q", [1, 2, 3, 10**10, 5 * 10**9])
    assert not has_rested(stats, 0, 10**10)
    assert not has_rested(stats, 0, 10**10 + 2 * 10**9)
    assert has_rested(stats, 0, 10**10 + 2 * 10**9 + 1)
    changed = array("q", [1, 2, 3, 5 * 10**9, 10**10])
    assert not has_rested(changed, 0, 10**10 + 10**9), "the time of change of the inode counts, too"


def _reads(folder: Path, caches: Path) -> list[str]:
    """Return the files that a look opens, by the time of access that the system keeps of them."""
    code = (
        "import sys; from pathlib import Path\n"
        "from cellbook.datasets.digests import digest_place\n"
        "def note(event, args):\n"
        "    if event == 'open' and str(args[0]).startswith(sys.argv[1]): print(args[0])\n"
        "sys.addaudithook(note)\n"
        "digest_place(Path(sys.argv[1]), Path(sys.argv[2]))\n"
    )
    import sys

    done = subprocess.run(
        [sys.executable, "-c", code, folder, caches], capture_output=True, text=True, check=True
    )
    return [os.path.relpath(line, folder) for line in done.stdout.splitlines()]


def test_url_of_any_file_system() -> None:
    with fsspec.open("memory://bucket/x.csv", "wb") as file:
        file.write(b"1,2")
    found = digest_place("memory://bucket/x.csv")
    assert found.digest == f"sha256:{hashlib.sha256(b'1,2').hexdigest()}"
    assert (found.kind, found.size, found.source) == ("url", 3, "memory://bucket/x.csv")
    with pytest.raises(InvalidInput, match="cannot be read"):
        digest_place("memory://bucket/none")
    with pytest.raises((InvalidInput, MissingDependency), match="cannot be read"):
        digest_place("nothing://bucket/none")


def test_url_without_fsspec_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(MissingDependency, match=r"cellbook\[url\]"):
        digest_place("s3://bucket/x.csv")


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("data/digits.csv", "digits"),
        ("data/digits.csv.gz", "digits"),
        ("data/images/**/*.png", "images"),
        ("https://host/a/wine.parquet?x=1", "wine"),
        (".hidden", ".hidden"),
    ],
)
def test_default_name(place: str, name: str) -> None:
    assert default_name(place) == name
