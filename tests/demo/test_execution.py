from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest

from cellbook.demo.execution import CellFailed, execute, first_line, kernel_environment


def notebook(*sources: str, tags: tuple[str, ...] = ()) -> Any:
    cells = [nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)}) for source in sources]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("text"), *cells])


def text(cell: Any) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made.ipynb"


@pytest.fixture
def foreign_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel spec named python3 that starts some other program, as homes hold after years."""
    folder = Path(os.environ["JUPYTER_DATA_DIR"]) / "kernels" / "python3"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(
        '{"argv": ["/bin/false", "{connection_file}"], "display_name": "x", "language": "python"}'
    )


@pytest.mark.usefixtures("foreign_python")
def test_execute_uses_this_python_in_the_notebooks_folder(path: Path) -> None:
    nb = notebook(
        "import os, sys\nprint(sys.executable, os.getcwd(), os.environ['JPY_SESSION_NAME'])"
    )
    heard: list[tuple[int, str]] = []
    execute(nb, path, kernel_environment(), lambda number, source: heard.append((number, source)))
    assert text(nb.cells[1]).split() == [sys.executable, str(path.parent), str(path)]
    assert heard == [(1, nb.cells[1].source)]


def test_execute_keeps_outputs_and_widgets(path: Path) -> None:
    nb = notebook("import ipywidgets\nipywidgets.IntSlider(7)", "1 + 1")
    nb.cells[2].outputs = [nbformat.v4.new_output("stream", text="of an earlier day")]
    execute(nb, path, kernel_environment())
    states = nb.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
    assert 7 in [state["state"].get("value") for state in states]
    (output,) = nb.cells[2].outputs
    assert output.data["text/plain"] == "2"
    nbformat.validate(nb)


def test_execute_names_the_cell_that_fails(path: Path) -> None:
    nb = notebook("x = 1", "# about to fail\n\ny = x / 0", "z = 1")
    with pytest.raises(CellFailed, match=r"^Cell 2, `y = x / 0`, failed with ZeroDivisionError: d"):
        execute(nb, path, kernel_environment())
    assert [cell.execution_count for cell in nb.cells[1:]] == [1, 2, None]


def test_execute_lets_a_cell_fail_that_may(path: Path) -> None:
    nb = notebook("1 / 0", "import signal; signal.raise_signal(signal.SIGINT)", "print('on')")
    for cell in nb.cells[1:]:
        cell.metadata.tags = ["raises-exception"]
    execute(nb, path, kernel_environment())
    assert [cell.outputs[0].get("ename") for cell in nb.cells[1:3]] == [
        "ZeroDivisionError",
        "KeyboardInterrupt",
    ]
    assert text(nb.cells[3]) == "on\n"


def test_execute_tells_of_a_kernel_that_dies(path: Path) -> None:
    with pytest.raises(CellFailed, match=r"^Cell 1, `import os; os\._exit\(3\)`, ended its kernel"):
        execute(notebook("import os; os._exit(3)"), path, kernel_environment())


def test_execute_passes_an_interrupt_on_to_the_cell(path: Path) -> None:
    """Ctrl-C ends the cell as its user would end it, and leaves no kernel behind."""
    nb = notebook("print('begun', flush=True)\nimport time\ntime.sleep(60)", "x = 1")

    def interrupt() -> None:
        deadline = time.monotonic() + 30
        while not text(nb.cells[1]) and time.monotonic() < deadline:
            time.sleep(0.05)
        signal.raise_signal(signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        execute(nb, path, kernel_environment())
    thread.join()
    assert nb.cells[1].outputs[-1].ename == "KeyboardInterrupt"
    assert nb.cells[2].execution_count is None
    children = psutil.Process().children(recursive=True)
    assert not [child for child in children if "ipykernel_launcher" in " ".join(child.cmdline())]


def test_kernel_environment_leaves_the_books_place_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CELLBOOK_URL", "/elsewhere")
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert "CELLBOOK_URL" not in kernel_environment()
    assert kernel_environment()["LANG"] == "C.UTF-8"


def test_first_line_passes_over_comments() -> None:
    assert first_line("\n# why\n  x = 1\ny = 2") == "x = 1"
    assert first_line("# only that") == ""


def test_execution_needs_no_notebook_server() -> None:
    """The demo starts in a second: nothing of JupyterLab is imported for it."""
    code = "import cellbook.demo.execution, sys; print('jupyterlab' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
