"""The user's kernel is sacred: whatever happens to the book, cells run, and one warning says so."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cellbook.records import CellState
from tests.ipython.kernels import Kernel, cells, in_terminal, kernel, open_book


@pytest.fixture
def k(tmp_path: Path) -> Iterator[Kernel]:
    with kernel(tmp_path) as started:
        yield started


def warnings_in(text: str) -> int:
    return text.count("CellbookWarning: ")


FULL = """
import errno, os, pathlib
_write = os.write
full = pathlib.Path("full")
def write(fd, data):
    name = os.readlink(f"/proc/self/fd/{fd}")
    if full.exists() and ".cellbook" in name:
        raise OSError(errno.ENOSPC, "No space left on device")
    return _write(fd, data)
os.write = write
"""


def test_full_disk_costs_one_warning_and_no_cell(k: Kernel) -> None:
    k.run("%load_ext cellbook")
    k.run(FULL)
    k.run("%track_run disk")
    replies = [
        k.run("full.touch()"),
        k.run("print('first')\n1 + 1"),
        k.run("%log loss=0.5 --step 1"),
        k.run("display({'text/plain': 'x' * 100_000}, raw=True)\nprint('second')"),
        k.run("1 / 0"),
        k.run("full.unlink()"),
        k.run("%log loss=0.25 --step 2"),
        k.run("print('after')"),
    ]
    assert [reply.status for reply in replies] == ["ok"] * 4 + ["error"] + ["ok"] * 3
    assert replies[1].stdout == "first\n"
    assert replies[1].text == "2"
    assert replies[3].stdout == "second\n"
    assert sum(warnings_in(reply.stderr) for reply in replies) == 1
    assert "is full" in replies[0].stderr
    k.run("%end_run")
    found = {cell.source: cell for cell in cells(k.folder)}
    assert found["print('after')"].stdout == "after\n"
    assert found["print('first')\n1 + 1"].stdout == "first\n"
    book = open_book(k.folder)
    assert book.verify().ok
    assert book.find_run("disk").metrics == {"loss": 0.25}
    assert book.find_run("disk").stats["loss"].count == 2


def test_file_size_limit_is_survived(tmp_path: Path) -> None:
    """A limit of the system's own, met by every way of writing: SIGXFSZ is ignored by Python."""
    shown = in_terminal(
        """
cell("%load_ext cellbook")
import resource, pathlib, time
time.sleep(3)
size = max(file.stat().st_size for file in pathlib.Path(".cellbook/journal").rglob("*.jsonl"))
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 2000, hard))
for number in range(30):
    assert cell(f"print('cell {number}')\\n'{'x' * 200}'").success
""",
        tmp_path,
    )
    assert shown.count("cell 29\n") == 1
    assert warnings_in(shown) == 1
    assert open_book(tmp_path).verify().ok


@pytest.mark.parametrize("folder", ["/proc", "/dev/null/sub"])
def test_folder_that_cannot_be_written(tmp_path: Path, folder: str) -> None:
    shown = in_terminal(
        """
for source in ("%load_ext cellbook", "print('one')", "%track_run", "%log a=1", "print('two')",
               "%end_run", "%runs", "%compare", "%cellbook", "%%track_run\\nprint('three')"):
    assert cell(source).success, source
""",
        tmp_path,
        CELLBOOK_URL=folder,
    )
    for said in ("one\n", "two\n", "three\n", "FAILING: No book can be made at"):
        assert said in shown
    assert warnings_in(shown) == 1
    assert "set CELLBOOK_URL" in shown


def test_deleted_book_is_said_once(k: Kernel) -> None:
    k.run("%load_ext cellbook")
    k.run("%track_run gone")
    k.run("%log a=1")
    time.sleep(0.2)
    shutil.rmtree(k.folder / ".cellbook")
    replies = [
        k.run("print('one')"),
        k.run("%log a=2"),
        k.run("print('two')"),
        k.run("%end_run"),
        k.run("%runs"),
        k.run("print('three')"),
    ]
    assert [reply.status for reply in replies] == ["ok"] * 6
    assert replies[5].stdout == "three\n"
    assert sum(warnings_in(reply.stderr) for reply in replies) == 1
    assert "`%cellbook resume`" in replies[0].stderr
    k.run("%cellbook resume")
    assert k.record("print('four')").stdout == "four\n"
    assert open_book(k.folder).verify().ok


def test_newer_format_is_read_only(k: Kernel) -> None:
    in_terminal("import cellbook as cb\nwith cb.start_run('old'): cb.log_metric('a', 1)", k.folder)
    path = k.folder / ".cellbook" / "format.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    replies = [
        k.run("%load_ext cellbook"),
        k.run("print('one')"),
        k.run("%track_run new"),
        k.run("%log a=2"),
        k.run("%end_run"),
        k.run("%runs"),
    ]
    assert [reply.status for reply in replies] == ["ok"] * 6
    assert sum(warnings_in(reply.stderr) for reply in replies) == 1
    assert "pip install --upgrade cellbook" in "".join(reply.stderr for reply in replies)
    assert "old" in replies[5].text
    assert cells(k.folder) == []


def test_damaged_format_is_said_once(k: Kernel) -> None:
    (k.folder / ".cellbook").mkdir()
    (k.folder / ".cellbook" / "format.json").write_text("{oh")
    replies = [k.run("%load_ext cellbook"), k.run("print('one')"), k.run("print('two')")]
    assert [reply.status for reply in replies] == ["ok"] * 3
    assert sum(warnings_in(reply.stderr) for reply in replies) == 1
    assert "damaged" in "".join(reply.stderr for reply in replies)


def test_warnings_as_errors_do_not_reach_the_user(tmp_path: Path) -> None:
    shown = in_terminal(
        """
for source in ("%load_ext cellbook", "print('one')", "%track_run", "%log a=1", "print('two')"):
    assert cell(source).success, source
""",
        tmp_path,
        "-W",
        "error::cellbook.errors.CellbookWarning",
        CELLBOOK_URL="/proc",
    )
    assert warnings_in(shown) == 1


def test_odd_values_are_recorded_or_refused_without_harm(k: Kernel) -> None:
    k.run("%load_ext cellbook")
    k.run(
        "class Odd:\\n    def __repr__(self): raise RuntimeError('no')\\n"
        "odd, lock = Odd(), __import__('threading').Lock()\\nbig = 'x' * 1_000_000".replace(
            "\\n", "\n"
        )
    )
    reply = k.run("%track_run odd=odd lock=lock big=big text='\\ud800' nan=nan ü=1")
    assert (reply.status, reply.stderr) == ("ok", "")
    assert k.run("%log odd=odd").error == "UsageError"
    cell = k.record("print(odd.__class__.__name__)\nodd")
    assert cell.stdout == "Odd\n"
    assert cell.traceback.endswith("RuntimeError: no")
    assert k.record("print('\\ud800')").state is CellState.OK


@pytest.mark.parametrize(
    "bundle",
    ["{'text/plain': 'x', 3: 'y'}", "{'text/plain': 'x', 'text/html': Odd()}"],
)
def test_a_part_of_an_output_that_cannot_be_kept_costs_that_part(k: Kernel, bundle: str) -> None:
    k.run("%load_ext cellbook")
    k.run(
        "from IPython.display import publish_display_data\n"
        "class Odd(str):\n"
        "    def encode(self, *args): raise RuntimeError('no')"
    )
    cell = k.record(f"publish_display_data({bundle})")
    assert cell.state is CellState.OK
    assert cell.outputs[0].data["text/plain"] == "x"


def test_our_own_failure_is_one_warning(k: Kernel) -> None:
    k.run("%load_ext cellbook")
    k.run("from cellbook.ipython import hooks")
    broken = (
        "def broken(*args, **kwargs): raise RuntimeError('a mistake')\n"
        "hooks.CellRecorder.begin = hooks.CellRecorder.end = broken\n"
    )
    replies = [k.run(broken + "5"), k.run("print('two')"), k.run("1 / 0")]
    assert [reply.status for reply in replies] == ["ok", "ok", "error"]
    assert replies[0].text == "5"
    assert sum(warnings_in(reply.stderr) for reply in replies) == 1
    assert "please report it" in "".join(reply.stderr for reply in replies)


def test_silenced_warnings_stay_silent(k: Kernel) -> None:
    k.run("import warnings; warnings.filterwarnings('ignore')\n%load_ext cellbook")
    shutil.rmtree(k.folder / ".cellbook")
    assert k.run("print('on')").stderr == ""


def test_ten_thousand_prints_and_a_hundred_megabytes(k: Kernel) -> None:
    k.run("%load_ext cellbook")
    cell = k.record("for n in range(10_000): print('line', n)")
    assert cell.stdout.startswith("line 0\nline 1\n")
    assert cell.stdout.endswith("line 9999\n")
    k.run("import gc, psutil\nme = psutil.Process()\nbefore = me.memory_info().rss")
    for _ in range(4):
        k.run("for _ in range(1_000): print('x' * 100_000)")
        assert len(cells(k.folder)[-1].stdout) < 300_000
        # IPython itself keeps every text that is printed: what is left when it forgets is ours.
        k.run("get_ipython().history_manager.outputs.clear(); gc.collect();")
    assert int(k.run("print(me.memory_info().rss - before)").stdout) < 200_000_000
