from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from cellbook import book as books
from cellbook.book import Book
from cellbook.errors import InvalidInput, NotFound
from cellbook.locating import notebook_name
from cellbook.server.places import Place, find_place
from tests.ipython.kernels import kernel
from tests.server.servers import Server, running


def contents(root: Path, **options: Any) -> AsyncLargeFileManager:
    return AsyncLargeFileManager(root_dir=str(root), **options)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "root"
    (made / "deep").mkdir(parents=True)
    return made


@pytest.mark.parametrize(
    ("path", "folder", "notebook"),
    [
        ("", ".", None),
        ("deep", "deep", None),
        ("deep/", "deep", None),
        ("a.ipynb", ".", "a.ipynb"),
        ("deep/a.ipynb", "deep", "deep/a.ipynb"),
        ("deep//a b.ipynb", "deep", "deep/a b.ipynb"),
        ("RTC:deep/a.ipynb", "deep", "deep/a.ipynb"),
        ("gone/a.ipynb", "gone", "gone/a.ipynb"),
    ],
)
def test_path_means_a_place(root: Path, path: str, folder: str, notebook: str | None) -> None:
    found = find_place(contents(root), path)
    assert found == Place(root / folder, None if notebook is None else root / notebook)


@pytest.mark.parametrize(
    "path",
    ["..", "../a.ipynb", "deep/../../a.ipynb", "/etc", "RTC:/etc", "RTC:../a", "a\0.ipynb", "//x"],
)
def test_path_that_leads_elsewhere_is_refused(root: Path, path: str) -> None:
    with pytest.raises(InvalidInput, match="no path below the server's root"):
        find_place(contents(root), path)


def test_hidden_is_shown_where_the_server_shows_it(root: Path) -> None:
    with pytest.raises(NotFound, match="allow_hidden"):
        find_place(contents(root), ".secret/a.ipynb")
    found = find_place(contents(root, allow_hidden=True), ".secret/a.ipynb")
    assert found.folder == root / ".secret"


class Elsewhere:
    """A contents manager that has no files."""


def test_server_without_files_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match=r"\(Elsewhere\).*Set CELLBOOK_URL"):
        find_place(Elsewhere(), "a.ipynb")
    monkeypatch.setenv("CELLBOOK_URL", str(tmp_path))
    assert find_place(Elsewhere(), "a.ipynb").book() == tmp_path / ".cellbook"


def test_book_is_the_one_a_kernel_would_use(root: Path) -> None:
    place = find_place(contents(root), "deep/a.ipynb")
    assert place.book() == root / "deep" / ".cellbook"
    books.look_into(books.open(root).store.root).close()
    assert place.book() == root / ".cellbook"
    books.close_all()


def test_notebook_has_one_name_whatever_way_leads_to_it(root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root)
    (root / "other.ipynb").symlink_to(root / "a.ipynb")
    for folder in (root, tmp_path / "link"):
        for start in (root, tmp_path / "link"):
            assert notebook_name(folder / "deep" / "a.ipynb", start) == "deep/a.ipynb"
        assert notebook_name(folder / "other.ipynb", root) == "other.ipynb"
    assert notebook_name(tmp_path / "b.ipynb", root) == (tmp_path / "b.ipynb").as_posix()


def test_server_finds_what_a_kernel_below_a_linked_root_recorded(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    (real / "deep").mkdir(parents=True)
    link.symlink_to(real)
    (real / "deep" / "work.ipynb").touch()
    # As Jupyter's server starts a kernel: in the folder, and with the path as its root has it.
    told = {"JPY_SESSION_NAME": str(link / "deep" / "work.ipynb")}
    with kernel(link / "deep", told) as k:
        k.run("%load_ext cellbook")
        k.run("x = 1", "one")
        with running(tmp_path, root=link) as server:
            assert [mark["cell_id"] for mark in linked_cells(server)] == ["one"]


def linked_cells(server: Server) -> Any:
    return server.get("cells?notebook=deep/work.ipynb")


def test_two_folders_have_two_books(server: Server, home: Path, book: Book) -> None:
    (home / "deep").mkdir()
    found = server.get(f"book?notebook={home.name}/deep/a.ipynb")
    assert (found["exists"], found["url"]) == (True, str(home / ".cellbook"))
    assert not server.get("book")["exists"]


@pytest.mark.parametrize("path", ["../a.ipynb", "/etc/passwd", "..%2F..%2Fetc"])
def test_request_for_elsewhere_is_refused(server: Server, path: str) -> None:
    for route in ("book", "runs", "cells", "checkpoints", "openapi.json"):
        answer = server.ask("GET", f"{route}?notebook={path}")
        assert (answer.status, "no path below" in answer.message) == (400, True)
