from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest

from cellbook.book import Book
from cellbook.commenting import newest_text
from cellbook.errors import InvalidInput
from cellbook.records import Anchor, AnchorKind, Author
from cellbook.store import FolderStore
from cellbook.widgets.thread_files import export_comments, import_comments

ADA = Author("ada", "Ada <b>*L*</b>")


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    v4 = nbformat.v4
    output = v4.new_output("stream", text="1\n")
    cells = [
        v4.new_markdown_cell("# Training\n\n$x_1$", id="head"),
        v4.new_code_cell("x = 1\nx", id="one", outputs=[output]),
        v4.new_code_cell("y = 2", id="two"),
    ]
    file = tmp_path / "work.ipynb"
    nbformat.write(v4.new_notebook(cells=cells), file)
    return file


@pytest.fixture
def discussed(opened: Book, notebook: Path) -> Book:
    threads = opened.threads
    cell = Anchor(AnchorKind.CELL, "work.ipynb", "one", "code", source="x = 1\nx")
    begun = threads.start(cell, "# Why?\n\n<script>alert(1)</script> `x`", author=ADA)
    threads.reply(begun.thread_id, "Beside the first cell", author=ADA)
    threads.save_brief(Anchor(AnchorKind.NOTEBOOK, "work.ipynb"), {"question": "Who churns?"},
                       author=ADA)  # fmt: skip
    gone = Anchor(AnchorKind.CELL, "work.ipynb", "gone", "code", source="`z` = 3")
    threads.start(gone, "Of a cell that is gone", author=Author("grace"))
    return opened


def test_markdown_keeps_everything_in_its_place(discussed, notebook, tmp_path):
    text = export_comments(tmp_path / "said.md", notebook, book=discussed).read_text()
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# Comments on work.ipynb",
        "## Cell 2 of work.ipynb",
        "## work.ipynb",
        "## Cell of work.ipynb · its place is gone",
    ]
    assert "> # Why?\n>\n> <script>" in text
    assert "**Ada \\<b\\>\\*L\\*\\</b\\>**" in text
    assert "- **Question:** Who churns?" in text
    assert "```\n`z` = 3\n```" in text


def test_a_page_has_the_threads_beside_their_cells(discussed, notebook, tmp_path):
    page = export_comments(tmp_path / "said.html", notebook, book=discussed).read_text()
    assert "alert(1)</script>" not in page
    assert "&lt;script&gt;alert(1)" in page
    beside = re.findall(r'<div class="cb-beside">.*?</aside></div>', page, re.DOTALL)
    assert len(beside) == 3
    assert 'id="cell-id=one"' in beside[1]
    assert "Beside the first cell" in beside[1]
    assert "<aside></aside>" in beside[2]
    assert " new · " not in page
    places = [
        page.index(text)
        for text in ("Who churns?", "Training", "Why?", "cell-id=two", "Of a cell that is gone")
    ]
    assert places == sorted(places)
    # Nothing of it asks the network.
    assert not re.findall(r"<(?:script|link|iframe|img)[^>]*(?:src|href)=", page)
    assert not re.findall(r"url\(\s*['\"]?https?:", page)
    assert "<script" not in page.replace("&lt;script", "")


def test_a_page_draws_formulas_and_follows_the_readers_light(discussed, notebook, tmp_path):
    page = export_comments(tmp_path / "said.html", notebook, book=discussed).read_text()
    training = page[page.index('id="cell-id=head"') :]
    assert "<msub><mi>x</mi><mn>1</mn></msub>" in training[:2000]
    assert "$x_1$" not in page
    assert page.count('<style media="(prefers-color-scheme:dark)"') == 1
    assert "data-jp-theme-light" not in page[page.index("<body") :]


def test_a_page_tells_what_is_of_the_notebook_no_more(discussed, notebook, tmp_path):
    run = discussed.start_run("wide")
    run.end()
    about = Anchor(AnchorKind.RUN, "work.ipynb", runs=(run.run_id,))
    discussed.threads.start(about, "See cell:two and cell:gone", author=ADA)
    page = export_comments(tmp_path / "said.html", notebook, book=discussed).read_text()
    below = page[page.index("<h2>Their cell is gone</h2>") :]
    assert below.index("Of a cell that is gone") < below.index("<h2>On other things</h2>")
    assert '<a href="#cell-id=two">cell:two</a>' in below
    assert not re.search(r"<a [^>]*href[^>]*>cell:gone", below)


def test_a_page_of_a_whole_book_has_its_threads_alone(discussed, tmp_path):
    page = export_comments(tmp_path / "all.html", book=discussed).read_text()
    assert "Who churns?" in page
    assert "Beside the first cell" in page
    assert "<script" not in page
    # Its text is light where the system is dark, and so what is behind it is dark.
    assert ":root{color-scheme:light dark}" in page
    assert '<body class="cellbook">' in page
    assert "body.cellbook{background:var(--cb-back)" in page


def test_annotations_are_exported_and_imported(discussed, notebook, tmp_path):
    file = export_comments(tmp_path / "said.jsonld", notebook, book=discussed)
    assert json.loads(file.read_text())["label"] == "Comments on work.ipynb"
    away = Book(FolderStore(tmp_path / "away" / ".cellbook"))
    assert import_comments(file, book=away).threads == 3
    assert not import_comments(file, book=away)
    texts = {
        newest_text(one)
        for thread in away.threads.all()
        for one in away.threads.find(thread.thread_id).comments
    }
    assert "Of a cell that is gone" in texts
    away.close()


def test_what_cannot_be_done_is_told(discussed, notebook, tmp_path):
    with pytest.raises(InvalidInput, match=r"\.jsonld, \.md or \.html"):
        export_comments(tmp_path / "said.pdf", book=discussed)
    with pytest.raises(InvalidInput, match="cannot be written"):
        export_comments(tmp_path / "no" / "said.md", book=discussed)
    with pytest.raises(InvalidInput, match="cannot be read"):
        import_comments(tmp_path / "none.jsonld", book=discussed)
    (tmp_path / "odd.jsonld").write_bytes(b"\xff[")
    with pytest.raises(InvalidInput, match="no JSON"):
        import_comments(tmp_path / "odd.jsonld", book=discussed)
    notebook.write_text("{")
    with pytest.raises(InvalidInput, match="cannot be read"):
        export_comments(tmp_path / "said.html", notebook, book=discussed)
    assert not import_comments_of(tmp_path, discussed)


def import_comments_of(folder: Path, book: Book) -> bool:
    nbformat.write(nbformat.v4.new_notebook(), folder / "plain.ipynb")
    return bool(import_comments(folder / "plain.ipynb", book=book))


@pytest.mark.parametrize("name", ["said.md", "said.html", "said.jsonld", "said.json"])
def test_no_file_of_somebody_elses_is_replaced(discussed, notebook, tmp_path, name):
    place = tmp_path / name
    place.write_text('{"precious": 1}')
    with pytest.raises(InvalidInput, match=r"is no export of comments.*--force"):
        export_comments(place, notebook, book=discussed)
    assert place.read_text() == '{"precious": 1}'
    export_comments(place, notebook, book=discussed, force=True)
    first = place.read_bytes()
    assert b"precious" not in first
    # What was exported is replaced.
    export_comments(place, book=discussed)
    assert place.read_bytes() != first
