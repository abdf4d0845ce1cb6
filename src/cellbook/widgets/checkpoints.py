"""``%checkpoints``, ``%restore`` and ``%diff``: the timeline, what a restore did, a difference."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from cellbook.checkpoints import Kernel, Restored
from cellbook.views import formatting
from cellbook.views.checkpoint_diff import CheckpointDifference, diff_checkpoints
from cellbook.views.checkpoint_text import difference_text, restored_text, timeline_text
from cellbook.views.timeline import Timeline, TimelineRow, timeline
from cellbook.widgets.bundles import Panel
from cellbook.widgets.style import framed
from cellbook.widgets.tables import sentence

if TYPE_CHECKING:
    from cellbook.book import Book

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
    heads = "".join(
        f'<th scope="col"{kind}>{name}</th>'
        for name, kind in (
            ("", ""),
            ("", ' class="cb-num"'),
            ("checkpoint", ""),
            ("what changed", ""),
            ("size", ' class="cb-num"'),
            ("new", ' class="cb-num"'),
            ("saved in", ' class="cb-num"'),
            ("", ""),
        )
    )
    body = "".join(_timeline_row(row) for row in shown.rows)
    older = f"{shown.older:,} older ones are not shown. " if shown.older else ""
    note = (
        f"{older}All checkpoints of this book take {formatting.size(shown.size)} on disk. "
        "`%restore 12` brings one back, `%diff 12` compares it with now."
    )
    return (
        '<div class="cb-scroll cb-tall"><table class="cb-table cb-timeline"><thead><tr>'
        f"{heads}</tr></thead><tbody>{body}</tbody></table></div>"
        f'<p class="cb-note">{sentence(note)}</p>'
    )


def _timeline_row(row: TimelineRow) -> str:
    one = row.checkpoint
    name = f'<span class="cb-strong">{escape(one.label)}</span> ' if one.label else ""
    what = name + (f"<code>{escape(row.cell)}</code>" if row.cell else "")
    if row.run:
        what += f' <span class="cb-muted">{escape(row.run)}</span>'
    if one.kind.value not in ("cell", "manual"):
        what += f' <span class="cb-faint">{one.kind.value}</span>'
    if row.is_now:
        what += ' <span class="cb-strong">← now</span>'
    lost = ""
    if one.lost:
        title = "\n".join(f"{name}: {why}" for name, why in one.lost.items())
        lost = (
            f' <span class="cb-worse" title="{escape(title)}">not saved: '
            f"{escape(', '.join(list(one.lost)[:3]))}</span>"
        )
    when = formatting.age(one.time, time.time_ns() // 1_000_000)
    graph = row.graph.replace("●", "◆") if one.label else row.graph
    return (
        f'<tr><td class="cb-graph">{escape(graph)}</td><td class="cb-num">{row.number}</td>'
        f"<td>{what}</td><td>{escape(row.changes)}{lost}</td>"
        f'<td class="cb-num">{formatting.size(one.size)}</td>'
        f'<td class="cb-num">{formatting.size(one.stored)}</td>'
        f'<td class="cb-num">{formatting.duration(one.seconds)}</td>'
        f'<td class="cb-muted" title="{formatting.date(one.time)}">{when}</td></tr>'
    )


def restored_panel(
    done: Restored,
    *,
    dry_run: bool = False,
    document: str | None = None,
    recomputed: Sequence[str] = (),
) -> Panel:
    """Return what a restore did: what came back, what stays live, what could not come back."""
    text = restored_text(done, dry_run=dry_run, document=document, recomputed=recomputed)
    first = text.splitlines()[0]
    parts = [f'<p class="cb-note"><span class="cb-strong">{escape(first)}</span></p>']
    for title, names in (
        ("comes back" if dry_run else "restored", dict.fromkeys(done.restored, "")),
        ("stays as it is", done.kept),
        ("cannot come back" if dry_run else "not restored", done.missing),
        ("goes" if dry_run else "gone", dict.fromkeys(done.removed, "")),
        ("recomputed", dict.fromkeys(recomputed, "")),
    ):
        if names:
            parts.append(_names(title, names))
    for line in (*done.differences, *done.notes):
        parts.append(f'<p class="cb-note">{escape(line)}</p>')
    if document:
        parts.append(f'<p class="cb-note">The document is at <code>{escape(document)}</code>.</p>')
    if done.before is not None:
        parts.append(f'<p class="cb-note">{sentence(f"`%restore {done.before}` undoes this.")}</p>')
    return Panel(framed("".join(parts)), text)


def _names(title: str, names: Mapping[str, str]) -> str:
    plain = [escape(name) for name, why in names.items() if not why]
    rows = ""
    if plain:
        shown = ", ".join(f"<code>{name}</code>" for name in plain[:40])
        more = f" and {len(plain) - 40:,} more" if len(plain) > 40 else ""
        rows += f"<td>{shown}{more}</td>"
        return (
            f'<table class="cb-table"><tbody><tr><th scope="row">{title} '
            f"({len(plain):,})</th>{rows}</tr></tbody></table>"
        )
    body = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(why)}</td></tr>"
        for name, why in names.items()
    )
    return (
        f'<table class="cb-table"><thead><tr><th colspan="2">{title} ({len(names):,})</th></tr>'
        f"</thead><tbody>{body}</tbody></table>"
    )


def difference_panel(
    book: Book, first: str | int, second: str | int, kernel: Kernel, *, trust: bool = False
) -> Panel:
    """Return how two checkpoints differ, to be displayed."""
    found = diff_checkpoints(book.checkpoints, first, second, kernel, trust=trust)
    return Panel(framed(_difference_html(found)), difference_text(found))


def _difference_html(found: CheckpointDifference) -> str:
    parts = [f'<p class="cb-note">Checkpoint {found.first} → {found.second}</p>']
    if found.variables:
        body = "".join(
            f'<tr><th scope="row">{escape(one.name)}</th><td class="cb-muted">{one.change}</td>'
            f"<td>{escape(one.before)}</td><td>{escape(one.after)}</td>"
            f"<td>{escape(one.detail)}</td></tr>"
            for one in found.variables
        )
        parts.append(
            '<div class="cb-scroll cb-tall"><table class="cb-table"><thead><tr><th>variable</th>'
            f"<th></th><th>{found.first}</th><th>{found.second}</th><th></th></tr></thead>"
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


_LINES = {"+": " cb-added", "-": " cb-removed", " ": ""}
