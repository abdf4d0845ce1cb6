"""Panels that live: the front end of labextension/src/inline, which asks the kernel."""

from cellbook.widgets.live.compare import compare_widget
from cellbook.widgets.live.models import models_widget
from cellbook.widgets.live.panel import LivePanel
from cellbook.widgets.live.runs import runs_widget
from cellbook.widgets.live.threads import threads_widget

__all__ = ["LivePanel", "compare_widget", "models_widget", "runs_widget", "threads_widget"]
