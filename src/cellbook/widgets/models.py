"""``%models``: the list of models, one with its versions, one version, versions side by side."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from cellbook.answers import (
    ModelQuery,
    ModelsQuery,
    ModelVersionQuery,
    ModelVersionsQuery,
    Reader,
    compare_models,
    list_models,
    show_model,
    show_model_version,
)
from cellbook.views import formatting
from cellbook.views.model_versions import (
    ModelComparison,
    ModelVersionPage,
    check_text,
)
from cellbook.views.models import ModelDeed, ModelPage, ModelVersionRow
from cellbook.views.models_text import (
    NO_MODELS,
    comparison_text,
    model_facts,
    model_text,
    models_cells,
    version_facts,
    version_text,
)
from cellbook.widgets.bundles import Panel
from cellbook.widgets.leaderboards import cells_panel
from cellbook.widgets.style import framed
from cellbook.widgets.tables import hover, sentence, table

if TYPE_CHECKING:
    from cellbook.book import Book

_SHOWN = 200
"""Versions that are drawn."""
_DEEDS = 20


class ModelPanel(Panel):
    """A model with its versions, to be displayed or read; where widgets live, it follows the book.

    Attributes
    ----------
    page
        All there is to know of it, as a frozen struct.
    """

    def __init__(self, book: Book, page: ModelPage) -> None:
        self._book = book
        self.page = page
        super().__init__(
            framed(_model_html(page)), model_text(page), lambda: _live(book, model=page.name)
        )

    def compare(self, *versions: object) -> Panel:
        """Return versions of it side by side; without any, the two newest."""
        names = [str(one) for one in versions] or [one.name for one in self.page.versions[1::-1]]
        return comparison_panel(self._book, [f"{self.page.name}/{name}" for name in names])


def models_panel(book: Book, targets: Sequence[str] = ()) -> Panel:
    """Return what names a model, a version or several show; without any, the list of models."""
    ask = Reader(book)
    if not targets:
        found = list_models(ask, ModelsQuery())
        listed = cells_panel(models_cells(found), NO_MODELS)
        note = framed(f'<p class="cb-note">{sentence(found.note)}</p>') if found.note else ""
        text = "\n".join(filter(None, [str(listed), found.note]))
        return Panel(listed.html + note, text, lambda: _live(book))
    if len(targets) > 1:
        return comparison_panel(book, targets)
    (target,) = targets
    if any(mark in target.removeprefix("models:/") for mark in "/@"):
        page = show_model_version(ask, ModelVersionQuery(target))
        row = page.row
        return Panel(
            framed(_version_html(page)),
            version_text(page),
            lambda: _live(book, model=row.model, version=row.version_id),
        )
    return ModelPanel(book, show_model(ask, ModelQuery(target.removeprefix("model:"))))


def _live(book: Book, **shown: Any) -> Any:
    # anywidget takes a good part of a second to import, which only a live panel needs.
    from cellbook.widgets.live import models_widget  # noqa: PLC0415

    return models_widget(book, **shown)


def comparison_panel(book: Book, targets: Sequence[str]) -> Panel:
    """Return versions side by side."""
    compared = compare_models(Reader(book), ModelVersionsQuery(tuple(targets)))
    ids = [row.version_id for row in compared.versions]
    return Panel(
        framed(_comparison_html(compared)),
        comparison_text(compared),
        lambda: _live(book, model=compared.versions[0].model, compared=ids),
    )


# -- HTML ----------------------------------------------------------------------------------------


def _model_html(page: ModelPage) -> str:
    facts = "".join(f"<br>{escape(line)}" for line in model_facts(page))
    parts = [f'<p class="cb-note"><span class="cb-strong">{escape(page.name)}</span>{facts}</p>']
    if page.description_html:
        parts.append(f'<div class="cb-card">{page.description_html}</div>')
    parts.append(_versions_table(page.versions[:_SHOWN]))
    if len(page.versions) > _SHOWN:
        more = formatting.plural(len(page.versions) - _SHOWN, "older version")
        parts.append(f'<p class="cb-note">… and {more}</p>')
    deeds = [_deed(deed, page.now) for deed in page.history[:_DEEDS]]
    parts.append(f'<p class="cb-note">What was done</p>{table(_DEED_HEADS, deeds)}')
    return "".join(parts)


def _versions_table(rows: Sequence[ModelVersionRow]) -> str:
    metrics = list(dict.fromkeys(name for row in rows for name in row.metrics))[:4]
    heads = ["version", "stage", "aliases", "run", *metrics, "check", "approved by", "served",
             "size", "registered", "by"]  # fmt: skip
    numeric = {*metrics, "size"}
    head = "".join(
        f'<th scope="col"{" class=cb-num" if name in numeric else ""}'
        f"{hover(name, 20)}>{escape(formatting.shorten(name, 20))}</th>"
        for name in heads
    )
    return table(head, [_version_line(row, metrics) for row in rows])


def _version_line(row: ModelVersionRow, metrics: Sequence[str]) -> str:
    notes = []
    if row.deprecated:
        notes.append(f"deprecated: {row.deprecated}")
    if row.clashes:
        notes.append("its number was given twice")
    if row.conflict:
        notes.append("its stage was moved apart")
    note = "".join(f'<span class="cb-state">{escape(one)}</span>' for one in notes)
    aliases = ", ".join(f"@{alias}" for alias in row.aliases)
    run = row.run.label if row.run is not None else ""
    checked = check_text(row)
    cells = [
        f'<td class="cb-strong"{hover(row.digest, 0)}>{escape(row.name)}{note}</td>',
        f"<td>{row.stage.value}</td>",
        f"<td>{escape(aliases)}</td>",
        f"<td{hover(run, 30)}>{escape(formatting.shorten(run, 30))}</td>",
        *(
            f'<td class="cb-num">{formatting.number(row.metrics[name])}</td>'
            if name in row.metrics
            else '<td class="cb-num cb-missing">–</td>'
            for name in metrics
        ),
        f"<td{hover(checked, 30)}>{escape(formatting.shorten(checked, 30))}</td>",
        f'<td class="cb-wrap">{_approvals(row)}</td>',
        f"<td>{escape(', '.join(row.endpoints))}</td>",
        f'<td class="cb-num">{formatting.size(row.size)}</td>',
        f"<td>{formatting.date(row.created)}</td>",
        f"<td>{escape(row.by)}</td>",
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _approvals(row: ModelVersionRow) -> str:
    told = []
    for one in row.verdicts:
        word = "" if one.approved else "refused "
        rests = "; ".join([one.reason, *(each.text for each in one.evidence)])
        told.append(
            f'<span title="{escape(rests)}">{escape(f"{one.by}: {word}{one.target}")}</span>'
        )
    return "<br>".join(told)


_DEED_HEADS = "".join(
    f'<th scope="col">{name}</th>' for name in ("when", "who", "what", "why", "on what evidence")
)


def _deed(deed: ModelDeed, now: int) -> str:
    rests = "<br>".join(escape(one.text) for one in deed.evidence)
    return (
        f'<tr><td title="{formatting.stamp(deed.time)}">{formatting.age(deed.time, now)}</td>'
        f"<td>{escape(deed.by)}</td><td>{escape(deed.text)}</td>"
        f'<td class="cb-wrap">{escape(deed.reason)}</td><td class="cb-wrap">{rests}</td></tr>'
    )


def _version_html(page: ModelVersionPage) -> str:
    rows = [
        f'<tr><th scope="row">{name}</th><td class="cb-wrap"{hover(text, 400)}>'
        f"{escape(formatting.shorten(text, 400))}</td></tr>"
        for name, text in version_facts(page).items()
    ]
    card = ""
    if page.card_html:
        card = f"<details><summary>model card</summary>{page.card_html}</details>"
    return (
        f'<p class="cb-note"><span class="cb-strong">{escape(page.row.label)}</span></p>'
        f"{page.description_html}{table('', rows)}{card}"
    )


def _comparison_html(compared: ModelComparison) -> str:
    heads = "<th></th>" + "".join(
        f'<th scope="col"><span class="cb-strong">{escape(row.label)}</span>'
        f'<span class="cb-state">{row.stage.value}</span></th>'
        for row in compared.versions
    )
    body: list[str] = []
    section = ""
    for fact in compared.facts:
        if fact.section != section:
            section = fact.section
            width = 1 + len(compared.versions)
            body.append(
                f'<tr class="cb-group"><th colspan="{width}" scope="colgroup">{section}</th></tr>'
            )
        kind = "" if fact.differs else ' class="cb-same"'
        cells = "".join(
            f"<td{kind}{hover(value, 60)}>{escape(formatting.shorten(value, 60))}</td>"
            for value in fact.values
        )
        name = escape(formatting.shorten(fact.name, 40))
        body.append(f'<tr><th scope="row"{hover(fact.name, 40)}>{name}</th>{cells}</tr>')
    return table(heads, body)
