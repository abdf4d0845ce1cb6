"""What can go wrong when a namespace is saved and restored: cases as data, and how one is run."""

from __future__ import annotations

import builtins
import contextlib
import json
import sys
import textwrap
import traceback
import types
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cellbook.checkpointing import Checkpoints, Kernel, Moment, Restored
from cellbook.store import FolderStore


@dataclass(frozen=True)
class Case:
    """One hazard.

    Attributes
    ----------
    setup
        What makes the variables.
    check
        What asserts that they are as they were; it runs where they were restored.
    mutate
        What happens after they were saved; by default each variable becomes None.
    named
        The variables that the report is to name, because they are not restored, or not in every
        respect.
    fresh
        Those that it is to name in a fresh process, if they are others.
    apart
        Those of which it is to tell, where others stay as they are, that these held some of the
        same objects.
    tidy
        What is to be done in the end, where the variables were made.
    """

    name: str
    setup: str
    check: str
    mutate: str = ""
    named: str = ""
    fresh: str | None = None
    apart: str = ""
    tidy: str = ""


@contextlib.contextmanager
def new_main() -> Iterator[dict[str, Any]]:
    """Have an empty ``__main__``, as in a kernel."""
    before = sys.modules["__main__"]
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = builtins
    try:
        yield main.__dict__
    finally:
        sys.modules["__main__"] = before


class Place:
    """A book in which cases are saved."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = FolderStore(folder / ".cellbook")
        self.moment = Moment(self.store.new_id())

    def room(self) -> Checkpoints:
        return Checkpoints(self.store, self.store.packs, self._fail)

    def _fail(self, error: Exception) -> None:
        raise error

    def close(self) -> None:
        self.store.close()


def run(source: str, namespace: dict[str, Any], where: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(textwrap.dedent(source), f"<{where}>", "exec", dont_inherit=True), namespace)


def names_in(report: Restored) -> set[str]:
    """Return the variables that a report names."""
    notes = (note.partition(":")[0] for note in report.notes if _APART not in note)
    return {*report.kept, *report.missing, *notes}


_APART = "held objects together with"


def names_apart(report: Restored) -> set[str]:
    """Return the variables that a report tells to have shared objects with others."""
    return {note.partition(":")[0] for note in report.notes if _APART in note}


def save_case(place: Place, case: Case, namespace: dict[str, Any]) -> Kernel:
    """Make the variables of a case and save them, with its name as the label."""
    run(case.setup, namespace, "setup")
    kernel = Kernel(namespace)
    place.room().save_now(kernel, place.moment, label=case.name)
    return kernel


def same_kernel(place: Place, case: Case) -> str:
    """Return what is wrong with a case that is restored in the kernel that saved it."""
    with new_main() as namespace:
        kernel = save_case(place, case, namespace)
        if case.mutate:
            run(case.mutate, namespace, "mutate")
        else:
            for name in kernel.variables():
                namespace[name] = None
        report = place.room().restore(case.name, kernel, place.moment)
        # What was restored can be saved and restored again.
        place.room().save_now(kernel, place.moment, label=f"{case.name}, again")
        place.room().restore(f"{case.name}, again", kernel, place.moment)
        wrong = judge(case, report, namespace, set(case.named.split()))
        if names_apart(report) != set(case.apart.split()):
            wrong += f"\napart {sorted(names_apart(report))}, not {case.apart}"
        run(case.tidy, namespace, "tidy")
        return wrong


def fresh_kernel(place: Place, case: Case) -> str:
    """Return what is wrong with a case that is restored where its variables never were."""
    with new_main() as namespace:
        report = place.room().restore(case.name, Kernel(namespace), place.moment)
        expected = set((case.named if case.fresh is None else case.fresh).split())
        return judge(case, report, namespace, expected)


def judge(case: Case, report: Restored, namespace: dict[str, Any], expected: set[str]) -> str:
    """Return what is wrong; empty if nothing is."""
    wrong = []
    if names_in(report) != expected:
        said = {**report.kept, **report.missing}
        wrong.append(f"named {sorted(names_in(report))}, not {sorted(expected)}")
        wrong.append(f"{said} {report.notes}")
    try:
        run(case.check, namespace, "check")
    except Exception:
        last = traceback.format_exc().splitlines()
        wrong.append("\n".join(last[-6:]))
    return "\n".join(wrong)


def main(folder: str, names: str) -> None:
    """Restore cases in this fresh process and print what is wrong with each, as JSON."""
    from tests.checkpointing.hazard_cases import CASES

    place = Place(Path(folder))
    wanted = json.loads(names)
    found = {case.name: fresh_kernel(place, case) for case in CASES if case.name in wanted}
    place.close()
    print(json.dumps(found))
