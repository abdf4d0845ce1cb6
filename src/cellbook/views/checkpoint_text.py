"""Checkpoints as plain text: the timeline, what a restore did, a difference."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from cellbook.checkpointing import Restored
from cellbook.views import formatting
from cellbook.views.checkpoint_diff import CheckpointDifference
from cellbook.views.timeline import Timeline, graph_text
from cellbook.views.value_diff import ChangedPlace


def timeline_text(shown: Timeline, *, command: str = "%", ago: bool = False) -> str:
    """Return a timeline as lines of text."""
    if not shown.rows:
        return f"No checkpoints yet. `{command}checkpoint` saves one."
    now = time.time_ns() // 1_000_000
    width = 2 * max(len(row.lanes) for row in shown.rows)
    lines = [f"… {shown.older:,} older"] if shown.older else []
    for row in shown.rows:
        one = row.checkpoint
        graph = graph_text(row.lanes, "◆" if one.label else "●")
        named = " ".join(
            part
            for part in (
                one.label or "",
                row.cell,
                row.run,
                "← now" if row.is_now else "",
            )
            if part
        )
        size = f"{formatting.size(one.stored)} new"
        tail = " · ".join(
            part
            for part in (
                row.changes,
                size,
                f"not saved: {', '.join(one.lost)}" if one.lost else "",
                formatting.age(one.time, now) if ago else formatting.stamp(one.time),
            )
            if part
        )
        lines.append(f"{graph:<{width}} {row.number:>4}  {named}  {tail}")
    return "\n".join(lines)


def restored_text(
    done: Restored,
    *,
    dry_run: bool = False,
    document: str | None = None,
    recomputed: Sequence[str] = (),
) -> str:
    """Return what a restore did as lines of text."""
    label = f" {done.checkpoint.label}" if done.checkpoint.label else ""
    head = "Would restore" if dry_run else "Restored"
    lines = [f"{head} checkpoint {done.number}{label}"]
    lines += done.differences
    lines += _list("restored", dict.fromkeys(done.restored, ""))
    lines += _list("stays as it is", done.kept)
    lines += _list("not restored", done.missing)
    lines += _list("gone", dict.fromkeys(done.removed, ""))
    lines += _list("recomputed", dict.fromkeys(recomputed, ""))
    lines += done.notes
    if document:
        lines.append(document)
    if done.before is not None:
        lines.append(f"`%restore {done.before}` undoes this.")
    return "\n".join(lines)


def _list(title: str, names: Mapping[str, str]) -> list[str]:
    if not names:
        return []
    if not any(names.values()):
        return [f"{title} ({len(names):,}): {', '.join(names)}"]
    return [f"{title} ({len(names):,}):", *(f"  {name}: {why}" for name, why in names.items())]


def place_text(place: ChangedPlace) -> str:
    """Return a place that differs, such as ``[5]  0.25 → 7``."""
    sign = "" if place.before and place.after else "+ " if place.after else "- "
    change = sign + " → ".join(part for part in (place.before, place.after) if part)
    return f"{place.where}  {change}" if place.where else change


def difference_text(found: CheckpointDifference) -> str:
    """Return a difference as lines of text."""
    lines = [f"checkpoint {found.first} → {found.second}"]
    for one in found.variables:
        change = " → ".join(dict.fromkeys(part for part in (one.before, one.after) if part))
        detail = f"  {one.detail}" if one.detail else ""
        lines.append(f"{one.change:<8} {one.name}: {change}{detail}")
        lines += [f"           {place_text(place)}" for place in one.places]
    if not found.variables:
        lines.append("No variable differs.")
    for cell in found.cells:
        lines += [f"cell {cell.place} {cell.change}", *(f"  {line}" for line in cell.lines)]
    if found.documents and not found.cells:
        lines.append("No cell differs.")
    return "\n".join(lines)
