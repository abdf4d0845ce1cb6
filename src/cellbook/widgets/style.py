"""The style of all that is drawn as HTML.

Colours, fonts and spaces are JupyterLab's own variables, else those of VS Code; where there are
neither, as in an exported page, those of a light or dark page as the reader's system asks.

The last rule chooses between a panel's two outputs in Jupyter (:mod:`cellbook.widgets.bundles`):
the still one is seen unless the live one behind it lives.
"""

from __future__ import annotations

import re

from cellbook.widgets.colours import ON_DARK, ON_EITHER, ON_LIGHT, variables

_LIGHT = f"""
--cb-text0:#212121;--cb-muted0:#616161;--cb-faint0:#9e9e9e;--cb-line0:#e0e0e0;--cb-back0:#ffffff;
--cb-raised0:#f5f5f5;--cb-better:#0072b2;--cb-worse:#b84e00;{variables(ON_LIGHT)}
"""
_DARK = f"""
--cb-text0:#e6e6e6;--cb-muted0:#b0b0b0;--cb-faint0:#808080;--cb-line0:#424242;--cb-back0:#111111;
--cb-raised0:#212121;--cb-better:#56b4e9;--cb-worse:#e69f00;{variables(ON_DARK)}
"""

CSS = (
    f"""
.cellbook{{{_LIGHT}}}
@media (prefers-color-scheme:dark){{.cellbook{{{_DARK}}}}}
[data-jp-theme-light="true"] .cellbook,.vscode-light .cellbook{{{_LIGHT}}}
[data-jp-theme-light="false"] .cellbook,.vscode-dark .cellbook{{{_DARK}}}
"""
    """
.cellbook{
--cb-text:var(--jp-ui-font-color1,var(--vscode-foreground,var(--cb-text0)));
--cb-muted:var(--jp-ui-font-color2,var(--vscode-descriptionForeground,var(--cb-muted0)));
--cb-faint:var(--jp-ui-font-color3,var(--cb-faint0));
--cb-line:var(--jp-border-color2,var(--vscode-panel-border,var(--cb-line0)));
--cb-back:var(--jp-layout-color0,var(--vscode-editor-background,var(--cb-back0)));
--cb-raised:var(--jp-layout-color2,var(--vscode-editorWidget-background,var(--cb-raised0)));
color:var(--cb-text);line-height:1.4;
font-family:var(--jp-ui-font-family,var(--vscode-font-family,system-ui,sans-serif));
font-size:var(--jp-ui-font-size1,13px);font-variant-numeric:tabular-nums}
.cellbook .cb-scroll{overflow:auto;max-width:100%}
.cellbook .cb-scroll.cb-tall{max-height:640px}
.cellbook table.cb-table{border-collapse:separate;border-spacing:0;margin:0;border:0;
font-size:inherit;table-layout:auto;width:auto;color:var(--cb-text)}
.cellbook table.cb-table tr,.cellbook table.cb-table tr:nth-child(n){background:var(--cb-back)}
.cellbook table.cb-table th,.cellbook table.cb-table td{padding:4px 8px;border:0;
border-bottom:1px solid var(--cb-line);background:inherit;text-align:left;
vertical-align:baseline;font-weight:normal;white-space:nowrap;line-height:1.4;max-width:26em;
overflow:hidden;text-overflow:ellipsis}
.cellbook table.cb-table .cb-num{text-align:right}
.cellbook table.cb-table td.cb-beside{padding-left:0}
.cellbook .cb-value{display:inline-block;min-width:5.2em;text-align:right}
.cellbook .cb-delta{font-size:0.92em;margin-left:4px}
.cellbook table.cb-table thead th{position:sticky;top:0;z-index:2;background:var(--cb-back);
border-bottom:1px solid var(--cb-faint);vertical-align:bottom}
.cellbook table.cb-table tbody th{position:sticky;left:0;z-index:1;color:var(--cb-muted);
max-width:18em}
.cellbook table.cb-table thead th:first-child{left:0;z-index:3}
.cellbook table.cb-table tbody tr:hover,.cellbook table.cb-table tbody tr:hover:nth-child(n){
background:var(--cb-raised)}
.cellbook table.cb-table tr.cb-group th{color:var(--cb-faint);font-size:0.85em;padding-top:12px;
letter-spacing:0.04em}
.cellbook table.cb-table tr.cb-group:hover:nth-child(n){background:var(--cb-back)}
.cellbook table.cb-table tr:last-child>*{border-bottom:0}
.cellbook .cb-same,.cellbook .cb-muted{color:var(--cb-muted)}
.cellbook .cb-missing,.cellbook .cb-faint{color:var(--cb-faint)}
.cellbook .cb-better{color:var(--cb-better)}
.cellbook .cb-worse{color:var(--cb-worse)}
.cellbook .cb-strong{font-weight:600}
.cellbook .cb-note{color:var(--cb-muted);margin:8px 0}
.cellbook .cb-swatch{margin-right:6px}
.cellbook table.cb-table .cb-glyph{text-align:center;padding-right:0}
.cellbook .cb-stopped{font-size:0.72em;vertical-align:0.1em}
.cellbook .cb-state{color:var(--cb-muted);font-size:0.92em;margin-left:6px}
.cellbook th .cb-state{display:block;margin-left:24px}
.cellbook .cb-flush>*>tr>:first-child{padding-left:0}
.cellbook table.cb-table td.cb-wrap{white-space:normal;max-width:60em}
.cellbook table.cb-timeline tbody td{height:28px;padding-top:0;padding-bottom:0;border-bottom:0;
vertical-align:middle;max-width:23em}
.cellbook table.cb-timeline td.cb-graph{padding-left:4px;font-size:0;overflow:visible;
max-width:none}
.cellbook .cb-timeline code{white-space:nowrap}
.cellbook table.cb-timeline{width:100%;min-width:34em}
.cellbook table.cb-timeline tbody td.cb-share{max-width:0;width:40%}
.cellbook .cb-line{display:flex;gap:6px;align-items:baseline}
.cellbook .cb-line .cb-clip{overflow:hidden;text-overflow:ellipsis;min-width:0}
.cellbook .cb-lane{display:inline-block;position:relative;width:16px;height:28px;
vertical-align:top}
.cellbook .cb-lane i{position:absolute;box-sizing:border-box}
.cellbook .cb-up,.cellbook .cb-down{left:7px;height:14px;border-left:2px solid var(--cb-faint)}
.cellbook .cb-up{top:0}
.cellbook .cb-down{top:14px}
.cellbook .cb-left,.cellbook .cb-right{top:13px;width:8px;border-top:2px solid var(--cb-faint)}
.cellbook .cb-left{left:0}
.cellbook .cb-right{left:8px}
.cellbook .cb-dot{left:4px;top:10px;width:8px;height:8px;border-radius:50%;
background:var(--cb-muted)}
.cellbook .cb-dot.cb-label{left:3px;top:9px;width:10px;height:10px;border-radius:1px;
transform:rotate(45deg);background:var(--cb-text)}
.cellbook .cb-dot.cb-now{box-shadow:0 0 0 2px var(--cb-back),0 0 0 4px var(--cb-better)}
.cellbook pre.cb-source{margin:0 0 8px;padding:4px 8px;overflow:auto;max-height:320px;
background:var(--cb-raised);font-family:var(--jp-code-font-family,monospace);font-size:0.95em;
color:var(--cb-text)}
.cellbook .cb-added{color:var(--cb-better)}
.cellbook .cb-removed{color:var(--cb-worse)}
.cellbook code{font-family:var(--jp-code-font-family,monospace);font-size:0.95em;
background:var(--cb-raised);padding:1px 4px;border-radius:2px;color:inherit}
.cellbook details{margin:8px 0}
.cellbook summary{cursor:pointer;color:var(--cb-muted);padding:4px 0}
.cellbook .cb-charts{display:flex;flex-wrap:wrap;gap:16px;margin-top:16px}
.cellbook .cb-chart{flex:1 1 360px;max-width:480px;min-width:280px}
.cellbook .cb-chart.cb-wide{max-width:960px}
.cellbook .cb-chart img{display:block;width:100%;height:auto;margin:0}
.cellbook svg{display:block;width:100%;height:auto;overflow:visible}
.cellbook svg.cb-swatch{display:inline-block;width:18px;height:8px;max-width:none}
.cellbook svg.cb-spark{display:inline-block;width:56px;height:16px;max-width:none;
vertical-align:middle}
.cellbook svg text{fill:var(--cb-muted);font-size:11px;
font-family:var(--jp-ui-font-family,var(--vscode-font-family,system-ui,sans-serif))}
.cellbook svg text.cb-title{fill:var(--cb-text);font-size:12px}
.cellbook svg .cb-grid{stroke:var(--cb-line);stroke-width:1}
.cellbook svg .cb-axis{stroke:var(--cb-faint);stroke-width:1}
.cellbook svg .cb-curve{fill:none;stroke-width:1.75;stroke-linejoin:round;stroke-linecap:round}
.cellbook svg .cb-raw{opacity:0.25;stroke-width:1}
.cellbook svg .cb-leader{stroke-width:1;opacity:0.6;stroke-dasharray:1 3}
.cellbook svg .cb-tip{visibility:hidden;pointer-events:none}
.cellbook svg .cb-at{fill:transparent;pointer-events:all}
.cellbook svg g:hover>.cb-tip{visibility:visible}
.cellbook svg .cb-box{fill:var(--cb-back);stroke:var(--cb-line);opacity:0.95}
.cellbook svg .cb-node rect{fill:var(--cb-back);stroke:var(--cb-line);stroke-width:1}
.cellbook svg .cb-node:hover rect{stroke:var(--cb-faint)}
.cellbook svg .cb-target rect{stroke:var(--cb-text);stroke-width:2}
.cellbook svg .cb-cell rect,.cellbook svg .cb-more rect{fill:var(--cb-raised)}
.cellbook svg .cb-more rect{stroke-dasharray:3 3}
.cellbook svg .cb-shape *{fill:none;stroke:var(--cb-muted);stroke-width:1.4}
.cellbook svg .cb-edge{fill:none;stroke:var(--cb-faint);stroke-width:1.4}
.cellbook svg .cb-implied{stroke-dasharray:5 3}
.cellbook svg .cb-arrow{fill:var(--cb-faint)}
.cellbook svg text.cb-said{font-size:10px;paint-order:stroke;stroke:var(--cb-back);
stroke-width:4px}
.cellbook .cb-standing{margin:0 0 4px;padding:6px 10px;border-left:3px solid var(--cb-faint);
background:var(--cb-raised)}
.cellbook .cb-is-alarm,.cellbook .cb-is-drift{border-left-color:var(--cb-worse)}
.cellbook .cb-is-alarm .cb-mark,.cellbook .cb-is-drift .cb-mark{color:var(--cb-worse)}
.cellbook .cb-is-fine{border-left-color:var(--cb-better)}
.cellbook .cb-is-fine .cb-mark{color:var(--cb-better)}
.cellbook h3.cb-section{margin:16px 0 4px;font-size:inherit;font-weight:600}
.cellbook svg.cb-bars{display:inline-block;width:112px;height:26px;max-width:none;
vertical-align:middle}
.cellbook svg .cb-now{fill:var(--cb-run0)}
.cellbook svg.cb-bars .cb-now{opacity:0.55}
.cellbook svg .cb-then{fill:none;stroke:var(--cb-text);stroke-width:1.5}
.cellbook svg .cb-band{fill:var(--cb-run0);opacity:0.15}
.cellbook tr.cb-doubted td.cb-num,.cellbook tr.cb-doubted th{text-decoration:line-through;
color:var(--cb-muted)}
.jp-OutputArea-child:has(.cellbook-still):has(
+.jp-OutputArea-child .cellbook-panel:not(.jupyter-widgets-disconnected)),
.jp-OutputArea-child:has(.cellbook-still)+.jp-OutputArea-child:not(
:has(.cellbook-panel:not(.jupyter-widgets-disconnected))){display:none}
"""
)

PICTURE_CSS = (
    ".cb{--cb-text:#7a7a7a;--cb-muted:#7a7a7a;--cb-faint:#9e9e9e;--cb-line:#9e9e9e55;"
    f"{variables(ON_EITHER)}font-variant-numeric:tabular-nums}}"
    + "".join(
        line.replace(".cellbook svg", ".cb") + "\n"
        for line in CSS.splitlines()
        if line.startswith(".cellbook svg .") and "cb-tip" not in line
    )
    + ".cb text{fill:var(--cb-muted);font-size:11px;font-family:system-ui,sans-serif}"
    ".cb text.cb-title{font-size:12px}"
)
"""What a chart needs of the style where it is an image of its own."""


def _standing(theme: str) -> str:
    """Return the rules of pictures with a theme's colours in them: few programs that draw SVG know
    variables."""
    colours = dict(re.findall(r"--(cb-[a-z]+)0:([^;]+);", theme))
    rules = "".join(
        rule
        for rule in re.findall(r"\.cellbook svg[^{}]*\{[^}]*\}\n", CSS)
        if not any(word in rule for word in ("cb-tip", "--jp", "--cb-run"))
    )
    rules += (
        ".cellbook svg text{fill:var(--cb-muted);font-size:11px;font-family:system-ui,sans-serif}"
        ".cellbook svg text.cb-title{fill:var(--cb-text);font-size:12px}"
        ".cellbook svg .cb-ground{fill:var(--cb-back)}"
    )
    coloured = re.sub(r"var\(--(cb-[a-z]+)\)", lambda name: colours[name[1]], rules)
    return coloured.replace(".cellbook svg", ".cb")


STANDING_CSS = f"{_standing(_LIGHT)}@media (prefers-color-scheme:dark){{{_standing(_DARK)}}}"
"""What a picture needs that stands in a file of its own, on its own ground."""

STYLE = f"<style>{CSS}</style>"


def framed(content: str) -> str:
    """Return some HTML with the style it needs."""
    return f'{STYLE}<div class="cellbook">{content}</div>'


def still(html: str) -> str:
    """Return framed HTML marked as the still form of the live panel in the output behind it."""
    return html.replace('class="cellbook"', 'class="cellbook cellbook-still"', 1)
