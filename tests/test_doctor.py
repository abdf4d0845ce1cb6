from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook import book as books
from cellbook import doctor
from cellbook.doctor import Check, examine


@pytest.fixture(autouse=True)
def closed_books() -> Iterator[None]:
    yield
    books.close_all()


def check(name: str, url: str | None = None) -> Check:
    (found,) = (check for check in examine(url) if check.name == name)
    return found


def add_kernel(program: str) -> None:
    folder = Path(os.environ["JUPYTER_DATA_DIR"]) / "kernels" / "python3"
    folder.mkdir(parents=True)
    spec = {"argv": [program, "{connection_file}"], "display_name": "x", "language": "python"}
    (folder / "kernel.json").write_text(json.dumps(spec))


def test_examine_finds_all_well() -> None:
    assert [check.name for check in examine() if not check.ok] == []
    assert check("cellbook").found.endswith(f"({sys.executable})")


def test_examine_tells_a_kernel_of_another_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")  # As where Python is in no environment.
    add_kernel("/opt/other/bin/python")
    found = check("kernel")
    assert "/opt/other/bin/python" in found.found
    assert "ipykernel install" in found.mend


def test_examine_takes_this_pythons_kernel_for_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")
    add_kernel(sys.executable)
    assert check("kernel").ok


def test_examine_names_missing_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.importlib.metadata, "requires", lambda _: ["no-such-package>=2"])
    assert check("packages").mend == f"{sys.executable} -m pip install no-such-package"


def test_examine_tells_of_a_crash(tmp_path: Path) -> None:
    code = (
        "import cellbook as cb, os; cb.open('.'); cb.start_run('doomed'); "
        "cb.log_metric('x', 1); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    found = check("crashes")
    assert found.found.startswith("1, the last ")
    assert found.ok


def test_examine_tells_a_cache_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CELLBOOK_CACHE_DIR", str(tmp_path / "file" / "cache"))
    assert "CELLBOOK_CACHE_DIR" in check("index").mend


def test_examine_tells_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LITTLE_SPACE", 10**18)
    assert "free some space" in check("writing").mend


def test_examine_tells_a_place_where_no_book_can_be(tmp_path: Path) -> None:
    found = check("book", "s3://bucket")
    assert not found.ok
    (tmp_path / "file").write_text("in the way")
    assert not check("writing", str(tmp_path / "file" / "book")).ok
