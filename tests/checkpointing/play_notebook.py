"""Executes a notebook, and saves, restores and compares: run by test_notebooks.py.

``play_notebook.py record|restore ROOT NOTEBOOK SOURCE``: `record` executes the notebook cell by
cell with a checkpoint after each, and restores every tenth in the same kernel; `restore` does the
latter in a kernel that knows nothing.  Prints what it found as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import nbformat
from IPython.core.interactiveshell import InteractiveShell

from cellbook.checkpointing import Checkpoints, Kernel, Moment
from cellbook.errors import StoreError
from cellbook.store import FolderStore
from tests.checkpointing.digests import digest

EVERY = 10


class Player:
    """A shell, and the book that its checkpoints go into."""

    def __init__(self, root: Path) -> None:
        self.shell = InteractiveShell.instance()
        self.reported: list[StoreError] = []
        self.store = FolderStore(root / ".cellbook")
        self.room = Checkpoints(self.store, self.store.packs, self.reported.append)
        self.moment = Moment(self.store.new_id())

    @property
    def kernel(self) -> Kernel:
        return Kernel(self.shell.user_ns, dict(self.shell.user_ns_hidden), self.shell)

    def look(self) -> dict[str, Any]:
        """Return a digest of each variable, and which names are of one object."""
        variables = self.kernel.variables()
        names: dict[int, list[str]] = {}
        for name, value in variables.items():
            names.setdefault(id(value), []).append(name)
        return {
            "digests": {
                name: [type(value).__qualname__, digest(value)] for name, value in variables.items()
            },
            "aliases": sorted(
                same
                for same in names.values()
                if len(same) > 1 and not isinstance(variables[same[0]], (int, float, str))
            ),
        }

    def record(self, notebook: Path) -> dict[str, Any]:
        """Execute the notebook; return what failed, and what there was at every tenth cell."""
        cells = [
            cell.source
            for cell in nbformat.read(notebook, 4).cells
            if cell.cell_type == "code" and cell.source.strip()
        ]
        failed, seen, lost = {}, {}, {}
        for number, source in enumerate(cells, 1):
            said = io.StringIO()
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                result = self.shell.run_cell(source, store_history=True)
            if not result.success:
                failed[number] = repr(result.error_in_exec or result.error_before_exec)
            saved = self.room.save_now(self.kernel, self.moment, label=f"cell {number}")
            lost.update(saved.lost)
            if number % EVERY == 0:
                seen[number] = self.look()
        return {"cells": len(cells), "failed": failed, "seen": seen, "lost": lost}

    def restore(self, seen: dict[str, Any]) -> list[str]:
        """Restore what was seen, the last first; return what is other than it was."""
        wrong = []
        for number in sorted(map(int, seen), reverse=True):
            before = seen[str(number)]
            done = self.room.restore(f"cell {number}", self.kernel, self.moment)
            now = self.look()
            told = {*done.kept, *done.missing, *(note.partition(":")[0] for note in done.notes)}
            for name in sorted({*before["digests"], *now["digests"]} - told):
                then, here = (found["digests"].get(name) for found in (before, now))
                if then != here:
                    wrong.append(f"cell {number}: {name}: {then} became {here}")
            if not told and before["aliases"] != now["aliases"]:
                wrong.append(f"cell {number}: {before['aliases']} became {now['aliases']}")
        return wrong

    def close(self) -> None:
        self.room.close()
        self.store.close()


def main() -> None:
    mode, root, notebook, source = sys.argv[1], *map(Path, sys.argv[2:5])
    os.chdir(notebook.parent)
    sys.path.insert(0, str(source))
    begin = time.perf_counter()
    player = Player(root)
    kept = root / "seen.json"
    found: dict[str, Any] = {}
    if mode == "record":
        found = player.record(notebook)
        kept.write_text(json.dumps(found["seen"]))
    found["seen"] = sorted(map(int, json.loads(kept.read_text())))
    found["wrong"] = player.restore(json.loads(kept.read_text()))
    found["reported"] = [str(error) for error in player.reported]
    found["seconds"] = round(time.perf_counter() - begin, 1)
    player.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
