from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import ipywidgets
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from IPython.utils.capture import capture_output
from traitlets.config import Config

from cellbook.widgets.bundles import WIDGET, Panel, is_watched
from cellbook.widgets.style import framed

VARIABLES = ("JPY_SESSION_NAME", "VSCODE_PID")


@pytest.fixture(autouse=True)
def nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_panel_is_html_and_text_where_nobody_watches() -> None:
    panel = Panel("<b>x</b>", "x", lambda: pytest.fail("no widget is needed"))
    assert panel._repr_mimebundle_() == {"text/html": "<b>x</b>", "text/plain": "x"}
    assert repr(panel) == "x"


def test_panel_is_a_widget_beside_these_where_somebody_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "a.ipynb")
    panel = Panel("<b>x</b>", "x", ipywidgets.HTML)
    bundle = panel._repr_mimebundle_(include=None, exclude=None)
    assert bundle.pop(WIDGET)["model_id"] == panel.widget.model_id
    assert bundle == {"text/html": "<b>x</b>", "text/plain": "x"}
    assert WIDGET not in Panel("x", "x")._repr_mimebundle_()
    assert Panel("x", "x").widget is None


@pytest.mark.parametrize("name", VARIABLES)
def test_servers_and_editors_watch(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    assert not is_watched()
    monkeypatch.setenv(name, "1")
    assert is_watched()


def test_vs_code_and_colab_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "__vsc_ipynb_file__", "a.ipynb", raising=False)
    assert is_watched()
    monkeypatch.delattr(main, "__vsc_ipynb_file__")
    monkeypatch.setitem(sys.modules, "google.colab", main)
    assert is_watched()


@pytest.fixture
def shell() -> Iterator[InteractiveShell]:
    config = Config({"HistoryManager": {"enabled": False}})
    yield InteractiveShell.instance(config=config)
    InteractiveShell.clear_instance()


def shown(panel: Panel) -> list[dict[str, Any]]:
    with capture_output() as captured:
        display(panel)
    return [output.data for output in captured.outputs]


@pytest.mark.usefixtures("shell")
def test_display_is_one_output_where_nobody_watches() -> None:
    panel = Panel(framed("x"), "x", ipywidgets.HTML)
    assert shown(panel) == [{"text/html": framed("x"), "text/plain": "x"}]


@pytest.mark.usefixtures("shell")
def test_display_in_jupyter_has_the_still_form_before_the_live_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "a.ipynb")
    html, live = shown(Panel(framed("x"), "x", ipywidgets.HTML))
    assert 'class="cellbook cellbook-still"' in html["text/html"]
    assert html["text/plain"] == "x"
    assert set(live) == {WIDGET, "text/plain"}
    assert live["text/plain"] == ""


@pytest.mark.usefixtures("shell")
def test_display_elsewhere_has_all_forms_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VSCODE_PID", "1")
    (bundle,) = shown(Panel(framed("x"), "x", ipywidgets.HTML))
    assert set(bundle) == {WIDGET, "text/html", "text/plain"}
    assert 'cellbook-still"' not in bundle["text/html"]
