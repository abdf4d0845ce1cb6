"""Briefs: the problem that a notebook is to solve, on record before there is any code."""

from __future__ import annotations

from collections.abc import Mapping

from cellbook.errors import InvalidInput

BRIEF_FIELDS: Mapping[str, str] = {
    "question": "Question",
    "owner": "Owner",
    "success_metric": "Success metric",
    "target": "Target",
    "data": "Data",
    "deadline": "Deadline",
    "decisions": "Decisions taken",
}
"""What a brief says, by name, and how it is shown."""

_LONGEST = 10_000
_TOLD = 200
"""Characters of a field that an entry of the thread repeats."""


def check_brief(given: Mapping[str, object]) -> dict[str, str]:
    """Return fields of a brief as they are kept.

    Raises
    ------
    InvalidInput
        If there is no such field, or one is no text of reasonable length.
    """
    fields = {}
    for name, value in given.items():
        if name not in BRIEF_FIELDS:
            raise InvalidInput(
                f"A brief has no {name!r}, but {', '.join(BRIEF_FIELDS)}. Say it under one of "
                "these, or in a comment on the brief."
            )
        if not isinstance(value, str) or len(value) > _LONGEST:
            raise InvalidInput(f"{name!r} is text of at most {_LONGEST:,} characters.")
        fields[name] = value.strip()
    return fields


def brief_change(fields: Mapping[str, str]) -> str:
    """Return what an entry tells of the fields of a brief that somebody has written."""
    told = []
    for name, text in fields.items():
        short = " ".join(text.split())
        short = short if len(short) <= _TOLD else f"{short[: _TOLD - 1]}…"
        told.append(f"{BRIEF_FIELDS[name]}: {short}" if short else f"{BRIEF_FIELDS[name]} removed")
    return "; ".join(told)
