"""A run that comes as a file: looked at whole, then taken in by one transaction, or not at all.

Nothing that came is run, decoded or unpacked to where it says: artifacts are bytes, a script is one
of the files that stay in the archive, and a kernel's state is taken on request only and is, as any
checkpoint of somebody else's, restored on consent.
"""

from __future__ import annotations

import json
import math
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cellbook import book as books
from cellbook.checkpointing import check_carried, keep_chunks
from cellbook.commenting import Parcel, plan_merge
from cellbook.datasets.kept import Kept
from cellbook.datasets.listings import unpack
from cellbook.datasets.subsets.positions import decode, distinct
from cellbook.errors import CellbookError, InvalidInput, StoreReadOnly
from cellbook.interop import web_annotation
from cellbook.records import Checkpoint, DatasetVersion, Subset, from_doc
from cellbook.sharing.checking import read_docs
from cellbook.sharing.exporting import COMMENTS, STATE, points_of
from cellbook.sharing.models import looked_at, numbered
from cellbook.sharing.opening import Archive, Refused, Unfit, with_archive
from cellbook.sharing.tables import (
    ARTIFACTS,
    CHECKPOINTS,
    DATASETS,
    DEFINITIONS,
    MODELS,
    RUNS,
    SUBSETS,
    TABLES,
    Docs,
)
from cellbook.store import Doc, Op, Series, create, digests_in, is_ulid, update
from cellbook.store.carried import pack_points, seal_of, unpack_points

if TYPE_CHECKING:
    from cellbook.book import Book

_FREE = 64 << 20
"""Bytes that stay free on the disk."""
_ROWS = 1 << 28
"""Rows of one data set of which some may come as a subset."""
_HERE = ("imported", "points", "archived", "trashed", "notebook")
"""What is true in one book only; a notebook that lay elsewhere has another name here."""
_ELSEWHERE = ("tracked",)
"""What is true of a place on another machine only.  When a file was written tells what wrote it."""
_LATER = ("mean", "sum", "median")
"""Statistics that a metric's definition asks for, which books need not share."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a run that came as a file."""

    run_id: str
    run_number: int
    """The number that it has in this book."""
    run_name: str
    is_new: bool
    """Whether the book had no such run."""
    artifacts: int
    comments: int
    """How many are new."""
    children: int
    """How many runs that are part of it came with it."""
    state: str
    """``taken``, ``left`` where the archive holds a kernel's state that was not asked for, or
    empty."""
    contents: int = 0
    """Of how many versions of data the content came that was not here before."""
    models: tuple[str, ...] = ()
    """The versions of models that are new, as they are called here: ``wine/3``."""


def import_run(file: str | Path, *, state: bool = False, book: Book | None = None) -> Imported:
    """Take a run in that :func:`export_run` wrote, under the ids that it had.

    Doing so again changes nothing, but for comments and contents of data that it brings and that
    were not here yet.  Numbers of runs and versions are those of this book.

    Parameters
    ----------
    file
        The archive.
    state
        Whether the kernel's state in it is taken, too.  It is code, and is restored with
        ``%restore … --trust`` only.
    book
        None means the one at hand.

    Raises
    ------
    NotFound
        If there is no such file.
    InvalidInput
        If it is refused, or the book has that run and it differs: nothing is taken then.
    StoreError
        If the book cannot be written.
    """
    chosen = books.open() if book is None else book
    if chosen.read_only:
        raise StoreReadOnly(chosen.read_only)
    place = Path(file)
    return with_archive(place, lambda archive: _Import(chosen, archive, place.name, state).take())


class _Import:
    """One import under way."""

    def __init__(self, book: Book, archive: Archive, source: str, with_state: bool) -> None:
        self._book = book
        self._store = book.store
        self._archive = archive
        self._source = source
        told = archive.told
        self._run = str(told.get("run"))
        self._docs = read_docs(archive, self._run)
        self._points = {one: self._read_points(one) for one in self._docs[RUNS]}
        self._said = self._read_comments()
        self._with_state = with_state and STATE in archive
        if self._with_state != bool(self._docs[CHECKPOINTS]):
            if self._with_state or (STATE not in archive and self._docs[CHECKPOINTS]):
                raise Refused("it holds a kernel's state without its record, or the reverse")
            self._docs[CHECKPOINTS] = {}
        self._origin = {
            "file": source[:250],
            "book": told["book"] if is_ulid(str(told.get("book"))) else "",
            "number": told["number"] if type(told.get("number")) is int else 0,
        }
        self._numbers = told["children"] if isinstance(told.get("children"), dict) else {}

    def take(self) -> Imported:
        """Look at all of it, then take it in."""
        self._archive.check()
        self._check_rows()
        self._check_against(self._docs)
        self._check_room()
        new = self._new_docs()
        self._keep_blobs(new)
        models = looked_at(self._store, new[MODELS])
        points = self._keep_points(new)
        if new[CHECKPOINTS]:
            self._keep_state()
        with self._store.exclusive():
            # Another process may have taken it in meanwhile.
            self._check_against(self._docs)
            new = self._new_docs()
            new[MODELS] = dict(numbered(self._store, {one: models[one] for one in new[MODELS]}))
            contents = sum(map(self._lacks_content, self._versions()))
            ops = list(self._ops(new, points))
            said = plan_merge(self._store, self._said, source=self._source, asked=False)
            if ops or said.ops:
                self._store.commit([*ops, *said.ops], durable=True)
        record = self._book.find_run(self._run)
        return Imported(
            record.run_id,
            record.run_number,
            record.run_name,
            self._run in new[RUNS],
            len(new[ARTIFACTS]),
            said.comments,
            len(new[RUNS].keys() - {self._run}),
            "taken" if self._with_state else "left" if STATE in self._archive else "",
            contents,
            tuple(self._book.models.find(one).label for one in new[MODELS]),
        )

    # -- reading -------------------------------------------------------------------------------

    def _read_points(self, run: str) -> list[Series]:
        path = points_of("" if run == self._run else run)
        if path not in self._archive:
            return []
        try:
            return unpack_points(self._archive.read(path), run)
        except Refused:
            raise
        except InvalidInput as error:
            raise Refused(str(error)) from None

    def _read_comments(self) -> Parcel:
        if COMMENTS not in self._archive:
            return Parcel((), ())
        try:
            told = json.loads(self._archive.read_text(COMMENTS))
            return web_annotation.read(told, self._source)
        except Refused:
            raise
        except (ValueError, RecursionError) as error:
            why = str(error).rstrip(".") if isinstance(error, CellbookError) else "no JSON"
            raise Refused(f"its comments cannot be read ({why})") from None

    def _check_rows(self) -> None:
        """Refuse subsets whose rows are others than they say."""
        for doc in self._docs[SUBSETS].values():
            one = from_doc(Subset, doc)
            if not one.index:
                continue
            try:
                rows = decode(b"".join(self._archive.parts_of(one.index)), _ROWS)
            except Refused:
                raise
            except CellbookError:
                raise Refused("the rows of a subset are damaged") from None
            inside = len(rows) == one.rows and rows[0] >= 0 and rows[-1] < one.of <= _ROWS
            if not inside or distinct(rows, one.of) != one.distinct:
                raise Refused("the rows of a subset are others than it says")

    # -- what is here already ------------------------------------------------------------------

    def _check_against(self, docs: Docs) -> None:
        """Refuse a run that is here and is another one."""
        for table, shared in TABLES.items():
            if not shared.owned:
                continue
            for doc_id, doc in docs[table].items():
                there = self._store.get(table, doc_id)
                if there is None:
                    if table != RUNS and self._is_here(doc):
                        self._refuse_other(f"it lacks one of its {table}")
                    continue
                differs = [
                    key
                    for key in sorted({*doc, *there} - {*_HERE, "run_number"})
                    if not _same(_plain(doc.get(key)), _plain(there.get(key)))
                ]
                if differs:
                    what = "it" if table == RUNS else f"one of its {table}"
                    self._refuse_other(f"{what} differs in {', '.join(differs[:5])}")
        self._check_points()

    def _is_here(self, doc: Doc) -> bool:
        """Whether the run that a document belongs to is in this book; of those of none, all."""
        own = doc.get("run")
        wanted = [own] if own in self._docs[RUNS] else [*self._docs[RUNS]]
        return all(self._store.get(RUNS, str(one)) is not None for one in wanted)

    def _check_points(self) -> None:
        for run, points in self._points.items():
            there = self._store.get(RUNS, run)
            if there is None:
                continue
            found = self._store.series_reader.read(there.get("points", {}), runs=[run])
            if pack_points(found) != pack_points(points):
                self._refuse_other("its metrics have other points")

    def _refuse_other(self, why: str) -> None:
        number = self._store.number(RUNS, self._run)
        raise Unfit(
            f"this book has its run already, as #{number}, and there {why}; change that back, or "
            "import it into another book to have both"
        )

    def _new_docs(self) -> Docs:
        """Return the documents that the book lacks, or of which it deleted all but the number."""
        return {
            table: {
                doc_id: doc
                for doc_id, doc in docs.items()
                if (self._store.get(table, doc_id) or {"deleted": True}).get("deleted")
            }
            for table, docs in self._docs.items()
        }

    # -- writing -------------------------------------------------------------------------------

    def _check_room(self) -> None:
        needed = self._archive.size() + _FREE
        free = shutil.disk_usage(Path(self._store.url)).free
        if needed > free:
            raise Unfit(
                f"it takes {needed:,} bytes, and the disk has room for {free:,}; make room for it"
            )

    def _keep_blobs(self, new: Docs) -> None:
        blobs = self._store.blobs
        for version in self._versions():
            if version.content:
                self._keep_content(version)
        docs = [doc for table in new.values() for doc in table.values()]
        docs += self._docs[DATASETS].values()
        for digest in sorted({one for doc in docs for one in digests_in(doc)}):
            if self._archive.holds(digest) and not blobs.path(digest).exists():
                blobs.put_parts(self._archive.parts_of(digest))

    def _versions(self) -> Iterator[DatasetVersion]:
        for doc in self._docs[DATASETS].values():
            yield from_doc(DatasetVersion, doc)

    def _lacks_content(self, version: DatasetVersion) -> bool:
        """Whether the content of a version came that is not here."""
        there = self._store.get(DATASETS, version.dataset_id)
        if not version.content or there is None:
            return bool(version.content)
        return there.get("digest") == version.digest and not there.get("content")

    def _keep_content(self, version: DatasetVersion) -> None:
        """Keep the chunks of data that came by value."""
        label = f"the data of {version.name}"
        try:
            kept = Kept.from_bytes(b"".join(self._archive.parts_of(version.content)))
            digests = [kept.sha256]
            if kept.form == "files":
                listing = b"".join(self._archive.parts_of(version.manifest))
                digests = [entry.digest.hex() for entry in unpack(listing)]
        except Refused:
            raise
        except CellbookError:
            raise Refused(f"{label} is damaged") from None
        store, held, expected = self._store, bytearray(), iter(kept.chunks)
        packs = store.packs
        with packs.turn:
            packs.refresh()
            with packs.writer(store.writer) as writer:
                chunk = next(expected, None)
                for digest in digests:
                    for part in self._archive.parts_of(digest):
                        held += part
                        while chunk is not None and len(held) >= chunk[1]:
                            if writer.put(bytes(held[: chunk[1]])) != chunk[0]:
                                raise Refused(f"{label} is not what was kept")
                            del held[: chunk[1]]
                            chunk = next(expected, None)
                if held or chunk is not None:
                    raise Refused(f"{label} is not whole")
            packs.accept(writer.entries())

    def _keep_points(self, new: Docs) -> dict[str, dict[str, Any]]:
        """Keep the points of runs that are new; return by run what its document says of them."""
        kept = {}
        for run in new[RUNS]:
            if self._points[run]:
                data = pack_points(self._points[run])
                kept[run] = {self._store.series_writer.keep_file(run, data): seal_of(data)}
        return kept

    def _keep_state(self) -> None:
        (doc,) = self._docs[CHECKPOINTS].values()
        try:
            keep_chunks(self._store, self._archive.parts_at(STATE))
            check_carried(self._store.packs, from_doc(Checkpoint, doc))
        except Refused:
            raise
        except InvalidInput as error:
            raise Refused(str(error)) from None

    def _ops(self, new: Docs, points: Mapping[str, Any]) -> Iterator[Op]:
        now = time.time_ns() // 1_000_000
        for table, docs in new.items():
            for doc_id, doc in docs.items():
                made: Doc = dict(doc)
                if table == DATASETS:
                    # When it was looked at elsewhere tells nothing of what lies here.
                    made = {key: one for key, one in doc.items() if key not in _ELSEWHERE}
                if table == RUNS:
                    made |= {"imported": {**self._origin_of(doc_id), "time": now}}
                    if doc_id in points:
                        made["points"] = points[doc_id]
                if table == DEFINITIONS and self._store.get(table, doc_id) is not None:
                    continue
                yield create(table, doc_id, made)
        yield from self._content_ops(new)

    def _origin_of(self, run: str) -> dict[str, Any]:
        number = self._numbers.get(run)
        told = {} if run == self._run else {"number": number if type(number) is int else 0}
        return {**self._origin, **told}

    def _content_ops(self, new: Docs) -> Iterator[Op]:
        """Yield what brings data that came by value to versions that are here without it."""
        for version in self._versions():
            if version.dataset_id not in new[DATASETS] and self._lacks_content(version):
                yield update(DATASETS, version.dataset_id, {"content": version.content})


def _plain(value: Any) -> Any:
    """Return a value of a document without what only some books reckon; nothing is None."""
    if isinstance(value, Mapping):
        made = {key: _plain(one) for key, one in value.items() if key not in _LATER}
        return made or None
    return None if value == [] or value == "" or value is False else value


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, (float, int)) and math.isnan(one):
        return isinstance(other, float) and math.isnan(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)
