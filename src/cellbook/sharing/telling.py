"""What exports and imports say of themselves, the same at every door."""

from __future__ import annotations

from pathlib import Path

from cellbook.records import RunRecord
from cellbook.sharing.importing import Imported
from cellbook.views.formatting import plural, size, visible


def exported_line(run: RunRecord, place: Path) -> str:
    """Return what became of an export, in one line."""
    return visible(f"run #{run.run_number} {run.run_name} is in {place} ({size(_bytes(place))})")


def _bytes(place: Path) -> int:
    return place.stat().st_size


def imported_line(done: Imported, source: str) -> str:
    """Return what became of an import, in one or two lines."""
    name = f"run #{done.run_number} {done.run_name}"
    parts = []
    if done.artifacts:
        parts.append(plural(done.artifacts, "artifact"))
    if done.children:
        are = "is" if done.children == 1 else "are"
        parts.append(f"{plural(done.children, 'run')} that {are} part of it")
    if done.comments:
        parts.append(plural(done.comments, "comment"))
    if done.contents:
        parts.append(f"the content of {plural(done.contents, 'data set')}")
    if done.models:
        parts.append(f"{plural(len(done.models), 'model')} ({', '.join(done.models)})")
    brought = " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
    if done.is_new:
        said = f"{name} is taken in from {source}{brought and f', with {brought}'}"
    else:
        said = f"{name} is in this book already{brought and f'; new here: {brought}'}"
    if done.state == "left":
        said += "\nthe kernel's state in it was left out: it is code; --state takes it"
    elif done.state == "taken":
        said += "\nthe kernel's state is a checkpoint now: it is code; %restore asks for --trust"
    return visible(said)
