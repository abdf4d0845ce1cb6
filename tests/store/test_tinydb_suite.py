"""TinyDB's own public test suite, run against our table."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent

NOT_OURS = {
    ("test_tables.py", "test_table_repr"): "spells out that the storage is one of TinyDB's two",
    ("test_tables.py", "test_persist_table"): "a book has no empty tables",
    # These look into the query cache, which a book has not: another kernel may have written.
    ("test_tinydb.py", "test_search"): "cache",
    ("test_tinydb.py", "test_search_path"): "cache",
    ("test_tables.py", "test_query_cache"): "cache",
    ("test_tables.py", "test_query_cache_size"): "cache",
    ("test_tables.py", "test_lru_cache"): "cache",
}


def test_tinydb_suite_passes_on_a_book(tmp_path: Path) -> None:
    release = version("tinydb")
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:",
         "--no-build-isolation", "--dest", tmp_path, f"tinydb=={release}"],
        check=True, timeout=300,
    )  # fmt: skip
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    suite = tmp_path / f"tinydb-{release}" / "tests"
    shutil.rmtree(tmp_path / f"tinydb-{release}" / "tinydb")
    shutil.copy(HERE / "tinydb_conftest.py", suite / "conftest.py")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull,
         "--rootdir", suite, suite / "test_tinydb.py", suite / "test_tables.py",
         suite / "test_operations.py", suite / "test_queries.py",
         *(f"--deselect={file}::{test}" for file, test in NOT_OURS)],
        capture_output=True, text=True, timeout=300, check=False, cwd=suite,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    found = re.search(r"(\d+) passed", done.stdout)
    assert found is not None
    assert int(found[1]) > 100
