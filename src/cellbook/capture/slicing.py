"""Which cell executions a result stands on.

Executions are taken in the order in which they ran, each once (:meth:`Slicer.record`); then the
slice of any set of them can be asked for (:meth:`Slicer.slice`).  What a name stands for is a
*binding*: who bound it, who changed its object since, and which other bindings may hold that
object or be held by it.  An execution depends on all who made or changed what it reads, what it
changes, and what the functions that it can reach read when they are called.

What lies beyond names: files that one cell writes and another may read; figures that pyplot draws
in; libraries of which nothing is known; the state of the process (settings of modules, the search
path, shell commands), which counts for all that comes after; and the global random generators, as
far as it was seen who drew from them.

Kept conservative: an execution too many does no harm, one too few does; so a call is taken to
change what it reaches, but for those that :mod:`~cellbook.capture.known` lists.  What cannot be
told from the text (``exec``, ``from x import *``, names that were there before), and what was left
out though it is not known, is said in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from cellbook.capture.shells import only_glances
from cellbook.capture.steps import Flow, Step
from cellbook.records import LOOKING, CellExecution, RunSlice

_INSTALLS = re.compile(r"\s*[%!]\s*(?:pip|conda|mamba|uv|python\s+-m\s+pip)\b")
_LOAD_US = re.compile(r"\s*%(?:re)?load_ext\s+cellbook\s*")
_MAGIC_LINE = re.compile(r"\s*%+(\w+)")
_SAID = 5
"""Cells that a doubt names one by one."""


class Slicer:
    """The data flow of one session; not thread-safe."""

    def __init__(self) -> None:
        self._ids: list[str] = []
        self._places: dict[str, int] = {}
        self._needs: list[frozenset[int]] = []
        self._doubts: list[tuple[str, ...]] = []
        self._flow = Flow()
        self._idle: set[int] = set()
        """Executions that do nothing which could be missed."""

    def __contains__(self, execution_id: str) -> bool:
        return execution_id in self._places

    def record(self, execution: CellExecution) -> None:
        """Take note of an execution that has ended, after all that ran before it."""
        if execution.execution_id in self._places:
            return
        place = self._places[execution.execution_id] = len(self._ids)
        self._ids.append(execution.execution_id)
        if _does_nothing(execution):
            self._needs.append(frozenset())
            self._doubts.append(())
            self._idle.add(place)
            return
        step = Step(self._flow, place, execution)
        step.run()
        step.needs.discard(place)
        self._needs.append(frozenset(step.needs))
        self._doubts.append(tuple(step.doubts))

    def slice(self, wanted: Collection[str]) -> RunSlice:
        """Return what some executions depend on, and they themselves; in order."""
        pending = [self._places[one] for one in wanted if one in self._places]
        reached = set(pending)
        for place in pending:
            for need in self._needs[place]:
                if need not in reached:
                    reached.add(need)
                    pending.append(need)
        order = sorted(reached - self._idle)
        doubts = dict.fromkeys(doubt for place in order for doubt in self._doubts[place])
        left_out = [
            said
            for place, said in self._flow.unjudged.items()
            if place not in reached and order and place < order[-1]
        ]
        if left_out:
            more = f" and {len(left_out) - _SAID} more" if len(left_out) > _SAID else ""
            told = ", ".join(left_out[:_SAID])
            doubts[f"left out, though what they call is not known to only read: {told}{more}"] = (
                None
            )
        missing = [one for one in wanted if one not in self._places]
        if missing:
            doubts["cells of the run are not on record"] = None
        return RunSlice(tuple(self._ids[place] for place in order), tuple(doubts))


def _does_nothing(execution: CellExecution) -> bool:
    """Whether a cell only looks, installs what the environment tells of, or never ran."""
    if execution.error is not None and execution.error.startswith(("SyntaxError", "Indentation")):
        return True
    lines = [line for line in execution.source.splitlines() if line.strip()]
    lines = [line for line in lines if not line.lstrip().startswith("#")]
    return all(
        _INSTALLS.match(line)
        or _LOAD_US.fullmatch(line)
        or only_glances(line)
        or ((magic := _MAGIC_LINE.match(line)) is not None and magic[1] in LOOKING)
        for line in lines
    )


def slice_of(executions: Iterable[CellExecution], wanted: Collection[str]) -> RunSlice:
    """Return what some of a session's executions depend on.

    Parameters
    ----------
    executions
        All of one session.
    wanted
        The ids of those whose results are meant.
    """
    slicer = Slicer()
    for execution in sorted(executions, key=lambda one: one.order):
        slicer.record(execution)
    return slicer.slice(wanted)
