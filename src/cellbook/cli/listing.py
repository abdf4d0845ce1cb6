"""``cellbook runs`` and ``cellbook compare``."""

from __future__ import annotations

import argparse
from typing import Any

from cellbook.cli.output import as_json, csv_lines, markdown, terminal_width
from cellbook.cli.parsing import add_book, add_forms, add_target, open_book
from cellbook.cli.wording import in_shell
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import RunRecord, to_doc
from cellbook.views.comparison import (
    TOO_FEW,
    CompareCell,
    RunComparison,
    compare_runs,
    runs_to_compare,
)
from cellbook.views.data_comparison import compare_data
from cellbook.views.runs_list import runs_page
from cellbook.views.runs_table import find_records, search_csv
from cellbook.views.text import (
    NOTHING_TO_COMPARE,
    comparison_text,
    no_runs_text,
    runs_cells,
    runs_text,
)

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
    add_forms(parser, "json", "csv", "markdown")
    add_book(parser)
    parser.set_defaults(call=_runs)


def run_doc(record: RunRecord) -> dict[str, Any]:
    """Return a run for other programs: without the book's own accounts of where its points lie."""
    doc = {**to_doc(record), "run_number": record.run_number}
    doc.pop("points", None)
    return doc


def _runs(args: argparse.Namespace) -> int:
    if args.limit is not None and args.limit < 0:
        raise InvalidInput(f"--limit {args.limit} is no number of runs. Give 0 or more.")
    query = " ".join(args.query)
    if args.order_by and query.split(" ")[0].lower() in ("asc", "desc"):
        raise InvalidInput('Put field and direction in quotes: --order-by "metrics.acc DESC".')
    book = open_book(args)
    book.refresh()
    if args.form == "csv":
        limit = args.limit
        print(search_csv(book.store, query, order_by=args.order_by, max_results=limit), end="")
        return 0
    if args.form == "json":
        records = find_records(book.store, query, order_by=args.order_by, max_results=args.limit)
        print(as_json([run_doc(record) for record in records]))
        return 0
    limit = _SHOWN if args.limit is None else args.limit
    page = runs_page(book.store, query, order_by=args.order_by, limit=limit)
    if not page.rows:
        print(in_shell(no_runs_text(page)))
    elif args.form == "markdown":
        print(markdown(runs_cells(page)))
    else:
        print(runs_text(page, terminal_width(), ago=True))
    return 0


def add_compare(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook compare`` takes."""
    add_target(parser, several=True, optional=True)
    parser.add_argument("--experiment", metavar="NAME", help="all runs of an experiment")
    parser.add_argument("--all", action="store_true", help="show what is the same in all, too")
    add_forms(parser, "json", "csv", "markdown")
    add_book(parser)
    parser.set_defaults(call=_compare)


def _compare(args: argparse.Namespace) -> int:
    if args.runs and args.experiment is not None:
        raise InvalidInput("Runs and an experiment are named. Name one of the two.")
    book = open_book(args)
    if args.runs:
        records = [book.find_run(target) for target in args.runs]
    else:
        book.refresh()
        records = runs_to_compare(book.store, args.experiment)
    if not records and args.experiment is not None:
        raise NotFound(f"The experiment {args.experiment!r} has no runs.")
    if len(records) < 2:
        raise InvalidInput(TOO_FEW if records else NOTHING_TO_COMPARE)
    comparison = compare_runs(book.store, records)
    if args.form == "json":
        print(as_json(_comparison_doc(comparison, args.all)))
    elif args.form == "csv":
        print(csv_lines(_table(comparison, args.all)))
    elif args.form == "markdown":
        print(markdown([row[1:] for row in _table(comparison, args.all)]))
        if comparison.rest and not args.all:
            print(f"\n{comparison.rest_text}")
    else:
        print(comparison_text(comparison, terminal_width(), everything=args.all))
        for warning in compare_data(book.store, records).warnings:
            print(f"! {warning}")
    return 0


def _table(comparison: RunComparison, everything: bool) -> list[list[str]]:
    rows = comparison.rows if everything else comparison.differing
    heads = ["group", "name", *(run.label for run in comparison.runs)]
    return [heads, *([row.group.value, row.name, *map(_whole, row.cells)] for row in rows)]


def _comparison_doc(comparison: RunComparison, everything: bool) -> dict[str, Any]:
    rows = comparison.rows if everything else comparison.differing
    return {
        "runs": [
            {
                "run_id": run.run_id,
                "run_number": run.number,
                "run_name": run.name,
                "state": run.state.value,
            }
            for run in comparison.runs
        ],
        "rows": [
            {
                "group": row.group.value,
                "name": row.name,
                "same": row.same,
                "values": [cell.value for cell in row.cells],
            }
            for row in rows
        ],
    }


def _whole(cell: CompareCell) -> str:
    return "" if cell.missing else cell.full or cell.text
