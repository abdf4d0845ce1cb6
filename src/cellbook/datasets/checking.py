"""Whether data is still what was tracked, byte for byte: nothing that was known is relied on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cellbook.datasets.digests import digest_place
from cellbook.datasets.digests.folders import digest_glob, finds_any
from cellbook.datasets.kept import kept_of, read_chunks
from cellbook.datasets.listings import Entry, unpack
from cellbook.datasets.naming import fixed_part
from cellbook.errors import CellbookError
from cellbook.records import DatasetVersion
from cellbook.store import Store

LOCAL = ("file", "folder", "glob")
_NAMED = 3
"""Files of a folder that are named one by one."""


def check(
    store: Store, versions: Iterable[DatasetVersion], home: Path
) -> Iterator[tuple[str, str, bool]]:
    """Yield place, problem and whether it is harmless, of all that is not as it was tracked.

    What was written or replaced since, as its time says, is no damage.  At each place the version
    counts that was tracked there last; places that only another machine has do not.  `home` is the
    folder that places are relative to.
    """
    latest: dict[str, DatasetVersion] = {}
    for one in versions:
        if one.content:
            yield from _check_kept(store, one)
        if one.kind in LOCAL and one.source and _may_lie_here(one):
            known = latest.get(one.source)
            if known is None or known.tracked <= one.tracked:
                latest[one.source] = one
    for one in latest.values():
        yield from _check_place(store, one, home / one.source)


def _may_lie_here(version: DatasetVersion) -> bool:
    """Whether a place is one of this machine's: of what came with a run from elsewhere, and was
    never tracked here, that is only what lies below the book's folder."""
    source = version.source.replace("\\", "/")
    is_odd = source.startswith("/") or ".." in source.split("/") or source[1:2] == ":"
    return bool(version.tracked) or not is_odd


def _check_kept(store: Store, version: DatasetVersion) -> Iterator[tuple[str, str, bool]]:
    try:
        for _ in read_chunks(store, kept_of(store, version.content)):
            pass
    except CellbookError as error:
        yield f"data:{version.label}", f"what is kept of it cannot be read: {error}", False


def _check_place(
    store: Store, version: DatasetVersion, place: Path
) -> Iterator[tuple[str, str, bool]]:
    what = f"data:{version.label}"
    try:
        if not (finds_any(str(place)) if version.kind == "glob" else place.exists()):
            kept = "; the book has its content" if version.content else ""
            yield version.source, f"is gone, which was {what}{kept}", True
            return
        if version.kind != "glob" and place.is_dir() != (version.kind == "folder"):
            now = "folder" if place.is_dir() else "file"
            yield version.source, f"is a {now} now, which was {what}; track it again", True
            return
        content = digest_glob(str(place)) if version.kind == "glob" else digest_place(place)
        if content.digest == version.digest:
            return
        if version.kind == "file":
            changed = [(place, version.modified)]
        else:
            before = {one.path: one for one in unpack(store.blobs.get(version.manifest))}
            root = fixed_part(place) if version.kind == "glob" else place
            changed = list(_changed(before, content.listing or b"", root))
    except CellbookError as error:
        yield version.source, f"cannot be compared with {what}: {error}", False
        return
    silent = [path for path, known in changed if _is_silent(path, known, version.tracked)]
    if silent:
        names = ", ".join(path.name for path in silent[:_NAMED]) if version.kind != "file" else ""
        more = f" and {len(silent) - _NAMED:,} more" if len(silent) > _NAMED else ""
        where = f" in {names}{more}" if names else ""
        yield (
            version.source,
            f"is not what was tracked as {what}: bytes{where} were changed without a trace in the "
            "time of the file",
            False,
        )
    else:
        yield version.source, f"has changed since it was tracked as {what}; track it again", True


def _changed(before: dict[str, Entry], listing: bytes, root: Path) -> Iterator[tuple[Path, int]]:
    """Yield the files whose bytes are others than before, and when they had been written."""
    for one in unpack(listing):
        known = before.get(one.path)
        if known is not None and known != one and not one.is_link:
            yield root / one.path, known.modified


def _is_silent(path: Path, modified: int, tracked: int) -> bool:
    """Whether the time of a file, as it was when it was tracked, hides that its bytes changed.

    A file that was put in its place from elsewhere may be older than what was there.
    """
    if not tracked:
        return False  # Somebody else tracked it, on another machine.
    now = path.stat()
    if modified:
        return now.st_mtime_ns // 1000 == modified
    # Nobody noted it: then whatever was done to the file has to be older.
    return max(now.st_mtime_ns, now.st_ctime_ns) // 1_000_000 < tracked
