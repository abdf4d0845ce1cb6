from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from types import ModuleType, SimpleNamespace
from typing import Any

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import plotly.graph_objects as go
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from cellbook.errors import InvalidInput, MissingDependency
from cellbook.tracking.media import encode_figure

SIGNATURES = {
    ".png": b"\x89PNG",
    ".svg": b"<?xml",
    ".pdf": b"%PDF",
    ".jpg": b"\xff\xd8\xff",
    ".webp": b"RIFF",
    ".tif": b"II*",
    ".eps": b"%!PS",
}

DIGESTS = """
import hashlib, matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
import plotly.graph_objects as go
from cellbook.tracking.media import encode_figure
figure, axes = plt.subplots()
axes.plot([1, 3, 2], marker="o", label="loss")
axes.fill_between([0, 1], [1, 2], hatch="/")
axes.legend()
for name in ("a.png", "a.svg", "a.pdf", "a.jpg", "a.webp"):
    print(name, hashlib.sha256(encode_figure(figure, name).data).hexdigest())
chart = go.Figure(go.Scatter(x=[1, 2], y=[3.5, 4]), layout={"title": "loss"})
for name in ("b.json", "b.html"):
    print(name, hashlib.sha256(encode_figure(chart, name).data).hexdigest())
"""


@pytest.fixture(autouse=True)
def no_window() -> Iterator[None]:
    matplotlib.use("agg")
    with matplotlib.rc_context():
        yield
    plt.close("all")


@pytest.fixture
def figure() -> Figure:
    drawn, axes = plt.subplots(figsize=(4, 3), dpi=100)
    axes.plot([1, 3, 2], label="loss")
    axes.legend()
    axes.set_title("Loss of\nthe wide net")
    return drawn


@pytest.fixture
def chart() -> go.Figure:
    return go.Figure(go.Scatter(y=np.arange(3.0)), layout={"title": {"text": "Loss"}})


# --- matplotlib ----------------------------------------------------------------------------------


def test_encode_figure_draws_a_png_by_default(figure: Figure) -> None:
    encoded = encode_figure(figure, "plots/loss")
    assert (encoded.path, encoded.media_type, encoded.kind) == (
        "plots/loss.png",
        "image/png",
        "figure",
    )
    assert encoded.meta == {
        "library": "matplotlib",
        "title": "Loss of the wide net",
        "width": 400,
        "height": 300,
    }
    assert Image.open(BytesIO(encoded.data)).size == (400, 300)


@pytest.mark.parametrize("extension", SIGNATURES)
def test_encode_figure_draws_by_the_extension(figure: Figure, extension: str) -> None:
    encoded = encode_figure(figure, f"loss{extension.upper()}")
    assert encoded.data.startswith(SIGNATURES[extension])
    assert encoded.path == f"loss{extension.upper()}"


@pytest.mark.parametrize("extension", [".png", ".svg", ".pdf", ".jpg"])
def test_encode_figure_tells_neither_time_nor_version(figure: Figure, extension: str) -> None:
    data = encode_figure(figure, f"loss{extension}").data
    assert matplotlib.__version__.encode() not in data
    assert b"Date" not in data
    assert b"dc:date" not in data


def test_encode_figure_gives_the_same_bytes_in_every_process() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", DIGESTS],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert len(said[0].splitlines()) == 7
    assert said[0] == said[1]


@pytest.mark.parametrize("extension", [".png", ".svg", ".pdf", ".webp", ".bad"])
def test_encode_figure_leaves_all_as_it_was(figure: Figure, extension: str) -> None:
    current = plt.figure()

    def state() -> list[Any]:
        return [
            figure.canvas,
            figure.canvas.manager,
            figure.stale_callback,
            figure.get_size_inches().tolist(),
            figure.dpi,
            figure.get_facecolor(),
            figure.axes,
            figure.axes[0].get_position().bounds,
            figure.axes[0].get_xlim(),
            plt.gcf(),
            plt.get_fignums(),
            dict(matplotlib.rcParams),
        ]

    before = state()
    if extension == ".bad":
        figure.suptitle("$\\frac{$")
        with pytest.raises(InvalidInput, match=r"(?s)could not be drawn as \.png .*Mend"):
            encode_figure(figure, "loss.png")
    else:
        encode_figure(figure, f"loss{extension}", save_kwargs={"dpi": 50, "facecolor": "red"})
    assert plt.gcf() is current
    assert state() == before


def test_encode_figure_draws_nothing_on_the_users_screen() -> None:
    class Counting(FigureCanvasAgg):
        idle = 0

        def draw_idle(self, *args: Any, **kwargs: Any) -> None:
            self.idle += 1

    with plt.ion():
        figure = plt.figure()
        canvas = Counting(figure)
        figure.subplots().plot([1, 2])
        canvas.idle = 0
        for extension in (".png", ".svg", ".pdf"):
            encode_figure(figure, f"a{extension}", save_kwargs={"dpi": 40})
        assert canvas.idle == 0
        assert figure.canvas is canvas


def test_encode_figure_finds_the_figure_of_what_lies_in_it() -> None:
    figure = plt.figure()
    left, _ = figure.subfigures(1, 2)
    grid = left.subplots(2, 2)
    whole = encode_figure(figure, "a").data
    for part in (left, grid, grid[0, 1], SimpleNamespace(figure=figure), plt):
        assert encode_figure(part, "a").data == whole


def test_encode_figure_takes_a_figure_without_pyplot() -> None:
    figure = Figure()
    figure.suptitle("Alone")
    assert encode_figure(figure, "a").meta["title"] == "Alone"
    assert plt.get_fignums() == []


def test_encode_figure_opens_no_figure_of_pyplots() -> None:
    with pytest.raises(InvalidInput, match=r"No pyplot figure is open.*keep it"):
        encode_figure(plt, "a")
    assert plt.get_fignums() == []


def test_encode_figure_hands_save_kwargs_on(figure: Figure) -> None:
    encoded = encode_figure(figure, "a.png", save_kwargs={"dpi": 50, "metadata": {"Author": "Ada"}})
    assert (encoded.meta["width"], encoded.meta["height"]) == (200, 150)
    assert Image.open(BytesIO(encoded.data)).info["Author"] == "Ada"
    assert "Software" not in Image.open(BytesIO(encoded.data)).info


def test_encode_figure_takes_the_format_for_the_extension(figure: Figure) -> None:
    assert encode_figure(figure, "a", save_kwargs={"format": "svg"}).path == "a.svg"
    assert encode_figure(figure, "a.jpeg", save_kwargs={"format": "jpg"}).path == "a.jpeg"
    with pytest.raises(InvalidInput, match=r"format 'pdf'.*'a\.png'.*Leave"):
        encode_figure(figure, "a.png", save_kwargs={"format": "pdf"})


def test_encode_figure_respects_a_hash_salt_of_the_users(figure: Figure) -> None:
    ours = encode_figure(figure, "a.svg").data
    with matplotlib.rc_context({"svg.hashsalt": "mine"}):
        assert encode_figure(figure, "a.svg").data != ours
    assert encode_figure(figure, "a.svg").data == ours


def test_encode_figure_refuses_odd_save_kwargs(figure: Figure) -> None:
    with pytest.raises(InvalidInput, match=r"could not be drawn.*sauce"):
        encode_figure(figure, "a.png", save_kwargs={"sauce": 1})


def test_encode_figure_refuses_other_types_of_file(figure: Figure) -> None:
    with pytest.raises(InvalidInput, match=r"cannot be written as \.csv.*\.png or \.svg"):
        encode_figure(figure, "a.csv")


def test_encode_figure_refuses_axes_that_were_removed(figure: Figure) -> None:
    axes = figure.axes[0]
    axes.remove()
    with pytest.raises(InvalidInput, match="is a Axes"):
        encode_figure(axes, "a")


@pytest.mark.parametrize(
    "value", [None, "loss.png", [1, 2], np.ones((3, 3)), np.array([]), Image.new("L", (2, 2)), json]
)
def test_encode_figure_refuses_what_is_no_figure(value: object) -> None:
    with pytest.raises(InvalidInput, match=r"'loss\.png' is a \w+\. Give a matplotlib.*log_image"):
        encode_figure(value, "loss.png")


# --- plotly --------------------------------------------------------------------------------------


def test_encode_figure_keeps_plotly_as_json(chart: go.Figure) -> None:
    before = chart.to_json()
    encoded = encode_figure(chart, "plots/loss")
    assert (encoded.path, encoded.kind) == ("plots/loss.json", "figure")
    assert encoded.media_type == "application/vnd.plotly.v1+json"
    assert encoded.meta == {"library": "plotly", "title": "Loss"}
    assert go.Figure(json.loads(encoded.data)) == chart
    assert chart.to_json() == before


def test_encode_figure_writes_a_page_that_needs_no_network(chart: go.Figure) -> None:
    encoded = encode_figure(chart, "loss.html")
    assert encoded.media_type == "text/html"
    assert b"<html" in encoded.data
    assert b"<script src=" not in encoded.data.replace(b' charset="utf-8"', b"")
    assert len(encoded.data) > 1_000_000


def test_encode_figure_hands_save_kwargs_to_plotly(chart: go.Figure) -> None:
    encoded = encode_figure(chart, "loss.html", save_kwargs={"include_plotlyjs": "cdn"})
    assert len(encoded.data) < 100_000


def test_encode_figure_keeps_a_plotly_figure_without_title() -> None:
    assert encode_figure(go.Figure(), "a").meta == {"library": "plotly"}


def test_encode_figure_names_the_extra_for_a_plotly_picture(
    chart: go.Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "kaleido", None)
    with pytest.raises(MissingDependency, match=r"'loss\.png' needs kaleido.*cellbook\[media\]"):
        encode_figure(chart, "loss.png")


class Drawing:
    """A plotly figure from outside, whose picture comes out as the test says."""

    def __init__(self, outcome: bytes | Exception) -> None:
        self.outcome = outcome

    def to_plotly_json(self) -> dict[str, Any]:
        return {"data": [], "layout": {}}

    def to_image(self, format: str) -> bytes:  # noqa: A002
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome + format.encode()


def test_encode_figure_draws_plotly_through_kaleido(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kaleido", ModuleType("kaleido"))
    encoded = encode_figure(Drawing(b"picture as "), "a.svg")
    assert (encoded.data, encoded.media_type) == (b"picture as svg", "image/svg+xml")


@pytest.mark.parametrize(
    ("error", "kind", "mend"),
    [
        (RuntimeError("Kaleido requires Google Chrome"), MissingDependency, "plotly_get_chrome"),
        (ValueError("Invalid property"), InvalidInput, r"Name the file \.json"),
    ],
)
def test_encode_figure_says_why_plotly_was_not_drawn(
    error: Exception, kind: type[Exception], mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "kaleido", ModuleType("kaleido"))
    with pytest.raises(kind, match=mend):
        encode_figure(Drawing(error), "a.png")
