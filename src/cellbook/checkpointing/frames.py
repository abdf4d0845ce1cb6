"""pandas frames and indexes in a checkpoint: what shares memory goes on sharing it, safely.

pandas copies on write: frames that share memory know of each other through a
``BlockValuesRefs``, so that the first to change takes a copy.  Pickling drops that; restored
frames that share memory would then change each other.  So it is saved with them.

Imported only where pandas is.  The functions under "rebuilding" stand by name in every stream.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from pandas._libs.internals import BlockPlacement, BlockValuesRefs
from pandas.core.internals.blocks import Block, new_block
from pandas.core.internals.managers import SingleBlockManager

from cellbook.checkpointing.rebuild import Lost


def reduce_block(encoder: object, it: Any) -> Any:
    """Reduce a block of a frame, with those it shares memory with."""
    return frame_block, (it.values, it.mgr_locs.indexer, it.ndim, it.refs)


def reduce_column(encoder: object, it: Any) -> Any:
    """Reduce what holds the one block of a series; pandas itself would unshare its memory."""
    return column, (type(it), it.blocks[0], it.index)


def reduce_references(encoder: object, it: Any) -> Any:
    """Reduce what blocks that share memory hold in common."""
    return block_references, ()


def reduce_index(encoder: object, it: Any) -> Any:
    """Reduce an index, with those it shares memory with."""
    reduced = it.__reduce__()
    references = vars(it).get("_references")
    if references is None or (len(reduced) > 2 and reduced[2] is not None):
        return reduced
    return index_with, (reduced[0], reduced[1], references)


def reduce_string_dtype(encoder: Any, it: Any) -> Any:
    """Reduce the dtype of strings; its nan is always numpy's."""
    if it.na_value is pd.NA:
        return encoder.plainly(it)
    return string_dtype, (it.storage,)


# -- rebuilding --------------------------------------------------------------------------------


def frame_block(values: Any, places: Any, dimensions: int, references: Any) -> Any:
    """Return a block of a frame."""
    if isinstance(values, Lost):
        return values
    return new_block(values, BlockPlacement(places), ndim=dimensions, refs=references)


def column(kind: Any, block: Any, index: Any) -> Any:
    """Return what holds the one block of a series."""
    return kind(block, index)


def block_references() -> Any:
    """Return what blocks that share memory hold in common."""
    return BlockValuesRefs()


def index_with(maker: Callable[..., Any], args: tuple[Any, ...], references: Any) -> Any:
    """Return an index."""
    made = maker(*args)
    if isinstance(made, pd.Index):
        vars(made)["_references"] = references
        references.add_index_reference(made)
    return made


def string_dtype(storage: Any) -> Any:
    """Return the dtype of strings among which nan stands for what is missing."""
    return pd.StringDtype(storage, na_value=np.nan)


REDUCERS: dict[type, Callable[[Any, Any], Any]] = {
    Block: reduce_block,
    SingleBlockManager: reduce_column,
    BlockValuesRefs: reduce_references,
    pd.Index: reduce_index,
    pd.StringDtype: reduce_string_dtype,
}
"""By base class: how the encoder reduces an object."""
