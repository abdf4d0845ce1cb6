"""scikit-learn's models, and what is built like them: skops if it is there and can, else a pickle.

A file of skops names objects by their address in memory, holds sets in the order that they happen
to have, and tells the time; it is written anew without these, so that its bytes are the same in
each process.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from cellbook.packaging.formats import callables
from cellbook.packaging.formats.base import Saved, kind_of, version_of
from cellbook.packaging.formats.pickling import is_installed, modules_of
from cellbook.packaging.pickles import ADDRESSES
from cellbook.packaging.zips import write_zip

FILE = "model.skops"
_SCHEMA = "schema.json"
_WITHOUT = (
    'It is a pickle, which runs code when it is loaded: pip install "cellbook[models]" brings '
    "skops, whose files do not."
)


def claims(model: Any) -> bool:
    """Whether it is built as scikit-learn's models are."""
    return hasattr(model, "get_params") and hasattr(model, "fit") and not isinstance(model, type)


def save(model: Any, folder: Path) -> Saved:
    """Write it as skops, or, where that cannot be, as a pickle, and say why."""
    method = next(
        (name for name in ("predict", "transform") if hasattr(model, name)), "fit_predict"
    )
    if importlib.util.find_spec("skops") is None:
        return callables.save_pickle(model, folder, method, (_WITHOUT,))
    skops = importlib.import_module("skops.io")
    try:
        data = canonical_skops(skops.dumps(model))
        types = sorted(skops.get_untrusted_types(data=data))
        own = [name for name in types if not is_installed(name.partition(".")[0])]
        if own:
            raise ValueError(f"{', '.join(own[:3])} is defined here, which skops does not carry")
        skops.loads(data, trusted=types)
    except Exception as error:
        note = f"It is a pickle, as skops cannot hold it ({str(error)[:200]})."
        return callables.save_pickle(model, folder, method, (note,))
    (folder / FILE).write_bytes(data)
    flavor = {
        "pickled_model": f"model/{FILE}",
        "serialization_format": "skops",
        "skops_trusted_types": types,
        "sklearn_version": version_of("sklearn"),
        "code": "code",
    }
    return Saved(
        about={
            "format": "skops",
            "kind": kind_of(model),
            "file": FILE,
            "types": types,
            "imports": types,
        },
        method=method,
        modules=modules_of(types) | {"skops", "sklearn", kind_of(model).partition(".")[0]},
        flavors={"sklearn": flavor} if "sklearn" in kind_of(model) else {},
    )


def canonical_skops(data: bytes) -> bytes:
    """Return a file of skops as it is in every process: numbered, ordered, without times."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        contents = {info.filename: archive.read(info) for info in archive.infolist()}
    schema = json.loads(contents.pop(_SCHEMA))
    files: dict[str, str] = {}
    _renumber(schema, {}, files, [0])
    members: list[tuple[str, bytes | Path]] = [
        (files[name], contents[name]) for name in files if name in contents
    ]
    text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    target = io.BytesIO()
    write_zip(target, [*members, (_SCHEMA, text.encode())], pack=False)
    return target.getvalue()


def _renumber(node: Any, numbers: dict[int, int], files: dict[str, str], last: list[int]) -> None:
    if isinstance(node, list):
        for item in node:
            _renumber(item, numbers, files, last)
        return
    if not isinstance(node, dict):
        return
    if _is_set(node) and all(_is_plain(item) for item in node["content"]):
        node["content"].sort(key=lambda item: (item["__class__"], item["content"]))
    if isinstance(node.get("__id__"), int):
        if _is_plain(node):
            # Whether equal texts or numbers are one object depends on the process.
            last[0] += 1
            node["__id__"] = last[0]
        elif node["__id__"] in numbers:
            node["__id__"] = numbers[node["__id__"]]
        else:
            last[0] += 1
            numbers[node["__id__"]] = last[0]
            node["__id__"] = last[0]
    if isinstance(node.get("file"), str) and "__loader__" in node:
        name = node["file"]
        files.setdefault(name, f"{len(files)}{Path(name).suffix}")
        node["file"] = files[name]
    for key, value in node.items():
        if key in ADDRESSES and _is_plain(value):
            value["content"] = "0"
        if key == "content" and node.get("__class__") == "frozenset":
            _sort_frozenset(value)
        _renumber(value, numbers, files, last)


def _is_set(node: dict[str, Any]) -> bool:
    return node.get("__loader__") == "SetNode" and isinstance(node.get("content"), list)


def _is_plain(node: Any) -> bool:
    return isinstance(node, dict) and node.get("__loader__") == "JsonNode"


def _sort_frozenset(arguments: Any) -> None:
    """Sort what a frozenset is made of: a tuple of one list."""
    inner = arguments.get("content") if isinstance(arguments, dict) else None
    items = inner[0].get("content") if isinstance(inner, list) and len(inner) == 1 else None
    if isinstance(items, list) and all(_is_plain(item) for item in items):
        items.sort(key=lambda item: (item["__class__"], item["content"]))
