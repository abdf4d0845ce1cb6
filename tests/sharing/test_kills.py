"""``kill -9`` in the middle of an import: a whole run, or none."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd

from cellbook.book import Book
from cellbook.sharing import export_run, import_run
from tests.sharing.samples import new_book

CODE = """
import sys
from pathlib import Path
from cellbook import book as books
from cellbook.sharing import import_run
book = books.look_into(Path(sys.argv[2]), create=True)
print("begins", flush=True)
import_run(sys.argv[1], book=book, state=True)
print("done", flush=True)
"""


def test_a_killed_import_leaves_all_or_nothing(home: Book, tmp_path: Path) -> None:
    archive = export_run("wide net", tmp_path / "w.zip", book=home, state=True, data=True)
    left = set()
    for number, wait in enumerate((0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15, 0.3)):
        folder = tmp_path / f"away{number}" / ".cellbook"
        folder.parent.mkdir()
        process = subprocess.Popen(
            [sys.executable, "-c", CODE, str(archive), str(folder)], stdout=subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"begins\n"
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
        away = new_book(folder.parent)
        found = set(away.store.tables())
        left.add(bool(found))
        assert not found or found >= {"runs", "cells", "artifacts", "threads", "checkpoints"}
        import_run(archive, book=away, state=True)
        pd.testing.assert_frame_equal(away.metric_history(1), home.metric_history(1))
        assert away.verify().ok
        away.close()
    assert False in left
