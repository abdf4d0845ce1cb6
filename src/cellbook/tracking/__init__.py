"""Runs, params, metrics and artifacts: what is logged, by whom, and how it ended."""

from cellbook.tracking.definitions import Definitions, metric_rules
from cellbook.tracking.displayed import encode_displayed
from cellbook.tracking.ending import outcome_of
from cellbook.tracking.exits import exit_error, watch_exit
from cellbook.tracking.fits import Fits
from cellbook.tracking.flows import begin_cell
from cellbook.tracking.mixed import sort_values
from cellbook.tracking.moments import OpenStage
from cellbook.tracking.run import Run
from cellbook.tracking.runs import Runs
from cellbook.tracking.scripts import Process, Script
from cellbook.tracking.trouble import Trouble, warn

__all__ = [
    "Definitions",
    "Fits",
    "OpenStage",
    "Process",
    "Run",
    "Runs",
    "Script",
    "Trouble",
    "begin_cell",
    "encode_displayed",
    "exit_error",
    "metric_rules",
    "outcome_of",
    "sort_values",
    "warn",
    "watch_exit",
]
