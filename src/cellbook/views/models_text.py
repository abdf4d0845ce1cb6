"""Registered models as text, as cells and as DataFrames: the words that every door shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cellbook.records import composed
from cellbook.registry import Told
from cellbook.views import formatting
from cellbook.views.endpoints import endpoint_text, predictions_text
from cellbook.views.model_versions import (
    ModelComparison,
    ModelVersionPage,
    approved_text,
    check_text,
)
from cellbook.views.models import ModelList, ModelPage, ModelVersionRow, approvals_text, model_row
from cellbook.views.text import WIDTH, Column, table_lines

if TYPE_CHECKING:
    import pandas as pd

NO_MODELS = (
    "No models are registered yet. `run.log_model(model, 'NAME', input_example=…)` or "
    "`%register_model NAME` registers one."
)
_HISTORY = 12
"""Deeds that are told in text."""
_ENDPOINTS = 5
"""Endpoints that are told in text: those that answer, then the newest."""


def models_cells(found: ModelList) -> list[list[str]]:
    """Return models as texts: a line of heads, then a line a model."""
    return [
        ["model", "versions", "newest", "production", "aliases", "served", "owners", "changed",
         "note"],
        *(
            [
                row.name,
                str(row.versions),
                row.latest,
                ", ".join(row.production),
                ", ".join(f"@{alias} → {to}" for alias, to in row.aliases.items()),
                ", ".join(row.served),
                ", ".join(row.owners),
                formatting.stamp(row.updated),
                _note(row.deprecated, row.conflicts),
            ]
            for row in found.models
        ),
    ]  # fmt: skip


def versions_cells(rows: Sequence[ModelVersionRow]) -> list[list[str]]:
    """Return versions as texts: a line of heads, then a line a version."""
    metrics = list(dict.fromkeys(name for row in rows for name in row.metrics))[:3]
    return [
        ["version", "stage", "aliases", "run", *metrics, "kind", "size", "check", "approved",
         "served", "registered", "by", "note"],
        *(
            [
                row.name,
                row.stage.value,
                ", ".join(f"@{alias}" for alias in row.aliases),
                row.run.label if row.run is not None else "",
                *(formatting.number(row.metrics[name]) if name in row.metrics else ""
                  for name in metrics),
                row.kind.rpartition(".")[2] or row.format,
                formatting.size(row.size),
                formatting.shorten(check_text(row), 30),
                approved_text(row),
                ", ".join(row.endpoints),
                formatting.stamp(row.created),
                row.by,
                _version_note(row),
            ]
            for row in rows
        ),
    ]  # fmt: skip


def _note(deprecated: str, conflicts: Sequence[str]) -> str:
    told = [f"deprecated: {deprecated}"] if deprecated else []
    told += [f"moved apart: {', '.join(conflicts)}"] if conflicts else []
    return "; ".join(told)


def _version_note(row: ModelVersionRow) -> str:
    told = [f"deprecated: {row.deprecated}"] if row.deprecated else []
    told += ["its number was given twice"] if row.clashes else []
    told += ["its stage was moved apart"] if row.conflict else []
    return "; ".join(told)


def cells_lines(cells: Sequence[Sequence[str]], width: int = WIDTH) -> list[str]:
    """Return cells as the lines of a table, columns that are empty left out."""
    columns = [
        Column(head, [row[place] for row in cells[1:]], right=head in ("versions", "size"))
        for place, head in enumerate(cells[0])
    ]
    return table_lines([one for one in columns if any(one.cells)], width)


def model_text(page: ModelPage, width: int = WIDTH) -> str:
    """Return a model as text of at most `width` columns, without a line end."""
    lines = [f"model {page.name}", *model_facts(page)]
    if page.description:
        lines += ["", *formatting.shorten(page.description, 600).splitlines()]
    lines += ["", *cells_lines(versions_cells(page.versions), width)]
    if page.deleted:
        lines.append(f"deleted: {', '.join(page.deleted)}")
    lines += ["", *(_deed_line(deed, page.now) for deed in page.history[:_HISTORY])]
    older = len(page.history) + page.more - _HISTORY
    if older > 0:
        lines.append(f"… and {formatting.plural(older, 'earlier deed')}")
    return "\n".join(lines)


def model_facts(page: ModelPage) -> list[str]:
    """Return what is to be known of a model, in a line each."""
    lines = []
    if page.deprecated:
        lines.append(f"DEPRECATED: {page.deprecated}")
    if page.owners:
        lines.append(f"of {', '.join(page.owners)}")
    if page.tags:
        lines.append(" · ".join(f"{name}={value}" for name, value in page.tags.items()))
    for one in page.protections:
        of = f" of {', '.join(one.by)}" if one.by else ""
        lines.append(f"{one.target} is protected: {approvals_text(one.needed)}{of}")
    if page.conflicts:
        lines.append(
            f"CONFLICT: {', '.join(page.conflicts)} moved by two people apart; the later move "
            "counts. Move it once more to settle that."
        )
    return lines


def _deed_line(deed: Any, now: int) -> str:
    who = f" {deed.by}" if deed.by else ""
    why = f" ({formatting.shorten(deed.reason, 80)})" if deed.reason else ""
    rests = "".join(f" [{one.text}]" for one in deed.evidence)
    return f"{formatting.age(deed.time, now)}:{who} {deed.text}{why}{rests}"


def version_facts(page: ModelVersionPage) -> dict[str, str]:
    """Return what is known of a version by name, as text; what is not known is left out."""
    row = page.row
    told = {
        "stage": row.stage.value,
        "aliases": ", ".join(f"@{alias}" for alias in row.aliases),
        "registered": f"{formatting.stamp(row.created)}{f' by {row.by}' if row.by else ''}",
        "run": row.run.label if row.run is not None else "",
        "metrics": ", ".join(f"{k} {formatting.number(v)}" for k, v in page.metrics.items()),
        "params": ", ".join(f"{k} {formatting.value(v)}" for k, v in page.params.items()),
        "data": ", ".join(
            " ".join(filter(None, [f"{one.name}@{one.version}", *one.roles])) for one in page.data
        ),
        "kind": ", ".join(filter(None, [row.kind, row.format])),
        "loads": "safely" if row.safe else f"with consent; imports {', '.join(page.imports[:8])}",
        "size": f"{formatting.size(row.size)} in {formatting.plural(len(page.files), 'file')}",
        "check": check_text(row),
        "approved": approved_text(row),
        "takes": ", ".join(f"{one.name}: {one.dtype}" for one in page.inputs),
        "gives": ", ".join(f"{one.name}: {one.dtype}" for one in page.outputs),
        "requires": ", ".join(page.requirements),
        "source": row.source,
        "licence": row.licence,
        "tags": ", ".join(f"{name}={value}" for name, value in row.tags.items()),
        "made from": ", ".join(one.label for one in page.parents),
        "became": ", ".join(one.label for one in page.children),
        "endpoints": "; ".join(endpoint_text(one) for one in page.endpoints[:_ENDPOINTS]),
        "predictions": "; ".join(map(predictions_text, page.predictions)),
        "deprecated": row.deprecated,
        "digest": row.digest,
        "use": f'cb.load_model("models:/{row.label}")'
        if row.bundled
        else f'cb.bundle("models:/{row.label}", "FOLDER")',
        "problem": page.problem,
    }
    return {name: text for name, text in told.items() if text}


def version_text(page: ModelVersionPage, width: int = WIDTH) -> str:
    """Return a version as text of at most `width` columns, without a line end."""
    told = version_facts(page)
    lines = [f"model {page.row.label}"]
    if page.row.description:
        lines += [page.row.description, ""]
    told.pop("endpoints", None)
    longest = max(map(len, told)) + 2
    for name, text in told.items():
        lines.append(f"{name:<{longest}}{formatting.shorten(text, max(20, width - longest))}")
    lines += [endpoint_text(one) for one in page.endpoints[:_ENDPOINTS]]
    return "\n".join(lines)


def comparison_text(compared: ModelComparison, width: int = WIDTH) -> str:
    """Return versions side by side as text, what differs marked; without a line end."""
    room = max(16, (width - 32) // max(1, len(compared.versions)) - 2)
    cells = [["", "", *(row.label for row in compared.versions)]]
    section = ""
    for fact in compared.facts:
        if fact.section != section:
            section = fact.section
            cells.append(["", section, *("" for _ in compared.versions)])
        mark = "≠" if fact.differs else ""
        values = (formatting.shorten(value, room) for value in fact.values)
        cells.append([mark, f"  {formatting.shorten(fact.name, 26)}", *values])
    columns = [
        Column(head, [row[place] for row in cells[1:]]) for place, head in enumerate(cells[0])
    ]
    return "\n".join(table_lines(columns, width))


def registered_line(label: str, is_new: bool, aliases: Sequence[str], size: int) -> str:
    """Return what is said of a model that was registered."""
    state = "new version" if is_new else "as before"
    named = ", ".join(f"@{alias}" for alias in aliases)
    return " · ".join(filter(None, [f"model:{label}", formatting.size(size), state, named]))


# -- frames --------------------------------------------------------------------------------------


def models_frame(known: Sequence[Told], text: str = "") -> pd.DataFrame:
    """Return models as a DataFrame; see :func:`cellbook.search_models`."""
    import pandas as pd  # noqa: PLC0415  keeps `import cellbook` quick

    wanted = composed(text.strip()).casefold()
    rows = []
    for told in known:
        row = model_row(told)
        words = [row.name, row.description, *row.owners, *row.tags, *row.tags.values()]
        if wanted in composed(" ".join(words)).casefold():
            rows.append(
                {
                    "name": row.name,
                    "versions": row.versions,
                    "latest_version": row.latest,
                    "aliases": dict(row.aliases),
                    "production": ", ".join(row.production),
                    "owners": ", ".join(row.owners),
                    "description": row.description,
                    "tags": dict(row.tags),
                    "deprecated": row.deprecated,
                    "creation_time": pd.Timestamp(row.created, unit="ms", tz="UTC"),
                    "last_updated": pd.Timestamp(row.updated, unit="ms", tz="UTC"),
                }
            )
    return pd.DataFrame(rows, columns=list(_MODEL_COLUMNS))


def versions_frame(known: Sequence[Told]) -> pd.DataFrame:
    """Return versions as a DataFrame; see :func:`cellbook.model_versions`."""
    import pandas as pd  # noqa: PLC0415  as above

    rows = [
        {
            "name": one.model,
            "version": one.name,
            "stage": one.stage.value,
            "aliases": ", ".join(one.aliases),
            "run_id": min(one.runs, key=lambda run: one.runs[run], default=""),
            "kind": one.kind,
            "format": one.format,
            "size": one.size,
            "digest": one.digest,
            "source": one.source,
            "licence": one.licence,
            "description": one.description,
            "tags": dict(one.tags),
            "deprecated": one.deprecated,
            "creation_time": pd.Timestamp(one.created, unit="ms", tz="UTC"),
            "user": one.by,
            "version_id": one.version_id,
        }
        for told in known
        for one in told.versions
    ]
    return pd.DataFrame(rows, columns=list(_VERSION_COLUMNS))


_MODEL_COLUMNS = (
    "name", "versions", "latest_version", "aliases", "production", "owners", "description", "tags",
    "deprecated", "creation_time", "last_updated",
)  # fmt: skip
_VERSION_COLUMNS = (
    "name", "version", "stage", "aliases", "run_id", "kind", "format", "size", "digest", "source",
    "licence", "description", "tags", "deprecated", "creation_time", "user", "version_id",
)  # fmt: skip
