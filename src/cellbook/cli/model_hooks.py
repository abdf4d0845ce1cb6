"""``cellbook models hooks``."""

from __future__ import annotations

import argparse

from cellbook.cli.parsing import open_book
from cellbook.cli.sending import (
    add_destinations,
    change_destinations,
    print_deliveries,
    send_again,
)
from cellbook.registry.telling import (
    keep_model_destinations,
    keep_told_kinds,
    model_destinations,
    told_kinds,
)


def add_hooks(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook models hooks`` takes."""
    add_destinations(parser)
    parser.add_argument("--events", metavar="KINDS", help="such as alias,stage,approved")
    parser.set_defaults(call=set_hooks)


def set_hooks(args: argparse.Namespace) -> int:
    """Show where events go and what became of them, or change that."""
    change_destinations(args, model_destinations, keep_model_destinations)
    if args.events is not None:
        keep_told_kinds(args.events)
    book = open_book(args)
    hooks = book.models.hooks
    if args.retry:
        send_again(book, hooks, "event")
    print(f"Events of models: {model_destinations()}; {', '.join(told_kinds())}.")
    print_deliveries(hooks)
    return 0
