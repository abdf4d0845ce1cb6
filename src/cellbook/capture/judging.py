"""What a call may change, judged by what is known of what it calls.

In doubt a call changes all that it is given, what it is called on, and the module it is of; see
:mod:`~cellbook.capture.known` for what is known.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from cellbook.capture import known
from cellbook.capture.calls import METHOD_CALLER, OF_A_VALUE, Call
from cellbook.capture.files import Names
from cellbook.capture.holding import FITTING, MAKING_NEW
from cellbook.capture.known import Kind
from cellbook.capture.walk import LOOKS
from cellbook.records.words import words

_BUILTINS = frozenset(dir(builtins))
_CHANGING_BUILTINS = words("delattr next setattr")
_NOT_OF_FILES = words("copy extract remove replace")
"""Methods of files and folders that other objects have as well."""
_CALLED_BACK = words(
    "add append appendleft discard extend get insert log put pop popleft push remove send "
    "setdefault update write writelines"
)
_FUNCTIONS = ("builtins.function", "builtins.method", "functools.partial")
_CALLING_NOBODY = MAKING_NEW | LOOKS
"""What calls no function that it is given."""
_LIBRARY_OBJECTS = (Kind.DATA, Kind.ARRAY, Kind.TENSOR)
_HANDED_ON = frozenset({Kind.CONTAINER, Kind.ITERATOR, Kind.OTHER, Kind.UNKNOWN})
"""Kinds of objects that functions change which are handed to functions of libraries; tables and
models are left as they are, as these libraries say."""
_NOT_PATHS = frozenset(
    {Kind.DATA, Kind.ARRAY, Kind.TENSOR, Kind.ESTIMATOR, Kind.GENERATOR, Kind.FIGURE, Kind.ITERATOR,
     Kind.CODE, Kind.CONTAINER}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class About:
    """What is known of what a name stands for."""

    bound: bool = False
    module: str = ""
    """What it imports, where it stands for that."""
    kind: Kind = Kind.UNKNOWN
    text: str = ""
    """The object's type."""
    own: bool = False
    """Whether code of the notebook is behind it, which is judged by its text."""
    methods: frozenset[str] = frozenset()
    risky: bool = False
    """Whether it was told to work in place."""
    literal: object = None
    """The text or number that it is, where a cell says so."""

    draws: bool = False
    """Whether it is one that draws in what it is given."""
    looks: bool = False
    """Whether it is a function of the notebook that leaves what it is given as it is."""

    @property
    def top(self) -> str:
        """The library that it is of."""
        return known.top_of(self.module or self.text)


@dataclass(slots=True)
class Judge:
    """Gathers what the calls of one cell may do.

    Parameters
    ----------
    about
        Tells what a name may stand for: once or more.
    """

    about: Callable[[str], Sequence[About]]
    changes: dict[str, None] = field(default_factory=dict)
    """Names whose objects may change."""
    setting: bool = False
    """Whether later code may work in another way."""
    plots: bool = False
    modules: dict[str, None] = field(default_factory=dict)
    """Libraries of which nothing is known that may have changed."""
    unknown: dict[str, None] = field(default_factory=dict)
    """What was called of which nothing is known."""
    reads: list[Names] = field(default_factory=list)
    writes: list[Names] = field(default_factory=list)

    def take(self, call: Call) -> None:
        """Judge one call."""
        self._change(call.into)
        if call.called in known.RECORDING:
            return
        for name, attribute in call.methods:
            self._called_back(name, attribute)
        if call.called not in _CALLING_NOBODY and self._hands_on(call):
            self._may_be_given(call)
        if not call.owners and call.called not in known.BY_CUSTOM:
            self._change(call.given, but_steady=True)
        owners = call.owners[:1] if self._of_library_value(call) else call.owners
        for owner in owners:
            for about in self.about(owner):
                if about.module:
                    self._of_module(call, about)
                elif not about.bound:
                    if owner in _BUILTINS:
                        self._of_builtin(call, owner)
                elif about.kind is not Kind.PLAIN:
                    self._of_object(call, owner, about)
        self._files(call)

    def _of_library_value(self, call: Call) -> bool:
        """Whether it is a method of what a library has just made, which only reads.

        ``pd.Series(values).sort_values()`` is, and changes no values; not ``np.asarray(x).sort()``.
        """
        if not (call.owners and call.path.startswith(OF_A_VALUE)) or known.changes_a_value(
            call.called
        ):
            return False
        return all(known.makes_values(about.module) for about in self.about(call.owners[0]))

    def _change(self, names: Iterable[str], *, but_steady: bool = False) -> None:
        for name in names:
            if not but_steady or any(one.kind not in known.STEADY for one in self.about(name)):
                self.changes[name] = None

    def _called_back(self, name: str, method: str) -> None:
        for about in self.about(name):
            if about.module or about.kind is Kind.PLAIN:
                continue
            if about.kind is Kind.CONTAINER:
                changed = not known.only_reads(about.kind, about.text, method)
            elif about.kind in _LIBRARY_OBJECTS:
                changed = method in known.DATA_CHANGES
            else:
                changed = method in _CALLED_BACK or method in about.methods
            if changed or about.kind is Kind.GENERATOR:
                self.changes[name] = None

    def _hands_on(self, call: Call) -> bool:
        """Whether a call is given something that changes what it is called with."""
        for name, attribute in call.methods:
            for about in self.about(name):
                if about.module:
                    changes = _changing(attribute)
                else:
                    changes = not about.bound and _changes_first(name, attribute)
                if changes:
                    return True
        return any(_changes_given(about) for name in call.given for about in self.about(name))

    def _may_be_given(self, call: Call) -> None:
        """What a call hands to a function, or calls it on, may change: but tables and models."""
        for name in (*call.given, *call.owners):
            if any(about.bound and about.kind in _HANDED_ON and not about.module
                   for about in self.about(name)):  # fmt: skip
                self.changes[name] = None

    def _of_module(self, call: Call, about: About) -> None:
        """Judge a function of a module, or a method of what one gave."""
        top = about.top
        if top == "cellbook":
            return
        inside = call.path.removeprefix(f"{OF_A_VALUE}.")
        name = ".".join(one for one in (about.module.replace(":", "."), inside) if one)
        if not known.is_known(top):
            self._of_unknown(call, name, top)
            return
        if name.startswith(known.PYPLOT) or top == "seaborn":
            self.plots = True
            self._change(call.given, but_steady=True)
        of_value = call.path.startswith(OF_A_VALUE)
        if known.is_setting(name, dropped=call.dropped) and not (
            of_value and known.is_reading(top)
        ):
            self.setting = True
            self._change(call.given, but_steady=True)
            if known.is_process(name):
                self.reads.append(Names(open=True))
        if "copy" in call.words or "inplace" in call.words:
            self._change(call.given)
        elif of_value:
            self._change(call.given, but_steady=True)
        elif known.CHANGING.fullmatch(call.called):
            self._change(call.given)
        elif not known.is_reading(top):
            self._change(call.given, but_steady=True)

    def _of_unknown(self, call: Call, name: str, top: str) -> None:
        self._change(call.given)
        self.modules[top] = None
        self.unknown[f"`{name}`"] = None
        self.setting |= call.dropped
        self.reads.append(Names(open=True))
        self.writes.append(Names(open=True))

    def _of_builtin(self, call: Call, name: str) -> None:
        if call.path and _changes_first(name, call.path):
            self._change(call.given, but_steady=True)
        if name in _CHANGING_BUILTINS:
            self._change(call.given)
        elif name == "__import__":
            self.setting = True

    def _of_object(self, call: Call, owner: str, about: About) -> None:
        """Judge a method of an object, or a call of the object itself."""
        kind, path, called = about.kind, call.path, call.called
        if "inplace" in call.words:
            self.changes[owner] = None
        if known.plots(kind, path):
            self.plots = True
            self._change(call.given, but_steady=True)
        if kind is Kind.CONTAINER and (not path or "." in path or path == OF_A_VALUE):
            if path and called in known.BY_CUSTOM:
                return
        elif kind in _LIBRARY_OBJECTS or kind in (Kind.CONTAINER, Kind.PATH):
            if not known.only_reads(kind, about.text, path):
                self.changes[owner] = None
            return
        if kind is Kind.GENERATOR:
            self.changes[owner] = None
            self._change(call.given if "shuffle" in called or "permut" in called else ())
            return
        if kind in (Kind.ESTIMATOR, Kind.FIGURE) and path:
            if not known.only_reads(kind, about.text, path):
                self.changes[owner] = None
            if about.risky or "copy" in call.words:
                self._change(call.given)
            self._change(call.given if kind is Kind.FIGURE else (), but_steady=True)
            return
        if about.draws and not path:
            self.plots = True
            self._change(call.given, but_steady=True)
        if about.own or (about.looks and not path):
            return
        strange = kind is Kind.OTHER and not known.is_known(about.top)
        if strange and about.top != "__main__":
            self.changes[owner] = None
            self._of_unknown(call, f"{owner}.{path}" if path else owner, about.top)
            return
        if path and called in known.BY_CUSTOM:
            return
        self.changes[owner] = None
        if about.risky or called not in FITTING:
            self._change(call.given, but_steady=kind is Kind.OTHER)

    # -- files ---------------------------------------------------------------------------------

    def _files(self, call: Call) -> None:
        called = call.called
        writes = known.writes_files(called)
        reads = bool(known.READS_FILES.fullmatch(called))
        if call.mode and called not in ("ZipFile", "TarFile", "File", "memmap"):
            writes = call.mode not in ("r", "rb", "rt")
            reads = not writes or call.mode == OF_A_VALUE
        if not writes and not reads:
            return
        if called in _NOT_OF_FILES and not any(self._of_files(owner) for owner in call.owners):
            return
        names = self._names(call)
        if writes:
            self.writes.append(names)
        if reads:
            self.reads.append(names)

    def _of_files(self, owner: str) -> bool:
        return any(
            about.kind is Kind.PATH
            or about.top in ("os", "shutil", "pathlib", "zipfile", "tarfile", "fsspec")
            for about in self.about(owner)
        )

    def _names(self, call: Call) -> Names:
        texts = set(call.texts)
        unsure = call.composed or bool(known.FINDS_FILES.fullmatch(call.called))
        if unsure and "glob" not in call.called and not call.composed:
            return Names(open=True)
        for name in call.mentions:
            for about in self.about(name):
                if about.module or not about.bound or about.own:
                    continue
                if isinstance(about.literal, str):
                    texts.add(about.literal)
                elif about.literal is None and about.kind not in _NOT_PATHS:
                    unsure = True
        return Names(frozenset(texts), unsure)


def _changes_given(about: About) -> bool:
    """Whether what a name stands for changes what it is called with, where it is called."""
    if about.module:
        return _changing(re.split("[.:]", about.module)[-1])
    if about.text == f"operator.{METHOD_CALLER}":
        return True
    if not about.own or about.looks:
        return False
    if about.text == "builtins.type":
        return not about.methods.isdisjoint(("__init__", "__new__"))
    return about.text in _FUNCTIONS or "__call__" in about.methods


def _changing(function: str) -> bool:
    """Whether a function of a module, by its name, changes what it is given."""
    return function == METHOD_CALLER or bool(known.CHANGING.fullmatch(function))


def _changes_first(name: str, method: str) -> bool:
    """Whether a method, taken from a built-in type of containers, changes what it is given."""
    text = f"builtins.{name}"
    return text in known.CONTAINERS and not known.only_reads(Kind.CONTAINER, text, method)
