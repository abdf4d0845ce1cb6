"""Of which tracked data other tracked data was made, told from the cells that led to it.

Where nobody says ``derived_from=``, the data flow tells: from the statement that tracked a variable
back to those that bound or changed it, to what these read, and so on, until a variable held data
that is on record, or a text names a file that is.  It is told by statements rather than by cells,
so that two data sets that one cell makes of two others are kept apart.

Only what is near is told: behind a version that was found nothing is looked for.  What a name
shares with another one (``b = a``, then a change of ``b``) is not followed.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath

from cellbook.capture import known
from cellbook.capture.calls import OF_A_VALUE
from cellbook.capture.escapes import parse, to_python
from cellbook.capture.flows import Flows, flows_of
from cellbook.capture.names import analyse
from cellbook.records import CellExecution

_LONGEST = 300
"""Letters of a text that may name a file."""
_MOST = 2_000
"""Statements that are looked at for one data set."""

_Place = tuple[int, int]
"""Of a statement: the cell's place in the session, and its own in the cell."""


@dataclass(frozen=True, slots=True)
class TrackedData:
    """What a cell put on record."""

    dataset_id: str
    line: int
    """The line of the cell that did."""
    names: tuple[str, ...] = ()
    """The variables that stood for the data at that time."""
    path: str = ""
    """Where its file or folder lies, absolute; empty for what is in memory."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What came before some tracked data."""

    execution: str
    """The cell that made it."""
    parents: tuple[str, ...]
    """The ids of the versions that it was made of."""


@dataclass(frozen=True, slots=True)
class _Statement:
    line: int
    reads: frozenset[str]
    writes: frozenset[str]
    """What it binds or changes."""
    sure: frozenset[str]
    """What is another object after it in any case."""
    texts: frozenset[str]
    files_written: frozenset[str]
    imports: frozenset[str]
    late: Mapping[str, tuple[str, ...]]
    """Functions and classes defined here: the names that they use when called."""


@dataclass(eq=False)
class _Cell:
    execution_id: str
    source: str
    mentions: frozenset[str]
    """The names that it reads or writes."""
    folder: str
    tracked: Sequence[TrackedData] = field(default_factory=tuple)

    @cached_property
    def statements(self) -> list[_Statement]:
        """Its statements, with those within a ``with`` by themselves."""
        try:
            try:
                tree = parse(self.source)
            except SyntaxError:
                tree = parse(to_python(self.source)[0])
            return [_statement(node, whole) for node, whole in _flat(tree.body)]
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return []

    @property
    def shift(self) -> int:
        """How many lines of the source the kernel does not count."""
        text = self.source.lstrip("\n")
        return len(self.source) - len(text) + text.startswith("%%")

    @cached_property
    def events(self) -> dict[int, list[TrackedData]]:
        """What its statements put on record, by their places."""
        found: dict[int, list[TrackedData]] = {}
        for one in self.tracked:
            before = [
                place
                for place, statement in enumerate(self.statements)
                if statement.line <= one.line + self.shift
            ]
            found.setdefault(before[-1] if before else 0, []).append(one)
        return found

    def resolve(self, text: str) -> str:
        """Return where the file lies that a text names, if it names one."""
        return os.path.realpath(os.path.join(self.folder, os.path.expanduser(text)))  # noqa: PTH111, PTH118


class Origins:
    """The origins of what one session tracks; not thread-safe."""

    def __init__(self) -> None:
        self._cells: list[_Cell] = []

    def record(
        self, execution: CellExecution, tracked: Sequence[TrackedData] = (), folder: str = ""
    ) -> None:
        """Take note of an execution that has ended, and of what it put on record.

        Parameters
        ----------
        execution
            After all that ran before it.
        tracked
            In the order in which it was tracked.
        folder
            What the paths that it names are relative to.
        """
        mentions = frozenset((*execution.reads, *execution.writes))
        cell = _Cell(execution.execution_id, execution.source, mentions, folder, tuple(tracked))
        self._cells.append(cell)

    def origins(self, at: Callable[[str], str | None]) -> Iterator[tuple[str, Origin]]:
        """Yield what the last execution put on record, with its origin where one is found.

        Parameters
        ----------
        at
            Gives the id of the version that a file is, by its path; None where it is none.
        """
        if not self._cells:
            return
        place = len(self._cells) - 1
        for statement, tracked in self._cells[place].events.items():
            for one in tracked:
                search = _Search(self._cells, at, one.dataset_id)
                found = search.of(one, (place, statement))
                if found is not None:
                    yield one.dataset_id, found


class _Search:
    """Looks for the origin of one data set."""

    def __init__(
        self, cells: Sequence[_Cell], at: Callable[[str], str | None], dataset_id: str
    ) -> None:
        self._cells = cells
        self._at = at
        self._own = dataset_id
        self._parents: dict[str, None] = {}
        self._seen: set[tuple[str, _Place]] = set()
        self._pending: list[tuple[str, _Place]] = []
        self._maker: int | None = None

    def of(self, tracked: TrackedData, place: _Place) -> Origin | None:
        """Return the origin of what a statement put on record."""
        if tracked.path:
            self._written(tracked.path, place)
        elif tracked.names:
            for name in tracked.names:
                self._defined(name, (place[0], place[1] + 1), is_target=True)
        else:
            self._take(place)
        looked = 0
        while self._pending and looked < _MOST:
            name, before = self._pending.pop()
            if self._parent_held(name, before):
                continue
            self._defined(name, before)
            looked += 1
        if self._maker is None:
            return None
        return Origin(self._cells[self._maker].execution_id, tuple(self._parents))

    def _defined(self, name: str, before: _Place, *, is_target: bool = False) -> None:
        """Follow the statements that bound or changed what a name stands for."""
        for place, statement in self._back(name, before):
            events = self._cells[place[0]].events.get(place[1], [])
            if not is_target and self._hit(name, events):
                return
            if name not in statement.writes:
                continue
            if name in statement.imports:
                return
            unnamed = [one for one in events if not one.names and not one.path]
            if unnamed and not is_target:
                self._found(*(one.dataset_id for one in unnamed))
                return
            self._take(place)
            self._want(statement.late.get(name, ()), before)
            # What stood for it before a change may be on record.
            is_target = False
            if name in statement.sure:
                return

    def _take(self, place: _Place) -> None:
        """Follow what a statement reads."""
        if self._maker is None:
            self._maker = place[0]
        cell = self._cells[place[0]]
        statement = cell.statements[place[1]] if cell.statements else None
        if statement is None:
            return
        self._want(statement.reads, place)
        for text in statement.texts:
            self._file(cell, text, place)

    def _want(self, names: Iterable[str], before: _Place) -> None:
        for name in names:
            if (name, before) not in self._seen:
                self._seen.add((name, before))
                self._pending.append((name, before))

    def _parent_held(self, name: str, before: _Place) -> bool:
        """Whether what a name stands for was put on record later, and is still the same."""
        start, first = before
        for index in range(start, len(self._cells)):
            cell = self._cells[index]
            if name not in cell.mentions and not cell.tracked:
                continue
            for number, statement in enumerate(cell.statements):
                if index == start and number < first:
                    continue
                if (index, number) != before and self._hit(name, cell.events.get(number, [])):
                    return True
                if name in statement.writes:
                    return False
        return False

    def _hit(self, name: str, events: Sequence[TrackedData]) -> bool:
        held = [one.dataset_id for one in events if name in one.names]
        self._found(*held)
        return bool(held)

    def _found(self, *dataset_ids: str) -> None:
        self._parents.update((one, None) for one in dataset_ids if one != self._own)

    # -- files ---------------------------------------------------------------------------------

    def _file(self, cell: _Cell, text: str, place: _Place) -> None:
        path = cell.resolve(text)
        known = self._tracked_file(path, text, place) or self._at(path)
        if known is not None:
            self._found(known)
        else:
            self._written(path, place)

    def _tracked_file(self, path: str, text: str, place: _Place) -> str | None:
        """Return what a file was put on record as in this session."""
        ends: dict[str, str] = {}
        for index, cell in enumerate(self._cells):
            for number, events in cell.events.items() if cell.tracked else ():
                for one in events:
                    if not one.path:
                        continue
                    if one.path == path or path.startswith(one.path + os.sep):
                        if one.dataset_id in ends.values() and (index, number) > place:
                            continue
                        ends = {path: one.dataset_id}
                    elif PurePath(text).suffix and _ends_with(one.path, text) and path not in ends:
                        ends[one.path] = one.dataset_id
        return next(iter(ends.values())) if len(ends) == 1 else None

    def _written(self, path: str, before: _Place) -> None:
        """Follow the statement that wrote a file last."""
        for index in range(before[0], -1, -1):
            cell = self._cells[index]
            for number in range(len(cell.statements) - 1, -1, -1):
                if (index, number) >= before:
                    continue
                if any(cell.resolve(one) == path for one in cell.statements[number].files_written):
                    self._take((index, number))
                    return

    def _back(self, name: str, before: _Place) -> Iterator[tuple[_Place, _Statement]]:
        """Yield the statements before a place, the last first, of cells that know a name."""
        for index in range(before[0], -1, -1):
            cell = self._cells[index]
            if name not in cell.mentions and not cell.tracked:
                continue
            for number in range(len(cell.statements) - 1, -1, -1):
                if (index, number) < before:
                    yield (index, number), cell.statements[number]


def _flat(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.stmt, bool]]:
    """Yield statements, and whether they are told whole: of a ``with`` the head alone is."""
    for node in body:
        if isinstance(node, ast.With | ast.AsyncWith):
            yield node, False
            yield from _flat(node.body)
        else:
            yield node, True


def _statement(node: ast.stmt, whole: bool) -> _Statement:
    if not whole and isinstance(node, ast.With | ast.AsyncWith):
        node = ast.copy_location(ast.With(node.items, [ast.Pass()]), node)
        ast.fix_missing_locations(node)
    text = ast.unparse(node)
    names, flows = analyse(text), flows_of(text)
    written = {*flows.files_written, *_texts_of_writers(flows)}
    texts = {
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }
    texts.update(joined for one in ast.walk(node) if (joined := _joined(one)))
    return _Statement(
        node.lineno,
        frozenset(names.reads),
        frozenset((*names.writes, *flows.altered)),
        names.sure - set(names.changed),
        frozenset(one for one in texts if 0 < len(one) <= _LONGEST and "\n" not in one) - written,
        frozenset(written),
        frozenset(names.imports),
        names.late,
    )


def _texts_of_writers(flows: Flows) -> Iterator[str]:
    """Yield the texts that are given to calls that write files."""
    for call in flows.calls:
        if known.writes_files(call.called) or call.mode not in ("", "r", "rb", "rt", OF_A_VALUE):
            yield from call.texts


def _joined(node: ast.AST) -> str:
    """Return the path that ``Path("data") / "raw.csv"`` is; empty for what is none."""
    match node:
        case ast.BinOp(left, ast.Div(), ast.Constant(str(last))):
            first = _joined(left)
            return f"{first}/{last}" if first else ""
        case ast.Call(ast.Name("Path") | ast.Attribute(attr="Path"), [ast.Constant(str(first))]):
            return first
    return ""


def _ends_with(path: str, text: str) -> bool:
    parts = PurePath(text).parts
    return PurePath(path).parts[-len(parts) :] == parts
