"""How two data sets differ, as text: a line each for schema and rows, a table of columns."""

from __future__ import annotations

from datetime import UTC

from cellbook.records import ColumnProfile
from cellbook.views import formatting
from cellbook.views.boards import cells_text
from cellbook.views.data_diff import ColumnShift, DataDiff, DataSide
from cellbook.views.data_text import FILES
from cellbook.views.files_diff import FileChange
from cellbook.views.text import WIDTH

SOME, LARGE = 0.1, 0.25
"""Population stability indexes from which on a shift is called so, by the usual rule of thumb."""
_NAMED = 8
_SHOWN = 40


def diff_title(diff: DataDiff) -> str:
    """Return what is compared: ``data:digits@1 → data:digits@2``."""
    return f"{diff.before.label} → {diff.after.label}"


def diff_summary(diff: DataDiff) -> list[str]:
    """Return what differs, a sentence a line."""
    if diff.same:
        return ["The content is the same."]
    lines = [_extent(diff.before, diff.after)]
    changes = [
        *_named("added", diff.added),
        *_named("removed", diff.removed),
        *(
            f"{name} is {after}, was {before}"
            for name, (before, after) in list(diff.retyped.items())[:_NAMED]
        ),
        *(["in another order"] if diff.reordered else []),
    ]
    if changes:
        lines.append(f"columns: {' · '.join(changes)}")
    elif diff.columns:
        lines.append("columns: the same names and types")
    files = diff.files
    if files is not None:
        lines.append(
            f"files: {files.added:,} added · {files.removed:,} removed · {files.changed:,} changed "
            f"· {files.same:,} the same"
        )
    elif diff.rows is None and not diff.columns:
        lines.append(f"digest: {diff.before.digest} → {diff.after.digest}")
    rows = diff.rows
    if rows is not None:
        counts = [
            f"{rows.added:,} added",
            f"{rows.removed:,} removed",
            *([] if rows.changed is None else [f"{rows.changed:,} changed"]),
            f"{rows.same:,} the same",
        ]
        by = f"by {', '.join(rows.key)}" if rows.key else "as whole rows, in any order"
        lines.append(f"rows ({by}): {' · '.join(counts)}")
    return [line for line in lines if line]


def _extent(before: DataSide, after: DataSide) -> str:
    are_files = before.kind in FILES and after.kind in FILES
    parts = [
        f"{was:,} → {now:,} {word}" if was != now else formatting.plural(now, word[:-1])
        for was, now, word in (
            (before.rows, after.rows, "files" if are_files else "rows"),
            (before.columns, after.columns, "columns"),
        )
        if was is not None and now is not None
    ]
    if are_files or not parts:
        was, now = formatting.size(before.size), formatting.size(after.size)
        parts.append(f"{was} → {now}" if was != now else f"both {was}")
    return " · ".join(parts)


def _named(word: str, names: tuple[str, ...]) -> list[str]:
    if not names:
        return []
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return [f"{word} {', '.join(names[:_NAMED])}{more}"]


def file_line(change: FileChange) -> str:
    """Return what became of a file: ``a.txt  changed  1.2 kB → 1.3 kB``."""
    path = formatting.visible(change.path)
    if change.before is None:
        return f"{path}  added  {formatting.size(change.after or 0)}"
    if change.after is None:
        return f"{path}  removed  {formatting.size(change.before)}"
    was, now = formatting.size(change.before), formatting.size(change.after)
    return f"{path}  changed  {f'{was} → {now}' if was != now else was}"


def shift_word(shift: ColumnShift) -> str:
    """Return how much a column shifted, in a word."""
    if shift.psi is None:
        return "—"
    return "large" if shift.psi >= LARGE else "some" if shift.psi >= SOME else "little"


def tested(shift: ColumnShift) -> str:
    """Return the test of a column: ``KS 0.31, p 1.2e-9``; empty where there is none."""
    if shift.statistic is None or shift.p_value is None:
        return ""
    return (
        f"{shift.test} {formatting.number(shift.statistic)}, p {formatting.number(shift.p_value)}"
    )


def change_cells(shift: ColumnShift) -> tuple[str, str, str]:
    """Return missing, distinct and mean (else the most frequent value) of a column, before and
    after."""
    before, after = shift.before, shift.after
    return (
        _change(f"{before.missing:,}", f"{after.missing:,}"),
        _change(_count(before.distinct), _count(after.distinct)),
        _change(_middle(before), _middle(after)),
    )


def _change(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _count(count: int | None) -> str:
    return "—" if count is None else f"{count:,}"


def _middle(profile: ColumnProfile) -> str:
    if profile.mean is not None and profile.dtype.startswith("datetime"):
        return formatting.date(int(profile.mean * 1000), UTC)[:10]
    if profile.mean is not None:
        return formatting.number(profile.mean)
    top = next(iter(profile.top), None)
    return "—" if top is None else formatting.shorten(top, 24)


def diff_cells(diff: DataDiff) -> list[list[str]]:
    """Return the columns of both as texts: a line of heads, then a line a column."""
    return [
        ["column", "shift", "PSI", "test", "missing", "distinct", "mean or most frequent"],
        *(
            [
                shift.name,
                shift_word(shift),
                "—" if shift.psi is None else formatting.number(shift.psi),
                tested(shift),
                *change_cells(shift),
            ]
            for shift in diff.columns
        ),
    ]


def diff_text(diff: DataDiff, width: int = WIDTH) -> str:
    """Return how two data sets differ, as lines."""
    lines = [diff_title(diff), *diff_summary(diff)]
    if diff.files is not None:
        shown = diff.files.examples[:_SHOWN]
        lines += [f"  {file_line(one)}" for one in shown]
        files = diff.files
        left = files.added + files.removed + files.changed - len(shown)
        lines += [f"  … and {left:,} more"] if left else []
    for one in diff.rows.examples if diff.rows is not None else ():
        what = f"  {one.column}" if one.column else ""
        lines.append(f"  row {one.key}{what}  {f'{one.before} → {one.after}'.strip(' →')}")
    if diff.columns and not diff.same:
        cells = diff_cells(diff)
        lines += ["", cells_text(cells[: _SHOWN + 1], width)]
        if len(cells) > _SHOWN + 1:
            lines.append(f"… and {len(cells) - _SHOWN - 1:,} columns that shifted less")
    return "\n".join([*lines, *diff.notes])
