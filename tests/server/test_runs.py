from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from cellbook.book import Book
from tests.server.samples import log
from tests.server.servers import Server

EVIL = "<img src=x onerror=alert(1)>\n</script>\u2028"


def test_page_lists_the_newest_first(server: Server, home: Path, book: Book) -> None:
    log(book, "first", 1.0, 0.5)
    log(book, "second", 0.25)
    page = server.get(f"runs?notebook={home.name}/any.ipynb")
    assert [row["name"] for row in page["rows"]] == ["second", "first"]
    assert page["rows"][1]["spark"] == [1.0, 0.5]
    assert not page["more"]


@pytest.mark.parametrize("query", ["", "metrics.loss >= 0", "metrics.loss IN (0, 1)"])
def test_pages_join(server: Server, home: Path, book: Book, query: str) -> None:
    for number in range(7):
        log(book, f"run {number}", number % 2)
    book.runs.change(3, archived=True)
    book.runs.delete(5)
    found, offset, more = [], 0, True
    while more:
        asked = f"runs?notebook={home.name}&limit=2&offset={offset}&query={quote(query)}"
        page = server.get(asked)
        found += [row["number"] for row in page["rows"]]
        offset, more = offset + 2, page["more"]
    assert found == [7, 6, 4, 2, 1]


def test_page_further_down_follows_changes(server: Server, home: Path, book: Book) -> None:
    asked = f"runs?notebook={home.name}&limit=2&offset=2&query={quote('metrics.loss > 0')}"

    def numbers() -> list[int]:
        return [row["number"] for row in server.get(asked)["rows"]]

    for number in range(6):
        log(book, f"run {number}", number)
    assert numbers() == [4, 3]
    with book.start_run() as run:
        run.log_metric("loss", 0.0)
        assert numbers() == [4, 3]
        run.log_metric("loss", 1.0)
    assert numbers() == [5, 4]
    book.runs.change(6, archived=True)
    assert numbers() == [4, 3]


def test_query_is_the_language_of_searches(server: Server, home: Path, book: Book) -> None:
    log(book, "low", 0.1)
    log(book, "high", 0.9)
    page = server.get(f"runs?notebook={home.name}&query=metrics.loss%20%3E%200.5")
    assert [row["name"] for row in page["rows"]] == ["high"]
    wrong = server.ask("GET", f"runs?notebook={home.name}&query=metrics.loss%20%3E")
    assert wrong.status == 400
    assert "^" in wrong.message


def test_unchanged_page_is_not_sent_again(server: Server, home: Path, book: Book) -> None:
    log(book, "first")
    asked = f"runs?notebook={home.name}"
    tag = server.ask("GET", asked).headers["Etag"]
    assert tag.startswith("W/")
    again = server.ask("GET", asked, headers={"If-None-Match": tag})
    assert (again.status, again.content) == (304, b"")
    log(book, "second")
    assert server.ask("GET", asked, headers={"If-None-Match": tag}).status == 200


def test_growing_curve_changes_the_tag(server: Server, home: Path, book: Book) -> None:
    run = book.start_run()
    run.log_metric("loss", 1.0)
    asked = f"curves?notebook={home.name}&metric=loss&runs=1"
    tag = server.ask("GET", asked).headers["Etag"]
    run.log_metric("loss", 0.5)
    answer = server.ask("GET", asked, headers={"If-None-Match": tag})
    assert answer.json[0]["values"] == [1.0, 0.5]
    run.end()


def test_details_tell_all_but_outputs(server: Server, home: Path, book: Book) -> None:
    with book.start_run("outer"), book.start_run("inner", nested=True, params={"lr": 1}) as run:
        run.log_text("x", "x.txt")
    found = server.get(f"runs/inner?notebook={home.name}")
    assert found["record"]["run_id"] == run.run_id
    assert found["record"]["params"] == {"lr": 1}
    assert found["parent"]["name"] == "outer"
    assert [artifact["path"] for artifact in found["artifacts"]] == ["x.txt"]


def test_unknown_run_suggests_one(server: Server, home: Path, book: Book) -> None:
    log(book, "baseline")
    answer = server.ask("GET", f"runs/basline?notebook={home.name}")
    assert answer.status == 404
    assert "baseline" in answer.message


def test_ambiguous_run_is_a_conflict(server: Server, home: Path, book: Book) -> None:
    log(book, "same")
    log(book, "same")
    assert server.ask("GET", f"runs/same?notebook={home.name}").status == 409


def test_change_changes_all_at_once(server: Server, home: Path, book: Book) -> None:
    record = log(book, "first", tags={"a": "1", "b": "2"})
    body = {"run_name": "new", "description": EVIL, "tags": {"c": 3}, "drop_tags": ["a"]}
    row = server.ask("PATCH", f"runs/{record.run_id}?notebook={home.name}", body).json
    assert (row["name"], row["notes"]) == ("new", EVIL)
    after = book.find_run(record.run_id)
    assert after.tags == {"b": "2", "c": "3"}


def test_bad_change_changes_nothing(server: Server, home: Path, book: Book) -> None:
    record = log(book, "first")
    body = {"description": "x", "run_name": ""}
    assert server.ask("PATCH", f"runs/1?notebook={home.name}", body).status == 400
    assert book.find_run(record.run_id) == record


def test_trash_and_back(server: Server, home: Path, book: Book) -> None:
    log(book, "first")
    assert server.ask("PATCH", f"runs/1?notebook={home.name}", {"trashed": True}).json["trashed"]
    assert server.get(f"runs?notebook={home.name}")["rows"] == []
    back = server.ask("PATCH", f"runs/1?notebook={home.name}", {"trashed": False}).json
    assert not back["trashed"]
    assert len(server.get(f"runs?notebook={home.name}")["rows"]) == 1


def test_running_run_does_not_go_to_the_trash(server: Server, home: Path, book: Book) -> None:
    run = book.start_run("live")
    answer = server.ask("PATCH", f"runs/1?notebook={home.name}", {"trashed": True})
    assert answer.status == 400
    assert "%end_run" in answer.message
    run.end()


def test_compare_without_names_takes_the_newest(server: Server, home: Path, book: Book) -> None:
    for value in (0.1, 0.2):
        log(book, "run", value)
    found = server.get(f"compare?notebook={home.name}&baseline=1")
    assert [run["number"] for run in found["runs"]] == [1, 2]
    assert found["baseline"] == 1
    alone = server.get(f"compare?notebook={home.name}&runs=1,%239")
    assert [run["number"] for run in alone["runs"]] == [1]
    assert "#9" in alone["missing"][0]
    assert server.ask("GET", f"compare?notebook={home.name}&baseline=2").status == 400


def test_too_many_runs_at_once_are_refused(server: Server, home: Path, book: Book) -> None:
    runs = ",".join(map(str, range(200)))
    answer = server.ask("GET", f"curves?notebook={home.name}&metric=loss&runs={runs}")
    assert (answer.status, "at most 100" in answer.message) == (400, True)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("page.html", False),
        ("picture.svg", False),
        ("program.js", False),
        ("data.json", False),
        ("picture.png", True),
        ("picture.jpg", True),
        ('"quoted"; x=\u00e9.csv', False),
    ],
)
def test_artifact_runs_nothing(
    server: Server, home: Path, book: Book, tmp_path: Path, name: str, shown: bool
) -> None:
    (tmp_path / "file").write_text(EVIL)
    with book.start_run() as run:
        run.log_artifact(tmp_path / "file")
    artifact = book.artifacts(run)[0]
    (tmp_path / name).write_text(EVIL)
    with book.start_run() as run:
        run.log_artifact(tmp_path / name, "deep/folder")
    from urllib.parse import quote

    answer = server.ask("GET", f"runs/2/artifacts/deep/folder/{quote(name)}?notebook={home.name}")
    assert answer.content.decode() == EVIL
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].endswith("sandbox")
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("inline" if shown else "attachment")
    assert disposition.isascii()
    if not shown and not name.endswith(".svg"):
        assert answer.headers["Content-Type"] == "application/octet-stream"
    tag = answer.headers["Etag"]
    again = server.ask(
        "GET",
        f"runs/2/artifacts/deep/folder/{quote(name)}?notebook={home.name}",
        headers={"If-None-Match": tag},
    )
    assert again.status in (200, 304)
    assert artifact.digest in tag or not shown


def test_missing_artifacts_are_told(server: Server, home: Path, book: Book) -> None:
    with book.start_run() as run:
        run.log_text("x", "x.txt")
    asked = f"runs/1/artifacts/{{}}?notebook={home.name}"
    for path in ("y.txt", "../../format.json", "..%2F..%2Fformat.json", "x.txt/"):
        assert server.ask("GET", asked.format(path)).status == 404
    book.store.blobs.path(book.artifacts(run)[0].digest).unlink()
    answer = server.ask("GET", asked.format("x.txt"))
    assert (answer.status, "cellbook verify" in answer.message) == (404, True)


def test_large_artifact_comes_whole(server: Server, home: Path, book: Book, tmp_path: Path) -> None:
    content = bytes(range(256)) * 20_000
    (tmp_path / "large.bin").write_bytes(content)
    with book.start_run() as run:
        run.log_artifact(tmp_path / "large.bin")
    answer = server.ask("GET", f"runs/1/artifacts/large.bin?notebook={home.name}")
    assert answer.content == content


def test_dead_process_is_seen_to_have_crashed(server: Server, home: Path) -> None:
    script = "import cellbook as cb, os, sys; cb.open(sys.argv[1]); cb.start_run('x'); os._exit(1)"
    subprocess.run([sys.executable, "-c", script, home], check=False)
    (row,) = server.get(f"runs?notebook={home.name}")["rows"]
    assert row["state"] == "crashed"


def test_reading_leaves_no_trace(server: Server, home: Path, book: Book) -> None:
    log(book, "run", 1.0)
    book.close()

    def files() -> list[Any]:
        return sorted(
            (str(path), path.stat().st_mtime_ns) for path in home.rglob("*") if path.is_file()
        )

    before = files()
    for path in ("book", "runs", "runs/1", "compare?runs=1,1", "checkpoints", "cells"):
        separator = "&" if "?" in path else "?"
        assert server.ask("GET", f"{path}{separator}notebook={home.name}/a.ipynb").status == 200
    assert files() == before


def test_numbers_that_json_lacks_are_text(server: Server, home: Path, book: Book) -> None:
    log(book, "run", float("inf"), float("nan"))
    answer = server.ask("GET", f"curves?notebook={home.name}&metric=loss&runs=1")
    (curve,) = json.loads(answer.content, parse_constant=pytest.fail)
    assert curve["values"] == ["Infinity", "NaN"]
