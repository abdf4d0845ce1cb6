"""What a restore does, told before and after."""

from __future__ import annotations

import platform
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from cellbook.checkpointing.decoding import Decoded
from cellbook.checkpointing.kernel import can_be_told
from cellbook.checkpointing.saving import PROCESS
from cellbook.checkpointing.states import StateTable
from cellbook.checkpointing.walking import ATOMS
from cellbook.records import Checkpoint
from cellbook.store import Store


@dataclass(slots=True)
class Restored:
    """What a restore did, or would do."""

    checkpoint: Checkpoint
    number: int
    restored: list[str] = field(default_factory=list)
    """Variables that are again as they were."""
    kept: dict[str, str] = field(default_factory=dict)
    """Variables that stay as they are now, and why."""
    missing: dict[str, str] = field(default_factory=dict)
    """Variables that could not be brought back, and why."""
    removed: list[str] = field(default_factory=list)
    """Variables of now that the checkpoint does not have."""
    notes: list[str] = field(default_factory=list)
    """What is restored, but not in every respect; what else could not be."""
    differences: list[str] = field(default_factory=list)
    """How this kernel differs from the one that was saved."""
    before: int | None = None
    """Number of the checkpoint that undoes it."""


def plan(
    number: int,
    checkpoint: Checkpoint,
    table: StateTable,
    decoded: Decoded,
    present: Mapping[str, Any],
    only: Collection[str] | None,
) -> Restored:
    """Return what a restore will do to the variables of now.

    Parameters
    ----------
    number, checkpoint
        What is restored.
    table, decoded
        What it holds.
    present
        The variables of now.
    only
        The names that are wanted; None means all.
    """
    done = Restored(checkpoint, number)
    values = decoded.values.keys() - {PROCESS}
    told = {section.name for section in table.sections}
    for name, lost in decoded.lost.items():
        if name != PROCESS and (only is None or name in only):
            why = "; ".join(f"{one.kind}: {one.reason}" for one in lost[:3])
            if name in present and name not in told:
                why += "; what it held together with others it now has alone"
            (done.kept if name in present else done.missing)[name] = why
    for name, where in table.live.items():
        if name in values:
            done.kept[name] = f"it is {where} itself, which stays as it is"
    if only is None:
        there = values | decoded.lost.keys()
        done.removed = [name for name in present if name not in there and can_be_told(name)]
    done.restored = [name for name in decoded.values if name in values and name not in table.live]
    done.notes = [
        f"{name}: {note}" for name, notes in table.notes.items() if name in values for note in notes
    ]
    for name in done.restored:
        apart = [one for one in decoded.apart.get(name, ()) if type(present.get(one)) not in ATOMS]
        if apart:
            others = ", ".join(apart)
            text = f"it held objects together with {others} when it was saved, and has its own now"
            done.notes.append(f"{name}: {text}")
    done.notes += decoded.notes
    return done


def differences(
    store: Store, checkpoint: Checkpoint, session: str, notebook: str | None
) -> list[str]:
    """Return how this process and notebook differ from those that a checkpoint was saved in."""
    there, here = checkpoint.python, platform.python_version()
    found = []
    if notebook is not None and checkpoint.notebook not in (None, notebook):
        found.append(f"saved in another notebook: {checkpoint.notebook}")
    if there.split(".")[:2] != here.split(".")[:2]:
        found.append(f"Python {there} → {here}: functions of the notebook cannot be read")
    before, after = (_packages(store, one) for one in (checkpoint.session_id, session))
    changed = [
        f"{name} {before[name]} → {after.get(name, 'not installed')}"
        for name in sorted(before)
        if before[name] != after.get(name)
    ]
    if after and changed:
        more = f" and {len(changed) - 8:,} more" if len(changed) > 8 else ""
        found.append(f"other packages than then: {', '.join(changed[:8])}{more}")
    return found


def _packages(store: Store, session: str) -> dict[str, str]:
    environment = (store.get("sessions", session) or {}).get("environment")
    doc = None if environment is None else store.get("environments", environment)
    return dict((doc or {}).get("packages", {}))
