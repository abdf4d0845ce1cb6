"""What a cell put out, brought to a size that can be kept."""

from __future__ import annotations

import base64
import binascii
import json
import re
import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

import xxhash

from cellbook.records import Json, as_text, encodable

HEAD = 64 * 1024
TAIL = 192 * 1024
"""Characters that a stream keeps of its beginning and of its end."""

INLINE_CAP = 32 * 1024
"""Characters of a MIME part that stay in the record itself."""

BLOB_CAP = 16 * 1024 * 1024
"""Bytes of a MIME part that are kept by reference."""

METADATA = "application/vnd.cellbook.metadata+json"
"""The part under which a bundle's nbformat metadata travels (the size of an image, say)."""


def human_size(size: int) -> str:
    """Write a number of bytes as ``512 B``, ``12.4 kB``, ``1.2 GB``."""
    if size < 1000:
        return f"{size} B"
    value = float(size)
    for unit in ("kB", "MB", "GB"):
        value /= 1000
        if value < 999.95:
            return f"{value:.1f} {unit}"
    return f"{value / 1000:.1f} TB"


# ── streams ───────────────────────────────────────────────────────────────────────────────────

_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*+[ -/]*+[@-~]?|[\]PX^_][^\x07\x1b]*+(?:\x07|\x1b\\)?|[ -/]*+[0-~])?"
)
_ERASE = re.compile(r"\x1b\[[0-2]?K")
_UP = re.compile(r"\x1b\[(\d{0,4})A")
_ROW_STEPS = re.compile(r"(\n|\x1b\[\d{0,4}A)")
_BACK_TO_START = re.compile("(?<!\b)\b++\r")
"""Each stretch of backspaces is looked at once: from its beginning."""
_ROWS_KEPT_OPEN = 12


def strip_ansi(text: str) -> str:
    """Take terminal colours and other escape sequences out of a text."""
    return _ESCAPES.sub("", text) if "\x1b" in text else text


def collapse(text: str) -> str:
    """Return what a terminal would show in the end.

    A carriage return goes back to the start of its line, a backspace one place; what comes next
    overwrites.  The cursor's way up (nested progress bars) is followed within `text`.  Colours
    stay.
    """
    if "\r" not in text and "\b" not in text and not _goes_up(text):
        return text
    text = text.replace("\r\n", "\n")
    lines = _rows(text)[0] if _goes_up(text) else text.split("\n")
    return "\n".join(map(_line, lines))


def _goes_up(text: str) -> bool:
    # Looking for one character first is some ten times as fast as the pattern.
    return "\x1b" in text and bool(_UP.search(text))


def _rows(text: str) -> tuple[list[str], int]:
    """Return the rows that were written to, and the one where the cursor is left."""
    rows: list[list[str]] = [[]]
    row = 0
    for step in _ROW_STEPS.split(text):
        up = _UP.fullmatch(step)
        if up:
            row = max(0, row - int(up[1] or 1))
        elif step == "\n":
            row += 1
            if row == len(rows):
                rows.append([])
            else:
                rows[row].append("\r")
        else:
            rows[row].append(step)
    return ["".join(parts) for parts in rows], row


def _line(line: str) -> str:
    """Return one line as it stands after its carriage returns and backspaces."""
    if "\r" not in line and "\b" not in line:
        return line
    if "\b" in line:
        line = _BACK_TO_START.sub("\r", line)
    if "\b" in line:
        return _typed(line)
    segments = line.split("\r")
    if "\x1b" in line:
        # Colours take no room on the screen: lengths do not tell what is overwritten.
        last = next((segment for segment in reversed(segments) if segment), "")
        return _ERASE.sub("", last)
    parts: list[str] = []
    covered = 0
    for segment in reversed(segments):
        if len(segment) > covered:
            parts.append(segment[covered:])
            covered = len(segment)
    return "".join(parts).rstrip(" ")


def _typed(line: str) -> str:
    cells: list[str] = []
    place = 0
    for character in line:
        if character == "\r":
            place = 0
        elif character == "\b":
            place = max(0, place - 1)
        else:
            cells[place : place + 1] = character
            place += 1
    return "".join(cells).rstrip(" ")


def trim_stream(text: str, cap: int = HEAD + TAIL) -> str:
    """Return a stream's text as a terminal shows it, with the middle left out if it is long.

    Parameters
    ----------
    cap
        Characters kept: a quarter at the beginning, the rest at the end.
    """
    buffer = StreamBuffer(head=cap // 4, tail=cap - cap // 4)
    buffer.write(text)
    return buffer.text()[0]


class StreamBuffer:
    """Takes what a stream writes, in bounded memory: its beginning and its end.

    Any thread may write, without a lock: a write appends to a deque, and the thread that finds it
    long enough tidies up.  Progress bars take the room of their last state only.

    Parameters
    ----------
    head, tail
        Characters kept of the beginning and of the end.
    """

    def __init__(self, *, head: int = HEAD, tail: int = TAIL) -> None:
        self._head_limit = head
        self._tail_limit = tail
        self._patience = min(HEAD, head + tail)
        self._flood = 4 * (head + tail)
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._pending: deque[str] = deque()
        self._waiting = 0
        self._head: list[str] = []
        self._head_size = 0
        self._tail: deque[str] = deque()
        self._tail_size = 0
        self._open = ""
        self._dropped = 0
        self._whole = xxhash.xxh3_128()

    def __bool__(self) -> bool:
        return bool(self._pending or self._head or self._tail or self._open)

    def write(self, text: str) -> None:
        """Take text; about 0.2 µs."""
        if len(text) > self._flood and self._skim(text):
            return
        self._pending.append(text)
        # Threads may lose a count here: then the tidying comes a little later.
        self._waiting += len(text) + 1
        if self._waiting > self._patience and self._lock.acquire(blocking=False):
            try:
                self._tidy()
            finally:
                self._lock.release()

    def text(self) -> tuple[str, str]:
        """Return what is kept, and a note on what is not; the note is empty if all is there."""
        with self._lock:
            self._tidy()
            head = "".join(self._head)
            tail = "".join(self._tail) + collapse(self._open)
            dropped = self._dropped
        room = self._tail_limit + self._head_limit - len(head)
        if not dropped and len(tail) <= room:
            return encodable(head + tail), ""
        cut = max(0, len(tail) - self._tail_limit)
        dropped += _size(tail[:cut])
        head, tail = head, tail[cut:]
        # Whole lines read better, where one ends nearby.
        end = head.rfind("\n", len(head) * 3 // 4) + 1 or len(head)
        start = tail.find("\n", 0, len(tail) // 4) + 1
        dropped += _size(head[end:]) + _size(tail[:start])
        note = f"{human_size(dropped)} left out"
        between = "" if head[:end].endswith("\n") or not end else "\n"
        return encodable(f"{head[:end]}{between}… {note} …\n{tail[start:]}"), note

    def digest(self) -> str:
        """Return a digest of all that was written, the middle that is left out among it.

        It is of what a terminal would show in the end; only of a great piece that is written at
        once the middle counts as it was written.
        """
        with self._lock:
            self._tidy()
            whole = self._whole.copy()
            whole.update(_bytes(collapse(self._open)))
        return whole.hexdigest()

    def _skim(self, text: str) -> bool:
        """Take the two ends of a great piece of plain text, without looking at its middle."""
        first, last = text[: self._head_limit], text[len(text) - self._tail_limit :]
        if not text.isascii() or any(mark in end for mark in "\r\b\x1b" for end in (first, last)):
            return False
        with self._lock:
            self._pending.append(first)
            self._tidy()
            self._keep(collapse(self._open))
            self._open = ""
            middle = text[len(first) : len(text) - len(last)]
            self._whole.update(middle.encode())
            self._dropped += len(middle)
            self._pending.append(last)
            self._tidy()
        return True

    def _tidy(self) -> None:
        chunks = [self._open]
        while self._pending:
            chunks.append(self._pending.popleft())
        self._waiting = 0
        text = "".join(chunks)
        if _goes_up(text):
            # The cursor may yet go back up to the last rows.
            rows, row = _rows(text)
            done = max(0, min(row, len(rows) - _ROWS_KEPT_OPEN))
            self._keep("".join(_line(line) + "\n" for line in rows[:done]))
            self._open = _unfinished(rows[done:], row - done)
        else:
            end = text.rfind("\n") + 1
            self._keep(collapse(text[:end]))
            self._open = _unfinished([text[end:]], 0)
        if len(self._open) > HEAD:
            self._keep(collapse(self._open))
            self._open = ""

    def _keep(self, text: str) -> None:
        self._whole.update(_bytes(text))
        room = self._head_limit - self._head_size
        if room > 0 and text:
            self._head.append(text[:room])
            self._head_size += len(self._head[-1])
            text = text[room:]
        cut = len(text) - self._tail_limit
        if cut > 0:
            self._dropped += sum(map(_size, self._tail)) + _size(text[:cut])
            self._tail.clear()
            self._tail_size = 0
            text = text[cut:]
        if text:
            self._tail.append(text)
            self._tail_size += len(text)
        while self._tail and self._tail_size - len(self._tail[0]) >= self._tail_limit:
            gone = self._tail.popleft()
            self._tail_size -= len(gone)
            self._dropped += _size(gone)


def _unfinished(rows: list[str], row: int) -> str:
    """Return rows without their former states, so that writing can go on at `row`."""
    lines = [_line(line) for line in rows]
    last = rows[-1].rpartition("\r")[2]
    if "\r" in rows[-1] and lines[-1] != last:
        lines[-1] += f"\r{last}"
    elif "\r" not in rows[-1]:
        lines[-1] = rows[-1]
    up = len(rows) - 1 - row
    return "\n".join(lines) + (f"\x1b[{up}A" if up else "")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(_bytes(text))


# ── rich outputs ──────────────────────────────────────────────────────────────────────────────


def split_bundle(
    data: Mapping[str, Any],
    metadata: Mapping[str, Any] | None = None,
    *,
    inline_cap: int = INLINE_CAP,
    blob_cap: int = BLOB_CAP,
) -> tuple[dict[str, Json], dict[str, bytes], str]:
    """Decide which parts of a rich output stay in the record and which go by reference.

    Parameters
    ----------
    data, metadata
        A bundle as nbformat and the kernel's messages have it: MIME type to content.
    inline_cap
        Longest part that stays, in characters (JSON and base64 as written).
    blob_cap
        Largest part that is kept at all, in bytes.

    Returns
    -------
    inline, to_store, note
        Parts for the record, parts for the blob store, and what was left out and why.
        :func:`join_bundle` puts them together again.
    """
    inline: dict[str, Json] = {}
    to_store: dict[str, bytes] = {}
    notes: list[str] = []
    for mime, content in data.items():
        try:
            if not isinstance(mime, str):
                raise TypeError("its type is no text")
            value, written, raw = _encode(mime, content)
        except Exception as error:  # The content is the user's, and so is what it raises.
            notes.append(f"{as_text(mime)} left out: {as_text(error)}")
            continue
        if written <= inline_cap:
            inline[mime] = value
        elif len(raw) > blob_cap:
            size, cap = human_size(len(raw)), human_size(blob_cap)
            notes.append(f"{mime} left out: {size}, more than {cap}")
        elif mime in ("application/javascript", "text/javascript"):
            # Libraries that load themselves into the page: no result of the cell's.
            notes.append(f"{mime} left out: {human_size(len(raw))} of program")
        else:
            to_store[mime] = raw
    if metadata:
        try:
            value, written, _ = _encode(METADATA, metadata)
            if written <= inline_cap:
                inline[METADATA] = value
        except Exception as error:
            notes.append(f"metadata left out: {as_text(error)}")
    return inline, to_store, "; ".join(notes)


def join_bundle(
    inline: Mapping[str, Any], blobs: Mapping[str, bytes]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return nbformat's data and metadata: the inverse of :func:`split_bundle`."""
    data = dict(inline)
    metadata = data.pop(METADATA, {})
    for mime, raw in blobs.items():
        if _is_json(mime):
            data[mime] = json.loads(raw)
        elif _is_binary(mime):
            data[mime] = base64.b64encode(raw).decode("ascii")
        else:
            data[mime] = raw.decode()
    return data, metadata


def _is_json(mime: str) -> bool:
    return mime == "application/json" or mime.endswith("+json")


def _is_binary(mime: str) -> bool:
    """Say whether nbformat has this type in base64."""
    if mime.endswith(("+xml", "+json")):
        return False
    return mime.startswith(("image/", "audio/", "video/", "font/")) or mime in (
        "application/pdf",
        "application/octet-stream",
        "application/zip",
    )


def _encode(mime: str, content: Any) -> tuple[Json, int, bytes]:
    """Return a part for the record, its length there, and its bytes for the blob store."""
    if _is_json(mime):
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        text = encodable(text, "replace")
        return json.loads(text), len(text), text.encode()
    if isinstance(content, (list, tuple)):
        content = "".join(content)
    if isinstance(content, (bytes, bytearray, memoryview)):
        raw = bytes(content)
        if _is_binary(mime):
            text = base64.b64encode(raw).decode("ascii")
            return text, len(text), raw
        content = raw.decode("utf-8", "replace")
    text = encodable(content if isinstance(content, str) else str(content))
    if not _is_binary(mime):
        return text, len(text), text.encode()
    text = "".join(text.split())
    try:
        return text, len(text), base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"not base64 ({error})") from None
