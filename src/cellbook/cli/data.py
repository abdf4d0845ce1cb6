"""``cellbook data``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from cellbook.answers.rows_used import find_rows_used
from cellbook.book import Book
from cellbook.cli.output import as_json, print_list, terminal_width
from cellbook.cli.parsing import add_book, add_forms, check_writable, open_book
from cellbook.cli.wording import in_shell
from cellbook.errors import InvalidInput
from cellbook.records import DatasetVersion, to_doc
from cellbook.sharing import describe
from cellbook.views.data_text import NO_DATA, alias_text, data_cells, data_facts, tracked_line
from cellbook.views.rows_text import NO_ROWS, as_label, rows_cells, rows_line
from cellbook.widgets.page import write_page


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook data`` takes."""
    parser.add_argument(
        "data", nargs="?", metavar="NAME@VERSION", help="NAME lists its versions, none lists all"
    )
    parser.add_argument(
        "--track", metavar="PLACE", help="put a file, folder, glob or URL on record as NAME"
    )
    parser.add_argument("--keep", action="store_true", help="with --track: keep the content, too")
    parser.add_argument("--diff", metavar="OTHER", help="tell how another version differs from it")
    parser.add_argument(
        "--key", action="append", default=[], metavar="COLUMN", help="with --diff: pairs rows"
    )
    parser.add_argument("--rows", metavar="RUN", help="tell which rows RUN used, of this or all")
    parser.add_argument(
        "--contains", metavar="ROW", help="with --rows: is the row with this label among them?"
    )
    parser.add_argument("--to", metavar="PATH", help="write its content to PATH, as it was")
    parser.add_argument("--delete", action="store_true", help="take it off the record")
    parser.add_argument("--label", action="append", default=[], metavar="LABEL", help="add LABEL")
    parser.add_argument(
        "--unlabel", action="append", default=[], metavar="LABEL", help="take LABEL off"
    )
    parser.add_argument("--alias", metavar="ALIAS", help="let NAME@ALIAS lead here from now on")
    parser.add_argument("--unalias", metavar="ALIAS", help="let NAME@ALIAS lead nowhere")
    parser.add_argument("--croissant", metavar="FILE", help="write its description as Croissant")
    parser.add_argument("--license", metavar="URL", default="", help="with --croissant")
    add_forms(parser, "json", "csv", "markdown")
    add_book(parser)
    parser.set_defaults(call=_data)


def _data(args: argparse.Namespace) -> int:
    book = open_book(args)
    change = args.delete or args.label or args.unlabel or args.alias or args.unalias
    named = change or args.to or args.diff or args.croissant
    for given, partner, option in (
        (args.keep, args.track, "--keep goes with --track PLACE"),
        (args.key, args.diff, "--key goes with --diff OTHER"),
        (args.contains is not None, args.rows, "--contains goes with --rows RUN"),
        (args.license, args.croissant, "--license goes with --croissant FILE"),
    ):
        if given and not partner:
            raise InvalidInput(f"{option}, which is not there.")
    if args.data is None and named and not args.track:
        raise InvalidInput("Which data set? Name it: cellbook data NAME@VERSION …")
    if args.license and "://" not in args.license:
        raise InvalidInput(
            f"A license is named by its URL, not {args.license[:60]!r}: such as "
            "https://spdx.org/licenses/CC-BY-4.0"
        )
    if change or args.track:
        check_writable(book)
    if args.track:
        tracked = book.track_data(
            args.track, args.data, labels=args.label, alias=args.alias, keep=args.keep
        )
        print(in_shell(tracked_line(tracked, False, "")))
        return 0
    if args.rows:
        return _rows(book, args)
    if args.diff:
        return _diff(book, args)
    if args.data is None:
        known = book.datasets.all()
        print_list(args.form, data_cells(known), NO_DATA, [to_doc(one) for one in known])
        return 0
    if args.delete:
        print(f"data set {book.datasets.delete(args.data).label} is off the record")
        return 0
    several = book.datasets.named(args.data.removeprefix("data:"))
    if len(several) > 1 and not named:
        print_list(args.form, data_cells(several), NO_DATA, [to_doc(one) for one in several])
        return 0
    version = book.datasets.find(args.data)
    if args.to:
        print(f"{book.datasets.read(version, args.to)} is {version.label} as it was tracked")
        return 0
    if args.croissant:
        print(f"{version.label} is described in {_describe(book, version, args)}")
        return 0
    if args.label or args.unlabel:
        version = book.datasets.label(version, *args.label, drop=args.unlabel)
    if args.alias:
        known = book.datasets.named(version.name)
        left = next((one for one in known if args.alias in one.aliases), None)
        version = book.datasets.alias(version, args.alias)
        if left != version:
            print(alias_text(args.alias, version, left))
    if args.unalias:
        book.datasets.drop_alias(version.name, args.unalias)
        version = book.datasets.find(version)
    _show(book, version, args.form)
    return 0


def _diff(book: Book, args: argparse.Namespace) -> int:
    from cellbook.answers.data_diff import diff_data  # noqa: PLC0415 - heavy
    from cellbook.views.data_diff_text import diff_cells, diff_text  # noqa: PLC0415 - heavy

    found = diff_data(book, args.data, args.diff, tuple(args.key))
    if args.form == "json":
        print(as_json(found))
    elif args.form is not None:
        print_list(args.form, diff_cells(found), "No columns to compare.", ())
    else:
        print(in_shell(diff_text(found, terminal_width())))
    return 0


def _rows(book: Book, args: argparse.Namespace) -> int:
    used = find_rows_used(book, args.rows, args.data)
    if args.contains is None:
        cells = rows_cells(used)
        print_list(args.form, cells, NO_ROWS, [to_doc(one.subset) for one in used])
        return 0
    among = [one for one in used if one.contains(as_label(args.contains, one.labels))]
    for one in among:
        print(in_shell(f"yes: {rows_line(one)}"))
    if not among:
        print("no")
    return 0 if among else 1


def _describe(book: Book, version: DatasetVersion, args: argparse.Namespace) -> Path:
    file = Path(args.croissant)
    told = describe(book, version, below=file.parent, license=args.license)
    return write_page(file, json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n")


def _show(book: Book, version: DatasetVersion, form: str | None) -> None:
    if form is not None:
        print_list(form, data_cells([version]), NO_DATA, [to_doc(version)])
    else:
        facts = data_facts(version, book.datasets.by_id(), book.users_of_data(version))
        width = max(len(name) for name, _ in facts)
        for name, text in facts:
            print(in_shell(f"{name:<{width}}  {text}"))
