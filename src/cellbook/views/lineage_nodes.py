"""The things of a lineage as nodes: what they are called, and what is to be known of each."""

from __future__ import annotations

from cellbook.records import (
    Artifact,
    CellExecution,
    LineageKind,
    LineageNode,
    RunRecord,
    Subset,
)
from cellbook.views import formatting
from cellbook.views.rows_text import doubts

WORDS = {
    LineageKind.RUN: "run",
    LineageKind.DATA: "data set",
    LineageKind.FILE: "file",
    LineageKind.ROWS: "set of rows",
    LineageKind.CHECKPOINT: "checkpoint",
    LineageKind.NOTEBOOK: "notebook",
    LineageKind.MODEL: "model",
    LineageKind.ALIAS: "alias",
    LineageKind.ENDPOINT: "endpoint",
    LineageKind.PREDICTIONS: "set of predictions",
}


def short_source(source: str) -> str:
    """Return a path's or a URL's last part; a query's first words."""
    if "\n" in source or " " in source.strip():
        return formatting.shorten(source, 28)
    return source.rstrip("/").rpartition("/")[2] or source


def gone(kind: LineageKind, thing_id: str) -> LineageNode:
    """Return what stands for a thing that is no longer on record."""
    return LineageNode(f"{kind.value}:{thing_id}", kind, "(deleted)", f"{WORDS[kind]} {thing_id}")


def run_node(run: RunRecord) -> LineageNode:
    """Return a run as a node."""
    metrics = [f"{name} {formatting.number(value)}" for name, value in run.metrics.items()]
    state = f"{formatting.GLYPHS[run.state]} {run.state.value}"
    facts = {"notebook": run.notebook or "", "experiment": run.experiment, "state": run.state.value}
    return LineageNode(
        f"run:{run.run_id}",
        LineageKind.RUN,
        f"#{run.run_number} {run.run_name}",
        formatting.shorten(" · ".join([state, *metrics[:2]]), 60),
        run.start_time,
        run.end_time,
        {name: text for name, text in facts.items() if text},
    )


def rows_node(subset: Subset) -> LineageNode:
    """Return rows that a run used as a node."""
    facts = {
        "role": subset.role,
        "estimator": subset.estimator,
        "selector": subset.selector,
        "how": subset.how,
        "notes": "; ".join(doubts(subset)),
    }
    estimator = subset.estimator.rpartition(".")[2]
    return LineageNode(
        f"rows:{subset.subset_id}",
        LineageKind.ROWS,
        f"{subset.rows:,} of {subset.of:,} rows",
        " · ".join(filter(None, [subset.role, estimator])),
        subset.created,
        facts={name: text for name, text in facts.items() if text},
    )


def cell_node(cell: CellExecution, made: str) -> LineageNode:
    """Return the execution of a cell as a node; `made` tells its steps apart."""
    count = "" if cell.execution_count is None else f" [{cell.execution_count}]"
    return LineageNode(
        f"cell:{cell.execution_id}:{made}",
        LineageKind.CELL,
        f"cell{count}",
        (cell.notebook or "").rpartition("/")[2],
        cell.start_time,
        cell.end_time,
        {"source": cell.source, **({"notebook": cell.notebook} if cell.notebook else {})},
    )


def file_node(artifact: Artifact) -> LineageNode:
    """Return an artifact as a node."""
    return LineageNode(
        f"file:{artifact.artifact_id}",
        LineageKind.FILE,
        artifact.path,
        formatting.size(artifact.size),
        artifact.time,
        facts={"digest": f"sha256:{artifact.digest}", "media_type": artifact.media_type},
    )
