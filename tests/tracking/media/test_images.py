from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from PIL import Image

from cellbook.errors import InvalidInput, MissingDependency
from cellbook.tracking.media import Encoded, encode_image

SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>'

shapes = st.tuples(st.integers(1, 8), st.integers(1, 8)).flatmap(
    lambda size: st.sampled_from([size, (*size, 1), (*size, 3), (*size, 4)])
)


class Tensor:
    """What torch's tensors look like from outside: on another device, with a gradient."""

    def __init__(self, values: Any, device: str = "cuda", grad: bool = True) -> None:
        self._values, self._device, self._grad = np.asarray(values), device, grad

    def detach(self) -> Tensor:
        return Tensor(self._values, self._device, grad=False)

    def cpu(self) -> Tensor:
        return Tensor(self._values, "cpu", self._grad)

    def numpy(self) -> NDArray[Any]:
        if self._device != "cpu" or self._grad:
            raise TypeError("can't convert a tensor that requires grad or is not on the CPU")
        return self._values


def opened(encoded: Encoded) -> NDArray[Any]:
    return np.asarray(Image.open(BytesIO(encoded.data)))


def file_of(image: Image.Image, kind: str) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind)
    return buffer.getvalue()


# --- arrays --------------------------------------------------------------------------------------


@given(hnp.arrays(np.uint8, shapes))
def test_encode_image_keeps_every_pixel(pixels: NDArray[np.uint8]) -> None:
    before = pixels.copy()
    encoded = encode_image(pixels, "sample")
    flat = pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels
    np.testing.assert_array_equal(opened(encoded), flat)
    np.testing.assert_array_equal(pixels, before)
    assert (encoded.path, encoded.media_type, encoded.kind) == ("sample.png", "image/png", "image")
    assert (encoded.meta["height"], encoded.meta["width"]) == pixels.shape[:2]
    assert encode_image(pixels, "sample") == encoded


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ">f4"])
def test_encode_image_reads_floats_as_shades(dtype: Any) -> None:
    shades = np.arange(256, dtype=np.uint8).reshape(16, 16)
    encoded = encode_image((shades / 255).astype(dtype), "a.png")
    np.testing.assert_array_equal(opened(encoded), shades)


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint16, ">i4"])
def test_encode_image_takes_integers_of_any_width(dtype: Any) -> None:
    np.testing.assert_array_equal(opened(encode_image(np.eye(3, dtype=dtype), "a")), np.eye(3))


def test_encode_image_reads_booleans_as_black_and_white() -> None:
    np.testing.assert_array_equal(opened(encode_image(np.array([[True, False]]), "a")), [[255, 0]])


def test_encode_image_takes_nested_lists_and_strided_arrays() -> None:
    assert opened(encode_image([[0, 128], [255, 3]], "a")).tolist() == [[0, 128], [255, 3]]
    pixels = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    np.testing.assert_array_equal(opened(encode_image(pixels[::-1, ::2], "a")), pixels[::-1, ::2])


def test_encode_image_forgives_less_than_half_a_shade() -> None:
    overshot = np.array([[-1e-3, 1.0 + 1e-3]])
    assert opened(encode_image(overshot, "a")).tolist() == [[0, 255]]


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_encode_image_takes_tensors_with_channels_first_or_last(channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 6, channels), dtype=np.uint8)
    last = encode_image(pixels, "a")
    assert encode_image(Tensor(pixels), "a") == last
    assert encode_image(Tensor(np.moveaxis(pixels, -1, 0)), "a") == last


def test_encode_image_reads_a_tensor_of_either_kind_as_channels_first() -> None:
    pixels = np.random.default_rng(0).random((3, 7, 3))
    assert encode_image(Tensor(pixels), "a") == encode_image(np.moveaxis(pixels, 0, -1), "a")


@pytest.mark.parametrize(
    ("pixels", "said"),
    [
        (np.full((2, 2), 2.0), r"floats from 2 to 2.*Divide by 255"),
        (np.array([[-0.5, 1.0]]), r"floats from -0\.5 to 1"),
        (np.array([[np.nan, 1.0]]), "floats from nan"),
        (np.array([[np.inf, 1.0]]), "floats from 1 to inf"),
        (np.array([[256, 0]]), r"integers from 0 to 256.*Scale"),
        (np.array([[-1, 0]]), "integers from -1 to 0"),
        (np.ones(4), r"shape \(4,\).*Give height"),
        (np.ones((2, 2, 2)), r"shape \(2, 2, 2\).*Give height"),
        (np.ones((3, 8, 8)), r"shape \(3, 8, 8\).*numpy\.moveaxis"),
        (np.ones((2, 8, 8, 3)), "batch one by one"),
        (np.ones((0, 8)), r"shape \(0, 8\)"),
        (np.ones((2, 2), dtype=complex), "complex128 values"),
        (np.array([["a", "b"]]), "<U1 values"),
        ([[1, 2], [3]], "does not form one array.*Turn it into"),
        (None, "NoneType of object values"),
        (BytesIO(b"x"), "BytesIO of object values"),
    ],
)
def test_encode_image_refuses_with_the_mend(pixels: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=f"The image .*{said}"):
        encode_image(pixels, "a.png")


def test_encode_image_sends_figures_to_log_figure() -> None:
    with pytest.raises(InvalidInput, match="log_figure"):
        encode_image(plt.Figure(), "a.png")


# --- Pillow and files ----------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_encode_image_takes_pillow_images(mode: str) -> None:
    image = Image.new(mode, (4, 3))
    image.info["note"] = "mine"
    before = {**vars(image)}
    encoded = encode_image(image, "a")
    assert encoded.meta == {"width": 4, "height": 3, "mode": mode}
    assert Image.open(BytesIO(encoded.data)).size == (4, 3)
    assert vars(image) == before


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.jpg", "JPEG"), ("a.jpeg", "JPEG"), ("a.webp", "WEBP"), ("a.gif", "GIF"), ("a.bmp", "BMP")],
)
def test_encode_image_writes_by_the_extension(name: str, kind: str) -> None:
    encoded = encode_image(np.zeros((3, 4, 3)), name)
    assert Image.open(BytesIO(encoded.data)).format == kind
    assert encoded.path == name


@pytest.mark.parametrize(("image", "name"), [("RGBA", "a.jpg"), ("F", "a.png"), ("CMYK", "a.png")])
def test_encode_image_says_what_a_format_lacks(image: str, name: str) -> None:
    with pytest.raises(InvalidInput, match=f"mode {image} cannot be written .*convert"):
        encode_image(Image.new(image, (2, 2)), name)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_encode_image_keeps_files_as_they_are(kind: str, tmp_path: Path) -> None:
    data = file_of(Image.new("RGB", (4, 3), "red"), kind)
    (tmp_path / "photo").write_bytes(data)
    for image in (data, bytearray(data), memoryview(data), tmp_path / "photo", "photo"):
        encoded = encode_image(image, "kept")
        assert encoded.data == data
        assert type(encoded.data) is bytes
        assert Image.MIME[kind] == encoded.media_type


def test_encode_image_keeps_a_drawing_as_it_is() -> None:
    encoded = encode_image(SVG, key="logo")
    assert (encoded.data, encoded.path, encoded.media_type) == (
        SVG,
        "images/logo.svg",
        "image/svg+xml",
    )


def test_encode_image_keeps_what_pillow_may_not_read() -> None:
    data = b"\x00\x00\x00\x20ftypavif" + bytes(20)
    assert encode_image(data, "a").media_type == "image/avif"


def test_encode_image_tells_the_size_of_a_png_file() -> None:
    encoded = encode_image(file_of(Image.new("L", (4, 3)), "PNG"), "a")
    assert encoded.meta == {"width": 4, "height": 3}


def test_encode_image_turns_a_file_into_the_type_asked_for() -> None:
    encoded = encode_image(file_of(Image.new("RGB", (4, 3), "red"), "BMP"), "a.png")
    assert encoded.data.startswith(b"\x89PNG")
    assert opened(encoded)[0, 0].tolist() == [255, 0, 0]


def test_encode_image_reads_kinds_that_only_pillow_knows() -> None:
    assert encode_image(file_of(Image.new("L", (4, 3)), "PPM"), "a").path == "a.png"


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"no image", "a.png", r"8 bytes for 'a\.png' are no image"),
        (b"", "a", "0 bytes"),
        (b"GIF89a cut short", "a.png", "are no image"),
        (SVG, "a.png", r"SVG cannot be turned into \.png.*Name the file \.svg"),
        (b"BM", "a.avif", r"are no image"),
        (b"\x89PNG\r\n\x1a\n", "a.txt", r"cannot be written as \.txt"),
    ],
)
def test_encode_image_refuses_other_bytes(data: bytes, name: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        encode_image(data, name)


def test_encode_image_says_that_there_is_no_file() -> None:
    with pytest.raises(InvalidInput, match=r"'missing\.png' could not be read"):
        encode_image("missing.png", "a.png")


# --- places and what is missing ------------------------------------------------------------------


def test_encode_image_names_one_of_a_series() -> None:
    encoded = encode_image(np.zeros((2, 2)), key="val/sample", step=12)
    assert encoded.path == "images/val/sample/00000012.png"
    assert encoded.meta["key"] == "val/sample"
    assert encode_image(np.zeros((2, 2)), key="sample").path == "images/sample.png"


def test_encode_image_wants_a_file_or_a_key() -> None:
    with pytest.raises(InvalidInput, match=r"either a file or a key.*Give"):
        encode_image(np.zeros((2, 2)))
    with pytest.raises(InvalidInput, match="either a file or a key"):
        encode_image(np.zeros((2, 2)), "a.png", key="a")


def test_encode_image_names_the_extra_without_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    data = file_of(Image.new("L", (2, 2)), "PNG")
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(MissingDependency, match=r"needs Pillow.*cellbook\[media\]"):
        encode_image(np.zeros((2, 2)), "a.png")
    assert encode_image(data, "a.png").data == data
