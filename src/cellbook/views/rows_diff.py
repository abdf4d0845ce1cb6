"""How the rows of two tables differ: paired by a key, or counted as members of two heaps."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cellbook.errors import InvalidInput

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_EXAMPLES = 8


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row that differs, as an example."""

    key: str
    column: str
    """Empty where the whole row is new or gone."""
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowsDifference:
    """How many rows are new, gone and changed."""

    added: int
    removed: int
    changed: int | None
    """Rows whose key is in both, with other values; None where rows have no key."""
    same: int
    key: tuple[str, ...]
    """The columns by which rows were paired; ``index``, or nothing where whole rows were."""
    examples: tuple[RowChange, ...] = ()


def rows_difference(
    before: pd.DataFrame, after: pd.DataFrame, key: list[str]
) -> RowsDifference | None:
    """Return how many rows of two tables of the same columns are new, gone and changed.

    Parameters
    ----------
    before, after
        The tables.
    key
        The columns that pair rows; none takes the index where it tells each row of both apart and
        is no mere count, else whole rows are compared.

    Returns
    -------
    RowsDifference or None
        None where rows cannot be compared.

    Raises
    ------
    InvalidInput
        If `key` does not tell rows apart.
    """
    if key:
        columns = [[frame[name] for name in key] for frame in (before, after)]
        pair = _codes(columns[0], columns[1], ", ".join(key))
        if not all(index.is_unique for index in pair):
            raise InvalidInput(
                f"{', '.join(key)} does not tell rows apart: some are there twice. Name another."
            )
        rest = [frame.drop(columns=key) for frame in (before, after)]
        return _keyed(rest[0], rest[1], pair, columns, tuple(key))
    if _is_key(before.index) and _is_key(after.index) and before.index.dtype == after.index.dtype:
        levels = [
            [index.get_level_values(level).to_series() for level in range(index.nlevels)]
            for index in (before.index, after.index)
        ]
        if len(levels[0]) == len(levels[1]):
            pair = _codes(levels[0], levels[1], "The index")
            if all(index.is_unique for index in pair):
                return _keyed(before, after, pair, levels, ("index",))
    return heaped(before, after)


def _is_key(index: pd.Index[Any]) -> bool:
    """Whether an index tells rows apart, and does more than count them."""
    from cellbook.datasets.subsets.matching import counts_only  # noqa: PLC0415 - heavy

    return bool(index.is_unique) and not counts_only(index)


def _codes(
    before: list[pd.Series[Any]], after: list[pd.Series[Any]], what: str
) -> tuple[pd.Index[Any], pd.Index[Any]]:
    """Return keys as numbers: the same where all values are, whatever they lie in.

    A missing value is like another one; no number is taken for another one that a float has no
    room to tell it from.
    """
    import numpy as np  # noqa: PLC0415 - heavy
    import pandas as pd  # noqa: PLC0415 - heavy

    levels = []
    for first, second in zip(before, after, strict=True):
        if first.dtype == second.dtype and first.dtype != object:
            levels.append(pd.factorize(pd.concat([first, second], ignore_index=True))[0])
            continue
        seen: dict[Any, int] = {}
        codes: list[int] = []
        try:
            for one in (first, second):
                gone = one.isna().tolist()
                for value, missing in zip(one.astype(object).tolist(), gone, strict=True):
                    plain = value.item() if isinstance(value, np.generic) else value
                    codes.append(-1 if missing else seen.setdefault(plain, len(seen)))
        except TypeError:
            raise InvalidInput(
                f"{what} holds values that do not pair rows, such as lists. Name another column."
            ) from None
        levels.append(np.array(codes))
    whole = pd.Index(levels[0]) if len(levels) == 1 else pd.MultiIndex.from_arrays(levels)
    rows = len(before[0])
    return whole[:rows], whole[rows:]


def _keyed(
    before: pd.DataFrame,
    after: pd.DataFrame,
    codes: tuple[pd.Index[Any], pd.Index[Any]],
    labels: list[list[pd.Series[Any]]],
    key: tuple[str, ...],
) -> RowsDifference:
    """Compare rows of the same codes; `labels` are the columns that these stand for, of each."""
    theirs = codes[1].get_indexer(codes[0])
    both = (theirs >= 0).nonzero()[0]
    removed = (theirs < 0).nonzero()[0]
    added = (codes[0].get_indexer(codes[1]) < 0).nonzero()[0]
    first, second = before.iloc[both], after.iloc[theirs[both]]
    differs = None
    examples: list[RowChange] = []
    for name in first.columns:
        unlike = _unlike(first[name], second[name])
        differs = unlike if differs is None else differs | unlike
        for place in unlike.nonzero()[0][: max(0, _EXAMPLES - len(examples))]:
            values = first[name].iloc[place], second[name].iloc[place]
            told = _label(labels[0], int(both[place]))
            examples.append(RowChange(told, str(name), *map(_text, values)))
    changed = 0 if differs is None else int(differs.sum())
    examples += [RowChange(_label(labels[1], int(at)), "", "", "added") for at in added[:3]]
    examples += [RowChange(_label(labels[0], int(at)), "", "removed", "") for at in removed[:3]]
    return RowsDifference(
        len(added), len(removed), changed, len(both) - changed, key, tuple(examples)
    )


def _label(columns: list[pd.Series[Any]], row: int) -> str:
    values = tuple(column.iloc[row : row + 1].tolist()[0] for column in columns)
    return _text(values[0] if len(values) == 1 else values)


def _unlike(first: pd.Series[Any], second: pd.Series[Any]) -> np.ndarray[Any, Any]:
    """Return where two columns of the same rows differ; a missing value is like another one."""
    import numpy as np  # noqa: PLC0415 - heavy

    if first.dtype == second.dtype and first.dtype.kind in "biuf":
        a, b = first.to_numpy(), second.to_numpy()
        return np.asarray((a != b) & ~((a != a) & (b != b)))
    missing = first.isna().to_numpy(), second.isna().to_numpy()
    a, b = (one.astype(object).to_numpy() for one in (first, second))
    unlike = np.fromiter((_differ(x, y) for x, y in zip(a, b, strict=True)), bool, len(a))
    return np.asarray((unlike & ~(missing[0] & missing[1])) | (missing[0] != missing[1]))


def _differ(first: Any, second: Any) -> bool:
    try:
        return bool(first != second)
    except Exception:
        # Arrays in cells, and whatever refuses to be compared.
        return repr(first) != repr(second)


def heaped(before: pd.DataFrame, after: pd.DataFrame) -> RowsDifference | None:
    """Compare whole rows, how often each is there."""
    import pandas as pd  # noqa: PLC0415 - heavy

    try:
        heaps = []
        for frame, other in ((before, after), (after, before)):
            # Rows are alike whose values are, also where a dtype became another one.
            alike = {
                name: frame[name].astype(object).map(_plain)
                if frame[name].dtype != other[name].dtype
                else frame[name]
                for name in frame.columns
            }
            hashes = pd.util.hash_pandas_object(pd.DataFrame(alike, index=frame.index), index=False)
            heaps.append(hashes.value_counts())
    except (TypeError, ValueError):  # Lists and the like have no hash.
        return None
    common = heaps[0].index.intersection(heaps[1].index)
    same = int(pd.concat([heaps[0].loc[common], heaps[1].loc[common]], axis=1).min(axis=1).sum())
    return RowsDifference(len(after) - same, len(before) - same, None, same, ())


def _plain(value: Hashable) -> Any:
    return str(float(value)) if isinstance(value, (int, float)) else str(value)


def _text(value: Any) -> str:
    text = repr(value) if isinstance(value, (str, bytes)) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"
