"""The description is true: each route in it answers as it says."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from sklearn.linear_model import LinearRegression

from cellbook import assets
from cellbook.book import Book
from cellbook.records import (
    Anchor,
    AnchorKind,
    Author,
    Comment,
    DashboardPanel,
    Record,
    Revision,
    Thread,
    ThreadKind,
    to_doc,
)
from cellbook.registry.checks import CheckUnderWay
from cellbook.server.openapi import describe
from cellbook.server.operations import read_query
from cellbook.server.routes import OPERATIONS
from cellbook.server.shelf import Missing
from cellbook.store import FolderStore, create
from tests.server.conftest import recorder
from tests.server.samples import log, notebook, save
from tests.server.servers import Server

THREAD, COMMENT, REVIEW = (f"01K8000000000000000000000{letter}" for letter in "TCR")
OPTIONS = {
    "threads": "scope=book&cells=[]",
    "thread": f"thread={THREAD}",
    "comment-history": f"comment={COMMENT}",
    "preview": "text=**bold**",
    "code": "first=1&second=2",
    "compare": "runs=1,2",
    "correlation": "runs=1,2",
    "curves": "runs=1,2&metric=loss",
    "console": "run=2",
    "dashboard": "name=weekly",
    "details": "run=2",
    "data": "text=wine&every=true",
    "data-version": "data=wine@1",
    "compare-data": "runs=1,2",
    "data-diff": "before=digits@1&after=digits@2&key=id",
    "media": "runs=1,2",
    "table": "run=2&path=t.csv",
    "importance": "runs=1,2&metric=metrics.loss",
    "grid": "query=metrics.loss%20%3E%200&baseline=1&order_by=metrics.loss%20DESC",
    "grid-columns": "text=loss",
    "grid-file": "format=markdown",
    "lines": "runs=1,2&metric=loss&smoothing=0.5&group=params.lr&low=0",
    "lineage": "target=%232",
    "model": "name=wine",
    "model-version": "version=wine/1",
    "model-evidence": "version=wine/1",
    "compare-models": "versions=wine/1,wine/2",
    "monitor": "endpoint=wine&window=3600",
    "alarms": "since=01K80000000000000000000000",
    "relations": "runs=1,2&wanted=[]",
    "surface": "runs=1,2&x=metrics.loss&y=params.lr&z=metrics.loss",
    "checkpoints/{checkpoint_id}/diff": "to=2",
}
BODIES: dict[tuple[str, str], Any] = {
    ("PATCH", "runs/{run_id}"): {"run_name": "other", "tags": {"a": 1}, "drop_tags": ["b"]},
    ("PATCH", "checkpoints/{checkpoint_id}"): {"label": "clean"},
    ("PUT", "checkpoints/{checkpoint_id}/document"): notebook("x = 1"),
    ("POST", "checkpoints/{checkpoint_id}/diff"): {"document": {"cells": []}},
    ("POST", "pin"): {"name": "weekly", "panel": {"query": "metrics.loss > 0"}},
    ("POST", "save-dashboard"): {"name": "weekly", "panels": [{"title": "all"}]},
    ("POST", "start-thread"): {"anchor": {"target": "notebook"}, "text": "hello"},
    ("POST", "reply"): {"thread": THREAD, "text": "yes"},
    ("POST", "edit-comment"): {"comment": COMMENT, "text": "no"},
    ("POST", "delete-comment"): {"comment": COMMENT},
    ("POST", "resolve"): {"thread": THREAD},
    ("POST", "reopen"): {"thread": THREAD, "text": "not yet"},
    ("POST", "react"): {"comment": COMMENT, "emoji": "👍"},
    ("POST", "label"): {"thread": THREAD, "label": "question"},
    ("POST", "assign"): {"thread": THREAD, "name": "grace"},
    ("POST", "mark-read"): {"thread": THREAD, "comment": COMMENT},
    ("POST", "reattach"): {"thread": THREAD, "anchor": {"kind": "cell", "cell_id": "cell-0"}},
    ("POST", "save-brief"): {"fields": {"question": "Why?"}},
    ("POST", "request-review"): {"anchor": {"kind": "run", "runs": ["2"]}, "of": ["grace"]},
    ("POST", "review"): {"thread": REVIEW, "verdict": "approved"},
    ("POST", "set-author"): {"name": "ada", "display_name": "Ada"},
    ("POST", "set-model-alias"): {"model": "wine", "alias": "best", "version": "1"},
    ("POST", "move-model-stage"): {"version": "wine/1", "stage": "staging"},
    ("POST", "approve-model"): {
        "version": "wine/1",
        "target": "production",
        "reason": "so",
        "evidence": ["run"],
    },
    ("POST", "check-model"): {"version": "wine/1"},
    ("POST", "protect-model"): {"model": "wine", "target": "@champion", "approvers": ["grace"]},
    ("POST", "describe-model"): {"target": "wine/1", "text": "**bold**"},
    ("POST", "tag-model"): {"target": "wine", "key": "team", "value": "cellar"},
    ("POST", "set-model-owners"): {"model": "wine", "owners": ["ada"]},
    ("POST", "deprecate-model"): {"target": "wine/2", "reason": "old"},
    ("POST", "delete-model"): {"target": "wine/2"},
    ("POST", "fork"): {"target": "checkpoint:1", "name": "taken-over.ipynb"},
}
DOWNLOADS = {
    "plotly.js": assets.content("plotly.js"),
    "runs/{run_id}/artifacts/{path}": b"a text",
}


def body_of(operation: Any) -> Any:
    """Return the body of a request: that of a question says what its address would."""
    if not operation.asks_by_body:
        return BODIES.get((operation.method, operation.path))
    given = dict(parse_qsl(OPTIONS.get(operation.path, "")))
    asked = dataclasses.asdict(read_query(operation.types["query"], given.get))
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in asked.items()
        if value is not None
    }


def fits(value: Any, schema: dict[str, Any], description: dict[str, Any]) -> None:
    """Check a value against a schema of a description."""
    whole = {**schema, "components": description["components"]}
    Draft202012Validator(whole).validate(value)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with something of everything, to be copied: it takes a second to write."""
    folder = tmp_path_factory.mktemp("written") / ".cellbook"
    with closing(Book(FolderStore(folder))) as book:
        write_all(book)
    return folder


@pytest.fixture
def filled(written: Path, home: Path) -> Iterator[Book]:
    shutil.copytree(written, home / ".cellbook")
    with closing(Book(FolderStore(home / ".cellbook"))) as book:
        # It is being checked, by this very process: asked to, the server need not.
        CheckUnderWay(book.store, book.models.find("wine/1"), "ada")
        yield book


def write_all(book: Book) -> None:
    log(book, "first", 0.5, float("nan"), params={"lr": float("inf"), "deep": {"a": [1]}})
    with book.start_run("second", tags={"b": "c"}, description="<b>bold</b>") as run:
        run.log_metrics({"loss": 1.0, "acc": 0.5})
        run.log_metrics({"loss": 0.5, "acc": float("-inf")})
        run.log_text("a text", "a/b c.txt")
        run.log_input("wine", "sha256:0", labels="raw", role="train")
        run.log_table({"a": [1, 2]}, "t.csv")
        run.log_model(LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0]), "wine", alias="best")
        run.log_model(LinearRegression().fit([[1.0], [2.0]], [1.0, 3.0]), "wine")
        recorder(book)("print(1)", "cell-0", run=run.run_id, stdout="1\n", stale=("because",))
        with book.start_run("inner", nested=True):
            pass
    save(book.checkpoints, {"x": 1, "y": [1, 2]})
    save(book.checkpoints, {"x": 2})
    book.checkpoints.attach_document(1, notebook("x = 1"))
    book.dashboards.add("weekly", DashboardPanel("all", look={"metric": "loss"}))
    book.track_data(pd.DataFrame({"id": [1, 2], "x": [0.5, float("nan")]}), "digits", keep=True)
    book.track_data(pd.DataFrame({"id": [2, 3], "x": [1.5, 2.5]}), "digits", keep=True)
    discuss(book)


def discuss(book: Book) -> None:
    """Write a thread, and a review that was asked of her, under ids that are known."""
    ada, anchor = Author("ada"), Anchor(AnchorKind.NOTEBOOK, "work.ipynb")
    thread = Thread(THREAD, anchor, ada, 1)
    review = Thread(REVIEW, anchor, Author("lin"), 1, ThreadKind.REVIEW, assigned={"ada": True})
    comment = Comment(COMMENT, THREAD, ada, 1, {COMMENT: Revision("so?", 1)})
    told: tuple[tuple[str, str, Record], ...] = (
        ("threads", THREAD, thread),
        ("threads", REVIEW, review),
        ("comments", COMMENT, comment),
    )
    book.store.commit([create(table, name, to_doc(record)) for table, name, record in told])


def test_description_is_valid(server: Server) -> None:
    description = server.get("openapi.json")
    validate(description)
    assert description["openapi"].startswith("3.1")
    assert description["servers"] == [{"url": "/cellbook"}]


def test_description_names_every_route() -> None:
    paths = describe(OPERATIONS, "/user/ada/")["paths"]
    there = {(method.upper(), path) for path, item in paths.items() for method in item}
    assert there == {(one.method, f"/{one.path}") for one in OPERATIONS} | {("GET", "/events")}


def test_everything_in_it_is_explained() -> None:
    description = describe(OPERATIONS, "/")
    for item in description["paths"].values():
        for operation in item.values():
            assert operation["summary"].endswith(".")
            names = [parameter["name"] for parameter in operation["parameters"]]
            assert len(set(names)) == len(names)
    for name, schema in description["components"]["schemas"].items():
        assert schema.get("description") or schema.get("enum"), name


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_route_answers_as_described(
    server: Server, home: Path, filled: Book, operation: Any
) -> None:
    description = server.get("openapi.json")
    entry = description["paths"][f"/{operation.path}"][operation.method.lower()]
    path = operation.path.format(run_id=2, path="a/b%20c.txt", checkpoint_id=1, cell_id="cell-0")
    options = "" if operation.asks_by_body else OPTIONS.get(operation.path, "")
    asked = f"{path}?notebook={home.name}/work.ipynb&{options}"
    body = body_of(operation)
    if isinstance(body, dict):
        given = entry["requestBody"]["content"]["application/json"]["schema"]
        fits(body, given, description)
    answer = server.ask(operation.method, asked.rstrip("&"), body)
    assert answer.status == 200, answer.content
    (content,) = entry["responses"]["200"]["content"].values()
    if content:
        fits(answer.json, content["schema"], description)
    else:
        assert answer.content == DOWNLOADS[operation.path]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_route_says_what_is_wrong(server: Server, home: Path, operation: Any) -> None:
    """There is no book; only what begins one, the first comment, makes it."""
    description = server.get("openapi.json")
    path = operation.path.format(run_id=1, path="x", checkpoint_id=1, cell_id="x")
    asked = f"{path}?notebook={home.name}/work.ipynb&{OPTIONS.get(operation.path, '')}"
    answer = server.ask(operation.method, asked, body_of(operation))
    if operation.path in ("book", "openapi.json", "plotly.js"):
        assert answer.status == 200
        return
    if operation.missing is Missing.BEGIN:
        assert answer.status == 200
        assert (home / ".cellbook").exists()
        return
    assert answer.status == 404, answer.content
    fits(answer.json, {"$ref": "#/components/schemas/Problem"}, description)
    assert "There is no book at" in answer.message
    assert not (home / ".cellbook").exists()


@pytest.mark.parametrize(
    ("method", "path", "body", "said"),
    [
        ("GET", "runs?limit=many", None, "`limit` is a whole number, not 'many'"),
        ("GET", "data?every=maybe", None, "`every` is true or false, not 'maybe'"),
        ("GET", "runs?limit=501", None, "at most 500"),
        ("GET", "runs?offset=-1", None, "at least 0"),
        ("GET", "curves?runs=1", None, "no `metric`"),
        ("GET", "curves?metric=loss", None, "no `runs`"),
        ("GET", "lines?runs=1&metric=loss&smoothing=much", None, "a number, not 'much'"),
        ("GET", "lines?runs=1&metric=loss&axis=time", None, "one of step, relative, wall"),
        ("POST", "lines", {"runs": "1", "metric": "loss"}, "'runs' cannot be '1'"),
        ("POST", "lines", {"runs": ["1"]}, "no 'metric'"),
        ("PATCH", "runs/1", {}, "nothing to change"),
        ("PATCH", "runs/1", [1], "no JSON object"),
        ("PATCH", "runs/1", b"{", "no JSON"),
        ("PATCH", "runs/1", b'{"run_name": "a", "run_name": "b"}', "has 'run_name' twice"),
        ("PATCH", "runs/1", b"[" * 100_000, "no JSON"),
        ("PATCH", "runs/1", {"run_nam": "x"}, "unknown field 'run_nam'"),
        ("PATCH", "runs/1", {"run_name": 1}, "to be text or null"),
        ("PATCH", "runs/1", {"archived": 1}, "true or false or null"),
        ("PATCH", "runs/1", {"tags": ["a"]}, "an object"),
        ("PATCH", "runs/1", {"drop_tags": "a"}, "a list of text or null"),
        ("PATCH", "checkpoints/1", {}, "no 'label'"),
        ("POST", "checkpoints/1/diff", {"document": 1}, "to be an object"),
    ],
)
def test_bad_request_is_told(
    server: Server, home: Path, filled: Book, method: str, path: str, body: Any, said: str
) -> None:
    separator = "&" if "?" in path else "?"
    answer = server.ask(method, f"{path}{separator}notebook={home.name}", body)
    assert answer.status == 400
    assert said in answer.message
