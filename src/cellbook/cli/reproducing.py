"""``cellbook reproduce``."""

from __future__ import annotations

import argparse
import sys
from typing import Literal

from cellbook.cli.output import as_json
from cellbook.cli.parsing import add_book, add_forms, add_target, open_book
from cellbook.records import ReproductionVerdict, to_doc
from cellbook.reproducing.outcomes import outcome_text
from cellbook.reproducing.room import reproduce


def add_reproduce(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook reproduce`` takes."""
    add_target(parser)
    parser.add_argument(
        "--tolerance",
        type=_tolerance,
        metavar="SHARE",
        help="let numbers differ by this share of their size, such as 0.01; `seeds`: by as much as "
        "runs that differ from it in their seed only",
    )
    parser.add_argument(
        "--build",
        action="store_true",
        help="make an environment of the recorded packages for it, rather than use this one",
    )
    parser.add_argument(
        "--limit", type=float, metavar="SECONDS", help="give up after so many seconds"
    )
    parser.add_argument(
        "--trust",
        action="store_true",
        help="also if it was imported, or has shell lines that change files for good",
    )
    add_forms(parser, "json")
    add_book(parser)
    parser.set_defaults(call=_reproduce)


def _tolerance(text: str) -> float | Literal["seeds"]:
    return "seeds" if text == "seeds" else float(text)


def _reproduce(args: argparse.Namespace) -> int:
    book = open_book(args)
    record = book.find_run(args.run)

    def tell(line: str) -> None:
        print(line, file=sys.stderr if args.form == "json" else sys.stdout, flush=True)

    done = reproduce(
        book,
        record,
        tolerance=args.tolerance,
        build=args.build,
        limit=args.limit,
        trust=args.trust,
        tell=tell,
    )
    if args.form == "json":
        print(as_json(to_doc(done)))
    else:
        print(outcome_text(book, done))
    match done.verdict:
        case ReproductionVerdict.IDENTICAL | ReproductionVerdict.WITHIN:
            return 0
        case ReproductionVerdict.UNTRIED:
            return 2
    return 1
