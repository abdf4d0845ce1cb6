"""``cellbook demo``: the tutorial notebook, made and executed."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from cellbook import book
from cellbook.cli.output import terminal_width
from cellbook.demo.folder import NOTEBOOK, DemoState, fresh, look_at, mark, template
from cellbook.errors import InvalidInput
from cellbook.views.formatting import plural
from cellbook.views.runs_list import runs_page
from cellbook.views.text import runs_text

_LABEL_WIDTH = 40


def add_demo(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook demo`` takes."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("cellbook-demo"),
        metavar="FOLDER",
        help="where the notebook and its book go (./cellbook-demo)",
    )
    parser.add_argument("--lab", action="store_true", help="open it in JupyterLab")
    parser.add_argument("--port", type=int, metavar="N", help="the port for JupyterLab")
    parser.add_argument(
        "--fresh", action="store_true", help="make another one beside one that is there"
    )
    parser.set_defaults(call=_demo)


def _demo(args: argparse.Namespace) -> int:
    if hasattr(args, "book"):
        raise InvalidInput("The demo keeps a book of its own in its FOLDER. Leave --book out.")
    folder = (fresh(args.folder) if args.fresh else args.folder).absolute()
    state = look_at(folder)
    path = folder / NOTEBOOK
    if state is DemoState.THERE:
        print(f"{_short(folder)} is there already; `cellbook demo --fresh` makes another one.")
    else:
        if state is DemoState.STOPPED:
            print(f"The demo in {_short(folder)} was stopped; here it is from the beginning.")
        _make(path)
    opened = book.open(folder)
    print(f"\n{runs_text(runs_page(opened.store), terminal_width(), ago=True)}\n")
    opened.close()
    if args.lab:
        _open_lab(path, args.port)
    print(f"Open it in JupyterLab, this line as it is:\n  {_lab_line(path, args.port)}")
    if os.environ.get("CELLBOOK_URL"):
        print("CELLBOOK_URL is set: `unset CELLBOOK_URL` first, or it will record there.")
    return 0


def _make(path: Path) -> None:
    """Write the notebook, execute it, and write it with what came out."""
    # The notebook's libraries take a second to import; a second start needs none of them.
    import nbformat  # noqa: PLC0415
    from nbformat.sign import NotebookNotary  # noqa: PLC0415

    from cellbook.demo.execution import CellFailed, execute, kernel_environment  # noqa: PLC0415

    path.parent.mkdir(parents=True, exist_ok=True)
    # A book of its own, whatever book there is in a folder above.
    book.open(path.parent).close()
    notebook = nbformat.reads(template(), as_version=4)
    mark(notebook, finished=False)
    nbformat.write(notebook, path)
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    print(f"Executing {_short(path)}: {plural(cells, 'cell')}, with {sys.executable}")
    started = time.monotonic()
    try:
        with Progress(cells) as progress:
            execute(notebook, path, kernel_environment(), progress.tell)
        mark(notebook, finished=True)
    except CellFailed as error:
        raise CellFailed(f"{error} The notebook as far as it came: {_short(path)}") from error
    except KeyboardInterrupt:
        print(f"\nStopped. `cellbook demo` begins again; so far: {_short(path)}", file=sys.stderr)
        raise
    finally:
        nbformat.write(notebook, path)
        # The outputs are of our own making: without this, JupyterLab would not show them all.
        NotebookNotary().sign(notebook)
    print(f"Executed in {time.monotonic() - started:.0f} s.")


class Progress:
    """A bar that moves from cell to cell; where nobody looks on, a line for each.

    Parameters
    ----------
    cells
        How many there are.
    """

    def __init__(self, cells: int) -> None:
        from tqdm import tqdm  # noqa: PLC0415 - as above

        self._cells = cells
        self._done = 0
        self._bar: Any = tqdm(
            total=cells,
            disable=not sys.stderr.isatty(),
            bar_format="{bar:24} {n_fmt}/{total_fmt} cells, {elapsed}  {desc}",
            leave=False,
            file=sys.stderr,
        )

    def tell(self, number: int, source: str) -> None:
        """Say that cell `number`, from 1, begins."""
        line = next((text for text in source.splitlines() if text.strip()), "").strip()
        label = line if len(line) <= _LABEL_WIDTH else line[: _LABEL_WIDTH - 2] + " …"
        if self._bar.disable:
            print(f"  {number:>2}/{self._cells}  {label}", file=sys.stderr, flush=True)
        self._bar.update(number - 1 - self._bar.n)
        self._bar.set_description_str(label)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.close()


def _lab_line(path: Path, port: int | None) -> str:
    """Return the command that opens the notebook, as one types it here."""
    script = Path(sys.executable).with_name("jupyter-lab")
    found = shutil.which("jupyter-lab")
    program = "jupyter-lab" if found and Path(found) == script else _short(script)
    return shlex.join([program, *_lab_options(port), _short(path)])


def _lab_options(port: int | None) -> list[str]:
    options = [] if port is None else [f"--port={port}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    return options


def _open_lab(path: Path, port: int | None) -> None:
    """Become JupyterLab."""
    environment = {name: value for name, value in os.environ.items() if name != "CELLBOOK_URL"}
    # The kernel `python3` of this environment, not one of the same name in the home folder.
    environment["JUPYTER_PREFER_ENV_PATH"] = "1"
    command = [sys.executable, "-m", "jupyterlab", *_lab_options(port), str(path)]
    print(f"Opening it in JupyterLab: {shlex.join(command)}\nCtrl-C ends it.", flush=True)
    os.execve(sys.executable, command, environment)


def _short(path: Path) -> str:
    """Return a path as one would type it from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
