"""Programs that once lost a cell: each is run, then its slice alone, and `r` must be the same.

``slice_programs.txt`` holds them: ``== name``, then ``@@ file`` with its text, then cells after
``--`` lines.  All run in this process, in folders and namespaces of their own.
"""

from __future__ import annotations

import builtins
import decimal
import itertools
import json
import math
import os
import sys
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
import sklearn
from matplotlib import pyplot as plt

from cellbook.capture import CellRecorder, slice_of
from cellbook.records import CellExecution, Output

Program = tuple[str, dict[str, str], list[str]]


def programs() -> Iterator[Program]:
    """Read the table."""
    text = Path(__file__).with_name("slice_programs.txt").read_text()
    for part in text.split("== ")[1:] if text.startswith("== ") else []:
        head, *cells = part.rstrip("\n").split("\n--\n")
        name, *files = head.split("\n@@ ")
        yield name, dict(one.split("\n", 1) for one in files), cells


PATCHED = (builtins, math, np, np.random, json, os, pd.DataFrame, json.JSONEncoder)
"""What programs put attributes on."""


@contextmanager
def kept_process(folder: Path) -> Iterator[None]:
    """Put back what programs of a folder do to this process."""
    patched = [(one, dict(vars(one))) for one in PATCHED]
    place, path, modules = os.getcwd(), list(sys.path), dict(sys.modules)  # noqa: PTH109
    environ, errors, precision = dict(os.environ), np.geterr(), decimal.getcontext().prec
    config = sklearn.get_config()
    try:
        with warnings.catch_warnings(), mpl.rc_context(), pd.option_context("display.precision", 6):
            warnings.simplefilter("ignore")
            yield
    finally:
        os.chdir(place)
        sys.path[:] = path
        for name in set(sys.modules) - set(modules):
            file = getattr(sys.modules[name], "__file__", None)
            if file is None or Path(file).is_relative_to(folder):
                del sys.modules[name]
        sys.modules["__main__"] = modules["__main__"]
        os.environ.clear()
        os.environ.update(environ)
        np.seterr(**errors)
        decimal.getcontext().prec = precision
        sklearn.set_config(**config)
        plt.close("all")
        for one, before in patched:
            for name, value in dict(vars(one)).items():
                if name not in before:
                    with suppress(AttributeError):
                        delattr(one, name)
                elif before[name] is not value:
                    setattr(one, name, before[name])


def keep(shown: Any) -> Output:
    raise AssertionError("nothing is shown here")


def run(cells: list[str], files: dict[str, str], folder: Path) -> tuple[Any, list[CellExecution]]:
    """Run cells as a kernel would; return what `r` is in the end, and their records."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    ids = (f"e{number}" for number in itertools.count())
    recorder = CellRecorder(lambda: next(ids))
    done = []
    with kept_process(folder):
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        main = sys.modules["__main__"] = types.ModuleType("__main__")
        for source in cells:
            under_way = recorder.begin(source, session="s", namespace=vars(main))
            error: BaseException | None = None
            try:
                exec(compile(source, "<cell>", "exec"), vars(main))
            except (Exception, KeyboardInterrupt) as caught:
                error = caught
            done.append(recorder.end(under_way, error, namespace=vars(main), run=None, keep=keep))
        return repr(vars(main).get("r")), done


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("name", "files", "cells"), [pytest.param(*p, id=p[0]) for p in programs()]
)
def test_slice_of_a_program_gives_what_the_whole_gives(
    name: str, files: dict[str, str], cells: list[str], tmp_path: Path
) -> None:
    whole, executions = run(cells, files, tmp_path / "whole")
    found = slice_of(executions, [executions[-1].execution_id])
    kept = [
        cells[place] for place, one in enumerate(executions) if one.execution_id in found.executions
    ]
    alone, _ = run(kept, files, tmp_path / "alone")
    assert alone == whole.replace(str(tmp_path / "whole"), str(tmp_path / "alone")), kept
