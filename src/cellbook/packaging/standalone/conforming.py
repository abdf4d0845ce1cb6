"""Data made to fit a signature without loss, or a clear word why it does not fit.

A signature is JSON: ``{"kind": "columns", "columns": [{"name", "dtype", "nullable", …}]}``,
``{"kind": "tensor", "dtype", "shape"}`` with null for a dimension of any length, or
``{"kind": "any"}``.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

_FEW = 5
"""Names, values or rows that a message tells."""

_EXACT = 2**53
"""Whole numbers up to this are exact as float64."""


class SignatureError(ValueError):
    """Data that does not fit the signature; the message says where and what would."""


def conform(schema: Mapping[str, Any], data: Any) -> Any:
    """Return `data` as the model was given it when it was made.

    Columns come in the order of the signature, those that it does not name are left out.  Values
    change their type only where none is changed by it: 3 may become 3.0, and 3.0 become 3.

    Parameters
    ----------
    schema
        The inputs of a signature.
    data
        For columns: a DataFrame (pandas, polars, Arrow), a mapping of columns, a list of mappings,
        or rows × columns of an array in the signature's order.  For a tensor: what NumPy makes an
        array of.

    Raises
    ------
    SignatureError
        If it does not fit.
    """
    kind = schema.get("kind", "any")
    if kind == "columns":
        return _columns(schema["columns"], data)
    if kind == "tensor":
        return _tensor(schema, data)
    return data


# -- tensors ---------------------------------------------------------------------------------------


def _tensor(schema: Mapping[str, Any], data: Any) -> Any:
    import numpy as np  # noqa: PLC0415

    wanted = np.dtype(schema["dtype"])
    try:
        # What is sparse stays so.
        array = data if hasattr(data, "tocsr") else np.asarray(data)
    except ValueError as error:
        raise SignatureError(
            f"The input is no array: {error}. Rows must be equally long."
        ) from None
    shape = schema["shape"]
    told = "(" + ", ".join("any" if size is None else str(size) for size in shape) + ")"
    fits = len(shape) == array.ndim and all(
        size is None or size == length for size, length in zip(shape, array.shape, strict=True)
    )
    if not fits:
        raise SignatureError(f"The input has the shape {array.shape}. The model takes {told}.")
    if array.dtype == wanted:
        return array
    if hasattr(array, "tocsr"):
        made = array.tocsr()
        values = _tensor({"dtype": schema["dtype"], "shape": [None]}, made.data)
        return made.astype(values.dtype)
    if wanted.kind == "U" and array.dtype.kind in "USOT":
        odd = [one for one in array.ravel() if not isinstance(one, str)]
        if odd:
            raise SignatureError(f"The input holds {_list(odd[:1])}. The model takes text.")
        return array.astype("U")
    if array.dtype.kind not in "biuf" or (array.dtype.kind == "b") != (wanted.kind == "b"):
        raise SignatureError(f"The input is of {array.dtype}. The model takes {wanted}.")
    with np.errstate(all="ignore"):
        cast = array.astype(wanted)
        if wanted.kind == "f":
            # A float of fewer bits is what a model of that type has always been given.
            lost = array.dtype.kind != "f" and bool((np.abs(array.astype("f8")) > _EXACT).any())
            lost |= bool((np.isfinite(array) & ~np.isfinite(cast)).any())
        else:
            lost = bool((cast.astype("f8") != array.astype("f8")).any())
    if lost:
        raise SignatureError(
            f"The input is of {array.dtype} and holds values that {wanted}, which the model takes, "
            "cannot. Convert it yourself, if that is meant."
        )
    return cast


# -- columns ---------------------------------------------------------------------------------------


def _columns(columns: Sequence[Mapping[str, Any]], data: Any) -> Any:
    import pandas as pd  # noqa: PLC0415

    frame = _as_frame([column["name"] for column in columns], data)
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SignatureError(f"The input has two columns named {_list(twice)}. Rename one.")
    frame = frame.set_axis(names, axis="columns")
    missing = [
        column["name"]
        for column in columns
        if column["name"] not in frame.columns and column.get("required", True)
    ]
    if missing:
        known = [column["name"] for column in columns]
        others = [name for name in names if name not in known]
        near = {name: difflib.get_close_matches(name, others, 1) for name in missing}
        hints = [f"{found[0]!r} for {name!r}" for name, found in near.items() if found]
        raise SignatureError(
            f"The input lacks the column{'s' * (len(missing) > 1)} {_list(missing)}. "
            + (f"Is it {_list(hints, plain=True)}?" if hints else f"It has {_list(names)}.")
        )
    made = {}
    for column in columns:
        name = column["name"]
        if name in frame.columns:
            made[name] = _column(column, frame[name])
        else:
            made[name] = _column(
                {**column, "nullable": True}, pd.Series([None] * len(frame), index=frame.index)
            )
    return pd.DataFrame(made, index=frame.index, columns=[column["name"] for column in columns])


def _as_frame(names: Sequence[str], data: Any) -> Any:
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    if isinstance(data, pd.DataFrame):
        return data
    for convert in ("to_pandas", "to_frame"):
        if hasattr(data, convert) and hasattr(
            data, "columns" if convert == "to_pandas" else "index"
        ):
            return getattr(data, convert)()
    try:
        if isinstance(data, Mapping):
            one = not any(isinstance(value, (list, tuple, np.ndarray)) for value in data.values())
            return pd.DataFrame([data] if one else dict(data))
        if isinstance(data, (list, tuple)) and data and isinstance(data[0], Mapping):
            return pd.DataFrame(list(data))
        array = np.asarray(data)
    except ValueError as error:
        raise SignatureError(f"The input is no table: {error}. Give a DataFrame.") from None
    if array.ndim != 2 or array.shape[1] != len(names):
        raise SignatureError(
            f"The input has the shape {array.shape}. The model takes {len(names)} columns: "
            f"{_list(names)}. Give a DataFrame with these, or rows in their order."
        )
    return pd.DataFrame(array, columns=list(names))


def _column(column: Mapping[str, Any], values: Any) -> Any:
    name, dtype = column["name"], column["dtype"]
    missing = values.isna().to_numpy()
    if missing.any() and not column.get("nullable", False):
        rows = [int(row) for row in missing.nonzero()[0]]
        raise SignatureError(
            f"Column {name!r} misses {len(rows)} of {len(values)} values (row {_rows(rows)}). The "
            "model was made without missing values there: fill them, or leave these rows out."
        )
    if dtype == "string":
        made = _texts(name, values, missing)
    elif dtype == "category":
        made = _category(column, values, missing)
    elif dtype.startswith("datetime64"):
        made = _times(name, dtype, values)
    elif dtype in ("bool", "boolean"):
        made = _booleans(name, dtype, values, missing)
    elif dtype.lower().startswith(("int", "uint", "float")):
        made = _numbers(name, dtype, values, missing)
    else:
        return values
    _check_range(column, made[~missing])
    return made


def _numbers(name: str, dtype: Any, values: Any, missing: Any) -> Any:
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    there = values[~missing]
    if pd.api.types.is_bool_dtype(there.dtype) or not pd.api.types.is_numeric_dtype(there.dtype):
        odd = [
            value
            for value in there
            if isinstance(value, (bool, np.bool_))
            or not isinstance(value, (int, float, np.integer, np.floating))
        ]
        if odd:
            raise SignatureError(
                f"Column {name!r} holds {_list(odd[:1])}, which is no number. The model takes "
                f"{dtype} there."
            )
        there = pd.Series(list(there), index=there.index)
    numbers = there.to_numpy()
    wanted = np.dtype(dtype.lower())
    if wanted.kind in "iu":
        info = np.iinfo(wanted)
        if numbers.dtype.kind == "f":
            with np.errstate(all="ignore"):
                odd = list(numbers[(numbers != np.floor(numbers)) | ~np.isfinite(numbers)])
            if odd:
                raise SignatureError(
                    f"Column {name!r} holds {_list(odd[:1])}. The model takes whole numbers "
                    f"({dtype}) there."
                )
        out = [int(value) for value in numbers if not info.min <= value <= info.max]
        if out:
            raise SignatureError(f"Column {name!r} holds {out[0]}, which does not fit {dtype}.")
    elif numbers.dtype.kind in "iu" and len(numbers):
        large = max(abs(int(numbers.min())), abs(int(numbers.max())))
        if wanted.itemsize == 8 and large > _EXACT:
            raise SignatureError(
                f"Column {name!r} holds {large}, which {dtype} cannot hold exactly. Convert it "
                "yourself, if that is meant."
            )
    if not missing.any():
        return pd.Series(numbers, index=values.index).astype(dtype)
    if dtype[0].isupper():
        return pd.Series(numbers, index=there.index).astype(dtype).reindex(values.index)
    # As pandas has it: whole numbers with a missing one among them are floats.
    kind: Any = dtype if wanted.kind == "f" else "float64"
    return pd.Series(numbers, index=there.index).astype(kind).reindex(values.index)


def _booleans(name: str, dtype: Any, values: Any, missing: Any) -> Any:
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    odd = [value for value in values[~missing] if not isinstance(value, (bool, np.bool_))]
    if odd:
        raise SignatureError(
            f"Column {name!r} holds {_list(odd[:1])}. The model takes True or False."
        )
    if missing.any():
        return values.astype("boolean" if dtype == "boolean" else "object")
    return pd.Series(list(values), index=values.index).astype(dtype)


def _texts(name: str, values: Any, missing: Any) -> Any:
    odd = [value for value in values[~missing] if not isinstance(value, str)]
    if odd:
        raise SignatureError(
            f"Column {name!r} holds {_list(odd[:1])} of {type(odd[0]).__name__}. The model takes "
            "text there."
        )
    return values.astype("object") if str(values.dtype) == "category" else values


def _category(column: Mapping[str, Any], values: Any, missing: Any) -> Any:
    import pandas as pd  # noqa: PLC0415

    known = column["categories"]
    new = [value for value in dict.fromkeys(values[~missing]) if value not in known]
    if new:
        raise SignatureError(
            f"Column {column['name']!r} holds {_list(new)}. The model knows {_list(known)} there."
        )
    kind = pd.CategoricalDtype(known, ordered=column.get("ordered", False))
    return pd.Series(pd.Categorical(list(values), dtype=kind), index=values.index)


def _times(name: str, dtype: Any, values: Any) -> Any:
    import pandas as pd  # noqa: PLC0415

    if pd.api.types.is_numeric_dtype(values.dtype) and len(values):
        raise SignatureError(
            f"Column {name!r} holds numbers. The model takes times there: give datetimes, or text "
            "as 2026-03-01T12:00:00."
        )
    try:
        times = pd.to_datetime(values, utc="," in dtype)
        return (
            times.astype(dtype)
            if "," not in dtype
            else times.dt.tz_convert(dtype[dtype.index(",") + 1 : -1].strip()).astype(dtype)
        )
    except (ValueError, TypeError) as error:
        reason = str(error).partition("\n")[0][:120]
        raise SignatureError(
            f"Column {name!r} holds what is no time ({reason}). Give datetimes, or text as "
            "2026-03-01T12:00:00."
        ) from None


def _check_range(column: Mapping[str, Any], values: Any) -> None:
    for bound, beyond in (("minimum", "below"), ("maximum", "above")):
        limit = column.get(bound)
        if limit is None or not len(values):
            continue
        if column["dtype"].startswith("datetime64"):
            import pandas as pd  # noqa: PLC0415

            limit = pd.Timestamp(limit)
        worst = values.min() if bound == "minimum" else values.max()
        if worst < limit if bound == "minimum" else worst > limit:
            raise SignatureError(
                f"Column {column['name']!r} holds {worst}, {beyond} the {bound} of {limit} that "
                "the signature sets."
            )


# -- words -----------------------------------------------------------------------------------------


def _list(values: Sequence[Any], plain: bool = False) -> str:
    told = [str(value) if plain else repr(_bare(value))[:60] for value in values[:_FEW]]
    more = len(values) - len(told)
    return ", ".join(told) + (f" and {more} more" if more > 0 else "")


def _bare(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _rows(rows: Sequence[int]) -> str:
    return ", ".join(map(str, rows[:_FEW])) + (" …" if len(rows) > _FEW else "")
