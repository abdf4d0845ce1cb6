"""How versions of data sets are told of: in a line, in a table, in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cellbook.datasets import Tracked
from cellbook.records import DatasetVersion
from cellbook.views import formatting

if TYPE_CHECKING:
    import pandas as pd

NO_DATA = "No data sets on record yet. `cb.track_data(data, name)` records one."

FILES = ("folder", "glob")
"""Kinds that consist of files, whose number is that of their rows."""
_DIGEST_WIDTH = 12


def extent(version: DatasetVersion) -> str:
    """Return how much a version is: ``1,797 rows × 65 columns``, ``3 files, 1.2 MB``."""
    if version.kind in FILES:
        return f"{formatting.plural(version.rows or 0, 'file')}, {formatting.size(version.size)}"
    if version.rows is None:
        return formatting.size(version.size) if version.kind else ""
    rows = formatting.plural(version.rows, "row")
    if version.columns is None:
        return rows
    return f"{rows} × {formatting.plural(version.columns, 'column')}"


def version_line(version: DatasetVersion) -> str:
    """Return what a version is: ``data:digits@3 · 1,797 rows × 65 columns · champion``."""
    words = ", ".join((*version.aliases, *version.labels))
    return " · ".join(filter(None, (f"data:{version.label}", extent(version), words)))


def tracked_line(tracked: Tracked, used: bool, role: str) -> str:
    """Return what is said of data that was tracked: ``data:digits@3 · 1,797 rows × 65 columns ·
    new version (was @2: 12 rows more)``."""
    version, before = tracked.version, tracked.before
    parts = [f"data:{version.label}", extent(version)]
    if not tracked.is_new:
        parts.append("as before")
    elif before is None:
        parts.append("first version")
    else:
        change = _change(version, before)
        was = f"@{before.version}"
        if before.kind and before.kind != version.kind:
            was += f", {'an' if before.kind == 'array' else 'a'} {before.kind}"
        parts.append(f"new version (was {was}{f': {change}' if change else ''})")
    if tracked.alias:
        parts.append(alias_text(tracked.alias, version, tracked.left))
    if role:
        parts.append(
            f"used for {role}" if used else f"no run is open that it is used in for {role}"
        )
    elif used:
        parts.append("used by the run")
    return " · ".join(filter(None, parts))


def alias_text(alias: str, version: DatasetVersion, left: DatasetVersion | None) -> str:
    """Return where an alias leads: ``@champion is @3 (was @2)``."""
    was = "" if left is None else f" (was @{left.version})"
    return f"@{alias} is @{version.version}{was}"


def _change(version: DatasetVersion, before: DatasetVersion) -> str:
    word = "file" if version.kind in FILES else "row"
    changes = []
    for now, then, what in (
        (version.rows, before.rows, word),
        (version.columns, before.columns, "column"),
    ):
        if now is not None and then is not None and now != then:
            more = "more" if now > then else "fewer"
            changes.append(f"{formatting.plural(abs(now - then), what)} {more}")
    return ", ".join(changes)


def data_cells(versions: Sequence[DatasetVersion]) -> list[list[str]]:
    """Return versions of data sets as texts: a line of heads, then a line a version."""
    return [
        ["data", "what", "content", "created", "aliases", "labels", "source", "digest"],
        *(
            [
                one.label,
                one.kind,
                extent(one),
                formatting.stamp(one.created),
                ", ".join(one.aliases),
                ", ".join(_label_text(one, label) for label in one.labels),
                formatting.shorten(one.source, 40),
                # What stands before it, as every other says of its kind, tells nothing here.
                formatting.shorten(one.digest.rpartition(":")[2], _DIGEST_WIDTH),
            ]
            for one in versions
        ),
    ]


def _label_text(version: DatasetVersion, label: str) -> str:
    """Return a label, with the date where it was given after the version came on record."""
    since = version.labelled.get(label, version.created)
    return label if since <= version.created else f"{label} (since {formatting.date(since)})"


def data_facts(
    version: DatasetVersion, versions: Mapping[str, DatasetVersion], runs: Sequence[str]
) -> list[tuple[str, str]]:
    """Return all that is known of a version, as names and texts.

    Parameters
    ----------
    version
        Which one.
    versions
        All of the book, by id.
    runs
        The runs that used it, as they are shown.
    """
    parents = [
        versions[one].label if one in versions else f"{one} (deleted)" for one in version.made_of
    ]
    children = sorted({one.label for one in versions.values() if version.dataset_id in one.made_of})
    implied = " (implied by the cells)" if parents and not version.parents else ""
    facts = [
        ("data", f"data:{version.label}"),
        ("what", " · ".join(filter(None, [version.kind, extent(version)]))),
        ("created", formatting.stamp(version.created)),
        ("tracked last", formatting.stamp(version.tracked) if version.tracked else ""),
        ("aliases", ", ".join(version.aliases)),
        ("labels", ", ".join(_label_text(version, label) for label in version.labels)),
        ("source", version.source),
        ("etag", version.etag),
        ("made from", ", ".join(parents) + implied),
        ("made into", ", ".join(children)),
        ("used by", ", ".join(runs)),
        ("cell", version.maker or version.made.get("execution", "")),
        ("kept", "its content is in the book" if version.content else "by reference"),
        ("digest", version.digest),
    ]
    return [(name, text) for name, text in facts if text]


def data_frame(versions: Sequence[DatasetVersion]) -> pd.DataFrame:
    """Return versions as a DataFrame; see :func:`cellbook.search_datasets`."""
    import pandas as pd  # noqa: PLC0415 - keeps `import cellbook` quick

    lines: list[dict[str, Any]] = [
        {
            "dataset_id": one.dataset_id,
            "name": one.name,
            "version": one.version,
            "kind": one.kind,
            "rows": one.rows,
            "columns": one.columns,
            "size": one.size,
            "created": pd.Timestamp(one.created, unit="ms", tz="UTC"),
            "labels": list(one.labels),
            "aliases": list(one.aliases),
            "source": one.source,
            "kept": bool(one.content),
            "parents": list(one.made_of),
            "run": one.made.get("run"),
            "digest": one.digest,
        }
        for one in versions
    ]
    frame = pd.DataFrame(lines, columns=_COLUMNS)
    return frame.astype({"rows": "Int64", "columns": "Int64"})


_COLUMNS = [
    *("dataset_id", "name", "version", "kind", "rows", "columns", "size", "created", "labels"),
    *("aliases", "source", "kept", "parents", "run", "digest"),
]
