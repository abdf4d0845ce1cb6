from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from cellbook.errors import CellbookError, MissingDependency
from cellbook.optional import require


def test_require_gives_the_module() -> None:
    assert require("json", "media", "Writing JSON") is json


def test_require_gives_an_inner_module() -> None:
    assert require("os.path", "media", "Joining").join("a", "b") == str(Path("a", "b"))


def test_require_names_the_extra_of_a_missing_library() -> None:
    with pytest.raises(MissingDependency) as caught:
        require("cellbook_lacks_this", "media", "Logging an image")
    assert str(caught.value) == (
        "Logging an image needs cellbook_lacks_this, which is not installed. "
        'Mend it with: pip install "cellbook[media]"'
    )
    assert isinstance(caught.value, ImportError)
    assert isinstance(caught.value, CellbookError)
    assert caught.value.name == "cellbook_lacks_this"


@pytest.mark.parametrize(("module", "project"), [("PIL.Image", "Pillow"), ("yaml", "PyYAML")])
def test_require_calls_a_project_by_its_name(
    module: str, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingDependency, match=f"needs {project}, which is not installed"):
        require(module, "media", "Logging")


@pytest.mark.parametrize(
    ("source", "trouble"),
    [
        ("import cellbook_lacks_this", "No module named 'cellbook_lacks_this'"),
        ("raise RuntimeError('built for another NumPy')", "built for another NumPy"),
    ],
)
def test_require_tells_broken_from_missing(
    source: str, trouble: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cellbook_broken.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingDependency, match=r"could not be imported .*pip install") as caught:
        require("cellbook_broken", "tables", "Logging")
    assert trouble in str(caught.value)
    assert str(caught.value).endswith('pip install "cellbook[tables]"')
