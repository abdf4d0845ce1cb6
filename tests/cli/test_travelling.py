from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from cellbook import book as books
from cellbook.book import Book
from cellbook.capture import source_hash
from cellbook.commenting import embeds_on_save
from cellbook.records import CellExecution, CellState, SessionKind, to_doc
from cellbook.store import create
from tests.cli.conftest import Cli


@pytest.fixture
def notebook(opened: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "work.ipynb"
    cells = [nbformat.v4.new_code_cell("x = 1", id="one")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), file)
    return file


def test_a_notebook_carries_comments_into_another_book(
    cli: Cli, opened: Book, notebook: Path, tmp_path: Path
) -> None:
    before = notebook.read_bytes()
    assert cli("comments", "add", "notebook:work.ipynb", "what is it **for**?")[0] == 0
    assert cli("comments", "embed", "work.ipynb")[1] == (
        "work.ipynb carries 1 thread (1 comment).\n"
    )
    away = tmp_path / "away"
    books.close_all()
    books.open(away).close()
    (away / "mailed.ipynb").write_bytes(notebook.read_bytes())
    status, out, error = cli("comments", "read", "away/mailed.ipynb")
    assert (status, out) == (0, "Comments in mailed.ipynb: 1 thread and 1 comment new.\n"), error
    assert cli("comments", "read", "away/mailed.ipynb")[1] == (
        "away/mailed.ipynb brings nothing new.\n"
    )
    shown = cli("comments", "list", "--book", str(away))[1]
    assert shown.startswith("mailed.ipynb · ")
    assert "what is it **for**?" in shown
    assert cli("comments", "embed", "work.ipynb", "off")[1] == (
        "work.ipynb carries no comments now.\n"
    )
    assert notebook.read_bytes() == before


def test_comments_are_exported_and_imported(cli: Cli, notebook: Path, tmp_path: Path) -> None:
    cli("comments", "add", "notebook:work.ipynb", "for what?")
    assert cli("comments", "export", "said.jsonld", "--notebook", "work.ipynb") == (
        0, "said.jsonld\n", ""
    )  # fmt: skip
    assert json.loads((tmp_path / "said.jsonld").read_text())["total"] == 1
    assert cli("comments", "import", "said.jsonld")[1] == "said.jsonld brings nothing new.\n"
    assert cli("comments", "export", "said.md")[0] == 0
    assert "> for what?" in (tmp_path / "said.md").read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["embed"], "takes a file"),
        (["embed", "work.ipynb", "on"], "and `off`"),
        (["embed", "none.ipynb"], "no notebook none.ipynb"),
        (["read", "said.jsonld"], "no notebook"),
        (["export", "said.pdf"], ".jsonld, .md or .html"),
        (["export", "a.md", "b.md"], "One file"),
        (["export", "a.md", "--notebook", "none.ipynb"], "no notebook none.ipynb"),
        (["import", "none.jsonld"], "cannot be read"),
    ],
)
def test_what_cannot_be_done_is_told(cli: Cli, notebook: Path, words: list[str], told: str) -> None:
    status, _, error = cli("comments", *words)
    assert status == 2
    assert told in error


def test_a_run_without_a_checkpoint_is_taken_over_from_its_cells(
    cli: Cli, book: Book, notebook: Path, tmp_path: Path
) -> None:
    book.runs.sessions.describe(SessionKind.SCRIPT, "work.ipynb")
    book.start_run("named").end()
    run = book.find_run("named")
    for order, (cell, source) in enumerate([("one", "x = 1"), ("two", "y = x"), ("one", "x = 2")]):
        execution = CellExecution(
            book.store.new_id(), run.session or "", source, CellState.OK, 0, order + 1,
            run=run.run_id, cell_id=cell, stale=("`x` changed",) if cell == "two" else (),
        )  # fmt: skip
        book.store.commit([create("cells", execution.execution_id, to_doc(execution))])
    status, out, error = cli("fork", "run:named")
    assert (status, error) == (0, "")
    assert out == "work-from-run-5-named.ipynb is 3 cells from run:named.\n"
    made = nbformat.read(tmp_path / "work-from-run-5-named.ipynb", as_version=4)
    nbformat.validate(made)
    note, first, second = made.cells
    assert (first.source, second.source) == ("x = 2", "y = x")
    assert source_hash(first.source)
    assert "cell 3: `y = x` — \\`x\\` changed" in note.source
    assert "These cells, in the order in which they ran: 3, 2" in note.source
    assert "Made on" in note.source
    assert "by @ada" in note.source
    assert cli("fork", "run:named")[1].startswith("work-from-run-5-named-2.ipynb is")
    status, _, error = cli("fork", "run:named", "work.ipynb")
    assert (status, "is there already" in error) == (2, True)
    assert "No cell of" in cli("fork", "run:empty")[2]
    assert "notebook's name" in cli("fork", "1", "work.txt")[2]
    assert len(book.table("forks")) == 2


def test_embedding_on_save_is_a_setting(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CELLBOOK_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.delenv("CELLBOOK_EMBED_COMMENTS", raising=False)
    assert not embeds_on_save()
    told = "Notebooks that Jupyter saves carry their comments from now on.\n"
    assert cli("comments", "embed", "--on-save", "on") == (0, told, "")
    assert embeds_on_save()
    monkeypatch.setenv("CELLBOOK_EMBED_COMMENTS", "0")
    assert not embeds_on_save()
    assert (
        "as CELLBOOK_EMBED_COMMENTS would have it"
        in (cli("comments", "embed", "--on-save", "off")[1])
    )
    monkeypatch.delenv("CELLBOOK_EMBED_COMMENTS")
    assert not embeds_on_save()
    assert "alone" in cli("comments", "embed", "work.ipynb", "--on-save", "on")[2]
    (tmp_path / "config" / "embedding.json").write_text("[1]")
    assert not embeds_on_save()
