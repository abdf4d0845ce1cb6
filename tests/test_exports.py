"""The public face: small, lazy, and documented."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import cellbook

FACE = [
    "Book", "Run", "RunRecord", "RunState", "__version__", "active_run", "bundle", "checkpoints",
    "comment", "comments", "compare", "dashboard", "data_diff", "define_metric",
    "end_run", "errors", "export_comments", "export_run", "import_comments", "import_run",
    "leaderboard", "lineage", "load_ipython_extension", "load_model", "log_artifact",
    "log_artifacts",
    "log_audio",
    "log_dict",
    "log_figure", "log_histogram", "log_html", "log_image", "log_input", "log_metric",
    "log_metrics", "log_model", "log_param", "log_params", "log_scores", "log_table", "log_text",
    "metric_history", "milestone", "model_versions",
    "open", "read_data", "register_model", "reproduce", "retrain", "retrainings",
    "rows_used", "search_datasets",
    "search_models", "search_runs", "set_tag",
    "set_tags", "stage", "start_run",
    "track_data", "track_query", "track_subset", "unload_ipython_extension",
]  # fmt: skip


def test_all_is_what_is_exported() -> None:
    assert sorted(cellbook.__all__) == FACE
    assert set(dir(cellbook)) >= set(FACE)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = cellbook.nothing  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", FACE)
def test_public_names_are_documented(name: str) -> None:
    value = getattr(cellbook, name)
    if name != "__version__":
        assert inspect.getdoc(value)


def test_import_is_lazy() -> None:
    code = (
        "import sys, cellbook\n"
        "heavy = {'numpy', 'pandas', 'plotly', 'IPython', 'ipywidgets', 'sqlite3', 'tinydb',"
        " 'psutil', 'jupyterlab', 'sklearn'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "cellbook.start_run\n"
        "heavy = {'numpy', 'pandas', 'plotly', 'IPython', 'ipywidgets', 'jupyterlab'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_signatures_that_others_call() -> None:
    def parameters(function: object) -> str:
        return ", ".join(
            ("*" if p.kind is p.KEYWORD_ONLY else "") + p.name
            for p in inspect.signature(function).parameters.values()  # type: ignore[arg-type]
        )

    run = cellbook.Run
    assert parameters(cellbook.start_run) == (
        "run_name, *run_id, *experiment, *nested, *params, *tags, *parent, *description"
    )
    assert parameters(run.log_metric) == "self, key, value, step, *context, *timestamp"
    assert parameters(run.log_metrics) == "self, metrics, step, *context, *timestamp"
    assert parameters(run.log_artifact) == "self, local_path, artifact_path"
    assert parameters(run.log_figure).startswith("self, figure, artifact_file")
    assert parameters(run.log_table).startswith("self, data, artifact_file")
    assert parameters(cellbook.search_runs) == "query, *order_by, *max_results"
    assert parameters(cellbook.open).startswith("url")
