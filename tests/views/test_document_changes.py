from __future__ import annotations

import json

from cellbook.capture import source_hash
from cellbook.views.document_changes import document_changes


def notebook(**sources: str) -> bytes:
    cells = [
        {"cell_type": "code", "id": name, "source": text.splitlines(keepends=True)}
        for name, text in sources.items()
    ]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "# x"}, *cells]}).encode()


def hashes(**sources: str) -> dict[str, str]:
    return {name: source_hash(text) for name, text in sources.items()}


def test_what_comes_changes_and_goes() -> None:
    then = notebook(a="x = 1\ny = 2", b="y", c="z")
    assert document_changes(then, hashes(a="x = 1\ny = 2", b="other", new="1", ask="%restore")) == (
        "1 code cell comes back, 1 code cell changes back, 2 code cells go"
    )
    assert document_changes(then, hashes(a="x = 1\ny = 2", b="y", c="z", ask=""), "ask") == ""


def test_what_is_no_notebook_changes_nothing() -> None:
    assert document_changes(b"{", {"a": ""}) == ""
    assert document_changes(b'{"cells": [1]}', {"a": ""}) == ""
