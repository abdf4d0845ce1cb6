"""Runs of real kernels are run again in real kernels, on scikit-learn's digits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from cellbook.errors import InvalidInput, NotFound
from cellbook.records import REPRODUCES, ReproductionVerdict, RunState
from cellbook.reproducing.outcomes import outcome_text
from cellbook.reproducing.room import reproduce
from cellbook.reproducing.slices import (
    cells_of_slice,
    reproductions_of,
    slice_notebook,
    slice_of_run,
    slice_script,
)
from tests.ipython.kernels import kernel, open_book
from tests.reproducing.recording import record

IMPORTS = (
    "import numpy as np\n"
    "from sklearn.datasets import load_digits\n"
    "from sklearn.linear_model import SGDClassifier\n"
    "from sklearn.model_selection import train_test_split"
)
DIGITS = [
    "X, y = load_digits(return_X_y=True)",
    "unused = X * 2",
    # Nobody seeds the generator: the state that it had is on record.
    "A, B, a, b = train_test_split(X, y)",
    "model = SGDClassifier(alpha=alpha)\nmodel.fit(A, a)",
]


def test_run_on_digits_is_reproduced_bit_by_bit(tmp_path: Path) -> None:
    book = record(
        tmp_path,
        IMPORTS,
        "alpha = 0.01",
        *DIGITS[:3],
        "%track_run sgd alpha=alpha",
        DIGITS[3],
        "for epoch in range(5):\n"
        "    model.partial_fit(A, a)\n"
        "    %log acc={model.score(B, b)}\n"
        "print(model.score(B, b))",
        "import cellbook as cb\ncb.log_dict({'w': model.coef_.tolist()}, 'w.json')",
        "%end_run",
    )
    said: list[str] = []
    before = book.find_run(1)
    done = reproduce(book, 1, tell=said.append)
    assert (done.verdict, done.first) == (ReproductionVerdict.IDENTICAL, "")
    assert done.cells == 9  # Neither the extension's nor `unused`.
    assert any("9/9" in line for line in said)
    new = book.find_run(done.run)
    assert new.tags[REPRODUCES] == before.run_id
    assert new.metrics == before.metrics
    assert new.params == before.params
    assert new.state is RunState.FINISHED
    assert book.find_run(1) == before
    assert reproductions_of(book, before.run_id) == [done]
    assert "identical" in outcome_text(book, done)
    book.close()


def test_what_differs_first_is_said_and_a_tolerance_lets_it_pass(tmp_path: Path) -> None:
    book = record(
        tmp_path,
        "import time",
        "n = time.time()",
        "%track_run drift",
        "%log same=1.0 moved={n}",
        "%end_run",
    )
    done = reproduce(book, "drift")
    assert done.verdict is ReproductionVerdict.DIFFERS
    assert done.first.startswith("metric moved: ")
    assert book.find_run("drift").run_number == 1  # Not what repeats it.
    again = reproduce(book, "drift", tolerance=0.01)
    assert again.verdict is ReproductionVerdict.WITHIN
    assert all(one.within for one in again.differences)
    book.close()


def test_what_cellbook_says_on_stderr_is_no_output_of_the_run(tmp_path: Path) -> None:
    cell = "import os, sys\nprint('mine', file=sys.stderr)\nif os.path.exists('again'):\n    {}"
    ours = "print('CellbookWarning: Something.', file=sys.stderr)"
    theirs = "print('x:1: UserWarning: Something.', file=sys.stderr)"
    book = record(
        tmp_path,
        "%track_run",
        cell.format(ours),
        "%end_run",
        "%track_run",
        cell.format(theirs),
        "%end_run",
    )
    (tmp_path / "again").touch()
    assert reproduce(book, 1).verdict is ReproductionVerdict.IDENTICAL
    assert reproduce(book, 2).verdict is ReproductionVerdict.DIFFERS
    book.close()


def test_cell_that_fails_is_named(tmp_path: Path) -> None:
    (tmp_path / "there.txt").write_text("1")
    book = record(tmp_path, "%track_run reads", "value = int(open('there.txt').read())", "%end_run")
    (tmp_path / "there.txt").unlink()
    done = reproduce(book, 1)
    assert done.verdict is ReproductionVerdict.FAILED
    assert "failed with FileNotFoundError" in done.first
    assert "cell [3]" in done.first
    book.close()


def test_changed_data_are_found_before_anything_runs(tmp_path: Path) -> None:
    data = tmp_path / "d.csv"
    data.write_text("x\n1\n")
    book = record(
        tmp_path,
        "import cellbook as cb",
        "%track_run on_data",
        "cb.track_data('d.csv', 'd')",
        "%end_run",
    )
    assert reproduce(book, 1).verdict is ReproductionVerdict.IDENTICAL
    times = data.stat()
    data.write_text("x\n2\n")
    os.utime(data, ns=(times.st_atime_ns, times.st_mtime_ns))
    done = reproduce(book, 1)
    assert done.verdict is ReproductionVerdict.UNTRIED
    assert done.run == ""
    assert done.first.startswith("data d@1")
    book.close()


def test_time_limit_ends_it(tmp_path: Path) -> None:
    book = record(tmp_path, "import time, os", "%track_run slow", "time.sleep(1)", "%end_run")
    done = reproduce(book, 1, limit=0.2)
    assert done.verdict is ReproductionVerdict.FAILED
    assert "longer than it may" in done.first
    book.close()


def test_killed_kernel_leaves_a_slice_that_is_told_on_demand(tmp_path: Path) -> None:
    with kernel(tmp_path) as k:
        k.run("%load_ext cellbook", "c0")
        for number, source in enumerate(["a = 1", "b = 2", "%track_run cut", "%log v={a}"]):
            k.run(source, f"d{number}")
        k.kill()
    book = open_book(tmp_path)
    book.runs.sessions.repair(force=True)
    run = book.find_run(1)
    assert run.state is RunState.CRASHED
    sources = [one.source for one in cells_of_slice(book.store, slice_of_run(book, run))]
    assert sources == ["a = 1", "%track_run cut", "%log v={a}"]
    assert book.store.get("slices", run.run_id) is not None
    assert reproduce(book, 1).verdict is ReproductionVerdict.IDENTICAL
    book.close()


def test_cell_that_is_the_run_nested_and_resumed_runs(tmp_path: Path) -> None:
    book = record(
        tmp_path,
        "x = 3",
        "%%track_run whole\n%log y={x * 2}",
        "import cellbook as cb\n"
        "with cb.start_run('outer') as outer:\n"
        "    for n in (1, 2):\n"
        "        with cb.start_run(f'inner{n}') as inner:\n"
        "            inner.log_metric('z', n * x)",
        "with cb.start_run(run_id=outer.run_id) as again:\n    again.log_metric('late', x)",
    )
    for name in ("whole", "outer", "inner2"):
        record_before = book.find_run(name)
        done = reproduce(book, record_before.run_id)
        assert done.verdict is ReproductionVerdict.IDENTICAL, (name, done)
        assert book.find_run(record_before.run_id) == record_before
        assert book.find_run(done.run).run_name == name
    book.close()


def test_slice_as_notebook_and_script(tmp_path: Path) -> None:
    book = record(tmp_path, "a = 1", "b = 2", "%track_run files", "%log v={a}", "%end_run")
    cells = cells_of_slice(book.store, slice_of_run(book, book.find_run(1)))
    notebook = nbformat.from_dict(slice_notebook(cells))
    nbformat.validate(notebook)
    assert notebook.cells[0].source == "a = 1"
    assert slice_script(cells, "files").startswith("# files\n\n# %% [2]\na = 1\n")
    book.close()


SCRIPT = """
import sys
import cellbook as cb
with cb.start_run("scripted", params={"n": int(sys.argv[1])}) as run:
    run.log_metric("v", int(sys.argv[1]) * 2)
"""


def test_script_is_run_again_as_it_was(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(SCRIPT)
    subprocess.run([sys.executable, str(script), "4"], cwd=tmp_path, check=True, timeout=60)
    script.write_text("raise SystemExit('another text')")
    book = open_book(tmp_path)
    done = reproduce(book, 1)
    assert done.verdict is ReproductionVerdict.IDENTICAL, done
    assert book.find_run(done.run).params == {"n": 4}
    book.close()


def test_mistakes_are_said(tmp_path: Path) -> None:
    book = record(tmp_path, "%track_run one", "%end_run")
    with pytest.raises(NotFound):
        reproduce(book, "other")
    with pytest.raises(InvalidInput, match="share"):
        reproduce(book, 1, tolerance=3)
    for limit in ("x", 0, -1, float("nan"), True):
        with pytest.raises(InvalidInput, match="number of seconds"):
            reproduce(book, 1, limit=limit)  # type: ignore[arg-type]
    book.close()


def test_interrupt_leaves_no_kernel_behind(tmp_path: Path) -> None:
    record(tmp_path, "import time", "%track_run slow", "time.sleep(4)", "%end_run").close()
    command = [sys.executable, "-m", "cellbook", "reproduce", "1"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "3/4" in line:
                break
        time.sleep(0.5)
        children = psutil.Process(process.pid).children(recursive=True)
        assert children
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait(30) == 130
    gone, alive = psutil.wait_procs(children, timeout=10)
    assert gone
    assert not alive


def test_flags_say_on_what_a_run_began(tmp_path: Path) -> None:
    with kernel(tmp_path) as k:
        k.run("%load_ext cellbook", "c0")
        k.run("a = 1", "c1")
        k.run("b = a + 1", "c2")
        k.run("z = 1", "c3")
        k.run("y = z", "c4")
        k.run("a = 5", "c1")
        k.run("z = 2", "c3")
        k.run("%track_run doubtful", "c5")
        k.run("%log v={b}", "c6")
        k.run("%end_run", "c7")
        k.close(gently=True)
    book = open_book(tmp_path)
    # `y` is stale as well, but nothing of the run stands on it.
    assert book.find_run(1).flags == {"stale": "stale cells: [3]"}
    book.close()
