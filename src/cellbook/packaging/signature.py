"""What a model takes and gives: columns or a tensor, inferred of an example or said by hand."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cellbook.errors import InvalidInput, SignatureMismatch
from cellbook.packaging.standalone import SignatureError, conform

_MOST_CATEGORIES = 1000
_FEW = 5
_NULLABLE = {
    "bool": "boolean",
    **{f"int{bits}": f"Int{bits}" for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": f"UInt{bits}" for bits in (8, 16, 32, 64)},
}
"""pandas' dtypes in which values may be missing, by those in which none may."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    dtype: str
    """As pandas says it (``float64``, ``Int64``, ``datetime64[us, UTC]``), but ``string`` for text
    of any kind, and ``object`` for what is of no one type."""
    nullable: bool = False
    """Whether values may be missing."""
    categories: tuple[Any, ...] = ()
    """Of a categorical column: the only values that it may have, in order."""
    ordered: bool = False
    minimum: float | str | None = None
    """The least that a value may be; what is less is refused. Only set by hand."""
    maximum: float | str | None = None
    required: bool = True
    """Whether the column must be there; else it is filled with missing values."""
    observed: tuple[float | str, float | str] | None = None
    """Least and greatest value of the example, which bind nobody."""


@dataclass(frozen=True, slots=True)
class Columns:
    """A table."""

    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Tensor:
    """An array: its dtype, and its shape with None for a dimension of any length."""

    dtype: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """Inputs and outputs; None where nothing is known, and then nothing is checked."""

    inputs: Columns | Tensor | None = None
    outputs: Columns | Tensor | None = None

    def __str__(self) -> str:
        gives = "" if self.outputs is None else f", gives {_in_words(self.outputs)}"
        return f"takes {_in_words(self.inputs)}{gives}"

    def conform(self, data: Any) -> Any:
        """Return `data` as the model takes it; see :func:`.standalone.conform`.

        Raises
        ------
        SignatureMismatch
            If it does not fit, and where.
        """
        try:
            return conform(_schema_doc(self.inputs), data)
        except SignatureError as error:
            raise SignatureMismatch(str(error)) from None

    def warnings(self) -> list[str]:
        """Return what is likely to go wrong with this signature, in a sentence each."""
        whole = [
            column.name
            for column in _columns(self.inputs)
            if column.dtype.startswith(("int", "uint")) and not column.nullable
        ]
        if not whole:
            return []
        more = f" and {len(whole) - _FEW} more" if len(whole) > _FEW else ""
        plural = len(whole) > 1
        return [
            f"The column{'s' * plural} {', '.join(map(repr, whole[:_FEW]))}{more} hold"
            f"{'s' * (not plural)} whole numbers, and no value was missing in the example. pandas "
            "turns whole numbers into floats where one is missing, and such input is refused. If "
            "values may be missing, let one be missing in the example, or say "
            "Column(name, dtype, nullable=True)."
        ]


def _in_words(schema: Columns | Tensor | None) -> str:
    """Return a side of a signature in a few words."""
    if schema is None:
        return "anything"
    if isinstance(schema, Tensor):
        shape = " × ".join("any" if size is None else str(size) for size in schema.shape)
        return f"an array of {schema.dtype}, {shape}"
    told = [f"{one.name!r} {one.dtype}" for one in schema.columns[:_FEW]]
    told += [f"{len(schema.columns) - _FEW} more"] if len(schema.columns) > _FEW else []
    plural = "s" * (len(schema.columns) != 1)
    return f"{len(schema.columns)} column{plural} ({', '.join(told)})"


def infer_signature(inputs: Any, outputs: Any = None) -> Signature:
    """Return the signature of an example.

    Parameters
    ----------
    inputs
        What the model was given: a table, a mapping or list of records, or an array, whose first
        dimension may then be of any length.
    outputs
        What it made of it; None for unknown.
    """
    return Signature(_infer(inputs), None if outputs is None else _infer(outputs))


def as_table(value: Any) -> Any:
    """Return a frame of pandas for what is a table of whatever library; None for what is none."""
    import pandas as pd  # noqa: PLC0415

    if isinstance(value, pd.DataFrame):
        return value
    if isinstance(value, pd.Series):
        return None
    if hasattr(value, "to_pandas") and hasattr(value, "columns"):
        return value.to_pandas()
    if isinstance(value, Mapping):
        plain = not any(
            hasattr(one, "__len__") and not isinstance(one, str) for one in value.values()
        )
        return pd.DataFrame([value] if plain else dict(value))
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], Mapping):
        return pd.DataFrame(list(value))
    return None


def is_texts(array: Any) -> bool:
    """Whether an array of objects holds texts only, as a column of pandas' does."""
    return array.dtype.kind in "OT" and all(isinstance(one, str) for one in array.ravel())


def _infer(value: Any) -> Columns | Tensor | None:
    import numpy as np  # noqa: PLC0415

    frame = as_table(value)
    if frame is not None:
        names = [str(name) for name in frame.columns]
        if len(set(names)) < len(names):
            raise InvalidInput("Two columns of the example have one name. Rename one.")
        return Columns(tuple(_infer_column(str(name), frame[name]) for name in frame.columns))
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if hasattr(value, "toarray"):
        value = value.toarray()
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    texts = array.dtype.kind in "US" or is_texts(array)
    if array.dtype.kind not in "biuf" and not texts:
        return None
    dtype = "str" if texts else str(array.dtype)
    return Tensor(dtype, (None, *array.shape[1:]) if array.ndim else ())


def _infer_column(name: str, values: Any) -> Column:
    import pandas as pd  # noqa: PLC0415

    values = _as_numpy(values)
    if values.dtype.kind == "c":
        raise InvalidInput(f"Column {name!r} holds complex numbers. Give their parts as columns.")
    nullable = bool(values.isna().any())
    there = values.dropna()
    dtype = str(values.dtype)
    if dtype == "category":
        categories = tuple(_plain(one) for one in values.cat.categories)
        if len(categories) > _MOST_CATEGORIES:
            raise InvalidInput(
                f"Column {name!r} has {len(categories)} categories; a signature holds at most "
                f"{_MOST_CATEGORIES}. Make it text."
            )
        return Column(name, dtype, nullable, categories, bool(values.cat.ordered))
    if pd.api.types.is_bool_dtype(values.dtype):
        return Column(name, dtype, nullable)
    if pd.api.types.is_numeric_dtype(values.dtype):
        return Column(name, dtype, nullable, observed=_observed(there))
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        ends = (str(there.min()), str(there.max())) if len(there) else None
        return Column(name, dtype, nullable, observed=ends)
    if len(there) and all(isinstance(one, str) for one in there):
        return Column(name, "string", nullable)
    return Column(name, "object", nullable)


def _as_numpy(values: Any) -> Any:
    """Return numbers and truth values of Arrow's as pandas has them without it: so a request's
    come, and so libraries take them."""
    import pandas as pd  # noqa: PLC0415

    if not isinstance(values.dtype, pd.ArrowDtype):
        return values
    plain: Any = values.dtype.numpy_dtype  # type: ignore[attr-defined]
    if plain.kind not in "biuf":
        return values
    if plain.kind == "f" or not values.isna().any():
        return values.astype(plain)
    return values.astype(_NULLABLE[plain.name])


def _observed(values: Any) -> tuple[float | str, float | str] | None:
    if not len(values):
        return None
    ends = _plain(values.min()), _plain(values.max())
    return ends if all(math.isfinite(end) for end in ends) else None


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _columns(schema: Columns | Tensor | None) -> Sequence[Column]:
    return schema.columns if isinstance(schema, Columns) else ()


# -- as JSON ---------------------------------------------------------------------------------------


def signature_doc(signature: Signature) -> dict[str, Any]:
    """Return a signature as JSON has it, which :mod:`.standalone.conforming` reads."""
    return {
        "inputs": _schema_doc(signature.inputs),
        "outputs": _schema_doc(signature.outputs),
    }


def signature_of(doc: Mapping[str, Any]) -> Signature:
    """Return the signature that JSON tells."""
    return Signature(_schema_of(doc.get("inputs", {})), _schema_of(doc.get("outputs", {})))


def _schema_doc(schema: Columns | Tensor | None) -> dict[str, Any]:
    if isinstance(schema, Columns):
        return {"kind": "columns", "columns": [dict(_told(column)) for column in schema.columns]}
    if isinstance(schema, Tensor):
        return {"kind": "tensor", "dtype": schema.dtype, "shape": list(schema.shape)}
    return {"kind": "any"}


def _told(column: Column) -> Iterator[tuple[str, Any]]:
    yield from (("name", column.name), ("dtype", column.dtype), ("nullable", column.nullable))
    if column.dtype == "category":
        yield from (("categories", list(column.categories)), ("ordered", column.ordered))
    for name in ("minimum", "maximum"):
        if getattr(column, name) is not None:
            yield name, getattr(column, name)
    if not column.required:
        yield "required", False
    if column.observed is not None:
        yield "observed", list(column.observed)


def _schema_of(doc: Mapping[str, Any]) -> Columns | Tensor | None:
    if doc.get("kind") == "columns":
        return Columns(tuple(_column_of(one) for one in doc["columns"]))
    if doc.get("kind") == "tensor":
        return Tensor(doc["dtype"], tuple(doc["shape"]))
    return None


def _column_of(doc: Mapping[str, Any]) -> Column:
    known = {name: doc[name] for name in Column.__dataclass_fields__ if name in doc}
    for name in ("categories", "observed"):
        if name in known:
            known[name] = tuple(known[name])
    return Column(**known)
