"""What a file shows, without what its writer says of itself: names, versions and dates."""

from __future__ import annotations

import hashlib
import re
import struct
import zlib

_PNG = b"\x89PNG\r\n\x1a\n"
_TOLD = frozenset({b"tEXt", b"zTXt", b"iTXt", b"tIME", b"eXIf"})
"""Parts of a PNG that tell of it, and show nothing."""
_MOST = 2**28
"""Bytes that the points of a picture may take."""
_PDF = re.compile(
    rb"/(?:CreationDate|ModDate|Producer|Creator) ?\([^)]*\)\s*"
    rb"|\nxref\n[\d nf\r\n]*|\bstartxref\s+\d+"
)
"""What a PDF says of its writer, and where in it the rest lies."""
_SVG_TOLD = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)
_ID = re.compile(r"""\bid\s*=\s*(?:"([^"]+)"|'([^']+)')""")
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_SHORTEST_ID = 5


def look(mime: str, content: bytes) -> str:
    """Return a digest that two files share which show the same.

    A PNG is the same with another compression and other texts about it (Matplotlib writes its
    version), an SVG with other ids and dates, a PDF with other dates.  All else is its bytes.
    """
    if mime == "image/png" and (found := _png(content)) is not None:
        return found
    if mime == "image/svg+xml":
        text = content.decode("utf-8", "replace")
        content = without_ids(_SVG_TOLD.sub("", text)).encode("utf-8", "replace")
    if mime == "application/pdf":
        content = _PDF.sub(b"", content)
    return hashlib.sha256(content).hexdigest()


def _png(content: bytes) -> str | None:
    """Return a digest of what a PNG shows; None where it is none that can be read."""
    if not content.startswith(_PNG):
        return None
    shown = hashlib.sha256()
    points = zlib.decompressobj()
    place, size = len(_PNG), 0
    try:
        while place < len(content):
            (length,) = struct.unpack_from(">I", content, place)
            kind = content[place + 4 : place + 8]
            data = content[place + 8 : place + 8 + length]
            place += 12 + length
            if kind == b"IDAT":
                while data:
                    part = points.decompress(data, 2**20)
                    data = points.unconsumed_tail
                    size += len(part)
                    if size > _MOST:
                        return None
                    shown.update(part)
            elif kind not in _TOLD:
                shown.update(kind + data)
    except (struct.error, zlib.error):
        return None
    return shown.hexdigest() if points.eof else None


def without_ids(page: str) -> str:
    """Return HTML or SVG with its ids, which are drawn or counted each time, numbered as they come.

    Only what is as long as a word with a digit in it is taken for one, wherever it stands as a
    whole.
    """
    names: dict[str, str] = {}
    for found in _ID.finditer(page):
        name = found[1] or found[2]
        if len(name) >= _SHORTEST_ID and not name.isdecimal() and re.search(r"\d", name):
            names.setdefault(name, f"id:{len(names)}")
    for found in _UUID.finditer(page):
        names.setdefault(found[0], f"id:{len(names)}")
    if not names:
        return page
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    whole = re.compile(rf"(?<![\w-])(?:{either})(?![\w-])")
    return whole.sub(lambda found: names[found[0]], page)
