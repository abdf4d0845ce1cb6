"""What a cell was: names read and written, staleness, outputs, environment; knows no IPython."""

from cellbook.capture.cells import CellLog
from cellbook.capture.environment import capture_environment
from cellbook.capture.git import capture_git
from cellbook.capture.names import CellNames, analyse, settle
from cellbook.capture.outputs import (
    StreamBuffer,
    join_bundle,
    split_bundle,
    strip_ansi,
    trim_stream,
)
from cellbook.capture.recorder import CellRecorder, CellUnderWay, Shown
from cellbook.capture.secrets import mask, mask_argv, mask_mapping
from cellbook.capture.staleness import Ledger, cell_key, source_hash, stale_cells

__all__ = [
    "CellLog",
    "CellNames",
    "CellRecorder",
    "CellUnderWay",
    "Ledger",
    "Shown",
    "StreamBuffer",
    "analyse",
    "capture_environment",
    "capture_git",
    "cell_key",
    "join_bundle",
    "mask",
    "mask_argv",
    "mask_mapping",
    "settle",
    "source_hash",
    "split_bundle",
    "stale_cells",
    "strip_ansi",
    "trim_stream",
]
