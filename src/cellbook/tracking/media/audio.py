"""Sound: samples as WAV, and files that are sound already."""

from __future__ import annotations

import os
import wave
from io import BytesIO
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from cellbook.errors import InvalidInput
from cellbook.records import Json
from cellbook.tracking.media.arrays import as_array
from cellbook.tracking.media.encoded import Encoded, media_type_of, read_file, with_extension

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FILES = (".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aiff", ".aif")
_SAME = {".oga": ".ogg", ".opus": ".ogg", ".aif": ".aiff"}
_FULL = 32_767  # the largest sample of 16 bits


def encode_audio(audio: Any, artifact_file: str, *, sample_rate: int | None = None) -> Encoded:
    """Encode sound: samples as 16-bit WAV; a sound file as it is.

    Parameters
    ----------
    audio
        Samples, floats in −1…1 or int16: one channel as a vector, two as samples × 2 or
        2 × samples; a torch tensor of them; or the path or the bytes of a sound file.
    artifact_file
        Place among the run's artifacts.
    sample_rate
        Samples a second of one channel; needed for samples only.

    Raises
    ------
    InvalidInput
        If it is no sound, the rate is missing, or the path's extension is of another type.
    """
    if isinstance(audio, (str, os.PathLike)):
        ending = PurePath(audio).suffix.lower()
        return _encode_file(read_file(audio, "The sound"), artifact_file, ending)
    if isinstance(audio, (bytes, bytearray, memoryview)):
        return _encode_file(bytes(audio), artifact_file, "")
    path, _ = with_extension(artifact_file, ".wav", (".wav",), "Samples")
    rate = _rate(sample_rate, path)
    samples = _samples(audio)
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    meta = _describe(rate, samples.shape[1], samples.shape[0])
    return Encoded(buffer.getvalue(), media_type_of(path), "audio", path, meta)


def _encode_file(data: bytes, artifact_file: str, ending: str) -> Encoded:
    found = _audio_type(data) or (ending if ending in _FILES else None)
    path, extension = with_extension(artifact_file, found or ".wav", _FILES, "Sound")
    if found is None:
        raise InvalidInput(
            f"The {len(data):,} bytes for {path!r} begin like no sound file that is known. Give "
            "a file (WAV, MP3, FLAC, OGG, M4A, AIFF), or samples as an array with a sample_rate."
        )
    if _SAME.get(extension, extension) != _SAME.get(found, found):
        raise InvalidInput(
            f"The sound for {path!r} is a {found} file, and it is kept as it is. "
            f"End the name in {found}."
        )
    meta = _describe_wav(data) if extension == ".wav" else {}
    return Encoded(data, media_type_of(path), "audio", path, meta)


def _rate(sample_rate: Any, path: str) -> int:
    try:
        rate = int(sample_rate)
        whole = (
            rate == sample_rate and 0 < rate < 2**30
        )  # a WAV counts its bytes a second in 32 bits
    except (TypeError, ValueError, OverflowError):
        rate, whole = 0, False
    if not whole:
        raise InvalidInput(
            f"The sample rate of {path!r} is {sample_rate!r}. "
            "Give the samples a second as a whole number: sample_rate=16000."
        )
    return rate


def _samples(audio: Any) -> NDArray[Any]:
    """Return samples × channels, as int16."""
    import numpy as np  # noqa: PLC0415 - heavy, and needed by those only who log arrays

    samples = as_array(audio, "The sound")
    if samples.ndim == 1:
        samples = samples[:, None]
    if samples.ndim == 2 and samples.shape[1] not in (1, 2) and samples.shape[0] in (1, 2):
        samples = samples.T
    if samples.ndim != 2 or samples.shape[1] not in (1, 2) or samples.size == 0:
        raise InvalidInput(
            f"The sound has the shape {samples.shape}. "
            "Give a vector of samples, or samples × 2 for stereo."
        )
    if samples.dtype == np.int16:
        return samples
    if samples.dtype.kind != "f":
        raise InvalidInput(
            f"The sound is a {type(audio).__name__} of {samples.dtype} values. Give floats from "
            "-1 to 1 or int16, or a sound file's path or bytes."
        )
    levels = np.rint(np.asarray(samples, dtype=np.float64) * _FULL)
    if not (levels.min() >= -_FULL - 1 and levels.max() <= _FULL):
        raise InvalidInput(
            f"The sound holds floats from {samples.min():.4g} to {samples.max():.4g}, and they "
            "mean levels from -1 to 1. Scale it: audio / numpy.abs(audio).max()."
        )
    return levels.astype(np.int16)


def _audio_type(data: bytes) -> str | None:
    """Return the extension of the kind of sound file that `data` begins like."""
    head = data[:16]
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return ".wav"
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return ".aiff"
    if head[4:11] == b"ftypM4A":
        return ".m4a"
    if head[:3] == b"ID3" or head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa"):
        return ".mp3"
    if head[:2] in (b"\xff\xf1", b"\xff\xf9"):
        return ".aac"
    return {b"fLaC": ".flac", b"OggS": ".ogg"}.get(head[:4])


def _describe_wav(data: bytes) -> dict[str, Json]:
    try:
        with wave.open(BytesIO(data), "rb") as file:
            return _describe(file.getframerate(), file.getnchannels(), file.getnframes())
    except (wave.Error, EOFError):
        return {}  # floats or compressed: sound all the same


def _describe(rate: int, channels: int, frames: int) -> dict[str, Json]:
    return {"sample_rate": rate, "channels": channels, "seconds": frames / max(rate, 1)}
