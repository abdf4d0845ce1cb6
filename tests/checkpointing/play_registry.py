"""Save each entry of dill's registry of objects as a variable, and restore it.

    python play_registry.py save|restore BOOK cell|imported

prints, as JSON, what became of each: ``same``, ``named`` with what the report said, or ``wrong``.
Where the registry is made by a cell, its classes and functions are the notebook's; else they are a
module's.  ``save`` restores in the same process; ``restore`` is for a fresh one.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

from cellbook.checkpointing import Kernel, Restored
from cellbook.checkpointing.restoring import plan
from cellbook.checkpointing.saving import PROCESS
from tests.checkpointing.digests import digest
from tests.checkpointing.hazards import Place, new_main

TOLD = "told.json"


def make_entries(where: str, namespace: dict[str, Any]) -> dict[str, Any]:
    """Return the registry; what it was made with is held by a module, or by nothing."""
    if where == "imported":
        registry = vars(importlib.import_module("dill._objects"))
    else:
        spec = importlib.util.find_spec("dill")
        assert spec is not None
        assert spec.origin is not None
        path = Path(spec.origin).with_name("_objects.py")
        registry = dict(namespace)
        exec(compile(path.read_text(), path, "exec"), namespace)
        registry, before = dict(namespace), registry
        namespace.clear()
        namespace.update(before)
    return {**registry["succeeds"], **registry["failures"]}


def restore_entry(place: Place, name: str, kernel: Kernel) -> Restored:
    """Restore a checkpoint without saving the state of before and after, which takes longer."""
    number, checkpoint, table, decoded = place.room().load(name, kernel)
    report = plan(number, checkpoint, table, decoded, list(kernel.variables()), None)
    decoded.values.pop(PROCESS)
    kernel.replace(decoded.values, report.removed)
    return report


def judge(name: str, report: Restored, namespace: dict[str, Any], told: str) -> str:
    said = {**report.kept, **report.missing}
    for note in report.notes:
        variable, _, text = note.partition(": ")
        said[variable] = text
    if name in said:
        return f"named: {said[name]}"
    if report.restored != [name]:
        return f"wrong: {report.restored} restored"
    again = tell(namespace[name])
    return "same" if again == told else f"wrong: {namespace[name]!r}"


def tell(value: Any) -> str:
    try:
        return digest(value)
    except Exception as error:  # It is to be named, then: nothing tells what it is.
        return f"{type(error).__name__}: {error}"


def save(place: Place, where: str) -> dict[str, str]:
    found, told = {}, {}
    with new_main() as namespace:
        for name, value in make_entries(where, namespace).items():
            told[name] = tell(value)
            namespace[name] = value
            kernel = Kernel(namespace)
            place.room().save_now(kernel, place.moment, label=name)
            namespace[name] = None
            report = restore_entry(place, name, kernel)
            found[name] = judge(name, report, namespace, told[name])
            del namespace[name]
    (place.folder / TOLD).write_text(json.dumps(told))
    return found


def restore(place: Place) -> dict[str, str]:
    found = {}
    told = json.loads((place.folder / TOLD).read_text())
    for name in told:
        with new_main() as namespace:
            report = restore_entry(place, name, Kernel(namespace))
            found[name] = judge(name, report, namespace, told[name])
    return found


def main(mode: str, folder: str, where: str) -> None:
    warnings.simplefilter("ignore")
    place = Place(Path(folder))
    found = save(place, where) if mode == "save" else restore(place)
    place.close()
    print(json.dumps(found), flush=True)
    os._exit(0)  # The registry leaves handlers and files that complain at the end.


if __name__ == "__main__":
    main(*sys.argv[1:])
