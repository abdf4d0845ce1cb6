from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from cellbook.ipython.front_end import Place, cell_id, find_place, kind_of, message_id
from cellbook.records import SessionKind


class Shell(InteractiveShell):
    """A shell as a kernel's: it knows what message it answers."""

    kernel: Any = object()
    message: Any = None

    def get_parent(self) -> Any:
        return self.message


@pytest.fixture
def shell() -> Shell:
    return Shell()


def test_place_is_the_working_folder_where_nobody_tells(shell: Shell, tmp_path: Path) -> None:
    assert find_place(shell) == Place(None, tmp_path)


def test_place_in_jupyter_is_what_the_server_says(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "deep"
    folder.mkdir()
    monkeypatch.setenv("JPY_SESSION_NAME", str(folder / "fit.ipynb"))
    assert find_place(shell) == Place(folder / "fit.ipynb", folder)


def test_place_of_a_relative_session_is_below_the_working_folder(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "fit.ipynb")
    assert find_place(shell) == Place(tmp_path / "fit.ipynb", tmp_path)


def test_place_ignores_consoles_and_folders_that_are_gone(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "console-1-5f2c"))
    assert find_place(shell) == Place(None, tmp_path)
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "gone" / "fit.ipynb"))
    assert find_place(shell).folder == tmp_path


def test_place_of_a_text_notebook_is_taken(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fit.py").touch()
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "fit.py"))
    assert find_place(shell).notebook == tmp_path / "fit.py"


def test_place_in_vs_code_is_in_the_namespace(shell: Shell, tmp_path: Path) -> None:
    shell.user_ns["__vsc_ipynb_file__"] = str(tmp_path / "fit.ipynb")
    assert find_place(shell) == Place(tmp_path / "fit.ipynb", tmp_path)


def test_notebook_is_named_relative_to_its_book(tmp_path: Path) -> None:
    place = Place(tmp_path / "deep" / "fit.ipynb", tmp_path / "deep")
    assert place.relative_to(tmp_path) == "deep/fit.ipynb"
    assert place.relative_to(tmp_path / "other") == (tmp_path / "deep/fit.ipynb").as_posix()
    assert Place(None, tmp_path).relative_to(tmp_path) is None


def test_cell_id_of_each_front_end(shell: Shell) -> None:
    assert cell_id(shell, "5c0ba9e8") == "5c0ba9e8"
    uri = "vscode-notebook-cell:/home/ada/fit.ipynb#W0sZmlsZQ%3D%3D"
    assert cell_id(shell, uri) == "W0sZmlsZQ=="
    assert cell_id(shell, None) is None
    shell.message = {"header": {"msg_id": "m1"}, "metadata": {"colab": {"cell_id": "aBc"}}}
    assert cell_id(shell, None) == "aBc"
    assert message_id(shell) == "m1"


def test_kind_of_a_terminal() -> None:
    plain = InteractiveShell()
    assert kind_of(plain) is SessionKind.IPYTHON
    assert message_id(plain) == ""
    assert kind_of(Shell()) is SessionKind.KERNEL
