"""A board as it stands: everything there is to show of it, reckoned at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from cellbook.leaderboards.candidates import (
    Entry,
    UsedData,
    candidates_of,
    ended_by,
    required_data,
    why_no_candidate,
)
from cellbook.leaderboards.ranking import ExamplesOf, rows_of
from cellbook.records import (
    BoardField,
    BoardRow,
    DatasetVersion,
    Direction,
    Leaderboard,
    MetricRules,
    Standing,
)


def reckon(
    board: Leaderboard,
    rules: MetricRules,
    entries: Sequence[Entry],
    versions: Mapping[str, DatasetVersion],
    examples_of: ExamplesOf,
    *,
    now: int,
    until: int | None = None,
) -> Standing:
    """Return how a board stands.

    Parameters
    ----------
    board, rules
        The board, and what is laid down of metrics.
    entries
        All runs of the book.
    versions
        All data sets, by id.
    examples_of
        Reads a candidate's values on each example, of the primary metric.
    now
        The time it is, in milliseconds since 1970.
    until
        Runs that ended, data sets that came on record and labels that were given later do not
        count; None lets all
        count.
    """
    ended = [entry for entry in entries if ended_by(entry, until)]
    on_record = {
        dataset_id: version
        for dataset_id, version in versions.items()
        if until is None or version.created <= until
    }
    required, notes = required_data(board, on_record, ended, until)
    left_out: Counter[str] = Counter()
    chosen = []
    for entry in entries:
        why = why_no_candidate(entry, board, until)
        if not why:
            chosen.append(entry)
        elif entry.experiment == board.experiment:
            left_out[why] += 1
    data = UsedData(versions)
    candidates = candidates_of(board, rules, chosen, required, data)
    rows = rows_of(board, rules, candidates, required, examples_of)
    apart = sum(one.apart for one in candidates)
    if apart:
        notes.append(
            f"{apart} {'run is' if apart == 1 else 'runs are'} not in the mean of their candidate: "
            "scores of other data are not averaged."
        )
    definition = rules.get(board.metric)
    direction = rules.direction(board.metric)
    if direction is None:
        notes.append(
            f"Nothing tells whether more or less {board.metric} is better; more is taken to be. "
            f"`%metric {board.metric} direction=less` says otherwise."
        )
    return Standing(
        board=board,
        rows=tuple(rows),
        fields=tuple(_fields(rows, ended, data)),
        required=tuple(one.label for one in required),
        left_out=dict(left_out.most_common()),
        notes=tuple(notes),
        more_is_better=direction is not Direction.LESS,
        goal=None if definition is None else definition.goal,
        time=now,
        until=until,
    )


def _fields(rows: Sequence[BoardRow], entries: Sequence[Entry], data: UsedData) -> list[BoardField]:
    """Return the fields of the rows that have a rank, in their order."""
    sizes = Counter((row.data, row.digests) for row in rows if row.rank is not None)
    looks: Counter[frozenset[str]] = Counter()
    values: Counter[frozenset[str]] = Counter()
    for entry in entries:
        if entry.inputs:
            used = frozenset(data.scored_on(entry).digests)
            looks[used] += 1
            values[used] += entry.values
    fields = []
    for (label, digests), count in sizes.items():
        looking = [used for used in looks if not used.isdisjoint(digests)]
        seen = sum(looks[used] for used in looking), sum(values[used] for used in looking)
        fields.append(BoardField(label, digests, count, *seen))
    return fields
