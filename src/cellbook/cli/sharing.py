"""``cellbook export`` and ``cellbook import``: a run as one file."""

from __future__ import annotations

import argparse
from pathlib import Path

from cellbook import book as books
from cellbook.cli.parsing import add_book, add_target, open_book
from cellbook.sharing import export_run, import_run
from cellbook.sharing.telling import exported_line, imported_line


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook export`` takes."""
    add_target(parser)
    parser.add_argument(
        "file", nargs="?", metavar="FILE.zip", help="a file that is there is replaced; none is new"
    )
    parser.add_argument(
        "--data", action="store_true", help="with the data that the book keeps by value"
    )
    parser.add_argument(
        "--state", action="store_true", help="with the kernel's state, as the run left it"
    )
    parser.add_argument(
        "--no-children",
        dest="children",
        action="store_false",
        help="without the runs that are part of it",
    )
    parser.add_argument(
        "--no-models",
        dest="models",
        action="store_false",
        help="without the models that it registered",
    )
    parser.add_argument(
        "--hashes",
        action="store_true",
        help="ask the package index for hashes of what was installed, by uv or pip",
    )
    parser.add_argument("--license", metavar="URL", default="", help="what others may do with it")
    add_book(parser)
    parser.set_defaults(call=_export)


def _export(args: argparse.Namespace) -> int:
    book = open_book(args)
    place = None if args.file is None else Path(args.file)
    made = export_run(
        args.run,
        place,
        data=args.data,
        state=args.state,
        children=args.children,
        models=args.models,
        hashes=args.hashes,
        license=args.license,
        book=book,
    )
    print(exported_line(book.find_run(args.run), made))
    return 0


def add_import(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook import`` takes."""
    parser.add_argument("file", metavar="FILE.zip", help="what `cellbook export` wrote")
    parser.add_argument(
        "--state",
        action="store_true",
        help="take the kernel's state, too: it is code, which only `%%restore … --trust` runs",
    )
    add_book(parser)
    parser.set_defaults(call=_import)


def _import(args: argparse.Namespace) -> int:
    # As the first run does, it makes the book where there is none.
    book = books.open(getattr(args, "book", None))
    print(imported_line(import_run(args.file, state=args.state, book=book), Path(args.file).name))
    return 0
