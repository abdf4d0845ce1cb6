"""Notebook checkpoints: the document and the live kernel, saved and brought back.

A state is one pickle stream over the namespace (:mod:`.encoding`), arrays beside it, in chunks
that are stored once (:mod:`.states`).  It is saved in a forked child (:mod:`.saving`) and decoded
whole before anything of the kernel is changed (:mod:`.decoding`).
"""

from cellbook.checkpointing.carried import carried_chunks, check_carried, keep_chunks
from cellbook.checkpointing.describing import short_value
from cellbook.checkpointing.kernel import Kernel
from cellbook.checkpointing.naming import check_label
from cellbook.checkpointing.recording import DocumentSource, Moment
from cellbook.checkpointing.restoring import Restored
from cellbook.checkpointing.room import Checkpoints
from cellbook.checkpointing.upkeep import Due

__all__ = [
    "Checkpoints",
    "DocumentSource",
    "Due",
    "Kernel",
    "Moment",
    "Restored",
    "carried_chunks",
    "check_carried",
    "check_label",
    "keep_chunks",
    "short_value",
]
