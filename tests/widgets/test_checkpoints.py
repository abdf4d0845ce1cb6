from __future__ import annotations

from pathlib import Path

from cellbook.book import Book
from cellbook.checkpointing import Kernel, Moment
from cellbook.store import FolderStore
from cellbook.widgets.checkpoints import difference_panel, timeline_panel
from tests.checkpointing.rooms import new_namespace


def test_difference_shows_the_values_and_escapes_them(tmp_path: Path) -> None:
    book = Book(FolderStore(tmp_path / ".cellbook"))
    namespace = new_namespace()
    kernel = Kernel(namespace)
    moment = Moment(book.store.new_id())
    exec(
        "import numpy as np, pandas as pd\narray = np.arange(5000.0)\n"
        "items = ['<b>old</b>', 2]\nframe = pd.DataFrame({'<i>c</i>': [1, 2]})",
        namespace,
    )
    book.checkpoints.save_now(kernel, moment)
    exec(
        "array[7] = -1\nitems[0] = '<script>alert(1)</script>'\nframe.iloc[1, 0] = 5\n"
        "new = {'key': [1, 2]}",
        namespace,
    )
    book.checkpoints.save_now(kernel, moment)
    panel = difference_panel(book, 1, 2, kernel)
    assert "array: ndarray 5,000 float64  1 of 5,000 values (0.02 %)" in panel.text
    assert "[7]  7 → -1" in panel.text
    assert "row 1, <i>c</i>  2 → 5" in panel.text
    assert "added    new: dict 1 items {'key': list of 2}" in panel.text
    assert "<script>" not in panel.html
    assert "<b>old" not in panel.html
    assert "<i>" not in panel.html
    assert '<span class="cb-removed">7</span> → <span class="cb-added">-1</span>' in panel.html
    (tmp_path / "panel.html").write_text(panel.html)
    book.close()


def test_timeline_keeps_now_beside_a_long_cell(tmp_path: Path) -> None:
    book = Book(FolderStore(tmp_path / ".cellbook"))
    kernel = Kernel(new_namespace())
    book.checkpoints.save_now(kernel, Moment(book.store.new_id()), label="a long label " * 12)
    html = timeline_panel(book).html
    assert '</span><span class="cb-strong">← now</span></div>' in html
    book.close()
