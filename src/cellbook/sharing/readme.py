"""What a person reads first of a run that came as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC

from cellbook.commenting import Discussion, newest_text
from cellbook.interop.ro_crate import CrateData, CrateFile
from cellbook.records import Environment, RunRecord
from cellbook.sharing.cutting import LOCK, REQUIREMENTS, Cut
from cellbook.sharing.names import safe_part
from cellbook.views import formatting
from cellbook.views.environments import environment_facts
from cellbook.views.thread_markdown import code, plain

_MOST = 100


def readme(
    run: RunRecord,
    environment: Environment | None,
    data: Sequence[CrateData],
    files: Sequence[CrateFile],
    behind: Cut,
    said: Sequence[Discussion],
    agent: str,
    *,
    children: Sequence[RunRecord] = (),
) -> str:
    """Return the README of an archive, as Markdown."""
    parts = [
        *_head(run, agent),
        *_table("Params", "param", "value", run.params),
        *_table("Metrics", "metric", "last value", run.metrics),
        *_table("Tags", "tag", "value", run.tags),
        *_part("Runs that are part of it", [_child(n, one) for n, one in enumerate(children, 1)]),
        *_part("Data", [_data(one) for one in data]),
        *_part("How to run it", list(_steps(environment, data, behind))),
        *_part("What is not sure", [f"- {plain(one)}" for one in behind.slice.doubts]),
        *_part("Ran on", list(_facts(environment))),
        *_part("What was said", [_thread(one) for one in said]),
        *_part("Files", [_file(one) for one in files if not one.path.startswith("cellbook/")]),
        "`cellbook import FILE.zip` takes all of it into a book of yours, without running any of",
        "its code. `ro-crate-metadata.json` describes each file for programs (RO-Crate, with the",
        "Process Run Crate profile); `cellbook/` holds the records themselves.",
    ]
    return formatting.visible("\n".join(parts)).rstrip() + "\n"


def _head(run: RunRecord, agent: str) -> Iterator[str]:
    yield f"# {plain(run.run_name)}"
    yield ""
    notebook = f" of {code(run.notebook)}" if run.notebook else ""
    by = f" by {plain(agent)}" if agent else ""
    yield (
        f"A run{notebook}, recorded{by} on {formatting.date(run.start_time, UTC)} UTC. It took "
        f"{formatting.duration(run.duration)} and is **{run.state.value}**."
    )
    yield ""
    if run.description:
        yield plain(run.description)
        yield ""
    if run.error:
        yield f"It ended with {code(formatting.shorten(run.error, 300))}."
        yield ""


def _table(title: str, name: str, value: str, entries: object) -> Iterator[str]:
    told = dict(entries)  # type: ignore[call-overload]
    if not told:
        return
    yield f"## {title}"
    yield ""
    yield f"| {name} | {value} |"
    yield "| --- | --- |"
    for place, (key, one) in enumerate(sorted(told.items())):
        if place == _MOST:
            yield f"| … {len(told) - _MOST} more | in `run.json` |"
            break
        yield f"| {plain(key)} | {plain(formatting.shorten(formatting.full(one), 200))} |"
    yield ""


def _part(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"## {title}"
        yield ""
        yield from lines[:_MOST]
        if len(lines) > _MOST:
            yield f"- … and {len(lines) - _MOST:,} more"
        yield ""


def _child(place: int, one: RunRecord) -> str:
    metrics = [f"{name} {formatting.number(value)}" for name, value in sorted(one.metrics.items())]
    told = ", ".join([one.state.value, *metrics[:3]])
    return f"- {code(f'runs/{place}-{safe_part(one.run_name)}')}: {plain(told)}"


def _data(one: CrateData) -> str:
    version = one.version
    facts = [*one.roles]
    if version.rows is not None:
        facts.append(formatting.plural(version.rows, "row"))
    if version.source:
        facts.append(version.source)
    facts.append(version.digest)
    where = f"; its content is below `data/`, {formatting.plural(len(one.files), 'file')}"
    return (
        f"- {code(f'data:{version.label}')}: {plain(', '.join(facts))}{where if one.files else ''}"
    )


def _steps(
    environment: Environment | None,
    data: Sequence[CrateData],
    behind: Cut,
) -> Iterator[str]:
    number = 1
    if environment is not None:
        yield (
            f"{number}. `python -m pip install -r {REQUIREMENTS}`, with Python "
            f"{environment.python}; `{LOCK}` says the same to installers that read PEP 751"
        )
        number += 1
    if any(not one.files for one in data):
        yield f"{number}. Put the data where it was: see above for where, and for its digests"
        number += 1
    if behind.cells:
        told = formatting.plural(len(behind.cells), "cell")
        yield f"{number}. `python slice.py`, or open `slice.ipynb`: the {told} that it stands on"
    elif behind.script:
        yield f"{number}. `python slice.py`: the script that was run"


def _facts(environment: Environment | None) -> Iterator[str]:
    if environment is not None:
        for name, fact in environment_facts(environment).items():
            if fact:
                yield f"- {name}: {plain(str(fact))}"
        yield f"- {formatting.plural(len(environment.packages), 'package')}"


def _thread(one: Discussion) -> str:
    texts = [text for comment in one.comments if (text := newest_text(comment))]
    first = plain(formatting.shorten(texts[0], 200)) if texts else ""
    more = f", and {formatting.plural(len(texts) - 1, 'answer')}" if len(texts) > 1 else ""
    return f"- {plain(one.thread.author.name)}: {first}{more}"


def _file(one: CrateFile) -> str:
    told = f": {plain(one.description)}" if one.description else ""
    return f"- {code(one.path)} ({formatting.size(one.size or 0)}){told}"
