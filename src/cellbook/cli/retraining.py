"""``cellbook retrain``."""

from __future__ import annotations

import argparse
import sys

from cellbook.cli.output import as_json, print_list
from cellbook.cli.parsing import add_book, add_forms, check_writable, open_book
from cellbook.errors import InvalidInput
from cellbook.records import Retraining, RetrainingPlan, RetrainingVerdict, to_doc

_NONE = "No model was retrained yet. `cellbook retrain NAME --run run:NAME --holdout …` does it."


def add_retrain(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook retrain`` takes."""
    add_book(parser)
    parser.add_argument("model", nargs="?", metavar="NAME", help="of a registered model")
    parser.add_argument(
        "--on", default="", metavar="RULE",
        help="only where predictions break it: 'accuracy < 0.9 for 3 of 5', 'drift, 500 rows'",
    )  # fmt: skip
    parser.add_argument("--run", metavar="RUN", help="run:NAME, '#12' or notebook:PATH")
    parser.add_argument("--holdout", metavar="DATA", help="data:NAME@2, which judges both")
    parser.add_argument("--label", default="", metavar="COLUMN", help="of the holdout")
    parser.add_argument("--alias", default="champion", metavar="WORD", help="what the winner has")
    parser.add_argument("--metric", default="accuracy", metavar="METRIC", help="that judges")
    parser.add_argument(
        "--margin", type=float, default=0.0, metavar="GAIN", help="how much better it must be"
    )
    parser.add_argument(
        "--surely", action="store_true", help="the gain's whole interval must be beyond the margin"
    )
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE",
        help="assigned in place of what the cells say",
    )  # fmt: skip
    parser.add_argument(
        "--endpoint", default="", metavar="NAME", help="whose predictions (else the model's name)"
    )
    parser.add_argument("--data", default="", metavar="DATA", help="that drift is measured from")
    looks = parser.add_mutually_exclusive_group()
    looks.add_argument("--dry-run", action="store_true", help="say what would be done, do nothing")
    looks.add_argument("--watch", action="store_true", help="look again until interrupted")
    looks.add_argument("--history", action="store_true", help="what was retrained, and why")
    parser.add_argument("--every", default="1min", metavar="TIME", help="how often --watch looks")
    parser.add_argument("--limit", type=float, metavar="SECONDS", help="give up after so long")
    parser.add_argument(
        "--trust", action="store_true", help="also where cells or models are somebody else's"
    )
    add_forms(parser, "json", "csv", "markdown")
    parser.set_defaults(call=_retrain)


def _retrain(args: argparse.Namespace) -> int:
    from cellbook.alarming import Watch  # noqa: PLC0415 - heavy
    from cellbook.monitoring import parse_length  # noqa: PLC0415
    from cellbook.retraining import (  # noqa: PLC0415
        Retrainings,
        rehearse,
        retrain,
        retrain_where_due,
        waiting,
        why_not,
    )
    from cellbook.retraining.telling import (  # noqa: PLC0415
        lines_of,
        outcome_text,
        rehearsal_text,
    )

    book = open_book(args)
    if args.history or args.model is None:
        found = Retrainings(book).all(args.model)
        print_list(args.form, lines_of(book, found), _NONE, [to_doc(one) for one in found])
        return 0
    plan = plan_of(args)
    if args.dry_run:
        print(rehearsal_text(rehearse(book, plan, trust=args.trust)))
        return 0
    check_writable(book)

    def tell(line: str) -> None:
        print(line, file=sys.stderr if args.form == "json" else sys.stdout, flush=True)

    watch = Watch(tell)

    def once() -> Retraining | None:
        go = retrain_where_due if plan.on else retrain
        done = go(book, plan, limit=args.limit, trust=args.trust, tell=watch.tell)
        if done is not None:
            if args.form == "json":
                print(as_json(to_doc(done)), flush=True)
            else:
                print(outcome_text(book, done), flush=True)
        elif args.watch and (said := waiting(book, plan)):
            watch.tell(f"not retrained: {said}")
        return done

    if args.watch:
        if not plan.on:
            raise InvalidInput("--watch needs a rule: --on 'accuracy < 0.9 for 3 of 5'.")
        watch.go_on(once, parse_length(args.every))
    done = once()
    if done is None:
        tell(f"not retrained: {why_not(book, plan)}")
        return 0
    return int(done.verdict is RetrainingVerdict.FAILED)


def plan_of(args: argparse.Namespace) -> RetrainingPlan:
    """Return the plan that a line of options says.

    Raises
    ------
    InvalidInput
        If it does not say what is run, or what judges.
    """
    from cellbook.reproducing.parameters import read_param  # noqa: PLC0415 - heavy

    if not args.run or not args.holdout:
        raise InvalidInput("Say what is run and what judges: --run run:NAME --holdout data:NAME@2")
    return RetrainingPlan(
        args.model, args.run, args.holdout, on=args.on, alias=args.alias, metric=args.metric,
        margin=args.margin, surely=args.surely, label=args.label,
        params=dict(map(read_param, args.param)), endpoint=args.endpoint, data=args.data,
    )  # fmt: skip
