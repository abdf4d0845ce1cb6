"""The runs of a plain script: its text is on record, and they may stand for former ones."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cellbook.errors import NotFound
from cellbook.records import RunSlice, SessionKind, to_doc
from cellbook.store import Op, Store, create, update
from cellbook.tracking.printed import Text
from cellbook.tracking.run import Run
from cellbook.tracking.runs import Runs

REPEATS = "CELLBOOK_REPRODUCES"
"""The environment variable that names the runs which a process repeats, in their order."""

_LARGEST = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Process:
    """What is asked of the process, by whoever knows how."""

    modules: Callable[[], Mapping[str, bytes]]
    """The local modules that it has imported."""
    states: Callable[[str], Mapping[str, Any]]
    """The states of the random generators, by what is about to run."""
    restore: Callable[[Mapping[str, Any]], object]
    """Brings them into such states."""
    new_text: Callable[[], Text]
    """Gives what takes text in bounded memory."""
    listen: Callable[[Callable[..., None]], Callable[[], None] | None]
    """Hears what the process prints, and returns what ends that; None where it cannot."""


class Script:
    """What is kept of the script that a process runs."""

    def __init__(self, store: Store, runs: Runs, process: Process) -> None:
        self._store = store
        self._runs = runs
        self._process = process
        self._text: str | None = None
        self._source = ""
        self._modules: dict[str, str] = {}
        self._seen = 0
        self._noted = ""
        """The run whose slice was put on record last."""
        self._repeats = [one for one in os.environ.get(REPEATS, "").split(",") if one]
        runs.beginning = self.ops
        runs.printed.new_text, runs.printed.listen = process.new_text, process.listen
        runs.replay.update(dict.fromkeys(self._repeats, ""))

    def note(self, run: Run) -> None:
        """Take note of a run that has begun, or goes on."""
        if self._repeats:
            former = self._repeats.pop(0)
            self._runs.mark_repeated(run, former)
            self._restore(former)
        if self._noted != run.run_id and (ops := self.ops(run)):
            self._store.commit(ops)
        if self._text:
            self._runs.printed.begin(run)

    def ops(self, run: Run) -> list[Op]:
        """Return what puts on record which script a run stands on.

        It is written with the run's own beginning: a second line in the journal would wait for the
        disk to take what the run before has written.
        """
        if self._runs.sessions.kind is not SessionKind.SCRIPT:
            return []
        self._noted = run.run_id
        first = self._text is None
        if self._text is None:
            self._text = self._keep()
        if not self._text:
            return []
        self._keep_modules()
        path = self._runs.sessions.notebook or ""
        found = RunSlice(
            script=self._text, script_path=path, modules=dict(self._modules), columns=_columns()
        )
        ops = [create("slices", run.run_id, to_doc(found))]
        if first:
            # All that later runs draw follows from this: the script is run again as a whole.
            states = json.dumps(self._process.states(self._source)).encode()
            digest = self._store.blobs.put(states, durable=False)
            ops.append(update("runs", run.run_id, {"random": digest}))
        return ops

    def _keep_modules(self) -> None:
        """Keep the local modules that were not known yet."""
        if len(sys.modules) == self._seen:
            return
        self._seen = len(sys.modules)
        for name, text in self._process.modules().items():
            if name not in self._modules:
                self._modules[name] = self._store.blobs.put(text, durable=False)

    def _restore(self, former: str) -> None:
        """Bring the random generators to where they stood as a former run began."""
        doc = self._store.get("runs", former) or {}
        if doc.get("random"):
            with contextlib.suppress(NotFound, ValueError):
                self._process.restore(json.loads(self._store.blobs.get(doc["random"])))

    def _keep(self) -> str:
        """Keep the script's text; return its digest, empty where there is none to be had."""
        main = sys.modules.get("__main__")
        # Run again, it is what it was, whatever lies at its place by now.
        text = getattr(getattr(main, "__loader__", None), "recorded_text", None)
        path = Path(getattr(main, "__file__", None) or "")
        try:
            if not isinstance(text, bytes):
                if not path.is_file() or path.stat().st_size > _LARGEST:
                    return ""
                text = path.read_bytes()
            self._source = text.decode("utf-8", "replace")
            return self._store.blobs.put(text, durable=False)
        except OSError:
            return ""


def _columns() -> int:
    """Return how wide the terminal is that the process prints to; 0 where that is none."""
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
    except (AttributeError, OSError, ValueError):
        return 0
