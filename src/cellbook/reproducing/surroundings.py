"""What a run is to be reproduced in: its environment and its data, compared with what is here."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cellbook.capture import variables
from cellbook.errors import CellbookError
from cellbook.records import WITHIN, DatasetVersion, Difference, Environment, RunRecord, RunSlice
from cellbook.reproducing.places import home_of

if TYPE_CHECKING:
    from cellbook.book import Book

_GONE = "gone"
_COARSE = 20
"""Milliseconds by which the time of a file may be behind the clock."""
_SHOWN = 12
"""Packages that are named; the rest is counted."""


def fresh_variables(
    book: Book, within: str, environment: Environment | None, notebook: Path | None
) -> dict[str, str]:
    """Return the variables of a fresh process: this one's, with those that a run had.

    Parameters
    ----------
    book
        What it records into.
    within
        What is run again.
    environment
        Where it ran; None where that is not known.
    notebook
        The notebook that it is of.
    """
    ours = {
        name: value
        for name, value in os.environ.items()
        if name not in ("JPY_SESSION_NAME", "JPY_PARENT_PID")
    }
    # By the list of those that change numbers: a record may have come from anywhere.
    recorded = {} if environment is None else variables(environment.variables)
    if notebook is not None:
        recorded["JPY_SESSION_NAME"] = os.fspath(notebook)
    return {
        **ours,
        **recorded,
        "CELLBOOK_URL": book.url,
        "CELLBOOK_CHECKPOINTS": "off",
        WITHIN: within,
        # So that a kernel whose Python is another one finds this Cellbook.
        "PYTHONPATH": os.pathsep.join(filter(None, [_home_of_ours(), ours.get("PYTHONPATH", "")])),
    }


def _home_of_ours() -> str:
    home = Path(__file__).resolve().parents[2]
    return "" if home.name == "site-packages" else str(home)


def environment_differences(was: Environment | None, now: Environment) -> tuple[str, ...]:
    """Return how an environment differs from the one of a run; what weighs most comes first."""
    if was is None:
        return ("the run's environment is not on record",)
    found = []
    for what, one, other in (
        ("Python", f"{was.implementation} {was.python}", f"{now.implementation} {now.python}"),
        ("the platform", was.platform, now.platform),
        ("the GPUs", ", ".join(was.gpus) or "none", ", ".join(now.gpus) or "none"),
        ("the CPU", was.cpu, now.cpu),
    ):
        if one != other:
            found.append(f"{what}: {one} before, {other} now")
    for name in sorted({*was.libraries, *now.libraries}):
        before, here_now = was.libraries.get(name), now.libraries.get(name)
        if was.libraries and before != here_now:
            found.append(f"{name}: {before or 'not there'} before, {here_now or 'not there'} now")
    changed = [
        f"{name} {version} before, {now.packages[name]} now"
        for name, version in was.packages.items()
        if name in now.packages and now.packages[name] != version
    ]
    missing = [f"{name} {version}" for name, version in was.packages.items()
               if name not in now.packages]  # fmt: skip
    found += changed[:_SHOWN]
    if len(changed) > _SHOWN:
        found.append(f"{len(changed) - _SHOWN} more packages of other versions")
    if missing:
        more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        found.append(f"not installed now: {', '.join(missing[:_SHOWN])}{more}")
    if was.git is not None:
        here = now.git
        if here is None or here.commit != was.git.commit:
            other = "no repository" if here is None else here.commit[:12]
            found.append(f"the code: commit {was.git.commit[:12]} before, {other} now")
        elif here.patch != was.git.patch:
            found.append("the code: other uncommitted changes now")
    return tuple(found)


def recorded_modules(book: Book, was: RunSlice) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the local modules that a run imported, as they were, and which are another by now."""
    home = home_of(book)
    texts: dict[str, bytes] = {}
    changed = []
    for name, digest in sorted(was.modules.items()):
        try:
            texts[name] = book.store.blobs.get(digest)
        except CellbookError:
            changed.append(f"the module {name} is no longer on record; it runs as it is now")
            continue
        try:
            same = texts[name] == (home / name).read_bytes()
        except OSError:
            changed.append(f"the module {name} is gone; it runs as it was, from the record")
            continue
        if not same:
            changed.append(f"the module {name} was changed since; it runs as it was")
    return texts, tuple(changed)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What became of the data that a run read from files."""

    said: tuple[str, ...]
    """What was verified, brought back, or could not be verified; sentences."""
    changed: tuple[Difference, ...] = ()
    """What is not as it was."""
    mend: str = ""
    """How the first of these is brought back, without a full stop; empty if there is none."""


def verify_inputs(book: Book, record: RunRecord, made: Sequence[tuple[int, int]]) -> Inputs:
    """Verify the data that a run read from files, by digest, never by size and time alone.

    What is gone and kept in the book is brought back to its place.

    Parameters
    ----------
    book, record
        The run, in its book.
    made
        When what runs again ran, in milliseconds since 1970: a file that was written then is its
        own work, and need not be there.
    """
    said: list[str] = []
    found: list[Difference] = []
    mend = ""
    for dataset_id in record.inputs:
        try:
            version = book.datasets.find(dataset_id)
        except CellbookError:
            said.append(f"the data set {dataset_id} is no longer on record")
            continue
        if version.kind not in ("file", "folder", "glob"):
            said.append(f"{version.label} is no file: it is compared once the cells have made it")
            continue
        now = _digest_now(book, version)
        if now == version.digest:
            said.append(f"{version.label} is as it was ({_short(now)})")
        elif _is_made(version, made):
            said.append(f"{version.label} is written by what runs again: it is compared then")
        elif now == _GONE and (back := _brought_back(book, version, record)):
            said.append(back)
        else:
            found.append(Difference("data", version.label, _short(version.digest), _short(now)))
            mend = mend or _mend(version, gone=now == _GONE)
    return Inputs(tuple(said), tuple(found), mend)


def _is_made(version: DatasetVersion, made: Sequence[tuple[int, int]]) -> bool:
    """Whether a file was written while one of these ran; its time is by a coarse clock."""
    written = version.modified / 1000
    return any(begun - _COARSE <= written <= ended + _COARSE for begun, ended in made)


def _brought_back(book: Book, version: DatasetVersion, record: RunRecord) -> str:
    """Write data that the book keeps to its place; return what was done, empty if nothing was.

    What somebody else's run says of places elsewhere is not followed.
    """
    if not version.content or version.kind == "glob":
        return ""
    home, place = home_of(book).resolve(), book.datasets.place_of(version)
    if record.imported and not place.resolve().is_relative_to(home):
        return ""
    try:
        book.datasets.read(version, place)
    except CellbookError:
        return ""
    return f"{version.label} was gone: it was brought back to {version.source} from the book"


def _mend(version: DatasetVersion, *, gone: bool) -> str:
    """Return how data comes back to where it was."""
    if not version.content or version.kind == "glob":
        return "Bring the data back"
    give_back = f"`cellbook data {version.label} --to {shlex.quote(version.source)}`"
    if gone:
        return f"Bring the data back with {give_back}"
    return f"Move what is there now out of the way, bring the data back with {give_back}"


def _digest_now(book: Book, version: DatasetVersion) -> str:
    # With numpy and pandas.
    from cellbook.datasets.digests import digest_place  # noqa: PLC0415

    place = book.datasets.place_of(version)
    if not any(sign in os.fspath(place) for sign in "*?[") and not place.exists():
        return _GONE
    try:
        return digest_place(place, None).digest
    except CellbookError as error:
        return f"unreadable: {error}"


def _short(digest: str) -> str:
    kind, colon, text = digest.rpartition(":")
    return f"{kind}{colon}{text[:12]}" if colon else digest[:60]
