"""Bodies of requests: JSON that is what it should be, and tables of what mlflow's clients send."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cellbook.errors import InvalidInput, one_line
from cellbook.packaging import Columns, Signature
from cellbook.records import shaping
from cellbook.serving.fitting import Given, Grid, Table
from cellbook.serving.refusing import Refused

FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
"""What mlflow's clients put their input under."""

JSON, CSV = "application/json", "text/csv"
_MISSING = (
    "", "#N/A", "#NA", "<NA>", "N/A", "NA", "NULL", "NaN", "None", "nan", "n/a", "null", "-NaN",
    "-nan",
)  # fmt: skip
"""What stands for a missing number, time or truth value in a text file."""


SHIFTED = (
    "its rows have more fields than its header. Name each column, and end no line with a comma."
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks."""

    given: Given
    key: str = ""
    """Whom the answer is for; empty if it does not say."""
    request_id: str | None = None
    """What the client calls its request."""
    outputs: tuple[str, ...] = ()
    """The only outputs that are wanted; empty for all."""


def media_type(header: str) -> str:
    """Return the type that a Content-Type header names.

    Raises
    ------
    Refused
        If its text is in anything but UTF-8.
    """
    kind, *parameters = (part.strip().lower() for part in header.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in ("utf-8", "utf8", "us-ascii"):
            raise Refused(415, f"The body is in {value[:40]}. Send UTF-8.")
    return kind


def read_json(body: bytes) -> dict[str, Any]:
    """Return the object that a body is.

    Raises
    ------
    Refused
        If it is none.
    """
    try:
        doc = shaping.read_json(body.decode("utf-8"))
    except InvalidInput as error:
        raise Refused(400, f"The body cannot be read: {error}") from None
    except UnicodeDecodeError:
        raise Refused(400, "The body is not in UTF-8. Send JSON in UTF-8.") from None
    except RecursionError:
        raise Refused(400, "The JSON is nested too deep.") from None
    except ValueError as error:
        raise Refused(400, f"The body is no JSON: {str(error)[:200]}.") from None
    if not isinstance(doc, dict):
        raise Refused(400, "The body must be a JSON object, {…}.")
    return doc


def decode_invocation(body: bytes, kind: str, signature: Signature) -> Asked:
    """Return what a request in mlflow's shape asks.

    Parameters
    ----------
    body
        The whole of it.
    kind
        Its media type.
    signature
        Of the model, which says what CSV's text means.

    Raises
    ------
    Refused
        If it asks nothing that there is an answer to.
    """
    if kind == CSV:
        return Asked(_csv(body, signature))
    if kind != JSON:
        raise Refused(415, f"The body is {kind[:80] or 'of no type'}. Send {JSON} or {CSV}.")
    doc = read_json(body)
    there = [form for form in FORMS if form in doc]
    if len(there) != 1:
        raise Refused(
            400, f"The body must have one of {', '.join(FORMS)}; it has {_names(doc) or 'nothing'}."
        )
    others = [name for name in doc if name not in (there[0], "params")]
    if others:
        raise Refused(400, f"The body has {_names(others)}, which means nothing. Leave it out.")
    given = doc[there[0]]
    key = _params(doc.get("params"))
    if there[0] == "dataframe_split":
        return Asked(_split(given), key)
    if there[0] == "dataframe_records":
        return Asked(_records(given), key)
    return Asked(_tf(there[0], given), key)


def key_of(parameters: Any) -> str:
    """Return the key in a request's parameters: whom the answer is for."""
    key = parameters.get("key", "") if isinstance(parameters, Mapping) else ""
    if isinstance(key, bool) or not isinstance(key, (str, int)):
        raise Refused(400, "The parameter key must be text or a whole number.")
    return str(key)


def _params(params: Any) -> str:
    if params is None:
        return ""
    if not isinstance(params, dict):
        raise Refused(400, "params must be a JSON object.")
    unknown = [name for name in params if name != "key"]
    if unknown:
        raise Refused(400, f"The model takes no params; {_names(unknown)} would change nothing.")
    return key_of(params)


def _split(given: Any) -> Table:
    if not isinstance(given, dict) or not isinstance(given.get("data"), list):
        raise Refused(400, 'dataframe_split must be {"columns": […], "data": [[…], …]}.')
    names = given.get("columns")
    data = given["data"]
    if not isinstance(names, list) or not all(isinstance(name, (str, int)) for name in names):
        raise Refused(400, "dataframe_split.columns must be a list of names.")
    names = [str(name) for name in names]
    if len(set(names)) < len(names):
        raise Refused(400, "dataframe_split.columns names a column twice.")
    odd = next((n for n, row in enumerate(data) if not _is_row(row, len(names))), None)
    if odd is not None:
        raise Refused(400, f"Row {odd} of dataframe_split.data is no list of {len(names)} values.")
    columns = zip(*data, strict=True) if data else [[] for _ in names]
    return _table({name: list(values) for name, values in zip(names, columns, strict=True)})


def _records(given: Any, form: str = "dataframe_records") -> Table:
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise Refused(400, f"{form} must be a list of objects, one a row.")
    if not given:
        return _table({})
    # A value that only some rows have is missing in the others.
    names = list(given[0])
    if any(len(row) != len(names) or list(row) != names for row in given):
        names = list(dict.fromkeys(name for row in given for name in row))
    return _table({name: [row.get(name) for row in given] for name in names})


def _tf(form: str, given: Any) -> Given:
    if isinstance(given, dict) and form == "inputs":
        columns = {
            str(name): value if isinstance(value, list) else [value]
            for name, value in given.items()
        }
        if len({len(values) for values in columns.values()}) > 1:
            raise Refused(400, "The columns in inputs are not equally long.")
        return _table(columns)
    if not isinstance(given, list):
        raise Refused(400, f"{form} must be a list.")
    if not given:
        raise Refused(400, "The input has no rows. Give one at least.")
    if isinstance(given[0], dict):
        return _records(given, form)
    return Grid(given)


def _table(columns: Mapping[str, list[Any]]) -> Table:
    rows = len(next(iter(columns.values()))) if columns else 0
    if not rows:
        raise Refused(400, "The input has no rows. Give one at least.")
    return Table(columns, rows)


def _csv(body: bytes, signature: Signature) -> pd.DataFrame:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused(400, "The body is not in UTF-8. Send CSV in UTF-8.") from None
    try:
        header = list(pd.read_csv(io.StringIO(text), nrows=0).columns)
        options = csv_options(header, signature)
        frame: pd.DataFrame = pd.read_csv(io.StringIO(text), low_memory=False, **options)
    except Exception as error:
        raise Refused(400, f"The body is no CSV with a header: {one_line(error)}.") from None
    if is_shifted(frame):
        raise Refused(400, f"The body is no CSV with a header: {SHIFTED}")
    if frame.empty:
        raise Refused(400, "The input has no rows. Give one at least.")
    return frame


def csv_options(header: Sequence[str], signature: Signature) -> dict[str, Any]:
    """Return how pandas is to read a text file with these columns.

    In a column of text nothing but an empty field is missing: "NA" and "None" may be what it says.
    """
    texts = text_columns(signature)
    missing = {name: [""] if name in texts else list(_MISSING) for name in header}
    return {"dtype": texts, "keep_default_na": False, "na_values": missing}


def is_shifted(frame: pd.DataFrame) -> bool:
    """Whether rows of a text file have more fields than its header: pandas takes the first ones as
    names of the rows then, and the others for columns that they do not belong to."""
    return not isinstance(frame.index, pd.RangeIndex)


def text_columns(signature: Signature) -> dict[str, type[str]]:
    """Return which columns of a text file are text even where they look like numbers."""
    columns = signature.inputs.columns if isinstance(signature.inputs, Columns) else ()
    return {
        column.name: str
        for column in columns
        if column.dtype == "string"
        or (column.dtype == "category" and all(isinstance(one, str) for one in column.categories))
    }


def _is_row(row: Any, width: int) -> bool:
    return isinstance(row, list) and len(row) == width


def _names(names: Any) -> str:
    listed = [str(name)[:40] for name in names]
    return ", ".join(listed[:5]) + (" …" if len(listed) > 5 else "")
