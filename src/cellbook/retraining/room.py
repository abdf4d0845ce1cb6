"""Trains a model anew, and lets the challenger take the alias only where it beats the champion."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cellbook.alarming import metrics_of, readings
from cellbook.commenting import local_author
from cellbook.errors import CellbookError, InvalidInput
from cellbook.records import (
    AlarmEvent,
    AlarmReading,
    AlarmRule,
    AlarmState,
    AlarmStep,
    ModelVersion,
    Retraining,
    RetrainingPlan,
    RetrainingVerdict,
    spelled_as,
)
from cellbook.reproducing.anew import Work, prepare, run_anew
from cellbook.reproducing.room import check_limit
from cellbook.retraining.audit import Retrainings
from cellbook.retraining.judging import (
    Holdout,
    Judged,
    judge,
    open_holdout,
    outcome_on,
    value_of,
)
from cellbook.retraining.leaking import leaked
from cellbook.store import Op
from cellbook.views.alarm_notices import RETRAINING
from cellbook.views.formatting import number, plural

if TYPE_CHECKING:
    from cellbook.book import Book
    from cellbook.monitoring import Alarms

Tell = Callable[[str], None]
TAG = "retraining"
"""The tag of a version that says why it has the alias, or has it not."""
_TELLING = (AlarmStep.RAISED, AlarmStep.STILL)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a retraining would do."""

    due: bool
    """Whether it would be triggered now; True where nothing waits for a rule."""
    evidence: str
    """What the rule says of the newest window; empty without one."""
    champion: ModelVersion
    champion_value: float
    """The champion's metric on the holdout."""
    holdout: str
    """The version of data, as one says it, with its digest."""
    rows: int
    work: Work
    """What would be run, with the values that would hold."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """What was looked at before anything runs, so that it fails early or not for that."""

    plan: RetrainingPlan
    champion: ModelVersion
    heads: tuple[str, ...]
    """The moves of the alias that there are: the challenger takes it only from what they led to."""
    holdout: Holdout
    work: Work


def rehearse(book: Book, plan: RetrainingPlan, *, trust: bool = False) -> Rehearsal:
    """Return what a retraining would do, and do nothing: neither rule nor book is changed.

    Raises
    ------
    NotFound, InvalidInput, Untrusted
        As :func:`retrain` does.
    """
    from cellbook.monitoring import Alarms  # noqa: PLC0415 - heavy

    plan = _as_known(book, plan)
    ready = _ready(book, plan, trust, lambda line: None)
    due, evidence = True, ""
    if plan.on and (said := _without_predictions(book, plan)):
        rule_of(plan)
        due, evidence = False, said
    elif plan.on:
        rule, alarms = rule_of(plan), Alarms(book.store, subject_of(plan))
        state = _state(alarms, rule)
        events = alarms.would(rule, _readings(book, ready, rule, state))
        due = any(one.tell for one in events if one.step in _TELLING)
        evidence = events[-1].message if events else "no new window has ended"
    outcome = outcome_on(book, ready.plan, ready.holdout, ready.champion, trust=trust)
    version = ready.holdout.version
    return Rehearsal(
        due, evidence, ready.champion, value_of(plan, ready.holdout, outcome),
        f"{version.label} ({version.digest})", len(ready.holdout.labels), ready.work,
    )  # fmt: skip


def retrain_where_due(
    book: Book,
    plan: RetrainingPlan,
    *,
    by: str | None = None,
    limit: float | None = None,
    trust: bool = False,
    tell: Tell = lambda _: None,
) -> Retraining | None:
    """Show new windows to the rule of a plan; retrain where it raises an alarm, or still does after
    the cool-down.

    Rule and retraining are put on record in one transaction: no window triggers twice.  While the
    model is being retrained already, windows wait.

    Parameters
    ----------
    book, plan, by, limit, trust, tell
        As :func:`retrain` has them.

    Returns
    -------
    Retraining
        What became of it; None where there was no reason, which :func:`why_not` tells.

    Raises
    ------
    NotFound, InvalidInput, Untrusted
        As :func:`retrain` does; also if the plan has no rule.
    """
    from cellbook.monitoring import Alarms  # noqa: PLC0415 - heavy

    check_limit(limit)
    plan = _as_known(book, plan)
    ready = _ready(book, plan, trust, tell)
    rule, alarms, audit = rule_of(plan), Alarms(book.store, subject_of(plan)), Retrainings(book)
    if waiting(book, plan):
        return None
    alarms.keep(rule)
    found = _readings(book, ready, rule, alarms.state(rule.name))
    fresh = _fresh(book, ready, by)
    begun: list[Retraining] = []

    def also(events: Sequence[AlarmEvent], state: AlarmState) -> Sequence[Op]:
        telling = [one for one in events if one.tell and one.step in _TELLING]
        # What was raised and cleared before anybody looked is no reason any more.
        if not telling or state.raised is None:
            return ()
        event = telling[-1]
        begun.append(
            replace(
                fresh, reading=event.reading, evidence=event.message, event=event.event_id
            )
        )  # fmt: skip
        return audit.beginning(begun[-1])

    alarms.take(rule.name, found, also=also)
    if not begun:
        return None
    tell(begun[0].evidence)
    done = _carry_out(book, ready, begun[0], limit, trust, tell)
    if done.verdict is RetrainingVerdict.PROMOTED:
        alarms.begin_anew(rule.name)
    return done


def retrain(
    book: Book,
    plan: RetrainingPlan,
    *,
    by: str | None = None,
    limit: float | None = None,
    trust: bool = False,
    tell: Tell = lambda _: None,
) -> Retraining:
    """Retrain a model now, whatever its rule says.

    Parameters
    ----------
    book
        The book that has the model, the run and the holdout.
    plan
        What is run, and what a challenger must do.
    by
        Who does it; None means whoever works in this process.
    limit
        Seconds that the run may take; None sets no limit.
    trust
        Whether models and cells of others may run; see :func:`cellbook.load_model`,
        :func:`cellbook.reproduce`.
    tell
        Hears in one line each how far it is.

    Returns
    -------
    Retraining
        What became of it, as it is on record.

    Raises
    ------
    NotFound
        If there is no such model, alias, run or holdout.
    InvalidInput
        If it is being retrained already, or what the plan names cannot be used so.
    Untrusted
        If it takes `trust`.
    """
    check_limit(limit)
    ready = _ready(book, _as_known(book, plan), trust, tell)
    begun = Retrainings(book).begin(_fresh(book, ready, by))
    return _carry_out(book, ready, begun, limit, trust, tell)


def rule_of(plan: RetrainingPlan) -> AlarmRule:
    """Return the rule of a plan.

    Raises
    ------
    InvalidInput
        If there is none, or it reads what nobody can tell from predictions.
    """
    from cellbook.monitoring import parse_rule  # noqa: PLC0415 - heavy

    if not plan.on:
        raise InvalidInput("The plan has no rule. Write for instance: accuracy < 0.9 for 3 of 5")
    rule = parse_rule(plan.on)
    metrics_of([rule])
    return rule


def subject_of(plan: RetrainingPlan) -> str:
    """Return whose the rule of a plan is: of its own, so that no other look at it counts."""
    return f"{RETRAINING}{plan.model}"


def waiting(book: Book, plan: RetrainingPlan) -> str:
    """Return what a plan with a rule waits for before any window is looked at; empty: nothing.

    That is another retraining of the model, or the first predictions.
    """
    audit, plan = Retrainings(book), _as_known(book, plan)
    audit.repair()
    return audit.at_work(plan.model) or _without_predictions(book, plan)


def why_not(book: Book, plan: RetrainingPlan) -> str:
    """Return why a model was not retrained by its rule: what it waits for, or the newest window."""
    from cellbook.monitoring import Alarms  # noqa: PLC0415 - heavy

    plan = _as_known(book, plan)
    if said := waiting(book, plan):
        return said
    events = Alarms(book.store, subject_of(plan)).events(rule_of(plan).name, limit=1)
    return events[0].message if events else "no window has ended yet"


# ── inside ────────────────────────────────────────────────────────────────────────────────────


def _as_known(book: Book, plan: RetrainingPlan) -> RetrainingPlan:
    """Return a plan with model and alias as the book has them, whichever way their accents are
    written."""
    models = {told.model.name: told.model for told in book.models.all()}
    model = models.get(spelled_as(plan.model, models))
    if model is None:
        return plan
    return replace(plan, model=model.name, alias=spelled_as(plan.alias, model.aliases))


def _ready(book: Book, plan: RetrainingPlan, trust: bool, tell: Tell) -> _Ready:
    champion = book.models.find(f"models:/{plan.model}@{plan.alias}")
    heads = book.models.get(plan.model).heads.get(plan.alias, ())
    if not 0 <= plan.margin < math.inf:
        raise InvalidInput("The margin is how much better a challenger must be: 0 or more.")
    work = prepare(book, plan.run, plan.params, trust=trust, tell=tell)
    return _Ready(plan, champion, heads, open_holdout(book, plan), work)


def _without_predictions(book: Book, plan: RetrainingPlan) -> str:
    from cellbook.monitoring import Predictions  # noqa: PLC0415 - heavy

    predictions, endpoint = Predictions(book.store), plan.endpoint or plan.model
    if predictions.chunks(endpoint):
        return ""
    there = ", ".join(predictions.endpoints())
    return (
        f"no predictions of {endpoint!r} are on record yet, and the rule waits for them. `cellbook "
        "serve MODEL --record` keeps them"
        + (f"; there are those of {there}, which --endpoint names" if there else "")
    )


def _state(alarms: Alarms, rule: AlarmRule) -> AlarmState:
    """Return how a rule stands; one that is not kept yet has seen nothing."""
    known = {one.name: one for one in alarms.rules()}
    return alarms.state(rule.name) if known.get(rule.name) == rule else AlarmState()


def _readings(book: Book, ready: _Ready, rule: AlarmRule, state: AlarmState) -> list[AlarmReading]:
    """Return what the rule reads in new windows: of the champion's predictions, where the record
    says whose they are, as those of another model say nothing about it."""
    from cellbook.monitoring import Predictions  # noqa: PLC0415 - heavy

    endpoint, label = ready.plan.endpoint or ready.plan.model, ready.champion.label
    chunks = Predictions(book.store).chunks(endpoint)
    model = label if any(label in one.models for one in chunks) else None
    return readings(book, endpoint, rule, state, data=ready.plan.data or None, model=model)


def _fresh(book: Book, ready: _Ready, by: str | None) -> Retraining:
    author = local_author()
    who = by if by is not None else "" if author is None else author.name
    return Retraining(
        book.store.new_id(), ready.plan, time.time_ns() // 1_000_000, RetrainingVerdict.RUNNING,
        by=who, session=book.runs.sessions.ensure(), champion=ready.champion.version_id,
        holdout=ready.holdout.version.digest, rows=len(ready.holdout.labels),
    )  # fmt: skip


def _carry_out(
    book: Book, ready: _Ready, begun: Retraining, limit: float | None, trust: bool, tell: Tell
) -> Retraining:
    """Run, judge and promote; whatever happens, the record says what became of it."""
    audit = Retrainings(book)
    try:
        ran = run_anew(book, ready.work, begun.retraining_id, limit=limit, tell=tell)
        begun = audit.note(begun, run=ran.runs[-1] if ran.runs else "")
        if ran.problem:
            return audit.end(begun, RetrainingVerdict.FAILED, ran.problem)
        challenger = _made_by(book, ready.plan, ran.runs)
        if challenger is None:
            reason = (
                f"the run logged no model {ready.plan.model!r}: its cells need "
                f"run.log_model(model, {ready.plan.model!r})"
            )
            return audit.end(begun, RetrainingVerdict.FAILED, reason)
        return _decide(book, ready, begun, challenger, trust, tell)
    except KeyboardInterrupt:
        audit.end(begun, RetrainingVerdict.INTERRUPTED, "stopped by hand")
        raise
    except CellbookError as error:
        return audit.end(begun, RetrainingVerdict.FAILED, str(error))
    except BaseException as error:
        audit.end(begun, RetrainingVerdict.FAILED, f"{type(error).__name__}: {error}")
        raise


def _made_by(book: Book, plan: RetrainingPlan, runs: Sequence[str]) -> ModelVersion | None:
    """Return the version that fresh runs made; the last one, where they made several."""
    versions = book.models.told(plan.model).versions
    made = [
        (max(one.runs[run] for run in runs if run in one.runs), one)
        for one in versions
        if any(run in one.runs for run in runs)
    ]
    return max(made, key=lambda pair: pair[0])[1] if made else None


def _decide(
    book: Book,
    ready: _Ready,
    begun: Retraining,
    challenger: ModelVersion,
    trust: bool,
    tell: Tell,
) -> Retraining:
    audit, plan = Retrainings(book), ready.plan
    run = max(run for run in challenger.runs if run)
    if challenger.version_id == ready.champion.version_id:
        begun = audit.note(begun, challenger=challenger.version_id, run=run)
        reason = f"what it made is {challenger.label} itself, the champion: nothing new was learnt"
        return audit.end(begun, RetrainingVerdict.CANDIDATE, reason)
    judged = judge(book, plan, ready.holdout, ready.champion, challenger, trust=trust)
    begun = audit.note(
        begun, challenger=challenger.version_id, run=run, champion_value=judged.champion,
        challenger_value=judged.challenger, gain=judged.gain, gain_low=judged.low,
        gain_high=judged.high,
    )  # fmt: skip
    told = _compared(ready, challenger, judged)
    tell(told)
    if said := leaked(book, begun.run, ready.holdout, tell):
        reason = f"{told}; but {said}, so that says nothing"
    elif not _beats(plan, judged):
        wanted = "surely " * plan.surely + f"by more than {number(plan.margin)}"
        reason = f"{told}; it must be better {wanted}"
    else:
        return _promote(book, ready, begun, challenger, told)
    book.models.tag(challenger.version_id, TAG, reason, by=begun.by)
    return audit.end(begun, RetrainingVerdict.CANDIDATE, reason)


def _promote(
    book: Book, ready: _Ready, begun: Retraining, challenger: ModelVersion, told: str
) -> Retraining:
    audit, plan = Retrainings(book), ready.plan
    # On record before the move: whoever finds this process dead knows why the alias moved.
    begun = audit.note(begun, reason=told)
    book.models.tag(challenger.version_id, TAG, told, by=begun.by)
    try:
        book.models.set_alias(
            challenger.version_id, plan.alias, reason=f"Retraining: {told}",
            based_on=ready.heads, by=begun.by,
        )  # fmt: skip
    except InvalidInput as error:
        reason = f"{told}; but @{plan.alias} stays: {error}"
        book.models.tag(challenger.version_id, TAG, reason, by=begun.by)
        return audit.end(begun, RetrainingVerdict.CANDIDATE, reason)
    return audit.end(begun, RetrainingVerdict.PROMOTED, told)


def _beats(plan: RetrainingPlan, judged: Judged) -> bool:
    gain = judged.gain
    if plan.surely:
        if judged.low is None:
            raise InvalidInput(
                f"{plan.metric} is no mean over rows: how sure its gain is cannot be told. Leave "
                "out --surely, or judge by accuracy, error, mae, brier or log_loss."
            )
        gain = judged.low
    # NaN beats nothing.
    return gain > plan.margin


def _perhaps(judged: Judged) -> str:
    """Return what is said of a gain whose interval holds 0; empty where it does not."""
    within = judged.low is not None and judged.low <= 0 < judged.gain
    return ", so it may be chance: --surely asks for more" if within else ""


def _compared(ready: _Ready, challenger: ModelVersion, judged: Judged) -> str:
    plan, version = ready.plan, ready.holdout.version
    ends = (
        f" (95 %: {judged.low:+.4g} … {judged.high:+.4g}{_perhaps(judged)})"
        if judged.low is not None and judged.high is not None
        else ""
    )
    return (
        f"{plan.metric} {number(judged.challenger)} of {challenger.label} against "
        f"{number(judged.champion)} of {ready.champion.label}, the champion, on {version.label} "
        f"({plural(len(ready.holdout.labels), 'row')}): gain {judged.gain:+.4g}{ends}"
    )
