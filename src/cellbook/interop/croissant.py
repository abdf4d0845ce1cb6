"""Versions of data sets as Croissant, the JSON-LD of data sets for machine learning.

After the Croissant Format Specification 1.1 (MLCommons).  A file is a ``FileObject`` with its
SHA-256; columns of a table that lies in a file are the fields of a ``RecordSet``, each with the
file and column that it is read from.  Croissant has no fields of data that lies in no file, such as
a frame in memory: its columns are told in schema.org's ``variableMeasured``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from cellbook.interop.prov import iso_time
from cellbook.records import DatasetVersion

VERSION = "http://mlcommons.org/croissant/1.1"
CONTEXT: Mapping[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""What the specification asks for word by word."""

NO_LICENSE = "No license is stated: ask whoever made it before you use it."
MANY = 500
"""Files that are told one by one; of more, the rest is counted."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of a data set."""

    path: str
    """Relative to where the description lies, or a URL."""
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True, slots=True)
class DataColumn:
    """One column of a table."""

    name: str
    data_type: str
    """In Croissant's words: ``sc:Integer``, ``cr:Float32`` …"""


def croissant(
    version: DatasetVersion,
    files: Sequence[DataFile] = (),
    columns: Iterable[DataColumn] = (),
    parents: Iterable[DatasetVersion] = (),
    license: str = "",  # noqa: A002
) -> dict[str, Any]:
    """Return the description of a version.

    Parameters
    ----------
    version
        Numbered.
    files
        Where its content lies; none where it is in no file.
    columns
        Of a table: where there is one file, of that.
    parents
        The versions that it was made from.
    license
        A URL, or words; empty where nobody said.
    """
    told = list(columns)
    document: dict[str, Any] = {
        "@context": dict(CONTEXT),
        "@type": "sc:Dataset",
        "conformsTo": VERSION,
        "name": version.name,
        "description": _description(version, len(files)),
        "version": version.version,
        "identifier": [version.digest, f"urn:cellbook:data/{version.dataset_id}"],
        "dateCreated": iso_time(version.created),
        "datePublished": iso_time(version.created),
        "license": license or NO_LICENSE,
        "citeAs": _citation(version),
    }
    if version.labels:
        document["keywords"] = list(version.labels)
    if version.kind == "url":
        document["url"] = version.source
    made_of = [f"urn:cellbook:data/{one.dataset_id}" for one in parents]
    if made_of:
        document["isBasedOn"] = made_of
    if files:
        document["distribution"] = [_file(one, place) for place, one in enumerate(files[:MANY])]
    if told and len(files) == 1:
        document["recordSet"] = [_records(told)]
    elif told:
        document["variableMeasured"] = [_variable(one) for one in told]
    return document


def _description(version: DatasetVersion, files: int) -> str:
    facts = [f"Version {version.version} of {version.name}"]
    if version.kind:
        facts.append(f"a {version.kind}")
    if version.rows is not None:
        columns = "" if version.columns is None else f" and {version.columns:,} columns"
        facts.append(f"with {version.rows:,} rows{columns}")
    if version.size:
        facts.append(f"of {version.size:,} bytes")
    if version.source:
        facts.append(f"from {version.source}")
    if files > MANY:
        facts.append(f"of whose {files:,} files the first {MANY} are told here")
    return f"{', '.join(facts)}. Its digest is {version.digest}."


def _citation(version: DatasetVersion) -> str:
    key = re.sub(r"[^A-Za-z0-9]+", "_", version.name).strip("_") or "data"
    title = re.sub(r"[{}\\]", "", version.name)
    year = iso_time(version.created)[:4]
    return (
        f"@misc{{{key}_{version.version}, title={{{title}, version {version.version}}}, "
        f"year={{{year}}}, note={{{version.digest}}}}}"
    )


def _file(one: DataFile, place: int) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": _file_id(place),
        "name": PurePosixPath(one.path).name or one.path,
        "contentUrl": one.path,
        "contentSize": f"{one.size} B",
        "encodingFormat": one.media_type,
        "sha256": one.sha256,
    }


def _file_id(place: int) -> str:
    return f"file-{place + 1}"


def _records(columns: Iterable[DataColumn]) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": "records",
        "name": "records",
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"records/{place}",
                "name": one.name,
                "dataType": one.data_type,
                "source": {
                    "fileObject": {"@id": _file_id(0)},
                    "extract": {"column": one.name},
                },
            }
            for place, one in enumerate(columns, 1)
        ],
    }


def _variable(one: DataColumn) -> dict[str, Any]:
    return {"@type": "sc:PropertyValue", "name": one.name, "description": one.data_type}
