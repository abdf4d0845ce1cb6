"""What is said of retrainings: in lines of text, and as a frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cellbook.errors import NotFound
from cellbook.records import Retraining, RetrainingVerdict
from cellbook.retraining.room import Rehearsal
from cellbook.views.formatting import duration, number, plural, stamp

if TYPE_CHECKING:
    import pandas as pd

    from cellbook.book import Book

_WORDS = {
    RetrainingVerdict.RUNNING: "running",
    RetrainingVerdict.PROMOTED: "promoted",
    RetrainingVerdict.CANDIDATE: "stays a candidate",
    RetrainingVerdict.FAILED: "failed",
    RetrainingVerdict.INTERRUPTED: "interrupted",
}
HEADS = ("WHEN", "MODEL", "WHY", "RUN", "CHALLENGER", "GAIN", "VERDICT", "REASON", "BY")
_COLUMNS = {
    "retraining_id": "string", "model": "string", "time": "datetime64[ms, UTC]", "rule": "string",
    "evidence": "string", "run_id": "string", "challenger": "string", "champion": "string",
    "holdout": "string", "metric": "string", "champion_value": "float64",
    "challenger_value": "float64", "gain": "float64", "verdict": "string", "reason": "string",
    "by": "string", "duration": "float64",
}  # fmt: skip


def outcome_text(book: Book, done: Retraining) -> str:
    """Return what became of a retraining, in a line."""
    run = f" · {_run(book, done)}" if done.run else ""
    return f"{done.plan.model}: {_WORDS[done.verdict]} · {done.reason}{run} · " + duration(
        done.duration
    )


def rehearsal_text(rehearsed: Rehearsal) -> str:
    """Return what a retraining would do, in lines."""
    why = f": {rehearsed.evidence}" if rehearsed.evidence else ""
    due = "would be retrained now" if rehearsed.due else "would not be retrained"
    champion = rehearsed.champion
    lines = [
        f"{champion.model} {due}{why}",
        f"champion: {champion.label}, {number(rehearsed.champion_value)} on {rehearsed.holdout}, "
        f"{plural(rehearsed.rows, 'row')}",
        f"what would run, of {rehearsed.work.title}:",
    ]
    for source in rehearsed.work.sources:
        first, *rest = source.rstrip().splitlines() or [""]
        lines += [f"  > {first}", *(f"    {line}" for line in rest)]
    return "\n".join(lines)


def lines_of(book: Book, found: Sequence[Retraining]) -> list[list[str]]:
    """Return retrainings as the cells of a table, heads first."""
    cells = [list(HEADS)]
    for one in found:
        cells.append(
            [stamp(one.time), one.plan.model, one.evidence or "asked for", _run(book, one),
             label_of(book, one, one.challenger),
             "" if one.gain is None else f"{one.gain:+.4g}",
             _WORDS[one.verdict], one.reason, one.by]
        )  # fmt: skip
    return cells


def retrainings_frame(book: Book, found: Sequence[Retraining]) -> pd.DataFrame:
    """Return retrainings as a frame, a row each."""
    import pandas as pd  # noqa: PLC0415 - keeps `import cellbook` quick

    rows: list[dict[str, Any]] = [
        {
            "retraining_id": one.retraining_id, "model": one.plan.model,
            "time": pd.Timestamp(one.time, unit="ms", tz="UTC"), "rule": one.plan.on,
            "evidence": one.evidence, "run_id": one.run,
            "challenger": label_of(book, one, one.challenger),
            "champion": label_of(book, one, one.champion), "holdout": one.holdout,
            "metric": one.plan.metric, "champion_value": one.champion_value,
            "challenger_value": one.challenger_value, "gain": one.gain,
            "verdict": one.verdict.value, "reason": one.reason, "by": one.by,
            "duration": one.duration,
        }
        for one in found
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)


def label_of(book: Book, one: Retraining, version: str) -> str:
    """Return a version of a retraining as one says it; empty where there is none."""
    try:
        found = book.models.told(one.plan.model).of_id(version) if version else None
    except NotFound:
        return ""
    return "" if found is None else found.label


def _run(book: Book, one: Retraining) -> str:
    doc_run = book.store.get("runs", one.run) if one.run else None
    if doc_run is None:
        return ""
    found = book.runs.find(one.run)
    return f"#{found.run_number} {found.run_name}"
