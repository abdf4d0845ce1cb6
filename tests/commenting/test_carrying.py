from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cellbook.commenting.carrying import PATH, carried, carries, carry, put_member
from cellbook.errors import InvalidInput, NotFound, StoreWriteError
from cellbook.views.notebook_cells import saved_cells

TOLD = {"version": 1, "threads": [], "comments": [{"text": 'a "b" \\ { é\n'}]}

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_OBJECTS = st.dictionaries(
    st.text() | st.sampled_from(["cells", "{", "nbformat"]), _VALUES, max_size=3
)


@given(
    _OBJECTS,
    _OBJECTS,
    _OBJECTS | st.none(),
    st.sampled_from([None, 1, 4]),
    st.booleans(),
    st.booleans(),
)
def test_put_member_and_back_keeps_every_byte(before, metadata, ours, indent, plain, windows):
    ours = {k: v for k, v in (ours or {}).items() if k != "comments"}
    metadata = {k: v for k, v in metadata.items() if k != "cellbook"}
    if ours:
        metadata["cellbook"] = ours
    before = {k: v for k, v in before.items() if k != "metadata"}
    whole = {**before, "metadata": metadata, "nbformat_minor": 5}
    text = json.dumps(whole, indent=indent, ensure_ascii=plain) + "\n"
    if windows:
        text = text.replace("\n", "\r\n")
    there = put_member(text, PATH, TOLD)
    read = json.loads(there)
    assert read["metadata"].pop("cellbook") == {**ours, "comments": TOLD}
    assert read == {**whole, "metadata": {k: v for k, v in metadata.items() if k != "cellbook"}}
    assert put_member(there, PATH, TOLD) == there
    assert put_member(there, PATH, None) == text
    other = put_member(there, PATH, {"version": 2})
    assert put_member(other, PATH, TOLD) == there


@pytest.fixture
def notebook(tmp_path) -> Path:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1", id="one")])
    file = tmp_path / "train.ipynb"
    nbformat.write(made, file)
    return file


def test_carry_is_a_valid_notebook_and_comes_off(notebook):
    before = notebook.read_bytes()
    notebook.chmod(0o640)
    assert carried(notebook) is None
    assert carry(notebook, TOLD)
    nbformat.validate(nbformat.read(notebook, as_version=4))
    assert carried(notebook) == TOLD
    assert notebook.stat().st_mode & 0o777 == 0o640
    assert not carry(notebook, TOLD)
    assert carry(notebook, None)
    assert notebook.read_bytes() == before
    assert [one.name for one in notebook.parent.iterdir()] == ["train.ipynb"]


def test_carry_follows_links(notebook):
    link = notebook.with_name("link.ipynb")
    link.symlink_to(notebook)
    assert carry(link, TOLD)
    assert link.is_symlink()
    assert carried(notebook) == TOLD


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b"\xff\xfe", b'{"cells": []', b"[" * 100_000, b'{"cells": 3}',
     b'{"cells": [], "metadata": [], "x": ["cellbook", "comments"]}'],
)  # fmt: skip
def test_carry_leaves_what_is_no_notebook(tmp_path, content):
    file = tmp_path / "odd.ipynb"
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match="no notebook"):
        carry(file, TOLD)
    assert file.read_bytes() == content


def test_carry_says_what_is_missing_or_closed(notebook):
    with pytest.raises(NotFound):
        carry(notebook.with_name("other.ipynb"), TOLD)
    with pytest.raises(NotFound):
        carried(notebook.with_name("other.ipynb"))
    os.mkfifo(notebook.with_name("fifo.ipynb"))
    with pytest.raises(InvalidInput):
        carried(notebook.with_name("fifo.ipynb"))


def test_carry_does_not_write_over_a_save(notebook, monkeypatch):
    real = Path.open

    def save_meanwhile(self, *args, **options):
        if self.name.startswith(".train"):
            notebook.write_text(notebook.read_text() + "\n")
        return real(self, *args, **options)

    monkeypatch.setattr(Path, "open", save_meanwhile)
    with pytest.raises(StoreWriteError, match="same moment"):
        carry(notebook, TOLD)
    assert [one.name for one in notebook.parent.iterdir()] == ["train.ipynb"]


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/stdin"])
def test_what_is_no_plain_file_is_not_waited_for(name):
    assert saved_cells(Path(name)) is None
    assert not carries(Path(name))
