"""Which global names a cell reads and writes, told from its source alone.

The rules, where Python leaves a choice:

- A name counts as read unless every way through the cell has bound it first.  The body of a loop
  may take no turn; the body of ``try`` may stop anywhere.
- What a function reads counts from the place where its name is used, or at the end of the cell if
  it is only defined; what it binds (``global``) or changes counts only where it is used or
  decorated: defining it changes nothing yet.
- Written is what is bound or deleted, and as far as can be seen what is changed in place:
  ``df["x"] = …``, ``del d[k]``, ``a.b += 1``, a method call whose value nobody takes
  (``losses.append(1)``; but not ``df.head()`` and its like, see `walk.LOOKS`), calls of methods
  that are known to change their object (`walk.CHANGES`, PyTorch's trailing underscore,
  ``inplace=True``, ``out=x``).  What a function of another cell does to an argument, and what a
  class's body does by calling its own methods, cannot be seen.
- Builtins are not counted unless the cell binds them itself; :func:`settle` adds the ones that
  the namespace shadows.
"""

from __future__ import annotations

import builtins
import types
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from cellbook.capture.escapes import parse, to_python
from cellbook.capture.scopes import Module
from cellbook.capture.walk import walk
from cellbook.records import Json
from cellbook.records.words import words

SOURCE_LIMIT = 500_000
"""Longest source that is analysed, in characters; longer ones are data rather than code."""

_BUILTINS = frozenset(dir(builtins)) | words("__annotations__ __class__ __file__")
_SHELL = words("display exit get_ipython quit")
_CODE = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type)
_UNCHANGING = (*_CODE, str, bytes, int, float, complex, tuple, frozenset, range)


@dataclass(frozen=True, slots=True)
class Effects:
    """What a call may do to global names."""

    binds: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CellNames:
    """The global names of a cell, each tuple in order of appearance.

    Instances are shared between callers: treat the mappings as frozen.
    """

    reads: tuple[str, ...] = ()
    """Used before the cell has surely bound them itself."""
    writes: tuple[str, ...] = ()
    """Bound, deleted or, as far as can be seen, changed in place."""
    literals: Mapping[str, Json] = field(default_factory=dict)
    """What top-level assignments such as ``lr = 0.01`` leave: offered as params."""
    note: str = ""
    """Why there is nothing here, or what could not be seen."""
    changed: tuple[str, ...] = ()
    """Those of `writes` that are not bound, only perhaps changed in place."""
    deferred: tuple[str, ...] = ()
    """Those of `reads` that are used only when a function defined here is called later."""
    doubtful: tuple[str, ...] = ()
    """Those of `reads` that the cell has bound itself if its loops took a turn."""
    late: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Functions and classes defined here: the global names that they use when called."""
    effects: Mapping[str, Effects] = field(default_factory=dict)
    """Functions and classes defined here: what they may do to global names when called."""
    sure: frozenset[str] = frozenset()
    """Those of `writes` that are bound whichever way the cell took."""
    imports: Mapping[str, str] = field(default_factory=dict)
    """Names that stand for an import at the end of the cell: what they import."""
    shadowable: tuple[str, ...] = ()
    """Builtins used; one that the namespace shadows is a read after all."""


@lru_cache(maxsize=256)
def analyse(source: str) -> CellNames:
    """Tell the names of a cell's raw source, magics and all.

    A source that is no Python even without its magics gives an empty result with a note; nothing
    is raised.
    """
    if len(source) > SOURCE_LIMIT:
        return CellNames(note=f"not analysed: longer than {SOURCE_LIMIT:,} characters")
    try:
        try:
            tree, note = parse(source), ""
        except SyntaxError:
            # Python with a magic in it never parses, so only these cells pay for the translation.
            python, note = to_python(source)
            tree = parse(python)
        return _names(walk(tree), note)
    except SyntaxError as error:
        return CellNames(note=f"not analysed: {error.msg} (line {error.lineno})")
    except (ValueError, MemoryError, RecursionError) as error:
        return CellNames(note=f"not analysed: {error or type(error).__name__}")


def settle(names: CellNames, namespace: Mapping[str, object]) -> CellNames:
    """Correct `names` by what they stand for in the kernel.

    Modules, functions, classes and immutable values are not changed by a method call; a builtin
    that the namespace shadows is read.  Objects are looked at by their type only.
    """
    # By type(), not isinstance(), which would ask the object itself for its __class__.
    still = tuple(
        name for name in names.changed if not issubclass(type(namespace.get(name)), _UNCHANGING)
    )
    shadowed = tuple(name for name in names.shadowable if name in namespace)
    if still == names.changed and not shadowed:
        return names
    gone = set(names.changed).difference(still)
    writes = tuple(name for name in names.writes if name not in gone)
    return replace(names, reads=names.reads + shadowed, writes=writes, changed=still)


def _names(module: Module, note: str) -> CellNames:
    def counts(name: str) -> bool:
        return name not in _SHELL and (name not in _BUILTINS or name in module.writes)

    reads = [name for name in module.reads if counts(name)]
    deferred: dict[str, None] = {}
    for late in module.late.values():
        for name in late.reads:
            if name not in module.bound and name not in module.reads and counts(name):
                deferred[name] = None
    used = dict.fromkeys(
        [*module.reads, *(name for late in module.late.values() for name in late.reads)]
    )
    unseen = [f"what {star!r} binds is not seen" for star in module.stars]
    return CellNames(
        reads=(*reads, *deferred),
        writes=tuple(name for name in module.writes if name not in _SHELL),
        literals=module.literals,
        note="; ".join([*([note] if note else []), *unseen]),
        changed=tuple(name for name, bound in module.writes.items() if not bound),
        deferred=tuple(deferred),
        doubtful=tuple(name for name in reads if not module.reads[name]),
        late={
            name: kept
            for name, late in module.late.items()
            if name not in _SHELL
            and (kept := tuple(n for n in late.reads if n != name and counts(n)))
        },
        effects={
            name: Effects(tuple(late.binds), tuple(late.changes))
            for name, late in module.late.items()
            if late.binds or late.changes
        },
        sure=frozenset(name for name, bound in module.writes.items() if bound) & module.bound,
        imports=module.imports,
        shadowable=tuple(
            name
            for name in used
            # In a kernel the shell's own names are among the builtins, and in the namespace too.
            if name in _BUILTINS and name not in _SHELL and name not in module.writes
        ),
    )
