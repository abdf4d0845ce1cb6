"""``cellbook monitor``: what endpoints were asked and answered, window by window."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cellbook.cli.alarms import show_to_rules, watch_rules
from cellbook.cli.output import print_list
from cellbook.cli.parsing import add_book, add_forms, check_writable, open_book
from cellbook.cli.wording import in_shell
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import LabelChunk
from cellbook.views import formatting

if TYPE_CHECKING:
    import pandas as pd

    from cellbook.answers import MonitorQuery
    from cellbook.book import Book
    from cellbook.monitoring import Predictions

_NONE = "No endpoint has predictions. `cellbook serve MODEL --record` keeps them."


def add_monitor(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook monitor`` takes."""
    add_book(parser)
    parser.add_argument(
        "endpoint", nargs="?", metavar="NAME",
        help="of an endpoint or model, credit/1 or credit@champion for one version; none lists "
        "endpoints",
    )  # fmt: skip
    parser.add_argument("--window", metavar="TIME", help="how long one is: 30s, 5min, 1h, 1d")
    parser.add_argument(
        "--windows", metavar="N", help="how many of the newest are looked at, at most; 24"
    )
    parser.add_argument(
        "--data",
        metavar="DATA|FILE",
        help="compare inputs with people@1, else with the kept "
        "reference; of a FILE of rows, those with the reference of the model NAME",
    )
    parser.add_argument(
        "--metric", action="append", metavar="METRIC",
        help="of labelled predictions; else what fits the labels",
    )  # fmt: skip
    parser.add_argument(
        "--by", action="append", metavar="COLUMN",
        help="list groups of rows by it, the worst first, in place of windows",
    )  # fmt: skip
    parser.add_argument(
        "--score", metavar="OUTPUT", help="which output is the positive class's probability"
    )
    parser.add_argument("--arm", metavar="ARM", help="of one arm alone, such as a shadow")
    parser.add_argument("--html", metavar="FILE", help="write the report as one HTML file")
    parser.add_argument(
        "--labels", metavar="FILE", help="first take in labels: .csv or .parquet with id and label"
    )
    looks = parser.add_mutually_exclusive_group()
    looks.add_argument(
        "--check",
        action="store_true",
        help="show new windows to the endpoint's alarm rules; 1 if one alarms, or rows of a FILE "
        "drifted",
    )
    looks.add_argument(
        "--watch", action="store_true", help="do so again and again, until interrupted"
    )
    parser.add_argument("--every", default="1min", metavar="TIME", help="how often --watch looks")
    add_forms(parser, "json", "csv", "markdown")
    parser.set_defaults(call=_monitor)


def _monitor(args: argparse.Namespace) -> int:
    from cellbook.answers import endpoint_of, monitor_query  # noqa: PLC0415 - heavy

    book = open_book(args)
    if args.endpoint is None:
        return _list(book, args)
    query = monitor_query(
        args.endpoint, window=args.window, windows=args.windows, data=args.data,
        metric=args.metric, by=args.by, score=args.score, arm=args.arm,
    )  # fmt: skip
    if args.data and Path(args.data).is_file():
        return _compare(book, args, query)
    if args.data:
        _check_data(book, args.data)
    ruled = _ruled(book, args, query) if args.watch or args.check else ""
    if args.labels:
        check_writable(book)
        endpoint, _ = endpoint_of(book, query.endpoint)
        kept = _predictions(book).label(endpoint, _read_labels(Path(args.labels)))
        print(_taken_in(book, kept), file=sys.stderr)
    if args.watch:
        return watch_rules(book, ruled, args.data, _seconds(args.every))
    if args.check:
        return int(show_to_rules(book, ruled, args.data))
    return _show(book, args, query)


def _list(book: Book, args: argparse.Namespace) -> int:
    """List the endpoints that have predictions."""
    from cellbook.views.monitor_tables import utc_text  # noqa: PLC0415 - heavy

    of_one = ("html", "labels", "check", "watch", "data", "metric", "by", "score", "arm")
    given = next((one for one in of_one if getattr(args, one)), None)
    if given is not None:
        raise InvalidInput(f"Which endpoint or model? `cellbook monitor NAME --{given} …`")
    predictions = _predictions(book)
    chunks = {name: predictions.chunks(name) for name in predictions.endpoints()}
    docs, cells = [], [["ENDPOINT", "ROWS", "MODELS", "LAST"]]
    for name, found in chunks.items():
        rows, last = sum(one.rows for one in found), max(one.last for one in found)
        models = sorted({model for one in found for model in one.models})
        docs.append({"endpoint": name, "rows": rows, "models": models, "last": last})
        cells.append([name, f"{rows:,}", ", ".join(models), utc_text(last)])
    print_list(args.form, cells, _NONE, docs)
    return 0


def _show(book: Book, args: argparse.Namespace, query: MonitorQuery) -> int:
    """Tell how it does, as ``%monitor`` does, and list windows or groups."""
    from cellbook.views import monitor_tables as tables  # noqa: PLC0415 - heavy
    from cellbook.widgets.monitor import monitor_panel  # noqa: PLC0415 - heavy

    panel = monitor_panel(book, query)
    page = panel.page
    if page.shown is None:
        raise NotFound(f"{page.endpoint}: {page.summary}")
    if args.html:
        print(panel.text.partition("\n")[0])
        print(f"the report is in {panel.save(args.html)}")
        return 0
    if args.form is None:
        print(in_shell(panel.text), end="\n\n")
    elif page.unmeasured:
        print(in_shell(f"not measured: {page.unmeasured}"), file=sys.stderr)
    if query.by:
        print_list(args.form, tables.groups_cells(page), page.unsliced, tables.groups_docs(page))
    else:
        cells = tables.windows_cells(page, query.metrics)
        print_list(args.form, cells, _NONE, tables.windows_docs(page))
    return 0


def _ruled(book: Book, args: argparse.Namespace, query: MonitorQuery) -> str:
    """Return the endpoint whose rules are asked; what they read, and of which windows, is theirs
    to say."""
    from cellbook.alarming import endpoint_of_rules  # noqa: PLC0415 - heavy

    theirs = ("window", "windows", "metric", "by", "score", "arm", "html")
    given = [f"--{one}" for one in theirs if getattr(args, one)]
    if given:
        raise InvalidInput(
            f"Rules say themselves what they read in which windows: leave {', '.join(given)} out "
            f"of --{'watch' if args.watch else 'check'}. `cellbook alarms {query.endpoint}` lists "
            "them."
        )
    return endpoint_of_rules(book, query.endpoint)


def _predictions(book: Book) -> Predictions:
    from cellbook.monitoring import Predictions  # noqa: PLC0415 - heavy

    return Predictions(book.store)


def _compare(book: Book, args: argparse.Namespace, query: MonitorQuery) -> int:
    """Compare the rows of a file with what the model was trained on; nothing is recorded."""
    from cellbook.answers.rows_against import (  # noqa: PLC0415 - heavy
        against_cells,
        against_docs,
        check_alone,
        rows_against,
    )

    others = ("watch", "labels", "html", "window", "windows", "metric", "by", "score", "arm")
    check_alone({f"--{one}": getattr(args, one) for one in others})
    found = rows_against(book, query.endpoint, Path(args.data))
    if args.form is None:
        print(found.summary)
    print_list(args.form, against_cells(found), _NONE, against_docs(found))
    return int(args.check and found.report.drifted)


def _check_data(book: Book, data: str) -> None:
    """Refuse what names neither tracked data nor a file before anything else is asked of it."""
    try:
        book.datasets.find(data)
    except NotFound as error:
        raise NotFound(f"There is no file {data}, and it names no data: {error}") from None


def _seconds(text: str) -> float:
    from cellbook.monitoring import parse_length  # noqa: PLC0415 - heavy

    return parse_length(text)


def _read_labels(path: Path) -> pd.DataFrame:
    from cellbook.datasets.profiles import read_file  # noqa: PLC0415 - heavy

    if not path.is_file():
        raise NotFound(f"There is no file {path}.")
    found = read_file(path)
    if found is None:
        raise InvalidInput(f"{path} is no table. Give .csv or .parquet with the columns id, label.")
    return found


def _taken_in(book: Book, kept: LabelChunk) -> str:
    matched = _predictions(book).matched(kept)
    told = f"{formatting.plural(kept.rows, 'label')} taken in, {matched:,} of them of predictions "
    told += "on record"
    if matched < kept.rows:
        told += ": of a request of several rows, each row's id has its place behind it (ID-0, ID-1)"
    return told
