"""``%cellbook status`` and ``doctor``: names and what is to be said of them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from cellbook.views.text import text_width
from cellbook.widgets.bundles import Panel
from cellbook.widgets.style import framed
from cellbook.widgets.tables import sentence

Facts = Sequence[tuple[str, str]]


def facts_panel(*tables: Facts) -> Panel:
    """Return tables of two columns below one another, to be displayed."""
    html = "".join(
        f'<div class="cb-note"><table class="cb-table"><tbody>{"".join(_row(*f) for f in facts)}'
        "</tbody></table></div>"
        for facts in tables
    )
    return Panel(framed(html), "\n\n".join(_text(facts) for facts in tables))


def _row(name: str, said: str) -> str:
    return f'<tr><th scope="row">{escape(name)}</th><td class="cb-wrap">{sentence(said)}</td></tr>'


def _text(facts: Facts) -> str:
    width = max((text_width(name) for name, _ in facts), default=0)
    return "\n".join(f"{name}{' ' * (width - text_width(name))}  {said}" for name, said in facts)
