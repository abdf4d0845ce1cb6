"""What an endpoint says of itself, to programs and to people."""

from __future__ import annotations

import json
import shlex
import subprocess
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cellbook.packaging import save_bundle
from cellbook.serving import Server, Settings
from tests.serving.bundles import COLUMNS, IRIS, MIXED, Client

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def total(frame: Any) -> Any:
    """Predict a number a row."""
    return np.asarray(frame, dtype="float64").reshape(len(frame), -1).sum(axis=1)


def run(line: str, client: Client, token: str = "") -> Any:
    """Do what a line of curl does, as a shell reads it."""
    assert subprocess.run(["sh", "-n", "-c", line], check=False).returncode == 0
    words = shlex.split(line)
    headers = dict(words[n + 1].split(": ", 1) for n, word in enumerate(words) if word == "-H")
    told = {
        name.replace("-", "_"): value.replace("TOKEN", token) for name, value in headers.items()
    }
    kind = told.pop("content_type")
    if "|" in words:
        body = client.get(words[2].removeprefix(f"http://{client.host}:{client.port}"), **told).body
    else:
        body = words[words.index("-d") + 1].encode()
    reply = client.post("/invocations", body, kind, **told)
    assert reply.status == 200, reply.body
    return reply.doc["predictions"]


class Text(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_programs_are_told_what_it_is_and_how_it_is_asked(client: Client) -> None:
    reply = client.get("/")
    assert reply.headers["content-type"] == "application/json"
    told = reply.doc
    assert told["name"] == "iris"
    assert told["arms"][0]["model"] == "iris"
    assert told["arms"][0]["version"] == client.invoke(IRIS.head(1)).headers["cellbook-version"]
    assert [one["name"] for one in told["inputs"]] == COLUMNS
    for address in told["addresses"]:
        method, path = address.split()
        assert client.ask(method, path, {} if method == "POST" else None).status in (200, 400)
    assert told["example"] == {"dataframe_records": [IRIS.iloc[0].to_dict()]}
    assert run(told["try"], client) == [0]


def test_people_are_shown_a_page(client: Client) -> None:
    reply = client.get("/", accept=BROWSER)
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    page = Text(reply.body.decode())
    for words in ("iris", *COLUMNS, "POST /invocations", client.get("/").doc["try"]):
        assert words in page.text
    assert "script" not in page.tags


def test_a_row_of_all_types(mixed_client: Client) -> None:
    told = mixed_client.get("/").doc
    (row,) = told["example"]["dataframe_records"]
    assert row == MIXED.iloc[0].to_dict()
    assert run(told["try"], mixed_client)[0]["who"] == "aBonn"


@pytest.mark.parametrize("wide", [2, 400])
def test_names_and_rows_of_any_kind(tmp_path: Path, wide: int) -> None:
    names = ["it's <script>alert(1)</script>", *(f"column {n}" for n in range(1, wide))]
    frame = pd.DataFrame([[np.inf] * wide, [0.5] * wide], columns=names)
    save_bundle(total, tmp_path / "odd", name="odd & <b>", input_example=frame)
    settings = Settings(port=0, trust=True, tokens=("secret",))
    with Server(tmp_path / "odd", settings) as server:
        client = Client(server.url)
        assert client.get("/").status == 401
        says = {"authorization": "Bearer secret"}
        told = client.get("/", **says).doc
        assert told["arms"][0]["model"] == "odd & <b>"
        assert ("/example" in told["try"]) == (wide > 100)
        assert run(told["try"], client, "secret") == [0.5 * wide]
        page = Text(client.get("/", accept=BROWSER, **says).body.decode())
        assert "script" not in page.tags
        assert names[0] in page.text
        assert "odd & <b>" in page.text


def test_an_array_and_a_model_without_an_example(tmp_path: Path) -> None:
    save_bundle(total, tmp_path / "array", name="array", input_example=np.ones((3, 2, 2)))
    with Server(tmp_path / "array", Settings(port=0, trust=True)) as server:
        assert run(Client(server.url).get("/").doc["try"], Client(server.url)) == [4.0]
    save_bundle(total, tmp_path / "none", name="none")
    with Server(tmp_path / "none", Settings(port=0, trust=True)) as server:
        told = Client(server.url).get("/").doc
        assert (told["try"], told["example"], told["inputs"]) == ("", None, [])
        assert Client(server.url).get("/example").status == 404
        assert "none" in Text(Client(server.url).get("/", accept=BROWSER).body.decode()).text
        json.loads(Client(server.url).get("/example").body)
