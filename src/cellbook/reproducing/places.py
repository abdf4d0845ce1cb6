"""Where a run is run again: the folders and paths that it was in, as they are here."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from cellbook.records import Environment, RunRecord, RunSlice
from cellbook.reproducing.scripts import launch_of

if TYPE_CHECKING:
    from cellbook.book import Book


def home_of(book: Book) -> Path:
    """Return the folder that paths on record are relative to."""
    return Path(book.url).parent


def working_folder(
    book: Book, record: RunRecord, found: RunSlice, environment: Environment | None
) -> Path:
    """Return where a run worked: its notebook's folder, else what its session says.

    Where somebody else's run worked is their affair, though such a folder be here, too: it works
    in the same place below the folder of this book, so that its paths lead to what came with it.
    """
    home = home_of(book)
    told = "" if environment is None or record.imported else environment.cwd
    if found.script:
        if told and Path(told).is_dir():
            return Path(told)
        command = () if environment is None else environment.command
        return _below(home, _started_in(PurePosixPath(found.script_path), command))
    if record.imported:
        return _below(home, PurePosixPath(record.notebook or "").parent)
    if record.notebook:
        folder = (home / record.notebook).parent
        if folder.is_dir():
            return folder
    return Path(told) if told and Path(told).is_dir() else home


def script_place(book: Book, record: RunRecord, found: RunSlice) -> Path:
    """Return where a script lies, or lay; an imported one below the folder of the book."""
    path = PurePosixPath(found.script_path)
    if record.imported and not _is_below(path):
        path = PurePosixPath(path.name)
    return home_of(book) / path


def _started_in(path: PurePosixPath, command: tuple[str, ...]) -> PurePosixPath:
    """Return the folder that a script was started in, as far as its command line tells."""
    launch = launch_of(command, path)
    parts = path.parts[:-1]
    if launch.module:
        module = launch.module.split(".")
        inside = len(module) if path.stem == "__main__" else len(module) - 1
    else:
        word = PurePosixPath(launch.word.replace("\\", "/"))
        same = word.parts == path.parts[len(path.parts) - len(word.parts) :]
        inside = len(word.parts) - 1 if same and word.parts else 0
    return PurePosixPath(*parts[: len(parts) - inside])


def _is_below(path: PurePosixPath) -> bool:
    return not path.is_absolute() and ".." not in path.parts and ":" not in str(path)


def _below(home: Path, place: PurePosixPath) -> Path:
    """Return a folder below the home, whether it is there or not; the home for what is not below.

    A link in it that leads elsewhere counts as elsewhere.
    """
    folder = home / place
    inside = _is_below(place) and folder.resolve().is_relative_to(home.resolve())
    return folder if inside else home
