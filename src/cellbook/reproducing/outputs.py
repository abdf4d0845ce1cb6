"""What two executions of a cell put out, compared part by part."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import zip_longest
from typing import Any

from cellbook.capture import join_bundle
from cellbook.errors import CellbookError
from cellbook.records import CellExecution, Difference, Output
from cellbook.reproducing.moments import Moments
from cellbook.reproducing.pictures import look, without_ids
from cellbook.store.blobs import Blobs
from cellbook.views.formatting import shorten

_ADDRESS = re.compile(r"(\bat )0x[0-9a-fA-F]{6,16}\b")
_COMPILED = re.compile(r"[^\s'\"]*[/\\]ipykernel_\d+[/\\]")
"""The folder that a kernel pretends cells to lie in: by the number of its process."""
_PACKAGES = re.compile(r"[^\s'\"]*[/\\](?=site-packages[/\\])")
"""Where packages lie: an environment that was made for it lies elsewhere."""
_TEMPORARY = re.compile(r"\btmp[a-z0-9_]{8}\b")
"""Names that :mod:`tempfile` draws."""
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_WARNING = re.compile(r"^(?:\S+:\d+: )?CellbookWarning: .*\n(?:  .*\n)?", re.MULTILINE)
"""A warning of Cellbook's, with the line of code that Python may show below it."""
_PASSED = re.compile(
    r"application/vnd\.(?:cellbook|jupyter\.widget|bokehjs|holoviews)|(?:application|text)/javascript"
)
"""What is to draw, and does not show: programs, and names of objects in the page."""
_LARGEST = 2**22
"""Characters of a text that is compared otherwise than whole."""


class Match(Enum):
    """How two texts compare."""

    SAME = "same"
    TIMES = "times"
    """But for times, durations and ids."""
    WITHIN = "within"
    """But for numbers within the tolerance."""
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Texts:
    """Compares texts of a run with those of another.

    Parameters
    ----------
    was, now
        When the cells of the one and the other ran.
    tolerance
        The relative difference of numbers that is let pass; None lets nothing pass.
    """

    was: Moments
    now: Moments
    tolerance: float | None = None

    def match(self, one: str, other: str) -> Match:
        """Return how a text of the former run and one of the later compare."""
        one, other = plain(one), plain(other)
        if one == other:
            return Match.SAME
        if max(len(one), len(other)) > _LARGEST:
            return Match.DIFFERS
        one, other = self.was.masked(one), self.now.masked(other)
        if one == other:
            return Match.TIMES
        if self.tolerance is not None and close(one, other, self.tolerance):
            return Match.WITHIN
        return Match.DIFFERS

    def difference(self, what: str, name: str, one: str, other: str) -> Difference | None:
        """Return how two texts differ; None if they do not."""
        found = self.match(one, other)
        if found is Match.SAME:
            return None
        first, second = plain(one), plain(other)
        if found is not Match.TIMES and max(len(first), len(second)) <= _LARGEST:
            was, now = self._first(first, second)
        else:
            was, now = first_difference(first, second)
        if found is Match.TIMES:
            return Difference("time", name, was, now, within=True)
        return Difference(what, name, was, now, found is Match.WITHIN)

    def _first(self, one: str, other: str) -> tuple[str, str]:
        """Return the first lines that differ by more than times."""
        for was, now in zip(one.splitlines(), other.splitlines(), strict=False):
            if self.was.masked(was) != self.now.masked(now):
                return shorten(was, 120), shorten(now, 120)
        return first_difference(one, other)


def plain(text: str) -> str:
    """Return a text without what names things of one process: addresses, kernels, drawn names."""
    text = _COMPILED.sub("ipykernel/", _ADDRESS.sub(r"\g<1>0x…", text))
    return _TEMPORARY.sub("tmp…", _PACKAGES.sub("", text))


def close(one: str, other: str, tolerance: float) -> bool:
    """Whether two texts differ in numbers only, and these within a tolerance."""
    if _NUMBER.sub("#", one) != _NUMBER.sub("#", other):
        return False
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return all(distance(float(was), float(now)) <= tolerance for was, now in pairs)


def distance(one: float, other: float) -> float:
    """Return the relative difference of two numbers; infinity where they are of different kinds."""
    if one == other or (math.isnan(one) and math.isnan(other)):
        return 0.0
    if not (math.isfinite(one) and math.isfinite(other)):
        return math.inf
    return abs(one - other) / max(abs(one), abs(other))


def first_difference(one: str, other: str) -> tuple[str, str]:
    """Return the first lines that differ, else how many there are."""
    was, now = one.splitlines() or [""], other.splitlines() or [""]
    for first, second in zip(was, now, strict=False):
        if first != second:
            return shorten(first, 120), shorten(second, 120)
    return f"{len(was)} lines", f"{len(now)} lines"


class Outputs:
    """Compares what cells put out.

    Parameters
    ----------
    blobs
        Where large outputs are kept.
    texts
        Compares texts.
    """

    def __init__(self, blobs: Blobs, texts: Texts) -> None:
        self._blobs = blobs
        self._texts = texts
        self.passed_over: list[str] = []
        """What was not compared, in sentences."""

    def differences(
        self, one: CellExecution, other: CellExecution, *, asked: bool
    ) -> Iterator[Difference]:
        """Yield how what a cell put out differs, as far as another run must put out the same.

        Parameters
        ----------
        one, other
            Its execution then and now.
        asked
            Whether it asked Cellbook something, which was left out now: then what it printed is not
            compared.
        """
        place = f"cell [{one.order if one.execution_count is None else one.execution_count}]"
        if asked:
            self.passed_over.append(
                f"what {place} printed is not compared: it asked Cellbook, which was left out "
                "this time"
            )
        else:
            for stream in ("stdout", "stderr"):
                texts = getattr(one, stream), getattr(other, stream)
                whole = one.streams.get(stream), other.streams.get(stream)
                yield from self.stream(place, stream, texts, whole)
        found = self._texts.difference("output", place, one.error or "", other.error or "")
        if found:
            yield found
        shown = [[output for output in cell.outputs if not output.own] for cell in (one, other)]
        for was, now in zip_longest(*shown):
            if was is None or now is None:
                if "outputs left out" not in one.note + other.note:
                    count, now_count = (len(each) for each in shown)
                    yield Difference("output", place, f"{count} outputs", f"{now_count} outputs")
                break
            yield from self._output(place, was, now)
        if "outputs left out" in one.note:
            self.passed_over.append(f"of {place} not all outputs are on record, nor compared")

    def stream(
        self,
        place: str,
        stream: str,
        texts: tuple[str, str],
        whole: tuple[str | None, str | None],
    ) -> Iterator[Difference]:
        """Yield how what was written to a stream differs.

        Parameters
        ----------
        place
            What wrote it.
        stream
            The stream's name.
        texts
            What is on record, then and now.
        whole
            Digests of all that was written, where the middle is not on record.
        """
        was, now = (_WARNING.sub("", text) for text in texts)
        found = self._texts.difference("output", place, was, now)
        if found is not None and found.what != "time":
            yield found
            return
        if None not in whole and whole[0] != whole[1]:
            if found is None:
                left_out = f"the middle of {stream}, which is not on record"
                yield Difference("output", place, left_out, "another")
                return
            self.passed_over.append(
                f"the middle of what {place} wrote to {stream} is not on record; it is another, by "
                "times as the rest or otherwise"
            )
        elif None in whole and any(whole):
            self.passed_over.append(f"the middle of what {place} wrote to {stream} is not compared")
        if found is not None:
            yield found

    def _output(self, place: str, one: Output, other: Output) -> Iterator[Difference]:
        try:
            was, now = (self._parts(output) for output in (one, other))
        except CellbookError:
            self.passed_over.append(f"an output of {place} is no longer whole on record")
            return
        times = None
        for mime in dict.fromkeys((*was, *now)):
            if mime not in was or mime not in now:
                if mime in (one.note + other.note):
                    self.passed_over.append(f"{mime} of {place} is not on record, nor compared")
                    continue
                before, later = ("there" if mime in part else "not there" for part in (was, now))
                yield Difference("output", f"{place}, {mime}", before, later)
                return
            found = self._part(place, mime, was[mime], now[mime])
            if found is not None and found.what != "time":
                yield found
                return
            times = times or found
        if times is not None:
            yield times

    def _part(self, place: str, mime: str, was: Any, now: Any) -> Difference | None:
        name = place if mime == "text/plain" else f"{place}, {mime}"
        if isinstance(was, bytes) and isinstance(now, bytes):
            before, later = look(mime, was), look(mime, now)
            if before == later:
                return None
            return Difference("output", name, f"sha256:{before[:12]}", f"sha256:{later[:12]}")
        return self._texts.difference("output", name, str(was), str(now))

    def _parts(self, output: Output) -> dict[str, str | bytes]:
        """Return the parts of an output that show something, by their types, plain text first."""
        blobs = {
            mime: self._blobs.get(digest)
            for mime, digest in output.blobs.items()
            if not _PASSED.match(mime)
        }
        data, _ = join_bundle(output.data, blobs)
        kept = {mime: _told(mime, part) for mime, part in data.items() if not _PASSED.match(mime)}
        return dict(sorted(kept.items(), key=lambda item: item[0] != "text/plain"))


def _told(mime: str, content: Any) -> str | bytes:
    """Return a part of an output as it is compared."""
    if not isinstance(content, str):
        return json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1)
    if mime == "image/svg+xml":
        return content.encode("utf-8", "replace")
    if mime == "text/html":
        return without_ids(content)
    if mime.startswith(("image/", "audio/", "video/")) or mime == "application/pdf":
        try:
            return base64.b64decode(content)
        except ValueError:
            return content
    return content
