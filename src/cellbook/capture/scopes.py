"""Python's scopes: which of the names that code uses are the kernel's own.

Each kind of scope answers the same four calls and hands on to the scope around it what is not its
own: ``load`` and ``store`` a name, ``unbind`` it (del), and ``change`` its object in place.

::

    Module ── what the cell does now; knows which names are surely bound at this point
    Late ──── what a function or class does when it is called, kept under its name by Module
    Function  names bound anywhere in it are local to all of it
    Block ─── comprehensions and type parameters: a few names of their own, else see-through
    └── Class runs at once as well, and no function inside it sees what it binds
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from cellbook.records.words import words

MODULES_BY_CUSTOM = words(
    "alt cb cellbook go jax jnp json lgb logging math mlflow mpl nn np os pd pl plt px random re "
    "shutil sm sns subprocess sys tf time torch tqdm wandb warnings xgb"
)
"""Names that by custom stand for modules: ``plt.show()`` is no change of a variable."""

LOOPED = "?"
"""Stands before names that are bound if a loop took a turn; no identifier starts with it."""


class Late:
    """What happens to global names when a function or class is called, in order of appearance."""

    __slots__ = ("binds", "changes", "reads")

    def __init__(self) -> None:
        self.reads: dict[str, None] = {}
        self.binds: dict[str, None] = {}
        self.changes: dict[str, None] = {}

    @property
    def top(self) -> Late:
        """Where names declared ``global`` go."""
        return self

    def load(self, name: str) -> None:
        """Note that the call reads `name`."""
        self.reads[name] = None

    def store(self, name: str, sure: bool = True) -> None:
        """Note that the call may bind `name`."""
        self.binds[name] = None

    def change(self, name: str) -> None:
        """Note that the call may change the object of `name`."""
        self.changes[name] = None


class Module:
    """What a cell does to global names as it runs from top to bottom."""

    __slots__ = ("bound", "imports", "late", "literals", "reads", "running", "stars", "writes")

    def __init__(self) -> None:
        self.reads: dict[str, bool] = {}
        """Names to whether they are read for certain, not only if a loop took no turn."""
        self.writes: dict[str, bool] = {}
        """Names to whether they are bound or deleted, not only perhaps changed in place."""
        self.bound: set[str] = set()
        """Names that every way to this point has bound; with `LOOPED` before them, those that a
        loop has bound if it took a turn."""
        self.late: dict[str, Late] = {}
        self.running: set[str] = set()
        self.literals: dict[str, Any] = {}
        self.imports: dict[str, str] = {}
        self.stars: list[str] = []

    @property
    def top(self) -> Module:
        """Where names declared ``global`` go."""
        return self

    def load(self, name: str) -> None:
        """Read `name`; if it is a function of this cell, it may be called here and now."""
        if name not in self.bound:
            self.reads[name] = self.reads.get(name, False) or LOOPED + name not in self.bound
        if name in self.late and name not in self.running:
            late = self.late[name]
            self.running.add(name)
            for used in late.reads:
                self.load(used)
            self.apply(late)
            self.running.discard(name)

    def apply(self, late: Late) -> None:
        """Note what a call may write."""
        for name in late.binds:
            self.store(name, sure=False)
        for name in late.changes:
            self.change(name)

    def store(self, name: str, sure: bool = True) -> None:
        """Bind `name`: surely, or perhaps."""
        self.writes[name] = True
        if sure:
            self.bound.add(name)
        self._forget(name)

    def define(self, name: str, late: Late) -> None:
        """Bind `name` to a function or class that does `late` when called.

        What an earlier definition in the cell does stays: only one of two may have run.
        """
        self.store(name)
        former = self.late.setdefault(name, late)
        if former is not late:
            former.reads |= late.reads
            former.binds |= late.binds
            former.changes |= late.changes

    def unbind(self, name: str) -> None:
        """Delete `name`."""
        self.writes[name] = True
        self.bound -= {name, LOOPED + name}
        self._forget(name)

    def change(self, name: str) -> None:
        """Change the object of `name` in place, unless the name stands for a module."""
        if name not in self.imports and name not in MODULES_BY_CUSTOM:
            self.writes.setdefault(name, False)
            self.literals.pop(name, None)

    def _forget(self, name: str) -> None:
        self.literals.pop(name, None)
        self.imports.pop(name, None)


class Function:
    """A function or lambda.

    Parameters
    ----------
    outer
        Where its free names go when it is closed.
    """

    __slots__ = ("bound", "changes", "global_names", "loads", "nonlocal_names", "outer", "stores")

    def __init__(self, outer: Scope | Late) -> None:
        self.outer = outer
        self.loads: dict[str, None] = {}
        self.changes: dict[str, None] = {}
        self.stores: set[str] = set()
        self.global_names: set[str] = set()
        self.nonlocal_names: set[str] = set()
        self.bound: set[str] = set()

    @property
    def top(self) -> Module | Late:
        """Where names declared ``global`` go."""
        return self.outer.top

    def load(self, name: str) -> None:
        """Read `name`, which may turn out to be local further down."""
        if name in self.global_names:
            self.top.load(name)
        else:
            self.loads[name] = None

    def store(self, name: str, sure: bool = True) -> None:
        """Bind `name`, which makes it local unless it is declared otherwise."""
        if name in self.global_names:
            self.top.store(name, sure=False)
        elif name not in self.nonlocal_names:
            self.stores.add(name)

    def unbind(self, name: str) -> None:
        """Delete `name`, which makes it local as well."""
        self.store(name)

    def change(self, name: str) -> None:
        """Change the object of `name` in place."""
        if name in self.global_names:
            self.top.change(name)
        else:
            self.changes[name] = None

    def close(self) -> None:
        """Hand the free names on."""
        for name in self.loads:
            if name not in self.stores:
                self.outer.load(name)
        for name in self.changes:
            if name not in self.stores:
                self.outer.change(name)


class Block:
    """A comprehension, or the type parameters of a definition: see-through but for its own names.

    Parameters
    ----------
    around
        The scope it stands in; where that is a class, it looks past the class.
    names
        Names that are its own from the start.
    """

    __slots__ = ("bound", "outer")

    def __init__(self, around: Scope, names: Iterable[str] = ()) -> None:
        self.outer: Scope = around.outer if isinstance(around, Class) else around
        self.bound: set[str] = set(names)

    @property
    def top(self) -> Module | Late:
        """Where names declared ``global`` go."""
        return self.outer.top

    def load(self, name: str) -> None:
        """Read `name`, here or around."""
        if name not in self.bound:
            self.outer.load(name)

    def store(self, name: str, sure: bool = True) -> None:
        """Bind `name` here."""
        self.bound.add(name)

    def unbind(self, name: str) -> None:
        """Delete `name` here."""
        self.bound.discard(name)

    def change(self, name: str) -> None:
        """Change the object of `name` in place, here or around."""
        if name not in self.bound:
            self.outer.change(name)


class Class(Block):
    """The body of a class; `late` takes what its functions use."""

    __slots__ = ("global_names", "late")

    def __init__(self, around: Scope, names: Iterable[str] = ()) -> None:
        super().__init__(around, names)
        self.global_names: set[str] = set()
        self.late: Scope | Late
        if isinstance(around, Class):
            self.late = around.late
        else:
            self.late = Late() if isinstance(around, Module) else around

    def store(self, name: str, sure: bool = True) -> None:
        """Bind `name` in the class, or globally where it is declared so."""
        if name in self.global_names:
            self.top.store(name, sure)
        else:
            self.bound.add(name)


Scope: TypeAlias = Module | Function | Block
