"""What commands share that say where something goes, and tell what became of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cellbook.cli.output import columns
from cellbook.cli.parsing import check_writable
from cellbook.delivery import Destinations
from cellbook.errors import InvalidInput
from cellbook.views import formatting

if TYPE_CHECKING:
    from cellbook.book import Book
    from cellbook.outbox import Outbox

_SHOWN = 20
_WAIT = 60.0
"""Seconds that sending again may take."""


def add_destinations(parser: argparse.ArgumentParser) -> None:
    """Let a command be told where something goes."""
    parser.add_argument("--webhook", metavar="URL", help="takes a POST of JSON; - reads it")
    parser.add_argument("--command", metavar="COMMAND", help="gets the same JSON as its input")
    parser.add_argument("--off", action="store_true", help="send nothing")
    parser.add_argument("--retry", action="store_true", help="send again what did not arrive")


def change_destinations(
    args: argparse.Namespace,
    known: Callable[[Mapping[str, str]], Destinations],
    keep: Callable[[Destinations], None],
) -> bool:
    """Keep where something goes, as far as the arguments say that; return whether they do.

    Parameters
    ----------
    args
        Those of :func:`add_destinations`.
    known, keep
        Return what was kept, given the environment that is to count, and keep it.

    Raises
    ------
    InvalidInput
        If they contradict one another, or there is no such webhook or command.
    """
    webhook, command = args.webhook, args.command
    if args.off and (webhook is not None or command is not None):
        raise InvalidInput("--off stands alone: nothing is sent then.")
    if webhook == "-":
        # So that it is neither in the shell's history nor in the list of processes.
        webhook = sys.stdin.readline().strip()
    if args.off:
        keep(Destinations())
    elif webhook is not None or command is not None:
        there = known({})
        keep(
            Destinations(
                there.webhook if webhook is None else webhook,
                there.command if command is None else command,
            )
        )
    return bool(args.off or webhook is not None or command is not None)


def send_again(book: Book, outbox: Outbox, what: str) -> None:
    """Send again what did not arrive, and say how much that was."""
    check_writable(book)
    count = outbox.retry()
    outbox.settle(_WAIT)
    print(f"{formatting.plural(count, what)} sent again")


def print_deliveries(outbox: Outbox) -> None:
    """Print what became of the last deliveries."""
    lines = [
        [formatting.stamp(one.time), one.subject, one.kind, one.where, one.state,
         formatting.plural(one.attempts, "attempt"), one.problem]
        for one in outbox.log()[:_SHOWN]
    ]  # fmt: skip
    if lines:
        print(columns(lines))
