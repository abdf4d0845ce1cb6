"""Arrays of any library, as NumPy's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cellbook.errors import InvalidInput

if TYPE_CHECKING:
    from numpy.typing import NDArray


def is_tensor(values: object) -> bool:
    """Whether `values` quacks like a torch tensor, whose images put the channels first."""
    return all(callable(getattr(values, name, None)) for name in ("detach", "cpu", "numpy"))


def as_array(values: Any, what: str) -> NDArray[Any]:
    """Return `values` as a NumPy array, sharing memory where that is possible: do not write to it.

    Raises
    ------
    InvalidInput
        If they do not form one array.
    """
    import numpy as np  # noqa: PLC0415 - heavy, and needed by those only who log arrays

    try:
        if is_tensor(values):
            values = values.detach().cpu().numpy()
        return np.asarray(values)
    except Exception as error:
        raise InvalidInput(
            f"{what} is a {type(values).__name__} that does not form one array ({error}). "
            "Turn it into a NumPy array of numbers first."
        ) from error
