"""Which notebook, which cell: what the front ends tell, each in its own way."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from cellbook.book import Book
from cellbook.locating import notebook_name
from cellbook.records import SessionKind

_VS_CODE = "vscode-notebook-cell:"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shell's code stands."""

    notebook: Path | None
    """The notebook; None where the front end does not tell."""
    folder: Path
    """The folder of the notebook; the working folder where there is none."""

    def relative_to(self, book: Path) -> str | None:
        """Return the notebook as records name it: relative to the book's folder if below it."""
        return None if self.notebook is None else notebook_name(self.notebook, book)

    def book_elsewhere(self, book: Book) -> str:
        """Return the sentence that says that a book is a parent folder's; empty if it is beside."""
        home = book.folder.resolve()
        if home == self.folder.resolve() or home not in self.folder.resolve().parents:
            return ""
        if os.environ.get("CELLBOOK_URL"):
            return ""
        return (
            f"Recording into the book of the parent folder {home}; for one of its own here: "
            'import cellbook as cb; cb.open("."), or set CELLBOOK_URL.'
        )


def kind_of(shell: Any) -> SessionKind:
    """Return whether `shell` is a kernel's or a terminal's."""
    return SessionKind.IPYTHON if getattr(shell, "kernel", None) is None else SessionKind.KERNEL


def in_notebook(shell: Any) -> bool:
    """Whether what `shell` displays is seen in a front end that knows HTML."""
    return kind_of(shell) is SessionKind.KERNEL


def find_place(shell: Any) -> Place:
    """Return which notebook a shell runs, as far as the front end tells.

    VS Code puts the path into the namespace, and Jupyter's servers into the environment, where it
    goes stale when the notebook is renamed.  nbclient, papermill, nbconvert and terminals tell
    nothing: only the working folder is known.
    """
    cwd = Path.cwd()
    notebook = _notebook(shell, cwd)
    if notebook is None or not notebook.parent.is_dir():
        return Place(notebook, cwd)
    return Place(notebook, notebook.parent)


def _notebook(shell: Any, cwd: Path) -> Path | None:
    told = shell.user_ns.get("__vsc_ipynb_file__")
    if isinstance(told, str) and told:
        return Path(told)
    told = os.environ.get("JPY_SESSION_NAME", "")
    path = cwd / told
    # Consoles of JupyterLab have a session too, with a name that is no file's.
    return path if told and (path.suffix == ".ipynb" or path.exists()) else None


def cell_id(shell: Any, told: str | None) -> str | None:
    """Return the notebook's id of the cell that is about to run.

    Parameters
    ----------
    shell
        The shell that runs it.
    told
        ``info.cell_id`` of the ``pre_run_cell`` event: the id itself in JupyterLab and Notebook,
        a URI whose fragment is the id in VS Code, None in Colab and where there is none.
    """
    if told and told.startswith(_VS_CODE):
        return unquote(urlsplit(told).fragment) or told
    if told:
        return told
    colab = request_of(shell).get("metadata", {}).get("colab")
    return colab.get("cell_id") if isinstance(colab, dict) else None


def may_have_windows(shell: Any) -> bool:
    """Whether what runs the cell under way may have windows with Cellbook's extension.

    JupyterLab and Notebook send the id of a cell along; so does VS Code, as a URI.
    """
    told = request_of(shell).get("metadata", {}).get("cellId")
    return isinstance(told, str) and bool(told) and not told.startswith(_VS_CODE)


def request_of(shell: Any) -> dict[str, Any]:
    """Return the message that a kernel's shell is answering; empty in a terminal."""
    with contextlib.suppress(Exception):
        message = shell.get_parent()
        if isinstance(message, dict):
            return message
    return {}


def message_id(shell: Any) -> str:
    """Return the id of the message that a kernel's shell is answering; empty in a terminal."""
    return str(request_of(shell).get("header", {}).get("msg_id", ""))
