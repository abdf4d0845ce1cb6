"""Looks at the book, this Python and its surroundings, and says what is wrong and what mends it.

``cellbook doctor`` and ``%cellbook doctor`` print what :func:`examine` finds.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path
from tinydb import where

from cellbook import book
from cellbook._version import __version__
from cellbook.capture import capture_git
from cellbook.errors import CellbookError
from cellbook.locating import locate
from cellbook.records import SessionState

LITTLE_SPACE = 500_000_000
"""Bytes: a disk with less free is spoken of."""

_SHOWN = ("ipykernel", "ipython", "ipywidgets", "jupyterlab", "pandas", "plotly", "tinydb")
_LAB_PARTS = {"@jupyter-widgets/jupyterlab-manager": "ipywidgets", "jupyterlab-plotly": "plotly"}
"""What JupyterLab needs for the panels: the folder below ``labextensions``, and who brings it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    found: str
    mend: str = ""
    """What to do about it; empty where all is well."""

    @property
    def ok(self) -> bool:
        """Whether all is well with it."""
        return not self.mend


def examine(url: str | None = None) -> list[Check]:
    """Look at everything; never raises.

    Parameters
    ----------
    url
        The book that is meant, as :func:`cellbook.open` takes it.
    """
    return [
        Check(
            "cellbook",
            f"{__version__} on {platform.python_implementation()} {platform.python_version()} "
            f"({sys.executable})",
        ),
        _packages(),
        *_book(url),
        _index(),
        _git(),
        *_jupyter(),
    ]


def _packages() -> Check:
    needed = [
        re.split(r"[^\w.-]", line, maxsplit=1)[0]
        for line in importlib.metadata.requires("cellbook") or ()
        if "extra ==" not in line
    ]
    versions = {name: _version(name) for name in needed}
    missing = [name for name, version in versions.items() if not version]
    shown = ", ".join(f"{name} {versions[name]}" for name in _SHOWN if versions.get(name))
    mend = f"{sys.executable} -m pip install {' '.join(missing)}" if missing else ""
    return Check("packages", shown, mend)


def _book(url: str | None) -> Iterator[Check]:
    try:
        root = locate(url)
        if not (root / "format.json").exists():
            yield Check("book", f"none yet; it would be made at {root}")
            yield _space(root)
            return
        opened = book.open(url or root, create=False)
        runs, cells = opened.store.count("runs"), opened.store.count("cells")
        yield Check("book", f"{root}: {runs:,} runs, {cells:,} executions of cells")
        yield _space(root, opened.read_only)
        yield _last_crash(opened)
        if opened.trouble.last:
            yield Check("trouble", "something was not recorded", opened.trouble.last)
    except CellbookError as error:
        yield Check("book", "it cannot be read", str(error.args[-1] if error.args else error))


def _space(root: Path, read_only: str = "") -> Check:
    place = next(path for path in (root, *root.parents) if path.exists())
    free = shutil.disk_usage(place).free
    found = f"{free / 1e9:,.1f} GB free on its disk"
    if read_only:
        return Check("writing", "the book is read-only", read_only)
    if not place.is_dir() or not os.access(place, os.W_OK):
        return Check(
            "writing",
            f"{place} is no folder that can be written",
            "make the folder writable, or set CELLBOOK_URL to a folder that is",
        )
    if free < LITTLE_SPACE:
        return Check("writing", found, "free some space; `cellbook gc` empties the trash")
    return Check("writing", found)


def _last_crash(opened: book.Book) -> Check:
    """Tell of the last process that died without a word; that is no fault of the book's."""
    opened.refresh()
    died = opened.store.select("sessions", where("state") == SessionState.CRASHED.value)
    ends = [(doc.get("end_time") or 0, doc.get("notebook") or "a script") for _, _, doc in died]
    if not ends:
        return Check("crashes", "none on record")
    end, notebook = max(ends)
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(end / 1000))
    return Check("crashes", f"{len(ends)}, the last {when} in {notebook}; its runs say so")


def _index() -> Check:
    chosen = os.environ.get("CELLBOOK_CACHE_DIR")
    folder = Path(chosen) if chosen else user_cache_path("cellbook")
    place = next(place for place in (folder, *folder.parents) if place.exists())
    if place.is_dir() and os.access(place, os.W_OK):
        return Check("index", f"below {folder}; it may be deleted at any time")
    return Check(
        "index",
        f"{folder} cannot be written, so each process reads the whole book at its start",
        "set CELLBOOK_CACHE_DIR to a folder on a local disk that is writable",
    )


def _git() -> Check:
    if shutil.which("git") is None:
        return Check("git", "not installed: runs record no commit")
    state = capture_git()
    if state is None or not state.commit:
        return Check("git", "this folder is in no repository with a commit to record")
    changes = ", with uncommitted changes" if state.dirty else ""
    return Check("git", f"{state.branch} {state.commit[:12]}{changes}".strip())


def _jupyter() -> Iterator[Check]:
    version = _version("jupyterlab")
    if not version:
        install = f"{sys.executable} -m pip install jupyterlab"
        yield Check("jupyterlab", "not installed in this environment", install)
        return
    missing = [
        package
        for part, package in _LAB_PARTS.items()
        if not Path(sys.prefix, "share/jupyter/labextensions", part).is_dir()
    ]
    install = f"{sys.executable} -m pip install --force-reinstall {' '.join(missing)}"
    yield Check(
        "jupyterlab",
        f"{version}, without what {' and '.join(missing)} need in it" if missing else version,
        install if missing else "",
    )
    yield _kernel()


def _kernel() -> Check:
    from jupyter_client.kernelspec import KernelSpecManager  # noqa: PLC0415 - it is slow to import

    specs = KernelSpecManager().get_all_specs()
    argv = specs.get("python3", {}).get("spec", {}).get("argv", [""])
    # Not whether it is the same file: the Python of an environment is a link to another's.
    if argv[0] in ("", "python", "python3") or Path(argv[0]).parent == Path(sys.executable).parent:
        return Check("kernel", "`python3` is this Python")
    return Check(
        "kernel",
        f"`python3` is another Python: {argv[0]}",
        "in JupyterLab choose a kernel of this Python; to make one: "
        f"{sys.executable} -m ipykernel install --sys-prefix --name cellbook",
    )


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
