"""Milestones and stages of a run: when something happened, and how long it took."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING

from cellbook.records import Milestone, Stage, as_step, check_name, to_doc
from cellbook.store import Op, create, update

if TYPE_CHECKING:
    from cellbook.tracking.runs import Runs


class OpenStage:
    """A stage under way, made by :meth:`cellbook.Run.stage`; as a context manager it ends with
    its block."""

    def __init__(self, moments: Moments, record: Stage, around: OpenStage | None) -> None:
        self._moments = moments
        self._record = record
        self.around = around
        """The stage in whose block this one began."""
        self.entered = False
        """Whether it is used as a context manager, so that stages begun inside are nested."""

    @property
    def name(self) -> str:
        """The stage's name."""
        return self._record.name

    def __repr__(self) -> str:
        return f"<Stage {self.name}>"

    def end(self, step: int | None = None) -> None:
        """End it; a second call changes nothing."""
        self._moments.end_stage(self, step)

    @property
    def record(self) -> Stage:
        """What it is in the book."""
        return self._record

    def __enter__(self) -> OpenStage:
        self.entered = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()


class Moments:
    """The milestones and stages of one run, as this process notes them."""

    def __init__(self, runs: Runs, run_id: str, furthest: Callable[[], int | None]) -> None:
        self._runs = runs
        self._run_id = run_id
        self._furthest = furthest
        self._current: OpenStage | None = None

    def milestone(self, name: object, step: int | None) -> None:
        """Note a moment; see :meth:`cellbook.Run.milestone`."""
        key, place = _checked(name, step, "milestone")
        with self._runs.trouble.guarded():
            new = self._runs.store.new_id()
            record = Milestone(new, self._run_id, key, self._runs.now(), place)
            self._runs.store.commit([create("milestones", new, to_doc(record))])

    def stage(self, name: object, step: int | None) -> OpenStage:
        """Begin a stage; see :meth:`cellbook.Run.stage`."""
        key, place = _checked(name, step, "stage")
        new = self._runs.store.new_id()
        record = Stage(new, self._run_id, key, self._runs.now(), place)
        before, ops = self._current, list[Op]()
        while before is not None and not before.entered:
            ops.append(_ending(before.record, record.start_time, place))
            before = before.around
        self._current = OpenStage(self, record, before)
        with self._runs.trouble.guarded():
            self._runs.store.commit([*ops, create("stages", new, to_doc(record))])
        return self._current

    def end_stage(self, stage: OpenStage, step: int | None) -> None:
        """End a stage and those that are nested in it."""
        place = self._furthest() if step is None else as_step(step, stage.name, "stage")
        ops: list[Op] = []
        inner = self._current
        while inner is not None:
            ops.append(_ending(inner.record, self._runs.now(), place))
            if inner is stage:
                self._current = stage.around
                with self._runs.trouble.guarded():
                    self._runs.store.commit(ops)
                return
            inner = inner.around


def _checked(name: object, step: int | None, what: str) -> tuple[str, int | None]:
    key = check_name(name, what)
    return key, None if step is None else as_step(step, key, what)


def _ending(record: Stage, time: int, step: int | None) -> Op:
    changes = {"end_time": time, **({} if step is None else {"end_step": step})}
    return update("stages", record.stage_id, changes)
