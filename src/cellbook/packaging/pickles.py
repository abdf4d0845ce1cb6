"""Pickles that tell no machine's secrets; what one would import; what it means, as a digest.

A pickle of the same objects differs from process to process: sets have another order, equal texts
are one object or two, classes of a notebook get a random id.  So its digest is that of what it
says, which a small machine finds out that follows its opcodes and runs nothing.
"""

from __future__ import annotations

import hashlib
import io
import types
import zipfile
from collections import ChainMap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, ClassVar

import cloudpickle

from cellbook.errors import InvalidBundle
from cellbook.packaging.dangers import BLIND, IMPORTERS, LOADERS, is_dangerous, name_of_old
from cellbook.packaging.opcodes import LongBytes, read_opcodes

_CLOUD = "cloudpickle.cloudpickle"
_MOST, _MOST_TIMES = 1_000_000, 100
"""Nodes that are walked in any case, and for each opcode: what is more is made to take forever."""
_MOST_NESTED = 20
"""Pickles within pickles."""
_MOST_HELD = 1 << 28
"""Bytes that a file of others may say besides long byte strings, which are not held."""
_TORCH_MAGIC = 0x1950A86A20F9469CFC6C
"""What PyTorch's files begin with that are no zips: five pickles, and then bytes of tensors."""

_RANDOM_ARGUMENT = {"_make_skeleton_class": 4, "_make_skeleton_enum": 5}
"""Where cloudpickle passes the random id of a class."""
ADDRESSES = ("_stop_words_id",)
"""Attributes in which scikit-learn keeps where in memory something lay, to see if it changed."""
_OF_SOURCE = ("__firstlineno__", "__static_attributes__")
"""What Python notes of a class from 3.13 on: its place, and names in an order by chance."""
_FILE_NAME, _FIRST_LINE, _LINES = 10, 13, 14
"""Of what makes a code object: where its source was, which is no part of what it does."""


class Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """cloudpickle, without where on this machine functions were defined."""

    dispatch_table: ClassVar = ChainMap(
        {types.CodeType: lambda code: _reduce_code(code)}, cloudpickle.Pickler.dispatch_table
    )

    def _function_getnewargs(self, func: types.FunctionType) -> Any:
        made = super()._function_getnewargs(func)
        for name in ("__file__", "__path__"):
            made[1].pop(name, None)
        return made


def _reduce_code(code: types.CodeType) -> Any:
    plain = code.replace(co_filename="<bundle>")
    return cloudpickle.Pickler.dispatch_table[types.CodeType](plain)


def dump(value: Any, file: BinaryIO) -> None:
    """Pickle a value; functions and classes of a notebook by value."""
    Pickler(file, protocol=5).dump(value)


@dataclass(eq=False, slots=True)
class _Node:
    """One object of the stream."""

    kind: str
    parts: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class PickleContent:
    """What a pickle says."""

    imports: tuple[str, ...]
    """All that it imports by name, as ``module.name``, sorted."""
    digest: str
    """SHA-256 of its meaning, in hexadecimal."""

    @property
    def dangerous(self) -> tuple[str, ...]:
        """What no model needs, and does harm with ease."""
        return tuple(name for name in self.imports if is_dangerous(name))


def read_pickle(data: bytes | BinaryIO) -> PickleContent:
    """Tell what a pickle, or an open file of one, would import and says, and run none of it.

    Raises
    ------
    InvalidBundle
        If it is damaged.
    """
    return _read(io.BytesIO(data) if isinstance(data, bytes) else data, 0)[0]


def imports_in(data: bytes | BinaryIO) -> set[str]:
    """Tell what a file would import that libraries load as pickles: one, several one after another,
    or a zip of them as PyTorch makes it.  An open file is not held in memory.

    Raises
    ------
    InvalidBundle
        If it is damaged, or holds something else as well, into which nobody can look, or is too
        large for that.
    """
    return _imports_in(io.BytesIO(data) if isinstance(data, bytes) else data, 0)


def _imports_in(file: BinaryIO, depth: int) -> set[str]:
    found: set[str] = set()
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    beginning = file.read(2)
    file.seek(0)
    if beginning == b"PK":
        try:
            with zipfile.ZipFile(file) as archive:
                for info in archive.infolist():
                    if info.filename.lower().endswith((".pkl", ".pickle")):
                        if info.file_size > _MOST_HELD:
                            raise InvalidBundle(f"{info.filename} is too large to be looked into.")
                        found |= _imports_in(io.BytesIO(archive.read(info)), depth)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
            raise InvalidBundle(f"A zip of pickles is damaged ({error}). Do not load it.") from None
        return found
    torch = 0
    while file.tell() < size and torch < 5:
        content, first = _read(file, depth, _MOST_HELD)
        found.update(content.imports)
        torch += bool(torch or first == _TORCH_MAGIC)
    return found


def _read(file: BinaryIO, depth: int, most: int | None = None) -> tuple[PickleContent, Any]:
    """Read one pickle; return what it says, and its value where that is a plain one."""
    machine = _Machine(depth)
    digest = hashlib.sha256()
    try:
        root = machine.run(file, most)
        seen = _Seen(_MOST + _MOST_TIMES * machine.steps)
        _walk(root, digest.update, seen)
        for deed in machine.deeds:
            # Code that runs, and whose result nobody keeps, is part of what it says as well.
            if id(deed) not in seen.nodes:
                digest.update(b"besides;")
                _walk(deed, digest.update, seen)
    except InvalidBundle:
        raise
    except Exception as error:
        raise InvalidBundle(
            f"A pickle of the model is damaged ({error}). Get it once more."
        ) from error
    return PickleContent(tuple(sorted(machine.imports)), digest.hexdigest()), root.parts[0]


# -- the machine -----------------------------------------------------------------------------------


class _Machine:
    def __init__(self, depth: int) -> None:
        self.imports: set[str] = set()
        self.deeds: list[_Node] = []
        """All that runs code: imports, calls, and what is filled that may be no container."""
        self.steps = 0
        self._depth = depth
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}
        self._effects: list[Any] = []
        self._protocol = 0
        self._unfollowed = 0
        """How often there was one of those that load or import on the stack, and was not called
        there: whoever is given it may call it with whatever."""

    def run(self, file: BinaryIO, most: int | None) -> _Node:
        for opcode, argument in read_opcodes(file, most):
            self.steps += 1
            if opcode == "STOP":
                if self._unfollowed:
                    self.imports.add("?")
                # cloudpickle fills functions and classes by calls whose result is thrown away.
                return _Node("tuple", [self._stack[-1], *self._effects])
            handler = _OPCODES.get(opcode)
            if handler is not None:
                handler(self, argument)
            elif opcode in _ATOMS:
                self._stack.append(argument)
            elif opcode == "PROTO":
                self._protocol = argument or 0
            elif opcode != "FRAME":
                raise InvalidBundle(
                    f"A pickle of the model uses {opcode}, which none of ours does. Do not load it."
                )
        raise ValueError("it has no end")

    def push(self, kind: str, *parts: Any) -> None:
        self._stack.append(_Node(kind, list(parts)))

    def constant(self, value: Any) -> None:
        self._stack.append(value)

    def pop(self) -> Any:
        return self._stack.pop()

    def since_mark(self) -> list[Any]:
        start = self._marks.pop()
        found = self._stack[start:]
        del self._stack[start:]
        return found

    def mark(self) -> None:
        self._marks.append(len(self._stack))

    def put(self, key: int | None) -> None:
        self._memo[len(self._memo) if key is None else key] = self._stack[-1]

    def get(self, key: int) -> None:
        self._stack.append(self._memo[key])
        self._unfollowed += _follows(self._stack[-1])

    def name(self, module: Any, name: Any) -> None:
        told = "?"
        if isinstance(module, str) and isinstance(name, str):
            told = name_of_old(module, name) if self._protocol < 3 else f"{module}.{name}"
        self.imports.add(told)
        if told in BLIND:
            self.imports.add("?")
        self.push("global", told)
        self.deeds.append(self._stack[-1])
        self._unfollowed += _follows(self._stack[-1])

    def call(self, kind: str, function: Any, *arguments: Any) -> None:
        name = function.parts[0] if isinstance(function, _Node) and function.parts else None
        if isinstance(name, str) and arguments and isinstance(arguments[0], _Node):
            self._unfollowed -= _follows(function)
            for one in arguments[0].parts[:1]:
                if name in IMPORTERS:
                    self.imports.add(one.replace(":", ".") if isinstance(one, str) else "?")
                elif name in LOADERS:
                    self.imports |= self._nested(one)
        self.push(kind, function, *arguments)
        self.deeds.append(self._stack[-1])

    def _nested(self, content: Any) -> set[str]:
        """Return what a pickle within this one would import."""
        if isinstance(content, _Node) and content.kind == "bytearray":
            content = content.parts[0]
        if self._depth > _MOST_NESTED:
            return {"?"}
        if isinstance(content, bytes):
            return self._look(io.BytesIO(content))
        if not isinstance(content, LongBytes):
            return {"?"}
        if content.imports is None:
            here = content.file.tell()
            content.imports = frozenset(self._look(content.open()))
            content.file.seek(here)
        return set(content.imports)

    def _look(self, file: BinaryIO) -> set[str]:
        try:
            return _imports_in(file, self._depth + 1)
        except InvalidBundle:
            return {"?"}

    def extend(self, parts: list[Any], kind: str) -> None:
        target = self._stack[-1]
        if not isinstance(target, _Node):
            raise ValueError("it fills what is no container")
        if target.kind == "persistent":
            self.deeds.append(target)
        if target.kind in ("call", "new"):
            target.parts.append(_Node(kind, parts))
        else:
            target.parts.extend(parts)

    def pop_all(self) -> None:
        if self._marks and self._marks[-1] == len(self._stack):
            self._marks.pop()
        else:
            gone = self._stack.pop()
            if isinstance(gone, _Node) and gone.kind in ("call", "new"):
                self._effects.append(gone)

    def duplicate(self) -> None:
        self._stack.append(self._stack[-1])
        self._unfollowed += _follows(self._stack[-1])


def _follows(item: Any) -> bool:
    """Whether it is a function whose calls are followed: what they load or import is told."""
    return (
        isinstance(item, _Node)
        and item.kind == "global"
        and (item.parts[0] in IMPORTERS or item.parts[0] in LOADERS)
    )


def _tuple(count: int) -> Callable[[_Machine, Any], None]:
    def make(machine: _Machine, _: Any) -> None:
        machine.push("tuple", *[machine.pop() for _ in range(count)][::-1])

    return make


def _from_mark(kind: str) -> Callable[[_Machine, Any], None]:
    return lambda machine, _: machine.push(kind, *machine.since_mark())


def _reduce(machine: _Machine, _: Any) -> None:
    arguments = machine.pop()
    machine.call("call", machine.pop(), arguments)


def _new(machine: _Machine, _: Any) -> None:
    arguments = machine.pop()
    machine.call("new", machine.pop(), arguments)


def _new_with_names(machine: _Machine, _: Any) -> None:
    named, arguments = machine.pop(), machine.pop()
    machine.call("new", machine.pop(), arguments, named)


def _stack_global(machine: _Machine, _: Any) -> None:
    name = machine.pop()
    machine.name(machine.pop(), name)


def _setitem(machine: _Machine, _: Any) -> None:
    value = machine.pop()
    machine.extend([machine.pop(), value], "items")


def _inst(machine: _Machine, argument: str) -> None:
    arguments = machine.since_mark()
    machine.name(*argument.split(" ", 1))
    machine.call("call", machine.pop(), _Node("tuple", arguments))


def _obj(machine: _Machine, _: Any) -> None:
    function, *arguments = machine.since_mark()
    machine.call("call", function, _Node("tuple", arguments))


_ATOMS = (
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES", "BINBYTES8"),
    *("UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"),
)

_OPCODES: dict[str, Callable[[_Machine, Any], None]] = {
    "NONE": lambda machine, _: machine.constant(None),
    "NEWTRUE": lambda machine, _: machine.constant(True),
    "NEWFALSE": lambda machine, _: machine.constant(False),
    "BYTEARRAY8": lambda machine, value: machine.push("bytearray", value),
    "EMPTY_TUPLE": lambda machine, _: machine.push("tuple"),
    "EMPTY_LIST": lambda machine, _: machine.push("list"),
    "EMPTY_DICT": lambda machine, _: machine.push("dict"),
    "EMPTY_SET": lambda machine, _: machine.push("set"),
    "TUPLE1": _tuple(1),
    "TUPLE2": _tuple(2),
    "TUPLE3": _tuple(3),
    "TUPLE": _from_mark("tuple"),
    "LIST": _from_mark("list"),
    "DICT": _from_mark("dict"),
    "FROZENSET": _from_mark("frozenset"),
    "MARK": lambda machine, _: machine.mark(),
    "POP": lambda machine, _: machine.pop_all(),
    "POP_MARK": lambda machine, _: (machine.since_mark(), None)[1],
    "DUP": lambda machine, _: machine.duplicate(),
    "APPEND": lambda machine, _: machine.extend([machine.pop()], "list"),
    "APPENDS": lambda machine, _: machine.extend(machine.since_mark(), "list"),
    "ADDITEMS": lambda machine, _: machine.extend(machine.since_mark(), "set"),
    "SETITEM": _setitem,
    "SETITEMS": lambda machine, _: machine.extend(machine.since_mark(), "items"),
    "MEMOIZE": lambda machine, _: machine.put(None),
    "PUT": lambda machine, key: machine.put(int(key)),
    "BINPUT": lambda machine, key: machine.put(key),
    "LONG_BINPUT": lambda machine, key: machine.put(key),
    "GET": lambda machine, key: machine.get(int(key)),
    "BINGET": lambda machine, key: machine.get(key),
    "LONG_BINGET": lambda machine, key: machine.get(key),
    "GLOBAL": lambda machine, names: machine.name(*names.split(" ", 1)),
    "STACK_GLOBAL": _stack_global,
    "INST": _inst,
    "OBJ": _obj,
    "REDUCE": _reduce,
    "NEWOBJ": _new,
    "NEWOBJ_EX": _new_with_names,
    "BUILD": lambda machine, _: machine.extend([machine.pop()], "state"),
    "PERSID": lambda machine, name: machine.push("persistent", name),
    "BINPERSID": lambda machine, _: machine.push("persistent", machine.pop()),
}


# -- the meaning -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Seen:
    """How far a walk has come."""

    left: int
    """How many nodes may still come."""
    nodes: set[int] = field(default_factory=set)
    """By their identity."""
    numbers: dict[int, int] = field(default_factory=dict)


def _walk(root: Any, feed: Callable[[bytes], Any], seen: _Seen) -> None:
    """Feed what stands below `root`: containers as they are shared, plain values by value."""
    stack = [root]
    while stack:
        item = stack.pop()
        seen.left -= 1
        if seen.left < 0:
            raise InvalidBundle("A pickle of the model is made to take forever. Do not load it.")
        if not isinstance(item, _Node):
            feed(_atom(item))
            continue
        seen.nodes.add(id(item))
        if item.kind not in ("tuple", "frozenset", "global"):
            if id(item) in seen.numbers:
                feed(b"ref %d;" % seen.numbers[id(item)])
                continue
            seen.numbers[id(item)] = len(seen.numbers)
        feed(b"%s %d;" % (item.kind.encode(), len(item.parts)))
        stack.extend(reversed(list(_parts(item, seen))))


def _parts(node: _Node, seen: _Seen) -> Iterator[Any]:
    if node.kind in ("set", "frozenset"):
        yield from sorted(node.parts, key=lambda item: _sort_key(item, seen))
    elif node.kind in ("dict", "items"):
        for key, value in zip(node.parts[::2], node.parts[1::2], strict=True):
            yield from (key, None if key in ADDRESSES or key in _OF_SOURCE else value)
    elif node.kind == "call" and len(node.parts) > 1:
        yield node.parts[0]
        yield _without_place(node.parts[0], node.parts[1])
        yield from node.parts[2:]
    else:
        yield from node.parts


def _sort_key(item: Any, seen: _Seen) -> bytes:
    digest = hashlib.sha256()
    apart = _Seen(seen.left)
    _walk(item, digest.update, apart)
    seen.left = apart.left
    return digest.digest()


def _without_place(function: Any, arguments: Any) -> Any:
    """Return the arguments of a call without where something was defined, and random ids."""
    if not isinstance(function, _Node) or not isinstance(arguments, _Node):
        return arguments
    parts = list(arguments.parts)
    if function.kind == "global":
        module, _, name = str(function.parts[0]).rpartition(".")
        place = _RANDOM_ARGUMENT.get(name) if module == _CLOUD else None
        if place is not None and place < len(parts):
            parts[place] = None
    elif (
        function.kind == "call"
        and isinstance(function.parts[0], _Node)
        and function.parts[0].parts == [f"{_CLOUD}._builtin_type"]
        and isinstance(function.parts[1], _Node)
        and function.parts[1].parts == ["CodeType"]
        and len(parts) > _LINES
    ):
        parts[_FILE_NAME] = parts[_FIRST_LINE] = parts[_LINES] = None
    return _Node(arguments.kind, parts)


def _atom(value: Any) -> bytes:
    if isinstance(value, LongBytes):
        return b"bytes %d;%s" % (value.size, value.digest)
    if isinstance(value, bytes):
        # Of long ones the digest stands for them: they are not copied once more.
        told = value if len(value) < 64 else hashlib.sha256(value).digest()
        return b"bytes %d;%s" % (len(value), told)
    text = (
        value.encode("utf-8", "surrogatepass") if isinstance(value, str) else repr(value).encode()
    )
    return b"%s %d;%s" % (type(value).__name__.encode(), len(text), text)
