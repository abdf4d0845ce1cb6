"""Figures of matplotlib and plotly."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from io import BytesIO
from types import ModuleType
from typing import Any

from cellbook.errors import InvalidInput, MissingDependency
from cellbook.optional import require
from cellbook.records import Json
from cellbook.tracking.media.encoded import Encoded, media_type_of, with_extension

PLOTLY_JSON = "application/vnd.plotly.v1+json"

_DRAWN = (".png", ".svg", ".pdf", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".eps")
_PLOTTED = (".json", ".html", ".htm", ".png", ".svg", ".pdf", ".jpg", ".jpeg", ".webp")
# Without the time and matplotlib's version the same drawing gives the same bytes.
_METADATA: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".svg": {"Date": None, "Creator": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
_TITLE_LIMIT = 250


def encode_figure(
    figure: Any, artifact_file: str, *, save_kwargs: Mapping[str, Any] | None = None
) -> Encoded:
    """Encode a figure as the path's extension says.

    Parameters
    ----------
    figure
        A matplotlib figure, whatever lies in one (axes, an array of axes, a seaborn grid), the
        module ``matplotlib.pyplot`` for its current figure, or a plotly figure.
    artifact_file
        Matplotlib: ``.png`` by default, ``.svg``, ``.pdf``, ``.jpg``, ``.webp``, ``.tif``,
        ``.eps``.  Plotly: its JSON by default, ``.html`` (a page that needs no network), or a
        picture through kaleido.
    save_kwargs
        More arguments for ``savefig``, ``to_json``, ``to_html`` or ``to_image``.

    Raises
    ------
    InvalidInput
        If it is no figure, cannot be drawn, or not as that type.
    MissingDependency
        For a picture of a plotly figure, if kaleido or its browser is not installed.
    """
    options = dict(save_kwargs or {})
    if callable(getattr(figure, "to_plotly_json", None)):
        return _encode_plotly(figure, artifact_file, options)
    drawn = _matplotlib_figure(figure)
    if drawn is None:
        raise InvalidInput(
            f"The figure for {str(artifact_file)!r} is a {type(figure).__name__}. Give a "
            "matplotlib figure or axes, or a plotly figure; log_image takes images and arrays."
        )
    return _encode_matplotlib(drawn, artifact_file, options)


def _matplotlib_figure(value: Any) -> Any:
    figures = sys.modules.get("matplotlib.figure")
    if figures is None:
        return None
    if isinstance(value, ModuleType) and value.__name__ == "matplotlib.pyplot":
        # Asked for the current figure, pyplot would make one where there is none.
        if not value.get_fignums():
            raise InvalidInput(
                "No pyplot figure is open. Log it before it is shown or closed, or keep it: "
                "figure = plt.figure()."
            )
        return value.gcf()
    if hasattr(value, "flat") and value.size:
        value = value.flat[0]  # what plt.subplots gives for a grid
    for _ in range(3):  # axes, their subfigure, its figure
        if value is None or isinstance(value, figures.Figure):
            return value
        value = getattr(value, "figure", None)
    return None


def _encode_matplotlib(figure: Any, artifact_file: str, options: dict[str, Any]) -> Encoded:
    wanted = str(options.pop("format", "") or "").lower()
    path, extension = with_extension(
        artifact_file, f".{wanted or 'png'}", _DRAWN, "A matplotlib figure"
    )
    if wanted and media_type_of(f"x.{wanted}") != media_type_of(path):
        raise InvalidInput(
            f"save_kwargs asks for the format {wanted!r}, but the file is {path!r}. "
            "Leave the format out, or change the file's extension."
        )
    metadata = {**_METADATA.get(extension, {}), **(options.pop("metadata", None) or {})}
    if metadata:
        options["metadata"] = metadata
    buffer = BytesIO()
    try:
        with _undisturbed(figure), _fixed_ids(extension):
            # savefig puts back the canvas, size, dpi and colours that it changes while it draws.
            figure.savefig(buffer, format=extension[1:], **options)
    except Exception as error:
        raise InvalidInput(
            f"The figure for {path!r} could not be drawn as {extension} "
            f"({type(error).__name__}: {error}). Mend what figure.savefig('{path}') complains of."
        ) from error
    data = buffer.getvalue()
    meta: dict[str, Json] = {"library": "matplotlib", **_title(_matplotlib_title(figure))}
    if extension == ".png":
        meta["width"] = int.from_bytes(data[16:20], "big")
        meta["height"] = int.from_bytes(data[20:24], "big")
    return Encoded(data, media_type_of(path), "figure", path, meta)


@contextmanager
def _undisturbed(figure: Any) -> Iterator[None]:
    """Keep the figure from telling pyplot of each change, which would draw it on the screen."""
    told, figure.stale_callback = figure.stale_callback, None
    try:
        yield
    finally:
        figure.stale_callback = told


def _fixed_ids(extension: str) -> AbstractContextManager[Any]:
    """Name the parts of an SVG by their content, not at random, unless the user has chosen."""
    matplotlib = sys.modules["matplotlib"]
    if extension != ".svg" or matplotlib.rcParams["svg.hashsalt"] is not None:
        return nullcontext()
    context: AbstractContextManager[Any] = matplotlib.rc_context({"svg.hashsalt": "cellbook"})
    return context


def _encode_plotly(figure: Any, artifact_file: str, options: dict[str, Any]) -> Encoded:
    path, extension = with_extension(artifact_file, ".json", _PLOTTED, "A plotly figure")
    media_type = media_type_of(path)
    if extension == ".json":
        media_type = PLOTLY_JSON
        data = figure.to_json(**options).encode()
    elif media_type == "text/html":
        # The id would be random.
        data = figure.to_html(**{"div_id": "cellbook-figure", **options}).encode()
    else:
        data = _plotly_picture(figure, path, {"format": extension[1:], **options})
    meta: dict[str, Json] = {"library": "plotly", **_title(_plotly_title(figure))}
    return Encoded(data, media_type, "figure", path, meta)


def _plotly_picture(figure: Any, path: str, options: dict[str, Any]) -> bytes:
    require("kaleido", "media", f"Drawing a plotly figure as {path!r}")
    try:
        picture: bytes = figure.to_image(**options)
    except Exception as error:
        if "chrome" in str(error).lower():
            raise MissingDependency(
                f"Drawing a plotly figure as {path!r} needs Chrome or Chromium, which kaleido did "
                "not find. Name the file .json or .html, which need nothing, or install a browser: "
                "plotly_get_chrome"
            ) from error
        raise InvalidInput(
            f"The plotly figure for {path!r} could not be drawn ({type(error).__name__}: {error}). "
            "Name the file .json or .html, which need no drawing."
        ) from error
    return picture


def _matplotlib_title(figure: Any) -> object:
    titles = [figure.get_suptitle(), *(axes.get_title() for axes in figure.axes)]
    return next(filter(None, titles), None)


def _plotly_title(figure: Any) -> object:
    layout = getattr(figure, "layout", None)
    return getattr(getattr(layout, "title", None), "text", None)


def _title(text: object) -> dict[str, Json]:
    line = " ".join(text.split()) if isinstance(text, str) else ""
    return {"title": line[:_TITLE_LIMIT]} if line else {}
