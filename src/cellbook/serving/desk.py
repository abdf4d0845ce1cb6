"""A worker's models: which there are, which answers whom, and how one plan follows another.

A plan is *prepared* (what it names is loaded, beside what there is) and then *taken*, which changes
one reference: requests under way end with the model that they began with, and none fails.  Models
of the plan before stay loaded, so that going back takes no time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from cellbook.packaging import Signature
from cellbook.serving.batching import Batcher
from cellbook.serving.counting import Counters
from cellbook.serving.decoding import Asked
from cellbook.serving.fitting import Fitted, Table
from cellbook.serving.logging_predictions import Logging, Prediction
from cellbook.serving.metrics import ROWS, SECONDS, Histogram, histogram
from cellbook.serving.models import Model, load_model
from cellbook.serving.outputs import Outputs
from cellbook.serving.plans import Plan, PlannedArm
from cellbook.serving.refusing import Refused
from cellbook.serving.routing import choose, falls_within
from cellbook.serving.settings import Settings
from cellbook.serving.shadowing import Channel
from cellbook.store.ids import Clock

Decode = Callable[[bytes, str, Signature], Asked]


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and who gave it."""

    asked: Asked
    outputs: Outputs
    arm: PlannedArm
    prediction_id: str


@dataclass(frozen=True)
class _Taken:
    """A plan with its models."""

    plan: Plan
    arms: tuple[tuple[PlannedArm, Batcher], ...]
    weights: tuple[tuple[str, float], ...]
    shadows: tuple[tuple[PlannedArm, Channel], ...]


class Desk:
    """What a worker answers with.

    Parameters
    ----------
    settings
        How it serves.
    counters
        Where it counts.
    log
        Who is told of predictions; None for nobody.
    on_hung
        Called when a model does not come back.
    """

    def __init__(
        self,
        settings: Settings,
        counters: Counters,
        log: Logging | None = None,
        on_hung: Callable[[], None] | None = None,
    ) -> None:
        self._settings = settings
        self._counters = counters
        self._log = log
        self._on_hung = on_hung
        self._clock = Clock()
        self._models: dict[tuple[str, str], Batcher] = {}
        self._prepared: _Taken | None = None
        self._before: _Taken | None = None
        self._taken: _Taken | None = None
        self._requests: dict[tuple[str, ...], int] = {}
        self._histograms: dict[tuple[str, ...], Histogram] = {}
        self._closing: dict[asyncio.Task[None], Batcher] = {}

    @property
    def ready(self) -> bool:
        """Whether there is something to answer with."""
        return self._taken is not None

    @property
    def plan(self) -> Plan:
        """What it answers with.

        Raises
        ------
        Refused
            If there is nothing yet.
        """
        return self._now().plan

    # -- plans -------------------------------------------------------------------------------------

    async def prepare(self, plan: Plan) -> None:
        """Load what a plan names and is not loaded.

        Raises
        ------
        CellbookError
            If something cannot be; all is as before then.
        """
        arms = []
        for arm in plan.answering:
            arms.append((arm, await self._model(arm)))
        shadows = tuple((arm, Channel(arm.channel)) for arm in plan.shadows)
        weights = tuple((arm.name, arm.weight) for arm, _ in arms)
        self._prepared = _Taken(plan, tuple(arms), weights, shadows)

    async def take(self) -> bool:
        """Answer with what was prepared, if something was; let go of what was before the last."""
        if self._prepared is None:
            return False
        self._before, self._taken = self._taken, self._prepared
        self._prepared = None
        for _, channel in self._before.shadows if self._before else ():
            channel.close()
        self._tell_versions()
        kept = {batcher for one in (self._before, self._taken) if one for _, batcher in one.arms}
        for key, batcher in list(self._models.items()):
            if batcher not in kept:
                del self._models[key]
                # What it has begun it ends by itself: a model that hangs keeps no plan away.
                closing = asyncio.create_task(batcher.close())
                self._closing[closing] = batcher
                closing.add_done_callback(self._closing.pop)
        return True

    def hurry(self) -> None:
        """Let models take no longer for what is under way than the end of the server can wait."""
        for batcher in (*self._models.values(), *self._closing.values()):
            batcher.hurry(self._settings.grace)

    async def close(self) -> None:
        """Answer what waits."""
        for batcher in self._models.values():
            await batcher.close()
        await asyncio.gather(*self._closing)

    async def _model(self, arm: PlannedArm) -> Batcher:
        key = (arm.folder, arm.version)
        if key not in self._models:
            outcome = "failed"
            try:
                model = await asyncio.to_thread(
                    load_model,
                    arm,
                    trust=self._settings.trust,
                    ignore_unknown=self._settings.ignore_unknown,
                )
                outcome = "loaded"
            finally:
                labels = {"model": arm.called, "version": arm.version, "result": outcome}
                self._counters.add(self._counters.slot("cellbook_loads_total", labels))
            self._models[key] = Batcher(
                model,
                self._settings.limits,
                self._settings.patience,
                self._batch_counter(arm),
                self._on_hung,
            )
        return self._models[key]

    def _batch_counter(self, arm: PlannedArm) -> Callable[[int, float], None]:
        labels = {"model": arm.called, "version": arm.version}
        rows = histogram(self._counters, "cellbook_batch_rows", labels, ROWS)
        seconds = histogram(self._counters, "cellbook_batch_seconds", labels, SECONDS)

        def count(batch: int, took: float) -> None:
            rows.observe(batch)
            seconds.observe(took)

        return count

    def _tell_versions(self) -> None:
        for taken, value in ((self._before, 0.0), (self._taken, 1.0)):
            for arm in taken.plan.arms if taken else ():
                self._counters.put(self._counters.slot("cellbook_model_info", arm.labels), value)

    # -- requests ----------------------------------------------------------------------------------

    def model(self, name: str, version: str | None = None) -> Model:
        """Return the model that stands for an endpoint, or one of its versions.

        Raises
        ------
        Refused
            If there is no such endpoint, or version.
        """
        return self._batcher(name, version)[1].model

    async def answer(
        self,
        decode: Decode,
        body: bytes,
        kind: str,
        *,
        began: float,
        name: str | None = None,
        version: str | None = None,
        key: str = "",
    ) -> Answered:
        """Return what a model makes of a request.

        Parameters
        ----------
        decode
            Reads the body.
        body
            Of the request.
        kind
            Its media type.
        began
            When the request arrived, as ``time.perf_counter`` has it.
        name
            Of the endpoint; None for the one there is.
        version
            The version that is to answer; None for the one whose turn it is.
        key
            Whom the answer is for.

        Raises
        ------
        Refused
            If there is no answer.
        """
        now = self._now()
        arm, batcher = self._batcher(name or now.plan.endpoint, version)
        prediction_id = self._clock.new()
        thread = len(body) > 1 << 16
        try:
            asked = await _called(thread, decode, body, kind, batcher.model.signature)
            key = key or self._key(now.plan.key, asked)
            if version is None and len(now.arms) > 1:
                place = choose(now.plan.salt, key or prediction_id, now.weights)
                if now.arms[place][1] is not batcher:
                    arm, other = now.arms[place]
                    if other.model.signature != batcher.model.signature:
                        asked = await _called(thread, decode, body, kind, other.model.signature)
                    batcher = other
                arm = now.arms[place][0]
            fitted = await _called(thread, batcher.model.fitter.fit, asked.given)
            outputs = await batcher.predict(fitted)
        except Refused as refused:
            refused.arm, refused.prediction_id = arm, prediction_id
            raise
        answered = Answered(asked, outputs, arm, prediction_id)
        if self._log is not None:
            self._tell(answered, now.plan.endpoint, key, fitted, batcher.model, began, len(body))
        for shadow, channel in now.shadows:
            if falls_within(now.plan.salt, key or prediction_id, shadow.weight):
                sent = channel.send(decode.__name__, body, kind, key, answered)
                if not sent:
                    self._counters.add(self._counters.slot("cellbook_shadow_total", {
                        **shadow.labels, "result": "dropped",
                    }))  # fmt: skip
        return answered

    def count(
        self, form: str, status: int, arm: PlannedArm | None = None, began: float | None = None
    ) -> None:
        """Count a request that was answered, or not; how long it took, if `began` says so."""
        who = (arm.name, arm.called, arm.version) if arm is not None else ("", "", "")
        key = (form, str(status), *who)
        slot = self._requests.get(key)
        if slot is None:
            labels = dict(zip(("form", "code", "arm", "model", "version"), key, strict=True))
            slot = self._requests[key] = self._counters.slot("cellbook_requests_total", labels)
        self._counters.add(slot)
        if began is None:
            return
        if who not in self._histograms:
            labels = dict(zip(("arm", "model", "version"), who, strict=True))
            self._histograms[who] = histogram(
                self._counters, "cellbook_request_seconds", labels, SECONDS
            )
        self._histograms[who].observe(time.perf_counter() - began)

    def count_outcome(self, arm: PlannedArm, value: float) -> None:
        """Count what became of a prediction."""
        for name, amount in (("total", 1.0), ("sum", value), ("squares_sum", value * value)):
            self._counters.add(self._counters.slot(f"cellbook_outcomes_{name}", arm.labels), amount)

    def gauge(self) -> None:
        """Note how much waits at this moment."""
        waiting = sum(batcher.waiting_rows for batcher in self._models.values())
        self._counters.put(self._counters.slot("cellbook_waiting_rows"), waiting)

    def _now(self) -> _Taken:
        if self._taken is None:
            raise Refused(503, "The model is being loaded. Come again.", retry_after=1)
        return self._taken

    def _batcher(self, name: str, version: str | None) -> tuple[PlannedArm, Batcher]:
        now = self._now()
        if name != now.plan.endpoint:
            raise Refused(404, f"There is no model {name[:80]!r} here, but {now.plan.endpoint!r}.")
        for arm, batcher in now.arms:
            if version is None or version == arm.version:
                return arm, batcher
        there = ", ".join(arm.version for arm, _ in now.arms)
        raise Refused(404, f"There is no version {str(version)[:80]!r} here. There is {there}.")

    @staticmethod
    def _key(column: str, asked: Asked) -> str:
        if not column or asked.key:
            return asked.key
        given = asked.given
        value = None
        if isinstance(given, Table) and column in given.columns:
            value = given.columns[column][0]
        elif isinstance(given, pd.DataFrame) and column in given:
            value = given[column].iloc[0]
        # Who is not named is drawn anew each time, not all of them together.
        return "" if value is None or value != value else str(value)

    def _tell(
        self,
        answered: Answered,
        endpoint: str,
        key: str,
        fitted: Fitted,
        model: Model,
        began: float,
        size: int,
    ) -> None:
        assert self._log is not None
        prediction = Prediction(
            answered.prediction_id,
            time.time_ns() // 1_000_000,
            endpoint,
            answered.arm.version,
            answered.arm.name,
            key,
            None,
            answered.outputs,
            time.perf_counter() - began,
            answered.asked.request_id or "",
            answered.arm.model,
        )
        self._log.add(prediction, partial(model.fitter.assemble, [fitted]), size)


async def _called(in_thread: bool, function: Callable[..., Any], *args: Any) -> Any:
    """Call a function; in a thread, if it has so much to do that others would wait for it."""
    return await asyncio.to_thread(function, *args) if in_thread else function(*args)
