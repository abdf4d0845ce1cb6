"""Tables: pandas, Arrow and polars frames, dicts of columns, lists of rows."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from cellbook.errors import CellbookError, InvalidInput
from cellbook.optional import require
from cellbook.records import Json
from cellbook.tracking.media.encoded import Encoded, media_type_of, with_extension
from cellbook.tracking.media.texts import json_bytes, plain

_NAMES_SHOWN = 50


def encode_table(data: Any, artifact_file: str) -> Encoded:
    """Encode a table as JSON or, by the extension, as CSV or Parquet.

    The JSON is what ``pandas.read_json(orient="split")`` reads, as MLflow keeps tables, with each
    float whole.  An index that only numbers the rows is left out.

    Parameters
    ----------
    data
        A pandas frame or series, a table of pyarrow, polars or another library that hands out
        Arrow, a NumPy array, a dict of columns, or a list of rows.  It is not changed.
    artifact_file
        Place among the run's artifacts: ``.json`` by default, ``.csv``, ``.parquet``.

    Raises
    ------
    InvalidInput
        If it is no table, or holds what that type of file cannot.
    MissingDependency
        If pyarrow is needed and not installed: for Parquet, and for tables other than pandas'.
    """
    path, extension = with_extension(
        artifact_file, ".json", (".json", ".csv", ".parquet"), "A table"
    )
    try:
        table = _table(data)
        if extension != ".parquet":
            table = _frame(table)
    except CellbookError:
        raise
    except Exception as error:
        raise InvalidInput(
            f"The table for {path!r} is a {type(data).__name__} that forms no table ({error}). "
            "Give columns of one length, or build the frame first: pandas.DataFrame(data)."
        ) from error
    if extension == ".parquet":
        encoded = _parquet(table, path)
    else:
        encoded = _split_json(table) if extension == ".json" else _csv(table)
    rows, columns = table.shape
    # By `iloc`, since a frame shows each column as an attribute of that name.
    names = table.columns.tolist() if hasattr(table, "iloc") else table.column_names
    shown: list[Json] = [str(name) for name in names[:_NAMES_SHOWN]]
    meta: dict[str, Json] = {"rows": rows, "columns": columns, "names": shown}
    return Encoded(encoded, media_type_of(path), "table", path, meta)


def _table(data: Any) -> Any:
    """Return the table as a pandas frame, for a frame itself, or as Arrow's: do not write to it."""
    import pandas as pd  # noqa: PLC0415 - heavy, and needed by those only who log tables

    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame("value" if data.name is None else data.name)
    if hasattr(data, "__arrow_c_stream__"):
        return _from_arrow(data.to_frame() if hasattr(data, "to_frame") else data)
    if isinstance(data, Mapping):
        columns = dict(data)
        if not any(pd.api.types.is_list_like(column) for column in columns.values()):
            columns = {name: [value] for name, value in columns.items()}
        return pd.DataFrame(columns)
    if isinstance(data, (list, tuple)) or hasattr(data, "__array__"):
        return pd.DataFrame(list(data) if isinstance(data, tuple) else data)
    raise InvalidInput(
        f"The table is a {type(data).__name__}. Give a frame, a dict of columns or a list of rows; "
        "collect a lazy or distributed one first: .collect() or .compute()."
    )


def _from_arrow(data: Any) -> Any:
    library = type(data).__module__.partition(".")[0]
    pyarrow = require("pyarrow", "tables", f"Logging a table of {library}")
    if any(str(kind) == "Object" for kind in getattr(data, "dtypes", ())):
        # polars would hand out the addresses of the objects as if they were values.
        raise InvalidInput(
            "The table has a column of Python objects, which polars cannot hand on. "
            "Turn it into text or numbers first, or into pandas: frame.to_pandas()."
        )
    return pyarrow.table(data)


def _frame(table: Any) -> Any:
    import pandas as pd  # noqa: PLC0415

    if isinstance(table, pd.DataFrame):
        return table
    # Arrow's own types, so that whole numbers beside a missing one do not become floats.
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def _csv(frame: Any) -> bytes:
    text: str = frame.to_csv(index=_has_labels(frame), lineterminator="\n")
    return text.encode("utf-8", "backslashreplace")


def _has_labels(frame: Any) -> bool:
    """Whether the index says more than the number of the row."""
    import pandas as pd  # noqa: PLC0415

    index = frame.index
    numbered = isinstance(index, pd.RangeIndex) and index.start == 0 and index.step == 1
    return not numbered or index.name is not None


def _split_json(frame: Any) -> bytes:
    # pandas' own to_json keeps ten decimals, so that 1e-12 is read back as 0.
    table: dict[str, Any] = {"columns": [plain(label) for label in frame.columns.tolist()]}
    if _has_labels(frame):
        table["index"] = _cells(frame.index)
    columns = [_cells(frame.iloc[:, position]) for position in range(frame.shape[1])]
    rows = zip(*columns, strict=True) if columns else ([] for _ in range(len(frame)))
    table["data"] = list(rows)
    return json_bytes(table)


def _cells(column: Any) -> list[Json]:
    import pandas as pd  # noqa: PLC0415

    values: list[Any] = column.tolist()
    # Of an extension type's values any may be missing, whatever kind it claims.
    kind = "O" if pd.api.types.is_extension_array_dtype(column.dtype) else column.dtype.kind
    if kind in "bui":
        return values
    if kind == "f":
        return [value if value == value else None for value in values]
    return [None if value is pd.NA else plain(value) for value in values]


def _parquet(table: Any, path: str) -> bytes:
    pyarrow = require("pyarrow", "tables", f"Writing a table as {path!r}")
    parquet = require("pyarrow.parquet", "tables", f"Writing a table as {path!r}")
    buffer = BytesIO()
    try:
        if not isinstance(table, pyarrow.Table):
            # Names of mixed types would be turned into text all the same, with a warning.
            named = table if table.columns.nlevels > 1 else table.rename(columns=str)
            table = pyarrow.Table.from_pandas(named)
        parquet.write_table(table, buffer)
    except Exception as error:
        raise InvalidInput(
            f"The table for {path!r} holds what Parquet cannot ({error}). "
            "Name the file .json, or give each column one type: frame['name'].astype(str)."
        ) from error
    return buffer.getvalue()
