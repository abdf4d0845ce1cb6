from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import cellbook
from cellbook import book as books
from cellbook.book import Book
from cellbook.cli import COMMANDS, VERBS
from tests.cli.conftest import Cli

SCRIPT = Path(sys.executable).with_name("cellbook")


def test_version(cli: Cli) -> None:
    assert cli("--version") == (0, f"cellbook {cellbook.__version__}\n", "")


@pytest.mark.parametrize("start", [[str(SCRIPT)], [sys.executable, "-m", "cellbook"]])
def test_starts_as_script_and_as_module(start: list[str]) -> None:
    done = subprocess.run([*start, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"cellbook {cellbook.__version__}\n"


@pytest.mark.alone
def test_version_starts_quickly() -> None:
    def seconds(*command: str) -> float:
        times = []
        for _ in range(7):
            begin = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            times.append(time.perf_counter() - begin)
        return min(times)

    assert seconds(str(SCRIPT), "--version") - seconds(sys.executable, "-c", "") < 0.2


def test_help_lists_every_command(cli: Cli) -> None:
    status, out, _ = cli("--help")
    assert status == 0
    assert all(re.search(rf"^    {name}\s", out, re.MULTILINE) for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_names_its_options(cli: Cli, command: str) -> None:
    status, out, err = cli(command, "--help")
    assert (status, err) == (0, "")
    assert out.startswith(f"usage: cellbook {command} ")


def test_verbs_are_those_of_run(cli: Cli) -> None:
    _, out, _ = cli("run", "--help")
    assert re.findall(r"^    (\w+)", out, re.MULTILINE) == list(VERBS)
    assert cli("run", "no-such-verb")[2].count("there are " + ", ".join(VERBS)) == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], "the following arguments are required: COMMAND (`cellbook --help` explains)"),
        (["rnus"], "there is no `rnus`; did you mean `runs`? (`cellbook --help` explains)"),
        (["runz"], "there is no `runz`; did you mean `runs`?"),
        (["gc", "--days", "x"], "argument --days: invalid float value: 'x'"),
        (["show"], "cellbook show: the following arguments are required: RUN"),
        (["run", "renam"], "did you mean `rename`?"),
        (["verify", "--nothing"], "unrecognized arguments: --nothing"),
    ],
)
def test_wrong_words_are_answered_in_one_line(cli: Cli, words: list[str], expected: str) -> None:
    status, out, err = cli(*words)
    assert (status, out) == (2, "")
    assert expected in err
    assert err.count("\n") == 1


def test_missing_book_is_answered_in_one_line(cli: Cli, tmp_path: Path) -> None:
    for words in (["runs"], ["show", "1"], ["verify"], ["gc"], ["run", "delete", "1"]):
        status, out, err = cli(*words)
        assert (status, out) == (2, "")
        assert err.startswith(f"cellbook: There is no book at {tmp_path}")
        assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_missing_run_is_answered_in_one_line(cli: Cli, book: Book) -> None:
    status, out, err = cli("show", "nobody")
    assert (status, out) == (2, "")
    assert err.startswith("cellbook: The book has no run 'nobody'.")
    assert err.endswith("`cellbook runs` lists them.\n")
    assert err.count("\n") == 1
    assert cli("show", "baselin")[2].endswith("Did you mean 'baseline'?\n")


@pytest.mark.parametrize("place", ["before", "after", "environment"])
def test_book_is_found_where_it_is_said_to_be(
    cli: Cli, book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    books.close_all()
    (tmp_path / "elsewhere").mkdir()
    shutil.move(tmp_path / ".cellbook", tmp_path / "elsewhere")
    where = str(tmp_path / "elsewhere")
    if place == "environment":
        monkeypatch.setenv("CELLBOOK_URL", where)
    words = {
        "before": ["--book", where, "show", "1"],
        "after": ["show", "1", "--book", where],
        "environment": ["show", "1"],
    }
    assert cli(*words[place])[:2] == (0, cli("--book", where, "show", "baseline")[1])


def test_broken_pipe_is_quiet(book: Book) -> None:
    """`cellbook cells | head -1` prints its line, and nothing else."""
    code = (
        "import os, sys; from cellbook.cli import main; r, w = os.pipe(); os.close(r); "
        "os.dup2(w, 1); sys.exit(main(['show', '1']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (141, "")


def test_interrupt_is_quiet(book: Book, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    def interrupted(_: Book) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Book, "verify", interrupted)
    assert cli("verify") == (130, "", "\n")


def test_terminal_that_knows_no_signs_is_served(book: Book) -> None:
    done = subprocess.run(
        [SCRIPT, "show", "1"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=True,
    )
    assert done.stdout.startswith(b"? #1 baseline\n")
    assert done.stderr == b""


def _run_to(output: str, *words: str) -> tuple[int, str, str]:
    """Run the command in a process of its own, whose output goes where a shell sends it."""
    done = subprocess.run(
        ["sh", "-c", f'"$@" {output}', "sh", str(SCRIPT), *words],
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["show", "9" * 20], "The book has no run"),
        (["show", "9" * 5000], "The book has no run"),
        (["run", "delete", "#" + "9" * 20], "The book has no run"),
        (["runs", "#" + "9" * 5000], "No run has a number as long as that."),
        (["runs", "--book", "//[x"], "No book can be at '//[x' (Invalid IPv6 URL)"),
        (["runs", "--book", "~nouser/x"], "No book can be at '~nouser/x'"),
        (["runs", "--book", "x" * 5000], "(File name too long). Give a folder."),
        (["runs", "--book", "x/" * 5000], "(File name too long). Give a folder."),
        (["runs", "--book", "a\0b"], "(no path holds a NUL). Give a folder."),
    ],
)
def test_what_names_nothing_is_answered(
    cli: Cli, book: Book, words: list[str], expected: str
) -> None:
    status, out, err = cli(*words)
    assert (status, out) == (2, "")
    assert err.startswith("cellbook: ")
    assert expected in err
    assert len(err) < 10_000


def test_number_beyond_floats_is_compared(cli: Cli, book: Book) -> None:
    status, out, err = cli("runs", f"metrics.acc < {'9' * 5000}")
    assert (status, err) == (0, "")
    assert "baseline" in out


@pytest.mark.parametrize("command", ["runs", "show 1", "verify", "gc", "checkpoints", "doctor"])
def test_deleted_working_folder_is_answered_in_one_line(tmp_path: Path, command: str) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD" && exec "$@"', "sh", str(SCRIPT), *command.split()],
        capture_output=True,
        text=True,
        cwd=gone,
    )
    said = "The working folder is no longer there. Change to another one"
    if command == "doctor":
        assert (done.returncode, done.stderr) == (1, "")
        assert said in done.stdout
    else:
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"cellbook: {said}")
        assert done.stderr.count("\n") == 1


def test_book_that_is_none_is_answered_in_one_line(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / ".cellbook").symlink_to(".cellbook")
    (tmp_path / "folder" / ".cellbook" / "format.json").mkdir(parents=True)
    for name, expected in (
        ("loop", "cannot be read (Too many levels of symbolic links)"),
        ("folder", "format.json is a folder. Move it away"),
    ):
        for command in ("runs", "verify"):
            status, out, err = cli(command, "--book", str(tmp_path / name))
            assert (status, out) == (2, "")
            assert expected in err
            assert err.count("\n") == 1


def test_output_that_cannot_be_written_is_answered_in_one_line(book: Book) -> None:
    closed = "cellbook: standard output is closed. Send it to /dev/null.\n"
    assert _run_to(">&-", "runs") == (2, "", closed)
    assert _run_to(">&-", "run", "delete", "1") == (2, "", closed)
    assert book.find_run(1).trashed is None
    if Path("/dev/full").exists():  # Linux has it.
        full = (
            "cellbook: The output cannot be written (No space left on device). Send it elsewhere."
        )
        for words in (["runs"], ["runs", "--json"], ["show", "1"], ["runs", "--csv"]):
            assert _run_to("> /dev/full", *words) == (2, "", full + "\n")
