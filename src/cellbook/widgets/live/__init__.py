"""Panels that live: the front end of labextension/src/inline, which asks the kernel."""

from cellbook.widgets.live.compare import compare_widget
from cellbook.widgets.live.panel import LivePanel

__all__ = ["LivePanel", "compare_widget"]
