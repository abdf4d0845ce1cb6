"""Runs a run again in a fresh kernel, and says how the results compare.

The run itself is never changed.  The fresh run is one of the same book, tagged as its
reproduction, so that details, curves and comparisons show it as any other; leaderboards pass it
over, for it is no further evidence.  It works in the notebook's folder, as the run did: files that
the cells write are written again.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from tinydb import where

from cellbook.capture import capture_environment
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import (
    REPRODUCES,
    WITHIN,
    CellExecution,
    CellState,
    Environment,
    Reproduction,
    ReproductionVerdict,
    RunRecord,
    RunSlice,
    from_doc,
    to_doc,
)
from cellbook.reproducing import recorded
from cellbook.reproducing.comparing import (
    Comparison,
    has_other_seed,
    sentence,
    tolerance_learnt,
)
from cellbook.reproducing.consent import check_consent
from cellbook.reproducing.kernels import FreshKernel, KernelDied, TimeIsUp, fresh_kernel
from cellbook.reproducing.moments import Moments
from cellbook.reproducing.outcomes import notes_of_times, verdict_of
from cellbook.reproducing.places import home_of, script_place, working_folder
from cellbook.reproducing.scripts import run_script
from cellbook.reproducing.slices import ATTEMPTS, cells_of_slice, slice_of_run, wanted_of
from cellbook.reproducing.surroundings import (
    environment_differences,
    fresh_variables,
    recorded_modules,
    verify_inputs,
)
from cellbook.store import create, milliseconds
from cellbook.views.environments import environment_of
from cellbook.views.formatting import plural, shorten

if TYPE_CHECKING:
    from cellbook.book import Book

SEEDS = "seeds"
"""The tolerance that is learnt from runs of other seeds."""

Tell: TypeAlias = Callable[[str], None]
"""Hears, in one line each, how far it is."""


@dataclass(eq=False, slots=True)
class Attempt:
    """What is known so far of one attempt."""

    book: Book
    record: RunRecord
    folder: Path
    tell: Tell
    until: float | None
    environment: Environment | None
    began: float = field(default_factory=time.monotonic)
    modules: Mapping[str, bytes] = field(default_factory=dict)
    edit: Callable[[Sequence[str]], list[str]] = list
    """Returns what is run in place of the cells' sources, or the script's."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Environment variables of the fresh process, besides those of the run."""
    mark: tuple[str, str] = ("", "")
    """The tag that the fresh run has; without a name that of a reproduction."""
    result: Reproduction = field(init=False)

    def __post_init__(self) -> None:
        self.result = Reproduction(
            reproduction_id=self.book.store.new_id(),
            of=self.record.run_id,
            verdict=ReproductionVerdict.FAILED,
            time=time.time_ns() // 1_000_000,
        )

    def note(self, **changes: Any) -> None:
        """Add to the result."""
        self.result = replace(self.result, **changes)

    def keep(self) -> Reproduction:
        """Put the result on record, and return it."""
        self.note(duration=round(time.monotonic() - self.began, 3))
        store = self.book.store
        store.commit([create(ATTEMPTS, self.result.reproduction_id, to_doc(self.result))])
        return self.result


def reproduce(
    book: Book,
    target: Any,
    *,
    tolerance: float | Literal["seeds"] | None = None,
    build: bool = False,
    limit: float | None = None,
    trust: bool = False,
    tell: Tell = lambda _: None,
) -> Reproduction:
    """Run a run again in a fresh kernel and compare what comes of it.

    Parameters
    ----------
    book
        The run's book, where the result is recorded.
    target
        The run.
    tolerance
        The relative difference of metrics, and of numbers in texts, that is let pass; ``"seeds"``
        is as much as runs that differ from it in their seed only vary by.  None lets nothing pass,
        unless the code draws its seed, so that this one is another.
    build
        Whether an environment of the recorded packages is made for it, rather than this one used.
    limit
        Seconds that it may take; None sets no limit.
    trust
        Whether code may run that came with an import, and shell lines that change files for good.
    tell
        Hears how far it is.

    Raises
    ------
    NotFound
        If there is no such run, or nothing on record that could be run.
    InvalidInput
        If the run is still running, or the tolerance or the limit is none; or within a
        reproduction.
    Untrusted
        If it takes `trust`.
    """
    if os.environ.get(WITHIN):
        raise InvalidInput("A run is being reproduced here; within that no other one can be.")
    record = book.find_run(target)
    if not record.state.is_final:
        raise InvalidInput(f"Run #{record.run_number} is still running. End it with `%end_run`.")
    _check_tolerance(book, record, tolerance)
    check_limit(limit)
    found = slice_of_run(book, record)
    if not found.executions and not found.script:
        raise NotFound(
            f"Nothing of #{record.run_number} is on record that could be run: {_why(found)}. "
            "Runs are reproducible whose cells ran with `%load_ext cellbook`."
        )
    environment = environment_of(book.store, record)
    folder = working_folder(book, record, found, environment)
    cells = cells_of_slice(book.store, found)
    if not trust:
        check_consent(record, cells, folder)
    until = None if limit is None else time.monotonic() + limit
    attempt = Attempt(book, record, folder, tell, until, environment)
    attempt.note(doubts=found.doubts)
    inputs = verify_inputs(book, record, _ran(book, record, cells))
    for line in inputs.said:
        tell(line)
    attempt.note(data=inputs.said)
    if inputs.changed:
        first = f"{sentence(inputs.changed)}. {inputs.mend}, then reproduce again"
        attempt.note(verdict=ReproductionVerdict.UNTRIED, differences=inputs.changed, first=first)
        return attempt.keep()
    python = sys.executable
    if build:
        from cellbook.reproducing.building import build_environment  # noqa: PLC0415 - seldom

        python = build_environment(attempt.environment, tell)
        attempt.note(built=True)
    folder.mkdir(parents=True, exist_ok=True)
    here = capture_environment(folder)
    differences = () if build else environment_differences(attempt.environment, here)
    attempt.modules, changed = recorded_modules(book, found)
    attempt.note(environment=(*differences, *changed))
    for line in attempt.result.environment:
        tell(line)
    if found.script:
        run_its_script(attempt, found, python)
    else:
        run_cells(attempt, cells, python)
    if attempt.result.run and not attempt.result.first:
        _compare(attempt, tolerance)
    return attempt.keep()


def _check_tolerance(book: Book, record: RunRecord, tolerance: float | str | None) -> None:
    if tolerance == SEEDS:
        if not tolerance_learnt(book, record):
            raise InvalidInput(
                f"What #{record.run_number} varies by from seed to seed is not known: that takes "
                "two other finished runs with the same params but for `seed` or `random_state`. "
                "Give a share, such as 0.01."
            )
    elif tolerance is not None and (isinstance(tolerance, str) or not 0 <= tolerance < 1):
        raise InvalidInput(
            f"A tolerance is a share from 0 to 1, such as 0.01, or {SEEDS!r}; not {tolerance!r}."
        )


def check_limit(limit: object) -> None:
    """Say what is wrong with a limit of seconds.

    Raises
    ------
    InvalidInput
        If it is neither None nor a number above 0.
    """
    number = isinstance(limit, int | float) and not isinstance(limit, bool)
    if limit is not None and not (number and limit > 0):  # type: ignore[operator]
        raise InvalidInput(f"A limit is a number of seconds, such as 600; not {limit!r}.")


def _why(found: RunSlice) -> str:
    return "; ".join(found.doubts) or "it has no cells"


def _ran(book: Book, record: RunRecord, cells: Sequence[CellExecution]) -> list[tuple[int, int]]:
    """Return when what is run again ran: its cells, or the script until the run's end."""
    if cells:
        return [(cell.start_time, cell.end_time or cell.start_time) for cell in cells]
    doc = book.store.get("sessions", record.session or "")
    if doc is None:
        return []
    return [(int(doc["process"]["start"] * 1000), record.end_time or record.start_time)]


def _variables(attempt: Attempt) -> dict[str, str]:
    record, folder = attempt.record, attempt.folder
    notebook = folder / Path(record.notebook).name if record.notebook else None
    found = fresh_variables(attempt.book, record.run_id, attempt.environment, notebook)
    return found | dict(attempt.extra)


# ── cells ─────────────────────────────────────────────────────────────────────────────────────


def run_cells(
    attempt: Attempt, cells: Sequence[CellExecution], python: str = sys.executable
) -> None:
    """Run the cells of a slice in a fresh kernel; note the run that it made, or what went wrong."""
    folder, tell = attempt.folder, attempt.tell
    sources = attempt.edit([cell.source for cell in cells])
    runs = _runs_by_cell(attempt, cells)
    orders = {
        "run": attempt.record.run_id,
        "runs": runs,
        "states": _states(attempt, runs, [cell.execution_id for cell in cells]),
    }
    tell(f"{plural(len(cells), 'cell')} in a fresh kernel in {folder}")
    attempt.note(cells=len(cells))
    with tempfile.TemporaryDirectory(prefix="cellbook-") as place:
        modules = Path(place, "modules.json")
        recorded.write(modules, home_of(attempt.book), attempt.modules)
        orders["modules"] = str(modules)
        told = Path(place, "orders.json")
        told.write_text(json.dumps(orders), encoding="utf-8")
        try:
            with fresh_kernel(folder, _variables(attempt), python) as kernel:
                begin_again(kernel, told, attempt.until)
                _each_cell(attempt, kernel, cells, sources)
        except (KernelDied, TimeIsUp) as error:
            attempt.note(first=attempt.result.first or str(error))
    attempt.note(run=_new_run(attempt))


def begin_again(kernel: FreshKernel, orders: Path, until: float | None) -> None:
    """Have a fresh kernel record what is run, as a file of orders says.

    Raises
    ------
    KernelDied
        If it cannot.
    """
    begun = kernel.run(
        "from cellbook.ipython.reproduction import begin\n"
        f"begin(get_ipython(), {str(orders)!r})\ndel begin",
        silent=True,
        until=until,
    )
    if begun.error:
        raise KernelDied(f"Cellbook cannot be loaded there: {begun.error}: {begun.message}")


def _each_cell(
    attempt: Attempt, kernel: FreshKernel, cells: Sequence[CellExecution], sources: Sequence[str]
) -> None:
    for number, (cell, source) in enumerate(zip(cells, sources, strict=True), 1):
        place = cell.order if cell.execution_count is None else cell.execution_count
        name = f"cell [{place}], `{shorten(first_line(source), 60)}`"
        attempt.tell(f"{number}/{len(cells)}  [{place}] {shorten(first_line(source), 60)}")
        try:
            result = kernel.run(source, cell_id=cell.execution_id, until=attempt.until)
        except (KernelDied, TimeIsUp) as error:
            raise type(error)(f"{name}: {error}") from None
        failed_before = cell.state is not CellState.OK
        if result.error and not failed_before:
            message = shorten(result.message, 200)
            attempt.note(first=f"{name}, failed with {result.error}: {message}")
            return
        if cell.state is CellState.ERROR and result.error != (cell.error or "").partition(":")[0]:
            now = f"with {result.error}" if result.error else "did not"
            doubt = f"{name}, failed before with {cell.error}, and now {now}"
            attempt.note(doubts=(*attempt.result.doubts, doubt))


def first_line(source: str) -> str:
    """Return the first line of a cell that says something."""
    lines = (line.strip() for line in source.splitlines())
    return next((line for line in lines if line and not line.startswith("#")), "")


def _runs_by_cell(attempt: Attempt, cells: Sequence[CellExecution]) -> dict[str, list[str]]:
    """Return the runs that each execution started or resumed, in the order of their creation."""
    store = attempt.book.store
    found: dict[str, list[str]] = {}
    sessions = {cell.session for cell in cells}
    for session in sessions:
        for run_id, _, doc in store.select("runs", where("session") == session):
            for execution in doc.get("cells", ()):
                found.setdefault(execution, []).append(run_id)
    return {execution: sorted(runs) for execution, runs in found.items()}


def _states(
    attempt: Attempt, runs: Mapping[str, list[str]], executions: Sequence[str]
) -> dict[str, Any]:
    """Return the states of random generators as runs, and cells that drew first, began."""
    found = {}
    wanted = [("runs", run) for started in runs.values() for run in started]
    wanted += [("draws", execution) for execution in executions]
    store = attempt.book.store
    for table, one in wanted:
        doc = store.get(table, one) or {}
        if doc.get("random"):
            with suppress(NotFound, ValueError):
                found[one] = json.loads(store.blobs.get(doc["random"]))
    return found


def _new_run(attempt: Attempt) -> str:
    """Return the run that the fresh process made for the one that is reproduced."""
    attempt.book.refresh()
    tag, value = attempt.mark if attempt.mark[0] else (REPRODUCES, attempt.record.run_id)
    query = where("tags")[tag] == value
    made = [
        run_id
        for run_id, _, _ in attempt.book.store.select("runs", query)
        if milliseconds(run_id) >= attempt.result.time
    ]
    if not made and not attempt.result.first:
        attempt.note(first="its cells ran, but no run was started by them")
    return made[0] if made else ""


def _compare(attempt: Attempt, tolerance: float | str | None) -> None:
    book, record = attempt.book, attempt.record
    new = book.find_run(attempt.result.run)
    learnt = tolerance_learnt(book, record)
    applies = tolerance == SEEDS or (tolerance is None and has_other_seed(record, new))
    given = tolerance if isinstance(tolerance, float | int) else None
    pairs = _pairs(book, record, new)
    spans = _spans(attempt, new, pairs)
    comparison = Comparison(book, given, learnt if applies else {}, spans)
    differences = comparison.differences(record, new, pairs)
    verdict = verdict_of(differences)
    notes = notes_of_times(differences)
    if verdict is ReproductionVerdict.DIFFERS and learnt and tolerance is None and not applies:
        others = Comparison(book, None, learnt, spans).differences(record, new, pairs)
        if verdict_of(others) is ReproductionVerdict.WITHIN:
            notes.append(
                "with its own seed it differs, but by no more than with other seeds "
                f"({max(learnt.values()):.3g}): `--tolerance {SEEDS}` lets that pass"
            )
    attempt.note(
        verdict=verdict,
        differences=tuple(differences),
        first=sentence(differences),
        tolerance=max(learnt.values()) if applies and learnt else given,
        learnt=applies and bool(learnt),
        doubts=(*attempt.result.doubts, *comparison.passed_over),
        notes=tuple(notes),
    )


def _pairs(
    book: Book, old: RunRecord, new: RunRecord
) -> list[tuple[CellExecution, CellExecution | None]]:
    """Return the run's executions, each with the one of it in the fresh kernel."""
    again = {
        str(doc["cell_id"]): from_doc(CellExecution, doc)
        for _, _, doc in book.store.select("cells", where("session") == new.session)
        if doc.get("cell_id")
    }
    return [(cell, again.get(cell.execution_id)) for cell in wanted_of(book.store, old.run_id)]


def _spans(
    attempt: Attempt, new: RunRecord, pairs: Sequence[tuple[CellExecution, CellExecution | None]]
) -> tuple[Moments, Moments]:
    """Return when the cells of the run's slice ran, and when they ran again."""
    store = attempt.book.store
    found = slice_of_run(attempt.book, attempt.record)
    ran = [*cells_of_slice(store, found), *(cell for cell, _ in pairs)]
    again = [doc for _, _, doc in store.select("cells", where("session") == new.session)]
    runs = [(run.start_time, run.end_time or run.start_time) for run in (attempt.record, new)]
    if found.script:
        # What it did before its run began took its time as well.
        runs = [
            (min([begun, *(since for since, _ in _ran(attempt.book, run, ()))]), ended)
            for run, (begun, ended) in zip((attempt.record, new), runs, strict=True)
        ]
    was = [(cell.start_time, cell.end_time or cell.start_time) for cell in ran]
    now = [(doc["start_time"], doc.get("end_time") or doc["start_time"]) for doc in again]
    return Moments([runs[0], *was]), Moments([runs[1], *now])


# ── scripts ───────────────────────────────────────────────────────────────────────────────────


def run_its_script(attempt: Attempt, found: RunSlice, python: str = sys.executable) -> None:
    """Run the script of a run in a fresh process; note the run that it made, or what went wrong."""
    book, record, folder = attempt.book, attempt.record, attempt.folder
    path = script_place(book, record, found)
    (text,) = attempt.edit([book.store.blobs.get(found.script).decode("utf-8", "surrogateescape")])
    attempt.tell(f"{found.script_path} in a fresh process in {folder}")
    ended = run_script(
        text.encode("utf-8", "surrogateescape"),
        attempt.modules,
        home_of(book),
        path,
        () if attempt.environment is None else attempt.environment.command,
        folder,
        {**_variables(attempt), "CELLBOOK_REPRODUCES": _order(book, record)},
        python,
        attempt.until,
        found.columns,
    )
    if ended:
        attempt.note(first=ended)
    attempt.note(run=_new_run(attempt))


def _order(book: Book, record: RunRecord) -> str:
    """Return the session's runs in order, for the fresh process to tell which is which."""
    query = where("session") == record.session
    return ",".join(sorted(run_id for run_id, _, _ in book.store.select("runs", query)))
