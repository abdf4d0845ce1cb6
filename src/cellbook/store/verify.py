"""Reads a whole book and reports every byte that fails its check."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook.errors import StoreCorrupt
from cellbook.store.blobs import digests_in
from cellbook.store.ids import Clock
from cellbook.store.index import Index, Key
from cellbook.store.journal import JournalReader, decode_line, open_journal, read_events
from cellbook.store.points import MAGIC, RECORD

if TYPE_CHECKING:
    from cellbook.store.folder import FolderStore


_NAMED = 5
"""Damaged lines of one journal that are named one by one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    place: str
    """The file, below the book's folder."""
    problem: str
    harmless: bool = False
    """Whether nothing that was acknowledged is lost by it."""


@dataclass(slots=True)
class Report:
    """What a verification found."""

    findings: list[Finding] = field(default_factory=list)
    transactions: int = 0
    points: int = 0
    blobs: int = 0
    chunks: int = 0
    tracked: int = 0
    """Versions of data whose files, or what is kept of them, were compared."""
    unsealed: int = 0
    """Series files of runs that have not ended, whose points carry no check yet."""

    @property
    def ok(self) -> bool:
        """Whether everything that was acknowledged is whole."""
        return all(finding.harmless for finding in self.findings)


def verify(store: FolderStore) -> Report:
    """Check journals line by line, series files by their seals, blobs by their digests, and the
    index against a fresh fold; a differing index is rebuilt."""
    report = Report()
    _check_journals(store, report)
    fresh = Index(None, JournalReader(store.root), Clock())
    fresh.refresh()
    _check_series(store, fresh, report)
    _check_blobs(store, fresh, report)
    _check_index(store, fresh, report)
    fresh.close()
    return report


def _check_journals(store: FolderStore, report: Report) -> None:
    try:
        store.check_format()
    except StoreCorrupt as error:
        report.findings.append(Finding("format.json", str(error)))
    known: set[Key] = set()
    changed: set[Key] = set()
    for stem, file in JournalReader(store.root).files().items():
        place = f"journal/{stem}.jsonl"
        end = expected = 0
        failed: list[int] = []
        for line, (position, event) in enumerate(read_events(file.path), 1):
            end = position
            expected += 1
            report.transactions += 1
            if event is None:
                failed.append(line)
                continue
            if event.place > expected:
                gone = event.place - expected
                lines = "1 line is" if gone == 1 else f"{gone:,} lines are"
                report.findings.append(
                    Finding(
                        place,
                        f"{lines} missing before line {line}; what was recorded there is lost",
                    )
                )
            expected = event.place or expected
            for op in event.ops:
                (changed if op[2] is not None and op[3] is not None else known).add((op[0], op[1]))
        report.findings += [
            Finding(place, f"line {line} fails its check; what it recorded is lost")
            for line in failed[:_NAMED]
        ]
        if len(failed) > _NAMED:
            more = len(failed) - _NAMED
            report.findings.append(Finding(place, f"{more:,} more of its lines fail their check"))
        tail = _tail(file.path, end)
        if tail and (file.closed or _is_whole(tail[:-1])):
            report.findings.append(
                Finding(place, "the end of the last line is damaged; what it recorded is lost")
            )
        elif tail:
            report.findings.append(
                Finding(
                    place,
                    "the last line has no end: its writer died in the middle of it, before the "
                    "record was acknowledged, or is at it now",
                    harmless=True,
                )
            )
    _name_headless(changed - known, report)


def _name_headless(keys: set[Key], report: Report) -> None:
    """Name the documents that were changed but neither created nor removed, table by table."""
    for table, count in sorted(Counter(table for table, _ in keys).items()):
        documents = "1 document lacks its" if count == 1 else f"{count:,} documents lack their"
        report.findings.append(
            Finding(
                f"table {table!r}",
                f"{documents} beginning: a journal, or a line of one, is missing or has not "
                "arrived yet",
            )
        )


def _tail(path: Path, start: int) -> bytes:
    with open_journal(path) as file:
        file.seek(start)
        return file.read()


def _is_whole(line: bytes) -> bool:
    try:
        decode_line(line)
    except (StoreCorrupt, ValueError):
        return False
    return True


def _check_series(store: FolderStore, fresh: Index, report: Report) -> None:
    sealed: dict[str, dict[int, int]] = {}
    for doc in fresh.bodies("runs"):
        for stem, seal in doc.get("points", {}).items():
            sealed.setdefault(stem, {})
            if seal:
                sealed[stem][seal[0]] = seal[1]
    for stem, seals in sorted(sealed.items()):
        place = f"points/{stem}.pts"
        size = store.series_reader.size(stem)
        if size is None:
            if seals:
                report.findings.append(Finding(place, "the file is missing; its points are lost"))
            continue  # Without a seal its writer died before the first point.
        report.points += max(0, size - len(MAGIC)) // RECORD.size
        # A later seal covers what an earlier one does: one check finds any flip in either.
        for end, crc in sorted(seals.items(), reverse=True):
            if store.series_reader.check(stem, end, crc):
                break
            report.findings.append(
                Finding(place, f"the first {end:,} bytes fail their check; points may be wrong")
            )
        report.unsealed += size > max(seals, default=0)
    _note_unnamed("points", len(store.series_reader.stems().keys() - sealed.keys()), report)


def _check_blobs(store: FolderStore, fresh: Index, report: Report) -> None:
    present = set()
    for digest, path in store.blobs.all():
        present.add(digest)
        report.blobs += 1
        hasher = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                hasher.update(chunk)
        if hasher.hexdigest() != digest:
            report.findings.append(
                Finding(f"blobs/sha256/{digest[:2]}/{digest[2:]}", "the bytes fail their digest")
            )
    named: set[str] = set()
    stored = frozenset(present)
    for table in sorted(fresh.tables()):
        for doc in fresh.bodies(table):
            named.update(digests_in(doc))
            for digest in _digests(table, doc):
                if digest not in present:
                    present.add(digest)
                    report.findings.append(
                        Finding(
                            f"blobs/sha256/{digest[:2]}/{digest[2:]}",
                            f"the file is missing; a document of {table!r} names it",
                        )
                    )
    _note_unnamed("blobs", len(stored - named), report)


def _note_unnamed(place: str, count: int, report: Report) -> None:
    if count:
        files = "1 file here is" if count == 1 else f"{count:,} files here are"
        report.findings.append(
            Finding(
                place,
                f"{files} named by no document: left over (`cellbook gc` removes what is), or the "
                "journal that names them is missing or has not arrived yet",
                harmless=True,
            )
        )


def _digests(table: str, doc: dict[str, Any]) -> list[str]:
    if table == "artifacts":
        return [doc["digest"]]
    if table == "cells":
        return [
            digest
            for output in doc.get("outputs", ())
            for digest in output.get("blobs", {}).values()
        ]
    return []


def _check_index(store: FolderStore, fresh: Index, report: Report) -> None:
    if not store.index_agrees(fresh):
        store.rebuild_index()
        report.findings.append(
            Finding("index", "the index differed from the journals and was rebuilt", harmless=True)
        )
