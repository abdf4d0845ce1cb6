"""Which run a target names."""

from __future__ import annotations

from tinydb import where

from cellbook.errors import Ambiguous, NotFound
from cellbook.store import Store, is_ulid
from cellbook.tracking.again import runs_again

_LONGEST_NUMBER = 18
"""Digits of a run's number: what SQLite can hold."""


def run_named(store: Store, target: str) -> str:
    """Return the id of the run that a text names: ``#12``, ``12``, a name, ``run:NAME`` or an id.

    Raises
    ------
    NotFound
        If there is none.
    Ambiguous
        If several runs have the name; the message lists them.
    """
    text = target.strip().removeprefix("run:").strip()
    digits = text.removeprefix("#")
    if digits.isdecimal() and len(digits) <= _LONGEST_NUMBER:
        run_id = store.by_number("runs", int(digits))
        if run_id is not None and store.get("runs", run_id) is not None:
            return run_id
    if is_ulid(text) and store.get("runs", text) is not None:
        return text
    named = list(store.select("runs", where("run_name") == text))
    kept = [entry for entry in named if not entry[2].get("trashed")] or named
    kept = [entry for entry in kept if not runs_again(entry[2].get("tags", {}))] or kept
    if len(kept) == 1:
        return kept[0][0]
    if kept:
        numbers = ", ".join(f"#{number}" for _, number, _ in kept[-8:])
        raise Ambiguous(f"{len(kept)} runs are named {text!r}: {numbers}. Use the number.")
    raise NotFound(
        f"The book has no run {text!r}. Name one by its number (#12), name or id; "
        "`%runs` lists them."
    )
