"""`cellbook demo`, for real: a kernel, scikit-learn, seventeen cells."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from cellbook import book as books
from cellbook.book import Book
from cellbook.demo.execution import execute, kernel_environment
from cellbook.records import RunState
from cellbook.views.runs_table import find_records
from tests.cli.conftest import Cli
from tests.private import private_environment

SCRIPT = Path(sys.executable).with_name("cellbook")


class Demo:
    """A demo that ran once, for the tests of this module to copy."""

    def __init__(self, folder: Path) -> None:
        above = books.open(
            folder
        )  # A book in a folder above, which is none of the demo's business.
        above.close()
        self.done = subprocess.run(
            [SCRIPT, "demo"],
            cwd=folder,
            env={**os.environ, **private_environment(folder / "private"), "CELLBOOK_URL": "/none"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        self.place = folder
        self.folder = folder / "cellbook-demo"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def demo(made: Demo, tmp_path: Path) -> Path:
    """A copy of the demo's folder, in the working folder."""
    shutil.copytree(made.folder, tmp_path / "cellbook-demo")
    return tmp_path / "cellbook-demo"


def test_demo_runs_to_its_end(made: Demo) -> None:
    assert (made.done.returncode, made.done.stderr.count("/21  ")) == (0, 21), made.done.stderr
    assert "21/21  %checkpoints --limit 5\n" in made.done.stderr
    assert "twice as long" in made.done.stdout
    assert "✗" in made.done.stdout
    assert "■" in made.done.stdout


def test_demo_keeps_a_book_of_its_own(made: Demo) -> None:
    assert find_records(books.open(made.place).store) == []
    assert len(find_records(books.open(made.folder).store)) == 11
    assert "`unset CELLBOOK_URL` first" in made.done.stdout


def test_demo_records_runs_of_every_end(demo: Path) -> None:
    records = {record.run_name: record for record in find_records(books.open(demo).store)}
    assert {record.experiment for record in records.values()} == {"quickstart"}
    assert records["swish"].state is RunState.FAILED
    assert (records["swish"].error or "").startswith("InvalidParameterError: The 'activation'")
    assert records["too-slow"].state is RunState.STOPPED
    assert records["too-slow"].stats["val_acc"].count == 5
    finished = [record for record in records.values() if record.state is RunState.FINISHED]
    assert len(finished) == 9
    assert len({str(record.params) for record in finished}) >= 8
    assert all(record.stats["train_loss"].count >= 20 for record in finished)
    assert records["twice as long"].params["epochs"] == 40


def test_demo_chooses_the_best_run(demo: Path) -> None:
    records = find_records(books.open(demo).store)
    best = max(record.metrics.get("val_acc", 0) for record in records)
    (chosen,) = (record for record in records if record.tags)
    assert chosen.tags == {"chosen": "yes"}
    assert chosen.metrics["val_acc"] == best > 0.95


def test_demo_keeps_the_figure_with_its_run(demo: Path) -> None:
    sizes = {a.path: a.size for a in books.open(demo).artifacts("twice as long")}
    assert sizes["mistakes.json"] < 20_000


def test_demo_executed_again_compares_its_new_runs(demo: Path) -> None:
    path = demo / "quickstart.ipynb"
    notebook = nbformat.read(path, as_version=4)
    execute(notebook, path, kernel_environment())
    (compare,) = (cell for cell in notebook.cells if cell.id == "compare")
    texts = [output.data["text/plain"] for output in compare.outputs if "data" in output]
    first = next(text for text in texts if "★" in text).splitlines()[0]
    numbers = [int(number) for number in re.findall(r"#(\d+)", first)]
    assert len(numbers) == 3
    assert min(numbers) == 12, "eleven runs are those of the first time"


def test_demo_saves_a_notebook_that_jupyterlab_trusts(made: Demo, demo: Path) -> None:
    notebook = nbformat.read(demo / "quickstart.ipynb", as_version=4)
    nbformat.validate(notebook)
    notary = NotebookNotary(data_dir=str(made.place / "private" / "jupyter_data_dir"))
    assert notary.check_signature(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, 22))
    errors = {cell.id for cell in code for output in cell.outputs if output.get("ename")}
    assert errors == {"failed", "stopped"}


def test_demo_shows_panels_without_a_kernel(demo: Path) -> None:
    """The comparison has its widget's state, and a static form for where widgets are not shown."""
    notebook = nbformat.read(demo / "quickstart.ipynb", as_version=4)
    states = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    (compare,) = (cell for cell in notebook.cells if cell.id == "compare")
    shown: dict[str, str] = {}
    for output in compare.outputs:
        for mime, content in output.data.items():
            shown[mime] = shown.get(mime, "") + str(content)
    assert any(model in shown["application/vnd.jupyter.widget-view+json"] for model in states)
    assert "val_acc" in shown["text/html"]
    assert "val_acc" in shown["text/plain"]


def test_demo_found_again_is_left_alone(cli: Cli, demo: Path) -> None:
    with books.open(demo).start_run("my own"):
        pass
    books.close_all()
    before = {path: path.read_bytes() for path in demo.rglob("*") if path.is_file()}
    started = time.monotonic()
    status, out, err = cli("demo")
    assert (status, err) == (0, "")
    assert time.monotonic() - started < 10
    assert "cellbook-demo is there already; `cellbook demo --fresh` makes another one." in out
    assert "my own" in out
    assert f"{SCRIPT.with_name('jupyter-lab')} " in out or "  jupyter-lab " in out
    assert "cellbook-demo/quickstart.ipynb\n" in out
    changed = [path for path, content in before.items() if path.read_bytes() != content]
    assert changed == []


def test_demo_leaves_other_folders_alone(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "data.csv").write_text("1")
    status, out, err = cli("demo", "thesis")
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert [path.name for path in (tmp_path / "thesis").iterdir()] == ["data.csv"]


def test_demo_has_no_other_book(cli: Cli, book: Book) -> None:
    status, _, err = cli("--book", "x", "demo")
    assert status == 2
    assert "Leave --book out" in err


def test_demo_stopped_by_its_user_begins_again(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [SCRIPT, "demo"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("   8/21"):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Stopped. `cellbook demo` begins again" in err
    assert "Traceback" not in out + err
    path = tmp_path / "cellbook-demo" / "quickstart.ipynb"
    assert json.loads(path.read_text())["metadata"]["cellbook_demo"] == "started"
    states = [record.state for record in find_records(books.open(path.parent).store)]
    assert RunState.RUNNING not in states
    assert states.count(RunState.CRASHED) == 0
    again = subprocess.Popen([SCRIPT, "demo"], stdout=subprocess.PIPE, text=True)
    assert again.stdout is not None
    assert again.stdout.readline() == (
        "The demo in cellbook-demo was stopped; here it is from the beginning.\n"
    )
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=60)


def test_demo_opens_jupyterlab(demo: Path, free_port: int) -> None:
    process = subprocess.Popen(
        [SCRIPT, "demo", "--lab", f"--port={free_port}"],
        env={**os.environ, "BROWSER": "true", "JUPYTER_TOKEN": "abc", "CELLBOOK_URL": "/none"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        content = _fetch(
            f"http://127.0.0.1:{free_port}/api/contents/quickstart.ipynb?content=0&token=abc"
        )
        assert json.loads(content)["name"] == "quickstart.ipynb"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _fetch(url: str) -> bytes:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                content: bytes = answer.read()
                return content
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
