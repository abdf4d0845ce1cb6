"""``cb.retrain`` and ``cb.retrainings``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cellbook import book as books
from cellbook.records import Retraining, RetrainingPlan
from cellbook.retraining.audit import Retrainings
from cellbook.retraining.room import Rehearsal, rehearse, retrain_where_due, why_not
from cellbook.retraining.room import retrain as retrain_now
from cellbook.retraining.telling import retrainings_frame

if TYPE_CHECKING:
    import pandas as pd


def retrain(
    model: str,
    *,
    run: str,
    holdout: str,
    on: str = "",
    alias: str = "champion",
    metric: str = "accuracy",
    margin: float = 0.0,
    surely: bool = False,
    label: str = "",
    params: Mapping[str, Any] | None = None,
    endpoint: str = "",
    data: str = "",
    dry_run: bool = False,
    limit: float | None = None,
    trust: bool = False,
    tell: Callable[[str], None] = print,
) -> Retraining | Rehearsal | None:
    """Train a model anew, where a rule says so, and let it take an alias if it is better.

    Parameters
    ----------
    model
        The registered model.
    run
        What is run: ``run:NAME``, ``#12``, or ``notebook:PATH`` below the folder of the book.  It
        logs the model under its name; what it does to aliases and stages is left out.
    holdout
        The tracked version of data that champion and challenger are judged by: ``data:NAME@2``.
    on
        The rule: ``accuracy < 0.9 for 3 of 5``, ``drift, 500 rows, cool-down 1d``.  It reads the
        windows that the endpoint's predictions have made since the last look.  Empty retrains now.
    alias
        What the challenger takes if it wins; it must lead to a version, the champion.
    metric
        By which both are judged.
    margin
        By how much the challenger must be better, in whichever way is better.
    surely
        Whether the whole interval of the gain must be beyond the margin.
    label
        The column of the holdout that is predicted; empty for the one that the champion does not
        take.
    params
        What is assigned in place of what the cells say, by name.
    endpoint
        Whose predictions the rule reads; empty for the one that is called as the model is.
    data
        What a rule of drift compares with; empty for the reference that was kept.
    dry_run
        Whether only to say what would be done.
    limit
        Seconds that the run may take.
    trust
        Whether models and cells of others may run.
    tell
        Hears in one line each how far it is.

    Returns
    -------
    Retraining
        What became of it: ``.verdict`` is *promoted*, *candidate* or *failed*, ``.reason`` says
        why.  None where the rule gave no reason; of a dry run a ``Rehearsal``.

    Raises
    ------
    NotFound
        If there is no such model, alias, run, holdout or endpoint.
    InvalidInput
        If the model is being retrained already, or something does not fit.
    Untrusted
        If it takes `trust`.
    """
    book = books.open()
    plan = RetrainingPlan(
        model, run, holdout, on=on, alias=alias, metric=metric, margin=margin, surely=surely,
        label=label, params=dict(params or {}), endpoint=endpoint, data=data,
    )  # fmt: skip
    if dry_run:
        return rehearse(book, plan, trust=trust)
    go = retrain_where_due if on else retrain_now
    done = go(book, plan, limit=limit, trust=trust, tell=tell)
    if done is None:
        tell(f"not retrained: {why_not(book, plan)}")
    return done


def retrainings(model: str | None = None) -> pd.DataFrame:
    """Return what triggered retrainings, and what became of them, as a DataFrame, newest first.

    Parameters
    ----------
    model
        Only those of that model.

    Returns
    -------
    DataFrame
        Columns ``retraining_id, model, time, rule, evidence, run_id, challenger, champion, holdout,
        metric, champion_value, challenger_value, gain, verdict, reason, by, duration``.
    """
    book = books.open()
    return retrainings_frame(book, Retrainings(book).all(model))
