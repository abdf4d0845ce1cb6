from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cellbook import book as books
from cellbook.book import Book
from cellbook.errors import NotFound
from cellbook.tracking import trash
from tests.cli.conftest import Cli

SCRIPT = Path(sys.executable).with_name("cellbook")


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as settled at once: a test has no minute to wait."""
    monkeypatch.setattr(trash, "_SETTLE_SECONDS", -1.0)


def test_verify_says_that_all_is_whole(cli: Cli, book: Book, tmp_path: Path) -> None:
    books.close_all()
    status, out, err = cli("verify")
    assert (status, err) == (0, "")
    assert out.startswith(f"{tmp_path}/.cellbook is whole: ")
    assert "1 file\n" in out


def test_verify_names_what_is_damaged(cli: Cli, book: Book) -> None:
    digest = book.artifacts("baseline")[0].digest
    path = book.store.blobs.path(digest)
    path.chmod(0o644)
    path.write_bytes(b"other")
    status, out, _ = cli("verify")
    assert status == 1
    assert f"DAMAGE: blobs/sha256/{digest[:2]}/{digest[2:]}: " in out
    assert "1 damage in " in out


def test_gc_finds_nothing_in_a_tidy_book(cli: Cli, book: Book) -> None:
    assert cli("gc", "--yes") == (0, "There is nothing to remove.\n", "")


def test_gc_lets_young_deletions_wait(cli: Cli, book: Book) -> None:
    book.runs.delete("wide")
    _, out, _ = cli("gc", "--yes")
    assert out == "1 run in the trash for less than 30 days stays.\nThere is nothing to remove.\n"
    assert book.find_run("wide").trashed


def test_gc_removes_what_a_killed_process_left_half_written(cli: Cli, book: Book) -> None:
    left = book.store.root / "blobs" / "sha256" / ".new-killed"
    left.write_bytes(b"half" * 500)
    assert cli("gc", "--yes")[1] == "There is nothing to remove.\n"  # Somebody may be at it.
    os.utime(left, (time.time() - 86_500,) * 2)
    told = "  1 file that a killed process left half written more than a day ago, 2.0 kB\n"
    assert cli("gc", "--dry-run")[1] == f"These go for good:\n{told}"
    assert left.exists()
    assert cli("gc", "--yes")[1] == f"These go for good:\n{told}Removed; 2.0 kB freed.\n"
    assert not left.exists()


@pytest.mark.usefixtures("settled")
def test_gc_removes_what_it_showed(cli: Cli, book: Book) -> None:
    book.runs.delete("baseline")
    books.close_all()
    status, shown, _ = cli("gc", "--days", "0", "--dry-run")
    assert status == 0
    assert "  run #1 baseline\n" in shown
    assert "1 file of no other run, 6 bytes" in shown
    assert book.find_run("baseline")
    status, out, _ = cli("gc", "--days", "0", "--yes")
    assert (status, out) == (0, shown + "Removed; 6 bytes freed.\n")
    with pytest.raises(NotFound):
        book.find_run("baseline")


@pytest.mark.parametrize(("answer", "gone"), [("y", True), ("n", False), ("\x04", False)])
def test_gc_asks_whoever_is_there(book: Book, answer: str, gone: bool) -> None:
    book.runs.delete("wide")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [SCRIPT, "gc", "--days", "0"], stdin=theirs, stdout=subprocess.PIPE, text=True
    )
    os.write(ours, f"{answer}\n".encode())
    out, _ = process.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert process.returncode == 0
    assert "Remove them? [y/N]" in out
    assert ("Removed; " in out, "Nothing was removed." in out) == (gone, not gone)


def test_gc_removes_nothing_where_nobody_can_answer(book: Book) -> None:
    book.runs.delete("wide")
    done = subprocess.run(
        [SCRIPT, "gc", "--days", "0"], stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "--yes" in done.stderr
    assert book.find_run("wide")


@pytest.mark.parametrize("days", ["-1", "nan"])
def test_gc_refuses_days_that_are_none(cli: Cli, book: Book, days: str) -> None:
    status, _, err = cli("gc", f"--days={days}")
    assert status == 2
    assert "Give 0 or more" in err


def test_doctor_finds_all_well(cli: Cli, book: Book, tmp_path: Path) -> None:
    status, out, err = cli("doctor")
    assert (status, err) == (0, "")
    assert f"{tmp_path}/.cellbook: 4 runs" in out
    assert all(line.startswith("✓ ") for line in out.splitlines())


def test_doctor_says_what_mends(cli: Cli, book: Book, tmp_path: Path) -> None:
    books.close_all()
    (tmp_path / ".cellbook" / "format.json").write_text("{")
    status, out, err = cli("doctor")
    assert (status, err) == (1, "")
    (line,) = (line for line in out.splitlines() if line.startswith("✗"))
    assert "book" in line
    assert "→" in out
    assert "Restore it from a copy" in out


def test_doctor_works_without_a_book(cli: Cli, tmp_path: Path) -> None:
    status, out, _ = cli("doctor")
    assert status == 0
    assert f"none yet; it would be made at {tmp_path}/.cellbook" in out
    assert not (tmp_path / ".cellbook").exists()
