"""``cellbook dashboard``."""

from __future__ import annotations

import argparse

from cellbook.answers import DashboardQuery, Reader, show_dashboard
from cellbook.cli.output import as_json
from cellbook.cli.parsing import add_book, add_forms, open_book
from cellbook.records import to_doc
from cellbook.widgets import DashboardView, dashboard_names


def add_dashboard(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook dashboard`` takes."""
    parser.add_argument("name", nargs="?", metavar="NAME", help="the dashboard; else list all")
    parser.add_argument("--export", metavar="FILE", help="write it as one HTML file")
    add_forms(parser, "json")
    add_book(parser)
    parser.set_defaults(call=_dashboard)


def _dashboard(args: argparse.Namespace) -> int:
    book = open_book(args)
    if args.name is None:
        if args.form == "json":
            book.refresh()
            print(as_json(book.dashboards.names()))
        else:
            print(dashboard_names(book).text.replace("%dashboard", "cellbook dashboard"))
        return 0
    if args.export is not None:
        print(DashboardView(book, args.name).save(args.export))
    elif args.form == "json":
        found = show_dashboard(Reader(book), DashboardQuery(args.name))
        panels = [{**to_doc(shown.panel), "runs": list(shown.runs)} for shown in found.panels]
        print(as_json({"name": found.name, "panels": panels}))
    else:
        print(DashboardView(book, args.name).text)
    return 0
