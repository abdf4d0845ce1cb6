"""Figures and tables that a cell displayed, as artifacts of its run."""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
from collections.abc import Mapping
from typing import Any

from cellbook.records import as_text, encodable
from cellbook.tracking.media.encoded import Encoded
from cellbook.tracking.media.figures import PLOTLY_JSON

_PICTURES = {"image/svg+xml": ".svg", "image/png": ".png", "image/jpeg": ".jpg"}


def encode_displayed(data: Mapping[str, Any], order: int, place: int) -> Encoded | None:
    """Turn a MIME bundle into an artifact if it shows a figure or a table, else return None.

    Parameters
    ----------
    data
        MIME type to content, as it was displayed: text, bytes, base64 text, or JSON.
    order
        The place of the cell's execution in its session.
    place
        The place of the output among the cell's, from 1.
    """
    stem = f"cells/{order:04d}"
    plot = data.get(PLOTLY_JSON)
    if isinstance(plot, Mapping):
        path = f"{stem}-figure-{place}.json"
        with contextlib.suppress(TypeError, ValueError, RecursionError):
            text = json.dumps(plot, separators=(",", ":"), default=as_text)
            return Encoded(text.encode(), PLOTLY_JSON, "figure", path, {"library": "plotly"})
    for mime, extension in _PICTURES.items():
        picture = _bytes(data.get(mime), mime)
        if picture:
            return Encoded(picture, mime, "figure", f"{stem}-figure-{place}{extension}")
    page = data.get("text/html")
    if isinstance(page, str) and _is_table(page):
        # The text beside it is the same frame, abridged.
        return Encoded(encodable(page).encode(), "text/html", "table", f"{stem}-table-{place}.html")
    return None


def _is_table(page: str) -> bool:
    """Whether this is the HTML of a pandas, polars or similar frame, or of a pandas Styler."""
    return 'class="dataframe"' in page or '<table id="T_' in page


def _bytes(content: Any, mime: str) -> bytes:
    if isinstance(content, bytes):
        return content
    if not isinstance(content, str):
        return b""
    if mime == "image/svg+xml":
        return encodable(content).encode()
    try:
        return base64.b64decode(content, validate=False)
    except (binascii.Error, ValueError):
        return b""
