"""What became of predictions, as clients report it: checked, and each counted once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cellbook.serving.desk import Desk
from cellbook.serving.once import Once
from cellbook.serving.plans import PlannedArm
from cellbook.serving.refusing import Refused

MOST = 10_000
"""Outcomes of one request: predictions wait while they are counted."""
_LARGEST = 1e15
_LONGEST_ID = 200
_SHAPE = (
    'Send {"outcomes": [{"prediction_id": …, "arm": …, "model": …, "version": …, "value": …}, …]}, '
    "as the headers of responses say."
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one prediction."""

    arm: PlannedArm
    value: float
    prediction_id: str
    """Empty if the client does not say."""


class Outcomes:
    """Counts them.

    Parameters
    ----------
    desk
        Knows which arms there are, and counts.
    once
        Which predictions' outcomes have been counted, by any worker.
    """

    def __init__(self, desk: Desk, once: Once) -> None:
        self._desk = desk
        self._once = once

    def count(self, reported: Any) -> tuple[int, int]:
        """Count outcomes; return how many were, and how many had been before.

        Raises
        ------
        Refused
            If one of them is none; none is counted then.
        """
        if not isinstance(reported, list) or not reported:
            raise Refused(400, _SHAPE)
        if len(reported) > MOST:
            raise Refused(413, f"{len(reported):,} outcomes at once. Send {MOST:,} at a time.")
        checked = [self._checked(one) for one in reported]
        named = [one for one in checked if one.prediction_id]
        first = self._once.first([one.prediction_id for one in named])
        new = [one for one in checked if not one.prediction_id]
        new += [one for one, is_first in zip(named, first, strict=True) if is_first]
        for one in new:
            self._desk.count_outcome(one.arm, one.value)
        return len(new), len(checked) - len(new)

    def _checked(self, told: Any) -> Outcome:
        if not isinstance(told, dict):
            raise Refused(400, f"An outcome must be an object. {_SHAPE}")
        arm, version, value = told.get("arm"), told.get("version"), told.get("value")
        if not isinstance(value, (bool, int, float)) or abs(value) > _LARGEST or value != value:
            raise Refused(400, "The value of an outcome must be a number, true or false.")
        named = told.get("prediction_id", "")
        if not isinstance(named, str) or len(named) > _LONGEST_ID:
            raise Refused(400, f"prediction_id must be text of at most {_LONGEST_ID} characters.")
        model = told.get("model")
        for one in self._desk.plan.arms:
            if (arm, version) == (one.name, one.version) and model in (None, one.called):
                return Outcome(one, float(value), named)
        of = f"version {version!r:.60}" + (f" of {model!r:.60}" if model is not None else "")
        raise Refused(400, f"There is no arm {arm!r:.60} of {of}. Its time may be over.")
