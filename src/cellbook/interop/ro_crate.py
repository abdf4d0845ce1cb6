"""A run as an RO-Crate: what each file of a folder or zip is, and how they came to be.

After RO-Crate 1.1 and the Process Run Crate profile 0.5 (of the Workflow Run RO-Crate family): the
run is a ``CreateAction`` whose *instrument* is the code, whose *objects* are data sets and params,
and whose *results* are artifacts and metrics.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from cellbook.interop.croissant import NO_LICENSE
from cellbook.interop.prov import iso_time
from cellbook.records import DatasetVersion, RunRecord, RunState

METADATA = "ro-crate-metadata.json"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
CRATE = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
_TERMS = {"sha256": "https://schema.org/sha256"}
"""What the context of RO-Crate 1.1 lacks."""
_STATUS = {
    RunState.FINISHED: "http://schema.org/CompletedActionStatus",
    RunState.RUNNING: "http://schema.org/ActiveActionStatus",
}
_FAILED = "http://schema.org/FailedActionStatus"


@dataclass(frozen=True, slots=True)
class CrateFile:
    """One file of the crate."""

    path: str
    size: int | None
    """None, as an empty `sha256`, of what cannot tell it: the file that lists the metadata's own
    digest."""
    sha256: str
    media_type: str
    description: str = ""
    is_code: bool = False
    is_result: bool = False
    about: str = ""
    """The id of the entity that it describes; empty for none."""


@dataclass(frozen=True, slots=True)
class CrateData:
    """A data set that the run used."""

    version: DatasetVersion
    roles: Sequence[str]
    files: Sequence[str] = ()
    """Paths in the crate, where its content is there."""


def crate(
    run: RunRecord,
    files: Sequence[CrateFile],
    data: Sequence[CrateData],
    *,
    agent: str = "",
    instrument: str = "",
    license: str = "",  # noqa: A002
    description: str = "",
) -> dict[str, Any]:
    """Return the crate's metadata.

    Parameters
    ----------
    run
        The run.
    files
        All files of the crate but the metadata's own.
    data
        What it used.
    agent
        Who ran it; empty where nobody knows.
    instrument
        Path of the code that was run; empty for none.
    license
        A URL; empty where nobody said.
    description
        Of the whole, in a sentence.
    """
    terms = {"@id": license} if license else {"@id": "#no-license"}
    graph: list[dict[str, Any]] = [
        {
            "@id": METADATA,
            "@type": "CreativeWork",
            "conformsTo": {"@id": CRATE},
            "about": {"@id": "./"},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": run.run_name,
            "description": description or run.description or f"The run {run.run_name}.",
            "datePublished": iso_time(run.start_time if run.end_time is None else run.end_time),
            "identifier": f"urn:cellbook:run/{run.run_id}",
            "license": terms,
            "conformsTo": {"@id": PROFILE},
            "hasPart": [{"@id": file_id(one.path)} for one in files],
            "mentions": {"@id": _run_id(run)},
            **({"author": {"@id": _person_id(agent)}} if agent else {}),
        },
        {"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        _license(license),
    ]
    params = [_value("param", name, value) for name, value in sorted(run.params.items())]
    metrics = [_value("metric", name, value) for name, value in sorted(run.metrics.items())]
    results = [file_id(one.path) for one in files if one.is_result]
    graph.append(_action(run, data, params, metrics, results, agent, instrument))
    if agent:
        graph.append({"@id": _person_id(agent), "@type": "Person", "name": agent})
    graph += [_file(one) for one in files]
    graph += [_data(one) for one in data]
    graph += params + metrics
    return {"@context": [CONTEXT, dict(_TERMS)], "@graph": graph}


def file_id(path: str) -> str:
    """Return the id of a file: its path as a relative URI."""
    return quote(path, safe="/!$&'()*+,;=@~-._")


def data_id(version: DatasetVersion) -> str:
    """Return the id of a data set."""
    return f"#data-{version.dataset_id}"


def _run_id(run: RunRecord) -> str:
    return f"#run-{run.run_id}"


def _person_id(name: str) -> str:
    return f"#person-{quote(name, safe='')}"


def _license(license: str) -> dict[str, Any]:  # noqa: A002
    if license:
        return {"@id": license, "@type": "CreativeWork", "name": license, "url": license}
    return {
        "@id": "#no-license",
        "@type": "CreativeWork",
        "name": "No license is stated",
        "description": NO_LICENSE,
    }


def _action(
    run: RunRecord,
    data: Iterable[CrateData],
    params: Iterable[Mapping[str, Any]],
    metrics: Iterable[Mapping[str, Any]],
    results: Iterable[str],
    agent: str,
    instrument: str,
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "@id": _run_id(run),
        "@type": "CreateAction",
        "name": run.run_name,
        "startTime": iso_time(run.start_time),
        "actionStatus": {"@id": _STATUS.get(run.state, _FAILED)},
        "object": [*({"@id": data_id(one.version)} for one in data), *map(_reference, params)],
        "result": [*({"@id": name} for name in results), *map(_reference, metrics)],
    }
    if run.end_time is not None:
        made["endTime"] = iso_time(run.end_time)
    if run.description:
        made["description"] = run.description
    if run.error:
        made["error"] = run.error
    if agent:
        made["agent"] = {"@id": _person_id(agent)}
    if instrument:
        made["instrument"] = {"@id": file_id(instrument)}
    return made


def _reference(entity: Mapping[str, Any]) -> dict[str, Any]:
    return {"@id": entity["@id"]}


def _value(kind: str, name: str, value: Any) -> dict[str, Any]:
    plain = isinstance(value, (bool, int, str)) or (isinstance(value, float) and value - value == 0)
    return {
        "@id": f"#{kind}-{quote(name, safe='')}",
        "@type": "PropertyValue",
        "name": name,
        # What JSON-LD has no form for, infinities among it, is told as text.
        "value": value if plain else json.dumps(value, ensure_ascii=False),
    }


def _file(one: CrateFile) -> dict[str, Any]:
    made: dict[str, Any] = {
        "@id": file_id(one.path),
        "@type": ["File", "SoftwareSourceCode"] if one.is_code else "File",
        "name": one.path,
        "encodingFormat": one.media_type,
    }
    if one.size is not None:
        made |= {"contentSize": str(one.size), "sha256": one.sha256}
    if one.description:
        made["description"] = one.description
    if one.about:
        made["about"] = {"@id": one.about}
    return made


def _data(one: CrateData) -> dict[str, Any]:
    version = one.version
    made: dict[str, Any] = {
        "@id": data_id(version),
        "@type": "Dataset",
        "name": version.label,
        "version": str(version.version),
        "identifier": version.digest,
        "dateCreated": iso_time(version.created),
    }
    if version.source:
        made["url" if version.kind == "url" else "description"] = version.source
    if one.roles:
        made["keywords"] = ", ".join(one.roles)
    if one.files:
        made["hasPart"] = [{"@id": file_id(path)} for path in one.files]
    return made
