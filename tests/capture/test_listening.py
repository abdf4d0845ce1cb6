"""What others write is heard, and goes its way untouched."""

from __future__ import annotations

import contextlib
import io
import sys

import pytest

from cellbook.capture.listening import listen


def test_listen_hears_what_goes_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
    monkeypatch.setattr(sys, "stdout", stream)
    heard: list[str] = []
    stop = listen(heard.append)
    assert stop is not None
    print("a", 1, end="")
    assert raw.getvalue() == b"a 1"
    assert sys.stdout.write("é\n") == 2
    sys.stdout.writelines(["x", "y"])
    sys.stdout.buffer.write(b"bytes")
    with pytest.raises(TypeError):
        sys.stdout.write(3)  # type: ignore[arg-type]
    with contextlib.redirect_stdout(io.StringIO()):
        print("caught")
    stop()
    print("later", end="")
    assert "".join(heard) == "a 1é\nxy"
    assert raw.getvalue() == "a 1é\nxybyteslater".encode()
    assert sys.stdout is stream
    assert "write" not in vars(stream)


def test_listen_leaves_what_others_wrapped_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    heard: list[str] = []
    stop = listen(heard.append)
    assert stop is not None
    ours = stream.write
    monkeypatch.setattr(stream, "write", lambda text: ours(text.upper()))
    print("a", end="")
    stop()
    print("b", end="")
    assert ("".join(heard), stream.getvalue()) == ("A", "AB")


class Bare:
    __slots__ = ()

    def write(self, text: str) -> None:
        """Write nothing."""


@pytest.mark.parametrize("stream", [None, Bare(), object()])
def test_listen_to_what_cannot_be_heard(monkeypatch: pytest.MonkeyPatch, stream: object) -> None:
    monkeypatch.setattr(sys, "stdout", stream)
    assert listen(print) is None
