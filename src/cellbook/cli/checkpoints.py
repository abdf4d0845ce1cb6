"""``cellbook checkpoints`` and ``cellbook diff``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cellbook.checkpointing import Kernel
from cellbook.cli.output import as_json
from cellbook.cli.parsing import add_book, open_book
from cellbook.errors import InvalidInput
from cellbook.records import to_doc
from cellbook.views.checkpoint_diff import diff_checkpoints
from cellbook.views.checkpoint_text import difference_text, timeline_text
from cellbook.views.timeline import rebuild_document, timeline

_SHOWN = 30


def add_checkpoints(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook checkpoints`` takes."""
    parser.add_argument("--notebook", metavar="PATH", help="those of one notebook only")
    parser.add_argument(
        "--limit", type=int, default=_SHOWN, metavar="N", help="the newest N (%(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON, for other programs")
    parser.add_argument(
        "--document",
        metavar="CHECKPOINT",
        help="write the notebook as it was in a checkpoint: 12, a label or run:NAME",
    )
    parser.add_argument(
        "--output", "-o", metavar="FILE", help="where to write it, else it is shown"
    )
    add_book(parser)
    parser.set_defaults(call=_checkpoints)


def _checkpoints(args: argparse.Namespace) -> int:
    if args.limit < 0:
        raise InvalidInput(f"--limit {args.limit} is no number of checkpoints. Give 0 or more.")
    book = open_book(args)
    if args.document is not None:
        return _write(args)
    if args.json:
        found = [
            {**to_doc(one), "number": number}
            for number, one in book.checkpoints.all()
            if args.notebook in (None, one.notebook)
        ]
        print(as_json(found))
        return 0
    shown = timeline(book.store, book.checkpoints, notebook=args.notebook, limit=args.limit)
    print(timeline_text(shown, ago=True))
    return 0


def _write(args: argparse.Namespace) -> int:
    book = open_book(args)
    number, found = book.checkpoints.find(book.checkpoint_target(args.document))
    content = book.checkpoints.document_of(found) or rebuild_document(book.store, found)
    if content is None:
        raise InvalidInput(
            f"Checkpoint {number} has no document: its front end told no notebook, and no cell ran."
        )
    if args.output is None:
        sys.stdout.buffer.write(content)
        return 0
    target = Path(args.output)
    if target.exists():
        raise InvalidInput(f"{target} is there already. Choose another name, or remove it.")
    target.write_bytes(content)
    print(f"{target} is the notebook of checkpoint {number}.")
    return 0


def add_diff(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook diff`` takes."""
    parser.add_argument("first", metavar="CHECKPOINT", help="12, a label or run:NAME")
    parser.add_argument("second", metavar="CHECKPOINT", help="the one to compare it with")
    parser.add_argument("--trust", action="store_true", help="also if another user saved them")
    add_book(parser)
    parser.set_defaults(call=_diff)


def _diff(args: argparse.Namespace) -> int:
    book = open_book(args)
    first, second = (book.checkpoint_target(target) for target in (args.first, args.second))
    kernel = Kernel({"__name__": "__main__"})
    print(
        difference_text(diff_checkpoints(book.checkpoints, first, second, kernel, trust=args.trust))
    )
    return 0
