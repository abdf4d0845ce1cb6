"""``%lineage``: where a thing comes from and what came of it, as a picture from left to right."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook import book as books
from cellbook.answers.base import Reader
from cellbook.answers.lineage import LineageQuery, find_lineage, newest_run, show_lineage
from cellbook.errors import InvalidInput
from cellbook.interop.prov import as_prov
from cellbook.records import Lineage, LineageKind, LineageNode
from cellbook.views import formatting
from cellbook.views.lineage import lineage_text
from cellbook.views.lineage_layout import (
    HEIGHT,
    DrawnLineage,
    LineageArrow,
    LineageBox,
    LineageWord,
)
from cellbook.widgets.bundles import Panel
from cellbook.widgets.page import write_page
from cellbook.widgets.style import STANDING_CSS, framed

if TYPE_CHECKING:
    from cellbook.book import Book

_SHAPES: Mapping[LineageKind, str] = {
    LineageKind.SOURCE: '<path d="M1 3h5l1.5 2H13v7H1z"/>',
    LineageKind.DATA: '<ellipse cx="7" cy="3" rx="5" ry="2"/>'
    '<path d="M2 3v8c0 1.1 2.2 2 5 2s5-.9 5-2V3M2 7c0 1.1 2.2 2 5 2s5-.9 5-2"/>',
    LineageKind.ROWS: '<path d="M1 2h12v10H1zM1 5h12M1 9h12"/>',
    LineageKind.CELL: '<path d="M4 1H1v12h3M10 1h3v12h-3M5 7h4"/>',
    LineageKind.RUN: '<path d="M1 12 5 7l3 2 5-7"/><circle cx="13" cy="2" r="1"/>',
    LineageKind.FILE: '<path d="M3 1h5l3 3v9H3zM8 1v3h3"/>',
    LineageKind.CHECKPOINT: '<path d="M7 1l6 6-6 6-6-6z"/>',
    LineageKind.NOTEBOOK: '<path d="M3 1h9v12H3zM5 1v12M1 4h3M1 7h3M1 10h3"/>',
    LineageKind.MODEL: '<path d="M7 1l6 3v6l-6 3-6-3V4zM1 4l6 3 6-3M7 7v6"/>',
    LineageKind.ALIAS: '<path d="M1 4h8l4 3-4 3H1z"/>',
    LineageKind.ENDPOINT: '<path d="M1 2h12v4H1zM1 8h12v4H1zM3 4h1M3 10h1"/>',
    LineageKind.PREDICTIONS: '<path d="M1 3h12M1 7h12M1 11h12M4 1v12"/>',
    LineageKind.MORE: '<circle cx="2" cy="7" r="1"/><circle cx="7" cy="7" r="1"/>'
    '<circle cx="12" cy="7" r="1"/>',
}
"""What tells kinds apart, besides their words: strokes in a square of 14."""


class LineagePanel(Panel):
    """A lineage, to be displayed, read or written to a file.

    Attributes
    ----------
    lineage
        What the picture shows, as a frozen struct: nodes and edges.  Of much, it is what is near.
    drawn
        The same, and where in the picture it stands.

    Parameters
    ----------
    drawn
        As above.
    whole
        Gives the lineage with nothing left out; None where what is drawn is all there is to have.
    """

    def __init__(self, drawn: DrawnLineage, whole: Callable[[], Lineage] | None = None) -> None:
        self.drawn = drawn
        self.lineage = drawn.lineage
        self._whole = whole
        super().__init__(framed(_html(drawn)), lineage_text(self.lineage))

    def to_prov(self) -> dict[str, Any]:
        """Return it in W3C PROV's terms, as PROV-JSON has them: also what is not drawn."""
        if self.lineage.is_whole or self._whole is None:
            return as_prov(self.lineage)
        return as_prov(self._whole())

    @property
    def title(self) -> str:
        """What it is the lineage of, as people call it."""
        return self.lineage.node(self.lineage.target).title

    def write(self, file: str | Path) -> Path:
        """Write it to a file, by its ending: ``.json`` is W3C PROV-JSON, ``.svg`` the picture.

        A file that is there is replaced only where it is one of these.

        Raises
        ------
        InvalidInput
            If the ending is another one, or another file would be lost.
        """
        place = Path(file).absolute()
        match place.suffix.lower():
            case ".json":
                content = json.dumps(self.to_prov(), indent=2, ensure_ascii=False)
                own = '"urn:cellbook:"'
            case ".svg":
                content, own = standing_picture(self.drawn), "cb-lineage"
            case ending:
                raise InvalidInput(f"Not {ending!r}: a lineage is written as .json (PROV) or .svg.")
        if place.exists() and own not in place.read_text("utf-8", "replace")[:4_000]:
            raise InvalidInput(f"{place} is there already, and no lineage. Give another name.")
        return write_page(place, f"{content}\n".encode("utf-8", "replace"))


def lineage_panel(book: Book, target: str | None = None, notebook: str = "") -> LineagePanel:
    """Return the lineage of what `target` names in a book; None stands for the newest run."""
    named = newest_run(book) if target is None else target
    drawn = show_lineage(Reader(book, notebook), LineageQuery(named))
    return LineagePanel(drawn, lambda: find_lineage(book, named, notebook, whole=True))


def lineage(target: str | None = None) -> LineagePanel:
    """Show where a thing comes from, and what came of it.

    Parameters
    ----------
    target
        ``data:digits@3``, ``run:NAME``, ``#12`` or ``checkpoint:LABEL``; None is the newest run.

    Returns
    -------
    LineagePanel
        A picture in a notebook, text elsewhere; ``.lineage`` has nodes and edges,
        ``.to_prov()`` is W3C PROV-JSON, ``.write("x.json")`` a file of it.

    Raises
    ------
    NotFound
        If the book has no such thing.
    """
    return lineage_panel(books.open(), target)


def _html(drawn: DrawnLineage) -> str:
    lineage = drawn.lineage
    notes = "".join(f'<p class="cb-note">{escape(note)}</p>' for note in lineage.notes)
    if len(lineage.nodes) == 1:
        alone = escape(lineage.nodes[0].title)
        notes += (
            f'<p class="cb-note">Nothing on record led to {alone}, or came of it. '
            "<code>%track_data</code> records what a run uses.</p>"
        )
    return f'<div class="cb-scroll cb-tall">{picture(drawn)}</div>{notes}'


def standing_picture(drawn: DrawnLineage) -> str:
    """Return the picture as a file of its own, which follows the reader's light or dark."""
    svg = picture(drawn).replace('class="cb-lineage"', 'class="cb cb-lineage"', 1)
    head, bracket, rest = svg.partition(">")
    space = ' xmlns="http://www.w3.org/2000/svg"'
    ground = '<rect class="cb-ground" width="100%" height="100%"/>'
    return f"{head}{space}{bracket}<style>{STANDING_CSS}</style>{ground}{rest}"


# -- the picture -------------------------------------------------------------------------------


def picture(drawn: DrawnLineage) -> str:
    """Return a lineage as an SVG element of its natural size."""
    lineage = drawn.lineage
    boxes = {box.node_id: box for box in drawn.boxes}
    target = lineage.node(lineage.target)
    said = f"Lineage of {target.title}: {formatting.plural(len(lineage.nodes), 'thing')}"
    parts = [
        *(
            _arrow(arrow, edge.implied)
            for arrow, edge in zip(drawn.arrows, lineage.edges, strict=True)
        ),
        *(_word(word) for word in drawn.words),
        *(_box(node, boxes[node.node_id], node is target) for node in lineage.nodes),
    ]
    return (
        f'<svg class="cb-lineage" viewBox="0 0 {drawn.width:.0f} {drawn.height:.0f}" role="img" '
        f'aria-label="{escape(said)}" style="width:{drawn.width:.0f}px;max-width:none">'
        '<defs><marker id="cb-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path class="cb-arrow" d="M0 0 8 4 0 8z"/></marker></defs>'
        f"{''.join(parts)}</svg>"
    )


def _box(node: LineageNode, box: LineageBox, target: bool) -> str:
    lines = [node.title, node.detail, *(f"{name}: {text}" for name, text in node.facts.items())]
    hover = "\n".join(formatting.visible(line)[:2_000] for line in lines if line)
    name = f"cb-node cb-{node.kind.value}{' cb-target' if target else ''}"
    detail = escape(box.detail)
    title_at = box.top + (18 if detail else 26)
    return (
        f'<g class="{name}"><title>{escape(hover)}</title>'
        f'<rect x="{box.left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" height="{HEIGHT}" '
        'rx="4"/>'
        f'<g class="cb-shape" transform="translate({box.left + 10:.1f} {box.top + 15:.1f})">'
        f"{_SHAPES[node.kind]}</g>"
        f'<text class="cb-title" x="{box.left + 32:.1f}" y="{title_at:.1f}">'
        f"{escape(box.title)}</text>"
        f'<text x="{box.left + 32:.1f}" y="{box.top + 34:.1f}">{detail}</text></g>'
    )


def _arrow(arrow: LineageArrow, implied: bool) -> str:
    name = "cb-edge cb-implied" if implied else "cb-edge"
    return f'<path class="{name}" marker-end="url(#cb-arrow)" d="{arrow.path}"/>'


def _word(word: LineageWord) -> str:
    anchor = "start" if word.first else "middle"
    return (
        f'<text class="cb-said" text-anchor="{anchor}" x="{word.x:.1f}" y="{word.y:.1f}">'
        f"{escape(word.text)}</text>"
    )
