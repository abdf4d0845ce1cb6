"""What is shown, in every form that a front end may ask for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from IPython.display import display

from cellbook.widgets.style import still

WIDGET = "application/vnd.jupyter.widget-view+json"


class Panel:
    """Something to display: HTML and text, and where somebody is there to use it, a widget.

    A front end shows the best it can: the widget in JupyterLab, Notebook and VS Code, the HTML in
    exported pages and wherever widgets are not drawn, the text in a terminal.

    In Jupyter, HTML and widget are two outputs of the cell.  A widget dies with its kernel, and a
    notebook opened the next day has "Error displaying widget: model not found" in its place; so a
    style rule shows the HTML unless the widget behind it lives.

    Parameters
    ----------
    html, text
        The content for front ends without widgets.
    widget
        Makes the widget; called at most once, when it is displayed in a kernel that somebody
        looks at.  None where there is nothing to do in it.
    """

    def __init__(self, html: str, text: str, widget: Callable[[], Any] | None = None) -> None:
        self.html = html
        self.text = text
        self._make = widget
        self._widget: Any = None

    @property
    def widget(self) -> Any:
        """The ipywidget, made at first use; None where there is nothing to do in it."""
        if self._widget is None and self._make is not None:
            self._widget = self._make()
        return self._widget

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/html": self.html, "text/plain": self.text}
        if self._make is not None and is_watched():
            bundle[WIDGET] = {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.widget.model_id,
            }
        return bundle

    def _ipython_display_(self, **kwargs: Any) -> None:
        bundle = self._repr_mimebundle_()
        if WIDGET in bundle and _in_jupyter():
            view = bundle.pop(WIDGET)
            display({**bundle, "text/html": still(self.html)}, raw=True)
            bundle = {WIDGET: view, "text/plain": ""}
        display(bundle, raw=True)


def is_watched() -> bool:
    """Whether a person looks at what this kernel displays, and can use a widget.

    Executed by nbclient, papermill or nbconvert, a notebook is read later, without a kernel: there
    a widget would show nothing, or an error.
    """
    return (
        _in_jupyter()
        or "VSCODE_PID" in os.environ
        or hasattr(sys.modules.get("__main__"), "__vsc_ipynb_file__")
        or "google.colab" in sys.modules
    )


def _in_jupyter() -> bool:
    # Jupyter's servers name the notebook's session so; nbclient has no server.
    return bool(os.environ.get("JPY_SESSION_NAME"))
