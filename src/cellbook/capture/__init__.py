"""What a cell was: names read and written, staleness, outputs, environment; knows no IPython."""

from cellbook.capture.cells import CellLog
from cellbook.capture.environment import capture_environment
from cellbook.capture.git import capture_git
from cellbook.capture.names import CellNames, analyse, settle
from cellbook.capture.origins import Origin, Origins, TrackedData
from cellbook.capture.outputs import (
    StreamBuffer,
    join_bundle,
    split_bundle,
    strip_ansi,
    trim_stream,
)
from cellbook.capture.recorder import CellRecorder, CellUnderWay, Shown
from cellbook.capture.secrets import mask, mask_argv, mask_mapping
from cellbook.capture.shells import asks_cellbook, destroying
from cellbook.capture.slicing import Slicer, slice_of
from cellbook.capture.staleness import (
    STALE,
    Flag,
    Ledger,
    cell_key,
    flag_sentences,
    flags_of_cells,
    source_hash,
    stale_cells,
)
from cellbook.capture.surroundings import variables

__all__ = [
    "STALE",
    "CellLog",
    "CellNames",
    "CellRecorder",
    "CellUnderWay",
    "Flag",
    "Ledger",
    "Origin",
    "Origins",
    "Shown",
    "Slicer",
    "StreamBuffer",
    "TrackedData",
    "analyse",
    "asks_cellbook",
    "capture_environment",
    "capture_git",
    "cell_key",
    "destroying",
    "flag_sentences",
    "flags_of_cells",
    "join_bundle",
    "mask",
    "mask_argv",
    "mask_mapping",
    "settle",
    "slice_of",
    "source_hash",
    "split_bundle",
    "stale_cells",
    "strip_ansi",
    "trim_stream",
    "variables",
]
