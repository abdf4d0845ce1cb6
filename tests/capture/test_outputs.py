from __future__ import annotations

import base64
import io
import json
import os
import random
import sys
import threading
import time
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tqdm import tqdm

from cellbook.capture.outputs import (
    METADATA,
    StreamBuffer,
    collapse,
    human_size,
    join_bundle,
    split_bundle,
    strip_ansi,
    trim_stream,
)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12_400_000, "12.4 MB"),
        (999_960, "1.0 MB"),
        (3_200_000_000, "3.2 GB"),
        (5 * 10**12, "5.0 TB"),
    ],
)
def test_human_size(size: int, expected: str) -> None:
    assert human_size(size) == expected


def test_strip_ansi() -> None:
    assert strip_ansi("\x1b[0;31mValueError\x1b[0m: x") == "ValueError: x"
    assert strip_ansi("\x1b]8;;https://a\x07link\x1b]8;;\x07") == "link"
    assert strip_ansi("\x1b]0;title\x1b\\text\x1b(B\x1b[?25l\x1b[38;5;1mred") == "textred"
    assert strip_ansi("plain [31m") == "plain [31m"
    assert strip_ansi("cut off \x1b[3") == "cut off "


@pytest.mark.parametrize("piece", ["\x1b[", "\x1b]", "\x1b", "\x1b[0;", "\x1b]a", "\x1bP\x1b["])
def test_strip_ansi_is_linear(piece: str) -> None:
    start = time.perf_counter()
    strip_ansi(piece * 100_000 + "0" * 100_000)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10%\r20%\r30%\n", "30%\n"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("abcdef\rxy", "xycdef"),
        ("abc\r", "abc"),
        ("bar 100%\r        \r", ""),
        ("abc\b\bX", "aXc"),
        ("\b\bab", "ab"),
        ("1/9 [=>..]\b\b\b\b\b\b\b\b\b\b\r9/9 [====]\n", "9/9 [====]\n"),
        ("\x1b[32m50%\x1b[0m\r\x1b[32m100%\x1b[0m", "\x1b[32m100%\x1b[0m"),
        ("installing\r\x1b[2Kdone\n", "done\n"),
        ("outer 0\ninner 1\x1b[A\router 1\ninner 2\x1b[A\router 2\n\n", "outer 2\ninner 2\n"),
        ("a\n\x1b[99A\rb", "b\n"),
        ("plain \x1b[31mred\x1b[0m", "plain \x1b[31mred\x1b[0m"),
    ],
)
def test_collapse(text: str, expected: str) -> None:
    assert collapse(text) == expected


class Recorded(io.StringIO):
    """A stream that hands what is written to a buffer as well."""

    def __init__(self, buffer: StreamBuffer) -> None:
        super().__init__()
        self.buffer = buffer

    def write(self, text: str) -> int:
        self.buffer.write(text)
        return super().write(text)


def test_collapse_real_progress_bars() -> None:
    buffer = StreamBuffer()
    out = Recorded(buffer)
    print("before", file=out)
    bar = {"file": out, "ascii": True, "mininterval": 0, "miniters": 1}
    for _ in tqdm(range(20), desc="outer", position=0, **bar):
        for _ in tqdm(range(200), desc="inner", position=1, leave=False, **bar):
            pass
    print("after", file=out)
    whole = out.getvalue()
    assert len(whole) > 2 * 64 * 1024
    assert buffer.text() == (collapse(whole), "")
    first, outer, last = collapse(whole).splitlines()
    assert (first, last) == ("before", "after")
    assert outer.startswith("outer: 100%|##########| 20/20 [")


class Screen:
    """A terminal of endless width, one character at a time."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = [[]]
        self.touched: set[int] = set()
        self.column = 0

    def put(self, text: str) -> str:
        for character in text:
            row = len(self.rows) - 1
            if character == "\n":
                self.rows.append([])
                self.column = 0
            elif character == "\r":
                self.column = 0
                self.touched.add(row)
            elif character == "\b":
                self.column = max(0, self.column - 1)
                self.touched.add(row)
            else:
                self.rows[row][self.column : self.column + 1] = character
                self.column += 1
        lines = ["".join(row) for row in self.rows]
        return "\n".join(
            line.rstrip(" ") if row in self.touched else line for row, line in enumerate(lines)
        )


typed = st.lists(st.sampled_from(["a", "bc", "d ", "\r", "\n", "\b", "\b\b\r", "  "])).map("".join)


@given(typed)
def test_collapse_does_as_a_terminal_does(text: str) -> None:
    text = text.replace("\r\n", "\n")
    assert collapse(text) == Screen().put(text)


@given(st.lists(typed.map(lambda text: text.replace(" ", "_")), max_size=30))
def test_stream_buffer_does_as_a_terminal_does(writes: list[str]) -> None:
    """However the text comes in, and however often it is tidied up in between."""
    buffer = StreamBuffer(head=20, tail=20)
    for text in writes:
        buffer.write(text)
    whole = "".join(writes)
    expected = collapse(whole)
    if len(expected) <= 40:
        assert buffer.text() == (expected, "")
    else:
        kept, note = buffer.text()
        assert note.endswith("left out")
        assert kept.startswith(expected[:15])
        assert kept.endswith(expected[-15:])
        assert len(kept) <= 40 + len(note) + 6


@given(st.text(st.characters(codec="utf-8"), max_size=300), st.integers(8, 100))
def test_trim_stream_tells_what_is_gone(text: str, cap: int) -> None:
    text = text.replace("\r", "").replace("\b", "").replace("\x1b", "")
    kept = trim_stream(text, cap)
    if len(text) <= cap:
        assert kept == text
    else:
        assert len(kept) <= cap + 40
        head, _, rest = kept.partition("… ")
        note, _, tail = rest.partition(" left out …\n")
        head = head if text.startswith(head) else head.removesuffix("\n")
        assert text.startswith(head)
        assert text.endswith(tail)
        gone = text[len(head) : len(text) - len(tail)]
        assert note == human_size(len(gone.encode()))


def test_trim_stream_prefers_whole_lines() -> None:
    text = "".join(f"line {number}\n" for number in range(1_000))
    kept = trim_stream(text, 400).splitlines()
    middle = next(number for number, line in enumerate(kept) if line.startswith("…"))
    assert kept[middle] == "… 8.5 kB left out …"
    assert all(line.startswith("line ") for line in kept[:middle] + kept[middle + 1 :])


def test_stream_buffer_is_bounded() -> None:
    buffer = StreamBuffer()
    for number in range(60_000):
        buffer.write(f"step {number:9} of a long run that prints a line each time it does\n")
    held = sum(sys.getsizeof(part) for part in [*buffer._head, *buffer._tail, *buffer._pending])
    assert held < 600_000
    text, note = buffer.text()
    assert len(text) <= 256 * 1024 + 40
    assert text.startswith("step         0 of")
    assert text.rstrip().split("\n")[-1].startswith("step     59999 of")
    assert note == "3.7 MB left out"


def test_stream_buffer_bar_takes_the_room_of_one_line() -> None:
    buffer = StreamBuffer()
    buffer.write("start\n")
    for number in range(50_000):
        buffer.write(f"\r{number / 500:5.1f} %|{'█' * (number // 2_500):20}| {number}/50000")
    buffer.write("\nend\n")
    text, note = buffer.text()
    assert text == f"start\n100.0 %|{'█' * 19} | 49999/50000\nend\n"
    assert not note


def test_stream_buffer_takes_one_huge_write() -> None:
    buffer = StreamBuffer(head=100, tail=300)
    buffer.write("x" * 3_000_000)
    text, note = buffer.text()
    assert note == "3.0 MB left out"
    assert text == "x" * 100 + "\n… 3.0 MB left out …\n" + "x" * 300


@given(st.lists(typed, max_size=30), st.sampled_from("ab"))
def test_digest_is_of_all_that_was_written(writes: list[str], last: str) -> None:
    """However it was written, and whatever of it is kept."""
    whole = "".join(writes)
    # What is long and comes at once is not looked into.
    assume(len(whole) <= 40 or not any(mark in whole for mark in "\r\b\x1b"))
    digests = set()
    for parts in (writes, [whole]):
        buffer = StreamBuffer(head=5, tail=5)
        for part in (*parts, f"\n{last}"):
            buffer.write(part)
        digests.add(buffer.digest())
    assert len(digests) == 1
    buffer.write(f"\n{last}")
    assert buffer.digest() not in digests


def test_digest_knows_the_middle_of_one_huge_write() -> None:
    digests = set()
    for middle in "xy":
        buffer = StreamBuffer(head=100, tail=300)
        buffer.write("x" * 2_000_000 + middle + "x" * 2_000_000)
        digests.add(buffer.digest())
        assert buffer.text()[0].startswith("x" * 100)
    assert len(digests) == 2


def test_stream_buffer_text_can_be_asked_for_again() -> None:
    buffer = StreamBuffer()
    assert not buffer
    buffer.write("a\r")
    assert buffer
    assert buffer.text() == ("a", "")
    buffer.write("b\n")
    assert buffer.text() == buffer.text() == ("b\n", "")
    buffer.clear()
    assert buffer.text() == ("", "")
    assert not buffer


def test_stream_buffer_makes_text_storable() -> None:
    buffer = StreamBuffer()
    buffer.write(os.fsdecode(b"caf\xe9\n"))
    assert buffer.text() == ("caf\\udce9\n", "")


def test_stream_buffer_loses_nothing_between_threads() -> None:
    buffer = StreamBuffer(head=10_000_000, tail=10_000_000)
    words = 4_000

    def write(name: str) -> None:
        for number in range(words):
            buffer.write(f"{name}{number}\n")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = buffer.text()[0].split()
    assert sorted(lines) == sorted(f"{name}{number}" for name in "abcd" for number in range(words))


PNG = base64.b64encode(random.Random(0).randbytes(60_000)).decode()


def test_split_bundle_keeps_small_parts() -> None:
    data = {"text/plain": "x", "text/html": ["<b>", "x</b>"], "image/png": "iVBORw0KGgo=\n"}
    inline, to_store, note = split_bundle(data, {})
    assert inline == {"text/plain": "x", "text/html": "<b>x</b>", "image/png": "iVBORw0KGgo="}
    assert to_store == {}
    assert note == ""


def test_split_bundle_stores_large_parts() -> None:
    chart = {"data": [{"y": list(range(20_000))}]}
    inline, to_store, note = split_bundle(
        {"text/plain": "x", "image/png": PNG, "application/vnd.plotly.v1+json": chart}
    )
    assert inline == {"text/plain": "x"}
    assert to_store["image/png"] == base64.b64decode(PNG)
    assert json.loads(to_store["application/vnd.plotly.v1+json"]) == chart
    assert not note


def test_split_bundle_leaves_out_what_is_too_large() -> None:
    inline, to_store, note = split_bundle(
        {"text/html": "x" * 2_000_000, "application/javascript": "y" * 40_000, "text/plain": "x"},
        blob_cap=1_000_000,
    )
    assert inline == {"text/plain": "x"}
    assert to_store == {}
    assert note == (
        "text/html left out: 2.0 MB, more than 1.0 MB; "
        "application/javascript left out: 40.0 kB of program"
    )


def test_split_bundle_takes_odd_content() -> None:
    circle: list[Any] = []
    circle.append(circle)
    inline, _, note = split_bundle(
        {
            "image/png": b"\x89PNG",
            "image/jpeg": "not base64!",
            "application/json": circle,
            "application/x+json": {1: float("inf"), "s": "\ud800"},
            "text/plain": 42,
            "text/html": b"caf\xc3\xa9",
            "text/latex": "\ud800",
            "image/svg+xml": "<svg/>",
        }
    )
    assert inline == {
        "image/png": "iVBORw==",
        "application/x+json": {"1": float("inf"), "s": "?"},
        "text/plain": "42",
        "text/html": "café",
        "text/latex": "\\ud800",
        "image/svg+xml": "<svg/>",
    }
    assert note.startswith("image/jpeg left out: not base64 (")
    assert "application/json left out: Circular reference" in note


def test_split_bundle_takes_a_copy() -> None:
    chart: dict[str, Any] = {"y": [1]}
    inline, _, _ = split_bundle({"application/json": chart})
    chart["y"].append(2)
    assert inline == {"application/json": {"y": [1]}}


def test_join_bundle_brings_metadata_back() -> None:
    metadata = {"image/png": {"width": 320, "height": 200}}
    inline, to_store, note = split_bundle({"image/png": PNG}, metadata)
    assert inline == {METADATA: metadata}
    assert join_bundle(inline, to_store) == ({"image/png": PNG}, metadata)
    assert not note
    assert split_bundle({}, {"x": object()})[2].startswith("metadata left out: ")


words = st.text(st.characters(codec="utf-8"), max_size=60)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=8,
)
parts = st.fixed_dictionaries(
    {},
    optional={
        "text/plain": words,
        "text/html": words,
        "image/svg+xml": words,
        "text/latex": words,
        "application/json": values,
        "application/vnd.vega.v5+json": values,
        "application/vnd.jupyter.widget-view+json": values,
        "image/png": st.binary(max_size=60).map(lambda raw: base64.b64encode(raw).decode()),
        "application/pdf": st.binary(max_size=60).map(lambda raw: base64.b64encode(raw).decode()),
    },
)


@given(parts, st.dictionaries(words, values, max_size=2), st.integers(0, 80))
def test_join_bundle_is_the_inverse(
    data: dict[str, Any], metadata: dict[str, Any], cap: int
) -> None:
    inline, to_store, note = split_bundle(data, metadata, inline_cap=cap)
    assert not note
    joined, described = join_bundle(inline, to_store)
    assert joined == data
    assert described == (metadata if METADATA in inline else {})
    json.dumps(inline)


def test_stream_buffer_keeps_both_ends_of_great_pieces() -> None:
    buffer = StreamBuffer(head=100, tail=300)
    written = ["begin\n", "".join(f"{n}\n" for n in range(2_000)), "x" * 5_000, "\nthe end\n"]
    for piece in written:
        buffer.write(piece)
    text, note = buffer.text()
    head, _, tail = text.partition(f"… {note} …\n")
    assert "".join(written).startswith(head)
    assert head.startswith("begin\n0\n1\n")
    assert "".join(written).endswith(tail)
    assert tail.endswith("x\nthe end\n")
    left_out = len("".join(written)) - len(head) - len(tail)
    assert note == f"{human_size(left_out)} left out"


@pytest.mark.alone
@pytest.mark.parametrize("text", ["\b" * 400_000, "a\b" * 400_000, "\b" * 400_000 + "\rx"])
def test_collapse_is_linear_in_backspaces(text: str) -> None:
    def seconds(text: str) -> float:
        start = time.perf_counter()
        collapse(text)
        return time.perf_counter() - start

    seconds(text[: len(text) // 16])
    small = min(seconds(text[: len(text) // 8]) for _ in range(3))
    # Eight times the text; were it quadratic, it would take 64 times as long.
    assert min(seconds(text) for _ in range(3)) < 30 * small + 0.02


class Unspeakable(dict):  # type: ignore[type-arg]
    def __str__(self) -> str:
        raise OSError("no words")


@pytest.mark.parametrize(
    ("data", "left"),
    [
        ({"text/plain": "x", 3: "y"}, "3 left out: its type is no text"),
        ({"text/plain": "x", "text/html": Unspeakable()}, "text/html left out: no words"),
    ],
)
def test_a_part_that_cannot_be_kept_leaves_the_others(data: dict[Any, Any], left: str) -> None:
    assert split_bundle(data) == ({"text/plain": "x"}, {}, left)
