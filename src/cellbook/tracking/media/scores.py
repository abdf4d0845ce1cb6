"""A metric's value on each example."""

from __future__ import annotations

import json
from typing import Any

from cellbook.errors import InvalidInput
from cellbook.records import Json, as_text, check_metric_name
from cellbook.tracking.media.encoded import Encoded, file_name
from cellbook.tracking.media.texts import json_bytes

KIND = "scores"


def encode_scores(key: object, values: Any, ids: Any = None) -> Encoded:
    """Encode one number an example as JSON: ``{"metric", "values", "ids"}``.

    NaN is null there.

    Raises
    ------
    InvalidInput
        If these are no numbers, or ids are of another number or not all different.
    """
    name = check_metric_name(key)
    numbers = _numbers(name, values)
    named = None if ids is None else _names(name, ids, len(numbers))
    content: Json = {"metric": name, "values": numbers, "ids": named}
    meta: dict[str, Json] = {"metric": name, "examples": len(numbers)}
    path = f"scores/{file_name(name)}.json"
    return Encoded(json_bytes(content), "application/json", KIND, path, meta)


def decode_scores(data: bytes) -> tuple[list[float], list[str] | None]:
    """Return the numbers, and what names each example if anything does."""
    content = json.loads(data)
    numbers = [float("nan") if one is None else float(one) for one in content["values"]]
    return numbers, content["ids"]


def _numbers(name: str, values: Any) -> list[Json]:
    import numpy as np  # noqa: PLC0415  keeps `import cellbook` quick

    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            f"The scores of {name!r} are no numbers ({error}). Give one number an example."
        ) from None
    if array.ndim != 1 or not len(array):
        raise InvalidInput(
            f"The scores of {name!r} have the shape {array.shape}. Give one number an example."
        )
    numbers: list[Json] = array.tolist()
    return numbers


def _names(name: str, ids: Any, count: int) -> list[Json]:
    named: list[Json] = [as_text(one) for one in ids]
    if len(named) != count or len(set(map(str, named))) != count:
        raise InvalidInput(
            f"There are {count:,} scores of {name!r} and {len(set(map(str, named))):,} different "
            "ids. Give each example an id of its own."
        )
    return named
