"""Called in a fresh kernel that runs a run's cells again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from cellbook.capture import asks_cellbook
from cellbook.capture.escapes import without_lines
from cellbook.capture.randomness import restore_states
from cellbook.ipython import load
from cellbook.records import LOOKING
from cellbook.reproducing import recorded
from cellbook.tracking import Run

_MAGIC_LINE = re.compile(r"\s*%{1,2}(\w+)")


def begin(shell: Any, orders: str) -> None:
    """Record what is run, and let the runs that it starts stand for those that they repeat.

    Parameters
    ----------
    shell
        The fresh kernel's.
    orders
        A JSON file: ``runs`` names for each former execution the runs that it started, in order;
        ``states`` are those of the random generators as these runs,
        and the executions that first drew from them, began; ``modules``, if it is
        there, is the file that :mod:`cellbook.reproducing.recorded` wrote.
    """
    shell.input_transformers_cleanup.insert(0, _without_looks)
    from cellbook import book as books  # noqa: PLC0415 - it is there already

    told = json.loads(Path(orders).read_text(encoding="utf-8"))
    if "modules" in told:
        recorded.use(told["modules"])
    load(shell)
    book = books.open()
    replay = book.runs.replay
    former = book.runs.on_start
    repeated: set[str] = set()

    def before(execution: str) -> list[str]:
        doc = book.store.get("cells", execution) or {}
        return list(told["runs"].get(doc.get("cell_id") or "", ()))

    def started(run: Run) -> None:
        if former is not None:
            former(run)
        current = book.runs.current_cell
        candidates = [] if current is None else before(current)
        one = next((one for one in candidates if one not in repeated), None)
        if one is not None:
            repeated.add(one)
            replay[one] = run.run_id
            book.runs.mark_repeated(run, one)
            restore_states(told["states"].get(one, {}))

    def draws(info: Any) -> None:
        restore_states(told["states"].get(info.cell_id, {}))

    shell.events.register("pre_run_cell", draws)
    for runs in told["runs"].values():
        replay.update(dict.fromkeys(runs, ""))
    book.runs.on_start = started


def _without_looks(lines: list[str]) -> list[str]:
    """Return a cell's lines without those that look at the book, or do something to it.

    What was asked of Cellbook then is no part of the run: a comment is written once, and a run that
    is reproduced reproduces no other.
    """
    return without_lines("".join(lines), _looks).splitlines(keepends=True)


def _looks(line: str) -> bool:
    magic = _MAGIC_LINE.match(line)
    return asks_cellbook(line) or (magic is not None and magic[1] in LOOKING)
