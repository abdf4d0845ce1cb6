"""``cellbook leaderboard`` and ``cellbook metric``."""

from __future__ import annotations

import argparse
import sys
import time

from cellbook.cli.output import as_json, markdown, print_list, terminal_width
from cellbook.cli.parsing import add_book, add_forms, check_writable, open_book
from cellbook.cli.wording import in_shell
from cellbook.errors import InvalidInput
from cellbook.records import Standing, to_doc
from cellbook.views import boards
from cellbook.views.runs_table import spreadsheet_frame


def add_leaderboard(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook leaderboard`` takes."""
    _add_words(parser, "board", "metric=acc group_by=model seeds=mean filters='acc>=0.5'")
    parser.add_argument(
        "--date", metavar="DATE", help="as it stood then: runs that ended later do not count"
    )
    parser.add_argument("--freeze", action="store_true", help="keep a copy of how it stands")
    parser.add_argument(
        "--frozen", nargs="?", const="", metavar="DATE", help="show a copy that was kept"
    )
    parser.add_argument("--why", metavar="RUN", help="say where a run stands, or why it does not")
    parser.add_argument("--delete", action="store_true", help="take the board away; runs stay")
    add_forms(parser, "json", "csv", "markdown")
    add_book(parser)
    parser.set_defaults(call=_leaderboard)


def _leaderboard(args: argparse.Namespace) -> int:
    book = open_book(args)
    name, given = _name_and_given(args)
    verbs = args.freeze or args.why or args.delete or args.date or args.frozen is not None
    if name is None:
        if verbs:
            raise InvalidInput("Which leaderboard? Name it: cellbook leaderboard NAME …")
        known = book.leaderboards.all()
        docs = [to_doc(one) for one in known]
        print_list(args.form, boards.boards_cells(known), boards.NO_BOARDS, docs)
        return 0
    if given or args.freeze or args.delete:
        check_writable(book)
    book.refresh()
    now = time.time_ns() // 1_000_000
    until = None if args.date is None else boards.moment_of(args.date, now)
    if given:
        book.leaderboards.save(name, given)
    if args.delete:
        print(f"leaderboard {book.leaderboards.delete(name).name} is deleted; the runs stay")
    elif args.why:
        print(book.leaderboards.why(name, book.find_run(args.why)))
    elif args.freeze:
        _print_board(args.form, book.leaderboards.freeze(name, until=until))
    elif args.frozen is not None:
        copies = book.leaderboards.frozen(name)
        _print_board(args.form, boards.choose_frozen(copies, name, args.frozen, now))
    else:
        _print_board(args.form, book.leaderboards.standing(name, until=until))
    return 0


def _print_board(form: str | None, standing: Standing) -> None:
    if form == "json":
        print(as_json(standing))
    elif form == "csv":
        spreadsheet_frame(boards.board_frame(standing)).to_csv(sys.stdout, index=False)
    elif form == "markdown":
        print(markdown(boards.board_cells(standing)))
    else:
        print(in_shell(boards.board_text(standing, terminal_width())))


def add_metric(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook metric`` takes."""
    _add_words(parser, "metric", "goal=0.9 direction=more score=best")
    parser.add_argument("--delete", action="store_true", help="take the definition away")
    add_forms(parser, "json", "csv", "markdown")
    add_book(parser)
    parser.set_defaults(call=_metric)


def _metric(args: argparse.Namespace) -> int:
    book = open_book(args)
    name, given = _name_and_given(args)
    if name is None and args.delete:
        raise InvalidInput("Which metric? Name it: cellbook metric NAME --delete")
    if given or args.delete:
        check_writable(book)
    if name is not None and args.delete:
        print(f"metric {book.metrics.delete(name).name} is defined no more; its values stay")
        return 0
    if name is not None and given:
        book.metrics.define(name, **given)
    known = [one for one in book.metrics.all() if name in (None, one.name)]
    docs = [to_doc(one) for one in known]
    print_list(args.form, boards.metrics_cells(known), boards.NO_METRICS, docs)
    return 0


# -- parts -------------------------------------------------------------------------------------


def _add_words(parser: argparse.ArgumentParser, what: str, example: str) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help=f"the {what}; none lists all")
    parser.add_argument("given", nargs="*", metavar="KEY=VALUE", help=f"what it is: {example}")


def _name_and_given(args: argparse.Namespace) -> tuple[str | None, dict[str, str]]:
    given = {}
    for text in args.given:
        key, equals, value = text.partition("=")
        if not equals:
            raise InvalidInput(f"What is {text!r}? Write KEY=VALUE, and a name in quotes.")
        given[key] = value
    return args.name, given
