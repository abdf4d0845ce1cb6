"""A model trained anew where a rule says so: what is run, who wins, and the record of it.

- :class:`Retrainings`: the record, which is the lock as well.
- :mod:`~cellbook.retraining.judging`: champion and challenger on one holdout.
- :func:`retrain`: run, judge, move the alias or not; :func:`retrain_where_due` asks a rule first.

It imports NumPy and pandas only where a model is judged.
"""

from cellbook.retraining.audit import Retrainings
from cellbook.retraining.room import (
    Rehearsal,
    rehearse,
    retrain,
    retrain_where_due,
    waiting,
    why_not,
)

__all__ = [
    "Rehearsal",
    "Retrainings",
    "rehearse",
    "retrain",
    "retrain_where_due",
    "waiting",
    "why_not",
]
