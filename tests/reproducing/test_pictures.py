"""Two files that show the same are the same picture."""

from __future__ import annotations

import io
import zlib
from typing import Any

import pytest
from matplotlib.figure import Figure

from cellbook.reproducing.pictures import look, without_ids


def drawn(kind: str, values: list[float], **about: Any) -> bytes:
    figure = Figure()
    figure.subplots().plot(values)
    file = io.BytesIO()
    figure.savefig(file, format=kind, metadata=about or None)
    return file.getvalue()


@pytest.mark.parametrize(
    ("kind", "mime", "about"),
    [
        ("png", "image/png", {"Software": "another", "Creation Time": "now"}),
        ("svg", "image/svg+xml", {"Date": "2020-01-01"}),
        ("pdf", "application/pdf", {"Creator": "another"}),
    ],
)
def test_what_a_writer_says_of_itself_makes_no_other_picture(
    kind: str, mime: str, about: dict[str, str]
) -> None:
    one, other = drawn(kind, [1, 2]), drawn(kind, [1, 2], **about)
    assert one != other
    assert look(mime, one) == look(mime, other)
    assert look(mime, one) != look(mime, drawn(kind, [1, 3]))


def test_png_is_the_same_however_it_is_compressed() -> None:
    one = drawn("png", [1, 2])
    at = one.index(b"IDAT")
    length = int.from_bytes(one[at - 4 : at], "big")
    packed = zlib.compress(zlib.decompress(one[at + 4 : at + 4 + length]), 1)
    part = b"IDAT" + packed
    again = (
        one[: at - 4]
        + len(packed).to_bytes(4, "big")
        + part
        + zlib.crc32(part).to_bytes(4, "big")
        + one[at + 8 + length :]
    )
    assert again != one
    assert look("image/png", again) == look("image/png", one)


def test_broken_picture_is_its_bytes() -> None:
    one = drawn("png", [1, 2])
    assert look("image/png", one[:200]) != look("image/png", one[:201])
    assert look("image/png", b"no picture") == look("image/gif", b"no picture")


def test_ids_of_a_page_are_numbered() -> None:
    page = '<style>#T_5d3a1_row0 {{}}</style><td id="T_{}_row0">{}</td>'
    assert without_ids(page.format("5d3a1", 1)) == without_ids(
        page.replace("5d3a1", "99fe0").format("99fe0", 1)
    )
    assert without_ids(page.format("5d3a1", 1)) != without_ids(page.format("5d3a1", 2))
    assert without_ids("<b>0.5</b>") == "<b>0.5</b>"
