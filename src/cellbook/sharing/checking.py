"""The records of an archive, which anybody may have written: each value is looked at."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, TypeVar

from cellbook.errors import CellbookError, InvalidInput
from cellbook.packaging.zips import MOST_FILES
from cellbook.packaging.zips import check_name as check_path
from cellbook.records import (
    Artifact,
    CellExecution,
    Checkpoint,
    DatasetVersion,
    Draw,
    Environment,
    MetricDefinition,
    Milestone,
    ModelEvent,
    ModelVersion,
    Record,
    Reference,
    Reproduction,
    RunRecord,
    RunSlice,
    Session,
    Stage,
    Subset,
    as_definition,
    as_text,
    check_dataset_name,
    check_digest,
    check_labels,
    check_metric_name,
    check_model_name,
    check_name,
    check_tags,
    encodable,
    read_record,
    to_doc,
)
from cellbook.sharing.models import CARRIED, plain
from cellbook.sharing.opening import Archive, Refused
from cellbook.sharing.tables import (
    ARTIFACTS,
    CELLS,
    CHECKPOINTS,
    MODEL_EVENTS,
    MODEL_REFERENCES,
    MODELS,
    REPRODUCTIONS,
    RUNS,
    SLICES,
    SUBSETS,
    TABLES,
    Docs,
)
from cellbook.store import decode_event, is_ulid, milliseconds
from cellbook.tracking.media import artifact_path

_AHEAD = 86_400_000
"""Milliseconds by which another machine's clock may be ahead of this one's."""
_MOST = 1_000_000
"""Lines of one table."""
_BLOB = re.compile("[0-9a-f]{64}")
_KEY = re.compile("[0-9a-f]{32}")
_ENVIRONMENT = re.compile("[0-9A-Za-z-]{1,64}")
_WRITER = re.compile("[0-9a-z]{1,40}")
_WORD = 250
_NAMES = ("run_name", "experiment", "name", "label", "params", "param_history", "metrics", "tags")
"""Fields that are names, or have names as their keys."""

N = TypeVar("N", RunRecord, CellExecution, Session, Checkpoint)


def read_docs(archive: Archive, run: str) -> Docs:
    """Return the documents of an archive that tells of one run.

    Raises
    ------
    Refused
        If one is missing, of another run, or not what it should be.
    """
    if not is_ulid(run) or milliseconds(run) > _latest():
        raise Refused(f"{run[:40]!r} is no id of a run")
    found: Docs = {}
    for table, shared in TABLES.items():
        path = f"cellbook/{table}.jsonl"
        found[table] = {}
        for line, told in enumerate(_lines(archive, path), 1):
            doc_id, doc = _read(shared.record, shared.key, told, f"line {line} of its {path}", run)
            if table == SLICES:
                doc_id = str(told.get("run", run))
            if doc_id in found[table]:
                raise Refused(f"its {path} tells of {doc_id[:40]!r} twice")
            found[table][doc_id] = doc
    _check_runs(found, run)
    _check_whole(archive, found)
    return found


def _lines(archive: Archive, path: str) -> Iterator[Any]:
    if path not in archive:
        return
    text = archive.read_text(path)
    if text and not text.endswith("\n"):
        raise Refused(f"its {path} is cut off")
    lines = text.split("\n")[:-1]
    if len(lines) > _MOST:
        raise Refused(f"its {path} has {len(lines):,} lines")
    for line in lines:
        try:
            yield decode_event(line.encode())
        except (ValueError, RecursionError):
            raise Refused(f"its {path} is no JSON, line by line") from None


def _read(
    kind: type[Record], key: str, told: Any, where: str, run: str
) -> tuple[str, dict[str, Any]]:
    try:
        record = read_record(kind, told)
        _check_names(told)
        doc_id = getattr(record, key) if key else run
        checked = _CHECKS[kind](record)
        doc = to_doc(record if checked is None else checked)
        if kind is RunRecord and "param_history" in told:
            # The record has it as lists, the document by ULID, as two books may add to it.
            doc["param_history"] = _history(told["param_history"])
        return doc_id, doc
    except (
        CellbookError,
        RecursionError,
        ValueError,
        TypeError,
        AttributeError,
        LookupError,
    ) as error:
        why = str(error).rstrip(".") if isinstance(error, CellbookError) else type(error).__name__
        raise Refused(f"{where} cannot be read ({why})") from None


def _check_names(told: Mapping[str, Any]) -> None:
    """Refuse names with half of a surrogate pair: what is read of them is another name."""
    for place in _NAMES:
        given = told.get(place)
        for text in given if isinstance(given, Mapping) else (given,):
            if isinstance(text, str) and encodable(text) != text:
                raise InvalidInput(f"the name {ascii(text)[:80]} holds half a character")


def _check_runs(found: Docs, run: str) -> None:
    """Refuse runs other than the one that is told of, and those that are part of it."""
    runs = found[RUNS]
    if run not in runs:
        raise Refused("it does not hold the run that it is said to")
    inside, pending = {run}, [run]
    below: dict[str, list[str]] = {}
    for doc_id, doc in runs.items():
        below.setdefault(doc.get("parent") or "", []).append(doc_id)
    for above in pending:
        new = [one for one in below.get(above, ()) if one not in inside]
        inside.update(new)
        pending += new
    if inside != runs.keys():
        raise Refused("it holds runs that are no part of the one that it is said to hold")


def _check_whole(archive: Archive, found: Docs) -> None:
    """Refuse documents that name what is not there."""
    runs = found[RUNS]
    if any(doc["of"] not in runs for doc in found[REPRODUCTIONS].values()):
        raise Refused("its reproductions are of another run")
    if not found[SLICES].keys() <= runs.keys():
        raise Refused("its slices are of another run")
    for doc in found[SLICES].values():
        code = [doc.get("script"), *doc.get("modules", {}).values()]
        if not all(archive.holds(digest) for digest in code if digest):
            raise Refused("it lacks the code of its slice")
        if doc.get("stdout") and not archive.holds(doc["stdout"]):
            raise Refused("it lacks what its script printed")
    for doc in found[SUBSETS].values():
        if doc.get("index") and not archive.holds(doc["index"]):
            raise Refused("it lacks the rows of a subset")
    for table in (ARTIFACTS, "milestones", "stages", SUBSETS):
        if any(doc["run"] not in runs for doc in found[table].values()):
            raise Refused(f"its {table} are of another run")
    for doc in found[ARTIFACTS].values():
        digest = doc["digest"]
        if not archive.holds(digest):
            raise Refused(f"it lacks the artifact {doc['path'][:80]!r}")
        if archive.size_of(digest) != doc["size"]:
            raise Refused(f"its artifact {doc['path'][:80]!r} has another size than it says")
    for doc in found[CELLS].values():
        for output in doc.get("outputs", ()):
            if not all(map(archive.holds, output.get("blobs", {}).values())):
                raise Refused("it lacks an output of a cell")
    _check_models(archive, found)
    if len(found[CHECKPOINTS]) > 1:
        raise Refused("it holds more than one checkpoint")


def _check_models(archive: Archive, found: Docs) -> None:
    """Refuse models that are no matter of the run, or not whole."""
    versions, runs = found[MODELS], found[RUNS]
    wanted = {doc_id for doc_id, doc in versions.items() if doc.get("runs")}
    pending = list(wanted)
    for doc_id in pending:
        above = versions[doc_id].get("parents", {}).keys() - wanted
        if not above <= versions.keys():
            raise Refused("it lacks what a model was made from")
        wanted |= above
        pending += sorted(above)
    if wanted != versions.keys():
        raise Refused("it holds models that no run of it logged")
    for doc in versions.values():
        if not doc.get("runs", {}).keys() <= runs.keys():
            raise Refused("it holds a model of another run")
        if not doc.get("files") or not all(map(archive.holds, doc["files"].values())):
            raise Refused(f"it lacks files of the model {doc['model'][:80]!r}")
    for doc in found[MODEL_EVENTS].values():
        version = versions.get(doc.get("version", ""))
        if version is None or version["model"] != doc["model"]:
            raise Refused("it tells of a model that it does not hold")
    for doc in found[MODEL_REFERENCES].values():
        if doc["subject"] not in versions or not archive.holds(doc["digest"]):
            raise Refused("it lacks what a model is compared with")


# -- records -----------------------------------------------------------------------------------


def _run(run: RunRecord) -> RunRecord:
    _ids(run.run_id)
    _known(run.session, run.parent, *run.cells)
    _times(run.start_time, run.end_time)
    if not run.state.is_final:
        raise InvalidInput("the run has not ended")
    check_name(run.run_name, "run")
    check_name(run.experiment, "experiment")
    check_tags(run.tags)
    for name in (*run.params, *run.param_history):
        check_name(name, "param")
    for name in (*run.metrics, *run.stats):
        _words(name)
        check_metric_name(name.partition("{")[0])
    for dataset, roles in run.inputs.items():
        _ids(dataset)
        if not isinstance(roles, Mapping) or not all(type(one) is int for one in roles.values()):
            raise InvalidInput("the roles of a data set are none")
    if run.environment is not None and not _ENVIRONMENT.fullmatch(run.environment):
        raise InvalidInput("its environment has no id")
    return _renamed(run)


def _history(told: Any) -> dict[str, dict[str, Any]]:
    """Return the former values of params: by name, then by ULID."""
    made: dict[str, dict[str, Any]] = {}
    for name, history in told.items():
        _ids(*history)
        for ulid, (moment, value) in history.items():
            _times(moment)
            made.setdefault(check_name(name, "param"), {})[ulid] = [moment, value]
    return made


def _cell(cell: CellExecution) -> CellExecution:
    _ids(cell.execution_id, cell.session)
    _known(cell.run)
    _times(cell.start_time, cell.end_time)
    for output in cell.outputs:
        if not all(map(_BLOB.fullmatch, output.blobs.values())):
            raise InvalidInput("an output has no digest")
    return _renamed(cell)


def _session(session: Session) -> Session:
    _ids(session.session_id)
    _times(session.start_time, session.end_time)
    if session.state == "open":
        raise InvalidInput("a session is said to be at work")
    if not _WRITER.fullmatch(session.writer):
        raise InvalidInput("the writer of a session is none")
    if session.environment is not None and not _ENVIRONMENT.fullmatch(session.environment):
        raise InvalidInput("its environment has no id")
    return _renamed(session)


def _environment(environment: Environment) -> None:
    if not _ENVIRONMENT.fullmatch(environment.environment_id):
        raise InvalidInput("an environment has no id")


def _artifact(artifact: Artifact) -> None:
    _ids(artifact.artifact_id, artifact.run)
    _known(artifact.cell)
    _times(artifact.time)
    if artifact_path(artifact.path) != artifact.path:
        raise InvalidInput(f"the path {artifact.path[:80]!r} is written in an odd way")
    if not _BLOB.fullmatch(artifact.digest):
        raise InvalidInput("an artifact has no digest")
    _words(artifact.kind, artifact.media_type)


def _milestone(milestone: Milestone) -> None:
    _ids(milestone.milestone_id, milestone.run)
    _times(milestone.time)
    check_name(milestone.name, "milestone")


def _stage(stage: Stage) -> None:
    _ids(stage.stage_id, stage.run)
    _times(stage.start_time, stage.end_time)
    check_name(stage.name, "stage")


def _dataset(version: DatasetVersion) -> None:
    _ids(version.dataset_id, *version.parents, *version.implied)
    _known(version.maker or None, *(one for name, one in version.made.items() if name != "where"))
    _times(version.created, version.tracked)
    check_dataset_name(version.name)
    check_digest(version.digest)
    check_labels(list(version.labels))
    for digest in (version.manifest, version.content, version.profile):
        if digest and not _BLOB.fullmatch(digest):
            raise InvalidInput("a data set's digest is none")


def _subset(subset: Subset) -> None:
    _ids(subset.subset_id, subset.dataset_id, subset.run)
    _known(subset.execution or None)
    _times(subset.created)
    _words(subset.role, subset.estimator, subset.how, *subset.changed)
    if not 0 < subset.distinct <= min(subset.rows, subset.of) or subset.doubtful < 0:
        raise InvalidInput("a subset has rows that its data has not")
    if subset.index and not _BLOB.fullmatch(subset.index):
        raise InvalidInput("the rows of a subset have no digest")
    if not subset.index and not subset.rows == subset.distinct == subset.of:
        raise InvalidInput("a subset does not say which rows it has")


def _definition(definition: MetricDefinition) -> None:
    given = {key: one for key, one in to_doc(definition).items() if key != "name"}
    as_definition(definition.name, given)


def _slice(found: RunSlice) -> None:
    _ids(*found.executions)
    for digest in (found.script, *found.modules.values()):
        if digest and not _BLOB.fullmatch(digest):
            raise InvalidInput("the code of a slice has no digest")
    if found.stdout and not _BLOB.fullmatch(found.stdout):
        raise InvalidInput("what a script printed has no digest")
    for name in found.modules:
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in name or not name.isprintable():
            raise InvalidInput(f"the module {name[:80]!r} lies elsewhere")


def _draw(draw: Draw) -> None:
    _ids(draw.execution_id)
    if not _BLOB.fullmatch(draw.random):
        raise InvalidInput("the state of a random generator has no digest")


def _reproduction(made: Reproduction) -> None:
    _ids(made.reproduction_id, made.of)
    _known(made.run or None)
    _times(made.time)


def _checkpoint(checkpoint: Checkpoint) -> Checkpoint:
    _ids(checkpoint.checkpoint_id, checkpoint.session_id)
    _known(checkpoint.execution_id, checkpoint.run_id)
    _times(checkpoint.time)
    for stored in (checkpoint.state, checkpoint.document):
        if stored is not None and not (_KEY.fullmatch(stored.key) and stored.length >= 0):
            raise InvalidInput("the state of a checkpoint is none")
    if checkpoint.seal and not _BLOB.fullmatch(checkpoint.seal):
        raise InvalidInput("the seal of a checkpoint is none")
    if checkpoint.label is not None:
        check_name(checkpoint.label, "checkpoint")
    return _renamed(checkpoint)


def _version(version: ModelVersion) -> ModelVersion:
    _ids(version.version_id, *version.runs, *version.parents)
    _known(*version.made.values())
    _times(version.created, *version.runs.values(), *version.parents.values())
    check_model_name(version.model)
    check_digest(version.digest)
    _words(version.by, version.format, version.kind, version.source, version.licence)
    if not 0 < version.number < 10**9 or not 0 < len(version.files) <= MOST_FILES:
        raise InvalidInput("a model has no number, or no files")
    for path, digest in version.files.items():
        check_path(path)
        if not _BLOB.fullmatch(digest):
            raise InvalidInput("a file of a model has no digest")
    return plain(version)


def _event(event: ModelEvent) -> None:
    _ids(event.event_id, event.version, *event.based_on)
    _times(event.time)
    check_model_name(event.model)
    _words(event.by, event.subject)
    as_text(event.value)
    as_text(event.reason)
    if event.kind not in CARRIED or event.evidence or event.values or event.needed:
        raise InvalidInput(f"{event.kind.value} of a model counts in its own book only")


def _reference(reference: Reference) -> None:
    _ids(reference.reference_id, reference.subject)
    _times(reference.time)
    _words(reference.source, *reference.columns)
    if not _BLOB.fullmatch(reference.digest) or reference.rows < 1:
        raise InvalidInput("what a model is compared with has no rows")


_CHECKS: Mapping[type[Record], Callable[[Any], Record | None]] = {
    RunRecord: _run,
    CellExecution: _cell,
    Session: _session,
    Environment: _environment,
    Artifact: _artifact,
    Milestone: _milestone,
    Stage: _stage,
    DatasetVersion: _dataset,
    Subset: _subset,
    MetricDefinition: _definition,
    RunSlice: _slice,
    Draw: _draw,
    Reproduction: _reproduction,
    Checkpoint: _checkpoint,
    ModelVersion: _version,
    ModelEvent: _event,
    Reference: _reference,
}


def _renamed(record: N) -> N:
    """Return a record with a notebook that lies nowhere else than below the book."""
    if record.notebook is None:
        return record
    name = PurePosixPath(record.notebook.replace("\\", "/"))
    inside = name.name if name.is_absolute() or ".." in name.parts else record.notebook
    inside = inside if inside.isprintable() else "notebook.ipynb"
    return dataclasses.replace(record, notebook=inside)


def _ids(*told: str) -> None:
    for one in told:
        if not is_ulid(one) or milliseconds(one) > _latest():
            raise InvalidInput(f"{one[:40]!r} is no id")


def _known(*told: str | None) -> None:
    _ids(*(one for one in told if one is not None))


def _times(*told: int | None) -> None:
    for one in told:
        if one is not None and not 0 <= one <= _latest():
            raise InvalidInput(f"{one} is no moment of the past")


def _words(*told: str) -> None:
    for one in told:
        if not one.isprintable() or len(one) > 4 * _WORD:
            raise InvalidInput(f"{one[:40]!r} is no name")


def _latest() -> int:
    return time.time_ns() // 1_000_000 + _AHEAD
