"""Cellbook: the lab book that a notebook keeps by itself.

In a notebook: ``%load_ext cellbook``.  In a script: ``import cellbook as cb`` and
``with cb.start_run("name", params={"lr": 0.01}) as run: run.log_metric("loss", 0.3)``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from cellbook._version import __version__

if TYPE_CHECKING:  # What a type checker and an editor see; at run time names are found lazily.
    from cellbook import errors
    from cellbook.book import Book, open  # noqa: A004
    from cellbook.fluent import (
        active_run,
        checkpoints,
        comment,
        define_metric,
        end_run,
        log_artifact,
        log_artifacts,
        log_audio,
        log_dict,
        log_figure,
        log_histogram,
        log_html,
        log_image,
        log_input,
        log_metric,
        log_metrics,
        log_param,
        log_params,
        log_scores,
        log_table,
        log_text,
        metric_history,
        milestone,
        search_runs,
        set_tag,
        set_tags,
        stage,
        start_run,
    )
    from cellbook.fluent_data import (
        read_data,
        rows_used,
        search_datasets,
        track_data,
        track_query,
        track_subset,
    )
    from cellbook.fluent_models import (
        bundle,
        load_model,
        log_model,
        model_versions,
        register_model,
        search_models,
    )
    from cellbook.records import RunRecord, RunState
    from cellbook.reproducing.calling import reproduce
    from cellbook.retraining.calling import retrain, retrainings
    from cellbook.sharing import export_run, import_run
    from cellbook.tracking import Run
    from cellbook.widgets.compare import compare
    from cellbook.widgets.dashboards import dashboard
    from cellbook.widgets.data_diff import data_diff
    from cellbook.widgets.leaderboards import leaderboard
    from cellbook.widgets.thread_files import export_comments, import_comments
    from cellbook.widgets.threads import comments

_HOMES = {
    "Book": "cellbook.book",
    "open": "cellbook.book",
    "Run": "cellbook.tracking",
    "RunRecord": "cellbook.records",
    "RunState": "cellbook.records",
    "comments": "cellbook.widgets.threads",
    "compare": "cellbook.widgets.compare",
    "dashboard": "cellbook.widgets.dashboards",
    "data_diff": "cellbook.widgets.data_diff",
    "errors": "cellbook.errors",
    "export_comments": "cellbook.widgets.thread_files",
    "export_run": "cellbook.sharing",
    "import_comments": "cellbook.widgets.thread_files",
    "import_run": "cellbook.sharing",
    "leaderboard": "cellbook.widgets.leaderboards",
    "lineage": "cellbook.widgets.lineage",
    "reproduce": "cellbook.reproducing.calling",
    "retrain": "cellbook.retraining.calling",
    "retrainings": "cellbook.retraining.calling",
    **dict.fromkeys(
        (
            "active_run",
            "checkpoints",
            "comment",
            "end_run",
            "log_artifact",
            "log_artifacts",
            "log_audio",
            "log_dict",
            "log_figure",
            "log_histogram",
            "log_html",
            "log_image",
            "log_metric",
            "log_metrics",
            "log_param",
            "log_params",
            "log_table",
            "log_text",
            "define_metric",
            "log_input",
            "log_scores",
            "metric_history",
            "milestone",
            "stage",
            "search_runs",
            "set_tag",
            "set_tags",
            "start_run",
        ),
        "cellbook.fluent",
    ),
    **dict.fromkeys(
        (
            "read_data",
            "rows_used",
            "search_datasets",
            "track_data",
            "track_query",
            "track_subset",
        ),
        "cellbook.fluent_data",
    ),
    **dict.fromkeys(
        (
            "bundle",
            "load_model",
            "log_model",
            "model_versions",
            "register_model",
            "search_models",
        ),
        "cellbook.fluent_models",
    ),
}
"""Where each public name lives; it is imported when it is first used."""

__all__ = [
    "Book",
    "Run",
    "RunRecord",
    "RunState",
    "__version__",
    "active_run",
    "bundle",
    "checkpoints",
    "comment",
    "comments",
    "compare",
    "dashboard",
    "data_diff",
    "define_metric",
    "end_run",
    "errors",
    "export_comments",
    "export_run",
    "import_comments",
    "import_run",
    "leaderboard",
    "lineage",
    "load_ipython_extension",
    "load_model",
    "log_artifact",
    "log_artifacts",
    "log_audio",
    "log_dict",
    "log_figure",
    "log_histogram",
    "log_html",
    "log_image",
    "log_input",
    "log_metric",
    "log_metrics",
    "log_model",
    "log_param",
    "log_params",
    "log_scores",
    "log_table",
    "log_text",
    "metric_history",
    "milestone",
    "model_versions",
    "open",
    "read_data",
    "register_model",
    "reproduce",
    "retrain",
    "retrainings",
    "rows_used",
    "search_datasets",
    "search_models",
    "search_runs",
    "set_tag",
    "set_tags",
    "stage",
    "start_run",
    "track_data",
    "track_query",
    "track_subset",
    "unload_ipython_extension",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'cellbook' has no attribute {name!r}")
    module = importlib.import_module(home)
    value = module if home == f"cellbook.{name}" else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)


def load_ipython_extension(shell: Any) -> None:
    """Begin to record: what ``%load_ext cellbook`` calls."""
    importlib.import_module("cellbook.ipython").load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """Stop recording: what ``%unload_ext cellbook`` calls."""
    importlib.import_module("cellbook.ipython").unload(shell)
