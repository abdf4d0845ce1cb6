"""One run as one file that says what it is, and that another book takes in."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from cellbook import book as books
from cellbook._version import __version__
from cellbook.answers import Reader, thread_reader
from cellbook.answers.lineage import find_lineage
from cellbook.checkpointing import carried_chunks
from cellbook.commenting import Discussion
from cellbook.datasets.kept import kept_of
from cellbook.errors import InvalidInput, NotFound, StoreCorrupt
from cellbook.interop import prov, ro_crate, web_annotation
from cellbook.interop.croissant import DataFile
from cellbook.interop.ro_crate import CrateData, CrateFile
from cellbook.records import (
    AnchorKind,
    Artifact,
    CellExecution,
    Checkpoint,
    DatasetVersion,
    Lineage,
    LineageKind,
    ModelVersion,
    RunRecord,
    from_doc,
)
from cellbook.registry import VERSIONS
from cellbook.reproducing.building import lock_with_hashes
from cellbook.reproducing.locking import lock_text
from cellbook.sharing import cutting
from cellbook.sharing.describing import describe, files_kept
from cellbook.sharing.names import safe_part
from cellbook.sharing.opening import FORM, FORM_VERSION, MANIFEST
from cellbook.sharing.packing import Packed, Packer
from cellbook.sharing.readme import readme
from cellbook.sharing.tables import (
    ARTIFACTS,
    DATASETS,
    TABLES,
    Docs,
    carried,
    children_of,
    gather,
)
from cellbook.store import digests_in, encode_event
from cellbook.store.carried import pack_points
from cellbook.tracking.media import media_type_of
from cellbook.views import formatting
from cellbook.views.environments import environment_of
from cellbook.views.run_details import cells_of
from cellbook.views.timeline import document_of
from cellbook.views.wire import finite

if TYPE_CHECKING:
    from cellbook.book import Book, Target

POINTS, COMMENTS, STATE = "cellbook/points.pts", "comments.jsonld", "cellbook/state.bin"


def points_of(child: str = "") -> str:
    """Return where the points of a run lie in an archive: the exported one's, or a child's."""
    return f"cellbook/points-{child}.pts" if child else POINTS


_TYPES = {
    ".arrows": "application/vnd.apache.arrow.stream",
    ".ipynb": "application/x-ipynb+json",
    ".jsonl": "application/jsonl",
    ".jsonld": "application/ld+json",
    ".py": "text/x-python",
    ".toml": "application/toml",
}
_SERVICE = frozenset(
    {LineageKind.ALIAS, LineageKind.ENDPOINT, LineageKind.PREDICTIONS, LineageKind.MORE}
)


def export_run(
    run: Target,
    file: str | Path | None = None,
    *,
    data: bool = False,
    state: bool = False,
    children: bool = True,
    models: bool = True,
    hashes: bool = False,
    license: str = "",  # noqa: A002
    book: Book | None = None,
) -> Path:
    """Write a run into one file, which :func:`import_run` takes into another book.

    The file is a zip that is an RO-Crate, too: its README, notebook, script, metrics, artifacts and
    comments can be read without Cellbook.  The same run is always the same bytes.

    Parameters
    ----------
    run
        Its number, name, id or handle; it has ended.
    file
        Where to; a file that is there is replaced.  None means a new one in the working folder.
    data
        Whether the data that the book keeps by value goes with it.
    state
        Whether the kernel's state, as the run left it, goes with it.
    children
        Whether the runs that are part of it go with it.
    models
        Whether the models that it registered go with it, and those that they were made from.
    hashes
        Whether the package index is asked for the hashes of what was installed, which then stand
        in the lock file.
    license
        A URL that says what others may do with it.
    book
        None means the one at hand.

    Raises
    ------
    NotFound
        If there is no such run.
    InvalidInput
        If it, or one of its children, has not ended.
    StoreError
        If the book's bytes are damaged, or the file cannot be written.
    CellbookError
        If the hashes are not to be had.
    """
    chosen = books.open() if book is None else book
    record = chosen.find_run(run)
    if not record.state.is_final:
        raise InvalidInput(
            f"Run #{record.run_number} has not ended, so it is no whole yet. End it "
            "(`%end_run`, run.end()), then export it."
        )
    parts = children_of(chosen.store, record.run_id) if children else []
    going_on = next((one for one in parts if not one.state.is_final), None)
    if going_on is not None:
        raise InvalidInput(
            f"Run #{going_on.run_number}, which is part of it, has not ended. End it, or leave "
            "such runs out (`--no-children`, children=False)."
        )
    place = _free(record) if file is None else Path(file)
    if place.is_dir():
        raise InvalidInput(f"{place} is a folder. Name a file in it, such as {place}/run.zip.")
    moment = record.start_time if record.end_time is None else record.end_time
    with Packer(place, moment) as packer:
        _Export(chosen, record, parts, packer, data, state, models, hashes, license).write()
    return place


def _free(record: RunRecord) -> Path:
    stem = safe_part(f"run-{record.run_number}-{record.run_name}")
    place = Path(f"{stem}.zip")
    number = 2
    while place.exists():
        place, number = Path(f"{stem}-{number}.zip"), number + 1
    return place


@dataclass(eq=False)
class _Export:
    """One export under way."""

    book: Book
    run: RunRecord
    children: list[RunRecord]
    packer: Packer
    with_data: bool
    with_state: bool
    with_models: bool
    with_hashes: bool
    license: str
    files: list[CrateFile] = field(default_factory=list)
    used: list[CrateData] = field(default_factory=list)

    def write(self) -> None:
        """Write all files of the archive."""
        store, run = self.book.store, self.run
        checkpoint = self._checkpoint()
        behind = cutting.cut(self.book, run)
        own = cells_of(store, run)
        cells = [*behind.cells, *own]
        for child in self.children:
            cells += [*cutting.cut(self.book, child).cells, *cells_of(store, child)]
        kept = checkpoint if self.with_state else None
        runs = [run, *self.children]
        docs = carried(gather(store, runs, cells, kept, models=self.with_models))
        environment = environment_of(store, run)
        self._notebook(checkpoint, own)
        code = self._code(behind)
        if environment is not None:
            lock = lock_with_hashes if self.with_hashes else lock_text
            self._add(cutting.LOCK, lock(environment), "What was installed (PEP 751).")
            self._add(cutting.REQUIREMENTS, cutting.as_requirements(environment), "The same.")
        self._numbers(run)
        self._artifacts(docs, run)
        for place, child in enumerate(self.children, 1):
            folder = f"runs/{place}-{safe_part(child.run_name)}/"
            self._numbers(child, folder)
            self._artifacts(docs, child, folder)
        self._models(docs)
        self._data(docs)
        said = self._comments(checkpoint)
        lineage = _without_service(find_lineage(self.book, run.run_id, whole=True))
        self._add("provenance.json", _json(prov.as_prov(lineage)), "Its lineage, as W3C PROV-JSON.")
        self._records(docs, checkpoint)
        agent = (store.get("sessions", run.session or "") or {}).get("user", "")
        text = readme(
            run, environment, self.used, self.files, behind, said, agent, children=self.children
        )
        self._add("README.md", text, "What this is.")
        told = "All files but this, with SHA-256."
        self.files.append(CrateFile(MANIFEST, None, "", _type_of(MANIFEST), told))
        about = f"The run {run.run_name} of a Jupyter notebook, as Cellbook recorded it."
        crate = ro_crate.crate(
            run,
            self.files,
            self.used,
            agent=agent,
            instrument=code,
            license=self.license,
            description=f"{about} {run.description}".strip(),
        )
        self.packer.add(self.packer.name(ro_crate.METADATA), _json(crate))
        self._manifest()

    # -- parts ---------------------------------------------------------------------------------

    def _checkpoint(self) -> Checkpoint | None:
        try:
            return self.book.checkpoints.find(f"run:{self.run.run_id}", self.run.notebook)[1]
        except NotFound:
            return None

    def _notebook(self, checkpoint: Checkpoint | None, ran: list[CellExecution]) -> None:
        content = None if checkpoint is None else self.book.checkpoints.document_of(checkpoint)
        told = "The notebook, as it was saved."
        if content is None:
            content, told = document_of(ran), "The notebook, as far as its cells ran."
        if content is not None:
            name = PurePosixPath(self.run.notebook or "").name
            name = name if name.endswith(".ipynb") else "notebook.ipynb"
            self._add(name, content, told)

    def _code(self, behind: cutting.Cut) -> str:
        """Write the slice; return the path of its script, empty where there is none."""
        if behind.notebook:
            told = "The cells that the run stands on."
            self._add("slice.ipynb", behind.notebook, told, is_code=True)
        for name, digest in sorted(behind.slice.modules.items()):
            path = self.packer.name("modules", name)
            packed = self.packer.add_file(path, self._blob(digest), digest)
            self._note(packed, "A module that was imported.", is_code=True)
        if not behind.script:
            return ""
        told = "The script that was run." if behind.slice.script else "Its cells as a script."
        return self._add("slice.py", behind.script, told, is_code=True).path

    def _numbers(self, run: RunRecord, folder: str = "") -> None:
        """Write what a run logged; those of another one than the exported one into a folder."""
        told = {
            "run_id": run.run_id,
            "run_name": run.run_name,
            "experiment": run.experiment,
            "state": run.state.value,
            "start_time": prov.iso_time(run.start_time),
            "end_time": None if run.end_time is None else prov.iso_time(run.end_time),
            "error": run.error,
            "description": run.description,
            "notebook": run.notebook,
            "params": dict(sorted(run.params.items())),
            "metrics": dict(sorted(run.metrics.items())),
            "tags": dict(sorted(run.tags.items())),
        }
        self._add(f"{folder}run.json", _json(finite(told)), "Params, last values of metrics, tags.")
        series = self.book.store.series_reader.read(run.points, runs=[run.run_id])
        if not series:
            return
        text = io.StringIO()
        lines = csv.writer(text, lineterminator="\n")
        lines.writerow(["metric", "context", "step", "time", "value"])
        for one in sorted(series, key=lambda one: one.of.name):
            name = formatting.for_spreadsheet(one.of.key)
            context = formatting.for_spreadsheet(one.of.name[len(one.of.key) + 1 : -1])
            lines.writerows(
                (name, context, step, time, repr(value))
                for step, time, value in zip(
                    one.steps.tolist(), one.times.tolist(), one.values.tolist(), strict=True
                )
            )
        told_of = "All points of its metrics; times are milliseconds since 1970."
        self._add(f"{folder}metrics.csv", text.getvalue(), told_of, is_result=True)
        told_of = "The same points, as another book takes them in."
        self._add(points_of(run.run_id if folder else ""), pack_points(series), told_of)

    def _artifacts(self, docs: Docs, run: RunRecord, folder: str = "") -> None:
        newest: dict[str, Artifact] = {}
        for doc in docs[ARTIFACTS].values():
            if doc["run"] == run.run_id:
                newest[doc["path"]] = from_doc(Artifact, doc)
        for path, artifact in sorted(newest.items()):
            name = self.packer.name(f"{folder}artifacts", path)
            packed = self.packer.add_file(name, self._blob(artifact.digest), artifact.digest)
            self._note(packed, "" if name == f"{folder}artifacts/{path}" else path, is_result=True,
                       media_type=artifact.media_type)  # fmt: skip

    def _blob(self, digest: str) -> Path:
        path = self.book.store.blobs.path(digest)
        if not path.exists():
            self.book.store.blobs.get(digest)
        return path

    def _models(self, docs: Docs) -> None:
        for doc in docs[VERSIONS].values():
            version = from_doc(ModelVersion, doc)
            folder = f"models/{safe_part(f'{version.model}-{version.number}')}"
            for path, digest in sorted(version.files.items()):
                packed = self.packer.add_file(
                    self.packer.name(folder, path), self._blob(digest), digest
                )
                self._note(packed, f"A file of model:{version.model}@{version.number}.")

    def _data(self, docs: Docs) -> None:
        known = self.book.datasets.by_id()
        roles: dict[str, set[str]] = {}
        for run in (self.run, *self.children):
            for dataset, given in run.inputs.items():
                named = given if isinstance(given, Mapping) else {}
                roles.setdefault(dataset, set()).update(role for role in named if role)
        described: set[str] = set()
        for dataset, doc in docs[DATASETS].items():
            version = known[dataset]
            kept = version.content if self.with_data else ""
            if not self.with_data:
                doc.pop("content", None)
            if version.dataset_id not in described:
                described.add(version.dataset_id)
                self._version(version, kept, sorted(roles.get(dataset, ())))

    def _version(self, version: DatasetVersion, kept: str, roles: list[str]) -> None:
        folder = f"data/{safe_part(version.label)}"
        written = self._content(version, folder) if kept else []
        files = None
        if kept:
            files = [
                DataFile(path.removeprefix("data/"), one.sha256, one.size, _type_of(path))
                for path, one in written
            ]
        told = describe(self.book, version, files, license=self.license)
        self._add(f"{folder}.croissant.json", _json(told), f"data:{version.label} as Croissant.",
                  about=ro_crate.data_id(version))  # fmt: skip
        self.used.append(CrateData(version, roles, [path for path, _ in written]))

    def _content(self, version: DatasetVersion, folder: str) -> list[tuple[str, Packed]]:
        """Write what the book keeps of a version; return its files."""
        written = []
        kept = kept_of(self.book.store, version.content)
        for path, entry, size, parts in files_kept(self.book, version):
            digest = kept.sha256 if entry is None else entry.digest.hex()
            if entry is not None and entry.is_link:
                # No links in an archive: what it leads to is kept as text.
                path, inside = f"{digest[:16]}.txt", "cellbook/links"
            else:
                inside = folder
            if self.packer.find(digest) is not None and inside != folder:
                b"".join(parts)
                continue
            packed = self.packer.add_parts(self.packer.name(inside, path), parts, size)
            if packed.sha256 != digest:
                raise StoreCorrupt(
                    f"What is kept of data:{version.label} is damaged. `cellbook verify` tells "
                    "what else is."
                )
            self._note(packed, f"A file of data:{version.label}.")
            if inside == folder:
                written.append((packed.path, packed))
        return written

    def _comments(self, checkpoint: Checkpoint | None) -> list[Discussion]:
        about = {self.run.run_id, *self.run.inputs, *(one.run_id for one in self.children)}
        if checkpoint is not None:
            about.add(checkpoint.checkpoint_id)
        reader = thread_reader(Reader(self.book))
        found = [
            one
            for one in reader.discussions(everywhere=True)
            if _is_about(one, about, self.run.notebook or "")
        ]
        if found:
            title = f"Comments on {self.run.run_name}"
            told = web_annotation.collection(found, title, self.run.run_id)
            self._add(COMMENTS, _json(told), "What was said of it, as W3C Web Annotations.")
        return found

    # -- what another book takes in --------------------------------------------------------------

    def _records(self, docs: Docs, checkpoint: Checkpoint | None) -> None:
        for table, found in docs.items():
            if found:
                # Those of a table without ids of its own say whose they are.
                whose = {} if TABLES[table].key else {one: {"run": one} for one in found}
                # What is empty says no more than what is not there, which is how it comes back.
                docs_of = (
                    {key: value for key, value in sorted(doc.items()) if value != {}}
                    for doc in ({**doc, **whose.get(one, {})} for one, doc in found.items())
                )
                lines = b"".join(encode_event(doc) + b"\n" for doc in docs_of)
                self._add(f"cellbook/{table}.jsonl", lines, f"Records: {table}.")
        wanted = {digest for found in docs.values() for digest in digests_in(found)}
        blobs = self.book.store.blobs
        for digest in sorted(wanted):
            if self.packer.find(digest) is None and blobs.path(digest).exists():
                name = self.packer.name("cellbook/blobs", digest)
                self._note(self.packer.add_file(name, blobs.path(digest), digest))
        if self.with_state:
            if checkpoint is None:
                raise InvalidInput(
                    f"The book keeps no kernel state of run #{self.run.run_number}. Leave "
                    "`--state` out."
                )
            parts = carried_chunks(self.book.store.packs, checkpoint)
            packed = self.packer.add_parts(self.packer.name(STATE), parts, checkpoint.size)
            self._note(
                packed, "The kernel's state. It is code: restore it if you trust its author."
            )

    def _manifest(self) -> None:
        origin = self.run.imported or {}
        told = {
            "form": FORM,
            "version": FORM_VERSION,
            "cellbook": __version__,
            "run": self.run.run_id,
            "number": origin.get("number", self.run.run_number),
            "book": origin.get("book", self.book.store.book_id),
            "children": {
                one.run_id: (one.imported or {}).get("number", one.run_number)
                for one in self.children
            },
            "files": {
                one.path: [one.size, one.sha256]
                for one in sorted(self.packer.files, key=lambda one: one.path)
            },
        }
        self.packer.add(self.packer.name(MANIFEST), _json(told))

    # -- files -----------------------------------------------------------------------------------

    def _add(self, path: str, content: bytes | str, description: str, **facts: Any) -> Packed:
        packed = self.packer.add(self.packer.name(path), content)
        self._note(packed, description, **facts)
        return packed

    def _note(self, packed: Packed, description: str = "", **facts: Any) -> None:
        told = facts.pop("media_type", "")
        self.files.append(
            CrateFile(
                packed.path,
                packed.size,
                packed.sha256,
                told or _type_of(packed.path),
                description,
                **facts,
            )
        )


def _without_service(lineage: Lineage) -> Lineage:
    """Return a lineage without where models answer: that is of this book's people and machines."""
    nodes = tuple(one for one in lineage.nodes if one.kind not in _SERVICE)
    known = {one.node_id for one in nodes}
    edges = tuple(one for one in lineage.edges if one.before in known and one.after in known)
    return dataclasses.replace(lineage, nodes=nodes, edges=edges)


def _type_of(path: str) -> str:
    return _TYPES.get(PurePosixPath(path).suffix) or media_type_of(path)


def _is_about(one: Discussion, about: Iterable[str], notebook: str) -> bool:
    """Whether a thread hangs on the run, its data, its checkpoint or its notebook."""
    anchor = one.thread.anchor
    if anchor.kind in (AnchorKind.NOTEBOOK, AnchorKind.CELL, AnchorKind.OUTPUT):
        return bool(notebook) and anchor.notebook == notebook
    return bool({*anchor.runs, anchor.checkpoint, anchor.version} & set(about))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
