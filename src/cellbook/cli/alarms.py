"""``cellbook alarms``: the rules of endpoints, how they stand, and where alarms go."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from cellbook.cli.output import print_list
from cellbook.cli.parsing import add_book, add_forms, check_writable, open_book
from cellbook.cli.sending import (
    add_destinations,
    change_destinations,
    print_deliveries,
    send_again,
)
from cellbook.errors import InvalidInput
from cellbook.records import AlarmEvent, AlarmStep, to_doc
from cellbook.views import formatting
from cellbook.views.alarm_messages import (
    alarm_destinations,
    alarm_text,
    keep_alarm_destinations,
)
from cellbook.views.monitor_text import UNSEEN

if TYPE_CHECKING:
    from cellbook.book import Book

_NONE = "There is no alarm rule. `cellbook alarms NAME --add 'accuracy below 0.9'` makes one."
_EVENTS = 50
_SILENT = (AlarmStep.KEPT, AlarmStep.BROKEN, AlarmStep.SKIPPED, AlarmStep.QUIET)


def add_alarms(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook alarms`` takes."""
    add_book(parser)
    parser.add_argument("endpoint", nargs="?", metavar="NAME", help="of an endpoint; none: all")
    parser.add_argument(
        "--add", metavar="RULE", help="such as 'accuracy below 0.9 on 3 of 5 windows of 1h, "
        "200 rows, cool-down 6h, after 1d'",
    )  # fmt: skip
    parser.add_argument("--drop", metavar="RULE", help="take a rule away, by its name")
    parser.add_argument("--name", metavar="WORD", help="call the rule so that is added")
    parser.add_argument("--events", action="store_true", help="what became of each window")
    add_destinations(parser)
    add_forms(parser, "json", "csv", "markdown")
    parser.set_defaults(call=_alarms)


def _alarms(args: argparse.Namespace) -> int:
    from cellbook.alarming import keep_alarm  # noqa: PLC0415 - heavy
    from cellbook.monitoring import Alarms  # noqa: PLC0415

    changed = change_destinations(args, alarm_destinations, keep_alarm_destinations)
    book = open_book(args)
    if args.endpoint is not None:
        args.endpoint = args.endpoint.strip()
        if not args.endpoint:
            raise InvalidInput(
                "Name the endpoint: `cellbook alarms NAME`; without, all are listed."
            )
    if args.retry:
        send_again(book, book.alarm_hooks, "alarm")
    if changed or args.retry:
        print(f"Alarms: {alarm_destinations()}.")
        print_deliveries(book.alarm_hooks)
        return 0
    if args.add is not None or args.drop is not None:
        check_writable(book)
        if args.endpoint is None:
            raise InvalidInput("Name the endpoint: `cellbook alarms NAME --add RULE`.")
        if args.add is not None:
            keep_alarm(book, args.endpoint, args.add, args.name or "")
            _tell_who_looks(book, args.endpoint)
        if args.drop is not None:
            Alarms(book.store, args.endpoint).drop(args.drop)
    names = [args.endpoint] if args.endpoint else Alarms.subjects(book.store)
    if args.events:
        return _print_events(args.form, book, names)
    docs: list[dict[str, Any]] = []
    cells = [["ENDPOINT", "NAME", "RULE", "ROWS", "COOL-DOWN", "STANDS", "LAST WINDOW"]]
    for name in names:
        alarms = Alarms(book.store, name)
        for rule in alarms.rules():
            state = alarms.state(rule.name)
            docs.append({"endpoint": name, "rule": to_doc(rule), "state": to_doc(state)})
            stands = f"{sum(state.recent)} of {len(state.recent)} broken"
            stands = UNSEEN if state.seen is None else stands
            cells.append(
                [name, rule.name, str(rule), f"{rule.least_rows:,}",
                 formatting.duration(rule.cool_down),
                 f"ALARM, {stands}" if state.raised is not None else stands,
                 "none yet" if state.seen is None else formatting.stamp(state.seen)]
            )  # fmt: skip
    none = f"{args.endpoint!r} has no alarm rule." if args.endpoint else _NONE
    print_list(args.form, cells, none, docs)
    return 0


def _tell_who_looks(book: Book, endpoint: str) -> None:
    """Say what looks at rules; and where nobody knows the endpoint, which there are."""
    from cellbook.monitoring import Predictions  # noqa: PLC0415 - heavy

    there = Predictions(book.store).endpoints()
    if endpoint not in there:
        print(
            f"No predictions of {endpoint!r} are on record yet, and the rule waits for them; there "
            f"are those of: {', '.join(there) or 'none'}. `cellbook alarms {endpoint} --drop RULE` "
            "takes it away.",
            file=sys.stderr,
        )
    print(f"`cellbook monitor {endpoint} --watch` looks at rules.", file=sys.stderr)


def _print_events(form: str | None, book: Book, names: Sequence[str]) -> int:
    from cellbook.monitoring import Alarms  # noqa: PLC0415 - heavy

    docs: list[dict[str, Any]] = []
    cells = [["WINDOW UNTIL", "ENDPOINT", "STEP", "WHAT", "DELIVERY"]]
    for name in names:
        for event in Alarms(book.store, name).events(limit=_EVENTS):
            docs.append({"endpoint": name, **to_doc(event)})
            cells.append(
                [formatting.stamp(event.reading.time), name, event.step.value, event.message,
                 event.delivery]
            )  # fmt: skip
    print_list(
        form,
        cells,
        "No window was shown to a rule yet. `cellbook monitor NAME --check` does it.",
        docs,
    )
    return 0


def show_to_rules(
    book: Book, endpoint: str, data: str | None, say: Callable[[str], None] = print
) -> bool:
    """Show an endpoint's windows to its rules, print what is to be heard of; return whether there
    is an alarm now."""
    from cellbook.alarming import take_alarms  # noqa: PLC0415 - heavy
    from cellbook.monitoring import Alarms  # noqa: PLC0415

    for event in take_alarms(book, endpoint, data=data):
        if event.step not in _SILENT:
            say(_line(endpoint, event))
    alarms = Alarms(book.store, endpoint)
    return any(alarms.state(rule.name).raised is not None for rule in alarms.rules())


def watch_rules(book: Book, endpoint: str, data: str | None, every: float) -> int:
    """Look again and again, until interrupted; rules there must be, predictions may come later."""
    from cellbook.alarming import Watch  # noqa: PLC0415 - heavy
    from cellbook.monitoring import Alarms, Predictions  # noqa: PLC0415

    watch = Watch(lambda line: print(line, flush=True))

    def once() -> None:
        if Alarms(book.store, endpoint).rules() and not Predictions(book.store).chunks(endpoint):
            watch.tell(f"no predictions of {endpoint!r} are on record yet: its rules wait for them")
        else:
            show_to_rules(book, endpoint, data, watch.tell)

    watch.go_on(once, every)
    return 0


def _line(endpoint: str, event: AlarmEvent) -> str:
    told = f" · {event.delivery}" if event.delivery else ""
    return f"{alarm_text(endpoint, event)}{told}"
