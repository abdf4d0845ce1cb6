"""``cellbook comments``."""

from __future__ import annotations

import argparse
import json
import sys
import time

from cellbook.answers import (
    Reader,
    ThreadsQuery,
    find_anchor,
    list_threads,
    point_of,
    thread_reader,
)
from cellbook.book import Book
from cellbook.cli.notices import set_notices
from cellbook.cli.output import as_json
from cellbook.cli.parsing import add_book, add_forms, open_book
from cellbook.cli.travelling import VERBS as FILES
from cellbook.cli.travelling import travel
from cellbook.cli.wording import in_shell
from cellbook.errors import InvalidInput
from cellbook.views.thread_text import thread_text, threads_text
from cellbook.views.wire import encode

_FILTERS = {
    "open": "only open ones",
    "mine": "only those that you began or are to see to",
    "mentions": "only those that mention you",
    "unread": "only those with something that you have not read",
    "orphaned": "only those whose cell, or whatever they were about, is gone",
    "resolved": "only resolved ones",
}
_THREAD = "thread:"
_VERBS = ("list", "show", "add", "reply", "resolve", "reopen", "notices", *FILES)


def add_comments(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook comments`` takes."""
    parser.usage = (
        "cellbook comments [list] [TARGET] [--open] … | add TARGET|thread:ID TEXT | show THREAD | "
        "reply THREAD TEXT | resolve THREAD [TEXT] | reopen THREAD [TEXT] | "
        "embed NOTEBOOK [off] | embed --on-save on|off | "
        "read NOTEBOOK | export FILE [--force] | import FILE | "
        "notices [--webhook URL] [--command COMMAND] [--off]"
    )
    parser.add_argument(
        "words",
        nargs="*",
        metavar="WORD",
        help="what to do, and with what; TARGET is a run ('#12', run:NAME), checkpoint:LABEL, "
        "data:NAME, board:NAME, dashboard:NAME, cell:ID or notebook:FILE; "
        "THREAD is the end of a thread's id; TEXT is Markdown, or - for standard input",
    )
    group = parser.add_mutually_exclusive_group()
    for name in _FILTERS:
        group.add_argument(
            f"--{name}", action="store_const", const=name, dest="filter", help=_FILTERS[name]
        )
    parser.add_argument("--label", metavar="NAME", help="only those with it; of add: put it on")
    parser.add_argument("--to", metavar="NAME", help="who is to see to a thread that is begun")
    parser.add_argument("--metric", metavar="NAME", default="", help="of add: of the run")
    parser.add_argument("--step", type=int, metavar="N", help="of add: of the metric's curve")
    parser.add_argument("--query", metavar="TEXT", default="", help="only with these words")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="at most N; else 50")
    parser.add_argument(
        "--notebook", metavar="FILE", help="whose comments to export; what to hang imported ones on"
    )
    parser.add_argument(
        "--on-save",
        choices=("on", "off"),
        help="of embed: whether Jupyter writes threads into every notebook that you save",
    )
    parser.add_argument(
        "--force", action="store_true", help="export into a file that is there, whatever it is"
    )
    parser.add_argument(
        "--webhook", metavar="URL", help='where notices go as JSON: {"text": …}; - reads the URL'
    )
    parser.add_argument("--command", metavar="COMMAND", help="what gets the same JSON as its input")
    parser.add_argument("--off", action="store_true", help="send no notices any more")
    add_forms(parser, "json")
    add_book(parser)
    parser.set_defaults(call=_comments)


def _comments(args: argparse.Namespace) -> int:
    verb, *words = args.words or ["list"]
    if verb not in _VERBS:
        verb, words = "list", args.words
    if verb == "list":
        return _list(args, words)
    if verb in FILES:
        return travel(args, verb, words)
    if verb == "notices":
        return set_notices(args)
    least = 2 if verb in ("add", "reply") else 1
    if len(words) < least:
        of = "a target" if verb == "add" else "a thread"
        text = " and a text" if least == 2 else ""
        raise InvalidInput(f"`cellbook comments {verb}` takes {of}{text}.")
    name, text = words[0], " ".join(words[1:])
    if verb != "add":
        name = name.removeprefix(_THREAD)
    if text == "-":
        text = sys.stdin.read()
    book = open_book(args)
    threads = book.threads
    match verb:
        case "add":
            thread = _add(args, book, name, text)
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


def _add(args: argparse.Namespace, book: Book, target: str, text: str) -> str:
    """Begin a thread, or answer in the one that is named; return its id."""
    labels, assigned = [args.label] if args.label else [], [args.to] if args.to else []
    threads = book.threads
    if not target.startswith(_THREAD):
        anchor = find_anchor(book, target)
        if args.metric or args.step is not None:
            anchor = point_of(book, anchor, args.metric, args.step)
        return threads.start(anchor, text, labels=labels, assigned=assigned).thread_id
    if args.metric or args.step is not None:
        raise InvalidInput("A thread has its place. --metric and --step are of a new one.")
    thread = threads.reply(target.removeprefix(_THREAD), text).thread
    for label in labels:
        threads.label(thread, label)
    for name in assigned:
        threads.assign(thread, name)
    return thread


def _list(args: argparse.Namespace, words: list[str]) -> int:
    if len(words) > 1:
        raise InvalidInput(f"What is `{words[0]}`? There are {', '.join(_VERBS)}; or name one "
                           "thing to list its threads.")  # fmt: skip
    if args.limit < 1:
        raise InvalidInput(f"--limit {args.limit} is no number of threads. Give 1 or more.")
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
