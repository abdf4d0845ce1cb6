"""Modules of PyTorch: tensors as safetensors, and what is around them as a pickle.

A module is code with tensors; the pickle has the code of classes that are defined in the notebook,
and for all others their names.  Parameters that are shared stay shared.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

from cellbook.optional import require
from cellbook.packaging.formats.base import Saved, kind_of, roots
from cellbook.packaging.formats.pickling import modules_of, pickle_model
from cellbook.packaging.pickles import Pickler

FILE, WEIGHTS = "model.pkl", "weights.safetensors"
_NOTE = (
    "Its weights are safetensors; what is around them is a pickle, as PyTorch has no format for a "
    "module that runs no code."
)


def claims(model: Any) -> bool:
    """Whether it is a module."""
    return "torch" in roots(model) and hasattr(model, "state_dict")


def save(model: Any, folder: Path) -> Saved:
    """Write tensors and module apart.

    Raises
    ------
    MissingDependency
        If safetensors is not installed.
    """
    safetensors = require("safetensors.torch", "models", "Saving a model of PyTorch")
    torch = sys.modules["torch"]
    names = {
        _place(tensor): name
        for name, tensor in sorted(model.state_dict(keep_vars=True).items(), reverse=True)
    }
    tensors: dict[str, Any] = {}
    places: dict[Any, str] = {}

    class Writer(Pickler):
        """Leaves tensors to the other file, each once."""

        def persistent_id(self, value: Any) -> str | None:
            if type(value) is not torch.Tensor:
                return None
            place = _place(value)
            if place not in places:
                places[place] = names.get(place, f"tensor-{len(places)}")
                tensors[places[place]] = value.detach().cpu().contiguous().clone()
            return places[place]

    def write(value: Any, file: io.BytesIO) -> None:
        tensors.clear()
        places.clear()
        Writer(file, protocol=5).dump(value)

    training = model.training
    model.eval()
    try:
        data, content, sources = pickle_model(model, write)
    finally:
        model.train(training)
    (folder / FILE).write_bytes(data)
    safetensors.save_file(dict(sorted(tensors.items())), folder / WEIGHTS)
    return Saved(
        about={
            "format": "torch",
            "kind": kind_of(model),
            "file": FILE,
            "weights": WEIGHTS,
            "imports": list(content.imports),
        },
        method="",
        modules=modules_of(content.imports) | {"torch", "numpy", "safetensors", "cloudpickle"},
        canonical={FILE: content.digest},
        sources=sources,
        notes=(_NOTE,),
    )


def _place(tensor: Any) -> tuple[Any, ...]:
    """Return where a tensor's values lie; an empty one lies nowhere, and is itself only."""
    where = tensor.data_ptr() or id(tensor)
    return (where, tuple(tensor.shape), tensor.stride(), str(tensor.dtype), str(tensor.device))
