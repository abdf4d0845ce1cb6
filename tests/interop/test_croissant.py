from __future__ import annotations

import pytest

from cellbook.interop.croissant import MANY, DataColumn, DataFile, croissant
from cellbook.records import DatasetVersion
from tests.interop.validators import read_croissant

SHA = "ab" * 32
HOSTILE = 'dig "its"\n<b>\\}{;é☃@%20'


def version(**facts: object) -> DatasetVersion:
    made = {
        "dataset_id": "01M8G93XMSBSKM7NZ8VDHEKE4K",
        "name": "digits",
        "digest": f"sha256:{SHA}",
        "created": 1_700_000_000_000,
        "version": 3,
        **facts,
    }
    return DatasetVersion(**made)  # type: ignore[arg-type]


def test_a_table_in_a_file(caplog: pytest.LogCaptureFixture) -> None:
    files = [DataFile("data/digits.csv", SHA, 12, "text/csv")]
    columns = [DataColumn("x", "sc:Integer"), DataColumn('y "é"', "sc:Float")]
    told = croissant(version(kind="file", rows=3, columns=2, size=12), files, columns)
    found = read_croissant(told, caplog)
    assert found.name == "digits"
    assert found.version == "3.0.0"
    (file,) = found.distribution
    assert (file.content_url, file.sha256) == ("data/digits.csv", SHA)
    (records,) = found.record_sets
    assert [field.name for field in records.fields] == ["x", 'y "é"']
    assert [field.source.extract.column for field in records.fields] == ["x", 'y "é"']


def test_a_frame_in_memory(caplog: pytest.LogCaptureFixture) -> None:
    """Croissant has no fields without a file: schema.org's words tell of the columns."""
    told = croissant(version(kind="frame"), (), [DataColumn("x", "sc:Integer")])
    found = read_croissant(told, caplog)
    assert found.record_sets == []
    assert told["variableMeasured"] == [
        {"@type": "sc:PropertyValue", "name": "x", "description": "sc:Integer"}
    ]


def test_many_files(caplog: pytest.LogCaptureFixture) -> None:
    files = [DataFile(f"p/{n}.png", SHA, 1, "image/png") for n in range(MANY + 5)]
    told = croissant(version(kind="folder"), files, [DataColumn("x", "sc:Text")])
    found = read_croissant(told, caplog)
    assert len(found.distribution) == MANY
    assert "505 files the first 500 are told" in found.description


@pytest.mark.parametrize("kind", ["", "file", "url", "query", "array"])
def test_hostile_names(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    made = version(kind=kind, name=HOSTILE, source=f"s3://x/{HOSTILE}", labels=(HOSTILE,))
    files = [DataFile(HOSTILE, SHA, 1, "text/csv")]
    told = croissant(made, files, [DataColumn(HOSTILE, "sc:Text")], [made], HOSTILE)
    found = read_croissant(told, caplog)
    assert found.name == HOSTILE
    assert told["citeAs"].count("{") == told["citeAs"].count("}")


def test_a_license_is_told(caplog: pytest.LogCaptureFixture) -> None:
    url = "https://creativecommons.org/licenses/by/4.0/"
    assert read_croissant(croissant(version(), license=url), caplog).license == [url]
    assert "ask whoever made it" in read_croissant(croissant(version()), caplog).license[0]
