"""The cells of notebooks on disk: which there are, so that comments find theirs."""

from __future__ import annotations

import json
import stat
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cellbook.capture import source_hash
from cellbook.commenting import CellNow, Cells

_MOST = 64
"""Notebooks whose cells are kept."""
_LARGEST = 64 * 2**20
"""Bytes of a notebook that is read for its cells."""

_known: OrderedDict[Path, tuple[tuple[int, int], Cells]] = OrderedDict()
_lock = threading.Lock()


def saved_cells(notebook: Path) -> Cells | None:
    """Return the cells of a notebook as it was last saved; None if there is none to be read."""
    try:
        found = notebook.stat()
        mark = found.st_mtime_ns, found.st_size
        with _lock:
            known = _known.get(notebook)
            if known is not None and known[0] == mark:
                _known.move_to_end(notebook)
                return known[1]
        # A comment may name any file; what is no notebook is not looked into.
        regular = stat.S_ISREG(found.st_mode) and notebook.suffix == ".ipynb"
        if not regular or found.st_size > _LARGEST:
            return None
        cells = cells_of(json.loads(notebook.read_bytes()))
    except (OSError, ValueError, RecursionError):
        return None
    with _lock:
        _known[notebook] = (mark, cells)
        while len(_known) > _MOST:
            _known.popitem(last=False)
    return cells


def cells_of(document: Any) -> Cells:
    """Return the cells of a notebook's document."""
    told = document.get("cells", []) if isinstance(document, Mapping) else []
    return Cells(
        cell
        for cell in map(_cell, told if isinstance(told, list) else [])
        if cell is not None and cell.cell_id
    )


def told_cells(cells: Iterable[Any], sources: Mapping[str, Any]) -> Cells:
    """Return the cells that a window tells: id, hash and ids of cells that were merged into it.

    Of some it tells the sources as well.
    """
    made = []
    for cell in cells:
        match cell:
            case [str(cell_id), str(digest), *more]:
                source = sources.get(cell_id)
                former = tuple(one for one in more if isinstance(one, str))
                text = source if isinstance(source, str) else None
                made.append(CellNow(cell_id, digest, text, former=former))
    return Cells(made)


def _cell(told: Any) -> CellNow | None:
    match told:
        case {"id": str(cell_id), "source": str() | list() as source, "cell_type": str(kind)}:
            text = source if isinstance(source, str) else "".join(map(str, source))
            return CellNow(cell_id, source_hash(text), text, kind)
    return None
