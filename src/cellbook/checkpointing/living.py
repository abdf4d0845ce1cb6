"""What each process has one of, and so is referred to in a checkpoint and never copied."""

from __future__ import annotations

import builtins
import copyreg
import dataclasses
import datetime
import decimal
import logging
import os
import random
import sys
import threading
import types
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

_SINGLETONS: list[tuple[Any, str]] = [
    (sys, "stdin"),
    (sys, "stdout"),
    (sys, "stderr"),
    (sys, "path"),
    (sys, "argv"),
    (sys, "modules"),
    (sys, "meta_path"),
    (os, "environ"),
    (random, "_inst"),
    (warnings, "filters"),
    (dataclasses, "MISSING"),
    (dataclasses, "KW_ONLY"),
    (logging, "root"),
    (threading, "_main_thread"),
    (builtins, "__dict__"),
]
"""What each process has one of."""
_OPAQUE = (
    *(int, float, complex, bool, str, bytes, type(None), range, slice, type(NotImplemented)),
    *(datetime.date, datetime.time, datetime.timedelta, datetime.tzinfo),
    *(types.ModuleType, type, types.FunctionType, types.BuiltinFunctionType, types.MethodType),
)
"""What is never taken for a module's own state."""


def find_singletons(namespace: dict[str, Any], shell: Any) -> list[tuple[Any, tuple[str, ...]]]:
    """Return what each process has one of, and how it is named in the stream."""
    found: list[tuple[Any, tuple[str, ...]]] = [(namespace, ("namespace",))]
    if shell is not None:
        found.append((shell, ("shell",)))
    for module, name in _SINGLETONS:
        found.append((getattr(module, name), ("attribute", module.__name__, name)))
    numpy_random: Any = sys.modules.get("numpy.random")
    if numpy_random is not None:
        path = ("attribute", "numpy.random", "mtrand", "_rand")
        found.append((numpy_random.mtrand._rand, path))
    found.append((decimal.getcontext(), ("decimal context",)))
    return [(thing, path) for thing, path in found if thing is not None]


def find_module_attributes(
    variables: Mapping[str, Any], known: Iterable[int], namespace: Mapping[str, Any]
) -> dict[str, tuple[str, ...]]:
    """Return which variables are the very object that a module has as an attribute, and where.

    Such an object, ``matplotlib.rcParams`` say, is the module's state: a copy would no longer be.
    """
    wanted = {
        id(value): name
        for name, value in reversed(list(variables.items()))
        if not issubclass(type(value), _OPAQUE) and id(value) not in known
    }
    found: dict[str, tuple[str, ...]] = {}
    for module_name, module in list(sys.modules.items()):
        if not wanted:
            break
        attributes = getattr(module, "__dict__", None)
        if attributes is namespace or not isinstance(attributes, dict):
            continue  # The notebook's own module has several names, `__mp_main__` one of them.
        if id(attributes) in wanted:
            found[wanted.pop(id(attributes))] = (module_name, "__dict__")
        for key in wanted.keys() & {id(value) for value in list(attributes.values())}:
            attribute = next(name for name, value in attributes.items() if id(value) == key)
            if isinstance(attribute, str) and not _is_constant(attributes[attribute]):
                found[wanted.pop(key)] = (module_name, attribute)
    return found


def find_parts(name: str) -> list[str]:
    """Return the submodules of a package that are its attributes by now, by their names within it.

    Importing the package need not import them: ``xml.etree.ElementTree`` is not in ``import xml``.
    """
    inner = f"{name}."
    return sorted(
        one.removeprefix(inner)
        for one, module in list(sys.modules.items())
        if one.startswith(inner) and "._" not in one and _is_attribute(one, module)
    )


def _is_attribute(name: str, module: Any) -> bool:
    holder, _, last = name.rpartition(".")
    return getattr(sys.modules.get(holder), "__dict__", {}).get(last) is module


def _is_constant(value: Any) -> bool:
    """Whether a value is encoded as well by itself, or by its name."""
    kind = type(value)
    numpy: Any = sys.modules.get("numpy")
    if kind in (tuple, frozenset) or (numpy is not None and issubclass(kind, numpy.generic)):
        return True
    try:
        registered = copyreg.dispatch_table.get(kind)
        return isinstance(registered(value) if registered else value.__reduce_ex__(5), str)
    except Exception:
        return False
