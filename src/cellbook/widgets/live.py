"""The comparison as a widget: what is shown follows the hands.

The curves are our own SVG, not plotly's: in JupyterLab, on two busy cores, the first panel of a
page is there 1.0 s after its cell was run (the next ones 0.4 s), where the first ``go.Figure``
takes 5.2 s, as the page loads 5 MB of JavaScript for it, and the first ``FigureWidget`` 15.8 s.
The kernel redraws in a few milliseconds what a control asks for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as ipw

from cellbook.records import RunRecord
from cellbook.views import LEGEND, RunComparison, compare_runs, formatting
from cellbook.widgets.compare import metric_chart, no_curves
from cellbook.widgets.style import STYLE
from cellbook.widgets.tables import comparison_table, sentence

if TYPE_CHECKING:
    from cellbook.book import Book

_DIFFERING, _ALL = "only what differs", "all"
_SMOOTHING = 0.99
"""The weight that the slider's right end stands for."""


class ComparePanel:
    """The live form of a comparison.

    Attributes
    ----------
    box
        The widget to display.
    """

    def __init__(
        self,
        book: Book,
        records: Sequence[RunRecord],
        notes: Sequence[str] = (),
        *,
        everything: bool = False,
    ) -> None:
        self._book = book
        self._records = list(records)
        self._notes = list(notes)
        self._baseline = 0
        self._comparison = compare_runs(book.store, self._records)
        self._table = ipw.HTML()
        self._chart = ipw.HTML(layout=ipw.Layout(width="100%", max_width="960px"))
        self._base = ipw.Dropdown(
            description="baseline ★",
            options=[(_label(record), place) for place, record in enumerate(self._records)],
            tooltip="The run that the others are compared with",
            style={"description_width": "auto"},
            layout=ipw.Layout(
                width="auto",
                max_width="320px",
                margin="2px 16px 2px 0",
                display=None if len(self._records) > 1 else "none",
            ),
        )
        self._base.observe(lambda change: self._set_baseline(change.new), "value")
        self._rows = self._toggle(_ALL if everything else _DIFFERING)
        self._again = ipw.Button(
            icon="refresh", tooltip="Read the runs again", layout=ipw.Layout(width="36px")
        )
        self._again.on_click(lambda _: self._refresh())
        self._metric = ipw.Dropdown(
            options=self._comparison.metrics,
            value=next(iter(self._comparison.metrics), None),
            layout=ipw.Layout(width="auto", min_width="120px", max_width="280px"),
        )
        self._axis = ipw.ToggleButtons(
            options=["step", "time"], style={"button_width": "auto"}, tooltips=["", ""]
        )
        self._smooth = ipw.FloatSlider(
            description="smoothing",
            min=0.0,
            max=_SMOOTHING,
            step=0.01,
            readout_format=".2f",
            layout=ipw.Layout(width="280px"),
            style={"description_width": "auto"},
        )
        self._log = ipw.ToggleButton(
            description="log", tooltip="Logarithmic axis", layout=ipw.Layout(width="auto")
        )
        for control in (self._metric, self._axis, self._smooth, self._log):
            control.observe(lambda _: self._draw_chart(), "value")
        self._rows.observe(lambda _: self._draw_table(), "value")
        self._controls = ipw.HBox(
            [self._metric, self._axis, self._log, self._smooth],
            layout=ipw.Layout(flex_flow="row wrap", align_items="center", margin="12px 0 0 0"),
        )
        head = ipw.HBox(
            [self._base, self._rows, self._again],
            layout=ipw.Layout(flex_flow="row wrap", align_items="center", margin="0 0 8px 0"),
        )
        self.box = ipw.VBox(
            [ipw.HTML(self._notes_html()), head, self._table, self._controls, self._chart],
            layout=ipw.Layout(width="100%", overflow="visible"),
        )
        self.box.add_class("cellbook-panel")
        self._draw()

    @property
    def comparison(self) -> RunComparison:
        """What is shown."""
        return self._comparison

    # -- parts ---------------------------------------------------------------------------------

    def _toggle(self, shown: str) -> Any:
        return ipw.ToggleButtons(
            options=[_DIFFERING, _ALL],
            value=shown,
            style={"button_width": "auto"},
            layout=ipw.Layout(display="none" if len(self._records) == 1 else None),
        )

    def _notes_html(self) -> str:
        notes = "".join(f'<p class="cb-note">{sentence(note)}</p>' for note in self._notes)
        return f'{STYLE}<div class="cellbook">{notes}</div>'

    # -- drawing -------------------------------------------------------------------------------

    def _draw(self) -> None:
        self._draw_table()
        self._draw_chart()

    def _draw_table(self) -> None:
        everything = self._rows.value == _ALL or len(self._records) == 1
        rows = self._comparison.rows if everything else self._comparison.differing
        notes = [] if rows else ["Nothing differs."]
        notes += [LEGEND] if len(self._records) > 1 else []
        notes += [] if everything or not self._comparison.rest else [self._comparison.rest_text]
        table = comparison_table(self._comparison, rows)
        told = "".join(f'<p class="cb-note">{sentence(note)}</p>' for note in notes)
        self._table.value = f'<div class="cellbook">{table}{told}</div>'

    def _draw_chart(self) -> None:
        if self._metric.value is None:
            self._controls.layout.display = "none"
            drawn = f'<p class="cb-note">{sentence(no_curves(self._records))}</p>'
        else:
            self._controls.layout.display = None
            drawn = metric_chart(
                self._book,
                self._records,
                self._metric.value,
                time_axis=self._axis.value == "time",
                log=self._log.value,
                smoothing=self._smooth.value,
            )
        self._chart.value = (
            f'<div class="cellbook"><div class="cb-chart cb-wide">{drawn}</div></div>'
        )

    # -- hands ---------------------------------------------------------------------------------

    def _set_baseline(self, place: int) -> None:
        self._baseline = place
        self._comparison = compare_runs(self._book.store, self._records, baseline=place)
        self._draw()

    def _refresh(self) -> None:
        """Read the runs again: those that run have gone on, one may have been deleted for good."""
        self._book.refresh()
        found = []
        for record in self._records:
            doc = self._book.store.get("runs", record.run_id)
            found.append(record if doc is None else self._book.runs.get(record.run_id))
        self._records = found
        self._comparison = compare_runs(self._book.store, found, baseline=self._baseline)
        chosen = self._metric.value
        self._metric.options = self._comparison.metrics
        if chosen in self._comparison.metrics:
            self._metric.value = chosen
        self._draw()


def _label(record: RunRecord) -> str:
    return f"#{record.run_number} {formatting.shorten(record.run_name, 24)}"
