"""What came of an attempt to run a run again, as a verdict and in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cellbook.records import Difference, Reproduction, ReproductionVerdict
from cellbook.views.formatting import duration, plural

if TYPE_CHECKING:
    from cellbook.book import Book

TIME = "time"
"""What differs where it is only when something ran, and how long that took."""
_SHOWN = 3
_VERDICTS = {
    ReproductionVerdict.IDENTICAL: "identical",
    ReproductionVerdict.WITHIN: "within tolerance",
    ReproductionVerdict.DIFFERS: "differs",
    ReproductionVerdict.FAILED: "failed",
    ReproductionVerdict.UNTRIED: "not tried",
}


def verdict_of(differences: Sequence[Difference]) -> ReproductionVerdict:
    """Return the verdict on what differs."""
    if any(not one.within for one in differences):
        return ReproductionVerdict.DIFFERS
    timeless = any(one.what != TIME for one in differences)
    return ReproductionVerdict.WITHIN if timeless else ReproductionVerdict.IDENTICAL


def verdict_text(done: Reproduction) -> str:
    """Return what a verdict is called."""
    timed = done.verdict is ReproductionVerdict.IDENTICAL and bool(done.differences)
    return _VERDICTS[done.verdict] + (" but for times" if timed else "")


def notes_of_times(differences: Sequence[Difference]) -> list[str]:
    """Return what was taken for times, and so not for results."""
    times = [one for one in differences if one.what == TIME]
    if not times:
        return []
    shown = "; ".join(f"{one.name}: {one.was} before, {one.now} now" for one in times[:_SHOWN])
    more = f"; and {len(times) - _SHOWN} more" if len(times) > _SHOWN else ""
    return [f"taken for times: {shown}{more}"]


def told(done: Reproduction) -> str:
    """Return a verdict in a few words."""
    match done.verdict:
        case ReproductionVerdict.IDENTICAL:
            return verdict_text(done)
        case ReproductionVerdict.WITHIN:
            how = "as other seeds vary" if done.learnt else "given"
            return f"within tolerance ({done.tolerance:.3g}, {how}); {done.first}"
        case ReproductionVerdict.DIFFERS:
            beyond = sum(not one.within for one in done.differences)
            return f"differs in {plural(beyond, 'thing')}; first: {done.first}"
    return f"{verdict_text(done)}: {done.first}"


def outcome_text(book: Book, done: Reproduction) -> str:
    """Return what came of an attempt as lines of text."""
    record = book.find_run(done.of)
    number = f" as #{book.find_run(done.run).run_number}" if done.run else ""
    lines = [
        f"#{record.run_number} {record.run_name}{number}: {told(done)} · {duration(done.duration)}"
    ]
    results = [one for one in done.differences if one.what != TIME]
    for one in results[1:]:
        within = " (within tolerance)" if one.within else ""
        lines.append(f"  {one.what} {one.name}: {one.was} before, {one.now} now{within}")
    lines += [f"  {note}" for note in done.notes]
    lines += [f"  in doubt: {doubt}" for doubt in done.doubts]
    return "\n".join(lines)
