"""The recorded input example of a bundle, as its model takes it."""

from __future__ import annotations

from typing import Any

from cellbook.packaging import PackagedModel
from cellbook.packaging.standalone.values import decode_input, read_json


def read_example(model: PackagedModel) -> Any:
    """Return the example, made to fit the signature; None if there is none, or it does not fit."""
    folder = model.bundle.folder
    file = folder / "input_example.json"
    if not file.exists():
        return None
    schema = read_json(folder / "signature.json").get("inputs", {})
    try:
        return model.bundle.signature.conform(decode_input(read_json(file), schema))
    except Exception:
        return None
