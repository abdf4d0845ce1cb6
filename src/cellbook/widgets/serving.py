"""``%serve``: an endpoint beside the kernel, live and still."""

from __future__ import annotations

import dataclasses
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook.answers.endpoints import EndpointLook
from cellbook.views import formatting
from cellbook.views.endpoint_page import ArmVerdict, EndpointArm, EndpointPage, EndpointState
from cellbook.widgets.bundles import Panel
from cellbook.widgets.style import framed
from cellbook.widgets.tables import hover, table

if TYPE_CHECKING:
    from cellbook.book import Book
    from cellbook.serving.beside import Beside

COUNTED = "since the server began, or the arm came"
_STATES = {
    EndpointState.LOADING: ("○", "was being loaded as the cell ended, to answer"),
    EndpointState.ANSWERS: ("●", "answers"),
    EndpointState.ENDED: ("■", "has ended"),
}


class ServingPanel(Panel):
    """An endpoint, to be displayed: live while it runs, else as it was then.

    Attributes
    ----------
    page
        What there was to see when the panel was made, as a frozen struct.
    """

    def __init__(self, book: Book, look: EndpointLook) -> None:
        self.page = look.page()
        # Read later, it tells what the cell brought about, not what it found.
        meant = dataclasses.replace(self.page, arms=look.meant(self.page))
        super().__init__(
            framed(serving_html(meant)), serving_text(self.page), lambda: _live(book, look)
        )


def serving_panel(book: Book, beside: Beside, metric: str) -> ServingPanel:
    """Return the panel of an endpoint.

    Parameters
    ----------
    book
        Where its predictions are recorded, if they are.
    beside
        The endpoint.
    metric
        What outcomes are called.
    """
    return ServingPanel(book, EndpointLook(book, beside, metric))


def _live(book: Book, look: EndpointLook) -> Any:
    # ipywidgets takes a good part of a second to import, which only a live panel needs.
    from cellbook.widgets.live.serving import serving_widget  # noqa: PLC0415

    return serving_widget(book, look)


def serving_text(page: EndpointPage) -> str:
    """Return the endpoint as a terminal shows it."""
    word = _STATES[page.state][1]
    if page.state is EndpointState.LOADING:
        word = "is being loaded, and will answer"
    where = "" if page.state is EndpointState.ENDED else f" at {page.url}"
    lines = [f"{page.name} {word}{where}", *([page.trouble] if page.trouble else [])]
    for one in page.arms:
        told = f", {one.says}" if one.says else ""
        lines.append(
            f"  {one.name} {_version(one)}: {formatting.plural(one.requests, 'request')}{told}"
        )
    if page.since is not None:
        lines.append(f"  {since_text(page)}")
    return "\n".join(lines)


def since_text(page: EndpointPage) -> str:
    """Return what is said of the time that outcomes are of; empty where that is all time."""
    if page.since is None:
        return ""
    return f"{page.metric} since {formatting.stamp(page.since)}, when all of them answered"


def serving_html(page: EndpointPage) -> str:
    """Return the endpoint as HTML, to be framed."""
    glyph, word = _STATES[page.state]
    ended = page.state is EndpointState.ENDED
    where = "" if ended else f" at <code>{escape(page.url)}</code>"
    parts = [
        f'<p class="cb-standing"><span class="cb-strong"><span aria-hidden="true">{glyph}</span> '
        f"{escape(page.name)}</span> {word}{where}</p>"
    ]
    if page.trouble:
        parts.append(f'<p class="cb-note">{escape(page.trouble)}</p>')
    if page.arms:
        parts.append(_arms(page))
    if page.since is not None:
        parts.append(f'<p class="cb-note">{escape(since_text(page))}</p>')
    if page.command and not ended:
        parts.append(f'<pre class="cb-source">{escape(page.command)}</pre>')
    return "".join(parts)


def _arms(page: EndpointPage) -> str:
    texts, numbers = ("arm", "version"), ("share", "requests", "errors", "p50", "p95")
    heads = "".join(f'<th scope="col">{one}</th>' for one in texts)
    heads += "".join(
        f'<th scope="col" class="cb-num"{f" title={chr(34)}{COUNTED}{chr(34)}" if place else ""}>'
        f"{one}</th>"
        for place, one in enumerate(numbers)
    )
    heads += f'<th scope="col" class="cb-num">{escape(page.metric)}</th><th scope="col"></th>'
    return table(heads, [_arm(one) for one in page.arms])


def _arm(one: EndpointArm) -> str:
    share = "shadow" if one.shadow else f"{one.share:.0%}"
    mean = formatting.MISSING
    if one.mean is not None:
        mean = f"{formatting.number(one.mean)} ({one.outcomes:,})"
    kind = {ArmVerdict.BETTER: "cb-better", ArmVerdict.WORSE: "cb-worse"}.get(one.verdict, "")
    cells = [
        f'<th scope="row">{escape(one.name)}</th>',
        f"<td{hover(one.model, 0)}>{escape(_version(one))}</td>",
        *(
            f'<td class="cb-num">{text}</td>'
            for text in (
                share,
                f"{one.requests:,}",
                f"{one.failed + one.refused:,}",
                formatting.duration(one.median),
                formatting.duration(one.p95),
                mean,
            )
        ),
        f'<td class="cb-wrap {kind}">{escape(one.says)}</td>',
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _version(one: EndpointArm) -> str:
    name = one.model.removeprefix("models:/")
    told = name if name != one.model else Path(name).name
    return " ".join(
        filter(None, [formatting.shorten(one.version, 12), formatting.shorten(told, 40)])
    )
