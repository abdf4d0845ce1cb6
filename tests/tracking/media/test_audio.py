from __future__ import annotations

import wave
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from cellbook.errors import InvalidInput
from cellbook.tracking.media import Encoded, encode_audio

MP3 = b"ID3\x04" + bytes(60)
FLAC = b"fLaC" + bytes(60)
OGG = b"OggS" + bytes(60)
M4A = b"\x00\x00\x00\x20ftypM4A " + bytes(50)
AIFF = b"FORM\x00\x00\x00\x00AIFF" + bytes(50)


def samples_of(encoded: Encoded) -> NDArray[np.int16]:
    with wave.open(BytesIO(encoded.data)) as file:
        assert file.getsampwidth() == 2
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return samples.reshape(-1, file.getnchannels())


@given(
    hnp.arrays(
        np.int16,
        st.integers(1, 50).map(lambda n: (n,)) | st.tuples(st.integers(3, 50), st.integers(1, 2)),
    ),
    st.integers(1, 192_000),
)
def test_encode_audio_keeps_every_sample(samples: NDArray[np.int16], rate: int) -> None:
    before = samples.copy()
    encoded = encode_audio(samples, "tone", sample_rate=rate)
    np.testing.assert_array_equal(samples_of(encoded), samples.reshape(len(samples), -1))
    np.testing.assert_array_equal(samples, before)
    assert (encoded.path, encoded.media_type, encoded.kind) == ("tone.wav", "audio/wav", "audio")
    assert encoded.meta == {
        "sample_rate": rate,
        "channels": samples.reshape(len(samples), -1).shape[1],
        "seconds": len(samples) / rate,
    }
    assert encode_audio(samples, "tone", sample_rate=rate) == encoded


@pytest.mark.parametrize("dtype", [np.float32, np.float64, ">f4"])
def test_encode_audio_reads_floats_as_levels(dtype: Any) -> None:
    encoded = encode_audio(np.array([-1, 0, 0.5, 1], dtype=dtype), "a", sample_rate=8000)
    assert samples_of(encoded)[:, 0].tolist() == [-32767, 0, 16384, 32767]


def test_encode_audio_takes_the_lowest_level_of_16_bits() -> None:
    encoded = encode_audio(np.array([-32768 / 32767]), "a", sample_rate=8000)
    assert samples_of(encoded).tolist() == [[-32768]]


def test_encode_audio_takes_channels_first_or_last() -> None:
    stereo = np.random.default_rng(0).uniform(-1, 1, (100, 2))
    last = encode_audio(stereo, "a", sample_rate=8000)
    assert last.meta["channels"] == 2
    assert encode_audio(stereo.T, "a", sample_rate=8000) == last
    assert encode_audio(stereo.tolist(), "a", sample_rate=8000.0) == last  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        (np.array([0.0, 1.5]), r"floats from 0 to 1\.5.*Scale it"),
        (np.array([np.nan]), "floats from nan"),
        (np.array([1, 2]), "int64 values.*Give floats"),
        (np.array([1], dtype=np.uint8), "uint8 values"),
        (np.zeros((4, 3)), r"shape \(4, 3\).*Give a vector"),
        (np.zeros((2, 2, 2)), r"shape \(2, 2, 2\)"),
        (np.zeros(0), r"shape \(0, 1\)"),
        (np.float64(0.5), r"shape \(\)"),
        ([[1.0], [1.0, 2.0]], "does not form one array"),
    ],
)
def test_encode_audio_refuses_with_the_mend(samples: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=f"The sound .*{said}"):
        encode_audio(samples, "a.wav", sample_rate=8000)


@pytest.mark.parametrize("rate", [None, 0, -8000, 0.5, "fast", float("nan"), 2**31])
def test_encode_audio_wants_a_rate(rate: Any) -> None:
    with pytest.raises(InvalidInput, match=r"sample rate of 'a\.wav'.*sample_rate=16000"):
        encode_audio(np.zeros(3), "a", sample_rate=rate)


def test_encode_audio_writes_samples_as_wav_only() -> None:
    with pytest.raises(InvalidInput, match=r"Samples cannot be written as \.mp3"):
        encode_audio(np.zeros(3), "a.mp3", sample_rate=8000)


@pytest.mark.parametrize(
    ("data", "extension", "media_type"),
    [
        (MP3, ".mp3", "audio/mpeg"),
        (b"\xff\xfb" + bytes(60), ".mp3", "audio/mpeg"),
        (b"\xff\xf1" + bytes(60), ".aac", "audio/aac"),
        (FLAC, ".flac", "audio/flac"),
        (OGG, ".ogg", "audio/ogg"),
        (M4A, ".m4a", "audio/mp4"),
        (AIFF, ".aiff", "audio/x-aiff"),
    ],
)
def test_encode_audio_keeps_files_as_they_are(
    data: bytes, extension: str, media_type: str, tmp_path: Path
) -> None:
    (tmp_path / "song").write_bytes(data)
    for audio in (data, bytearray(data), tmp_path / "song", "song"):
        encoded = encode_audio(audio, "kept")
        assert (encoded.data, encoded.path, encoded.meta) == (data, f"kept{extension}", {})
        assert encoded.media_type == media_type


def test_encode_audio_describes_a_wav_file() -> None:
    made = encode_audio(np.zeros(4000), "a", sample_rate=8000)
    kept = encode_audio(made.data, "b.wav")
    assert kept.data == made.data
    assert kept.meta == {"sample_rate": 8000, "channels": 1, "seconds": 0.5}


def test_encode_audio_keeps_a_wav_that_it_cannot_describe() -> None:
    assert encode_audio(b"RIFF\x00\x00\x00\x00WAVEfmt", "a").meta == {}


def test_encode_audio_believes_the_ending_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "stream.aac").write_bytes(b"unusual")
    assert encode_audio(tmp_path / "stream.aac", "a").path == "a.aac"


@pytest.mark.parametrize("name", ["a.ogg", "a.oga", "a.opus"])
def test_encode_audio_knows_the_endings_of_ogg(name: str) -> None:
    assert encode_audio(OGG, name).path == name


def test_encode_audio_refuses_another_ending() -> None:
    with pytest.raises(InvalidInput, match=r"is a \.flac file.*End the name in \.flac"):
        encode_audio(FLAC, "a.wav")


def test_encode_audio_refuses_other_bytes() -> None:
    with pytest.raises(InvalidInput, match=r"8 bytes for 'a\.wav' begin like no sound.*Give"):
        encode_audio(b"no sound", "a")
