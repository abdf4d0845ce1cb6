"""Documents of runs, which anybody may have damaged or written, read as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any

from cellbook.errors import StoreCorrupt, one_line
from cellbook.records import RunRecord, RunState, from_doc

_PARTS = ("params", "metrics", "tags")
_STATES = frozenset(state.value for state in RunState)

RUN_FIELDS = ("run_id", "run_name", "experiment", "state", "start_time", *_PARTS)
"""What tells whether a document is a run."""


def is_readable(field: str, value: Any) -> bool:
    """Whether a run can have this value of one of :data:`RUN_FIELDS`; None stands for none."""
    if field in _PARTS:
        return value is None or isinstance(value, Mapping)
    if field == "state":
        return isinstance(value, str) and value in _STATES
    return isinstance(value, (int, float) if field == "start_time" else str)


def are_readable(field: str, values: Sequence[Any]) -> bool:
    """Whether each of many values is such a one, found out quickly where all are plain."""
    kinds = set(map(type, values))
    if field in _PARTS:
        return kinds <= {dict, NoneType}
    if field == "state":
        return kinds <= {str} and set(values) <= _STATES
    return kinds <= ({int, float} if field == "start_time" else {str})


def run_of(doc: Mapping[str, Any], number: int) -> RunRecord:
    """Return the run of a document.

    Raises
    ------
    StoreCorrupt
        If that is none.
    """
    bad = next((name for name in RUN_FIELDS if not is_readable(name, doc.get(name))), None)
    try:
        if bad is None:
            return from_doc(RunRecord, {**doc, "run_number": number})
        why = f"its {bad} is {type(doc.get(bad)).__name__}" if bad in doc else f"it has no {bad}"
    except (TypeError, ValueError, AttributeError, LookupError) as error:
        why = one_line(error).rstrip(".")
    raise StoreCorrupt(
        f"Run #{number} cannot be read: {why}. Its record is damaged, or another program wrote it; "
        "a copy of the book's journal folder brings it back, the other runs do without it."
    )
