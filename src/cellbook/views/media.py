"""What runs show besides numbers: pictures, tables, texts, sound, step by step, side by side."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from cellbook.errors import InvalidInput
from cellbook.records import Artifact, RunRecord
from cellbook.views.comparison import RunHead, head_of

if TYPE_CHECKING:
    import pandas as pd

SHOWN = ("figure", "image", "table", "histogram", "text", "dict", "html", "audio")
"""Kinds that can be looked at, in the order in which they are listed."""
TABLE_BYTES = 64 * 2**20
"""Bytes of a table that is read for a look at it."""
_ROWS, _COLUMNS, _WIDTH = 50, 40, 200


@dataclass(frozen=True, slots=True)
class MediaItem:
    """One artifact that can be looked at."""

    path: str
    step: int | None
    media_type: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class MediaSeries:
    """What several runs, or several steps, have under one name."""

    name: str
    kind: str
    steps: tuple[int, ...]
    """All steps that any run has it at; empty where none names a step."""
    items: tuple[tuple[MediaItem, ...], ...]
    """Of each run, in order of step."""


@dataclass(frozen=True, slots=True)
class MediaComparison:
    """What runs show, side by side."""

    runs: tuple[RunHead, ...]
    series: tuple[MediaSeries, ...]


@dataclass(frozen=True, slots=True)
class TablePreview:
    """The beginning of a table, as text."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total_rows: int
    total_columns: int


def compare_media(
    records: Sequence[RunRecord], artifacts: Sequence[Iterable[Artifact]]
) -> MediaComparison:
    """Return what runs show, side by side: what all have first.

    Parameters
    ----------
    records
        The runs.
    artifacts
        The files of each.
    """
    found: dict[tuple[str, str], list[list[MediaItem]]] = {}
    for place, files in enumerate(artifacts):
        for file in files:
            if file.kind in SHOWN:
                key = (file.kind, str(file.meta.get("key") or file.path))
                rows = found.setdefault(key, [[] for _ in records])
                item = MediaItem(file.path, file.step, file.media_type, file.digest, file.size)
                rows[place].append(item)
    series = [_series(name, kind, rows) for (kind, name), rows in found.items()]
    series.sort(
        key=lambda one: (-sum(map(bool, one.items)), SHOWN.index(one.kind), len(one.name), one.name)
    )
    return MediaComparison(tuple(map(head_of, records)), tuple(series))


def _series(name: str, kind: str, rows: Sequence[Sequence[MediaItem]]) -> MediaSeries:
    steps = {item.step for items in rows for item in items if item.step is not None}
    ordered = (tuple(sorted(items, key=lambda item: (item.step or 0, item.path))) for items in rows)
    return MediaSeries(name, kind, tuple(sorted(steps)), tuple(ordered))


def preview_table(content: bytes, path: str) -> TablePreview:
    """Return the beginning of a table.

    Parameters
    ----------
    content
        The file's bytes: JSON as :func:`~cellbook.tracking.media.encode_table` writes it, CSV, or
        Parquet.
    path
        Its path, whose ending says which.

    Raises
    ------
    InvalidInput
        If it cannot be read as a table.
    """
    try:
        frame = _read(content, PurePosixPath(path).suffix.lower())
    except ImportError:
        raise InvalidInput(
            f"Looking into {path!r} needs pyarrow: pip install 'cellbook[tables]'."
        ) from None
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise InvalidInput(f"{path!r} cannot be read as a table ({error}).") from error
    shown = frame.iloc[:_ROWS, :_COLUMNS]
    return TablePreview(
        tuple(str(name)[:_WIDTH] for name in shown.columns),
        tuple(tuple(_text(value) for value in row) for row in shown.itertuples(index=False)),
        *frame.shape,
    )


def _read(content: bytes, suffix: str) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415  keeps `import cellbook` quick

    if suffix == ".parquet":
        return pd.read_parquet(io.BytesIO(content))
    if suffix == ".csv":
        return pd.read_csv(io.BytesIO(content))
    doc = json.loads(content)
    frame = pd.DataFrame(doc["data"], columns=doc["columns"])
    if "index" in doc:
        frame.insert(0, "", doc["index"], allow_duplicates=True)
    return frame


def _text(value: Any) -> str:
    text = f"{value:.6g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
