"""``cellbook run``: rename, tag, note, archive, delete and restore runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from tinydb import where

from cellbook.book import Book
from cellbook.cli.parsing import Parser, add_book, add_target, open_book
from cellbook.errors import InvalidInput, StoreReadOnly
from cellbook.records import RunRecord
from cellbook.views.runs_table import find_records


def add_run(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook run`` takes."""
    add_book(parser)
    verbs = parser.add_subparsers(metavar="VERB", required=True, parser_class=Parser)

    def verb(name: str, summary: str, call: Callable[[argparse.Namespace], int]) -> Parser:
        added: Parser = verbs.add_parser(name, help=summary, description=summary)
        added.set_defaults(call=call)
        add_book(added)
        return added

    rename = verb("rename", "give a run another name", _rename)
    add_target(rename)
    rename.add_argument("name", metavar="NAME")

    tag = verb("tag", "set or take off tags of a run", _tag)
    add_target(tag)
    tag.add_argument("tags", nargs="*", metavar="KEY=VALUE")
    tag.add_argument("--remove", action="append", default=[], metavar="KEY", help="take KEY off")

    note = verb("note", "set the description of a run", _note)
    add_target(note)
    note.add_argument("text", metavar="TEXT")

    for name, summary, change, outcome in (
        ("archive", "keep runs out of lists", _archive, "is archived"),
        ("unarchive", "bring archived runs back into lists", _unarchive, "is in lists again"),
        ("delete", "put runs in the trash", _delete, "is in the trash"),
        ("restore", "take runs out of the trash", _restore, "is out of the trash"),
    ):
        several = verb(name, summary, _each)
        add_target(several, several=True)
        several.set_defaults(change=change, outcome=outcome)


def _rename(args: argparse.Namespace) -> int:
    book = _writable(args)
    before = book.find_run(args.run)
    after = book.runs.change(before, run_name=args.name)
    print(f"{_title(before)} is now {after.run_name}")
    _warn_of_namesakes(book, after)
    return 0


def _warn_of_namesakes(book: Book, record: RunRecord) -> None:
    named = find_records(book.store, where("run_name") == record.run_name)
    others = [f"#{one.run_number}" for one in named if one.run_id != record.run_id]
    if others:
        print(
            f"cellbook: {', '.join(others)} {'is' if len(others) == 1 else 'are'} named "
            f"{record.run_name}, too. Use the number to say which is meant.",
            file=sys.stderr,
        )


def _tag(args: argparse.Namespace) -> int:
    tags = {}
    for text in args.tags:
        key, equals, value = text.partition("=")
        if not equals:
            raise InvalidInput(f"The tag {text!r} has no value. Write KEY=VALUE.")
        tags[key] = value
    if not tags and not args.remove:
        raise InvalidInput("There is no tag to set. Write KEY=VALUE, or --remove KEY.")
    book = _writable(args)
    record = book.find_run(args.run)
    if tags:
        record = book.runs.change(record, tags=tags)
    for key in args.remove:
        record = book.runs.drop_tag(record, key)
    left = ", ".join(f"{key}={value}" for key, value in record.tags.items())
    print(f"{_title(record)} has {'the tags ' + left if left else 'no tags'}")
    return 0


def _note(args: argparse.Namespace) -> int:
    book = _writable(args)
    record = book.runs.change(book.find_run(args.run), description=args.text)
    print(f"{_title(record)}: {record.description}")
    return 0


def _each(args: argparse.Namespace) -> int:
    book = _writable(args)
    # All are looked up before one is changed: a wrong name changes nothing.
    records = [book.find_run(target) for target in args.runs]
    kept = [_title(record) for record in records if record.trashed is None]
    if kept and args.change is _restore:
        raise InvalidInput(
            f"{', '.join(kept)} {'is' if len(kept) == 1 else 'are'} not in the trash. "
            "`%runs trashed IS NOT NULL` lists what is."
        )
    for record in records:
        print(f"{_title(args.change(book, record))} {args.outcome}")
    if args.change is _delete:
        print("`cellbook run restore RUN` takes it out again, `cellbook gc` empties the trash.")
    return 0


def _archive(book: Book, record: RunRecord) -> RunRecord:
    return book.runs.change(record, archived=True)


def _unarchive(book: Book, record: RunRecord) -> RunRecord:
    return book.runs.change(record, archived=False)


def _delete(book: Book, record: RunRecord) -> RunRecord:
    return book.runs.delete(record)


def _restore(book: Book, record: RunRecord) -> RunRecord:
    return book.runs.restore(record)


def _writable(args: argparse.Namespace) -> Book:
    book = open_book(args)
    if book.read_only:
        raise StoreReadOnly(book.read_only)
    return book


def _title(record: RunRecord) -> str:
    return f"#{record.run_number} {record.run_name}"
