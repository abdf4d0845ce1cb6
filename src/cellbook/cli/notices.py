"""``cellbook comments notices``."""

from __future__ import annotations

import argparse
import os
import sys

from cellbook.commenting import keep_notice_settings, notice_settings
from cellbook.commenting.notices import COMMAND, WEBHOOK
from cellbook.delivery import Destinations
from cellbook.errors import InvalidInput


def set_notices(args: argparse.Namespace) -> int:
    """Show where notices go, or change that; the webhook's address is never shown whole."""
    webhook, command = args.webhook, args.command
    if args.off and (webhook is not None or command is not None):
        raise InvalidInput("--off stands alone: no notices are sent then.")
    if webhook == "-":
        # So that it is neither in the shell's history nor in the list of processes.
        webhook = sys.stdin.readline().strip()
    if args.off:
        keep_notice_settings(Destinations())
    elif webhook is not None or command is not None:
        there = notice_settings({})
        keep_notice_settings(
            Destinations(
                there.webhook if webhook is None else webhook,
                there.command if command is None else command,
            )
        )
    told = [name for name in (WEBHOOK, COMMAND) if name in os.environ]
    by = f" (as {' and '.join(told)} would have it)" if told else ""
    print(f"Notices: {notice_settings()}{by}.")
    return 0
