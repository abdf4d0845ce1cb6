"""How runs are marked that run something again: by reproducing a run, or by retraining."""

from __future__ import annotations

import os
from collections.abc import Mapping

from cellbook.records import REPRODUCES, RETRAINING, RETRAINS


def marks() -> dict[str, str]:
    """Return the tags of runs that this process starts, beyond those that are given."""
    retraining = os.environ.get(RETRAINING)
    return {RETRAINS: retraining} if retraining else {}


def runs_again(tags: Mapping[str, str]) -> bool:
    """Whether a run of such tags repeats another: it has that one's name, and is not what one
    means by it."""
    return REPRODUCES in tags or RETRAINS in tags


def marks_of_double(tags: Mapping[str, str], former: str) -> dict[str, str]:
    """Return what is to be added to the tags of a run that stands for a former one."""
    return {} if runs_again(tags) else {REPRODUCES: former}
