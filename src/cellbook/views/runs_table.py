"""Runs as a table: searching, ordering, and the DataFrame of :func:`cellbook.search_runs`."""

from __future__ import annotations

import contextlib
import logging
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from tinydb.queries import QueryInstance, where

from cellbook.datasets import versions_ever
from cellbook.errors import QuerySyntaxError, StoreCorrupt
from cellbook.records import DatasetVersion, MetricRules, RunRecord
from cellbook.store import Doc, OrderTerm, Store, no_collection
from cellbook.tracking import metric_rules
from cellbook.tracking.reading import run_of
from cellbook.views import formatting
from cellbook.views.filters import parse_filter, parse_order

if TYPE_CHECKING:
    import pandas as pd
    from tinydb.queries import QueryLike

_log = logging.getLogger(__name__)

NEWEST_FIRST = (OrderTerm(("start_time",), descending=True),)

Found: TypeAlias = "tuple[int, Doc]"
"""A run's number and its document."""

T = TypeVar("T")
Column: TypeAlias = "Sequence[Any]"

_NOTED = 5
"""Runs that a note names."""
_HIDDEN = ("trashed", "archived")
_PARTS = ("params", "metrics", "tags")
_FIELDS = ("run_id", "run_name", "experiment", "state", "start_time", "end_time", *_PARTS)


def search_runs(
    store: Store,
    query: str | QueryLike = "",
    *,
    order_by: str | Sequence[str] | None = None,
    max_results: int | None = 1000,
) -> pd.DataFrame:
    """Return runs as a DataFrame; see :func:`cellbook.search_runs`.

    Times are UTC datetimes, durations seconds.  What a run lacks is missing in its row; a param
    that only some runs have is of pandas' type Int64 if it is a whole number in all of these.
    A metric is the run's score: its last value unless its definition says otherwise.
    """
    rules = metric_rules(store)
    wanted, terms = read_query(store, query, rules), read_order(store, order_by, rules)
    with no_collection():
        frame = frame_of(_searched(store, wanted, terms, max_results, rules))
        if frame.empty:
            # What is done with the table goes on, whether or not a run is found.
            paths = [*_paths(getattr(wanted, "_hash", None)), *(term.path for term in terms)]
            return _with_empty(frame, [*_fields_of(paths), *known_names(store)])
        return frame


def search_csv(
    store: Store,
    query: str | QueryLike = "",
    *,
    order_by: str | Sequence[str] | None = None,
    max_results: int | None = 1000,
) -> str:
    """Return the table of :func:`search_runs` as CSV: ``NaN`` is a value, what is missing empty."""
    rules = metric_rules(store)
    wanted, terms = read_query(store, query, rules), read_order(store, order_by, rules)
    columns = _searched(store, wanted, terms, max_results, rules)
    frame = frame_of(columns)
    for name, (places, values) in spread(columns["metrics"]).items():
        nans = [place for place, value in zip(places, values, strict=True) if value != value]
        if nans:
            cells = frame[f"metrics.{name}"].astype(object)
            cells.iloc[nans] = "NaN"
            frame[f"metrics.{name}"] = cells
    return str(spreadsheet_frame(frame).to_csv(index=False))


def spreadsheet_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose texts, and heads, no spreadsheet takes for formulas, and runs."""
    safe = formatting.for_spreadsheet
    return mapped(frame, lambda column: column.dtype.kind not in "ifbMm", safe).rename(columns=safe)


def mapped(
    frame: pd.DataFrame, which: Callable[[Any], bool], change: Callable[[Any], Any]
) -> pd.DataFrame:
    """Return a frame with each value changed in the columns for which `which` holds."""
    result = frame.copy()
    for name in frame.columns:
        if which(frame[name]):
            result[name] = [change(value) for value in frame[name]]
    return result


def find_records(
    store: Store,
    query: str | QueryLike = "",
    *,
    order_by: str | Sequence[str] | None = None,
    max_results: int | None = 1000,
    offset: int = 0,
) -> list[RunRecord]:
    """Return runs as records; the arguments are those of :func:`search_runs`.

    The first `offset` that are found are passed over, and such as cannot be read are left out.
    """
    return find_readable(store, query, order_by=order_by, max_results=max_results, offset=offset)[0]


def find_readable(
    store: Store,
    query: str | QueryLike = "",
    *,
    order_by: str | Sequence[str] | None = None,
    max_results: int | None = 1000,
    offset: int = 0,
) -> tuple[list[RunRecord], list[int]]:
    """Return runs as :func:`find_records` does, and the numbers of those that cannot be read."""
    rules = metric_rules(store)
    wanted, terms = read_query(store, query, rules), read_order(store, order_by, rules)
    if not offset or isinstance(query, str):
        found = _find(store, wanted, terms, max_results, skip=offset)
    else:
        # The hash of a query in Python need not tell all of it.
        limit = None if max_results is None else offset + max_results
        found = _find(store, wanted, terms, limit)[offset:]
    read = [(number, read_record(doc, number)) for number, doc in found]
    return (
        [record for _, record in read if record is not None],
        [number for number, record in read if record is None],
    )


def unreadable_note(numbers: Sequence[int]) -> str:
    """Return a sentence on the runs that are left out as they cannot be read; or nothing."""
    if not numbers:
        return ""
    rest = len(numbers) - _NOTED
    names = ", ".join(f"#{number}" for number in numbers[:_NOTED])
    names += f" and {rest:,} more" if rest > 0 else ""
    said = "1 run" if len(numbers) == 1 else f"{len(numbers):,} runs"
    return f"{said} could not be read: {names}. `cellbook show {numbers[0]}` says why."


def records_by_id(store: Store, run_ids: Sequence[str]) -> dict[str, RunRecord]:
    """Return many runs by their ids, wherever they lie; those that are not there are left out."""
    return {
        run_id: record
        for run_id, number, doc in store.select("runs", among(run_ids))
        if (record := read_record(doc, number)) is not None
    }


def among(run_ids: Sequence[str]) -> QueryInstance:
    """Return the query that finds runs by their ids."""
    wanted = frozenset(run_ids)
    # SQL narrows by the hash; a set is quicker to look into than the list that TinyDB would.
    narrowing = where("run_id").one_of(list(wanted))._hash
    return QueryInstance(lambda doc: doc.get("run_id") in wanted, narrowing)


def read_record(doc: Doc, number: int) -> RunRecord | None:
    """Return the run of a document; None if that is none, as something damaged or foreign wrote it.

    One of them must not take the others away.
    """
    try:
        return run_of(doc, number)
    except StoreCorrupt as error:
        _log.debug("%s", error)
        return None


def known_names(store: Store) -> list[str]:
    """Return what a filter can name of the newest runs: ``metrics.acc``, ``params.lr`` …"""
    names: dict[str, None] = {}
    for _, _, doc in store.select("runs", order_by=NEWEST_FIRST, limit=200):
        for part in _PARTS:
            names.update(dict.fromkeys(f"{part}.{key}" for key in doc.get(part) or ()))
    return list(names)


# -- finding -----------------------------------------------------------------------------------


def read_query(store: Store, query: str | QueryLike, rules: MetricRules) -> QueryLike | None:
    """Return what :func:`search_runs` takes as TinyDB's query; None for all runs."""
    if isinstance(query, str):
        path = rules.path

        def versions() -> list[tuple[str, DatasetVersion]]:
            return versions_ever(store)

        return _parsed(
            store,
            lambda known: parse_filter(query, known=known, score_path=path, versions=versions),
        )
    return query


def read_order(
    store: Store, order_by: str | Sequence[str] | None, rules: MetricRules
) -> Sequence[OrderTerm]:
    """Return the keys of a sort as the store takes them; without any, the newest run is first."""
    path = rules.path
    terms = _parsed(store, lambda known: parse_order(order_by, known=known, score_path=path))
    return [
        # No document has it; SQL reckons it.
        OrderTerm(("end_time",), term.descending, minus=("start_time",))
        if term.path == ("duration",)
        else term
        for term in terms
    ] or NEWEST_FIRST


def _parsed(store: Store, parse: Callable[[Sequence[str]], T]) -> T:
    try:
        return parse(())
    except QuerySyntaxError:
        # Only a mistake is worth a look at what names there are: the message suggests one.
        data = {f"data.{one.name}": None for _, one in versions_ever(store)}
        return parse([*known_names(store), *data])


def _find(
    store: Store,
    query: QueryLike | None,
    terms: Sequence[OrderTerm],
    limit: int | None,
    skip: int = 0,
) -> list[Found]:
    hidden: set[str] = set()
    if query is not None or not skip:
        query = visible(query)
    else:
        # Without a query no document need be read up to there, if what is hidden is known.
        hidden = {
            doc_id
            for flagged in (where("trashed") > 0, where("archived") == True)  # noqa: E712  TinyDB's
            for doc_id, _, _ in store.select("runs", flagged)
        }
    rows = store.select("runs", query, order_by=terms, but=hidden, skip=skip, limit=limit)
    return [(number, doc) for _, number, doc in rows]


def _searched(
    store: Store,
    wanted: QueryLike | None,
    terms: Sequence[OrderTerm],
    limit: int | None,
    rules: MetricRules,
) -> dict[str, Column]:
    if wanted is None and (limit is None or limit >= _newest_number(store)):
        return _all_columns(store, terms, rules)
    return _columns(_find(store, wanted, terms, limit), rules)


def _newest_number(store: Store) -> int:
    newest = store.select("runs", order_by=[OrderTerm(("run_number",), descending=True)], limit=1)
    return next((number for _, number, _ in newest), 0)


def visible(query: QueryLike | None) -> QueryInstance:
    """Return `query` but for the trash and the archive, unless it speaks of them.

    The hash is the query's own, by which SQL narrows; what lies in the trash is little.
    """
    node = getattr(query, "_hash", None)
    hidden = [name for name in _HIDDEN if not _mentions(node, name)]

    def test(doc: Mapping[str, Any]) -> bool:
        return not any(doc.get(name) for name in hidden) and (query is None or bool(query(doc)))

    return QueryInstance(test, node)


def _mentions(node: Any, name: str) -> bool:
    match node:
        case ("and" | "or", frozenset(parts)):
            return any(_mentions(part, name) for part in parts)
        case ("not", inner):
            return _mentions(inner, name)
        case (str(), tuple(path), *_):
            return path[:1] == (name,)
    return False


def _paths(node: Any) -> Iterator[tuple[str, ...]]:
    """Yield where what a query names lies in the document of a run."""
    match node:
        case ("and" | "or", frozenset(parts)):
            for part in parts:
                yield from _paths(part)
        case ("not", inner):
            yield from _paths(inner)
        case (str(), tuple(path), *_):
            yield path


def _fields_of(paths: Iterable[Sequence[str]]) -> list[str]:
    """Return the columns that stand for these paths: of a score, its metric."""
    parts = {"stats": "metrics", **{part: part for part in _PARTS}}
    return sorted(
        f"{parts[path[0]]}.{path[1]}" for path in paths if len(path) > 1 and path[0] in parts
    )


# -- the frame ---------------------------------------------------------------------------------


def _columns(found: Sequence[Found], rules: MetricRules) -> dict[str, Column]:
    columns: dict[str, Column] = {name: [doc.get(name) for _, doc in found] for name in _FIELDS}
    put_scores(columns, [doc.get("stats") for _, doc in found], rules)
    columns["run_number"] = [number for number, _ in found]
    return columns


def put_scores(columns: dict[str, Column], stats: Column, rules: MetricRules) -> None:
    """Put each run's scores in the place of its last values, where definitions say so."""
    if rules:
        columns["metrics"] = [
            rules.values(last or {}, of or {})
            for last, of in zip(columns["metrics"], stats, strict=True)
        ]


def _all_columns(store: Store, terms: Sequence[OrderTerm], rules: MetricRules) -> dict[str, Column]:
    """Read the columns of the whole table, but for the rows of hidden runs."""
    # Statistics are much to read, and only definitions ask for them.
    fields = [*_FIELDS, *_HIDDEN, *(["stats"] if rules else [])]
    numbers, values = store.columns("runs", fields, order_by=terms)
    columns: dict[str, Column] = dict(zip(fields, values, strict=True))
    put_scores(columns, columns.pop("stats", ()), rules)
    columns["run_number"] = numbers
    hidden = [any(flags) for flags in zip(*(columns.pop(name) for name in _HIDDEN), strict=True)]
    if any(hidden):
        shown = [place for place, flag in enumerate(hidden) if not flag]
        return {name: [column[place] for place in shown] for name, column in columns.items()}
    return columns


def frame_of(columns: Mapping[str, Column]) -> pd.DataFrame:
    """Return fields of runs as the frame of :func:`search_runs`; metrics are their scores."""
    import numpy as np  # noqa: PLC0415  keeps `import cellbook` quick
    import pandas as pd  # noqa: PLC0415

    start = np.array(columns["start_time"], dtype=np.float64)
    end = np.array(columns["end_time"], dtype=np.float64)
    data: dict[str, Any] = {
        "run_id": pd.array(columns["run_id"], dtype="str"),
        "run_number": np.array(columns["run_number"], dtype=np.int64),
        "run_name": pd.array(columns["run_name"], dtype="str"),
        "experiment": pd.array(columns["experiment"], dtype="str"),
        "state": pd.array(columns["state"], dtype="str"),
        "start_time": pd.to_datetime(start, unit="ms", utc=True),
        "end_time": pd.to_datetime(end, unit="ms", utc=True),
        "duration": (end - start) / 1000,
    }
    for part in _PARTS:
        for name, (places, values) in spread(columns[part]).items():
            data[f"{part}.{name}"] = _column(part, places, values, len(start))
    return pd.DataFrame(data)


def _with_empty(frame: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Return a frame without rows that has these columns, too."""
    import pandas as pd  # noqa: PLC0415

    data = {name: frame[name] for name in frame.columns}
    for name in names:
        kind = "float64" if name.startswith("metrics.") else "object"
        data.setdefault(name, pd.Series(dtype=kind))
    return pd.DataFrame(data)


_SHAPES = 64
"""Kinds of mappings, by their keys, that are picked out kind by kind."""


def spread(mappings: Column) -> dict[str, tuple[Sequence[int], Column]]:
    """Turn one mapping a row into columns: for each key the rows that have it, and their values.

    The rows are a range where all are there, and else in any order.
    """
    first = mappings[0] if mappings else None
    if first and all(mapping and len(mapping) == len(first) for mapping in mappings):
        # Runs of one kind name the same things, and picking these out together is quicker.
        with contextlib.suppress(KeyError):
            # One key more, as for a single one it would return no tuple.
            rows = map(operator.itemgetter(*first, next(iter(first))), mappings)
            values = zip(*rows, strict=True)
            everywhere = range(len(mappings))
            return {key: (everywhere, column) for key, column in zip(first, values, strict=False)}
    shapes: dict[tuple[str, ...], list[int]] = {}
    for row, mapping in enumerate(mappings):
        shapes.setdefault(tuple(mapping or ()), []).append(row)
    spread: dict[str, tuple[list[int], list[Any]]] = {}
    if len(shapes) <= _SHAPES:
        # So, too, where there are a few kinds.
        shapes.pop((), None)
        for keys, alike in shapes.items():
            picked = map(operator.itemgetter(*keys, keys[0]), map(mappings.__getitem__, alike))
            for key, found in zip(keys, zip(*picked, strict=True), strict=False):
                places, column = spread.setdefault(key, ([], []))
                places.extend(alike)
                column.extend(found)
        return dict(spread)
    for row, mapping in enumerate(mappings):
        for key, value in (mapping or {}).items():
            places, column = spread.setdefault(key, ([], []))
            places.append(row)
            column.append(value)
    return dict(spread)


def _column(part: str, places: Sequence[int], values: Column, length: int) -> Any:
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    if part == "metrics":
        numbers = np.array(values, dtype=np.float64)
        if isinstance(places, range):
            return numbers
        column = np.full(length, math.nan)
        column[places] = numbers
        return column
    if isinstance(places, range):
        return list(values)
    if len(values) < length and set(map(type, values)) == {int}:
        # pandas' own guess would be floats, as these have NaN for what is missing.
        with contextlib.suppress(OverflowError):
            wholes, missing = np.zeros(length, dtype=np.int64), np.ones(length, dtype=bool)
            wholes[places], missing[places] = values, False
            return pd.arrays.IntegerArray(wholes, missing)
    spread: list[Any] = [None] * length
    for place, value in zip(places, values, strict=True):
        spread[place] = value
    return spread
