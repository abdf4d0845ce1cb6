"""What scripts print is kept with their runs, and reaches whoever reads it as if nobody had."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from cellbook.book import Book
from cellbook.records import RunSlice, RunState, from_doc
from tests.ipython.kernels import open_book


def start(folder: Path, body: str, *, code: int = 0) -> tuple[bytes, Book]:
    """Run a script; return what it put out, and its book."""
    (folder / "train.py").write_text("import sys\nimport cellbook as cb\n" + textwrap.dedent(body))
    done = subprocess.run(
        [sys.executable, "train.py"], cwd=folder, capture_output=True, timeout=120,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert done.returncode == code, done.stderr.decode()
    assert b"CellbookWarning" not in done.stderr
    return done.stdout, open_book(folder)


def printed(book: Book, name: str) -> str | None:
    """Return what a run's script printed; None where that is not on record."""
    found = slice_of(book, name)
    return found.stdout and book.store.blobs.get(found.stdout).decode()


def slice_of(book: Book, name: str) -> RunSlice:
    return from_doc(RunSlice, book.store.get("slices", book.find_run(name).run_id) or {})


def test_what_is_printed_while_a_run_is_open_is_its_own(tmp_path: Path) -> None:
    body = """
        print("before")
        with cb.start_run("a") as run:
            print("é", 1)
            sys.stdout.write("two\\n")
            for n in range(3):
                print(f"\\r{n}/2", end="", flush=True)
            print()
        print("between")
        cb.start_run("b").end()
        with cb.start_run("c"):
            print("\\x1b[1mbold\\x1b[0m")
        assert "write" not in vars(sys.stdout)
        print("after")
    """
    out, book = start(tmp_path, body)
    shown = "before\né 1\ntwo\n\r0/2\r1/2\r2/2\nbetween\n\x1b[1mbold\x1b[0m\nafter\n"
    assert out.decode() == shown.replace("\n", os.linesep)
    assert printed(book, "a") == "é 1\ntwo\n2/2\n"
    assert printed(book, "b") == ""
    assert printed(book, "c") == "\x1b[1mbold\x1b[0m\n"
    book.close()


def test_it_arrives_at_once(tmp_path: Path) -> None:
    body = (
        "import sys\nimport cellbook as cb\n"
        "with cb.start_run('a'):\n"
        "    print('ready', flush=True)\n"
        "    sys.stdin.readline()\n"
        "    sys.stdout.buffer.write(b'bytes')\n"
        "    sys.stdout.buffer.flush()\n"
        "    sys.stdin.readline()\n"
    )
    (tmp_path / "train.py").write_text(body)
    with subprocess.Popen(
        [sys.executable, "train.py"], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().split() == [b"ready"]
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert process.stdout.read(5) == b"bytes"
        process.communicate(b"\n", timeout=60)
    assert process.returncode == 0
    book = open_book(tmp_path)
    assert printed(book, "a") == "ready\n"
    book.close()


def test_what_a_script_redirects_is_not_heard(tmp_path: Path) -> None:
    body = """
        import contextlib, io
        with cb.start_run("a"):
            caught = io.StringIO()
            with contextlib.redirect_stdout(caught):
                print("caught")
            print(len(caught.getvalue()))
            former, sys.stdout = sys.stdout, open("log.txt", "w")
            print("logged")
            sys.stdout.close()
            sys.stdout = former
            print("shown")
    """
    out, book = start(tmp_path, body)
    assert out.split() == [b"7", b"shown"]
    assert printed(book, "a") == "7\nshown\n"
    assert (tmp_path / "log.txt").read_text() == "logged\n"
    book.close()


@pytest.mark.parametrize(
    ("ends", "code", "state"),
    [
        ("raise ValueError('no')", 1, RunState.FAILED),
        ("sys.exit(0)", 0, RunState.FINISHED),
        ("raise KeyboardInterrupt", None, RunState.STOPPED),
        ("run.end('stopped')", 0, RunState.STOPPED),
    ],
)
def test_it_is_kept_however_the_run_ends(
    tmp_path: Path, ends: str, code: int | None, state: RunState
) -> None:
    interrupted = 130 if os.name == "nt" else -2
    body = f"run = cb.start_run('a')\nprint('one')\n{ends}\n"
    out, book = start(tmp_path, body, code=interrupted if code is None else code)
    assert (out.split(), printed(book, "a")) == ([b"one"], "one\n")
    assert book.find_run("a").state is state
    book.close()


def test_of_a_killed_one_it_is_said_that_it_is_not_on_record(tmp_path: Path) -> None:
    body = "run = cb.start_run('a')\nprint('one', flush=True)\nimport os\nos._exit(0)\n"
    out, book = start(tmp_path, body)
    assert (out.split(), printed(book, "a")) == ([b"one"], None)
    assert slice_of(book, "a").script
    book.close()


def test_much_text_is_kept_in_part(tmp_path: Path) -> None:
    body = """
        with cb.start_run("a"):
            for n in range(200_000):
                print("line", n)
        with cb.start_run("b"):
            print("x" * 5_000_000)
    """
    out, book = start(tmp_path, body)
    assert len(out.splitlines()) == 200_001
    for name in ("a", "b"):
        text = printed(book, name)
        assert text is not None
        assert len(text) < 300_000
        assert "MB left out" in text
        assert slice_of(book, name).streams["stdout"]
    book.close()


def test_nested_runs_and_runs_side_by_side(tmp_path: Path) -> None:
    body = """
        import threading
        def work(name):
            with cb.start_run(name):
                for n in range(50):
                    print(name, n)
        with cb.start_run("outer"):
            print("outer")
            with cb.start_run("inner", nested=True):
                print("inner")
        threads = [threading.Thread(target=work, args=(name,)) for name in ("x", "y")]
        with cb.start_run("around"):
            print("around")
            for one in threads:
                one.start()
            for one in threads:
                one.join()
            print("done")
    """
    _, book = start(tmp_path, body)
    assert printed(book, "outer") == "outer\ninner\n"
    assert printed(book, "inner") == "inner\n"
    for name in ("x", "y"):
        assert printed(book, name) == "".join(f"{name} {n}\n" for n in range(50))
    assert printed(book, "around") == "around\ndone\n"
    book.close()


def test_a_run_that_goes_on_keeps_what_it_printed(tmp_path: Path) -> None:
    body = """
        run = cb.start_run("a")
        print("one")
        run.end()
        cb.start_run("b").end()
        print("between")
        with cb.start_run(run_id=run.run_id):
            print("two")
    """
    _, book = start(tmp_path, body)
    assert printed(book, "a") == "one\ntwo\n"
    book.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="it takes fork")
def test_a_forked_child_prints_as_ever(tmp_path: Path) -> None:
    body = """
        import os
        with cb.start_run("a"):
            print("parent", flush=True)
            child = os.fork()
            if not child:
                assert "write" not in vars(sys.stdout)
                print("child", flush=True)
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
            print("end")
    """
    out, book = start(tmp_path, body)
    assert out.split() == [b"parent", b"child", b"end"]
    assert printed(book, "a") == "parent\nend\n"
    book.close()


def test_a_refusing_disk_costs_the_text_only(tmp_path: Path) -> None:
    body = """
        import warnings
        from cellbook.errors import CellbookWarning, StoreWriteError
        from cellbook.store.blobs import Blobs
        warnings.simplefilter("ignore", CellbookWarning)
        def refuses(*_, **__):
            raise StoreWriteError("full")
        with cb.start_run("a") as run:
            run.log_metric("m", 1)
            print("one")
            Blobs.put = refuses
    """
    out, book = start(tmp_path, body)
    assert (out.split(), printed(book, "a")) == ([b"one"], None)
    record = book.find_run("a")
    assert (record.state, record.metrics) == (RunState.FINISHED, {"m": 1.0})
    book.close()
