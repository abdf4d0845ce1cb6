"""``%checkpoints``, ``%restore`` and ``%diff``: the timeline, what a restore did, a difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from cellbook.checkpointing import Kernel, Restored
from cellbook.records import CheckpointKind
from cellbook.views import formatting
from cellbook.views.checkpoint_diff import CheckpointDifference, diff_checkpoints
from cellbook.views.checkpoint_text import difference_text, restored_text, timeline_text
from cellbook.views.timeline import Timeline, TimelineRow, graph_text, timeline
from cellbook.views.value_diff import ChangedPlace
from cellbook.widgets.bundles import Panel
from cellbook.widgets.style import framed
from cellbook.widgets.tables import sentence

if TYPE_CHECKING:
    from cellbook.book import Book

_LISTED = 40
"""Names that a restore lists of each kind."""
_NONE = (
    "No checkpoints yet. `%checkpoint` saves the notebook and its variables; one is saved after "
    "each cell by itself unless `%checkpoint auto off` was said."
)


def timeline_panel(book: Book, *, notebook: str | None = None, limit: int = 30) -> Panel:
    """Return the checkpoints as a tree, to be displayed."""
    book.checkpoints.saver.wait(5)
    shown = timeline(book.store, book.checkpoints, notebook=notebook, limit=limit)
    return Panel(framed(_timeline_html(shown)), timeline_text(shown))


def _timeline_html(shown: Timeline) -> str:
    if not shown.rows:
        return f'<p class="cb-note">{sentence(_NONE)}</p>'
    heads = (
        '<th></th><th class="cb-num"></th><th scope="col">checkpoint</th>'
        '<th scope="col">changed</th><th scope="col" class="cb-num">stored</th>'
        '<th scope="col">when</th>'
    )
    width = max(len(row.lanes) for row in shown.rows)
    body = "".join(_timeline_row(row, width) for row in shown.rows)
    older = f"{shown.older:,} older ones are not shown. " if shown.older else ""
    last = shown.rows[-1].number
    note = (
        f"{older}All checkpoints of this book take {formatting.size(shown.size)} on disk. "
        f"`%restore {last}` brings one back, `%diff {last}` compares it with now."
    )
    return (
        '<div class="cb-scroll cb-tall"><table class="cb-table cb-timeline"><thead><tr>'
        f"{heads}</tr></thead><tbody>{body}</tbody></table></div>"
        f'<p class="cb-note">{sentence(note)}</p>'
    )


def _timeline_row(row: TimelineRow, width: int) -> str:
    one = row.checkpoint
    what = f'<span class="cb-strong">{escape(one.label)}</span> ' if one.label else ""
    what += f"<code>{escape(row.cell)}</code> " if row.cell else ""
    if row.run:
        what += f'<span class="cb-muted">{escape(row.run)}</span> '
    if one.kind in (CheckpointKind.RUN_START, CheckpointKind.RUN_END):
        what += f'<span class="cb-faint">{one.kind.value}</span> '
    now = '<span class="cb-strong">← now</span>' if row.is_now else ""
    parts = [escape(row.changes)] if row.changes else []
    if one.lost:
        reasons = "\n".join(f"{name}: {why}" for name, why in one.lost.items())
        names = formatting.shorten(", ".join(one.lost), 40)
        lost = f'<span class="cb-worse" title="{escape(reasons)}">not saved: {escape(names)}</span>'
        parts.insert(0, lost)
    changed = " · ".join(parts)
    sizes = (
        f"{one.variables:,} variables, {formatting.size(one.size)} in all; saved in "
        f"{formatting.duration(one.seconds)}, of which the cell waited "
        f"{formatting.duration(one.waited)}"
    )
    return (
        f'<tr><td class="cb-graph">{_graph(row, width)}</td><td class="cb-num">{row.number}</td>'
        f'<td class="cb-share" title="{escape(row.cell)}">'
        f'<div class="cb-line"><span class="cb-clip">{what}</span>{now}</div></td>'
        f'<td class="cb-share" title="{escape(row.changes)}">{changed}</td>'
        f'<td class="cb-num" title="{escape(sizes)}">'
        f"{formatting.size(one.stored) if one.stored else '—'}</td>"
        f'<td class="cb-muted">{formatting.stamp(one.time)}</td></tr>'
    )


def _graph(row: TimelineRow, width: int) -> str:
    """Return the tree beside a checkpoint: drawn by the style, or as characters without it."""
    drawn = ""
    dot = "◆" if row.checkpoint.label else "●"
    for lane in row.lanes:
        kinds = [name for name in ("up", "down", "left", "right") if getattr(lane, name)]
        lines = "".join(f'<i class="cb-{kind}"></i>' for kind in kinds)
        if lane.dot:
            label = " cb-label" if row.checkpoint.label else ""
            lines += f'<i class="cb-dot{label}{" cb-now" if row.is_now else ""}"></i>'
        drawn += f'<span class="cb-lane">{escape(graph_text([lane], dot))}{lines}</span>'
    return drawn + '<span class="cb-lane"></span>' * (width - len(row.lanes))


def restored_panel(
    done: Restored,
    *,
    dry_run: bool = False,
    document: str | None = None,
    recomputed: Sequence[str] = (),
) -> Panel:
    """Return what a restore did: what came back, what stays live, what could not come back."""
    text = restored_text(done, dry_run=dry_run, document=document, recomputed=recomputed)
    rows = []
    for title, names in (
        ("comes back" if dry_run else "restored", dict.fromkeys(done.restored, "")),
        ("stays as it is", done.kept),
        ("cannot come back" if dry_run else "not restored", done.missing),
        ("goes" if dry_run else "gone", dict.fromkeys(done.removed, "")),
        ("recomputed", dict.fromkeys(recomputed, "")),
    ):
        if names:
            rows.append(_names(title, names))
    parts = [
        f'<p class="cb-strong">{escape(text.splitlines()[0])}</p>',
        *(f'<p class="cb-note">{sentence(one)}</p>' for one in done.differences),
        f'<table class="cb-table cb-flush"><tbody>{"".join(rows)}</tbody></table>',
    ]
    notes = list(done.notes)
    if document:
        notes.append(document)
    if done.before is not None:
        notes.append(f"`%restore {done.before}` undoes this.")
    parts += [f'<p class="cb-note">{sentence(note)}</p>' for note in notes]
    return Panel(framed("".join(parts)), text)


def _names(title: str, names: Mapping[str, str]) -> str:
    head = f'<th scope="row">{title} ({len(names):,})</th>'
    if any(names.values()):
        first, *rest = (
            f"<td><code>{escape(name)}</code></td><td>{escape(why)}</td>"
            for name, why in names.items()
        )
        return f"<tr>{head}{first}</tr>" + "".join(f"<tr><th></th>{one}</tr>" for one in rest)
    listed = list(names)
    shown = ", ".join(f"<code>{escape(name)}</code>" for name in listed[:_LISTED])
    more = f" and {len(listed) - _LISTED:,} more" if len(listed) > _LISTED else ""
    return f'<tr>{head}<td colspan="2" class="cb-wrap">{shown}{more}</td></tr>'


def difference_panel(
    book: Book, first: str | int, second: str | int, kernel: Kernel, *, trust: bool = False
) -> Panel:
    """Return how two checkpoints differ, to be displayed."""
    found = diff_checkpoints(book.checkpoints, first, second, kernel, trust=trust)
    return Panel(framed(_difference_html(found)), difference_text(found))


def _difference_html(found: CheckpointDifference) -> str:
    parts = [f'<p class="cb-strong">Checkpoint {found.first} → {found.second}</p>']
    if found.variables:
        body = "".join(
            f'<tr><th scope="row">{escape(one.name)}</th><td class="cb-muted">{one.change}</td>'
            f"<td>{escape(one.before)}</td><td>{escape(one.after)}</td>"
            f'<td class="cb-wrap">{escape(one.detail)}{_places(one.places)}</td></tr>'
            for one in found.variables
        )
        parts.append(
            '<div class="cb-scroll cb-tall"><table class="cb-table cb-flush"><thead><tr>'
            f"<th>variable</th><th></th><th>{found.first}</th><th>{found.second}</th><th></th></tr></thead>"
            f"<tbody>{body}</tbody></table></div>"
        )
    same = f"{found.unchanged:,} variables are the same." if found.unchanged else ""
    if not found.variables:
        same = "No variable differs."
    parts.append(f'<p class="cb-note">{same}</p>' if same else "")
    for cell in found.cells:
        lines = "".join(
            f'<span class="cb-line{_LINES[line[0]]}">{escape(line)}\n</span>' for line in cell.lines
        )
        parts.append(
            f'<p class="cb-note">cell {cell.place} {cell.change}</p>'
            f'<pre class="cb-source">{lines}</pre>'
        )
    if found.documents and not found.cells:
        parts.append('<p class="cb-note">No cell differs.</p>')
    return "".join(parts)


def _places(places: Sequence[ChangedPlace]) -> str:
    return "".join(
        f'<div class="cb-place"><span class="cb-muted">{escape(place.where)}</span> '
        f'<span class="cb-removed">{escape(place.before)}</span>'
        f"{' → ' if place.before and place.after else ''}"
        f'<span class="cb-added">{escape(place.after)}</span></div>'
        for place in places
    )


_LINES = {"+": " cb-added", "-": " cb-removed", " ": ""}
