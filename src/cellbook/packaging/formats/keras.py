"""Keras' models as ``.keras``, without the time that Keras writes into it."""

from __future__ import annotations

import importlib
import json
import zipfile
from pathlib import Path
from typing import Any

from cellbook.packaging.formats.base import Saved, kind_of, roots
from cellbook.packaging.zips import write_zip

FILE = "model.keras"
_CONFIG, _METADATA = "config.json", "metadata.json"
_BACKENDS = ("tensorflow", "torch", "jax")


def claims(model: Any) -> bool:
    """Whether it is a model of Keras 3."""
    return "keras" in roots(model) and hasattr(model, "predict") and hasattr(model, "layers")


def save(model: Any, folder: Path) -> Saved:
    """Write it as Keras does; see whether it reads it without running any code of the file."""
    keras = importlib.import_module("keras")
    written = folder / f"written-{FILE}"
    model.save(written)
    with zipfile.ZipFile(written) as archive:
        members: list[tuple[str, Path | bytes]] = []
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            content = archive.read(info)
            if info.filename == _CONFIG:
                config = json.loads(content)
                _renumber(config, {})
                content = json.dumps(config).encode()
            if info.filename == _METADATA:
                about = json.loads(content)
                about["date_saved"] = "1980-01-01@00:00:00"
                content = json.dumps(about, sort_keys=True).encode()
            members.append((info.filename, content))
    written.unlink()
    write_zip(folder / FILE, members, pack=False)
    notes: tuple[str, ...] = ()
    try:
        keras.saving.load_model(folder / FILE, compile=False, safe_mode=True)
        safe = True
    except Exception as error:
        safe = False
        notes = (f"Keras reads it only where code may run ({str(error)[:160]}).",)
    backend = keras.backend.backend()
    return Saved(
        about={
            "format": "keras",
            "kind": kind_of(model),
            "file": FILE,
            "safe": safe,
            "imports": [] if safe else [kind_of(model)],
            "backend": backend,
        },
        method="predict",
        modules=frozenset({"keras", backend} & {"keras", *_BACKENDS}),
        notes=notes,
    )


def _renumber(node: Any, numbers: dict[int, int]) -> None:
    """Number what is shared by its order, where Keras has its address in memory."""
    if isinstance(node, dict):
        if isinstance(node.get("shared_object_id"), int):
            shared = node["shared_object_id"]
            node["shared_object_id"] = numbers.setdefault(shared, len(numbers))
        for item in node.values():
            _renumber(item, numbers)
    elif isinstance(node, list):
        for item in node:
            _renumber(item, numbers)
