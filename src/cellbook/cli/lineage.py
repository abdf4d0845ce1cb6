"""``cellbook lineage``."""

from __future__ import annotations

import argparse

from cellbook.cli.output import as_json
from cellbook.cli.parsing import add_book, add_forms, open_book
from cellbook.cli.wording import in_shell


def add_lineage(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook lineage`` takes."""
    parser.add_argument(
        "target",
        nargs="?",
        metavar="TARGET",
        help="data:digits@3, run:NAME, #12 or checkpoint:LABEL; none is the newest run",
    )
    parser.add_argument(
        "--export", metavar="FILE", help="write it: .json is W3C PROV, .svg a picture"
    )
    add_forms(parser, "json")
    add_book(parser)
    parser.set_defaults(call=_lineage)


def _lineage(args: argparse.Namespace) -> int:
    # Panels' libraries are heavy.
    from cellbook.widgets.lineage import lineage_panel  # noqa: PLC0415

    panel = lineage_panel(open_book(args), args.target)
    if args.export is not None:
        print(f"lineage of {panel.title} is in {panel.write(args.export)}")
    elif args.form == "json":
        print(as_json(panel.lineage))
    else:
        print(in_shell(panel.text))
    return 0
