"""Images: arrays, tensors, Pillow's, and files that are images already."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from cellbook.errors import InvalidInput
from cellbook.optional import require
from cellbook.records import Json
from cellbook.tracking.media.arrays import as_array, is_tensor
from cellbook.tracking.media.encoded import (
    Encoded,
    keyed_path,
    media_type_of,
    read_file,
    with_extension,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WRITTEN = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
_KEPT = (*_WRITTEN, ".svg", ".avif")
_CHANNELS = (1, 3, 4)
Placer = Callable[[str, tuple[str, ...]], tuple[str, str, dict[str, Json]]]
"""Given the default extension and the possible ones: path, extension, and what meta starts with."""

_SHAPES = "height × width, or height × width × 1, 3 or 4 channels"


def encode_image(
    image: Any, artifact_file: str | None = None, *, key: str | None = None, step: int | None = None
) -> Encoded:
    """Encode an image, as PNG unless the path has another extension.

    Parameters
    ----------
    image
        An array, height × width or height × width × 1, 3 or 4 channels, of booleans, integers in
        0…255 or floats in 0…1; a torch tensor, channels first or last; a Pillow image; or the
        path or the bytes of an image file, which are kept as they are unless `artifact_file` asks
        for another type.
    artifact_file
        Place among the run's artifacts.
    key, step
        Instead of `artifact_file`: the name of a series of images, and this one's place in it.

    Raises
    ------
    InvalidInput
        If it is no image, its values lie outside their range, or neither or both of
        `artifact_file` and `key` are given.
    MissingDependency
        If Pillow is needed and not installed.
    """
    if (artifact_file is None) == (key is None):
        raise InvalidInput(
            "An image needs either a file or a key. "
            "Give artifact_file='plots/sample.png', or key='sample' with a step."
        )
    place = _placer(artifact_file, key, step)
    if isinstance(image, (str, os.PathLike)):
        return _encode_file(read_file(image, "The image"), place)
    if isinstance(image, (bytes, bytearray, memoryview)):
        return _encode_file(bytes(image), place)
    pillow = sys.modules.get("PIL.Image")
    if pillow is not None and isinstance(image, pillow.Image):
        return _encode_pillow(image, place)
    if hasattr(image, "savefig"):
        raise InvalidInput("The image is a figure. Give it to log_figure.")
    pixels = _pixels(image)
    image_module = require("PIL.Image", "media", "Logging an image")
    return _encode_pillow(image_module.fromarray(pixels), place)


def _placer(artifact_file: str | None, key: str | None, step: int | None) -> Placer:
    def place(default: str, known: tuple[str, ...]) -> tuple[str, str, dict[str, Json]]:
        if artifact_file is not None:
            path, extension = with_extension(artifact_file, default, known, "This image")
            return path, extension, {}
        return keyed_path("images", key, step, default), default, {"key": str(key)}

    return place


def _encode_file(data: bytes, place: Placer) -> Encoded:
    found = _image_type(data)
    path, extension, meta = place(found or ".png", _KEPT)
    if found is not None and media_type_of(path) == media_type_of("x" + found):
        return Encoded(data, media_type_of(path), "image", path, {**meta, **_size_of(data)})
    if found == ".svg":
        raise InvalidInput(f"An SVG cannot be turned into {extension}. Name the file .svg.")
    image_module = require("PIL.Image", "media", f"Turning an image into {extension}")
    try:
        image = image_module.open(BytesIO(data))
        image.load()
    except Exception as error:
        raise InvalidInput(
            f"The {len(data):,} bytes for {path!r} are no image that Pillow reads ({error}). "
            "Give an image file, an array or a Pillow image; log_artifact keeps any other file."
        ) from error
    return _encode_pillow(image, place)


def _encode_pillow(image: Any, place: Placer) -> Encoded:
    path, extension, meta = place(".png", _WRITTEN)
    kind = require("PIL.Image", "media", "Logging an image").registered_extensions()[extension]
    buffer = BytesIO()
    try:
        # A copy, since saving leaves notes on the object and moves the frame of an animation.
        image.copy().save(buffer, format=kind)
    except Exception as error:
        raise InvalidInput(
            f"An image of mode {image.mode} cannot be written as {extension} ({error}). "
            "Name the file .png, or convert it first: image.convert('RGB')."
        ) from error
    size: dict[str, Json] = {"width": image.width, "height": image.height, "mode": image.mode}
    return Encoded(buffer.getvalue(), media_type_of(path), "image", path, {**meta, **size})


def _pixels(image: Any) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415 - heavy, and needed by those only who log arrays

    pixels = as_array(image, "The image")
    if pixels.dtype.kind not in "biuf":
        raise InvalidInput(
            f"The image is a {type(image).__name__} of {pixels.dtype} values. Give an array of "
            f"numbers ({_SHAPES}), a Pillow image, or an image file's path or bytes."
        )
    if pixels.ndim == 3 and _channels_first(pixels.shape, is_tensor(image)):
        pixels = np.moveaxis(pixels, 0, -1)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    if 0 in pixels.shape or not (
        pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in _CHANNELS)
    ):
        raise InvalidInput(f"The image has the shape {pixels.shape}. {_shape_mend(pixels.shape)}")
    return np.ascontiguousarray(_as_bytes(pixels))


def _channels_first(shape: tuple[int, ...], tensor: bool) -> bool:
    # Where both ends could be the channels, a tensor is read as torchvision writes it.
    return tensor and shape[0] in _CHANNELS


def _shape_mend(shape: tuple[int, ...]) -> str:
    if len(shape) == 3 and shape[0] in _CHANNELS:
        return "Put the channels last: numpy.moveaxis(image, 0, -1)."
    if len(shape) == 4:
        return "Log the images of a batch one by one, each with its key and step."
    return f"Give {_SHAPES}."


def _as_bytes(pixels: NDArray[Any]) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype == np.bool_:
        return pixels.astype(np.uint8) * np.uint8(255)
    low, high = pixels.min(), pixels.max()
    if pixels.dtype.kind == "f":
        # Rounded first, so that what is off by less than half a shade still counts as in range.
        shades = np.rint(np.asarray(pixels, dtype=np.float64) * 255.0)
        if not (shades.min() >= 0 and shades.max() <= 255):
            raise InvalidInput(
                f"The image holds floats from {low:.4g} to {high:.4g}, and they mean shades from "
                "0 to 1. Divide by 255 what counts to 255, use numpy.clip(image, 0, 1), or scale "
                "it: (image - image.min()) / (image.max() - image.min())."
            )
        return shades.astype(np.uint8)
    if low < 0 or high > 255:
        raise InvalidInput(
            f"The image holds integers from {low} to {high}, and they mean shades from 0 to 255. "
            "Scale it to floats in 0…1 or to uint8 first."
        )
    return pixels.astype(np.uint8)


def _image_type(data: bytes) -> str | None:
    """Return the extension of the kind of image file that `data` begins like."""
    head = data[:32]
    for start, extension in (
        (b"\x89PNG\r\n\x1a\n", ".png"),
        (b"\xff\xd8\xff", ".jpg"),
        (b"GIF8", ".gif"),
        (b"BM", ".bmp"),
        (b"II*\0", ".tif"),
        (b"MM\0*", ".tif"),
    ):
        if head.startswith(start):
            return extension
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ".webp"
    if head[4:12] == b"ftypavif":
        return ".avif"
    text = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if text.startswith(b"<svg") or (text.startswith((b"<?xml", b"<!--")) and b"<svg" in text):
        return ".svg"
    return None


def _size_of(data: bytes) -> dict[str, Json]:
    """Return what a PNG says of its size; other kinds are shown without it."""
    if not data.startswith(b"\x89PNG") or len(data) < 24:
        return {}
    width, height = (int.from_bytes(data[start : start + 4], "big") for start in (16, 20))
    return {"width": width, "height": height}
