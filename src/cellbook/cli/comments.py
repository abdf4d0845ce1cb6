"""``cellbook comments``."""

from __future__ import annotations

import argparse
import json
import sys
import time

from cellbook.answers import Reader, ThreadsQuery, find_anchor, list_threads, thread_reader
from cellbook.cli.output import as_json
from cellbook.cli.parsing import add_book, add_forms, open_book
from cellbook.cli.wording import in_shell
from cellbook.errors import InvalidInput
from cellbook.views.thread_text import thread_text, threads_text
from cellbook.views.wire import encode

_FILTERS = ("open", "mine", "mentions", "unread", "orphaned", "resolved")
_VERBS = ("list", "show", "add", "reply", "resolve", "reopen")


def add_comments(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook comments`` takes."""
    parser.usage = (
        "cellbook comments [list] [TARGET] [--open] … | add TARGET TEXT | show THREAD | "
        "reply THREAD TEXT | resolve THREAD [TEXT] | reopen THREAD [TEXT]"
    )
    parser.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="what to do, and with what; TARGET is a run ('#12', run:NAME), checkpoint:LABEL, "
        "data:NAME, model:NAME@VERSION, board:NAME, dashboard:NAME, cell:ID or notebook:FILE; "
        "THREAD is the end of a thread's id; TEXT is Markdown, or - for standard input",
    )
    group = parser.add_mutually_exclusive_group()
    for name in _FILTERS:
        group.add_argument(
            f"--{name}", action="store_const", const=name, dest="filter", help=f"only {name} ones"
        )
    parser.add_argument("--label", metavar="NAME", help="only with this label; or put it on")
    parser.add_argument("--to", metavar="NAME", help="who is to see to a thread that is begun")
    parser.add_argument("--query", metavar="TEXT", default="", help="only with these words")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="at most N; else 50")
    add_forms(parser, "json")
    add_book(parser)
    parser.set_defaults(call=_comments)


def _comments(args: argparse.Namespace) -> int:
    verb, *words = args.words or ["list"]
    if verb not in _VERBS:
        verb, words = "list", args.words
    if verb == "list":
        return _list(args, words)
    least = 2 if verb in ("add", "reply") else 1
    if len(words) < least:
        of = "a target" if verb == "add" else "a thread"
        text = " and a text" if least == 2 else ""
        raise InvalidInput(f"`cellbook comments {verb}` takes {of}{text}.")
    name, text = words[0], " ".join(words[1:])
    if text == "-":
        text = sys.stdin.read()
    book = open_book(args)
    threads = book.threads
    match verb:
        case "add":
            thread = threads.start(
                find_anchor(book, name),
                text,
                labels=[args.label] if args.label else (),
                assigned=[args.to] if args.to else (),
            ).thread_id
        case "reply":
            thread = threads.reply(name, text).thread
        case "resolve":
            thread = threads.resolve(name, text).thread_id
        case "reopen":
            thread = threads.reopen(name, text).thread_id
        case _:
            thread = threads.find(name).thread.thread_id
    view = thread_reader(Reader(book)).view(threads.find(thread))
    if args.form == "json":
        print(as_json(json.loads(encode(view))))
    else:
        print(thread_text(view, time.time_ns() // 1_000_000))
    return 0


def _list(args: argparse.Namespace, words: list[str]) -> int:
    if len(words) > 1:
        raise InvalidInput(f"What is `{words[0]}`? There are {', '.join(_VERBS)}; or name one "
                           "thing to list its threads.")  # fmt: skip
    query = ThreadsQuery(
        scope="book",
        target=words[0] if words else "",
        filter=args.filter or "",
        label=args.label or "",
        query=args.query,
        limit=args.limit,
    )
    page = list_threads(Reader(open_book(args)), query)
    if args.form == "json":
        print(as_json(json.loads(encode(page))["threads"]))
    else:
        print(in_shell(threads_text(page)))
    return 0
