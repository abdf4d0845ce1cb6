"""``cellbook verify``, ``cellbook gc`` and ``cellbook doctor``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from cellbook.checkpointing import Due
from cellbook.cli.parsing import Stop, add_book, open_book
from cellbook.doctor import examine
from cellbook.errors import InvalidInput
from cellbook.tracking.trash import DEFAULT_DAYS, Rubbish, find_rubbish, remove_rubbish
from cellbook.views.formatting import plural, size

_SHOWN = 10


def add_verify(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook verify`` takes."""
    add_book(parser)
    parser.set_defaults(call=_verify)


def _verify(args: argparse.Namespace) -> int:
    book = open_book(args)
    report = book.verify()
    for finding in report.findings:
        print(f"{'note' if finding.harmless else 'DAMAGE'}: {finding.place}: {finding.problem}")
    parts = [
        plural(report.transactions, "transaction"),
        plural(report.points, "record of points", "records of points"),
        plural(report.blobs, "file"),
    ]
    if report.chunks:
        parts.append(plural(report.chunks, "chunk"))
    if report.tracked:
        parts.append(plural(report.tracked, "version of data", "versions of data"))
    read = ", ".join(parts)
    if not report.ok:
        wrong = sum(not finding.harmless for finding in report.findings)
        print(f"{plural(wrong, 'damage')} in {book.url} ({read} read)")
        print("Copy the files named above from a backup or another copy of the book; what is not")
        print("named is whole, and new records can be made.")
        return 1
    print(f"{book.url} is whole: {read}")
    if report.unsealed:
        print(
            f"{plural(report.unsealed, 'file')} of points not covered by a check yet: "
            "it is made when a run ends"
        )
    return 0


def add_gc(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook gc`` takes."""
    parser.add_argument(
        "--days",
        type=float,
        default=DEFAULT_DAYS,
        metavar="N",
        help="remove runs deleted at least N days ago (%(default)g)",
    )
    parser.add_argument("--yes", "-y", action="store_true", help="do not ask")
    parser.add_argument("--dry-run", "-n", action="store_true", help="only say what would go")
    add_book(parser)
    parser.set_defaults(call=_gc)


def _gc(args: argparse.Namespace) -> int:
    if not args.days >= 0:
        raise InvalidInput(f"--days {args.days:g} is no number of days. Give 0 or more.")
    book = open_book(args)
    rubbish = find_rubbish(book.store, days=args.days)
    due = book.checkpoints.find_due()
    unused = book.models.unpacked.unused()
    _describe(rubbish, due, unused, args.days)
    if not (rubbish or due or unused) or args.dry_run:
        return 0
    if not args.yes and not _agrees():
        print("Nothing was removed.")
        return 0
    freed = remove_rubbish(book.store, rubbish) + book.checkpoints.remove_due(due)
    freed += book.models.unpacked.remove(unused)
    print(f"Removed; {size(freed)} freed.")
    return 0


def _describe(rubbish: Rubbish, due: Due, unused: Mapping[Path, int], days: float) -> None:
    if rubbish.waiting:
        stay = "stays" if len(rubbish.waiting) == 1 else "stay"
        waiting = plural(len(rubbish.waiting), "run")
        print(f"{waiting} in the trash for less than {days:g} days {stay}.")
    if not (rubbish or due or unused):
        print("There is nothing to remove.")
        return
    print("These go for good:")
    for record in rubbish.runs[:_SHOWN]:
        print(f"  run #{record.run_number} {record.run_name}")
    if len(rubbish.runs) > _SHOWN:
        print(f"  and {plural(len(rubbish.runs) - _SHOWN, 'more run')}")
    files = len(rubbish.blobs) + len(rubbish.series)
    if files:
        taken = sum(rubbish.blobs.values()) + sum(rubbish.series.values())
        print(f"  {plural(files, 'file')} of no other run, {size(taken)}")
    if rubbish.leftovers:
        left = plural(len(rubbish.leftovers), "file")
        print(
            f"  {left} that a killed process left half written more than a day ago, "
            f"{size(sum(rubbish.leftovers.values()))}"
        )
    if due.checkpoints:
        print(
            f"  {plural(len(due.checkpoints), 'checkpoint')} without a label, older than a day, "
            "of which one an hour stays"
        )
    if due.size:
        print(f"  {size(due.size)} of checkpoints that nothing names any more")
    if unused:
        written = plural(len(unused), "model")
        print(f"  {written} written out to be served or scored, {size(sum(unused.values()))}")


def _agrees() -> bool:
    if not sys.stdin.isatty():
        print(
            "cellbook gc: nobody is there to be asked, so nothing was removed. Say --yes.",
            file=sys.stderr,
        )
        raise Stop(2)
    try:
        return input("Remove them? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def add_doctor(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook doctor`` takes."""
    add_book(parser)
    parser.set_defaults(call=_doctor)


def _doctor(args: argparse.Namespace) -> int:
    checks = examine(getattr(args, "book", None))
    width = max(len(check.name) for check in checks)
    for check in checks:
        print(f"{'✓' if check.ok else '✗'} {check.name:<{width}}  {check.found}")
        if not check.ok:
            print(f"  {'':<{width}}  → {check.mend}")
    return 0 if all(check.ok for check in checks) else 1
