"""Executes the tutorial anew: ``python notebooks/refresh.py`` writes 01_quickstart.ipynb.

Its cells are those of ``src/cellbook/demo/quickstart.ipynb``, which is the one to edit.  What the
outputs tell of the machine that made them is taken out.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import nbformat

from cellbook import book
from cellbook.demo.execution import execute, kernel_environment
from cellbook.demo.folder import NOTEBOOK, template

TARGET = Path(__file__).with_name("01_quickstart.ipynb")


def main() -> None:
    """Execute the tutorial in a folder of its own, and write it without traces of this machine."""
    notebook = nbformat.reads(template(), as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        book.open(folder).close()
        execute(notebook, Path(folder, NOTEBOOK), kernel_environment(), lambda n, _: print(n))
        text = nbformat.writes(notebook)
        for place, name in ((folder, "."), (sys.prefix, ".venv"), (str(Path.home()), "~")):
            text = text.replace(f"{place}/", f"{name}/")
    TARGET.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
