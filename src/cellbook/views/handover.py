"""Hand-over notes: what somebody has to know who takes a notebook over, from what is on record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from cellbook.capture import source_hash
from cellbook.commenting import BRIEF_FIELDS
from cellbook.records import (
    CellExecution,
    CellState,
    Checkpoint,
    DatasetVersion,
    Environment,
    RunRecord,
    ThreadKind,
)
from cellbook.views import formatting
from cellbook.views.environments import environment_facts
from cellbook.views.thread_markdown import code, plain, quoted
from cellbook.views.thread_text import review_text, short_id
from cellbook.views.threads import ThreadView

_DECISION = "decision"
_MOST = 30
"""Entries of one part of the note; how many more there are is told."""
_METRICS = 8


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that a notebook is taken over from, with all that the note tells of it."""

    notebook: str
    """As records name it; empty where none is known."""
    document: Mapping[str, Any]
    """What it held."""
    ran: Sequence[CellExecution] = ()
    """The cells that had run, oldest first."""
    checkpoint: Checkpoint | None = None
    number: int = 0
    """Of the checkpoint."""
    trusted: bool = True
    """Whether this user saved the checkpoint."""
    run: RunRecord | None = None
    by_run: bool = False
    """Whether it is the run that was named."""
    data: Sequence[tuple[DatasetVersion, Sequence[str]]] = ()
    """What the run used, and as what."""
    environment: Environment | None = None
    threads: Sequence[ThreadView] = ()


@dataclass(slots=True)
class _Cell:
    """A code cell of the document."""

    position: int
    """In the new notebook, from 1: the note itself is its first cell."""
    source: str
    last: CellExecution | None
    reasons: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        first = next((line for line in self.source.splitlines() if line.strip()), "")
        return f"cell {self.position}: {code(formatting.shorten(first.strip(), 70))}"


def handover_note(moment: Moment, now: int, by: str = "") -> str:
    """Return the note as Markdown.

    Parameters
    ----------
    moment
        What is taken over.
    now
        When, in milliseconds since 1970.
    by
        Who takes it over; empty where nobody knows.
    """
    cells = _cells(moment)
    parts = [
        *_head(moment, now, by),
        *_part("What it is to solve", _brief(moment)),
        *_part("Decisions", _decisions(moment)),
        *_part("Open threads", _open(moment)),
        *_part("Data and environment", _ground(moment)),
        *_part("Stale cells", [f"- {cell} — {', '.join(cell.reasons)}" for cell in cells.values()
                               if cell.reasons]),
        *_part("What to run first", _first(moment, cells)),
    ]  # fmt: skip
    return "\n".join(parts).rstrip() + "\n"


def _head(moment: Moment, now: int, by: str) -> Iterator[str]:
    name = PurePosixPath(moment.notebook).name
    yield f"# Taken over from {plain(name) or 'a notebook without a name'}"
    yield ""
    what = []
    if moment.checkpoint is not None:
        label = f" “{plain(moment.checkpoint.label)}”" if moment.checkpoint.label else ""
        what.append(
            f"checkpoint {moment.number}{label} of {formatting.date(moment.checkpoint.time)[:16]}"
        )
    if moment.run is not None:
        run = moment.run
        what.append(f"run #{run.run_number} {plain(run.run_name)} ({run.state.value})")
    taker = f" by @{plain(by)}" if by else ""
    yield f"Made on {formatting.date(now)[:16]}{taker} from {', '.join(what)}."
    if moment.run is not None and moment.run.metrics:
        shown = sorted(moment.run.metrics.items())
        told = ", ".join(
            f"{plain(key)} {formatting.number(value)}" for key, value in shown[:_METRICS]
        )
        more = f" and {len(shown) - _METRICS} more" if len(shown) > _METRICS else ""
        yield f"Its metrics: {told}{more}."
    yield ""


def _part(title: str, lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        return
    yield f"## {title}"
    yield ""
    yield from lines[:_MOST]
    if len(lines) > _MOST:
        yield f"- … and {len(lines) - _MOST} more"
    yield ""


def _brief(moment: Moment) -> list[str]:
    return [
        f"- **{shown}:** {plain(thread.brief[name])}"
        for thread in moment.threads
        if thread.kind is ThreadKind.BRIEF
        for name, shown in BRIEF_FIELDS.items()
        if thread.brief.get(name)
    ]


def _decisions(moment: Moment) -> list[str]:
    return [_line(thread) for thread in moment.threads if _DECISION in thread.labels]


def _open(moment: Moment) -> list[str]:
    return [
        _line(thread)
        for thread in moment.threads
        if not thread.resolved and thread.kind is not ThreadKind.BRIEF
        and _DECISION not in thread.labels
    ]  # fmt: skip


def _line(thread: ThreadView) -> str:
    said = [comment for comment in thread.comments if comment.text]
    facts = [f"@{plain(thread.author.name)}", formatting.date(thread.time)[:10]]
    if thread.assigned:
        facts.append("for " + ", ".join(f"@{plain(name)}" for name in thread.assigned))
    if thread.review.state:
        facts.append(plain(review_text(thread)))
    told = " · ".join(facts)
    lines = [f"- **{plain(thread.anchor.title)}** ({told}) `thread:{short_id(thread)}`"]
    if said:
        lines += ["", *quoted(said[0].text, "  ")]
    if len(said) > 1:
        answers = formatting.plural(len(said) - 1, "answer")
        by = f"@{plain(said[-1].author.name)}"
        lines += ["", f"  {answers}, the last by {by}:", "", *quoted(said[-1].text, "  ")]
    return "\n".join([*lines, ""])


def _ground(moment: Moment) -> list[str]:
    lines = []
    for version, roles in moment.data:
        about = [*roles, version.source, f"digest {version.digest[:16]}"]
        told = ", ".join(plain(one) for one in about if one)
        lines.append(f"- Data {code(f'data:{version.label}')}: {told}")
    environment = moment.environment
    if environment is not None:
        facts = {name: fact for name, fact in environment_facts(environment).items() if fact}
        told = ", ".join(f"{name} {plain(str(fact))}" for name, fact in facts.items())
        lines.append(f"- Ran on {told}, with {len(environment.packages)} packages")
    if moment.run is not None:
        lines.append(f"- All of it: `cellbook show {moment.run.run_number}`")
    return lines


def _cells(moment: Moment) -> dict[str, _Cell]:
    """Return the code cells of the document by id, with why each is out of date."""
    last = {cell.cell_id or cell.execution_id: cell for cell in moment.ran}
    found = {}
    for position, told in enumerate(moment.document.get("cells", ()), 2):
        source = told.get("source", "")
        source = source if isinstance(source, str) else "".join(source)
        if told.get("cell_type") != "code" or not source.strip():
            continue
        name = str(told.get("id", position))
        cell = found[name] = _Cell(position, source, last.get(name))
        if cell.last is None:
            cell.reasons.append("did not run before")
        elif source_hash(cell.last.source) != source_hash(source):
            cell.reasons.append("edited since it ran")
        elif cell.last.state is not CellState.OK:
            error = (
                f": {plain(formatting.shorten(cell.last.error, 100))}" if cell.last.error else ""
            )
            cell.reasons.append(f"ended as {cell.last.state.value}{error}")
        if cell.last is not None:
            cell.reasons += [plain(reason) for reason in cell.last.stale]
    return found


def _first(moment: Moment, cells: Mapping[str, _Cell]) -> list[str]:
    lines = ["`%load_ext cellbook`"]
    if moment.checkpoint is not None and moment.checkpoint.variables:
        lost = ", ".join(map(plain, sorted(moment.checkpoint.lost)[:8]))
        trust = "" if moment.trusted else (
            f"; {plain(moment.checkpoint.author) or 'somebody else'} saved it, so it asks for "
            "`--trust`"
        )  # fmt: skip
        lines.append(
            f"`%restore {moment.number} --kernel` brings "
            f"{formatting.plural(moment.checkpoint.variables, 'variable')} back"
            + (f", but not {lost}" if lost else "")
            + trust
        )
        lead = "Or, in a fresh kernel, these cells in this order: "
    else:
        lead = "These cells, in the order in which they ran: "
    order = {cell.cell_id or cell.execution_id: at for at, cell in enumerate(moment.ran)}
    ran = sorted((order[name], cell.position) for name, cell in cells.items() if name in order)
    if ran:
        lines.append(lead + ", ".join(str(position) for _, position in ran))
    stale = [str(cell.position) for cell in cells.values() if cell.reasons]
    if stale:
        lines.append(f"Then what is stale: {', '.join(stale[:_MOST])}")
    return [f"{place}. {line}" for place, line in enumerate(lines, 1)]
