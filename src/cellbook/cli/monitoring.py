"""``cellbook monitor``: what endpoints were asked and answered, window by window."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cellbook.cli.alarms import show_to_rules, watch_rules
from cellbook.cli.output import as_json, print_list
from cellbook.cli.parsing import add_book, add_forms, check_writable, open_book
from cellbook.errors import InvalidInput, NotFound
from cellbook.records import LabelChunk
from cellbook.views import formatting

if TYPE_CHECKING:
    import pandas as pd

    from cellbook.book import Book
    from cellbook.monitoring import WindowReport

_NONE = "No endpoint has predictions. `cellbook serve MODEL --record` keeps them."
_COLUMNS = 6
"""Columns that are told of a window, those that drifted most."""


def add_monitor(parser: argparse.ArgumentParser) -> None:
    """Add what ``cellbook monitor`` takes."""
    add_book(parser)
    parser.add_argument(
        "endpoint", nargs="?", metavar="NAME", help="of an endpoint; none lists them"
    )
    parser.add_argument("--window", default="1h", metavar="TIME", help="30s, 5min, 1h, 1d")
    parser.add_argument(
        "--data",
        metavar="DATA|FILE",
        help="compare inputs with people@1, else with the kept "
        "reference; of a FILE of rows, those with the reference of the model NAME",
    )
    parser.add_argument(
        "--metric", action="append", default=[], metavar="METRIC", help="of labelled predictions"
    )
    parser.add_argument(
        "--arm", default="", metavar="ARM", help="of one arm alone, such as a shadow"
    )
    parser.add_argument("--html", metavar="FILE", help="write the report as one HTML file")
    parser.add_argument(
        "--labels", metavar="FILE", help="first take in labels: .csv or .parquet with id and label"
    )
    looks = parser.add_mutually_exclusive_group()
    looks.add_argument(
        "--check",
        action="store_true",
        help="show new windows to the alarm rules; 1 if one alarms, or rows of a FILE drifted",
    )
    looks.add_argument(
        "--watch", action="store_true", help="do so again and again, until interrupted"
    )
    parser.add_argument("--every", default="1min", metavar="TIME", help="how often --watch looks")
    add_forms(parser, "json", "csv", "markdown")
    parser.set_defaults(call=_monitor)


def _monitor(args: argparse.Namespace) -> int:
    from cellbook.answers import arm_of, endpoint_of  # noqa: PLC0415 - heavy
    from cellbook.in_service import look  # noqa: PLC0415
    from cellbook.monitoring import Predictions  # noqa: PLC0415

    book = open_book(args)
    predictions = Predictions(book.store)
    if args.endpoint is None:
        chunks = {name: predictions.chunks(name) for name in predictions.endpoints()}
        docs, cells = [], [["ENDPOINT", "ROWS", "MODELS", "LAST"]]
        for name, found in chunks.items():
            rows, last = sum(one.rows for one in found), max(one.last for one in found)
            models = sorted({model for one in found for model in one.models})
            docs.append({"endpoint": name, "rows": rows, "models": models, "last": last})
            cells.append([name, f"{rows:,}", ", ".join(models), _when(last)])
        print_list(args.form, cells, _NONE, docs)
        return 0
    args.endpoint = args.endpoint.strip()
    if not args.endpoint:
        raise InvalidInput("Name the endpoint or model: `cellbook monitor NAME`; without, a list.")
    if args.data and Path(args.data).is_file():
        return _compare(book, args)
    if args.data:
        _check_data(book, args.data)
    if args.labels:
        check_writable(book)
        kept = predictions.label(args.endpoint, _read_labels(Path(args.labels)))
        print(_taken_in(book, kept), file=sys.stderr)
    if args.watch or args.check:
        check_writable(book)
        if args.watch:
            return watch_rules(book, args.endpoint, args.data, _seconds(args.every))
        return int(show_to_rules(book, args.endpoint, args.data))
    seconds = _seconds(args.window)
    if args.html:
        return _report(book, args, seconds)
    endpoint, model = endpoint_of(book, args.endpoint)
    windows = look(
        book, endpoint, seconds, data=args.data, metrics=args.metric, model=model or None,
        arm=arm_of(book, endpoint, args.arm) or None,
    )  # fmt: skip
    if model and not windows:
        raise NotFound(f"No predictions of {model} at {endpoint!r} are on record.")
    if args.form == "json":
        print(as_json([_doc(one) for one in windows]))
        return 0
    compared = any(one.drift for one in windows)
    heads = ["WINDOW", "ROWS", *(["DRIFT"] if compared else []), *map(str.upper, args.metric)]
    print_list(
        args.form, [heads, *(_cells(one, args.metric, compared) for one in windows)], _NONE, []
    )
    return 0


def _compare(book: Book, args: argparse.Namespace) -> int:
    """Compare the rows of a file with what the model was trained on; nothing is recorded."""
    from cellbook.answers.rows_against import (  # noqa: PLC0415 - heavy
        against_cells,
        against_docs,
        rows_against,
    )

    if args.watch or args.labels or args.html or args.metric:
        raise InvalidInput(
            "A file of rows is compared with the model's reference: --watch, --labels, --html and "
            "--metric are of an endpoint's predictions. Leave them out."
        )
    found = rows_against(book, args.endpoint, Path(args.data))
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


def _report(book: Book, args: argparse.Namespace, seconds: float) -> int:
    """Write the report, of what would be listed."""
    from cellbook.answers import MonitorQuery  # noqa: PLC0415 - heavy
    from cellbook.widgets.monitor import monitor_panel  # noqa: PLC0415 - heavy

    query = MonitorQuery(
        args.endpoint, seconds, data=args.data or "", metrics=tuple(args.metric), arm=args.arm
    )
    panel = monitor_panel(book, query)
    if panel.page.shown is None:
        raise NotFound(panel.page.summary)
    print(panel.text.partition("\n")[0])
    print(f"the report is in {panel.save(args.html)}")
    return 0


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
    from cellbook.monitoring import Predictions  # noqa: PLC0415 - heavy

    matched = Predictions(book.store).matched(kept)
    told = f"{formatting.plural(kept.rows, 'label')} taken in, {matched:,} of them of predictions "
    told += "on record"
    if matched < kept.rows:
        told += ": of a request of several rows, each row's id has its place behind it (ID-0, ID-1)"
    return told


def _when(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _cells(window: WindowReport, metrics: list[str], compared: bool) -> list[str]:
    cells = [_when(window.start), f"{window.rows:,}"]
    if compared:
        report = window.drift
        drifted = [one.name for one in report.columns if one.drifted] if report else []
        more = f" and {len(drifted) - _COLUMNS} more" if len(drifted) > _COLUMNS else ""
        cells.append((", ".join(drifted[:_COLUMNS]) + more) or ("none" if report else "?"))
    for metric in metrics:
        one = window.measured.get(metric)
        cells.append(f"{one.value:.4g} ({one.rows:,})" if one and one.rows else formatting.MISSING)
    return cells


def _doc(window: WindowReport) -> dict[str, object]:
    return {
        "start": window.start,
        "end": window.end,
        "rows": window.rows,
        "drift": None
        if window.drift is None
        else {one.name: one.drifted for one in window.drift.columns},
        "measured": {name: dataclasses.asdict(one) for name, one in window.measured.items()},
    }
