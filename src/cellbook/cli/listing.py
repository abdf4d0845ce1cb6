"""``cellbook runs`` and ``cellbook compare``."""

from __future__ import annotations

import argparse
import csv
import sys

from cellbook.cli.output import as_json, markdown, terminal_width
from cellbook.cli.parsing import add_book, add_target, open_book
from cellbook.errors import InvalidInput
from cellbook.records import to_doc
from cellbook.views.comparison import CompareCell, RunComparison, compare_runs
from cellbook.views.runs_list import runs_page
from cellbook.views.runs_table import find_records
from cellbook.views.text import comparison_text, runs_text

_SHOWN = 20


def add_runs(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook runs`` takes."""
    parser.add_argument(
        "query",
        nargs="*",
        metavar="QUERY",
        help="such as \"metrics.acc > 0.9 and params.opt = 'adam'\", in quotes; none is all runs",
    )
    parser.add_argument(
        "--order-by",
        action="append",
        metavar="FIELD",
        help="such as 'metrics.acc DESC'; else the newest first",
    )
    parser.add_argument(
        "--limit",
        type=int,
        metavar="N",
        help=f"at most N runs (else {_SHOWN}, and with --json or --csv all)",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON, for other programs")
    form.add_argument("--csv", action="store_true", help="print CSV, a column for each name")
    add_book(parser)
    parser.set_defaults(call=_runs)


def _runs(args: argparse.Namespace) -> int:
    if args.limit is not None and args.limit < 0:
        raise InvalidInput(f"--limit {args.limit} is no number of runs. Give 0 or more.")
    book = open_book(args)
    query = " ".join(args.query)
    if args.csv:
        frame = book.search_runs(query, order_by=args.order_by, max_results=args.limit)
        frame.to_csv(sys.stdout, index=False)
        return 0
    book.refresh()
    if args.json:
        records = find_records(book.store, query, order_by=args.order_by, max_results=args.limit)
        print(as_json([{**to_doc(record), "run_number": record.run_number} for record in records]))
        return 0
    limit = _SHOWN if args.limit is None else args.limit
    page = runs_page(book.store, query, order_by=args.order_by, limit=limit)
    print(runs_text(page, terminal_width()))
    return 0


def add_compare(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook compare`` takes."""
    add_target(parser, several=True)
    parser.add_argument("--all", action="store_true", help="show what is the same in all, too")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--csv", action="store_true", help="print CSV, with whole values")
    form.add_argument("--markdown", action="store_true", help="print a Markdown table")
    add_book(parser)
    parser.set_defaults(call=_compare)


def _compare(args: argparse.Namespace) -> int:
    if len(args.runs) < 2:
        raise InvalidInput("There is one run to compare. Name at least two.")
    book = open_book(args)
    records = [book.find_run(target) for target in args.runs]
    comparison = compare_runs(book.store, records)
    if args.csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows(_table(comparison, args.all))
    elif args.markdown:
        print(markdown([row[1:] for row in _table(comparison, args.all)]))
    else:
        print(comparison_text(comparison, terminal_width(), everything=args.all))
    return 0


def _table(comparison: RunComparison, everything: bool) -> list[list[str]]:
    rows = comparison.rows if everything else comparison.differing
    heads = ["group", "name", *(run.label for run in comparison.runs)]
    return [heads, *([row.group.value, row.name, *map(_whole, row.cells)] for row in rows)]


def _whole(cell: CompareCell) -> str:
    return "" if cell.missing else cell.full or cell.text
