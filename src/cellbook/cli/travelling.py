"""``cellbook comments embed``, ``read``, ``export`` and ``import``, and ``cellbook fork``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from cellbook import book as books
from cellbook.answers import Reader, fork
from cellbook.answers.taking import told_of
from cellbook.answers.travelling import embed, strip
from cellbook.book import Book
from cellbook.cli.parsing import add_book, open_book
from cellbook.commenting import embeds_on_save, keep_embedding
from cellbook.commenting.embedding import EMBED
from cellbook.errors import InvalidInput, NotFound
from cellbook.views.formatting import plural
from cellbook.widgets.thread_files import export_comments, import_comments, name_of

VERBS = ("embed", "read", "export", "import")
"""What ``cellbook comments`` does with files."""


def travel(args: argparse.Namespace, verb: str, words: Sequence[str]) -> int:
    """Carry out one of :data:`VERBS`."""
    if args.on_save is not None:
        if verb != "embed" or words:
            raise InvalidInput("It is `cellbook comments embed --on-save on`, or off, alone.")
        return _set_embedding(args.on_save == "on")
    if not words:
        raise InvalidInput(f"`cellbook comments {verb}` takes a file.")
    file, *rest = words
    if verb == "embed":
        if rest not in ([], ["off"]):
            raise InvalidInput("It is `cellbook comments embed NOTEBOOK`, or that and `off`.")
        return _embed(_beside(args, file), Path(file), off=bool(rest))
    if rest:
        raise InvalidInput(f"What is `{rest[0]}`? One file at a time.")
    if verb == "export":
        if args.notebook is not None and not Path(args.notebook).is_file():
            raise NotFound(f"There is no notebook {args.notebook}. Name one that is there.")
        print(export_comments(file, args.notebook, force=args.force, book=open_book(args)))
        return 0
    if verb == "read" and Path(file).suffix != ".ipynb":
        raise InvalidInput(f"{file} is no notebook. `cellbook comments import {file}` takes it.")
    book = _beside(args, file) if verb == "read" else open_book(args)
    done = import_comments(file, args.notebook, book=book)
    print(told_of(done, Path(file).name) or f"{file} brings nothing new.")
    return 0


def _set_embedding(on_save: bool) -> int:
    keep_embedding(on_save)
    by = f" (as {EMBED} would have it)" if os.environ.get(EMBED, "").strip() else ""
    carry = "carry" if embeds_on_save() else "do not carry"
    print(f"Notebooks that Jupyter saves {carry} their comments from now on{by}.")
    return 0


def _beside(args: argparse.Namespace, file: str) -> Book:
    """Open the book that is meant, else the one of the notebook's folder."""
    if getattr(args, "book", None) is not None:
        return open_book(args)
    return books.open(create=False, start=Path(file).absolute().parent)


def _embed(book: Book, file: Path, *, off: bool) -> int:
    if not file.is_file():
        raise NotFound(f"There is no notebook {file}. Name one that is there.")
    reader = Reader(book, name_of(book, file))
    if off:
        print(f"{file} {'carries no comments now' if strip(reader) else 'carried none'}.")
        return 0
    found = embed(reader)
    said = f"{plural(found.threads, 'thread')} ({plural(found.comments, 'comment')})"
    print(f"{file} carries {said}.")
    return 0


def add_fork(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook fork`` takes."""
    parser.add_argument(
        "target", metavar="TARGET", help="run:NAME or '#12', checkpoint:LABEL or its number"
    )
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="the new notebook; else one is named here"
    )
    add_book(parser)
    parser.set_defaults(call=_fork)


def _fork(args: argparse.Namespace) -> int:
    book = open_book(args)
    place = None if args.file is None else Path(args.file)
    made = fork(Reader(book), args.target, Path.cwd(), place)
    print(f"{place or made.name} is {plural(made.cells, 'cell')} from {args.target}.")
    return 0
